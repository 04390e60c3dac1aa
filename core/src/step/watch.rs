//! Looking again at pages that failed, until they are back: when, how much, and what it comes to.
//!
//! A watch belongs to a page, not to a tab: pages of one host share each look, and a watch that the user asked for
//! goes on without a tab, under a number of our own ([`TabId::is_real`]). Each look is a GET without cookies; what a
//! form sent is never sent again.

use super::{CHECK_DEADLINE, Turn, check, may_ask};
use crate::effect::Effect;
use crate::event::TabId;
use crate::observation::{Millis, Observation, Subject, Vantage, retry_after};
use crate::port::{Request, Scope};
use crate::state::{Look, Phase, State, Surface, Tab};
use crate::verdict::{Before, Fault, GOOD_SAMPLES_APART, Verdict, has_left, is_well};

mod asked;

pub(super) use asked::{clicked, goes_on, keep_in_line, restore, take_over};

/// From one look to the next: soon at first, since most failures pass soon, then ever more rarely.
const INTERVALS: [u64; 4] = [15_000, 30_000, 60_000, 120_000];

/// After so many looks, which is some four hours, or ten, the next is this far off: what fails for so long is not back
/// within minutes.
const LONG_OUTAGES: [(u32, u64); 2] = [(180, 600_000), (120, 300_000)];

/// Looks of many users must not fall together: each is shifted by up to this many hundredths, either way. Of those who
/// met a failure in the same moment no round is to be seen after ten minutes.
const JITTER: u64 = 20;

/// A page that is back is looked at for this much longer: in November 2025 sites were back for five minutes at a time.
pub(super) const AFTERCARE: u64 = 15 * 60 * 1000;

/// What others said of a site counts for this long; then they are asked again, where the user wants it always.
const CLOSER_FRESH: u64 = 5 * 60 * 1000;

/// So many looks ask others anew while it is open whether it is everywhere.
const OPEN_LOOKS: u32 = 2;

/// What canaries said counts for other pages' looks for this long.
const CANARIES_FRESH: u64 = 60 * 1000;

/// Looks at sites of one CDN that may be under way together: a handful says how it is, however many tabs there are.
pub const MOST_LOOKS_PER_CDN: usize = 5;

/// Looks that may be under way together at all.
pub const MOST_LOOKS: usize = 10;

/// A look that has to wait for others is tried again after this long, which is about what a look takes.
const WAIT: u64 = 4_000;

/// On a line, or a battery, that the user wants spared, looks are this many times rarer.
const SPARING: u64 = 4;

/// Without a network there is nothing to see: what is due is put off by this, and comes soon after the network does.
const OFFLINE_INTERVAL: u64 = 5 * 60 * 1000;

/// The longest that a site may put us off, in milliseconds: a day.
const MOST_RETRY_AFTER: u64 = 24 * 60 * 60 * 1000;

/// What the tries of one page are remembered for.
const MOST_TRIES: u32 = u32::BITS;

/// What a watch knows of the user: who they are not, and what they want spared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    seed: u32,
    is_saving: bool,
}

impl Pace {
    pub(super) const fn of(state: &State) -> Self {
        Self { seed: state.lasting.seed, is_saving: state.conditions.is_saving || state.settings.look_seldom }
    }
}

/// Counts a look for the recovery rule: good ones in a row, each well after the other.
pub(super) fn count(tab: &mut Tab, now: Millis) {
    let seen: Vec<&Observation> = tab.seen.iter().collect();
    let is_well = is_well(&seen, Some(&tab.failure)) || has_left(&check::case(tab, &seen, now));
    tab.watch.tries = tab.watch.tries << 1 | u32::from(is_well);
    tab.watch.tried = MOST_TRIES.min(tab.watch.tried + 1);
    let Some(before) = &mut tab.watch.before else { return };
    if !is_well {
        before.relapses = before.relapses.saturating_add(u8::from(tab.watch.well_since.is_some()));
        before.good = 0;
        before.is_called = false;
        tab.watch.last_good = None;
    } else if tab.watch.last_good.is_none_or(|last| now.since(last) >= GOOD_SAMPLES_APART) {
        before.good = before.good.saturating_add(1);
        tab.watch.last_good = Some(now);
    }
}

