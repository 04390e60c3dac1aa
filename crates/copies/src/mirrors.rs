//! The publisher's other addresses of a page: which there may be, and whether one that answered is that page.
//!
//! A browser cannot be told over which address family to go, so the other family is no mirror of its own.

use serde_json::Value;
use url::Url;

use super::page::{NoPage, Told, look, told};
use super::same::{bare, is_same_page, may_serve};
use crate::asked::ArchiveReply;
use crate::asked::Known;
use detour_cdn as cdn;
use detour_model::archives::Registry;
use detour_model::observation::{Answer, Observation, Outcome, Step, Subject, Vantage};
use detour_model::target::{Target, is_same_owner, site_of};

/// Other addresses worth a try, the likeliest first: what the publisher named while the page was well, `www.` and
/// mobile hosts, and the reviewed list in `mirrors.json`. Never the failing host, never an archive.
#[must_use]
pub(super) fn candidates(target: &Target, shared: &str, known: &Known) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |url: &str| {
        let Ok(mirror) = Target::parse(url) else { return };
        if !may_stand_for(&mirror, target) {
            return;
        }
        let is_elsewhere = mirror.host() != target.host() && Registry::built_in_on(mirror.host()).is_none();
        // What the publisher named may hold a token of its own.
        let Ok(clean) = mirror.shareable() else { return };
        if is_elsewhere && !found.contains(&clean) && found.len() < MOST {
            found.push(clean);
        }
    };
    hints(target, known).for_each(|url| add(url));
    let listed = listed(target.host());
    for host in listed.alternates.iter().chain(&doors(target.host())) {
        if let Some(url) = on_host(shared, host) {
            add(&url);
        }
    }
    found
}

/// What the page said of its other addresses: believed from a page over https alone, since anybody on the way writes the
/// others.
fn hints<'a>(target: &Target, known: &'a Known) -> impl Iterator<Item = &'a String> {
    let is_believed = target.url().scheme() == "https";
    known.canonical.iter().chain(&known.alternates).filter(move |_| is_believed)
}

/// Whether an address may be called the publisher's own: its owner's by name, through as safe a door, or in the reviewed
/// list.
fn may_stand_for(mirror: &Target, target: &Target) -> bool {
    let is_listed = || {
        let is_safe = mirror.url().scheme() == "https" && mirror.url().port().is_none();
        is_safe && listed(target.host()).alternates.iter().any(|host| host == mirror.host())
    };
    may_serve(mirror.as_str(), target.as_str()) || is_listed()
}

/// Feeds of the site that lie elsewhere: what is new there can be read in them.
#[must_use]
pub(super) fn feeds(target: &Target, known: &Known) -> Vec<String> {
    let elsewhere = |url: &&String| {
        Target::parse(url)
            .is_ok_and(|feed| feed.host() != target.host() && feed.shareable().is_ok() && may_stand_for(&feed, target))
            && target.url().scheme() == "https"
    };
    known.feeds.iter().filter(elsewhere).take(1).filter_map(|url| Target::parse(url).ok()?.shareable().ok()).collect()
}

/// The onion service's address of the page: as the page itself said, or its publisher in public.
#[must_use]
pub(super) fn onion(target: &Target, shared: &str, known: &Known) -> Option<Url> {
    let listed = || {
        let onion = listed(target.host()).onion?;
        on_host(shared, onion.strip_prefix("https://")?)
    };
    let said = known.onion.clone().filter(|_| target.url().scheme() == "https");
    let url = Url::parse(&said.or_else(listed)?).ok()?;
    let is_onion = url.host_str().is_some_and(|host| host.ends_with(".onion"));
    (is_onion && matches!(url.scheme(), "http" | "https")).then_some(url)
}

/// What a mirror's answer shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mirror {
    /// Where the redirects ended.
    pub url: String,
    /// Its host.
    pub host: String,
    /// The CDN that answered, where headers tell.
    pub cdn: Option<String>,
}

/// Whether this answer is the page, from somewhere that does not fail.
///
/// It must name the page itself (canonical, `og:url`) or have the title that is remembered; it must not come from the
/// failing host, nor over the failing CDN.
#[must_use]
pub(super) fn reached(target: &Target, title: &str, failing_cdn: Option<&str>, reply: &ArchiveReply) -> Option<Mirror> {
    let (mirror, body, media_type) = elsewhere(target, failing_cdn, reply)?;
    let told = told(body);
    (look(media_type, body, &told).is_ok() && is_that_page(target, title, &mirror.url, &told)).then_some(mirror)
}

