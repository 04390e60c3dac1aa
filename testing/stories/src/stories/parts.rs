//! Pages that say "fine": error pages among them, and pages of which parts fail.

use std::time::Duration;

use anyhow::{Result, ensure};
use detour_core::tab::TabId;
use detour_core::verdict::Fault;
use detour_lab::Switch;
use detour_lab::switch::OriginPage;

use super::stage::{Stage, Story, story, words};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("A page that says 200 and is the edge's error page gets a sign and is called one", soft_outage),
        story!("A page that says 200 and only writes about error 503 is no outage", only_about_errors),
        story!(
            "A style sheet that a failing edge delivers: the page is fine, the popup names the part's host and its CDN",
            style_sheet
        ),
        story!("A part that is not found is no outage", not_found),
        story!("A part that is blocked is no outage, and nobody is asked about a script", blocked),
    ]
}

async fn soft_outage(stage: &Stage<'_>) -> Result<()> {
    stage.put_page("www.gamespot.com", "soft.html", FASTLYS_PAGE)?;
    let tab = stage.browser.open("https://www.gamespot.com/soft.html").await?;
    stage.says(tab, "Guru Mediation").await?;
    stage.badged(tab).await?;
    stage.blamed(tab, Fault::SoftOutage).await?;
    let said = words("verdict_soft_outage", ["gamespot.com"])?;
    stage.popup_says(tab, &[&words("headline_soft", ["gamespot.com"])?, &said]).await?;
    stage.banner_says(tab, &said).await
}

async fn only_about_errors(stage: &Stage<'_>) -> Result<()> {
    let page = "<!doctype html><title>What error 503 Service Unavailable means</title>
        <h1>Error 503</h1><p>Varnish says so, and adds Guru Meditation, when it has nobody to ask.</p>";
    stage.put_page("www.gamespot.com", "about-errors.html", page)?;
    let tab = stage.browser.open("https://www.gamespot.com/about-errors.html").await?;
    stage.says(tab, "when it has nobody to ask").await?;
    stage.stays_quiet().await
}

async fn style_sheet(stage: &Stage<'_>) -> Result<()> {
    stage.lab.set(Switch::edge_fails()).await?;
    let part = r#"<link rel="stylesheet" href="https://www.theverge.com/style.css?part">"#;
    let tab = page_with(stage, "styled.html", part).await?;
    stage.badged(tab).await?;
    let verdict = stage.blamed(tab, Fault::BrokenParts).await?;
    ensure!(verdict.cdn.as_ref().is_some_and(|cdn| cdn.name == "Fastly"), "expected Fastly to be named: {verdict:?}");
    let said = words("verdict_broken_parts_cdn", ["www.theverge.com", "Fastly"])?;
    stage.popup_says(tab, &[&words("headline_parts", [])?, &said]).await?;
    ensure!(stage.banner(tab).await?.is_empty(), "a page that is fine has a banner");
    let badge = stage.browser.badge(tab).await?;
    ensure!(badge.title == words("badge_title_parts", ["lab-allotment.org"])?, "another tooltip: {badge:?}");
    stage.pictures(tab, "broken-parts", &said).await
}

async fn not_found(stage: &Stage<'_>) -> Result<()> {
    let says = |status| Switch::OriginSays { site: "www.theverge.com".into(), status, page: OriginPage::Nginx };
    stage.lab.set(says(404)).await?;
    let part = r#"<link rel="stylesheet" href="https://www.theverge.com/gone.css">"#;
    let tab = page_with(stage, "unstyled.html", part).await?;
    // Once the host has asked as well, it is known; before that there is only a doubt.
    wait_until("the host has asked for the style sheet too", PARTS, async || {
        Ok(asked_for(stage, "www.theverge.com", "/gone.css") > 1)
    })
    .await?;
    wait_until("the doubt is over", PARTS, async || Ok(!stage.browser.state().await?.tabs.contains_key(&tab))).await?;
    stage.stays_quiet().await
}

/// The page forbids itself what it asks for, as a blocker would: nothing but the host can reach the part's host.
async fn blocked(stage: &Stage<'_>) -> Result<()> {
    let script = r#"<script src="https://www.twitch.tv/tracker.js"></script>"#;
    page_with(stage, "tracked.html", &format!("{FORBIDDING}{script}")).await?;
    // The page waits for 1.5 s before it tells of anything.
    stage.no_sign_for(Duration::from_millis(2500)).await?;
    let asked = stage.lab.log().into_iter().find(|seen| seen.host == "www.twitch.tv");
    ensure!(asked.is_none(), "the script's host was asked: {asked:?}");
    // A style sheet may be the site's own, so its host is asked, and is well.
    let style = r#"<link rel="stylesheet" href="https://www.twitch.tv/style.css?blocked">"#;
    page_with(stage, "blocked.html", &format!("{FORBIDDING}{style}")).await?;
    wait_until("the host has asked for the style sheet", PARTS, async || {
        Ok(asked_for(stage, "www.twitch.tv", "/style.css?blocked") > 0)
    })
    .await?;
    wait_until("the doubt is over", PARTS, async || Ok(stage.browser.state().await?.tabs.is_empty())).await?;
    stage.stays_quiet().await
}

/// A page of a site that no CDN delivers, with a part from somewhere else.
async fn page_with(stage: &Stage<'_>, name: &str, part: &str) -> Result<TabId> {
    let html = format!("<!doctype html><title>Allotment</title>{part}<h1>Marrows</h1><p>This page itself is fine.</p>");
    stage.put_page("www.lab-allotment.org", name, &html)?;
    let tab = stage.browser.open(&format!("https://www.lab-allotment.org/{name}")).await?;
    stage.says(tab, "This page itself is fine.").await?;
    Ok(tab)
}

/// Requests that reached the edge.
fn asked_for(stage: &Stage<'_>, host: &str, path: &str) -> usize {
    let log = stage.lab.log();
    log.iter().filter(|seen| seen.server == "edge" && seen.host == host && seen.path == path).count()
}

const FORBIDDING: &str = r#"<meta http-equiv="Content-Security-Policy" content="script-src 'none'; style-src 'none'">"#;
const FASTLYS_PAGE: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"
 "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html>
  <head>
    <title>503 Service Unavailable</title>
  </head>
  <body>
    <h1>Error 503 Service Unavailable</h1>
    <p>Service Unavailable</p>
    <h3>Guru Mediation:</h3>
    <p>Details: cache-lhr7321-LHR 1623146400 2890671113</p>
    <hr>
    <p>Varnish cache server</p>
  </body>
</html>
"#;
/// A page tells after 1.5 s, and its parts' servers answer within a doubt's 7 s.
const PARTS: Duration = Duration::from_secs(12);
