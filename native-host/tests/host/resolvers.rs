//! Other resolvers over HTTPS: when they are asked, for which names, and what is kept of their answers.

use std::collections::BTreeSet;
use std::net::IpAddr;

use detour_core::failure::Failure;
use detour_core::observation::{Observation, Outcome, Step, Subject};
use detour_core::port::{Refusal, Scope};
use detour_host::check::Ending;
use hickory_proto::op::ResponseCode;

use crate::faults::refusing;
use crate::lab::{Lab, Outcomes, SITE, failed};
use crate::names::{self, Answer, Names};
use crate::services::{Log, Trusted, healthy, http, serve, serve_tls};

const ANCHOR: &str = "anchor.example-site.com";

/// A lab with one other resolver, which has names of its own.
struct Matrix {
    lab: Lab,
    others: Names,
    log: Log,
    trusted: Trusted,
}

async fn matrix(scope: Scope) -> Matrix {
    let (trusted, others) = (Trusted::new(), Names::serve().await);
    let (doh, log) = trusted.doh(&others).await;
    let mut lab = Lab::new().await.trusting(trusted.pem()).scoped(scope);
    lab.config.resolvers.doh = vec![doh];
    Matrix { lab, others, log, trusted }
}

fn loopback(last: u8) -> Vec<IpAddr> {
    vec![IpAddr::from([127, 0, 0, last])]
}

/// What the other resolver said of a subject: whether DNSSEC was left aside, and the outcome.
fn said(outcomes: &Outcomes, subject: &Subject) -> Vec<(bool, Outcome)> {
    let of_others = |seen: &Observation| Some((seen.resolver.clone()?, seen.outcome.clone()));
    let said = outcomes.of(subject).filter_map(of_others);
    said.inspect(|(resolver, _)| assert_eq!(resolver.server, "127.0.0.1"))
        .map(|(resolver, outcome)| (resolver.checking_disabled, outcome))
        .collect()
}

#[tokio::test]
async fn a_closer_look_asks_others_for_the_target_and_keeps_the_chain() {
    let matrix = matrix(Scope::Closer).await;
    matrix.others.set(SITE, Answer::Alias("dualstack.x.fastly.net.", loopback(1)));
    let (port, _) = healthy().await;
    let outcomes = matrix.lab.check(&format!("http://{SITE}:{port}/")).await;
    let resolved = Outcome::Resolved { addresses: loopback(1), cnames: vec!["dualstack.x.fastly.net".into()] };
    assert_eq!(said(&outcomes, &Subject::Target), [(false, resolved)]);
    assert_eq!(matrix.others.asked(SITE), 2, "A and AAAA");
}

#[tokio::test]
async fn without_the_users_word_nobody_else_learns_the_targets_name() {
    for scope in [Scope::Usual, Scope::Again, Scope::default()] {
        for name in [SITE, "gone.example-site.com"] {
            let matrix = matrix(scope).await;
            let outcomes = matrix.lab.check(&format!("http://{name}:{}/", refusing().await)).await;
            assert_eq!(matrix.log.count(), 0, "{scope:?}");
            assert!(said(&outcomes, &Subject::Target).is_empty());
        }
    }
}

#[tokio::test]
async fn servfail_is_asked_again_without_dnssec() {
    let matrix = matrix(Scope::Closer).await;
    matrix.lab.names.set(SITE, Answer::Code(ResponseCode::ServFail));
    matrix.others.set(SITE, Answer::Bogus(loopback(1)));
    let outcomes = matrix.lab.check(&format!("http://{SITE}/")).await;
    let resolved = Outcome::Resolved { addresses: loopback(1), cnames: Vec::new() };
    assert_eq!(said(&outcomes, &Subject::Target), [(false, Outcome::Failed(Failure::DnsFailed)), (true, resolved)]);
    // What only an unchecked answer gives is no address to go to.
    assert!(outcomes.of(&Subject::Target).all(|seen| seen.step == Step::Dns), "{outcomes:?}");
}

#[tokio::test]
async fn where_the_chain_broke_is_asked_of_others_too() {
    let matrix = matrix(Scope::Closer).await;
    matrix.lab.names.set(SITE, Answer::Code(ResponseCode::ServFail));
    matrix.others.set(SITE, Answer::BrokenAlias("e1234.a.akamaiedge.net."));
    let outcomes = matrix.lab.check(&format!("http://{SITE}/")).await;
    for seen in outcomes.of(&Subject::Target).filter(|seen| seen.resolver.is_some()) {
        assert_eq!(failed(seen), Some(Failure::DnsFailed));
        assert_eq!(seen.so_far.as_ref().unwrap().cnames, ["e1234.a.akamaiedge.net"]);
    }
}

