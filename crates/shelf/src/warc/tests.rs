use std::io::Write as _;

use detour_core::observation::Millis;
use flate2::{Compression, write::GzEncoder};

use super::{gather::Gather, read, survey::*, write};
use crate::record::{Id, Record};

/// A record of a crawler's.
fn record(kind: &str, url: &str, date: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn response(url: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n");
    record("response", url, "2021-06-08T09:47:00Z", &[head.as_bytes(), body].concat())
}

fn page(url: &str, html: &str) -> Vec<u8> {
    response(url, "Content-Type: text/html; charset=utf-8", html.as_bytes())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// Surveys a file that comes in pieces of this size.
fn survey(file: &[u8], size: usize) -> Found {
    let mut survey = Survey::default();
    file.chunks(size).for_each(|piece| survey.push(piece));
    assert_eq!(survey.taken(), file.len() as u64);
    survey.end()
}

fn extract(file: &[u8], place: &Place, size: usize) -> Vec<u8> {
    let mut extract = Extract::new(place);
    let _ = file[usize::try_from(place.start).unwrap()..].chunks(size).any(|piece| extract.push(piece));
    extract.into_bytes()
}

/// The page of an address with everything it needs, as an import reads it.
fn gather(file: &[u8], found: &Found, url: &str, size: usize) -> (String, Vec<(String, Vec<u8>)>) {
    let mut gather = Gather::new(&extract(file, &found.pages[url].1, size)).unwrap();
    while let Some(place) = gather.next(found) {
        gather.take(&extract(file, &place, size));
    }
    let capture = gather.into_capture();
    let mut parts: Vec<_> = capture.parts.into_iter().map(|part| (part.url, part.bytes)).collect();
    parts.sort();
    (capture.html, parts)
}

fn site() -> Vec<Vec<u8>> {
    let document = r#"<html><link rel=stylesheet HREF="/s.css"><img src='a.png?x=1&amp;y=2'><a href="/other">x</a>"#;
    vec![
        record("warcinfo", "", "2021-06-08T09:47:00Z", b"software: test\r\n"),
        record("request", "https://example.org/", "2021-06-08T09:47:00Z", b"GET / HTTP/1.1\r\n\r\n"),
        page("https://example.org/", document),
        response("https://example.org/a.png?x=1&y=2", "Content-Type: image/png", b"PNG"),
        response(
            "https://example.org/s.css",
            "Content-Type: text/css",
            b"@import 'more.css'; p{background:url(b.png)}",
        ),
        response("https://example.org/more.css", "Content-Type: text/css", b"q{}"),
        response("https://example.org/b.png", "Content-Type: image/png", b"PNG B"),
        response("https://example.org/unused.png", "Content-Type: image/png", b"PNG C"),
    ]
}

#[test]
fn a_page_comes_with_its_parts_from_every_form_of_file_in_pieces_of_any_size() {
    let forms = [site().concat(), site().iter().flat_map(|record| gzip(record)).collect(), gzip(&site().concat())];
    for file in forms {
        for size in [1, 7, 1_000_000] {
            let found = survey(&file, size);
            assert_eq!(found.skipped, [], "{size}");
            let (html, parts) = gather(&file, &found, "https://example.org", size);
            assert!(html.contains("stylesheet"));
            let names: Vec<&str> =
                parts.iter().map(|(url, _)| url.trim_start_matches("https://example.org/")).collect();
            assert_eq!(names, ["a.png?x=1&y=2", "b.png", "more.css", "s.css"]);
            assert_eq!(parts[1].1, b"PNG B");
        }
    }
}

#[test]
fn contents_are_decoded_as_they_were_sent() {
    let words = "<p>words</p>";
    let chunked = b"5;x=y\r\n<p>wo\r\n7\r\nrds</p>\r\n0\r\n\r\n".to_vec();
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), Compression::default());
    zlib.write_all(words.as_bytes()).unwrap();
    let both = [b"20\r\n".as_slice(), &gzip(words.as_bytes())].concat();
    for (headers, body) in [
        ("Transfer-Encoding: chunked", chunked),
        ("Transfer-Encoding: chunked", words.as_bytes().to_vec()),
        ("Content-Encoding: gzip", gzip(words.as_bytes())),
        ("content-encoding: GZIP", words.as_bytes().to_vec()),
        ("Content-Encoding: deflate", zlib.finish().unwrap()),
        ("Transfer-Encoding: chunked\r\nContent-Encoding: gzip", both),
    ] {
        let record = response("https://example.org/", &format!("Content-Type: text/html\r\n{headers}"), &body);
        let answer = read::record(&record);
        assert_eq!(answer.map(|answer| answer.bytes), Ok(words.as_bytes().to_vec()), "{headers}");
    }
    let record = response("https://example.org/", "Content-Type: text/html\r\nContent-Encoding: br", b"x");
    assert_eq!(read::record(&record), Err(super::Unusable::Encoding("br".into())));
}

