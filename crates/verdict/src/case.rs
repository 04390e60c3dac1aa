//! What is judged: everything that is known of one failing page.

use detour_cdn::ranges::Published;
use detour_model::failure::Failure;
use detour_model::observation::Observation;
use detour_model::target::Target;
use detour_model::time::Millis;
use serde::{Deserialize, Serialize};

use crate::limits::GOOD_SAMPLES;
use crate::verdict::Fault;

/// Everything that is known of one failing page: what [`judge`](crate::judge()) judges.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The page.
    pub target: &'a Target,
    /// How the browser's own load failed; `None` on the command line, where no browser was asked.
    pub failure: Option<&'a Failure>,
    /// Everything that was seen, siblings and other controls included, in any order.
    pub seen: &'a [&'a Observation],
    /// What was concluded earlier in the same outage.
    pub before: Option<&'a Before>,
    /// Address lists that were published later than this program was built, where there are any.
    pub published: Option<&'a Published>,
    /// When it is judged.
    pub now: Millis,
}

/// What was concluded earlier in the same outage: without it, a site that is well again cannot be told from one
/// that never was ill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Before {
    /// Who was at fault.
    pub fault: Fault,
    /// The CDN that delivered the site, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cdn: Option<String>,
    /// How many good samples came since, each at least 20 s after the one before.
    #[serde(default)]
    pub good: u8,
    /// How often it failed again after it had been called over.
    #[serde(default)]
    pub relapses: u8,
    /// Whether it was called over and has not failed since: that others fail is no reason to doubt it again.
    #[serde(default)]
    pub is_called: bool,
}

impl Before {
    /// Whether enough good samples came to call it over. Each relapse doubles what is needed: in November 2025 sites
    /// were well for five minutes and failed for the next five, for hours. What came and went from the beginning is met
    /// in its good state more often than not.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_proven(0)
    }

    /// [`Before::is_over`], where so many more doublings are asked for.
    pub(crate) fn is_proven(&self, more: u8) -> bool {
        let of_kind = if matches!(self.fault, Fault::ComesAndGoes) { 2 } else { 0 };
        let doublings = self.relapses.saturating_add(of_kind).saturating_add(more);
        self.is_called || self.good >= GOOD_SAMPLES << doublings.min(MOST_DOUBLINGS)
    }
}

/// Eight minutes of good samples; nobody waits for longer than that to hear of it.
const MOST_DOUBLINGS: u8 = 3;
