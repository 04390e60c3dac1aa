//! Asking the vendors for their lists.

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use detour_model::time::Millis;
use detour_probe::{Instruments, download};
use url::Url;

use super::kept::{Kept, List};
use super::sources::{Fault, Source, sources};

/// What came of asking for one CDN's list.
#[derive(Debug)]
pub struct Refreshed {
    /// The CDN, by its name in the table.
    pub cdn: String,
    /// How many blocks the new list has; or why the old one stays.
    pub result: Result<usize, Fault>,
}

/// Asks every source, and keeps what is good.
pub async fn refresh<F>(kept: &mut Kept, sources: &[Source], now: Millis, fetch: impl Fn(Url) -> F) -> Vec<Refreshed>
where
    F: Future<Output = Result<Vec<u8>, String>>,
{
    let mut outcomes = Vec::new();
    for source in sources {
        let result = fetched(source, kept.list(&source.cdn), &fetch).await;
        let result = result.map(|ranges| {
            let count = ranges.len();
            kept.put(List {
                cdn: source.cdn.clone(),
                from: source.urls.iter().map(Url::to_string).collect(),
                fetched_at: now,
                ranges,
            });
            count
        });
        outcomes.push(Refreshed { cdn: source.cdn.clone(), result });
    }
    kept.tried_at = now;
    outcomes
}

async fn fetched<F>(source: &Source, last: Option<&List>, fetch: impl Fn(Url) -> F) -> Result<Vec<ipnet::IpNet>, Fault>
where
    F: Future<Output = Result<Vec<u8>, String>>,
{
    let mut ranges = Vec::new();
    for url in &source.urls {
        let bytes = fetch(url.clone()).await.map_err(Fault::NotFetched)?;
        ranges.extend(source.form.read(&bytes)?);
    }
    source.judge(ranges, last.map(|list| list.ranges.len()))
}

/// Asks every source and writes what is good to `path`.
///
/// # Errors
/// When it cannot be written; what was there before is whole then.
pub async fn refresh_now(instruments: &Instruments, path: PathBuf, now: Millis) -> std::io::Result<Vec<Refreshed>> {
    let mut kept = Kept::load(&path);
    let fetch = |url| download(instruments, url, PATIENCE);
    let outcomes = refresh(&mut kept, &sources(), now, fetch).await;
    tokio::task::spawn_blocking(move || kept.save(&path)).await.map_err(std::io::Error::other)??;
    Ok(outcomes)
}

/// By this computer's clock.
#[must_use]
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// One list: they are small, and nobody waits for them.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
