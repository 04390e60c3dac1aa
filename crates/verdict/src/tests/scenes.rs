//! Scenes in other people's networks, as data (`scenes.txt`), each judged with and without the host.
//!
//! **Adding the host's observations never makes a verdict worse**: what is right stays right, and what cannot be told does
//! not become wrong and sure. A verdict of low confidence calls itself a first guess.

use proptest::prelude::*;

use super::*;
use detour_model::observation::{Certificate, Place, Resolver, SoFar};

/// One scene.
#[derive(Debug)]
struct Scene {
    name: &'static str,
    url: &'static str,
    failure: Option<Failure>,
    browser: Vec<Observation>,
    host: Vec<Observation>,
    /// Verdicts that are right.
    right: Vec<&'static str>,
}

/// How a verdict stands against the truth; the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    Right,
    Undecided,
    Wrong,
}

impl Scene {
    fn judged(&self, has_host: bool, more: &[Observation]) -> Verdict {
        let target = Target::parse(self.url).unwrap();
        let host = self.host.iter().filter(|_| has_host);
        let seen: Vec<&Observation> = self.browser.iter().chain(host).chain(more).collect();
        let failure = self.failure.as_ref();
        judge(&Case { target: &target, failure, seen: &seen, published: None, before: None, now: START.plus(7_000) })
    }

    fn worth(&self, verdict: &Verdict) -> Worth {
        let fault = serde_json::to_value(verdict.fault).unwrap();
        if self.right.iter().any(|right| fault == *right) {
            Worth::Right
        } else if verdict.confidence == Low || matches!(verdict.fault, Fault::CantTell | Fault::Unconfirmed) {
            Worth::Undecided
        } else {
            Worth::Wrong
        }
    }
}

#[test]
fn adding_the_hosts_observations_never_makes_a_verdict_worse() {
    let scenes = scenes();
    let mut worse = Vec::new();
    let mut undecided = 0;
    for scene in &scenes {
        let (without, with) = (scene.judged(false, &[]), scene.judged(true, &[]));
        let (before, after) = (scene.worth(&without), scene.worth(&with));
        // Without a browser's word there is no verdict to make worse.
        let was_right = before == Worth::Right && !scene.browser.is_empty();
        undecided += usize::from(after == Worth::Undecided);
        if after == Worth::Wrong || (was_right && after != Worth::Right) {
            let short =
                |verdict: &Verdict| format!("{:?} {:?} {:?}", verdict.fault, verdict.confidence, verdict.because);
            worse.push(format!("{}: {} became {}", scene.name, short(&without), short(&with)));
        }
    }
    assert!(worse.is_empty(), "{} of {}:\n{}", worse.len(), scenes.len(), worse.join("\n"));
    assert!(scenes.len() >= 60, "only {} scenes", scenes.len());
    assert!(undecided * 4 <= scenes.len(), "{undecided} of {} scenes cannot be told", scenes.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn what_the_host_was_refused_or_could_not_do_changes_no_verdict_of_the_browsers(
        nth in any::<prop::sample::Index>(),
        kinds in prop::collection::vec((0_usize..REFUSED.len(), 0_u64..3_000), 1..6),
    ) {
        let scenes = scenes();
        // Where the browser's second look was answered, it has the word.
        let answered: Vec<&Scene> =
            scenes.iter().filter(|scene| scene.browser.iter().any(is_told)).collect();
        let scene = answered[nth.index(answered.len())];
        let more: Vec<Observation> = kinds.iter().map(|(kind, at)| observation("host", REFUSED[*kind], *at)).collect();
        let (without, with) = (scene.judged(false, &[]), scene.judged(false, &more));
        let (before, after) = (scene.worth(&without), scene.worth(&with));
        prop_assert!(after <= before.max(Worth::Undecided), "{}: {without:?} became {with:?}", scene.name);
        prop_assert!(before != Worth::Right || after == Worth::Right, "{}: {without:?} became {with:?}", scene.name);
    }
}

/// Whether a look says something of the site.
fn is_told(seen: &Observation) -> bool {
    seen.answer().is_some_and(|answer| ![401, 403, 407, 429].contains(&answer.status))
}

/// What hosts are refused, or cannot do.
const REFUSED: [&str; 12] = [
    "target 401",
    "target 403",
    "target 407",
    "target 429",
    "target 503 wall",
    "target 403 wall",
    "target 503 robots",
    "target 200 robots",
    "target fails http.response.invalid",
    "target fails tls.version_or_cipher_mismatch",
    "target fails tls.cert.authority_invalid",
    "target fails dns.unreachable ms=4000",
];

const START: Millis = Millis(1_623_145_620_000);

/// Reads the scenes: paragraphs of `key: value` lines, observations with `;` between.
fn scenes() -> Vec<Scene> {
    include_str!("scenes.txt").split("\n\n").filter(|text| text.contains("right:")).map(scene).collect()
}

fn scene(text: &'static str) -> Scene {
    let of = |key: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
        line.map_or("", str::trim)
    };
    let all = |vantage: &'static str| {
        let words = of(vantage).split(';').map(str::trim).filter(|words| !words.is_empty());
        words
            .flat_map(|words| set(words).into_iter().map(str::to_owned))
            .map(|words| observation(vantage, &words, 0))
            .collect()
    };
    let failure = match of("failure") {
        "" => None,
        status if status.parse::<u16>().is_ok() => Some(Failure::HttpError { status: status.parse().ok() }),
        name => Some(named(name)),
    };
    Scene {
        name: of("scene"),
        url: if of("url").is_empty() { "https://www.theguardian.com/" } else { of("url") },
        failure,
        browser: all("browser"),
        host: all("host"),
        right: of("right").split(' ').collect(),
    }
}

