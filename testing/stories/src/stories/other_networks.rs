//! Other people's networks, as the badge and the popup tell of them, and what neither may say. More scenes, without a browser, are
//! in `testing/networks`.

use std::time::Duration;

use anyhow::{Result, ensure};
use detour_core::verdict::{Fault, Segment};
use detour_lab::switch::{Dns, Portal};
use detour_lab::{Behaviour, Switch};

use super::blame::{BEYOND_ROUTER, no_sign};
use super::stage::{Stage, Story, story, words};

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("The router is silent: the popup says so, and not only that the connection is down", router_silent),
        story!(
            "The resolver is silent and addresses answer: the popup says the resolver, and not the connection",
            resolver_silent
        ),
        story!("A portal that shows its own page for every site is a portal, and no sign stays", portal_page),
        story!("Network Authentication Required over TLS is the network's, and no word of the site", sign_in_required),
        story!(
            "One site's edge error beside silent canaries is that site's, and no outage of the CDN",
            silent_canaries
        ),
        story!("A server that takes five seconds is slow: no sign, and its page in the end", slow_server),
        story!("A body that comes drop by drop is slow: no sign, no word of “you”, and its page in the end", drips),
        story!(
            "A bot wall turns the program away, and the browser gets a 503: the sign stays, and the popup says why it says no more",
            bot_wall
        ),
    ]
}

async fn router_silent(stage: &Stage<'_>) -> Result<()> {
    stage.lab.set(Switch::Router { silent: true }).await?;
    for net in BEYOND_ROUTER {
        stage.lab.set(Switch::Cut { net: net.into(), cut: true }).await?;
    }
    let tab = stage.browser.open("https://www.twitch.tv/").await?;
    let verdict = stage.blamed(tab, Fault::You).await?;
    ensure!(verdict.segment == Some(Segment::Router), "another segment: {verdict:?}");
    let said = stage.popup_says(tab, &[&words("verdict_you_router", [])?]).await?;
    never_says(&said, &["verdict_you", "verdict_you_uplink"])?;
    no_sign(stage, tab).await
}

async fn resolver_silent(stage: &Stage<'_>) -> Result<()> {
    stage.lab.set(Switch::Dns { name: None, mode: Dns::Silent }).await?;
    let tab = stage.browser.open("https://spare-three.detour-lab.net/").await?;
    stage.badged(tab).await?;
    let verdict = stage.blamed(tab, Fault::Resolver).await?;
    ensure!(verdict.segment == Some(Segment::Resolver), "another segment: {verdict:?}");
    let said = stage.popup_says(tab, &[&words("verdict_resolver_silent", [])?]).await?;
    never_says(&said, &["verdict_you", "verdict_you_uplink"])
}

async fn portal_page(stage: &Stage<'_>) -> Result<()> {
    stage.lab.set(Switch::Portal { mode: Portal::CaptureContent }).await?;
    let site = "ign.com";
    let tab = stage.browser.open(&format!("https://www.{site}/")).await?;
    stage.blamed(tab, Fault::Portal).await?;
    let said = stage.popup_says(tab, &[&words("verdict_portal", [])?]).await?;
    ensure!(!said.contains(&words("verdict_certificate", [site])?), "the site is blamed: {said}");
    no_sign(stage, tab).await
}

async fn sign_in_required(stage: &Stage<'_>) -> Result<()> {
    let site = "lab-allotment.org";
    let host = format!("www.{site}");
    stage.host(&host, Behaviour::Status(511)).await?;
    let tab = stage.browser.open(&format!("https://{host}/")).await?;
    stage.blamed(tab, Fault::Portal).await?;
    let said = stage.popup_says(tab, &[&words("verdict_portal", [])?]).await?;
    ensure!(!said.contains(&words("verdict_server", [site])?), "the site is blamed: {said}");
    no_sign(stage, tab).await
}

async fn silent_canaries(stage: &Stage<'_>) -> Result<()> {
    for canary in ["www.lab-crates.net", "www.lab-news.co.uk", "www.lab-python.org"] {
        stage.host(canary, Behaviour::Blackhole).await?;
    }
    let site = "reddit.com";
    stage.lab.set(Switch::edge_fails_for("www.reddit.com", true)).await?;
    let tab = stage.browser.open(&format!("https://www.{site}/")).await?;
    stage.badged(tab).await?;
    stage.blamed(tab, Fault::Edge).await?;
    let said = stage.popup_says(tab, &[&words("verdict_server_cdn", [site, "Fastly"])?]).await?;
    for many in ["verdict_cdn_here", "verdict_cdn_wide"] {
        ensure!(!said.contains(&words(many, [site, "Fastly"])?), "the CDN is blamed: {said}");
    }
    Ok(())
}

async fn slow_server(stage: &Stage<'_>) -> Result<()> {
    stage.host("www.lab-allotment.org", Behaviour::Delayed(5_000)).await?;
    let tab = stage.browser.open("https://www.lab-allotment.org/").await?;
    stage.no_sign_for(Duration::from_secs(4)).await?;
    stage.says(tab, "One server under a desk").await?;
    ensure!(!stage.browser.badge(tab).await?.is_on(), "a slow page has a sign");
    Ok(())
}

/// The whole page takes longer than a check.
async fn drips(stage: &Stage<'_>) -> Result<()> {
    stage.host("www.lab-allotment.org", Behaviour::Drip(700)).await?;
    let tab = stage.browser.open("https://www.lab-allotment.org/").await?;
    stage.no_sign_for(Duration::from_secs(8)).await?;
    stage.says(tab, "The last words have come.").await?;
    stage.stays_quiet().await
}

async fn bot_wall(stage: &Stage<'_>) -> Result<()> {
    let site = "lab-allotment.org";
    let host = format!("www.{site}");
    stage.host(&host, Behaviour::Wall(503)).await?;
    let tab = stage.browser.open(&format!("https://{host}/")).await?;
    stage.badged(tab).await?;
    stage.blamed(tab, Fault::Server).await?;
    let expected = [words("verdict_server", [site])?, words("because_refuses_programs", [])?];
    let said = stage.popup_says(tab, &expected.each_ref().map(String::as_str)).await?;
    ensure!(!said.contains(&words("verdict_challenge", [site])?), "the wall is taken for the browser's: {said}");
    stage.badged(tab).await
}

pub(super) fn never_says(said: &str, keys: &[&str]) -> Result<()> {
    for key in keys {
        let wrong = words(key, [])?;
        ensure!(!said.contains(&wrong), "the popup says “{wrong}” as well: {said}");
    }
    Ok(())
}