#[tokio::test]
async fn a_name_that_others_deny_as_well_is_gone() {
    let matrix = matrix(Scope::Closer).await;
    let outcomes = matrix.lab.check("http://gone.example-site.com/").await;
    assert_eq!(said(&outcomes, &Subject::Target), [(false, Outcome::Failed(Failure::DnsNameNotResolved))]);
}

#[tokio::test]
async fn an_address_that_only_others_know_is_probed() {
    let matrix = matrix(Scope::Closer).await;
    matrix.others.set(SITE, Answer::Addresses(loopback(1)));
    matrix.lab.names.set(SITE, Answer::Code(ResponseCode::NXDomain));
    let acceptor = matrix.trusted.acceptor(SITE);
    let (address, _) = serve_tls(acceptor, |_, _| http(200, "", "the site itself")).await;
    let outcomes = matrix.lab.check(&format!("https://{SITE}:{}/", address.port())).await;
    assert_eq!(outcomes.failures(), [(Step::Dns, Failure::DnsNameNotResolved)]);
    let on_it =
        |step| outcomes.of(&Subject::Target).find(|seen| seen.step == step && seen.address == Some(address.ip()));
    assert!(matches!(on_it(Step::Tls).unwrap().outcome, Outcome::Secured(_)));
    assert_eq!(on_it(Step::Http).unwrap().answer().unwrap().body, "the site itself");
}

/// What the system's resolver made of a made-up name, and every such name that it was asked for.
fn of_nowhere(lab: &Lab, outcomes: &Outcomes) -> (Vec<Outcome>, BTreeSet<String>) {
    let outcomes =
        outcomes.of(&Subject::Nowhere).inspect(|seen| assert_eq!((seen.step, seen.address), (Step::Dns, None)));
    let is_made_up = |name: &String| name.len() == 16 && name.ends_with(".com") && !name.contains("example");
    (
        outcomes.map(|seen| seen.outcome.clone()).collect(),
        lab.names.all_asked().into_iter().filter(is_made_up).collect(),
    )
}

#[tokio::test]
async fn a_resolver_that_rewrites_what_does_not_exist_is_caught_with_a_made_up_name() {
    for scope in [Scope::Usual, Scope::Closer] {
        let lab = Lab::new().await.scoped(scope);
        lab.names.set(names::ANY, Answer::Addresses(loopback(9)));
        let outcomes = lab.check(&format!("http://www.mistyped-site.com:{}/", refusing().await)).await;
        let (seen, asked) = of_nowhere(&lab, &outcomes);
        assert_eq!(seen, [Outcome::Resolved { addresses: loopback(9), cnames: Vec::new() }]);
        assert_eq!(asked.len(), 1, "{asked:?}");
    }
}

#[tokio::test]
async fn an_honest_resolver_denies_a_made_up_name_and_no_other_resolver_is_asked() {
    let matrix = matrix(Scope::Closer).await;
    let outcomes = matrix.lab.check(&format!("http://{SITE}:{}/", refusing().await)).await;
    let (seen, asked) = of_nowhere(&matrix.lab, &outcomes);
    assert_eq!((seen, asked.len()), (vec![Outcome::Failed(Failure::DnsNameNotResolved)], 1));
    assert!(matrix.others.all_asked().iter().all(|name| name == SITE));
}

#[tokio::test]
async fn no_made_up_name_is_asked_for_without_need() {
    let (port, _) = healthy().await;
    for (scope, url) in [
        (Scope::Usual, format!("http://{SITE}:{port}/")),
        (Scope::Again, format!("http://{SITE}:{port}/")),
        (Scope::Usual, "http://gone.example-site.com/".to_owned()),
    ] {
        let lab = Lab::new().await.scoped(scope);
        let outcomes = lab.check(&url).await;
        assert_eq!(of_nowhere(&lab, &outcomes), (Vec::new(), BTreeSet::new()), "{url}");
    }
}

#[tokio::test]
async fn a_resolver_that_cannot_be_asked_is_unreachable_and_stops_nobody() {
    let mut matrix = matrix(Scope::Closer).await;
    matrix.others.set(SITE, Answer::Addresses(loopback(1)));
    let refusing = format!("https://127.0.0.1:{}/dns-query", refusing().await);
    matrix.lab.config.resolvers.doh.extend(detour_probe::Doh::parse(&refusing));
    let (port, _) = healthy().await;
    let outcomes = matrix.lab.check(&format!("http://{SITE}:{port}/")).await;
    let said: Vec<Outcome> = said(&outcomes, &Subject::Target).into_iter().map(|(_, outcome)| outcome).collect();
    assert!(said.contains(&Outcome::Failed(Failure::DnsUnreachable)), "{said:?}");
    assert!(said.iter().any(|outcome| matches!(outcome, Outcome::Resolved { .. })), "{said:?}");
}

