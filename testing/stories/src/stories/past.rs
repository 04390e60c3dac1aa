//! Outages of the past, put where the worker finds them: a real one is over only after a quarter of an hour.

use anyhow::{Context as _, Result};
use detour_core::incident::{Incident, Kind, Progress, Said, Site};
use detour_core::observation::Millis;
use detour_core::verdict::{Confidence, Fault};
use serde_json::json;

use super::stage::Stage;

impl Stage<'_> {
    /// Puts outages into the past, the earliest first: each is the hosts that it met, one site's own or a CDN's.
    pub(super) async fn remember(&self, outages: &[&[&str]]) -> Result<()> {
        let now = self.browser.control("return Date.now()", json!([])).await?.as_u64().context("the time of day")?;
        let first = now.saturating_sub(u64::try_from(outages.len())? * HOUR);
        let began = (0..).map(|nth| Millis(first + nth * HOUR));
        let history: Vec<Incident> =
            (1..).zip(began).zip(outages).map(|((id, began), hosts)| outage(id, began, hosts)).collect();
        // The form's number: see extension/src/store.rs.
        let text = serde_json::to_string(&json!({ "1": history }))?;
        self.browser.kill_worker().await?;
        self.browser.control("await api.storage.local.set({ history: args[0] })", json!([text])).await?;
        self.browser.wake_worker().await
    }
}

fn outage(id: u64, began: Millis, hosts: &[&str]) -> Incident {
    let is_of_cdn = hosts.len() > 1;
    let cdn = is_of_cdn.then(|| "Fastly".to_owned());
    let fault = if is_of_cdn { Fault::CdnWide } else { Fault::Server };
    let site = |(host, fared): (&&str, &[Progress; 3])| Site {
        host: (*host).to_owned(),
        url: format!("https://{host}/"),
        cdn: cdn.clone(),
        fault,
        confidence: Confidence::High,
        looked: None,
        spells: (0..).map(|nth| began.plus(nth * SPELL)).zip(fared.iter().copied()).collect(),
    };
    let sites = hosts.iter().zip(WAYS.iter().cycle()).map(site).collect();
    let ended = Some(began.plus(2 * SPELL));
    let kind = if is_of_cdn { Kind::Cdn } else { Kind::Site };
    Incident { id, kind, cdn, began, ended, sites, verdicts: vec![(began, fault)], said: Said::default() }
}

/// How sites fare, one after the other: each kind of band is among them.
const WAYS: [[Progress; 3]; 4] = [
    [Progress::Failing, Progress::Recovering, Progress::Back],
    [Progress::Failing, Progress::Flickering, Progress::Back],
    [Progress::Failing, Progress::Recovering, Progress::Moved],
    [Progress::Failing, Progress::Unknown, Progress::Back],
];
const SPELL: u64 = 600_000;
const HOUR: u64 = 3_600_000;
