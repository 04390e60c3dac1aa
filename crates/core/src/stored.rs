//! The state as it is stored, key by key: what was touched since it was last written is written, and nothing else.
//!
//! For the browser's session: `rest`, `recent`, `archives`, `told`; for each outage `outage:` and `evidence:` with its key,
//! since what was seen is most of it and changes seldom; for each failing tab `tab:7`. For good: `lasting`, `watched`, and
//! `incident:` with its number. The state marks what is touched ([`Tracked`](crate::tracked::Tracked)); nothing is written
//! down in order to compare it.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::copies::Health;
use crate::incident::{Incident, Lasting};
use crate::keep::Told;
use crate::observation::Observation;
use crate::outage::{Outage, Phase, SiteKey};
use crate::state::{State, Tab};
use crate::tab::TabId;
use crate::target::Target;

mod packed;
mod read;

use packed::Packed;
pub use read::{lasting_of, state_of};

/// A record under the number of its format, to be raised when old records would be misread.
#[derive(Debug, Serialize, Deserialize)]
pub enum Record<T> {
    /// The only one.
    #[serde(rename = "1")]
    Current(T),
}

/// Reads records. Shells have their own reader, for the size of the wasm.
pub trait Reader {
    /// Reads a JSON text.
    ///
    /// # Errors
    /// In words, when it is no JSON or has another shape.
    fn read<T: DeserializeOwned>(&self, text: &str) -> Result<T, String>;
}

/// What is to be written, and what is to be removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Keys with their texts.
    pub put: Vec<(String, String)>,
    /// Keys that are gone.
    pub removed: Vec<String>,
}

impl Changes {
    /// Whether there is nothing to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.put.is_empty() && self.removed.is_empty()
    }

    /// All keys that it is about.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.put.iter().map(|(key, _)| key).chain(&self.removed).cloned().collect()
    }
}

/// What was written, for the browser's session and for good.
#[derive(Debug, Default)]
pub struct Stored {
    rest: Written<State>,
    recent: Written<Vec<Observation>>,
    archives: Written<Health>,
    told: Written<Told>,
    outages: BTreeMap<SiteKey, (Written<Outage>, Written<Vec<Observation>>)>,
    tabs: BTreeMap<TabId, Written<Tab>>,
    /// What has to be written although the state no longer marks it: it could not be written before.
    again: Touched,
    lasting: Written<Lasting>,
    watched: Written<Vec<Target>>,
    incidents: BTreeMap<u64, Written<Incident>>,
    /// Keys that are there and must not be: of an older format, or of no use.
    stale: BTreeSet<String>,
    stale_for_good: BTreeSet<String>,
}

/// A value as it was last written; `None` where it never was, or where that failed.
type Written<T> = Option<T>;

#[derive(Debug, Default)]
struct Touched {
    outages: BTreeSet<SiteKey>,
    tabs: BTreeSet<TabId>,
}

impl Stored {
    /// What of the state has to be written for the browser's session; it counts as written from now on.
    pub fn changes(&mut self, state: &mut State) -> Changes {
        let mut touched = std::mem::take(&mut self.again);
        touched.outages.append(&mut state.outages.take_touched());
        touched.tabs.append(&mut state.tabs.take_touched());
        let mut changes = Changes::default();
        self.small_changes(state, &mut changes);
        for key in touched.outages {
            // By its whole name: whatever is shorter, a page could choose an address to fall together with another's.
            let (outage_key, evidence_key) = ([OUTAGE, key.as_str()].concat(), [EVIDENCE, key.as_str()].concat());
            let Some(outage) = state.outages.get(&key) else {
                self.outages.remove(&key);
                changes.removed.extend([outage_key, evidence_key]);
                continue;
            };
            let (written, evidence) = self.outages.entry(key.clone()).or_default();
            let bare = without_evidence(outage);
            if written.as_ref() != Some(&bare) {
                changes.put.push((outage_key, text(&(&key, &bare))));
                *written = Some(bare);
            }
            if evidence.as_ref() != Some(&outage.seen) {
                changes.put.push((evidence_key, text(&Packed::of(&outage.seen))));
                *evidence = Some(outage.seen.clone());
            }
        }
        for id in touched.tabs {
            match state.tabs.get(&id) {
                Some(tab) => note(&mut changes, &tab_key(id), self.tabs.entry(id).or_default(), tab),
                None => {
                    self.tabs.remove(&id);
                    changes.removed.push(tab_key(id));
                }
            }
        }
        self.stale.retain(|key| !changes.put.iter().any(|(put, _)| put == key));
        changes.removed.extend(std::mem::take(&mut self.stale));
        changes
    }

    /// What is small enough to be compared whole.
    fn small_changes(&mut self, state: &State, changes: &mut Changes) {
        // A new field must be stored, or named here.
        let State {
            outages: _,
            tabs: _,
            checks: _,
            settings: _,
            version,
            host,
            next_id,
            has_begun,
            listens,
            recent,
            archives,
            told,
            lasting: _,
            history: _,
            conditions: _,
            board: _,
            shown: _,
        } = state;
        let rest = State {
            version: version.clone(),
            host: host.clone(),
            next_id: *next_id,
            has_begun: *has_begun,
            listens: *listens,
            ..State::default()
        };
        note(changes, REST, &mut self.rest, &rest);
        note(changes, RECENT, &mut self.recent, recent);
        note(changes, ARCHIVES, &mut self.archives, archives);
        note(changes, TOLD, &mut self.told, told);
    }

