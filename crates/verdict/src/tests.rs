//! The rows of the table, each as evidence and the fault it must give.

use super::*;
use detour_model::failure::{Failure, Phase};
use detour_model::observation::{Answer, Observation, Outcome, Step, Subject, Vantage};
use detour_model::target::Target;
use detour_model::time::Millis;

#[path = "tests/order.rs"]
mod order;
#[path = "tests/proxy.rs"]
mod proxy;
#[path = "tests/scenes.rs"]
mod scenes;
#[path = "tests/segment.rs"]
mod segment;
#[path = "tests/table.rs"]
mod table;

fn observe(vantage: Vantage, subject: Subject, step: Step, outcome: Outcome) -> Observation {
    let at = Millis(1_623_145_620_000);
    Observation { at, duration_ms: 5, ..Observation::new(vantage, subject, step, outcome) }
}

fn answer(vantage: Vantage, status: u16, body: &str) -> Observation {
    let headers = [("server", "Varnish"), ("x-served-by", "cache-lhr1-LHR"), ("retry-after", "0")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    observe(vantage, Subject::Target, Step::Http, Outcome::Answered(Answer { status, headers, body: body.into() }))
}

fn failed(vantage: Vantage, failure: Failure) -> Observation {
    let step = match failure.phase() {
        Phase::Dns => Step::Dns,
        Phase::Tls => Step::Tls,
        Phase::Tcp | Phase::Http | Phase::None => Step::Tcp,
    };
    observe(vantage, Subject::Target, step, Outcome::Failed(failure))
}

fn anchor(outcome: Outcome) -> Observation {
    observe(Vantage::Host, Subject::Anchor("anchor.example.org".into()), Step::Http, outcome)
}

fn fine_anchor() -> Observation {
    anchor(Outcome::Answered(Answer { status: 200, ..Answer::default() }))
}

fn sibling(host: &str, status: u16, body: &str) -> Observation {
    Observation { subject: Subject::Sibling(host.to_owned()), ..answer(Host, status, body) }
}

fn portal(status: u16, body: &str) -> Observation {
    let answer = Answer { status, body: body.into(), ..Answer::default() };
    observe(Vantage::Host, Subject::Portal, Step::Http, Outcome::Answered(answer))
}

fn judged(failure: &Failure, seen: &[Observation]) -> Verdict {
    let target = Target::parse("https://www.theguardian.com/").unwrap();
    let seen: Vec<&Observation> = seen.iter().collect();
    let now = Millis(1_623_145_626_000);
    judge(&Case { target: &target, failure: Some(failure), seen: &seen, published: None, before: None, now })
}

fn check(failure: &Failure, seen: &[Observation], fault: Fault, confidence: Confidence) {
    let verdict = judged(failure, seen);
    assert_eq!((verdict.fault, verdict.confidence), (fault, confidence), "{failure:?} {seen:#?}");
}

const E503: Failure = Failure::HttpError { status: Some(503) };
const PAGE: &str = "<h1>Error 503 Service Unavailable</h1><h3>Guru Mediation:</h3>";
use Confidence::{High, Low, Medium};
use Vantage::{Browser, Host};

#[test]
fn a_received_5xx_is_the_servers_side() {
    let both = [answer(Browser, 503, PAGE), answer(Host, 503, PAGE), fine_anchor()];
    check(&E503, &both, Fault::Edge, Medium);
    assert!(judged(&E503, &both).missing.contains(&Missing::Siblings));
    let fine = ["pypi.org", "www.python.org"].map(|host| sibling(host, 200, ""));
    check(&E503, &[&both[..], &fine[..]].concat(), Fault::Edge, Medium);
    check(&E503, &[answer(Browser, 503, PAGE)], Fault::Edge, Medium);
    check(&E503, &[], Fault::Server, Medium);
    let blaming = "<h1>Error 503 No healthy backends</h1><h3>Guru Mediation:</h3>";
    check(&E503, &[answer(Host, 503, blaming), fine_anchor()], Fault::Origin, Medium);
    check(&E503, &[&[answer(Host, 503, blaming), fine_anchor()][..], &fine[..]].concat(), Fault::Origin, High);
}

#[test]
fn a_failure_that_passed_is_no_outage() {
    check(&E503, &[answer(Browser, 200, ""), answer(Host, 200, "")], Fault::Passed, Medium);
    check(&Failure::TcpReset, &[answer(Browser, 200, ""), answer(Host, 200, "")], Fault::Passed, High);
    check(&Failure::TcpReset, &[answer(Browser, 200, "")], Fault::Passed, Medium);
}

#[test]
fn answers_that_differ_come_and_go() {
    check(&E503, &[answer(Browser, 503, PAGE), answer(Host, 200, "")], Fault::ComesAndGoes, Low);
    let some = [503, 200, 503, 200, 200].map(|status| answer(Host, status, if status == 503 { PAGE } else { "" }));
    check(&E503, &some, Fault::ComesAndGoes, Medium);
}

#[test]
fn a_challenge_is_no_outage() {
    let mut challenge = answer(Browser, 503, "");
    if let Outcome::Answered(answer) = &mut challenge.outcome {
        answer.headers.insert("cf-mitigated".into(), "challenge".into());
    }
    check(&E503, &[challenge], Fault::Challenge, High);
}

#[test]
fn both_fail_means_from_here_and_never_everywhere() {
    let seen =
        [failed(Browser, Failure::Unrecognized("TypeError".into())), failed(Host, Failure::TcpRefused), fine_anchor()];
    check(&Failure::TcpRefused, &seen, Fault::FromHere, Medium);
    assert!(judged(&Failure::TcpRefused, &seen).missing.contains(&Missing::OtherNetwork));
}

#[test]
fn the_browser_alone_means_this_browser() {
    let seen = [failed(Browser, Failure::Unrecognized("TypeError".into())), answer(Host, 200, ""), fine_anchor()];
    check(&Failure::TcpReset, &seen, Fault::ThisBrowser, Medium);
}

#[test]
fn no_network_means_you() {
    let down = || Outcome::Failed(Failure::TcpAddressUnreachable);
    let seen = [failed(Host, Failure::TcpAddressUnreachable), anchor(down()), anchor(down())];
    check(&Failure::TcpTimedOut, &seen, Fault::You, High);
}

#[test]
fn without_a_way_out_no_resolver_is_blamed() {
    let route = |outcome| observe(Vantage::Host, Subject::Route, Step::Tcp, outcome);
    let no_names = || anchor(Outcome::Failed(Failure::DnsUnreachable));
    let target = || failed(Host, Failure::DnsUnreachable);
    let none = || Outcome::Failed(Failure::TcpAddressUnreachable);
    check(&Failure::DnsNameNotResolved, &[target(), no_names(), route(none()), route(none())], Fault::You, High);
    check(
        &Failure::DnsNameNotResolved,
        &[target(), no_names(), route(none()), route(Outcome::Connected)],
        Fault::Resolver,
        Medium,
    );
}

#[test]
fn a_portal_wants_a_sign_in() {
    for (status, body) in [(302, ""), (511, ""), (200, "<h1>Welcome to the hotel</h1>")] {
        check(&Failure::TcpTimedOut, &[portal(status, body)], Fault::Portal, High);
    }
    for (status, body) in [(204, ""), (200, ""), (503, "busy")] {
        assert_ne!(judged(&Failure::TcpTimedOut, &[portal(status, body)]).fault, Fault::Portal);
    }
}

#[test]
fn a_name_that_is_gone_is_told_from_a_resolver_that_is_dead() {
    let gone = [failed(Host, Failure::DnsNameNotResolved), fine_anchor()];
    check(&Failure::DnsNameNotResolved, &gone, Fault::NameGone, Medium);
    let dead = [failed(Host, Failure::DnsUnreachable), anchor(Outcome::Failed(Failure::DnsUnreachable))];
    check(&Failure::DnsNameNotResolved, &dead, Fault::Resolver, Medium);
    let servfail = [failed(Host, Failure::DnsFailed), fine_anchor()];
    check(&Failure::DnsNameNotResolved, &servfail, Fault::NameFailing, Medium);
}

#[test]
fn without_a_host_it_is_unconfirmed_and_worded_so() {
    check(&Failure::TcpRefused, &[failed(Browser, Failure::Unrecognized("TypeError".into()))], Fault::Unconfirmed, Low);
    assert_eq!(judged(&Failure::TcpRefused, &[]).missing, [Missing::Host]);
}

#[test]
fn an_expired_certificate_is_the_sites_unless_the_clock_is_off() {
    let expired = Failure::TlsCertDateInvalid;
    let dated = |date: &str| {
        let headers = [("date".to_owned(), date.to_owned())].into();
        anchor(Outcome::Answered(Answer { status: 200, headers, ..Answer::default() }))
    };
    let with = |date| [failed(Host, Failure::TlsCertDateInvalid), dated(date)];
    check(&expired, &with("Tue, 08 Jun 2021 09:47:10 GMT"), Fault::Certificate, High);
    check(&expired, &with("Sun, 13 Jun 2021 09:47:10 GMT"), Fault::Clock, High);
}
