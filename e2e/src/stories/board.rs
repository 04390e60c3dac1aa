//! The board: the outage as a whole.

use anyhow::{Result, ensure};
use detour_lab::Switch;
use serde_json::json;

use super::stage::{SIGN, Stage, Story, story};
use crate::place;
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![story!("The board shows a failing CDN's sites together, and mutes one", whole)]
}

async fn whole(stage: &Stage<'_>) -> Result<()> {
    stage.lab.set(Switch::edge_fails()).await?;
    for url in ["https://www.theguardian.com/?board", "https://www.bbc.co.uk/?board", "https://www.gov.uk/?board"] {
        let tab = stage.browser.open(url).await?;
        stage.verdict(tab).await?;
    }
    let board = stage.browser.open_page("board.html").await?;
    for words in ["Fastly", "theguardian.com", "bbc.co.uk", "gov.uk"] {
        stage.says(board, words).await?;
    }
    // A picture for people: target/pictures.
    let file = format!("target/pictures/{}-board.png", stage.browser.engine().name());
    stage.browser.screenshot(board, &place::workspace().join(file)).await?;
    let mute = "button[data-what^=\"mute\"]";
    stage.press(board, mute).await?;
    wait_until("the site is muted", SIGN, async || {
        let look = "return document.querySelector(arguments[0])?.ariaPressed";
        Ok(stage.browser.run(board, look, vec![mute.into()]).await? == json!("true"))
    })
    .await?;
    // Only what was asked for is left.
    let filter = "const field = document.getElementById('filter'); field.value = 'bbc';
        field.dispatchEvent(new Event('input')); return document.querySelectorAll('.site').length";
    let left = stage.browser.run(board, filter, Vec::new()).await?;
    ensure!(left == json!(1), "{left} sites are left by the filter");
    Ok(())
}
