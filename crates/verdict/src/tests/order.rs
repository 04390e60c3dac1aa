//! What holds for any evidence at all, in any order.

use proptest::prelude::*;

use super::*;
use detour_model::observation::{Certificate, Indicator, Place, Report, Resolver, SoFar};

fn vantage() -> impl Strategy<Value = Vantage> {
    let place = |continent: &str| Vantage::Remote(Place { continent: continent.into(), ..Place::default() });
    prop_oneof![4 => Just(Browser), 8 => Just(Host), 1 => Just(place("EU")), 1 => Just(place("AS"))]
}

fn subject() -> impl Strategy<Value = Subject> {
    prop_oneof![
        8 => Just(Subject::Target),
        2 => Just(Subject::Anchor("one.example.org".into())),
        2 => Just(Subject::Anchor("two.example.net".into())),
        2 => Just(Subject::Anchor("9.9.9.9".into())),
        2 => Just(Subject::Portal),
        1 => Just(Subject::Route),
        2 => Just(Subject::Sibling("pypi.org".into())),
        2 => Just(Subject::Sibling("www.python.org".into())),
        2 => Just(Subject::Sibling("www.gov.uk".into())),
        2 => Just(Subject::Visited("www.reddit.com".into())),
        2 => Just(Subject::Visited("www.one-hostile.com".into())),
        2 => Just(Subject::Visited("www.two-hostile.net".into())),
        2 => Just(Subject::Visited("three-hostile.github.io".into())),
        1 => Just(Subject::Part("static.example.net".into())),
        1 => Just(Subject::StatusPage("Fastly".into())),
        1 => Just(Subject::RemoteApi("api.globalping.io".into())),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![Just(Step::Dns), Just(Step::Tcp), Just(Step::Tls), Just(Step::Http)]
}

pub(super) fn failure() -> impl Strategy<Value = Failure> {
    prop_oneof![
        Just(Failure::DnsNameNotResolved),
        Just(Failure::DnsFailed),
        Just(Failure::TcpTimedOut),
        Just(Failure::TcpRefused),
        Just(Failure::TcpAddressUnreachable),
        Just(Failure::TlsCertDateInvalid),
        Just(Failure::TlsCertAuthorityInvalid),
        Just(Failure::HttpError { status: Some(503) }),
        Just(Failure::HttpResponseEmpty),
        Just(Failure::Unrecognized("TypeError".into())),
        Just(Failure::Offline),
    ]
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let answer = (
        prop_oneof![Just(200_u16), Just(204), Just(302), Just(403), Just(503), Just(522)],
        prop_oneof![Just("cache-lhr1-LHR"), Just("cache-ams2-AMS"), Just("")],
        prop_oneof![Just(""), Just(PAGE), Just("<h1>hotel</h1>"), Just("just a moment...")],
    );
    prop_oneof![
        3 => prop::collection::vec(prop_oneof![Just("151.101.1.57"), Just("104.16.1.1"), Just("2606:4700::1")], 0..3)
            .prop_map(|texts| Outcome::Resolved {
                addresses: texts.iter().map(|text| text.parse().unwrap()).collect(),
                cnames: vec!["x.map.fastly.net".into()],
            }),
        1 => Just(Outcome::Connected),
        2 => Just(Outcome::Secured(Certificate::default())),
        1 => Just(Outcome::Reported(Report { indicator: Indicator::Critical, description: "down".into() })),
        6 => answer.prop_map(|(status, node, body)| {
            let headers = if node.is_empty() { Default::default() } else { [("x-served-by".to_owned(), node.to_owned())].into() };
            Outcome::Answered(Answer { status, headers, body: body.to_owned() })
        }),
        6 => failure().prop_map(Outcome::Failed),
    ]
}

prop_compose! {
    pub(super) fn observation()(
        vantage in vantage(),
        subject in subject(),
        step in step(),
        outcome in outcome(),
        at in 0_u64..8_000,
        duration_ms in 0_u64..4_000,
        address in prop::option::of(prop_oneof![Just("151.101.1.57"), Just("2606:4700::1")]),
        resolver in prop::option::weighted(0.15, any::<bool>()),
        has_chain in prop::bool::weighted(0.1),
    ) -> Observation {
        Observation {
            at: Millis(1_623_145_620_000 + at),
            duration_ms,
            address: address.map(|text| text.parse().unwrap()),
            resolver: resolver.map(|checking_disabled| Resolver { server: "9.9.9.9".into(), checking_disabled }),
            so_far: has_chain.then(|| Box::new(SoFar { cnames: vec!["e1.akamaiedge.net".into()], ..SoFar::default() })),
            ..Observation::new(vantage, subject, step, outcome)
        }
    }
}

fn before() -> impl Strategy<Value = Option<Before>> {
    let fault = prop_oneof![Just(Fault::CdnWide), Just(Fault::Origin), Just(Fault::Edge)];
    let cdn = prop_oneof![Just(None), Just(Some("Cloudflare".to_owned()))];
    prop::option::of((fault, cdn, 0_u8..4).prop_map(|(fault, cdn, good)| Before {
        fault,
        cdn,
        good,
        relapses: 0,
        is_called: false,
    }))
}

pub(super) fn of(url: &str, failure: &Failure, before: Option<&Before>, seen: &[Observation]) -> Verdict {
    let target = Target::parse(url).unwrap();
    let seen: Vec<&Observation> = seen.iter().collect();
    judge(&Case {
        target: &target,
        failure: Some(failure),
        seen: &seen,
        published: None,
        before,
        now: Millis(1_623_145_630_000),
    })
}

fn mark_of(url: &str, seen: &[Observation], index: usize) -> Mark {
    let target = Target::parse(url).unwrap();
    let all: Vec<&Observation> = seen.iter().collect();
    Controls::of(&all, &target).mark(&seen[index])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn no_evidence_is_too_odd_to_judge_and_its_order_does_not_matter(
        failure in failure(),
        before in before(),
        mut seen in prop::collection::vec(observation(), 0..14),
        swaps in prop::collection::vec((0_usize..14, 0_usize..14), 0..14),
        is_https in any::<bool>(),
    ) {
        let url = if is_https { "https://www.theguardian.com/" } else { "http://www.theguardian.com/" };
        let first = of(url, &failure, before.as_ref(), &seen);
        for (a, b) in swaps {
            if a < seen.len() && b < seen.len() {
                seen.swap(a, b);
            }
        }
        prop_assert_eq!(of(url, &failure, before.as_ref(), &seen), first);
    }

    #[test]
    fn what_nothing_explains_never_makes_a_verdict_surer(
        failure in failure(),
        before in before(),
        mut seen in prop::collection::vec(observation(), 0..6),
        one_more in observation(),
        failed in failure(),
    ) {
        let url = "http://www.theguardian.com/"; // over TLS, an answer explains itself
        let subject = if matches!(one_more.subject, Subject::Sibling(_)) { one_more.subject } else { Subject::Target };
        let one_more = Observation { subject, vantage: Host, outcome: Outcome::Failed(failed), ..one_more };
        let without = of(url, &failure, before.as_ref(), &seen);
        seen.push(one_more);
        prop_assume!(mark_of(url, &seen, seen.len() - 1) == Mark::Unexplained);
        let with = of(url, &failure, before.as_ref(), &seen);
        // Confidence is declared best first.
        prop_assert!(with.confidence >= without.confidence, "{:?} became {:?}", without, with);
    }

    #[test]
    fn what_pages_can_write_never_makes_an_outage_of_a_cdn(
        failure in failure(),
        seen in prop::collection::vec(by_pages(), 0..12),
    ) {
        // Whatever is said by the page itself and by other pages that the user has opened, also through the host: their
        // owners can be on a CDN, and answer with its error page.
        let verdict = of("https://www.hostile.com/", &failure, None, &seen);
        prop_assert!(!verdict.fault.is_cdn_wide(), "{:?}", verdict);
        prop_assert!(!verdict.because.iter().any(|because| because.fact == Fact::SiblingsFail), "{:?}", verdict);
    }

    #[test]
    fn without_what_no_page_can_write_nothing_is_left_of_a_cdns_outage(
        failure in failure(),
        before in before(),
        mut seen in prop::collection::vec(observation(), 0..14),
    ) {
        seen.retain(|seen| seen.vantage == Browser && seen.subject.host() != Some("www.reddit.com"));
        for one in &mut seen {
            let kind = &one.subject;
            if let Subject::Sibling(host) = kind {
                one.subject = Subject::Visited(format!("{}.hostile-{}.org", host, host.len()));
            }
        }
        let verdict = of("https://www.hostile.com/", &failure, before.as_ref(), &seen);
        prop_assert!(!verdict.fault.is_cdn_wide(), "{:?}", verdict);
    }

    #[test]
    fn hostile_pages_beside_a_real_site_change_nothing_about_its_cdn(
        failure in failure(),
        seen in prop::collection::vec(observation(), 0..14),
        hostile in prop::collection::vec(by_pages(), 0..8),
    ) {
        let own: Vec<Observation> = seen.into_iter().filter(|seen| !is_hostile(seen)).collect();
        let hostile = hostile.into_iter().filter(is_hostile);
        let with: Vec<Observation> = own.iter().cloned().chain(hostile).collect();
        let (with, without) = (of("https://www.theguardian.com/", &failure, None, &with), of("https://www.theguardian.com/", &failure, None, &own));
        prop_assert_eq!(with.fault.is_cdn_wide(), without.fault.is_cdn_wide(), "{:?} {:?}", with, without);
        if without.fault.is_cdn_wide() {
            prop_assert_eq!(with, without);
        }
    }
}

/// Whether it is of a site that anybody could have opened for the user.
fn is_hostile(seen: &Observation) -> bool {
    matches!(&seen.subject, Subject::Visited(host) if host != "www.reddit.com")
}

/// What three pages, and a fourth, make the browser and the host see: errors of one CDN, mostly, from several places.
fn by_pages() -> impl Strategy<Value = Observation> {
    let subject = prop_oneof![
        2 => Just(Subject::Target),
        2 => Just(Subject::Visited("www.one-hostile.com".into())),
        2 => Just(Subject::Visited("www.two-hostile.net".into())),
        2 => Just(Subject::Visited("three-hostile.github.io".into())),
    ];
    let vantage = prop_oneof![Just(Browser), Just(Host)];
    (observation(), subject, vantage, 0_usize..3).prop_map(|(seen, subject, vantage, pop)| {
        let headers = ["cache-lhr1-LHR", "cache-ams2-AMS", "cache-fra3-FRA"];
        let headers = [("server", "Varnish"), ("x-served-by", headers[pop]), ("retry-after", "0")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let forged = Outcome::Answered(Answer { status: 503, headers, body: PAGE.into() });
        let outcome = if pop == 2 { seen.outcome.clone() } else { forged };
        Observation { subject, vantage, outcome, resolver: None, ..seen }
    })
}
