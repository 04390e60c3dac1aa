//! Moments of an outage's own day.

use std::fmt;

/// A time of day in milliseconds, UTC, on the outage's own day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub u64);

impl Moment {
    /// This much later.
    #[must_use]
    pub const fn plus_seconds(self, seconds: u64) -> Self {
        Self(self.0 + seconds * 1000)
    }

    /// Seconds from `other` until now; negative when `other` comes later.
    #[must_use]
    pub fn seconds_after(self, other: Self) -> i64 {
        let seconds = |moment: Self| i64::try_from(moment.0 / 1000).unwrap_or(i64::MAX);
        seconds(self) - seconds(other)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / 1000;
        write!(formatter, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

/// The moment that a clock shows as `hour:minute:second`.
#[must_use]
pub const fn clock(hour: u64, minute: u64, second: u64) -> Moment {
    Moment(((hour * 60 + minute) * 60 + second) * 1000)
}
