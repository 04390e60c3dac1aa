//! The verdict on an outage, made of what is there.

use super::turn::Turn;
use super::{host, leave, siblings, surface};
use crate::observation::{Millis, Observation, Subject, Vantage, retry_after};
use crate::outage::{Outage, Phase, SiteKey};
use crate::state::{State, Surface, Tab};
use crate::tab::TabId;
use crate::verdict::{self, Because, Case, Confidence, Fact, Fault, Neighbour, Verdict, are_tries_good, has_left};

/// Makes the verdict of what is there.
pub(super) fn conclude(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    conclude_from(state, turn, key, true);
}

/// Makes the verdict of what is there; `has_news`: a check has brought something since the last one.
pub(super) fn conclude_from(state: &mut State, turn: &mut Turn, key: &SiteKey, has_news: bool) {
    let others = siblings::of(state, key, turn.now);
    let Some(outage) = state.outages.get(key) else { return };
    let is_good = if has_news { is_good_now(outage, turn.now) } else { None };
    let has_browser = state.conditions.has_browser;
    let Some(outage) = state.outages.get_mut(key) else { return };
    let was_back = outage.recovery.is_called_back();
    if let Some(is_good) = is_good {
        outage.recovery.sample(is_good, turn.now);
    }
    let found = judged(outage, &others, has_browser, turn.now);
    let verdict = match outage.verdict() {
        // Nobody has seen the page: it stays as well as it was.
        Some(earlier) if was_back && is_good.is_none() && found.fault != Fault::Challenge => earlier.clone(),
        Some(_) | None => found,
    };
    let mut recovery = outage.recovery.clone();
    let since = match &outage.phase {
        Phase::Concluded { verdict: earlier, at } | Phase::Rechecking { verdict: earlier, at, .. }
            if earlier.fault == verdict.fault =>
        {
            *at
        }
        Phase::Concluded { .. } | Phase::Rechecking { .. } | Phase::Checking(_) | Phase::Doubted { .. } => turn.now,
    };
    if let Some(outage) = state.outages.get(key) {
        recovery.concluded(&verdict, retry_after(&outage.seen), state.pace(outage), turn.now);
    }
    let comes_back = !was_back && recovery.is_called_back();
    let is_over = recovery.due().is_none();
    let is_challenge = verdict.fault == Fault::Challenge;
    state.set_phase(key, Phase::Concluded { verdict, at: since });
    if let Some(outage) = state.outages.get_mut(key) {
        outage.recovery = recovery;
    }
    if is_challenge {
        return leave::drop_outage(state, turn, key);
    }
    surface::draw_badges(state, turn, key);
    if comes_back {
        surface::came_back(state, turn, key);
    }
    surface::evidence(state, turn, key);
    tell_siblings(state, turn, key);
    if is_over {
        leave::end_watches(state, turn, key);
        if state.tabs_of(key).next().is_none() {
            leave::drop_outage(state, turn, key);
        }
    }
    host::release_idle(state, turn);
}

/// The name leads into the user's own network, where nobody looks: the outage is dropped. A tab that shows our page
/// keeps it with the reason, since there is no way back to the browser's own.
pub(super) fn leads_home(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    let shown = |state: &State| -> Vec<TabId> {
        let is_shown = |entry: &Tab| entry.surface == Surface::OutagePage;
        state.tabs_of(key).filter(|(_, entry)| is_shown(entry)).map(|(tab, _)| tab).collect()
    };
    if shown(state).is_empty() {
        return leave::drop_outage(state, turn, key);
    }
    for tab in surface::tabs_of(state, key) {
        if !shown(state).contains(&tab) {
            leave::forget(state, turn, tab);
        }
    }
    let because = vec![Because { fact: Fact::LeadsHome, about: Vec::new() }];
    let verdict = Verdict {
        fault: Fault::CantTell,
        confidence: Confidence::Low,
        segment: None,
        cdn: None,
        because,
        missing: Vec::new(),
    };
    state.set_phase(key, Phase::Concluded { verdict, at: turn.now });
    if let Some(outage) = state.outages.get_mut(key) {
        outage.recovery.set_due(None);
    }
    leave::end_watches(state, turn, key);
    surface::draw_badges(state, turn, key);
    turn.touch_outage(key);
    host::release_idle(state, turn);
}

/// Whether what was seen last is good; `None` where no try says anything of the page.
fn is_good_now(outage: &Outage, now: Millis) -> Option<bool> {
    let seen: Vec<&Observation> = outage.seen.iter().collect();
    let before = outage.recovery.before();
    let is_good = are_tries_good(&seen, outage.failure.as_ref());
    let is_well = is_good == Some(true) || has_left(&case(outage, &seen, before.as_ref(), now));
    if is_well { Some(true) } else { is_good }
}

fn case<'a>(
    outage: &'a Outage,
    seen: &'a [&'a Observation],
    before: Option<&'a verdict::Before>,
    now: Millis,
) -> Case<'a> {
    Case { target: &outage.page, failure: outage.failure.as_ref(), seen, published: None, before, now }
}

fn judged(
    outage: &Outage,
    (others, gone): &(Vec<Neighbour>, Vec<Observation>),
    has_browser: bool,
    now: Millis,
) -> Verdict {
    let mut seen: Vec<&Observation> = outage.seen.iter().chain(gone).collect();
    let is_told = |seen: &&Observation| seen.vantage == Vantage::Browser && seen.subject == Subject::Target;
    if has_browser && !seen.iter().any(is_told) {
        // The browser's second look did not come in time. A challenge that only the host met is none of the browser's.
        let is_challenge = |seen: &Observation| seen.reading.as_ref().is_some_and(|reading| reading.is_block);
        seen.retain(|seen| !(seen.vantage == Vantage::Host && seen.subject == Subject::Target && is_challenge(seen)));
    }
    let before = outage.recovery.before();
    verdict::judge_among(&case(outage, &seen, before.as_ref(), now), others)
}

/// A verdict on a CDN concerns the other sites on it, which were judged when less was known.
fn tell_siblings(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    let named = |outage: &Outage| {
        let verdict = outage.verdict()?;
        verdict.cdn.as_ref().map(|cdn| (cdn.name.clone(), verdict.fault))
    };
    let Some((cdn, fault)) = state.outages.get(key).and_then(named) else { return };
    if !fault.is_cdn_wide() {
        return;
    }
    let is_concerned =
        |other: &Outage| named(other).is_some_and(|(name, own)| name == cdn && own.is_cause() && own != fault);
    let others = state.outages.iter().filter(|(other, outage)| *other != key && is_concerned(outage));
    let others: Vec<SiteKey> = others.map(|(other, _)| other.clone()).collect();
    for other in others {
        let seen = siblings::of(state, &other, turn.now);
        let Some(outage) = state.outages.get(&other) else { continue };
        let verdict = judged(outage, &seen, state.conditions.has_browser, turn.now);
        if verdict.fault != fault {
            continue;
        }
        let Some(outage) = state.outages.get_mut(&other) else { continue };
        outage.recovery.blame(fault, Some(cdn.clone()));
        if let Phase::Concluded { verdict: known, at } | Phase::Rechecking { verdict: known, at, .. } =
            &mut outage.phase
        {
            (*known, *at) = (verdict, turn.now);
        }
        surface::draw_badges(state, turn, &other);
        turn.touch_outage(&other);
    }
}
