//! Wayback's availability API in its documented form, over the same captures that pywb replays.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::archive::Capture;

/// How the API answers.
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
    /// 503.
    Unavailable,
    /// As documented, after 8 seconds.
    Slow,
}

/// The API's state.
#[derive(Debug)]
pub(crate) struct Availability {
    pub(crate) captures: Vec<Capture>,
    pub(crate) mode: RwLock<AvailabilityMode>,
}

/// A status and a JSON body.
pub(crate) type Answer = (u16, String);

impl Availability {
    pub(crate) fn new(captures: Vec<Capture>) -> Arc<Self> {
        Arc::new(Self { captures, mode: RwLock::default() })
    }

    /// Answers `/wayback/available?url=…&timestamp=…`.
    pub(crate) async fn answer(&self, query: &str) -> Answer {
        let mode = *self.mode.read().unwrap_or_else(PoisonError::into_inner);
        match mode {
            AvailabilityMode::TooManyRequests => {
                return (429, "<html><body>429 Too Many Requests</body></html>".into());
            }
            AvailabilityMode::Unavailable => return (503, "<html><body>503 Service Unavailable</body></html>".into()),
            AvailabilityMode::Slow => tokio::time::sleep(SLOW).await,
            AvailabilityMode::Documented | AvailabilityMode::Empty => {}
        }
        let parameter = |name: &str| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        let url = parameter("url").unwrap_or_default();
        let closest = match mode {
            AvailabilityMode::Empty => None,
            AvailabilityMode::Documented
            | AvailabilityMode::TooManyRequests
            | AvailabilityMode::Unavailable
            | AvailabilityMode::Slow => self.closest(&url, parameter("timestamp").as_deref()),
        };
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
        (200, json!({ "url": url, "archived_snapshots": snapshots }).to_string())
    }

    /// The capture nearest to a timestamp of any length, or the newest.
    fn closest(&self, url: &str, timestamp: Option<&str>) -> Option<&Capture> {
        let wanted = comparable(url);
        let same = self.captures.iter().filter(|capture| comparable(&capture.url) == wanted);
        let number = |text: &str| format!("{text:0<14}").parse::<i64>().unwrap_or(i64::MAX);
        match timestamp.filter(|timestamp| !timestamp.is_empty()) {
            Some(timestamp) => same.min_by_key(|capture| (number(&capture.timestamp) - number(timestamp)).abs()),
            None => same.max_by_key(|capture| number(&capture.timestamp)),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_nearest_capture_is_named_and_an_unknown_page_gives_none() {
        let capture = |timestamp: &str| Capture { url: "https://www.gov.uk/".into(), timestamp: timestamp.into() };
        let api = Availability::new(vec![capture("20210601000000"), capture("20210608090000")]);
        let (status, newest) = api.answer("url=http%3A%2F%2Fgov.uk").await;
        assert_eq!(status, 200);
        assert!(newest.contains("http://web.archive.org/web/20210608090000/https://www.gov.uk/"), "{newest}");
        let (_, older) = api.answer("url=www.gov.uk/&timestamp=20210602").await;
        assert!(older.contains("20210601000000"), "{older}");
        let (_, none) = api.answer("url=www.gov.uk/elsewhere").await;
        assert!(none.contains(r#""archived_snapshots":{}"#), "{none}");
    }
}