/// Remembers what is wrong, and sets the time of the next look.
pub(super) fn concluded(tab: &mut Tab, verdict: &Verdict, pace: Pace, now: Millis) {
    let known = tab.watch.before.as_ref().map(|before| before.fault);
    let is_news = known.is_none_or(|known| verdict.fault.is_of_cdn() || !known.is_of_cdn());
    if verdict.fault.is_cause() && is_news {
        let cdn = verdict.cdn.as_ref().map(|cdn| cdn.name.clone());
        let relapses = tab.watch.before.as_ref().map_or(0, |before| before.relapses);
        tab.watch.before = Some(Before { fault: verdict.fault, cdn, good: 0, relapses, is_called: false });
    }
    let is_over_now = tab.watch.before.as_ref().is_some_and(Before::is_over);
    if tab.watch.well_since.is_none() && is_good(verdict.fault, is_over_now) {
        tab.watch.well_since = Some(now);
        if let Some(before) = &mut tab.watch.before {
            before.is_called = true;
        }
    } else if verdict.fault.is_cause() {
        tab.watch.well_since = None;
    }
    let has_lasted = tab.watch.well_since.is_some_and(|since| now.since(since) >= AFTERCARE);
    let is_over = verdict.fault == Fault::Challenge || has_lasted;
    let is_getting_better = tab.watch.well_since.is_none() && matches!(verdict.fault, Fault::Recovering | Fault::Moved);
    tab.watch.due = (!is_over).then(|| {
        let interval = if is_getting_better { GOOD_SAMPLES_APART } else { interval(tab.watch.looks) };
        let interval = if pace.is_saving { interval * SPARING } else { interval };
        // Everybody else was told the same moment: later is spread, earlier is never.
        let asked = retry_after(&tab.seen).map(|until| until.since(now)).filter(|asked| *asked > interval);
        let asked = asked.map(|asked| asked.min(MOST_RETRY_AFTER));
        now.plus(jittered(tab, asked.unwrap_or(interval), is_getting_better || asked.is_some(), pace.seed))
    });
}

fn interval(looks: u32) -> u64 {
    let of_long = LONG_OUTAGES.iter().find(|(from, _)| looks >= *from).map(|(_, interval)| *interval);
    let step = usize::try_from(looks).unwrap_or(usize::MAX);
    of_long.or_else(|| INTERVALS.get(step).or(INTERVALS.last()).copied()).unwrap_or(GOOD_SAMPLES_APART)
}

/// Whether it comes and goes by our own tries: it failed again at least twice, lately after any good one, or within all
/// that is remembered after good ones in a row, where it still answers now and then. Those in a row are what tells a
/// site with good and bad spells of minutes, in each of which it is looked at several times, from one that fails for
/// most requests all the time.
pub(super) fn flickers(tab: &Tab) -> bool {
    let tries = tab.watch.tries;
    let lately = tries & 0xFFF;
    let is_lately = (lately >> 1 & !lately).count_ones() >= 2 && tab.watch.tried > 4;
    let is_by_spells = (tries >> 2 & tries >> 1 & !tries).count_ones() >= 2 && lately != 0;
    is_lately || is_by_spells
}

/// Whether the outage is called over.
const fn is_good(fault: Fault, is_over: bool) -> bool {
    matches!(fault, Fault::Passed) || (matches!(fault, Fault::Moved) && is_over)
}

/// Spread by the page, the number of the look and the installation's own number: core has no dice. A sample for the
/// recovery rule never comes too early to count.
fn jittered(tab: &Tab, interval: u64, is_only_later: bool, seed: u32) -> u64 {
    let widest = interval * JITTER / 100;
    let earliest = if is_only_later { interval } else { interval - widest };
    earliest + spread(tab, seed) % (interval + widest - earliest + 1)
}

fn spread(tab: &Tab, seed: u32) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ u64::from(tab.watch.looks) ^ tab.since.0 ^ (u64::from(seed) << 20);
    for byte in tab.target.as_str().bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3); // FNV-1a
    }
    hash >> 16
}

