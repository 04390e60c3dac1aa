//! Doors, fault hosts, and the lab's own pages.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use detour_lab::hosts::{ANCHORS, PORTAL_PROBE, SIGN_IN};
use detour_lab::switch::{MoveTo, Portal};
use detour_lab::{Behaviour, Lab, Switch};

use crate::asking::{builder, get};

pub(crate) async fn each_fault_host_fails_as_it_is_named(lab: Lab) {
    let expected = [
        ("refused", "connection refused"),
        ("flip", "connection refused"),
        ("plainhttp", "connection refused"),
        ("reset", "connection reset"),
        ("reset-handshake", "connection reset"),
        ("empty", "connection closed before message completed"),
        ("truncated", "end of file before message length reached"),
        ("midbody", "connection reset"),
        ("badchunk", "invalid chunk size"),
        ("h2-reset", "stream error received"),
        ("h2-goaway", "http2 error"),
        ("h2-refused", "stream error received"),
        ("stall", "operation timed out"),
        ("garbage", "invalid http header parsed"),
        ("expired", "certificate expired"),
        ("wrong-name", "certificate not valid for name"),
        ("self-signed", "certificate"),
        ("nx", "name or service not known"),
        ("servfail", "temporary failure in name resolution"),
        ("silent", "temporary failure in name resolution"),
    ];
    for (name, words) in expected {
        let answer = get(&lab, &format!("https://{name}.detour-lab.net/")).await;
        assert!(answer.error.contains(words), "{name}: {answer:?}");
    }
    let began = Instant::now();
    let answer = get(&lab, "https://blackhole.detour-lab.net/").await;
    assert!(!answer.error.is_empty() && began.elapsed() > Duration::from_secs(2), "{answer:?}");
    let redirect = get(&lab, "https://badredirect.detour-lab.net/").await;
    assert_eq!((redirect.status, redirect.header("location")), (302, "https://refused.detour-lab.net/"));
    assert_eq!(get(&lab, "http://plainhttp.detour-lab.net/").await.status, 200);
    assert_eq!(get(&lab, "https://status.detour-lab.net/").await.status, 503);
    for private in ["intranet", "10.77.0.1", "localhost", "127.0.0.1", "2130706433"] {
        assert_eq!(get(&lab, &format!("http://{private}/")).await.status, 503, "{private}");
    }
}

pub(crate) async fn a_host_flips_at_once_in_both_directions(lab: Lab) {
    for _ in 0..10 {
        let began = Instant::now();
        lab.set(Switch::host("flip.detour-lab.net", Behaviour::Healthy)).await.unwrap();
        assert!(began.elapsed() < Duration::from_millis(50), "{:?}", began.elapsed());
        let page = get(&lab, "https://flip.detour-lab.net/").await;
        assert!(page.body.contains("the page of flip.detour-lab.net"), "{page:?}");
        lab.set(Switch::host("flip.detour-lab.net", Behaviour::Refused)).await.unwrap();
        let refused = get(&lab, "https://flip.detour-lab.net/").await;
        assert!(refused.error.contains("refused"), "{refused:?}");
    }
}

pub(crate) async fn kept_alive_connections_do_not_outlive_a_switch(lab: Lab) {
    let client = builder(&lab).pool_max_idle_per_host(4).build().unwrap();
    for url in ["https://pages.detour-lab.net/", "https://www.ign.com/"] {
        let name = url.trim_start_matches("https://").trim_end_matches('/');
        let first = client.get(url).send().await.unwrap();
        first.bytes().await.unwrap();
        lab.set(Switch::host(name, Behaviour::Refused)).await.unwrap();
        assert!(client.get(url).send().await.is_err(), "{url}");
    }
}

pub(crate) async fn any_site_can_refuse_alone(lab: Lab) {
    lab.set(Switch::host("www.bbc.co.uk", Behaviour::Refused)).await.unwrap();
    assert!(get(&lab, "https://www.bbc.co.uk/").await.error.contains("refused"));
    assert!(get(&lab, "http://www.bbc.co.uk/").await.error.contains("refused"));
    assert_eq!(get(&lab, "https://www.gov.uk/").await.status, 200);
    lab.set(Switch::host("www.bbc.co.uk", Behaviour::Healthy)).await.unwrap();
    assert_eq!(get(&lab, "https://www.bbc.co.uk/").await.status, 200);
    lab.set(Switch::host("web.archive.org", Behaviour::StatusEmpty(503))).await.unwrap();
    assert_eq!(get(&lab, "https://web.archive.org/web/https://www.bbc.co.uk/").await.status, 503);
}

