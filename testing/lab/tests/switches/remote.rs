//! Measurements from other networks.

use std::time::Duration;

use detour_lab::switch::{Dns, Remote};
use detour_lab::{Behaviour, Lab, Switch};
use serde_json::{Value, json};

use crate::asking::{Answer, builder, get};

const API: &str = "https://api.globalping.io/v1/measurements";
const SITE: &str = "www.theguardian.com";

pub(crate) async fn six_probes_look_at_the_lab_as_it_is(lab: Lab) {
    let created = post(&lab, &request(SITE)).await;
    assert_eq!((created.status, created.header("x-ratelimit-limit")), (202, "250"), "{created:?}");
    let id = parse(&created)["id"].as_str().unwrap().to_owned();
    assert_eq!(created.header("location"), format!("{API}/{id}"));
    assert_eq!(parse(&created)["probesCount"], 6);
    let begun = parse(&get(&lab, created.header("location")).await);
    assert_eq!(
        (&begun["status"], &begun["results"][0]["result"]["status"]),
        (&json!("in-progress"), &json!("in-progress"))
    );
    let finished = finish(&lab, &id).await;
    assert_eq!(finished["target"], SITE);
    let countries: Vec<_> =
        results(&finished).map(|one| one["probe"]["country"].as_str().unwrap().to_owned()).collect();
    assert_eq!(countries, ["DE", "US", "JP", "BR", "AU", "KE"]);
    for one in results(&finished) {
        let result = &one["result"];
        assert_eq!(
            (&result["status"], &result["statusCode"], &result["statusCodeName"]),
            (&json!("finished"), &json!(200), &json!("OK"))
        );
        assert_eq!(
            (&result["headers"]["via"], &result["resolvedAddress"]),
            (&json!("1.1 varnish"), &json!("11.0.1.12"))
        );
        assert!(result["rawBody"].as_str().unwrap().contains("a river back in its bed"));
        assert!(result["tls"]["authorized"] == true && result["timings"]["total"].is_u64(), "{result:#}");
        let names = result["tls"]["subject"]["alt"].as_str().unwrap();
        assert!(names.contains("DNS:www.theguardian.com") && names.contains("DNS:guardian.map.fastly.net"), "{names}");
    }
    lab.set(Switch::edge_fails_for(SITE, true)).await.unwrap();
    for result in measure(&lab, &request(SITE)).await {
        assert!(
            result["statusCode"] == 503 && result["rawBody"].as_str().unwrap().contains("Guru Mediation"),
            "{result:#}"
        );
    }
    let told = lab.log().into_iter().find(|seen| seen.server == "globalping").unwrap();
    assert!(told.method == "POST" && told.path.contains(SITE), "{told:?}");
}

pub(crate) async fn only_a_cdns_certificate_has_the_cdns_names(lab: Lab) {
    for (name, cdn) in [
        ("www.lab-python.org", ".fastly.net"),
        ("www.lab-forum.org", ".cdn.cloudflare.net"),
        ("www.lab-airline.com", ".akamaiedge.net"),
        ("www.lab-allotment.org", ""),
        ("pages.detour-lab.net", ""),
        ("archive.org", ""),
    ] {
        let result = measure(&lab, &request(name)).await.remove(0);
        assert_eq!(result["tls"]["authorized"], true, "{name}");
        let names = result["tls"]["subject"]["alt"].as_str().unwrap();
        for suffix in [".fastly.net", ".cdn.cloudflare.net", ".akamaiedge.net"] {
            assert_eq!(names.contains(suffix), suffix == cdn, "{name}: {names}");
        }
    }
}

pub(crate) async fn probes_are_past_the_users_own_resolver(lab: Lab) {
    // The service's own address is known already: a dead resolver would keep everybody from asking it.
    for mode in [Dns::Poisoned, Dns::Filtered] {
        lab.set(Switch::Dns { name: Some(SITE.into()), mode }).await.unwrap();
        for result in measure(&lab, &request(SITE)).await {
            assert_eq!(result["statusCode"], 200, "{result:#}");
        }
    }
    for (mode, words) in [(Dns::Nxdomain, "ENOTFOUND"), (Dns::Servfail, "ESERVFAIL"), (Dns::Silent, "ETIMEOUT")] {
        lab.set(Switch::Dns { name: Some(SITE.into()), mode }).await.unwrap();
        for result in measure(&lab, &request(SITE)).await {
            check_failed(&result, words);
        }
    }
}

