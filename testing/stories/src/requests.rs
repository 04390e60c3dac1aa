//! Who in a browser asked for what: each request with its initiator, from the browser's own books.
//!
//! Names alone do not tell who asked: a page, the extension and the browser itself share one resolver and one network stack.
//! Chromium writes a net log; in Firefox an observer in the parent process writes each channel down. Both see requests that
//! never reach a server, and each hop of a redirect.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use detour_lab::record::read_from;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::engine::Engine;

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Unix time in seconds.
    pub at: f64,
    /// What was asked for.
    pub url: Url,
    /// For whom.
    pub by: By,
}

/// Who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// Our extension: its worker, or one of its pages.
    Extension,
    /// A document of the web, or a worker of it, with this origin.
    Page(String),
    /// A tab that goes somewhere.
    Navigation,
    /// The browser, for itself.
    Browser,
}

/// What the browsers of a lab wrote down; each look gives what has come since the last one.
#[derive(Debug, Default)]
pub struct Books {
    folder: PathBuf,
    read: BTreeMap<PathBuf, Book>,
}

#[derive(Debug, Default)]
struct Book {
    offset: u64,
    numbers: Option<Numbers>,
}

/// What Chromium's log needs to be read: the type of the one kind of events that counts, and when its clock began.
#[derive(Debug)]
struct Numbers {
    begun: u64,
    /// How that is written in an event: of the many kinds most lines are another, and are not parsed.
    mark: String,
    began: f64,
}

impl Books {
    /// The books that browsers keep in this folder.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), read: BTreeMap::new() }
    }

    /// What has been written since the last look.
    ///
    /// # Errors
    /// When a book cannot be read.
    pub fn news(&mut self) -> Result<Vec<Request>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.folder).context("the browsers' books")? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let engine = match name.split('-').next() {
                Some(CHROMIUM) => Engine::Chromium,
                Some(FIREFOX) => Engine::Firefox,
                Some(_) | None => continue,
            };
            let book = self.read.entry(path.clone()).or_default();
            let new = read_from(&path, book.offset).with_context(|| format!("reading {}", path.display()))?;
            // A line that is still being written is read next time.
            let whole = new.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            book.offset += whole as u64;
            let text = String::from_utf8_lossy(new.get(..whole).unwrap_or_default());
            match engine {
                Engine::Chromium => found.extend(text.lines().filter_map(|line| book.read_event(line))),
                Engine::Firefox => found.extend(text.lines().filter_map(read_channel)),
            }
        }
        Ok(found)
    }
}

