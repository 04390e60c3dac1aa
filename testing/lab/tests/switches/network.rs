//! Cuts, the record, the control, and a replay.

use std::time::Duration;

use detour_lab::{Lab, Switch, post_switch};

use crate::asking::get;

const SITE: &str = "https://www.theguardian.com/";

pub(crate) async fn a_cut_network_is_unreachable_until_restored(lab: Lab) {
    let cut = |cut| Switch::Cut { net: "11.0.1.0/24".into(), cut };
    lab.set(cut(true)).await.unwrap();
    lab.set(cut(true)).await.unwrap();
    let answer = get(&lab, SITE).await;
    assert!(answer.error.contains("unreachable") || answer.error.contains("no route"), "{answer:?}");
    lab.set(cut(false)).await.unwrap();
    assert_eq!(get(&lab, SITE).await.status, 200);
}

pub(crate) async fn offline_and_back(lab: Lab) {
    lab.set(Switch::Offline { offline: true }).await.unwrap();
    assert!(!get(&lab, SITE).await.error.is_empty());
    assert!(!get(&lab, "https://11.0.5.1/").await.error.is_empty());
    lab.set(Switch::Offline { offline: false }).await.unwrap();
    assert_eq!(get(&lab, SITE).await.status, 200);
}

pub(crate) async fn everything_is_recorded(lab: Lab) {
    lab.clear_log();
    assert_eq!(lab.log(), []);
    get(&lab, SITE).await;
    get(&lab, "https://pages.detour-lab.net/status/503?x=1").await;
    get(&lab, "https://anchor-one.detour-lab.net/").await;
    get(&lab, "https://archive.org/wayback/available?url=a").await;
    get(&lab, "https://reset.detour-lab.net/lost").await;
    let log = lab.log();
    let has = |server: &str, host: &str, path: &str, status: u16| {
        log.iter().any(|seen| seen.server == server && seen.host == host && seen.path == path && seen.status == status)
    };
    assert!(has("edge", "www.theguardian.com", "/", 200), "{log:#?}");
    assert!(has("connection", "www.theguardian.com", "443", 0), "{log:#?}");
    assert!(has("dns", "www.theguardian.com", "", 0), "{log:#?}");
    assert!(has("pages", "pages.detour-lab.net", "/status/503?x=1", 503), "{log:#?}");
    assert!(has("pages", "reset.detour-lab.net", "/lost", 0), "{log:#?}");
    assert!(has("anchor", "anchor-one.detour-lab.net", "/", 204), "{log:#?}");
    assert!(has("archive", "archive.org", "/wayback/available?url=a", 200), "{log:#?}");
}

pub(crate) async fn the_control_takes_switches_over_http_and_the_socket(lab: Lab) {
    let overview = get(&lab, "http://127.0.0.2:7000/").await;
    assert!(overview.body.contains("edge-fails") && overview.body.contains("www.bbc.co.uk"));
    post_switch(lab.dir(), r#"{"switch":"edge-fails"}"#).await.unwrap();
    assert_eq!(get(&lab, SITE).await.status, 503);
    post_switch(lab.dir(), r#"{"switch":"heal-all"}"#).await.unwrap();
    assert_eq!(get(&lab, SITE).await.status, 200);
    let refused = post_switch(lab.dir(), r#"{"switch":"edge-fials"}"#).await.unwrap_err();
    assert!(refused.to_string().contains("unknown variant"), "{refused}");
    let log = get(&lab, "http://127.0.0.2:7000/log").await;
    assert!(log.body.contains("www.theguardian.com"));
}

pub(crate) async fn every_example_can_be_thrown_and_is_healed(lab: Lab) {
    for example in Switch::examples() {
        post_switch(lab.dir(), &serde_json::to_string(&example).unwrap()).await.unwrap();
        lab.set(Switch::HealAll).await.unwrap();
        for url in [SITE, "https://www.bbc.co.uk/", "https://www.gov.uk/", "https://www.lab-bank.org/"] {
            let page = get(&lab, url).await;
            assert_eq!(page.status, 200, "{url} after {example:?}: {page:?}");
        }
        for url in ["https://anchor-one.detour-lab.net/", "https://11.0.5.1/"] {
            assert_eq!(get(&lab, url).await.status, 204, "{url} after {example:?}");
        }
        let feed = get(&lab, "https://www.fastlystatus.com/rss/").await;
        assert_eq!(feed.body.matches("<item>").count(), 2, "{example:?}");
        assert_eq!(get(&lab, "https://11.0.0.81/dns-query").await.status, 400, "{example:?}");
        let api = get(&lab, "https://api.globalping.io/v1/measurements/none").await;
        assert_eq!(api.status, 404, "{example:?}");
    }
}

pub(crate) async fn a_folder_that_is_no_labs_is_left_alone(lab: Lab) {
    let folder = lab.dir().with_file_name("precious");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("diary.txt"), "Dear diary").unwrap();
    let refused = Lab::start(&folder).await.unwrap_err().to_string();
    assert!(refused.contains("precious is not empty"), "{refused}");
    assert!(folder.join("diary.txt").exists());
    std::fs::remove_dir_all(&folder).unwrap();
}

pub(crate) async fn a_replay_fails_and_recovers(lab: Lab) {
    // 75 minutes in 5 seconds.
    let playing = tokio::spawn({
        let lab = lab.clone();
        async move { lab.replay(900.0, 3).await }
    });
    let mut failures = 0;
    tokio::time::sleep(Duration::from_millis(800)).await;
    for _ in 0..20 {
        failures += usize::from(get(&lab, SITE).await.status == 503);
    }
    assert!(failures > 8, "{failures} of 20");
    playing.await.unwrap().unwrap();
    for site in detour_lab::sites::all() {
        assert_eq!(get(&lab, &format!("https://{}/", site.host)).await.status, 200);
    }
}
