//! The state as it is stored, key by key: what changed since it was last written is written, and nothing else.
//!
//! For the browser's session: `rest`, `recent`, `archives`, `told`, and for each failing tab `tab:7` and `seen:7`, since
//! what was seen is most of it and changes seldom. For good: `lasting`, and `watch:` with a number for each page that is
//! watched on the user's word. To know what changed, what was written is kept and compared; nothing is written down in
//! order to compare it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::cdn::{Reading, digested};
use crate::copies::Health;
use crate::event::TabId;
use crate::incident::Lasting;
use crate::keep::Told;
use crate::observation::{Millis, Observation, Outcome, Resolver, SoFar, Step, Subject, Vantage};
use crate::state::{Look, State, Tab, Watch};

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
    tabs: BTreeMap<TabId, (Written<Tab>, Written<Vec<Observation>>)>,
    lasting: Written<Lasting>,
    watches: BTreeMap<String, Written<Tab>>,
    /// Keys that are there and must not be: of an older format, or of no use.
    stale: BTreeSet<String>,
}

/// A value as it was last written; `None` where it never was, or where that failed.
type Written<T> = Option<T>;

impl Stored {
    /// What of the state has to be written for the browser's session; it counts as written from now on.
    pub fn changes(&mut self, state: &State) -> Changes {
        // A new field must be stored, or named here.
        let State {
            tabs,
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
        let mut changes = Changes::default();
        let rest = State {
            version: version.clone(),
            host: host.clone(),
            next_id: *next_id,
            has_begun: *has_begun,
            listens: *listens,
            ..State::default()
        };
        note(&mut changes, REST, &mut self.rest, &rest);
        note(&mut changes, RECENT, &mut self.recent, recent);
        note(&mut changes, ARCHIVES, &mut self.archives, archives);
        note(&mut changes, TOLD, &mut self.told, told);
        for (id, tab) in tabs {
            let (written, seen) = self.tabs.entry(*id).or_default();
            if !written.as_ref().is_some_and(|written| is_same_but_for_seen(written, tab)) {
                let bare = without_seen(tab);
                changes.put.push((tab_key(*id), text(&bare)));
                *written = Some(bare);
            }
            if seen.as_ref() != Some(&tab.seen) {
                changes.put.push((seen_key(*id), text(&Packed::of(&tab.seen))));
                *seen = Some(tab.seen.clone());
            }
        }
        self.tabs.retain(|id, _| {
            let is_there = tabs.contains_key(id);
            if !is_there {
                changes.removed.extend([tab_key(*id), seen_key(*id)]);
            }
            is_there
        });
        self.stale.retain(|key| !changes.put.iter().any(|(put, _)| put == key));
        changes.removed.extend(std::mem::take(&mut self.stale));
        changes
    }

    /// What of that which outlives the browser has to be written; it counts as written from now on.
    pub fn lasting_changes(&mut self, lasting: &Lasting) -> Changes {
        let mut changes = Changes::default();
        let Lasting { seed, next_id, rules, watches, incidents } = lasting;
        let is_written = self.lasting.as_ref().is_some_and(|written| {
            (written.seed, written.next_id, written.rules) == (*seed, *next_id, *rules)
                && written.incidents == *incidents
        });
        if !is_written {
            let incidents = incidents.clone();
            let rest = Lasting { seed: *seed, next_id: *next_id, rules: *rules, watches: Vec::new(), incidents };
            changes.put.push((LASTING.to_owned(), text(&rest)));
            self.lasting = Some(rest);
        }
        for watch in watches {
            let key = watch_key(watch);
            note(&mut changes, &key, self.watches.entry(key.clone()).or_default(), watch);
        }
        self.watches.retain(|key, _| {
            let is_there = watches.iter().any(|watch| watch_key(watch) == *key);
            if !is_there {
                changes.removed.push(key.clone());
            }
            is_there
        });
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
                _ => self.failed_one(key),
            }
        }
    }

    fn failed_one(&mut self, key: &str) {
        if let Some(watch) = self.watches.get_mut(key) {
            *watch = None;
            return;
        }
        let id = |prefix: &str| key.strip_prefix(prefix).and_then(|id| id.parse().ok()).map(TabId);
        if let Some((tab, _)) = id(TAB).and_then(|id| self.tabs.get_mut(&id)) {
            *tab = None;
        } else if let Some((_, seen)) = id(SEEN).and_then(|id| self.tabs.get_mut(&id)) {
            *seen = None;
        } else {
            self.stale.insert(key.to_owned());
        }
    }
}

