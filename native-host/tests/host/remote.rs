//! Remote probes: the service's documented format, its manners, and what it never learns.

use detour_core::failure::Failure;
use detour_core::observation::{Outcome, Step, Subject, Vantage};
use detour_core::port::Scope;
use serde_json::{Value, json};

use crate::lab::{Lab, Outcomes, SITE, failed};
use crate::names::Answer;
use crate::services::{Log, Received, healthy, http, serve};

const ID: &str = "PY5fMsREMmIq45VR";

/// One result of one probe, as the service documents it.
fn result(continent: &str, result: Value) -> Value {
    let probe = json!({
        "continent": continent, "region": "Western Europe", "country": "DE", "state": null, "city": "Berlin",
        "asn": 3320, "longitude": 13.4, "latitude": 52.5, "network": "Deutsche Telekom AG",
        "tags": ["eyeball-network"], "resolvers": ["private"]
    });
    json!({ "probe": probe, "result": result })
}

fn finished(status: u16) -> Value {
    json!({
        "status": "finished", "rawOutput": "HTTP/1.1 …", "rawHeaders": "Server: Varnish", "rawBody": "oops",
        "truncated": false, "headers": { "server": "Varnish" }, "statusCode": status, "statusCodeName": "…",
        "resolvedAddress": "192.0.2.7", "tls": null,
        "timings": { "total": 325, "dns": 37, "tcp": 32, "tls": null, "firstByte": 219, "download": 1 }
    })
}

fn unfinished() -> Value {
    json!({ "status": "in-progress", "rawOutput": "" })
}

fn failing(source: &str, words: &str) -> Value {
    json!({ "status": "failed", "failureSource": source, "rawOutput": words, "statusCode": null, "headers": {} })
}

fn measurement(status: &str, results: &[Value]) -> Vec<u8> {
    let body = json!({
        "id": ID, "type": "http", "status": status, "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": "2026-01-01T00:00:01.000Z", "target": SITE, "probesCount": results.len(), "results": results
    });
    http(200, "content-type: application/json; charset=utf-8\r\n", body.to_string())
}

fn accepted() -> Vec<u8> {
    let headers = format!(
        "content-type: application/json\r\nlocation: https://api.globalping.io/v1/measurements/{ID}\r\n\
         x-ratelimit-limit: 250\r\nx-ratelimit-remaining: 244\r\nx-ratelimit-reset: 3600\r\n"
    );
    http(202, &headers, json!({ "id": ID, "probesCount": 6 }).to_string())
}

/// A service whose probes all find an answer over TLS.
pub(crate) fn all_continents(number: usize, _: &Received) -> Vec<u8> {
    let mut found = finished(503);
    found["tls"] = json!({ "authorized": true });
    match number {
        0 => accepted(),
        _ => measurement("finished", &["EU", "NA", "AS", "SA", "OC", "AF"].map(|place| result(place, found.clone()))),
    }
}

/// A lab whose remote service answers so.
async fn lab(scope: Scope, answer: impl Fn(usize, &Received) -> Vec<u8> + Send + Sync + 'static) -> (Lab, Log) {
    let (port, log) = serve(answer).await;
    let mut lab = Lab::new().await.scoped(scope);
    lab.config.globalping.api = format!("http://127.0.0.1:{port}").parse().ok();
    (lab, log)
}

fn service() -> Subject {
    Subject::RemoteApi("127.0.0.1".into())
}

fn failures_of_service(outcomes: &Outcomes) -> Vec<Failure> {
    outcomes.of(&service()).filter_map(failed).collect()
}

#[tokio::test]
async fn results_are_told_as_they_come_with_their_places() {
    let (lab, log) = lab(Scope::Closer, |number, _| match number {
        0 => accepted(),
        1 => measurement("in-progress", &[result("EU", finished(503)), result("NA", unfinished())]),
        _ => measurement(
            "finished",
            &[result("EU", finished(503)), result("NA", failing("target", "connect ETIMEDOUT 192.0.2.7:443"))],
        ),
    })
    .await;
    let (port, _) = healthy().await;
    let outcomes = lab.check(&format!("http://{SITE}:{port}/")).await;
    let told: Vec<(String, Step, Option<Failure>)> = outcomes
        .seen
        .iter()
        .filter_map(|seen| match &seen.vantage {
            Vantage::Remote(place) => Some((place.continent.clone(), seen.step, seen.failure())),
            Vantage::Browser | Vantage::Host => None,
        })
        .collect();
    let unavailable = Failure::HttpError { status: Some(503) };
    assert_eq!(
        told,
        [("EU".to_owned(), Step::Http, Some(unavailable)), ("NA".to_owned(), Step::Tcp, Some(Failure::TcpTimedOut)),]
    );
    assert_eq!(log.count(), 3, "one order, two looks, and none after the last word");
    assert!(failures_of_service(&outcomes).is_empty());
}

#[tokio::test]
async fn the_service_learns_the_host_and_nothing_else() {
    let (lab, log) = lab(Scope::Closer, |number, _| match number {
        0 => accepted(),
        _ => measurement("finished", &[result("EU", finished(200))]),
    })
    .await;
    let (port, _) = healthy().await;
    lab.check(&format!("http://anna:sesame@{SITE}:{port}/private/letter.html?token=s3cret#chapter")).await;
    let all = log.all();
    let order: Value = serde_json::from_slice(&all[0].body).unwrap();
    assert!(all[0].head.starts_with("POST /v1/measurements HTTP/1.1\r\n"));
    assert!(all[1].head.starts_with(&format!("GET /v1/measurements/{ID} HTTP/1.1\r\n")));
    assert_eq!((order["target"].as_str(), order["type"].as_str()), (Some(SITE), Some("http")));
    assert_eq!(order["measurementOptions"]["request"], json!({ "method": "GET", "path": "/" }));
    for received in all {
        assert!(received.head.to_ascii_lowercase().contains("user-agent: detour/"), "{}", received.head);
        let everything = received.head + &String::from_utf8(received.body).unwrap();
        for secret in ["anna", "sesame", "private", "letter", "token", "s3cret", "chapter"] {
            assert!(!everything.contains(secret), "{secret} in {everything}");
        }
    }
}

