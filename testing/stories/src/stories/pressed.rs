//! What a hand can press in a copy: whatever it is, and wherever it stands, nobody is asked and the copy stays.
//!
//! Each link names a host of its own that nothing else knows, so that a name looked up is a fault by itself.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::tab::TabId;
use fantoccini::actions::{
    InputSource as _, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MOUSE_BUTTON_MIDDLE, MouseActions, PointerAction,
};
use fantoccini::key::Key;
use serde_json::{Value, json};

use super::shelf_pages::steps::{NO, copy_says};
use super::stage::{SIGN, Stage, Story, story};
use crate::deeds::{self, Deed};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("A link of a copy leads nowhere by itself, whatever shadow root or drawing it is in", links)
            .within(LONG),
        story!("What a page had to press besides links does nothing in a copy", others).within(LONG),
    ]
}

/// Elements by id, each with whether pressing it brings the question about the live page.
const LINKS: [(&str, bool); 8] = [
    ("plain", true),
    ("open", true),
    ("nested", true),
    ("slotted", true),
    ("area", true),
    ("drawn", true),
    ("drawn-deep", true),
    ("used", false),
];

async fn links(stage: &Stage<'_>) -> Result<()> {
    let tab = copy_of(stage, &links_page()).await?;
    for (id, asks) in LINKS {
        for button in [MOUSE_BUTTON_LEFT, MOUSE_BUTTON_MIDDLE] {
            click(stage, tab, id, button).await?;
            settles(stage, tab, id, asks).await.with_context(|| format!("button {button} on {id}"))?;
        }
        if asks {
            strike(stage, tab, id).await?;
            settles(stage, tab, id, asks).await.with_context(|| format!("Enter on {id}"))?;
        }
    }
    nobody_knows(stage).await?;
    // The log would tell. The reader is led there, as by an address of their own.
    deeds::did(Deed::Wrote("https://nested.pressed-here.net/".to_owned()));
    click(stage, tab, "nested", MOUSE_BUTTON_LEFT).await?;
    stage.press(tab, super::shelf_pages::steps::YES).await?;
    wait_until("the name is looked up once the reader says so", SIGN, async || Ok(!looked_up(stage).is_empty())).await
}

async fn others(stage: &Stage<'_>) -> Result<()> {
    let tab = copy_of(stage, &others_page()).await?;
    for id in ["send", "send-elsewhere", "invoker", "commander", "label", "summary", "framed", "object"] {
        if !find(stage, tab, id).await?.is_null() {
            click(stage, tab, id, MOUSE_BUTTON_LEFT).await?;
            strike(stage, tab, id).await?;
            stays(stage, tab).await.with_context(|| id.to_owned())?;
        }
    }
    nobody_knows(stage).await
}

/// Opens the copy of a page that no browser has cleaned.
async fn copy_of(stage: &Stage<'_>, html: &str) -> Result<TabId> {
    let shelf = stage.browser.open_page("copies.html").await?;
    let id = put_on_shelf(stage, shelf, PAGE, html).await?;
    let tab = stage.browser.open(&stage.browser.page(&format!("copy.html#id={id}"))).await?;
    copy_says(stage, tab, WORDS).await?;
    stage.lab.clear_log();
    Ok(tab)
}

/// Puts a page onto the shelf as Firefox captures it, and gives the copy's id.
pub(super) async fn put_on_shelf(stage: &Stage<'_>, shelf: TabId, url: &str, html: &str) -> Result<String> {
    let body = "const { putInInbox } = await import('/shelf/shelf.js');
        const { ask } = await import('/shelf/keeper.js');
        const meta = JSON.stringify({ url: args[0], title: '', at: Date.now(), pinned: false, quota: 1e8,
            known: { canonical: null, alternates: [], feeds: [], onion: null } });
        await putInInbox({ meta, html: args[1], parts: [], lost: 0 });
        await ask('work');
        return (await ask('find', { url: args[0] })).id;";
    let id = stage.browser.run_async(shelf, body, vec![url.into(), html.into()]).await?;
    Ok(id.as_str().with_context(|| format!("the copy's id: {id}"))?.to_owned())
}

/// Where an element is on screen, in whatever shadow root it is; `null` where the copy has none of this id.
async fn find(stage: &Stage<'_>, tab: TabId, id: &str) -> Result<Value> {
    let look = format!(
        "{DEEP} const element = deep(frame.contentDocument, arguments[0]);
        if (!element) return null;
        element.scrollIntoView({{ block: 'center', behavior: 'instant' }});
        const [outer, inner] = [frame, element].map((one) => one.getBoundingClientRect());
        const [x, y] = (element.coords?.split(',') ?? []).map(Number);
        const map = element.localName === 'area' ? deep(frame.contentDocument, 'mapped').getBoundingClientRect() : inner;
        return element.localName === 'area'
            ? [outer.x + map.x + 5, outer.y + map.y + 5]
            : [outer.x + inner.x + inner.width / 2, outer.y + inner.y + inner.height / 2]"
    );
    stage.browser.run(tab, &look, vec![id.into()]).await
}

async fn click(stage: &Stage<'_>, tab: TabId, id: &str, button: u64) -> Result<()> {
    stage.browser.show(tab).await?;
    let place = find(stage, tab, id).await?;
    let (x, y): (f64, f64) = serde_json::from_value(place).with_context(|| format!("the place of {id}"))?;
    let click = MouseActions::new("mouse".to_owned())
        .then(PointerAction::MoveTo { duration: Some(Duration::from_millis(50)), x: x.round(), y: y.round() })
        .then(PointerAction::Pause { duration: Duration::from_millis(100) })
        .then(PointerAction::Down { button })
        .then(PointerAction::Up { button });
    stage.browser.in_tab(tab).await?.client().perform_actions(click).await.with_context(|| format!("clicking {id}"))
}

