//! Failing pages whose addresses hold secrets: no archive is told one, none outlives the session, and no page of such an
//! address is kept.

use anyhow::{Context as _, Result, ensure};
use detour_core::keep::Reason;
use detour_core::settings::Keeping;
use serde_json::json;

use super::forged::searches;
use super::keep::{is_refused, visit};
use super::stage::{Stage, Story, story};

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("A secret in a failing page's address is told to no archive, and does not outlive the session", failing),
        story!("A page whose address holds a secret is not kept", healthy),
    ]
}

async fn failing(stage: &Stage<'_>) -> Result<()> {
    for (nth, (address, secret)) in SECRETS.into_iter().enumerate() {
        stage.lab.clear_log();
        // What archives said of a page is remembered, and without their secrets these were one page.
        let tab = stage.browser.open(&format!("{PAGE}?status=503&page={nth}&{address}")).await?;
        searches(stage, tab).await.with_context(|| address)?;
        let told: Vec<_> = stage.lab.log().into_iter().filter(|seen| ARCHIVES.contains(&seen.host.as_str())).collect();
        ensure!(!told.is_empty(), "{address}: no archive was asked");
        let leak = told.iter().find(|seen| seen.path.contains(secret));
        ensure!(leak.is_none(), "{address}: {leak:?}");
        stage.browser.close_all().await?;
    }
    // What the browser will find on the disk when it is opened again.
    let kept = stage.browser.control("return JSON.stringify(await api.storage.local.get(null))", json!([])).await?;
    let kept = kept.as_str().unwrap_or_default();
    ensure!(kept.contains("pages.detour-lab.net"), "the outages were not written down: {kept}");
    for (address, secret) in SECRETS {
        ensure!(!kept.contains(secret), "{address} is on the disk: {kept}");
    }
    Ok(())
}

async fn healthy(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    for (address, _) in SECRETS {
        let url = format!("{PAGE}?cache-control=public,%20max-age=600&{address}");
        let tab = visit(stage, &url).await?;
        is_refused(stage, tab, &url, Reason::Secret).await.with_context(|| address)?;
        stage.browser.close(tab).await?;
    }
    Ok(())
}

/// By its name, in an address within, as a person's, and by its looks alone; each with what nobody may see.
const SECRETS: [(&str, &str); 4] = [
    ("token=kz9xq7", "kz9xq7"),
    ("next=%2Freset%3Fkey%3Dq8w7e6r5", "q8w7e6r5"),
    ("to=ann%40example.org", "ann%40example"),
    ("d=kZ9xQpW7mLtR2YvB5nC8", "kZ9xQpW7mLtR2YvB5nC8"),
];
const PAGE: &str = "https://pages.detour-lab.net/saying";
const ARCHIVES: [&str; 3] = ["web.archive.org", "archive.org", "arquivo.pt"];
