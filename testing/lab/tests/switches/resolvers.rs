//! The resolver of the user's network against those that are asked over HTTPS.

use std::time::Duration;

use detour_lab::hosts::{DOH, DOH_ADDRESSES, STRANGER};
use detour_lab::switch::{Dns, Doh};
use detour_lab::{Lab, Switch};
use hickory_proto::op::Message;
use hickory_proto::rr::RecordType;

use crate::asking::{builder, get};
use crate::names::{ask, ask_with, question, read};

const SITE: &str = "www.theguardian.com";
const TRUTH: &str = "guardian.map.fastly.net. 11.0.1.12";
const AIRLINE: &str = "www.lab-airline.com";

pub(crate) async fn a_resolver_that_lies_is_contradicted_over_https(lab: Lab) {
    for server in 0..3 {
        assert_eq!(over_https(&lab, server, &question(SITE, RecordType::A)).await, TRUTH);
    }
    for (name, mode, lie) in [
        (None, Dns::Poisoned, "11.0.8.1"),
        (None, Dns::Silent, "silence"),
        (None, Dns::Servfail, "ServFail"),
        (Some(SITE), Dns::Poisoned, "11.0.8.1"),
        (Some(SITE), Dns::Filtered, "NXDomain"),
    ] {
        lab.set(Switch::Dns { name: name.map(str::to_owned), mode }).await.unwrap();
        assert_eq!(ask(SITE, RecordType::A).await, lie, "{mode:?}");
        assert_eq!(over_https(&lab, 1, &question(SITE, RecordType::A)).await, TRUTH, "{mode:?}");
        let other = ask("www.gov.uk", RecordType::A).await;
        assert_eq!(other == lie, name.is_none(), "{mode:?} {other}");
        lab.set(Switch::HealAll).await.unwrap();
    }
    lab.set(Switch::Dns { name: None, mode: Dns::RewriteNxdomain }).await.unwrap();
    assert_eq!(ask("nobody.example", RecordType::A).await, "11.0.8.1");
    assert_eq!(ask(SITE, RecordType::A).await, TRUTH);
    assert_eq!(over_https(&lab, 2, &question("nobody.example", RecordType::A)).await, "NXDomain");
    let named = Switch::Dns { name: Some(SITE.into()), mode: Dns::RewriteNxdomain };
    assert!(lab.set(named).await.is_err(), "a name exists or does not");
}

pub(crate) async fn a_poisoned_name_leads_to_a_stranger(lab: Lab) {
    lab.set(Switch::Dns { name: Some(SITE.into()), mode: Dns::Poisoned }).await.unwrap();
    let plain = get(&lab, &format!("http://{SITE}/")).await;
    assert!(plain.status == 200 && plain.body.contains("these shoes"), "{plain:?}");
    let secure = get(&lab, &format!("https://{SITE}/")).await;
    assert!(secure.error.contains("certificate not valid for name") && secure.error.contains(STRANGER), "{secure:?}");
    assert_eq!(get(&lab, &format!("https://{STRANGER}/")).await.status, 200);
}

pub(crate) async fn a_broken_zone_is_broken_over_https_too(lab: Lab) {
    for (mode, answer) in [(Dns::Nxdomain, "NXDomain"), (Dns::Servfail, "ServFail"), (Dns::Silent, "silence")] {
        lab.set(Switch::Dns { name: Some(SITE.into()), mode }).await.unwrap();
        assert_eq!(ask(SITE, RecordType::A).await, answer);
        assert_eq!(over_https(&lab, 0, &question(SITE, RecordType::A)).await, answer);
    }
}

pub(crate) async fn a_wrongly_signed_name_answers_to_those_who_do_not_check(lab: Lab) {
    lab.set(Switch::Dns { name: Some(SITE.into()), mode: Dns::Bogus }).await.unwrap();
    let mut unchecked = Message::from_vec(&question(SITE, RecordType::A)).unwrap();
    unchecked.metadata.checking_disabled = true;
    let unchecked = unchecked.to_vec().unwrap();
    assert_eq!(ask(SITE, RecordType::A).await, "ServFail");
    assert_eq!(ask_with(&unchecked).await, TRUTH);
    for server in 0..3 {
        assert_eq!(over_https(&lab, server, &question(SITE, RecordType::A)).await, "ServFail");
        assert_eq!(over_https(&lab, server, &unchecked).await, TRUTH);
    }
}

