//! The CDNs and hosting edges, a row each, with what they are recognised by.
//!
//! One table: [`entries`] holds a row, its published ranges and where all of it is from. Of these the build keeps
//! the rows in [`CDNS`] and the ranges, packed, in [`super::ranges`]; provenance stays out of a binary that does
//! not print it.

use crate::observation::Answer;

mod entries;

use entries::ENTRIES;

/// What one CDN is recognised by, besides its addresses.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its name for people.
    pub name: &'static str,
    /// Suffixes of the names that its customers point to. One that begins with `-` may end a label.
    pub cnames: &'static [&'static str],
    /// Suffixes of names in certificates that only the CDN holds.
    pub certificates: &'static [&'static str],
    /// Headers that only this CDN sets.
    pub headers: &'static [HeaderRule],
    /// Where it says which of its nodes or POPs answered.
    pub pop: PopRule,
    /// The names of its own servers in `Server`, in lower case. An edge that signs its own errors so leaves an
    /// origin's header on those that it passes on.
    pub servers: &'static [&'static str],
}

/// One header that gives a CDN away.
#[derive(Debug, Clone, Copy)]
pub enum HeaderRule {
    /// The header is there.
    Present(&'static str),
    /// The header's value begins with this, without case.
    Begins(&'static str, &'static str),
    /// The header's value holds this, without case.
    Holds(&'static str, &'static str),
}

/// Where a CDN's headers name the node that answered.
#[derive(Debug, Clone, Copy)]
pub enum PopRule {
    /// They do not.
    Untold,
    /// `x-served-by: cache-iad1-IAD, cache-lhr7321-LHR`, the last one being next to us.
    ServedBy,
    /// The part of this header after the second text, up to one of the third's letters, is the POP; all after the
    /// second text is the node.
    Node(&'static str, &'static str, &'static str),
    /// The same, where the rest of the header differs with every request: the POP is all there is.
    Pop(&'static str, &'static str, &'static str),
}

/// A row with what only the build and the command line look at.
struct Entry {
    row: Row,
    ranges: &'static str,
    provenance: &'static str,
}

impl HeaderRule {
    /// Whether the answer bears the mark.
    #[must_use]
    pub fn matches(&self, answer: &Answer) -> bool {
        let value = |name: &str| answer.header(name).to_ascii_lowercase();
        match self {
            Self::Present(name) => answer.headers.contains_key(*name),
            Self::Begins(name, start) => value(name).starts_with(start),
            Self::Holds(name, part) => value(name).contains(part),
        }
    }
}

impl Row {
    /// The row of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        CDNS.iter().find(|row| row.name == name)
    }
}

/// How many rows there are.
const ROWS: usize = ENTRIES.len();

/// All rows. Where several match an answer's headers, [`super::by_headers`] takes the outermost.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which reports it")]
pub static CDNS: [Row; ROWS] = {
    let mut rows = [ENTRIES[0].row; ROWS];
    let mut index = 0;
    while index < ROWS {
        rows[index] = ENTRIES[index].row;
        index += 1;
    }
    rows
};

/// The vendors' lists as text: evaluated while compiling, and in no binary.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which reports it")]
pub(super) const RANGES: [&str; ROWS] = {
    let mut ranges = [""; ROWS];
    let mut index = 0;
    while index < ROWS {
        ranges[index] = ENTRIES[index].ranges;
        index += 1;
    }
    ranges
};

/// Where the row of this name is from: the vendor's list or documentation, and when it was looked at.
#[must_use]
pub fn provenance(name: &str) -> Option<&'static str> {
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which reports it")]
    static PROVENANCE: [&str; ROWS] = {
        let mut provenance = [""; ROWS];
        let mut index = 0;
        while index < ROWS {
            provenance[index] = ENTRIES[index].provenance;
            index += 1;
        }
        provenance
    };
    CDNS.iter().zip(PROVENANCE).find(|(row, _)| row.name == name).map(|(_, provenance)| provenance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_recognised_by_something_and_says_where_it_is_from() {
        assert!(CDNS.len() >= 25, "{}", CDNS.len());
        for (index, row) in CDNS.iter().enumerate() {
            assert!(!row.cnames.is_empty() || !row.headers.is_empty(), "{}", row.name);
            assert!(provenance(row.name).is_some_and(|text| text.contains("20")), "{}", row.name);
            assert!(CDNS.iter().skip(index + 1).all(|other| other.name != row.name), "{} is there twice", row.name);
        }
    }

    #[test]
    fn marks_are_in_lower_case_and_no_two_rows_share_a_suffix() {
        let mut suffixes: Vec<&str> = CDNS.iter().flat_map(|row| row.cnames).copied().collect();
        suffixes.sort_unstable();
        for pair in suffixes.windows(2) {
            assert_ne!(pair[0], pair[1]);
        }
        for row in &CDNS {
            for rule in row.headers {
                let (name, value) = match rule {
                    HeaderRule::Present(name) => (*name, ""),
                    HeaderRule::Begins(name, value) | HeaderRule::Holds(name, value) => (*name, *value),
                };
                assert_eq!((name.to_lowercase(), value.to_lowercase()), (name.to_owned(), value.to_owned()));
            }
        }
    }
}