/// Looks whose time has come, as many as may be under way together; the rest wait a moment.
pub(super) fn due(state: &mut State, turn: &mut Turn) {
    let now = turn.now;
    let is_due = |tab: &Tab| tab.watch.look.is_none() && tab.watch.due.is_some_and(|due| due <= now);
    let tabs: Vec<TabId> = state.tabs.iter().filter(|(_, tab)| is_due(tab)).map(|(id, _)| *id).collect();
    for tab in tabs {
        // An earlier one of this round may have taken it along.
        let Some(entry) = state.tabs.get(&tab).filter(|entry| is_due(entry)) else { continue };
        let is_awaited = state.board.awaited.contains(&tab);
        let wait = if !state.conditions.is_online && !is_awaited { OFFLINE_INTERVAL } else { WAIT };
        let wait = wait + spread(entry, state.lasting.seed) % (wait / 4);
        if wait < OFFLINE_INTERVAL && has_room(state, entry) {
            let leader = leader(state, tab);
            let is_open = state.settings.look_closer && !has_fresh_word(state, leader, now);
            begin(state, turn, leader, is_open);
        } else if let Some(entry) = state.tabs.get_mut(&tab) {
            entry.watch.due = Some(now.plus(wait));
        }
    }
}

/// Whether one more look may be under way.
fn has_room(state: &State, tab: &Tab) -> bool {
    let looking = || state.tabs.values().filter(|other| other.watch.look.is_some());
    let cdn = cdn_of(tab);
    let on_cdn = looking().filter(|other| cdn.is_some() && cdn_of(other) == cdn).count();
    looking().count() < MOST_LOOKS && on_cdn < MOST_LOOKS_PER_CDN
}

/// What another page's look has just seen of the canaries of this page's CDN: one look asks them for all.
fn canaries(state: &State, tab: TabId, now: Millis) -> Vec<Observation> {
    let Some(cdn) = state.tabs.get(&tab).and_then(cdn_of) else { return Vec::new() };
    let is_canary = |seen: &&Observation| {
        let is_fresh = now.since(seen.at) <= CANARIES_FRESH;
        matches!(seen.subject, Subject::Sibling(_)) && seen.vantage == Vantage::Host && is_fresh
    };
    let others = state.tabs.iter().filter(|(id, other)| **id != tab && cdn_of(other) == Some(cdn));
    let most = others.map(|(_, other)| other).max_by_key(|other| other.seen.iter().filter(is_canary).count());
    most.map(|other| other.seen.iter().filter(is_canary).cloned().collect()).unwrap_or_default()
}

/// Who delivers the page, or did when it failed.
pub(crate) fn cdn_of(tab: &Tab) -> Option<&str> {
    let before = tab.watch.before.as_ref().and_then(|before| before.cdn.as_deref());
    match &tab.phase {
        Phase::Concluded { verdict, .. } => before.or_else(|| verdict.cdn.as_ref().map(|cdn| cdn.name.as_str())),
        Phase::Checking { .. } | Phase::Doubted { .. } => before,
    }
}

/// The pages of one host that share their looks, this one among them. Pages with broken parts are looked at for those.
fn of_one_host(state: &State, tab: TabId) -> Vec<TabId> {
    let Some(own) = state.tabs.get(&tab).filter(|own| own.parts.is_empty()) else { return vec![tab] };
    let shares = |other: &Tab| {
        let is_free = other.watch.look.is_none() && matches!(other.phase, Phase::Concluded { .. });
        // Another scheme or port is another server, and over plain http anybody on the way may be one.
        is_free && other.parts.is_empty() && own.target.url().origin() == other.target.url().origin()
    };
    state.tabs.iter().filter(|(id, other)| **id == tab || shares(other)).map(|(id, _)| *id).collect()
}

/// Whose page is asked for, on behalf of all of its host: each in turn, so that none is called well unseen.
fn leader(state: &State, tab: TabId) -> TabId {
    let all = of_one_host(state, tab);
    let looks = state.tabs.get(&tab).map_or(0, |entry| entry.watch.looks);
    let nth = usize::try_from(looks).unwrap_or(0) % all.len().max(1);
    all.get(nth).copied().unwrap_or(tab)
}

/// The user wants to know more.
pub(super) fn look_closer(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get(&tab) else { return };
    if matches!(entry.phase, Phase::Concluded { .. }) {
        check::cancel(state, turn, tab);
        begin(state, turn, tab, true);
        turn.touch(tab);
    }
}