/// Enter, with the focus on the element.
async fn strike(stage: &Stage<'_>, tab: TabId, id: &str) -> Result<()> {
    stage.browser.show(tab).await?;
    let focus = format!("{DEEP} frame.focus(); deep(frame.contentDocument, arguments[0]).focus()");
    stage.browser.run(tab, &focus, vec![id.into()]).await?;
    let keys = KeyActions::new("keyboard".to_owned())
        .then(KeyAction::Down { value: Key::Enter.into() })
        .then(KeyAction::Up { value: Key::Enter.into() });
    stage.browser.in_tab(tab).await?.client().perform_actions(keys).await.with_context(|| format!("Enter on {id}"))
}

/// The reader is asked about the live page, names which, and stays; or nothing happens at all.
async fn settles(stage: &Stage<'_>, tab: TabId, id: &str, asks: bool) -> Result<()> {
    if asks {
        stage.says(tab, &format!("https://{id}.{UNKNOWN}/")).await?;
        stage.press(tab, NO).await?;
    }
    stays(stage, tab).await
}

/// The copy is still on screen, and no other tab came up.
async fn stays(stage: &Stage<'_>, tab: TabId) -> Result<()> {
    tokio::time::sleep(Duration::from_millis(200)).await;
    copy_says(stage, tab, WORDS).await?;
    let look = "return [location.pathname, document.querySelector('iframe').contentDocument.URL.split('#')[0]]";
    let found = stage.browser.run(tab, look, Vec::new()).await?;
    ensure!(found == json!(["/pages/copy.html", "about:srcdoc"]), "the copy went away: {found}");
    Ok(())
}

async fn nobody_knows(stage: &Stage<'_>) -> Result<()> {
    // Longer than a name takes.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let told = looked_up(stage);
    ensure!(told.is_empty(), "somebody learnt of it: {told:?}");
    Ok(())
}

fn looked_up(stage: &Stage<'_>) -> Vec<String> {
    let log = stage.lab.log().into_iter().filter(|seen| seen.host.contains(UNKNOWN));
    log.map(|seen| format!("{} {}", seen.server, seen.host)).collect()
}

fn links_page() -> String {
    let link = |id: &str| format!("<a id={id} href='https://{id}.{UNKNOWN}/'>{id}</a>");
    let drawn = |id: &str| {
        format!(
            "<svg width=90 height=30><a id={id} xlink:href='https://{id}.{UNKNOWN}/' tabindex=0><rect width=90 height=30 /></a></svg>"
        )
    };
    let shadow = |inner: &str| format!("<div><template shadowrootmode=open>{inner}</template></div>");
    format!(
        "<!doctype html><title>Links</title><p>{WORDS}</p><p>{}</p>{}{}
        <div><template shadowrootmode=open><p><slot></slot></p></template>{}</div>
        <map name=m><area id=area shape=rect coords='0,0,60,60' href='https://area.{UNKNOWN}/'></map>
        <p><img id=mapped usemap='#m' width=60 height=60 alt=map src='data:image/png;base64,{PIXEL}'></p>
        <p>{}</p>{}
        <svg width=0 height=0><defs><a id=source href='https://used.{UNKNOWN}/'><rect width=90 height=30 /></a></defs></svg>
        <p><svg width=90 height=30><use id=used href='#source' /></svg></p>",
        link("plain"),
        shadow(&format!("<p>{}</p>", link("open"))),
        shadow(&shadow(&format!("<p>{}</p>", link("nested")))),
        link("slotted"),
        drawn("drawn"),
        shadow(&shadow(&drawn("drawn-deep"))),
    )
}

fn others_page() -> String {
    let evil = |name: &str| format!("https://{name}.{UNKNOWN}/");
    format!(
        "<!doctype html><title>Others</title><p>{WORDS}</p>
        <meta http-equiv=refresh content='1;url={}'>
        <script type=speculationrules>{{\"prerender\":[{{\"urls\":[\"{}\"]}}]}}</script>
        <link rel=prefetch href='{}'><link rel=dns-prefetch href='{}'>
        <form action='{}'><input name=x value=y><button id=send autofocus accesskey=s>Send</button>
        <button id=send-elsewhere formaction='{}'>Send</button></form>
        <button id=invoker popovertarget=pop>Show</button><button id=commander commandfor=pop command=show-popover>Show</button>
        <div id=pop popover><iframe src='{}'></iframe></div>
        <label id=label for=check>Label</label><input id=check type=checkbox>
        <details><summary id=summary>More</summary><p><iframe id=framed srcdoc='<a href=\"{}\">x</a>'></iframe></p></details>
        <object id=object data='{}'></object><embed src='{}'>",
        evil("refresh"),
        evil("speculation"),
        evil("prefetch"),
        evil("dns-prefetch"),
        evil("form"),
        evil("formaction"),
        evil("popover"),
        evil("srcdoc"),
        evil("object"),
        evil("embed"),
    )
}

const DEEP: &str = "const frame = document.querySelector('iframe');
    const deep = (root, id) => root.getElementById(id)
        ?? [...root.querySelectorAll('*')].filter(({ shadowRoot }) => shadowRoot)
            .map(({ shadowRoot }) => deep(shadowRoot, id)).find((found) => found) ?? null;";
const PAGE: &str = "https://www.lab-crates.net/pressed.html";
/// A domain of which nobody but the page knows.
const UNKNOWN: &str = "pressed-here.net";
const WORDS: &str = "Press whatever you like.";
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/// Every link is pressed in three ways.
const LONG: Duration = Duration::from_secs(150);
