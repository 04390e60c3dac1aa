//! Pages that fail and want something of the banner over them: to look into it, to press it, to have the user press it, to
//! learn what is kept here, to speak to the worker or to have a page of ours for themselves.
//!
//! Long because it is a list of attacks on one thing.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::settings::Keeping;
use detour_core::state::Surface;
use detour_core::tab::TabId;
use detour_lab::{Behaviour, Seen};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::stage::{SIGN, Stage, Story, story};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("A page that fails cannot look into the banner, by no standard way into a shadow root", looks),
        story!("A page that defined the banner's element beforehand cannot look into it either", looks_first),
        story!("A page cannot press the banner's buttons, nor close it, with events of its own", presses),
        story!("A click that a page steals for the banner tells nobody else, and shows nothing in the page", steals),
        story!("A second click that comes with a stolen one presses nothing on the page that opens", steals_twice),
        story!("With and without a kept copy the banner is the same to the page under it", compares).within(LONG),
        story!("A page can neither speak to the worker nor have one of our pages", speaks),
        story!("A page that fails in a sandbox gets its sign and its banner", sandboxed),
    ]
}

async fn looks(stage: &Stage<'_>) -> Result<()> {
    let tab = fails(stage, "").await?;
    let found = in_page(stage, tab, &format!("customElements.define('detour-banner', {SPY}); {WATCH}")).await?;
    ensure!(found == json!("watching"), "the page's script: {found}");
    sees_nothing(stage, tab).await
}

async fn looks_first(stage: &Stage<'_>) -> Result<()> {
    let script =
        format!("<script>(() => {{ customElements.define('detour-banner', {SPY}); {PATCH} {WATCH} }})();</script>");
    let tab = fails(stage, &script).await?;
    sees_nothing(stage, tab).await
}

/// Moves, presses a key and clicks within the banner, where none of its buttons is, and holds what the page's script saw against
/// what is inside.
async fn sees_nothing(stage: &Stage<'_>, tab: TabId) -> Result<()> {
    stage.browser.click_in_banner(tab, ".headline").await?;
    stage.browser.click_in_banner(tab, ".verdict").await?;
    let inside = "return [root.querySelectorAll('*').length, root.querySelector('.headline').dataset.says]";
    let inside = stage.browser.in_banner(tab, inside, Value::Null).await?;
    ensure!(
        inside.get(0).and_then(Value::as_u64).is_some_and(|count| count > 5),
        "the test itself finds nothing inside: {inside}"
    );
    let seen = in_page(stage, tab, LOOK).await?;
    let seen: Value = serde_json::from_str(seen.as_str().unwrap_or_default()).context("what the page saw")?;
    ensure!(seen.get("events").and_then(Value::as_u64).is_some_and(|count| count > 0), "the page saw no event: {seen}");
    ensure!(seen.get("inside") == Some(&json!([])), "the page saw parts of the banner: {seen}");
    ensure!(seen.get("roots") == Some(&json!([])), "the page has the banner's root: {seen}");
    Ok(())
}

async fn presses(stage: &Stage<'_>) -> Result<()> {
    let tab = fails(stage, "").await?;
    let tabs = stage.browser.tabs().await?.len();
    stage.lab.clear_log();
    let script = "const host = document.querySelector('detour-banner');
        const box = host.getBoundingClientRect();
        for (const x of [.1, .2, .3, .4, .5, .6, .7, .8, .9, .97]) for (const y of [.1, .3, .5, .7, .85]) {
            const at = { clientX: box.x + x * box.width, clientY: box.y + y * box.height, bubbles: true, composed: true, cancelable: true };
            for (const kind of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'dblclick'])
                document.elementFromPoint(at.clientX, at.clientY).dispatchEvent(new MouseEvent(kind, at));
        }
        host.click();
        for (const key of ['Escape', 'Enter', ' ', 'Tab']) for (const kind of ['keydown', 'keypress', 'keyup'])
            for (const target of [host, document, window, document.documentElement])
                target.dispatchEvent(new KeyboardEvent(kind, { key, code: key, bubbles: true, composed: true }));
        for (const name of ['hide_banner', 'visibilitychange', 'message'])
            for (const target of [host, document, window]) target.dispatchEvent(new MessageEvent(name, { data: { hide_banner: true } }));
        return String(document.querySelector('detour-banner') === host);";
    let found = in_page(stage, tab, script).await?;
    ensure!(found == json!("true"), "the banner is gone: {found}");
    sleep(WHILE).await;
    ensure!(!stage.banner(tab).await?.is_empty(), "the banner is gone");
    ensure!(stage.remembered(tab).await?.surface == Surface::Banner, "the worker was told that it was closed");
    ensure!(stage.browser.tabs().await?.len() == tabs, "a tab was opened");
    ensure!(stage.requests("/saying") == 0, "the page was loaded again");
    Ok(())
}

