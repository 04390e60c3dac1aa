//! How it ends: a tab leaves an outage, an outage nobody shows or watches goes.

use super::turn::Turn;
use super::{host, siblings, surface};
use crate::effect::Effect;
use crate::outage::SiteKey;
use crate::state::State;
use crate::tab::TabId;
use crate::target::Target;

/// The tab is gone, or shows something else. The outage stays while another tab shows it or the user watches a page of it.
pub(super) fn leave(state: &mut State, turn: &mut Turn, tab: TabId) {
    if let Some(entry) = state.tabs.remove(&tab) {
        drop_unseen(state, turn, &entry.outage);
        if state.tabs_of(&entry.outage).next().is_none() && !is_watched(state, &entry.outage) {
            end(state, turn, &entry.outage);
        }
    }
    host::release_idle(state, turn);
}

/// Pages that no tab shows and nobody watches are asked for no more. A recheck that asks for one begins anew with another.
pub(super) fn drop_unseen(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    let Some(outage) = state.outages.get(key) else { return };
    let is_shown = |page: &Target| state.tabs_of(key).any(|(_, tab)| tab.target == *page);
    let is_unseen = |page: &&Target| !is_shown(page) && !state.lasting.is_watched(page);
    let unseen: Vec<Target> = outage.pages.iter().filter(is_unseen).cloned().collect();
    let Some(outage) = state.outages.get_mut(key).filter(|_| !unseen.is_empty()) else { return };
    let asked_for = outage.page.clone();
    unseen.iter().for_each(|page| outage.drop_page(page));
    if outage.page != asked_for && outage.recheck().is_some() {
        host::cancel(state, turn, key);
        state.break_off_recheck(key, turn.now);
    }
}

/// The page is well, or another one: nothing may stay on the tab.
pub(super) fn forget(state: &mut State, turn: &mut Turn, tab: TabId) {
    if state.tabs.contains_key(&tab) {
        leave(state, turn, tab);
        clear(turn, tab);
    }
}

/// It was no outage, or it is over for good: nothing of it may stay on any tab.
pub(super) fn drop_outage(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    for tab in surface::tabs_of(state, key) {
        state.tabs.remove(&tab);
        clear(turn, tab);
    }
    end(state, turn, key);
    host::release_idle(state, turn);
}

/// Takes an outage out, with the watches that were for its end.
fn end(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    host::cancel(state, turn, key);
    let Some(outage) = state.remove_outage(key) else { return };
    siblings::remember(state, &outage, turn.now);
    end_watches(state, turn, key);
    let awaited = state.board.awaited.len();
    state.board.awaited.retain(|awaited| awaited != key);
    turn.is_board_touched |= state.board.awaited.len() != awaited;
}

/// There is nothing more to be told of this site's pages.
pub(super) fn end_watches(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    let before = state.lasting.watched.len();
    state.lasting.watched.retain(|page| SiteKey::of_site(page) != *key);
    turn.is_lasting_touched |= state.lasting.watched.len() != before;
}

/// Whether the user watches a page of this site.
pub(super) fn is_watched(state: &State, key: &SiteKey) -> bool {
    state.lasting.watched.iter().any(|page| SiteKey::of_site(page) == *key)
}

fn clear(turn: &mut Turn, tab: TabId) {
    turn.order(Effect::SetBadge { tab, badge: None });
    turn.order(Effect::HideBanner { tab });
    turn.touch(tab);
}
