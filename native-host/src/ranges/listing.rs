//! `detour cdns`: which CDNs are known, by how many ranges, where those are from and how old they are.

use std::io::{self, Write};
use std::process::ExitCode;

use detour_core::cdn::{CDNS, provenance, ranges::built_in};
use detour_core::observation::Millis;
use detour_probe::Instruments;

use super::kept::{Kept, default_path};
use super::refresh::{Refreshed, now, refresh_now};
use crate::printable::Lines;

/// What the command was told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// Only say what is known.
    AsItIs,
    /// Fetch the vendors' lists first.
    Refreshed,
}

/// Writes the table. Exit code 1: something could not be refreshed.
///
/// # Errors
/// When the output or the lists cannot be written, or the system names no folder for them.
pub async fn list(instruments: &Instruments, listing: Listing, out: &mut impl Write) -> io::Result<ExitCode> {
    let path = default_path(std::env::consts::OS, |name| std::env::var(name).ok());
    let mut code = ExitCode::SUCCESS;
    if listing == Listing::Refreshed {
        let path = path.clone().ok_or_else(|| io::Error::other("no folder to keep lists in; set HOME"))?;
        for Refreshed { cdn, result } in refresh_now(instruments, path, now()).await? {
            if let Err(fault) = result {
                code = ExitCode::FAILURE;
                io::stderr().line(format_args!("{cdn}: the list that was there stays, because {fault}"))?;
            }
        }
    }
    let kept = path.map(|path| Kept::load(&path)).unwrap_or_default();
    for line in lines(&kept, now()) {
        out.line(line)?;
    }
    Ok(code)
}

/// A line for each CDN.
pub(super) fn lines(kept: &Kept, now: Millis) -> Vec<String> {
    let row = |name: &str| match kept.list(name) {
        Some(list) => {
            let from = list.from.join(", ");
            let count = list.ranges.len();
            format!("{name:<22} {count:>5} ranges, fetched {} from {from}", age(now.since(list.fetched_at)))
        }
        None => match built_in(name) {
            0 => format!("{name:<22}     – ranges; by names and headers ({})", provenance(name).unwrap_or_default()),
            count => format!("{name:<22} {count:>5} ranges, built in ({})", provenance(name).unwrap_or_default()),
        },
    };
    CDNS.iter().map(|cdn| row(cdn.name)).collect()
}

fn age(ms: u64) -> String {
    match ms / (24 * 3600 * 1000) {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
    }
}
