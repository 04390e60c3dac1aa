//! Looking again at sites that failed, until they are back: when, how many at once, and how much of each.

use super::turn::Turn;
use super::{host, judge};
use crate::effect::Effect;
use crate::observation::{Millis, Observation, Subject, Vantage, retry_after};
use crate::outage::{Awaits, Outage, Phase, SiteKey};
use crate::port::{Request, Scope};
use crate::state::State;
use crate::tab::TabId;
use crate::verdict::Fault;

/// What others said of a site counts for this long; then they are asked again, where the user wants it always.
const CLOSER_FRESH: u64 = 5 * 60 * 1000;

/// The first rechecks ask remote probes again while the outage's scope is undecided.
const OPEN_RECHECKS: u32 = 2;

/// What canaries said counts for other sites' rechecks for this long.
const CANARIES_FRESH: u64 = 60 * 1000;

/// Rechecks of sites of one CDN that may be under way together: a handful says how it is, however many sites there are.
pub const MOST_RECHECKS_PER_CDN: usize = 5;

/// Rechecks that may be under way together at all.
pub const MOST_RECHECKS: usize = 10;

/// A recheck that has to wait for others is tried again after this long, which is about what one takes.
const WAIT: u64 = 4_000;

/// Without a network there is nothing to see: what is due is put off by this, and comes soon after the network does.
const OFFLINE_INTERVAL: u64 = 5 * 60 * 1000;

/// Rechecks whose time has come, as many as may be under way together; the rest wait a moment.
pub(super) fn due(state: &mut State, turn: &mut Turn) {
    let is_due = |outage: &Outage| {
        matches!(outage.phase, Phase::Concluded { .. }) && outage.recovery.due().is_some_and(|due| due <= turn.now)
    };
    for key in state.outages_where(is_due) {
        let Some(outage) = state.outages.get(&key) else { continue };
        let is_awaited = state.board.awaited.contains(&key);
        let wait = if !state.conditions.is_online && !is_awaited { OFFLINE_INTERVAL } else { WAIT };
        if wait < OFFLINE_INTERVAL && has_room(state, outage) {
            let is_closer = state.settings.look_closer && !has_fresh_word(outage, turn.now);
            if let Some(outage) = state.outages.get_mut(&key) {
                outage.turn_to_next_page();
            }
            begin(state, turn, &key, is_closer);
        } else {
            let wait = wait + outage.recovery.spread(state.pace(outage)) % (wait / 4);
            if let Some(outage) = state.outages.get_mut(&key) {
                outage.recovery.set_due(Some(turn.now.plus(wait)));
            }
        }
    }
}

/// Whether one more recheck may be under way.
fn has_room(state: &State, outage: &Outage) -> bool {
    let under_way = || state.outages.values().filter(|other| other.recheck().is_some());
    let cdn = outage.cdn();
    let on_cdn = under_way().filter(|other| cdn.is_some() && other.cdn() == cdn).count();
    under_way().count() < MOST_RECHECKS && on_cdn < MOST_RECHECKS_PER_CDN
}

/// What another site's recheck has just seen of the canaries of this site's CDN: one asks them for all.
fn canaries(state: &State, key: &SiteKey, now: Millis) -> Vec<Observation> {
    let Some(cdn) = state.outages.get(key).and_then(Outage::cdn) else { return Vec::new() };
    let is_canary = |seen: &&Observation| {
        let is_fresh = now.since(seen.at) <= CANARIES_FRESH;
        matches!(seen.subject, Subject::Sibling(_)) && seen.vantage == Vantage::Host && is_fresh
    };
    let others = state.outages.iter().filter(|(other, outage)| *other != key && outage.cdn() == Some(cdn));
    let most = others.map(|(_, other)| other).max_by_key(|other| other.seen.iter().filter(is_canary).count());
    most.map(|other| other.seen.iter().filter(is_canary).cloned().collect()).unwrap_or_default()
}

/// The user wants to know more.
pub(super) fn look_closer(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(key) = state.tabs.get(&tab).map(|entry| entry.outage.clone()) else { return };
    if state.outages.get(&key).is_some_and(|outage| outage.verdict().is_some()) {
        host::cancel(state, turn, &key);
        let page = state.tabs.get(&tab).map(|entry| entry.target.clone());
        if let (Some(outage), Some(page)) = (state.outages.get_mut(&key), page) {
            outage.page = page;
        }
        begin(state, turn, &key, true);
        turn.touch_outage(&key);
    }
}