pub(crate) async fn the_pages_for_stories_answer_as_listed(lab: Lab) {
    let cases = [
        ("/", 200),
        ("/status/404", 404),
        ("/status/503", 503),
        ("/status/503/empty", 503),
        ("/status/503/octet", 503),
        ("/status/204", 204),
        ("/status/503/once?key=a", 503),
        ("/status/503/once?key=a", 200),
        ("/status/503/once?key=b", 503),
        ("/slow?ms=100", 200),
        ("/slow?ms=50&status=502", 502),
        ("/slow-image", 503),
        ("/redirect?to=/status/503", 302),
        ("/download", 200),
        ("/challenge", 503),
        ("/prefetch", 200),
        ("/links", 200),
        ("/form", 200),
        ("/healthy60", 200),
        ("/sw/", 200),
        ("/sw/worker.js", 200),
        ("/sw/offline", 200),
        ("/any/thing", 200),
    ];
    for scheme in ["https", "http"] {
        for (path, status) in cases {
            let path = path.replace("key=", &format!("key={scheme}"));
            let answer = get(&lab, &format!("{scheme}://pages.detour-lab.net{path}")).await;
            assert_eq!(answer.status, status, "{scheme} {path}: {answer:?}");
        }
    }
    let page = |path: &'static str| {
        let lab = lab.clone();
        async move { get(&lab, &format!("https://pages.detour-lab.net{path}")).await }
    };
    assert_eq!(page("/status/503/empty").await.body, "");
    assert!(page("/download").await.header("content-disposition").starts_with("attachment"));
    assert_eq!(page("/challenge").await.header("cf-mitigated"), "challenge");
    assert_eq!(page("/status/503/octet").await.header("content-type"), "application/octet-stream");
    assert_eq!(page("/healthy60").await.body.matches("/part").count(), 60);
}

pub(crate) async fn a_delayed_host_answers_late_but_well(lab: Lab) {
    lab.set(Switch::host("anchor-one.detour-lab.net", Behaviour::Delayed(500))).await.unwrap();
    let began = Instant::now();
    assert_eq!(get(&lab, "https://anchor-one.detour-lab.net/").await.status, 204);
    assert!(began.elapsed() > Duration::from_millis(500));
}

pub(crate) async fn anchors_and_the_portal_probe_answer(lab: Lab) {
    for name in ANCHORS {
        assert_eq!(get(&lab, &format!("https://{name}/")).await.status, 204);
        assert_eq!(get(&lab, &format!("http://{name}/")).await.status, 204);
    }
    for address in ["11.0.5.1", "11.0.5.2", "11.0.5.3"] {
        let answer = get(&lab, &format!("https://{address}/")).await;
        assert_eq!(answer.status, 204, "by its address alone: {answer:?}");
    }
    let probe = format!("http://{PORTAL_PROBE}/generate_204");
    assert_eq!(get(&lab, &probe).await.status, 204);
    lab.set(Switch::Portal { mode: Portal::Redirect }).await.unwrap();
    assert_eq!(get(&lab, &probe).await.status, 302);
    lab.set(Switch::Portal { mode: Portal::Content }).await.unwrap();
    let sign_in = get(&lab, &probe).await;
    assert!(sign_in.status == 200 && sign_in.body.contains("sign in"));
}

pub(crate) async fn a_portal_captures_every_host_and_lets_go(lab: Lab) {
    let kept = builder(&lab).pool_max_idle_per_host(4).build().unwrap();
    kept.get("https://www.ign.com/").send().await.unwrap().bytes().await.unwrap();
    lab.set(Switch::Move { name: "www.bbc.co.uk".into(), to: MoveTo::Cloudflare }).await.unwrap();
    lab.set(Switch::Portal { mode: Portal::CaptureRedirect }).await.unwrap();
    assert!(kept.get("https://www.ign.com/").send().await.is_err(), "an old connection does not get past");
    let names = [
        "www.theguardian.com",
        "www.bbc.co.uk",
        "www.lab-forum.org",
        "anchor-one.detour-lab.net",
        "11.0.5.1",
        "11.0.0.81",
        "refused.detour-lab.net",
        "blackhole.detour-lab.net",
        "expired.detour-lab.net",
        "archive.org",
    ];
    for name in names {
        let secure = get(&lab, &format!("https://{name}/")).await;
        assert!(
            secure.error.contains("certificate not valid for name") && secure.error.contains(SIGN_IN),
            "{secure:?}"
        );
        if name != "11.0.0.81" {
            let plain = get(&lab, &format!("http://{name}/any?thing=1")).await;
            assert_eq!((plain.status, plain.header("location")), (302, "http://portal.harbour-hotel.net/sign-in"));
        }
    }
    assert_eq!(get(&lab, &format!("http://{PORTAL_PROBE}/generate_204")).await.status, 302);
    let elsewhere = builder(&lab).local_address("11.0.11.11".parse::<IpAddr>().unwrap()).build().unwrap();
    let seen = elsewhere.get("https://www.theguardian.com/").send().await.unwrap();
    assert_eq!(seen.status().as_u16(), 200, "remote probes are on other networks");
    assert!(get(&lab, "http://portal.harbour-hotel.net/sign-in").await.body.contains("sign in"));
    assert_eq!(get(&lab, "http://127.0.0.1/").await.status, 503, "what never leaves this computer");
    lab.set(Switch::Portal { mode: Portal::CaptureContent }).await.unwrap();
    // What is switched meanwhile is in force once the portal lets go.
    lab.set(Switch::host("www.gov.uk", Behaviour::Refused)).await.unwrap();
    let page = get(&lab, "http://www.gov.uk/").await;
    assert!(page.status == 200 && page.body.contains("Please sign in"), "{page:?}");
    lab.set(Switch::Portal { mode: Portal::Open }).await.unwrap();
    assert_eq!(get(&lab, "https://www.theguardian.com/").await.status, 200);
    assert!(get(&lab, "https://www.gov.uk/").await.error.contains("refused"));
    assert!(get(&lab, "https://refused.detour-lab.net/").await.error.contains("refused"));
}
