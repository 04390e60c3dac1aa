//! The one place that changes state: total, without clock, chance or I/O.
//!
//! A late reply, a closed tab, a missing host are ordinary events. A site that is well has no entry; a failure opens its
//! outage ([`crate::outage::Phase`]), evidence or a deadline concludes it, and it goes when no tab shows it any more and
//! nobody watches it.

use crate::effect::Effect;
use crate::event::Event;
use crate::observation::Millis;
use crate::state::State;
use crate::view;

mod limits;
mod turn;
mod host;
mod siblings;
mod surface;
mod leave;
mod copies;
mod open;
mod judge;
mod recheck;
mod parts;
mod replies;
mod alerts;
mod site_status;
mod incidents;
mod page;
mod watched;
mod keep;

use turn::Turn;

pub use limits::{CHECK_DEADLINE, COPIES_DEADLINE, DOUBT_DEADLINE};
pub use recheck::{MOST_RECHECKS, MOST_RECHECKS_PER_CDN};

/// The next state, and what is to be done.
#[must_use]
pub fn step(mut state: State, event: Event, now: Millis) -> (State, Vec<Effect>) {
    let mut turn = Turn::new(now);
    // Whatever comes first: the network's state may be told before the start.
    if !state.has_begun || matches!(event, Event::Started { .. }) {
        watched::restore(&mut state, now);
    }
    match event {
        Event::Started { version } => {
            incidents::started(&mut state, &mut turn);
            replies::resume(&mut state, &mut turn, version);
            keep::offer(&state, &mut turn);
        }
        Event::NavigationFailed { tab, page, failure, online } => {
            page::failed(&mut state, &mut turn, tab, page, failure, online);
        }
        Event::NavigationCommitted { tab, shown } => page::committed(&mut state, &mut turn, tab, &shown),
        Event::StatusSeen { tab, page, status, by_service_worker, title, html } => {
            page::status_seen(&mut state, &mut turn, tab, page, &page::Seen { status, by_service_worker, title, html });
        }
        Event::PageRead { tab, found } => page::read(&mut state, &mut turn, tab, &found),
        Event::TabClosed { tab } => leave::leave(&mut state, &mut turn, tab),
        Event::AskedAgain { page, observation } => replies::asked_again(&mut state, &mut turn, &page, observation),
        Event::AskedInVain { page } => replies::asked_in_vain(&mut state, &mut turn, &page),
        Event::HostReplied { reply } => replies::host_replied(&mut state, &mut turn, reply),
        Event::HostLost { error } => replies::host_lost(&mut state, &mut turn, error),
        Event::TimerFired => {
            replies::deadlines(&mut state, &mut turn);
            copies::deadlines(&mut state, &mut turn);
            recheck::due(&mut state, &mut turn);
            incidents::forget_old(&mut state, &mut turn);
        }
        Event::ArchiveReplied { tab, id, reply } => copies::replied(&mut state, &mut turn, tab, id, &reply),
        Event::TryAgainClicked { tab } => page::try_again(&mut state, &mut turn, tab),
        Event::LookCloserClicked { tab } => recheck::look_closer(&mut state, &mut turn, tab),
        Event::PartsFailed { tab, page, parts } => parts::failed(&mut state, &mut turn, tab, page, parts),
        Event::FindCopiesClicked { tab } => copies::look_up(&mut state, &mut turn, tab),
        Event::CopyClicked { tab, url } => copies::open(&mut state, &mut turn, tab, &url),
        Event::BannerClosed { tab } => page::banner_closed(&mut state, &mut turn, tab),
        Event::DetailsWanted { tab } => page::details_wanted(&state, &mut turn, tab),
        Event::SettingsChanged { settings } => keep::settings_changed(&mut state, &mut turn, settings),
        Event::PageReady { tab, page } => keep::page_ready(&mut state, &mut turn, tab, &page),
        Event::KeepClicked { tab, url, kept } => keep::clicked(&mut state, &mut turn, tab, &url, kept),
        Event::ShelfReplied { tab, url, kept } => copies::on_shelf(&mut state, &mut turn, tab, &url, &kept),
        Event::ViewWanted { tab } => {
            if !state.shown.contains(&tab) {
                state.shown.push(tab);
            }
            turn.touch(tab);
        }
        Event::ViewClosed { tab } => state.shown.retain(|shown| *shown != tab),
        Event::ConditionsChanged { conditions } => {
            let was_online = std::mem::replace(&mut state.conditions, conditions).is_online;
            recheck::conditions_changed(&mut state, &turn, was_online);
        }
        Event::WatchClicked { page, on } => watched::clicked(&mut state, &mut turn, page, on),
        Event::CheckAllClicked => recheck::all_now(&mut state, &mut turn),
        Event::BoardWanted => incidents::board(&mut state, &mut turn, true),
        Event::BoardClosed => incidents::board(&mut state, &mut turn, false),
        Event::MuteClicked { site, on } => alerts::mute(&mut state, &mut turn, &site, on),
        Event::PauseClicked { for_ms } => alerts::pause(&mut state, &mut turn, for_ms),
        Event::HistoryDeleted { id } => incidents::delete(&mut state, &mut turn, id),
        Event::HistoryWanted { as_csv } => incidents::export(&state, &mut turn, as_csv),
        Event::NoticeClicked { id } => alerts::clicked(&state, &mut turn, id),
    }
    if !turn.is_only_evidence {
        watched::expire(&mut state, &mut turn);
        recheck::forget_awaited(&mut state, &mut turn);
        incidents::reconcile(&mut state, &mut turn);
    }
    keep::take_waiting(&mut state, &mut turn);
    finish(turn, state)
}

/// Redraws what was touched and keeps the listeners, the timer and the port in line with the state.
fn finish(mut turn: Turn, mut state: State) -> (State, Vec<Effect>) {
    let has_news = !turn.tabs.is_empty() || !turn.outages.is_empty();
    if state.board.is_open && (turn.is_board_touched || turn.is_lasting_touched || has_news) {
        turn.order(Effect::ShowBoard { board: Box::new(view::board_view(&state, turn.now)) });
    }
    if turn.is_lasting_touched {
        turn.order(Effect::SaveLasting);
    }
    if turn.is_history_touched {
        turn.order(Effect::SaveHistory);
    }
    // A view that nobody looks at took nine tenths of a check.
    for tab in &state.shown {
        let is_of_touched = state.tabs.get(tab).is_some_and(|entry| turn.outages.contains(&entry.outage));
        if is_of_touched || turn.tabs.contains(tab) {
            let view = view::tab_view(&state, *tab, turn.now);
            turn.effects.push(Effect::ShowView { tab: *tab, view: Box::new(view) });
        }
    }
    if turn.is_only_evidence {
        return (state, turn.effects);
    }
    let must_listen = !state.tabs.is_empty();
    if state.listens != must_listen {
        state.listens = must_listen;
        turn.order(Effect::ListenForCommits { on: must_listen });
    }
    let deadlines = state.outages.values().filter_map(replies::deadline);
    let deadlines = deadlines.chain(state.tabs.values().filter_map(copies::deadline));
    if let Some(at) = deadlines.chain(incidents::deadline(&state, turn.now)).min() {
        turn.order(Effect::ArmTimer { at });
    }
    (state, turn.effects)
}

#[cfg(test)]
mod tests;
