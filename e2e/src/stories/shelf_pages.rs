//! The pages about copies: the viewer, "My copies", the options and the first-run question.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::event::TabId;
use detour_core::keep::page_key;
use detour_core::state::{Keeping, Settings};
use detour_lab::Behaviour;
use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, MOUSE_BUTTON_MIDDLE, MouseActions, PointerAction};
use serde_json::{Value, json};

use super::stage::{OPEN, SIGN, Stage, Story, story};
use crate::wait::{wait_for, wait_until};

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("A copy is found by words of its text", found),
        story!("One copy, a site's copies and all copies are deleted after a question, and not before", deleted),
        story!("A pinned copy says so everywhere, and the page is pinned for later visits", pinned),
        story!("A copy saved as a file opens without the network and holds no script", saved),
        story!("A link of a copy leads to a copy; where there is none, the reader is asked first", links),
        story!("Back leads from a copy to the place in the copy before, and to the outage page", back),
        story!("The options keep every setting that they do not show, and name the line that is wrong", options),
        story!("The first-run page asks what is kept, and has no answer of its own", asked),
    ]
}

async fn found(stage: &Stage<'_>) -> Result<()> {
    keep_three(stage).await?;
    let list = stage.browser.open(&stage.browser.page("copies.html")).await?;
    listed(stage, list, &["Elsewhere", "Ferry", "Harbour"]).await?;
    type_into(stage, list, "#search", "cormorants").await?;
    stage.says(list, "1 copy found").await?;
    listed(stage, list, &["Harbour"]).await?;
    stage.browser.run(list, "location.hash = 'search=gangway'", Vec::new()).await?;
    listed(stage, list, &["Ferry"]).await?;
    stage.browser.run(list, "location.hash = 'search=penguins'", Vec::new()).await?;
    stage.says(list, "No copy has “penguins”.").await
}

async fn deleted(stage: &Stage<'_>) -> Result<()> {
    keep_three(stage).await?;
    let list = stage.browser.open(&stage.browser.page("copies.html")).await?;
    let delete = |title: &str| format!("button[aria-label='Delete: {title}']");
    listed(stage, list, &["Elsewhere", "Ferry", "Harbour"]).await?;
    stage.press(list, &delete("Ferry")).await?;
    stage.press(list, NO).await?;
    ensure!(stage.is_kept(FERRY).await?, "deleted in spite of the answer");
    stage.press(list, &delete("Ferry")).await?;
    stage.press(list, YES).await?;
    listed(stage, list, &["Elsewhere", "Harbour"]).await?;
    ensure!(!stage.is_kept(FERRY).await?, "the copy is still on the shelf");
    stage.press(list, "button[aria-label='Delete all of this site: lab-crates.net']").await?;
    stage.press(list, YES).await?;
    listed(stage, list, &["Elsewhere"]).await?;
    stage.press(list, "#delete-all").await?;
    stage.press(list, YES).await?;
    stage.says(list, "No copies yet").await?;
    ensure!(!stage.is_kept(ELSEWHERE).await?, "a copy is still on the shelf");
    Ok(())
}

async fn pinned(stage: &Stage<'_>) -> Result<()> {
    keep_three(stage).await?;
    let copy = open_copy(stage, "Ferry").await?;
    stage.press(copy, "#more summary").await?;
    stage.press(copy, "#pin").await?;
    wait_until("the page is pinned for later visits", SIGN, async || {
        Ok(settings(stage).await?.pinned == [page_key(FERRY)])
    })
    .await?;
    let list = stage.browser.open(&stage.browser.page("copies.html#search=gangway")).await?;
    stage.press(list, "button[aria-label='Unpin: Ferry']").await?;
    wait_until("the pin is gone", SIGN, async || Ok(settings(stage).await?.pinned.is_empty())).await?;
    stage.press(list, "button[aria-label='Pin: Ferry']").await
}

async fn saved(stage: &Stage<'_>) -> Result<()> {
    keep_three(stage).await?;
    let copy = open_copy(stage, "Ferry").await?;
    stage.press(copy, "#more summary").await?;
    stage.press(copy, "#save").await?;
    let file = wait_for("the file", SIGN, async || Ok(newest_html(stage.lab.dir(), "Ferry"))).await?;
    let html = std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    ensure!(!html.to_lowercase().contains("<script"), "there is a script in {}", file.display());
    ensure!(html.contains(FERRY), "the file does not say where it comes from");
    let tab = stage.browser.open(&stage.browser.page("manifest.json")).await?;
    stage.lab.clear_log();
    let session = stage.browser.in_tab(tab).await?;
    session.client().goto(&format!("file://{}", file.display())).await?;
    drop(session);
    stage.says(tab, "the gangway was wet").await?;
    nobody_asked(stage)
}

