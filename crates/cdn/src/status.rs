//! What a status page says, read tolerantly: it may be in any state of disrepair while its CDN is.
//!
//! Such pages lag by minutes, or lie, so what is read here may make a verdict surer and nothing else. Only the
//! native host and the command line read them; in the wasm nothing of it is left.

use serde_json::Value;

use detour_model::observation::{Indicator, Millis, Report};
use detour_model::time::{parse_http_date, parse_timestamp};

/// Reads a Statuspage `summary.json`, or its parts `status.json` and `incidents/unresolved.json`; `None` when it
/// is none.
#[must_use]
pub fn read_summary(json: &str) -> Option<Report> {
    let document: Value = serde_json::from_str(json).ok()?;
    document.get("page")?.as_object()?;
    let status = document.get("status");
    let incidents = document.get("incidents").and_then(Value::as_array);
    if status.is_none() && incidents.is_none() {
        return None;
    }
    let said = Report {
        indicator: status.map_or(Indicator::None, |status| indicator(text(status, "indicator"))),
        description: status.map_or("", |status| text(status, "description")).to_owned(),
    };
    // The page's own word is kept up by hand: an open incident counts too, and says more.
    let worst = incidents
        .into_iter()
        .flatten()
        .filter(|incident| !matches!(text(incident, "status"), "resolved" | "postmortem" | "completed"))
        .map(|incident| Report {
            indicator: indicator(text(incident, "impact")),
            description: text(incident, "name").to_owned(),
        })
        .max_by_key(|report| report.indicator);
    Some(match worst {
        Some(worst) if worst.indicator > Indicator::None && worst.indicator >= said.indicator => worst,
        Some(_) | None => said,
    })
}

/// Reads an RSS feed of incidents, as of `now`; `None` when it is none.
///
/// Every item is a post. Posts of one incident share the first part of their guid (`/378892/817466`), or else
/// their guid without the time at its end; the newest says how it stands. What nobody has posted on for [`STALE`] is over, whatever it said.
#[must_use]
pub fn read_rss(xml: &str, now: Millis) -> Option<Report> {
    if !xml.contains("<rss") && !xml.contains("<channel") {
        return None;
    }
    let mut posts: Vec<Post> = xml.split("<item").skip(1).filter_map(Post::read).collect();
    posts.sort_by_key(|post| std::cmp::Reverse(post.at));
    let mut seen = Vec::new();
    let mut worst = Report { indicator: Indicator::None, description: String::new() };
    for post in posts {
        if seen.contains(&post.incident) {
            continue;
        }
        seen.push(post.incident.clone());
        let indicator = post.indicator(now);
        if indicator > worst.indicator {
            worst = Report { indicator, description: post.title };
        }
    }
    Some(worst)
}

/// One item of a feed.
struct Post {
    incident: String,
    title: String,
    words: String,
    at: Millis,
}

impl Post {
    fn read(item: &str) -> Option<Self> {
        let item = item.split("</item").next()?;
        let title = element(item, "title")?;
        let at = element(item, "pubDate").and_then(|date| parse_http_date(&date).or_else(|| iso_date(&date)))?;
        let guid = element(item, "guid").unwrap_or_default();
        let incident = if guid.contains("://") {
            // Amazon's posts differ in title and in the time at the end of the guid: the newest on the service counts.
            Some(guid.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '_'))
                .filter(|id| !id.is_empty())
        } else {
            guid.split('/').find(|part| !part.is_empty())
        };
        let incident = incident.unwrap_or(&title).to_owned();
        let words = element(item, "description").unwrap_or_default().to_lowercase();
        Some(Self { incident, title, words, at })
    }

    fn indicator(&self, now: Millis) -> Indicator {
        let title = self.title.to_lowercase();
        let is_future = self.at > now.plus(STALE);
        let says = |marks: &[&str]| marks.iter().any(|mark| title.contains(mark) || self.words.contains(mark));
        if is_future || now.since(self.at) > STALE || says(&OVER) || NO_INCIDENT.iter().any(|mark| title.contains(mark))
        {
            Indicator::None
        } else if says(&MUCH) {
            Indicator::Major
        } else {
            Indicator::Minor
        }
    }
}

/// The text of the first element of this name, without CDATA, entities and markup.
fn element(item: &str, name: &str) -> Option<String> {
    let start = item.find(&format!("<{name}"))?;
    let (_, rest) = item.get(start..)?.split_once('>')?;
    let (inner, _) = rest.split_once(&format!("</{name}>"))?;
    let inner = inner.trim().trim_start_matches("<![CDATA[").trim_end_matches("]]>");
    let plain = inner.replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'").replace("&amp;", "&");
    let mut is_tag = false;
    let text: String = plain
        .chars()
        .filter(|letter| {
            let is_markup = is_tag || *letter == '<';
            is_tag = is_markup && *letter != '>';
            !is_markup
        })
        .collect();
    Some(text.trim().to_owned())
}