/// Whether this answer is a feed, from somewhere that does not fail.
#[must_use]
pub(super) fn reached_feed(target: &Target, failing_cdn: Option<&str>, reply: &ArchiveReply) -> Option<Mirror> {
    let (mirror, body, media_type) = elsewhere(target, failing_cdn, reply)?;
    let is_feed = body.contains("<rss") || body.contains("<feed") || body.contains("<rdf:RDF");
    let is_page = look(media_type, body, &told(body)) != Err(NoPage::OtherKind);
    (is_feed && (!is_page || media_type.is_empty())).then_some(mirror)
}

fn elsewhere<'a>(
    target: &Target,
    failing_cdn: Option<&str>,
    reply: &'a ArchiveReply,
) -> Option<(Mirror, &'a str, &'a str)> {
    let ArchiveReply::Answered { status: 200, url, headers, body } = reply else { return None };
    let landed = Target::parse(url).ok()?;
    let answer = Answer { status: 200, headers: headers.clone(), body: String::new() };
    let seen = Observation::new(Vantage::Browser, Subject::Target, Step::Http, Outcome::Answered(answer));
    let cdn = cdn::identify([&seen]).map(|cdn| cdn.name);
    let is_failing = landed.host() == target.host() || (cdn.is_some() && cdn.as_deref() == failing_cdn);
    if is_failing || !may_stand_for(&landed, target) || Registry::built_in_on(landed.host()).is_some() {
        return None;
    }
    let media_type = headers.get("content-type").map_or("", String::as_str);
    let url = String::from(landed.clone());
    Some((Mirror { url, host: landed.host().to_owned(), cdn }, body, media_type))
}

fn is_that_page(target: &Target, title: &str, landed: &str, told: &Told) -> bool {
    let base = Url::parse(landed).ok();
    let names_it = |said: &Option<String>| {
        let said = said.as_ref().and_then(|said| base.as_ref()?.join(said).ok());
        said.is_some_and(|said| is_same_page(said.as_str(), target.as_str()))
    };
    let has_title = !title.is_empty() && told.title == title.split_whitespace().collect::<Vec<_>>().join(" ");
    names_it(&told.canonical) || names_it(&told.og_url) || has_title
}

/// `www.` and mobile hosts of the same name.
fn doors(host: &str) -> Vec<String> {
    let name = bare(host);
    let mut doors: Vec<String> = Vec::new();
    // Under a name of its own only: `www.news.example.org` is nobody's habit.
    if name == site_of(host) || name != host {
        doors.extend([name.to_owned(), ["www.", name].concat(), ["m.", name].concat(), ["mobile.", name].concat()]);
    }
    doors.retain(|door| door != host && is_same_owner(door, host));
    doors
}

fn on_host(url: &str, host: &str) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    url.set_host(Some(host)).ok()?;
    Some(url.into())
}

#[derive(Default)]
struct Listed {
    alternates: Vec<String>,
    onion: Option<String>,
}

/// What the reviewed list has of a host. It is short, and read only when copies are looked for.
fn listed(host: &str) -> Listed {
    let rows: Value = serde_json::from_str(include_str!("mirrors.json")).unwrap_or(Value::Null);
    let row = rows.as_array().and_then(|rows| rows.iter().find(|row| row.get("host").is_some_and(|of| of == host)));
    let Some(row) = row else { return Listed::default() };
    let texts = row.get("alternates").and_then(Value::as_array).map_or(&[][..], Vec::as_slice).iter();
    Listed {
        alternates: texts.filter_map(Value::as_str).map(str::to_owned).collect(),
        onion: row.get("onion").and_then(Value::as_str).map(str::to_owned),
    }
}

