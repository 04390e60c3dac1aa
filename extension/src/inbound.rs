//! Raw browser events, as `www/background.js` copies them, into [`Event`]s. Parsed here, once.
//!
//! Strict: background.js, the pages and this file are one build. What a content script says counts only
//! for the tab that it runs in, whatever tab it names.

use detour_core::event::{Event, TabId};
use detour_core::keep::ReadyPage;
use detour_core::state::Settings;
use serde::Deserialize;

use crate::json::{self, Malformed};
use crate::notices;

/// What background.js delivers, each under its own name. No inner tag: serde would build each reader twice
/// for it, which the wasm's size shows.
#[derive(Debug, Deserialize)]
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
#[serde(rename_all = "camelCase")]
pub(crate) struct Committed {
    tab_id: TabId,
    frame_id: i64,
    url: String,
}

/// Who sent a message.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sender {
    /// The page's address; ours for the popup, the options and the outage page.
    #[serde(default)]
    pub(crate) url: String,
    /// The tab, unless it is the popup.
    #[serde(default)]
    pub(crate) tab: Option<SenderTab>,
    /// 0 is the page itself.
    #[serde(default)]
    pub(crate) frame_id: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct SenderTab {
    pub(crate) id: TabId,
}

/// What our content scripts and pages say.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Message {
    /// `detect.js`: this page knows its own status.
    PageStatus { status: u16, by_service_worker: bool, title: String, html: String, url: String },
    /// `detect.js`: parts of this page could not be loaded.
    PartsFailed { url: String, parts: Vec<String> },
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
    /// `keep.js`: this page is well, and may be worth keeping.
    PageReady { page: ReadyPage },
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

/// Why a raw event is no event.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("a malformed event: {0}")]
    Malformed(#[from] Malformed),
    #[error("a message that names no tab and comes from none")]
    NoTab,
    #[error("a message that a page of this kind may not send")]
    NotTheirs,
}

/// The event that this JSON is; `own` is the address that all our own pages begin with.
pub(crate) fn event(json: &str, own: &str) -> Result<Event, Unusable> {
    Ok(match json::read(json)? {
        Raw::NavigationFailed(details) => Event::NavigationFailed {
            tab: details.tab_id,
            frame: details.frame_id,
            url: details.url,
            error: details.error,
            lifecycle: details.document_lifecycle,
            online: details.online,
        },
        Raw::NavigationCommitted(details) => Event::NavigationCommitted {
            tab: details.tab_id,
            frame: details.frame_id,
            own_page: details.url.starts_with(own),
            url: details.url,
        },
        Raw::TabClosed(tab) => Event::TabClosed { tab },
        Raw::Alarm => Event::TimerFired,
        Raw::NoticeClicked(name) => Event::NoticeClicked { id: notices::incident(&name).ok_or(Unusable::NotTheirs)? },
        Raw::Message { message, sender } => said(message, &sender, own)?,
    })
}

fn said(message: Message, sender: &Sender, own: &str) -> Result<Event, Unusable> {
    let ours = |event| if sender.is_ours(own) { Ok(event) } else { Err(Unusable::NotTheirs) };
    Ok(match message {
        Message::PageStatus { status, by_service_worker, title, html, url } => {
            if sender.frame_id != 0 {
                return Err(Unusable::NotTheirs);
            }
            let tab = sender.tab.as_ref().ok_or(Unusable::NoTab)?.id;
            Event::StatusSeen { tab, url, status, by_service_worker, title, html }
        }
        Message::PartsFailed { url, parts } => {
            if sender.frame_id != 0 {
                return Err(Unusable::NotTheirs);
            }
            Event::PartsFailed { tab: sender.tab.as_ref().ok_or(Unusable::NoTab)?.id, url, parts }
        }
        Message::LookCloser { tab } => Event::LookCloserClicked { tab: sender.tab(tab, own)? },
        Message::TryAgain { tab } => Event::TryAgainClicked { tab: sender.tab(tab, own)? },
        Message::FindCopies { tab } => Event::FindCopiesClicked { tab: sender.tab(tab, own)? },
        Message::OpenCopy { tab, url } => Event::CopyClicked { tab: sender.tab(tab, own)?, url },
        Message::BannerClosed {} => Event::BannerClosed { tab: sender.tab(None, own)? },
        Message::PageReady { page } => {
            // The host decides whether it may be kept, and the browser knows it as well. Not the whole address: Chromium
            // goes on naming the one that was loaded after scripts changed it.
            let origin = |url: &str| url.splitn(4, '/').take(3).map(String::from).collect::<Vec<_>>();
            if sender.frame_id != 0 || origin(&page.url) != origin(&sender.url) {
                return Err(Unusable::NotTheirs);
            }
            Event::PageReady { tab: sender.tab.as_ref().ok_or(Unusable::NoTab)?.id, page }
        }
        Message::KeepPage { tab, url, kept } => {
            if !sender.is_ours(own) {
                return Err(Unusable::NotTheirs);
            }
            Event::KeepClicked { tab, url, kept }
        }
        Message::Settings { settings } => ours(Event::SettingsChanged { settings })?,
        Message::Watch { url, on } => ours(Event::WatchClicked { url, on })?,
        Message::CheckAll {} => ours(Event::CheckAllClicked)?,
        Message::Mute { site, on } => ours(Event::MuteClicked { site, on })?,
        Message::Pause { for_ms } => ours(Event::PauseClicked { for_ms })?,
        Message::DeleteHistory { id } => ours(Event::HistoryDeleted { id })?,
        Message::ExportHistory { as_csv } => ours(Event::HistoryWanted { as_csv })?,
    })
}

