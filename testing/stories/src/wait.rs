//! Waiting for what is seen to come true, by looking again and again.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::{Instant, sleep};

/// Looks until `look` gives something; an error of `look` ends the wait at once.
///
/// # Errors
/// When nothing came `within` the time.
pub async fn wait_for<T>(what: &str, within: Duration, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + within;
    loop {
        let begun = Instant::now();
        if let Some(found) = look().await? {
            return Ok(found);
        }
        if Instant::now() >= deadline {
            bail!("expected within {within:?}: {what}");
        }
        pause_after(begun).await;
    }
}

/// The pause after a look that began then. What is slow to see is looked at less often: most of the machine's time
/// belongs to what is waited for.
pub(crate) async fn pause_after(begun: Instant) {
    sleep(PAUSE.max(begun.elapsed() * 3)).await;
}

/// [`wait_for`] a claim.
///
/// # Errors
/// When it did not become true `within` the time.
pub async fn wait_until(what: &str, within: Duration, mut look: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
    wait_for(what, within, async || Ok(look().await?.then_some(()))).await
}

const PAUSE: Duration = Duration::from_millis(40);
