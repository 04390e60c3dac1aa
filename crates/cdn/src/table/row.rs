//! A row of the table, and how it is held against an answer.

use crate::pieces::{begins, pieces};

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

impl Row {
    /// Whether this is what it writes into `Server`.
    #[must_use]
    pub fn signs(&self, server: &str) -> bool {
        let rules = pieces(self.headers, b'|');
        rules.filter_map(|rule| rule.strip_prefix("server^")).any(|own| begins(server, own))
    }
}

/// A row with what only the build and the command line look at.
pub(super) struct Entry {
    pub(super) row: Row,
    pub(super) ranges: &'static str,
    pub(super) provenance: &'static str,
}
