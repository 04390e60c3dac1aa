//! Pages that are kept while they are well.

use super::turn::Turn;
use crate::effect::Effect;
use crate::keep::{ReadyPage, Reason, Refused, Waiting, keep_of, matches, may_keep_url, page_key};
use crate::observation::Millis;
use crate::outage::{Outage, Phase};
use crate::settings::{Keeping, Settings};
use crate::state::State;
use crate::tab::TabId;

/// A page that was taken is not taken again for this long, in milliseconds, unless the user pinned it. Going back and
/// forth, and pages that reload themselves, would otherwise write a copy at each step; after ten minutes a front page
/// has changed.
const RETAKE_AFTER: u64 = 10 * 60_000;

/// A copy that could not be taken for this long, in milliseconds, is given up: what the tab shows by then has seen a
/// failure or two. Longer than a check may last.
const WAIT: u64 = 60_000;

/// How many pages are remembered of each kind: about as many as are looked at in [`RETAKE_AFTER`], and a bound to what
/// is written at each step.
const MANY: usize = 40;

/// A page that is well tells of itself.
pub(super) fn page_ready(state: &mut State, turn: &mut Turn, tab: TabId, page: &ReadyPage) {
    let refusal = state.told.refusal(tab, &page.url);
    state.told.refused.retain(|refused| refused.tab != tab);
    match keep_of(page, &state.settings, turn.now) {
        Ok(keep) if was_taken(state, &keep.url, keep.pinned, turn.now) => attend(state, turn, &keep.url, keep.attended),
        Ok(keep) => {
            state.told.waiting.retain(|waiting| waiting.tab != tab);
            state.told.waiting.push(Waiting { tab, keep });
            bound(&mut state.told.waiting);
        }
        // Nothing else speaks against it: worth asking the site what others get, once.
        Err(Reason::Unproven) if page.anonymous.is_none() => {
            let is_pinned = state.settings.pinned.contains(&page_key(&page.url));
            if was_taken(state, &page.url, is_pinned, turn.now) {
                attend(state, turn, &page.url, page.attended);
            } else if !is_pinned && is_recent(&state.told.compared, &page_key(&page.url), turn.now) {
                // Its site is asked as seldom as where it was kept, and so cannot tell one from the other.
                refuse(state, turn, tab, &page.url, refusal.unwrap_or(Reason::Unproven));
            } else {
                note(&mut state.told.compared, page_key(&page.url), turn.now);
                turn.order(Effect::ComparePage { tab, url: page.url.clone() });
            }
        }
        Err(reason) => refuse(state, turn, tab, &page.url, reason),
    }
}

/// A hand touched a page that was taken before.
fn attend(state: &mut State, turn: &mut Turn, url: &str, attended: bool) {
    let page = page_key(url);
    if attended && state.told.untouched.contains(&page) {
        state.told.untouched.retain(|untouched| *untouched != page);
        turn.order(Effect::NoteAttended { url: url.to_owned() });
    }
}

/// The user wants the page kept, or not any more.
pub(super) fn clicked(state: &mut State, turn: &mut Turn, tab: TabId, url: &str, kept: bool) {
    let page = page_key(url);
    if !kept {
        let before = state.settings.pinned.len();
        state.settings.pinned.retain(|pinned| *pinned != page);
        if state.settings.pinned.len() != before {
            save(state, turn);
        }
        turn.touch(tab);
        return;
    }
    if let Err(reason) = may_keep_url(url, &state.settings) {
        refuse(state, turn, tab, url, reason);
        turn.touch(tab);
        return;
    }
    // Who pins a page has chosen.
    let is_off = matches!(state.settings.keep, Keeping::Unasked | Keeping::Off);
    if is_off {
        state.settings.keep = Keeping::Pinned;
    }
    let is_new = !state.settings.pinned.contains(&page);
    if is_new {
        state.settings.pinned.push(page);
    }
    if is_off || is_new {
        save(state, turn);
    }
    // The rules want to know more of it than its address.
    turn.order(Effect::AskPage { tab });
    turn.touch(tab);
}

/// The user chose.
pub(super) fn settings_changed(state: &mut State, turn: &mut Turn, settings: Settings) {
    state.settings = settings;
    if matches!(state.settings.keep, Keeping::Unasked | Keeping::Off) {
        state.told = crate::keep::Told::default();
    }
    save(state, turn);
}

/// Has the browser ask the pages that the user chose, and no others.
pub(super) fn offer(state: &State, turn: &mut Turn) {
    turn.order(Effect::OfferToKeep { matches: matches(&state.settings) });
}

/// Takes the copies that wait, once no check runs: a failure is answered first.
///
/// A page whose tab turned out to fail is not taken, whatever its status: its copy would be of an error page, or of
/// a page without its parts, and take the place of a better one.
pub(super) fn take_waiting(state: &mut State, turn: &mut Turn) {
    let is_busy = |outage: &Outage| matches!(outage.phase, Phase::Checking(_) | Phase::Doubted { .. });
    if state.told.waiting.is_empty() || state.outages.values().any(is_busy) {
        return;
    }
    for Waiting { tab, mut keep } in std::mem::take(&mut state.told.waiting) {
        if state.tabs.contains_key(&tab) || turn.now.since(keep.at) > WAIT {
            continue;
        }
        keep.at = turn.now;
        let page = page_key(&keep.url);
        state.told.untouched.retain(|untouched| *untouched != page);
        if !keep.attended {
            state.told.untouched.push(page.clone());
            bound(&mut state.told.untouched);
        }
        note(&mut state.told.taken, page, turn.now);
        turn.order(Effect::KeepPage { tab, keep: Box::new(keep) });
    }
}

fn was_taken(state: &State, url: &str, is_pinned: bool, now: Millis) -> bool {
    !is_pinned && is_recent(&state.told.taken, &page_key(url), now)
}

fn is_recent(list: &[(String, Millis)], page: &str, now: Millis) -> bool {
    list.iter().any(|(noted, at)| noted == page && now.since(*at) < RETAKE_AFTER)
}

fn note(list: &mut Vec<(String, Millis)>, page: String, now: Millis) {
    list.retain(|(noted, _)| *noted != page);
    list.push((page, now));
    bound(list);
}

/// Remembers why, for whoever asks while the page is there.
fn refuse(state: &mut State, turn: &mut Turn, tab: TabId, url: &str, reason: Reason) {
    state.told.refused.retain(|refused| refused.tab != tab);
    state.told.refused.push(Refused { tab, page: page_key(url), reason });
    bound(&mut state.told.refused);
    turn.touch(tab);
}

fn save(state: &State, turn: &mut Turn) {
    turn.order(Effect::SaveSettings { settings: state.settings.clone() });
    offer(state, turn);
}

/// Oldest first out.
fn bound<T>(list: &mut Vec<T>) {
    let spare = list.len().saturating_sub(MANY);
    list.drain(..spare);
}

#[cfg(test)]
#[path = "tests/keep.rs"]
mod tests;
