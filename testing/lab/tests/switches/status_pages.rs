//! The CDNs' own status pages.

use detour_lab::switch::{Cdn, Status};
use detour_lab::{Lab, Switch};
use serde_json::Value;

use crate::asking::get;

pub(crate) async fn fastlys_feed_says_what_it_is_told_to(lab: Lab) {
    let feed = || {
        let lab = lab.clone();
        async move { get(&lab, "https://www.fastlystatus.com/rss/").await }
    };
    let calm = feed().await;
    assert_eq!((calm.status, calm.header("content-type")), (200, "application/rss+xml; charset=utf-8"));
    assert!(
        calm.body.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel>"),
        "{calm:?}"
    );
    assert_eq!(calm.body.matches("<item>").count(), 2, "an incident of last week, opened and closed");
    assert!(
        calm.body.contains("<guid isPermaLink=\"false\">/378877/817402</guid><pubDate>") && calm.body.contains(" GMT<")
    );
    for (mode, title) in [
        (Status::Minor, "Elevated Errors in London (LHR)"),
        (Status::Major, "CDN Service Disruption"),
        (Status::Critical, "Global CDN Outage"),
        (Status::Stale, "Elevated Errors in Paris (CDG)"),
    ] {
        lab.set(Switch::Status { cdn: Cdn::Fastly, mode }).await.unwrap();
        let said = feed().await;
        assert!(said.body.contains("<channel><title>Fastly Status</title>"), "{said:?}");
        assert!(said.body.contains(&format!("<item><title>{title}</title>")), "{said:?}");
        assert_eq!(get(&lab, "https://www.cloudflarestatus.com/api/v2/status.json").await.status, 200);
    }
    lab.set(Switch::Status { cdn: Cdn::Fastly, mode: Status::Broken }).await.unwrap();
    assert_eq!(feed().await.status, 503);
    assert!(lab.log().iter().any(|seen| seen.server == "status" && seen.host == "www.fastlystatus.com"));
}

pub(crate) async fn cloudflares_page_says_what_it_is_told_to(lab: Lab) {
    let read = |path: &'static str| {
        let lab = lab.clone();
        async move {
            let answer = get(&lab, &format!("https://www.cloudflarestatus.com/api/v2/{path}")).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            serde_json::from_str::<Value>(&answer.body).unwrap()
        }
    };
    for (mode, indicator, incidents, london) in [
        (Status::None, "none", 0, "operational"),
        (Status::Minor, "minor", 1, "degraded_performance"),
        (Status::Major, "major", 1, "major_outage"),
        (Status::Critical, "critical", 1, "major_outage"),
        (Status::Stale, "none", 0, "operational"),
    ] {
        lab.set(Switch::Status { cdn: Cdn::Cloudflare, mode }).await.unwrap();
        let summary = read("summary.json").await;
        assert_eq!(summary["status"]["indicator"], indicator);
        assert_eq!(summary["page"]["url"], "https://www.cloudflarestatus.com");
        assert_eq!(summary["incidents"].as_array().unwrap().len(), incidents);
        assert_eq!(summary["components"][0]["status"], london);
        let parts: Vec<_> = summary.as_object().unwrap().keys().cloned().collect();
        assert_eq!(parts, ["components", "incidents", "page", "scheduled_maintenances", "status"]);
        assert_eq!(read("status.json").await["status"], summary["status"]);
        assert_eq!(read("incidents/unresolved.json").await["incidents"].as_array().unwrap().len(), incidents);
    }
    lab.set(Switch::Status { cdn: Cdn::Cloudflare, mode: Status::Broken }).await.unwrap();
    assert_eq!(get(&lab, "https://www.cloudflarestatus.com/api/v2/summary.json").await.status, 503);
}
