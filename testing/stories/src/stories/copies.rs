//! Copies: asked for with a click, opened in the tab.

use anyhow::{Context as _, Result, ensure};
use detour_lab::sites;
use detour_lab::switch::Availability;
use detour_lab::{Behaviour, Switch};

use super::stage::{SIGN, Stage, Story, story, words};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("A copy is found with one click in the popup and opens in the failing tab with a second", from_popup),
        story!("A copy opens from the outage page and shows the page's text", from_outage_page),
        story!("A mirror is offered when the site's own server stands apart from the CDN that fails", a_mirror),
        story!("A capture of the site's own error page is passed over", past_a_soft_error),
        story!("From an archive's copy the popup leads back to the page itself", back_to_original),
        story!("An archive that asks for patience is said to be left alone, and another one has the copy", one_rests),
        story!("Nobody but the site and the controls is asked before the click", nobody_before),
    ]
}

async fn from_popup(stage: &Stage<'_>) -> Result<()> {
    let site = guardian()?;
    stage.lab.set(Switch::edge_fails_for(site.host, true)).await?;
    let tab = stage.browser.open(&format!("https://{}{}", site.host, site.article)).await?;
    stage.verdict(tab).await?;
    let popup = stage.popup(tab).await?;
    stage.press(popup, FIND).await?;
    every_archive_answered(stage, tab).await?;
    stage.press(popup, OPEN).await?;
    stage.says(tab, site.story).await?;
    let url = stage.browser.url(tab).await?;
    ensure!(url.contains("archive.org/web/") || url.contains("arquivo.pt/wayback/"), "not a copy: {url}");
    stage.recovered(tab).await
}

async fn from_outage_page(stage: &Stage<'_>) -> Result<()> {
    let tab = stage.browser.open("https://refused.detour-lab.net/article").await?;
    stage.outage_page_says(tab, "refused.detour-lab.net").await?;
    stage.press(tab, FIND).await?;
    every_archive_answered(stage, tab).await?;
    stage.press(tab, OPEN).await?;
    stage.says(tab, "This is the article of refused.detour-lab.net.").await?;
    stage.recovered(tab).await
}

async fn a_mirror(stage: &Stage<'_>) -> Result<()> {
    stage.host("www.lab-airline.com", Behaviour::Refused).await?;
    let tab = stage.browser.open("https://www.lab-airline.com/").await?;
    stage.outage_page_says(tab, "lab-airline.com").await?;
    stage.press(tab, FIND).await?;
    every_archive_answered(stage, tab).await?;
    stage.press(tab, OPEN).await?;
    stage.says(tab, "Boarding starts when the cat has left the runway.").await?;
    let url = stage.browser.url(tab).await?;
    ensure!(url == "https://m.lab-airline.com/", "not the mirror: {url}");
    stage.recovered(tab).await
}

async fn past_a_soft_error(stage: &Stage<'_>) -> Result<()> {
    let (host, path) = sites::TRAPPED;
    stage.lab.set(Switch::edge_fails_for(host, true)).await?;
    let tab = stage.browser.open(&format!("https://{host}{path}")).await?;
    stage.verdict(tab).await?;
    let popup = stage.popup(tab).await?;
    stage.press(popup, FIND).await?;
    every_archive_answered(stage, tab).await?;
    stage.press(popup, OPEN).await?;
    stage.says(tab, sites::TRAPPED_STORY).await
}

async fn back_to_original(stage: &Stage<'_>) -> Result<()> {
    let site = guardian()?;
    let page = format!("https://{}{}", site.host, site.article);
    let copy = format!("https://web.archive.org/web/{page}");
    let tab = stage.browser.open(&copy).await?;
    stage.says(tab, site.story).await?;
    let popup = stage.popup(tab).await?;
    stage.press(popup, "#original button").await?;
    wait_until("the page itself", SIGN, async || Ok(stage.browser.url(tab).await? == page)).await
}

async fn one_rests(stage: &Stage<'_>) -> Result<()> {
    stage.lab.set(Switch::Cdx { mode: Availability::Patience }).await?;
    // A page that no browser can have in its cache.
    let tab = stage.browser.open("https://refused.detour-lab.net/article").await?;
    stage.verdict(tab).await?;
    let popup = stage.popup(tab).await?;
    stage.press(popup, FIND).await?;
    every_archive_answered(stage, tab).await?;
    stage.says(popup, &words("said_resting", ["Wayback Machine", "1"])?).await?;
    stage.press(popup, OPEN).await?;
    stage.says(tab, "This is the article of refused.detour-lab.net.").await?;
    let url = stage.browser.url(tab).await?;
    ensure!(url.starts_with("https://arquivo.pt/wayback/"), "not the other archive's: {url}");
    Ok(())
}

async fn nobody_before(stage: &Stage<'_>) -> Result<()> {
    stage.lab.set(Switch::edge_fails()).await?;
    let tab = stage.browser.open("https://www.theguardian.com/?session=1234567890abcdef").await?;
    stage.verdict(tab).await?;
    let log = stage.lab.log();
    let archives = ["archive.org", "web.archive.org", "arquivo.pt"];
    let asked = log.iter().find(|seen| archives.contains(&seen.host.as_str()));
    ensure!(asked.is_none(), "an archive was asked without a click: {asked:?}");
    let leak = log.iter().find(|seen| seen.path.contains("1234567890abcdef") && seen.host != "www.theguardian.com");
    ensure!(leak.is_none(), "the page's address went elsewhere: {leak:?}");
    let popup = stage.popup(tab).await?;
    stage.press(popup, FIND).await?;
    wait_until("an archive is asked after the click", std::time::Duration::from_secs(10), async || {
        Ok(stage.lab.log().iter().any(|seen| archives.contains(&seen.host.as_str())))
    })
    .await?;
    let leak = stage
        .lab
        .log()
        .into_iter()
        .find(|seen| seen.path.contains("1234567890abcdef") && archives.contains(&seen.host.as_str()));
    ensure!(leak.is_none(), "a token went to an archive: {leak:?}");
    Ok(())
}

/// A better offer may take the best one's place until then.
async fn every_archive_answered(stage: &Stage<'_>, tab: detour_core::tab::TabId) -> Result<()> {
    wait_until("every archive has answered", std::time::Duration::from_secs(15), async || {
        Ok(stage.remembered(tab).await?.copies.search.is_some_and(|search| search.is_over()))
    })
    .await
}

fn guardian() -> Result<&'static sites::Site> {
    sites::all().iter().find(|site| site.host == "www.theguardian.com").context("the lab's Guardian")
}

/// The one button that stands alone before copies are known.
const FIND: &str = ".copies > button.main:not(:has(b))";
/// The best copy's button.
const OPEN: &str = ".copies > button.main:has(b)";
