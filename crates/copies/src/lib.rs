//! Copies of a page: whom to ask, what their answers mean, and which copy is best.
//!
//! Words from RFC 7089: the *original* is the page, a *memento* a dated copy, a *TimeGate* leads from one to
//! the other, a *TimeMap* lists all. A *mirror* is the publisher's own page at another address. Requests and replies
//! are data, so that the extension and the command line ask alike; nothing is sent from here.

use serde::{Deserialize, Serialize};

use detour_model::observation::Observation;
use detour_verdict::Verdict;

mod archive;
mod asked;
mod cdx;
mod health;
mod links;
mod mirrors;
mod offer;
mod original;
mod page;
mod same;
mod search;

pub use archive::{ArchiveRequest, Candidate};
pub use asked::{ArchiveReply, Known, LookUpId};
pub use cdx::{Capture, captures};
pub use detour_model::archives::{Archive, Kind, Registry, Trust, Way};
pub use health::{Account, Health, Remembered, Work, wait};
pub use links::{Link, links};
pub use offer::{Age, Checked, Offer, Place, Scope, Source, Standing, insert};
pub use original::{Memento, original_in, original_of};
pub use same::{is_same_page, is_same_site, may_serve, page_name};
pub use search::{Context, DEADLINE, LookUp, Query, Said, Search, Why};

/// What is known of copies of one page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Copies {
    /// Copies on this computer, best first.
    pub local: Vec<Offer>,
    /// What was remembered of the page's other addresses while it was well.
    pub known: Known,
    /// Its title then; empty where nobody knows.
    pub title: String,
    /// The search at others; `None` where nobody asked for one.
    pub search: Option<Search>,
}

impl Copies {
    /// All offers so far, best first, without mirrors on the CDN that is known to fail by now.
    #[must_use]
    pub fn offers(&self, failing_cdn: Option<&str>) -> Vec<&Offer> {
        let found = self.search.as_ref().map_or(&[][..], |search| search.offers.as_slice());
        let stands = |offer: &&Offer| match &offer.source {
            Source::Mirror { cdn: Some(cdn), .. } => failing_cdn != Some(cdn.as_str()),
            Source::Mirror { cdn: None, .. } | Source::Kept(_) | Source::Archive(_) | Source::Onion(_) => true,
        };
        let mut all: Vec<&Offer> = Vec::new();
        // A merge by insertion: there are a handful, and a sort of its own would show in the wasm.
        for offer in self.local.iter().chain(found).filter(stands) {
            let place = all.iter().position(|known| offer.comes_before(known)).unwrap_or(all.len());
            all.insert(place, offer);
        }
        all
    }

    /// Whether something can be read now, in this browser: what the sign on the tab says. What only a file says to be the
    /// page is none.
    #[must_use]
    pub fn has_copy(&self) -> bool {
        let mut found = self.local.iter().chain(self.search.iter().flat_map(|search| &search.offers));
        let is_page = |offer: &Offer| offer.scope == Scope::SamePage && offer.standing == Standing::Fetched;
        found.any(|offer| is_page(offer) && !matches!(offer.source, Source::Onion(_)))
    }

    /// Whether others are being asked.
    #[must_use]
    pub fn is_asking(&self) -> bool {
        self.search.as_ref().is_some_and(|search| !search.is_over())
    }
}

/// The CDN that fails, by its name: as the verdict says, else the one that delivered what was seen of the page.
#[must_use]
pub fn failing_cdn(verdict: Option<&Verdict>, seen: &[Observation]) -> Option<String> {
    let named = verdict.and_then(|verdict| verdict.cdn.as_ref()).map(|cdn| cdn.name.clone());
    named.or_else(|| detour_cdn::identify(seen).map(|cdn| cdn.name))
}