async fn links(stage: &Stage<'_>) -> Result<()> {
    keep_three(stage).await?;
    let copy = open_copy(stage, "Ferry").await?;
    stage.lab.clear_log();
    tokio::time::sleep(Duration::from_millis(500)).await;
    nobody_asked(stage).context("while a copy is shown")?;
    click_in_copy(stage, copy, "#to-harbour", MOUSE_BUTTON_MIDDLE).await?;
    wait_until("a tab of its own for the harbour's copy", SIGN, async || {
        let look = "return (await api.tabs.query({})).filter(({ url, pendingUrl }) =>
            (pendingUrl ?? url ?? '').includes('copy.html#')).length";
        Ok(stage.browser.control(look, json!([])).await? == json!(2))
    })
    .await?;
    nobody_asked(stage).context("after a middle click")?;
    click_in_copy(stage, copy, "#to-nowhere", MOUSE_BUTTON_LEFT).await?;
    stage.says(copy, "https://www.lab-crates.net/nowhere.html").await?;
    stage.press(copy, NO).await?;
    nobody_asked(stage).context("after a link without a copy")?;
    click_in_copy(stage, copy, "#to-harbour", MOUSE_BUTTON_LEFT).await?;
    copy_says(stage, copy, "cormorants").await?;
    nobody_asked(stage).context("after a link with a copy")?;
    stage.browser.run(copy, "history.back()", Vec::new()).await?;
    copy_says(stage, copy, "gangway").await?;
    click_in_copy(stage, copy, "#to-nowhere", MOUSE_BUTTON_LEFT).await?;
    stage.press(copy, YES).await?;
    wait_until("the live page is asked for", SIGN, async || {
        Ok(stage.lab.log().iter().any(|seen| seen.path == "/nowhere.html"))
    })
    .await
}

async fn back(stage: &Stage<'_>) -> Result<()> {
    keep_three(stage).await?;
    stage.host(HOST, Behaviour::Refused).await?;
    let tab = stage.browser.open(FERRY).await?;
    stage.outage_page_says(tab, HOST).await?;
    stage.press(tab, OPEN).await?;
    copy_says(stage, tab, "gangway").await?;
    let start = click_in_copy(stage, tab, "#to-end", MOUSE_BUTTON_LEFT).await?;
    wait_until("the end of the page", SIGN, async || Ok(scrolled(stage, tab).await? > start + 500.0)).await?;
    let place = click_in_copy(stage, tab, "#end a", MOUSE_BUTTON_LEFT).await?;
    copy_says(stage, tab, "cormorants").await?;
    stage.browser.run(tab, "history.back()", Vec::new()).await?;
    copy_says(stage, tab, "gangway").await?;
    wait_until("the place that was left", SIGN, async || Ok((scrolled(stage, tab).await? - place).abs() < 2.0)).await?;
    stage.browser.run(tab, "history.go(-2)", Vec::new()).await?;
    stage.outage_page_says(tab, HOST).await
}

async fn options(stage: &Stage<'_>) -> Result<()> {
    let before = Settings {
        outage_page: false,
        keep: Keeping::Pinned,
        keep_never: vec!["bank.example".to_owned()],
        pinned: vec!["https://www.lab-crates.net/ferry.html".to_owned()],
        quota_mb: 230,
        ..Settings::default()
    };
    stage.browser.set_settings(&before).await?;
    let page = stage.browser.open(&stage.browser.page("options.html")).await?;
    stage.press(page, "#look_closer:not(:disabled)").await?;
    let expected = Settings { look_closer: true, ..before };
    settled(stage, &expected).await?;
    stage.says(page, "Saved.").await?;
    stage.press(page, "#keep-visited").await?;
    let expected = Settings { keep: Keeping::Visited, ..expected };
    settled(stage, &expected).await?;
    type_into(stage, page, "#keep-never", "bank.example\nmy bank").await?;
    stage.says(page, "Line 2 is not the name of a site: “my bank”").await?;
    settled(stage, &expected).await?;
    type_into(stage, page, "#keep-never", "bank.example\n*.Clinic.example\nhttps://mail.example/inbox").await?;
    let hosts = ["bank.example", "clinic.example", "mail.example"].map(str::to_owned).to_vec();
    let expected = Settings { keep_never: hosts, ..expected };
    settled(stage, &expected).await?;
    type_into(stage, page, "#quota", "7").await?;
    stage.says(page, "Choose a whole number from 50").await?;
    type_into(stage, page, "#quota", "300").await?;
    settled(stage, &Settings { quota_mb: 300, ..expected }).await
}

