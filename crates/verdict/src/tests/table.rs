//! The rows that need more than one site, one resolver, one place or one moment.

use std::net::IpAddr;

use super::*;
use detour_cdn::Basis;
use detour_model::observation::{Certificate, Indicator, Place, Report, Resolver, SoFar};

fn remote(continent: &str, outcome: Outcome) -> Observation {
    let place = Place { continent: continent.into(), country: continent.into(), ..Place::default() };
    observe(Vantage::Remote(place), Subject::Target, Step::Http, outcome)
}

fn status(status: u16) -> Outcome {
    Outcome::Answered(Answer { status, ..Answer::default() })
}

/// An answer by this node of Fastly's.
fn by_node(subject: Subject, node: &str, status: u16) -> Observation {
    let body = if status < 500 { "" } else { PAGE };
    observe(Host, subject, Step::Http, said_by(node, status, body))
}

fn said_by(node: &str, status: u16, body: &str) -> Outcome {
    let headers = [("server", "Varnish"), ("x-served-by", node), ("retry-after", "0")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    Outcome::Answered(Answer { status, headers, body: body.into() })
}

fn at(address: &str, subject: Subject, step: Step, outcome: Outcome) -> Observation {
    let address: IpAddr = address.parse().unwrap();
    Observation { address: Some(address), ..observe(Host, subject, step, outcome) }
}

fn resolved(addresses: &[&str]) -> Outcome {
    Outcome::Resolved { addresses: addresses.iter().map(|text| text.parse().unwrap()).collect(), cnames: Vec::new() }
}

fn asked(server: &str, outcome: Outcome) -> Observation {
    let resolver = Some(Resolver { server: server.into(), checking_disabled: false });
    Observation { resolver, ..observe(Host, Subject::Target, Step::Dns, outcome) }
}

fn literal(address: &str, outcome: Outcome) -> Observation {
    at(address, Subject::Anchor(address.into()), Step::Tls, outcome)
}

fn secured() -> Outcome {
    Outcome::Secured(Certificate::default())
}

fn two_failing_siblings(node: &str) -> Vec<Observation> {
    ["pypi.org", "www.python.org"].map(|host| by_node(Subject::Sibling(host.into()), node, 503)).into()
}

fn with(base: &[Observation], more: &[Observation]) -> Vec<Observation> {
    [base, more].concat()
}

#[test]
fn three_sites_of_one_cdn_in_two_pops_are_the_whole_cdn() {
    let base = [by_node(Subject::Target, "cache-lhr1-LHR", 503), fine_anchor()];
    let seen = with(&base, &two_failing_siblings("cache-ams1-AMS"));
    check(&E503, &seen, Fault::CdnWide, Medium);
    let verdict = judged(&E503, &seen);
    assert_eq!(verdict.cdn.map(|cdn| (cdn.name, cdn.basis)), Some(("Fastly".into(), Basis::Header)));
    assert_eq!(
        verdict.because[0],
        Because { fact: Fact::SiblingsFail, about: vec!["pypi.org".into(), "python.org".into()] }
    );
    let says_so = observe(
        Host,
        Subject::StatusPage("Fastly".into()),
        Step::Http,
        Outcome::Reported(Report { indicator: Indicator::Major, description: "Errors".into() }),
    );
    check(&E503, &with(&seen, &[says_so]), Fault::CdnWide, High);
}

#[test]
fn sites_that_anybody_can_open_for_the_user_are_no_outage_of_a_cdn() {
    let base = [by_node(Subject::Target, "cache-lhr1-LHR", 503), fine_anchor()];
    let visited = |hosts: [&str; 3]| hosts.map(|host| by_node(Subject::Visited(host.into()), "cache-ams1-AMS", 503));
    // They may truly be on the CDN: the host saw their addresses.
    let truly =
        visited(["a.com", "b.org", "c.net"]).map(|seen| Observation { address: "151.101.1.57".parse().ok(), ..seen });
    check(&E503, &with(&base, &truly), Fault::Edge, Medium);
    let known = visited(["www.bbc.co.uk", "www.reddit.com", "www.gov.uk"]);
    check(&E503, &with(&base, &known[..1]), Fault::Edge, Medium);
    check(&E503, &with(&base, &known[..2]), Fault::CdnWide, Medium);
    // Where they say they answer from makes no "everywhere" of what fails here.
    let here = with(&base, &two_failing_siblings("cache-lhr2-LHR"));
    check(&E503, &with(&here, &truly), Fault::CdnHere, Medium);
    // A stranger under a canary's domain is not the canary.
    let fine = by_node(Subject::Sibling("rust-lang.github.io".into()), "cache-lhr1-LHR", 200);
    let stranger = by_node(Subject::Visited("evil.github.io".into()), "cache-lhr1-LHR", 503);
    let verdict = judged(&E503, &with(&base, &[fine, stranger]));
    assert_eq!(verdict.because[0], Because { fact: Fact::SiblingsFine, about: vec!["github.io".into()] });
}

#[test]
fn one_pop_is_here_and_two_continents_are_everywhere() {
    let base = [by_node(Subject::Target, "cache-lhr1-LHR", 503), fine_anchor()];
    let seen = with(&base, &two_failing_siblings("cache-lhr2-LHR"));
    check(&E503, &seen, Fault::CdnHere, Medium);
    assert!(judged(&E503, &seen).missing.contains(&Missing::OtherNetwork));
    check(&E503, &with(&seen, &[remote("EU", status(503)), remote("NA", status(503))]), Fault::CdnWide, High);
    check(&E503, &with(&seen, &[remote("EU", status(200)), remote("NA", status(200))]), Fault::Regional, Medium);
}

#[test]
fn two_sites_or_mostly_healthy_ones_are_no_cdn_wide_outage() {
    let base = [by_node(Subject::Target, "cache-lhr1-LHR", 503), fine_anchor()];
    let failing = two_failing_siblings("cache-ams1-AMS");
    check(&E503, &with(&base, &failing[..1]), Fault::Edge, Medium);
    let fine =
        ["a.com", "b.com", "c.com", "d.com"].map(|host| by_node(Subject::Sibling(host.into()), "cache-lhr1-LHR", 200));
    check(&E503, &with(&with(&base, &failing), &fine), Fault::Edge, Medium);
    // The same owner's three hosts are one site, and another CDN's sites are none of this one's.
    let own = ["a.theguardian.com", "b.theguardian.com"]
        .map(|host| by_node(Subject::Sibling(host.into()), "cache-ams1-AMS", 503));
    check(&E503, &with(&base, &own), Fault::Edge, Medium);
}

#[test]
fn whose_servers_failed_is_not_sure_while_another_site_of_the_cdn_fails() {
    let blaming = "<h1>Error 503 No healthy backends</h1><h3>Guru Mediation:</h3>";
    let blaming = || said_by("cache-lhr1-LHR", 503, blaming);
    let base = [observe(Host, Subject::Target, Step::Http, blaming()), fine_anchor()];
    let everywhere = ["EU", "NA", "AS"].map(|continent| remote(continent, blaming()));
    check(&E503, &with(&base, &everywhere), Fault::Origin, High);
    let another = by_node(Subject::Sibling("pypi.org".into()), "cache-lhr1-LHR", 503);
    check(&E503, &with(&with(&base, &everywhere), &[another]), Fault::Origin, Medium);
}

#[test]
fn an_old_failure_of_another_site_does_not_count() {
    let base = [by_node(Subject::Target, "cache-lhr1-LHR", 503), fine_anchor()];
    let old = two_failing_siblings("cache-ams1-AMS")
        .into_iter()
        .map(|seen| Observation { at: Millis(seen.at.0 - 301_000), ..seen });
    check(&E503, &with(&base, &old.collect::<Vec<_>>()), Fault::Edge, Medium);
}

#[test]
fn servers_behind_several_cdns_that_fail_at_once_are_a_cloud() {
    let blaming = "<h1>Error 503 first byte timeout</h1><h3>Guru Mediation:</h3>";
    let target = answer(Host, 503, blaming);
    let cloudflare = |host: &str| {
        let headers = [("server", "cloudflare"), ("cf-ray", "8-LHR")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let answer = Answer { status: 522, headers, body: String::new() };
        observe(Host, Subject::Sibling(host.into()), Step::Http, Outcome::Answered(answer))
    };
    let fine = by_node(Subject::Sibling("pypi.org".into()), "cache-lhr1-LHR", 200);
    let seen = [target, cloudflare("a.com"), cloudflare("b.org"), fine, fine_anchor()];
    check(&E503, &seen, Fault::CloudRegion, Medium);
}

#[test]
fn an_edge_that_cannot_be_reached_is_the_cdns_for_three_sites_and_the_sites_for_one() {
    let down = |subject: Subject| at("151.101.1.57", subject, Step::Tcp, Outcome::Failed(Failure::TcpTimedOut));
    let found = |subject: Subject| observe(Host, subject, Step::Dns, resolved(&["151.101.1.57"]));
    let of = |subject: fn() -> Subject| [found(subject()), down(subject())];
    let target = with(&of(|| Subject::Target), &[fine_anchor()]);
    check(&Failure::TcpTimedOut, &target, Fault::FromHere, Medium);
    let siblings = with(&of(|| Subject::Sibling("pypi.org".into())), &of(|| Subject::Sibling("rubygems.org".into())));
    let seen = with(&target, &siblings);
    check(&Failure::TcpTimedOut, &seen, Fault::EdgeUnreachable, Medium);
    let fine = [remote("EU", status(200)), remote("AS", status(301))];
    check(&Failure::TcpTimedOut, &with(&seen, &fine), Fault::Regional, Medium);
    let bad = ["EU", "AS"].map(|continent| remote(continent, Outcome::Failed(Failure::TcpTimedOut)));
    check(&Failure::TcpTimedOut, &with(&seen, &bad), Fault::CdnWide, High);
    check(&Failure::TcpTimedOut, &with(&target, &bad), Fault::Unreachable, High);
}

#[test]
fn names_of_one_cdn_that_nobody_resolves_are_the_cdns() {
    let lost = |subject: Subject| Observation {
        so_far: Some(Box::new(SoFar { cnames: vec!["e1.dscb.akamaiedge.net".into()], ..SoFar::default() })),
        ..observe(Host, subject, Step::Dns, Outcome::Failed(Failure::DnsFailed))
    };
    let siblings = ["www.airline.com", "www.bank.org"].map(|host| lost(Subject::Sibling(host.into())));
    let seen = with(&[lost(Subject::Target), fine_anchor()], &siblings);
    check(&Failure::DnsNameNotResolved, &seen, Fault::CdnNames, Medium);
    let others = ["1.1.1.1", "9.9.9.9"].map(|server| asked(server, Outcome::Failed(Failure::DnsFailed)));
    check(&Failure::DnsNameNotResolved, &with(&seen, &others), Fault::CdnNames, High);
    check(&Failure::DnsNameNotResolved, &[lost(Subject::Target), fine_anchor()], Fault::NameFailing, Medium);
}

#[test]
fn one_bad_node_of_three_is_named() {
    let nodes = ["cache-lhr1-LHR", "cache-lhr2-LHR", "cache-ams3-AMS"];
    let round = |_| nodes.map(|node| by_node(Subject::Target, node, if node == "cache-lhr2-LHR" { 503 } else { 200 }));
    let seen = with(&(0..2).flat_map(round).collect::<Vec<_>>(), &[fine_anchor()]);
    check(&E503, &seen, Fault::ComesAndGoes, High);
    let because = judged(&E503, &seen).because;
    assert_eq!(because[0], Because::one(Fact::Only, "cache-lhr2-LHR"));
    assert_eq!(because[1], Because { fact: Fact::Share, about: vec!["2".into(), "6".into()] });
}

#[test]
fn a_dead_resolver_is_told_by_addresses_and_by_other_resolvers() {
    let dead = || Outcome::Failed(Failure::DnsUnreachable);
    let names = ["one.example.org", "two.example.net"];
    let anchors = names.map(|host| observe(Host, Subject::Anchor(host.into()), Step::Dns, dead()));
    let base = with(&[observe(Host, Subject::Target, Step::Dns, dead())], &anchors);
    check(&Failure::DnsNameNotResolved, &base, Fault::Resolver, Medium);
    let reached = with(&base, &[literal("9.9.9.9", secured())]);
    check(&Failure::DnsNameNotResolved, &reached, Fault::Resolver, Medium);
    let elsewhere = Observation {
        subject: Subject::Anchor("one.example.org".into()),
        ..asked("9.9.9.9", resolved(&["93.184.216.34"]))
    };
    check(&Failure::DnsNameNotResolved, &with(&reached, &[elsewhere]), Fault::Resolver, High);
    let unreached = literal("9.9.9.9", Outcome::Failed(Failure::TcpTimedOut));
    check(&Failure::DnsNameNotResolved, &with(&base, &[unreached]), Fault::You, High);
}

#[test]
fn a_name_is_filtered_gone_or_wrongly_signed_by_what_other_resolvers_say() {
    let own = |failure| observe(Host, Subject::Target, Step::Dns, Outcome::Failed(failure));
    let gone = || Outcome::Failed(Failure::DnsNameNotResolved);
    let base = [own(Failure::DnsNameNotResolved), fine_anchor()];
    let agree = ["1.1.1.1", "9.9.9.9"].map(|server| asked(server, gone()));
    check(&Failure::DnsNameNotResolved, &with(&base, &agree), Fault::NameGone, High);
    let differ = asked("9.9.9.9", resolved(&["93.184.216.34"]));
    let seen = with(&base, &[differ]);
    check(&Failure::DnsNameNotResolved, &seen, Fault::NameFiltered, Medium);
    let proof = at("93.184.216.34", Subject::Target, Step::Tls, secured());
    check(&Failure::DnsNameNotResolved, &with(&seen, &[proof]), Fault::NameFiltered, High);
    let failing = ["1.1.1.1", "9.9.9.9"].map(|server| asked(server, Outcome::Failed(Failure::DnsFailed)));
    let unchecked = Observation {
        resolver: Some(Resolver { server: "9.9.9.9".into(), checking_disabled: true }),
        ..asked("9.9.9.9", resolved(&["93.184.216.34"]))
    };
    let signed = with(&with(&[own(Failure::DnsFailed), fine_anchor()], &failing), &[unchecked]);
    check(&Failure::DnsNameNotResolved, &signed, Fault::NameFailing, High);
    assert_eq!(judged(&Failure::DnsNameNotResolved, &signed).because[0], Because::just(Fact::Dnssec));
}

#[test]
fn a_resolver_that_rewrites_missing_names_does_not_make_them_exist() {
    let ad = at("198.51.100.7", Subject::Target, Step::Tcp, Outcome::Failed(Failure::TcpRefused));
    let gone = ["1.1.1.1", "9.9.9.9"].map(|server| asked(server, Outcome::Failed(Failure::DnsNameNotResolved)));
    let own = observe(Host, Subject::Target, Step::Dns, resolved(&["198.51.100.7"]));
    check(&Failure::TcpRefused, &with(&[own, ad, fine_anchor()], &gone), Fault::NameGone, High);
}

#[test]
fn ipv6_that_works_for_nobody_here_is_this_network() {
    let good = at("93.184.216.34", Subject::Target, Step::Http, status(200));
    let bad = |subject| at("2606:2800::1", subject, Step::Tcp, Outcome::Failed(Failure::TcpTimedOut));
    let anchor = || Subject::Anchor("2620:fe::fe".into());
    let seen = [good.clone(), bad(Subject::Target), bad(anchor()), fine_anchor()];
    check(&Failure::TcpTimedOut, &seen, Fault::AddressFamily, High);
    assert_eq!(judged(&Failure::TcpTimedOut, &seen).because, [Because::one(Fact::Only, "IPv6")]);
    // Where IPv6 works for others, it is the site's.
    let works = at("2620:fe::fe", anchor(), Step::Tls, secured());
    check(&Failure::TcpTimedOut, &[good, bad(Subject::Target), works, fine_anchor()], Fault::ComesAndGoes, Low);
}

#[test]
fn a_network_that_goes_away_during_the_check_is_not_the_sites_fault() {
    let later = |seen: Observation, by: u64| Observation { at: seen.at.plus(by), ..seen };
    let slow = later(failed(Host, Failure::TcpTimedOut), 3_000);
    let seen = [fine_anchor(), slow.clone()];
    check(&Failure::TcpTimedOut, &seen, Fault::FromHere, Low);
    let gone = later(anchor(Outcome::Failed(Failure::TcpAddressUnreachable)), 3_200);
    check(&Failure::TcpTimedOut, &[fine_anchor(), slow.clone(), gone], Fault::You, Medium);
    check(&Failure::TcpTimedOut, &[fine_anchor(), slow, later(fine_anchor(), 3_100)], Fault::FromHere, Medium);
}

#[test]
fn certificates_that_differ_elsewhere_are_somebody_in_between() {
    let refused = |subject: Subject, sha256: &str| Observation {
        so_far: Some(Box::new(SoFar {
            certificate: Some(Certificate { sha256: sha256.into(), ..Certificate::default() }),
            ..SoFar::default()
        })),
        ..observe(Host, subject, Step::Tls, Outcome::Failed(Failure::TlsCertAuthorityInvalid))
    };
    let failure = Failure::TlsCertAuthorityInvalid;
    let alone = [refused(Subject::Target, "aa"), fine_anchor()];
    check(&failure, &alone, Fault::Certificate, Medium);
    let same =
        [refused(Subject::Target, "aa"), refused(Subject::Anchor("other.example.org".into()), "aa"), fine_anchor()];
    check(&failure, &same, Fault::Intercepted, Medium);
    let bad = remote("EU", Outcome::Failed(Failure::TlsCertAuthorityInvalid));
    check(&failure, &with(&alone, &[bad]), Fault::Certificate, High);
}

#[test]
fn a_page_that_says_fine_and_reads_like_an_error_is_a_soft_outage() {
    let soft = answer(Host, 200, "<h1>503 Service Unavailable</h1><h3>Guru Mediation:</h3><p>Varnish cache server</p>");
    check(&Failure::HttpError { status: Some(200) }, &[soft, fine_anchor()], Fault::SoftOutage, Medium);
}

#[test]
fn parts_that_fail_are_named_with_their_cdn() {
    let part = by_node(Subject::Part("static.example.net".into()), "cache-lhr1-LHR", 503);
    let verdict = judged(&E503, &[part, fine_anchor()]);
    assert_eq!((verdict.fault, verdict.cdn.map(|cdn| cdn.name)), (Fault::BrokenParts, Some("Fastly".into())));
}

fn after(fault: Fault, good: u8, seen: &[Observation]) -> Verdict {
    let target = Target::parse("https://www.theguardian.com/").unwrap();
    let seen: Vec<&Observation> = seen.iter().collect();
    let before = Before { fault, cdn: Some("Fastly".into()), good, relapses: 0, is_called: false };
    judge(&Case {
        target: &target,
        failure: Some(&E503),
        seen: &seen,
        published: None,
        before: Some(&before),
        now: Millis(1_623_145_626_000),
    })
}

#[test]
fn a_connection_that_failed_behind_a_healthy_cdn_is_the_sites() {
    let own = answer(Host, 503, "<h1>Error 503 connection failure</h1><h3>Guru Mediation:</h3>");
    let fine = ["pypi.org", "www.python.org"].map(|host| by_node(Subject::Sibling(host.into()), "cache-lhr1-LHR", 200));
    check(&E503, &with(&[own.clone(), fine_anchor()], &fine), Fault::Origin, Medium);
    check(&E503, &with(&[own, fine_anchor()], &two_failing_siblings("cache-ams1-AMS")), Fault::CdnWide, Medium);
}

#[test]
fn a_page_that_imitates_a_cdns_names_none() {
    let page = "<title>x | 522: Connection timed out</title><div id=\"cf-error-details\">Cloudflare</div>";
    let headers = [("server".to_owned(), "nginx".to_owned())].into();
    let copied = Outcome::Answered(Answer { status: 522, headers, body: page.into() });
    let verdict = judged(&E503, &[observe(Host, Subject::Target, Step::Http, copied), fine_anchor()]);
    assert_eq!((verdict.fault, verdict.cdn), (Fault::Origin, None));
}

#[test]
fn one_site_of_a_healthy_cdn_is_surer_when_it_lasts() {
    let fine = ["pypi.org", "www.python.org"].map(|host| by_node(Subject::Sibling(host.into()), "cache-lhr1-LHR", 200));
    let seen = with(&[by_node(Subject::Target, "cache-lhr1-LHR", 503), fine_anchor()], &fine);
    check(&E503, &seen, Fault::Edge, Medium);
    let verdict = after(Fault::Edge, 0, &seen);
    assert_eq!((verdict.fault, verdict.confidence), (Fault::Edge, High));
}

#[test]
fn back_means_three_good_samples_and_six_while_siblings_fail() {
    let good = [by_node(Subject::Target, "cache-lhr1-LHR", 200), fine_anchor()];
    assert_eq!(after(Fault::CdnWide, 1, &good).fault, Fault::Recovering);
    assert_eq!(after(Fault::CdnWide, 3, &good).fault, Fault::Passed);
    let seen = with(&good, &two_failing_siblings("cache-ams1-AMS"));
    assert_eq!(after(Fault::CdnWide, 5, &seen).fault, Fault::Recovering);
    assert_eq!(after(Fault::CdnWide, 6, &seen).fault, Fault::Passed);
    assert_eq!(after(Fault::Origin, 3, &seen).fault, Fault::Passed);
}

#[test]
fn what_chromium_throttles_after_errors_says_nothing_beside_the_hosts_word() {
    let refused = Outcome::Failed(Failure::Unrecognized("TypeError: Failed to fetch".into()));
    let refused = observe(Vantage::Browser, Subject::Target, Step::Http, refused);
    let good = by_node(Subject::Target, "cache-lhr1-LHR", 200);
    let is_well = |seen: &[&Observation], failure| crate::are_tries_good(seen, Some(&failure)) == Some(true);
    let after_503 = || Failure::HttpError { status: Some(503) };
    assert!(is_well(&[&refused, &good], after_503()));
    assert!(!is_well(&[&refused, &good], Failure::TcpRefused), "no error of a server's was met");
    assert!(!is_well(&[&refused], after_503()), "nobody else was answered");
    assert_eq!(after(Fault::CdnWide, 3, &[refused, good, fine_anchor()]).fault, Fault::Passed);
}

#[test]
fn a_site_that_is_back_on_another_cdn_has_moved() {
    let headers = [("server".to_owned(), "cloudflare".to_owned()), ("cf-ray".to_owned(), "8-LHR".to_owned())].into();
    let good = observe(
        Host,
        Subject::Target,
        Step::Http,
        Outcome::Answered(Answer { status: 200, headers, ..Answer::default() }),
    );
    let verdict = after(Fault::CdnWide, 1, &[good, fine_anchor()]);
    assert_eq!((verdict.fault, verdict.because), (Fault::Moved, vec![Because::one(Fact::Left, "Fastly")]));
}

#[test]
fn origins_that_are_overrun_after_the_cdns_outage_are_told_from_it() {
    let fine = ["pypi.org", "www.python.org"].map(|host| by_node(Subject::Sibling(host.into()), "cache-lhr1-LHR", 200));
    let own = answer(Host, 503, "<h1>Error 503 first byte timeout</h1><h3>Guru Mediation:</h3>");
    let seen = with(&[own, by_node(Subject::Target, "cache-lhr1-LHR", 200), fine_anchor()], &fine);
    assert_eq!(after(Fault::CdnWide, 0, &seen).fault, Fault::Overloaded);
}
