use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::health::Health;
use detour_model::archives::Registry;
use detour_model::target::Target;

const NOW: Millis = Millis(1_623_145_620_000);
const PAGE: &str = "https://news.example-site.com/story";

/// A search, and everything around it.
struct Story {
    target: Target,
    known: Known,
    health: Health,
    next_id: u64,
    now: Millis,
    search: Search,
    /// What was sent and not answered.
    out: Vec<LookUp>,
}

impl Story {
    fn begin(url: &str) -> Self {
        Self::with(url, Known::default(), Health::default())
    }

    fn with(url: &str, known: Known, health: Health) -> Self {
        let target = Target::parse(url).unwrap();
        let search = Search::default();
        let mut story = Self { target, known, health, next_id: 0, now: NOW, search, out: Vec::new() };
        let (search, out) = story.work(|_, query, context| Search::begin(query, context).unwrap());
        story.search = search;
        story.out = out;
        story
    }

    fn work<T>(&mut self, work: impl FnOnce(&mut Search, Query<'_>, &mut Context<'_>) -> T) -> T {
        let Self { target, known, health, next_id, now, search, .. } = self;
        let query = Query { target, known, title: "The story", failing_cdn: Some("Fastly") };
        let mut context = Context { registry: Registry::built_in(), health, next_id, now: *now };
        work(search, query, &mut context)
    }

    /// Answers the request whose address holds these words.
    fn answer(&mut self, words: &str, reply: &ArchiveReply) {
        let at = self.out.iter().position(|look| look.request.url.contains(words));
        let look = self.out.remove(at.unwrap_or_else(|| panic!("{words} was not asked: {:?}", self.asked())));
        let out = self.work(|search, query, context| search.replied(look.id, reply, query, context));
        self.out.extend(out);
    }

    fn pass(&mut self, milliseconds: u64) {
        self.now = self.now.plus(milliseconds);
        let out = self.work(|search, query, context| search.passed(query, context));
        self.out.extend(out);
    }

    fn asked(&self) -> Vec<&str> {
        self.out.iter().map(|look| look.request.url.as_str()).collect()
    }

    fn whys(&self) -> Vec<(&str, Why)> {
        self.search.said.iter().map(|said| (said.source.as_str(), said.why)).collect()
    }
}

fn ok(url: &str, headers: &[(&str, &str)], body: &str) -> ArchiveReply {
    reply(200, url, headers, body)
}

fn reply(status: u16, url: &str, headers: &[(&str, &str)], body: &str) -> ArchiveReply {
    let headers: BTreeMap<String, String> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    ArchiveReply::Answered { status, url: url.into(), headers, body: body.into() }
}

