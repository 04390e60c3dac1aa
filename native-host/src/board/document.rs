//! The board as a document, for programs.

use detour_core::observation::Millis;
use detour_core::verdict::{Confidence, Fault};
use detour_core::view::BoardView;
use schemars::JsonSchema;
use serde::Serialize;

use super::draw;
use crate::watch::lookout::Lookout;
use crate::watch::words::Words;
use crate::watch::{Clock, standing::Standing};

/// Everything that is known of the sites at one moment.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Document {
    /// When, in milliseconds since 1970.
    at: Millis,
    /// The whole in a sentence.
    headline: String,
    /// How many sites there are.
    count: usize,
    /// How many of them answer.
    well: usize,
    /// Each site, in the order of naming, those that are well among them.
    sites: Vec<Row>,
    /// The board as the extension draws it: sites that fail or did, by what holds them together, with their course.
    #[schemars(with = "serde_json::Value")]
    board: BoardView,
}

/// One site.
#[derive(Debug, Serialize, JsonSchema)]
struct Row {
    /// The site for people.
    site: String,
    /// The address that was looked at.
    url: String,
    /// Further addresses of the same host; one look stands for all of them.
    others: Vec<String>,
    /// How it stands: `unseen`, `not_looked_at`, `fine`, `failing`, `comes_and_goes`, `recovering`, `moved` or `back`.
    state: &'static str,
    /// Since when it has stood so, in milliseconds since 1970.
    since: Option<Millis>,
    /// When it was last looked at.
    looked: Option<Millis>,
    /// Who delivers it, where that is known.
    cdn: Option<String>,
    /// Who or what is at fault; absent where it never failed.
    verdict: Option<Fault>,
    /// How sure that is.
    confidence: Option<Confidence>,
    /// The same in a sentence, or why it was not looked at.
    sentence: Option<String>,
    /// When it is looked at again.
    next: Option<Millis>,
}

impl Document {
    pub(super) fn of<C: Clock>(lookout: &Lookout<C>, words: &Words) -> Self {
        let row = |nth: usize| row(lookout, nth, words);
        let sites: Vec<Row> = (0..lookout.sites().len()).filter_map(row).collect();
        let well = lookout.sites().iter().filter(|watched| watched.standing.is_well()).count();
        Self {
            at: lookout.now(),
            headline: draw::headline(lookout),
            count: sites.len(),
            well,
            sites,
            board: lookout.board(),
        }
    }
}

fn row<C: Clock>(lookout: &Lookout<C>, nth: usize, words: &Words) -> Option<Row> {
    let watched = lookout.sites().get(nth)?;
    let entry = lookout.entry(nth);
    let verdict = entry.and_then(|(_, outage)| outage.verdict());
    let sentence = match &watched.standing {
        Standing::NotLookedAt(reason) => Some(reason.clone()),
        Standing::Unseen
        | Standing::Fine
        | Standing::Failing(..)
        | Standing::ComesAndGoes
        | Standing::Recovering
        | Standing::Moved
        | Standing::Back { .. } => verdict.map(|_| words.verdict(entry)),
    };
    Some(Row {
        site: watched.site.target.site().to_owned(),
        url: watched.site.target.as_str().to_owned(),
        others: watched.site.others.iter().map(|other| other.as_str().to_owned()).collect(),
        state: watched.standing.name(),
        since: (watched.since > Millis(0)).then_some(watched.since),
        looked: watched.looked,
        cdn: watched.cdn.clone(),
        verdict: verdict.map(|verdict| verdict.fault),
        confidence: verdict.map(|verdict| verdict.confidence),
        sentence,
        next: lookout.due_of(nth),
    })
}