pub(crate) async fn certificates_and_failures_are_told_in_the_services_words(lab: Lab) {
    for (behaviour, error) in [
        (Behaviour::Expired, "CERT_HAS_EXPIRED"),
        (Behaviour::WrongName, "ERR_TLS_CERT_ALTNAME_INVALID"),
        (Behaviour::SelfSigned, "DEPTH_ZERO_SELF_SIGNED_CERT"),
    ] {
        lab.set(Switch::host(SITE, behaviour)).await.unwrap();
        let result = measure(&lab, &request(SITE)).await.remove(0);
        assert_eq!(
            (&result["status"], &result["tls"]["authorized"]),
            (&json!("finished"), &json!(false)),
            "{result:#}"
        );
        assert_eq!(result["tls"]["error"], error);
    }
    for (behaviour, words) in [
        (Behaviour::Refused, "ECONNREFUSED"),
        (Behaviour::ResetHandshake, "before secure TLS connection"),
        (Behaviour::Reset, "ECONNRESET"),
        (Behaviour::Empty, "other side closed"),
        (Behaviour::Truncated, "other side closed"),
        (Behaviour::Garbage, "Parse Error"),
        (Behaviour::Blackhole, "ETIMEDOUT"),
    ] {
        lab.set(Switch::host(SITE, behaviour)).await.unwrap();
        check_failed(&measure(&lab, &request(SITE)).await.remove(0), words);
    }
    let plain =
        json!({ "type": "http", "target": "plainhttp.detour-lab.net", "measurementOptions": { "protocol": "HTTP" } });
    let result = measure(&lab, &plain).await.remove(0);
    assert_eq!(
        (&result["statusCode"], &result["tls"], &result["rawBody"]),
        (&json!(200), &Value::Null, &json!("")),
        "a HEAD"
    );
}

pub(crate) async fn the_finding_can_be_switched(lab: Lab) {
    lab.set(Switch::edge_fails()).await.unwrap();
    lab.set(Switch::Remote { mode: Remote::AllFine }).await.unwrap();
    for result in measure(&lab, &request(SITE)).await {
        assert_eq!((&result["statusCode"], &result["tls"]["authorized"]), (&json!(200), &json!(true)), "only here");
    }
    lab.set(Switch::HealAll).await.unwrap();
    lab.set(Switch::Remote { mode: Remote::AllFail }).await.unwrap();
    for result in measure(&lab, &request(SITE)).await {
        check_failed(&result, "ETIMEDOUT");
    }
    lab.set(Switch::Remote { mode: Remote::Down }).await.unwrap();
    assert!(get(&lab, API).await.error.contains("refused"));
}

pub(crate) async fn refusals_are_as_documented(lab: Lab) {
    lab.set(Switch::Remote { mode: Remote::RateLimited }).await.unwrap();
    let limited = post(&lab, &request(SITE)).await;
    check_refused(&limited, 429, "rate_limit_exceeded");
    assert_eq!((limited.header("x-ratelimit-remaining"), limited.header("x-ratelimit-reset")), ("0", "1800"));
    lab.set(Switch::Remote { mode: Remote::NoProbes }).await.unwrap();
    check_refused(&post(&lab, &request(SITE)).await, 422, "no_probes_found");
    lab.set(Switch::Remote { mode: Remote::Truth }).await.unwrap();
    let nowhere = json!({ "type": "http", "target": SITE, "locations": [{ "country": "FR" }] });
    check_refused(&post(&lab, &nowhere).await, 422, "no_probes_found");
    for bad in [json!({}), json!({ "type": "http", "target": "intranet" }), json!({ "type": "pong", "target": SITE })] {
        check_refused(&post(&lab, &bad).await, 400, "validation_error");
    }
    check_refused(&get(&lab, &format!("{API}/nothing")).await, 404, "not_found");
}

fn request(target: &str) -> Value {
    let one = |continent: &str| json!({ "continent": continent, "tags": ["eyeball-network"], "limit": 1 });
    let continents = ["EU", "NA", "AS", "SA", "OC", "AF"].map(one);
    json!({
        "type": "http", "target": target, "timeout": 5, "inProgressUpdates": false, "locations": continents,
        "measurementOptions": { "protocol": "HTTPS", "port": 443, "request": { "method": "GET", "path": "/" } },
    })
}

async fn post(lab: &Lab, body: &Value) -> Answer {
    let request = builder(lab).build().unwrap().post(API).header("content-type", "application/json");
    let reply = request.body(body.to_string()).send().await.unwrap();
    let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
    Answer { status, headers, body: reply.text().await.unwrap(), error: String::new() }
}

async fn measure(lab: &Lab, body: &Value) -> Vec<Value> {
    let id = parse(&post(lab, body).await)["id"].as_str().unwrap().to_owned();
    results(&finish(lab, &id).await).map(|one| one["result"].clone()).collect()
}

/// Asks again until nothing is in progress, as the service's users do.
async fn finish(lab: &Lab, id: &str) -> Value {
    loop {
        let document = parse(&get(lab, &format!("{API}/{id}")).await);
        if document["status"] == "finished" {
            return document;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn results(document: &Value) -> impl Iterator<Item = &Value> {
    document["results"].as_array().unwrap().iter()
}

fn parse(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{answer:?}"))
}

fn check_failed(result: &Value, words: &str) {
    assert_eq!((&result["status"], &result["failureSource"]), (&json!("failed"), &json!("target")), "{result:#}");
    assert!(result["rawOutput"].as_str().unwrap().contains(words), "{words}: {result:#}");
}

fn check_refused(answer: &Answer, status: u16, kind: &str) {
    assert_eq!((answer.status, &parse(answer)["error"]["type"]), (status, &json!(kind)), "{answer:?}");
}
