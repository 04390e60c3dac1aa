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

mod check;
mod copies;
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

/// How long archives may take, all together.
pub const COPIES_DEADLINE: u64 = crate::copies::DEADLINE;

/// The next state, and what is to be done.
#[must_use]
pub fn step(mut state: State, event: Event, now: Millis) -> (State, Vec<Effect>) {
    let mut turn = Turn { effects: Vec::new(), now, touched: Vec::new() };
    match event {
        Event::Started { version } => {
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
        }
        Event::ArchiveReplied { tab, id, reply } => copies::replied(&mut state, &mut turn, tab, id, &reply),
        Event::TryAgainClicked { tab } => page::try_again(&mut state, &mut turn, tab),
        Event::LookCloserClicked { tab } => watch::look_closer(&mut state, &mut turn, tab),
        Event::PartsFailed { tab, url, parts } => parts::failed(&mut state, &mut turn, tab, &url, &parts),
        Event::FindCopiesClicked { tab } => copies::look_up(&mut state, &mut turn, tab),
        Event::CopyClicked { tab, url } => copies::open(&mut state, &mut turn, tab, &url),
        Event::BannerClosed { tab } => page::banner_closed(&mut state, &mut turn, tab),
        Event::SettingsChanged { settings } => keep::settings_changed(&mut state, &mut turn, settings),
        Event::PageReady { tab, page } => keep::page_ready(&mut state, &mut turn, tab, &page),
        Event::KeepClicked { tab, url, kept } => keep::clicked(&mut state, &mut turn, tab, &url, kept),
        Event::ShelfReplied { tab, url, kept } => copies::on_shelf(&mut state, &mut turn, tab, &url, &kept),
        Event::ViewWanted { tab } => turn.touched.push(tab),
    }
    keep::take_waiting(&mut state, &mut turn);
    turn.finish(state)
}

/// One call of [`step`]: what is ordered, and which tabs must be drawn anew.
struct Turn {
    effects: Vec<Effect>,
    now: Millis,
    touched: Vec<TabId>,
}

impl Turn {
    fn order(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    fn touch(&mut self, tab: TabId) {
        if !self.touched.contains(&tab) {
            self.touched.push(tab);
        }
    }

    /// Redraws the touched tabs and keeps the listeners, the timer and the port in line with the state.
    fn finish(mut self, mut state: State) -> (State, Vec<Effect>) {
        for tab in std::mem::take(&mut self.touched) {
            let view = view::tab_view(&state, tab, self.now);
            self.order(Effect::ShowView { tab, view: Box::new(view) });
        }
        let must_listen = !state.tabs.is_empty();
        if state.listens != must_listen {
            state.listens = must_listen;
            self.order(Effect::ListenForCommits { on: must_listen });
        }
        if let Some(at) = state.tabs.values().filter_map(next_deadline).min() {
            self.order(Effect::ArmTimer { at });
        }
        (state, self.effects)
    }
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
