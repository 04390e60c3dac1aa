//! Other sites on the target's CDN, and the CDN's status page: asked only where the target fails.

use detour_core::failure::Failure;
use detour_core::observation::{Indicator, Outcome, Step, Subject};
use detour_core::port::Scope;
use detour_core::target::Target;
use detour_probe::StatusPage;

use crate::lab::{Lab, SITE, failed};
use crate::names::Answer;
use crate::services::{Log, http, serve};

const CANARY: &str = "www.canary-one.com";

struct Neighbourhood {
    lab: Lab,
    port: u16,
    canary: Log,
    status: Log,
}

/// A target on Fastly by its CNAME that answers with this status, a canary and a status page.
async fn neighbourhood(status: u16, page: &'static str) -> Neighbourhood {
    let (port, _) = serve(move |_, _| http(status, "", "")).await;
    let (canary_port, canary) = serve(|number, _| {
        http(if number == 0 { 503 } else { 200 }, &format!("x-served-by: cache-fra{number}-FRA\r\n"), "x".repeat(9000))
    })
    .await;
    let (status_port, status) = serve(move |_, _| http(200, "", page)).await;
    let mut lab = Lab::new().await;
    lab.names.set(SITE, Answer::Alias("dualstack.x.fastly.net.", vec!["127.0.0.1".parse().unwrap()]));
    let canaries = vec![
        lab.site("static.example-site.com", canary_port), // the target's own site: says nothing new
        lab.site(CANARY, canary_port),
    ];
    lab.config.canaries.insert("Fastly".into(), canaries);
    let page = lab.site("www.status-page.com", status_port);
    lab.config.status_pages.insert("Fastly".into(), StatusPage::Summary(page));
    Neighbourhood { lab, port, canary, status }
}

const MAJOR: &str = r#"{"page":{"id":"x","name":"Fastly"},"status":{"indicator":"major","description":"Partial Outage"},
    "components":[],"incidents":[]}"#;

#[tokio::test]
async fn a_failing_target_is_held_against_canaries_and_the_status_page() {
    let around = neighbourhood(503, MAJOR).await;
    let outcomes = around.lab.check(&format!("http://{SITE}:{}/", around.port)).await;
    let seen: Vec<_> = outcomes.of(&Subject::Sibling(CANARY.into())).collect();
    let steps: Vec<Step> = seen.iter().map(|seen| seen.step).collect();
    assert_eq!(steps, [Step::Dns, Step::Http, Step::Http], "only the end of each sample: {seen:?}");
    let mut answers: Vec<_> = seen.iter().filter_map(|seen| seen.answer()).collect();
    answers.sort_by_key(|answer| answer.status);
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200, 503]);
    assert!(answers.iter().all(|answer| answer.body.len() == 4096 && answer.header("x-served-by").contains("FRA")));
    assert_eq!((around.canary.count(), around.status.count()), (2, 1));
    let page = outcomes.of(&Subject::StatusPage("Fastly".into())).next().unwrap();
    let Outcome::Reported(report) = &page.outcome else { panic!("{page:?}") };
    assert_eq!((report.indicator, report.description.as_str()), (Indicator::Major, "Partial Outage"));
}

#[tokio::test]
async fn a_healthy_target_is_held_against_nobody() {
    for status in [200, 301, 404, 429] {
        let around = neighbourhood(status, MAJOR).await;
        let outcomes = around.lab.check(&format!("http://{SITE}:{}/", around.port)).await;
        assert_eq!((around.canary.count(), around.status.count()), (0, 0), "{status}");
        assert!(outcomes.seen.iter().all(|seen| seen.subject == Subject::Target), "{outcomes:?}");
    }
}

#[tokio::test]
async fn a_canary_on_the_targets_own_site_is_left_out() {
    let around = neighbourhood(503, MAJOR).await;
    let outcomes = around.lab.check(&format!("http://{SITE}:{}/", around.port)).await;
    assert!(!outcomes.has(|subject| *subject == Subject::Sibling("static.example-site.com".into())));
    assert_eq!(around.lab.names.asked("static.example-site.com"), 0);
}

