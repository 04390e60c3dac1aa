//! What happened: facts in the past tense, the only way anything reaches [`crate::step`].
//!
//! The shell that hears a browser parses its words into these, once: an event carries a [`Target`] and a [`Failure`], never
//! an address or an error in the browser's own words.

pub use crate::copies::{ArchiveReply, LookUpId};
use crate::failure::Failure;
use crate::keep::{Kept, ReadyPage};
use crate::observation::Observation;
use crate::port::Reply;
use crate::settings::Settings;
use crate::state::Conditions;
use crate::tab::TabId;
use crate::target::Target;

/// Everything that can happen.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The worker is up, with the state it had before; unfinished work is taken up again.
    Started {
        /// The version of the extension, for the greeting to the host.
        version: String,
    },
    /// A tab's page could not be loaded (`webNavigation.onErrorOccurred`).
    NavigationFailed {
        /// Which tab.
        tab: TabId,
        /// What was asked for.
        page: Target,
        /// How it failed.
        failure: Failure,
        /// `navigator.onLine`: false only where the browser is sure that there is no network.
        online: bool,
    },
    /// A tab shows another document (`webNavigation.onCommitted`); listened to only while a tab fails.
    NavigationCommitted {
        /// Which tab.
        tab: TabId,
        /// What is shown now.
        shown: Shown,
    },
    /// A page knew its own status, and it was one to tell of.
    StatusSeen {
        /// Which tab.
        tab: TabId,
        /// The page.
        page: Target,
        /// Its status code.
        status: u16,
        /// Whether the site's service worker answered or passed it on.
        by_service_worker: bool,
        /// The page's title, as far as it had come.
        title: String,
        /// The beginning of the page's HTML, as far as it had come.
        html: String,
    },
    /// The page in the tab was looked at, because [`crate::effect::Effect::ReadPage`] asked.
    PageRead {
        /// Which tab.
        tab: TabId,
        /// What was found.
        found: Found,
    },
    /// `tabs.onRemoved`.
    TabClosed {
        /// Which tab.
        tab: TabId,
    },
    /// A page was asked for again by the worker itself.
    AskedAgain {
        /// What was asked for.
        page: Target,
        /// What came.
        observation: Observation,
    },
    /// The worker's own request came to nothing, and may have by the browser's rules alone: it was told to ask public addresses
    /// and no others, and behind a proxy it cannot know which one it asks. That is no word about the site.
    AskedInVain {
        /// What was asked for.
        page: Target,
    },
    /// The native host said something.
    HostReplied {
        /// What.
        reply: Reply,
    },
    /// The native host is not there, or not any more.
    HostLost {
        /// The browser's own words.
        error: String,
    },
    /// A moment came that [`crate::effect::Effect::ArmTimer`] asked for.
    TimerFired,
    /// An archive answered, or did not.
    ArchiveReplied {
        /// Which tab it is for.
        tab: TabId,
        /// Which request.
        id: LookUpId,
        /// What came.
        reply: ArchiveReply,
    },
    /// The user wants the page again.
    TryAgainClicked {
        /// Which tab.
        tab: TabId,
    },
    /// The user wants this failure looked at more closely, by others who then learn the site's name.
    LookCloserClicked {
        /// Which tab.
        tab: TabId,
    },
    /// Scripts, styles or images of a page that itself is fine could not be loaded.
    PartsFailed {
        /// Which tab.
        tab: TabId,
        /// The page.
        page: Target,
        /// The parts that failed.
        parts: Vec<FailedPart>,
    },
    /// The user wants to know of copies.
    FindCopiesClicked {
        /// Which tab.
        tab: TabId,
    },
    /// The user opened a copy that was offered.
    CopyClicked {
        /// Which tab.
        tab: TabId,
        /// The offer's address, as the view gave it.
        url: String,
    },
    /// The user closed the banner.
    BannerClosed {
        /// Which tab.
        tab: TabId,
    },
    /// The user wants to read on where no page reaches: of this failure, and of copies.
    DetailsWanted {
        /// Which tab.
        tab: TabId,
    },
    /// The user changed a setting.
    SettingsChanged {
        /// All settings, as they are now.
        settings: Settings,
    },
    /// A page that is well has been idle for a moment, and tells of itself: it may be worth keeping.
    ///
    /// Heard only where the user chose that pages are kept.
    PageReady {
        /// Which tab.
        tab: TabId,
        /// What it says of itself.
        page: ReadyPage,
    },
    /// The user wants this page kept, now and at every later visit; or not any more.
    KeepClicked {
        /// Which tab.
        tab: TabId,
        /// The page's address.
        url: String,
        /// Kept from now on, or forgotten.
        kept: bool,
    },
    /// The copies that this computer has of a page, or of its site.
    ShelfReplied {
        /// Which tab it is for.
        tab: TabId,
        /// The page that was looked for.
        url: String,
        /// What was found, in no order.
        kept: Vec<Kept>,
    },
    /// A page of ours wants to draw a tab, now and whenever it changes.
    ViewWanted {
        /// Which tab.
        tab: TabId,
    },
    /// No page of ours draws this tab any more.
    ViewClosed {
        /// Which tab.
        tab: TabId,
    },
    /// The computer's network, or how it may be used, is not what it was.
    ConditionsChanged {
        /// How they are now.
        conditions: Conditions,
    },
    /// The user wants to be told when this page is back, whatever becomes of its tab; or not any more.
    WatchClicked {
        /// The page.
        page: Target,
        /// Watched from now on, or not.
        on: bool,
    },
    /// The board was opened.
    BoardWanted,
    /// No board is open any more.
    BoardClosed,
    /// The user wants every site looked at now.
    CheckAllClicked,
    /// The user wants to hear nothing of a site; or again.
    MuteClicked {
        /// The site, as people write it.
        site: String,
        /// Muted from now on, or not.
        on: bool,
    },
    /// The user wants to hear nothing for a while.
    PauseClicked {
        /// For how long, in milliseconds; 0 ends it.
        for_ms: u64,
    },
    /// The user has incidents of the past forgotten.
    HistoryDeleted {
        /// Which; `None` for all.
        id: Option<u64>,
    },
    /// The user wants the past incidents as a file.
    HistoryWanted {
        /// Comma-separated values, or else JSON.
        as_csv: bool,
    },
    /// The user clicked on what was said of an incident.
    NoticeClicked {
        /// Which incident.
        id: u64,
    },
}

impl Event {
    /// Whether it is an observation of the host's, of which many come within a second.
    #[must_use]
    pub const fn is_evidence(&self) -> bool {
        matches!(self, Self::HostReplied { reply: Reply::Observed { .. } })
    }
}

/// What came into a tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// A page of this extension.
    OwnPage,
    /// A page that may fail.
    Page(Target),
    /// `about:blank`, which each new tab begins with.
    Blank,
    /// Anything else: the browser's own page, a private address.
    Other,
}

/// What was found in a tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A document.
    Document {
        /// Its page; `None` for one that may not fail, as in [`Shown::Other`].
        page: Option<Target>,
        /// Its status code; 0 where the browser does not say.
        status: u16,
    },
    /// The browser's own error page, or nothing an extension may look at.
    Unreadable,
}

/// A part of a page that could not be loaded, as the page tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedPart {
    /// What was to be loaded.
    pub target: Target,
    /// The status that the browser shows the page; 0 where it shows none, as for what comes from elsewhere without CORS.
    pub status: u16,
}
