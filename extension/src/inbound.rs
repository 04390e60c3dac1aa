//! Raw browser events, as `www/worker/background.js` copies them, into [`Event`]s. Parsed here, once.
//!
//! Strict: background.js, the pages and this file are one build. What a page may say stands in [`of_page`], and what only
//! our own pages may in [`of_ours`]; [`crate::speaker`] tells one from the other.

use detour_core::copies::original_of;
use detour_core::event::{Event, FailedPart, Shown};
use detour_core::failure::Failure;
use detour_core::keep::ReadyPage;
use detour_core::settings::Settings;
use detour_core::tab::TabId;
use detour_core::target::Target;
use serde::Deserialize;

use crate::json::{self, Malformed};
use crate::notices;
use crate::speaker::{Document, LONGEST_URL, Own, Sender, Speaker, Unusable, real};
use crate::views::Wanted;

/// What background.js delivers, each under its own name. No inner tag: serde would build each reader twice
/// for it, which the wasm's size shows.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[allow(clippy::large_enum_variant, reason = "large on 64 bits alone, one at a time, and gone once it is read")]
pub(crate) enum Raw {
    #[serde(rename = "webNavigation.onErrorOccurred")]
    NavigationFailed(Failed),
    #[serde(rename = "webNavigation.onCommitted")]
    NavigationCommitted(Committed),
    #[serde(rename = "tabs.onRemoved")]
    TabClosed(TabId),
    #[serde(rename = "alarms.onAlarm")]
    Alarm,
    #[serde(rename = "notifications.onClicked")]
    NoticeClicked(String),
    #[serde(rename = "runtime.onMessage")]
    Message { message: Message, sender: Sender },
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failed {
    tab_id: TabId,
    frame_id: i64,
    url: String,
    #[serde(default)]
    error: String,
    #[serde(default)]
    document_lifecycle: Option<String>,
    /// `navigator.onLine`, as it was then.
    #[serde(default = "yes")]
    online: bool,
}

const fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Committed {
    tab_id: TabId,
    frame_id: i64,
    url: String,
}

/// A part of a page that could not be loaded, as `detect.js` tells of it.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Part {
    url: String,
    #[serde(default)]
    status: u16,
}

/// What our content scripts and pages say.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Message {
    /// `detect.js`: this page knows its own status.
    PageStatus { status: u16, by_service_worker: bool, title: String, html: String, url: String },
    /// `detect.js`: parts of this page could not be loaded.
    PartsFailed { url: String, parts: Vec<Part> },
    /// A button.
    LookCloser { tab: Option<TabId> },
    /// A button.
    TryAgain { tab: Option<TabId> },
    /// A button.
    FindCopies { tab: Option<TabId> },
    /// A button; `url` is the offer's.
    OpenCopy { tab: Option<TabId>, url: String },
    /// The banner's ×, or Escape.
    BannerClosed {},
    /// The banner's button that leads to a page of ours.
    ShowDetails {},
    /// `keep.js`: this page is well, and may be worth keeping.
    PageReady { page: Box<ReadyPage> },
    /// A switch of ours.
    KeepPage { tab: TabId, url: String, kept: bool },
    /// The options page; all settings.
    Settings { settings: Settings },
    /// A button: tell when this page is back, whatever becomes of its tab; or not any more.
    Watch { url: String, on: bool },
    /// A button of the board.
    CheckAll {},
    /// A button of the board; the site as people write it.
    Mute { site: String, on: bool },
    /// A button of the board; 0 ends it.
    Pause { for_ms: u64 },
    /// A button of the board; no number means all.
    DeleteHistory { id: Option<u64> },
    /// A button of the board; the file comes over its port.
    ExportHistory { as_csv: bool },
}

