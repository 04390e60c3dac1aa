use super::*;

const API: &str = "api.globalping.io";

fn probe(continent: &str) -> Value {
    json!({
        "continent": continent, "region": "Western Europe", "country": "DE", "state": null, "city": "Falkenstein",
        "asn": 24940, "longitude": 12.37, "latitude": 50.477, "network": "Hetzner Online GmbH",
        "tags": ["eyeball-network"], "resolvers": ["private"]
    })
}

fn read(status: &str, results: Value) -> Measurement {
    let json = json!({
        "id": "PY5fMsREMmIq45VR", "type": "http", "status": status, "createdAt": "2023-07-14T18:34:04.930Z",
        "updatedAt": "2023-07-14T18:34:05.620Z", "target": "www.example.org", "probesCount": 1, "results": results
    });
    read_measurement(&json.to_string(), API, Millis(7)).unwrap()
}

/// What one probe's result comes to: subject, step, and outcome's failure.
fn check(result: Value, expected: &[(Subject, Step, Option<Failure>)]) {
    let words = result.to_string();
    let measurement = read("finished", json!([{ "probe": probe("EU"), "result": result }]));
    let seen = measurement.results.into_iter().next().flatten().unwrap();
    let seen: Vec<_> = seen.iter().map(|seen| (seen.subject.clone(), seen.step, seen.failure())).collect();
    assert_eq!(seen, expected, "{words}");
}

fn failed(words: &str, source: Option<&str>) -> Value {
    let mut result = json!({
        "status": "failed", "rawOutput": words, "resolvedAddress": null, "headers": {}, "rawHeaders": null,
        "rawBody": null, "truncated": false, "statusCode": null, "statusCodeName": null, "tls": null,
        "timings": { "total": null, "dns": null, "tcp": null, "tls": null, "firstByte": null, "download": null }
    });
    if let Some(source) = source {
        result["failureSource"] = source.into();
    }
    result
}

fn answered(status: u16, tls: Value) -> Value {
    json!({
        "status": "finished", "rawOutput": "HTTP/1.1 …", "resolvedAddress": "151.101.1.229",
        "headers": { "Server": "Varnish", "set-cookie": ["a=1", "b=2"] }, "rawHeaders": "Server: Varnish",
        "rawBody": "<h1>Error 503</h1>", "truncated": false, "statusCode": status, "statusCodeName": "…",
        "timings": { "total": 325, "download": 1, "firstByte": 219, "dns": 37, "tls": 36, "tcp": 32 }, "tls": tls
    })
}

fn tls(authorized: bool) -> Value {
    let mut tls = json!({
        "authorized": authorized, "protocol": "TLSv1.3", "cipherName": "TLS_AES_256_GCM_SHA384",
        "createdAt": "2023-05-02T00:00:00.000Z", "expiresAt": "2024-06-01T23:59:59.000Z",
        "issuer": { "C": "GB", "O": "Sectigo Limited", "CN": "Sectigo RSA" },
        "subject": { "CN": "jsdelivr.net", "alt": "DNS:jsdelivr.net, DNS:*.jsdelivr.net" },
        "keyType": "RSA", "keyBits": 2048, "serialNumber": "8F:A1", "fingerprint256": "02:AB", "publicKey": "A1"
    });
    if !authorized {
        tls["error"] = "CERT_HAS_EXPIRED".into();
    }
    tls
}

#[test]
fn nothing_of_a_target_but_scheme_host_and_port_is_asked_for() {
    let target = Target::parse("http://ann:pass@www.example.org.:8080/secret/path?token=abc#part").unwrap();
    let body = request(&target);
    for secret in ["ann", "pass", "secret", "token", "abc", "part"] {
        assert!(!body.contains(secret), "{body}");
    }
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["target"], "www.example.org");
    assert_eq!(
        body["measurementOptions"],
        json!({"request": {"method": "GET", "path": "/"}, "protocol": "HTTP", "port": 8080})
    );
    let body: Value = serde_json::from_str(&request(&Target::parse("https://[2606:4700::1]/").unwrap())).unwrap();
    assert_eq!(
        (body["target"].as_str(), body["measurementOptions"]["port"].as_u64()),
        (Some("2606:4700::1"), Some(443))
    );
}

#[test]
fn one_home_on_each_continent_is_asked_for() {
    let body: Value = serde_json::from_str(&request(&Target::parse("https://www.example.org/").unwrap())).unwrap();
    let one = |continent: &str| json!({ "continent": continent, "tags": ["eyeball-network"], "limit": 1 });
    assert_eq!(body["locations"], json!(["EU", "NA", "AS", "SA", "OC", "AF"].map(one)));
    assert_eq!((body["locations"].as_array().unwrap().len(), &body["limit"]), (PROBES, &Value::Null));
}

