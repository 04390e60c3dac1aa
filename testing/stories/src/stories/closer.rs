//! Looking closer: others are asked on one click, learn the site's name alone, and change the verdict.

use std::time::Duration;

use anyhow::{Result, ensure};
use detour_core::tab::TabId;
use detour_core::verdict::Fault;
use detour_lab::switch::Remote;
use detour_lab::{Seen, Switch};

use super::stage::{Stage, Story, story, words};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("A closer look at an edge that is well elsewhere says so, and tells others the name alone", regional),
        story!(
            "A closer look at an edge that nobody reaches says that it is CDN-wide, and where it fails too",
            everywhere
        ),
        story!("A closer look that nobody answers leaves the verdict as it was, and is not offered twice", unanswered),
    ]
}

async fn regional(stage: &Stage<'_>) -> Result<()> {
    let tab = fails(stage, Remote::AllFine).await?;
    nobody_outside_knows(stage)?;
    look_closer(stage, tab).await?;
    stage.blamed_in_the_end(tab, Fault::Regional, LOOK).await?;
    let said = words("verdict_regional_cdn", ["twitter.com", "Fastly"])?;
    stage.popup_says(tab, &[&said, &words("because_fine_in", [PLACES])?]).await?;
    stage.says(tab, &said).await?;
    only_the_name_went_out(stage)?;
    stage.pictures(tab, "regional", &said).await
}

async fn everywhere(stage: &Stage<'_>) -> Result<()> {
    let tab = fails(stage, Remote::AllFail).await?;
    nobody_outside_knows(stage)?;
    look_closer(stage, tab).await?;
    stage.blamed_in_the_end(tab, Fault::CdnWide, LOOK).await?;
    let said = words("verdict_cdn_wide", ["twitter.com", "Fastly"])?;
    stage.popup_says(tab, &[&said, &words("because_fails_in", [PLACES])?]).await?;
    only_the_name_went_out(stage)
}

async fn unanswered(stage: &Stage<'_>) -> Result<()> {
    let tab = fails(stage, Remote::Down).await?;
    look_closer(stage, tab).await?;
    wait_until("the closer look is over", LOOK, async || {
        let outage = stage.outage(tab).await?;
        Ok(outage.was_closer && outage.recheck().is_none())
    })
    .await?;
    stage.blamed(tab, Fault::EdgeUnreachable).await?;
    let said = stage.popup_says(tab, &[&words("verdict_edge_unreachable", ["twitter.com", "Fastly"])?]).await?;
    // Its rows in the technical details begin with the same words.
    let button = words("action_look_closer", [])?;
    ensure!(said.lines().all(|line| line.trim() != button), "it is offered once more: {said}");
    Ok(())
}

/// No way to the edge from here; the page's address has a secret in it.
async fn fails(stage: &Stage<'_>, remote: Remote) -> Result<TabId> {
    stage.lab.set(Switch::Remote { mode: remote }).await?;
    stage.lab.set(Switch::Cut { net: "11.0.1.0/24".into(), cut: true }).await?;
    let tab = stage.browser.open(&format!("https://{SITE}/account?session={SECRET}")).await?;
    stage.badged(tab).await?;
    stage.blamed(tab, Fault::EdgeUnreachable).await?;
    stage.outage_page_says(tab, &words("verdict_edge_unreachable", ["twitter.com", "Fastly"])?).await?;
    Ok(tab)
}

async fn look_closer(stage: &Stage<'_>, tab: TabId) -> Result<()> {
    let popup = stage.popup(tab).await?;
    stage.says(popup, &words("closer_shares", [])?).await?;
    stage.says(popup, SITE).await?;
    stage.press(popup, ".closer button").await?;
    stage.browser.close(popup).await
}

/// Other resolvers and remote probes; anchors' names may be asked of the former at any time.
fn nobody_outside_knows(stage: &Stage<'_>) -> Result<()> {
    let log = stage.lab.log();
    ensure!(log.iter().any(|seen| seen.host == SITE), "the log does not show the site itself being asked");
    let told = log.iter().find(|seen| is_outside(seen) && (seen.server == "globalping" || seen.host.contains(LABEL)));
    ensure!(told.is_none(), "somebody was told before the click: {told:?}");
    Ok(())
}

fn only_the_name_went_out(stage: &Stage<'_>) -> Result<()> {
    let log = stage.lab.log();
    let asked = |server: &str| log.iter().filter(|seen| seen.server == server).collect::<Vec<_>>();
    ensure!(asked("doh").iter().any(|seen| seen.host.trim_end_matches('.') == SITE), "no other resolver was asked");
    let orders = asked("globalping").into_iter().filter(|seen| seen.method == "POST").collect::<Vec<_>>();
    let [order] = orders.as_slice() else { anyhow::bail!("expected one order to the remote probes: {orders:?}") };
    let body = order.path.split_once(' ').map_or("", |(_, body)| body);
    let told: serde_json::Value = serde_json::from_str(body)?;
    let text = |pointer: &str| told.pointer(pointer).and_then(serde_json::Value::as_str).unwrap_or_default();
    ensure!(text("/target") == SITE, "another target: {body}");
    let asked_for = ["path", "query"].map(|name| text(&format!("/measurementOptions/request/{name}")));
    ensure!(asked_for == ["/", ""], "more than the name was told: {body}");
    let leak = log
        .iter()
        .filter(|seen| seen.host != SITE)
        .find(|seen| seen.path.contains(SECRET) || seen.path.contains("account"));
    ensure!(leak.is_none(), "the page's address went elsewhere: {leak:?}");
    Ok(())
}

fn is_outside(seen: &Seen) -> bool {
    matches!(seen.server.as_str(), "doh" | "globalping")
}

/// No other story opens it: a connection that is still open would go silent where a new one is refused.
const SITE: &str = "twitter.com";
/// In the site's own name and in its CDN's name for it.
const LABEL: &str = "twitter";
/// Where the lab's remote probes stand.
const PLACES: &str = "Belo Horizonte, Brisbane, Columbus, Leipzig, Nairobi, Osaka";
const SECRET: &str = "1234567890abcdef";
/// A check's deadline is 7 s.
const LOOK: Duration = Duration::from_secs(15);