async fn steals(stage: &Stage<'_>) -> Result<()> {
    for (button, cover) in
        [(".main", POPOVER), (".actions button:not(.main)", TRANSPARENT), (".main", MOVED), (".close", POPOVER)]
    {
        let tab = fails(stage, "").await?;
        in_page(stage, tab, cover).await?;
        stage.lab.clear_log();
        stage.browser.click_in_banner(tab, button).await?;
        sleep(WHILE).await;
        let others = others(stage);
        ensure!(others.is_empty(), "{button} under {cover} told others: {others:?}");
        let text = stage.banner(tab).await?;
        for word in ["archive", "Archive", "saved", "Saved", "Open copy", "Find a copy"] {
            ensure!(!text.contains(word), "{button} under {cover}: the banner says `{text}`");
        }
        if button == ".main" {
            // The click did arrive, and leads to one page of ours, however often.
            let page = stage.beside(tab).await?;
            stage.browser.show(tab).await?;
            stage.browser.click_in_banner(tab, button).await?;
            wait_until("the page that is open comes to the front", SIGN, async || {
                let look = "return (await api.tabs.query({})).filter(({ url }) => url?.includes('from=banner')).length";
                let is_front = "return document.visibilityState === 'visible'";
                Ok(stage.browser.control(look, json!([])).await? == json!(1)
                    && stage.browser.run(page, is_front, Vec::new()).await? == json!(true))
            })
            .await?;
            stage.browser.close(page).await?;
        }
        stage.browser.close(tab).await?;
    }
    Ok(())
}

async fn steals_twice(stage: &Stage<'_>) -> Result<()> {
    let tab = fails(stage, "").await?;
    stage.verdict(tab).await?;
    stage.browser.click_in_banner(tab, ".main").await?;
    let page = stage.beside(tab).await?;
    // As if it had come up just now, for as long as the clicks take: what is on it stays where it is.
    let hold = "const button = document.querySelector('.copies > button.main');
        const box = button?.getBoundingClientRect();
        if (!box) return null;
        window.began ??= setTimeout;
        window.setTimeout = (run, after, ...rest) => (after === 500 ? 0 : window.began(run, after, ...rest));
        document.dispatchEvent(new Event('visibilitychange'));
        return [box.x + box.width / 2, box.y + box.height / 2, button.closest('[inert]') !== null];";
    let mut found = Value::Null;
    wait_until("the button that asks archives, not yet to be pressed", SIGN, async || {
        found = stage.browser.run(page, hold, Vec::new()).await?;
        Ok(found.get(2) == Some(&json!(true)))
    })
    .await?;
    let (x, y) = (
        found.get(0).and_then(Value::as_f64).context("its place")?,
        found.get(1).and_then(Value::as_f64).context("its place")?,
    );
    for _ in 0..8 {
        stage.browser.click_at(page, x, y).await?;
        sleep(Duration::from_millis(120)).await;
    }
    ensure!(others(stage).is_empty(), "a click too early told others: {:?}", others(stage));
    // The same once a window that lay before it is gone.
    let returns = "window.setTimeout = window.began;
        document.dispatchEvent(new Event('visibilitychange'));
        dispatchEvent(new Event('focus'));
        return getComputedStyle(document.querySelector('.copies > button.main')).pointerEvents";
    let takes = stage.browser.run(page, returns, Vec::new()).await?;
    ensure!(takes == json!("none"), "a page that comes to the front takes clicks: {takes}");
    // Whoever reads it and clicks then is heard.
    stage.press(page, ".copies > button.main").await?;
    wait_until("archives are asked", SIGN, async || Ok(!others(stage).is_empty())).await
}