/// The event that this JSON is; `None` where it is about nothing that may fail: a frame, a page that nobody has in front of
/// him yet, an address that is no public page's.
///
/// # Errors
/// [`Unusable`], in words for the console.
pub fn event(json: &str, own: &Own) -> Result<Option<Event>, Unusable> {
    if json.len() > LONGEST {
        return Err(Unusable::TooLong);
    }
    Ok(match json::read(json)? {
        Raw::NavigationFailed(details) if details.url.len() > LONGEST_URL => return Err(Unusable::TooLong),
        Raw::NavigationFailed(details) => details.event(),
        Raw::NavigationCommitted(details) => details.event(own),
        Raw::TabClosed(tab) => Some(Event::TabClosed { tab }),
        Raw::Alarm => Some(Event::TimerFired),
        Raw::NoticeClicked(name) => {
            Some(Event::NoticeClicked { id: notices::incident(&name).ok_or(Unusable::NotTheirs)? })
        }
        Raw::Message { message, sender } => match sender.speaker(own)? {
            Speaker::Ours { tab } => of_ours(message, tab)?,
            Speaker::Page(document) => of_page(message, &document)?,
        },
    })
}

impl Failed {
    /// Frames are broken parts, not the page; a prerendered page is nobody's page yet.
    fn event(self) -> Option<Event> {
        let is_page = self.frame_id == 0 && self.document_lifecycle.is_none_or(|lifecycle| lifecycle == "active");
        let page = Target::parse(&self.url).ok().filter(|_| is_page)?;
        let failure = Failure::from_engine(&self.error);
        Some(Event::NavigationFailed { tab: self.tab_id, page, failure, online: self.online })
    }
}

impl Committed {
    fn event(self, own: &Own) -> Option<Event> {
        let shown = match Target::parse(&self.url) {
            _ if self.url.starts_with(&own.base) => Shown::OwnPage,
            Ok(page) => Shown::Page(page),
            Err(_) if self.url == "about:blank" => Shown::Blank,
            Err(_) => Shown::Other,
        };
        (self.frame_id == 0).then_some(Event::NavigationCommitted { tab: self.tab_id, shown })
    }
}

/// What a port is for.
///
/// # Errors
/// [`Unusable`], where whoever opened it may not have that.
pub(crate) fn wanted(name: &str, sender: &str, own: &Own) -> Result<(Wanted, Speaker), Unusable> {
    let speaker = json::read::<Sender>(sender)?.speaker(own)?;
    let wanted = match &speaker {
        Speaker::Page(document) if name == "view:" => Wanted::Banner(document.clone()),
        Speaker::Page(_) => return Err(Unusable::NotTheirs),
        Speaker::Ours { tab } => match (name, name.split_once(':')) {
            ("settings", _) => Wanted::Settings,
            ("board", _) => Wanted::Board,
            (_, Some(("view", named))) => Wanted::Tab(meant(named.parse().ok().map(TabId), *tab)?),
            (_, Some(("original", url))) => Wanted::Original(original_of(url)),
            (_, Some(_) | None) => return Err(Unusable::NotTheirs),
        },
    };
    Ok((wanted, speaker))
}

/// Everything that somebody's page may say, of itself and its own tab only.
fn of_page(message: Message, page: &Document) -> Result<Option<Event>, Unusable> {
    let tab = page.tab;
    Ok(Some(match message {
        Message::PageStatus { status, by_service_worker, title, html, url } => {
            let Ok(page) = Target::parse(&page.own(url)?) else { return Ok(None) };
            let (title, html) = (cut(title, LONGEST_TITLE), cut(html, LONGEST_HTML));
            Event::StatusSeen { tab, page, status, by_service_worker, title, html }
        }
        // Parts are other sites' by their nature; whose page they are parts of is not.
        Message::PartsFailed { url, parts } => {
            let Ok(page) = Target::parse(&page.own(url)?) else { return Ok(None) };
            let parts = few(parts, |part| &part.url).into_iter();
            let parts =
                parts.filter_map(|Part { url, status }| Some(FailedPart { target: Target::parse(&url).ok()?, status }));
            Event::PartsFailed { tab, page, parts: parts.collect() }
        }
        Message::TryAgain { tab: _ } => Event::TryAgainClicked { tab },
        Message::BannerClosed {} => Event::BannerClosed { tab },
        // Nobody clicks into a page that is not in front.
        Message::ShowDetails {} if page.is_in_front => Event::DetailsWanted { tab },
        Message::PageReady { page: told } => Event::PageReady { tab, page: ready(*told, page)? },
        Message::ShowDetails {}
        | Message::LookCloser { .. }
        | Message::FindCopies { .. }
        | Message::OpenCopy { .. }
        | Message::KeepPage { .. }
        | Message::Settings { .. }
        | Message::Watch { .. }
        | Message::CheckAll {}
        | Message::Mute { .. }
        | Message::Pause { .. }
        | Message::DeleteHistory { .. }
        | Message::ExportHistory { .. } => return Err(Unusable::NotTheirs),
    }))
}

