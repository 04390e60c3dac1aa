//! The board over real servers: once, and for as long as somebody reads, on a clock that skips the waiting.

use std::path::PathBuf;
use std::sync::Arc;

use detour_core::target::Target;
use detour_host::board::{self, End, Options};
use detour_host::watch::{self, Clock, Screen, Terminal, Words};
use serde_json::Value;

use crate::lab::Lab;
use crate::names::Answer;
use crate::watching::{Server, Skipping};

/// A lab in which these names lead to loopback, and others nowhere: a resolver that finds every name makes answers up.
async fn lab() -> Lab {
    let lab = Lab::new().await;
    let sites = ["www.one-site.com", "www.two-site.com", "www.three-site.com", "three-site.com", "www.four-site.com"];
    let many = (0..20).map(|nth| format!("www.site-{nth}.com"));
    for name in sites.map(str::to_owned).into_iter().chain(many).chain(["anchor.neutral-site.com".to_owned()]) {
        lab.names.set(&name, Answer::Addresses(vec!["127.0.0.1".parse().unwrap()]));
    }
    lab
}

/// The board of these addresses; with `until`, interrupted at that second by the clock.
async fn shown(
    lab: &Lab,
    clock: &Skipping,
    urls: &[String],
    options: &Options,
    (terminal, until): (Option<Terminal>, Option<u64>),
) -> (End, String) {
    let instruments = Arc::new(lab.config.instruments().unwrap());
    let sites = watch::named(urls, None).unwrap();
    let mut out = Vec::new();
    let mut screen = Screen::new(&mut out, terminal);
    let words = Words::new(jiff::tz::TimeZone::UTC);
    let (began, watching) = (clock.now(), clock.clone());
    let interrupted = async move {
        let Some(until) = until else { return std::future::pending().await };
        while watching.now().since(began) < until * 1000 {
            tokio::task::yield_now().await;
        }
    };
    let end = board::run(instruments, sites, options, clock.clone(), interrupted, &words, &mut screen).await.unwrap();
    (end, String::from_utf8(out).unwrap())
}

const ONCE: (Option<Terminal>, Option<u64>) = (None, None);

fn url(site: &str, server: &Server) -> String {
    format!("http://{site}:{}/", server.port)
}

/// Times of day differ from run to run.
fn without_times(text: &str) -> String {
    let is_time = |word: &str| word.contains(':') && word.chars().all(|c| c.is_ascii_digit() || c == ':');
    let word = |word: &str| if is_time(word) { "TIME".to_owned() } else { word.to_owned() };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_board_says_the_whole_in_a_sentence_and_each_site_in_a_row() {
    let clock = Skipping::default();
    let (well, bad) = (Server::of(&clock, &[(0, 200, "")]).await, Server::of(&clock, &[(0, 503, "")]).await);
    let urls = [url("www.one-site.com", &well), url("www.two-site.com", &bad), url("three-site.com", &well)];
    let (end, text) = shown(&lab().await, &clock, &urls, &Options::default(), ONCE).await;
    assert_eq!(end, End::Failing);
    let expected = "\
2 of 3 sites answer.

No CDN known  (2 of 3 answer)
  · one-site.com    answers              since TIME  seen TIME
  █ two-site.com    fails                since TIME  seen TIME
      The problem is at two-site.com, not at your end.
  · three-site.com  answers              since TIME  seen TIME";
    assert_eq!(without_times(&text), expected);
    assert!(!text.contains('\x1b'), "no escape codes where nobody reads along");
}

#[tokio::test]
async fn three_sites_of_one_cdn_are_told_as_one_trouble() {
    let clock = Skipping::default();
    let well = Server::of(&clock, &[(0, 200, "")]).await;
    let edge = crate::faults::server(|mut stream: tokio::net::TcpStream| async move {
        let body = "<h1>Error 503 Service Unavailable</h1><h3>Guru Mediation:</h3>";
        let answer = format!(
            "HTTP/1.1 503 X\r\nserver: Varnish\r\nretry-after: 0\r\nx-served-by: cache-fra1-FRA\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        crate::faults::say(&mut stream, &answer).await;
    })
    .await;
    let mut urls: Vec<String> =
        ["one", "two", "three"].map(|site| format!("http://www.{site}-site.com:{edge}/")).to_vec();
    urls.push(url("www.four-site.com", &well));
    let mut lab = lab().await;
    lab.config.anchors.hosts = vec![Target::parse(&url("anchor.neutral-site.com", &well)).unwrap()];
    let (end, text) = shown(&lab, &clock, &urls, &Options::default(), ONCE).await;
    assert_eq!(end, End::Failing);
    assert!(text.starts_with("Fastly is failing: 1 of 4 sites answer.\n"), "{text}");
    assert!(text.contains("Fastly  (0 of 3 answer)") && text.contains("No CDN known  (1 of 1 answer)"), "{text}");
    // The first two were judged when less was known, and are told anew.
    assert_eq!(text.matches("is having an outage, at least in your area.").count(), 3, "{text}");

    let options = Options { json: true, ..Options::default() };
    let (_, text) = shown(&lab, &clock, &urls, &options, ONCE).await;
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&document["count"], &document["well"]), (&4.into(), &1.into()), "{text}");
    let row = &document["sites"][0];
    assert_eq!(
        (&row["state"], &row["verdict"], &row["cdn"]),
        (&"failing".into(), &"cdn_here".into(), &"Fastly".into())
    );
    assert!(row["since"].is_u64() && row["next"].as_u64() > row["looked"].as_u64(), "{row:#}");
    let group = &document["board"]["groups"][0];
    assert_eq!((&group["kind"], &group["cdn"]), (&"cdn".into(), &"Fastly".into()), "{text}");
    assert_eq!(group["sites"].as_array().unwrap().len(), 3, "{text}");
    assert_eq!((&document["sites"][3]["state"], &document["sites"][3]["verdict"]), (&"fine".into(), &Value::Null));
}

