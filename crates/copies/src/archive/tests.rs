use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::Registry;

fn target() -> Target {
    Target::parse("https://www.theguardian.com/uk?token=secret#top").unwrap()
}

fn answered(status: u16, url: &str, headers: &[(&str, &str)], body: &str) -> ArchiveReply {
    let headers: BTreeMap<_, _> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    ArchiveReply::Answered { status, url: url.to_owned(), headers, body: body.to_owned() }
}

fn archive(id: &str) -> &'static Archive {
    Registry::built_in().archive(id).unwrap()
}

fn wayback(kind: Kind, status: u16, body: &str) -> Heard {
    parse_reply(archive("wayback"), kind, false, &target(), &answered(status, "https://archive.org/x", &[], body))
}

fn times(heard: &Heard) -> Vec<&str> {
    let Heard::Captures(captures) = heard else { panic!("{heard:?}") };
    captures.iter().map(|capture| capture.time.as_str()).collect()
}

#[test]
fn requests_carry_only_what_may_be_shared() {
    let now = Millis(1_623_145_620_000);
    let shared = target().shareable().unwrap();
    let asked = |id: &str, way: usize| question(archive(id), &archive(id).ways[way], &shared, now);
    assert!(asked("wayback", 0).url.ends_with("&url=https%3A%2F%2Fwww.theguardian.com%2Fuk"));
    assert!(asked("wayback", 0).url.contains("filter=statuscode:200"));
    assert_eq!(asked("arquivo", 0).url, "https://arquivo.pt/wayback/https://www.theguardian.com/uk");
    assert_eq!(asked("arquivo", 0).accept_datetime.as_deref(), Some("Tue, 08 Jun 2021 09:47:00 GMT"));
    assert_eq!(asked("arquivo", 1).accept_datetime, None);
}

#[test]
fn cdx_rows_are_the_newest_first_without_errors_other_kinds_and_twins() {
    let body = r#"[["timestamp","original","statuscode","mimetype","digest"],
        ["20210601000000","https://www.theguardian.com/uk","200","text/html","A"],
        ["20210602000000","http://theguardian.com:80/uk","200","text/html","B"],
        ["20210603000000","https://www.theguardian.com/uk","200","text/html","A"],
        ["20210604000000","https://www.theguardian.com/uk","503","text/html","C"],
        ["20210605000000","https://www.theguardian.com/uk","200","image/png","D"],
        ["20210606000000","https://www.theguardian.com/other","200","text/html","E"],
        ["20210607000000","https://www.theguardian.com/uk","-","warc/revisit","F"]]"#;
    assert_eq!(times(&wayback(Kind::Cdx, 200, body)), ["20210603000000", "20210602000000"]);
}

