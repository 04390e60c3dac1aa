//! Somebody who has a keyboard and no mouse: real key events, one Tab after another, and what the eye needs on the way.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use detour_core::tab::TabId;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::browser::Session;
use crate::deeds::{self, Deed};
use crate::engine::Engine;
use crate::stories::stage::{SIGN, Stage};
use crate::wait::wait_until;

/// Where the focus is.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Stop {
    /// What a screen reader says of it; empty when nothing on the page has the focus.
    pub(super) name: String,
    /// The driver's own name for the element, which lasts as long as the element; none inside a frame.
    element: Value,
    /// Whether the eye sees that it has the focus.
    is_marked: bool,
    /// Whether any of it is in the window.
    is_on_screen: bool,
    /// The page's element as written, for errors.
    html: String,
}

impl Stop {
    /// Whether the focus is on nothing of the page: the browser's own buttons have it, or nobody.
    pub(super) const fn is_outside(&self) -> bool {
        self.html.is_empty()
    }

    fn is(&self, other: &Self) -> bool {
        self.element == other.element && self.html == other.html
    }

    fn is_fit(&self) -> Result<()> {
        ensure!(!self.name.is_empty(), "a stop without a name: {}", self.html);
        ensure!(self.is_marked, "nothing shows that `{}` has the focus: {}", self.name, self.html);
        ensure!(self.is_on_screen, "`{}` has the focus out of sight: {}", self.name, self.html);
        Ok(())
    }
}

/// Presses these keys together, the last one while the others are held. A page that goes away over it is as it should be.
pub(super) async fn press(stage: &Stage<'_>, tab: TabId, keys: &[&str]) -> Result<()> {
    in_front(stage, tab).await?;
    let session = stage.browser.in_tab(tab).await?;
    if keys.iter().any(|key| [Key::Enter.to_string().as_str(), " "].contains(key)) {
        deeds::did(Deed::Pressed(look(&session).await.map_or_else(|_| String::new(), |stop| stop.name)));
    }
    let Err(error) = strike(&session, keys).await else { return Ok(()) };
    drop(session);
    let is_gone = wait_until("the page is gone", SIGN, async || Ok(!stage.browser.tabs().await?.contains(&tab))).await;
    is_gone.map_err(|_| error)
}

/// Types a text, key by key.
pub(super) async fn write(stage: &Stage<'_>, tab: TabId, text: &str) -> Result<()> {
    in_front(stage, tab).await?;
    let session = stage.browser.in_tab(tab).await?;
    for letter in text.chars() {
        strike(&session, &[letter.encode_utf8(&mut [0; 4])]).await.with_context(|| format!("typing {letter:?}"))?;
    }
    Ok(())
}

/// Goes on with Tab until the focus is on what has this name, and from the page's end back with Shift and Tab; errs when it is on
/// neither way, which together are the whole page.
pub(super) async fn reach(stage: &Stage<'_>, tab: TabId, name: &str) -> Result<()> {
    let mut seen = Value::Null;
    let is_there = wait_until("its name on the page", SIGN, async || {
        seen = stage.browser.run(tab, &format!("{NAME_OF} {THERE}"), Vec::new()).await?;
        Ok(seen.as_array().is_some_and(|names| names.iter().any(|one| one == name)))
    })
    .await;
    is_there.with_context(|| format!("nothing on the page can be used and is named `{name}`, but {seen}"))?;
    in_front(stage, tab).await?;
    lies_still(stage, tab).await?;
    let now = focus(stage, tab).await?;
    if now.name == name {
        return now.is_fit();
    }
    let mut met = Vec::new();
    for keys in [ON, BACK] {
        let stops = walk(stage, tab, keys, |stop| stop.name == name).await?;
        if stops.last().is_some_and(|stop| stop.name == name) {
            return Ok(());
        }
        met.extend(stops.into_iter().map(|stop| stop.name));
        come_back(stage, tab).await?;
    }
    bail!("no key leads to `{name}`; Tab, and then Shift and Tab, lead to {met:?}")
}

/// Reaches it, and presses Enter.
pub(super) async fn enter(stage: &Stage<'_>, tab: TabId, name: &str) -> Result<()> {
    reach(stage, tab, name).await?;
    press(stage, tab, &[&Key::Enter]).await.with_context(|| format!("Enter on `{name}`"))
}

/// Reaches it, and presses the space bar.
pub(super) async fn space(stage: &Stage<'_>, tab: TabId, name: &str) -> Result<()> {
    reach(stage, tab, name).await?;
    press(stage, tab, &[" "]).await.with_context(|| format!("the space bar on `{name}`"))
}

