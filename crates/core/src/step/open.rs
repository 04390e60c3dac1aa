//! How it begins: a tab fails, and its site's outage is opened, joined or doubted.

use super::limits::DOUBT_DEADLINE;
use super::turn::Turn;
use super::{copies, host, leave, surface};
use crate::effect::Effect;
use crate::failure::Failure;
use crate::observation::{Millis, Observation, Subject};
use crate::outage::{Awaits, Outage, Phase, SiteKey};
use crate::port::{Request, Scope};
use crate::state::{State, Surface, Tab};
use crate::tab::TabId;
use crate::target::Target;
use crate::verdict;
use crate::view::{Mood, mood};

/// A tab's page failed: the badge first, everything else after it.
///
/// A site has one check: whoever fails while it is checked waits for the same verdict, and a verdict that speaks of such
/// a failure stands while the site is looked at again.
pub(super) fn open(state: &mut State, turn: &mut Turn, tab: TabId, target: Target, failure: Failure) {
    let key = SiteKey::of_site(&target);
    let known = state.tabs.get(&tab).filter(|known| known.target == target && known.outage == key);
    let copies = known.map(|known| known.copies.clone());
    // Another page came without a word, or this one was doubted: what was before is left.
    if state.tabs.get(&tab).is_some_and(|known| known.target != target || known.outage != key) {
        leave::leave(state, turn, tab);
    }
    let is_new = copies.is_none();
    let entry = Tab {
        target: target.clone(),
        failure: failure.clone(),
        since: turn.now,
        surface: Surface::Unknown,
        outage: key.clone(),
        copies: copies.unwrap_or_default(),
    };
    state.tabs.insert(tab, entry);
    let is_first = check(state, turn, &key, &target, failure);
    surface::draw_badge(state, turn, tab);
    if is_first {
        ask(state, turn, &key);
    }
    if is_new {
        copies::begin(state, turn, tab);
    }
    turn.touch(tab);
}

/// Brings the site's outage in line with a failure of this page; whether a check of it begins.
fn check(state: &mut State, turn: &mut Turn, key: &SiteKey, page: &Target, failure: Failure) -> bool {
    let Some(outage) = state.outages.get_mut(key) else {
        let phase = begun(state, turn.now);
        state.put_outage(key.clone(), Outage::new(page.clone(), Some(failure), turn.now, phase));
        return true;
    };
    let is_new = outage.add_page(page);
    let was_for_now = outage.until.take().is_some();
    if was_for_now {
        leave::drop_unseen(state, turn, key);
    }
    let Some(outage) = state.outages.get_mut(key) else { return false };
    match &outage.phase {
        Phase::Checking(_) => {
            outage.failure.get_or_insert(failure);
            // Its own word counts as well: another page of a site may fail alone.
            if is_new {
                turn.order(Effect::AskAgain { page: page.clone() });
            }
            false
        }
        Phase::Concluded { .. } | Phase::Rechecking { .. } if explains(outage, &failure) => {
            let due = outage.recovery.due();
            if outage.recheck().is_none() && !is_fresh(outage, turn.now) {
                outage.recovery.set_due(Some(due.map_or(turn.now, |due| due.min(turn.now))));
            }
            turn.touch_outage(key);
            false
        }
        Phase::Concluded { .. } | Phase::Rechecking { .. } | Phase::Doubted { .. } => {
            outage.failure = Some(failure);
            outage.page.clone_from(page);
            outage.seen.clear();
            outage.recovery.set_due(None);
            host::cancel(state, turn, key);
            let phase = begun(state, turn.now);
            state.set_phase(key, phase);
            surface::draw_badges(state, turn, key);
            turn.touch_outage(key);
            true
        }
    }
}

/// Whether the verdict shows that it fails, and this failure is of the kind that it speaks of.
fn explains(outage: &Outage, failure: &Failure) -> bool {
    let is_same = outage.failure.as_ref().is_some_and(|known| known.phase() == failure.phase());
    let is_failing = matches!(mood(outage), Mood::Failing | Mood::Flickering);
    let is_told = outage.verdict().is_some_and(|verdict| verdict.fault.is_cause() && !verdict.fault.is_own());
    is_same && is_failing && is_told
}

/// Whether the site was looked at just now: ten tabs that fail together are one check.
fn is_fresh(outage: &Outage, now: Millis) -> bool {
    outage.looked().is_some_and(|at| now.since(at) < FRESH)
}

/// The first phase of a failing site.
fn begun(state: &mut State, now: Millis) -> Phase {
    let awaits = Awaits::of(host::may_ask(&state.host), state.conditions.has_browser);
    Phase::Checking(host::new_check(state, host::first_scope(state), awaits, now))
}

