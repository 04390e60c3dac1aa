//! What happens in a tab: it fails, shows something, is left or closed.

use super::limits::CHECK_DEADLINE;
use super::turn::Turn;
use super::{incidents, leave, open, siblings, surface};
use crate::cdn;
use crate::effect::Effect;
use crate::event::{Found, Shown};
use crate::failure::Failure;
use crate::observation::Answer;
use crate::outage::{Outage, Phase};
use crate::state::{State, Surface, Tab};
use crate::tab::TabId;
use crate::target::Target;

/// What a page says of itself.
pub(super) struct Seen {
    pub(super) status: u16,
    pub(super) by_service_worker: bool,
    pub(super) title: String,
    pub(super) html: String,
}

/// A load failed: the beginning of an outage, or nothing.
pub(super) fn failed(state: &mut State, turn: &mut Turn, tab: TabId, target: Target, failure: Failure, online: bool) {
    if !failure.may_be_outage() {
        return;
    }
    // Gecko's error for a name that cannot be looked up without a network is the one for a name that is gone.
    if !online && !matches!(failure, Failure::HttpError { .. }) {
        return;
    }
    // The engine's own retries, and a copy of an event, fail like the first time: that is no news.
    if let Some(known) = state.tabs.get(&tab)
        && known.target == target
        && known.failure == failure
        && known.surface == Surface::BrowserErrorPage
        && state.outages.get(&known.outage).is_some_and(|outage| matches!(outage.phase, Phase::Checking(_)))
    {
        return;
    }
    if failure == (Failure::HttpError { status: None }) {
        // Chromium says this of an empty 404 and of an empty 503 alike.
        open::doubt(state, turn, tab, target, failure, Surface::Unknown);
        return;
    }
    open::open(state, turn, tab, target, failure);
    turn.order(Effect::ReadPage { tab });
}

/// A committed page told its status.
pub(super) fn status_seen(state: &mut State, turn: &mut Turn, tab: TabId, target: Target, seen: &Seen) {
    let Some(failure) = Failure::from_status(seen.status) else { return soft(state, turn, tab, target, seen) };
    if cdn::is_challenge(&seen.title, &seen.html, None) {
        leave::forget(state, turn, tab);
        return;
    }
    let is_told = |known: &Tab| {
        known.target == target
            && known.failure == failure
            && matches!(known.surface, Surface::Banner | Surface::Document)
    };
    if state.tabs.get(&tab).is_some_and(is_told) {
        return; // the same document, telling again once it was parsed
    }
    if seen.by_service_worker {
        open::doubt(state, turn, tab, target, failure, Surface::Document);
        return;
    }
    open::open(state, turn, tab, target, failure);
    surface::show_banner(state, turn, tab);
}

/// A page says "fine" and reads like an error page: nothing is shown unless the site says the same when asked again.
fn soft(state: &mut State, turn: &mut Turn, tab: TabId, target: Target, seen: &Seen) {
    let body = format!("<title>{}</title>{}", seen.title, seen.html);
    let answer = Answer { status: seen.status, body, ..Answer::default() };
    let is_known = state.tabs.get(&tab).is_some_and(|known| known.target == target && open::is_soft(&known.failure));
    if (200..300).contains(&seen.status) && cdn::classify::is_error_page(&answer) && !is_known {
        let failure = Failure::HttpError { status: Some(seen.status) };
        open::doubt(state, turn, tab, target, failure, Surface::Document);
    }
}

/// What the tab holds is known: the banner goes over a document, the outage page over an error page.
pub(super) fn read(state: &mut State, turn: &mut Turn, tab: TabId, found: &Found) {
    let Some((entry, outage)) = state.failing(tab) else { return };
    if entry.surface == Surface::OutagePage || outage.is_doubted() {
        return;
    }
    let (page, status) = match found {
        Found::Unreadable => return error_page(state, turn, tab),
        Found::Document { page, status } => (page, *status),
    };
    let surface = entry.surface;
    if page.as_ref() != Some(&entry.target) {
        // Gecko tells of the failure before its error page comes: for a moment the old page is still there.
        let settle = if page.is_none() { SETTLE_BLANK } else { SETTLE };
        if surface != Surface::Unknown || turn.now.since(entry.since) > settle {
            leave::forget(state, turn, tab);
        }
    } else if Failure::from_status(status).is_some() {
        if surface == Surface::Replaced {
            let (target, failure) = (entry.target.clone(), Failure::HttpError { status: Some(status) });
            open::open(state, turn, tab, target, failure);
        }
        if state.tabs.get(&tab).is_some_and(|entry| entry.surface != Surface::Document) {
            surface::show_banner(state, turn, tab);
        }
    } else if !outage.parts.is_empty() || (open::is_soft(&entry.failure) && surface != Surface::Replaced) {
        // The page itself is as fine as it ever was.
    } else if surface == Surface::Replaced || entry.failure.status().is_some() {
        recovered(state, turn, tab);
        leave::forget(state, turn, tab); // a healthy page
    } else if surface == Surface::Unknown {
        surface::show_banner(state, turn, tab); // broken off in the middle: what came of it is on screen
    }
}

