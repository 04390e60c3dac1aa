//! What the tabs of an outage show: badges, the banner, the outage page.

use super::turn::Turn;
use crate::effect::Effect;
use crate::failure::Failure;
use crate::outage::{Outage, SiteKey};
use crate::state::{State, Surface, Tab};
use crate::tab::TabId;
use crate::view::{Mood, badge, mood};

/// Draws the badge of this tab.
pub(super) fn draw_badge(state: &State, turn: &mut Turn, tab: TabId) {
    if let Some((entry, outage)) = state.failing(tab) {
        turn.order(Effect::SetBadge { tab, badge: badge(entry, outage) });
    }
}

/// Draws the badges of all tabs that show this outage.
pub(super) fn draw_badges(state: &State, turn: &mut Turn, key: &SiteKey) {
    for tab in tabs_of(state, key) {
        draw_badge(state, turn, tab);
    }
}

/// The tabs that show this outage.
pub(super) fn tabs_of(state: &State, key: &SiteKey) -> Vec<TabId> {
    state.tabs_of(key).map(|(tab, _)| tab).collect()
}

/// Lays the banner over the page that a tab shows, where the user wants banners.
pub(super) fn show_banner(state: &mut State, turn: &mut Turn, tab: TabId) {
    let is_wanted = state.settings.banner;
    draw_badge(state, turn, tab);
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    entry.surface = if is_wanted { Surface::Banner } else { Surface::Document };
    if is_wanted {
        turn.order(Effect::ShowBanner { tab });
    }
    turn.touch(tab);
}

/// Something new is known of an outage: draws it, and replaces the browser's error page where that is due.
pub(super) fn evidence(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    for tab in tabs_of(state, key) {
        if state.failing(tab).is_some_and(|(entry, outage)| is_unsettled(entry, outage)) {
            turn.order(Effect::ReadPage { tab });
        }
        offer_outage_page(state, turn, tab);
    }
    turn.touch_outage(key);
}

/// Whether it is worth looking again at what the tab holds, because the last look may have come too early.
fn is_unsettled(entry: &Tab, outage: &Outage) -> bool {
    let is_document = matches!(entry.surface, Surface::Unknown | Surface::Banner);
    is_document && entry.failure.status().is_none() && !outage.is_doubted()
}

/// Puts the outage page up once a second look has failed as well: what passes in a moment needs none.
///
/// Never in place of a certificate warning: the browser's own page shows the certificate and the way to go on.
pub(super) fn offer_outage_page(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some((entry, outage)) = state.failing(tab) else { return };
    let has_failed_again = outage.seen.iter().any(|seen| seen.failure().is_some());
    let is_over = outage.verdict().is_some();
    let may_pass = !is_over && outage.may_be_offline();
    let is_due =
        (has_failed_again || is_over) && !may_pass && !entry.failure.is_of_certificate() && mood(outage) != Mood::Back;
    if state.settings.outage_page && entry.surface == Surface::BrowserErrorPage && is_due {
        let url = entry.target.recorded();
        turn.order(Effect::ShowOutagePage { tab, url });
        if let Some(entry) = state.tabs.get_mut(&tab) {
            entry.surface = Surface::OutagePage;
        }
    }
}

/// A site is back: a tab that still shows its failure reloads by itself, where the user chose so.
///
/// Never one that the user is in the middle of: a page whose parts failed, or one whose banner was closed. The shell asks
/// for it by its address, at its old place, so that no form is sent again.
pub(super) fn came_back(state: &State, turn: &mut Turn, key: &SiteKey) {
    let has_parts = state.outages.get(key).is_some_and(|outage| !outage.parts.is_empty());
    if !state.settings.reload_when_back || has_parts {
        return;
    }
    for (tab, entry) in state.tabs_of(key) {
        let is_server_error = |failure: &Failure| failure.status().is_some_and(|status| status >= 500);
        match entry.surface {
            Surface::OutagePage => turn.order(Effect::Navigate { tab, url: entry.target.as_str().to_owned() }),
            Surface::BrowserErrorPage => turn.order(Effect::Reload { tab }),
            Surface::Banner if is_server_error(&entry.failure) => turn.order(Effect::Reload { tab }),
            Surface::Banner | Surface::Unknown | Surface::Replaced | Surface::Document => {}
        }
    }
}
