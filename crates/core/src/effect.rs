//! What is to be done: orders to a shell, as values. A test compares a list instead of mocking a browser.

use crate::copies::ArchiveRequest;
use crate::event::LookUpId;
use crate::keep::Keep;
use crate::observation::Millis;
use crate::port::Request;
use crate::settings::Settings;
use crate::tab::TabId;
use crate::target::Target;
use crate::view::{Badge, BoardView, TabView, Text};

/// An order to the shell.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Draw this badge on the tab; `None` takes it off.
    SetBadge {
        /// Which tab.
        tab: TabId,
        /// The badge.
        badge: Option<Badge>,
    },
    /// Send this to the native host, over the port that stands or a new one.
    AskHost {
        /// What to send.
        request: Request,
    },
    /// Nobody waits for the host: close the port, so that the worker may sleep.
    ReleaseHost,
    /// Ask the site itself once more, without cookies and without the cache.
    AskAgain {
        /// What for.
        page: Target,
    },
    /// See what the tab holds: a document or the browser's error page.
    ReadPage {
        /// Which tab.
        tab: TabId,
    },
    /// Put the outage page in place of the browser's error page.
    ShowOutagePage {
        /// Which tab.
        tab: TabId,
        /// The page that failed, as it may be written down: browsers keep the addresses that tabs have shown.
        url: String,
    },
    /// Lay the banner over the page.
    ShowBanner {
        /// Which tab.
        tab: TabId,
    },
    /// Take the banner away.
    HideBanner {
        /// Which tab.
        tab: TabId,
    },
    /// Open a page of ours that tells all of this tab, beside it; or bring the one that is open to the front.
    ShowDetails {
        /// Which tab.
        tab: TabId,
    },
    /// Lead the tab to this address.
    Navigate {
        /// Which tab.
        tab: TabId,
        /// Where to.
        url: String,
    },
    /// Load what the tab shows again, by its address (no form is sent) and at the place where it was read.
    Reload {
        /// Which tab.
        tab: TabId,
    },
    /// Ask an archive.
    LookUpCopies {
        /// Which tab it is for.
        tab: TabId,
        /// Names the request.
        id: LookUpId,
        /// What to ask.
        request: ArchiveRequest,
    },
    /// Send [`crate::event::Event::TimerFired`] at this moment, also if the worker slept meanwhile.
    ArmTimer {
        /// When; an earlier timer is replaced.
        at: Millis,
    },
    /// Whether to listen to commits: only while a tab fails, so that healthy pages wake nobody.
    ListenForCommits {
        /// On or off.
        on: bool,
    },
    /// Draw this, on every page of ours that shows this tab. Ordered only where one does.
    ShowView {
        /// Which tab.
        tab: TabId,
        /// What to draw.
        view: Box<TabView>,
    },
    /// Look for copies of this page, and of its site, on this computer.
    LookOnShelf {
        /// Which tab it is for.
        tab: TabId,
        /// The page's address.
        url: String,
    },
    /// Have the page in this tab tell of itself, as it does after a visit.
    AskPage {
        /// Which tab.
        tab: TabId,
    },
    /// Have the page in this tab, which told of itself, ask its site once more without cookies, and tell what differs.
    ComparePage {
        /// Which tab.
        tab: TabId,
        /// The page's address.
        url: String,
    },
    /// A hand touched this page after its copy was taken.
    NoteAttended {
        /// The page's address.
        url: String,
    },
    /// Take a copy of what this tab shows, if it still shows this page, and put it on the shelf.
    KeepPage {
        /// Which tab.
        tab: TabId,
        /// What is kept beside the page itself.
        keep: Box<Keep>,
    },
    /// Show a copy from the shelf in this tab.
    ShowKept {
        /// Which tab.
        tab: TabId,
        /// The copy's id.
        id: String,
    },
    /// On which pages to ask whether they are worth keeping; none where nothing is kept.
    OfferToKeep {
        /// Match patterns of the browser's; empty takes the script off.
        matches: Vec<String>,
    },
    /// Say something, as the operating system does; what was said of this incident before goes.
    Notify {
        /// Which incident.
        id: u64,
        /// What happened.
        title: Text,
        /// More of it.
        body: Text,
    },
    /// What was said of this incident is not true any more: take it away, if it is still on screen.
    ClearNotice {
        /// Which incident.
        id: u64,
    },
    /// Bring this tab to the front.
    ShowTab {
        /// Which tab.
        tab: TabId,
    },
    /// Open the board, or bring it to the front.
    OpenBoard,
    /// Draw this on every board.
    ShowBoard {
        /// What to draw.
        board: Box<BoardView>,
    },
    /// Hand this file to every board, which asked for it.
    ShowHistory {
        /// Comma-separated values, or else JSON.
        as_csv: bool,
        /// What is in it.
        text: String,
    },
    /// Keep what outlives the browser: [`crate::state::State::lasting`] as it is now.
    SaveLasting,
    /// Keep the past incidents: [`crate::state::State::history`] as it is now.
    SaveHistory,
    /// Keep the settings.
    SaveSettings {
        /// All of them.
        settings: Settings,
    },
}

impl Effect {
    /// Whether nothing comes of it outside the state but a picture of it, and a moment to wake at.
    #[must_use]
    pub const fn only_draws(&self) -> bool {
        matches!(self, Self::ShowView { .. } | Self::ShowBoard { .. } | Self::ArmTimer { .. })
    }
}