/// The last pages of a book.
pub(crate) fn tail(path: &Path) -> Result<String> {
    let length = std::fs::metadata(path).map_or(0, |file| file.len());
    let bytes = read_from(path, length.saturating_sub(TAIL)).with_context(|| format!("reading {}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The file that a browser is to write.
pub(crate) fn book(folder: &Path, engine: Engine, nth: u32) -> PathBuf {
    let kind = match engine {
        Engine::Chromium => CHROMIUM,
        Engine::Firefox => FIREFOX,
    };
    folder.join(format!("{kind}-{nth}.json"))
}

impl Book {
    /// A line of Chromium's log: `{"constants":…},` at first, then an event each.
    fn read_event(&mut self, line: &str) -> Option<Request> {
        let Some(numbers) = &self.numbers else {
            self.numbers = read_numbers(line);
            return None;
        };
        if !line.contains(&numbers.mark) {
            return None;
        }
        let event: Value = serde_json::from_str(line.trim_end_matches(',')).ok()?;
        let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
        if event.get("type")?.as_u64()? != numbers.begun {
            return None;
        }
        let url = Url::parse(text("/params/url")?).ok().filter(is_of_the_web)?;
        let is_navigation = text("/params/request_type") == Some("main frame");
        let by = match text("/params/initiator") {
            _ if is_navigation => By::Navigation,
            Some(origin) if origin == Engine::Chromium.origin() => By::Extension,
            Some(origin) if origin.starts_with("http") => By::Page(origin.to_owned()),
            // An opaque origin: a frame without rights, or a document of data.
            Some("null") => By::Page("null".to_owned()),
            Some(_) | None => By::Browser,
        };
        let ticks: f64 = text("/time")?.parse().ok()?;
        Some(Request { at: (numbers.began + ticks) / 1000.0, url, by })
    }
}

fn read_numbers(line: &str) -> Option<Numbers> {
    let line = line.trim_end_matches(',');
    let log: Value = serde_json::from_str(&format!("{line}}}")).ok()?;
    let began = log.pointer("/constants/timeTickOffset")?;
    let began = began.as_f64().or_else(|| began.as_str()?.parse().ok())?;
    let begun = log.pointer("/constants/logEventTypes/URL_REQUEST_START_JOB")?.as_u64()?;
    Some(Numbers { begun, mark: format!("\"type\":{begun}"), began })
}

/// What the observer in Firefox writes.
#[derive(Deserialize)]
struct Channel {
    at: f64,
    url: String,
    /// `nsIContentPolicy`'s number.
    kind: u32,
    addon: Option<String>,
    origin: Option<String>,
}

fn read_channel(line: &str) -> Option<Request> {
    let channel: Channel = serde_json::from_str(line).ok()?;
    let url = Url::parse(&channel.url).ok().filter(is_of_the_web)?;
    let by = match (channel.addon, channel.origin) {
        _ if channel.kind == TYPE_DOCUMENT => By::Navigation,
        (Some(_), _) => By::Extension,
        (None, Some(origin)) => By::Page(origin),
        (None, None) => By::Browser,
    };
    Some(Request { at: channel.at, url, by })
}

/// Not what the browser has in itself.
fn is_of_the_web(url: &Url) -> bool {
    ["http", "https", "ws", "wss"].contains(&url.scheme()) && !url.path().starts_with(MARK)
}

/// The path of a request that only pushes earlier ones out of the browser's memory into its book.
pub(crate) const MARK: &str = "/detour-stories-mark/";
/// Longer than what three small requests leave, and a few of a busy page.
const TAIL: u64 = 512 * 1024;
const CHROMIUM: &str = "netlog";
const FIREFOX: &str = "channels";
const TYPE_DOCUMENT: u32 = 6;

#[cfg(test)]
mod tests {
    use super::*;

    fn in_netlog(lines: &[&str]) -> Vec<Request> {
        let mut book = Book::default();
        lines.iter().filter_map(|line| book.read_event(line)).collect()
    }

    #[test]
    fn chromiums_log_says_who_asked() {
        let begin = r#"{"constants":{"logEventTypes":{"URL_REQUEST_START_JOB":136},"timeTickOffset":"1000"},"#;
        let event = |initiator: &str, kind: &str| {
            format!(
                r#"{{"params":{{"initiator":"{initiator}","request_type":"{kind}","url":"https://a.example/x"}},"phase":1,"time":"500","type":136}},"#
            )
        };
        for (initiator, kind, by) in [
            (Engine::Chromium.origin(), "other", By::Extension),
            (Engine::Chromium.origin(), "main frame", By::Navigation),
            ("https://b.example", "other", By::Page("https://b.example".into())),
            ("chrome-extension://another", "other", By::Browser),
            ("not an origin", "other", By::Browser),
        ] {
            let found = in_netlog(&[begin, r#""events": ["#, &event(initiator, kind)]);
            let url = Url::parse("https://a.example/x").unwrap();
            assert_eq!(found, [Request { at: 1.5, url, by }]);
        }
        let other = event("not an origin", "other").replace("136", "137");
        assert!(in_netlog(&[begin, &other]).is_empty());
    }

    #[test]
    fn firefoxs_channels_say_who_asked() {
        let line = |kind: u32, addon: &str, origin: &str| {
            format!(r#"{{"at":1.5,"url":"https://a.example/x","kind":{kind},"addon":{addon},"origin":{origin}}}"#)
        };
        for (line, by) in [
            (line(20, r#""detour@detour.example""#, "null"), By::Extension),
            (line(6, r#""detour@detour.example""#, "null"), By::Navigation),
            (line(3, "null", r#""https://b.example""#), By::Page("https://b.example".into())),
            (line(20, "null", "null"), By::Browser),
        ] {
            assert_eq!(read_channel(&line).unwrap().by, by);
        }
    }
}
