//! What came before a failure, repeats and their nodes, anchors by address, and the controls after a late failure.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use detour_core::failure::Failure;
use detour_core::observation::{Observation, Outcome, Step, Subject, Vantage};
use detour_core::port::Scope;
use rcgen::CertificateParams;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::faults::{request, say, server, tls_server};
use crate::lab::{Lab, SITE, failed};
use crate::names::Answer;
use crate::services::{Trusted, healthy, http, serve};

#[tokio::test]
async fn a_refused_certificate_is_kept() {
    let trusted = Trusted::new();
    let expired = |params: &mut CertificateParams| params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    for (certified, is_trusted, is_expired) in
        [(SITE, true, true), ("www.other-site.com", true, false), (SITE, false, false)]
    {
        let adjust = |params: &mut CertificateParams| {
            if is_expired {
                expired(params)
            }
        };
        let acceptor = trusted.authority.acceptor(certified, b"http/1.1", adjust);
        let port = tls_server(acceptor, |mut stream| async move { say(&mut stream, "").await }).await;
        let lab = Lab::new().await;
        let lab = if is_trusted { lab.trusting(trusted.pem()) } else { lab };
        let outcomes = lab.check(&format!("https://{SITE}:{port}/")).await;
        let refused = outcomes.seen.iter().find(|seen| failed(seen).is_some()).unwrap();
        let certificate = refused.so_far.as_ref().and_then(|so_far| so_far.certificate.clone()).unwrap();
        assert_eq!((refused.step, certificate.names), (Step::Tls, vec![certified.to_owned()]));
    }
}

#[tokio::test]
async fn of_an_answer_that_broke_off_the_beginning_is_kept() {
    let port = server(|mut stream: TcpStream| async move {
        say(&mut stream, "HTTP/1.1 200 OK\r\nx-served-by: cache-fra1-FRA\r\ncontent-length: 1000\r\n\r\nbegin").await;
    })
    .await;
    let outcomes = Lab::new().await.check(&format!("http://{SITE}:{port}/")).await;
    assert_eq!(outcomes.failures(), [(Step::Http, Failure::HttpContentLengthMismatch)]);
    for broken in outcomes.of(&Subject::Target).filter(|seen| failed(seen).is_some()) {
        let answer = broken.so_far.as_ref().unwrap().answer.as_ref().unwrap();
        let told = (answer.status, answer.header("x-served-by"), answer.body.as_str());
        assert_eq!(told, (200, "cache-fra1-FRA", "begin"));
    }
}

#[tokio::test]
async fn of_a_chain_that_broke_the_names_are_kept() {
    let lab = Lab::new().await;
    lab.names.set(SITE, Answer::BrokenAlias("www.example-site.com.edgekey.net."));
    lab.names.set("www.example-site.com.edgekey.net", Answer::BrokenAlias("e1234.a.akamaiedge.net."));
    lab.names.set("e1234.a.akamaiedge.net", Answer::Code(hickory_proto::op::ResponseCode::ServFail));
    let outcomes = lab.check(&format!("https://{SITE}/")).await;
    assert_eq!(outcomes.failures(), [(Step::Dns, Failure::DnsFailed)]);
    let so_far = outcomes.seen[0].so_far.as_ref().unwrap();
    assert_eq!(so_far.cnames, ["www.example-site.com.edgekey.net", "e1234.a.akamaiedge.net"]);
}

/// A site behind a load balancer of three nodes, of which one is broken.
async fn three_nodes() -> (u16, crate::services::Log) {
    serve(|number, _| {
        let status = if number % 3 == 1 { 502 } else { 200 };
        http(status, &format!("x-served-by: cache-fra{}-FRA\r\n", number % 3), "x".repeat(10_000))
    })
    .await
}

#[tokio::test]
async fn repeats_see_several_nodes() {
    let (port, log) = three_nodes().await;
    let outcomes = Lab::new().await.check(&format!("http://{SITE}:{port}/")).await;
    let answers: Vec<_> = outcomes.of(&Subject::Target).filter_map(|seen| seen.answer()).collect();
    assert_eq!((answers.len(), log.count()), (5, 5));
    let nodes: BTreeSet<&str> = answers.iter().map(|answer| answer.header("x-served-by")).collect();
    assert_eq!(nodes.len(), 3);
    assert!(answers.iter().any(|answer| answer.status == 502) && answers.iter().any(|answer| answer.status == 200));
    // The first tells every step, a repeat its end alone, with less of the body.
    assert_eq!(outcomes.of(&Subject::Target).filter(|seen| seen.outcome == Outcome::Connected).count(), 1);
    let long = answers.iter().filter(|answer| answer.body.len() == 10_000).count();
    assert_eq!((long, answers.iter().filter(|answer| answer.body.len() == 4096).count()), (1, 4));
}

