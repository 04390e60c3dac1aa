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

/// How many are classified as labelled, and which are not.
fn check(corpus: &str, at_least: usize) {
    let corpus: Corpus = serde_json::from_str(corpus).unwrap();
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
    let count = corpus.cases.len();
    assert!(count >= at_least && wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_labelled_report_is_classified_as_labelled() {
    check(include_str!("../../tests/error_responses.json"), 27);
}

#[test]
fn reports_that_no_rule_was_written_from_are_classified_as_labelled() {
    check(include_str!("../../tests/more_error_responses.json"), 40);
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
    let improving = "<h1>We are improving our shop tonight</h1><p>Please come back at eleven.</p>";
    assert_eq!(of(503, &own, improving).generated_by, GeneratedBy::Unknown, "its own page says that it is");
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

#[test]
fn the_line_that_is_written_has_the_documented_fields_and_no_others() {
    let found = of(522, &[("Server", "cloudflare")], "");
    assert!(found.blames_origin);
    let line = serde_json::to_value(&found).unwrap();
    let fields: Vec<&String> = line.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["because", "cdn", "confidence", "generated_by", "is_outage"]);
}

#[test]
fn a_branded_page_under_a_server_that_is_not_the_edges_is_an_imitation() {
    let page = "<title>a.example | 502: Bad gateway</title><div id=\"cf-error-details\">Error code 502</div>";
    let found = of(502, &[("Server", "nginx"), ("Date", "Mon, 08 Jun 2026 09:47:00 GMT")], page);
    assert_eq!((found.cdn, found.generated_by), (None, GeneratedBy::OriginProxy));
    assert_eq!(found.confidence, Confidence::Medium);
    let real = of(502, &[("Server", "cloudflare"), ("CF-Ray", "1-LHR")], page);
    assert_eq!((real.cdn.as_deref(), real.generated_by), (Some("Cloudflare"), GeneratedBy::Edge));
    assert_eq!(real.confidence, Confidence::High);
}

#[test]
fn cloudflare_is_not_the_maker_of_a_page_that_it_did_not_sign() {
    let headers = [("Server", "cloudflare"), ("CF-Ray", "1-LHR"), ("CF-Cache-Status", "DYNAMIC")];
    assert_eq!(of(503, &headers, "<h1>We are mending our shop</h1>").generated_by, GeneratedBy::Origin);
    assert_eq!(of(502, &headers, "<h1>502 Bad Gateway</h1><hr>nginx").generated_by, GeneratedBy::OriginProxy);
    assert_eq!(of(502, &headers, "<h1>502 Bad Gateway</h1><hr>cloudflare").generated_by, GeneratedBy::Edge);
    assert_eq!(of(503, &headers, "").generated_by, GeneratedBy::Unknown);
}

#[test]
fn a_script_of_cloudflares_in_an_ordinary_page_is_no_challenge() {
    let page = "<h1>Maintenance</h1><script src=\"/cdn-cgi/challenge-platform/scripts/jsd/main.js\"></script>";
    let found = of(503, &[("Server", "cloudflare"), ("CF-Ray", "1-LHR")], page);
    assert!(found.is_outage, "{found:?}");
    let challenge =
        "<script>window._cf_chl_opt={};a.src='/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1'</script>";
    assert!(!of(503, &[("Server", "cloudflare")], challenge).is_outage);
}

#[test]
fn a_varnish_behind_fastly_is_told_from_fastly() {
    let served = ("X-Served-By", "cache-lhr1-LHR");
    let own = [served, ("Server", "Varnish"), ("Retry-After", "0"), ("Date", "x")];
    assert_eq!(of(503, &own, "").generated_by, GeneratedBy::Edge);
    let origins = [served, ("Server", "Varnish"), ("Retry-After", "5"), ("X-Varnish", "3"), ("Date", "x")];
    assert_eq!(of(503, &origins, "").generated_by, GeneratedBy::OriginProxy);
    let nameless = [served, ("Via", "1.1 varnish"), ("Date", "x"), ("X-Cache", "MISS")];
    assert_eq!(of(500, &nameless, "{\"error\":1}").generated_by, GeneratedBy::Origin);
}

#[test]
fn headers_alone_tell_what_edges_say_in_them() {
    use GeneratedBy::{Edge, Origin, OriginLb, PlatformRouter};
    for (status, headers, cdn, made_by, blames) in [
        (503, &[("X-Azure-Ref", "0a"), ("X-Azure-ExternalError", "0x80072ee7")][..], "Azure Front Door", Edge, true),
        (502, &[("X-Vercel-Error", "ROUTER_EXTERNAL_TARGET_CONNECTION_ERROR")], "Vercel", Edge, true),
        (500, &[("X-Vercel-Error", "INTERNAL_UNEXPECTED_ERROR")], "Vercel", Edge, false),
        (500, &[("X-Vercel-Id", "lhr1::a"), ("Server", "Vercel")], "Vercel", Origin, false),
        (503, &[("X-Amz-Cf-Pop", "LHR50-C1"), ("Server", "awselb/2.0")], "Amazon CloudFront", OriginLb, false),
        (
            503,
            &[("X-Cache", "LambdaGeneratedResponse from cloudfront"), ("X-Amz-Cf-Id", "a")],
            "Amazon CloudFront",
            Edge,
            true,
        ),
        (502, &[("Server", "BunnyCDN-DE1-1"), ("ErrorCode", "502"), ("CDN-Status", "502")], "bunny.net", Edge, true),
        (502, &[("Server", "BunnyCDN-DE1-1"), ("CDN-Status", "502")], "bunny.net", Origin, false),
        (503, &[("Server", "Cowboy")], "Heroku", PlatformRouter, false),
        (503, &[("Via", "1.1 vegur"), ("Server", "gunicorn")], "Heroku", Origin, false),
        (502, &[("Server", "railway-edge"), ("X-Railway-Fallback", "true")], "Railway", PlatformRouter, false),
        (502, &[("Server", "keycdn-engine"), ("X-Edge-Location", "defr")], "KeyCDN", Edge, true),
        (500, &[("Akamai-GRN", "0.1"), ("Server", "Apache"), ("Date", "x")], "Akamai", Origin, false),
    ] {
        let found = of(status, headers, "");
        let seen = (found.cdn.as_deref(), found.generated_by, found.blames_origin);
        assert_eq!(seen, (Some(cdn), made_by, blames), "{headers:?}");
        assert!(found.is_outage, "{headers:?}");
    }
}

#[test]
fn who_is_blamed_is_read_from_the_edges_own_page() {
    let fastly = [("X-Served-By", "cache-lhr1-LHR"), ("Server", "Varnish"), ("Retry-After", "0")];
    for (headers, body, blames) in [
        (&fastly[..], "<h1>Error 503 No healthy backends</h1><h3>Guru Mediation:</h3>", true),
        (&fastly, "<h1>Error 503 connection failure</h1><h3>Guru Mediation:</h3>", false),
        (&[], "502 ERROR CloudFront wasn't able to connect to the origin. Generated by cloudfront (CloudFront)", true),
        (&[], "503 ERROR CloudFront is overloaded. Generated by cloudfront (CloudFront)", false),
        (&[], "Service Unavailable - DNS failure Reference #11.49c83017.1728658500.37f8e086", true),
        (&[], "Service Unavailable Reference #97.49c83017.1728658500.37f8e086", false),
        (&[], "<title>a.example | 502: Bad gateway</title>", true),
        (&[], "<title>a.example | 500: Internal server error</title>", false),
        (&[], "502 Bad Gateway / cloudflare", false),
        (&[], "error code: 1033", true),
        (&[], "error code: 500", false),
    ] {
        let found = of(503, headers, body);
        assert_eq!((found.generated_by, found.blames_origin), (GeneratedBy::Edge, blames), "{body}");
    }
}

fn is_soft(body: &str) -> bool {
    is_error_page(&Answer { status: 200, body: body.to_owned(), ..Answer::default() })
}

#[test]
fn an_error_page_under_a_good_status_is_an_outage() {
    for body in [
        "<title>503 Backend fetch failed</title><h1>Error 503</h1><h3>Guru Meditation:</h3><p>XID: 12</p><p>Varnish cache server</p>",
        "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr>nginx</body></html>",
        "<h1>Error establishing a database connection</h1>",
        "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>",
    ] {
        assert!(is_soft(body), "{body}");
        assert!(of(200, &[("Server", "nginx")], body).is_outage, "{body}");
    }
}

#[test]
fn a_page_that_only_speaks_of_errors_is_none() {
    let article = "<title>What Guru Meditation means</title><h1>Varnish and its 503</h1><p>The words Guru Meditation, \
                   with an XID: and Varnish cache server below, are a joke from the Amiga.</p>";
    let long = format!("{article}<p>{}</p>", "There is much to tell of it. ".repeat(30));
    let cloudflares = format!(
        "<title>Error 522 explained</title><p>Cloudflare shows error code 522, with a Ray ID, when {}.</p>",
        "the server behind it does not answer, ".repeat(40)
    );
    for body in [
        long.as_str(),
        cloudflares.as_str(),
        "<h1>Shop</h1><p>Welcome.</p>",
        "<div id=app></div><script>const words={a:\"502 Bad Gateway nginx\",b:\"no healthy upstream\"}</script>",
        "<title>Just a moment...</title>",
        "",
    ] {
        assert!(!is_soft(body), "{body}");
    }
}

#[test]
fn a_login_that_somebody_in_between_wants_is_no_outage() {
    assert!(!of(511, &[], "<h1>Welcome to our hotel</h1>").is_outage);
}

#[test]
fn a_site_that_is_not_set_up_or_cannot_be_entered_by_anybody_is_down_whatever_the_status() {
    for (status, body, cdn) in [
        (403, "Domain suspended or not configured", "bunny.net"),
        (404, "404: NOT_FOUND Code: DEPLOYMENT_NOT_FOUND ID: lhr1::a", "Vercel"),
        (404, "There isn't a GitHub Pages site here.", "GitHub Pages"),
        (404, "<title>Heroku | No such app</title>", "Heroku"),
        (403, "Please unblock challenges.cloudflare.com to proceed.", "Cloudflare"),
        (500, "Fastly error: unknown domain: a.example. Please check that this domain has been added.", "Fastly"),
    ] {
        let found = of(status, &[], body);
        assert_eq!((found.cdn.as_deref(), found.is_outage), (Some(cdn), true), "{body}");
    }
    assert!(!of(404, &[("Server", "Vercel"), ("X-Vercel-Id", "lhr1::a")], "404: NOT_FOUND").is_outage);
    assert!(!of(404, &[("Server", "Netlify")], "Netlify: Page not found").is_outage);
}

#[test]
fn nothing_is_made_of_nothing() {
    let found = classify(&Response::default());
    assert_eq!((found.cdn, found.generated_by, found.is_outage), (None, GeneratedBy::Unknown, false));
    assert_eq!(found.confidence, Confidence::Low);
    assert!(of(503, &[], "").is_outage);
}
