//! The board's past outages: saved, shown down to the earliest, opened, and deleted.

use anyhow::{Context as _, Result, ensure};
use detour_core::tab::TabId;
use fantoccini::key::Key;
use serde_json::json;

use super::hands::{enter, focused, press, reach};
use super::signs::saved_anew;
use crate::stories::stage::{SIGN, Stage, Story, story, words};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("By keyboard past outages are saved as JSON and as CSV, and deleted one by one and all", past),
        story!("By keyboard older outages are shown, down to the earliest", older),
        story!("By keyboard a past outage is opened, read as a table and closed again", opened),
    ]
}

async fn past(stage: &Stage<'_>) -> Result<()> {
    let sites = ["first.example", "second.example", "third.example"];
    stage.remember(&[&sites[..1], &sites[1..2], &sites[2..]]).await?;
    let board = stage.browser.open_page("board.html").await?;
    let json = saved_anew(stage, "detour-history", ".json", async || enter(stage, board, "Export JSON").await).await?;
    let text = std::fs::read_to_string(&json).with_context(|| format!("reading {}", json.display()))?;
    let _: serde_json::Value = serde_json::from_str(&text).with_context(|| format!("in {}", json.display()))?;
    let csv = saved_anew(stage, "detour-history", ".csv", async || enter(stage, board, "Export CSV").await).await?;
    let rows = std::fs::read_to_string(&csv).with_context(|| format!("reading {}", csv.display()))?;
    for site in sites {
        ensure!(text.contains(site) && rows.contains(site), "{site} is missing in {text} or in {rows}");
    }
    enter(stage, board, "Totals by network and site").await?;
    reach(stage, board, "Past outages by network and site").await?;
    enter(stage, board, "Delete: second.example was down").await?;
    left(stage, board, &["first.example", "third.example"]).await?;
    let all = "Delete all";
    enter(stage, board, all).await?;
    focused(stage, board, "Cancel").await?;
    press(stage, board, &[&Key::Escape]).await?;
    focused(stage, board, all).await?;
    press(stage, board, &[&Key::Enter]).await?;
    focused(stage, board, "Cancel").await?;
    enter(stage, board, all).await?;
    left(stage, board, &[]).await
}

async fn older(stage: &Stage<'_>) -> Result<()> {
    let sites: Vec<String> = (1..=41).map(|nth| format!("site-{nth}.example")).collect();
    let outages: Vec<[&str; 1]> = sites.iter().map(|site| [site.as_str()]).collect();
    stage.remember(&outages.iter().map(<[&str; 1]>::as_slice).collect::<Vec<_>>()).await?;
    let board = stage.browser.open_page("board.html").await?;
    let more = "Show older outages";
    shown(stage, board, 20).await?;
    enter(stage, board, more).await?;
    shown(stage, board, 40).await?;
    focused(stage, board, more).await?;
    press(stage, board, &[" "]).await?;
    shown(stage, board, 41).await?;
    focused(stage, board, "Delete: site-1.example was down").await
}

/// Waits until so many past outages are on the page.
async fn shown(stage: &Stage<'_>, board: TabId, count: usize) -> Result<()> {
    wait_until(&format!("{count} past outages on the page"), SIGN, async || {
        let look = "return document.querySelectorAll('#history > li').length";
        Ok(stage.browser.run(board, look, Vec::new()).await? == json!(count))
    })
    .await
}

async fn opened(stage: &Stage<'_>) -> Result<()> {
    let sites = ["one.example", "two.example", "three.example", "four.example", "five.example"];
    stage.remember(&[&sites]).await?;
    let board = stage.browser.open_page("board.html").await?;
    let all = words("board_all_sites", [&sites.len().to_string()])?;
    enter(stage, board, &all).await?;
    let look = "const table = document.querySelector('#history details[open] .scroll');
        const rows = [...table?.querySelectorAll('tbody th') ?? []].map(({ textContent }) => textContent);
        return { name: table?.ariaLabel ?? '', sites: [...new Set(rows)] };";
    let mut name = String::new();
    wait_until("all of its sites in the table", SIGN, async || {
        let read = stage.browser.run(board, look, Vec::new()).await?;
        name = read.get("name").and_then(|name| name.as_str()).unwrap_or_default().to_owned();
        Ok(read.get("sites") == Some(&json!(sites)))
    })
    .await?;
    focused(stage, board, &all).await?;
    reach(stage, board, &name).await?;
    reach(stage, board, &all).await?;
    press(stage, board, &[" "]).await?;
    wait_until("it is closed", SIGN, async || {
        let look = "return document.querySelector('#history details[open]') === null";
        Ok(stage.browser.run(board, look, Vec::new()).await? == json!(true))
    })
    .await
}

/// Waits until the past has outages of these sites and no others, on the page and in what is stored.
async fn left(stage: &Stage<'_>, board: TabId, sites: &[&str]) -> Result<()> {
    wait_until(&format!("the past has {sites:?}"), SIGN, async || {
        let look = "return [...document.querySelectorAll('#history button')].flatMap((button) =>
            /^Delete: (\\S+)/.exec(button.ariaLabel)?.[1] ?? [])";
        let shown = stage.browser.run(board, look, Vec::new()).await?;
        let kept = stage.browser.control("return (await api.storage.local.get('history')).history", json!([])).await?;
        let kept = kept.as_str().unwrap_or_default().matches("\"host\"").count();
        let mut shown: Vec<&str> = shown.as_array().into_iter().flatten().filter_map(|site| site.as_str()).collect();
        shown.sort_unstable();
        Ok(shown == sites && kept == sites.len())
    })
    .await
}