#[test]
fn nothing_a_limit_and_nonsense_are_told_apart() {
    for (kind, status, body, expected) in [
        (Kind::Cdx, 200, "[]", Heard::Nothing),
        (Kind::Cdx, 404, "{\"message\": \"No Captures found\"}", Heard::Nothing),
        (
            Kind::Cdx,
            403,
            "org.archive.util.io.RuntimeIOException: AdministrativeAccessControlException",
            Heard::Nothing,
        ),
        (Kind::Cdx, 503, "", Heard::Nonsense),
        (Kind::Cdx, 200, "<html>busy</html>", Heard::Nonsense),
        (Kind::Availability, 200, r#"{"url":"u","archived_snapshots":{}}"#, Heard::Nothing),
        (Kind::Availability, 429, "Too many requests", Heard::Nonsense),
        (Kind::Availability, 200, "<html>busy</html>", Heard::Nonsense),
        (Kind::TimeMap, 404, "", Heard::Nothing),
        (Kind::TimeMap, 200, "<html><body>hello</body></html>", Heard::Nonsense),
        (Kind::CommonCrawl, 200, "[]", Heard::Nonsense),
    ] {
        assert_eq!(wayback(kind, status, body), expected, "{kind:?} {status} {body}");
    }
    assert_eq!(parse_reply(archive("wayback"), Kind::Cdx, false, &target(), &ArchiveReply::Failed), Heard::Nonsense);
}

#[test]
fn a_snapshot_is_a_candidate_and_cannot_lead_elsewhere() {
    let body = |url: &str| {
        format!(
            r#"{{"archived_snapshots":{{"closest":{{"available":true,"url":"{url}","timestamp":"20210608094700","status":"200"}}}}}}"#
        )
    };
    let snapshot = wayback(
        Kind::Availability,
        200,
        &body("http://web.archive.org/web/20210608094700/https://www.theguardian.com/uk"),
    );
    assert_eq!(times(&snapshot), ["20210608094700"]);
    for url in [
        "https://evil.example.net/web/2021/https://www.theguardian.com/uk",
        "javascript:alert(1)",
        "https://archive.org.evil.net/",
    ] {
        assert_eq!(wayback(Kind::Availability, 200, &body(url)), Heard::Nonsense, "{url}");
    }
}

/// Places that look like an archive's, each with the archive's own name somewhere in it.
fn impostors(name: &str, path: &str) -> Vec<String> {
    [
        format!("https://evil{name}{path}"),
        format!("https://{name}.evil.test{path}"),
        format!("https://evil-{name}{path}"),
        format!("https://{name}@evil.test{path}"),
        format!("https://{name}:443@evil.test{path}"),
        format!("https://{name}%2F@evil.test{path}"),
        format!("https://evil.test@{name}{path}"),
        format!("https://user:word@{name}{path}"),
        format!("https://evil.test/https://{name}{path}"),
        format!("https://evil.test\\@{name}{path}"),
        format!("https://evil.test#@{name}{path}"),
        format!("https://{name}.{path}"),
        format!("https://{name}:8443{path}"),
        format!("http://{name}:8080{path}"),
        format!("ftp://{name}{path}"),
        format!("//{name}{path}"),
        format!("https://{}{path}", name.replacen('o', "\u{43e}", 1)),
    ]
    .into()
}

#[test]
fn no_answer_leads_to_a_place_that_only_looks_like_the_archive() {
    let page = "https://www.theguardian.com/uk";
    let wayback_at = |url: &str| {
        let closest = json!({ "available": true, "url": url, "timestamp": "20210608094700", "status": "200" });
        wayback(Kind::Availability, 200, &json!({ "archived_snapshots": { "closest": closest } }).to_string())
    };
    let memento = format!("/web/20210608094700/{page}");
    assert_eq!(times(&wayback_at(&format!("https://web.archive.org{memento}"))), ["20210608094700"]);
    for url in impostors("web.archive.org", &memento) {
        assert_eq!(wayback_at(&url), Heard::Nonsense, "{url}");
    }
    let index_at = |url: &str| {
        let reply =
            answered(200, "https://index.commoncrawl.org/collinfo.json", &[], &json!([{ "cdx-api": url }]).to_string());
        parse_reply(archive("commoncrawl"), Kind::CommonCrawl, false, &target(), &reply)
    };
    let index = "/CC-MAIN-2021-25-index";
    assert!(matches!(index_at(&format!("https://index.commoncrawl.org{index}")), Heard::Index(_)));
    for url in impostors("index.commoncrawl.org", index).into_iter().chain(impostors("commoncrawl.org", index)) {
        assert_eq!(index_at(&url), Heard::Nonsense, "{url}");
    }
    let dated = [("memento-datetime", "Tue, 08 Jun 2021 09:47:00 GMT")];
    for url in impostors("arquivo.pt", &format!("/wayback/20210608094700/{page}")) {
        let link =
            format!("<{page}>; rel=\"original\", <{url}>; rel=\"memento\"; datetime=\"Tue, 08 Jun 2021 09:47:00 GMT\"");
        let listed = answered(200, "https://arquivo.pt/wayback/timemap/link/x", &[], &link);
        let listed = parse_reply(archive("arquivo"), Kind::TimeMap, false, &target(), &listed);
        assert_eq!(listed, Heard::Nothing, "{url}");
        let led = parse_reply(archive("arquivo"), Kind::TimeGate, false, &target(), &answered(200, &url, &dated, ""));
        assert_eq!(led, Heard::Nonsense, "{url}");
    }
    for url in impostors("web.archive.org", &format!("/web/20210608094700id_/{page}")) {
        assert_eq!(
            judged(200, &url, &[("content-type", "text/html")], "<title>UK news</title>"),
            Judged::Other,
            "{url}"
        );
    }
}

#[test]
fn an_archive_of_the_users_own_may_be_at_a_port_of_its_own() {
    let mut own = archive("wayback").clone();
    own.replace_replay("http://127.0.0.1:8080/web/");
    own.replace(Kind::Availability, "http://127.0.0.1:8081/available?url={url}".into());
    assert!(trusted(&own, "http://127.0.0.1:8080/web/2021/https://example.org/").is_some());
    assert!(trusted(&own, "http://127.0.0.1:8081/").is_some());
    assert!(trusted(&own, "http://127.0.0.1:8082/").is_none());
}

#[test]
fn a_time_map_gives_all_mementos_on_the_archives_own_hosts() {
    let body = r#"<https://www.theguardian.com/uk>; rel="original",
        <https://arquivo.pt/wayback/20210601000000/https://www.theguardian.com/uk>; rel="first memento"; datetime="Tue, 01 Jun 2021 00:00:00 GMT",
        <https://evil.net/wayback/20210609000000/https://www.theguardian.com/uk>; rel="memento"; datetime="Wed, 09 Jun 2021 00:00:00 GMT",
        <http://arquivo.pt/wayback/20210608094700/https://www.theguardian.com/uk>; rel="last memento"; datetime="Tue, 08 Jun 2021 09:47:00 GMT""#;
    let reply = answered(200, "https://arquivo.pt/wayback/timemap/link/x", &[], body);
    let heard = parse_reply(archive("arquivo"), Kind::TimeMap, false, &target(), &reply);
    assert_eq!(times(&heard), ["20210608094700", "20210601000000"]);
}

#[test]
fn a_timegate_leads_to_a_dated_memento() {
    let memento = "https://arquivo.pt/wayback/20210608094700/https://www.theguardian.com/uk";
    let gate = |status, url, headers: &[(&str, &str)]| {
        parse_reply(archive("arquivo"), Kind::TimeGate, false, &target(), &answered(status, url, headers, ""))
    };
    let dated = [("memento-datetime", "Tue, 08 Jun 2021 09:47:00 GMT")];
    assert_eq!(times(&gate(200, memento, &dated)), ["20210608094700"]);
    assert_eq!(gate(404, memento, &[]), Heard::Nothing);
    assert_eq!(gate(200, memento, &[]), Heard::Nonsense);
    assert_eq!(gate(200, "https://www.theguardian.com/uk", &dated), Heard::Nonsense);
    // The site's own error, kept by the archive.
    assert!(matches!(gate(404, memento, &dated), Heard::Shown(_, Judged::Other)));
    let front = "https://arquivo.pt/wayback/20210608094700/https://www.theguardian.com/";
    assert!(matches!(gate(200, front, &dated), Heard::Shown(_, Judged::Other)));
}

fn judged(status: u16, url: &str, headers: &[(&str, &str)], body: &str) -> Judged {
    let original = "https://www.theguardian.com/uk".to_owned();
    let candidate = Candidate { time: "20210608094700".into(), original, url: String::new() };
    judge_replay(archive("wayback"), &candidate, &target(), &answered(status, url, headers, body))
}

#[test]
fn a_copy_is_looked_into_before_it_is_offered() {
    let at = "https://web.archive.org/web/20210608094700id_/https://www.theguardian.com/uk";
    let html = [("content-type", "text/html")];
    let shows = Judged::Shows(Age::Taken(Reverse(Millis(1_623_145_620_000))));
    assert_eq!(judged(200, at, &html, "<title>UK news</title>"), shows);
    let dated = [("memento-datetime", "Tue, 08 Jun 2021 09:47:00 GMT")];
    for (status, url, headers, body, expected) in [
        (200, at, &html, "<title>Page not found | News</title>", Judged::Other),
        (200, at, &html, "<title>Just a moment...</title>", Judged::Other),
        (200, at, &[("content-type", "image/png")], "", Judged::Other),
        (
            200,
            "https://web.archive.org/web/20210608094700id_/https://www.theguardian.com/",
            &html,
            "<title>x</title>",
            Judged::Other,
        ),
        (200, "https://web.archive.org/", &html, "<title>x</title>", Judged::Other),
        (200, "https://www.theguardian.com/uk", &html, "<title>x</title>", Judged::Other),
        (503, at, &dated, "", Judged::Other),
        (404, at, &html, "", Judged::Other),
        (302, at, &html, "", Judged::Other),
        (502, at, &html, "", Judged::Silent),
    ] {
        assert_eq!(judged(status, url, headers, body), expected, "{status} {url} {body}");
    }
    assert_eq!(
        judge_replay(
            archive("wayback"),
            &Candidate { time: "2021".into(), original: String::new(), url: String::new() },
            &target(),
            &ArchiveReply::Failed
        ),
        Judged::Silent
    );
}

#[test]
fn common_crawl_is_asked_in_two_steps() {
    let cc = archive("commoncrawl");
    for elsewhere in [
        "https://evilcommoncrawl.org/a",
        "https://commoncrawl.org.evil.net/a",
        "ftp://index.commoncrawl.org/a",
        "https://192.168.66.1/a",
    ] {
        let list = format!(r#"[{{"id":"x","cdx-api":"{elsewhere}"}}]"#);
        assert_eq!(super::newest_index(cc, &Target::parse("https://www.theguardian.com/uk").unwrap(), &list), None);
    }
    let list = r#"[{"id":"CC-MAIN-2026-40","cdx-api":"https://index.commoncrawl.org/CC-MAIN-2026-40-index"}]"#;
    let Heard::Index(index) = parse_reply(cc, Kind::CommonCrawl, false, &target(), &answered(200, "", &[], list))
    else {
        panic!()
    };
    assert!(index.starts_with(
        "https://index.commoncrawl.org/CC-MAIN-2026-40-index?url=https%3A%2F%2Fwww.theguardian.com%2Fuk&"
    ));
    let lines = "{\"timestamp\":\"20260930000000\",\"url\":\"https://www.theguardian.com/uk\",\"mime\":\"text/html\",\"status\":\"200\",\"digest\":\"A\",\"filename\":\"f\"}\n";
    let heard = parse_reply(cc, Kind::CommonCrawl, true, &target(), &answered(200, &index, &[], lines));
    let Heard::Captures(captures) = heard else { panic!() };
    assert_eq!(captures[0].open_at(cc), Some(index));
    let elsewhere = r#"[{"cdx-api":"https://evil.net/index"}]"#;
    assert_eq!(
        parse_reply(cc, Kind::CommonCrawl, false, &target(), &answered(200, "", &[], elsewhere)),
        Heard::Nonsense
    );
}
