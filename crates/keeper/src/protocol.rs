//! Questions and answers, as they go between pages and the keeper. Both are of one build, so they are strict.

use serde::{Deserialize, Serialize};

/// A question: `{ "<name>": { … } }`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Ask {
    /// Everything in the inbox becomes copies, one after the other.
    Work {},
    /// What is there.
    List {},
    /// Copies in which all words are found.
    Search {
        text: String,
    },
    /// A copy, to be shown.
    Open {
        id: String,
    },
    /// Whether there is a copy of this page.
    Find {
        url: String,
    },
    Pin {
        id: String,
        pinned: bool,
    },
    Delete {
        ids: Vec<String>,
    },
    DeleteSite {
        site: String,
    },
    DeleteAll {},
    /// A copy as one file; `note` says in the user's language where it comes from.
    ExportPage {
        id: String,
        note: String,
    },
    /// All copies as one WARC file.
    ExportAll {},
    /// Copies from a WARC file, which comes beside the JSON.
    ImportWarc {
        #[serde(rename = "blob")]
        #[cfg_attr(test, schemars(with = "serde_json::Value"))]
        _blob: serde::de::IgnoredAny,
        quota: u64,
    },
    /// How much room copies may take, in bytes.
    SetQuota {
        bytes: u64,
    },
    /// Reads everything and holds it against what was kept.
    Check {},
}

/// What came of captures or of an archive file.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Worked {
    pub(crate) kept: Vec<Taken>,
    pub(crate) refused: Vec<Refused>,
    /// The disk was found full just now, and was not at the time before.
    pub(crate) disk_full: bool,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Taken {
    pub(crate) id: String,
    pub(crate) url: String,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Refused {
    pub(crate) url: String,
    /// One word, as [`crate::failure::Failure::kind`] has them.
    pub(crate) kind: &'static str,
    /// The same as a sentence.
    pub(crate) why: String,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Listed {
    pub(crate) pages: Vec<Listing>,
    pub(crate) usage: Usage,
    pub(crate) damaged: Vec<Damaged>,
    pub(crate) disk_full: bool,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Listing {
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) site: String,
    pub(crate) title: String,
    pub(crate) at: u64,
    pub(crate) opened_at: Option<u64>,
    pub(crate) bytes: u64,
    pub(crate) parts: u32,
    pub(crate) lost: u32,
    pub(crate) pinned: bool,
    pub(crate) imported: bool,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Usage {
    pub(crate) bytes: u64,
    pub(crate) pages: usize,
    pub(crate) quota: u64,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Damaged {
    pub(crate) id: String,
    pub(crate) url: String,
    /// One word: `entry`, `newer`, `document`, `parts`, `text`.
    pub(crate) kind: &'static str,
    /// The same as a sentence.
    pub(crate) what: String,
}

/// All of a copy but its document, which goes beside the JSON.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Opened<'a> {
    pub(crate) url: &'a str,
    pub(crate) title: &'a str,
    pub(crate) at: u64,
    pub(crate) parts: u32,
    pub(crate) lost: u32,
    /// Parts that were kept and cannot be shown any more; they count as lost as well.
    pub(crate) missing: u32,
    pub(crate) pinned: bool,
    /// It came from a file.
    pub(crate) imported: bool,
}

/// The copy of a page that was asked for by its address.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Nearest {
    pub(crate) id: String,
    pub(crate) at: u64,
    /// It came from a file.
    pub(crate) imported: bool,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Hits {
    pub(crate) hits: Vec<Found>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Found {
    pub(crate) id: String,
    /// It came from a file.
    pub(crate) imported: bool,
    /// Where a search found it: `title`, `address` or `text`.
    #[serde(rename = "in")]
    pub(crate) place: &'static str,
    pub(crate) excerpt: String,
}

#[cfg(test)]
mod tests {
    use detour_typescript::Declarations;

    use super::{Ask, Hits, Listed, Nearest, Opened, Worked};

    #[test]
    fn the_pages_scripts_are_held_against_this_protocol() {
        Declarations::of("Keeper")
            .read::<Ask>()
            .written::<Worked>()
            .written::<Listed>()
            .written::<Hits>()
            .written::<Nearest>()
            .written::<Opened<'_>>()
            .stand_in("www/types/keeper.d.ts");
    }
}