pub(crate) async fn the_alias_outlives_the_cdns_dns(lab: Lab) {
    assert_eq!(get(&lab, &format!("https://{AIRLINE}/")).await.status, 200);
    lab.set(Switch::DnsSuffix { suffix: "akamaiedge.net".into(), mode: Dns::Servfail }).await.unwrap();
    for name in [AIRLINE, "www.lab-bank.org", "www.lab-shop.net"] {
        assert_eq!(ask(name, RecordType::A).await, "ServFail");
        assert_eq!(over_https(&lab, 0, &question(name, RecordType::AAAA)).await, "ServFail");
        assert!(ask(name, RecordType::CNAME).await.ends_with(".akamaiedge.net."), "{name}");
        assert!(over_https(&lab, 1, &question(name, RecordType::CNAME)).await.ends_with(".akamaiedge.net."));
    }
    assert!(!get(&lab, &format!("https://{AIRLINE}/")).await.error.is_empty());
    assert_eq!(ask(SITE, RecordType::A).await, TRUTH);
    let unknown = Switch::DnsSuffix { suffix: "example.com".into(), mode: Dns::Servfail };
    assert!(lab.set(unknown).await.is_err());
    lab.set(Switch::HealAll).await.unwrap();
    assert_eq!(get(&lab, &format!("https://{AIRLINE}/")).await.status, 200);
}

pub(crate) async fn each_doh_server_is_switched_alone(lab: Lab) {
    let wire = question(SITE, RecordType::A);
    for (mode, answer) in [(Doh::Servfail, "ServFail"), (Doh::Silent, "silence"), (Doh::Refused, "refused")] {
        lab.set(Switch::Doh { server: Some(0), mode }).await.unwrap();
        assert_eq!(over_https(&lab, 0, &wire).await, answer);
        assert_eq!(over_https(&lab, 1, &wire).await, TRUTH);
    }
    lab.set(Switch::Doh { server: None, mode: Doh::Refused }).await.unwrap();
    for server in 0..3 {
        assert_eq!(over_https(&lab, server, &wire).await, "refused");
    }
    assert_eq!(ask(SITE, RecordType::A).await, TRUTH);
    assert!(lab.set(Switch::Doh { server: Some(3), mode: Doh::Answer }).await.is_err());
    lab.set(Switch::Doh { server: None, mode: Doh::Answer }).await.unwrap();
    lab.clear_log();
    assert_eq!(over_https(&lab, 2, &wire).await, TRUTH);
    let log = lab.log();
    let asked: Vec<_> = log.iter().filter(|seen| seen.server == "doh").collect();
    assert_eq!(asked.len(), 1, "{log:#?}");
    assert_eq!((asked[0].host.as_str(), asked[0].method.as_str(), asked[0].status), (SITE, "A", 0));
    assert_eq!(asked[0].path, "11.0.0.83/dns-query");
}

pub(crate) async fn doh_refuses_what_is_no_question(lab: Lab) {
    // A GET with the question in base64url, as RFC 8484 section 4.1.1 has it, and by name.
    let example = "AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB";
    let url = format!("https://{}/dns-query", DOH[0]);
    let reply = builder(&lab).build().unwrap().get(format!("{url}?dns={example}")).send().await.unwrap();
    assert_eq!(reply.version(), reqwest::Version::HTTP_2);
    assert_eq!(reply.headers()["content-type"], "application/dns-message");
    assert_eq!(read(&reply.bytes().await.unwrap()), "NXDomain");
    for (path, status) in [("", 400), ("?dns=A*", 400), ("?dns=AAAA", 400), ("/elsewhere?dns=AAAA", 404)] {
        assert_eq!(get(&lab, &format!("{url}{path}")).await.status, status, "{path}");
    }
    let untyped = builder(&lab).build().unwrap().post(&url).body("x").send().await.unwrap();
    assert_eq!(untyped.status().as_u16(), 415);
    let http1 = builder(&lab).http1_only().build().unwrap().get(format!("{url}?dns={example}")).send().await.unwrap();
    assert_eq!(http1.status().as_u16(), 200);
}

/// POST to the server's address.
async fn over_https(lab: &Lab, server: usize, wire: &[u8]) -> String {
    let client = builder(lab).timeout(Duration::from_millis(400)).build().unwrap();
    let request = client.post(format!("https://{}/dns-query", DOH_ADDRESSES[server]));
    let request = request.header("content-type", "application/dns-message").body(wire.to_vec());
    match request.send().await {
        Ok(reply) => read(&reply.bytes().await.unwrap()),
        Err(error) if error.is_timeout() => "silence".into(),
        Err(error) if error.is_connect() => "refused".into(),
        Err(error) => panic!("{error:?}"),
    }
}
