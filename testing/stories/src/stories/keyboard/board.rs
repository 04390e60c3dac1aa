//! The board: the outage as a whole, and one site of it.

use anyhow::{Context as _, Result};
use detour_core::tab::TabId;
use detour_lab::Switch;
use fantoccini::key::Key;
use serde_json::json;

use super::hands::{enter, focused, press, reach, space, write};
use crate::stories::shelf_pages::steps::settings;
use crate::stories::stage::{SIGN, Stage, Story, story};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("By keyboard the board looks at every site, pauses for an hour or a day and ends that", whole),
        story!("By keyboard the board is filtered, and a site of it watched, muted and shown", one_site),
    ]
}

async fn whole(stage: &Stage<'_>) -> Result<()> {
    let (_, board) = three_fail(stage).await?;
    // It may be said for a moment only.
    let listen = "const said = document.getElementById('said');
        new MutationObserver(() => { document.body.dataset.heard = (document.body.dataset.heard ?? '') + said.textContent + ' '; })
            .observe(said, { childList: true, characterData: true, subtree: true });";
    stage.browser.run(board, listen, Vec::new()).await?;
    enter(stage, board, "Check all now").await?;
    wait_until("all three are checked", SIGN, async || {
        let heard = stage.browser.run(board, "return document.body.dataset.heard ?? ''", Vec::new()).await?;
        Ok(heard.as_str().is_some_and(|heard| heard.contains("of 3 checked")))
    })
    .await?;
    for (pause, least) in
        [("Pause notifications for 1 hour", 0.9 * HOUR), ("Pause notifications for 1 day", 23.9 * HOUR)]
    {
        enter(stage, board, pause).await?;
        let look = "return Date.now()";
        let now = stage.browser.control(look, json!([])).await?.as_f64().context("the time of day")?;
        wait_until(pause, SIGN, async || {
            #[expect(clippy::cast_precision_loss, reason = "a time of day")]
            let until = settings(stage).await?.pause_until.map(|until| until.0 as f64);
            Ok(until.is_some_and(|until| until - now > least))
        })
        .await?;
        enter(stage, board, "Turn notifications on").await?;
        wait_until("the end of the pause", SIGN, async || Ok(settings(stage).await?.pause_until.is_none())).await?;
    }
    Ok(())
}

async fn one_site(stage: &Stage<'_>) -> Result<()> {
    let (tab, board) = three_fail(stage).await?;
    reach(stage, board, "Filter by site or network").await?;
    write(stage, board, "bbc").await?;
    wait_until("one site is left", SIGN, async || {
        let look = "return document.querySelectorAll('button[aria-label^=\"Mute \"]').length";
        Ok(stage.browser.run(board, look, Vec::new()).await? == json!(1))
    })
    .await?;
    enter(stage, board, "Show as table").await?;
    reach(stage, board, "History of each site").await?;
    let watch = "Notify me when bbc.co.uk is back";
    space(stage, board, watch).await?;
    wait_until("the page is watched", SIGN, async || is_pressed(stage, board, watch).await).await?;
    focused(stage, board, watch).await?;
    press(stage, board, &[" "]).await?;
    wait_until("it is not watched any more", SIGN, async || Ok(!is_pressed(stage, board, watch).await?)).await?;
    let mute = "Mute bbc.co.uk";
    enter(stage, board, mute).await?;
    wait_until("the site is muted", SIGN, async || Ok(settings(stage).await?.muted == ["bbc.co.uk"])).await?;
    // Another press means the other of what the board shows.
    wait_until("the board shows it", SIGN, async || is_pressed(stage, board, mute).await).await?;
    focused(stage, board, mute).await?;
    press(stage, board, &[&Key::Enter]).await?;
    wait_until("the site is muted no more", SIGN, async || Ok(settings(stage).await?.muted.is_empty())).await?;
    let show = "Go to tab: bbc.co.uk";
    reach(stage, board, show).await?;
    // A view may come at any time, and must not take what is in focus away.
    stage.browser.say(json!({ "mute": { "site": "gov.uk", "on": true } })).await?;
    wait_until("another site is muted", SIGN, async || Ok(settings(stage).await?.muted == ["gov.uk"])).await?;
    focused(stage, board, show).await?;
    // Whoever looks from another tab brings that one to the front: what came to the front is written down.
    let listen = "const shown = document.documentElement.dataset;
        api.tabs.onActivated.addListener(({ tabId }) => { shown.fronts = `${shown.fronts ?? ''} ${tabId} `; });";
    stage.browser.control(listen, json!([])).await?;
    press(stage, board, &[&Key::Enter]).await?;
    wait_until("the site's own tab in front", SIGN, async || {
        let look = "return document.documentElement.dataset.fronts ?? ''";
        let fronts = stage.browser.control(look, json!([])).await?;
        Ok(fronts.as_str().is_some_and(|fronts| fronts.contains(&format!(" {} ", tab.0))))
    })
    .await
}

/// Three sites of one CDN that fails, and the board; the tab is the second site's.
async fn three_fail(stage: &Stage<'_>) -> Result<(TabId, TabId)> {
    stage.lab.set(Switch::edge_fails()).await?;
    let mut tabs = Vec::new();
    for host in ["www.theguardian.com", "www.bbc.co.uk", "www.gov.uk"] {
        let tab = stage.browser.open(&format!("https://{host}/?keyboard")).await?;
        stage.verdict(tab).await?;
        tabs.push(tab);
    }
    let board = stage.browser.open_page("board.html").await?;
    let [_, second, _] = tabs.as_slice() else { anyhow::bail!("three tabs: {tabs:?}") };
    Ok((*second, board))
}

async fn is_pressed(stage: &Stage<'_>, board: TabId, name: &str) -> Result<bool> {
    let look = "return [...document.querySelectorAll('button')].some(
        (button) => button.ariaLabel === arguments[0] && button.ariaPressed === 'true')";
    Ok(stage.browser.run(board, look, vec![name.into()]).await? == json!(true))
}

const HOUR: f64 = 3_600_000.0;
