//! Whatever dies in the middle, the verdict comes.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::outage::Phase;
use detour_core::tab::TabId;
use detour_core::view::Mood;
use detour_lab::Behaviour;

use super::stage::{Stage, Story, story};
use crate::host;
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("A worker that is killed between the failure and the verdict still gives the verdict", killed_worker),
        story!("A worker that is killed while nothing of ours is on screen still gives the verdict", killed_unseen),
        story!("A host that is killed during a check costs that check's evidence and nothing else", killed_host),
        story!("Ten tabs that fail at once all get a sign and a verdict", ten_tabs),
    ]
}

/// The page takes its time, and so does every later look at it: the check is under way meanwhile.
const SLOW_FAILURE: &str = "https://pages.detour-lab.net/slow?ms=2500&status=503";

async fn killed_worker(stage: &Stage<'_>) -> Result<()> {
    let tab = stage.browser.open(SLOW_FAILURE).await?;
    stage.badged(tab).await?;
    stage.browser.kill_worker().await?;
    is_checking(stage, tab).await?;
    // A banner that is looked at wakes the worker; each look at the state would hide it again.
    stage.browser.show(tab).await?;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    stage.verdict(tab).await?;
    stage.badged(tab).await
}

/// Nothing reconnects here; the alarm has to do it.
async fn killed_unseen(stage: &Stage<'_>) -> Result<()> {
    let tab = stage.browser.open("https://blackhole.detour-lab.net/").await?;
    stage.badged(tab).await?;
    stage.browser.kill_worker().await?;
    is_checking(stage, tab).await?;
    stage.verdict(tab).await?;
    stage.badged(tab).await
}

async fn killed_host(stage: &Stage<'_>) -> Result<()> {
    let tab = stage.browser.open(SLOW_FAILURE).await?;
    stage.badged(tab).await?;
    host_runs(stage).await?;
    is_checking(stage, tab).await?;
    ensure!(host::kill()? > 0, "there was no host to kill");
    stage.verdict(tab).await?;
    stage.badged(tab).await?;
    // The next failure starts the host again.
    let other = stage.browser.open("https://refused.detour-lab.net/").await?;
    let verdict = stage.verdict(other).await?;
    ensure!(
        !verdict.missing.contains(&detour_core::verdict::Missing::Host),
        "the host was not started again: {verdict:?}"
    );
    Ok(())
}

async fn ten_tabs(stage: &Stage<'_>) -> Result<()> {
    stage.host("spare-one.detour-lab.net", Behaviour::Status(502)).await?;
    stage.lab.set(detour_lab::Switch::edge_fails()).await?;
    let urls = [
        "https://www.theguardian.com/",
        "https://www.bbc.co.uk/",
        "https://www.gov.uk/",
        "https://www.reddit.com/",
        "https://spare-one.detour-lab.net/",
        "https://status-empty.detour-lab.net/",
        "https://refused.detour-lab.net/",
        "https://reset.detour-lab.net/",
        "https://empty.detour-lab.net/",
        "https://nx.detour-lab.net/",
    ];
    let open = "return await Promise.all(args.map(async (url) => (await api.tabs.create({ url, active: false })).id))";
    let tabs: Vec<TabId> = serde_json::from_value(stage.browser.control(open, serde_json::json!(urls)).await?)?;
    for (tab, url) in tabs.iter().zip(urls) {
        stage.badged(*tab).await.with_context(|| url.to_owned())?;
    }
    for (tab, url) in tabs.iter().zip(urls) {
        let verdict = stage.verdict(*tab).await.with_context(|| url.to_owned())?;
        let outage = stage.outage(*tab).await?;
        ensure!(detour_core::view::mood(&outage) == Mood::Failing, "{url}: {verdict:?}");
        // Chromium takes the sign off with the document that our page replaces, and core puts it on again.
        stage.badged(*tab).await.with_context(|| url.to_owned())?;
    }
    Ok(())
}

pub(super) async fn is_checking(stage: &Stage<'_>, tab: TabId) -> Result<()> {
    let phase = stage.outage(tab).await?.phase;
    ensure!(matches!(phase, Phase::Checking(_)), "expected a check under way, found {phase:?}");
    Ok(())
}

pub(super) async fn host_runs(_: &Stage<'_>) -> Result<()> {
    wait_until("the host runs", Duration::from_secs(5), async || Ok(!host::running()?.is_empty())).await
}
