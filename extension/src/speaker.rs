//! Who speaks: the one gate for everything that a page, ours or anybody's, sends to the worker.
//!
//! A *page* here is a document of somebody's site, in which our content scripts run; whoever takes over its process can
//! send whatever they could. So nothing that a message says of its sender counts, but only what the browser says:
//! the sender's id, address, origin, frame and tab. Messages and ports go through [`Sender::speaker`] alike.

use detour_core::tab::TabId;
use serde::Deserialize;
use url::{Origin, Url};

/// What names this extension.
#[derive(Debug, Clone, Default)]
pub struct Own {
    /// `runtime.id`.
    pub id: String,
    /// The address that all our own pages begin with, with its final slash.
    pub base: String,
}

/// What the browser says of a message's sender.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sender {
    #[serde(default)]
    id: Option<String>,
    /// The document's address.
    #[serde(default)]
    url: String,
    /// `null` in words for a document that its site or its opener put into a sandbox; older Gecko says none.
    #[serde(default)]
    origin: Option<String>,
    /// The tab, unless it is the popup or a page that nobody sees.
    #[serde(default)]
    tab: Option<SenderTab>,
    /// 0 is the page itself.
    #[serde(default)]
    frame_id: Option<i64>,
    /// Chromium only: `active`, `prerender`, `cached`, `pending_deletion`.
    #[serde(default)]
    document_lifecycle: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SenderTab {
    id: TabId,
    /// Whether it is the one that its window shows.
    #[serde(default)]
    active: bool,
}

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Speaker {
    /// A page of ours.
    Ours {
        /// The tab that it is in; the popup is in none.
        tab: Option<TabId>,
    },
    /// A content script of ours in somebody's page, or whoever took its place.
    Page(Document),
}

/// A page: the document that a tab shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) tab: TabId,
    origin: Origin,
    /// Whether somebody can see it, and click into it.
    pub(crate) is_in_front: bool,
}

/// Why a raw event is no event.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// It has another shape.
    #[error("a malformed event: {0}")]
    Malformed(String),
    /// A tab is needed, and none is named.
    #[error("a message that names no tab and comes from none")]
    NoTab,
    /// Only others may say this, or nobody.
    #[error("a message that a page of this kind may not send")]
    NotTheirs,
    /// The page speaks of another one.
    #[error("a message of a page that speaks for another origin")]
    NotItsOwn,
    /// No page that means well says so much.
    #[error("a message that is too long")]
    TooLong,
}

impl Sender {
    /// Whoever it is that speaks.
    ///
    /// # Errors
    /// [`Unusable::NotTheirs`] for frames, for documents that nobody is shown, for other extensions, and for whatever is
    /// neither a page of ours nor one of the web's.
    pub(crate) fn speaker(&self, own: &Own) -> Result<Speaker, Unusable> {
        // Also where this side knows no id: then it is not yet known who "we" are.
        if own.id.is_empty() || self.id.as_deref() != Some(own.id.as_str()) {
            return Err(Unusable::NotTheirs);
        }
        let tab = self.tab.as_ref().map(|tab| real(tab.id)).transpose()?;
        if self.is_ours(own) {
            // A page of ours in a frame is one that somebody laid something over. The popup has no frame's number.
            return if self.frame_id.unwrap_or(0) == 0 { Ok(Speaker::Ours { tab }) } else { Err(Unusable::NotTheirs) };
        }
        let is_shown = self.document_lifecycle.as_deref().is_none_or(|lifecycle| lifecycle == "active");
        if self.frame_id != Some(0) || !is_shown {
            return Err(Unusable::NotTheirs);
        }
        let (Some(tab), Some(sender)) = (tab, &self.tab) else { return Err(Unusable::NoTab) };
        let origin = origin_of(&self.url).ok_or(Unusable::NotTheirs)?;
        // A sandbox takes a document's origin away, but not the server that it came from. No frame gets this far, and
        // content scripts run in no document that has its address from elsewhere (blank, srcdoc, blob).
        let is_confirmed = match self.origin.as_deref() {
            None | Some("null") => true,
            Some(told) => origin_of(told).is_some_and(|told| told == origin),
        };
        if !is_confirmed {
            return Err(Unusable::NotTheirs);
        }
        Ok(Speaker::Page(Document { tab, origin, is_in_front: sender.active }))
    }

    fn is_ours(&self, own: &Own) -> bool {
        let origin = own.base.strip_suffix('/').unwrap_or(&own.base);
        let is_told = self.origin.as_deref().is_none_or(|told| told == origin);
        !origin.is_empty() && self.url.starts_with(&own.base) && is_told
    }
}

impl Document {
    /// Whether an address is of this page's own scheme, host and port.
    pub(crate) fn speaks_for(&self, url: &str) -> bool {
        origin_of(url).is_some_and(|claimed| claimed == self.origin)
    }

    /// An address that the page says is its own.
    ///
    /// # Errors
    /// [`Unusable`], when it is not, or is longer than servers take.
    pub(crate) fn own(&self, url: String) -> Result<String, Unusable> {
        if url.len() > LONGEST_URL {
            return Err(Unusable::TooLong);
        }
        if self.speaks_for(&url) { Ok(url) } else { Err(Unusable::NotItsOwn) }
    }
}

/// A tab of the browser's; those below zero are none, and core has uses of its own for them.
pub(crate) fn real(tab: TabId) -> Result<TabId, Unusable> {
    if tab.0 >= 0 { Ok(tab) } else { Err(Unusable::NoTab) }
}

/// The scheme, host and port; only the web's pages have one here, and `blob:` lends the origin of another address.
fn origin_of(url: &str) -> Option<Origin> {
    if url.len() > LONGEST_SENDER {
        return None;
    }
    let url = Url::parse(url).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.origin())
}

/// Bytes of an address that is remembered. Servers and CDNs refuse longer request lines (8 to 32 KB).
pub(crate) const LONGEST_URL: usize = 16 * 1024;

/// Bytes of a sender's own address, of which only the origin is taken: browsers allow 2 MB.
const LONGEST_SENDER: usize = 4 * 1024 * 1024;

#[cfg(test)]
#[path = "speaker_tests.rs"]
mod tests;