async fn asked(stage: &Stage<'_>) -> Result<()> {
    let page = stage.browser.open(&stage.browser.page("welcome.html")).await?;
    wait_until("the question", SIGN, async || {
        let look = "return document.querySelectorAll('input[name=keep]:enabled').length === 3";
        Ok(stage.browser.run(page, look, Vec::new()).await? == json!(true))
    })
    .await?;
    let chosen =
        stage.browser.run(page, "return document.querySelector('input[name=keep]:checked')", Vec::new()).await?;
    ensure!(chosen.is_null(), "an answer is marked that the user did not give");
    ensure!(settings(stage).await?.keep == Keeping::Unasked, "it is decided before the user was asked");
    stage.press(page, "#keep-pinned").await?;
    settled(stage, &Settings { keep: Keeping::Pinned, ..Settings::default() }).await?;
    stage.says(page, "only pages that you pin are kept").await
}

/// Visits three pages of two sites, and waits until they are kept.
async fn keep_three(stage: &Stage<'_>) -> Result<()> {
    stage.browser.set_settings(&Settings { keep: Keeping::Visited, ..Settings::default() }).await?;
    stage.put_page(HOST, "ferry.html", &page("Ferry", FERRY_BODY))?;
    stage.put_page(HOST, "harbour.html", &page("Harbour", "<p>On the mole sit the cormorants.</p>"))?;
    stage.put_page("www.theguardian.com", "elsewhere.html", &page("Elsewhere", "<p>Another site's page.</p>"))?;
    wait_until("the choice is in force", SIGN, async || {
        let look = "return (await api.scripting.getRegisteredContentScripts()).length";
        Ok(stage.browser.control(look, json!([])).await? == json!(1))
    })
    .await?;
    for url in [FERRY, HARBOUR, ELSEWHERE] {
        let tab = stage.browser.open(url).await?;
        // A page waits until it was looked at, which the driver does when it runs something there.
        wait_until("the page is there", SIGN, async || {
            let look = "return document.readyState === 'complete' && document.title !== ''";
            Ok(stage.browser.run(tab, look, Vec::new()).await? == json!(true))
        })
        .await?;
        stage.kept(url).await?;
        stage.browser.close(tab).await?;
    }
    Ok(())
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><title>{title}</title><script>document.title += ''</script><h1>{title}</h1>{body}</html>"
    )
}

/// Opens a copy from the list.
async fn open_copy(stage: &Stage<'_>, title: &str) -> Result<TabId> {
    let tab = stage.browser.open(&stage.browser.page("copies.html")).await?;
    let open = "const names = [...document.querySelectorAll('.kept .name')];
        const name = names.find((name) => name.textContent === arguments[0]);
        name?.click();
        return name !== undefined";
    wait_until(&format!("{title} in the list"), SIGN, async || {
        Ok(stage.browser.run(tab, open, vec![title.into()]).await? == json!(true))
    })
    .await?;
    copy_says(stage, tab, title).await?;
    Ok(tab)
}

/// Waits until the list names these copies and no others.
async fn listed(stage: &Stage<'_>, tab: TabId, titles: &[&str]) -> Result<()> {
    let look = "return [...document.querySelectorAll('.kept .name')].map((name) => name.textContent)";
    let mut last = Value::Null;
    let found = wait_until(&format!("the list names {titles:?}"), SIGN, async || {
        last = stage.browser.run(tab, look, Vec::new()).await?;
        let mut named: Vec<&str> = last.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        named.sort_unstable();
        Ok(named == titles)
    })
    .await;
    found.with_context(|| format!("the list names {last}"))
}

/// Waits until the copy in the viewer is there and says this.
async fn copy_says(stage: &Stage<'_>, tab: TabId, words: &str) -> Result<()> {
    let look = "const copy = document.querySelector('iframe')?.contentDocument;
        return copy?.readyState === 'complete' ? copy.body.innerText : ''";
    wait_until(&format!("the copy says `{words}`"), SIGN, async || {
        let text = stage.browser.run(tab, look, Vec::new()).await?;
        Ok(text.as_str().unwrap_or_default().contains(words))
    })
    .await
}

