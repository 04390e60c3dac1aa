//! Lists from a small server on a real socket, and what becomes of them.

use std::path::PathBuf;
use std::sync::Arc;

use detour_core::cdn;
use detour_core::failure::Failure;
use detour_core::observation::{Answer, Step, Vantage};
use detour_model::time::Millis;
use detour_probe::download;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use super::refresh::PATIENCE;
use super::*;
use crate::config::Config;

/// Answers every request with this.
async fn server(status: &str, body: &str) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/list", listener.local_addr().unwrap())).unwrap();
    let reply = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 2048];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(reply.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    url
}

fn instruments() -> Arc<Instruments> {
    let config = Config { allow_addresses: vec!["127.0.0.0/8".parse().unwrap()], ..Config::default() };
    Arc::new(config.instruments().unwrap())
}

fn source(cdn: &str, url: Url, form: Form, at_least: usize) -> Source {
    Source { cdn: cdn.to_owned(), urls: vec![url], form, at_least }
}

async fn refreshed(kept: &mut Kept, source: Source, at: u64) -> Result<usize, Fault> {
    let instruments = instruments();
    let fetch = |url| download(&instruments, url, PATIENCE);
    let mut outcomes = refresh(kept, &[source], Millis(at), fetch).await;
    outcomes.remove(0).result
}

const FASTLYS: &str =
    r#"{"addresses":["8.20.113.0/25","8.20.113.128/25","8.21.100.7"],"ipv6_addresses":["2620:fe::/32"]}"#;

#[tokio::test]
async fn a_list_is_fetched_kept_and_asked_before_the_one_that_is_built_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("detour").join("ranges.json");
    let mut kept = Kept::load(&path);
    let form = Form::Json(&["addresses", "ipv6_addresses"]);
    // Neighbouring blocks are put together.
    assert_eq!(refreshed(&mut kept, source("Fastly", server("200 OK", FASTLYS).await, form, 2), 5).await, Ok(3));
    kept.save(&path).unwrap();
    let read = Kept::load(&path);
    assert_eq!(read, kept);
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
    let published = read.published();
    let name = |address: &str| cdn::by_address_in(&published, address.parse().unwrap()).map(|row| row.name);
    assert_eq!(name("8.20.113.200"), Some("Fastly"));
    assert_eq!(name("2620:fe::9"), Some("Fastly"));
    assert_eq!(name("151.101.1.57"), None);
    assert_eq!(name("104.16.1.1"), Some("Cloudflare"));
}

#[tokio::test]
async fn a_bad_list_is_refused_with_the_reason_and_the_last_good_one_stays() {
    let lines = |count: u8| (0..count).map(|part| format!("8.20.{part}.0/25\n")).collect::<String>();
    let mut kept = Kept::default();
    let good = server("200 OK", &lines(40)).await;
    assert_eq!(refreshed(&mut kept, source("Fastly", good, Form::Lines, 10), 5).await, Ok(40));
    for (status, body, reason) in [
        ("200 OK", lines(12), "12 blocks where at least 20"),
        ("200 OK", format!("{}0.0.0.0/0\n", lines(40)), "0.0.0.0/0, which is no CDN's"),
        ("200 OK", format!("{}<html>", lines(40)), "is no address range"),
        ("200 OK", String::new(), "0 blocks"),
        ("503 Service Unavailable", lines(40), "status 503"),
    ] {
        let url = server(status, &body).await;
        let fault = refreshed(&mut kept, source("Fastly", url, Form::Lines, 10), 9).await.unwrap_err().to_string();
        assert!(fault.contains(reason), "{fault}");
        assert_eq!(kept.list("Fastly").map(|list| (list.fetched_at, list.ranges.len())), Some((Millis(5), 40)));
    }
    let nobody = Url::parse("http://127.0.0.1:9/").unwrap();
    let fault = refreshed(&mut kept, source("Fastly", nobody, Form::Lines, 10), 9).await.unwrap_err().to_string();
    assert!(fault.contains("could not be fetched"), "{fault}");
}

