//! The CDNs' own status pages: Fastly's feed of posts, and a Statuspage for Cloudflare, in their public forms.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::arrival::Arrival;
use crate::hosts::Cdn;
use crate::hosts::STATUS_PAGES;
use crate::modes::StatusMode;
use crate::reply::{Body, Reply, json as json_reply, status, typed};
use crate::stamp::rfc3339;

/// Answers one request.
pub(crate) fn answer(arrival: &Arrival, path: &str) -> Reply {
    let cdn = STATUS_PAGES.iter().find(|(_, host)| *host == arrival.host.name).map_or(Cdn::Fastly, |(cdn, _)| *cdn);
    let mode = arrival.modes(|modes| modes.status.get(&cdn).copied().unwrap_or_default());
    let now = SystemTime::now();
    let path = path.split('?').next().unwrap_or_default();
    match (cdn, path) {
        _ if mode == StatusMode::Broken => status(503, Body::Page),
        (Cdn::Fastly, "/rss/" | "/rss") => typed("application/rss+xml; charset=utf-8", &feed(mode, now)),
        (Cdn::Cloudflare, "/api/v2/summary.json") => {
            part(mode, now, &["components", "incidents", "scheduled_maintenances", "status"])
        }
        (Cdn::Cloudflare, "/api/v2/status.json") => part(mode, now, &["status"]),
        (Cdn::Cloudflare, "/api/v2/components.json") => part(mode, now, &["components"]),
        (Cdn::Cloudflare, "/api/v2/incidents/unresolved.json") => part(mode, now, &["incidents"]),
        _ => status(404, Body::Page),
    }
}

/// One post of the feed; posts of one incident share the first part of their guid.
struct Post {
    ago: Duration,
    guid: &'static str,
    title: &'static str,
    words: &'static str,
}

/// Newest first, as the feed is.
fn feed(mode: StatusMode, now: SystemTime) -> String {
    let open = |title, words| Some(Post { ago: MINUTE * 6, guid: "/378912/817511", title, words });
    let newest = match mode {
        StatusMode::None | StatusMode::Broken => None,
        StatusMode::Minor => open(
            "Elevated Errors in London (LHR)",
            "We are investigating elevated errors in our London (LHR) data center.",
        ),
        StatusMode::Major => {
            open("CDN Service Disruption", "We are investigating a service disruption across most of our locations.")
        }
        StatusMode::Critical => {
            open("Global CDN Outage", "We are investigating an outage of our CDN services. All locations are impacted.")
        }
        StatusMode::Stale => Some(Post {
            ago: DAY * 3,
            guid: "/378905/817498",
            title: "Elevated Errors in Paris (CDG)",
            words: "We are investigating elevated errors in our Paris (CDG) data center.",
        }),
    };
    let incident = "Elevated Errors in Amsterdam (AMS)";
    let past = [
        Post { ago: DAY * 6, guid: "/378877/817402", title: incident, words: "This incident has been resolved." },
        Post {
            ago: DAY * 6 + MINUTE * 40,
            guid: "/378877/817399",
            title: incident,
            words: "We are investigating elevated errors in our Amsterdam (AMS) data center.",
        },
    ];
    let items: String = newest.into_iter().chain(past).map(|post| post.item(now)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel><title>Fastly Status</title>\
         <link>https://www.fastlystatus.com</link><description>Fastly status updates</description>{items}</channel></rss>\n"
    )
}

impl Post {
    fn item(&self, now: SystemTime) -> String {
        let Self { guid, title, words, .. } = self;
        let incident = guid.split('/').nth(1).unwrap_or_default();
        let date = OffsetDateTime::from(now - self.ago).format(RFC822).unwrap_or_default();
        format!(
            "<item><title>{title}</title><description>{words}</description>\
             <link>https://www.fastlystatus.com/incident/{incident}</link>\
             <guid isPermaLink=\"false\">{guid}</guid><pubDate>{date}</pubDate></item>"
        )
    }
}

/// A Statuspage document with these parts; every document names its page.
fn part(mode: StatusMode, now: SystemTime, parts: &[&str]) -> Reply {
    let ago = |ago| rfc3339(now - ago);
    let updated = ago(if mode == StatusMode::Stale { DAY * 3 } else { MINUTE * 4 });
    let (indicator, description, one, other) = match mode {
        StatusMode::Minor => ("minor", "Minor Service Outage", "degraded_performance", "operational"),
        StatusMode::Major => ("major", "Partial System Outage", "major_outage", "partial_outage"),
        StatusMode::Critical => ("critical", "Major System Outage", "major_outage", "major_outage"),
        StatusMode::None | StatusMode::Broken | StatusMode::Stale => {
            ("none", "All Systems Operational", "operational", "operational")
        }
    };
    let component = |id: &str, name: &str, status: &str, position: u32| {
        json!({
            "id": id, "name": name, "status": status, "created_at": ago(DAY * 900), "updated_at": &updated,
            "position": position, "description": null, "showcase": false, "start_date": null, "group_id": GROUP_ID,
            "page_id": PAGE_ID, "group": false, "only_show_if_degraded": false,
        })
    };
    let incident = || {
        json!({
            "id": "9xk2f0lm4vbn", "name": "Elevated errors across the network", "status": "investigating",
            "created_at": ago(MINUTE * 6), "updated_at": &updated, "monitoring_at": null, "resolved_at": null,
            "impact": indicator, "shortlink": "https://stspg.io/9xk2f0lm4vbn", "started_at": ago(MINUTE * 6),
            "page_id": PAGE_ID,
            "incident_updates": [{
                "id": "2l0f7m5q1w8z", "status": "investigating", "body": "We are investigating elevated errors.",
                "incident_id": "9xk2f0lm4vbn", "created_at": ago(MINUTE * 6), "updated_at": &updated,
                "display_at": ago(MINUTE * 6), "affected_components": null, "deliver_notifications": true,
                "custom_tweet": null, "tweet_id": null,
            }],
            "components": [],
        })
    };
    let mut document = json!({ "page": {
        "id": PAGE_ID, "name": "Cloudflare", "url": "https://www.cloudflarestatus.com", "time_zone": "Etc/UTC",
        "updated_at": &updated,
    } });
    let mut put = |name: &str, value: Value| {
        if let Some(document) = document.as_object_mut().filter(|_| parts.contains(&name)) {
            document.insert(name.to_owned(), value);
        }
    };
    let components = [
        component("1km35smx8p41", "London, United Kingdom - (LHR)", one, 1),
        component("5xnl6vm2h0qz", "Amsterdam, Netherlands - (AMS)", other, 2),
    ];
    put("components", json!(components));
    put("incidents", if indicator == "none" { json!([]) } else { json!([incident()]) });
    put("scheduled_maintenances", json!([]));
    put("status", json!({ "indicator": indicator, "description": description }));
    json_reply(200, &document)
}

const PAGE_ID: &str = "yh6f0r4529hb";
const GROUP_ID: &str = "1lyh6f0r4529";
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);
const RFC822: &[time::format_description::BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
