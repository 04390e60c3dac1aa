//! What goes out to an archive or to another address of a page, and what comes back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A request to an archive; unique within the life of the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LookUpId(pub u64);

/// What came of a request to an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArchiveReply {
    /// A redirect to somewhere that cannot be seen from here, and so is not followed.
    Redirected,
    /// An answer; each redirect on the way was looked at before it was followed, or none was followed.
    Answered {
        /// Status code.
        status: u16,
        /// Where the redirects ended.
        url: String,
        /// Headers, names in lower case.
        headers: BTreeMap<String, String>,
        /// The first 64 KiB of the body.
        body: String,
    },
    /// No answer in time, or no connection.
    Failed,
}

/// What was remembered of a page's other addresses while it was well.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Known {
    /// The canonical address.
    pub canonical: Option<String>,
    /// Other addresses of the same page.
    pub alternates: Vec<String>,
    /// Feeds.
    pub feeds: Vec<String>,
    /// The onion service.
    pub onion: Option<String>,
}
