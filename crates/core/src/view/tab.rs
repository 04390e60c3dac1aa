//! One tab in words: what happened, who is at fault, how sure, what is missing.

use super::{CloserView, CopiesView, Mood, NotKeptView, TabView, Text, WatchView, copies, evidence, sentence};
use crate::incident::{MOST_WATCHED, Progress};
use crate::keep::Reason;
use crate::observation::Millis;
use crate::outage::Outage;
use crate::port::Scope;
use crate::settings::Keeping;
use crate::state::{Host, State, Tab};
use crate::tab::TabId;
use crate::verdict::{Fault, Missing, Verdict};

/// What the pages draw for this tab.
#[must_use]
pub fn tab_view(state: &State, tab: TabId, now: Millis) -> TabView {
    match state.failing(tab) {
        Some((entry, outage)) if !outage.is_doubted() => failing(state, entry, outage, now),
        Some(_) | None => fine(not_kept(state, tab)),
    }
}

/// How things stand with a failing site.
#[must_use]
pub fn mood(outage: &Outage) -> Mood {
    let Some(verdict) = outage.verdict() else {
        return if outage.is_doubted() { Mood::Fine } else { Mood::Checking };
    };
    let is_mixed = matches!(verdict.fault, Fault::ComesAndGoes | Fault::Recovering | Fault::BrokenParts);
    if matches!(verdict.fault, Fault::Passed | Fault::Moved) {
        Mood::Back
    } else if is_mixed || outage.progress() == Progress::Flickering {
        // Also where the fault is its CDN's: some of its sites fail for good, others now and then.
        Mood::Flickering
    } else {
        Mood::Failing
    }
}

fn fine(not_kept: Option<NotKeptView>) -> TabView {
    TabView {
        mood: Mood::Fine,
        site: String::new(),
        url: String::new(),
        recorded: String::new(),
        headline: Text::of("headline_fine"),
        verdict: None,
        certainty: None,
        notes: Vec::new(),
        reasons: Vec::new(),
        evidence: Vec::new(),
        closer: CloserView::NotNeeded,
        copies: CopiesView::NotNeeded,
        can_try_again: false,
        watch: WatchView::NotNeeded,
        not_kept,
    }
}

fn failing(state: &State, tab: &Tab, outage: &Outage, now: Millis) -> TabView {
    let site = tab.target.site();
    let verdict = outage.verdict();
    TabView {
        mood: mood(outage),
        site: site.to_owned(),
        url: tab.target.as_str().to_owned(),
        recorded: tab.target.recorded(),
        headline: headline(tab, outage, site),
        verdict: Some(verdict.map_or_else(
            || Text::of("verdict_checking"),
            |verdict| sentence::verdict_text(verdict, &tab.failure, site),
        )),
        certainty: verdict.map(|verdict| sentence::certainty(verdict.confidence)),
        notes: notes(state, tab, outage, verdict),
        reasons: verdict.map(sentence::reasons).unwrap_or_default(),
        evidence: evidence::rows(&tab.target, &outage.seen),
        closer: closer(state, tab, outage, verdict),
        copies: copies::copies(tab, outage, now),
        can_try_again: true,
        watch: watch(state, tab, outage, verdict),
        not_kept: None,
    }
}

/// What happened: what is so now, where that is known to be something else than how the page failed.
fn headline(tab: &Tab, outage: &Outage, site: &str) -> Text {
    match outage.verdict().map(|verdict| verdict.fault) {
        Some(Fault::Passed | Fault::Moved) => Text::with("headline_back", [site]),
        Some(Fault::Recovering) => Text::with("headline_recovering", [site]),
        Some(Fault::Portal) => Text::of("headline_portal"),
        _ if outage.parts.is_empty() => sentence::headline(&tab.failure, site),
        _ => Text::of("headline_parts"),
    }
}

/// Watching is offered while it fails, and can be taken back for as long as it lasts.
fn watch(state: &State, tab: &Tab, outage: &Outage, verdict: Option<&Verdict>) -> WatchView {
    if state.lasting.is_watched(&tab.target) {
        return WatchView::Asked;
    }
    let may_fail = verdict.is_some_and(|verdict| !verdict.fault.is_own() && verdict.fault != Fault::Challenge);
    // The page itself is there where only parts of it fail.
    if !may_fail || mood(outage) == Mood::Back || !outage.parts.is_empty() {
        return WatchView::NotNeeded;
    }
    if state.lasting.watched.len() < MOST_WATCHED { WatchView::Offered } else { WatchView::Full }
}

/// Why the page that last stood in the tab was refused.
fn not_kept(state: &State, tab: TabId) -> Option<NotKeptView> {
    let has_chosen = matches!(state.settings.keep, Keeping::Pinned | Keeping::Visited);
    // That it is not among the pinned ones, whoever pins pages knows.
    let is_news = |reason: Reason| has_chosen && !matches!(reason, Reason::NotChosen | Reason::NotPinned);
    let refused = state.told.refused.iter().find(|refused| refused.tab == tab && is_news(refused.reason))?;
    Some(NotKeptView { page: refused.page.clone(), why: Text::of(refused.reason.key()) })
}

/// Looking closer needs the host, and a verdict that it could change.
fn closer(state: &State, tab: &Tab, outage: &Outage, verdict: Option<&Verdict>) -> CloserView {
    let can_ask = matches!(state.host, Host::Unknown | Host::Present { .. });
    let Some(verdict) = verdict.filter(|_| can_ask && outage.has_host()) else { return CloserView::NotNeeded };
    if outage.recheck().is_some_and(|check| check.scope == Scope::Closer) {
        return CloserView::Looking;
    }
    if outage.was_closer {
        return CloserView::Done;
    }
    let would_tell = verdict
        .missing
        .iter()
        .any(|missing| matches!(missing, Missing::OtherNetwork | Missing::OtherResolvers | Missing::Siblings));
    if would_tell { CloserView::Offered(tab.target.host().to_owned()) } else { CloserView::NotNeeded }
}

fn notes(state: &State, tab: &Tab, outage: &Outage, verdict: Option<&Verdict>) -> Vec<Text> {
    let mut notes = Vec::new();
    match &state.host {
        Host::Absent { .. } => notes.push(Text::of("note_no_host")),
        Host::Incompatible { message } => notes.push(Text::with("note_host_incompatible", [message])),
        Host::Unknown | Host::Present { .. } if verdict.is_some() && !outage.has_host() => {
            notes.push(Text::of("note_host_stopped"))
        }
        Host::Unknown | Host::Present { .. } => {}
    }
    if verdict.is_some_and(|verdict| verdict.missing.contains(&Missing::OtherNetwork)) {
        notes.push(Text::of("note_not_everyone"));
    }
    let is_silent = !state.settings.notify_back || state.settings.is_muted(tab.target.host());
    if is_silent && watch(state, tab, outage, verdict) == WatchView::Asked {
        notes.push(Text::of("note_watch_silent"));
    }
    notes
}
