//! Which segment of the user's own network fails: a word beside the verdict, which changes nothing else of it.

use proptest::prelude::*;

use super::order::{failure, observation, of};
use super::*;
use detour_model::own_network::OwnNetwork;

const ALL: [OwnNetwork; 9] = [
    OwnNetwork::NoLink,
    OwnNetwork::NoAddress,
    OwnNetwork::NoRouter,
    OwnNetwork::RouterSilent,
    OwnNetwork::WifiUp,
    OwnNetwork::LinkUp,
    OwnNetwork::VpnUp,
    OwnNetwork::ResolverBehindVpn,
    OwnNetwork::Unrecognized,
];

fn noticed(word: OwnNetwork, later: u64) -> Observation {
    let seen = observe(Host, Subject::OwnNetwork, Step::Tcp, Outcome::Noticed(word));
    Observation { at: seen.at.plus(later), ..seen }
}

fn of_host(host: &str, step: Step, failure: Failure) -> Observation {
    observe(Host, Subject::Anchor(host.into()), step, Outcome::Failed(failure))
}

/// Neither names nor addresses answer.
fn dead() -> Vec<Observation> {
    let names = ["one.org", "two.net"].map(|host| of_host(host, Step::Dns, Failure::DnsUnreachable));
    let literals = ["9.9.9.9", "1.1.1.1"].map(|host| of_host(host, Step::Tcp, Failure::TcpTimedOut));
    names.into_iter().chain(literals).collect()
}

/// Names do not answer, and addresses do.
fn nameless(failure: &Failure) -> Vec<Observation> {
    let names = ["one.org", "two.net"].map(|host| of_host(host, Step::Dns, failure.clone()));
    let literal = Outcome::Secured(detour_model::observation::Certificate::default());
    let literal = observe(Host, Subject::Anchor("9.9.9.9".into()), Step::Tls, literal);
    names.into_iter().chain([literal]).collect()
}

fn check(seen: &[Observation], own: &[OwnNetwork], fault: Fault, segment: Option<Segment>) {
    let own = own.iter().zip(0..).map(|(word, later)| noticed(*word, later));
    let seen: Vec<Observation> = seen.iter().cloned().chain(own).collect();
    let verdict = judged(&Failure::DnsNameNotResolved, &seen);
    assert_eq!((verdict.fault, verdict.segment), (fault, segment), "{seen:#?}");
}

#[test]
fn what_the_computer_noticed_names_the_segment_of_a_dead_network() {
    let all = [
        (OwnNetwork::NoLink, Segment::Link),
        (OwnNetwork::NoAddress, Segment::Address),
        (OwnNetwork::NoRouter, Segment::NoRouter),
        (OwnNetwork::RouterSilent, Segment::Router),
        (OwnNetwork::WifiUp, Segment::Wifi),
        (OwnNetwork::LinkUp, Segment::Uplink),
        (OwnNetwork::VpnUp, Segment::Vpn),
    ];
    for (word, segment) in all {
        check(&dead(), &[word], Fault::You, Some(segment));
    }
    check(&dead(), &[OwnNetwork::WifiUp, OwnNetwork::RouterSilent], Fault::You, Some(Segment::Router));
    check(&dead(), &[OwnNetwork::VpnUp, OwnNetwork::ResolverBehindVpn], Fault::You, Some(Segment::Vpn));
    check(&dead(), &[OwnNetwork::Unrecognized], Fault::You, None);
    check(&dead(), &[], Fault::You, None);
}

#[test]
fn a_resolver_that_is_silent_is_named_and_one_that_refuses_or_lies_is_not() {
    let silent = nameless(&Failure::DnsUnreachable);
    check(&silent, &[OwnNetwork::WifiUp], Fault::Resolver, Some(Segment::Resolver));
    let behind_vpn = [OwnNetwork::WifiUp, OwnNetwork::ResolverBehindVpn];
    check(&silent, &behind_vpn, Fault::Resolver, Some(Segment::VpnResolver));
    check(&nameless(&Failure::DnsFailed), &behind_vpn, Fault::Resolver, None);
    check(&silent, &[], Fault::Resolver, None);
}

#[test]
fn where_something_neutral_answers_nobody_says_that_there_is_no_internet() {
    let partly =
        [of_host("one.org", Step::Tcp, Failure::TcpTimedOut), of_host("two.net", Step::Tcp, Failure::TcpTimedOut)];
    let reached = nameless(&Failure::DnsUnreachable).pop();
    let seen: Vec<Observation> = partly.into_iter().chain(reached).chain([noticed(OwnNetwork::WifiUp, 0)]).collect();
    let verdict = judged(&Failure::TcpTimedOut, &seen);
    assert_eq!((verdict.fault, verdict.segment), (Fault::You, None));
}

#[test]
fn a_browser_that_is_offline_learns_that_no_link_is_up_and_nothing_of_a_link_that_is() {
    let verdict = |word| judged(&Failure::Offline, &[noticed(word, 0)]);
    assert_eq!(verdict(OwnNetwork::NoLink).segment, Some(Segment::Link));
    assert_eq!(verdict(OwnNetwork::WifiUp).segment, None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn what_a_computer_notices_of_its_own_network_changes_no_cause_and_no_confidence(
        failed in failure(),
        seen in prop::collection::vec(observation(), 0..14),
        words in prop::collection::vec((prop::sample::select(&ALL[..]), 0_u64..8_000), 1..4),
    ) {
        let url = "https://www.theguardian.com/";
        let own: Vec<Observation> = words.into_iter().map(|(word, later)| noticed(word, later)).collect();
        let without = of(url, &failed, None, &seen);
        let with = of(url, &failed, None, &[&seen[..], &own[..]].concat());
        prop_assert!(with.segment.is_none() || matches!(with.fault, Fault::You | Fault::Resolver), "{:?}", with);
        prop_assert_eq!(Verdict { segment: None, ..with }, without);
    }
}