/// `2026-06-18T13:39:05Z`; zones other than UTC are taken for it.
fn iso_date(text: &str) -> Option<Millis> {
    let digits: String = text.chars().filter(char::is_ascii_digit).take(14).collect();
    parse_timestamp(&digits)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn indicator(word: &str) -> Indicator {
    match word {
        "critical" => Indicator::Critical,
        "major" => Indicator::Major,
        "minor" => Indicator::Minor,
        // Also `maintenance`: it is no failure.
        _ => Indicator::None,
    }
}

/// An incident that lasts is posted on more often than once a day.
const STALE: u64 = 24 * 3600 * 1000;

/// How the last post on an incident ends it.
const OVER: [&str; 8] = [
    "resolved",
    "operating normally",
    "fully restored",
    "has been restored",
    "have been restored",
    "been completed",
    "is complete",
    "has ended",
];

/// Titles of posts that report no failure.
const NO_INCIDENT: [&str; 6] =
    ["maintenance", "capacity expansion", "retrospective", "announc", "changes to", "informational"];

/// Words for much, in a title or a post.
const MUCH: [&str; 6] = ["outage", "unavailable", "service disruption", "global", "widespread", "all regions"];

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Millis = Millis(1_623_153_600_000);

    fn feed(items: &str) -> String {
        format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Status</title>{items}</channel></rss>")
    }

    fn item(guid: &str, title: &str, time: &str, words: &str) -> String {
        format!(
            "<item><title>{title}</title><guid isPermaLink=\"false\">{guid}</guid>\
             <pubDate>Tue, 08 Jun 2021 {time} GMT</pubDate><description><![CDATA[<p>{words}</p>]]></description></item>"
        )
    }

    fn check_feed(items: &str, indicator: Indicator, description: &str) {
        let report = read_rss(&feed(items), NOON).expect("a feed");
        assert_eq!((report.indicator, report.description.as_str()), (indicator, description), "{items}");
    }

    fn check_summary(json: &str, indicator: Indicator, description: &str) {
        let report = read_summary(json).expect("a summary");
        assert_eq!((report.indicator, report.description.as_str()), (indicator, description), "{json}");
    }

    #[test]
    fn the_pages_own_word_is_read() {
        let head = r#""page":{"id":"x","name":"Vercel","url":"https://www.vercel-status.com"}"#;
        for (word, indicator) in [
            ("none", Indicator::None),
            ("minor", Indicator::Minor),
            ("major", Indicator::Major),
            ("critical", Indicator::Critical),
            ("maintenance", Indicator::None),
        ] {
            let json = format!(r#"{{{head},"status":{{"indicator":"{word}","description":"As it is"}}}}"#);
            check_summary(&json, indicator, "As it is");
        }
    }

    #[test]
    fn an_open_incident_counts_more_than_a_green_page() {
        let json = r#"{"page":{"name":"C"},"components":[{"name":"LHR","status":"operational"}],
            "incidents":[{"name":"Old","status":"resolved","impact":"critical"},
                         {"name":"Elevated errors","status":"investigating","impact":"major"}],
            "status":{"indicator":"none","description":"All Systems Operational"}}"#;
        check_summary(json, Indicator::Major, "Elevated errors");
        let unresolved = r#"{"page":{},"incidents":[{"name":"Slow","status":"monitoring","impact":"minor"}]}"#;
        check_summary(unresolved, Indicator::Minor, "Slow");
    }

    #[test]
    fn what_is_no_status_page_is_none() {
        for text in ["", "{}", "null", "[1]", r#"{"page":{}}"#, "<html>503</html>", r#"{"page":{"name":"#] {
            assert_eq!(read_summary(text), None, "{text}");
            assert_eq!(read_rss(text, NOON), None, "{text}");
        }
        // Parts of the wrong type are left out, the rest is read.
        check_summary(r#"{"page":{},"status":7,"incidents":"none"}"#, Indicator::None, "");
    }

    #[test]
    fn an_incident_that_goes_on_is_reported_by_its_newest_post() {
        let newer = item("/7/2", "Global CDN disruption", "10:44:00", "A fix is being applied.");
        let older = item("/7/1", "Global CDN disruption", "09:58:00", "We are investigating.");
        check_feed(&(newer + &older), Indicator::Major, "Global CDN disruption");
        check_feed(&item("/8/1", "Ashburn (IAD)", "11:00:00", "Elevated errors."), Indicator::Minor, "Ashburn (IAD)");
    }

    #[test]
    fn a_resolved_incident_is_none_although_its_older_posts_stay() {
        let newer = item("/7/2", "Global CDN disruption", "11:44:00", "This incident has been resolved.");
        let older = item("/7/1", "Global CDN disruption", "09:58:00", "We are investigating.");
        check_feed(&(older + &newer), Indicator::None, "");
    }

    #[test]
    fn old_planned_and_empty_is_none() {
        check_feed("", Indicator::None, "");
        check_feed(&item("/9/1", "Scheduled maintenance in Paris (CDG)", "11:00:00", "Soon."), Indicator::None, "");
        let old = item("/9/1", "Outage", "11:00:00", "We are investigating.").replace("08 Jun", "06 Jun");
        check_feed(&old, Indicator::None, "");
        check_feed("<item><title>No date</title></item><item>", Indicator::None, "");
    }

    #[test]
    fn amazons_feed_says_how_it_stands_in_the_title() {
        let link = "http://status.aws.amazon.com/#cloudfront_1623144420";
        check_feed(
            &item(link, "Service disruption: [RESOLVED] Increased Error Rates", "11:00:00", ""),
            Indicator::None,
            "",
        );
        let open = "Service disruption: Increased Error Rates";
        check_feed(&item(link, open, "11:00:00", "We continue to work."), Indicator::Major, open);
        let over = item(
            "http://status.aws.amazon.com/#cloudfront_1623148020",
            "Service is operating normally: [RESOLVED] Increased Error Rates",
            "11:30:00",
            "",
        );
        check_feed(&(over + &item(link, open, "11:00:00", "We continue to work.")), Indicator::None, "");
    }
}
