//! WARC, the archives' own file format (ISO 28500, WARC 1.1): copies go out as one file, and come in from any.
//!
//! *Out*: each copy is one `response` record whose document carries its images, styles and fonts inside it. That is
//! what replays whole in any reader (pywb and others leave `data:` addresses alone): the parts' own addresses are not
//! kept on the shelf, and made-up ones would be in no other archive.
//!
//! *In*: a file is gone through twice. [`survey::Survey`] notes what is where; then each page is read where it lies,
//! and [`gather::Gather`] says which other records it needs. Neither holds more than a record in memory.

pub mod gather;
mod gzip;
mod http;
pub mod read;
mod names;
pub mod survey;
mod unusable;
pub mod write;

pub use unusable::Unusable;

/// More than this in one record is not taken for a page or a part of one: the largest pages people read have some
/// megabytes, and what is larger would be beyond a copy's share of the shelf anyway.
pub const MAX_RECORD: usize = 32 * 1024 * 1024;

#[cfg(test)]
mod tests;
