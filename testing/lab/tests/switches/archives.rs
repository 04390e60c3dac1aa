//! The archives: pywb's TimeGate, TimeMap and replay, and the availability API.

use std::time::{Duration, Instant};

use detour_lab::switch::Availability;
use detour_lab::{Lab, Switch};

use crate::asking::{get, get_with};

const PAGE: &str = "https://www.theguardian.com/";

pub(crate) async fn the_timegate_redirects_to_the_nearest_memento(lab: Lab) {
    for gate in ["https://web.archive.org/web/", "https://arquivo.pt/wayback/"] {
        let latest =
            get_with(&lab, &format!("{gate}{PAGE}"), &[("accept-datetime", "Tue, 01 Jan 2047 00:00:00 GMT")]).await;
        assert_eq!(latest.status, 302, "{latest:?}");
        assert!(latest.header("vary").eq_ignore_ascii_case("accept-datetime"));
        assert!(latest.header("location").starts_with(gate), "{latest:?}");
        assert!(latest.header("link").contains("rel=\"timemap\""));
        let oldest =
            get_with(&lab, &format!("{gate}{PAGE}"), &[("accept-datetime", "Tue, 08 Jun 2021 09:00:00 GMT")]).await;
        assert!(oldest.header("location") < latest.header("location"), "{oldest:?}");
    }
}

pub(crate) async fn the_timemap_lists_every_capture(lab: Lab) {
    for gate in ["https://web.archive.org/web", "https://arquivo.pt/wayback"] {
        let map = get(&lab, &format!("{gate}/timemap/link/{PAGE}")).await;
        assert_eq!((map.status, map.header("content-type")), (200, "application/link-format"), "{map:?}");
        assert_eq!(map.body.matches("memento\"").count(), 3, "{}", map.body);
        assert!(map.body.contains(&format!("<{gate}/2")), "{}", map.body);
    }
}

pub(crate) async fn a_memento_shows_the_page_raw_and_rewritten(lab: Lab) {
    let gate = get(&lab, &format!("https://web.archive.org/web/{PAGE}")).await;
    let rewritten = get(&lab, gate.header("location")).await;
    assert_eq!(rewritten.status, 200);
    assert!(rewritten.header("memento-datetime").ends_with("GMT"));
    assert!(rewritten.body.contains("a river back in its bed") && rewritten.body.contains("/style.css"));
    let raw = get(&lab, &gate.header("location").replace("/https://", "id_/https://")).await;
    assert!(raw.body.starts_with("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta"), "{}", raw.body);
    let framed = get(&lab, &gate.header("location").replace("/https://", "if_/https://")).await;
    assert!(framed.status == 200 && framed.body.contains("a river back in its bed"), "{framed:?}");
    let image = get(
        &lab,
        &gate.header("location").replace("/https://www.theguardian.com/", "im_/https://www.theguardian.com/hero.svg"),
    )
    .await;
    assert_eq!((image.status, image.header("content-type")), (200, "image/svg+xml"), "{image:?}");
    assert_eq!(get(&lab, "https://web.archive.org/web/https://nobody.example/").await.status, 404);
}

pub(crate) async fn availability_answers_as_documented_and_as_switched(lab: Lab) {
    let api = "https://archive.org/wayback/available?url=";
    let ask = |url: &str| {
        let (lab, url) = (lab.clone(), format!("{api}{url}"));
        async move { get(&lab, &url).await }
    };
    let found: serde_json::Value = serde_json::from_str(&ask("www.theguardian.com").await.body).unwrap();
    let closest = &found["archived_snapshots"]["closest"];
    assert_eq!((&closest["available"], &closest["status"]), (&true.into(), &"200".into()));
    let memento = closest["url"].as_str().unwrap().replace("http://", "https://");
    assert_eq!(get(&lab, &memento).await.status, 200, "{memento}");
    let none: serde_json::Value = serde_json::from_str(&ask("https://nobody.example/").await.body).unwrap();
    assert_eq!(none["archived_snapshots"], serde_json::json!({}));
    for (mode, status) in
        [(Availability::TooManyRequests, 429), (Availability::Unavailable, 503), (Availability::Empty, 200)]
    {
        lab.set(Switch::Availability { mode }).await.unwrap();
        let answer = ask("www.theguardian.com").await;
        assert_eq!(answer.status, status);
        assert!(!answer.body.contains("closest"));
    }
    lab.set(Switch::Availability { mode: Availability::Slow }).await.unwrap();
    let began = Instant::now();
    assert!(!ask("www.theguardian.com").await.error.is_empty(), "six seconds are not enough");
    assert!(began.elapsed() > Duration::from_secs(5));
}

pub(crate) async fn cdx_answers_as_documented_and_as_switched(lab: Lab) {
    let (host, path) = detour_lab::sites::TRAPPED;
    let api = "https://web.archive.org/cdx/search/cdx";
    let all = get(&lab, &format!("{api}?url={host}{path}")).await;
    let words: Vec<&str> = all.body.lines().filter_map(|line| line.split(' ').nth(4)).collect();
    assert_eq!(words, ["200", "200", "302", "503", "200"], "{}", all.body);
    let query = "output=json&filter=statuscode:200&filter=mimetype:text/html&fl=timestamp,digest&limit=-2";
    let newest = get(&lab, &format!("{api}?{query}&url=https%3A%2F%2F{host}{path}")).await;
    let rows: Vec<Vec<String>> = serde_json::from_str(&newest.body).unwrap();
    assert_eq!((rows.len(), &rows[0][..]), (3, &["timestamp".to_owned(), "digest".to_owned()][..]), "{rows:?}");
    assert!(rows[1][0] < rows[2][0], "{rows:?}");
    assert_eq!(get(&lab, &format!("{api}?output=json&url=nobody.example")).await.body, "[]");
    for (mode, status, has_retry_after) in [
        (Availability::TooManyRequests, 429, false),
        (Availability::Patience, 429, true),
        (Availability::Unavailable, 503, false),
        (Availability::UnavailableUntil, 503, true),
        (Availability::Html, 200, false),
        (Availability::Empty, 200, false),
    ] {
        lab.set(Switch::Cdx { mode }).await.unwrap();
        let answer = get(&lab, &format!("{api}?url={host}{path}")).await;
        assert_eq!((answer.status, !answer.header("retry-after").is_empty()), (status, has_retry_after), "{mode:?}");
        assert!(!answer.body.contains(path), "{mode:?}");
    }
}

pub(crate) async fn captures_that_are_no_copies_are_replayed_as_they_were(lab: Lab) {
    let (host, path) = detour_lab::sites::TRAPPED;
    let page = format!("https://{host}{path}");
    let map = get(&lab, &format!("https://arquivo.pt/wayback/timemap/link/{page}")).await;
    assert_eq!(map.body.matches("memento\"").count(), 5, "{}", map.body);
    let gate = get(&lab, &format!("https://arquivo.pt/wayback/{page}")).await;
    let raw = gate.header("location").replace("/wayback/", "/noFrame/replay/").replace("/https://", "id_/https://");
    let newest = get(&lab, &raw).await;
    assert!(newest.status == 200 && newest.body.contains("<title>Page not found"), "{newest:?}");
}

pub(crate) async fn fault_hosts_have_copies(lab: Lab) {
    let gate = get(&lab, "https://web.archive.org/web/https://refused.detour-lab.net/").await;
    let copy = get(&lab, gate.header("location")).await;
    assert!(copy.body.contains("the page of refused.detour-lab.net"), "{copy:?}");
}