#[tokio::test]
async fn a_second_look_asks_each_address_once() {
    let (port, log) = three_nodes().await;
    let lab = Lab::new().await.scoped(Scope::Again);
    let addresses: Vec<IpAddr> = vec!["127.0.0.1".parse().unwrap(), "127.0.0.2".parse().unwrap()];
    lab.names.set(SITE, Answer::Addresses(addresses));
    let outcomes = lab.check(&format!("http://{SITE}:{port}/")).await;
    assert_eq!(log.count(), 1, "nobody listens on the other address");
    assert_eq!(outcomes.failures(), [(Step::Tcp, Failure::TcpRefused)]);
    assert_eq!(outcomes.of(&Subject::Target).filter(|seen| seen.step == Step::Tcp).count(), 2);
}

#[tokio::test]
async fn anchors_are_measured_by_address_as_well() {
    let trusted = Trusted::new();
    let (works, _) = crate::services::serve_tls(trusted.acceptor("127.0.0.1"), |_, _| Vec::new()).await;
    let (port, _) = healthy().await;
    let mut lab = Lab::new().await.trusting(trusted.pem());
    lab.config.allow_addresses.push("::1/128".parse().unwrap());
    let refusing = format!("[::1]:{}", crate::faults::refusing().await);
    lab.config.anchors.addresses = vec![works, refusing.parse().unwrap(), "10.0.0.1:443".parse().unwrap()];
    let outcomes = lab.check(&format!("http://{SITE}:{port}/")).await;
    let four: Vec<Step> = outcomes.of(&Subject::Anchor("127.0.0.1".into())).map(|seen| seen.step).collect();
    assert_eq!(four, [Step::Tcp, Step::Tls]);
    let six: Vec<_> =
        outcomes.of(&Subject::Anchor("::1".into())).map(|seen| (seen.step, failed(seen).is_some())).collect();
    assert_eq!(six, [(Step::Tcp, true)]);
    assert!(!outcomes.has(|subject| *subject == Subject::Anchor("10.0.0.1".into())), "private and not allowed");
}

#[tokio::test]
async fn a_second_look_hears_the_portal_and_a_deputy_of_the_literal_that_failed() {
    let trusted = Trusted::new();
    let (works, _) = crate::services::serve_tls(trusted.acceptor("127.0.0.1"), |_, _| Vec::new()).await;
    let (port, _) = healthy().await;
    let mut lab = Lab::new().await.trusting(trusted.pem()).scoped(Scope::Again);
    lab.config.allow_addresses.push("::1/128".parse().unwrap());
    let refusing = format!("[::1]:{}", crate::faults::refusing().await);
    lab.config.anchors.addresses = vec![refusing.parse().unwrap(), works];
    lab.config.portal.url = Some(lab.site("portal.example-site.com", port));
    let outcomes = lab.check(&format!("http://{SITE}:{port}/")).await;
    let secured = |seen: &Observation| matches!(seen.outcome, Outcome::Secured(_));
    assert!(outcomes.of(&Subject::Anchor("127.0.0.1".into())).any(secured), "{outcomes:?}");
    assert!(outcomes.answer(&Subject::Portal).is_some());
    lab.config.anchors.addresses = vec![works, refusing.parse().unwrap()];
    let outcomes = lab.check(&format!("http://{SITE}:{port}/")).await;
    assert!(!outcomes.has(|subject| *subject == Subject::Anchor("::1".into())), "one good one is enough");
}

/// A target that resets after a while, an anchor by name and one by address; how often each anchor was asked.
async fn controls_around(failing_after: Duration) -> (usize, usize) {
    let trusted = Trusted::new();
    let (named, log) = healthy().await;
    let (literal, _) = crate::services::serve_tls(trusted.acceptor("127.0.0.1"), |_, _| Vec::new()).await;
    let delay: &'static Duration = Box::leak(Box::new(failing_after));
    let port = server(move |mut stream: TcpStream| async move {
        request(&mut stream).await;
        tokio::time::sleep(*delay).await;
        stream.set_zero_linger().unwrap();
    })
    .await;
    let mut lab = Lab::new().await.trusting(trusted.pem());
    lab.config.anchors.hosts = vec![lab.site("anchor.example-site.com", named)];
    lab.config.anchors.addresses = vec![literal];
    let outcomes = lab.check(&format!("http://{SITE}:{port}/")).await;
    assert_eq!(outcomes.failures(), [(Step::Http, Failure::TcpReset)]);
    let touched = outcomes.of(&Subject::Anchor("127.0.0.1".into())).filter(|seen| seen.step == Step::Tls).count();
    (log.count(), touched)
}

