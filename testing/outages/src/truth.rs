//! Which verdicts are right. Written from what is known of an outage, before any verdict was seen.
//!
//! Corrected since, each time because a label said something false of the outage: "seen from here" ("cdn_here",
//! "edge_unreachable") stays true for those who ask others as well, so it counts as too little there and not as
//! wrong; and where the corrected truths of one replay stand, a comment says so.

use crate::moment::Moment;
use crate::world::Of;

/// Which verdicts about a host are right for a while. Labels are the words that verdicts have in JSON.
#[derive(Debug, Clone)]
pub struct Truth {
    /// From here on.
    pub from: Moment,
    /// Until just before here.
    pub until: Moment,
    /// About these hosts.
    pub of: Of,
    /// For these users.
    pub who: Who,
    /// Whether it is an outage at all by then.
    pub standing: Standing,
    /// Right for a user who asked only from here.
    pub alone: &'static [&'static str],
    /// Right for a user who asked remote probes and public resolvers too.
    pub closer: &'static [&'static str],
    /// True but too little: neither right nor wrong.
    pub vague: &'static [&'static str],
    /// What the recovery rule asks for though it turns out to be too early: no wrong verdict, but an early call, where
    /// it is said without being sure, and not again once it had to be taken back.
    pub early: &'static [&'static str],
    /// The CDN that must be named, by verdicts that name one; empty where none must.
    pub cdn: &'static str,
}

/// For which users a truth holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// For all.
    Anybody,
    /// For those who cannot reach the service that runs remote probes: whatever they ask, they see it from here only.
    WithoutProbes,
    /// For those whose system asks this public resolver.
    Resolving(&'static str),
}

/// How a host stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It fails.
    Down,
    /// It is back, and a few requests still fail.
    Ragged,
    /// It works.
    Well,
}

/// What is right where nothing is said: a tab without an entry, or one whose outage is over.
pub(super) const WELL: Truth = Truth {
    from: Moment(0),
    until: Moment(u64::MAX),
    of: Of::All,
    who: Who::Anybody,
    standing: Standing::Well,
    alone: &["passed", "recovering"],
    closer: &["passed", "recovering"],
    vague: &[],
    early: &[],
    cdn: "",
};