async fn compares(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    stage.host(FLIP_HOST, Behaviour::Healthy).await?;
    let tab = super::keep::visit(stage, &format!("https://{FLIP_HOST}/here")).await?;
    stage.kept(&format!("https://{FLIP_HOST}/here")).await?;
    stage.browser.close(tab).await?;
    stage.host(FLIP_HOST, Behaviour::Status(503)).await?;
    let mut seen = Vec::new();
    for page in ["here", "else"] {
        let tab = stage.browser.open(&format!("https://{FLIP_HOST}/{page}")).await?;
        stage.banner_says(tab, FLIP_HOST).await?;
        in_page(stage, tab, MEASURE).await?;
        stage.verdict(tab).await?;
        stage.browser.run(tab, "return document.visibilityState", Vec::new()).await?;
        sleep(WHILE).await;
        let copies = stage.remembered(tab).await?.copies.local;
        ensure!(
            copies.iter().any(|copy| copy.scope == detour_core::copies::Scope::SamePage) == (page == "here"),
            "{copies:?}"
        );
        let measured = in_page(stage, tab, "return JSON.stringify(window.measured())").await?;
        let inside = stage.browser.in_banner(tab, "return root.querySelector('.box').outerHTML", Value::Null).await?;
        seen.push((measured, inside));
        stage.browser.close(tab).await?;
    }
    let (Some(with), Some(without)) = (seen.first(), seen.get(1)) else { anyhow::bail!("nothing was measured") };
    ensure!(with == without, "with a copy:\n{with:?}\nwithout:\n{without:?}");
    let measured: Value = serde_json::from_str(with.0.as_str().unwrap_or_default()).context("what was measured")?;
    let sizes = measured.get("sizes").and_then(Value::as_array).context("its sizes")?;
    ensure!(sizes.len() == 1, "what it says changes its size: {measured}");
    Ok(())
}

async fn speaks(stage: &Stage<'_>) -> Result<()> {
    let tab = fails(stage, "").await?;
    let before = stage.browser.state().await?.tabs;
    let own = stage.browser.file("");
    let script = format!(
        "const own = '{own}', id = '{}';
        const messages = [{{ banner_closed: {{}} }}, {{ show_details: {{}} }}, {{ find_copies: {{ tab: null }} }}, {{ hide_banner: true }},
            {{ page_status: {{ status: 503, by_service_worker: false, title: '', html: '', url: 'https://www.lab-bank.org/' }} }}];
        const tried = [];
        for (const message of messages) {{
            for (const runtime of [globalThis.chrome?.runtime, globalThis.browser?.runtime]) {{
                try {{ runtime?.sendMessage?.(id, message); tried.push('sent'); }} catch {{}}
                try {{ runtime?.connect?.(id, {{ name: 'view:' }}); }} catch {{}}
            }}
            postMessage(message, '*');
            new BroadcastChannel('detour').postMessage(message);
        }}
        const pages = ['outage.html#tab=1&url=https://www.lab-bank.org/', 'popup.html?tab=1', 'copies.html', 'copy.html#id=1', 'options.html',
            'board.html'];
        for (const page of [...pages.map((page) => 'pages/' + page), 'manifest.json', 'content/banner.js']) {{
            for (const tag of ['iframe', 'embed', 'object', 'script', 'img', 'link']) {{
                const element = document.createElement(tag);
                try {{ element[{{ object: 'data', link: 'href' }}[tag] ?? 'src'] = own + page; }} catch {{}}
                element.rel = 'stylesheet';
                element.onload = () => tag === 'iframe' || tag === 'embed' || tag === 'object' || tried.push(tag + ' ' + page);
                try {{ document.body.append(element); }} catch {{}}
            }}
            try {{ open(own + page); }} catch {{}}
            fetch(own + page).then(() => tried.push('fetch ' + page), () => {{}});
            const form = document.body.appendChild(document.createElement('form'));
            form.action = own + page;
            form.target = '_blank';
            try {{ form.submit(); }} catch {{}}
            const frame = document.body.appendChild(document.createElement('iframe'));
            frame.src = '/redirect?to=' + encodeURIComponent(own + page);
        }}
        window.tried = tried;",
        own.trim_end_matches('/').rsplit('/').next().unwrap_or_default(),
    );
    in_page(stage, tab, &script).await?;
    sleep(WHILE).await;
    let tried = in_page(stage, tab, "return JSON.stringify(window.tried.filter((one) => one !== 'sent'))").await?;
    ensure!(tried == json!("[]"), "the page has of ours: {tried}");
    // A tab or a frame may bear our address while it shows the browser's own error page; what counts is what runs.
    let look = "const own = api.runtime.getURL('');
        const frames = await api.webNavigation.getAllFrames({ tabId: args[0] });
        const framed = frames.filter(({ url, errorOccurred }) => url.startsWith(own) && !errorOccurred).map(({ url }) => url);
        const views = api.extension.getViews().filter((view) => view !== window).map(({ location }) => location.href);
        return [...framed, ...views.filter((url) => !/(_generated_background_page|offscreen)[.]html$/.test(url))];";
    let ours = stage.browser.control(look, json!([tab])).await?;
    ensure!(ours == json!([]), "the page has pages of ours: {ours}");
    let after = stage.browser.state().await?.tabs;
    let targets =
        |tabs: &detour_core::tracked::Tracked<TabId, detour_core::state::Tab>| -> Vec<(TabId, Surface, String)> {
            tabs.iter().map(|(id, tab)| (*id, tab.surface, tab.target.as_str().to_owned())).collect()
        };
    ensure!(targets(&after) == targets(&before), "the worker heard something: {:?}", targets(&after));
    ensure!(!stage.banner(tab).await?.is_empty(), "the banner is gone");
    Ok(())
}

