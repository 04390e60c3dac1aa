//! What was stored, read again: of this version, and of earlier ones.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::packed::Packed;
use super::{
    ARCHIVES, EVIDENCE, INCIDENT, LASTING, OLD_WATCH, OUTAGE, RECENT, REST, Reader, Record, Stored, TAB, TOLD, WATCHED,
};
use crate::incident::{Incident, Lasting};
use crate::outage::{Outage, SiteKey};
use crate::state::{State, Tab};
use crate::tab::TabId;
use crate::target::Target;

/// The state that these records of the session hold, what counts as written of it, and what could not be used, in words.
///
/// Records of an older format cost the work in flight: the browser drops the session's storage when it updates an
/// extension, so that only a development build ever meets them.
#[must_use]
pub fn state_of(items: &[(String, String)], reader: &impl Reader) -> (State, Stored, Vec<String>) {
    let find = |key: &str| items.iter().find(|(name, _)| name == key).map(|(_, text)| text.as_str());
    let mut problems = Vec::new();
    let mut stale: BTreeSet<String> = items.iter().map(|(key, _)| key).filter(|key| is_ours(key)).cloned().collect();
    if let Some(old) = stale.iter().find(|key| is_old(key)) {
        problems.push(format!("{old}: of an earlier version's format"));
    }
    let rest = find(REST).and_then(|text| read::<State>(reader, REST, text, &mut problems));
    // Without the numbers that were given out nothing of the rest is of use.
    let Some(mut state) = rest else {
        return (State::default(), Stored { stale, ..Stored::default() }, problems);
    };
    for (key, text) in items {
        let Some(name) = key.strip_prefix(OUTAGE) else { continue };
        let Some((site, mut outage)) = read::<(SiteKey, Outage)>(reader, key, text, &mut problems) else { continue };
        let evidence = [EVIDENCE, name].concat();
        let seen = find(&evidence).and_then(|text| read::<Packed>(reader, &evidence, text, &mut problems));
        outage.seen = seen.map(Packed::into_seen).unwrap_or_default();
        state.outages.insert(site, outage);
    }
    for (key, text) in items {
        let Some(id) = key.strip_prefix(TAB).and_then(|id| id.parse().ok()).map(TabId) else { continue };
        let tab = read::<Tab>(reader, key, text, &mut problems);
        // A tab without its outage shows nothing.
        if let Some(tab) = tab.filter(|tab| state.outages.contains_key(&tab.outage)) {
            state.tabs.insert(id, tab);
        }
    }
    let outages = state.outages.iter();
    state.checks = outages.filter_map(|(key, outage)| Some((outage.check_id()?, key.clone()))).collect();
    if let Some(text) = find(RECENT) {
        state.recent = read(reader, RECENT, text, &mut problems).unwrap_or_default();
    }
    if let Some(text) = find(ARCHIVES) {
        state.archives = read(reader, ARCHIVES, text, &mut problems).unwrap_or_default();
    }
    if let Some(text) = find(TOLD) {
        state.told = read(reader, TOLD, text, &mut problems).unwrap_or_default();
    }
    let mut stored = Stored::default();
    let written = stored.changes(&mut state);
    stale.retain(|key| !written.put.iter().any(|(put, _)| put == key));
    // What could not be used is written anew.
    let is_lost = |key: &String| find(key).is_none() || problems.iter().any(|problem| problem.contains(key.as_str()));
    stored.failed(&written.keys().into_iter().filter(is_lost).collect::<Vec<_>>());
    stored.stale = stale;
    (state, stored, problems)
}

/// What outlives the browser, from its records. An earlier version kept incidents and watched pages in one record with the
/// rest, and later each watched page under a key of its own, with all that was known of it.
#[must_use]
pub fn lasting_of(items: &[(String, String)], stored: &mut Stored, reader: &impl Reader) -> (Lasting, Vec<String>) {
    let find = |key: &str| items.iter().find(|(name, _)| name == key).map(|(_, text)| text.as_str());
    let mut problems = Vec::new();
    let mut lasting = Lasting::default();
    let mut watched: Vec<Target> = Vec::new();
    if let Some(text) = find(LASTING) {
        if let Some(record) = read::<Lasting>(reader, LASTING, text, &mut problems) {
            lasting = record;
        }
        let old = read::<OldLasting>(reader, LASTING, text, &mut Vec::new());
        watched.extend(old.into_iter().flat_map(|old| old.watches).map(|old| old.target));
    }
    let in_one = lasting.incidents.len();
    for (key, text) in items {
        if key.starts_with(INCIDENT) {
            match read::<Incident>(reader, key, text, &mut problems) {
                Some(incident) => lasting.incidents.push(incident),
                None => _ = stored.stale_for_good.insert(key.clone()),
            }
        } else if key.starts_with(OLD_WATCH) {
            watched.extend(read::<OldWatch>(reader, key, text, &mut problems).map(|old| old.target));
            stored.stale_for_good.insert(key.clone());
        }
    }
    lasting.incidents.sort_by_key(|incident| incident.id);
    if let Some(text) = find(WATCHED) {
        lasting.watched = read(reader, WATCHED, text, &mut problems).unwrap_or_default();
    }
    for page in watched {
        if !lasting.watched.contains(&page) {
            lasting.watched.push(page);
        }
    }
    let stale = std::mem::take(&mut stored.stale_for_good);
    let all = stored.lasting_changes(&lasting);
    // Of what could not be read, or came in another way, nothing counts as written.
    let is_old = in_one > 0 || !stale.is_empty();
    let is_lost = |key: &String| {
        find(key).is_none()
            || (is_old && key == LASTING)
            || problems.iter().any(|problem| problem.contains(key.as_str()))
    };
    stored.failed(&all.keys().into_iter().filter(is_lost).collect::<Vec<_>>());
    stored.stale_for_good = stale;
    (lasting, problems)
}

/// A watched page of an earlier version: all that was known of it, of which only the address is of use.
#[derive(Debug, Serialize, Deserialize)]
struct OldWatch {
    target: Target,
}

#[derive(Debug, Serialize, Deserialize)]
struct OldLasting {
    #[serde(default)]
    watches: Vec<OldWatch>,
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

fn is_ours(key: &str) -> bool {
    [REST, RECENT, ARCHIVES, TOLD].contains(&key)
        || [OUTAGE, EVIDENCE, TAB].iter().any(|prefix| key.starts_with(prefix))
        || is_old(key)
}

/// Whether an earlier version wrote it.
fn is_old(key: &str) -> bool {
    key == "state" || key.starts_with("seen:")
}
