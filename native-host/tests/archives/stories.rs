//! The stories.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use detour_lab::switch::Availability;
use detour_lab::{Behaviour, Switch, sites};

use super::User;

type Story = (&'static str, fn(User) -> Pin<Box<dyn Future<Output = ()> + Send>>);

/// A list of stories from async functions.
macro_rules! stories {
    ($($name:ident),* $(,)?) => { vec![$((stringify!($name), |user| Box::pin($name(user)))),*] };
}

pub(crate) fn all() -> Vec<Story> {
    stories![
        wayback_wins_by_its_cdx_server,
        a_soft_404_an_error_and_a_redirect_are_passed_over,
        wayback_wins_by_its_availability_api_when_cdx_is_silent,
        pywb_wins_by_timegate_and_timemap_when_wayback_is_gone,
        a_mirror_wins_when_it_is_the_page_and_no_mirror_on_the_same_cdn_is_offered,
        patience_is_had_when_it_is_asked_for,
        an_archive_that_fails_again_and_again_rests,
        the_published_limit_holds_across_runs,
        what_was_found_is_not_asked_for_again,
        endpoints_come_from_the_config,
        nothing_private_leaves,
        words_are_for_people,
    ]
}

const PAGE: &str = "https://www.ign.com/articles/lantern-tides-review";
const WAYBACK: &str = "Wayback Machine";
const CDX: &str = "/cdx/search/cdx";

fn trapped() -> String {
    format!("https://{}{}", sites::TRAPPED.0, sites::TRAPPED.1)
}

async fn cdx(user: &User, mode: Availability) {
    user.lab.set(Switch::Cdx { mode }).await.unwrap();
}

async fn availability(user: &User, mode: Availability) {
    user.lab.set(Switch::Availability { mode }).await.unwrap();
}

async fn refuse(user: &User, name: &str) {
    user.lab.set(Switch::host(name, Behaviour::Refused)).await.unwrap();
}

async fn wayback_wins_by_its_cdx_server(user: User) {
    let said = user.copies(PAGE).await;
    let best = said.best();
    assert_eq!((&best["source"], &best["checked"]), (&WAYBACK.into(), &true.into()), "{}", said.text);
    let url = best["url"].as_str().unwrap();
    assert!(url.starts_with("https://web.archive.org/web/2") && url.ends_with(PAGE), "{url}");
    assert!(best["age_seconds"].as_u64().is_some_and(|age| age >= 3 * 3600), "{}", said.text);
    assert_eq!(user.asked("web.archive.org", CDX), 1);
    // One archive answered, so no other one was asked.
    assert_eq!((user.asked("archive.org", "/"), user.asked("arquivo.pt", "/")), (0, 0));
}

async fn a_soft_404_an_error_and_a_redirect_are_passed_over(user: User) {
    let page = trapped();
    let said = user.copies(&page).await;
    let best = said.best();
    assert_eq!((&best["source"], &best["checked"]), (&WAYBACK.into(), &true.into()), "{}", said.text);
    let age = best["age_seconds"].as_u64().unwrap();
    assert!((30 * 3600..31 * 3600).contains(&age), "{}", said.text);
    // By a TimeGate that leads to the soft 404 first, and the TimeMap behind it.
    for host in ["web.archive.org", "archive.org"] {
        refuse(&user, host).await;
    }
    let other = User { lab: user.lab.clone(), home: tempfile::tempdir().unwrap() };
    let said = other.copies(&page).await;
    let best = said.best();
    assert_eq!(best["source"], "Arquivo.pt", "{}", said.text);
    let age = best["age_seconds"].as_u64().unwrap();
    assert!((30 * 3600..31 * 3600).contains(&age), "{}", said.text);
    assert!(best["url"].as_str().unwrap().starts_with("https://arquivo.pt/wayback/"), "{}", said.text);
}

async fn wayback_wins_by_its_availability_api_when_cdx_is_silent(user: User) {
    for mode in [Availability::Unavailable, Availability::Html] {
        cdx(&user, mode).await;
        let fresh = User { lab: user.lab.clone(), home: tempfile::tempdir().unwrap() };
        let said = fresh.copies(PAGE).await;
        assert_eq!((&said.best()["source"], &said.best()["checked"]), (&WAYBACK.into(), &true.into()), "{}", said.text);
    }
    assert_eq!(user.asked("archive.org", "/wayback/available"), 2);
}

async fn pywb_wins_by_timegate_and_timemap_when_wayback_is_gone(user: User) {
    refuse(&user, "web.archive.org").await;
    refuse(&user, "archive.org").await;
    let said = user.copies(PAGE).await;
    let best = said.best();
    assert_eq!((&best["source"], &best["checked"]), (&"Arquivo.pt".into(), &true.into()), "{}", said.text);
    assert_eq!(said.why(WAYBACK), "silent");
    // Without its TimeGate, by its TimeMap.
    let other = User { lab: user.lab.clone(), home: tempfile::tempdir().unwrap() };
    let said = other.run(&["copies", "--json", PAGE], "[archives.of.arquivo]\ntimegate = \"\"\n").await;
    assert_eq!(said.best()["source"], "Arquivo.pt", "{}", said.text);
    assert_eq!(other.asked("arquivo.pt", "/wayback/timemap/link/"), 1);
}

async fn a_mirror_wins_when_it_is_the_page_and_no_mirror_on_the_same_cdn_is_offered(user: User) {
    let said = user.copies("https://www.lab-airline.com/").await;
    let best = said.best();
    assert_eq!(
        (&best["kind"], &best["live"], &best["checked"]),
        (&"mirror".into(), &true.into(), &true.into()),
        "{}",
        said.text
    );
    assert_eq!(best["url"], "https://m.lab-airline.com/");
    let said = user.copies("https://www.lab-forum.org/").await;
    assert_eq!(said.code, 1, "a mirror on the page's own CDN: {}", said.text);
    assert!(user.asked("m.lab-forum.org", "/") > 0, "it was asked");
}

async fn patience_is_had_when_it_is_asked_for(user: User) {
    for mode in [Availability::Patience, Availability::UnavailableUntil] {
        let user = User { lab: user.lab.clone(), home: tempfile::tempdir().unwrap() };
        user.lab.clear_log();
        cdx(&user, mode).await;
        let said = user.copies(PAGE).await;
        assert_eq!(said.best()["source"], "Arquivo.pt", "{}", said.text);
        assert_eq!(said.why(WAYBACK), "resting", "{mode:?}");
        // Another page, at once: not even the second way is tried.
        let said = user.copies("https://www.bbc.co.uk/").await;
        assert_eq!(said.why(WAYBACK), "resting", "{mode:?}");
        assert_eq!((user.asked("web.archive.org", CDX), user.asked("archive.org", "/")), (1, 0), "{mode:?}");
        // Once the time is over it is asked again.
        cdx(&user, Availability::Documented).await;
        tokio::time::sleep(Duration::from_secs(4)).await;
        let said = user.copies("https://www.theverge.com/").await;
        assert_eq!(said.best()["source"], WAYBACK, "{}", said.text);
    }
    // Without Retry-After it is a minute.
    let user = User { lab: user.lab.clone(), home: tempfile::tempdir().unwrap() };
    cdx(&user, Availability::TooManyRequests).await;
    let said = user.copies(PAGE).await;
    let rest = said.json["none_from"][0]["for_seconds"].as_u64().unwrap();
    assert!((30..=60).contains(&rest), "{}", said.text);
}

async fn an_archive_that_fails_again_and_again_rests(user: User) {
    cdx(&user, Availability::Unavailable).await;
    availability(&user, Availability::Unavailable).await;
    assert_eq!(user.copies(PAGE).await.why(WAYBACK), "silent");
    assert_eq!(user.copies("https://www.bbc.co.uk/").await.why(WAYBACK), "resting");
    let asked = (user.asked("web.archive.org", CDX), user.asked("archive.org", "/"));
    assert_eq!(asked, (2, 1), "three failures in a row");
    cdx(&user, Availability::Documented).await;
    let said = user.copies("https://www.theverge.com/").await;
    assert_eq!(said.why(WAYBACK), "resting");
    let rest = &said.json["none_from"].as_array().unwrap().iter().find(|said| said["source"] == WAYBACK).unwrap()["for_seconds"];
    assert!(rest.as_u64().is_some_and(|rest| (600..=900).contains(&rest)), "{}", said.text);
    assert_eq!(user.asked("web.archive.org", CDX), 2);
}

async fn the_published_limit_holds_across_runs(user: User) {
    // Twelve a minute: two at once, then one every six seconds.
    let limit = "[archives.of.wayback]\nper_minute = 12\n[archives.of.arquivo]\non = false\n[archives.of.archive-it]\non = false\n";
    let pages: Vec<String> = sites::all().iter().take(8).map(|site| format!("https://{}/", site.host)).collect();
    let user = Arc::new(user);
    let run = |page: &String| {
        let (user, page) = (user.clone(), page.clone());
        tokio::spawn(async move { user.run(&["copies", "--json", &page], limit).await })
    };
    let runs: Vec<_> = pages.iter().map(run).collect();
    let mut said = Vec::new();
    for run in runs {
        said.push(run.await.unwrap());
    }
    let times = user.times("web.archive.org", CDX);
    let busy = said.iter().filter(|said| said.code == 1 && said.why(WAYBACK) == "busy").count();
    // One whose turn comes with the end of its time is told that the archive said nothing.
    assert!(said.iter().all(|said| said.code == 0 || ["busy", "silent"].contains(&said.why(WAYBACK))), "{times:?}");
    assert!((2..=6).contains(&times.len()) && busy > 0, "{times:?}, {busy} busy");
    // Clocks and schedulers are not exact; a limit that did not hold would have them all at once.
    assert!(times.windows(2).skip(1).all(|pair| pair[1] - pair[0] > 4.0), "{times:?}");
}

async fn what_was_found_is_not_asked_for_again(user: User) {
    let first = user.copies(PAGE).await;
    let count = user.asked("web.archive.org", "/");
    let second = user.copies(PAGE).await;
    assert_eq!(first.best()["url"], second.best()["url"]);
    assert_eq!(user.asked("web.archive.org", "/"), count);
    // A page that nobody has is not asked for again either, for some minutes.
    let nobodys = "https://www.ign.com/articles/never-written";
    assert_eq!(user.copies(nobodys).await.code, 1);
    let count = user.asked("web.archive.org", "/");
    assert_eq!(user.copies(nobodys).await.code, 1);
    assert_eq!(user.asked("web.archive.org", "/"), count);
}

async fn endpoints_come_from_the_config(user: User) {
    // arquivo.pt's pywb in the place of Wayback's own servers.
    let more = "[archives.of.wayback]\ncdx = \"\"\navailability = \"\"\ntimegate = \"https://arquivo.pt/wayback/\"\nreplay = \"https://arquivo.pt/wayback/\"\n";
    let said = user.run(&["copies", "--json", PAGE], more).await;
    assert_eq!(said.best()["source"], WAYBACK, "{}", said.text);
    assert!(said.best()["url"].as_str().unwrap().starts_with("https://arquivo.pt/wayback/2"), "{}", said.text);
    assert_eq!(user.asked("web.archive.org", "/"), 0);
    let said = user.run(&["copies", PAGE], "[archives.of.waybak]\non = false\n").await;
    assert!(said.code == 2 && said.text.contains("waybak") && said.text.contains("arquivo"), "{}", said.text);
}

async fn nothing_private_leaves(user: User) {
    let said = user.copies("https://me:pw@www.ign.com/articles/lantern-tides-review?token=s3cr3t#part").await;
    assert_eq!(said.json["shared_as"], PAGE, "{}", said.text);
    let leaks = |words: &str| {
        let strangers = ["web.archive.org", "archive.org", "arquivo.pt"];
        user.lab
            .log()
            .iter()
            .filter(|seen| strangers.contains(&seen.host.as_str()) && seen.path.contains(words))
            .count()
    };
    assert!(user.asked("web.archive.org", CDX) == 1 && leaks("s3cr3t") + leaks("pw") + leaks("part") == 0);
    for (url, words) in [
        ("http://10.0.0.1/", "your own network"),
        ("https://www.ign.com/eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "secret"),
        ("https://web.archive.org/web/2021/https://www.ign.com/", "archive"),
    ] {
        user.lab.clear_log();
        let said = user.copies(url).await;
        assert!(said.code == 2 && said.text.contains(words), "{url}: {}", said.text);
        assert!(user.lab.log().is_empty(), "{url}");
    }
}

async fn words_are_for_people(user: User) {
    let said = user.run(&["copies", PAGE], "").await;
    assert_eq!(said.code, 0);
    for words in [
        "Wayback Machine, ",
        "  https://web.archive.org/web/2",
        "Checked: shows the right page.",
        "will see which page you open",
    ] {
        assert!(said.text.contains(words), "{words}: {}", said.text);
    }
    cdx(&user, Availability::Patience).await;
    let said = user.run(&["copies", "https://www.ign.com/articles/never-written"], "").await;
    assert_eq!(said.code, 1);
    for words in ["No copy found", "Wayback Machine is busy. Detour will ask again in 1 min.", "Arquivo.pt has no copy"]
    {
        assert!(said.text.contains(words), "{words}: {}", said.text);
    }
}
