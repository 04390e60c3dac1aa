//! Your side: no network, a sign-in, a resolver, an address family, a clock.

use super::{Finding, found, if_sure};
use crate::facts::Facts;
use crate::limits::{CLOCK_SKEW, CLOCK_TICK, NEUTRAL_PLACES};
use crate::neutral::{Family, Neutral};
use crate::{
    Because,
    Confidence::{High, Low, Medium},
    Fact, Fault,
};
use detour_model::failure::{Failure, Phase};
use detour_model::observation::{Subject, Vantage};

/// 1: the browser says so itself.
pub(super) fn offline(facts: &Facts<'_>) -> Option<Finding> {
    (facts.failure == Failure::Offline).then(|| found(Fault::You, High, Vec::new()))
}

/// 2: the probe, or everything, is answered by somebody else. A server's own error over a plain connection could
/// still be the site's.
pub(super) fn portal(facts: &Facts<'_>) -> Option<Finding> {
    let is_sure = facts.failure.status().is_none();
    (facts.neutral == Neutral::Portal)
        .then(|| found(Fault::Portal, if_sure(is_sure), vec![Because::just(Fact::ControlsFail)]))
}

/// 6: certificates look out of date because our clock is wrong: by the neutral places' clocks they are good.
pub(super) fn clock(facts: &Facts<'_>) -> Option<Finding> {
    let is_date = |failure: &Failure| *failure == Failure::TlsCertDateInvalid;
    let dated = || facts.bad().filter(|sample| sample.failure.as_ref().is_some_and(is_date));
    if !is_date(&facts.failure) && dated().next().is_none() {
        return None;
    }
    let skew = facts.skew?;
    let certificate =
        dated().find_map(|sample| sample.seen.so_far.as_ref()?.certificate.as_ref().map(|it| (sample.seen.at, it)));
    let is_good_by_others = certificate.map(|(at, certificate)| {
        let theirs = at.0.saturating_add_signed(skew);
        (certificate.not_before.0..=certificate.not_after.0).contains(&theirs)
    });
    match (is_good_by_others, skew.unsigned_abs()) {
        (Some(true), off) if off > CLOCK_TICK => Some(found(Fault::Clock, High, Vec::new())),
        (None, off) if off > CLOCK_SKEW => Some(found(Fault::Clock, High, Vec::new())),
        (Some(_) | None, _) => None,
    }
}

/// 1: nothing neutral answers.
pub(super) fn network_down(facts: &Facts<'_>) -> Option<Finding> {
    match facts.neutral {
        // One neutral place may have its own trouble: in July 2020 a public resolver went with its CDN.
        Neutral::Down if facts.failing_places < NEUTRAL_PLACES => {
            Some(found(Fault::CantTell, Low, vec![Because::just(Fact::ControlsFail)]))
        }
        Neutral::Down => Some(found(Fault::You, High, vec![Because::just(Fact::ControlsFail)])),
        Neutral::Lost => Some(found(Fault::You, Medium, vec![Because::just(Fact::ControlsFail)])),
        Neutral::Unseen | Neutral::Fine | Neutral::NoNames { .. } | Neutral::Portal => None,
    }
}

/// 3: known names cannot be found, or lead astray, while the places themselves answer.
pub(super) fn resolver(facts: &Facts<'_>) -> Option<Finding> {
    let Neutral::NoNames { sure } = facts.neutral else { return None };
    Some(found(Fault::Resolver, if_sure(sure), vec![Because::just(Fact::ControlsFail)]))
}

/// 1, the lesser half: one address family fails for everything, and the browser tried that one.
pub(super) fn address_family(facts: &Facts<'_>) -> Option<Finding> {
    let family = facts.broken_family?;
    let is_connection = matches!(facts.failure.phase(), Phase::Tcp | Phase::Tls | Phase::Http);
    let is_there = facts.seen.iter().any(|seen| {
        let is_target = seen.subject == Subject::Target && seen.failure().is_some();
        is_target && seen.address.is_some_and(|address| Family::of(address) == family)
    });
    let other_fails = facts.by(&Vantage::Host).any(|sample| !sample.is_good());
    if !is_connection || !is_there || other_fails {
        return None;
    }
    Some(found(Fault::AddressFamily, High, vec![Because::one(Fact::Only, family.name())]))
}
