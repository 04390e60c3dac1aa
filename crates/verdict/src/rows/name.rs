//! The name: made up, filtered, gone, or failing.

use super::finding::{Finding, controls, found, if_sure, list};
use crate::facts::Facts;
use crate::limits::RESOLVERS;
use crate::names::Names;
use crate::neutral::Neutral;
use crate::sample::Sample;
use crate::{
    Because,
    Confidence::{Low, Medium},
    Fact, Fault,
};
use detour_model::failure::{Failure, Phase};
use detour_model::observation::{Observation, Outcome, Step, Subject, Vantage};

/// 4a: the resolver makes up answers for names that do not exist, and gave the same one for this name.
pub(super) fn made_up(facts: &Facts<'_>) -> Option<Finding> {
    let made_up: Vec<std::net::IpAddr> = resolved(facts, |seen| seen.subject == Subject::Nowhere);
    let is_made_up = addresses(facts, true).iter().any(|address| made_up.contains(address));
    // Where known names lead astray as well, it is the resolver's row that counts.
    if !is_made_up || facts.neutral != Neutral::Fine {
        return None;
    }
    let gone = disagreeing(facts, |outcome| *outcome == Outcome::Failed(Failure::DnsNameNotResolved));
    let answering = disagreeing(facts, |outcome| matches!(outcome, Outcome::Resolved { .. }));
    if !answering.is_empty() {
        return Some(found(Fault::NameFiltered, Medium, list(Fact::ResolversDiffer, answering)));
    }
    Some(found(Fault::NameGone, if_sure(gone.len() >= RESOLVERS), list(Fact::ResolversAgree, gone)))
}

/// 4: the name.
pub(super) fn name(facts: &Facts<'_>) -> Option<Finding> {
    let is_controlled = facts.neutral == Neutral::Fine;
    let led_to = led_to(facts);
    if !led_to.is_empty() {
        return Some(by_own_word(facts, &led_to, is_controlled));
    }
    let own = || facts.seen.iter().filter(|seen| is_own_look_up(seen));
    let is_astray = own().any(|seen| matches!(seen.outcome, Outcome::Resolved { .. })) && is_astray(facts);
    let failures: Vec<Failure> = own().filter_map(|seen| seen.failure()).collect();
    let gone = disagreeing(facts, |outcome| *outcome == Outcome::Failed(Failure::DnsNameNotResolved));
    if failures.is_empty() && !is_astray && gone.len() < RESOLVERS {
        return None;
    }
    if gone.len() >= RESOLVERS {
        return Some(found(Fault::NameGone, if_sure(is_controlled), list(Fact::ResolversAgree, gone)));
    }
    let answering = disagreeing(facts, |outcome| matches!(outcome, Outcome::Resolved { .. }));
    if !answering.is_empty() {
        // A resolver that says no, or leads astray, says something; one that is silent may only be ill.
        let is_word = failures.is_empty() || failures.contains(&Failure::DnsNameNotResolved);
        let sure = if_sure(is_controlled && is_word && is_proven_elsewhere(facts));
        return Some(found(Fault::NameFiltered, sure, list(Fact::ResolversDiffer, answering)));
    }
    let failing = disagreeing(facts, |outcome| matches!(outcome, Outcome::Failed(_)));
    if failing.len() >= RESOLVERS {
        let is_signed_wrong = facts
            .at_resolvers()
            .any(|(_, unchecked, outcome)| unchecked && matches!(outcome, Outcome::Resolved { .. }));
        let mut because = if is_signed_wrong { vec![Because::just(Fact::Dnssec)] } else { Vec::new() };
        because.extend(list(Fact::ResolversAgree, failing));
        return Some(found(Fault::NameFailing, if_sure(is_controlled), because));
    }
    Some(by_own_word(facts, &failures, is_controlled))
}

/// Nobody else was asked: the name's own resolver has the word.
fn by_own_word(facts: &Facts<'_>, failures: &[Failure], is_controlled: bool) -> Finding {
    match (failures.iter().all(|failure| *failure == Failure::DnsNameNotResolved), is_controlled) {
        (true, true) => found(Fault::NameGone, Medium, controls(facts)),
        (true, false) => found(Fault::NameGone, Low, Vec::new()),
        (false, true) => found(Fault::NameFailing, Medium, controls(facts)),
        (false, false) => found(Fault::CantTell, Low, Vec::new()),
    }
}

/// How the name failed that the page's redirects lead to, where every try ended there.
fn led_to(facts: &Facts<'_>) -> Vec<Failure> {
    let is_led = |sample: &Sample<'_>| {
        let is_of_name = sample.failure.as_ref().is_some_and(|failure| failure.phase() == Phase::Dns);
        is_of_name && sample.seen.step == Step::Http
    };
    if facts.samples.iter().all(is_led) {
        facts.bad().filter_map(|sample| sample.failure.clone()).collect()
    } else {
        Vec::new()
    }
}

/// Other resolvers (told to check DNSSEC) whose outcome is of this kind.
pub(super) fn disagreeing(facts: &Facts<'_>, is_meant: impl Fn(&Outcome) -> bool) -> Names {
    let meant = facts.at_resolvers().filter(|(_, unchecked, outcome)| !unchecked && is_meant(outcome));
    Names::of(meant.map(|(server, _, _)| server.to_owned()))
}

/// The system's own look-up of the target's name.
fn is_own_look_up(seen: &Observation) -> bool {
    let is_here = !matches!(seen.vantage, Vantage::Remote(_));
    is_here && seen.subject == Subject::Target && seen.step == Step::Dns && seen.resolver.is_none()
}

/// The addresses that other resolvers gave and the system did not.
fn elsewhere(facts: &Facts<'_>) -> Vec<std::net::IpAddr> {
    let own = addresses(facts, true);
    addresses(facts, false).into_iter().filter(|address| !own.contains(address)).collect()
}

/// The target's addresses: the system's, or those of other resolvers.
fn addresses(facts: &Facts<'_>, is_own: bool) -> Vec<std::net::IpAddr> {
    resolved(facts, |seen| seen.subject == Subject::Target && seen.step == Step::Dns && is_own_look_up(seen) == is_own)
}

/// The addresses that these look-ups found.
fn resolved(facts: &Facts<'_>, is_meant: impl Fn(&Observation) -> bool) -> Vec<std::net::IpAddr> {
    let mut found = Vec::new();
    for seen in facts.seen {
        if is_meant(seen) {
            found.extend(seen.addresses());
        }
    }
    found
}

/// Whether the system's answer shares nothing with the others', and does not prove to be the site's.
fn is_astray(facts: &Facts<'_>) -> bool {
    let others = elsewhere(facts);
    let own = addresses(facts, true);
    let own_works = facts.seen.iter().any(|seen| {
        seen.subject == Subject::Target
            && matches!(seen.outcome, Outcome::Secured(_))
            && seen.address.is_some_and(|address| own.contains(&address))
    });
    let is_shared = addresses(facts, false).iter().any(|address| own.contains(address));
    !others.is_empty() && !is_shared && !own_works && facts.bad().next().is_some()
}

/// Whether an address that only other resolvers gave showed the site's certificate.
fn is_proven_elsewhere(facts: &Facts<'_>) -> bool {
    let others = elsewhere(facts);
    facts.seen.iter().any(|seen| {
        matches!(seen.outcome, Outcome::Secured(_)) && seen.address.is_some_and(|address| others.contains(&address))
    })
}
