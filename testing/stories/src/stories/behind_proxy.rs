//! Behind an office's proxy: real ones, one that works, refuses, wants a sign-in, inspects or is gone, by HTTP and by SOCKS.
//!
//! That the program goes around no proxy is held against every one of these stories by `contacts.rs`.

use anyhow::{Context as _, Result, ensure};
use detour_core::tab::TabId;
use detour_core::verdict::{Fault, Verdict};
use detour_lab::hosts::{ANCHORS, ORIGIN_PREFIX};
use detour_lab::switch::OriginPage;
use detour_lab::{Asker, Seen, Switch};

use super::blame::no_sign;
use super::other_networks::never_says;
use super::stage::{Stage, Story, story, words};
use crate::office::{Does, Kind, OUT, Office, REFUSED};

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("Behind an HTTP proxy that works a site's 503 is that site's, and nobody is asked directly", site_fails)
            .behind(Kind::Http),
        story!(
            "Behind an HTTP proxy that works a site that nobody reaches is neither the proxy nor you",
            site_is_unreachable
        )
        .behind(Kind::Http),
        story!(
            "An HTTP proxy refuses one site: the popup and the sign say the proxy, and other sites are well",
            refuses
        )
        .behind(Kind::Http),
        story!("An HTTP proxy wants a sign-in: the popup says so, and no sign stays", wants_sign_in).behind(Kind::Http),
        story!("The HTTP proxy is gone: the popup says the proxy, and not your connection", gone).behind(Kind::Http),
        story!(
            "A proxy that inspects TLS with certificates nobody knows: the network is blamed, and no site",
            inspects
        )
        .behind(Kind::Http),
        story!("Behind a SOCKS proxy that works a site's 503 is that site's, and nobody is asked directly", site_fails)
            .behind(Kind::Socks),
        story!(
            "A SOCKS proxy refuses one site: the popup and the sign say the proxy, and other sites are well",
            refuses
        )
        .behind(Kind::Socks),
        story!("A SOCKS proxy wants a sign-in: the popup says so, and no sign stays", wants_sign_in)
            .behind(Kind::Socks),
        story!("The SOCKS proxy is gone: the popup says the proxy, and not your connection", gone).behind(Kind::Socks),
    ]
}

async fn site_fails(stage: &Stage<'_>) -> Result<()> {
    let site = "lab-allotment.org";
    let host = format!("www.{site}");
    let says = Switch::OriginSays { site: host.clone(), status: 503, page: OriginPage::Maintenance };
    stage.lab.set(says).await?;
    let tab = open(stage, &host).await?;
    stage.badged(tab).await?;
    stage.blamed(tab, Fault::Origin).await?;
    let said = stage.popup_says(tab, &[&words("verdict_server", [site])?]).await?;
    never_says(&said, &OWN_SIDE)?;
    are_asked(stage, &[&host])?;
    are_asked(stage, &ANCHORS)?;
    nobody_goes_around(stage)
}

async fn site_is_unreachable(stage: &Stage<'_>) -> Result<()> {
    let host = "refused.detour-lab.net";
    let tab = open(stage, host).await?;
    stage.badged(tab).await?;
    let verdict = stage.verdict(tab).await?;
    ensure!(
        [Fault::FromHere, Fault::Unreachable].contains(&verdict.fault),
        "expected nobody's fault here: {verdict:?}"
    );
    let said = stage.popup_says(tab, &[&words("verdict_from_here", [host])?]).await?;
    never_says(&said, &OWN_SIDE)?;
    are_asked(stage, &ANCHORS)?;
    nobody_goes_around(stage)
}

async fn refuses(stage: &Stage<'_>) -> Result<()> {
    office(stage)?.set(Does::Refuses).await?;
    let site = "reddit.com";
    let tab = open(stage, REFUSED).await?;
    let expected = words("verdict_proxy_refuses", [site])?;
    stage.blamed(tab, Fault::ProxyRefuses).await?;
    let said = stage.popup_says(tab, &[&expected]).await?;
    never_says(&said, &["verdict_proxy", "verdict_you"])?;
    let badge = stage.browser.badge(tab).await?;
    ensure!(!badge.is_on() || badge.title == expected, "the sign blames the site: {badge:?}");
    let other = open(stage, "www.lab-allotment.org").await?;
    stage.says(other, "One server under a desk").await?;
    ensure!(!stage.browser.badge(other).await?.is_on(), "a site that is let through has a sign");
    let reached = connections(stage).into_iter().find(|seen| seen.host == REFUSED);
    ensure!(reached.is_none(), "the refused site was reached: {reached:?}");
    nobody_goes_around(stage)
}