/// Asks host and site for the check that has begun.
fn ask(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    let Some(outage) = state.outages.get(key) else { return };
    let page = outage.page.clone();
    if let Some(request) = request(outage).filter(|_| host::may_ask(&state.host)) {
        host::ask(state, turn, request);
    }
    turn.order(Effect::AskAgain { page });
}

/// What to ask the host for while this outage is checked.
pub(super) fn request(outage: &Outage) -> Option<Request> {
    let Phase::Checking(check) = &outage.phase else { return None };
    let proxy = host::suspected_proxy(outage.failure.as_ref());
    Some(Request::Check { id: check.id, url: outage.subject().as_str().to_owned(), scope: check.scope, proxy })
}

/// The user watches a page that no tab shows: its site is checked.
pub(super) fn open_unseen(state: &mut State, turn: &mut Turn, page: Target) {
    let key = SiteKey::of_site(&page);
    if let Some(outage) = state.outages.get_mut(&key) {
        outage.add_page(&page);
        if outage.is_left_alone() {
            outage.recovery.set_due(Some(turn.now));
        }
        if outage.until.take().is_some() {
            leave::drop_unseen(state, turn, &key);
        }
        return;
    }
    let phase = begun(state, turn.now);
    state.put_outage(key.clone(), Outage::new(page, None, turn.now, phase));
    ask(state, turn, &key);
}

/// It is not sure that the page failed: ask the site itself before saying anything.
pub(super) fn doubt(
    state: &mut State,
    turn: &mut Turn,
    tab: TabId,
    target: Target,
    failure: Failure,
    surface: Surface,
) {
    leave::forget(state, turn, tab);
    let key = SiteKey::of_page(&target);
    // Another tab shows the same page: its doubt is this one's.
    if !state.outages.contains_key(&key) {
        let phase = Phase::Doubted { deadline: turn.now.plus(DOUBT_DEADLINE), check: None };
        state.put_outage(key.clone(), Outage::new(target.clone(), Some(failure.clone()), turn.now, phase));
        turn.order(Effect::AskAgain { page: target.clone() });
    }
    let entry = Tab { target, failure, since: turn.now, surface, outage: key, copies: Default::default() };
    state.tabs.insert(tab, entry);
}

/// The worker starts again, and so does the doubt.
pub(super) fn doubt_anew(state: &mut State, now: Millis, key: &SiteKey) {
    state.set_phase(key, Phase::Doubted { deadline: now.plus(DOUBT_DEADLINE), check: None });
}

/// The browser could not ask the site itself: the host does, where there is one. Else the doubt stands, and nothing is said.
pub(super) fn have_host_look(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    let url = state.outages.get(key).map(|outage| outage.page.as_str().to_owned());
    let Some(url) = url.filter(|_| host::may_ask(&state.host)) else {
        return leave::drop_outage(state, turn, key);
    };
    let id = host::new_id(state);
    state.set_phase(key, Phase::Doubted { deadline: turn.now.plus(DOUBT_DEADLINE), check: Some(id) });
    host::ask(state, turn, Request::Check { id, url, scope: Scope::Target, proxy: None });
}

/// The host has looked at a doubted page: one good answer, or no word at all, and nothing is said.
pub(super) fn host_looked(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    let Some(outage) = state.outages.get_mut(key) else { return };
    let of_page = || outage.seen.iter().filter(|seen| seen.subject == Subject::Target);
    let is_well = of_page().any(|seen| seen.answer().is_some() && !verdict::is_bad(seen));
    let is_bad = of_page().any(verdict::is_bad);
    // The whole check asks each address anew.
    outage.seen.clear();
    if is_bad && !is_well {
        confirm(state, turn, key);
    } else {
        leave::drop_outage(state, turn, key);
    }
}

/// The doubt was justified: the site itself fails.
pub(super) fn confirm(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    let Some(outage) = state.outages.get(key) else { return };
    let seen = outage.seen.clone();
    let failure = seen.iter().find_map(Observation::failure).filter(|seen| seen.status().is_some());
    let site = SiteKey::of_site(&outage.page);
    let is_known = state.outages.contains_key(&site);
    for tab in surface::tabs_of(state, key) {
        let Some(entry) = state.tabs.get(&tab) else { continue };
        let (target, surface) = (entry.target.clone(), entry.surface);
        let failure = failure.clone().filter(|_| !is_soft(&entry.failure)).unwrap_or_else(|| entry.failure.clone());
        open(state, turn, tab, target, failure);
        if surface == Surface::Document {
            surface::show_banner(state, turn, tab);
        } else {
            turn.order(Effect::ReadPage { tab });
        }
    }
    if !is_known && let Some(outage) = state.outages.get_mut(&site) {
        outage.seen = seen;
    }
}

/// An error page that says "fine".
pub(super) fn is_soft(failure: &Failure) -> bool {
    failure.status().is_some_and(|status| status < 300)
}

/// A look so short ago, in milliseconds, is not made again because another tab fails.
const FRESH: u64 = 10_000;