/// Asks the site and the host once more; the verdict stands until they have answered.
fn begin(state: &mut State, turn: &mut Turn, tab: TabId, is_closer: bool) {
    let check = check::new_id(state);
    let can_ask = may_ask(&state.host);
    let has_browser = state.conditions.has_browser;
    let now = turn.now;
    // The others wait for what comes of it; if nothing does, they look themselves.
    for other in of_one_host(state, tab) {
        if let Some(other) = state.tabs.get_mut(&other) {
            other.watch.due = Some(now.plus(CHECK_DEADLINE + WAIT));
        }
    }
    let canaries = if is_closer { Vec::new() } else { canaries(state, tab, now) };
    let scope = match (is_closer, canaries.as_slice()) {
        (true, _) => Scope::Closer,
        (false, []) => Scope::Again,
        (false, _) => Scope::Alone,
    };
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    let kept = entry.seen.iter().filter(|seen| is_word_of_others(seen) && now.since(seen.at) <= CLOSER_FRESH);
    let seen = kept.cloned().chain(canaries).collect();
    // An address that a page named is the host's to look at: it checks where the name leads.
    let has_browser = has_browser && entry.parts.is_empty();
    let awaits = check::awaits(can_ask, has_browser);
    entry.watch.due = None;
    entry.watch.was_closer |= is_closer;
    entry.watch.look = Some(Look { check, scope, awaits, deadline: now.plus(CHECK_DEADLINE), seen });
    let url = check::subject_of(entry).as_str().to_owned();
    if has_browser {
        turn.order(Effect::AskAgain { tab, url: url.clone() });
    }
    if can_ask {
        check::ask_host(state, turn, Request::Check { id: check, url, scope });
    }
}

/// A look is over: what it saw takes the place of what was known, for every page of the host.
pub(super) fn finish(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(look) = state.tabs.get_mut(&tab).and_then(|entry| entry.watch.look.take()) else { return };
    // Nothing came at all: what was known stands, and the next look may do better.
    let has_seen =
        look.seen.iter().any(|seen| !matches!(seen.subject, Subject::Sibling(_)) && !is_word_of_others(seen));
    let all = of_one_host(state, tab);
    for one in &all {
        let Some(entry) = state.tabs.get_mut(one) else { continue };
        entry.watch.looks = entry.watch.looks.saturating_add(1);
        if has_seen {
            entry.seen.clone_from(&look.seen);
        }
        check::conclude(state, turn, *one);
        state.board.awaited.retain(|awaited| awaited != one);
    }
    // They go on together.
    let due = state.tabs.get(&tab).and_then(|entry| entry.watch.due);
    for one in all {
        if let Some(entry) = state.tabs.get_mut(&one).filter(|entry| entry.watch.due.is_some()) {
            entry.watch.due = due.or(entry.watch.due);
        }
    }
}

/// A page is back: a tab that still shows its failure reloads by itself, where the user chose so.
///
/// Never one that the user is in the middle of: a page whose parts failed, or one whose banner was closed. The shell asks
/// for it by its address, at its old place, so that no form is sent again.
pub(super) fn came_back(state: &State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get(&tab).filter(|_| state.settings.reload_when_back) else { return };
    match entry.surface {
        Surface::OutagePage => turn.order(Effect::Navigate { tab, url: entry.target.as_str().to_owned() }),
        Surface::BrowserErrorPage => turn.order(Effect::Reload { tab }),
        Surface::Banner if entry.failure.status().is_some_and(|status| status >= 500) && entry.parts.is_empty() => {
            turn.order(Effect::Reload { tab });
        }
        Surface::Banner | Surface::Unknown | Surface::Replaced | Surface::Document | Surface::Nowhere => {}
    }
}

/// The user wants every page looked at now.
pub(super) fn all_now(state: &mut State, turn: &mut Turn) {
    let mut awaited = Vec::new();
    for (id, tab) in &mut state.tabs {
        if matches!(tab.phase, Phase::Concluded { .. }) {
            awaited.push(*id);
            if tab.watch.look.is_none() {
                tab.watch.due = Some(turn.now);
            }
        }
    }
    state.board.total = u32::try_from(awaited.len()).unwrap_or(u32::MAX);
    state.board.awaited = awaited;
    due(state, turn);
    turn.is_board_touched = true;
}

/// The network, or what may be used of it, is not what it was: what waited for it may go on, each at its own moment.
pub(super) fn conditions_changed(state: &mut State, turn: &mut Turn, was_online: bool) {
    if was_online || !state.conditions.is_online {
        return;
    }
    let seed = state.lasting.seed;
    for tab in state.tabs.values_mut().filter(|tab| tab.watch.look.is_none()) {
        let soon = turn.now.plus(WAIT + spread(tab, seed) % (2 * WAIT));
        // Whoever asked to be left alone until then still does.
        let soon = retry_after(&tab.seen).map_or(soon, |asked| asked.max(soon));
        tab.watch.due = tab.watch.due.map(|due| due.min(soon));
    }
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
