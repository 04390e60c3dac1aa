//! Our pages that are open now, each at the end of a port.
//!
//! A port's name says what its page shows: `view:12` (a tab, told by one of our own pages), `view:` (the
//! banner: the tab it is in), `settings` (the options page), `board`. `original:URL` asks which page an archive's address
//! shows; that is answered at once.

use std::cell::RefCell;

use detour_core::copies::original_of;
use detour_core::event::{Event, TabId};
use detour_core::state::Settings;
use detour_core::view::{BoardView, TabView};
use serde::Serialize;
use wasm_bindgen::prelude::Closure;

use crate::browser::{Port, from_js, to_js};
use crate::inbound::{Sender, Unusable};
use crate::shell::{happened, with_state};

/// What a page shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shows {
    Tab(TabId),
    Settings,
    Board,
}

/// What a page is told.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Told<'a> {
    View(&'a TabView),
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
    static PAGES: RefCell<Vec<(Shows, Port)>> = const { RefCell::new(Vec::new()) };
    static ON_DISCONNECT: Closure<dyn Fn(Port)> = Closure::new(closed);
}

/// Takes a new page in, and says what follows from that.
pub(crate) fn connected(port: Port, own: &str) -> Result<Option<Event>, Unusable> {
    let sender: Sender = from_js(&port.sender()).unwrap_or_default();
    let name = port.name();
    if let Some(url) = name.strip_prefix("original:").filter(|_| sender.is_ours(own)) {
        // A page that closes right now needs no answer.
        let _ = port.post_message(&to_js(&Told::Original(original_of(url))));
        return Ok(None);
    }
    let shows = match name.strip_prefix("view:") {
        Some(tab) => Shows::Tab(sender.tab(tab.parse().ok().map(TabId), own)?),
        None if name == "settings" && sender.is_ours(own) => Shows::Settings,
        None if name == "board" && sender.is_ours(own) => Shows::Board,
        None => return Err(Unusable::NotTheirs),
    };
    ON_DISCONNECT.with(|listener| port.on_disconnect().add(listener.as_ref()));
    PAGES.with_borrow_mut(|pages| pages.push((shows, port)));
    Ok(match shows {
        Shows::Tab(tab) => Some(Event::ViewWanted { tab }),
        Shows::Board => Some(Event::BoardWanted),
        Shows::Settings => {
            with_state(|state| tell(Shows::Settings, &Told::Settings(&state.settings)));
            None
        }
    })
}

/// Has every page that shows this tab draw this.
pub(crate) fn show(tab: TabId, view: &TabView) {
    tell(Shows::Tab(tab), &Told::View(view));
}

/// Has every options page draw these.
pub(crate) fn show_settings(settings: &Settings) {
    tell(Shows::Settings, &Told::Settings(settings));
}

/// Has every board draw this.
pub(crate) fn show_board(board: &BoardView) {
    tell(Shows::Board, &Told::Board(board));
}

/// Hands the past to every board, which asked for it.
pub(crate) fn show_history(as_csv: bool, text: &str) {
    tell(Shows::Board, &Told::History { as_csv, text });
}

/// The tab of a board that is open.
pub(crate) fn board_tab() -> Option<TabId> {
    PAGES.with_borrow(|pages| {
        let boards = pages.iter().filter(|(shows, _)| *shows == Shows::Board);
        boards.filter_map(|(_, port)| from_js::<Sender>(&port.sender()).ok()?.tab.map(|tab| tab.id)).next()
    })
}

fn tell(whom: Shows, what: &Told<'_>) {
    let message = to_js(what);
    PAGES.with_borrow(|pages| {
        for (_, port) in pages.iter().filter(|(shows, _)| *shows == whom) {
            // A page that closes right now is told of by onDisconnect.
            let _ = port.post_message(&message);
        }
    });
}

fn closed(port: Port) {
    let had_board = has_board();
    PAGES.with_borrow_mut(|pages| pages.retain(|(_, open)| *open != port));
    if had_board && !has_board() {
        happened(Event::BoardClosed);
    }
}

fn has_board() -> bool {
    PAGES.with_borrow(|pages| pages.iter().any(|(shows, _)| *shows == Shows::Board))
}
