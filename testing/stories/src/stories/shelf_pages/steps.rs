//! What a reader does on the pages about copies, and what there is to see.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::settings::{Keeping, Settings};
use detour_core::tab::TabId;
use fantoccini::Locator;
use fantoccini::actions::{InputSource as _, MouseActions, PointerAction};
use serde_json::{Value, json};

use crate::stories::stage::{SIGN, Stage};
use crate::wait::wait_until;

pub(in crate::stories) async fn give_file(stage: &Stage<'_>, tab: TabId, file: &Path) -> Result<()> {
    let session = stage.browser.in_tab(tab).await?;
    let field = session.client().find(Locator::Css("#file")).await?;
    field.send_keys(&file.to_string_lossy()).await.with_context(|| format!("giving {}", file.display()))
}

/// Visits three pages of two sites, and waits until they are kept.
pub(in crate::stories) async fn keep_three(stage: &Stage<'_>) -> Result<()> {
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
pub(in crate::stories) async fn open_copy(stage: &Stage<'_>, title: &str) -> Result<TabId> {
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
pub(in crate::stories) async fn listed(stage: &Stage<'_>, tab: TabId, titles: &[&str]) -> Result<()> {
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
pub(in crate::stories) async fn copy_says(stage: &Stage<'_>, tab: TabId, words: &str) -> Result<()> {
    let look = "const copy = document.querySelector('iframe')?.contentDocument;
        return copy?.readyState === 'complete' ? copy.body.innerText : ''";
    wait_until(&format!("the copy says `{words}`"), SIGN, async || {
        let text = stage.browser.run(tab, look, Vec::new()).await?;
        Ok(text.as_str().unwrap_or_default().contains(words))
    })
    .await
}

pub(in crate::stories) async fn scrolled(stage: &Stage<'_>, tab: TabId) -> Result<f64> {
    let look = "return document.querySelector('iframe')?.contentWindow.scrollY ?? 0";
    Ok(stage.browser.run(tab, look, Vec::new()).await?.as_f64().unwrap_or_default())
}

/// Clicks where the element is on screen, as a hand does; gives how far the copy was scrolled then.
pub(in crate::stories) async fn click_in_copy(
    stage: &Stage<'_>,
    tab: TabId,
    selector: &str,
    button: u64,
) -> Result<f64> {
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
pub(in crate::stories) fn nobody_asked(stage: &Stage<'_>) -> Result<()> {
    let sites = ["lab-crates.net", "theguardian.com"];
    let log = stage.lab.log();
    let asked = log.iter().find(|seen| sites.iter().any(|site| seen.host.trim_end_matches('.').ends_with(site)));
    ensure!(asked.is_none(), "somebody was asked: {asked:?}");
    Ok(())
}

/// Writes into a field, in place of what stood there, and leaves it.
pub(in crate::stories) async fn type_into(stage: &Stage<'_>, tab: TabId, selector: &str, text: &str) -> Result<()> {
    let write = "const field = document.querySelector(arguments[0]);
        field.value = arguments[1];
        for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));";
    stage.browser.run(tab, write, vec![selector.into(), text.into()]).await.map(drop)
}

/// The settings, as the worker holds them.
pub(in crate::stories) async fn settings(stage: &Stage<'_>) -> Result<Settings> {
    let ask = "const port = api.runtime.connect({ name: 'settings' });
        const told = await new Promise((done) => port.onMessage.addListener(done));
        port.disconnect();
        return told.settings";
    Ok(serde_json::from_value(stage.browser.control(ask, json!([])).await?)?)
}

pub(in crate::stories) async fn settled(stage: &Stage<'_>, expected: &Settings) -> Result<()> {
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

/// A file of that name somewhere below this folder: each browser has its own for downloads.
pub(in crate::stories) fn downloaded(folder: &Path, part: &str, end: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    entries.map(|entry| entry.path()).find_map(|path| {
        if path.is_dir() && !path.is_symlink() {
            return downloaded(&path, part, end);
        }
        let name = path.file_name()?.to_string_lossy().into_owned();
        let is_whole = name.ends_with(end) && path.metadata().is_ok_and(|about| about.len() > 0);
        (is_whole && name.contains(part)).then_some(path)
    })
}

pub(in crate::stories) const HOST: &str = "www.lab-crates.net";
pub(in crate::stories) const FERRY: &str = "https://www.lab-crates.net/ferry.html";
pub(in crate::stories) const HARBOUR: &str = "https://www.lab-crates.net/harbour.html";
pub(in crate::stories) const ELSEWHERE: &str = "https://www.theguardian.com/elsewhere.html";
pub(in crate::stories) const FERRY_BODY: &str = "<p>That morning the gangway was wet.</p>
    <p><a id=to-harbour href=harbour.html>Harbour</a> <a id=to-nowhere href=/nowhere.html>Nowhere</a>
    <a id=to-end href=#end>End</a></p><div style='height: 3000px'></div>
    <div id=end><a href=harbour.html>Harbour</a></div><div style='height: 2000px'></div>";
/// The two ways on in a question.
pub(in crate::stories) const YES: &str = "dialog[open] button[value=yes]";
pub(in crate::stories) const NO: &str = "dialog[open] button[value=no]";
