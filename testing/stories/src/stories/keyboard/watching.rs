//! To be told when a page is back: asked for, taken back, and what is there when no more can be asked for.

use anyhow::{Result, ensure};
use detour_core::incident::{Lasting, MOST_WATCHED};
use detour_core::target::Target;
use fantoccini::key::Key;
use serde_json::json;

use super::failing::{REFUSED, fails};
use super::hands::{press, reach, space};
use super::signs::opens;
use crate::stories::stage::{SIGN, Stage, Story, story, words};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("By keyboard it is asked in the popup and on the outage page to be told when the page is back", watched),
        story!("By keyboard the popup and the outage page lead to the board once no more pages can be watched", full),
    ]
}

async fn watched(stage: &Stage<'_>) -> Result<()> {
    let tab = fails(stage, REFUSED).await?;
    let popup = stage.popup(tab).await?;
    let name = "Notify me when it’s back";
    // What is pressed on the one page shows on the other: the worker has heard of it.
    for (here, there, is_on) in [(popup, tab, true), (tab, popup, false)] {
        space(stage, here, name).await?;
        wait_until(&format!("`{name}`: {is_on}"), SIGN, async || {
            let look = "return [...document.querySelectorAll('button')]
                .find(({ textContent }) => textContent === arguments[0])?.ariaPressed";
            Ok(stage.browser.run(there, look, vec![name.into()]).await? == json!(is_on.to_string()))
        })
        .await?;
    }
    Ok(())
}

async fn full(stage: &Stage<'_>) -> Result<()> {
    watch_as_many_as_can_be(stage).await?;
    let tab = fails(stage, REFUSED).await?;
    let popup = stage.popup(tab).await?;
    for page in [popup, tab] {
        stage.says(page, &words("watch_full", [])?).await?;
        reach(stage, page, "Outages").await?;
        // The popup has another one of this name, further down.
        let look = "return document.activeElement.closest('.watch') !== null";
        let is_beside = stage.browser.run(page, look, Vec::new()).await? == json!(true);
        ensure!(is_beside, "the link beside the reason is not the first of its name");
        press(stage, page, &[&Key::Enter]).await?;
        opens(stage, "board.html").await?;
        let close = "for (const { id, url } of await api.tabs.query({}))
            if (url === args[0]) await api.tabs.remove(id);";
        stage.browser.control(close, json!([stage.browser.page("board.html")])).await?;
    }
    Ok(())
}

/// As if the user had asked for that many pages, all of the site that fails: they are looked at soon after the worker's
/// start, and whom it asks then is one whom the story's user visits.
async fn watch_as_many_as_can_be(stage: &Stage<'_>) -> Result<()> {
    let page = |nth| Target::parse(&format!("{REFUSED}/{nth}"));
    let watched: Result<Vec<Target>, _> = (0..MOST_WATCHED).map(page).collect();
    let lasting = Lasting { seed: 1, next_id: 1, watched: watched?, ..Lasting::default() };
    // The form's number: see extension/src/store.rs.
    let text = serde_json::to_string(&json!({ "1": lasting }))?;
    stage.browser.kill_worker().await?;
    stage.browser.control("await api.storage.local.set({ lasting: args[0] })", json!([text])).await?;
    stage.browser.wake_worker().await
}
