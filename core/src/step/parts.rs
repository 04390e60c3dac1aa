//! Pages that are fine while their scripts, styles or images fail elsewhere.
//!
//! The page tells of parts that could not be loaded. Blockers and typing errors look the same to it, so a part counts
//! only when somebody else says so too. The addresses are the page's choice, and a name may lead into the private
//! network: the worker, which cannot see where a name leads, never asks for them. The host does, since it connects to
//! nothing but addresses that it has looked at. Where there is none, only what the page itself was shown counts.

use super::{DOUBT_DEADLINE, Turn, check, may_ask, page};
use crate::event::{FailedPart, TabId};
use crate::failure::Failure;
use crate::observation::{Answer, Observation, Outcome, Step, Subject, Vantage};
use crate::port::{Request, Scope};
use crate::state::{Phase, State, Surface, Tab};
use crate::target::{Target, site_of};
use crate::verdict;

/// Hosts that are looked at: enough to name the CDN, few enough to be no load.
const MAX_HOSTS: usize = 3;

/// Parts of a page failed: have the host look at their servers before saying anything.
pub(super) fn failed(state: &mut State, turn: &mut Turn, tab: TabId, url: &str, failed: &[FailedPart]) {
    let Ok(target) = Target::parse(url) else { return };
    // A page that fails itself has a greater trouble, and one that is known is known.
    if state.tabs.contains_key(&tab) {
        return;
    }
    let mut parts: Vec<(Target, u16)> = Vec::new();
    for FailedPart { url, status } in failed {
        let Ok(part) = Target::parse(url) else { continue };
        let is_own = site_of(part.host()) == site_of(target.host());
        // A server on a port of its own is hardly a part's, and a page may not choose which ports are tried.
        let is_usual = part.url().port().is_none();
        if !is_own && is_usual && parts.len() < MAX_HOSTS && !parts.iter().any(|(known, _)| known.host() == part.host())
        {
            parts.push((part, *status));
        }
    }
    if !may_ask(&state.host) {
        parts.retain(|(_, status)| Failure::from_status(*status).is_some());
    }
    if parts.is_empty() {
        return;
    }
    let shown = parts.iter().find_map(|(part, status)| shown(part, *status, turn));
    let phase = Phase::Doubted { deadline: turn.now.plus(DOUBT_DEADLINE), check: None };
    let failure = Failure::HttpError { status: None };
    let parts = parts.into_iter().map(|(part, _)| part).collect();
    let entry = Tab {
        parts,
        seen: shown.into_iter().collect(),
        ..page::entry(target, failure, turn.now, Surface::Document, phase)
    };
    state.tabs.insert(tab, entry);
    look(state, turn, tab);
}

/// What the page was shown of a part, where that is an error. It has no headers: nothing names a CDN by it.
fn shown(part: &Target, status: u16, turn: &Turn) -> Option<Observation> {
    Failure::from_status(status)?;
    let outcome = Outcome::Answered(Answer { status, ..Answer::default() });
    let subject = Subject::Part(part.host().to_owned());
    Some(Observation { at: turn.now, ..Observation::new(Vantage::Browser, subject, Step::Http, outcome) })
}

/// Has the host look at the first part; without a host, what the page was shown is all there is.
fn look(state: &mut State, turn: &mut Turn, tab: TabId) {
    let can_ask = may_ask(&state.host);
    let Some(entry) = state.tabs.get(&tab) else { return };
    let Some(url) = entry.parts.first().map(|part| part.as_str().to_owned()) else {
        return page::forget(state, turn, tab);
    };
    if can_ask {
        let id = check::new_id(state);
        let Some(entry) = state.tabs.get_mut(&tab) else { return };
        entry.phase = Phase::Doubted { deadline: turn.now.plus(DOUBT_DEADLINE), check: Some(id) };
        check::ask_host(state, turn, Request::Check { id, url, scope: Scope::Target });
    } else if !entry.seen.is_empty() {
        by_the_page_alone(state, turn, tab);
    } else {
        page::forget(state, turn, tab);
    }
}

/// The worker is up again: the host is asked anew.
pub(super) fn resume(state: &mut State, turn: &mut Turn, tab: TabId) {
    look(state, turn, tab);
}

/// The host saw something of the part that it looks at: its server's own error makes the doubt a certainty, and the whole
/// check begins.
pub(super) fn observed(state: &mut State, turn: &mut Turn, tab: TabId, observation: Observation) {
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    let is_certain = matches!(observation.subject, Subject::Part(_))
        && observation.answer().is_some()
        && verdict::is_bad(&observation);
    entry.seen.push(observation);
    if is_certain {
        check::cancel(state, turn, tab);
        page::open_parts(state, turn, tab);
        let look_closer = state.settings.look_closer;
        let Some(entry) = state.tabs.get_mut(&tab) else { return };
        // The whole check asks each address anew.
        entry.seen.retain(|seen| seen.vantage == Vantage::Browser);
        if let Some(request) = check::request(entry, look_closer) {
            check::ask_host(state, turn, request);
        }
    }
}

/// The host has nothing more to say of the part that it looked at: the next one, if there is one.
pub(super) fn looked_into(state: &mut State, turn: &mut Turn, tab: TabId) {
    let can_ask = may_ask(&state.host);
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    let by_page = |seen: &Observation| seen.vantage == Vantage::Browser;
    if can_ask && !entry.parts.is_empty() {
        let part = entry.parts.remove(0);
        let subject = Subject::Part(part.host().to_owned());
        // What the host saw stands above what the page says.
        entry.seen.retain(|seen| by_page(seen) && seen.subject != subject);
    } else {
        entry.seen.retain(by_page);
        let has_error =
            |part: &Target| entry.seen.iter().any(|seen| seen.subject == Subject::Part(part.host().to_owned()));
        entry.parts.retain(has_error);
    }
    look(state, turn, tab);
}

/// Nobody but the page says so: a sign, and no more than that.
fn by_the_page_alone(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    let failing = entry.seen.first().map(|seen| seen.subject.clone());
    if let Some(place) = entry.parts.iter().position(|part| failing == Some(Subject::Part(part.host().to_owned()))) {
        entry.parts.swap(0, place);
    }
    page::open_parts(state, turn, tab);
    check::conclude(state, turn, tab);
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