/// Goes through the whole page forwards and then backwards, and expects the same stops, each fit for the eye, and no trap.
pub(super) async fn goes_round(stage: &Stage<'_>, tab: TabId) -> Result<Vec<String>> {
    let there = named(walk(stage, tab, ON, |_| false).await?);
    come_back(stage, tab).await?;
    let mut back = named(walk(stage, tab, BACK, |_| false).await?);
    back.reverse();
    // Gecko hands a driver's keys to the page even when the browser's own buttons have the focus: its way back begins one later.
    let is_same = there == back || there.split_last().is_some_and(|(_, rest)| rest == back);
    ensure!(is_same, "Tab leads to {there:?}, Shift and Tab to {back:?}");
    Ok(there)
}

async fn focus(stage: &Stage<'_>, tab: TabId) -> Result<Stop> {
    look(&stage.browser.in_tab(tab).await?).await
}

/// Waits until the focus is on what has this name, without a key being pressed.
pub(super) async fn focused(stage: &Stage<'_>, tab: TabId, name: &str) -> Result<()> {
    let mut last = String::new();
    let found = wait_until(&format!("the focus is on `{name}`"), SIGN, async || {
        last = focus(stage, tab).await?.name;
        Ok(last == name)
    })
    .await;
    found.with_context(|| format!("it is on `{last}`"))
}

fn named(stops: Vec<Stop>) -> Vec<String> {
    stops.into_iter().map(|stop| stop.name).collect()
}

/// Presses the keys until a stop is the one that is wanted, or the page is left, or its first stop comes once more.
async fn walk(stage: &Stage<'_>, tab: TabId, keys: &[&str], is_wanted: impl Fn(&Stop) -> bool) -> Result<Vec<Stop>> {
    let session = stage.browser.in_tab(tab).await?;
    let mut stops: Vec<Stop> = Vec::new();
    let mut lingered = 0;
    while stops.len() < MOST {
        strike(&session, keys).await?;
        let stop = seen(&session).await?;
        // A field for a time has a stop for each of its parts.
        if stops.last().is_some_and(|last| last.is(&stop)) && lingered < PARTS {
            lingered += 1;
            continue;
        }
        lingered = 0;
        if stop.is_outside() || stops.first().is_some_and(|first| first.is(&stop)) {
            return Ok(stops);
        }
        stop.is_fit()?;
        let is_there = is_wanted(&stop);
        stops.push(stop);
        if is_there {
            return Ok(stops);
        }
    }
    bail!("a trap: {MOST} stops, and the page was not left, nor was the first one met again: {:?}", named(stops))
}

/// Waits until the tab has the keys: Gecko takes a moment to give them to the one in front.
pub(super) async fn in_front(stage: &Stage<'_>, tab: TabId) -> Result<()> {
    // Chromium gives them to a page that says it has no focus, as long as nothing on it ever had.
    let look = match stage.browser.engine() {
        Engine::Chromium => "return document.visibilityState === 'visible'",
        Engine::Firefox => "return document.visibilityState === 'visible' && document.hasFocus()",
    };
    wait_until("the tab in front", SIGN, async || Ok(stage.browser.run(tab, look, Vec::new()).await? == json!(true)))
        .await
}

/// Waits until what is drawn late has its place, and what scrolls softly is there: nobody is quicker with the keys than a
/// page with its first pictures. Gecko may not draw for a moment where another page was just before.
async fn lies_still(stage: &Stage<'_>, tab: TabId) -> Result<()> {
    let look = "const frame = document.querySelector('iframe')?.contentWindow;
        const lie = () => [document.documentElement.scrollHeight, scrollY, frame?.scrollY].join();
        if (document.querySelector('main[inert]')) return false;
        const before = lie();
        const isDrawn = () => new Promise((done) => {
            requestAnimationFrame(() => done(true));
            setTimeout(done, 1000, false);
        });
        for (let picture = 0; picture < 6; picture += 1) if (!(await isDrawn())) return false;
        return lie() === before";
    wait_until("the page lies still", SIGN, async || {
        Ok(stage.browser.run_async(tab, look, Vec::new()).await? == json!(true))
    })
    .await
}

/// From Gecko's own buttons, which have the keys once the page was left, back to the tab. (Chromium's driver never left it.)
async fn come_back(stage: &Stage<'_>, tab: TabId) -> Result<()> {
    if stage.browser.engine() == Engine::Firefox {
        stage.browser.show(tab).await?;
        in_front(stage, tab).await?;
    }
    Ok(())
}