#[tokio::test]
async fn an_anchor_that_the_own_resolver_loses_is_asked_of_others() {
    let mut matrix = matrix(Scope::Usual).await;
    let (port, _) = healthy().await;
    matrix.lab.config.anchors.hosts = vec![matrix.lab.site(ANCHOR, port)];
    matrix.lab.names.set(ANCHOR, Answer::Code(ResponseCode::ServFail));
    matrix.others.set(ANCHOR, Answer::Addresses(loopback(1)));
    let outcomes = matrix.lab.check(&format!("http://{SITE}:{port}/")).await;
    let anchor = Subject::Anchor(ANCHOR.into());
    assert_eq!(said(&outcomes, &anchor), [(false, Outcome::Resolved { addresses: loopback(1), cnames: Vec::new() })]);
    assert_eq!(matrix.others.all_asked(), [ANCHOR], "A alone, and no name but the anchor's");
}

#[tokio::test]
async fn a_target_that_the_own_resolver_loses_puts_an_anchor_to_others() {
    let mut matrix = matrix(Scope::Usual).await;
    let (port, _) = healthy().await;
    matrix.lab.config.anchors.hosts = vec![matrix.lab.site(ANCHOR, port)];
    matrix.others.set(ANCHOR, Answer::Addresses(loopback(1)));
    matrix.lab.check("http://gone.example-site.com/").await;
    assert_eq!(matrix.others.all_asked(), [ANCHOR]);
}

#[tokio::test]
async fn an_anchor_that_its_name_does_not_lead_to_is_asked_of_others() {
    // The resolver is poisoned: it leads the anchor's name to an address where nobody listens.
    let mut matrix = matrix(Scope::Usual).await;
    let (port, _) = healthy().await;
    matrix.lab.config.anchors.hosts = vec![matrix.lab.site(ANCHOR, port)];
    matrix.lab.names.set(ANCHOR, Answer::Addresses(loopback(9)));
    matrix.others.set(ANCHOR, Answer::Addresses(loopback(1)));
    let (literal, _) = serve_tls(matrix.trusted.acceptor("127.0.0.1"), |_, _| Vec::new()).await;
    for (literals, asked) in [(vec![literal], vec![ANCHOR.to_owned()]), (Vec::new(), Vec::new())] {
        matrix.lab.config.anchors.addresses = literals;
        matrix.lab.check(&format!("http://{SITE}:{port}/")).await;
        assert_eq!(matrix.others.all_asked().len(), 1, "without a literal that works, the network may be at fault");
        assert!(matrix.others.all_asked().starts_with(&asked));
    }
}

#[tokio::test]
async fn nobody_else_is_asked_while_all_is_well() {
    let mut matrix = matrix(Scope::Usual).await;
    let (port, _) = healthy().await;
    matrix.lab.config.anchors.hosts = vec![matrix.lab.site(ANCHOR, port)];
    let (failing, _) = serve(|_, _| http(503, "", "")).await;
    for port in [port, failing] {
        matrix.lab.check(&format!("http://{SITE}:{port}/")).await;
    }
    assert_eq!(matrix.log.count(), 0);
}

#[tokio::test]
async fn a_name_with_private_addresses_stays_on_this_network() {
    for (allowed, addresses) in [("127.0.0.1/32", ["10.0.0.1", "127.0.0.1"]), ("0.0.0.0/32", ["10.0.0.1", "10.0.0.2"])]
    {
        let mut matrix = matrix(Scope::Closer).await;
        matrix.lab.config.allow_addresses = vec![allowed.parse().unwrap()];
        let addresses = addresses.map(|address| address.parse().unwrap()).to_vec();
        matrix.lab.names.set(SITE, Answer::Addresses(addresses));
        let outcomes = matrix.lab.check(&format!("http://{SITE}:{}/", refusing().await)).await;
        assert_eq!(matrix.log.count(), 0);
        assert!(said(&outcomes, &Subject::Target).is_empty());
        if allowed == "0.0.0.0/32" {
            assert!(matches!(outcomes.ending, Ending::Refused { reason: Refusal::PrivateAddress, .. }));
        }
    }
}

#[tokio::test]
async fn a_private_answer_of_another_resolver_is_no_answer() {
    let matrix = matrix(Scope::Closer).await;
    matrix.others.set(SITE, Answer::Addresses(vec!["10.0.0.1".parse().unwrap()]));
    let (port, _) = healthy().await;
    let outcomes = matrix.lab.check(&format!("http://{SITE}:{port}/")).await;
    assert_eq!(said(&outcomes, &Subject::Target), [(false, Outcome::Failed(Failure::DnsFailed))]);
    assert!(outcomes.seen.iter().all(|seen| failed(seen).is_none() || seen.resolver.is_some()));
}