#[tokio::test]
async fn a_second_look_asks_canaries_but_reads_no_status_page() {
    let mut around = neighbourhood(503, MAJOR).await;
    around.lab.scope = Scope::Again;
    around.lab.check(&format!("http://{SITE}:{}/", around.port)).await;
    assert_eq!((around.canary.count(), around.status.count()), (2, 0));
}

#[tokio::test]
async fn a_cdn_that_only_the_answer_names_has_canaries_too() {
    let around = neighbourhood(503, MAJOR).await;
    around.lab.names.set(SITE, Answer::Addresses(vec!["127.0.0.1".parse().unwrap()]));
    let (port, _) = serve(|_, _| {
        http(503, "server: Varnish\r\nx-served-by: cache-fra1-FRA\r\nx-cache: MISS\r\nvia: 1.1 varnish\r\n", "")
    })
    .await;
    around.lab.check(&format!("http://{SITE}:{port}/")).await;
    assert_eq!(around.canary.count(), 2);
}

#[tokio::test]
async fn a_cdn_whose_names_fail_has_canaries_too() {
    let around = neighbourhood(503, MAJOR).await;
    around.lab.names.set(SITE, Answer::BrokenAlias("dualstack.x.fastly.net."));
    let outcomes = around.lab.check(&format!("http://{SITE}:{}/", around.port)).await;
    assert_eq!(outcomes.failures(), [(Step::Dns, Failure::DnsFailed)]);
    assert_eq!(around.canary.count(), 2);
}

#[tokio::test]
async fn a_silent_target_is_not_waited_for() {
    let around = neighbourhood(503, MAJOR).await;
    let port = crate::faults::server(crate::services::never).await;
    let outcomes = around.lab.check(&format!("http://{SITE}:{port}/")).await;
    let place = |subject: &Subject| outcomes.seen.iter().position(|seen| seen.subject == *subject);
    let canary = place(&Subject::Sibling(CANARY.into())).unwrap();
    let failure = outcomes.seen.iter().position(|seen| failed(seen) == Some(Failure::HttpTimedOut)).unwrap();
    assert!(canary < failure, "the canaries had their say before the target's time was up");
}

#[tokio::test]
async fn a_status_page_that_cannot_be_read_has_failed() {
    let around = neighbourhood(503, "<html>Sorry</html>").await;
    let outcomes = around.lab.check(&format!("http://{SITE}:{}/", around.port)).await;
    let page = outcomes.of(&Subject::StatusPage("Fastly".into())).next().unwrap();
    assert_eq!(failed(page), Some(Failure::HttpResponseInvalid));
}

#[tokio::test]
async fn a_status_page_in_rss_is_read() {
    let feed = r#"<?xml version="1.0"?><rss version="2.0"><channel><title>Status</title></channel></rss>"#;
    let mut around = neighbourhood(503, feed).await;
    let StatusPage::Summary(page) = around.lab.config.status_pages["Fastly"].clone() else { panic!("no summary") };
    around.lab.config.status_pages.insert("Fastly".into(), StatusPage::Rss(page));
    let outcomes = around.lab.check(&format!("http://{SITE}:{}/", around.port)).await;
    let page = outcomes.of(&Subject::StatusPage("Fastly".into())).next().unwrap();
    assert!(matches!(&page.outcome, Outcome::Reported(report) if report.indicator == Indicator::None), "{page:?}");
}

#[tokio::test]
async fn a_canary_that_leads_to_a_private_address_is_not_connected_to() {
    let mut around = neighbourhood(503, MAJOR).await;
    around.lab.names.set("www.canary-two.com", Answer::Addresses(vec!["10.0.0.1".parse().unwrap()]));
    let canary = Target::parse("http://www.canary-two.com/").unwrap();
    around.lab.config.canaries.insert("Fastly".into(), vec![canary]);
    let outcomes = around.lab.check(&format!("http://{SITE}:{}/", around.port)).await;
    let seen: Vec<_> = outcomes.of(&Subject::Sibling("www.canary-two.com".into())).collect();
    assert_eq!((seen.len(), failed(seen[0])), (1, Some(Failure::DnsFailed)));
}
