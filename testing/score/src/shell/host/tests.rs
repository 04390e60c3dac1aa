//! The simulated host keeps the real one's promises.

use detour_outages::{Outage, all};

use super::*;

fn outage(id: &str) -> Outage {
    all().into_iter().find(|outage| outage.id == id).unwrap()
}

fn made(id: &str, site: &str, scope: Scope) -> Check {
    let outage = outage(id);
    let network = Network::new(&outage, 3);
    check(&network, outage.host(site).unwrap(), scope, outage.begins.0 + 20_000, &mut 0)
}

#[test]
fn nobody_outside_learns_the_name_but_on_the_users_word() {
    let asked_outside = |scope| {
        let is_outside = |seen: &Observation| {
            seen.subject == Subject::Target && (seen.resolver.is_some() || matches!(seen.vantage, Vantage::Remote(_)))
        };
        made("bad-pop", "www.gov.uk", scope).observed.iter().any(|(_, seen)| is_outside(seen))
    };
    assert!(!asked_outside(Scope::Usual) && !asked_outside(Scope::Again));
    assert!(asked_outside(Scope::Closer));
}

#[test]
fn probes_look_from_six_continents() {
    let check = made("maintenance", "www.bank-like.net", Scope::Closer);
    let continent = |seen: &Observation| match &seen.vantage {
        Vantage::Remote(place) => Some(place.continent.clone()),
        Vantage::Browser | Vantage::Host => None,
    };
    let continents: std::collections::BTreeSet<String> =
        check.observed.iter().filter_map(|(_, seen)| continent(seen)).collect();
    assert_eq!(continents.into_iter().collect::<Vec<_>>(), ["AF", "AS", "EU", "NA", "OC", "SA"]);
}

#[test]
fn a_check_is_over_in_six_seconds_and_tells_in_order_of_time() {
    for (id, site) in [("cloudflare-2020", "www.shop-like.net"), ("akamai-2021", "www.ups-like.com")] {
        let check = made(id, site, Scope::Closer);
        assert!(check.ended <= outage(id).begins.0 + 20_000 + DEADLINE + 10, "{id}");
        assert!(check.observed.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{id}");
    }
}

#[test]
fn a_site_is_tried_five_times_and_canaries_only_when_it_fails() {
    let ends = |check: &Check| {
        let is_end = |seen: &Observation| {
            seen.subject == Subject::Target && seen.step == Step::Http && seen.vantage == Vantage::Host
        };
        check.observed.iter().filter(|(_, seen)| is_end(seen)).count()
    };
    let has_canary = |check: &Check| check.observed.iter().any(|(_, seen)| matches!(seen.subject, Subject::Sibling(_)));
    let failing = made("maintenance", "www.bank-like.net", Scope::Usual);
    assert!(ends(&failing) >= SAMPLES && has_canary(&failing));
    let well = made("maintenance", "www.theguardian.com", Scope::Usual);
    assert!(ends(&well) >= SAMPLES && !has_canary(&well));
    assert!(ends(&made("maintenance", "www.bank-like.net", Scope::Again)) <= 4);
}

#[test]
fn a_made_up_name_tells_who_makes_names_up() {
    let of_nowhere = |id, site, scope| {
        let check = made(id, site, scope);
        let seen = check.observed.into_iter().map(|(_, seen)| seen).filter(|seen| seen.subject == Subject::Nowhere);
        seen.map(|seen| seen.outcome).collect::<Vec<_>>()
    };
    let advertiser = Outcome::Resolved { addresses: vec![[198, 105, 254, 11].into()], cnames: Vec::new() };
    let typo = "www.wikipeedia-typo.com";
    assert_eq!(of_nowhere("rewriting-resolver", typo, Scope::Usual), std::slice::from_ref(&advertiser));
    assert_eq!(of_nowhere("rewriting-resolver", typo, Scope::Again), [advertiser]);
    assert!(of_nowhere("rewriting-resolver", "www.theguardian.com", Scope::Usual).is_empty());
    let denied = Outcome::Failed(Failure::DnsNameNotResolved);
    assert_eq!(of_nowhere("captive-portal", "www.reddit.com", Scope::Usual), [denied]);
    assert!(of_nowhere("maintenance", "www.bank-like.net", Scope::Usual).is_empty(), "its certificate is good");
}

#[test]
fn a_private_name_is_refused_before_anybody_is_asked() {
    let check = made("split-horizon", "wiki.bigcorp-like.com", Scope::Closer);
    assert!(check.observed.is_empty() && check.end == CheckEnd::PrivateAddress);
}
