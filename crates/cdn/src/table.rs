//! The CDNs and hosting edges, a row each, with what they are recognised by.
//!
//! One table: [`entries`] holds a row, its published ranges and where all of it is from. Of these the build keeps
//! the rows in [`CDNS`] and the ranges, packed, in [`super::ranges`]; provenance stays out of a binary that does
//! not print it.

mod entries;
mod row;

use entries::ENTRIES;
pub use row::Row;

impl Row {
    /// The row of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        CDNS.iter().find(|row| row.name == name)
    }
}

/// How many rows there are.
pub(crate) const ROWS: usize = ENTRIES.len();

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
            assert!(!row.names.is_empty() || !row.headers.is_empty(), "{}", row.name);
            assert!(provenance(row.name).is_some_and(|text| text.contains("20")), "{}", row.name);
            assert!(CDNS.iter().skip(index + 1).all(|other| other.name != row.name), "{} is there twice", row.name);
        }
    }

    #[test]
    fn marks_are_in_lower_case_and_no_two_rows_share_a_suffix() {
        let mut suffixes: Vec<&str> = CDNS.iter().flat_map(|row| row.names.split(' ')).collect();
        suffixes.retain(|suffix| !suffix.is_empty());
        suffixes.sort_unstable();
        for pair in suffixes.windows(2) {
            assert_ne!(pair[0], pair[1]);
        }
        for row in &CDNS {
            for text in [row.names, row.headers] {
                assert_eq!(text.to_lowercase(), text);
            }
        }
    }

    #[test]
    fn a_row_knows_what_it_writes_into_server() {
        assert!(Row::named("Akamai").unwrap().signs("AkamaiGHost"));
        assert!(!Row::named("Fastly").unwrap().signs("Varnish"));
    }

    #[test]
    fn the_table_has_the_names_that_readings_have() {
        assert_eq!(CDNS.map(|row| row.name), detour_model::reading::CDN_NAMES);
    }
}
