//! Times as JSON documents have them.

use std::time::SystemTime;

use time::OffsetDateTime;
use time::macros::format_description;

/// As in `2026-06-18T13:39:05.797Z`.
pub(crate) fn rfc3339(at: SystemTime) -> String {
    OffsetDateTime::from(at).format(RFC3339).unwrap_or_default()
}

const RFC3339: &[time::format_description::BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
