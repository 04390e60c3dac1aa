//! Everything without a mouse: each action of each page by Tab, Enter, the space bar and Escape, as a person does it.
//!
//! What the browser does by itself on its own keys (Back, find in page) is out of a driver's reach, and not played.

mod board;
mod failing;
mod hands;
mod options;
mod past;
mod shelf;
mod signs;
mod viewer;
mod watching;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use self::hands::goes_round;
use super::stage::{SIGN, Stage, Story, story};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    let mut all = vec![story!("Tab leads through every page and out of it again, and Shift and Tab leads back", round)];
    let failures = [failing::all(), watching::all(), board::all(), past::all()];
    let others = [options::all(), shelf::all(), viewer::all()];
    all.extend(failures.into_iter().chain(others).flatten());
    all
}

async fn round(stage: &Stage<'_>) -> Result<()> {
    for (page, least) in PAGES {
        let tab = stage.browser.open_page(page).await?;
        wait_until(&format!("{page} is drawn"), SIGN, async || {
            // The hours are off until quiet hours are on.
            let look = "return !document.hidden && !document.querySelector('input:disabled:not([type=time])')";
            Ok(stage.browser.run(tab, look, Vec::new()).await? == json!(true))
        })
        .await?;
        let stops = goes_round(stage, tab).await.with_context(|| page.to_owned())?;
        ensure!(stops.len() >= least, "{page} has no more stops than {stops:?}");
        stage.browser.close(tab).await?;
    }
    Ok(())
}

/// Each page with the stops that it has at least, when nothing fails and nothing is kept.
const PAGES: [(&str, usize); 6] = [
    ("board.html", 3),
    ("outage.html", 1),
    ("options.html", 14),
    ("welcome.html", 2),
    ("copies.html", 3),
    ("copy.html", 2),
];
