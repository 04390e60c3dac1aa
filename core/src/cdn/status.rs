//! What a status page says, read tolerantly: it may be in any state of disrepair while its CDN is.

use crate::observation::{Millis, Report};

/// Reads a Statuspage `summary.json`; `None` when it is none.
#[must_use]
pub fn read_summary(_json: &str) -> Option<Report> {
    None
}

/// Reads an RSS feed of incidents, as of `now`; `None` when it is none.
#[must_use]
pub fn read_rss(_xml: &str, _now: Millis) -> Option<Report> {
    None
}
