//! The one place that changes state: total, without clock, chance or I/O.
//!
//! A late reply, a closed tab, a missing host are ordinary events. The tab's life: healthy tabs have no
//! entry; a failure opens one ([`crate::state::Phase::Checking`]), evidence or a deadline concludes it, and
//! a healthy page, another page or closing the tab removes it.

use crate::effect::Effect;
use crate::event::{Event, TabId};
use crate::observation::Millis;
use crate::state::{Host, State};
use crate::view;

mod alerts;
mod check;
mod copies;
mod incidents;
mod keep;
mod page;
mod parts;
mod siblings;
mod watch;

/// How long evidence may take before a verdict is made of what is there. The host's own deadline is 6 s;
/// this leaves it time to say so.
pub const CHECK_DEADLINE: u64 = 7_000;

/// How long a service worker's error is doubted before it is let go: as long as a check.
pub const DOUBT_DEADLINE: u64 = CHECK_DEADLINE;

pub(crate) use alerts::is_muted;
pub(crate) use incidents::{is_own, standing, watched_host};
pub(crate) use watch::cdn_of;
pub use watch::{MOST_LOOKS, MOST_LOOKS_PER_CDN};

/// How long archives may take, all together.
pub const COPIES_DEADLINE: u64 = crate::copies::DEADLINE;

/// The next state, and what is to be done.
#[must_use]
pub fn step(mut state: State, event: Event, now: Millis) -> (State, Vec<Effect>) {
    let mut turn = Turn {
        effects: Vec::new(),
        now,
        touched: Vec::new(),
        is_board_touched: false,
        is_lasting_touched: false,
        is_history_touched: false,
        is_only_evidence: false,
    };
    // Whatever comes first: the network's state may be told before the start.
    if !event.is_evidence() {
        watch::restore(&mut state, now);
    }
    match event {
        Event::Started { version } => {
            incidents::started(&mut state, &mut turn);
            check::resume(&mut state, &mut turn, version);
            keep::offer(&state, &mut turn);
        }
        Event::NavigationFailed { tab, frame, url, error, lifecycle, online } => {
            page::failed(&mut state, &mut turn, tab, page::Load { frame, url, lifecycle, online }, &error);
        }
        Event::NavigationCommitted { tab, frame, url, own_page } => {
            page::committed(&mut state, &mut turn, tab, frame, &url, own_page);
        }
        Event::StatusSeen { tab, url, status, by_service_worker, title, html } => {
            page::status_seen(&mut state, &mut turn, tab, &url, &page::Seen { status, by_service_worker, title, html });
        }
        Event::PageRead { tab, page } => page::read(&mut state, &mut turn, tab, &page),
        Event::TabClosed { tab } => page::left(&mut state, &mut turn, tab),
        Event::AskedAgain { tab, url, observation } => {
            check::asked_again(&mut state, &mut turn, tab, &url, observation)
        }
        Event::HostReplied { reply } => check::host_replied(&mut state, &mut turn, reply),
        Event::HostLost { error } => check::host_lost(&mut state, &mut turn, error),
        Event::TimerFired => {
            check::deadlines(&mut state, &mut turn);
            copies::deadlines(&mut state, &mut turn);
            watch::due(&mut state, &mut turn);
            incidents::forget_old(&mut state, &mut turn);
        }
        Event::ArchiveReplied { tab, id, reply } => copies::replied(&mut state, &mut turn, tab, id, &reply),
        Event::TryAgainClicked { tab } => page::try_again(&mut state, &mut turn, tab),
        Event::LookCloserClicked { tab } => watch::look_closer(&mut state, &mut turn, tab),
        Event::PartsFailed { tab, url, parts } => parts::failed(&mut state, &mut turn, tab, &url, &parts),
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
            watch::conditions_changed(&mut state, &mut turn, was_online);
        }
        Event::WatchClicked { url, on } => watch::clicked(&mut state, &mut turn, &url, on),
        Event::CheckAllClicked => watch::all_now(&mut state, &mut turn),
        Event::BoardWanted => incidents::board(&mut state, &mut turn, true),
        Event::BoardClosed => incidents::board(&mut state, &mut turn, false),
        Event::MuteClicked { site, on } => alerts::mute(&mut state, &mut turn, &site, on),
        Event::PauseClicked { for_ms } => alerts::pause(&mut state, &mut turn, for_ms),
        Event::HistoryDeleted { id } => incidents::delete(&mut state, &mut turn, id),
        Event::HistoryWanted { as_csv } => incidents::export(&state, &mut turn, as_csv),
        Event::NoticeClicked { id } => alerts::clicked(&state, &mut turn, id),
    }
    if !turn.is_only_evidence {
        watch::keep_in_line(&mut state, &mut turn);
        incidents::follow(&mut state, &mut turn);
    }
    keep::take_waiting(&mut state, &mut turn);
    turn.finish(state)
}