impl Sender {
    /// Whether a page of ours speaks, not a content script inside somebody's page.
    pub(crate) fn is_ours(&self, own: &str) -> bool {
        self.url.starts_with(own)
    }

    /// The tab that is meant: the one that one of our pages names, else the one it comes from.
    pub(crate) fn tab(&self, named: Option<TabId>, own: &str) -> Result<TabId, Unusable> {
        named.filter(|_| self.is_ours(own)).or_else(|| self.tab.as_ref().map(|tab| tab.id)).ok_or(Unusable::NoTab)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "chrome-extension://abc/";

    fn check(json: &str, expected: &str) {
        let found = match event(json, OWN) {
            Ok(event) => format!("{event:?}"),
            Err(unusable) => unusable.to_string(),
        };
        assert!(found.contains(expected), "{json}\n gave {found}\n not {expected}");
    }

    #[test]
    fn every_browser_event_has_its_own() {
        check(
            r#"{"webNavigation.onErrorOccurred":{"tabId":3,"frameId":0,"url":"http://a.test/",
               "error":"net::ERR_CONNECTION_REFUSED","documentLifecycle":"active","timeStamp":1.5}}"#,
            r#"NavigationFailed { tab: TabId(3), frame: 0, url: "http://a.test/", error: "net::ERR_CONNECTION_REFUSED", lifecycle: Some("active"), online: true }"#,
        );
        check(
            r#"{"webNavigation.onCommitted":{"tabId":3,"frameId":0,"url":"chrome-extension://abc/outage.html#tab=3"}}"#,
            "own_page: true",
        );
        check(r#"{"tabs.onRemoved":3}"#, "TabClosed { tab: TabId(3) }");
        check(r#""alarms.onAlarm""#, "TimerFired");
        check(r#"{"notifications.onClicked":"incident-12"}"#, "NoticeClicked { id: 12 }");
        check(r#"{"notifications.onClicked":"another"}"#, "may not send");
    }

    #[test]
    fn a_content_script_speaks_for_its_own_tab_only() {
        let page = r#"{"url":"https://evil.test/","tab":{"id":3},"frameId":0}"#;
        let popup = r#"{"url":"chrome-extension://abc/popup.html"}"#;
        let again = r#"{"try_again":{"tab":9}}"#;
        check(&message(again, page), "TryAgainClicked { tab: TabId(3) }");
        check(&message(r#"{"look_closer":{"tab":9}}"#, popup), "LookCloserClicked { tab: TabId(9) }");
        let parts = r#"{"parts_failed":{"url":"https://evil.test/","parts":["https://cdn.test/a.js"]}}"#;
        check(&message(parts, page), "PartsFailed { tab: TabId(3)");
        check(&message(parts, r#"{"url":"https://evil.test/","tab":{"id":3},"frameId":7}"#), "may not send");
        check(&message(again, popup), "TryAgainClicked { tab: TabId(9) }");
        check(&message(r#"{"settings":{"settings":{}}}"#, page), "may not send");
        for ours in [
            r#"{"watch":{"url":"https://evil.test/","on":true}}"#,
            r#"{"check_all":{}}"#,
            r#"{"mute":{"site":"a.test","on":true}}"#,
            r#"{"pause":{"for_ms":1}}"#,
            r#"{"delete_history":{"id":null}}"#,
            r#"{"export_history":{"as_csv":true}}"#,
        ] {
            check(&message(ours, page), "may not send");
        }
        check(&message(r#"{"delete_history":{"id":3}}"#, popup), "HistoryDeleted { id: Some(3) }");
    }

    #[test]
    fn a_frame_within_a_page_has_no_status_to_tell() {
        let status =
            r#"{"page_status":{"status":503,"by_service_worker":false,"title":"","html":"","url":"https://a.test/"}}"#;
        check(&message(status, r#"{"url":"https://a.test/","tab":{"id":3},"frameId":0}"#), "StatusSeen");
        check(&message(status, r#"{"url":"https://a.test/","tab":{"id":3},"frameId":7}"#), "may not send");
    }

    #[test]
    fn a_page_tells_of_itself_only_and_what_is_pinned_only_our_pages_say() {
        let ready = r#"{"page_ready":{"page":{"url":"https://a.test/x#part","title":"X","status":200,"media_type":"text/html",
            "has_password":false,"has_sign_out":false,"from_form":false,"headers":{"vary":"cookie"},"alternates":[],"feeds":[]}}}"#;
        let sender = |url: &str, frame: u8| format!(r#"{{"url":"{url}","tab":{{"id":3}},"frameId":{frame}}}"#);
        check(&message(ready, &sender("https://a.test/x", 0)), r#"headers: Some({"vary": "cookie"})"#);
        check(&message(ready, &sender("https://a.test/x", 4)), "may not send");
        check(&message(ready, &sender("https://b.test/x", 0)), "may not send");
        let keep = r#"{"keep_page":{"tab":9,"url":"https://a.test/","kept":true}}"#;
        check(&message(keep, r#"{"url":"chrome-extension://abc/popup.html"}"#), "KeepClicked { tab: TabId(9)");
        check(&message(keep, &sender("https://a.test/x", 0)), "may not send");
    }

    #[test]
    fn nonsense_is_an_error_with_words() {
        check("", "malformed");
        check("[]", "malformed");
        check(r#"{"tabs.onTeleported":{}}"#, "malformed");
        check(&message(r#"{"try_again":{}}"#, "{}"), "names no tab");
    }

    fn message(message: &str, sender: &str) -> String {
        format!(r#"{{"runtime.onMessage":{{"message":{message},"sender":{sender}}}}}"#)
    }
}
