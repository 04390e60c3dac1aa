use detour_model::failure::Failure;
use detour_model::observation::{Answer, SoFar};

use super::*;
use crate::contacts::StatusPage;

const TARGET: &str = "https://www.example.org/page";
const ON_FASTLY: &str = "dualstack.x.fastly.net";

/// Controls of each kind, and for Fastly and Akamai what a failing site leads to.
fn contacts() -> Contacts {
    let targets = |urls: &[&str]| urls.iter().map(|url| Target::parse(url).unwrap()).collect::<Vec<_>>();
    let status = Target::parse("https://status.example.com/").unwrap();
    Contacts {
        anchors: targets(&["https://www.wikipedia.org/", "https://www.google.com/", "https://www.debian.org/"]),
        literals: ["1.1.1.1:443", "8.8.8.8:443", "9.9.9.9:443", "[2620:fe::fe]:443"]
            .map(|text| text.parse().unwrap())
            .into(),
        portal: Target::parse("http://portal.example.com/").ok(),
        canaries: [
            (
                "Fastly".to_owned(),
                targets(&["https://www.gov.uk/", "https://pypi.org/", "https://a.com/", "https://b.com/"]),
            ),
            ("Akamai".to_owned(), targets(&["https://www.ibm.com/"])),
        ]
        .into(),
        status_pages: [("Fastly".to_owned(), StatusPage::Summary(status))].into(),
        ask_made_up_name: true,
        ..Contacts::default()
    }
}

fn planner(target: &str, scope: Scope) -> Planner {
    let contacts = Arc::new(contacts());
    let mut planner = Planner::new(contacts, Target::parse(target).unwrap(), scope);
    planner.opening();
    planner
}

fn seen(step: Step, outcome: Outcome) -> News {
    News::Observed(Box::new(Observation::new(Vantage::Host, Subject::Target, step, outcome)))
}

fn resolved(addresses: &[&str], cname: &str) -> News {
    let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
    seen(Step::Dns, Outcome::Resolved { addresses, cnames: vec![cname.to_owned()] })
}

fn answered(status: u16) -> News {
    seen(Step::Http, Outcome::Answered(Answer { status, ..Answer::default() }))
}

/// Short words for orders.
fn words(orders: &[Order]) -> Vec<String> {
    let word = |order: &Order| match order {
        Order::Fetch(fetch) | Order::FetchFrom(fetch, _) if matches!(fetch.subject, Subject::Sibling(_)) => {
            format!("canary {}", fetch.target.host())
        }
        Order::Fetch(fetch) | Order::FetchFrom(fetch, _) => format!("{:?}", fetch.subject),
        Order::Touch(address, _) => format!("touch {address}"),
        Order::AskResolvers { name, reach, .. } => format!("resolvers {name} {reach:?}"),
        Order::LookUpNowhere => "nowhere".to_owned(),
        Order::ReadStatusPage { cdn, .. } => format!("status {cdn}"),
        Order::LookAtProxy(server) => format!("proxy {server}"),
        Order::AskRemote(target, reach) => format!("remote {} {reach:?}", target.host()),
        Order::LookAtOwnNetwork => "own network".to_owned(),
    };
    orders.iter().map(word).collect()
}

#[test]
fn a_recheck_opens_with_the_target_and_one_control_of_each_kind() {
    let contacts = Arc::new(contacts());
    let opening = |scope| Planner::new(contacts.clone(), Target::parse(TARGET).unwrap(), scope).opening();
    let again = words(&opening(Scope::Again));
    assert_eq!(again, ["Target", "Anchor(\"www.wikipedia.org\")", "touch 1.1.1.1:443", "Portal"]);
    let usual = words(&opening(Scope::Usual));
    assert_eq!(usual.len(), 1 + 3 + 4 + 1, "{usual:?}");
    assert_eq!(usual, words(&opening(Scope::Closer)));
}

