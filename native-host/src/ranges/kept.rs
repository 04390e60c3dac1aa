//! The last good lists, on disk.

use std::io;
use std::path::{Path, PathBuf};

use detour_core::cdn::Published;
use detour_core::observation::Millis;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::place::{self, Readers};

/// All lists that were fetched, each the last good one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// When they were last asked for, whatever came of it.
    pub tried_at: Millis,
    /// One per CDN.
    pub lists: Vec<List>,
}

/// One CDN's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// The CDN, by its name in the table.
    pub cdn: String,
    /// Where it is from.
    pub from: Vec<String>,
    /// When it was fetched.
    pub fetched_at: Millis,
    /// What it says.
    pub ranges: Vec<IpNet>,
}

impl Kept {
    /// Reads what was kept. What cannot be read is as good as nothing: there is the list that is built in.
    #[must_use]
    pub fn load(path: &Path) -> Self {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Self::default(),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "the lists of ranges cannot be read");
                return Self::default();
            }
        };
        serde_json::from_str(&text).unwrap_or_else(|error| {
            tracing::warn!(path = %path.display(), %error, "the lists of ranges are damaged; they are fetched anew");
            Self::default()
        })
    }

    /// Takes the old one's place; two hosts may write at once, one per browser.
    ///
    /// # Errors
    /// What the system says; the old file is whole then.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        place::replace(path, &serde_json::to_vec(self)?, Readers::Owner)
    }

    /// The list of this CDN's.
    #[must_use]
    pub fn list(&self, cdn: &str) -> Option<&List> {
        self.lists.iter().find(|list| list.cdn == cdn)
    }

    /// Takes the place of an older one.
    pub fn put(&mut self, list: List) {
        self.lists.retain(|old| old.cdn != list.cdn);
        self.lists.push(list);
    }

    /// For asking whose an address is.
    #[must_use]
    pub fn published(&self) -> Published {
        Published::new(self.lists.iter().map(|list| (list.cdn.as_str(), list.ranges.clone())))
    }

    /// Whether it is time to ask again: once a week, and after a time that failed in part, the next day. A clock
    /// that went back makes no difference.
    #[must_use]
    pub fn is_due(&self, now: Millis) -> bool {
        let since = now.since(self.tried_at);
        let is_whole = !self.lists.is_empty() && self.lists.iter().all(|list| list.fetched_at == self.tried_at);
        since >= if is_whole { WEEK } else { DAY }
    }
}

/// Where they are kept when nobody says otherwise.
///
/// `environment` answers like `std::env::var`, so that each system's rule can be tested on any other.
#[must_use]
pub fn default_path(os: &str, environment: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let absolute = |name: &str| environment(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = match os {
        "windows" => absolute("LOCALAPPDATA"),
        // Also on macOS, as for the config file.
        _ => absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache"))),
    };
    base.map(|base| base.join("detour").join("ranges.json"))
}

/// Vendors change their lists a few times a year and ask not to be polled more often than that is worth.
const WEEK: u64 = 7 * DAY;

const DAY: u64 = 24 * 3600 * 1000;
