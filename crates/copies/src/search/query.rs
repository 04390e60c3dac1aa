//! What is looked for, with what, and why a source gave nothing.

use serde::{Deserialize, Serialize};

use crate::asked::Known;
use crate::health::Health;
use detour_model::archives::Registry;
use detour_model::target::Target;
use detour_model::time::Millis;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// The page.
    pub target: &'a Target,
    /// What was remembered of its other addresses while it was well.
    pub known: &'a Known,
    /// Its title then; empty where nobody knows.
    pub title: &'a str,
    /// The CDN that fails, where one is known to.
    pub failing_cdn: Option<&'a str>,
}

/// What a search works with.
#[derive(Debug)]
pub struct Context<'a> {
    /// Whom to ask.
    pub registry: &'a Registry,
    /// How they are doing.
    pub health: &'a mut Health,
    /// The number of the next request.
    pub next_id: &'a mut u64,
    /// When it is.
    pub now: Millis,
}

/// Why an archive gave no offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It has no copy.
    NoCopy,
    /// It has copies of errors only, or of other pages under this address.
    OnlyErrors,
    /// It did not answer, or not in its own format: says nothing about copies.
    Silent,
    /// It failed several times or asked for patience: it is left alone until then.
    Resting(Millis),
    /// As much was asked of it as it allows; the next question may go then.
    Busy(Millis),
}
