//! Pages that are fine while their scripts, styles or images fail elsewhere.
//!
//! The page tells of parts that could not be loaded. Blockers and typing errors look the same to it, so a part counts
//! only when somebody else says so too. The addresses are the page's choice, and a name may lead into the private
//! network: the worker, which cannot see where a name leads, never asks for them. The host does, since it connects to
//! nothing but addresses that it has looked at. Where there is none, only what the page itself was shown counts.

use super::limits::DOUBT_DEADLINE;
use super::turn::Turn;
use super::{host, judge, leave, open, surface};
use crate::event::FailedPart;
use crate::failure::Failure;
use crate::observation::{Answer, Observation, Outcome, Step, Subject, Vantage};
use crate::outage::{Awaits, Outage, Phase, SiteKey};
use crate::port::{Request, Scope};
use crate::state::{State, Surface, Tab};
use crate::tab::TabId;
use crate::target::{Target, site_of};
use crate::verdict;

/// Hosts that are looked at: enough to name the CDN, few enough to be no load.
const MAX_HOSTS: usize = 3;

/// Parts of a page failed: have the host look at their servers before saying anything.
pub(super) fn failed(state: &mut State, turn: &mut Turn, tab: TabId, target: Target, failed: Vec<FailedPart>) {
    // A page that fails itself has a greater trouble, and one that is known is known.
    if state.tabs.contains_key(&tab) {
        return;
    }
    let key = SiteKey::of_parts(&target);
    let failure = Failure::HttpError { status: None };
    let entry = |target: Target| Tab {
        target,
        failure: failure.clone(),
        since: turn.now,
        surface: Surface::Document,
        outage: key.clone(),
        copies: Default::default(),
    };
    // Another tab shows the page, and its parts are looked at.
    if let Some(known) = state.outages.get_mut(&key) {
        if known.is_left_alone() {
            known.recovery.set_due(Some(turn.now));
        }
        state.tabs.insert(tab, entry(target));
        surface::draw_badge(state, turn, tab);
        turn.touch(tab);
        return;
    }
    let mut parts: Vec<(Target, u16)> = Vec::new();
    for FailedPart { target: part, status } in failed {
        let is_own = site_of(part.host()) == site_of(target.host());
        // A server on a port of its own is hardly a part's, and a page may not choose which ports are tried.
        let is_usual = part.url().port().is_none();
        if !is_own && is_usual && parts.len() < MAX_HOSTS && !parts.iter().any(|(known, _)| known.host() == part.host())
        {
            parts.push((part, status));
        }
    }
    if !host::may_ask(&state.host) {
        parts.retain(|(_, status)| Failure::from_status(*status).is_some());
    }
    if parts.is_empty() {
        return;
    }
    let shown = parts.iter().find_map(|(part, status)| shown(part, *status, turn));
    let phase = Phase::Doubted { deadline: turn.now.plus(DOUBT_DEADLINE), check: None };
    let outage = Outage {
        parts: parts.into_iter().map(|(part, _)| part).collect(),
        seen: shown.into_iter().collect(),
        ..Outage::new(target.clone(), Some(failure.clone()), turn.now, phase)
    };
    state.tabs.insert(tab, entry(target));
    state.put_outage(key.clone(), outage);
    look(state, turn, &key);
}

/// What the page was shown of a part, where that is an error. It has no headers: nothing names a CDN by it.
fn shown(part: &Target, status: u16, turn: &Turn) -> Option<Observation> {
    Failure::from_status(status)?;
    let outcome = Outcome::Answered(Answer { status, ..Answer::default() });
    let subject = Subject::Part(part.host().to_owned());
    Some(Observation { at: turn.now, ..Observation::new(Vantage::Browser, subject, Step::Http, outcome) })
}

/// Has the host look at the first part; without a host, what the page was shown is all there is.
pub(super) fn look(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    let Some(outage) = state.outages.get(key) else { return };
    let Some(url) = outage.parts.first().map(|part| part.as_str().to_owned()) else {
        return leave::drop_outage(state, turn, key);
    };
    if host::may_ask(&state.host) {
        let id = host::new_id(state);
        state.set_phase(key, Phase::Doubted { deadline: turn.now.plus(DOUBT_DEADLINE), check: Some(id) });
        host::ask(state, turn, Request::Check { id, url, scope: Scope::Target, proxy: None });
    } else if !outage.seen.is_empty() {
        by_the_page_alone(state, turn, key);
    } else {
        leave::drop_outage(state, turn, key);
    }
}

/// The host saw something of the part that it looks at: its server's own error makes the doubt a certainty, and the whole
/// check begins.
pub(super) fn observed(state: &mut State, turn: &mut Turn, key: &SiteKey, observation: Observation) {
    let Some(outage) = state.outages.get_mut(key) else { return };
    let is_certain = matches!(observation.subject, Subject::Part(_))
        && observation.answer().is_some()
        && verdict::is_bad(&observation);
    outage.seen.push(observation);
    if is_certain {
        host::cancel(state, turn, key);
        begin(state, turn, key);
        let Some(outage) = state.outages.get_mut(key) else { return };
        // The whole check asks each address anew.
        outage.seen.retain(|seen| seen.vantage == Vantage::Browser);
        if let Some(request) = open::request(outage) {
            host::ask(state, turn, request);
        }
    }
}

/// Parts of a page fail for sure: the badge, and the rest of the host's check of the first of them.
fn begin(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    let check = host::new_check(state, host::first_scope(state), Awaits::Host, turn.now);
    state.set_phase(key, Phase::Checking(check));
    let Some(outage) = state.outages.get_mut(key) else { return };
    let failure = outage.seen.iter().find_map(Observation::failure);
    outage.failure = failure.clone().or(outage.failure.take());
    for tab in surface::tabs_of(state, key) {
        if let (Some(entry), Some(failure)) = (state.tabs.get_mut(&tab), &failure) {
            entry.failure = failure.clone();
        }
    }
    surface::draw_badges(state, turn, key);
    turn.touch_outage(key);
}

/// The host has nothing more to say of the part that it looked at: the next one, if there is one.
pub(super) fn looked_into(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    let can_ask = host::may_ask(&state.host);
    let Some(outage) = state.outages.get_mut(key) else { return };
    let by_page = |seen: &Observation| seen.vantage == Vantage::Browser;
    if can_ask && !outage.parts.is_empty() {
        let part = outage.parts.remove(0);
        let subject = Subject::Part(part.host().to_owned());
        // What the host saw stands above what the page says.
        outage.seen.retain(|seen| by_page(seen) && seen.subject != subject);
    } else {
        outage.seen.retain(by_page);
        let has_error =
            |part: &Target| outage.seen.iter().any(|seen| seen.subject == Subject::Part(part.host().to_owned()));
        outage.parts.retain(has_error);
    }
    look(state, turn, key);
}

/// Nobody but the page says so: a badge, and no more than that.
fn by_the_page_alone(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    let Some(outage) = state.outages.get_mut(key) else { return };
    let failing = outage.seen.first().map(|seen| seen.subject.clone());
    if let Some(place) = outage.parts.iter().position(|part| failing == Some(Subject::Part(part.host().to_owned()))) {
        outage.parts.swap(0, place);
    }
    begin(state, turn, key);
    judge::conclude(state, turn, key);
}

/// An observation of a part says so.
pub(super) fn named(outage: &Outage, asked: &Target, observation: Observation) -> Observation {
    match outage.parts.iter().find(|part| *part == asked) {
        Some(part) if observation.subject == Subject::Target => {
            Observation { subject: Subject::Part(part.host().to_owned()), ..observation }
        }
        Some(_) | None => observation,
    }
}