/// The state that these records of the session hold, what counts as written of it, and what could not be used, in words.
///
/// A record of the older format, with all in one, is read as well; it goes with the first changes.
#[must_use]
pub fn state_of(items: &[(String, String)], reader: &impl Reader) -> (State, Stored, Vec<String>) {
    let find = |key: &str| items.iter().find(|(name, _)| name == key).map(|(_, text)| text.as_str());
    let mut problems = Vec::new();
    let mut stale: BTreeSet<String> = items.iter().map(|(key, _)| key).filter(|key| is_ours(key)).cloned().collect();
    let rest = match find(REST) {
        Some(text) => read::<State>(reader, REST, text, &mut problems),
        None => find(WHOLE).and_then(|text| read::<State>(reader, WHOLE, text, &mut problems)),
    };
    // Without the numbers that were given out nothing of the rest is of use.
    let Some(mut state) = rest else {
        return (State::default(), Stored { stale, ..Stored::default() }, problems);
    };
    let mut stored = Stored::default();
    if find(REST).is_some() {
        for (key, text) in items {
            let Some(id) = key.strip_prefix(TAB).and_then(|id| id.parse().ok()).map(TabId) else { continue };
            let Some(mut tab) = read::<Tab>(reader, key, text, &mut problems) else { continue };
            let seen = seen_key(id);
            let seen = find(&seen).and_then(|text| read::<Packed>(reader, &seen, text, &mut problems));
            tab.seen = seen.map(Packed::into_seen).unwrap_or_default();
            state.tabs.insert(id, tab);
        }
        if let Some(text) = find(RECENT) {
            state.recent = read(reader, RECENT, text, &mut problems).unwrap_or_default();
        }
        if let Some(text) = find(ARCHIVES) {
            state.archives = read(reader, ARCHIVES, text, &mut problems).unwrap_or_default();
        }
        if let Some(text) = find(TOLD) {
            state.told = read(reader, TOLD, text, &mut problems).unwrap_or_default();
        }
        let written = stored.changes(&state);
        stale.retain(|key| !written.put.iter().any(|(put, _)| put == key));
        // What could not be used is written anew.
        let is_lost =
            |key: &String| find(key).is_none() || problems.iter().any(|problem| problem.contains(key.as_str()));
        stored.failed(&written.keys().into_iter().filter(is_lost).collect::<Vec<_>>());
    } else {
        for tab in state.tabs.values_mut() {
            tab.seen = std::mem::take(&mut tab.seen).into_iter().map(|seen| digested(seen, None)).collect();
        }
    }
    stored.stale = stale;
    (state, stored, problems)
}

/// What outlives the browser, from its records; those of watched pages came in one with the rest once.
#[must_use]
pub fn lasting_of(items: &[(String, String)], stored: &mut Stored, reader: &impl Reader) -> (Lasting, Vec<String>) {
    let mut problems = Vec::new();
    let mut lasting = Lasting::default();
    let whole = items.iter().find(|(key, _)| key == LASTING);
    let mut has_watches = false;
    if let Some(record) = whole.and_then(|(key, text)| read::<Lasting>(reader, key, text, &mut problems)) {
        lasting = record;
        has_watches = !lasting.watches.is_empty();
    }
    let mut written = Vec::new();
    for (key, text) in items.iter().filter(|(key, _)| key.starts_with(WATCH)) {
        written.push(key.clone());
        let Some(watch) = read::<Tab>(reader, key, text, &mut problems) else { continue };
        if !lasting.watches.iter().any(|known| known.target == watch.target) {
            lasting.watches.push(watch);
        }
    }
    lasting.watches.sort_by_key(|watch| watch.since);
    let all = stored.lasting_changes(&lasting);
    // Of what could not be read, or came in another way, nothing counts as written.
    let is_new = |key: &String| !written.contains(key) && (key != LASTING || whole.is_none() || has_watches);
    stored.failed(&all.keys().into_iter().filter(is_new).collect::<Vec<_>>());
    // One that could not be read goes with the next changes.
    written.into_iter().for_each(|key| _ = stored.watches.entry(key).or_default());
    (lasting, problems)
}

/// Observations as they are stored: what several have in common once. A look at one site sees the same of each address.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Packed {
    subjects: Vec<(Vantage, Subject)>,
    outcomes: Vec<Came>,
    seen: Vec<Seen>,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Came {
    outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reading: Option<Box<Reading>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    so_far: Option<Box<SoFar>>,
}

/// The places of subject and outcome in their lists, and what each observation has of its own.
type Seen = (usize, usize, Step, Millis, u64, Option<IpAddr>, Option<Resolver>);