#[tokio::test]
async fn without_the_users_word_the_service_learns_nothing() {
    for scope in [Scope::Usual, Scope::Again, Scope::default()] {
        let (lab, log) = lab(scope, |_, _| accepted()).await;
        let outcomes = lab.check(&format!("http://{SITE}:{}/", crate::faults::refusing().await)).await;
        assert_eq!((log.count(), outcomes.has(|subject| *subject == service())), (0, false));
    }
}

#[tokio::test]
async fn what_the_service_refuses_is_told_of_the_service() {
    let refusal = |kind: &str| json!({ "error": { "type": kind, "message": "…" } }).to_string();
    for (answer, failure) in [
        (http(422, "", refusal("no_probes_found")), Failure::HttpError { status: Some(422) }),
        (
            http(429, "x-ratelimit-reset: 60\r\n", refusal("rate_limit_exceeded")),
            Failure::HttpError { status: Some(429) },
        ),
        (http(503, "server: Varnish\r\n", "Error 503"), Failure::HttpError { status: Some(503) }),
        (http(202, "", "<html>"), Failure::HttpResponseInvalid),
        (Vec::new(), Failure::HttpResponseEmpty),
    ] {
        let (lab, log) = lab(Scope::Closer, move |_, _| answer.clone()).await;
        let (port, _) = healthy().await;
        let outcomes = lab.check(&format!("http://{SITE}:{port}/")).await;
        assert_eq!((failures_of_service(&outcomes), log.count()), (vec![failure], 1));
        assert!(outcomes.failures().is_empty(), "no evidence about the site: {outcomes:?}");
    }
}

#[tokio::test]
async fn a_service_that_wants_rest_is_left_alone_by_the_next_check() {
    let (lab, log) = lab(Scope::Closer, |_, _| http(429, "x-ratelimit-reset: 60\r\n", "{}")).await;
    let (port, _) = healthy().await;
    let instruments = std::sync::Arc::new(lab.config.instruments().unwrap());
    for _ in 0..2 {
        let outcomes = lab.check_with(instruments.clone(), &format!("http://{SITE}:{port}/")).await;
        assert_eq!(failures_of_service(&outcomes), [Failure::HttpError { status: Some(429) }]);
    }
    assert_eq!(log.count(), 1);
}

#[tokio::test]
async fn a_probe_that_fails_by_itself_is_no_evidence() {
    let (lab, _) = lab(Scope::Closer, |number, _| match number {
        0 => accepted(),
        _ => measurement(
            "finished",
            &[result("EU", failing("internal", "Test failed.")), result("NA", failing("resolver", "queryA ETIMEOUT"))],
        ),
    })
    .await;
    let (port, _) = healthy().await;
    let outcomes = lab.check(&format!("http://{SITE}:{port}/")).await;
    assert_eq!(failures_of_service(&outcomes).len(), 2);
    assert!(outcomes.failures().is_empty());
}

#[tokio::test]
async fn a_measurement_that_does_not_end_stops_with_the_check() {
    let (lab, log) = lab(Scope::Closer, |number, _| match number {
        0 => accepted(),
        _ => measurement("in-progress", &[result("EU", finished(200)), result("NA", unfinished())]),
    })
    .await;
    let (port, _) = healthy().await;
    let outcomes = lab.check(&format!("http://{SITE}:{port}/")).await;
    assert_eq!(failures_of_service(&outcomes), [Failure::HttpTimedOut]);
    let remote = |seen: &&detour_core::observation::Observation| matches!(seen.vantage, Vantage::Remote(_));
    assert_eq!(outcomes.seen.iter().filter(remote).count(), 1, "a result is told once, however often it is read");
    // Six seconds with half of one between two looks, at the least.
    assert!((2..=12).contains(&log.count()), "{}", log.count());
}

#[tokio::test]
async fn a_name_that_fails_here_is_measured_from_afar_too() {
    let (lab, log) = lab(Scope::Closer, |number, _| match number {
        0 => accepted(),
        _ => measurement("finished", &[result("EU", failing("target", "getaddrinfo ENOTFOUND x"))]),
    })
    .await;
    let outcomes = lab.check("http://gone.example-site.com/").await;
    assert_eq!(log.count(), 2);
    let gone = Outcome::Failed(Failure::DnsNameNotResolved);
    assert!(outcomes.seen.iter().any(|seen| matches!(seen.vantage, Vantage::Remote(_)) && seen.outcome == gone));
}

#[tokio::test]
async fn a_name_with_private_addresses_is_not_told_to_the_service() {
    let (mut lab, log) = lab(Scope::Closer, |_, _| accepted()).await;
    lab.config.allow_addresses = vec!["127.0.0.1/32".parse().unwrap()];
    lab.names.set(SITE, Answer::Addresses(vec!["10.0.0.1".parse().unwrap(), "127.0.0.1".parse().unwrap()]));
    lab.check(&format!("http://{SITE}:{}/", crate::faults::refusing().await)).await;
    assert_eq!(log.count(), 0);
}
