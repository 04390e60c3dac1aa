//! The certificate: wrong at the site, or shown by somebody on the way.

use super::finding::{Finding, found, if_sure, remote};
use crate::facts::Facts;
use crate::limits::{CLOCK_TICK, REMOTE_CONTINENTS};
use crate::neutral::{Neutral, refused};
use crate::{
    Because,
    Confidence::{Low, Medium},
    Fact, Fault,
};
use detour_model::failure::Failure;
use detour_model::observation::{Certificate, Subject, Vantage};

/// 6: somebody on this network shows certificates of his own, also in the names of neutral places. A browser that trusts
/// him sees none of it, so it has to have refused one as well.
pub(super) fn intercepted(facts: &Facts<'_>) -> Option<Finding> {
    let is_met = facts.neutral == Neutral::Intercepted && facts.failure.is_of_certificate();
    (is_met && facts.good().next().is_none())
        .then(|| found(Fault::Intercepted, Medium, vec![Because::just(Fact::ControlsFail)]))
}

/// 6: the certificate is wrong, at the site or on the way.
pub(super) fn certificate(facts: &Facts<'_>) -> Option<Finding> {
    let here =
        || facts.by(&Vantage::Host).filter(|sample| sample.failure.as_ref().is_some_and(Failure::is_of_certificate));
    if !facts.failure.is_of_certificate() || here().next().is_none() {
        return None;
    }
    let own: Vec<&Certificate> = here().filter_map(|sample| refused(sample.seen)).collect();
    let is_everywhere = facts.seen.iter().any(|seen| {
        matches!(seen.subject, Subject::Anchor(_))
            && refused(seen).is_some_and(|theirs| own.iter().any(|own| is_by_same_hand(own, theirs)))
    });
    let is_good_elsewhere = facts.fine_in.continents.len() >= REMOTE_CONTINENTS && facts.fails_in.continents.is_empty();
    if is_everywhere || is_good_elsewhere {
        return Some(found(Fault::Intercepted, if_sure(is_everywhere && is_good_elsewhere), remote(facts)));
    }
    let is_bad_elsewhere = facts.seen.iter().any(|seen| {
        matches!(seen.vantage, Vantage::Remote(_)) && seen.failure().as_ref().is_some_and(Failure::is_of_certificate)
    });
    if is_chain_in_doubt(facts, &own) && !is_bad_elsewhere {
        return Some(found(Fault::CantTell, Low, remote(facts)));
    }
    // A certificate that is out of date by its own words is so for everybody whose clock is right.
    let is_dated = facts.failure == Failure::TlsCertDateInvalid
        && facts.skew.is_some_and(|skew| skew.unsigned_abs() <= CLOCK_TICK);
    let sure = facts.neutral == Neutral::Fine && (is_bad_elsewhere || is_dated);
    Some(found(Fault::Certificate, if_sure(sure), remote(facts)))
}

/// Whether it may only be that the server leaves out the certificate between its own and the root: browsers fetch that one, or
/// know it, and nobody has asked a browser.
fn is_chain_in_doubt(facts: &Facts<'_>, own: &[&Certificate]) -> bool {
    let is_signed_by_another = |certificate: &&Certificate| certificate.issuer != certificate.subject;
    facts.failure == Failure::TlsCertAuthorityInvalid
        && !facts.turned_away.has_browser
        && !own.is_empty()
        && own.iter().all(is_signed_by_another)
}

/// Whether two refused certificates are one, or signed by one: whoever looks into connections signs one for each name.
fn is_by_same_hand(own: &Certificate, theirs: &Certificate) -> bool {
    let is_issuer = !own.issuer.is_empty() && own.issuer == theirs.issuer;
    is_issuer || (!own.sha256.is_empty() && own.sha256 == theirs.sha256)
}
