use detour_core::failure::Failure;
use detour_core::observation::{Answer, SoFar};

use super::*;

const TARGET: &str = "https://www.example.org/page";
const ON_FASTLY: &str = "dualstack.x.fastly.net";

fn course(target: &str, scope: Scope) -> Course {
    let instruments = Arc::new(Instruments::new(Config::default()).unwrap());
    let mut course = Course::new(instruments, Target::parse(target).unwrap(), scope);
    course.opening();
    course
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
        Order::AskRemote(target, reach) => format!("remote {} {reach:?}", target.host()),
    };
    orders.iter().map(word).collect()
}

#[test]
fn a_second_look_opens_with_the_target_and_one_control_of_each_kind() {
    let instruments = Arc::new(Instruments::new(Config::default()).unwrap());
    let opening = |scope| Course::new(instruments.clone(), Target::parse(TARGET).unwrap(), scope).opening();
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
    let mut again = course(TARGET, Scope::Again);
    assert_eq!(words(&again.note(&failed("1.1.1.1"))), ["touch 8.8.8.8:443"]);
    assert!(again.note(&failed("8.8.8.8")).is_empty());
    assert!(course(TARGET, Scope::Usual).note(&failed("1.1.1.1")).is_empty(), "all are asked anyway");
    let mut without_v4 = course(TARGET, Scope::Again);
    let route =
        Observation::new(Vantage::Host, Subject::Route, Step::Tcp, Outcome::Failed(Failure::TcpAddressUnreachable));
    without_v4.note(&News::Observed(Box::new(Observation { address: "192.0.2.1".parse().ok(), ..route })));
    assert_eq!(words(&without_v4.note(&failed("1.1.1.1"))), ["touch [2620:fe::fe]:443"]);
}

#[test]
fn canaries_wait_for_a_failure_and_for_the_cdns_name() {
    let mut course = course(TARGET, Scope::Usual);
    assert!(course.note(&answered(200)).is_empty());
    assert!(course.note(&answered(503)).is_empty(), "whose canaries?");
    let orders = words(&course.note(&resolved(&["151.101.1.57"], ON_FASTLY)));
    assert_eq!((orders.len(), orders.last().map(String::as_str)), (4, Some("status Fastly")), "{orders:?}");
    assert!(course.note(&answered(503)).is_empty(), "once is enough");
    assert!(course.lose_patience().is_empty());
}

#[test]
fn a_target_that_answers_well_in_time_needs_none() {
    let mut course = course(TARGET, Scope::Usual);
    course.note(&resolved(&["151.101.1.57"], ON_FASTLY));
    course.note(&answered(404));
    assert!(course.lose_patience().is_empty());
}

#[test]
fn silence_is_looked_into_before_it_has_timed_out() {
    let mut silent = course(TARGET, Scope::Again);
    silent.note(&resolved(&["151.101.1.57"], ON_FASTLY));
    assert_eq!(silent.lose_patience().len(), 4, "three canaries and a made-up name");
    let mut stuck = course(TARGET, Scope::Usual);
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
        let mut course = course(TARGET, scope);
        course.note(&resolved(&[ADDRESS], ""));
        news.iter().flat_map(|news| words(&course.note(news))).collect::<Vec<_>>()
    };
    assert_eq!(orders(Scope::Usual, &[refused(), refused()]), ["nowhere"]);
    assert_eq!(orders(Scope::Closer, &[refused()]), ["nowhere"]);
    assert_eq!(orders(Scope::Again, &[refused()]), ["nowhere"]);
    let secured = at_address(Step::Tls, Outcome::Secured(detour_core::observation::Certificate::default()));
    let unavailable = Outcome::Answered(Answer { status: 503, ..Answer::default() });
    assert!(orders(Scope::Usual, &[secured, at_address(Step::Http, unavailable)]).is_empty());
    let mut silent = course(TARGET, Scope::Usual);
    silent.note(&resolved(&[ADDRESS], ""));
    assert_eq!(words(&silent.lose_patience()), ["nowhere"]);
    assert!(!words(&course(TARGET, Scope::Usual).lose_patience()).contains(&"nowhere".to_owned()), "no address yet");
}

#[test]
fn a_canary_of_the_targets_own_site_is_no_canary() {
    let mut course = course("https://pypi.org/simple/", Scope::Again);
    course.note(&resolved(&["151.101.1.57"], ON_FASTLY));
    let orders = words(&course.note(&answered(503)));
    assert!(!orders.is_empty() && orders.iter().all(|order| !order.contains("pypi")), "{orders:?}");
}

#[test]
fn a_broken_chain_of_names_names_the_cdn() {
    let mut course = course(TARGET, Scope::Again);
    let mut failed = Observation::new(Vantage::Host, Subject::Target, Step::Dns, Outcome::Failed(Failure::DnsFailed));
    failed.so_far = Some(Box::new(SoFar { cnames: vec!["e1234.a.akamaiedge.net".into()], ..SoFar::default() }));
    let orders = words(&course.note(&News::Observed(Box::new(failed))));
    assert_eq!(orders[0], "resolvers www.wikipedia.org Anywhere");
    assert!(orders[1].starts_with("canary "), "{orders:?}");
}

#[test]
fn outsiders_learn_a_name_on_the_users_word_alone_and_a_private_one_never() {
    for scope in [Scope::Usual, Scope::Again] {
        assert!(course(TARGET, scope).note(&resolved(&["151.101.1.57"], ON_FASTLY)).is_empty());
    }
    let closer = |news: &[News]| {
        let mut course = course(TARGET, Scope::Closer);
        news.iter().flat_map(|news| words(&course.note(news))).collect::<Vec<_>>()
    };
    let public = closer(&[resolved(&["151.101.1.57"], ON_FASTLY)]);
    assert_eq!(public, ["resolvers www.example.org Anywhere", "remote www.example.org Anywhere"]);
    // Allowed by the config, as in a lab: then only a lab's own services may know.
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
    let instruments = Arc::new(Instruments::new(Config::default()).unwrap());
    let target = Target::parse("https://151.101.1.57/").unwrap();
    let orders = words(&Course::new(instruments, target, Scope::Closer).opening());
    assert_eq!(orders.last().map(String::as_str), Some("remote 151.101.1.57 Anywhere"));
    assert!(orders.iter().all(|order| !order.starts_with("resolvers")));
}

#[test]
fn of_the_addresses_that_others_give_two_a_family_are_followed() {
    let mut course = course(TARGET, Scope::Closer);
    course.note(&resolved(&["151.101.1.57"], ON_FASTLY));
    let News::Observed(mut other) =
        resolved(&["151.101.1.57", "8.8.4.1", "8.8.4.2", "8.8.4.3", "2620:fe::9"], ON_FASTLY)
    else {
        panic!("no observation")
    };
    other.resolver = Some(detour_core::observation::Resolver { server: "9.9.9.9".into(), checking_disabled: false });
    let orders = course.note(&News::Observed(other.clone()));
    let [Order::FetchFrom(_, addresses)] = orders.as_slice() else { panic!("{orders:?}") };
    let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    assert_eq!(addresses, ["8.8.4.1", "8.8.4.2", "2620:fe::9"]);
    assert!(course.note(&News::Observed(other)).is_empty(), "once each");
}
