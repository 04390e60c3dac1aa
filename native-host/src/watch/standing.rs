//! How a site stands, by core's own account of it.

use detour_core::outage::Outage;
use detour_core::verdict::{Fault, are_tries_good};
use detour_core::view::{Mood, mood};

/// How a site stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Not looked at yet.
    Unseen,
    /// It could not be looked at, for this reason.
    NotLookedAt(String),
    /// It answers, and was never seen failing.
    Fine,
    /// It fails, by this fault and CDN.
    Failing(Fault, Option<String>),
    /// Some tries get through.
    ComesAndGoes,
    /// It answers again, not yet often enough to call it over.
    Recovering,
    /// It answers again from another CDN, not yet often enough to call it over.
    Moved,
    /// The outage is called over.
    Back {
        /// The site has left the CDN that failed.
        has_moved: bool,
    },
}

impl Standing {
    /// What core has concluded; `None` while it has not.
    pub(crate) fn of(outage: &Outage) -> Option<Self> {
        let verdict = outage.verdict()?;
        if outage.recovery.is_called_back() {
            return Some(Self::Back { has_moved: verdict.fault == Fault::Moved });
        }
        Some(match (mood(outage), verdict.fault) {
            (_, Fault::Recovering) => Self::Recovering,
            (_, Fault::Moved) => Self::Moved,
            (Mood::Flickering, _) => Self::ComesAndGoes,
            // Of a failure that nothing explained, core can say no more than that it is not there: no browser was asked.
            _ if are_tries_good(&outage.seen.iter().collect::<Vec<_>>(), None) == Some(true) => Self::Recovering,
            (_, fault) => Self::Failing(fault, verdict.cdn.as_ref().map(|cdn| cdn.name.clone())),
        })
    }

    /// Whether there is nothing to wait for.
    pub(crate) const fn is_well(&self) -> bool {
        matches!(self, Self::Fine | Self::Back { .. })
    }

    /// Whether it was said by core, and is over when core has dropped the site.
    pub(crate) const fn is_of_core(&self) -> bool {
        match self {
            Self::Unseen | Self::NotLookedAt(_) | Self::Fine => false,
            Self::Failing(..) | Self::ComesAndGoes | Self::Recovering | Self::Moved | Self::Back { .. } => true,
        }
    }

    /// Its name in documents.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Unseen => "unseen",
            Self::NotLookedAt(_) => "not_looked_at",
            Self::Fine => "fine",
            Self::Failing(..) => "failing",
            Self::ComesAndGoes => "comes_and_goes",
            Self::Recovering => "recovering",
            Self::Moved => "moved",
            Self::Back { .. } => "back",
        }
    }
}