async fn sandboxed(stage: &Stage<'_>) -> Result<()> {
    let tab = stage.browser.open(&format!("{PAGE}&content-security-policy=sandbox")).await?;
    stage.badged(tab).await?;
    stage.banner_says(tab, "pages.detour-lab.net").await
}

/// A page that fails, with a body of its own, under its banner.
async fn fails(stage: &Stage<'_>, body: &str) -> Result<TabId> {
    let body: String = url::form_urlencoded::byte_serialize(body.as_bytes()).collect();
    let tab = stage.browser.open(&format!("{PAGE}&body={body}")).await?;
    stage.banner_says(tab, "pages.detour-lab.net").await?;
    stage.verdict(tab).await?;
    Ok(tab)
}

/// Runs the body of a function as the page's own script: what the driver runs may see more, or less.
pub(super) async fn in_page(stage: &Stage<'_>, tab: TabId, body: &str) -> Result<Value> {
    let put = "const script = document.createElement('script');
        script.textContent = `document.documentElement.dataset.said = (() => { try { ${arguments[0]} } catch (error) { return 'error: ' + error; } })();`;
        document.head.append(script);
        return document.documentElement.dataset.said;";
    let said = stage.browser.run(tab, put, vec![body.into()]).await?;
    ensure!(!said.as_str().is_some_and(|said| said.starts_with("error: ")), "the page's script: {said}");
    Ok(said)
}

/// Archives and whoever else would learn of the page; not the places that every check asks.
fn others(stage: &Stage<'_>) -> Vec<Seen> {
    let is_other = |seen: &Seen| {
        ["archive", "availability", "doh", "globalping"].contains(&seen.server.as_str())
            || seen.host.contains("archive")
            || seen.host.contains("arquivo")
    };
    stage.lab.log().into_iter().filter(is_other).collect()
}

const FLIP_HOST: &str = "flip.detour-lab.net";
const PAGE: &str = "https://pages.detour-lab.net/saying?status=503";
/// Long enough for whatever a page or a click sets off.
const WHILE: Duration = Duration::from_millis(1500);
const LONG: Duration = Duration::from_secs(150);

/// An element of the banner's name that keeps what it is handed.
const SPY: &str = "class extends HTMLElement {
    constructor() { super(); this.grab(); }
    connectedCallback() { this.grab(); }
    grab() {
        const keep = (root) => root && (window.roots ??= []).push(root);
        try { keep(this.shadowRoot); } catch {}
        try { keep((this.internals ??= this.attachInternals()).shadowRoot); } catch {}
        try { keep(this.internals?.shadowRoot); } catch {}
        try { if (!this.isConnected) keep(this.attachShadow({ mode: 'open' })); } catch {}
    }
}";

/// The page's own versions of what the banner is made with.
const PATCH: &str = "for (const [type, name] of [[Element, 'attachShadow'], [Node, 'appendChild'], [Element, 'append'], [Document, 'createElement'],
        [Document, 'adoptNode'], [DOMImplementation, 'createHTMLDocument'], [EventTarget, 'addEventListener']]) {
        const plain = type.prototype[name];
        type.prototype[name] = function (...given) {
            const got = plain.apply(this, given);
            if (got instanceof ShadowRoot) (window.roots ??= []).push(got);
            return got;
        };
    }";