#[test]
fn a_second_looks_literal_that_fails_has_one_deputy() {
    let failed = |host: &str| {
        let outcome = Outcome::Failed(Failure::TcpTimedOut);
        let subject = Subject::Anchor(host.to_owned());
        let seen = Observation::new(Vantage::Host, subject, Step::Tcp, outcome);
        News::Observed(Box::new(Observation { address: host.parse().ok(), ..seen }))
    };
    let mut again = planner(TARGET, Scope::Again);
    assert_eq!(words(&again.note(&failed("1.1.1.1"))), ["touch 8.8.8.8:443", "own network"]);
    assert!(again.note(&failed("8.8.8.8")).is_empty());
    let usual = planner(TARGET, Scope::Usual).note(&failed("1.1.1.1"));
    assert_eq!(words(&usual), ["own network"], "all are asked anyway");
    let mut without_v4 = planner(TARGET, Scope::Again);
    let route =
        Observation::new(Vantage::Host, Subject::Route, Step::Tcp, Outcome::Failed(Failure::TcpAddressUnreachable));
    without_v4.note(&News::Observed(Box::new(Observation { address: "192.0.2.1".parse().ok(), ..route })));
    assert_eq!(words(&without_v4.note(&failed("1.1.1.1"))), ["touch [2620:fe::fe]:443"]);
}

#[test]
fn a_control_that_fails_has_this_computer_look_at_its_own_network_once() {
    let portal = |failure| {
        let seen = Observation::new(Vantage::Host, Subject::Portal, Step::Dns, Outcome::Failed(failure));
        News::Observed(Box::new(seen))
    };
    let mut own = planner(TARGET, Scope::Usual);
    assert!(own.note(&answered(503)).is_empty(), "a site that fails says nothing of this network");
    assert_eq!(words(&own.note(&portal(Failure::DnsUnreachable))), ["own network"]);
    assert!(own.note(&portal(Failure::DnsUnreachable)).is_empty());
    let server = Arc::new(ProxyServer::parse("http://proxy.example:3128").unwrap());
    let mut behind_proxy = planner(TARGET, Scope::Usual).through(server);
    assert!(behind_proxy.note(&portal(Failure::HttpTimedOut)).is_empty(), "the way out is the proxy's affair");
}

#[test]
fn a_network_that_leads_nowhere_is_looked_at_and_one_that_lacks_a_family_is_not() {
    let no_route = |address: &str| {
        let failed = Outcome::Failed(Failure::TcpAddressUnreachable);
        let seen = Observation::new(Vantage::Host, Subject::Route, Step::Tcp, failed);
        News::Observed(Box::new(Observation { address: address.parse().ok(), ..seen }))
    };
    let failed = |address: &str| {
        let failed = Outcome::Failed(Failure::TcpAddressUnreachable);
        let seen = Observation::new(Vantage::Host, Subject::Anchor(address.into()), Step::Tcp, failed);
        News::Observed(Box::new(Observation { address: address.parse().ok(), ..seen }))
    };
    let mut lacks_v6 = planner(TARGET, Scope::Usual);
    lacks_v6.note(&no_route("2001:db8::1"));
    assert!(lacks_v6.note(&failed("2620:fe::fe")).is_empty());
    assert_eq!(words(&lacks_v6.note(&failed("1.1.1.1"))), ["own network"]);
    let mut nowhere = planner(TARGET, Scope::Usual);
    nowhere.note(&no_route("2001:db8::1"));
    nowhere.note(&no_route("192.0.2.1"));
    assert_eq!(words(&nowhere.note(&failed("1.1.1.1"))), ["own network"]);
}

#[test]
fn canaries_wait_for_a_failure_and_for_the_cdns_name() {
    let mut planner = planner(TARGET, Scope::Usual);
    assert!(planner.note(&answered(200)).is_empty());
    assert!(planner.note(&answered(503)).is_empty(), "whose canaries?");
    let orders = words(&planner.note(&resolved(&["151.101.1.57"], ON_FASTLY)));
    assert_eq!((orders.len(), orders.last().map(String::as_str)), (4, Some("status Fastly")), "{orders:?}");
    assert!(planner.note(&answered(503)).is_empty(), "once is enough");
    assert!(planner.lose_patience().is_empty());
}

