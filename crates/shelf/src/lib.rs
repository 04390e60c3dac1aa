//! Copies of pages on this computer: how a browser's capture is read, cleaned, kept, found again and shown.
//!
//! No I/O, no clock, no browser. A *capture* is what a browser hands over; a *page* is what is left of it once it is
//! clean; its *bodies* (images, styles, fonts) are kept once each, by content hash.
//! In reading order:

pub mod capture;
pub mod mhtml;
mod charset;
pub mod css;
pub mod clean;
pub mod page;
pub mod compose;
pub mod links;
pub mod export;
pub mod record;
pub mod body;
pub mod quota;
pub mod store;
pub mod search;
pub mod warc;
