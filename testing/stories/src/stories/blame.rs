//! Whose fault it is: the CDN's, one site's, one node's, the user's own network's, and how the popup says so.

use std::time::Duration;

use anyhow::{Result, ensure};
use detour_core::tab::TabId;
use detour_core::verdict::{Confidence, Fault};
use detour_lab::hosts::{NODES, SIGN_IN};
use detour_lab::switch::{Dns, Portal};
use detour_lab::{Behaviour, Switch};

use super::stage::{Stage, Story, story, words};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!(
            "Three sites on one CDN fail: the third tab's popup says that Fastly fails for many, and so then do the others",
            cdn_wide
        ),
        story!("One site's own servers are stopped: the popup says that site, and which others are fine", one_site),
        story!("One node of three is bad: the site comes and goes, and the popup names the node", one_node),
        story!("The way out of the network is cut: the popup says that it is you, and no sign stays", way_out_cut),
        story!("Behind a captive portal the popup says to sign in, and no sign stays", behind_portal),
        story!("A resolver that leads every name astray: the popup says your name look-up", poisoned),
    ]
}

async fn cdn_wide(stage: &Stage<'_>) -> Result<()> {
    let failing = ["www.bbc.co.uk", "www.theverge.com", "www.theguardian.com"];
    let hosts = failing.map(str::to_owned).to_vec();
    stage.lab.set(Switch::EdgeFails { hosts, share: 1.0, reason: "Service Unavailable".into(), body: false }).await?;
    let mut tabs = Vec::new();
    for host in failing {
        let tab = stage.browser.open(&format!("https://{host}/")).await?;
        stage.badged(tab).await?;
        // One site, or two, may be the site's own doing: the CDN's other ones are fine.
        let expected = if tabs.len() < 2 { Fault::Edge } else { Fault::CdnWide };
        stage.blamed(tab, expected).await?;
        tabs.push(tab);
    }
    let [bbc, verge, guardian] = tabs.as_slice() else { anyhow::bail!("expected three tabs: {tabs:?}") };
    let said = words("verdict_cdn_wide", ["theguardian.com", "Fastly"])?;
    let reasons = [
        words("because_siblings_fail", ["bbc.co.uk, theverge.com"])?,
        words("because_siblings_fine", ["lab-crates.net, lab-news.co.uk, lab-python.org"])?,
        words("because_pops", ["AMS, LHR"])?,
        words("because_controls_fine", [])?,
    ];
    let [fail, fine, pops, controls] = &reasons;
    stage.popup_says(*guardian, &[&said, fail, fine, pops, controls]).await?;
    stage.outage_page_says(*guardian, &said).await?;
    for (tab, site) in [(*bbc, "bbc.co.uk"), (*verge, "theverge.com")] {
        stage.popup_says(tab, &[&words("verdict_cdn_wide", [site, "Fastly"])?]).await?;
    }
    for (url, sentence) in [
        ("https://www.lab-allotment.org/", "One server under a desk"),
        ("https://www.lab-forum.org/", "Somebody asks how to get wax out of a rug"),
    ] {
        let tab = stage.browser.open(url).await?;
        stage.says(tab, sentence).await?;
        ensure!(!stage.browser.badge(tab).await?.is_on(), "{url} has a sign and is fine");
    }
    stage.pictures(*guardian, "cdn-wide", &said).await
}

async fn one_site(stage: &Stage<'_>) -> Result<()> {
    stage.host("origin.www.reddit.com", Behaviour::Refused).await?;
    let tab = stage.browser.open("https://www.reddit.com/").await?;
    stage.badged(tab).await?;
    stage.blamed(tab, Fault::Origin).await?;
    let said = words("verdict_server_origin", ["reddit.com", "Fastly"])?;
    let fine = words("because_siblings_fine", ["lab-crates.net, lab-news.co.uk, lab-python.org"])?;
    stage.popup_says(tab, &[&words("headline_status", ["reddit.com", "503"])?, &said, &fine]).await?;
    stage.banner_says(tab, &said).await
}