/// Controls that are mostly seen together.
fn set(words: &str) -> Vec<&str> {
    match words {
        "controls fine" => {
            vec!["anchor:one.org tls", "anchor:one.org 200", "anchor:two.net 200", "literal tls", "portal 204"]
        }
        "controls down" => vec![
            "anchor:one.org fails tcp.timed_out ms=3000",
            "anchor:two.net fails tcp.timed_out ms=3000",
            "literal fails tcp.timed_out ms=3000",
            "portal fails tcp.timed_out ms=3000",
        ],
        "controls nameless" => {
            vec!["anchor:one.org fails dns.unreachable ms=4000", "anchor:two.net fails dns.unreachable ms=4000"]
        }
        "controls inspected" => vec![
            "anchor:one.org fails tls.cert.authority_invalid issuer=CN=Box sha=a1",
            "anchor:two.net fails tls.cert.authority_invalid issuer=CN=Box sha=b2",
            "literal fails tls.cert.authority_invalid issuer=CN=Box sha=c3",
        ],
        "five good" => vec!["target 200"; 5],
        "five refused" => vec!["target 403"; 5],
        "five limited" => vec!["target 429"; 5],
        "five walls" => vec!["target 503 wall"; 5],
        other => vec![other],
    }
}

fn named(name: &str) -> Failure {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).unwrap()
}