#[test]
fn a_target_that_answers_well_in_time_needs_none() {
    let mut planner = planner(TARGET, Scope::Usual);
    planner.note(&resolved(&["151.101.1.57"], ON_FASTLY));
    planner.note(&answered(404));
    assert!(planner.lose_patience().is_empty());
}

#[test]
fn silence_is_looked_into_before_it_has_timed_out() {
    let mut silent = planner(TARGET, Scope::Again);
    silent.note(&resolved(&["151.101.1.57"], ON_FASTLY));
    assert_eq!(silent.lose_patience().len(), 4, "three canaries and a made-up name");
    let mut stuck = planner(TARGET, Scope::Usual);
    assert_eq!(words(&stuck.lose_patience()), ["resolvers www.wikipedia.org Anywhere"]);
}

#[test]
fn a_made_up_name_is_asked_for_once_and_not_where_a_certificate_was_shown() {
    const ADDRESS: &str = "198.105.254.11";
    let at_address = |step, outcome| {
        let seen = Observation::new(Vantage::Host, Subject::Target, step, outcome);
        News::Observed(Box::new(Observation { address: ADDRESS.parse().ok(), ..seen }))
    };
    let refused = || at_address(Step::Tcp, Outcome::Failed(Failure::TcpRefused));
    let orders = |scope, news: &[News]| {
        let mut planner = planner(TARGET, scope);
        planner.note(&resolved(&[ADDRESS], ""));
        news.iter().flat_map(|news| words(&planner.note(news))).collect::<Vec<_>>()
    };
    assert_eq!(orders(Scope::Usual, &[refused(), refused()]), ["nowhere"]);
    assert_eq!(orders(Scope::Closer, &[refused()]), ["nowhere"]);
    assert_eq!(orders(Scope::Again, &[refused()]), ["nowhere"]);
    let secured = at_address(Step::Tls, Outcome::Secured(detour_model::observation::Certificate::default()));
    let unavailable = Outcome::Answered(Answer { status: 503, ..Answer::default() });
    assert!(orders(Scope::Usual, &[secured, at_address(Step::Http, unavailable)]).is_empty());
    let mut silent = planner(TARGET, Scope::Usual);
    silent.note(&resolved(&[ADDRESS], ""));
    assert_eq!(words(&silent.lose_patience()), ["nowhere"]);
    assert!(!words(&planner(TARGET, Scope::Usual).lose_patience()).contains(&"nowhere".to_owned()), "no address yet");
}

#[test]
fn a_canary_of_the_targets_own_site_is_no_canary() {
    let mut planner = planner("https://pypi.org/simple/", Scope::Again);
    planner.note(&resolved(&["151.101.1.57"], ON_FASTLY));
    let orders = words(&planner.note(&answered(503)));
    assert!(!orders.is_empty() && orders.iter().all(|order| !order.contains("pypi")), "{orders:?}");
}

#[test]
fn a_broken_chain_of_names_names_the_cdn() {
    let mut planner = planner(TARGET, Scope::Again);
    let mut failed = Observation::new(Vantage::Host, Subject::Target, Step::Dns, Outcome::Failed(Failure::DnsFailed));
    failed.so_far = Some(Box::new(SoFar { cnames: vec!["e1234.a.akamaiedge.net".into()], ..SoFar::default() }));
    let orders = words(&planner.note(&News::Observed(Box::new(failed))));
    assert_eq!(orders[0], "resolvers www.wikipedia.org Anywhere");
    assert!(orders[1].starts_with("canary "), "{orders:?}");
}

