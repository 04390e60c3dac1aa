//! My copies: what is kept, to find, open, pin, save, delete, carry out and in.

use anyhow::{Context as _, Result, ensure};
use detour_core::keep::page_key;
use detour_core::tab::TabId;
use fantoccini::key::Key;
use serde_json::json;

use super::hands::{enter, focused, press, reach, space, write};
use super::signs::saved_anew;
use crate::stories::shelf_pages::steps::{ELSEWHERE, FERRY, copy_says, give_file, keep_three, listed, settings};
use crate::stories::stage::{SIGN, Stage, Story, story};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("By keyboard a copy is searched for and opened", found),
        story!("By keyboard a copy is pinned and saved in the list, and a site's copies are folded away", pinned),
        story!(
            "By keyboard one copy, a site's and all are deleted, each after a question that Escape answers",
            deleted
        ),
        story!("By keyboard all copies go out as one WARC file, and come back from it", carried),
    ]
}

async fn found(stage: &Stage<'_>) -> Result<()> {
    keep_three(stage).await?;
    let list = stage.browser.open_page("copies.html").await?;
    reach(stage, list, "Search saved pages").await?;
    write(stage, list, "cormorants").await?;
    listed(stage, list, &["Harbour"]).await?;
    enter(stage, list, "Harbour").await?;
    copy_says(stage, list, "cormorants").await
}

async fn pinned(stage: &Stage<'_>) -> Result<()> {
    keep_three(stage).await?;
    let list = stage.browser.open_page("copies.html").await?;
    space(stage, list, "Pin: Ferry").await?;
    wait_until("the page is pinned", SIGN, async || Ok(settings(stage).await?.pinned == [page_key(FERRY)])).await?;
    focused(stage, list, "Unpin: Ferry").await?;
    press(stage, list, &[" "]).await?;
    wait_until("the pin is gone", SIGN, async || Ok(settings(stage).await?.pinned.is_empty())).await?;
    saved_anew(stage, "Ferry", ".html", async || enter(stage, list, "Download: Ferry").await).await?;
    let is_open = async |list: TabId| {
        let look = "return [...document.querySelectorAll('.site')].find((site) => site.innerText.includes('lab-crates'))?.open";
        Ok::<_, anyhow::Error>(stage.browser.run(list, look, Vec::new()).await? == json!(true))
    };
    let look = "return [...document.querySelectorAll('.site > summary')].find((site) => site.innerText.startsWith('lab-crates.net '))?.innerText";
    let site = stage.browser.run(list, look, Vec::new()).await?;
    let site = site.as_str().context("the site's own line")?;
    for expected in [false, true] {
        enter(stage, list, site).await?;
        wait_until(&format!("the site's copies are there: {expected}"), SIGN, async || {
            Ok(is_open(list).await? == expected)
        })
        .await?;
    }
    Ok(())
}

async fn deleted(stage: &Stage<'_>) -> Result<()> {
    keep_three(stage).await?;
    let list = stage.browser.open_page("copies.html").await?;
    // Where the reader is when what had the focus is gone.
    let search = "Search saved pages";
    let one = "Delete: Ferry";
    enter(stage, list, one).await?;
    // What cannot be undone is not under the key that the reader happens to press.
    focused(stage, list, "Cancel").await?;
    press(stage, list, &[&Key::Escape]).await?;
    focused(stage, list, one).await?;
    press(stage, list, &[&Key::Enter]).await?;
    focused(stage, list, "Cancel").await?;
    press(stage, list, &[&Key::Enter]).await?;
    focused(stage, list, one).await?;
    ensure!(stage.is_kept(FERRY).await?, "deleted in spite of the answer");
    press(stage, list, &[&Key::Enter]).await?;
    enter(stage, list, "Delete").await?;
    listed(stage, list, &["Elsewhere", "Harbour"]).await?;
    ensure!(!stage.is_kept(FERRY).await?, "the copy is still on the shelf");
    focused(stage, list, search).await?;
    enter(stage, list, "Delete all from lab-crates.net").await?;
    enter(stage, list, "Delete").await?;
    listed(stage, list, &["Elsewhere"]).await?;
    focused(stage, list, search).await?;
    enter(stage, list, "Delete all").await?;
    focused(stage, list, "Cancel").await?;
    // Out of a question the way back leads to its other answer.
    enter(stage, list, "Delete all").await?;
    stage.says(list, "No saved pages yet").await?;
    ensure!(!stage.is_kept(ELSEWHERE).await?, "a copy is still on the shelf");
    focused(stage, list, "Import WARC file").await
}

async fn carried(stage: &Stage<'_>) -> Result<()> {
    keep_three(stage).await?;
    let list = stage.browser.open_page("copies.html").await?;
    let save = async || enter(stage, list, "Export all (WARC)").await;
    let file = saved_anew(stage, "detour-copies", ".warc", save).await?;
    stage.says(list, "Saved").await?;
    enter(stage, list, "Delete all").await?;
    focused(stage, list, "Cancel").await?;
    enter(stage, list, "Delete all").await?;
    stage.says(list, "No saved pages yet").await?;
    focused(stage, list, "Import WARC file").await?;
    // The system's own window for choosing a file is out of a driver's reach: it is kept from opening, and answered.
    let hold = "document.getElementById('file').addEventListener('click', (event) => {
        event.preventDefault();
        document.body.dataset.asked = '';
    }, { once: true });";
    stage.browser.run(list, hold, Vec::new()).await?;
    enter(stage, list, "Import WARC file").await?;
    wait_until("a file is asked for", SIGN, async || {
        Ok(stage.browser.run(list, "return document.body.dataset.asked === ''", Vec::new()).await? == json!(true))
    })
    .await?;
    give_file(stage, list, &file).await?;
    listed(stage, list, &["Elsewhere", "Ferry", "Harbour"]).await
}
