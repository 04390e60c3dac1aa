//! Copies of a failing page: asked for on a click, or at once where the user chose so.

use super::{COPIES_DEADLINE, Turn};
use crate::copies::{Archive, Copies, Miss, built_in, read_reply, request};
use crate::effect::Effect;
use crate::event::{ArchiveReply, LookUpId, TabId};
use crate::keep::Kept;
use crate::observation::Millis;
use crate::state::{State, Tab};
use crate::view::sign;

/// Asks every archive, once.
pub(super) fn look_up(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    let is_fruitless = matches!(&entry.copies, Copies::Asked { offers, .. } if offers.is_empty());
    if entry.copies != Copies::NotAsked && !is_fruitless {
        return;
    }
    let mut open = Vec::new();
    for archive in built_in() {
        let id = LookUpId(state.next_id);
        state.next_id += 1;
        let request = request(&archive, &entry.target, turn.now);
        open.push((id, archive.id));
        turn.order(Effect::LookUpCopies { tab, id, request });
    }
    let deadline = turn.now.plus(COPIES_DEADLINE);
    entry.copies = Copies::Asking { open, offers: Vec::new(), silent: Vec::new(), deadline };
    turn.touch(tab);
}

/// An archive answered.
pub(super) fn replied(state: &mut State, turn: &mut Turn, tab: TabId, id: LookUpId, reply: &ArchiveReply) {
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    let Copies::Asking { open, offers, silent, .. } = &mut entry.copies else { return };
    let Some(index) = open.iter().position(|(asked, _)| *asked == id) else { return };
    let (_, archive_id) = open.remove(index);
    if let Some(archive) = archive(&archive_id) {
        match read_reply(&archive, &entry.target, reply) {
            Ok(offer) => {
                let place = offers.iter().position(|known| offer < *known).unwrap_or(offers.len());
                offers.insert(place, offer);
            }
            Err(Miss::NoCopy) => {}
            Err(Miss::Silent) => silent.push(archive.name),
        }
    }
    settle(entry);
    turn.order(Effect::SetBadge { tab, badge: sign(entry) });
    turn.touch(tab);
}

/// What this computer has of the page.
pub(super) fn on_shelf(state: &mut State, turn: &mut Turn, tab: TabId, url: &str, kept: &[Kept]) {
    let _ = (state, turn, tab, url, kept);
}

/// Archives that have not answered in time are silent.
pub(super) fn deadlines(state: &mut State, turn: &mut Turn) {
    for (tab, entry) in &mut state.tabs {
        let Copies::Asking { open, silent, deadline, .. } = &mut entry.copies else { continue };
        if *deadline <= turn.now {
            silent.extend(open.drain(..).filter_map(|(_, id)| archive(&id)).map(|archive| archive.name));
            settle(entry);
            turn.touch(*tab);
        }
    }
}

/// The worker died while archives were asked: they are asked again.
pub(super) fn resume(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    if matches!(entry.copies, Copies::Asking { .. }) {
        entry.copies = Copies::NotAsked;
        look_up(state, turn, tab);
    }
}

/// The user opens a copy: only one that was offered.
pub(super) fn open(state: &mut State, turn: &mut Turn, tab: TabId, url: &str) {
    let Some(entry) = state.tabs.get(&tab) else { return };
    if entry.copies.offers().iter().any(|offer| offer.url == url) {
        turn.order(Effect::Navigate { tab, url: url.to_owned() });
    }
}

/// When the archives' time is over.
pub(super) const fn deadline(tab: &Tab) -> Option<Millis> {
    if let Copies::Asking { deadline, .. } = tab.copies { Some(deadline) } else { None }
}

/// Asking becomes asked when nothing is open.
fn settle(entry: &mut Tab) {
    if let Copies::Asking { open, offers, silent, .. } = &mut entry.copies
        && open.is_empty()
    {
        entry.copies = Copies::Asked { offers: std::mem::take(offers), silent: std::mem::take(silent) };
    }
}

fn archive(id: &str) -> Option<Archive> {
    built_in().into_iter().find(|archive| archive.id == id)
}
