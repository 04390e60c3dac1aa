//! The edges and the origins behind them.

use detour_lab::switch::MoveTo;
use detour_lab::{Behaviour, Lab, LabError, Switch};

use crate::asking::get;

const SITE: &str = "https://www.theguardian.com/";

pub(crate) async fn a_healthy_site_answers_with_the_marks_of_its_edge(lab: Lab) {
    for site in detour_lab::sites::all() {
        let page = get(&lab, &format!("https://{}/", site.host)).await;
        assert_eq!(page.status, 200, "{page:?}");
        assert!(page.body.contains(site.front));
        assert_eq!(page.header("server"), "nginx");
        assert_eq!(page.header("via"), "1.1 varnish");
        assert!(page.header("x-served-by").starts_with("cache-lhr"));
        let article = get(&lab, &format!("https://{}{}", site.host, site.article)).await;
        assert!(article.body.contains(site.story), "{article:?}");
        let image = get(&lab, &format!("https://{}/hero.svg", site.host)).await;
        assert_eq!((image.status, image.header("content-type")), (200, "image/svg+xml"));
    }
}

pub(crate) async fn a_switched_off_edge_answers_its_own_503_and_heals(lab: Lab) {
    lab.set(Switch::edge_fails()).await.unwrap();
    let failed = get(&lab, SITE).await;
    assert_eq!(failed.status, 503);
    assert_eq!(failed.header("server"), "Varnish");
    assert_eq!(failed.header("retry-after"), "0");
    for mark in [
        "<h1>Error 503 Service Unavailable</h1>",
        "<h3>Guru Mediation:</h3>",
        "Details: cache-lhr",
        "Varnish cache server",
    ] {
        assert!(failed.body.contains(mark), "{mark} in {}", failed.body);
    }
    lab.set(Switch::edge_heals()).await.unwrap();
    assert_eq!(get(&lab, SITE).await.status, 200);
}

pub(crate) async fn an_empty_503_has_no_body(lab: Lab) {
    lab.set(Switch::edge_fails_for("www.theguardian.com", false)).await.unwrap();
    let failed = get(&lab, SITE).await;
    assert_eq!((failed.status, failed.body.as_str(), failed.header("content-length")), (503, "", "0"));
}

pub(crate) async fn only_the_named_sites_fail(lab: Lab) {
    let switch = r#"{"switch":"edge-fails","hosts":["www.gov.uk"],"reason":"connection failure"}"#;
    lab.set(serde_json::from_str(switch).unwrap()).await.unwrap();
    let failed = get(&lab, "https://www.gov.uk/").await;
    assert_eq!(failed.status, 503);
    assert!(failed.body.contains("Error 503 connection failure"));
    assert_eq!(get(&lab, SITE).await.status, 200);
}

pub(crate) async fn a_share_of_requests_fails(lab: Lab) {
    let switch = r#"{"switch":"edge-fails","share":0.5}"#;
    lab.set(serde_json::from_str(switch).unwrap()).await.unwrap();
    let mut failures = 0;
    for _ in 0..60 {
        failures += usize::from(get(&lab, SITE).await.status == 503);
    }
    // Outside of this once in a hundred million runs.
    assert!((8..=52).contains(&failures), "{failures} of 60");
}

pub(crate) async fn a_sick_origin_gives_varnishs_own_503(lab: Lab) {
    assert_eq!(get(&lab, SITE).await.status, 200);
    lab.set(Switch::host("origin.www.theguardian.com", Behaviour::Refused)).await.unwrap();
    let failed = get(&lab, SITE).await;
    assert_eq!((failed.status, failed.header("server")), (503, "Varnish"));
    assert!(failed.body.contains("Error 503 connection failure"), "{}", failed.body);
    lab.set(Switch::host("origin.www.theguardian.com", Behaviour::Healthy)).await.unwrap();
    assert_eq!(get(&lab, SITE).await.status, 200);
}

pub(crate) async fn a_slow_origin_gives_503_too(lab: Lab) {
    lab.set(Switch::host("origin.www.theguardian.com", Behaviour::Stall)).await.unwrap();
    assert_eq!(get(&lab, SITE).await.status, 503);
    lab.set(Switch::host("origin.www.theguardian.com", Behaviour::Status(500))).await.unwrap();
    let passed_on = get(&lab, SITE).await;
    assert_eq!(passed_on.status, 500);
    assert_ne!(passed_on.header("server"), "Varnish", "the origin's own error keeps the origin's marks");
}

pub(crate) async fn a_moved_site_is_served_by_the_healthy_edge(lab: Lab) {
    lab.set(Switch::edge_fails()).await.unwrap();
    lab.set(Switch::Move { name: "www.bbc.co.uk".into(), to: MoveTo::Cloudflare }).await.unwrap();
    let page = get(&lab, "https://www.bbc.co.uk/").await;
    assert_eq!((page.status, page.header("server")), (200, "cloudflare"));
    let ray = page.header("cf-ray").strip_suffix("-LHR").unwrap_or_default();
    assert!(ray.len() == 16 && ray.chars().all(|c| c.is_ascii_hexdigit()), "{ray}");
    assert_eq!(page.header("x-served-by"), "");
    lab.set(Switch::Move { name: "www.bbc.co.uk".into(), to: MoveTo::Fastly }).await.unwrap();
    assert_eq!(get(&lab, "https://www.bbc.co.uk/").await.status, 503);
}

pub(crate) async fn bad_switches_are_refused_with_a_reason(lab: Lab) {
    let bad = [
        r#"{"switch":"edge-fails","share":1.5}"#,
        r#"{"switch":"edge-fails","reason":"\"; } sub vcl_recv {"}"#,
        r#"{"switch":"edge-fails","hosts":["example.com"]}"#,
        r#"{"switch":"host","name":"example.com","behaviour":"refused"}"#,
        r#"{"switch":"move","name":"pages.detour-lab.net","to":"cloudflare"}"#,
        r#"{"switch":"dns","name":"example.com","mode":"silent"}"#,
        r#"{"switch":"cut","net":"127.0.1.0/24; reboot"}"#,
    ];
    for text in bad {
        let switch = serde_json::from_str(text).unwrap();
        assert!(matches!(lab.set(switch).await, Err(LabError::BadSwitch(_))), "{text}");
    }
    assert_eq!(get(&lab, SITE).await.status, 200);
}