async fn strike(session: &Session<'_>, keys: &[&str]) -> Result<()> {
    let values: Vec<char> = keys.iter().flat_map(|key| key.chars()).collect();
    let mut actions = KeyActions::new("keyboard".to_owned());
    for value in &values {
        actions = actions.then(KeyAction::Down { value: *value });
    }
    for value in values.iter().rev() {
        actions = actions.then(KeyAction::Up { value: *value });
    }
    Ok(session.client().perform_actions(actions).await?)
}

/// Where the focus is, once the page has been scrolled to it and drawn, or a while later.
async fn seen(session: &Session<'_>) -> Result<Stop> {
    let deadline = Instant::now() + SCROLLED;
    loop {
        let stop = look(session).await?;
        if stop.is_outside() || stop.is_fit().is_ok() || Instant::now() >= deadline {
            return Ok(stop);
        }
        sleep(LOOK_PAUSE).await;
    }
}

async fn look(session: &Session<'_>) -> Result<Stop> {
    let seen = session.client().execute(&format!("{NAME_OF} {LOOK}"), Vec::new()).await?;
    serde_json::from_value(seen.clone()).with_context(|| format!("what has the focus: {seen}"))
}

const ON: &[&str] = &["\u{e004}"];
const BACK: &[&str] = &["\u{e008}", "\u{e004}"];
/// Hours, minutes, half of the day, and the button for choosing.
const PARTS: usize = 4;
/// A page is scrolled with the next picture, which a busy machine may be late with.
const SCROLLED: Duration = Duration::from_secs(5);
const LOOK_PAUSE: Duration = Duration::from_millis(40);
/// No page of a story has more than half of these.
const MOST: usize = 240;

/// The first line of what a screen reader says of an element.
const NAME_OF: &str = "
    const textOf = (element) => element?.innerText || element?.textContent || '';
    const nameOf = (element) => {
        const labels = (element.getAttribute('aria-labelledby') ?? '').split(' ').filter(Boolean);
        const told = [
            labels.map((id) => textOf(element.getRootNode().getElementById(id))).join(' '),
            element.getAttribute('aria-label'),
            [...(element.labels ?? [])].map(textOf).join(' '),
            element.tagName === 'IFRAME' ? '' : textOf(element),
            element.title,
        ];
        return (told.map((text) => (text ?? '').trim()).find(Boolean) ?? '').split('\\n')[0].trim();
    };";

/// Whatever can be used on the page as it stands, shadow roots and frames included.
const THERE: &str = "
    const usable = 'a[href], button, input, textarea, summary, iframe, [tabindex]';
    const inside = (root) => [...root.querySelectorAll('*')].flatMap((element) => [
        ...(element.matches(usable) && !element.disabled && element.ariaDisabled !== 'true' && element.checkVisibility() ? [nameOf(element)] : []),
        ...(element.shadowRoot ? inside(element.shadowRoot) : []),
        ...(element.contentDocument ? inside(element.contentDocument) : []),
    ]);
    return inside(document);";

/// Follows the focus into shadow roots and frames. A box-shadow is no mark: pages have those for their looks.
const LOOK: &str = "
    let at = document.activeElement;
    let [left, top, isInside] = [0, 0, false];
    for (;;) {
        const inner = at?.shadowRoot?.activeElement;
        if (inner) {
            at = inner;
            continue;
        }
        const within = at?.tagName === 'IFRAME' ? at.contentDocument?.activeElement : null;
        if (!within || within === at.contentDocument.body || within === at.contentDocument.documentElement) break;
        const place = at.getBoundingClientRect();
        [left, top, isInside] = [left + place.left, top + place.top, true];
        at = within;
    }
    if (!at || at === document.body || at === document.documentElement || !document.hasFocus()) {
        return { name: '', element: null, is_marked: false, is_on_screen: false, html: '' };
    }
    const style = getComputedStyle(at);
    const place = at.getBoundingClientRect();
    const [x, y] = [left + place.left, top + place.top];
    return {
        name: nameOf(at),
        element: isInside ? null : at,
        // A copy fills its window: that one of its own lines is read shows where the keys go.
        // Nor is the browser's own button within a field for a time, which has a mark of its own, to be looked into from here.
        is_marked: at.tagName === 'IFRAME' || (at.type === 'time' && !at.matches(':focus-visible'))
            || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0),
        is_on_screen: place.width > 0 && place.height > 0
            && x < innerWidth && y < innerHeight && x + place.width > 0 && y + place.height > 0,
        html: at.outerHTML.slice(0, 200),
    };";