/// One call of [`step`]: what is ordered, and which tabs must be drawn anew.
struct Turn {
    effects: Vec<Effect>,
    now: Millis,
    touched: Vec<TabId>,
    is_board_touched: bool,
    is_lasting_touched: bool,
    is_history_touched: bool,
    /// Nothing came but one more observation of a check that goes on: how the site fares, who is told and when what is due
    /// are as they were. Of a hundred events of a check ninety-eight are such.
    is_only_evidence: bool,
}

impl Turn {
    fn order(&mut self, effect: Effect) {
        if !shows_in_no_tab(&effect) {
            self.effects.push(effect);
        }
    }

    /// Every tab that shows this page must be drawn anew.
    fn touch_page(&mut self, state: &State, target: &crate::target::Target) {
        for (id, _) in state.tabs.iter().filter(|(_, tab)| tab.target == *target) {
            self.touch(*id);
        }
    }

    fn touch(&mut self, tab: TabId) {
        if !self.touched.contains(&tab) {
            self.touched.push(tab);
        }
    }

    /// Redraws the touched tabs and keeps the listeners, the timer and the port in line with the state.
    fn finish(mut self, mut state: State) -> (State, Vec<Effect>) {
        let touched = std::mem::take(&mut self.touched);
        if state.board.is_open && (self.is_board_touched || self.is_lasting_touched || !touched.is_empty()) {
            self.order(Effect::ShowBoard { board: Box::new(view::board_view(&state, self.now)) });
        }
        if self.is_lasting_touched {
            self.order(Effect::SaveLasting);
        }
        if self.is_history_touched {
            self.order(Effect::SaveHistory);
        }
        // A view that nobody looks at took nine tenths of a check.
        for tab in touched.into_iter().filter(|tab| state.shown.contains(tab)) {
            let view = view::tab_view(&state, tab, self.now);
            self.order(Effect::ShowView { tab, view: Box::new(view) });
        }
        if self.is_only_evidence {
            return (state, self.effects);
        }
        let must_listen = state.tabs.keys().any(|tab| tab.is_real());
        if state.listens != must_listen {
            state.listens = must_listen;
            self.order(Effect::ListenForCommits { on: must_listen });
        }
        let deadlines = state.tabs.values().filter_map(next_deadline);
        if let Some(at) = deadlines.chain(incidents::deadline(&state, self.now)).min() {
            self.order(Effect::ArmTimer { at });
        }
        (state, self.effects)
    }
}

/// Whether this is for a tab's eyes, and its tab is none: a watch that goes on without one.
const fn shows_in_no_tab(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::SetBadge { tab, .. }
            | Effect::ReadPage { tab }
            | Effect::ShowOutagePage { tab, .. }
            | Effect::ShowBanner { tab }
            | Effect::HideBanner { tab }
            | Effect::ShowDetails { tab }
            | Effect::Navigate { tab, .. }
            | Effect::Reload { tab }
            | Effect::LookOnShelf { tab, .. }
            | Effect::AskPage { tab }
            | Effect::ComparePage { tab, .. }
            | Effect::KeepPage { tab, .. }
            | Effect::ShowKept { tab, .. } if !tab.is_real()
    )
}

/// When this tab next needs a look.
fn next_deadline(tab: &crate::state::Tab) -> Option<Millis> {
    [check::deadline(tab), copies::deadline(tab), watch::deadline(tab)].into_iter().flatten().min()
}

/// Whether the host may be asked: it is there, or nobody has tried yet.
const fn may_ask(host: &Host) -> bool {
    matches!(host, Host::Unknown | Host::Present { .. })
}

#[cfg(test)]
mod tests;
