//! A worker whose clock can be put forward: what takes minutes in life takes seconds, and nothing else is different.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail};
use detour_core::observation::Millis;
use detour_core::outage::{Outage, Phase};
use detour_lab::Lab;
use serde_json::json;
use tokio::time::Instant;

use super::stage::Stage;
use crate::browser::Browser;
use crate::engine::Engine;
use crate::place;
use crate::surroundings::Extension;
use crate::wait::pause_after;

/// Detour as it was built, with a clock in front of its worker.
pub(super) fn extension(engine: Engine, lab: &Lab) -> Result<Extension> {
    let folder = lab.dir().join(format!("extension-with-a-clock-{}", engine.name()));
    if !folder.exists() {
        copy(&place::built(engine.name())?, &folder)?;
        std::fs::write(folder.join("worker/clock.js"), include_str!("clock.js"))?;
        let background = folder.join("worker/background.js");
        let text = std::fs::read_to_string(&background)?;
        std::fs::write(&background, format!("import \"./clock.js\";\n{text}"))?;
    }
    Ok(Extension::Folder(folder))
}

/// Sets how far the worker's clock is ahead, in milliseconds. The change wakes the worker.
pub(super) async fn set_ahead(browser: &Browser, ahead: u64) -> Result<()> {
    browser.control("await api.storage.local.set({ lab_ahead: args[0] })", json!([ahead])).await.map(drop)
}

/// Whether nothing is under way for a site and nothing is due, by the worker's clock.
pub(super) fn is_at_rest(outage: &Outage, now: Millis) -> bool {
    matches!(outage.phase, Phase::Concluded { .. }) && outage.recovery.due().is_none_or(|due| due > now)
}

pub(super) fn real_now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

impl Stage<'_> {
    /// Waits for what comes with time. Whenever nothing is under way, the worker's clock is put forward to what it waits for.
    /// That takes two looks with nothing new in between: what one step decides is remembered a moment before it is done.
    pub(super) async fn in_time(&self, what: &str, mut look: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = None;
        loop {
            let begun = Instant::now();
            if look().await? {
                return Ok(());
            }
            if begun >= deadline {
                bail!("expected within {PATIENCE:?}: {what}");
            }
            let ahead = self.browser.control("return (await api.storage.local.get('lab_ahead')).lab_ahead", json!([]));
            let ahead = ahead.await?.as_u64().unwrap_or(0);
            let now = Millis(real_now() + ahead);
            let state = self.browser.state().await?;
            let is_at_rest = state.outages.values().all(|outage| is_at_rest(outage, now));
            let due = state.outages.values().filter_map(|outage| outage.recovery.due()).min().filter(|_| is_at_rest);
            if let Some(due) = due.filter(|_| due == seen) {
                set_ahead(self.browser, ahead + due.since(now).max(1)).await?;
                seen = None;
            } else {
                seen = due;
            }
            pause_after(begun).await;
        }
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("creating {}", to.display()))?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target).with_context(|| format!("copying to {}", target.display()))?;
        }
    }
    Ok(())
}

/// For a few checks of 7 s at most.
const PATIENCE: Duration = Duration::from_secs(60);
