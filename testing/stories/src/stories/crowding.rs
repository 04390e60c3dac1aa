//! Sites that would have the shelf to themselves: by many names of one owner, by pages that no hand touched, by many addresses
//! of one page. What the user read of other sites stays.
//!
//! The room is made small, and pages large, so that a dozen of them stand for what would be thousands.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::settings::{Keeping, Settings};
use detour_core::tab::TabId;
use detour_lab::Behaviour;
use detour_lab::hosts::IMPOSTORS;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde::Deserialize;
use serde_json::json;

use super::keep::{is_attended, loaded, visit};
use super::stage::{SIGN, Stage, Story, story};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("A site with a dozen names pushes no other site's copies off a full shelf", names).within(LONG),
        story!("Pages that open by themselves push off no copy of a page that a hand touched", by_script).within(LONG),
        story!("A page with a dozen addresses pushes no other site's copies off a full shelf", queries).within(LONG),
    ]
}

/// Each of them is read with a hand on it: what counts is who owns the names.
async fn names(stage: &Stage<'_>) -> Result<()> {
    let read = reads(stage).await?;
    for label in LABELS {
        let host = format!("{label}.detour-lab.net");
        stage.host(&host, Behaviour::Healthy).await?;
        attended(stage, &format!("https://{host}/large/page")).await?;
    }
    holds(stage, &read, "detour-lab.net").await
}

/// One address after the other in one tab, then in tabs and frames of their own; then those of another owner, which came up and
/// were not touched either. (What a page of another site leads to, Chromium stores apart, where it is not found to be kept.)
async fn by_script(stage: &Stage<'_>) -> Result<()> {
    let read = reads(stage).await?;
    let [.., stranger] = IMPOSTORS;
    let tab = visit(stage, &format!("https://{PAGES}/large/start")).await?;
    stage.kept(&format!("https://{PAGES}/large/start")).await?;
    for nth in 0..8 {
        let host = if nth % 2 == 0 { PAGES } else { "spare-one.detour-lab.net" };
        let url = format!("https://{host}/large/{nth}");
        stage.browser.run(tab, "location.href = arguments[0]", vec![url.as_str().into()]).await?;
        loaded(stage, tab, &url).await?;
        stage.kept(&url).await?;
        ensure!(!is_attended(stage, &url).await?, "a script passed for a hand at {url}");
    }
    for nth in 8..12 {
        let url = format!("https://{PAGES}/large/{nth}");
        stage.browser.run(tab, "open(arguments[0])", vec![url.as_str().into()]).await?;
        // Frames are no pages, however many there are.
        let frame =
            "document.body.append(Object.assign(document.createElement('iframe'), { src: `${arguments[0]}/frame` }))";
        stage.browser.run(tab, frame, vec![url.as_str().into()]).await?;
        // It stands in front only while nobody looks at the control tab.
        tokio::time::sleep(OPENED).await;
    }
    for nth in 0..3 {
        let url = format!("https://{stranger}/large/{nth}");
        let tab = visit(stage, &url).await?;
        stage.kept(&url).await?;
        stage.browser.close(tab).await?;
    }
    let shelf = on_shelf(stage).await?;
    let framed = shelf.iter().find(|copy| copy.url.ends_with("/frame"));
    ensure!(framed.is_none(), "a frame was kept: {framed:?}");
    let untouched: u64 = shelf.iter().filter(|copy| !read.contains(&copy.url)).map(|copy| copy.bytes).sum();
    ensure!(untouched <= SHARE, "pages that no hand touched have {untouched} bytes: {shelf:#?}");
    holds(stage, &read, "detour-lab.net").await
}

async fn queries(stage: &Stage<'_>) -> Result<()> {
    let read = reads(stage).await?;
    for nth in 0..LABELS.len() {
        attended(stage, &format!("https://{PAGES}/large/list?page={nth}")).await?;
    }
    holds(stage, &read, "detour-lab.net").await
}

/// The user keeps what is visited in a small room, and reads a page of each of three sites.
async fn reads(stage: &Stage<'_>) -> Result<Vec<String>> {
    stage.browser.set_settings(&Settings { keep: Keeping::Visited, quota_mb: 1, ..Settings::default() }).await?;
    wait_until("the choice is in force", SIGN, async || {
        let look = "return (await api.scripting.getRegisteredContentScripts()).length";
        Ok(stage.browser.control(look, json!([])).await? == json!(1))
    })
    .await?;
    let mut read = Vec::new();
    for host in &IMPOSTORS[..3] {
        let url = format!("https://{host}/large/page");
        attended(stage, &url).await?;
        read.push(url);
    }
    Ok(read)
}

/// Visits a page, presses a key on it, and waits until both are noted.
async fn attended(stage: &Stage<'_>, url: &str) -> Result<()> {
    let tab = visit(stage, url).await?;
    press_key(stage, tab).await?;
    stage.kept(url).await?;
    wait_until(&format!("a hand on {url}"), SIGN, async || is_attended(stage, url).await).await?;
    stage.browser.close(tab).await
}

async fn press_key(stage: &Stage<'_>, tab: TabId) -> Result<()> {
    let keys = KeyActions::new("keyboard".to_owned())
        .then(KeyAction::Down { value: Key::Down.into() })
        .then(KeyAction::Up { value: Key::Down.into() });
    stage.browser.in_tab(tab).await?.client().perform_actions(keys).await.context("pressing a key")
}

/// What was read is there, whoever came takes no more than one site's share, and would have filled the shelf without that.
async fn holds(stage: &Stage<'_>, read: &[String], owner: &str) -> Result<()> {
    let shelf = on_shelf(stage).await?;
    for url in read {
        ensure!(shelf.iter().any(|copy| copy.url == *url), "{url} was pushed out: {shelf:#?}");
    }
    let bytes: u64 = shelf.iter().filter(|copy| copy.url.contains(owner)).map(|copy| copy.bytes).sum();
    ensure!(bytes <= SHARE, "{owner} has {bytes} bytes of {QUOTA}: {shelf:#?}");
    let one = shelf.iter().map(|copy| copy.bytes).max().unwrap_or_default();
    let all = one * (LABELS.len() + read.len()) as u64;
    ensure!(all > QUOTA, "a page takes {one} bytes only: all would have had room");
    Ok(())
}

/// A copy, as the list has it.
#[derive(Debug, Deserialize)]
struct Copy {
    url: String,
    bytes: u64,
}

async fn on_shelf(stage: &Stage<'_>) -> Result<Vec<Copy>> {
    let shelf = stage.browser.open_page("copies.html").await?;
    let list = "const { ask } = await import('/shelf/keeper.js');
        await ask('work');
        return (await ask('list')).pages.map(({ url, bytes }) => ({ url, bytes }))";
    let copies = serde_json::from_value(stage.browser.run_async(shelf, list, Vec::new()).await?)?;
    stage.browser.close(shelf).await?;
    Ok(copies)
}

const PAGES: &str = "pages.detour-lab.net";
/// Names of one owner.
const LABELS: [&str; 12] = [
    "pages",
    "flip",
    "refused",
    "reset",
    "empty",
    "stall",
    "garbage",
    "truncated",
    "status",
    "spare-one",
    "spare-two",
    "spare-three",
];
/// What `quota_mb` of 1 is in bytes, and what one site may have of it (`crates/shelf/src/quota.rs`).
const QUOTA: u64 = 1_000_000;
const SHARE: u64 = QUOTA / 5;
/// As long as a page that came up takes to tell of itself and to be kept.
const OPENED: Duration = Duration::from_secs(3);
const LONG: Duration = Duration::from_secs(240);
