//! Looking again at pages that failed, until they are back: when, how much, and what it comes to.

use super::{CHECK_DEADLINE, Turn, check, may_ask};
use crate::effect::Effect;
use crate::event::TabId;
use crate::observation::{Millis, Observation, Vantage, retry_after};
use crate::port::{CheckId, Request, Scope};
use crate::state::{Awaits, Look, Phase, State, Tab};
use crate::verdict::{Before, Fault, GOOD_SAMPLES_APART, Verdict, is_well};

/// From one look to the next: soon at first, since most failures pass soon, then ever more rarely.
const INTERVALS: [u64; 4] = [15_000, 30_000, 60_000, 120_000];

/// Looks of many users must not fall together: each is shifted by up to this many hundredths, either way.
const JITTER: u64 = 20;

/// A page that is back is looked at for this much longer: in November 2025 sites were back for five minutes at a time.
const AFTERCARE: u64 = 15 * 60 * 1000;

/// What others said of a site counts for this long; then they are asked again, where the user wants it always.
const CLOSER_FRESH: u64 = 5 * 60 * 1000;

/// So many looks ask others anew while it is open whether it is everywhere.
const OPEN_LOOKS: u32 = 2;

/// Counts a look for the recovery rule: good ones in a row, each well after the other.
pub(super) fn count(tab: &mut Tab, now: Millis) {
    let Some(before) = &mut tab.watch.before else { return };
    if !is_well(&tab.seen.iter().collect::<Vec<_>>()) {
        before.relapses = before.relapses.saturating_add(u8::from(before.is_over()));
        before.good = 0;
        tab.watch.last_good = None;
    } else if tab.watch.last_good.is_none_or(|last| now.since(last) >= GOOD_SAMPLES_APART) {
        before.good = before.good.saturating_add(1);
        tab.watch.last_good = Some(now);
    }
}

/// Remembers what is wrong, and sets the time of the next look.
pub(super) fn concluded(tab: &mut Tab, verdict: &Verdict, now: Millis) {
    let known = tab.watch.before.as_ref().map(|before| before.fault);
    let is_news = known.is_none_or(|known| verdict.fault.is_of_cdn() || !known.is_of_cdn());
    if verdict.fault.is_cause() && is_news {
        let cdn = verdict.cdn.as_ref().map(|cdn| cdn.name.clone());
        let relapses = tab.watch.before.as_ref().map_or(0, |before| before.relapses);
        tab.watch.before = Some(Before { fault: verdict.fault, cdn, good: 0, relapses });
    }
    let is_over_now = tab.watch.before.as_ref().is_some_and(Before::is_over);
    if tab.watch.well_since.is_none() && is_good(verdict.fault, is_over_now) {
        tab.watch.well_since = Some(now);
    } else if verdict.fault.is_cause() {
        tab.watch.well_since = None;
    }
    let has_lasted = tab.watch.well_since.is_some_and(|since| now.since(since) >= AFTERCARE);
    let is_over = verdict.fault == Fault::Challenge || has_lasted;
    let is_getting_better = tab.watch.well_since.is_none() && matches!(verdict.fault, Fault::Recovering | Fault::Moved);
    tab.watch.due = (!is_over).then(|| {
        let step = usize::try_from(tab.watch.looks).unwrap_or(usize::MAX);
        let usual = INTERVALS.get(step).or(INTERVALS.last()).copied().unwrap_or(GOOD_SAMPLES_APART);
        let interval = if is_getting_better { GOOD_SAMPLES_APART } else { usual };
        // Everybody else was told the same moment: later is spread, earlier is never.
        let asked = retry_after(&tab.seen).map(|until| until.since(now)).filter(|asked| *asked > interval);
        now.plus(jittered(tab, asked.unwrap_or(interval), is_getting_better || asked.is_some()))
    });
}

/// Whether the outage is called over.
const fn is_good(fault: Fault, is_over: bool) -> bool {
    matches!(fault, Fault::Passed) || (matches!(fault, Fault::Moved) && is_over)
}