async fn scrolled(stage: &Stage<'_>, tab: TabId) -> Result<f64> {
    let look = "return document.querySelector('iframe')?.contentWindow.scrollY ?? 0";
    Ok(stage.browser.run(tab, look, Vec::new()).await?.as_f64().unwrap_or_default())
}

/// Clicks where the element is on screen, as a hand does; gives how far the copy was scrolled then.
async fn click_in_copy(stage: &Stage<'_>, tab: TabId, selector: &str, button: u64) -> Result<f64> {
    stage.browser.show(tab).await?;
    let look = "const frame = document.querySelector('iframe');
        const element = frame.contentDocument.querySelector(arguments[0]);
        element.scrollIntoView({ block: 'center', behavior: 'instant' });
        const [outer, inner] = [frame, element].map((one) => one.getBoundingClientRect());
        return [outer.x + inner.x + inner.width / 2, outer.y + inner.y + inner.height / 2, frame.contentWindow.scrollY]";
    let place = stage.browser.run(tab, look, vec![selector.into()]).await?;
    let (x, y, scrolled): (f64, f64, f64) =
        serde_json::from_value(place).with_context(|| format!("the place of {selector}"))?;
    let click = MouseActions::new("mouse".to_owned())
        .then(PointerAction::MoveTo { duration: Some(Duration::ZERO), x: x.round(), y: y.round() })
        .then(PointerAction::Down { button })
        .then(PointerAction::Up { button });
    let session = stage.browser.in_tab(tab).await?;
    session.client().perform_actions(click).await.with_context(|| format!("clicking {selector} in the copy"))?;
    Ok(scrolled)
}

/// Errs when a site of the story was asked for, even in DNS; a browser has affairs of its own.
fn nobody_asked(stage: &Stage<'_>) -> Result<()> {
    let sites = ["lab-crates.net", "theguardian.com"];
    let log = stage.lab.log();
    let asked = log.iter().find(|seen| sites.iter().any(|site| seen.host.trim_end_matches('.').ends_with(site)));
    ensure!(asked.is_none(), "somebody was asked: {asked:?}");
    Ok(())
}

/// Writes into a field, in place of what stood there, and leaves it.
async fn type_into(stage: &Stage<'_>, tab: TabId, selector: &str, text: &str) -> Result<()> {
    let write = "const field = document.querySelector(arguments[0]);
        field.value = arguments[1];
        for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));";
    stage.browser.run(tab, write, vec![selector.into(), text.into()]).await.map(drop)
}

/// The settings, as the worker holds them.
async fn settings(stage: &Stage<'_>) -> Result<Settings> {
    let ask = "const port = api.runtime.connect({ name: 'settings' });
        const told = await new Promise((done) => port.onMessage.addListener(done));
        port.disconnect();
        return told.settings";
    Ok(serde_json::from_value(stage.browser.control(ask, json!([])).await?)?)
}

async fn settled(stage: &Stage<'_>, expected: &Settings) -> Result<()> {
    let mut last = None;
    let found = wait_until("the settings", SIGN, async || {
        let now = settings(stage).await?;
        let is_settled = now == *expected;
        last = Some(now);
        Ok(is_settled)
    })
    .await;
    found.with_context(|| format!("expected {expected:?}, found {last:?}"))
}

/// A file of that title somewhere below this folder: each browser has its own for downloads.
fn newest_html(folder: &Path, title: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    entries.map(|entry| entry.path()).find_map(|path| {
        if path.is_dir() && !path.is_symlink() {
            return newest_html(&path, title);
        }
        let name = path.file_name()?.to_string_lossy().into_owned();
        let is_whole = name.ends_with(".html") && path.metadata().is_ok_and(|about| about.len() > 0);
        (is_whole && name.contains(title)).then_some(path)
    })
}

const HOST: &str = "www.lab-crates.net";
const FERRY: &str = "https://www.lab-crates.net/ferry.html";
const HARBOUR: &str = "https://www.lab-crates.net/harbour.html";
const ELSEWHERE: &str = "https://www.theguardian.com/elsewhere.html";
const FERRY_BODY: &str = "<p>That morning the gangway was wet.</p>
    <p><a id=to-harbour href=harbour.html>Harbour</a> <a id=to-nowhere href=/nowhere.html>Nowhere</a>
    <a id=to-end href=#end>End</a></p><div style='height: 3000px'></div>
    <div id=end><a href=harbour.html>Harbour</a></div><div style='height: 2000px'></div>";
/// The two ways on in a question.
const YES: &str = "dialog[open] button[value=yes]";
const NO: &str = "dialog[open] button[value=no]";