#[test]
fn an_answer_is_told_with_place_certificate_status_and_headers() {
    let measurement = read("finished", json!([{ "probe": probe("EU"), "result": answered(503, tls(true)) }]));
    assert!(measurement.is_finished);
    let seen = measurement.results[0].clone().unwrap();
    let Vantage::Remote(place) = &seen[0].vantage else { panic!("{seen:?}") };
    assert_eq!((place.continent.as_str(), place.network.as_str()), ("EU", "Hetzner Online GmbH"));
    let Outcome::Secured(certificate) = &seen[0].outcome else { panic!("{seen:?}") };
    assert_eq!(certificate.names, ["jsdelivr.net", "*.jsdelivr.net"]);
    assert_eq!((certificate.sha256.as_str(), certificate.not_before), ("02ab", Millis(1_682_985_600_000)));
    let answer = seen[1].answer().unwrap();
    assert_eq!((answer.status, answer.header("server"), answer.header("set-cookie")), (503, "Varnish", "a=1, b=2"));
    assert_eq!((seen[1].duration_ms, seen[1].at, seen[1].address), (325, Millis(7), "151.101.1.229".parse().ok()));
}

#[test]
fn a_certificate_that_browsers_refuse_ends_the_fetch() {
    let measurement = read("finished", json!([{ "probe": probe("EU"), "result": answered(200, tls(false)) }]));
    let seen = measurement.results[0].clone().unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].failure(), Some(Failure::TlsCertDateInvalid));
    assert_eq!(seen[0].so_far.as_ref().unwrap().certificate.as_ref().unwrap().sha256, "02ab");
}

#[test]
fn each_way_to_fail_has_its_step() {
    for (words, step, failure) in [
        ("getaddrinfo ENOTFOUND www.example.org", Step::Dns, Failure::DnsNameNotResolved),
        ("queryA ESERVFAIL www.example.org", Step::Dns, Failure::DnsFailed),
        ("connect ECONNREFUSED 192.0.2.1:443", Step::Tcp, Failure::TcpRefused),
        ("connect ETIMEDOUT 192.0.2.1:443", Step::Tcp, Failure::TcpTimedOut),
        ("write EPROTO 0:error:0A000410:SSL routines:…", Step::Tls, Failure::TlsProtocolError),
        ("read ECONNRESET", Step::Http, Failure::TcpReset),
        ("Request timeout.", Step::Http, Failure::HttpTimedOut),
        ("something new", Step::Tcp, Failure::TcpFailed),
    ] {
        check(failed(words, None), &[(Subject::Target, step, Some(failure.clone()))]);
        check(failed(words, Some("target")), &[(Subject::Target, step, Some(failure))]);
    }
}

#[test]
fn what_fails_at_the_probe_is_no_evidence_about_the_site() {
    let api = || Subject::RemoteApi(API.into());
    check(failed("queryA ETIMEOUT", Some("resolver")), &[(api(), Step::Dns, Some(Failure::DnsFailed))]);
    for result in [
        failed("Test failed.", Some("internal")),
        failed("Private IP ranges are not allowed.", None),
        json!({"status": "offline", "rawOutput": "This probe is currently offline. Please try again later."}),
    ] {
        let measurement = read("finished", json!([{ "probe": probe("AS"), "result": result }]));
        let seen = measurement.results[0].clone().unwrap();
        assert_eq!((&seen[0].subject, seen.len()), (&api(), 1));
        assert!(!seen[0].failure().unwrap().may_be_outage());
    }
}

#[test]
fn a_probe_that_still_measures_has_no_result_yet() {
    let result = json!({ "status": "in-progress", "rawOutput": "" });
    let results = json!([{ "probe": probe("NA"), "result": result }, { "probe": probe("EU"), "result": answered(200, Value::Null) }]);
    let measurement = read("in-progress", results);
    assert!(!measurement.is_finished);
    assert_eq!(measurement.results[0], None);
    assert_eq!(measurement.results[1].as_ref().map(Vec::len), Some(1));
}

#[test]
fn ids_are_plain_and_refusals_have_a_kind() {
    assert_eq!(read_created(r#"{"id":"PY5fMsREMmIq45VR","probesCount":6}"#).as_deref(), Some("PY5fMsREMmIq45VR"));
    for json in ["", "{}", r#"{"id":""}"#, r#"{"id":"../probes"}"#, r#"{"id":"a?b"}"#] {
        assert_eq!(read_created(json), None, "{json}");
    }
    let json = r#"{"error":{"type":"no_probes_found","message":"No suitable probes found."}}"#;
    assert_eq!(read_refusal(json).as_deref(), Some("no_probes_found"));
    assert_eq!(read_measurement("<html>", API, Millis(0)), None);
}

#[test]
fn the_service_is_left_alone_for_as_long_as_it_says() {
    let answer = |status, headers: &[(&str, &str)]| {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        rest(&Answer { status, headers, body: String::new() })
    };
    assert_eq!(answer(202, &[("x-ratelimit-remaining", "247"), ("x-ratelimit-reset", "3600")]), None);
    assert_eq!(answer(202, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "3600")]), Some(3600));
    assert_eq!(answer(429, &[("x-ratelimit-reset", "1200")]), Some(1200));
    assert_eq!(answer(429, &[]), Some(60));
    assert_eq!(answer(503, &[]), None);
}
