//! Our pages that are open now, each at the end of a port.
//!
//! What a port is for is in its name; [`crate::inbound::wanted`] has them. A page of ours gets the whole view of a tab.
//! The banner stands in somebody's page, and gets what a banner may say ([`BannerView`]), while the tab is its page's.

use std::cell::RefCell;

use detour_core::event::Event;
use detour_core::settings::Settings;
use detour_core::tab::TabId;
use detour_core::view::{BannerView, BoardView, TabView};
use serde::Serialize;
use wasm_bindgen::prelude::Closure;

use crate::browser::{Port, to_js};
use crate::events::happened;
use crate::memory::with_state;
use crate::speaker::{Document, Speaker};

/// What a port is for: its name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// `view:12`: a page of ours shows this tab.
    Tab(TabId),
    /// `view:`: the banner in this page.
    Banner(Document),
    /// `settings`.
    Settings,
    /// `board`.
    Board,
    /// `original:URL`: which page an archive's address shows, if any.
    Original(Option<String>),
}

/// A page at the end of a port.
struct Page {
    shows: Shows,
    /// The tab that a page of ours is in.
    tab: Option<TabId>,
    port: Port,
}

/// What a page shows.
#[derive(Clone, PartialEq, Eq)]
enum Shows {
    Tab(TabId),
    Banner(Document),
    Settings,
    Board,
}

impl Shows {
    /// The tab that is drawn, whole or as its banner.
    const fn tab(&self) -> Option<TabId> {
        match self {
            Self::Tab(tab) => Some(*tab),
            Self::Banner(document) => Some(document.tab),
            Self::Settings | Self::Board => None,
        }
    }
}

/// What a page is told.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Told<'a> {
    View(&'a TabView),
    #[serde(rename = "view")]
    Banner(BannerView),
    Settings(&'a Settings),
    Original(Option<String>),
    Board(&'a BoardView),
    /// A file that the board asked for.
    History {
        as_csv: bool,
        text: &'a str,
    },
}

thread_local! {
    static PAGES: RefCell<Vec<Page>> = const { RefCell::new(Vec::new()) };
    static ON_DISCONNECT: Closure<dyn Fn(Port)> = Closure::new(closed);
}

/// Takes a new page in, and says what follows from that.
pub(crate) fn connected(port: Port, wanted: Wanted, speaker: &Speaker) -> Option<Event> {
    let (shows, follows) = match wanted {
        Wanted::Original(original) => {
            // A page that closes right now needs no answer.
            let _ = port.post_message(&to_js(&Told::Original(original)));
            return None;
        }
        Wanted::Tab(tab) => (Shows::Tab(tab), Some(Event::ViewWanted { tab })),
        Wanted::Banner(document) => {
            let tab = document.tab;
            (Shows::Banner(document), Some(Event::ViewWanted { tab }))
        }
        Wanted::Board => (Shows::Board, Some(Event::BoardWanted)),
        Wanted::Settings => (Shows::Settings, None),
    };
    let tab = match speaker {
        Speaker::Ours { tab } => *tab,
        Speaker::Page(_) => None,
    };
    ON_DISCONNECT.with(|listener| port.on_disconnect().add(listener.as_ref()));
    PAGES.with_borrow_mut(|pages| pages.push(Page { shows, tab, port }));
    if follows.is_none() {
        with_state(|state| show_settings(&state.settings));
    }
    follows
}

/// Has every page that shows this tab draw this.
pub(crate) fn show(tab: TabId, view: &TabView) {
    tell(|shows| *shows == Shows::Tab(tab), &Told::View(view));
    // While a tab goes from one site to another, the first one's banner may still be listening.
    let is_its_own =
        |document: &Document| document.tab == tab && (view.url.is_empty() || document.speaks_for(&view.url));
    tell(|shows| matches!(shows, Shows::Banner(document) if is_its_own(document)), &Told::Banner(view.banner()));
}

/// Has every options page draw these.
pub(crate) fn show_settings(settings: &Settings) {
    tell(|shows| *shows == Shows::Settings, &Told::Settings(settings));
}

/// Has every board draw this.
pub(crate) fn show_board(board: &BoardView) {
    tell(|shows| *shows == Shows::Board, &Told::Board(board));
}

/// Hands the past to every board, which asked for it.
pub(crate) fn show_history(as_csv: bool, text: &str) {
    tell(|shows| *shows == Shows::Board, &Told::History { as_csv, text });
}

/// The tab of a board that is open.
pub(crate) fn board_tab() -> Option<TabId> {
    PAGES.with_borrow(|pages| pages.iter().filter(|page| page.shows == Shows::Board).find_map(|page| page.tab))
}

fn tell(is_meant: impl Fn(&Shows) -> bool, what: &Told<'_>) {
    PAGES.with_borrow(|pages| {
        let mut meant = pages.iter().filter(|page| is_meant(&page.shows)).peekable();
        if meant.peek().is_none() {
            return;
        }
        let message = to_js(what);
        for page in meant {
            // A page that closes right now is told of by onDisconnect.
            let _ = page.port.post_message(&message);
        }
    });
}

fn closed(port: Port) {
    let gone = PAGES.with_borrow_mut(|pages| {
        let place = pages.iter().position(|open| open.port == port)?;
        Some(pages.remove(place).shows)
    });
    match gone {
        Some(Shows::Board) if !is_open(|shows| *shows == Shows::Board) => happened(Event::BoardClosed),
        Some(shows) => {
            let tab = shows.tab().filter(|tab| !is_open(|open| open.tab() == Some(*tab)));
            tab.into_iter().for_each(|tab| happened(Event::ViewClosed { tab }));
        }
        None => {}
    }
}

fn is_open(is_meant: impl Fn(&Shows) -> bool) -> bool {
    PAGES.with_borrow(|pages| pages.iter().any(|page| is_meant(&page.shows)))
}
