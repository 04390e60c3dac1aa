//! Where to look when a CDN is suspected: other sites that it delivers, and its own status page.
//!
//! Only the native host and the command line ask these; in the wasm nothing of it is left.

/// A CDN's own status page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusPage {
    /// A Statuspage `summary.json`.
    Summary(&'static str),
    /// An RSS feed of incidents.
    Rss(&'static str),
}

/// http(s) addresses of large sites, on unrelated domains, that the CDN of this name delivers. Small answers.
#[must_use]
pub fn canaries(_cdn: &str) -> &'static [&'static str] {
    &[]
}

/// Where the CDN of this name says how it is.
#[must_use]
pub const fn status_page(_cdn: &str) -> Option<StatusPage> {
    None
}