async fn wants_sign_in(stage: &Stage<'_>) -> Result<()> {
    office(stage)?.set(Does::WantsSignIn).await?;
    let tab = open(stage, "www.lab-allotment.org").await?;
    blamed_alone(stage, tab, Fault::ProxySignIn, "verdict_proxy_sign_in").await?;
    nobody_is_reached(stage)
}

async fn gone(stage: &Stage<'_>) -> Result<()> {
    office(stage)?.set(Does::Nothing).await?;
    let tab = open(stage, "www.lab-allotment.org").await?;
    blamed_alone(stage, tab, Fault::Proxy, "verdict_proxy").await?;
    nobody_is_reached(stage)
}

async fn inspects(stage: &Stage<'_>) -> Result<()> {
    office(stage)?.set(Does::Inspects).await?;
    for site in ["lab-allotment.org", "reddit.com"] {
        let host = format!("www.{site}");
        let tab = open(stage, &host).await?;
        stage.blamed(tab, Fault::Intercepted).await?;
        let said = stage.popup_says(tab, &[&words("verdict_intercepted", [site])?]).await?;
        ensure!(!said.contains(&words("verdict_certificate", [site])?), "the site is blamed: {said}");
        never_says(&said, &["verdict_you", "verdict_proxy"])?;
    }
    nobody_goes_around(stage)
}

/// A verdict on the user's own side, which has no sign, and none of the other words for it.
async fn blamed_alone(stage: &Stage<'_>, tab: TabId, fault: Fault, key: &str) -> Result<Verdict> {
    let verdict = stage.blamed(tab, fault).await?;
    let said = stage.popup_says(tab, &[&words(key, [])?]).await?;
    let others: Vec<&str> = OWN_SIDE.into_iter().filter(|other| *other != key).collect();
    never_says(&said, &others)?;
    no_sign(stage, tab).await?;
    Ok(verdict)
}

async fn open(stage: &Stage<'_>, host: &str) -> Result<TabId> {
    stage.browser.open(&format!("https://{host}/")).await
}

fn office<'w>(stage: &Stage<'w>) -> Result<&'w Office> {
    stage.office.context("this story needs a browser behind a proxy")
}

/// Whom the user's network reached: not what the lab's own edges ask of origins.
fn connections(stage: &Stage<'_>) -> Vec<Seen> {
    let is_of_users = |seen: &Seen| seen.server == "connection" && !seen.host.starts_with(ORIGIN_PREFIX);
    stage.lab.log().into_iter().filter(is_of_users).collect()
}

fn are_asked(stage: &Stage<'_>, hosts: &[&str]) -> Result<()> {
    let connections = connections(stage);
    for host in hosts {
        ensure!(connections.iter().any(|seen| seen.host == *host), "{host} was not asked at all: {connections:?}");
    }
    Ok(())
}

/// All that reached anybody came from the proxy, and the program looked no name up.
fn nobody_goes_around(stage: &Stage<'_>) -> Result<()> {
    let connections = connections(stage);
    let around = connections.iter().find(|seen| !seen.peer.starts_with(&format!("{OUT}:")));
    ensure!(around.is_none(), "somebody went around the proxy: {around:?}");
    let looked_up = stage.lab.log().into_iter().find(|seen| seen.server == "dns" && seen.by == Asker::Watched);
    ensure!(looked_up.is_none(), "the program looked a name up by itself: {looked_up:?}");
    Ok(())
}

fn nobody_is_reached(stage: &Stage<'_>) -> Result<()> {
    let reached = connections(stage).into_iter().next();
    ensure!(reached.is_none(), "somebody was reached: {reached:?}");
    Ok(())
}

/// Sentences that blame the user's own side.
const OWN_SIDE: [&str; 4] = ["verdict_you", "verdict_you_uplink", "verdict_proxy", "verdict_proxy_sign_in"];