#[tokio::test]
async fn all_well_is_said_in_one_sentence() {
    let clock = Skipping::default();
    let well = Server::of(&clock, &[(0, 200, "")]).await;
    let urls: Vec<String> = (0..20).map(|nth| url(&format!("www.site-{nth}.com"), &well)).collect();
    let (end, text) = shown(&lab().await, &clock, &urls, &Options::default(), ONCE).await;
    assert_eq!(end, End::Well);
    assert!(text.starts_with("All 20 sites answer.\n"), "{text}");
    assert_eq!(text.matches("  ·  ").count() + text.matches("  · site").count(), 20, "{text}");
}

#[tokio::test]
async fn where_nobody_reads_along_the_watched_board_tells_what_changes() {
    let clock = Skipping::default();
    let well = Server::of(&clock, &[(0, 200, "")]).await;
    let passing = Server::of(&clock, &[(0, 200, ""), (300, 503, ""), (900, 200, "")]).await;
    let urls = [url("www.one-site.com", &well), url("www.two-site.com", &passing)];
    let options = Options { watch: true, ..Options::default() };
    let (end, text) = shown(&lab().await, &clock, &urls, &options, (None, Some(2000))).await;
    assert_eq!(end, End::Well, "{text}");
    assert!(text.starts_with("All 2 sites answer.\n"), "{text}");
    let told: Vec<&str> = text.lines().skip_while(|line| !line.contains("moved")).skip(1).collect();
    let words = [
        "two-site.com isn’t working (error 503)",
        "two-site.com is responding again.",
        "two-site.com is back. It was down for",
    ];
    assert_eq!(told.len(), words.len(), "{text}");
    for (line, words) in told.iter().zip(words) {
        assert!(line.contains(words), "{line}");
    }
    let looks = well.asked.lock().unwrap().len();
    assert!((18..=45).contains(&looks), "a site that is well is looked at every one to two minutes: {looks}");
}

#[tokio::test]
async fn a_site_that_fails_after_its_aftercare_is_found_again() {
    let clock = Skipping::default();
    let twice = Server::of(&clock, &[(0, 503, ""), (60, 200, ""), (3000, 503, "")]).await;
    let options = Options { watch: true, json: true, ..Options::default() };
    let urls = [url("www.one-site.com", &twice)];
    let (end, text) = shown(&lab().await, &clock, &urls, &options, (None, Some(3600))).await;
    assert_eq!(end, End::Failing);
    let documents: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let states: Vec<&str> = documents.iter().map(|board| board["sites"][0]["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["failing", "recovering", "back", "failing"], "{text}");
}

#[tokio::test]
async fn on_a_terminal_the_board_is_drawn_in_place_with_a_band_of_time_in_shapes() {
    let clock = Skipping::default();
    let passing = Server::of(&clock, &[(0, 200, ""), (600, 503, ""), (1200, 200, "")]).await;
    let urls = [url("www.one-site.com", &passing)];
    let options = Options { watch: true, ..Options::default() };
    let terminal = |is_colored| Terminal { width: 100, height: 24, is_colored };
    let (_, text) = shown(&lab().await, &clock, &urls, &options, (Some(terminal(false)), Some(1800))).await;
    // Back from the edge of the first picture on, each picture begins with going up to where the last one began.
    let last = text
        .rsplit("A")
        .find(|picture| picture.starts_with("The site answers."))
        .unwrap()
        .replace("\x1b[K", "")
        .replace("\x1b[J", "");
    let lines: Vec<&str> = last.lines().collect();
    assert_eq!(lines[0], "The site answers.");
    let band: String = lines[3].split_once("seen ").unwrap().1.chars().skip(8).filter(|c| !c.is_whitespace()).collect();
    // Recovering takes less than a slice of half an hour, and may be hidden by what was worse in it.
    let runs: String = band.chars().filter(|c| *c != '▞').fold(String::new(), |mut runs, c| {
        if !runs.ends_with(c) {
            runs.push(c);
        }
        runs
    });
    assert_eq!(runs, "·█·", "{last}");
    assert!(lines.iter().all(|line| line.chars().count() <= 100), "{last}");
    let legend = "· answers  █ fails  ▒ comes and goes  ▲ moved  ▞ recovering";
    assert!(lines.last().unwrap().starts_with(legend), "{last}");
    assert!(!text.contains("\x1b[3"), "no colours where none are wanted");

    let (_, text) = shown(&lab().await, &clock, &urls, &options, (Some(terminal(true)), Some(60))).await;
    assert!(text.contains("\x1b[32m·"), "{text}");
}

#[tokio::test]
async fn a_history_is_kept_in_a_file_and_drawn_the_next_time() {
    let clock = Skipping::default();
    let ill = Server::of(&clock, &[(0, 503, ""), (1000, 200, "")]).await;
    let path: PathBuf = tempfile::tempdir().unwrap().keep().join("history");
    let options = Options { history: Some(path.clone()), ..Options::default() };
    let (lab, urls) = (lab().await, [url("www.one-site.com", &ill)]);
    let (end, _) = shown(&lab, &clock, &urls, &options, ONCE).await;
    assert_eq!(end, End::Failing);
    clock.wait(std::time::Duration::from_secs(2000), false).await;
    let (end, text) = shown(&lab, &clock, &urls, &options, ONCE).await;
    assert_eq!(end, End::Well);
    assert!(text.contains("██████████") && text.contains('·'), "{text}");
    assert_eq!(std::fs::read_to_string(path).unwrap().lines().count(), 2);
}
