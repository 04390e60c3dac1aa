//! How long things may take.

/// How long evidence may take before a verdict is made of what is there. The host's own deadline is 6 s;
/// this leaves it time to say so.
pub const CHECK_DEADLINE: u64 = 7_000;

/// How long a service worker's error is doubted before it is let go: as long as a check.
pub const DOUBT_DEADLINE: u64 = CHECK_DEADLINE;

/// How long archives may take, all together.
pub const COPIES_DEADLINE: u64 = crate::copies::DEADLINE;