fn rows(times: &[&str]) -> ArchiveReply {
    let rows: Vec<String> = times.iter().map(|time| format!(r#"["{PAGE}","{time}-digest","{time}"]"#)).collect();
    ok(
        "https://web.archive.org/cdx",
        &[],
        &format!(r#"[["original","digest","timestamp"]{}{}]"#, if rows.is_empty() { "" } else { "," }, rows.join(",")),
    )
}

fn copy(time: &str, body: &str) -> ArchiveReply {
    let url = format!("https://web.archive.org/web/{time}id_/{PAGE}");
    ok(&url, &[("content-type", "text/html")], body)
}

#[test]
fn one_archive_is_asked_and_its_newest_good_copy_is_offered() {
    let mut story = Story::begin(PAGE);
    assert_eq!(story.asked().len(), 1, "{:?}", story.asked());
    story.answer("/cdx/", &rows(&["20210601000000", "20210608000000", "20210607000000"]));
    story.answer("/web/20210608000000id_/", &copy("20210608000000", "<title>Page not found</title>"));
    story.answer("/web/20210607000000id_/", &copy("20210607000000", "<title>The story</title>"));
    assert!(story.search.is_over() && story.out.is_empty(), "{:?}", story.asked());
    let offer = &story.search.offers[0];
    assert_eq!(offer.url, format!("https://web.archive.org/web/20210607000000/{PAGE}"));
    assert_eq!((offer.scope, offer.checked), (Scope::SamePage, Checked::Verified));
    // Asked again, nobody is: it is remembered.
    let health = story.health.clone();
    let again = Story::with(PAGE, Known::default(), health);
    assert!(again.out.is_empty() && again.search.is_over());
    assert_eq!(again.search.offers, story.search.offers);
}

#[test]
fn where_cdx_is_silent_the_availability_api_is_asked_and_then_the_other_archives() {
    let mut story = Story::begin(PAGE);
    story.answer("/cdx/", &ok("", &[], "<html>busy</html>"));
    story.answer("/wayback/available", &ok("", &[], r#"{"archived_snapshots":{}}"#));
    story.answer("arquivo.pt/wayback/", &reply(404, "", &[], ""));
    story.answer("archive-it.org", &ArchiveReply::Failed);
    story.answer("archive-it.org/all/timemap", &ArchiveReply::Failed);
    assert!(story.search.is_over());
    assert_eq!(
        story.whys(),
        [("Wayback Machine", Why::NoCopy), ("Arquivo.pt", Why::NoCopy), ("Archive-It", Why::Silent)]
    );
}

#[test]
fn a_slow_archive_is_not_waited_for_but_still_heard() {
    let mut story = Story::begin(PAGE);
    assert_eq!(story.search.next_moment(), Some(NOW.plus(PATIENCE)));
    story.pass(PATIENCE);
    assert_eq!(story.out.len(), 2, "{:?}", story.asked());
    story.answer("/cdx/", &rows(&["20210608000000"]));
    story.answer("id_/", &copy("20210608000000", "<title>The story</title>"));
    assert_eq!(story.search.offers.len(), 1);
    story.pass(DEADLINE);
    assert!(story.search.is_over());
    assert_eq!(story.whys(), [("Arquivo.pt", Why::Silent)]);
}

#[test]
fn patience_that_is_asked_for_is_had_and_said() {
    for (status, headers, wait) in [
        (429, vec![], 60_000),
        (429, vec![("retry-after", "600")], 600_000),
        (503, vec![("retry-after", "Tue, 08 Jun 2021 09:52:00 GMT")], 300_000),
    ] {
        let mut story = Story::begin(PAGE);
        story.answer("/cdx/", &reply(status, "", &headers, ""));
        assert_eq!(story.whys(), [("Wayback Machine", Why::Resting(NOW.plus(wait)))]);
        // Not the second way either, and not for another page.
        let again = Story::with("https://other.example-site.com/", Known::default(), story.health.clone());
        assert!(again.asked().iter().all(|url| !url.contains("archive.org/")), "{:?}", again.asked());
        assert_eq!(again.whys()[0], ("Wayback Machine", Why::Resting(NOW.plus(wait))));
    }
}

#[test]
fn many_tabs_share_one_limit_and_those_beyond_it_wait_or_are_told() {
    let mut health = Health::default();
    let (mut sent, mut waiting, mut told) = (0, 0, 0);
    for nth in 0..40 {
        let story = Story::with(&format!("https://news.example-site.com/{nth}"), Known::default(), health);
        sent += story.asked().iter().filter(|url| url.contains("web.archive.org/cdx")).count();
        let waits = |run: &&Run| run.archive == "wayback" && run.waits_until.is_some();
        waiting += story.search.runs.iter().filter(waits).count();
        told +=
            story.whys().iter().filter(|(name, why)| *name == "Wayback Machine" && matches!(why, Why::Busy(_))).count();
        health = story.health;
    }
    assert_eq!(sent + waiting + told, 40);
    assert_eq!(sent, 4);
    assert!(waiting > 0 && sent + waiting <= 24 && told > 0, "{sent} {waiting} {told}");
}

#[test]
fn a_waiting_request_goes_when_its_time_comes() {
    let mut health = Health::default();
    for _ in 0..4 {
        health.reserve("wayback", Work::Question, 24, NOW, NOW).unwrap();
    }
    let mut story = Story::with(PAGE, Known::default(), health);
    assert!(story.out.is_empty());
    let at = story.search.next_moment().unwrap();
    story.pass(at.since(NOW));
    assert_eq!(story.out.len(), 1);
    story.answer("/cdx/", &rows(&[]));
}

#[test]
fn a_soft_404_at_the_gate_sends_to_the_time_map() {
    let mut story = Story::begin("https://noticias.example-site.pt/story");
    let page = "https://noticias.example-site.pt/story";
    let dated = [("memento-datetime", "Tue, 08 Jun 2021 09:47:00 GMT"), ("content-type", "text/html")];
    let memento = |time: &str, flags: &str| format!("https://arquivo.pt/wayback/{time}{flags}/{page}");
    let raw = |time: &str| format!("https://arquivo.pt/noFrame/replay/{time}id_/{page}");
    story.answer("arquivo.pt/wayback/https", &ok(&memento("20210608094700", ""), &dated, ""));
    story.answer("/20210608094700id_/", &ok(&raw("20210608094700"), &dated, "<title>404 Not Found</title>"));
    let map = format!(
        "<{}>; rel=\"memento\"; datetime=\"Tue, 01 Jun 2021 00:00:00 GMT\", <{}>; rel=\"last memento\"",
        memento("20210601000000", ""),
        memento("20210608094700", "")
    );
    story.answer("/timemap/link/", &ok("https://arquivo.pt/", &[], &map));
    story.answer("/20210601000000id_/", &ok(&raw("20210601000000"), &dated, "<title>Notícia</title>"));
    assert_eq!(story.search.offers[0].url, memento("20210601000000", ""));
    assert!(story.search.is_over());
}

#[test]
fn a_copy_that_cannot_be_looked_into_is_offered_as_such() {
    let mut story = Story::begin(PAGE);
    story.answer("/cdx/", &rows(&["20210608000000"]));
    story.answer("id_/", &ArchiveReply::Failed);
    assert_eq!(story.search.offers[0].checked, Checked::Unverified);
    // That is no reason to stop.
    assert!(!story.search.is_over());
    assert_eq!(story.asked(), [format!("https://arquivo.pt/wayback/{PAGE}")]);
}

#[test]
fn mirrors_are_asked_beside_the_archive_and_win_when_they_are_the_page() {
    let known = Known {
        canonical: Some("https://m.example-site.com/story".into()),
        feeds: vec!["https://feeds.example-site.com/rss".into()],
        onion: Some("http://exampleonion.onion/story".into()),
        ..Known::default()
    };
    let mut story = Story::with(PAGE, known, Health::default());
    story.answer(
        "m.example-site.com",
        &ok("https://m.example-site.com/story", &[("content-type", "text/html")], "<title>The story</title>"),
    );
    story.answer(
        "feeds.example-site.com",
        &ok("https://feeds.example-site.com/rss", &[("content-type", "application/rss+xml")], "<rss></rss>"),
    );
    story.answer("/cdx/", &rows(&["20210608000000"]));
    story.answer("id_/", &copy("20210608000000", "<title>The story</title>"));
    let sources: Vec<&Source> = story.search.offers.iter().map(|offer| &offer.source).collect();
    assert!(
        matches!(sources[..], [Source::Mirror { .. }, Source::Archive(_), Source::Mirror { .. }, Source::Onion(_)]),
        "{sources:?}"
    );
    assert!(story.search.is_over());
}

#[test]
fn an_archive_that_leads_elsewhere_is_asked_in_another_way_and_never_followed() {
    let mut story = Story::begin(PAGE);
    story.answer("/cdx/", &ArchiveReply::Redirected);
    assert!(story.asked().iter().any(|url| url.contains("/wayback/available")), "{:?}", story.asked());
    for landed in ["https://evil.net/web/20210608000000id_/", "https://web.archive.org.evil.net/web/20210608000000id_/"]
    {
        let mut story = Story::begin(PAGE);
        story.answer("/cdx/", &rows(&["20210608000000"]));
        let url = format!("{landed}{PAGE}");
        story.answer("id_/", &ok(&url, &[("content-type", "text/html")], "<title>The story</title><p>Words.</p>"));
        assert!(story.search.offers.is_empty(), "{landed}");
    }
}

#[test]
fn nobody_is_asked_for_a_secret_or_for_a_copy() {
    for url in [
        "https://example-site.com/eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
        "https://web.archive.org/web/2021/https://a.org/",
    ] {
        let target = Target::parse(url).unwrap();
        let (mut health, mut next_id) = (Health::default(), 0);
        let query = Query { target: &target, known: &Known::default(), title: "", failing_cdn: None };
        let mut context =
            Context { registry: Registry::built_in(), health: &mut health, next_id: &mut next_id, now: NOW };
        assert!(Search::begin(query, &mut context).is_err(), "{url}");
    }
}

fn any_reply() -> impl Strategy<Value = ArchiveReply> {
    let status = prop::sample::select(vec![200_u16, 200, 200, 302, 404, 429, 500, 503]);
    let url = prop::sample::select(vec![
        "https://web.archive.org/web/20210608000000id_/https://news.example-site.com/story",
        "https://arquivo.pt/wayback/20210608000000/https://news.example-site.com/story",
        "https://m.example-site.com/story",
        "javascript:alert(1)",
        "",
    ]);
    let header = prop::sample::select(vec![
        ("retry-after", "5"),
        ("memento-datetime", "Tue, 08 Jun 2021 09:47:00 GMT"),
        ("content-type", "text/html"),
        ("x", ""),
    ]);
    let body = prop_oneof![
        "[\\[\\]{}<>\",;=a-z0-9 ]{0,80}",
        Just("<title>The story</title>".to_owned()),
        Just("<title>404 Not Found</title>".to_owned()),
        Just(r#"{"archived_snapshots":{}}"#.to_owned()),
        Just(format!(r#"[["timestamp","original"],["20210608000000","{PAGE}"],["2020","{PAGE}"]]"#)),
        Just(format!("<https://arquivo.pt/wayback/20200101000000/{PAGE}>; rel=memento")),
    ];
    prop_oneof![
        Just(ArchiveReply::Failed),
        (status, url, header, body).prop_map(|(status, url, header, body)| reply(status, url, &[header], &body)),
    ]
}

proptest! {
    #[test]
    fn any_replies_end_in_offers_that_are_sorted_unique_and_safe(
        replies in prop::collection::vec((any_reply(), 0_usize..8, 0_u64..3_000), 0..40),
    ) {
        let known = Known { canonical: Some("https://m.example-site.com/story".into()), ..Known::default() };
        let mut story = Story::with(PAGE, known, Health::default());
        for (reply, nth, pause) in replies {
            story.pass(pause);
            if !story.out.is_empty() {
                let look = story.out.remove(nth % story.out.len());
                let out = story.work(|search, query, context| search.replied(look.id, &reply, query, context));
                story.out.extend(out);
            }
            let text = serde_json::to_string(&story.search).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Search>(&text).unwrap(), &story.search);
            prop_assert!(story.search.offers.is_sorted());
            for (at, offer) in story.search.offers.iter().enumerate() {
                prop_assert!(story.search.offers.iter().skip(at + 1).all(|other| other.url != offer.url));
                prop_assert!(offer.url.starts_with("https://"), "{}", offer.url);
            }
            prop_assert!(story.search.is_over() == story.search.next_moment().is_none());
        }
        story.pass(DEADLINE);
        prop_assert!(story.search.is_over());
    }
}