#[test]
fn what_is_broken_is_told_and_what_is_whole_still_comes() {
    let [first, second] = [page("https://example.org/1", "<p>1"), page("https://example.org/2", "<p>2")];
    let no_length = b"WARC/1.0\r\nWARC-Type: response\r\n\r\nHTTP/1.1 200 OK\r\n\r\n".to_vec();
    let no_http = record("response", "https://example.org/x", "2021-06-08T09:47:00Z", b"nothing");
    let cases: [(&str, Vec<u8>, usize); 5] = [
        ("junk between", [first.clone(), b"garbage WARC/ and more\r\n\r\n".to_vec(), second.clone()].concat(), 1),
        ("no length", [first.clone(), no_length, second.clone()].concat(), 1),
        ("no web answer", [first.clone(), no_http, second.clone()].concat(), 1),
        ("cut", [first.clone(), second.clone(), first[..first.len() - 9].to_vec()].concat(), 1),
        ("a cut head", [first.clone(), second.clone(), first[..40].to_vec()].concat(), 1),
    ];
    for (name, file, told) in cases {
        for size in [1, 13, 100_000] {
            let found = survey(&file, size);
            assert_eq!(found.pages.len(), 2, "{name}");
            assert_eq!(found.skipped.len(), told, "{name}: {:?}", found.skipped);
            assert_eq!(gather(&file, &found, "https://example.org/2", size).0, "<p>2", "{name}");
        }
    }
}

#[test]
fn a_spoilt_member_costs_at_most_the_next_one_too() {
    let records: Vec<Vec<u8>> =
        (0..5).map(|n| gzip(&page(&format!("https://example.org/{n}"), &format!("<p>{n}")))).collect();
    let middle: usize = records[..2].iter().map(Vec::len).sum();
    for way in 0..records[2].len() {
        let mut file = records.concat();
        file[middle + way] ^= 0xFF;
        let found = survey(&file, 50);
        // A length that lies may take in the beginning of the next member.
        for n in [0, 1, 4] {
            assert_eq!(
                gather(&file, &found, &format!("https://example.org/{n}"), 50).0,
                format!("<p>{n}"),
                "byte {way}"
            );
        }
    }
}

#[test]
fn of_two_captures_of_a_page_the_newer_one_counts() {
    let block = |words: &str| format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{words}").into_bytes();
    let newer = record("response", "https://example.org/a#b", "2022-01-01T00:00:00Z", &block("new"));
    let older = record("response", "<https://example.org/a>", "2021-01-01T00:00:00.123Z", &block("old"));
    let error = record(
        "response",
        "https://example.org/a",
        "2023-01-01T00:00:00Z",
        b"HTTP/1.1 503 x\r\nContent-Type: text/html\r\n\r\nbroken",
    );
    let file = [older, newer, error].concat();
    let found = survey(&file, 100);
    assert_eq!(gather(&file, &found, "https://example.org/a", 100).0, "new");
    assert_eq!(found.skipped, []);
}

#[test]
fn what_is_written_is_read_again() {
    let record = Record {
        id: Id("7".into()),
        url: "https://example.org/ä?q".into(),
        at: Millis(1_623_145_620_000),
        ..Record::default()
    };
    let file = [write::info(Millis(0)), write::page(&record, "<!doctype html><p>ä")].concat();
    let found = survey(&file, 10);
    assert_eq!(found.skipped, []);
    let (url, (at, place)) = found.pages.first_key_value().unwrap();
    assert_eq!((url.as_str(), *at), ("https://example.org/%C3%A4?q", record.at));
    let answer = read::record(&extract(&file, place, 10)).unwrap();
    assert_eq!((answer.charset.as_deref(), answer.bytes.as_slice()), (Some("utf-8"), "<!doctype html><p>ä".as_bytes()));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_surveyed_and_nothing_lies_outside_the_file(
        bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400),
        at in 0_usize..3_000,
        is_packed in proptest::bool::ANY,
        size in 1_usize..500,
    ) {
        let mut file = site().concat();
        if is_packed {
            file = site().iter().flat_map(|record| gzip(record)).collect();
        }
        let at = at.min(file.len());
        let end = (at + bytes.len()).min(file.len());
        file.splice(at..end, bytes);
        let found = survey(&file, size);
        for (_, place) in found.pages.values().chain(found.parts.values()) {
            proptest::prop_assert!(place.start < file.len() as u64);
            proptest::prop_assert_eq!(extract(&file, place, size).len() as u64, place.length);
        }
    }
}

#[test]
fn a_record_names_a_page_of_the_web_without_anybody_before_its_host() {
    let named = |url: &str| read::Head::parse(&record("response", url, "", b"")).unwrap();
    for (written, read) in [
        ("https://example.org/a#b", "https://example.org/a"),
        ("https://www.bank.example@evil.example/a", "https://evil.example/a"),
        ("https://www.bank.example:443@evil.example/a", "https://evil.example/a"),
        ("<https://www.bank.example%2Flogin%2Fand%2Fmore@evil.example/>", "https://evil.example/"),
    ] {
        let head = named(written);
        assert_eq!((head.url.as_str(), head.is_content()), (read, true), "{written}");
    }
    for none in ["httpx://example.org/", "http:// no host/", "javascript:alert(1)", "data:text/html,x", "dns:a", ""] {
        assert!(!named(none).is_content(), "{none}");
    }
}
