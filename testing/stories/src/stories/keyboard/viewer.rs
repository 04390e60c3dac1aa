//! A copy in the viewer: read, followed, pinned, saved and left.

use anyhow::{Context as _, Result, ensure};
use detour_core::keep::page_key;
use detour_core::tab::TabId;
use fantoccini::key::Key;
use serde_json::json;

use super::hands::{enter, focused, press, space};
use super::signs::saved_anew;
use crate::stories::shelf_pages::steps::{FERRY, copy_says, keep_three, listed, nobody_asked, scrolled, settings};
use crate::stories::stage::{SIGN, Stage, Story, story};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("By keyboard a copy is read to its end, and its links are followed", read),
        story!("By keyboard a copy is pinned and saved in the viewer, and the live page is opened", used),
        story!("By keyboard a damaged copy is deleted", damaged),
    ]
}

async fn read(stage: &Stage<'_>) -> Result<()> {
    let copy = ferry(stage).await?;
    enter(stage, copy, "Skip to saved page").await?;
    wait_until("the copy is read further down", SIGN, async || {
        press(stage, copy, &[&Key::PageDown]).await?;
        Ok(scrolled(stage, copy).await? > 0.0)
    })
    .await?;
    stage.lab.clear_log();
    let nowhere = "Nowhere";
    enter(stage, copy, nowhere).await?;
    stage.says(copy, "https://www.lab-crates.net/nowhere.html").await?;
    press(stage, copy, &[&Key::Escape]).await?;
    wait_until("no question any more", SIGN, async || {
        Ok(stage.browser.run(copy, "return document.querySelector('dialog') === null", Vec::new()).await?
            == json!(true))
    })
    .await?;
    focused(stage, copy, nowhere).await?;
    nobody_asked(stage).context("after the answer no")?;
    enter(stage, copy, "Harbour").await?;
    copy_says(stage, copy, "cormorants").await?;
    // The browser's own key for Back is out of a driver's reach.
    stage.browser.run(copy, "history.back()", Vec::new()).await?;
    copy_says(stage, copy, "gangway").await?;
    enter(stage, copy, nowhere).await?;
    enter(stage, copy, "Open live page").await?;
    wait_until("the live page is asked for", SIGN, async || {
        Ok(stage.lab.log().iter().any(|seen| seen.path == "/nowhere.html"))
    })
    .await
}

async fn used(stage: &Stage<'_>) -> Result<()> {
    let copy = ferry(stage).await?;
    let more = "More";
    let is_open = async || {
        let look = "return document.getElementById('more').open";
        Ok::<_, anyhow::Error>(stage.browser.run(copy, look, Vec::new()).await? == json!(true))
    };
    space(stage, copy, more).await?;
    wait_until("More is open", SIGN, is_open).await?;
    press(stage, copy, &[&Key::Tab]).await?;
    press(stage, copy, &[&Key::Escape]).await?;
    wait_until("Escape closes it", SIGN, async || Ok(!is_open().await?)).await?;
    focused(stage, copy, more).await?;
    press(stage, copy, &[&Key::Enter]).await?;
    enter(stage, copy, "Pin").await?;
    wait_until("the page is pinned", SIGN, async || Ok(settings(stage).await?.pinned == [page_key(FERRY)])).await?;
    focused(stage, copy, "Unpin").await?;
    press(stage, copy, &[&Key::Enter]).await?;
    wait_until("the pin is gone", SIGN, async || Ok(settings(stage).await?.pinned.is_empty())).await?;
    saved_anew(stage, "Ferry", ".html", async || enter(stage, copy, "Download").await).await?;
    let (shelf, viewer) = (stage.browser.page("copies.html"), stage.browser.page("copy.html"));
    enter(stage, copy, "Saved pages").await?;
    wait_until("Saved pages", SIGN, async || Ok(stage.browser.url(copy).await? == shelf)).await?;
    enter(stage, copy, "Ferry").await?;
    copy_says(stage, copy, "gangway").await?;
    ensure!(stage.browser.url(copy).await?.starts_with(&viewer), "the copy is not in the viewer");
    enter(stage, copy, "Open live page").await?;
    wait_until("the live page", SIGN, async || Ok(stage.browser.url(copy).await? == FERRY)).await
}

async fn damaged(stage: &Stage<'_>) -> Result<()> {
    keep_three(stage).await?;
    let tab = stage.browser.open_page("copies.html").await?;
    listed(stage, tab, &["Elsewhere", "Ferry", "Harbour"]).await?;
    // As a disk does that fails: the last byte of every document is another one.
    let spoil = "const settled = (request) => new Promise((done, failed) => {
            request.onsuccess = () => done(request.result);
            request.onerror = () => failed(request.error);
        });
        const shelf = await settled(indexedDB.open('shelf'));
        const bodies = shelf.transaction('bodies', 'readwrite').objectStore('bodies');
        for (const key of await settled(bodies.getAllKeys())) {
            const body = await settled(bodies.get(key));
            body[body.length - 1] ^= 1;
            await settled(bodies.put(body, key));
        }
        shelf.close();";
    stage.browser.control(spoil, json!([])).await?;
    enter(stage, tab, "Ferry").await?;
    enter(stage, tab, "Delete").await?;
    listed(stage, tab, &["Elsewhere", "Harbour"]).await?;
    ensure!(!stage.is_kept(FERRY).await?, "the copy is still on the shelf");
    Ok(())
}

/// The ferry's copy, opened from the list.
async fn ferry(stage: &Stage<'_>) -> Result<TabId> {
    keep_three(stage).await?;
    let tab = stage.browser.open_page("copies.html").await?;
    enter(stage, tab, "Ferry").await?;
    copy_says(stage, tab, "gangway").await?;
    Ok(tab)
}