/// Spread by the page and the number of the look: core has no dice, and every page has another name. A sample for the
/// recovery rule never comes too early to count.
fn jittered(tab: &Tab, interval: u64, is_only_later: bool) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ u64::from(tab.watch.looks) ^ tab.since.0;
    for byte in tab.target.as_str().bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3); // FNV-1a
    }
    let widest = interval * JITTER / 100;
    let earliest = if is_only_later { interval } else { interval - widest };
    earliest + (hash >> 16) % (interval + widest - earliest + 1)
}

/// Looks whose time has come.
pub(super) fn due(state: &mut State, turn: &mut Turn) {
    let now = turn.now;
    let is_due = |tab: &Tab| tab.watch.look.is_none() && tab.watch.due.is_some_and(|due| due <= now);
    let tabs: Vec<TabId> = state.tabs.iter().filter(|(_, tab)| is_due(tab)).map(|(id, _)| *id).collect();
    for tab in tabs {
        let scope =
            if state.settings.look_closer && !has_fresh_word(state, tab, now) { Scope::Closer } else { Scope::Again };
        begin(state, turn, tab, scope);
    }
}

/// The user wants to know more.
pub(super) fn look_closer(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get(&tab) else { return };
    if matches!(entry.phase, Phase::Concluded { .. }) {
        check::cancel(state, turn, tab);
        begin(state, turn, tab, Scope::Closer);
        turn.touch(tab);
    }
}

/// Asks the site and the host once more; the verdict stands until they have answered.
fn begin(state: &mut State, turn: &mut Turn, tab: TabId, scope: Scope) {
    let check = CheckId(state.next_id);
    state.next_id += 1;
    let can_ask = may_ask(&state.host);
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    let now = turn.now;
    let kept = entry.seen.iter().filter(|seen| is_word_of_others(seen) && now.since(seen.at) <= CLOSER_FRESH);
    let seen = kept.cloned().collect();
    let awaits = if can_ask { Awaits::Both } else { Awaits::Browser };
    entry.watch.due = None;
    entry.watch.was_closer |= scope == Scope::Closer;
    entry.watch.look = Some(Look { check, scope, awaits, deadline: now.plus(CHECK_DEADLINE), seen });
    let url = check::subject_of(entry).as_str().to_owned();
    turn.order(Effect::AskAgain { tab, url: url.clone() });
    if can_ask {
        check::ask_host(state, turn, Request::Check { id: check, url, scope });
    }
}

/// A look is over: what it saw takes the place of what was known.
pub(super) fn finish(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    let Some(look) = entry.watch.look.take() else { return };
    entry.watch.looks = entry.watch.looks.saturating_add(1);
    // Nothing came at all: what was known stands, and the next look may do better.
    if look.seen.iter().any(|seen| !is_word_of_others(seen)) {
        entry.seen = look.seen;
    }
    check::conclude(state, turn, tab);
}

/// The worker died during a look: it is begun anew.
pub(super) fn resume(tab: &mut Tab, now: Millis) {
    if tab.watch.look.take().is_some() {
        tab.watch.due = Some(now);
    }
}

/// When the next look is due; the deadline of one that is under way is the check's.
pub(super) const fn deadline(tab: &Tab) -> Option<Millis> {
    tab.watch.due
}

/// Whether others have said enough for now. Where their first word left open whether it is everywhere, a second one is
/// asked for at once: a place that fails for a part of the tries is seldom met twice in its good state.
fn has_fresh_word(state: &State, tab: TabId, now: Millis) -> bool {
    let Some(tab) = state.tabs.get(&tab) else { return true };
    let is_fresh = |seen: &Observation| is_word_of_others(seen) && now.since(seen.at) <= CLOSER_FRESH;
    let is_open = matches!(&tab.phase, Phase::Concluded { verdict, .. } if verdict.fault == Fault::CdnHere);
    tab.seen.iter().any(is_fresh) && !(is_open && tab.watch.looks < OPEN_LOOKS)
}

/// What other networks and other resolvers said, which a second look does not ask again.
const fn is_word_of_others(seen: &Observation) -> bool {
    matches!(seen.vantage, Vantage::Remote(_)) || seen.resolver.is_some()
}