/// Everything that a page of ours may say, of any tab.
fn of_ours(message: Message, from: Option<TabId>) -> Result<Option<Event>, Unusable> {
    Ok(Some(match message {
        Message::LookCloser { tab } => Event::LookCloserClicked { tab: meant(tab, from)? },
        Message::TryAgain { tab } => Event::TryAgainClicked { tab: meant(tab, from)? },
        Message::FindCopies { tab } => Event::FindCopiesClicked { tab: meant(tab, from)? },
        Message::OpenCopy { tab, url } => Event::CopyClicked { tab: meant(tab, from)?, url },
        Message::KeepPage { tab, url, kept } => Event::KeepClicked { tab: real(tab)?, url, kept },
        Message::Settings { settings } => Event::SettingsChanged { settings },
        Message::Watch { url, on } => {
            let Ok(page) = Target::parse(&url) else { return Ok(None) };
            Event::WatchClicked { page, on }
        }
        Message::CheckAll {} => Event::CheckAllClicked,
        Message::Mute { site, on } => Event::MuteClicked { site, on },
        Message::Pause { for_ms } => Event::PauseClicked { for_ms },
        Message::DeleteHistory { id } => Event::HistoryDeleted { id },
        Message::ExportHistory { as_csv } => Event::HistoryWanted { as_csv },
        Message::PageStatus { .. }
        | Message::PartsFailed { .. }
        | Message::PageReady { .. }
        | Message::BannerClosed {}
        | Message::ShowDetails {} => return Err(Unusable::NotTheirs),
    }))
}

/// The tab that a page of ours names, else the one that it is in.
fn meant(named: Option<TabId>, from: Option<TabId>) -> Result<TabId, Unusable> {
    real(named.or(from).ok_or(Unusable::NoTab)?)
}

/// What a page that is well says of itself. Too many or too long headers are no list to shorten: the one that forbids
/// to keep the page could be among those left out.
fn ready(mut told: ReadyPage, page: &Document) -> Result<ReadyPage, Unusable> {
    let headers = told.headers.iter().flatten();
    let (count, bytes) =
        headers.fold((0, 0), |(count, bytes), (name, value)| (count + 1, bytes + name.len() + value.len()));
    if count > MOST_HEADERS || bytes > LONGEST_HEADERS {
        return Err(Unusable::TooLong);
    }
    told.url = page.own(told.url)?;
    told.title = cut(told.title, LONGEST_TITLE);
    told.media_type = cut(told.media_type, LONGEST_TITLE);
    told.alternates = few(told.alternates, String::as_str);
    told.feeds = few(told.feeds, String::as_str);
    told.canonical = told.canonical.filter(|url| url.len() <= LONGEST_URL);
    told.onion = told.onion.filter(|url| url.len() <= LONGEST_URL);
    Ok(told)
}

/// The first of these addresses.
fn few<T>(items: Vec<T>, url: impl Fn(&T) -> &str) -> Vec<T> {
    items.into_iter().filter(|item| url(item).len() <= LONGEST_URL).take(MOST_URLS).collect()
}

/// The beginning of a text, whole characters.
fn cut(mut text: String, longest: usize) -> String {
    text.truncate(text.floor_char_boundary(longest));
    text.shrink_to_fit();
    text
}

impl From<Malformed> for Unusable {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed.to_string())
    }
}

/// Bytes of one raw event: more than all settings and the longest address together.
const LONGEST: usize = 8 * 1024 * 1024;
/// Bytes of a title. Nobody reads as much.
const LONGEST_TITLE: usize = 1024;
/// Bytes of a page's beginning: what `detect.js` sends, 4096 characters, each of three bytes at most.
const LONGEST_HTML: usize = 3 * 4096;
/// Addresses of one kind: what `keep.js` and `detect.js` send at most.
const MOST_URLS: usize = 20;
/// Headers of one answer, and their bytes: more than browsers' and servers' own limits let through.
const MOST_HEADERS: usize = 1_000;
const LONGEST_HEADERS: usize = 512 * 1024;

#[cfg(test)]
#[path = "inbound_tests.rs"]
mod tests;
