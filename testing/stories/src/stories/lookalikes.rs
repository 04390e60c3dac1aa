//! What looks like a CDN's outage and is none: the lab's replays, thrown at the browser.

use anyhow::{Result, ensure};
use detour_core::verdict::Fault;
use detour_lab::Switch;
use detour_lab::switch::{Dns, OriginPage};

use super::stage::{Stage, Story, story, words};

pub(super) fn all() -> Vec<Story> {
    vec![
        story!(
            "A site's own maintenance page behind a healthy edge is the site's, and no word of the CDN failing",
            maintenance
        ),
        story!("Cloudflare's error page from a server without a CDN is not Cloudflare's fault", look_alike),
        story!(
            "A certificate that has expired is the site's, though the edge fails for everybody meanwhile",
            certificate
        ),
        story!("IPv6 that leads nowhere alone is not noticed, and not blamed for what else fails", ipv6),
        story!("A name that does not exist is told by a resolver that makes names up too", made_up_name),
    ]
}

async fn maintenance(stage: &Stage<'_>) -> Result<()> {
    stage.replay("maintenance", "03:05:00").await?;
    let tab = stage.browser.open("https://www.gov.uk/guidance/when-a-service-is-unavailable").await?;
    stage.says(tab, "We are working on this site").await?;
    stage.badged(tab).await?;
    stage.blamed(tab, Fault::Origin).await?;
    let fine = words("because_siblings_fine", ["lab-crates.net, lab-news.co.uk, lab-python.org"])?;
    stage.popup_says(tab, &[&words("verdict_server_origin", ["gov.uk", "Fastly"])?, &fine]).await.map(drop)
}

async fn look_alike(stage: &Stage<'_>) -> Result<()> {
    stage.replay("look-alike", "12:05:00").await?;
    let tab = stage.browser.open("https://www.lab-allotment.org/").await?;
    stage.says(tab, "Error code 522").await?;
    stage.badged(tab).await?;
    let verdict = stage.verdict(tab).await?;
    let is_the_sites = matches!(verdict.fault, Fault::Origin | Fault::Server);
    ensure!(is_the_sites && verdict.cdn.is_none(), "expected the site alone to be blamed: {verdict:?}");
    let said = stage.popup_says(tab, &[&words("verdict_server", ["lab-allotment.org"])?]).await?;
    ensure!(!said.contains("Cloudflare"), "the popup names Cloudflare: {said}");
    let banner = stage.banner(tab).await?;
    ensure!(banner.contains("lab-allotment.org") && !banner.contains("Cloudflare"), "the banner: {banner}");
    Ok(())
}

async fn certificate(stage: &Stage<'_>) -> Result<()> {
    stage.replay("expired-certificate", "09:50:00").await?;
    // The replay's edge lets some requests through; here none, so that the CDN's outage is known for sure.
    stage.lab.set(Switch::edge_fails()).await?;
    let other = stage.browser.open("https://www.ign.com/").await?;
    stage.blamed(other, Fault::CdnWide).await?;
    let tab = stage.browser.open("https://www.gov.uk/").await?;
    stage.badged(tab).await?;
    stage.blamed(tab, Fault::Certificate).await?;
    let said = words("verdict_certificate", ["gov.uk"])?;
    stage.popup_says(tab, &[&words("headline_certificate", ["gov.uk"])?, &said]).await.map(drop)
}

/// Engines turn to IPv4 by themselves, so no page fails by IPv6 alone: the verdict for that is the command line's.
async fn ipv6(stage: &Stage<'_>) -> Result<()> {
    stage.replay("ipv6-broken", "18:05:00").await?;
    let well = stage.browser.open("https://www.theguardian.com/").await?;
    stage.says(well, "Residents of three valleys").await?;
    stage.stays_quiet().await?;
    stage.lab.set(Switch::OriginSays { site: "www.gov.uk".into(), status: 503, page: OriginPage::Nginx }).await?;
    let tab = stage.browser.open("https://www.gov.uk/").await?;
    stage.badged(tab).await?;
    stage.blamed(tab, Fault::Origin).await?;
    stage.popup_says(tab, &[&words("verdict_server_origin", ["gov.uk", "Fastly"])?]).await.map(drop)
}

async fn made_up_name(stage: &Stage<'_>) -> Result<()> {
    stage.lab.set(Switch::Dns { name: None, mode: Dns::RewriteNxdomain }).await?;
    // Whoever has no certificate for the name cannot be taken for the site.
    let site = "gone.lab-shop.net";
    let tab = stage.browser.open(&format!("https://{site}/")).await?;
    stage.badged(tab).await?;
    stage.blamed(tab, Fault::NameGone).await?;
    let said = words("verdict_name_gone", [site])?;
    stage.popup_says(tab, &[&said]).await?;
    // Names that do exist are not touched by such a resolver.
    let well = stage.browser.open("https://www.lab-shop.net/").await?;
    stage.says(well, "Umbrellas are half price").await?;
    ensure!(!stage.browser.badge(well).await?.is_on(), "a healthy page has a sign");
    Ok(())
}