/// One observation: `SUBJECT STATUS [PAGE]`, `SUBJECT tcp|tls`, `SUBJECT dns=ADDRESS,…` or `SUBJECT fails NAME`, and then
/// `@ADDRESS`, `ms=DURATION`, `at=MOMENT`, `by=RESOLVER`, `issuer=NAME`, `sha=HASH`.
fn observation(vantage: &str, text: &str, later: u64) -> Observation {
    let words: Vec<&str> = text.split(' ').collect();
    let after = |mark: &str| words.iter().find_map(|word| word.strip_prefix(mark));
    let number = |mark: &str| after(mark).map_or(0, |number| number.parse().unwrap());
    let (kind, about) = words[0].split_once(':').unwrap_or((words[0], ""));
    let subject = match kind {
        "target" | "remote" => Subject::Target,
        "anchor" => Subject::Anchor(about.to_owned()),
        "literal" => Subject::Anchor("9.9.9.9".to_owned()),
        "portal" => Subject::Portal,
        "route" => Subject::Route,
        "nowhere" => Subject::Nowhere,
        "sibling" => Subject::Sibling(about.to_owned()),
        other => panic!("{other}"),
    };
    let name = words.get(2).copied().filter(|word| !word.contains(['@', '='])).unwrap_or_default();
    let (step, outcome) = match words[1] {
        "tcp" => (Step::Tcp, Outcome::Connected),
        "tls" => (Step::Tls, Outcome::Secured(Certificate::default())),
        "fails" => {
            let failure = named(words[2]);
            let step = match failure.phase() {
                Phase::Dns => Step::Dns,
                Phase::Tls => Step::Tls,
                Phase::Http => Step::Http,
                Phase::Tcp | Phase::None => Step::Tcp,
            };
            (step, Outcome::Failed(failure))
        }
        word => match word.strip_prefix("dns=") {
            Some(list) => {
                let addresses = list.split(',').map(|address| address.parse().unwrap()).collect();
                (Step::Dns, Outcome::Resolved { addresses, cnames: Vec::new() })
            }
            None => (Step::Http, Outcome::Answered(page(word.parse().unwrap(), name))),
        },
    };
    let certificate = after("issuer=").map(|issuer| Certificate {
        issuer: issuer.to_owned(),
        sha256: after("sha=").unwrap_or_default().to_owned(),
        ..Certificate::default()
    });
    let vantage = match (kind, vantage) {
        ("remote", _) => Vantage::Remote(Place { continent: about.to_owned(), ..Place::default() }),
        (_, "browser") => Browser,
        _ => Host,
    };
    Observation {
        at: START.plus(300 + number("at=") + number("ms=") + later),
        duration_ms: number("ms=").max(20),
        address: after("@").map(|address| address.parse().unwrap()),
        resolver: after("by=").map(|server| Resolver { server: server.to_owned(), checking_disabled: false }),
        so_far: certificate.map(|certificate| Box::new(SoFar { certificate: Some(certificate), ..SoFar::default() })),
        ..Observation::new(vantage, subject, step, outcome)
    }
}

/// An answer by the page's name.
fn page(status: u16, name: &str) -> Answer {
    let (headers, body): (&[(&str, &str)], &str) = match name {
        "fastly" | "fastly-ams" => {
            let node = if name == "fastly" { "cache-lhr1-LHR" } else { "cache-ams1-AMS" };
            (
                &[("server", "Varnish"), ("retry-after", "0"), ("x-served-by", node)],
                if status < 500 { "" } else { PAGE },
            )
        }
        "nginx" => (&[("server", "nginx")], "<h1>503 Service Temporarily Unavailable</h1><hr>nginx"),
        "wall" => {
            (&[("server", "cloudflare"), ("cf-ray", "8f-LHR")], "<title>Attention Required! | Cloudflare</title>")
        }
        "challenge" => (&[("server", "cloudflare"), ("cf-mitigated", "challenge")], "<title>Just a moment...</title>"),
        "robots" => {
            (&[("server", "AkamaiGHost"), ("mime-version", "1.0")], "<h1>Sorry!</h1><p>Automated access is denied.")
        }
        "amazon" => {
            (&[("server", "CloudFront")], "<!-- To discuss automated access to Amazon data please contact us -->")
        }
        "odd" => {
            (&[("server", "AkamaiGHost"), ("mime-version", "1.0")], "<h1>Hello, machine</h1><p>Come back as a person.")
        }
        "akamai" => (
            &[("server", "AkamaiGHost"), ("mime-version", "1.0")],
            "Reference&#32;&#35;97&#46;2f3e1702&#46;1633447176&#46;172b5102",
        ),
        "hotel" => (&[], "<h1>Welcome to the hotel</h1>"),
        "" => (&[], ""),
        other => panic!("{other}"),
    };
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Answer { status, headers, body: body.to_owned() }
}