impl Packed {
    fn of(seen: &[Observation]) -> Self {
        let mut packed = Self::default();
        for seen in seen {
            let Observation { vantage, subject, step, at, duration_ms, address, resolver, so_far, outcome, reading } =
                seen;
            let is_its = |(one, other): &(Vantage, Subject)| one == vantage && other == subject;
            let of = packed.subjects.iter().position(is_its).unwrap_or_else(|| {
                packed.subjects.push((vantage.clone(), subject.clone()));
                packed.subjects.len() - 1
            });
            let is_same = |came: &Came| came.outcome == *outcome && came.reading == *reading && came.so_far == *so_far;
            let came = packed.outcomes.iter().position(is_same).unwrap_or_else(|| {
                let (outcome, reading, so_far) = (outcome.clone(), reading.clone(), so_far.clone());
                packed.outcomes.push(Came { outcome, reading, so_far });
                packed.outcomes.len() - 1
            });
            packed.seen.push((of, came, *step, *at, *duration_ms, *address, resolver.clone()));
        }
        packed
    }

    fn into_seen(self) -> Vec<Observation> {
        let Self { subjects, outcomes, seen } = self;
        let whole = |(of, came, step, at, duration_ms, address, resolver): Seen| {
            let (vantage, subject) = subjects.get(of)?.clone();
            let Came { outcome, reading, so_far } = outcomes.get(came)?.clone();
            Some(Observation { vantage, subject, step, at, duration_ms, address, resolver, so_far, outcome, reading })
        };
        seen.into_iter().filter_map(whole).collect()
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

fn read<T: DeserializeOwned>(reader: &impl Reader, key: &str, text: &str, problems: &mut Vec<String>) -> Option<T> {
    match reader.read(text) {
        Ok(Record::Current(record)) => Some(record),
        Err(error) => {
            problems.push(format!("{key}: {error}"));
            None
        }
    }
}

/// A tab without what was seen. What a look that is under way has seen is not stored at all: a worker that finds it
/// begins it anew.
fn without_seen(tab: &Tab) -> Tab {
    let Tab { target, failure, since, surface, phase, seen: _, copies, watch, parts } = tab;
    let look = watch.look.as_ref().map(|look| {
        let Look { check, scope, awaits, deadline, seen: _ } = look;
        Look { check: *check, scope: *scope, awaits: *awaits, deadline: *deadline, seen: Vec::new() }
    });
    Tab {
        target: target.clone(),
        failure: failure.clone(),
        since: *since,
        surface: *surface,
        phase: phase.clone(),
        seen: Vec::new(),
        copies: copies.clone(),
        watch: Watch { before: watch.before.clone(), look, ..*watch },
        parts: parts.clone(),
    }
}

fn is_same_but_for_seen(written: &Tab, tab: &Tab) -> bool {
    let Tab { target, failure, since, surface, phase, seen: _, copies, watch, parts } = tab;
    let Watch { due, looks, last_good, well_since, before, look, was_closer, until, tries, tried } = watch;
    let known = &written.watch;
    let is_same_look = match (&known.look, look) {
        (Some(known), Some(look)) => {
            (known.check, known.scope, known.awaits, known.deadline)
                == (look.check, look.scope, look.awaits, look.deadline)
        }
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    is_same_look
        && (known.due, known.looks, known.last_good, known.well_since) == (*due, *looks, *last_good, *well_since)
        && (known.was_closer, known.until, known.tries, known.tried) == (*was_closer, *until, *tries, *tried)
        && (written.since, written.surface) == (*since, *surface)
        && known.before == *before
        && written.phase == *phase
        && written.target == *target
        && written.failure == *failure
        && written.copies == *copies
        && written.parts == *parts
}

fn tab_key(id: TabId) -> String {
    format!("{TAB}{}", id.0)
}

fn seen_key(id: TabId) -> String {
    format!("{SEEN}{}", id.0)
}

/// By the page's address, which the key itself does not tell.
fn watch_key(watch: &Tab) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in watch.target.as_str().bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3); // FNV-1a
    }
    format!("{WATCH}{hash:x}")
}

fn is_ours(key: &str) -> bool {
    [REST, RECENT, ARCHIVES, TOLD, WHOLE].contains(&key) || key.starts_with(TAB) || key.starts_with(SEEN)
}

const REST: &str = "rest";
const RECENT: &str = "recent";
const ARCHIVES: &str = "archives";
const TOLD: &str = "told";
const TAB: &str = "tab:";
const SEEN: &str = "seen:";
const LASTING: &str = "lasting";
const WATCH: &str = "watch:";

/// The older format: all of the session's state in one.
const WHOLE: &str = "state";

#[cfg(test)]
#[path = "stored/tests.rs"]
mod tests;
