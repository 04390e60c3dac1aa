//! Wayback's availability API and CDX server in their documented forms, over the same captures that pywb replays.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::archive::Capture;

/// How an interface answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AvailabilityMode {
    /// As documented.
    #[default]
    Documented,
    /// Always `{"archived_snapshots": {}}`, as it sometimes does.
    Empty,
    /// 429, without Retry-After, as it does.
    TooManyRequests,
    /// 429 with `Retry-After: 3`.
    Patience,
    /// 503.
    Unavailable,
    /// 503 with `Retry-After`, a date three seconds from now.
    UnavailableUntil,
    /// 200 and a page of HTML, as from a proxy in between.
    Html,
    /// As documented, after 8 seconds.
    Slow,
}

/// The API's state.
#[derive(Debug)]
pub(crate) struct Availability {
    pub(crate) captures: Vec<Capture>,
    pub(crate) mode: RwLock<AvailabilityMode>,
    pub(crate) cdx_mode: RwLock<AvailabilityMode>,
}

/// What an interface says.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: String,
}

impl Availability {
    pub(crate) fn new(captures: Vec<Capture>) -> Arc<Self> {
        Arc::new(Self { captures, mode: RwLock::default(), cdx_mode: RwLock::default() })
    }

    /// Answers `/wayback/available?url=…&timestamp=…`.
    pub(crate) async fn answer(&self, query: &str) -> Answer {
        let mode = *self.mode.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(refused) = refused(mode).await {
            return refused;
        }
        let url = parameter(query, "url").unwrap_or_default();
        let is_empty = mode == AvailabilityMode::Empty;
        let timestamp = parameter(query, "timestamp");
        let closest = if is_empty { None } else { self.closest(&url, timestamp.as_deref()) };
        let snapshots = closest.map_or_else(
            || json!({}),
            |capture| {
                json!({ "closest": {
                    "status": "200",
                    "available": true,
                    "url": format!("http://web.archive.org/web/{}/{}", capture.timestamp, capture.url),
                    "timestamp": capture.timestamp,
                } })
            },
        );
        well(json!({ "url": url, "archived_snapshots": snapshots }).to_string())
    }

    /// Answers `/cdx/search/cdx?url=…&output=json&limit=-5&filter=…&fl=…&collapse=digest`, as far as that is used.
    pub(crate) async fn cdx(&self, query: &str) -> Answer {
        let mode = *self.cdx_mode.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(refused) = refused(mode).await {
            return refused;
        }
        if mode == AvailabilityMode::Empty {
            return well("[]".into());
        }
        let wanted = comparable(&parameter(query, "url").unwrap_or_default());
        let filters: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
            .filter(|(name, _)| name == "filter")
            .filter_map(|(_, value)| value.split_once(':').map(|(of, is)| (of.to_owned(), is.to_owned())))
            .collect();
        let mut found: Vec<&Capture> =
            self.captures.iter().filter(|capture| comparable(&capture.url) == wanted).collect();
        found.retain(|capture| filters.iter().all(|(name, value)| field(capture, name) == *value));
        found.sort_by(|one, other| one.timestamp.cmp(&other.timestamp));
        if parameter(query, "collapse").as_deref() == Some("digest") {
            found.dedup_by(|one, other| one.digest == other.digest);
        }
        match parameter(query, "limit").and_then(|limit| limit.parse::<i64>().ok()) {
            Some(last) if last < 0 => {
                let most = usize::try_from(-last).unwrap_or(0);
                found.drain(..found.len().saturating_sub(most));
            }
            Some(first) => found.truncate(usize::try_from(first).unwrap_or(0)),
            None => {}
        }
        let all = "urlkey,timestamp,original,mimetype,statuscode,digest,length".to_owned();
        let names = parameter(query, "fl").unwrap_or(all);
        let names: Vec<&str> = names.split(',').collect();
        let rows = found.iter().map(|capture| names.iter().map(|name| field(capture, name)).collect::<Vec<_>>());
        if parameter(query, "output").as_deref() == Some("json") {
            let head = names.iter().map(|name| (*name).to_owned()).collect();
            let table: Vec<Vec<String>> =
                if found.is_empty() { Vec::new() } else { std::iter::once(head).chain(rows).collect() };
            return well(json!(table).to_string());
        }
        well(rows.map(|row| row.join(" ") + "\n").collect())
    }

