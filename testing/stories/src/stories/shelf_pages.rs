//! The pages about copies: the viewer, "Saved pages", the options and the first-run question.

pub(super) mod steps;

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::keep::page_key;
use detour_core::settings::{Keeping, Settings};
use detour_lab::Behaviour;
use fantoccini::actions::{MOUSE_BUTTON_LEFT, MOUSE_BUTTON_MIDDLE};
use serde_json::json;

use self::steps::{
    ELSEWHERE, FERRY, HOST, NO, YES, click_in_copy, copy_says, downloaded, give_file, keep_three, listed, nobody_asked,
    open_copy, scrolled, settings, settled, type_into,
};
use super::stage::{OPEN, SIGN, Stage, Story, story, words};
use crate::wait::{wait_for, wait_until};

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("A copy is found by words of its text", found),
        story!("One copy, a site's copies and all copies are deleted after a question, and not before", deleted),
        story!("A pinned copy says so everywhere, and the page is pinned for later visits", pinned),
        story!("A copy saved as a file opens without the network and holds no script", saved),
        story!("All copies go out as one WARC file, and come back from it", carried),
        story!("A link of a copy leads to a copy; where there is none, the reader is asked first", links),
        story!("Back leads from a copy to the place in the copy before, and to the outage page", back),
        story!("The options keep every setting that they do not show, and name the line that is wrong", options),
        story!("The first-run page asks what is kept, and has no answer of its own", asked),
    ]
}

async fn found(stage: &Stage<'_>) -> Result<()> {
    keep_three(stage).await?;
    let list = stage.browser.open_page("copies.html").await?;
    listed(stage, list, &["Elsewhere", "Ferry", "Harbour"]).await?;
    type_into(stage, list, "#search", "cormorants").await?;
    stage.says(list, "1 saved page found").await?;
    listed(stage, list, &["Harbour"]).await?;
    stage.browser.run(list, "location.hash = 'search=gangway'", Vec::new()).await?;
    listed(stage, list, &["Ferry"]).await?;
    stage.browser.run(list, "location.hash = 'search=penguins'", Vec::new()).await?;
    stage.says(list, "No saved pages contain “penguins”").await
}

async fn deleted(stage: &Stage<'_>) -> Result<()> {
    keep_three(stage).await?;
    let list = stage.browser.open_page("copies.html").await?;
    let delete = |title: &str| format!("button[aria-label='Delete: {title}']");
    listed(stage, list, &["Elsewhere", "Ferry", "Harbour"]).await?;
    stage.press(list, &delete("Ferry")).await?;
    stage.press(list, NO).await?;
    ensure!(stage.is_kept(FERRY).await?, "deleted in spite of the answer");
    stage.press(list, &delete("Ferry")).await?;
    stage.press(list, YES).await?;
    listed(stage, list, &["Elsewhere", "Harbour"]).await?;
    ensure!(!stage.is_kept(FERRY).await?, "the copy is still on the shelf");
    stage.press(list, "button[aria-label='Delete all from lab-crates.net']").await?;
    stage.press(list, YES).await?;
    listed(stage, list, &["Elsewhere"]).await?;
    stage.press(list, "#delete-all").await?;
    stage.press(list, YES).await?;
    stage.says(list, "No saved pages yet").await?;
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
    let list = stage.browser.open_page("copies.html#search=gangway").await?;
    stage.press(list, "button[aria-label='Unpin: Ferry']").await?;
    wait_until("the pin is gone", SIGN, async || Ok(settings(stage).await?.pinned.is_empty())).await?;
    stage.press(list, "button[aria-label='Pin: Ferry']").await
}

async fn saved(stage: &Stage<'_>) -> Result<()> {
    keep_three(stage).await?;
    let copy = open_copy(stage, "Ferry").await?;
    stage.press(copy, "#more summary").await?;
    stage.press(copy, "#save").await?;
    let file = wait_for("the file", SIGN, async || Ok(downloaded(stage.lab.dir(), "Ferry", ".html"))).await?;
    let html = std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    ensure!(!html.to_lowercase().contains("<script"), "there is a script in {}", file.display());
    ensure!(html.contains(FERRY), "the file does not say where it comes from");
    let tab = stage.browser.open(&stage.browser.file("manifest.json")).await?;
    stage.lab.clear_log();
    let session = stage.browser.in_tab(tab).await?;
    session.client().goto(&format!("file://{}", file.display())).await?;
    drop(session);
    stage.says(tab, "the gangway was wet").await?;
    nobody_asked(stage)
}

async fn carried(stage: &Stage<'_>) -> Result<()> {
    keep_three(stage).await?;
    let list = stage.browser.open_page("copies.html").await?;
    stage.press(list, "#export").await?;
    let file = wait_for("the file", SIGN, async || Ok(downloaded(stage.lab.dir(), "detour-copies", ".warc"))).await?;
    stage.press(list, "#delete-all:enabled").await?;
    stage.press(list, YES).await?;
    stage.says(list, "No saved pages yet").await?;
    give_file(stage, list, &file).await?;
    stage.says(list, "3 pages imported.").await?;
    listed(stage, list, &["Elsewhere", "Ferry", "Harbour"]).await?;
    let copy = open_copy(stage, "Harbour").await?;
    copy_says(stage, copy, "cormorants").await?;
    let other = file.with_extension("txt");
    std::fs::write(&other, "These are no copies.").with_context(|| format!("writing {}", other.display()))?;
    give_file(stage, list, &other).await?;
    stage.says(list, "0 pages imported. 1 page couldn’t be imported.").await
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
    let page = stage.browser.open_page("options.html").await?;
    stage.press(page, "#look_closer:not(:disabled)").await?;
    let expected = Settings { look_closer: true, ..before };
    settled(stage, &expected).await?;
    stage.says(page, "Saved").await?;
    stage.press(page, "#keep-visited").await?;
    let expected = Settings { keep: Keeping::Visited, ..expected };
    settled(stage, &expected).await?;
    type_into(stage, page, "#keep-never", "bank.example\nmy bank").await?;
    stage.says(page, &words("keep_never_wrong", ["2", "my bank"])?).await?;
    settled(stage, &expected).await?;
    type_into(stage, page, "#keep-never", "bank.example\n*.Clinic.example\nhttps://mail.example/inbox").await?;
    let hosts = ["bank.example", "clinic.example", "mail.example"].map(str::to_owned).to_vec();
    let expected = Settings { keep_never: hosts, ..expected };
    settled(stage, &expected).await?;
    type_into(stage, page, "#quota", "7").await?;
    stage.says(page, "Enter a whole number from 50").await?;
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
    stage.says(page, &words("welcome_chosen_pinned", [])?).await
}
