//! A browser without the native host: everything that does not need it works, and what is missing is said.

use anyhow::{Result, ensure};
use detour_core::verdict::{Fault, Missing};
use detour_lab::Switch;

use super::stage::{Stage, Story, story, words};

pub(super) fn all() -> Vec<Story> {
    [
        story!("Without the host a refused connection is unconfirmed, and the popup says what is missing", refused),
        story!("Without the host a 503 still names the CDN, and the popup says what is missing", status),
    ]
    .map(Story::without_host)
    .into()
}

async fn refused(stage: &Stage<'_>) -> Result<()> {
    let site = "refused.detour-lab.net";
    let tab = stage.browser.open(&format!("https://{site}/")).await?;
    stage.badged(tab).await?;
    let verdict = stage.verdict(tab).await?;
    ensure!(verdict.fault == Fault::Unconfirmed, "expected no more than an unconfirmed failure: {verdict:?}");
    ensure!(verdict.missing.contains(&Missing::Host), "the host is not missed: {verdict:?}");
    stage.outage_page_says(tab, &words("verdict_unconfirmed", [site])?).await?;
    stage.popup_says(tab, &[&words("verdict_unconfirmed", [site])?, &words("note_no_host", [])?]).await.map(drop)
}

async fn status(stage: &Stage<'_>) -> Result<()> {
    stage.lab.set(Switch::edge_fails_for("www.theguardian.com", true)).await?;
    let tab = stage.browser.open("https://www.theguardian.com/").await?;
    stage.badged(tab).await?;
    let verdict = stage.verdict(tab).await?;
    ensure!(verdict.missing.contains(&Missing::Host), "the host is not missed: {verdict:?}");
    stage.popup_says(tab, &["Fastly", &words("note_no_host", [])?]).await.map(drop)
}