/// Keeps every node that any event names. But for Gecko's own `originalTarget` and `explicitOriginalTarget`, which name what
/// is inside a closed root once the user's pointer is on it: so nothing that is inside may be worth looking at.
const WATCH: &str = "window.nodes = new Set();
    window.events = 0;
    for (const kind of ['click', 'pointerdown', 'pointerup', 'pointermove', 'mousedown', 'mouseover', 'mouseenter', 'mouseout', 'focusin', 'focusout',
            'keydown', 'selectstart', 'selectionchange', 'animationstart', 'transitionrun', 'slotchange', 'contextmenu', 'dragstart', 'beforetoggle'])
        addEventListener(kind, (event) => {
            window.events += 1;
            for (const node of [...event.composedPath(), event.target, event.relatedTarget,
                event.srcElement, event.submitter]) try { if (node instanceof Node) window.nodes.add(node); } catch {}
        }, true);
    return 'watching';";

/// What else leads to nodes, and which of all are neither in the document nor the document itself.
const LOOK: &str = "const host = document.querySelector('detour-banner');
    const box = host.getBoundingClientRect();
    const tried = (get) => { try { return [get()].flat(9); } catch { return []; } };
    for (let x = 2; x < box.width; x += 12) for (let y = 2; y < box.height; y += 8) {
        const [left, top] = [box.x + x, box.y + y];
        for (const node of [
            ...tried(() => [...document.elementsFromPoint(left, top)]),
            ...tried(() => document.caretRangeFromPoint?.(left, top)?.startContainer),
            ...tried(() => document.caretPositionFromPoint?.(left, top)?.offsetNode),
        ]) if (node) window.nodes.add(node);
    }
    const selection = getSelection();
    selection.selectAllChildren(document.documentElement);
    for (const node of [
        ...tried(() => document.activeElement),
        ...tried(() => document.getAnimations().map(({ effect }) => effect.target)),
        ...tried(() => host.getAnimations({ subtree: true }).map(({ effect }) => effect.target)),
        ...tried(() => [selection.anchorNode, selection.focusNode, selection.getRangeAt(0).commonAncestorContainer]),
        ...tried(() => [...host.childNodes]),
        ...tried(() => host.assignedSlot),
        ...tried(() => [...document.querySelectorAll('*')].filter((one) => one.shadowRoot).map((one) => one.shadowRoot)),
        ...tried(() => performance.getEntriesByType('event').map(({ target }) => target)),
        ...tried(() => performance.getEntriesByType('largest-contentful-paint').map(({ element }) => element)),
    ]) if (node) window.nodes.add(node);
    tried(() => (window.roots ??= []).push(host.shadowRoot));
    tried(() => window.roots.push(host.attachInternals().shadowRoot));
    tried(() => window.roots.push(host.openOrClosedShadowRoot));
    tried(() => window.roots.push(chrome.dom.openOrClosedShadowRoot(host)));
    const isOutside = (node) => node === document || node.getRootNode() === document || !node.isConnected;
    return JSON.stringify({
        events: window.events,
        inside: [...window.nodes].filter((node) => node instanceof Node && !isOutside(node)).map((node) => node.nodeName),
        roots: (window.roots ?? []).filter((root) => root && root.host === host).map((root) => root.innerHTML),
    });";

/// All that can be measured of the banner from outside, from now on.
const MEASURE: &str = "const host = document.querySelector('detour-banner');
    const sizes = new Set();
    const note = () => { const { x, y, width, height } = host.getBoundingClientRect(); sizes.add([x, y, width, height].join()); };
    new ResizeObserver(note).observe(host);
    let changes = 0;
    new MutationObserver(() => { changes += 1; }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    note();
    window.measured = () => {
        note();
        const style = getComputedStyle(host);
        return {
            sizes: [...sizes],
            written: host.outerHTML,
            words: [host.innerText, host.textContent, host.ariaLabel, host.title],
            styles: [...style].filter((name) => !name.startsWith('--')).map((name) => style.getPropertyValue(name)).join(),
            scroll: [host.scrollWidth, host.scrollHeight, document.documentElement.scrollHeight],
            stack: document.elementsFromPoint(innerWidth - 60, innerHeight - 40).map(({ nodeName }) => nodeName),
        };
    };";

/// A layer over all of it that the pointer passes through.
const POPOVER: &str = "const cover = document.body.appendChild(document.createElement('div'));
    cover.popover = 'manual';
    cover.textContent = 'You have won. Click here.';
    cover.style = 'position: fixed; inset: 0; width: 100%; height: 100%; background: white; pointer-events: none';
    cover.showPopover();";
const TRANSPARENT: &str = "document.documentElement.style.opacity = '0';";
const MOVED: &str = "document.documentElement.style.transform = 'translate(-40px, -30px) scale(.9)';
    document.documentElement.style.filter = 'opacity(1%)';";