/// Asks the site and the host once more; the verdict stands until they have answered.
fn begin(state: &mut State, turn: &mut Turn, key: &SiteKey, is_closer: bool) {
    let now = turn.now;
    let canaries = if is_closer { Vec::new() } else { canaries(state, key, now) };
    let scope = match (is_closer, canaries.as_slice()) {
        (true, _) => Scope::Closer,
        (false, []) => Scope::Again,
        (false, _) => Scope::Alone,
    };
    let Some(outage) = state.outages.get(key) else { return };
    let can_ask = host::may_ask(&state.host);
    // An address that a page named is the host's to look at: it checks where the name leads.
    let has_browser = state.conditions.has_browser && outage.parts.is_empty();
    let check = host::new_check(state, scope, Awaits::of(can_ask, has_browser), now);
    let Some(outage) = state.outages.get_mut(key) else { return };
    let kept = outage.seen.iter().filter(|seen| is_word_of_others(seen) && now.since(seen.at) <= CLOSER_FRESH);
    let seen = kept.cloned().chain(canaries).collect();
    outage.recovery.set_due(None);
    outage.was_closer |= is_closer;
    let subject = outage.subject().clone();
    let proxy = host::suspected_proxy(outage.failure.as_ref());
    let (Phase::Concluded { verdict, at } | Phase::Rechecking { verdict, at, .. }) = outage.phase.clone() else {
        return;
    };
    state.set_phase(key, Phase::Rechecking { verdict, at, check, seen });
    if has_browser {
        turn.order(Effect::AskAgain { page: subject.clone() });
    }
    if can_ask {
        let url = subject.as_str().to_owned();
        host::ask(state, turn, Request::Check { id: check.id, url, scope, proxy });
    }
}

/// A recheck is over: what it saw takes the place of what was known.
pub(super) fn finish(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    let Some(outage) = state.outages.get_mut(key) else { return };
    let Phase::Rechecking { seen, .. } = &mut outage.phase else { return };
    let seen = std::mem::take(seen);
    // Nothing came at all: what was known stands, and the next one may do better.
    let has_news = seen.iter().any(|seen| !matches!(seen.subject, Subject::Sibling(_)) && !is_word_of_others(seen));
    if has_news {
        outage.seen = seen;
    }
    outage.recovery.rechecked();
    state.board.awaited.retain(|awaited| awaited != key);
    judge::conclude_from(state, turn, key, has_news);
}

/// The user wants every site looked at now.
pub(super) fn all_now(state: &mut State, turn: &mut Turn) {
    let awaited = state.outages_where(|outage| outage.verdict().is_some());
    for key in &awaited {
        if let Some(outage) = state.outages.get_mut(key).filter(|outage| outage.recheck().is_none()) {
            outage.recovery.set_due(Some(turn.now));
        }
    }
    state.board.total = u32::try_from(awaited.len()).unwrap_or(u32::MAX);
    state.board.awaited = awaited;
    due(state, turn);
    turn.is_board_touched = true;
}

/// What is checked anew from the beginning is not waited for by "check all now".
pub(super) fn forget_awaited(state: &mut State, turn: &mut Turn) {
    let before = state.board.awaited.len();
    let is_coming = |key: &SiteKey| state.outages.get(key).is_some_and(|outage| outage.verdict().is_some());
    state.board.awaited.retain(is_coming);
    turn.is_board_touched |= state.board.awaited.len() != before;
}

/// The network, or what may be used of it, is not what it was: what waited for it may go on, each at its own moment.
pub(super) fn conditions_changed(state: &mut State, turn: &Turn, was_online: bool) {
    if was_online || !state.conditions.is_online {
        return;
    }
    for key in state.outages_where(|outage| outage.recheck().is_none()) {
        let Some(outage) = state.outages.get(&key) else { continue };
        let soon = turn.now.plus(WAIT + outage.recovery.spread(state.pace(outage)) % (2 * WAIT));
        // Whoever asked to be left alone until then still does.
        let soon = retry_after(&outage.seen).map_or(soon, |asked| asked.max(soon));
        let due = outage.recovery.due().map(|due| due.min(soon));
        if let Some(outage) = state.outages.get_mut(&key) {
            outage.recovery.set_due(due);
        }
    }
}

/// Whether others have said enough for now. Where their first word left open whether it is everywhere, a second one is
/// asked for at once: a place that fails for a part of the tries is seldom met twice in its good state.
fn has_fresh_word(outage: &Outage, now: Millis) -> bool {
    let is_fresh = |seen: &Observation| is_word_of_others(seen) && now.since(seen.at) <= CLOSER_FRESH;
    let is_open = outage.verdict().is_some_and(|verdict| verdict.fault == Fault::CdnHere);
    outage.seen.iter().any(is_fresh) && !(is_open && outage.recovery.rechecks() < OPEN_RECHECKS)
}

/// What other networks and other resolvers said, which a recheck does not ask again.
const fn is_word_of_others(seen: &Observation) -> bool {
    matches!(seen.vantage, Vantage::Remote(_)) || seen.resolver.is_some()
}
