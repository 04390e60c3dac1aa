//! The edges and the origins behind them.

use std::collections::BTreeSet;

use detour_lab::home::Home;
use detour_lab::hosts::NODES;
use detour_lab::neighbours;
use detour_lab::switch::MoveTo;
use detour_lab::{Behaviour, Lab, LabError, Switch};

use crate::asking::{builder, get};

const SITE: &str = "https://www.theguardian.com/";

pub(crate) async fn a_healthy_site_answers_with_the_marks_of_its_edge(lab: Lab) {
    for site in detour_lab::sites::all() {
        let page = get(&lab, &format!("https://{}/", site.host)).await;
        assert_eq!(page.status, 200, "{page:?}");
        assert!(page.body.contains(site.front));
        assert_eq!(page.header("server"), "nginx");
        assert_eq!(page.header("via"), "1.1 varnish");
        assert!(NODES.contains(&page.header("x-served-by")), "{page:?}");
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
        "Details: cache-",
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

pub(crate) async fn each_node_has_its_turn(lab: Lab) {
    let mut met = Vec::new();
    for _ in 0..6 {
        met.push(get(&lab, SITE).await.header("x-served-by").to_owned());
    }
    // One kept connection, HTTP/2 as browsers have it: the turn goes by request.
    let client = builder(&lab).pool_max_idle_per_host(1).build().unwrap();
    for _ in 0..6 {
        let page = client.get(SITE).send().await.unwrap();
        assert_eq!(page.version(), reqwest::Version::HTTP_2);
        met.push(page.headers()["x-served-by"].to_str().unwrap().to_owned());
        page.bytes().await.unwrap();
    }
    for turn in met.windows(3) {
        assert_eq!(turn.iter().map(String::as_str).collect::<BTreeSet<_>>(), BTreeSet::from(NODES), "{met:?}");
    }
}

pub(crate) async fn one_bad_node_fails_whenever_it_is_met(lab: Lab) {
    lab.set(Switch::node_fails("cache-ams21044-AMS")).await.unwrap();
    for site in [SITE, "https://www.lab-python.org/", SITE] {
        let mut failures = 0;
        for _ in 0..3 {
            let page = get(&lab, site).await;
            assert_eq!(page.status == 502, page.header("x-served-by") == "cache-ams21044-AMS", "{page:?}");
            if page.status == 502 {
                failures += 1;
                assert!(page.body.contains("<h1>Error 502 Bad Gateway</h1>"), "{page:?}");
                assert!(page.body.contains("Details: cache-ams21044-AMS "), "{page:?}");
            }
        }
        assert_eq!(failures, 1, "{site}");
    }
    let switch = r#"{"switch":"node-fails","node":"cache-lhr7321-LHR","share":1.0,"status":503}"#;
    lab.set(serde_json::from_str(switch).unwrap()).await.unwrap();
    let mut statuses = BTreeSet::new();
    for _ in 0..3 {
        statuses.insert(get(&lab, SITE).await.status);
    }
    assert_eq!(statuses, BTreeSet::from([200, 502, 503]));
    lab.set(Switch::edge_heals()).await.unwrap();
    for _ in 0..3 {
        assert_eq!(get(&lab, SITE).await.status, 200);
    }
}

pub(crate) async fn neighbours_are_served_by_their_own_cdn(lab: Lab) {
    for one in neighbours::all() {
        let page = get(&lab, &format!("https://{}/", one.host)).await;
        assert!(page.status == 200 && page.body.contains(one.front), "{page:?}");
        let is = |home| one.home == home;
        assert_eq!(page.header("x-served-by").starts_with("cache-"), is(Home::Edge), "{page:?}");
        assert_eq!(page.header("server") == "cloudflare", is(Home::SecondEdge), "{page:?}");
        assert_eq!(page.header("via") == "1.1 varnish", is(Home::Edge), "{page:?}");
    }
}

pub(crate) async fn canaries_fail_with_their_edge_and_not_with_a_site(lab: Lab) {
    let canaries: Vec<_> = neighbours::behind(Home::Edge).map(|one| format!("https://{}/", one.host)).collect();
    assert_eq!(canaries.len(), 3);
    lab.set(Switch::edge_fails_for("www.theguardian.com", true)).await.unwrap();
    for canary in &canaries {
        assert_eq!(get(&lab, canary).await.status, 200, "{canary}");
    }
    lab.set(Switch::edge_fails()).await.unwrap();
    for canary in &canaries {
        assert_eq!(get(&lab, canary).await.status, 503, "{canary}");
    }
    for other in [Home::SecondEdge, Home::ThirdEdge, Home::Bare].into_iter().flat_map(neighbours::behind) {
        assert_eq!(get(&lab, &format!("https://{}/", other.host)).await.status, 200);
    }
    lab.set(Switch::host("www.lab-forum.org", Behaviour::Refused)).await.unwrap();
    assert!(get(&lab, "https://www.lab-forum.org/").await.error.contains("refused"));
    assert_eq!(get(&lab, "https://www.lab-recipes.com/").await.status, 200);
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

pub(crate) async fn other_edges_blame_a_sick_origin_in_their_own_words(lab: Lab) {
    for (behaviour, status) in [(Behaviour::Refused, 521), (Behaviour::Stall, 522)] {
        lab.set(Switch::host("origin.www.lab-forum.org", behaviour)).await.unwrap();
        let page = get(&lab, "https://www.lab-forum.org/").await;
        assert_eq!((page.status, page.header("server"), page.header("via")), (status, "cloudflare", ""), "{page:?}");
        assert!(page.body.contains(&format!("<title>www.lab-forum.org | {status}: ")), "{page:?}");
        assert!(page.body.contains("id=\"cf-host-status\"") && page.header("cf-ray").ends_with("-LHR"), "{page:?}");
    }
    assert_eq!(get(&lab, "https://www.lab-recipes.com/").await.status, 200);
    lab.set(Switch::host("origin.www.lab-bank.org", Behaviour::Refused)).await.unwrap();
    let page = get(&lab, "https://www.lab-bank.org/").await;
    assert_eq!((page.status, page.header("server"), page.header("mime-version")), (503, "AkamaiGHost", "1.0"));
    assert!(page.body.contains("Service Unavailable") && page.body.contains("&#35;97&#46;49c83017"), "{page:?}");
    lab.set(Switch::HealAll).await.unwrap();
    assert_eq!(get(&lab, "https://www.lab-forum.org/").await.status, 200);
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
        r#"{"switch":"node-fails","node":"cache-nowhere-XXX"}"#,
        r#"{"switch":"node-fails","node":"cache-lhr7321-LHR","status":200}"#,
        r#"{"switch":"node-fails","node":"cache-lhr7321-LHR","share":-1.0}"#,
        r#"{"switch":"host","name":"example.com","behaviour":"refused"}"#,
        r#"{"switch":"move","name":"pages.detour-lab.net","to":"cloudflare"}"#,
        r#"{"switch":"dns","name":"example.com","mode":"silent"}"#,
        r#"{"switch":"cut","net":"11.0.1.0/24; reboot"}"#,
    ];
    for text in bad {
        let switch = serde_json::from_str(text).unwrap();
        assert!(matches!(lab.set(switch).await, Err(LabError::BadSwitch(_))), "{text}");
    }
    assert_eq!(get(&lab, SITE).await.status, 200);
}