/// The tab holds the browser's own error page.
fn error_page(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    entry.surface = Surface::BrowserErrorPage;
    surface::draw_badge(state, turn, tab);
    surface::offer_outage_page(state, turn, tab);
}

/// How long a tab may still show the page before the failed one. Gecko brings its error page within 300 ms.
const SETTLE: u64 = 1_500;

/// The same for a tab that was empty before. Ten such tabs that fail at once on a busy machine take Gecko seconds, and
/// nobody reads an empty page: a badge that stays too long there misleads no one.
const SETTLE_BLANK: u64 = CHECK_DEADLINE;

/// Another document came into the tab.
pub(super) fn committed(state: &mut State, turn: &mut Turn, tab: TabId, shown: &Shown) {
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    if *shown == Shown::OwnPage {
        // The browser takes a tab's badge off at every commit, also at that of our own page.
        surface::draw_badge(state, turn, tab);
        turn.touch(tab);
        return;
    }
    if matches!(shown, Shown::Page(page) if *page == entry.target) {
        // The page again, or (Gecko) its error page under the page's address: look before judging.
        entry.surface = Surface::Replaced;
        turn.order(Effect::ReadPage { tab });
    } else if is_late(entry, shown) && turn.now.since(entry.since) <= SETTLE_BLANK {
        turn.order(Effect::ReadPage { tab });
    } else {
        leave::forget(state, turn, tab);
    }
}

/// Gecko may tell of the empty page that a new tab began with only now: on a busy machine even after its error page was read.
fn is_late(entry: &Tab, shown: &Shown) -> bool {
    match entry.surface {
        Surface::Unknown => matches!(shown, Shown::Blank | Shown::Other),
        Surface::BrowserErrorPage => *shown == Shown::Blank,
        Surface::OutagePage | Surface::Replaced | Surface::Banner | Surface::Document => false,
    }
}

/// The site is well: what was remembered of its failure says nothing any more.
fn recovered(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get(&tab) else { return };
    let (target, key) = (entry.target.clone(), entry.outage.clone());
    let is_alone = state.tabs_of(&key).count() == 1;
    if let Some(outage) = state.outages.get_mut(&key) {
        if is_alone {
            outage.seen.clear();
        }
        // Others wait for the same site: worth looking at once.
        let is_waiting = |outage: &Outage| matches!(outage.phase, Phase::Concluded { .. });
        if is_waiting(outage) && outage.recovery.due().is_some() && !outage.recovery.is_called_back() {
            outage.recovery.set_due(Some(turn.now));
        }
    }
    siblings::clear(&mut state.recent, &target);
    incidents::seen_well(&mut state.lasting, turn, target.host());
}

/// The user wants the page again.
pub(super) fn try_again(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    let effect = match entry.surface {
        Surface::OutagePage => Effect::Navigate { tab, url: entry.target.as_str().to_owned() },
        Surface::Unknown | Surface::Replaced | Surface::BrowserErrorPage | Surface::Banner | Surface::Document => {
            Effect::Reload { tab }
        }
    };
    turn.order(effect);
}

/// The user has read the banner.
pub(super) fn banner_closed(state: &mut State, turn: &mut Turn, tab: TabId) {
    if let Some(entry) = state.tabs.get_mut(&tab).filter(|entry| entry.surface == Surface::Banner) {
        entry.surface = Surface::Document;
        turn.order(Effect::HideBanner { tab });
    }
}

/// The user wants more than a banner in somebody's page may say. Without a banner there is no such button.
pub(super) fn details_wanted(state: &State, turn: &mut Turn, tab: TabId) {
    if state.tabs.get(&tab).is_some_and(|entry| entry.surface == Surface::Banner) {
        turn.order(Effect::ShowDetails { tab });
    }
}
