//! Pages that are kept while they are well.

use super::Turn;
use crate::event::TabId;
use crate::keep::ReadyPage;
use crate::state::State;

/// A page that is well tells of itself.
pub(super) fn page_ready(state: &State, turn: &mut Turn, tab: TabId, page: &ReadyPage) {
    let _ = (state, turn, tab, page);
}

/// The user wants the page kept, or not any more.
pub(super) fn clicked(state: &mut State, turn: &mut Turn, tab: TabId, url: &str, kept: bool) {
    let _ = (state, turn, tab, url, kept);
}
