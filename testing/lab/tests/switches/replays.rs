//! Replays, each at its worst moment, and what an origin says itself.

use detour_lab::replay::{Happening, Replay};
use detour_lab::switch::OriginPage;
use detour_lab::{Lab, Switch};

use crate::asking::get;

pub(crate) async fn an_origin_says_its_own_status_through_the_edge(lab: Lab) {
    let says = |status, page| Switch::OriginSays { site: "www.gov.uk".into(), status, page };
    for status in [403, 404, 429, 500, 502, 503, 504] {
        lab.set(says(status, OriginPage::Nginx)).await.unwrap();
        let page = get(&lab, "https://www.gov.uk/").await;
        assert_eq!((page.status, page.header("server")), (status, "nginx"), "{page:?}");
        assert!(
            page.body.contains("<center>nginx</center>") && page.header("x-served-by").starts_with("cache-"),
            "{page:?}"
        );
    }
    lab.set(says(503, OriginPage::Maintenance)).await.unwrap();
    for path in ["/", "/guidance/when-a-service-is-unavailable", "/nowhere"] {
        let page = get(&lab, &format!("https://www.gov.uk{path}")).await;
        assert_eq!((page.status, page.header("server")), (503, "nginx"), "{page:?}");
        assert!(page.body.contains("We are working on this site"), "{page:?}");
    }
    assert_eq!(get(&lab, "https://www.ign.com/").await.status, 200);
    lab.set(says(200, OriginPage::Nginx)).await.unwrap();
    assert_eq!(get(&lab, "https://www.gov.uk/").await.status, 200);
    assert!(lab.set(says(418, OriginPage::Nginx)).await.is_err());
    let nobody = Switch::OriginSays { site: "example.com".into(), status: 503, page: OriginPage::Nginx };
    assert!(lab.set(nobody).await.is_err());
}

pub(crate) async fn maintenance_is_the_sites_own(lab: Lab) {
    worst(&lab, "maintenance").await;
    let page = get(&lab, "https://www.gov.uk/").await;
    assert_eq!((page.status, page.header("server"), page.header("x-cache")), (503, "nginx", "MISS"));
    assert_eq!(get(&lab, "https://www.lab-python.org/").await.status, 200);
}

pub(crate) async fn a_look_alike_has_the_page_and_not_the_headers(lab: Lab) {
    worst(&lab, "look-alike").await;
    let page = get(&lab, "https://www.lab-allotment.org/").await;
    assert_eq!((page.status, page.header("server"), page.header("cf-ray")), (522, "nginx", ""));
    assert!(
        page.body.contains("id=\"cf-host-status\"") && page.body.contains("| 522: Connection timed out"),
        "{page:?}"
    );
    assert_eq!(get(&lab, "https://www.lab-forum.org/").await.status, 200);
}

pub(crate) async fn a_bad_node_spoils_one_request_in_three(lab: Lab) {
    worst(&lab, "bad-node").await;
    let mut failures = 0;
    for _ in 0..9 {
        failures += usize::from(get(&lab, "https://www.theguardian.com/").await.status == 502);
    }
    assert_eq!(failures, 3);
}

pub(crate) async fn a_certificate_expires_during_an_outage(lab: Lab) {
    let told = thrown(&lab, "expired-certificate", "10:30:00").await;
    assert!(told.contains("certificate"), "{told}");
    assert!(get(&lab, "https://www.gov.uk/").await.error.contains("certificate expired"));
    let mut failures = 0;
    for _ in 0..20 {
        failures += usize::from(get(&lab, "https://www.theguardian.com/").await.status == 503);
    }
    assert!(failures > 8, "{failures} of 20");
    worst(&lab, "expired-certificate").await;
    assert!(get(&lab, "https://www.gov.uk/").await.error.contains("certificate expired"));
    assert_eq!(get(&lab, "https://www.theguardian.com/").await.status, 200);
}

pub(crate) async fn ipv6_breaks_alone(lab: Lab) {
    worst(&lab, "ipv6-broken").await;
    assert!(!get(&lab, "https://[2a11:7::1]/").await.error.is_empty());
    assert_eq!(get(&lab, "https://11.0.5.1/").await.status, 204);
    assert_eq!(get(&lab, "https://www.ign.com/").await.status, 200);
}

pub(crate) async fn a_cdns_names_fail_and_others_do_not(lab: Lab) {
    worst(&lab, "2021-07-22").await;
    assert!(get(&lab, "https://www.lab-airline.com/").await.error.contains("name resolution"));
    assert_eq!(get(&lab, "https://www.lab-forum.org/").await.status, 200);
    lab.set(Switch::HealAll).await.unwrap();
    worst(&lab, "only-here").await;
    assert_eq!(get(&lab, "https://www.lab-python.org/").await.status, 503);
    lab.set(Switch::HealAll).await.unwrap();
    worst(&lab, "captive-portal").await;
    assert!(get(&lab, "http://www.gov.uk/").await.body.contains("Please sign in"));
}

/// Throws everything but the last step's switches, which heal.
async fn worst(lab: &Lab, name: &str) {
    let timed = Replay::named(name).unwrap().timed(1).unwrap();
    let end = timed.last().unwrap().0;
    throw(lab, timed.into_iter().filter(|(at, _)| *at < end).map(|(_, happening)| happening)).await;
}

/// Throws everything before a moment; tells what was said of it last.
async fn thrown(lab: &Lab, name: &str, before: &str) -> String {
    let timed = Replay::named(name).unwrap().timed(1).unwrap();
    let is_then = |happening: &Happening| matches!(happening, Happening::Told(what) if what.starts_with(before));
    throw(lab, timed.into_iter().map(|(_, happening)| happening).take_while(|happening| !is_then(happening))).await
}

async fn throw(lab: &Lab, happenings: impl Iterator<Item = Happening>) -> String {
    let mut told = String::new();
    for happening in happenings {
        match happening {
            Happening::Switched(switch) => lab.set(switch).await.unwrap(),
            Happening::Told(what) => told = what,
        }
    }
    told
}