#[tokio::test]
async fn after_a_late_failure_the_controls_are_asked_once_more() {
    assert_eq!(controls_around(Duration::from_millis(1500)).await, (2, 2));
}

#[tokio::test]
async fn after_an_early_failure_the_first_controls_are_good_enough() {
    assert_eq!(controls_around(Duration::ZERO).await, (1, 1));
}

#[tokio::test]
async fn a_target_that_goes_silent_in_its_body_is_told_with_what_came() {
    let port = server(|mut stream: TcpStream| async move {
        request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nbegin").await.unwrap();
        crate::services::never(stream).await;
    })
    .await;
    let outcomes = Lab::new().await.scoped(Scope::Again).check(&format!("http://{SITE}:{port}/")).await;
    let of_target = |seen: &&Observation| seen.subject == Subject::Target;
    let silent = outcomes.seen.iter().filter(of_target).find(|seen| failed(seen).is_some()).unwrap();
    assert_eq!(failed(silent), Some(Failure::HttpTimedOut));
    assert_eq!(silent.so_far.as_ref().unwrap().answer.as_ref().unwrap().body, "begin");
}

#[tokio::test]
async fn a_check_that_nobody_waits_for_stops_at_once() {
    let closed: &'static tokio::sync::Notify = Box::leak(Box::default());
    let port = server(move |mut stream: TcpStream| async move {
        request(&mut stream).await;
        // Ends when the other side goes away, and not before.
        let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut [0]).await;
        closed.notify_one();
    })
    .await;
    let lab = Lab::new().await;
    let instruments = std::sync::Arc::new(lab.config.instruments().unwrap());
    let target = detour_core::target::Target::parse(&format!("http://{SITE}:{port}/")).unwrap();
    let (observed, mut observations) = tokio::sync::mpsc::channel(64);
    let checking = tokio::spawn(detour_host::check::run(instruments, target, Scope::Usual, observed));
    while let Some(seen) = observations.recv().await {
        if seen.outcome == Outcome::Connected && seen.subject == Subject::Target {
            break;
        }
    }
    checking.abort();
    closed.notified().await;
    while observations.recv().await.is_some() {}
}

#[tokio::test]
async fn the_worst_check_makes_less_than_150_observations_and_12_requests_to_the_site() {
    let trusted = Trusted::new();
    let others = crate::names::Names::serve().await;
    let (doh, _) = trusted.doh(&others).await;
    let acceptor = trusted.acceptor(SITE);
    let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let requests: &'static std::sync::atomic::AtomicUsize = Box::leak(Box::default());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                requests.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                request(&mut stream).await;
                tokio::time::sleep(Duration::from_millis(1500)).await;
            });
        }
    });
    let mut lab = Lab::new().await.trusting(trusted.pem()).scoped(Scope::Closer);
    lab.config.resolvers.doh = vec![doh.clone(), doh.clone(), doh];
    let own = (1..=8).map(|last| IpAddr::from([127, 0, 0, last])).collect();
    lab.names.set(SITE, Answer::Alias("dualstack.x.fastly.net.", own));
    others.set(SITE, Answer::Addresses((11..=18).map(|last| IpAddr::from([127, 0, 0, last])).collect()));
    let (anchor, _) = healthy().await;
    let neighbours = |lab: &Lab, kind: &str| {
        (0..3).map(|number| lab.site(&format!("{kind}.number-{number}.com"), anchor)).collect::<Vec<_>>()
    };
    lab.config.anchors.hosts = neighbours(&lab, "anchor");
    lab.config.canaries.insert("Fastly".into(), neighbours(&lab, "canary"));
    let (literal, _) = crate::services::serve_tls(trusted.acceptor("127.0.0.1"), |_, _| Vec::new()).await;
    lab.config.anchors.addresses = vec![literal; 4];
    lab.config.portal.url = Some(lab.site("portal.example-site.com", anchor));
    let (probes, _) = crate::services::serve(crate::remote::all_continents).await;
    lab.config.globalping.api = format!("http://127.0.0.1:{probes}").parse().ok();
    let outcomes = lab.check(&format!("https://{SITE}:{port}/")).await;
    let is_remote = |seen: &&Observation| matches!(seen.vantage, Vantage::Remote(_));
    assert_eq!(outcomes.seen.iter().filter(is_remote).count(), 12, "certificate and answer, six times");
    assert!(outcomes.seen.len() < 150, "{}", outcomes.seen.len());
    let requests = requests.load(std::sync::atomic::Ordering::Relaxed);
    assert!((6..=12).contains(&requests), "{requests}");
}
