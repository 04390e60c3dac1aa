//! The index entry of a copy: what it is of, and which bodies make it up.
//!
//! Kept as JSON beside its checksum. What does not match its checksum, or is not of a format that is known here, is
//! *damaged* and never shown.

use detour_core::{
    keep::{Kept, Known, page_key},
    observation::Millis,
    target::Target,
};
use serde::{Deserialize, Serialize};

use crate::page::Hash;

/// Names a copy on the shelf: 32 hex digits.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(pub String);

impl Id {
    /// Of a page and the moment its copy was taken, so that the same copy put onto the shelf twice is one.
    #[must_use]
    pub fn of(url: &str, at: Millis) -> Self {
        Self(Hash::of(&page_key(url), &at.0.to_be_bytes()).0)
    }
}

/// A copy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its name.
    pub id: Id,
    /// The page's address.
    pub url: String,
    /// The page's title.
    pub title: String,
    /// The page's host, without `www.`.
    pub site: String,
    /// When it was taken.
    pub at: Millis,
    /// When it was last opened.
    pub opened_at: Option<Millis>,
    /// Whether the user pinned it.
    pub pinned: bool,
    /// Whether a hand touched the page, or its copy was opened. Copies of earlier versions count as touched.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub attended: bool,
    /// Whether it came from a file. Earlier versions did not note it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub imported: bool,
    /// How many parts the page had.
    pub parts: u32,
    /// How many of them are not there.
    pub lost: u32,
    /// The document.
    pub html: Stored,
    /// Its parts, each once.
    pub bodies: Vec<Stored>,
    /// The page's words, for search.
    pub text: Stored,
    /// What was remembered of the page's other addresses.
    pub known: Known,
    /// What of it was found spoilt since.
    #[serde(default, skip_serializing_if = "Spoilt::is_nothing")]
    pub spoilt: Spoilt,
}

/// What of a copy was found not to be what was kept, and is not shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Spoilt {
    /// The document: nothing can be shown.
    pub document: bool,
    /// How many parts; they count as lost as well.
    pub parts: u32,
    /// The words: it is found by title and address only.
    pub text: bool,
}

impl Spoilt {
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Something that is kept under its hash.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Its name, of the content before it was packed.
    pub hash: Hash,
    /// Its media type.
    #[serde(rename = "type")]
    pub media_type: String,
    /// How much room it takes, in bytes.
    pub bytes: u64,
}

/// A record as it lies in the database; the other fields are there to be found by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// [`Record::id`].
    pub id: String,
    /// What names the page: [`page_key`] of its address.
    pub page: String,
    /// [`Record::site`].
    pub site: String,
    /// [`Record::at`].
    pub at: u64,
    /// The record as JSON, under a format number.
    pub record: String,
    /// The checksum of `record`.
    pub sum: String,
}

/// Why a record cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// It does not match its checksum.
    #[error("the entry of this copy does not match its checksum")]
    Checksum,
    /// It matches, but is not a record.
    #[error("the entry of this copy cannot be read")]
    Shape,
    /// It is somebody else's.
    #[error("the entry of this copy lies under another copy's name")]
    Misplaced,
    /// A later version of Detour wrote it.
    #[error("a later version of Detour wrote this copy; with that version it can be opened again")]
    Newer,
}

impl Record {
    /// What the copy takes when nothing of it is shared, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.everything().map(|stored| stored.bytes).sum::<u64>() + self.text.bytes
    }

    /// The document and its parts: what is kept by hash.
    pub fn everything(&self) -> impl Iterator<Item = &Stored> {
        let document = (!self.spoilt.document).then_some(&self.html);
        document.into_iter().chain(&self.bodies)
    }

    /// What is told of it to those who look for a copy; `None` where there is nothing left to show.
    #[must_use]
    pub fn kept(&self) -> Option<Kept> {
        (!self.spoilt.document).then(|| Kept {
            id: self.id.0.clone(),
            url: self.url.clone(),
            title: self.title.clone(),
            at: self.at,
            parts: self.parts,
            lost: self.lost,
            imported: self.imported,
            known: self.known.clone(),
        })
    }

    /// As it goes into the database.
    #[must_use]
    pub fn to_row(&self) -> Row {
        // Strings, numbers and lists of them: there is nothing in it that JSON cannot say.
        let record = serde_json::to_string(&OnDisk { format: FORMAT, record: self }).unwrap_or_default();
        Row {
            id: self.id.0.clone(),
            page: page_key(&self.url),
            site: self.site.clone(),
            at: self.at.0,
            sum: checksum(&record),
            record,
        }
    }

    /// Reads a record.
    ///
    /// # Errors
    /// [`Damage`], when it is not what was written.
    pub fn decode(record: &str, sum: &str) -> Result<Self, Damage> {
        if checksum(record) != sum {
            return Err(Damage::Checksum);
        }
        let Format { format } = serde_json::from_str(record).map_err(|_| Damage::Shape)?;
        if format > FORMAT {
            return Err(Damage::Newer);
        }
        let OnDisk { record, .. } = serde_json::from_str(record).map_err(|_| Damage::Shape)?;
        Ok(record)
    }

    /// Reads a row: a record that lies under another's name is damaged as well.
    ///
    /// # Errors
    /// [`Damage`], when it is not what was written.
    pub fn from_row(row: &Row) -> Result<Self, Damage> {
        let record = Self::decode(&row.record, &row.sum)?;
        if record.id.0 == row.id { Ok(record) } else { Err(Damage::Misplaced) }
    }
}

