//! The site: its servers, its certificate, its connections.

use super::mixed::comes_and_goes;
use super::{Finding, controls, count_siblings, found, has_lasted, if_sure, remote, siblings};
use crate::facts::{Facts, Sample};
use crate::limits::{CLOCK_TICK, REMOTE_CONTINENTS};
use crate::neutral::Neutral;
use crate::{
    Confidence::{High, Low, Medium},
    Fault,
};
use detour_cdn::MadeBy;
use detour_model::failure::Failure;
use detour_model::observation::{Observation, Subject, Vantage};

/// 0: a bot challenge or a block.
pub(super) fn challenge(facts: &Facts<'_>) -> Option<Finding> {
    facts
        .samples
        .iter()
        .any(|sample| sample.answer.is_some() && sample.reading.is_block)
        .then(|| found(Fault::Challenge, High, Vec::new()))
}

/// 7, 8 and soft outages: a server made an error; whose server?
pub(super) fn server(facts: &Facts<'_>) -> Option<Finding> {
    if !facts.has_error() {
        return None;
    }
    if facts.bad().next().is_none() && facts.good().next().is_some() {
        return None; // fine now
    }
    if facts.samples.iter().any(Sample::is_soft) {
        return Some(found(Fault::SoftOutage, Medium, siblings(facts)));
    }
    let (failing, fine) = count_siblings(facts);
    let by_host = facts.by(&Vantage::Host).any(|sample| sample.answer.is_some());
    let by_remote = facts.fails_in.continents.len() >= REMOTE_CONTINENTS;
    // Behind a CDN its other sites are the control: while one of them fails as well, nobody's view of this one site, not
    // even from other continents, tells whose fault it is.
    let is_alone = failing == 0 && !facts.does_another_fail();
    let is_controlled = facts.cdn.is_none() || (is_alone && (fine >= 2 || by_remote));
    let sure = if_sure(by_host && is_controlled);
    let mut because = siblings(facts);
    because.extend(remote(facts));
    let is_between = facts.errors().next().is_some() && facts.errors().all(|sample| sample.reading.blames_connection);
    Some(match facts.errors().filter_map(Sample::made_by).min() {
        Some(MadeBy::Edge) if is_between && fine >= 2 && is_alone => found(Fault::Origin, Medium, because),
        // At the beginning of an outage for a part of the tries, two healthy siblings may be luck: it has to last.
        Some(MadeBy::Edge) => {
            let is_alone = is_alone && (has_lasted(facts, Fault::Edge) || by_remote);
            // By the page alone it is the page that says so.
            let is_only_said = !facts.has_host && !facts.is_well_known;
            let confidence = if is_only_said { Low } else { Medium };
            found(Fault::Edge, if is_alone && !is_only_said { sure } else { confidence }, because)
        }
        Some(MadeBy::EdgeBlamingOrigin | MadeBy::Origin) => found(Fault::Origin, sure, because),
        Some(MadeBy::Unknown) => found(Fault::Server, sure, because),
        None => found(Fault::Server, Medium, because),
    })
}

/// 6: the certificate is wrong, at the site or on the way.
pub(super) fn certificate(facts: &Facts<'_>) -> Option<Finding> {
    let here =
        || facts.by(&Vantage::Host).filter(|sample| sample.failure.as_ref().is_some_and(Failure::is_of_certificate));
    if !facts.failure.is_of_certificate() || here().next().is_none() {
        return None;
    }
    let shown =
        |seen: &Observation| seen.so_far.as_ref().and_then(|so_far| Some(so_far.certificate.as_ref()?.sha256.clone()));
    let own: Vec<String> = here().filter_map(|sample| shown(sample.seen)).collect();
    let is_everywhere = facts.seen.iter().any(|seen| {
        matches!(seen.subject, Subject::Anchor(_)) && shown(seen).is_some_and(|certificate| own.contains(&certificate))
    });
    let is_good_elsewhere = facts.fine_in.continents.len() >= REMOTE_CONTINENTS && facts.fails_in.continents.is_empty();
    if is_everywhere || is_good_elsewhere {
        return Some(found(Fault::Intercepted, if_sure(is_everywhere && is_good_elsewhere), remote(facts)));
    }
    let is_bad_elsewhere = facts.seen.iter().any(|seen| {
        matches!(seen.vantage, Vantage::Remote(_)) && seen.failure().as_ref().is_some_and(Failure::is_of_certificate)
    });
    // A certificate that is out of date by its own words is so for everybody whose clock is right.
    let is_dated = facts.failure == Failure::TlsCertDateInvalid
        && facts.skew.is_some_and(|skew| skew.unsigned_abs() <= CLOCK_TICK);
    let sure = facts.neutral == Neutral::Fine && (is_bad_elsewhere || is_dated);
    Some(found(Fault::Certificate, if_sure(sure), remote(facts)))
}

/// 5a and 10: it cannot be reached, here or anywhere.
pub(super) fn connection(facts: &Facts<'_>) -> Option<Finding> {
    if !facts.has_host || facts.bad().next().is_none() {
        return None;
    }
    if facts.good().next().is_some() {
        return comes_and_goes(facts);
    }
    if !facts.by(&Vantage::Host).any(|_| true) {
        return None;
    }
    let mut because = remote(facts);
    because.extend(siblings(facts));
    because.extend(controls(facts));
    let is_controlled = facts.neutral == Neutral::Fine;
    if facts.fails_in.continents.len() >= REMOTE_CONTINENTS {
        // Others on its CDN that fail as well make it less sure that it is the site's.
        return Some(found(Fault::Unreachable, if_sure(is_controlled && !facts.does_another_fail()), because));
    }
    // Without a control that answered, the site cannot be told from the network.
    Some(if is_controlled { found(Fault::FromHere, Medium, because) } else { found(Fault::CantTell, Low, because) })
}

/// Nobody but the browser's own load has looked, or what was looked at says nothing.
pub(super) fn nothing_known(facts: &Facts<'_>) -> Option<Finding> {
    let fault = if facts.has_host { Fault::CantTell } else { Fault::Unconfirmed };
    Some(found(fault, Low, Vec::new()))
}