/// One publisher's doors; more would be a search engine's work.
const MOST: usize = 5;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn target() -> Target {
        Target::parse("https://www.example-news.com/2021/story?page=2").unwrap()
    }

    fn found(known: &Known) -> Vec<String> {
        candidates(&target(), &target().shareable().unwrap(), known)
    }

    #[test]
    fn what_the_publisher_named_comes_first_and_the_failing_host_never() {
        let known = Known {
            canonical: Some("https://www.example-news.com/2021/story".into()),
            alternates: vec![
                "https://amp.example-news.com/story?token=abc".into(),
                "https://web.archive.org/web/2021/https://www.example-news.com/".into(),
                "http://192.168.0.1/".into(),
                "javascript:alert(1)".into(),
            ],
            ..Known::default()
        };
        assert_eq!(
            found(&known),
            [
                "https://amp.example-news.com/story",
                "https://example-news.com/2021/story?page=2",
                "https://m.example-news.com/2021/story?page=2",
                "https://mobile.example-news.com/2021/story?page=2",
            ]
        );
        let deep = Target::parse("https://a.b.example-news.com/").unwrap();
        assert!(candidates(&deep, deep.as_str(), &Known::default()).is_empty());
    }

    #[test]
    fn a_foreign_or_less_safe_address_is_never_called_the_publishers() {
        for hint in [
            "https://www.evil-news.com/story",
            "https://www.example-news.com.evil.net/story",
            "http://m.example-news.com/story",
            "https://m.example-news.com:8443/story",
            "https://evilexample-news.com/story",
        ] {
            let known = Known {
                canonical: Some(hint.into()),
                alternates: vec![hint.into()],
                feeds: vec![hint.into()],
                ..Known::default()
            };
            assert!(!found(&known).contains(&hint.to_owned()), "{hint}");
            assert!(feeds(&target(), &known).is_empty(), "{hint}");
            let body = "<title>x</title><link rel=canonical href=\"https://www.example-news.com/2021/story?page=2\">"
                .to_owned();
            let headers = [("content-type".to_owned(), "text/html".to_owned())].into();
            let reply = ArchiveReply::Answered { status: 200, url: hint.into(), headers, body };
            assert_eq!(reached(&target(), "", None, &reply), None, "{hint}");
        }
    }

    #[test]
    fn a_page_over_plain_http_names_no_other_addresses() {
        let plain = Target::parse("http://www.example-news.com/2021/story").unwrap();
        let known = Known {
            canonical: Some("https://amp.example-news.com/story".into()),
            feeds: vec!["https://feeds.example-news.com/all".into()],
            onion: Some("http://example.onion/".into()),
            ..Known::default()
        };
        let found = candidates(&plain, plain.as_str(), &known);
        assert!(!found.iter().any(|url| url.contains("amp.")), "{found:?}");
        assert!(feeds(&plain, &known).is_empty() && onion(&plain, plain.as_str(), &known).is_none());
    }

    #[test]
    fn the_reviewed_list_has_onion_services_of_the_publishers_own() {
        let rows: Vec<Value> = serde_json::from_str(include_str!("mirrors.json")).unwrap();
        for row in &rows {
            let names: Vec<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(names, ["alternates", "host", "onion", "source"], "{row}");
            assert!(!row["source"].as_str().unwrap().is_empty(), "{row}");
            let host = row["host"].as_str().unwrap();
            let page = Target::parse(&format!("https://{host}/a")).unwrap();
            let onion = onion(&page, page.as_str(), &Known::default()).unwrap();
            assert!(onion.as_str().ends_with(".onion/a"), "{onion}");
        }
    }

    fn check(url: &str, headers: &[(&str, &str)], body: &str, is_page: bool) {
        let headers: BTreeMap<String, String> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let reply = ArchiveReply::Answered { status: 200, url: url.into(), headers, body: body.into() };
        let found = reached(&target(), "The story", Some("Fastly"), &reply);
        assert_eq!(found.is_some(), is_page, "{url} {body}");
    }

    #[test]
    fn a_mirror_is_offered_only_when_it_is_that_page_and_not_over_the_failing_cdn() {
        let m = "https://m.example-news.com/2021/story?page=2";
        let canonical =
            r#"<title>x</title><link rel="canonical" href="https://www.example-news.com/2021/story?page=2">"#;
        check(m, &[("content-type", "text/html")], canonical, true);
        check(m, &[], r#"<meta property="og:url" content="http://example-news.com/2021/story?page=3">"#, false);
        check(m, &[], r#"<meta property="og:url" content="http://example-news.com/2021/story?page=2">"#, true);
        check(m, &[], "<title>The  story</title>", true);
        check(m, &[], "<title>Another story</title>", false);
        check(m, &[("content-type", "application/json")], canonical, false);
        check(m, &[("server", "cloudflare"), ("cf-ray", "1-LHR")], canonical, true);
        check(m, &[("x-served-by", "cache-lhr7321-LHR")], canonical, false);
        check("https://www.example-news.com/2021/story?page=2", &[], canonical, false);
        check("https://10.0.0.1/", &[], canonical, false);
        check(m, &[], &canonical.replace("<title>x", "<title>Page not found"), false);
    }
}