#[test]
fn outsiders_learn_a_name_on_the_users_word_alone_and_a_private_one_never() {
    for scope in [Scope::Usual, Scope::Again] {
        assert!(planner(TARGET, scope).note(&resolved(&["151.101.1.57"], ON_FASTLY)).is_empty());
    }
    let closer = |news: &[News]| {
        let mut planner = planner(TARGET, Scope::Closer);
        news.iter().flat_map(|news| words(&planner.note(news))).collect::<Vec<_>>()
    };
    let public = closer(&[resolved(&["151.101.1.57"], ON_FASTLY)]);
    assert_eq!(public, ["resolvers www.example.org Anywhere", "remote www.example.org Anywhere"]);
    // Allowed by the contacts, as in a lab: then only a lab's own services may know.
    let private = closer(&[resolved(&["127.0.0.1"], ON_FASTLY)]);
    assert_eq!(private, ["resolvers www.example.org PrivateOnly", "remote www.example.org PrivateOnly"]);
    assert!(closer(&[News::PrivateName, resolved(&["151.101.1.57"], ON_FASTLY)]).is_empty());
}

#[test]
fn private_only_covers_no_public_service() {
    assert!(!Reach::PrivateOnly.covers("1.1.1.1".parse().unwrap()));
    assert!(Reach::PrivateOnly.covers("127.0.0.1".parse().unwrap()));
    assert!(Reach::Anywhere.covers("1.1.1.1".parse().unwrap()));
}

#[test]
fn a_literal_target_is_measured_from_afar_without_waiting_for_a_name() {
    let contacts = Arc::new(contacts());
    let target = Target::parse("https://151.101.1.57/").unwrap();
    let orders = words(&Planner::new(contacts, target, Scope::Closer).opening());
    assert_eq!(orders.last().map(String::as_str), Some("remote 151.101.1.57 Anywhere"));
    assert!(orders.iter().all(|order| !order.starts_with("resolvers")));
}

#[test]
fn of_the_addresses_that_others_give_two_a_family_are_followed() {
    let mut planner = planner(TARGET, Scope::Closer);
    planner.note(&resolved(&["151.101.1.57"], ON_FASTLY));
    let News::Observed(mut other) =
        resolved(&["151.101.1.57", "8.8.4.1", "8.8.4.2", "8.8.4.3", "2620:fe::9"], ON_FASTLY)
    else {
        panic!("no observation")
    };
    other.resolver = Some(detour_model::observation::Resolver { server: "9.9.9.9".into(), checking_disabled: false });
    let orders = planner.note(&News::Observed(other.clone()));
    let [Order::FetchFrom(_, addresses)] = orders.as_slice() else { panic!("{orders:?}") };
    let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    assert_eq!(addresses, ["8.8.4.1", "8.8.4.2", "2620:fe::9"]);
    assert!(planner.note(&News::Observed(other)).is_empty(), "once each");
}

#[test]
fn a_private_answer_is_the_networks_where_other_names_lead_astray_as_well() {
    let dns = |subject: Subject, outcome: Outcome| {
        News::Observed(Box::new(Observation::new(Vantage::Host, subject, Step::Dns, outcome)))
    };
    let anchor = || Subject::Anchor("www.wikipedia.org".to_owned());
    let found = || Outcome::Resolved { addresses: vec!["192.0.2.1".parse().unwrap()], cnames: Vec::new() };
    let lost = || Outcome::Failed(Failure::DnsFailed);
    for (news, is_astray) in [
        (vec![], false),
        (vec![dns(anchor(), found())], false),
        (vec![dns(anchor(), lost())], true),
        (vec![dns(anchor(), lost()), dns(anchor(), found())], false),
        (vec![dns(anchor(), found()), dns(Subject::Nowhere, found())], true),
        (vec![dns(Subject::Nowhere, lost())], false),
    ] {
        let mut planner = planner(TARGET, Scope::Usual);
        for news in &news {
            planner.note(news);
        }
        assert_eq!(planner.do_names_lead_astray(), is_astray, "{news:?}");
    }
    let mut asking = planner(TARGET, Scope::Usual);
    assert_eq!(asking.note_private(), Some(Order::LookUpNowhere));
    assert_eq!(asking.note_private(), None, "once");
    assert_eq!(planner(TARGET, Scope::Target).note_private(), None, "nobody else is asked about parts");
}
