//! Pages that are fine while their scripts, styles or images fail elsewhere.
//!
//! The page tells of parts that could not be loaded. Blockers and typing errors look the same to it, so a part counts
//! only when its own server answers the worker with an error as well.

use super::{DOUBT_DEADLINE, Turn, page};
use crate::effect::Effect;
use crate::event::TabId;
use crate::failure::Failure;
use crate::observation::{Observation, Subject};
use crate::state::{Phase, State, Surface, Tab};
use crate::target::{Target, site_of};

/// Hosts that are asked: enough to name the CDN, few enough to be no load.
const MAX_HOSTS: usize = 3;

/// Parts of a page failed: ask their servers before saying anything.
pub(super) fn failed(state: &mut State, turn: &mut Turn, tab: TabId, url: &str, failed: &[String]) {
    let Ok(target) = Target::parse(url) else { return };
    // A page that fails itself has a greater trouble, and one that is known is known.
    if state.tabs.contains_key(&tab) {
        return;
    }
    let mut parts: Vec<Target> = Vec::new();
    for part in failed.iter().filter_map(|part| Target::parse(part).ok()) {
        let is_own = site_of(part.host()) == site_of(target.host());
        if !is_own && parts.len() < MAX_HOSTS && !parts.iter().any(|known| known.host() == part.host()) {
            parts.push(part);
        }
    }
    if parts.is_empty() {
        return;
    }
    for part in &parts {
        turn.order(Effect::AskAgain { tab, url: part.as_str().to_owned() });
    }
    let phase = Phase::Doubted { deadline: turn.now.plus(DOUBT_DEADLINE) };
    let failure = Failure::HttpError { status: None };
    let entry = Tab { parts, ..page::entry(target, failure, turn.now, Surface::Document, phase) };
    state.tabs.insert(tab, entry);
}

/// A part's server answered the worker: with an error, or not.
pub(super) fn doubted(state: &mut State, turn: &mut Turn, tab: TabId, is_error: bool) {
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    if !is_error {
        if entry.seen.len() >= entry.parts.len() {
            page::forget(state, turn, tab); // all have answered, and none with an error
        }
        return;
    }
    let failing = entry.seen.last().map(|seen| seen.subject.clone());
    // The one that fails for sure is the one to look at.
    let is_failing = |part: &Target| failing == Some(Subject::Part(part.host().to_owned()));
    if let Some(place) = entry.parts.iter().position(is_failing) {
        entry.parts.swap(0, place);
    }
    page::open_parts(state, turn, tab);
}

/// An observation of a part says so.
pub(super) fn named(tab: &Tab, url: &str, observation: Observation) -> Observation {
    match tab.parts.iter().find(|part| part.as_str() == url) {
        Some(part) if observation.subject == Subject::Target => {
            Observation { subject: Subject::Part(part.host().to_owned()), ..observation }
        }
        Some(_) | None => observation,
    }
}