/// The host of an address as people say it, without `www.`; empty if it has none.
#[must_use]
pub fn site_of(url: &str) -> String {
    match Target::parse(url) {
        Ok(target) => target.site().to_owned(),
        // Copies come from archive files as well, and these may hold what Detour itself would not keep.
        Err(_) => {
            let host = url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
            host.strip_prefix("www.").unwrap_or(&host).to_owned()
        }
    }
}

/// The part of a copy's host that one owner registers: who fills the shelf with many subdomains is one site. Where
/// strangers share a domain (`github.io`) they share its room as well, which costs them copies and nobody else.
#[must_use]
pub fn owner(site: &str) -> &str {
    let is_address = site.starts_with('[') || site.parse::<std::net::Ipv4Addr>().is_ok();
    if is_address { site } else { detour_core::target::site_of(site) }
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
const fn is_false(value: &bool) -> bool {
    !*value
}

#[derive(Serialize, Deserialize)]
struct OnDisk<R> {
    format: u32,
    record: R,
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

fn checksum(record: &str) -> String {
    blake3::hash(record.as_bytes()).to_hex().to_string()
}

/// Raised when an older Detour would misread what this one writes.
const FORMAT: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            id: Id::of("https://example.org/a", Millis(7)),
            url: "https://example.org/a".into(),
            title: "Ä title \u{202e}".into(),
            site: "example.org".into(),
            at: Millis(7),
            attended: true,
            bodies: vec![Stored { hash: Hash::of("image/png", b"x"), media_type: "image/png".into(), bytes: 3 }],
            known: Known { onion: Some("http://x.onion/".into()), ..Known::default() },
            ..Record::default()
        }
    }

    #[test]
    fn a_record_comes_back_as_it_was() {
        let row = record().to_row();
        assert_eq!(Record::from_row(&row), Ok(record()));
        assert_eq!((row.page.as_str(), row.at), ("https://example.org/a", 7));
    }

    #[test]
    fn whatever_single_byte_changes_is_noticed() {
        let row = record().to_row();
        for at in 0..row.record.len() {
            let mut bytes = row.record.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(record) = String::from_utf8(bytes) else { continue };
            assert_eq!(Record::decode(&record, &row.sum), Err(Damage::Checksum), "byte {at}");
        }
    }

    #[test]
    fn a_record_under_anothers_name_is_not_taken_for_it() {
        let row = Row { id: "else".into(), ..record().to_row() };
        assert_eq!(Record::from_row(&row), Err(Damage::Misplaced));
    }

    #[test]
    fn what_a_later_version_wrote_is_said_to_be_that() {
        let later = r#"{"format":2,"ids":["of another shape"]}"#;
        assert_eq!(Record::decode(later, &checksum(later)), Err(Damage::Newer));
        for junk in ["", "{}", "[]", r#"{"format":1}"#] {
            assert_eq!(Record::decode(junk, &checksum(junk)), Err(Damage::Shape), "{junk}");
        }
    }

    #[test]
    fn records_of_earlier_versions_are_of_pages_that_were_seen() {
        let json = serde_json::to_value(record()).unwrap();
        let earlier: Record = serde_json::from_value(json).unwrap();
        let untouched = Record { attended: false, imported: true, ..record() };
        let row = untouched.to_row();
        assert_eq!(Record::from_row(&row), Ok(untouched));
        assert!(!record().to_row().record.contains("attended"), "an earlier version still reads it");
        assert!(earlier.attended && !earlier.imported);
    }

    #[test]
    fn who_owns_many_hosts_is_one_owner() {
        for (site, who) in [
            ("a.b.evil.example", "evil.example"),
            ("evil.example", "evil.example"),
            ("a.evil.co.uk", "evil.co.uk"),
            ("a.github.io", "github.io"),
            ("10.0.0.1", "10.0.0.1"),
            ("[2606:4700::1111]", "[2606:4700::1111]"),
            ("", ""),
        ] {
            assert_eq!(owner(site), who, "{site}");
        }
    }

    #[test]
    fn a_site_is_a_host_without_www() {
        for (url, site) in [
            ("https://www.example.org/x", "example.org"),
            ("http://shop.example.org:8080/", "shop.example.org"),
            ("http://10.0.0.1/", "10.0.0.1"),
            ("junk", ""),
        ] {
            assert_eq!(site_of(url), site, "{url}");
        }
    }
}
