//! Watches that the user asked for: they outlive their tab, the worker and the browser.

use super::super::{Turn, check, may_ask, page};
use super::spread;
use crate::copies::Copies;
use crate::effect::Effect;
use crate::event::TabId;
use crate::failure::Failure;
use crate::incident::{Incident, Kind, MOST_WATCHES, Site, Standing, is_watch_of};
use crate::observation::Millis;
use crate::state::{Phase, State, Surface, Tab, Watch};
use crate::target::Target;
use crate::verdict::{Before, Confidence, Fault, Verdict};

/// A site that has failed for longer than this when the browser is opened again is not looked at before its page is.
const REVIVED_MOST: u64 = 12 * 60 * 60 * 1000;

/// How long a site is watched on that nobody asked for, after the browser was opened again: its tab may not come back.
const REVIVED_FOR: u64 = 60 * 60 * 1000;

/// After the browser's start, looks that waited are spread over this time.
const START_SPREAD: u64 = 20_000;

/// The user wants to be told when a page is back, or not any more.
pub(in crate::step) fn clicked(state: &mut State, turn: &mut Turn, url: &str, on: bool) {
    let Ok(target) = Target::parse(url) else { return };
    turn.is_board_touched = true;
    turn.touch_page(state, &target);
    for tab in state.tabs.values_mut().filter(|tab| tab.target == target) {
        tab.watch.until = None;
    }
    if !on {
        state.lasting.watches.retain(|watch| !is_watch_of(&watch.target, &target));
        turn.is_lasting_touched = true;
        if let Some(id) = without_tab(state, &target) {
            page::left(state, turn, id);
        }
        return;
    }
    if is_asked(state, &target) || state.lasting.watches.len() >= MOST_WATCHES {
        return;
    }
    let known = state.tabs.values().find(|tab| tab.target == target).map(record);
    let is_new = known.is_none();
    state.lasting.watches.push(known.unwrap_or_else(|| fresh(target.watched(), turn.now)));
    turn.is_lasting_touched = true;
    if is_new {
        let id = unused(state);
        let phase = check::begin(state, turn.now);
        let entry = Tab { phase, ..fresh(target, turn.now) };
        let url = entry.target.as_str().to_owned();
        let request = check::request(&entry, state.settings.look_closer);
        state.tabs.insert(id, entry);
        if let Some(request) = request.filter(|_| may_ask(&state.host)) {
            check::ask_host(state, turn, request);
        }
        if state.conditions.has_browser {
            turn.order(Effect::AskAgain { tab: id, url });
        }
    }
}

/// Whether the user asked for this page to be watched.
pub(in crate::step) fn is_asked(state: &State, target: &Target) -> bool {
    state.lasting.is_watched(target)
}

/// The tab is gone: a watch that was asked for goes on without it, unless another tab shows the page.
pub(in crate::step) fn goes_on(state: &mut State, entry: &Tab, now: Millis) {
    let is_known = state.tabs.values().any(|other| other.target == entry.target);
    if is_known || !is_asked(state, &entry.target) || !entry.parts.is_empty() {
        return;
    }
    let rested = resting(record(entry), state.lasting.seed, now);
    let entry = Tab { target: entry.target.clone(), seen: entry.seen.clone(), ..rested };
    state.tabs.insert(unused(state), entry);
}

/// A tab shows a page that was watched without one: what is known of it goes over to the tab.
pub(in crate::step) fn take_over(state: &mut State, turn: &mut Turn, target: &Target) -> Watch {
    let Some(id) = without_tab(state, target) else { return Watch::default() };
    check::cancel(state, turn, id);
    let watch = state.tabs.remove(&id).map(|entry| entry.watch).unwrap_or_default();
    Watch { look: None, due: None, until: None, ..watch }
}

/// Watches without an entry were asked for before the browser was closed, or by a worker that died.
pub(in crate::step) fn restore(state: &mut State, now: Millis) {
    if !std::mem::replace(&mut state.has_begun, true) {
        revive(state, now);
    }
    let is_lost = |watch: &&Tab| !has_entry(state, &watch.target);
    let lost: Vec<Tab> = state.lasting.watches.iter().filter(is_lost).map(record).collect();
    for watch in lost {
        let entry = resting(watch, state.lasting.seed, now);
        let id = unused(state);
        state.tabs.insert(id, entry);
    }
}

/// Keeps what outlives the browser in line with what is known, and ends watches that have nothing more to look at.
pub(in crate::step) fn keep_in_line(state: &mut State, turn: &mut Turn) {
    let is_past = |tab: &Tab| tab.watch.until.is_some_and(|until| until <= turn.now);
    let past: Vec<TabId> = state.tabs.iter().filter(|(_, tab)| is_past(tab)).map(|(id, _)| *id).collect();
    for id in past {
        page::left(state, turn, id);
    }
    // What is gone, or is looked at anew from the beginning, is not waited for by "check all now".
    let is_coming = |id: &TabId| state.tabs.get(id).is_some_and(|tab| matches!(tab.phase, Phase::Concluded { .. }));
    let awaited = state.board.awaited.len();
    state.board.awaited.retain(is_coming);
    turn.is_board_touched |= state.board.awaited.len() != awaited;
    if state.lasting.watches.is_empty() {
        return;
    }
    let mut watches = std::mem::take(&mut state.lasting.watches);
    let before = watches.len();
    // Its entry went because it is over, or no outage at all.
    watches.retain(|watch| has_entry(state, &watch.target));
    turn.is_lasting_touched |= watches.len() != before;
    for watch in &mut watches {
        let entries = || state.tabs.values().filter(|tab| is_watch_of(&watch.target, &tab.target));
        let Some(now) = entries().find(|tab| matches!(tab.phase, Phase::Concluded { .. })) else { continue };
        // Each look and each verdict sets one of these; comparing it all is a lot of code for the same.
        if (watch.watch.due, watch.watch.looks) != (due(now), now.watch.looks) {
            *watch = record(now);
            turn.is_lasting_touched = true;
        }
    }
    state.lasting.watches = watches;
}

