//! Watching until it is back: real servers and the real step, on a clock that skips the waiting.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use detour_host::watch::{self, Clock, End, Options, Screen, Words};
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::faults::{refusing, request};
use crate::lab::{Lab, SITE};
use crate::names::Answer;

/// Ahead of the computer's clock by all the time that nobody waited for.
#[derive(Clone, Default)]
pub(crate) struct Skipping(Arc<AtomicU64>);

impl Clock for Skipping {
    fn ahead(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    async fn wait(&self, span: Duration, is_measuring: bool) {
        if is_measuring {
            tokio::time::sleep(span).await;
        } else {
            self.0.fetch_add(u64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
            tokio::task::yield_now().await;
        }
    }
}

/// A server whose answer depends on the time, in seconds since it was set up.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) asked: Arc<Mutex<Vec<(u64, String)>>>,
}

impl Server {
    /// The last entry of `course` whose time has come is what it answers: a status, and the value of Retry-After.
    pub(crate) async fn of(clock: &Skipping, course: &[(u64, u16, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self { port: listener.local_addr().unwrap().port(), asked: Arc::default() };
        let (asked, clock, began) = (server.asked.clone(), clock.clone(), clock.now());
        let course: Vec<(u64, u16, String)> =
            course.iter().map(|(from, status, retry)| (*from, *status, (*retry).to_owned())).collect();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let second = clock.now().since(began) / 1000;
                let (_, status, retry) = course.iter().rev().find(|(from, ..)| *from <= second).unwrap().clone();
                let asked = asked.clone();
                tokio::spawn(async move {
                    let head = request(&mut stream).await;
                    asked.lock().unwrap().push((second, head.split(' ').nth(1).unwrap_or_default().to_owned()));
                    let retry = if retry.is_empty() { String::new() } else { format!("retry-after: {retry}\r\n") };
                    let answer = format!("HTTP/1.1 {status} X\r\n{retry}content-length: 2\r\n\r\nok");
                    let _ = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        server
    }

    /// When it was asked. Requests of one look count once: a check takes six seconds at most, and no two looks are nearer
    /// than twelve.
    fn looks(&self) -> Vec<u64> {
        let mut looks: Vec<u64> = Vec::new();
        for (at, _) in self.asked.lock().unwrap().iter() {
            if looks.last().is_none_or(|last| at.saturating_sub(*last) > 8) {
                looks.push(*at);
            }
        }
        looks
    }
}

async fn watched(lab: &Lab, clock: &Skipping, urls: &[String], options: &Options) -> (End, String) {
    let instruments = Arc::new(lab.config.instruments().unwrap());
    let sites = watch::named(urls, None).unwrap();
    let mut out = Vec::new();
    let mut screen = Screen::new(&mut out, None);
    let words = Words::new(jiff::tz::TimeZone::UTC);
    let never = std::future::pending();
    // A day by the clock: what is not back by then never will be.
    let timeout = options.timeout.or(Some(Duration::from_secs(86_400)));
    let options = &Options { timeout, ..options.clone() };
    let end = watch::run(instruments, sites, options, clock.clone(), never, &words, &mut screen).await.unwrap();
    (end, String::from_utf8(out).unwrap())
}

fn url(server: &Server, path: &str) -> String {
    format!("http://{SITE}:{}{path}", server.port)
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

/// A command that adds a line with what it was told to a file.
fn noting(file: &std::path::Path) -> String {
    format!("echo \"$DETOUR_URL $DETOUR_SITE $DETOUR_DOWN_SECONDS\" >> '{}'", file.display())
}

fn states(lines: &[Value]) -> Vec<&str> {
    lines.iter().filter_map(|line| line["state"].as_str()).collect()
}

#[tokio::test]
async fn a_site_that_recovers_ends_the_watch_and_runs_the_command_once_with_what_it_needs_to_know() {
    let clock = Skipping::default();
    let server = Server::of(&clock, &[(0, 503, ""), (100, 200, "")]).await;
    let noted = tempfile::tempdir().unwrap().keep().join("noted");
    let options = Options { run: Some(noting(&noted)), json: true, ..Options::default() };
    let (end, text) = watched(&Lab::new().await, &clock, &[url(&server, "/page")], &options).await;
    assert_eq!(end, End::Well, "{text}");
    let lines = json_lines(&text);
    assert_eq!(states(&lines), ["failing", "recovering", "back"], "{text}");
    let back = &lines[2];
    let down = back["down_seconds"].as_u64().unwrap();
    // Three good looks, 20 s apart, from the first one after 100 s on: the one of the schedule may come a minute later.
    assert!((140..300).contains(&down), "{down}");
    assert!(back["sentence"].as_str().unwrap().contains("is back"), "{text}");
    assert_eq!(
        std::fs::read_to_string(&noted).unwrap(),
        format!("{} example-site.com {down}\n", url(&server, "/page"))
    );
    let last = lines.last().unwrap();
    assert_eq!((&last["end"], &last["well"]), (&"well".into(), &serde_json::json!([url(&server, "/page")])));
}

#[tokio::test]
async fn looks_back_off_from_a_quarter_of_a_minute_to_two_minutes() {
    let clock = Skipping::default();
    let server = Server::of(&clock, &[(0, 503, ""), (600, 200, "")]).await;
    watched(&Lab::new().await, &clock, &[url(&server, "/")], &Options::default()).await;
    let looks = server.looks();
    let gaps: Vec<u64> = looks.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (gap, usual) in gaps.iter().zip([15, 30, 60, 120, 120]) {
        // The checks themselves take up to six seconds.
        assert!((usual * 4 / 5 - 1..=usual * 6 / 5 + 7).contains(gap), "{gaps:?}");
    }
    assert!(gaps.len() >= 7, "{gaps:?}");
}

#[tokio::test]
async fn the_user_can_ask_for_looks_more_often() {
    let clock = Skipping::default();
    let server = Server::of(&clock, &[(0, 503, ""), (200, 200, "")]).await;
    let options = Options { longest_interval: Some(Duration::from_secs(30)), ..Options::default() };
    watched(&Lab::new().await, &clock, &[url(&server, "/")], &options).await;
    let looks = server.looks();
    assert!(looks.windows(2).all(|pair| pair[1] - pair[0] <= 37), "{looks:?}");
    assert!(looks.len() >= 9, "{looks:?}");
}

#[tokio::test]
async fn a_relapse_is_no_recovery() {
    let clock = Skipping::default();
    // Well for one or two looks in between, never for three.
    let server = Server::of(&clock, &[(0, 503, ""), (10, 200, ""), (45, 503, ""), (200, 200, "")]).await;
    let noted = tempfile::tempdir().unwrap().keep().join("noted");
    let options = Options { run: Some(noting(&noted)), json: true, ..Options::default() };
    let (end, text) = watched(&Lab::new().await, &clock, &[url(&server, "/")], &options).await;
    let lines = json_lines(&text);
    assert_eq!(end, End::Well);
    assert_eq!(states(&lines), ["failing", "recovering", "failing", "recovering", "back"], "{text}");
    assert!(lines[2]["sentence"].as_str().unwrap().contains("fails again"), "{text}");
    assert!(lines[4]["down_seconds"].as_u64().unwrap() >= 240, "{text}");
    assert_eq!(std::fs::read_to_string(&noted).unwrap().lines().count(), 1);
}

#[tokio::test]
async fn while_another_site_is_waited_for_a_recovery_is_taken_back_and_told_again() {
    let clock = Skipping::default();
    let flaky = Server::of(&clock, &[(0, 503, ""), (10, 200, ""), (300, 503, ""), (600, 200, "")]).await;
    let slow = Server::of(&clock, &[(0, 503, ""), (900, 200, "")]).await;
    let lab = Lab::new().await;
    lab.names.set("www.other-site.com", Answer::Addresses(vec!["127.0.0.1".parse().unwrap()]));
    let urls = [url(&flaky, "/"), format!("http://www.other-site.com:{}/", slow.port)];
    let (end, text) = watched(&lab, &clock, &urls, &Options { json: true, ..Options::default() }).await;
    let lines = json_lines(&text);
    let of = |site: &str| -> Vec<&str> {
        let of_site = lines.iter().filter(|line| line["site"] == site);
        of_site.filter_map(|line| line["state"].as_str()).collect()
    };
    assert_eq!(end, End::Well);
    assert_eq!(of("example-site.com"), ["failing", "recovering", "back", "failing", "recovering", "back"], "{text}");
    assert_eq!(of("other-site.com"), ["failing", "recovering", "back"], "{text}");
}

#[tokio::test]
async fn a_site_that_names_a_time_is_left_alone_until_then() {
    for (retry, earliest) in [("300", 300), ("0", 12), ("", 12)] {
        let clock = Skipping::default();
        let server = Server::of(&clock, &[(0, 503, retry), (5, 200, "")]).await;
        let options = Options { longest_interval: Some(Duration::from_secs(60)), ..Options::default() };
        let (end, text) = watched(&Lab::new().await, &clock, &[url(&server, "/")], &options).await;
        let looks = server.looks();
        let gap = looks[1] - looks[0];
        assert_eq!(end, End::Well);
        assert!((earliest - 1..=earliest * 2).contains(&gap), "{retry}: {looks:?} {text}");
    }
}

#[tokio::test]
async fn two_addresses_of_one_host_are_one_probe() {
    let clock = Skipping::default();
    let server = Server::of(&clock, &[(0, 503, ""), (60, 200, "")]).await;
    let urls = [url(&server, "/one"), url(&server, "/two")];
    let (end, text) = watched(&Lab::new().await, &clock, &urls, &Options { json: true, ..Options::default() }).await;
    assert_eq!(end, End::Well);
    let asked = server.asked.lock().unwrap();
    assert!(asked.iter().all(|(_, path)| path == "/one") && !asked.is_empty(), "{asked:?}");
    assert_eq!(json_lines(&text)[0]["others"], serde_json::json!([url(&server, "/two")]));
}

#[tokio::test]
async fn sites_that_never_failed_are_told_at_once() {
    let clock = Skipping::default();
    let server = Server::of(&clock, &[(0, 200, "")]).await;
    let noted = tempfile::tempdir().unwrap().keep().join("noted");
    let options = Options { run: Some(noting(&noted)), ..Options::default() };
    let (end, text) = watched(&Lab::new().await, &clock, &[url(&server, "/")], &options).await;
    assert_eq!(end, End::Well);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].ends_with("  example-site.com answers.") && lines[1] == "Nothing to wait for.", "{text}");
    assert_eq!(server.looks().len(), 1);
    assert!(!noted.exists(), "nothing has recovered");
}

#[tokio::test]
async fn the_first_of_several_is_enough_where_the_user_says_so() {
    let clock = Skipping::default();
    let server = Server::of(&clock, &[(0, 503, ""), (60, 200, "")]).await;
    let urls = [format!("http://{SITE}:{}/", refusing().await), url(&server, "/")];
    let options = Options { until_any: true, json: true, ..Options::default() };
    let (end, text) = watched(&Lab::new().await, &clock, &urls, &options).await;
    assert_eq!(end, End::Well, "{text}");
    let lines = json_lines(&text);
    let last = lines.last().unwrap();
    assert_eq!(last["not_well"].as_array().unwrap().len(), 1, "{text}");
}

#[tokio::test]
async fn a_refused_connection_is_watched_like_an_error() {
    let clock = Skipping::default();
    let gone = refusing().await;
    let options = Options { timeout: Some(Duration::from_secs(630)), ..Options::default() };
    let (end, text) = watched(&Lab::new().await, &clock, &[format!("http://{SITE}:{gone}/")], &options).await;
    assert_eq!(end, End::TimedOut);
    assert!(text.contains("example-site.com refused to connect"), "{text}");
    let last = text.lines().last().unwrap();
    assert!(last.starts_with("The time is up. 0 of 1 answer.") && last.contains("for 10 minutes"), "{text}");
}

#[tokio::test]
async fn the_user_stops_it_and_is_told_how_things_stand() {
    let clock = Skipping::default();
    let server = Server::of(&clock, &[(0, 503, "")]).await;
    let lab = Lab::new().await;
    let instruments = Arc::new(lab.config.instruments().unwrap());
    let sites = watch::named(&[url(&server, "/")], None).unwrap();
    let mut out = Vec::new();
    let asked = server.asked.clone();
    let interrupted = async move {
        while asked.lock().unwrap().len() < 8 {
            tokio::task::yield_now().await;
        }
    };
    let words = Words::new(jiff::tz::TimeZone::UTC);
    let mut screen = Screen::new(&mut out, None);
    let options = Options::default();
    let end = watch::run(instruments, sites, &options, clock, interrupted, &words, &mut screen).await.unwrap();
    assert_eq!(end, End::Interrupted);
    let text = String::from_utf8(out).unwrap();
    assert!(text.lines().last().unwrap().starts_with("Stopped. 0 of 1 answer."), "{text}");
}

#[tokio::test]
async fn a_command_that_fails_is_told_and_stops_nothing() {
    let clock = Skipping::default();
    let server = Server::of(&clock, &[(0, 503, ""), (30, 200, "")]).await;
    let options = Options { run: Some("exit 7".to_owned()), ..Options::default() };
    let (end, text) = watched(&Lab::new().await, &clock, &[url(&server, "/")], &options).await;
    assert_eq!(end, End::Well);
    assert!(text.contains("the command for example-site.com ended with") && text.contains('7'), "{text}");
}

#[tokio::test]
async fn a_name_on_ones_own_network_is_refused_and_no_challenge_is_an_outage() {
    let clock = Skipping::default();
    let server = Server::of(&clock, &[(0, 200, "")]).await;
    let mut lab = Lab::new().await;
    lab.config.allow_addresses.clear();
    let (end, text) = watched(&lab, &clock, &[url(&server, "/")], &Options::default()).await;
    assert_eq!(end, End::NotCarriedOut);
    assert!(text.contains("your own network"), "{text}");
    assert!(server.asked.lock().unwrap().is_empty());

    let port = crate::faults::server(|mut stream: tokio::net::TcpStream| async move {
        let body = "<title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/x.js></script>";
        let answer = format!(
            "HTTP/1.1 503 X\r\nserver: cloudflare\r\ncf-mitigated: challenge\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        crate::faults::say(&mut stream, &answer).await;
    })
    .await;
    let (end, text) =
        watched(&Lab::new().await, &clock, &[format!("http://{SITE}:{port}/")], &Options::default()).await;
    assert_eq!(end, End::Well, "{text}");
    assert!(text.contains("example-site.com answers."), "{text}");
}

#[tokio::test]
async fn equal_words_are_told_once() {
    let clock = Skipping::default();
    let server = Server::of(&clock, &[(0, 503, ""), (2000, 200, "")]).await;
    let (_, text) = watched(&Lab::new().await, &clock, &[url(&server, "/")], &Options::default()).await;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for line in text.lines() {
        *counts.entry(line.get(10..).unwrap_or(line)).or_default() += 1;
    }
    assert!(counts.values().all(|count| *count == 1), "{text}");
}
