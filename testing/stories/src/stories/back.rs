//! How an outage ends by itself, while its page stays open: the site moves away, or is well again for long enough.

use std::time::Duration;

use anyhow::{Result, ensure};
use detour_core::tab::TabId;
use detour_core::verdict::Fault;
use detour_lab::switch::MoveTo;
use detour_lab::{Behaviour, Switch};

use super::stage::{Stage, Story, story, words};
use crate::engine::Engine;
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("A site that leaves the failing CDN for another is back, and the popup says what it has left", moved),
        story!("A site that is well again is back for sure after three good looks, without a reload", recovered),
    ]
}

async fn moved(stage: &Stage<'_>) -> Result<()> {
    stage
        .lab
        .set(Switch::EdgeFails { hosts: Vec::new(), share: 1.0, reason: "Service Unavailable".into(), body: false })
        .await?;
    let tab = stage.browser.open("https://open.spotify.com/").await?;
    stage.badged(tab).await?;
    stage.blamed(tab, Fault::CdnWide).await?;
    stage.outage_page_says(tab, &words("verdict_cdn_wide", ["open.spotify.com", "Fastly"])?).await?;
    stage.lab.set(Switch::Move { name: "open.spotify.com".into(), to: MoveTo::Cloudflare }).await?;
    // The old edge lets the site go; while it does not, browsers keep their connections to it, and with them the 503.
    stage.host("open.spotify.com", Behaviour::Refused).await?;
    forget_names(stage).await?;
    let verdict = stage.blamed_in_the_end(tab, Fault::Moved, FIRST_LOOK).await?;
    ensure!(verdict.cdn.as_ref().is_some_and(|cdn| cdn.name == "Cloudflare"), "where has it gone? {verdict:?}");
    let said = words("verdict_moved", ["open.spotify.com", "Fastly"])?;
    stage.popup_says(tab, &[&said, &words("because_left", ["Fastly"])?]).await?;
    stage.says(tab, &said).await
}

async fn recovered(stage: &Stage<'_>) -> Result<()> {
    stage.lab.set(Switch::edge_fails_for("www.amazon.com", false)).await?;
    let tab = stage.browser.open("https://www.amazon.com/").await?;
    stage.outage_page_says(tab, &words("verdict_server_cdn", ["amazon.com", "Fastly"])?).await?;
    stage.lab.set(Switch::edge_heals()).await?;
    stage.blamed_in_the_end(tab, Fault::Recovering, FIRST_LOOK).await?;
    stage.says(tab, &words("verdict_recovering", ["amazon.com"])?).await?;
    signed(stage, tab, &words("badge_title_recovering", ["amazon.com"])?).await?;
    stage.blamed_in_the_end(tab, Fault::Passed, TWO_MORE).await?;
    stage.says(tab, &words("headline_back", ["amazon.com"])?).await?;
    signed(stage, tab, &words("badge_title_back", ["amazon.com"])?).await?;
    let url = stage.browser.url(tab).await?;
    ensure!(url.starts_with(&stage.browser.page("outage.html")), "the page was reloaded unasked: {url}");
    stage.press(tab, ".actions button").await?;
    stage.says(tab, "Kettles, ladders and a very long rope").await?;
    stage.recovered(tab).await
}

/// Chromium keeps addresses for a minute, whatever their names' time to live; a story has no such time.
async fn forget_names(stage: &Stage<'_>) -> Result<()> {
    if stage.browser.engine() == Engine::Chromium {
        let page = stage.browser.open("chrome://net-internals/#dns").await?;
        stage.press(page, "#dns-view-clear-cache").await?;
        stage.browser.close(page).await?;
    }
    Ok(())
}

async fn signed(stage: &Stage<'_>, tab: TabId, title: &str) -> Result<()> {
    wait_until(&format!("a sign that says `{title}`"), Duration::from_secs(5), async || {
        let badge = stage.browser.badge(tab).await?;
        Ok(badge.is_on() && badge.title == title)
    })
    .await
}

/// The first look comes after 15 s, give or take a fifth, and may take 7 s.
const FIRST_LOOK: Duration = Duration::from_secs(27);
/// The next two come 20 s after the one before, or a fifth later, and may take 7 s each.
const TWO_MORE: Duration = Duration::from_secs(64);