#[test]
fn lists_are_read_as_their_vendors_write_them() {
    for (form, text, count) in [
        (Form::Lines, "173.245.48.0/20\n103.21.244.0/22\n\n# a word\n2400:cb00::/32\n", 3),
        (
            Form::Json(&["CLOUDFRONT_GLOBAL_IP_LIST"]),
            r#"{"CLOUDFRONT_GLOBAL_IP_LIST":["13.32.0.0/15"],"CLOUDFRONT_REGIONAL_EDGE_IP_LIST":["3.10.17.128/25"]}"#,
            1,
        ),
        (
            Form::Json(&["prefixes"]),
            r#"{"updated_at":"","prefixes":[{"prefix":"2a02:6ea0::/32"},{"prefix":"89.187.160.0/24"}]}"#,
            2,
        ),
    ] {
        assert_eq!(form.read(text.as_bytes()).map(|blocks| blocks.len()), Ok(count), "{text}");
    }
    for (form, text) in [
        (Form::Json(&["addresses"]), "{}"),
        (Form::Json(&["addresses"]), r#"{"addresses":[7]}"#),
        (Form::Json(&["addresses"]), r#"{"addresses":["1.2.3.0/2"#),
        (Form::Lines, "<!doctype html>"),
    ] {
        assert!(matches!(form.read(text.as_bytes()), Err(Fault::Malformed(_))), "{text}");
    }
}

#[test]
fn every_source_is_of_a_known_cdn_and_goes_over_https() {
    for source in sources() {
        assert!(cdn::Row::named(&source.cdn).is_some(), "{}", source.cdn);
        assert!(!source.urls.is_empty() && source.urls.iter().all(|url| url.scheme() == "https"), "{}", source.cdn);
    }
}

#[test]
fn it_is_time_after_a_week_or_the_day_after_a_failure() {
    const DAY: u64 = 24 * 3600 * 1000;
    let list = |at| List { cdn: "Fastly".to_owned(), from: Vec::new(), fetched_at: Millis(at), ranges: Vec::new() };
    assert!(Kept::default().is_due(now()));
    let whole = Kept { tried_at: Millis(DAY), lists: vec![list(DAY)] };
    assert!(!whole.is_due(Millis(7 * DAY)));
    assert!(whole.is_due(Millis(8 * DAY)));
    let partly = Kept { tried_at: Millis(3 * DAY), lists: vec![list(DAY)] };
    assert!(!partly.is_due(Millis(3 * DAY + 1)));
    assert!(partly.is_due(Millis(4 * DAY)));
    assert!(!whole.is_due(Millis(0)), "a clock that went back");
}

#[test]
fn good_times_are_when_every_control_is_fine() {
    let seen = |subject, outcome| Observation::new(Vantage::Host, subject, Step::Http, outcome);
    let status = |status| Outcome::Answered(Answer { status, ..Answer::default() });
    let anchor = || seen(Subject::Anchor("a.example".to_owned()), status(200));
    let portal = |code| seen(Subject::Portal, status(code));
    let target = seen(Subject::Target, Outcome::Failed(Failure::TcpTimedOut));
    assert!(is_good_time(&[anchor(), portal(204), target.clone()]));
    assert!(!is_good_time(&[anchor(), portal(302)]));
    assert!(!is_good_time(&[anchor(), seen(Subject::Anchor("b.example".to_owned()), status(503))]));
    assert!(!is_good_time(&[anchor(), seen(Subject::Portal, Outcome::Failed(Failure::TcpTimedOut))]));
    assert!(!is_good_time(&[target]));
}

#[test]
fn the_place_follows_each_system() {
    for (os, variables, expected) in [
        ("linux", vec![("HOME", "/home/ann")], Some("/home/ann/.cache/detour/ranges.json")),
        ("linux", vec![("HOME", "/h"), ("XDG_CACHE_HOME", "/x")], Some("/x/detour/ranges.json")),
        ("macos", vec![("HOME", "/Users/ann")], Some("/Users/ann/.cache/detour/ranges.json")),
        ("windows", vec![], None),
    ] {
        let lookup = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        assert_eq!(default_path(os, lookup), expected.map(PathBuf::from));
    }
}

#[test]
fn the_table_says_how_many_ranges_from_where_and_how_old() {
    let kept = Kept {
        tried_at: Millis(0),
        lists: vec![List {
            cdn: "Fastly".to_owned(),
            from: vec!["https://api.fastly.com/public-ip-list".to_owned()],
            fetched_at: Millis(0),
            ranges: vec!["8.20.113.0/24".parse().unwrap()],
        }],
    };
    let lines = listing::lines(&kept, Millis(3 * 24 * 3600 * 1000));
    let of = |name: &str| lines.iter().find(|line| line.starts_with(name)).unwrap().as_str();
    assert!(of("Fastly").ends_with("1 ranges, fetched 3 days ago from https://api.fastly.com/public-ip-list"));
    assert!(of("Cloudflare").contains("22 ranges, built in (cloudflare.com/ips"), "{}", of("Cloudflare"));
    assert!(of("bunny.net").contains("by names and headers"));
    assert!(lines.len() >= 25);
}

#[test]
fn damaged_lists_are_as_good_as_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ranges.json");
    for text in ["", "{", "[]", r#"{"lists":[{"cdn":"Fastly"}]}"#] {
        std::fs::write(&path, text).unwrap();
        assert_eq!(Kept::load(&path), Kept::default(), "{text}");
    }
}