/// A page is a handful of requests, and every third one goes to the bad node: the page itself, sooner or later.
async fn one_node(stage: &Stage<'_>) -> Result<()> {
    let bad = NODES[1];
    stage.lab.set(Switch::node_fails(bad)).await?;
    let tab = stage.browser.open("https://www.independent.co.uk/?load=0").await?;
    let mut loads = 0;
    wait_until("the bad node makes a page fail", Duration::from_secs(20), async || {
        if stage.browser.badge(tab).await?.is_on() {
            return Ok(true);
        }
        let text = stage.browser.text(tab).await?;
        if text.contains("A library in Fife") && is_complete(stage, tab, loads).await? {
            loads += 1;
            stage.browser.go(tab, &format!("https://www.independent.co.uk/?load={loads}")).await?;
        }
        Ok(false)
    })
    .await?;
    let verdict = stage.blamed(tab, Fault::ComesAndGoes).await?;
    ensure!(verdict.confidence == Confidence::High, "a node that is named for sure: {verdict:?}");
    let said = words("verdict_comes_and_goes_only", ["independent.co.uk"])?;
    stage.popup_says(tab, &[&said, &words("because_only", [bad])?]).await?;
    stage.banner_says(tab, &said).await?;
    let badge = stage.browser.badge(tab).await?;
    ensure!(badge.title == words("badge_title_comes_and_goes", ["independent.co.uk"])?, "another tooltip: {badge:?}");
    stage.pictures(tab, "comes-and-goes", &said).await
}

/// Whether this load has come to its end; the parts of a page count as turns as well.
async fn is_complete(stage: &Stage<'_>, tab: TabId, load: u32) -> Result<bool> {
    let look = "return location.search === arguments[0] && document.readyState === 'complete';";
    let is_complete = stage.browser.run(tab, look, vec![format!("?load={load}").into()]).await?;
    Ok(is_complete == serde_json::json!(true))
}

/// The link to the router stands, so the browser does not call itself offline; beyond the router nothing answers.
async fn way_out_cut(stage: &Stage<'_>) -> Result<()> {
    for net in BEYOND_ROUTER {
        stage.lab.set(Switch::Cut { net: net.into(), cut: true }).await?;
    }
    let tab = stage.browser.open("https://www.twitch.tv/").await?;
    let verdict = stage.blamed(tab, Fault::You).await?;
    ensure!(verdict.cdn.is_none(), "no CDN has to do with it: {verdict:?}");
    stage.popup_says(tab, &[&words("verdict_you_uplink", [])?, &words("because_controls_fail", [])?]).await?;
    no_sign(stage, tab).await
}

async fn behind_portal(stage: &Stage<'_>) -> Result<()> {
    stage.lab.set(Switch::Portal { mode: Portal::CaptureRedirect }).await?;
    let tab = stage.browser.open("https://www.gamespot.com/").await?;
    stage.blamed(tab, Fault::Portal).await?;
    stage.popup_says(tab, &[&words("verdict_portal", [])?, &words("because_controls_fail", [])?]).await?;
    no_sign(stage, tab).await?;
    // Without TLS in between, the portal's own page is what people get, and no outage.
    let plain = stage.browser.open("http://www.lab-shop.net/").await?;
    stage.says(plain, "Please sign in to use this network.").await?;
    let url = stage.browser.url(plain).await?;
    ensure!(url.contains(SIGN_IN), "the portal leads to {url}");
    no_sign(stage, plain).await
}

async fn poisoned(stage: &Stage<'_>) -> Result<()> {
    stage.lab.set(Switch::Dns { name: None, mode: Dns::Poisoned }).await?;
    let tab = stage.browser.open("https://www.ign.com/").await?;
    stage.badged(tab).await?;
    stage.blamed(tab, Fault::Resolver).await?;
    let said = words("verdict_resolver", [])?;
    // Whoever answers instead has no certificate for it: the browser's warning stays.
    stage.popup_says(tab, &[&said, &words("because_controls_fail", [])?]).await.map(drop)
}

pub(super) async fn no_sign(stage: &Stage<'_>, tab: TabId) -> Result<()> {
    wait_until("no sign", Duration::from_secs(5), async || Ok(!stage.browser.badge(tab).await?.is_on())).await
}

/// The whole internet of the lab, its resolvers included.
pub(super) const BEYOND_ROUTER: [&str; 8] = [
    "127.0.0.53",
    "11.0.0.80/30",
    "11.0.1.0/24",
    "11.0.2.0/24",
    "11.0.4.0/24",
    "11.0.5.0/24",
    "11.0.6.0/23",
    "11.0.8.0/21",
];