    /// The capture nearest to a timestamp of any length, or the newest.
    fn closest(&self, url: &str, timestamp: Option<&str>) -> Option<&Capture> {
        let wanted = comparable(url);
        let same = self.captures.iter().filter(|capture| capture.status == 200 && comparable(&capture.url) == wanted);
        let number = |text: &str| format!("{text:0<14}").parse::<i64>().unwrap_or(i64::MAX);
        match timestamp.filter(|timestamp| !timestamp.is_empty()) {
            Some(timestamp) => same.min_by_key(|capture| (number(&capture.timestamp) - number(timestamp)).abs()),
            None => same.max_by_key(|capture| number(&capture.timestamp)),
        }
    }
}

/// What a mode says in place of an answer.
async fn refused(mode: AvailabilityMode) -> Option<Answer> {
    let says = |status: u16, retry_after: Option<String>, body: &str| {
        Some(Answer { status, retry_after, body: format!("<html><body>{body}</body></html>") })
    };
    let date = || {
        let form = time::macros::format_description!(
            "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
        );
        let until = time::OffsetDateTime::from(std::time::SystemTime::now() + PATIENCE);
        until.format(form).ok()
    };
    match mode {
        AvailabilityMode::TooManyRequests => says(429, None, "429 Too Many Requests"),
        AvailabilityMode::Patience => says(429, Some(PATIENCE.as_secs().to_string()), "429 Too Many Requests"),
        AvailabilityMode::Unavailable => says(503, None, "503 Service Unavailable"),
        AvailabilityMode::UnavailableUntil => says(503, date(), "503 Service Unavailable"),
        AvailabilityMode::Html => says(200, None, "Welcome to the proxy of this hotel"),
        AvailabilityMode::Slow => {
            tokio::time::sleep(SLOW).await;
            None
        }
        AvailabilityMode::Documented | AvailabilityMode::Empty => None,
    }
}

fn well(body: String) -> Answer {
    Answer { status: 200, retry_after: None, body }
}

fn parameter(query: &str, name: &str) -> Option<String> {
    url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// A field by the name that the CDX server has for it.
fn field(capture: &Capture, name: &str) -> String {
    match name {
        "urlkey" => comparable(&capture.url),
        "timestamp" => capture.timestamp.clone(),
        "original" => capture.url.clone(),
        "mimetype" => "text/html".into(),
        "statuscode" => capture.status.to_string(),
        "digest" => capture.digest.clone(),
        "length" => "1024".into(),
        _ => "-".into(),
    }
}

/// Archives ignore the scheme, `www.`, a final slash and the fragment when they compare addresses.
fn comparable(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    let url = url.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    url.trim_end_matches('/').to_ascii_lowercase()
}

/// Longer than anybody's patience, shorter than a test's.
const SLOW: Duration = Duration::from_secs(8);
/// How long `Retry-After` says to wait: long enough to be seen, short enough to be waited for.
const PATIENCE: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_nearest_capture_is_named_and_an_unknown_page_gives_none() {
        let capture = |timestamp: &str| Capture {
            url: "https://www.gov.uk/".into(),
            timestamp: timestamp.into(),
            status: 200,
            digest: timestamp.into(),
        };
        let api = Availability::new(vec![capture("20210601000000"), capture("20210608090000")]);
        let Answer { status, body: newest, .. } = api.answer("url=http%3A%2F%2Fgov.uk").await;
        assert_eq!(status, 200);
        assert!(newest.contains("http://web.archive.org/web/20210608090000/https://www.gov.uk/"), "{newest}");
        let Answer { body: older, .. } = api.answer("url=www.gov.uk/&timestamp=20210602").await;
        assert!(older.contains("20210601000000"), "{older}");
        let Answer { body: none, .. } = api.answer("url=www.gov.uk/elsewhere").await;
        assert!(none.contains(r#""archived_snapshots":{}"#), "{none}");
    }
}