    /// What of that which outlives the browser has to be written; it counts as written from now on.
    pub fn lasting_changes(&mut self, lasting: &Lasting) -> Changes {
        let mut changes = Changes::default();
        let Lasting { seed, next_id, rules, watched, incidents } = lasting;
        let rest = Lasting { seed: *seed, next_id: *next_id, rules: *rules, ..Lasting::default() };
        note(&mut changes, LASTING, &mut self.lasting, &rest);
        note(&mut changes, WATCHED, &mut self.watched, watched);
        for incident in incidents {
            let key = incident_key(incident.id);
            note(&mut changes, &key, self.incidents.entry(incident.id).or_default(), incident);
        }
        self.incidents.retain(|id, _| {
            let is_there = incidents.iter().any(|incident| incident.id == *id);
            if !is_there {
                changes.removed.push(incident_key(*id));
            }
            is_there
        });
        changes.removed.extend(std::mem::take(&mut self.stale_for_good));
        changes
    }

    /// These could not be written: they are written again with the next changes.
    pub fn failed(&mut self, keys: &[String]) {
        for key in keys {
            match key.as_str() {
                REST => self.rest = None,
                RECENT => self.recent = None,
                ARCHIVES => self.archives = None,
                TOLD => self.told = None,
                LASTING => self.lasting = None,
                WATCHED => self.watched = None,
                _ => self.failed_one(key),
            }
        }
    }

    fn failed_one(&mut self, key: &str) {
        let number = |prefix: &str| key.strip_prefix(prefix).and_then(|number| number.parse::<u64>().ok());
        if let Some(id) = number(INCIDENT) {
            match self.incidents.get_mut(&id) {
                Some(incident) => *incident = None,
                None => _ = self.stale_for_good.insert(key.to_owned()),
            }
        } else if let Some(name) = key.strip_prefix(OUTAGE).or_else(|| key.strip_prefix(EVIDENCE)) {
            match self.outages.iter_mut().find(|(known, _)| known.as_str() == name) {
                Some((known, written)) => {
                    *written = (None, None);
                    self.again.outages.insert(known.clone());
                }
                None => _ = self.stale.insert(key.to_owned()),
            }
        } else if let Some(id) = key.strip_prefix(TAB).and_then(|id| id.parse().ok()).map(TabId) {
            match self.tabs.get_mut(&id) {
                Some(tab) => {
                    *tab = None;
                    self.again.tabs.insert(id);
                }
                None => _ = self.stale.insert(key.to_owned()),
            }
        } else if key.starts_with(OLD_WATCH) {
            self.stale_for_good.insert(key.to_owned());
        } else {
            self.stale.insert(key.to_owned());
        }
    }
}

/// Notes a value that is not as it was written.
fn note<T: Clone + PartialEq + Serialize>(changes: &mut Changes, key: &str, written: &mut Written<T>, value: &T) {
    if written.as_ref() != Some(value) {
        changes.put.push((key.to_owned(), text(value)));
        *written = Some(value.clone());
    }
}

fn text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(&Record::Current(value)).unwrap_or_default()
}

/// An outage without what was seen. What a recheck that is under way has seen is not stored at all: a worker that finds it
/// begins it anew.
fn without_evidence(outage: &Outage) -> Outage {
    let Outage { page, pages, parts, failure, since, phase, seen: _, recovery, was_closer, until } = outage;
    let phase = match phase {
        Phase::Rechecking { verdict, at, check, seen: _ } => {
            Phase::Rechecking { verdict: verdict.clone(), at: *at, check: *check, seen: Vec::new() }
        }
        Phase::Doubted { .. } | Phase::Checking(_) | Phase::Concluded { .. } => phase.clone(),
    };
    Outage {
        page: page.clone(),
        pages: pages.clone(),
        parts: parts.clone(),
        failure: failure.clone(),
        since: *since,
        phase,
        seen: Vec::new(),
        recovery: recovery.clone(),
        was_closer: *was_closer,
        until: *until,
    }
}

fn tab_key(id: TabId) -> String {
    format!("{TAB}{}", id.0)
}

fn incident_key(id: u64) -> String {
    format!("{INCIDENT}{id}")
}

const REST: &str = "rest";
const RECENT: &str = "recent";
const ARCHIVES: &str = "archives";
const TOLD: &str = "told";
const OUTAGE: &str = "outage:";
const EVIDENCE: &str = "evidence:";
const TAB: &str = "tab:";
const LASTING: &str = "lasting";
const WATCHED: &str = "watched";
const INCIDENT: &str = "incident:";

/// An earlier version's watched pages.
const OLD_WATCH: &str = "watch:";

#[cfg(test)]
#[path = "stored/tests.rs"]
mod tests;
