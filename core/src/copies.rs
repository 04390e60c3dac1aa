//! Copies of a page: whom to ask, what their answers mean, and which copy is best.
//!
//! Words from RFC 7089: the *original* is the page, a *memento* a dated copy, a *TimeGate* leads from one to
//! the other. Requests and replies are data, so that the extension and the command line ask alike; nothing
//! is sent from here.

use serde::{Deserialize, Serialize};

use crate::event::LookUpId;
use crate::observation::Millis;

mod archive;
mod offer;

pub use archive::{Archive, ArchiveRequest, Kind, Miss, built_in, read_reply, request};
pub use offer::{Age, Offer, Source};

/// How far the search for copies of one page is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Copies {
    /// Nobody asked.
    #[default]
    NotAsked,
    /// Archives are being asked.
    Asking {
        /// Requests without an answer, with the archive's id.
        open: Vec<(LookUpId, String)>,
        /// Offers so far, best first.
        offers: Vec<Offer>,
        /// Names of archives that did not answer.
        silent: Vec<String>,
        /// After this moment the rest is silent.
        deadline: Millis,
    },
    /// All were asked.
    Asked {
        /// Offers, best first.
        offers: Vec<Offer>,
        /// Names of archives that did not answer.
        silent: Vec<String>,
    },
}

impl Copies {
    /// The offers so far, best first.
    #[must_use]
    pub fn offers(&self) -> &[Offer] {
        match self {
            Self::NotAsked => &[],
            Self::Asking { offers, .. } | Self::Asked { offers, .. } => offers,
        }
    }
}
