//! Pages that fail: the sign, what stands in the tab, and the verdict.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::verdict::Fault;
use detour_lab::Switch;
use detour_lab::switch::Dns;
use tokio::time::sleep;

use super::stage::{Stage, Story, story, words};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    let mut all = vec![
        story!("A 503 with a body gets a sign, a banner, and a popup that names the edge and the verdict", with_body),
        story!("A 503 without a body gets a sign and the outage page", without_body),
        story!("A 503 that is XHTML or XML gets a sign and a banner", as_xml),
        story!("A page cut short gets a sign and the banner over what came of it, or the outage page", truncated),
        story!(
            "A page broken off in the middle gets a sign and the banner over what came of it, or the outage page",
            midbody
        ),
        story!(
            "A certificate warning gets a badge and a popup that says why, and stays as the browser shows it",
            certificate
        ),
        story!("A name that does not exist is told from a resolver that is dead", name_gone),
        story!("A resolver that is dead is told from a name that does not exist", dead_resolver),
    ];
    all.extend(CONNECTION_FAILURES.map(|row| {
        let sentence = format!("{} gets a sign and the outage page with the verdict", row.what);
        Story::new(&sentence, move |stage| Box::pin(connection_failure(stage, row)))
    }));
    all
}

async fn with_body(stage: &Stage<'_>) -> Result<()> {
    stage.lab.set(Switch::edge_fails_for("www.theguardian.com", true)).await?;
    let tab = stage.browser.open("https://www.theguardian.com/").await?;
    stage.badged(tab).await?;
    let site = "theguardian.com";
    stage.banner_says(tab, &words("headline_status", [site, "503"])?).await?;
    let verdict = stage.verdict(tab).await?;
    ensure!(verdict.fault == Fault::Edge, "expected the edge to be at fault: {verdict:?}");
    let said = words("verdict_server_cdn", [site, "Fastly"])?;
    stage.banner_says(tab, &said).await?;
    stage.popup_says(tab, &[&words("headline_status", [site, "503"])?, &said, "Fastly"]).await?;
    let badge = stage.browser.badge(tab).await?;
    ensure!(badge.is_on(), "the sign has gone: {badge:?}");
    ensure!(badge.title == words("badge_title_failing", [site])?, "another tooltip than expected: {badge:?}");
    Ok(())
}

async fn as_xml(stage: &Stage<'_>) -> Result<()> {
    for kind in ["application/xhtml+xml", "application/xml", "text/xml;charset=utf-8"] {
        let tab = stage.browser.open(&format!("https://pages.detour-lab.net/xml/503/{kind}")).await?;
        stage.badged(tab).await.with_context(|| kind)?;
        stage.banner_says(tab, "pages.detour-lab.net").await.with_context(|| kind)?;
        stage.browser.close(tab).await?;
    }
    Ok(())
}

/// The browser's own page has the certificate, and the way to go on.
async fn certificate(stage: &Stage<'_>) -> Result<()> {
    for label in ["expired", "self-signed", "wrong-name"] {
        let site = format!("{label}.detour-lab.net");
        let tab = stage.browser.open(&format!("https://{site}/")).await?;
        stage.badged(tab).await.with_context(|| site.clone())?;
        stage.blamed(tab, Fault::Certificate).await.with_context(|| site.clone())?;
        let said = words("verdict_certificate", [&site])?;
        stage.popup_says(tab, &[&words("headline_certificate", [&site])?, &said]).await?;
        sleep(WARNING).await;
        let url = stage.browser.url(tab).await?;
        ensure!(
            !url.starts_with(&stage.browser.page("outage.html")),
            "the outage page replaced the warning for {site}"
        );
        ensure!(stage.browser.badge(tab).await?.is_on(), "the badge has gone: {site}");
        stage.browser.close(tab).await?;
    }
    Ok(())
}

async fn without_body(stage: &Stage<'_>) -> Result<()> {
    stage.lab.set(Switch::edge_fails_for("www.theguardian.com", false)).await?;
    let tab = stage.browser.open("https://www.theguardian.com/").await?;
    stage.badged(tab).await?;
    stage.outage_page_says(tab, "theguardian.com").await?;
    let verdict = stage.verdict(tab).await?;
    ensure!(verdict.fault == Fault::Edge, "expected the edge to be at fault: {verdict:?}");
    stage.says(tab, &words("verdict_server_cdn", ["theguardian.com", "Fastly"])?).await?;
    ensure!(stage.browser.badge(tab).await?.is_on(), "the outage page's own commit took the sign off");
    Ok(())
}

