//! One tab in words: what happened, who is at fault, how sure, what is missing.

use super::{CloserView, CopiesView, Mood, NotKeptView, TabView, Text, WatchView, copies, evidence, sentence};
use crate::event::TabId;
use crate::incident::{MOST_WATCHES, Standing};
use crate::keep::Reason;
use crate::observation::{Millis, Vantage};
use crate::port::Scope;
use crate::state::{Host, Keeping, Phase, State, Tab};
use crate::step::{is_muted, is_own, standing};
use crate::verdict::{Fault, Missing, Verdict};

/// What the pages draw for this tab.
#[must_use]
pub fn tab_view(state: &State, tab: TabId, now: Millis) -> TabView {
    match state.tabs.get(&tab) {
        None => fine(not_kept(state, tab)),
        Some(entry) if matches!(entry.phase, Phase::Doubted { .. }) => fine(not_kept(state, tab)),
        Some(entry) => failing(state, entry, now),
    }
}

/// How things stand in a failing tab.
#[must_use]
pub fn mood(tab: &Tab) -> Mood {
    match &tab.phase {
        Phase::Doubted { .. } => Mood::Fine,
        Phase::Checking { .. } => Mood::Checking,
        Phase::Concluded { verdict, .. } if matches!(verdict.fault, Fault::Passed | Fault::Moved) => Mood::Back,
        Phase::Concluded { verdict, .. }
            if matches!(verdict.fault, Fault::ComesAndGoes | Fault::Recovering | Fault::BrokenParts) =>
        {
            Mood::Flickering
        }
        // Also where the fault is its CDN's: some of its sites fail for good, others now and then.
        Phase::Concluded { verdict, .. } if standing(tab, verdict.fault) == Standing::Flickering => Mood::Flickering,
        Phase::Concluded { .. } => Mood::Failing,
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

fn failing(state: &State, tab: &Tab, now: Millis) -> TabView {
    let site = tab.target.site();
    let verdict = if let Phase::Concluded { verdict, .. } = &tab.phase { Some(verdict) } else { None };
    TabView {
        mood: mood(tab),
        site: site.to_owned(),
        url: tab.target.as_str().to_owned(),
        recorded: tab.target.recorded(),
        headline: if mood(tab) == Mood::Back {
            Text::with("headline_back", [site])
        } else if tab.parts.is_empty() {
            sentence::headline(&tab.failure, site)
        } else {
            Text::with("headline_parts", [site])
        },
        verdict: Some(verdict.map_or_else(
            || Text::of("verdict_checking"),
            |verdict| sentence::verdict_text(verdict, &tab.failure, site),
        )),
        certainty: verdict.map(|verdict| sentence::certainty(verdict.confidence)),
        notes: notes(state, tab, verdict),
        reasons: verdict.map(sentence::reasons).unwrap_or_default(),
        evidence: evidence::rows(&tab.target, &tab.seen),
        closer: closer(state, tab, verdict),
        copies: copies::copies(tab, now),
        can_try_again: true,
        watch: watch(state, tab, verdict),
        not_kept: None,
    }
}

/// Watching is offered while it fails, and can be taken back for as long as it lasts.
fn watch(state: &State, tab: &Tab, verdict: Option<&Verdict>) -> WatchView {
    let watches = &state.lasting.watches;
    if state.lasting.is_watched(&tab.target) {
        return WatchView::Asked;
    }
    let may_fail = verdict.is_some_and(|verdict| !is_own(verdict.fault) && verdict.fault != Fault::Challenge);
    // The page itself is there where only parts of it fail.
    if !may_fail || mood(tab) == Mood::Back || !tab.parts.is_empty() {
        return WatchView::NotNeeded;
    }
    if watches.len() < MOST_WATCHES { WatchView::Offered } else { WatchView::Full }
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
fn closer(state: &State, tab: &Tab, verdict: Option<&Verdict>) -> CloserView {
    let can_ask = matches!(state.host, Host::Unknown | Host::Present { .. });
    let has_host = tab.seen.iter().any(|seen| seen.vantage == Vantage::Host);
    let Some(verdict) = verdict.filter(|_| can_ask && has_host) else { return CloserView::NotNeeded };
    if tab.watch.look.as_ref().is_some_and(|look| look.scope == Scope::Closer) {
        return CloserView::Looking;
    }
    if tab.watch.was_closer {
        return CloserView::Done;
    }
    let would_tell = verdict
        .missing
        .iter()
        .any(|missing| matches!(missing, Missing::OtherNetwork | Missing::OtherResolvers | Missing::Siblings));
    if would_tell { CloserView::Offered(tab.target.host().to_owned()) } else { CloserView::NotNeeded }
}

fn notes(state: &State, tab: &Tab, verdict: Option<&Verdict>) -> Vec<Text> {
    let mut notes = Vec::new();
    let has_host = tab.seen.iter().any(|seen| seen.vantage == Vantage::Host);
    match &state.host {
        Host::Absent { .. } => notes.push(Text::of("note_no_host")),
        Host::Incompatible { message } => notes.push(Text::with("note_host_incompatible", [message])),
        Host::Unknown | Host::Present { .. } if verdict.is_some() && !has_host => {
            notes.push(Text::of("note_host_stopped"))
        }
        Host::Unknown | Host::Present { .. } => {}
    }
    if verdict.is_some_and(|verdict| verdict.missing.contains(&Missing::OtherNetwork)) {
        notes.push(Text::of("note_not_everyone"));
    }
    let is_silent = !state.settings.notify_back || is_muted(&state.settings, tab.target.host());
    if is_silent && watch(state, tab, verdict) == WatchView::Asked {
        notes.push(Text::of("note_watch_silent"));
    }
    notes
}