/// The browser was closed in the middle of an outage: its sites are watched on for a while, whether their tabs come back
/// or not. A tab that does takes its site's watch over.
fn revive(state: &mut State, now: Millis) {
    let is_of_site = |incident: &&Incident| incident.kind != Kind::Network;
    let sites: Vec<Site> = state.lasting.incidents.iter().filter(is_of_site).flat_map(|it| it.sites.clone()).collect();
    for site in sites {
        let lasts = match site.standing() {
            Standing::Unknown => continue,
            Standing::Moved | Standing::Back => super::AFTERCARE,
            Standing::Failing | Standing::Flickering | Standing::Recovering => REVIVED_MOST,
        };
        let Ok(target) = Target::parse(&site.url) else { continue };
        let is_asked = state.lasting.watches.iter().any(|watch| watch.target.host() == target.host());
        let is_muted = super::super::is_muted(&state.settings, &site.host);
        if !is_asked && !is_muted && now.since(site.since()) < lasts {
            let entry = resting(revived(&site, target, now), state.lasting.seed, now);
            let id = unused(state);
            state.tabs.insert(id, entry);
        }
    }
}

/// What an incident's account says of a site.
fn revived(site: &Site, target: Target, now: Millis) -> Tab {
    let later = site.spells.iter().skip(1);
    let relapses =
        site.spells.iter().zip(later).filter(|((_, one), (_, next))| one.is_good() && next.is_down()).count();
    let relapses = u8::try_from(relapses).unwrap_or(u8::MAX);
    let well_since = site.standing().is_good().then(|| site.since());
    let verdict = Verdict {
        fault: site.last_fault(),
        confidence: Confidence::Low,
        cdn: None,
        because: Vec::new(),
        missing: Vec::new(),
    };
    let before =
        Before { fault: site.fault, cdn: site.cdn.clone(), good: 0, relapses, is_called: well_since.is_some() };
    let since = site.spells.first().map_or(site.since(), |(at, _)| *at);
    Tab {
        since,
        phase: Phase::Concluded { verdict, at: site.since() },
        watch: Watch { before: Some(before), well_since, until: Some(now.plus(REVIVED_FOR)), ..Watch::default() },
        ..fresh(target, since)
    }
}

/// A page that is known by its address only.
fn fresh(target: Target, now: Millis) -> Tab {
    let phase = Phase::Doubted { deadline: now, check: None };
    // No browser has loaded it; what there is to know of its failure is what a look sees.
    page::entry(target, Failure::HttpError { status: None }, now, Surface::Nowhere, phase)
}

/// A watch as it is kept for good: what is known of the page, without the evidence.
fn record(entry: &Tab) -> Tab {
    let bare = |verdict: &Verdict| Verdict { because: Vec::new(), missing: Vec::new(), ..verdict.clone() };
    let phase = match &entry.phase {
        Phase::Concluded { verdict, at } => Phase::Concluded { verdict: bare(verdict), at: *at },
        // Begun anew, if it comes to that.
        Phase::Checking { deadline, .. } | Phase::Doubted { deadline, .. } => {
            Phase::Doubted { deadline: *deadline, check: None }
        }
    };
    let mut watch = entry.watch.clone();
    watch.due = due(entry);
    watch.look = None;
    Tab {
        target: entry.target.watched(),
        failure: entry.failure.clone(),
        since: entry.since,
        surface: Surface::Nowhere,
        phase,
        seen: Vec::new(),
        copies: Copies::default(),
        watch,
        parts: Vec::new(),
    }
}

/// When a watch as it is kept goes on: a look that is under way is begun anew after its deadline.
fn due(entry: &Tab) -> Option<Millis> {
    entry.watch.look.as_ref().map(|look| look.deadline).or(entry.watch.due)
}

/// A recorded watch that goes on: not all at once.
fn resting(mut entry: Tab, seed: u32, now: Millis) -> Tab {
    let soon = now.plus(spread(&entry, seed) % START_SPREAD);
    entry.watch.due = Some(entry.watch.due.map_or(soon, |due| due.max(soon)));
    if !matches!(entry.phase, Phase::Concluded { .. }) {
        // It was never concluded: the next look does.
        let verdict = Verdict {
            fault: Fault::CantTell,
            confidence: Confidence::Low,
            cdn: None,
            because: Vec::new(),
            missing: Vec::new(),
        };
        entry.phase = Phase::Concluded { verdict, at: now };
    }
    entry
}

fn has_entry(state: &State, target: &Target) -> bool {
    state.tabs.values().any(|tab| is_watch_of(target, &tab.target))
}

fn without_tab(state: &State, target: &Target) -> Option<TabId> {
    state.tabs.iter().find(|(id, tab)| !id.is_real() && is_watch_of(&tab.target, target)).map(|(id, _)| *id)
}

/// A number that no browser gives. Below −1, which browsers use for "no tab".
fn unused(state: &State) -> TabId {
    let lowest = state.tabs.keys().next().map_or(0, |id| id.0);
    TabId(lowest.min(-1) - 1)
}