/// The outage page stands 0.7 s after the failure where it does.
const WARNING: Duration = Duration::from_secs(3);

/// A fault host of the lab, and the verdict on it.
#[derive(Clone, Copy)]
struct Row {
    what: &'static str,
    label: &'static str,
    fault: Fault,
    words: &'static str,
}

const CONNECTION_FAILURES: [Row; 8] = [
    Row { what: "A refused connection", label: "refused", fault: Fault::FromHere, words: "verdict_from_here" },
    Row {
        what: "A connection reset after the request",
        label: "reset",
        fault: Fault::FromHere,
        words: "verdict_from_here",
    },
    Row { what: "A reset TLS handshake", label: "reset-handshake", fault: Fault::FromHere, words: "verdict_from_here" },
    Row { what: "An empty reply", label: "empty", fault: Fault::FromHere, words: "verdict_from_here" },
    Row {
        what: "An HTTP/2 stream that is reset",
        label: "h2-reset",
        fault: Fault::FromHere,
        words: "verdict_from_here",
    },
    Row {
        what: "An HTTP/2 connection that goes away",
        label: "h2-goaway",
        fault: Fault::FromHere,
        words: "verdict_from_here",
    },
    Row {
        what: "An HTTP/2 stream that is refused",
        label: "h2-refused",
        fault: Fault::FromHere,
        words: "verdict_from_here",
    },
    Row { what: "A connection that times out", label: "blackhole", fault: Fault::FromHere, words: "verdict_from_here" },
];

async fn connection_failure(stage: &Stage<'_>, row: Row) -> Result<()> {
    let site = format!("{}.detour-lab.net", row.label);
    let tab = stage.browser.open(&format!("https://{site}/")).await?;
    stage.badged(tab).await?;
    let verdict = stage.verdict(tab).await?;
    ensure!(verdict.fault == row.fault, "expected {:?}: {verdict:?}", row.fault);
    stage.outage_page_says(tab, &words(row.words, [&site])?).await?;
    ensure!(stage.browser.badge(tab).await?.is_on(), "the sign has gone");
    Ok(())
}

async fn truncated(stage: &Stage<'_>) -> Result<()> {
    broken_off(stage, "truncated.detour-lab.net").await
}

async fn midbody(stage: &Stage<'_>) -> Result<()> {
    broken_off(stage, "midbody.detour-lab.net").await
}

/// Where the engine keeps what came of the page, it stays readable under the banner.
async fn broken_off(stage: &Stage<'_>, site: &str) -> Result<()> {
    let tab = stage.browser.open(&format!("https://{site}/")).await?;
    stage.badged(tab).await?;
    let verdict = stage.verdict(tab).await?;
    ensure!(verdict.fault == Fault::FromHere, "expected the site to be out of reach from here: {verdict:?}");
    let said = words("verdict_from_here", [site])?;
    let outage_page = stage.browser.page("outage.html");
    wait_until("the banner over what came, or the outage page", Duration::from_secs(10), async || {
        if stage.browser.url(tab).await?.starts_with(&outage_page) {
            return Ok(stage.browser.text(tab).await?.contains(&said));
        }
        let has_part = stage.browser.text(tab).await?.contains("Part of a page");
        Ok(has_part && stage.banner(tab).await?.contains(&said))
    })
    .await?;
    ensure!(stage.browser.badge(tab).await?.is_on(), "the sign has gone");
    Ok(())
}

async fn name_gone(stage: &Stage<'_>) -> Result<()> {
    let site = "nx.detour-lab.net";
    let tab = stage.browser.open(&format!("https://{site}/")).await?;
    stage.badged(tab).await?;
    let verdict = stage.verdict(tab).await?;
    ensure!(verdict.fault == Fault::NameGone, "expected the name to be gone: {verdict:?}");
    stage.outage_page_says(tab, &words("verdict_name_gone", [site])?).await
}

async fn dead_resolver(stage: &Stage<'_>) -> Result<()> {
    stage.lab.set(Switch::Dns { name: None, mode: Dns::Silent }).await?;
    // A name that this browser has not looked up before.
    let site = "spare-three.detour-lab.net";
    let tab = stage.browser.open(&format!("https://{site}/")).await?;
    stage.badged(tab).await?;
    let verdict = stage.verdict(tab).await?;
    ensure!(verdict.fault == Fault::Resolver, "expected the resolver to be at fault: {verdict:?}");
    stage.outage_page_says(tab, &words("verdict_resolver_silent", [])?).await
}
