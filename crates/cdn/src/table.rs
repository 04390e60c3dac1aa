//! The CDNs and hosting edges, a row each, with what they are recognised by.
//!
//! One table: [`entries`] holds a row, its published ranges and where all of it is from. Of these the build keeps
//! the rows in [`CDNS`] and the ranges, packed, in [`super::ranges`]; provenance stays out of a binary that does
//! not print it.

use detour_model::observation::Answer;

mod entries;

use entries::ENTRIES;

/// What one CDN is recognised by, besides its addresses.
///
/// Rules are text, in lower case, so that a table of this length takes little room in the wasm: slices of slices
/// would be as large as the words themselves.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its name for people.
    pub name: &'static str,
    /// Suffixes of its own names, with spaces between: what its customers' CNAMEs lead to, and what certificates
    /// are for that only it holds. One that begins with `-` may end a label.
    pub names: &'static str,
    /// Headers that only this CDN sets, with `|` between: `name` is there, `name^value` begins so, `name~value`
    /// holds that.
    pub headers: &'static str,
    /// Where it names the POP that answered: `header|after|until`, the POP being what comes after the one text and
    /// before any letter of the other (`#` is any digit). With `*` in front all after the first text is the node;
    /// else the rest differs with every request. A header alone is Fastly's form.
    pub pop: &'static str,
}

/// A row with what only the build and the command line look at.
struct Entry {
    row: Row,
    ranges: &'static str,
    provenance: &'static str,
}

impl Row {
    /// The row of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        CDNS.iter().find(|row| row.name == name)
    }

    /// Whether the answer bears one of its headers.
    #[must_use]
    pub fn marks(&self, answer: &Answer) -> bool {
        self.rules().any(|rule| is_borne(rule, answer))
    }

    /// Whether this is what it writes into `Server`.
    #[must_use]
    pub fn signs(&self, server: &str) -> bool {
        self.rules().filter_map(|rule| rule.strip_prefix("server^")).any(|own| begins(server, own))
    }

    fn rules(&self) -> impl Iterator<Item = &'static str> {
        self.headers.split('|').filter(|rule| !rule.is_empty())
    }
}

fn is_borne(rule: &str, answer: &Answer) -> bool {
    // Some hundred and fifty rules are held against each answer: nothing is copied for one that does not apply.
    if let Some((name, start)) = rule.split_once('^') {
        begins(answer.header(name), start)
    } else if let Some((name, part)) = rule.split_once('~') {
        answer.headers.get(name).is_some_and(|value| value.to_ascii_lowercase().contains(part))
    } else {
        answer.headers.contains_key(rule)
    }
}

/// Whether a value begins so, in any case.
fn begins(value: &str, start: &str) -> bool {
    value.get(..start.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(start))
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
    fn headers_are_there_begin_so_or_hold_that() {
        let answer = |name: &str, value: &str| Answer {
            status: 503,
            headers: [(name.to_owned(), value.to_owned())].into(),
            body: String::new(),
        };
        for (name, value, cdn) in [
            ("cf-ray", "1", "Cloudflare"),
            ("server", "CloudFront", "Amazon CloudFront"),
            ("via", "1.1 a26c.cloudfront.net (CloudFront)", "Amazon CloudFront"),
            ("server", "ECS (lhb/1)", "Edgio"),
        ] {
            assert!(Row::named(cdn).unwrap().marks(&answer(name, value)), "{name}: {value}");
        }
        for (name, value) in [("server", "nginx"), ("server", "my cloudfront"), ("via", "1.1 varnish"), ("", "")] {
            assert!(CDNS.iter().all(|row| !row.marks(&answer(name, value))), "{name}: {value}");
        }
        assert!(Row::named("Akamai").unwrap().signs("AkamaiGHost"));
        assert!(!Row::named("Fastly").unwrap().signs("Varnish"));
    }

    #[test]
    fn the_table_has_the_names_that_readings_have() {
        assert_eq!(CDNS.map(|row| row.name), detour_model::reading::CDN_NAMES);
    }
}
