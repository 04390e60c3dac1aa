//! How a failure ends: the site is back, the tab is closed, the page is left.

use std::time::Duration;

use anyhow::{Result, ensure};
use detour_lab::{Behaviour, Switch};

use super::stage::{Stage, Story, story};
use super::survival::{host_runs, is_checking};
use crate::host;
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("A site that is back opens with a click on the outage page, and the sign goes", back_from_outage_page),
        story!("A site that is back opens with a click in the popup, and sign and banner go", back_from_popup),
        story!("A tab that is closed during its check leaves nothing behind", closed_during_check),
        story!("A failing page that is left for another takes its sign with it", left),
        story!("A banner that was closed stays closed, and the sign stays on", banner_closed),
    ]
}

async fn back_from_outage_page(stage: &Stage<'_>) -> Result<()> {
    let site = "flip.detour-lab.net";
    let tab = stage.browser.open(&format!("https://{site}/")).await?;
    stage.badged(tab).await?;
    stage.outage_page_says(tab, site).await?;
    stage.verdict(tab).await?;
    stage.host(site, Behaviour::Healthy).await?;
    stage.press(tab, ".actions button").await?;
    stage.says(tab, "which today works as it should").await?;
    ensure!(stage.browser.url(tab).await? == format!("https://{site}/"), "another address than before");
    stage.recovered(tab).await
}

async fn back_from_popup(stage: &Stage<'_>) -> Result<()> {
    stage.lab.set(Switch::edge_fails()).await?;
    let tab = stage.browser.open("https://www.theguardian.com/").await?;
    stage.badged(tab).await?;
    stage.verdict(tab).await?;
    stage.lab.set(Switch::edge_heals()).await?;
    let popup = stage.popup(tab).await?;
    stage.says(popup, "theguardian.com").await?;
    stage.press(popup, ".actions button").await?;
    stage.recovered(tab).await?;
    stage.says(tab, "The Guardian").await?;
    ensure!(stage.banner(tab).await?.is_empty(), "the banner is still there");
    Ok(())
}

async fn closed_during_check(stage: &Stage<'_>) -> Result<()> {
    let tab = stage.browser.open("https://pages.detour-lab.net/slow?ms=2500&status=503").await?;
    stage.badged(tab).await?;
    host_runs(stage).await?;
    is_checking(stage, tab).await?;
    stage.browser.close(tab).await?;
    wait_until("nothing is remembered", Duration::from_secs(5), async || {
        Ok(stage.browser.state().await?.tabs.is_empty())
    })
    .await?;
    wait_until("the host is let go", Duration::from_secs(5), async || Ok(host::running()?.is_empty())).await?;
    // Late replies bring nothing back.
    tokio::time::sleep(Duration::from_secs(3)).await;
    stage.nothing_remembered().await
}

async fn left(stage: &Stage<'_>) -> Result<()> {
    let tab = stage.browser.open("https://status.detour-lab.net/").await?;
    stage.badged(tab).await?;
    stage.browser.go(tab, "https://pages.detour-lab.net/").await?;
    stage.says(tab, "which today works as it should").await?;
    stage.recovered(tab).await
}

async fn banner_closed(stage: &Stage<'_>) -> Result<()> {
    let tab = stage.browser.open("https://status.detour-lab.net/").await?;
    stage.banner_says(tab, "status.detour-lab.net").await?;
    stage.verdict(tab).await?;
    stage.browser.click_in_banner(tab, "button.close").await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    ensure!(stage.banner(tab).await?.is_empty(), "the banner is back");
    ensure!(stage.browser.badge(tab).await?.is_on(), "the sign has gone");
    Ok(())
}
