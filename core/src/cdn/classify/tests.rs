//! Public error reports, as facts: what was seen, and what it was.

use super::*;

#[derive(Deserialize)]
struct Corpus {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    #[serde(flatten)]
    response: Response,
    expected: Expected,
}

#[derive(Deserialize)]
struct Expected {
    cdn: Option<String>,
    generated_by: GeneratedBy,
    is_outage: bool,
}

#[test]
fn every_labelled_report_is_classified_as_labelled() {
    let corpus: Corpus = serde_json::from_str(include_str!("../../../tests/error_responses.json")).unwrap();
    let mut wrong = Vec::new();
    for case in &corpus.cases {
        let found = classify(&case.response);
        let expected = &case.expected;
        if (&found.cdn, found.generated_by, found.is_outage)
            != (&expected.cdn, expected.generated_by, expected.is_outage)
        {
            wrong.push(format!("{}: {found:?}", case.id));
        }
    }
    assert!(
        corpus.cases.len() > 20 && wrong.is_empty(),
        "{} of {} wrong:\n{}",
        wrong.len(),
        corpus.cases.len(),
        wrong.join("\n")
    );
}

fn of(status: u16, headers: &[(&str, &str)], body: &str) -> Classification {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), Values::One((*value).to_owned()))).collect();
    classify(&Response {
        status: Some(status),
        headers: Some(headers),
        body: Some(body.to_owned()),
        ..Response::default()
    })
}

#[test]
fn a_body_alone_is_never_quite_sure() {
    let page = "<h1>Error 503 Service Unavailable</h1><h3>Guru Mediation:</h3><p>Details: cache-lhr1-LHR 1 2</p>";
    assert_eq!(of(503, &[], page).confidence, Confidence::Medium);
    assert_eq!(of(503, &[("X-Served-By", "cache-lhr1-LHR")], page).confidence, Confidence::High);
}

#[test]
fn a_page_of_another_cdn_was_passed_on() {
    let found = of(503, &[("Server", "cloudflare"), ("CF-RAY", "1-LHR")], "<h1>Error 503</h1><h3>Guru Mediation:</h3>");
    assert_eq!((found.cdn.as_deref(), found.generated_by), (Some("Cloudflare"), GeneratedBy::Origin));
}

#[test]
fn cloudfront_passing_on_an_origins_error_is_told_from_its_own() {
    let own = [("Server", "CloudFront"), ("X-Amz-Cf-Pop", "LHR50-C1"), ("X-Cache", "Error from cloudfront")];
    let passed = [("Server", "nginx"), ("X-Amz-Cf-Pop", "LHR50-C1"), ("X-Cache", "Error from cloudfront")];
    assert_eq!(of(502, &own, "").generated_by, GeneratedBy::Edge);
    assert_eq!(of(502, &passed, "").generated_by, GeneratedBy::Origin);
}

#[test]
fn what_is_not_a_failure_is_no_outage() {
    for (status, headers, body) in [
        (404, &[("Server", "nginx")][..], "<h1>404 Not Found</h1>"),
        (429, &[("Server", "cloudflare")][..], "error code: 1015"),
        (403, &[("Server", "AkamaiGHost")][..], "<H1>Access Denied</H1> Reference #18.2f.1.1"),
    ] {
        assert!(!of(status, headers, body).is_outage, "{status} {body}");
    }
}

#[test]
fn lists_of_values_and_any_case_are_read() {
    let line = r#"{"url":"https://a.example.org/","status":503,"reason":null,"headers":{"VIA":["1.1 varnish","1.1 varnish"],"x-SERVED-by":["cache-a-A","cache-b-B"]},"body":null}"#;
    let response: Response = serde_json::from_str(line).unwrap();
    assert_eq!(classify(&response).cdn.as_deref(), Some("Fastly"));
}
