//! Your side: no network, a sign-in, a resolver, an address family, a clock.

use super::finding::{Finding, found, if_sure};
use crate::facts::{Facts, NETWORK_SIGN_IN};
use crate::family::Family;
use crate::limits::{CLOCK_SKEW, CLOCK_TICK, DEAD_NAMES, NEUTRAL_PLACES, REMOTE_CONTINENTS};
use crate::line::is_silence;
use crate::marks::is_neutral;
use crate::neutral::{Manner, Neutral, fails_like};
use crate::sample::Sample;
use crate::{
    Because,
    Confidence::{High, Low, Medium},
    Fact, Fault,
};
use detour_model::failure::{Failure, Phase};
use detour_model::observation::{Observation, Step, Subject, Vantage};

/// 1: the browser says so itself.
pub(super) fn offline(facts: &Facts<'_>) -> Option<Finding> {
    (facts.failure == Failure::Offline).then(|| found(Fault::You, High, Vec::new()))
}

/// 0: "Network Authentication Required" is never the site's own (RFC 6585, section 6). Where the browser met something
/// else, the host alone has yet to sign in.
pub(super) fn sign_in(facts: &Facts<'_>) -> Option<Finding> {
    let is_asked = |sample: &Sample<'_>| sample.answer.is_some_and(|answer| answer.status == NETWORK_SIGN_IN);
    let by_browser = facts.by(&Vantage::Browser).any(is_asked);
    let by_load = facts.failure.status() == Some(NETWORK_SIGN_IN) && facts.good().next().is_none();
    (by_browser || by_load).then(|| found(Fault::Portal, High, Vec::new()))
}

/// 2: the probe, or everything, is answered by somebody else. A server's own error over a plain connection could
/// still be the site's; one that came to the browser over TLS is no portal's.
pub(super) fn portal(facts: &Facts<'_>) -> Option<Finding> {
    let Neutral::Portal { sure } = facts.neutral else { return None };
    let is_open = facts.is_browser_answered() || (facts.is_https && facts.is_reached());
    let is_sure = sure && facts.failure.status().is_none();
    (!is_open).then(|| found(Fault::Portal, if_sure(is_sure), vec![Because::just(Fact::ControlsFail)]))
}

/// 2: over plain http anybody on the way can answer: with an error, and while no control vouches for the way, nobody can
/// tell whose it is. Where the probe, which is plain http as well, is met with silence, nobody answers for everybody.
pub(super) fn plain_text(facts: &Facts<'_>) -> Option<Finding> {
    let is_open = matches!(facts.neutral, Neutral::Fine | Neutral::Unseen) || facts.is_https || is_probe_silent(facts);
    let is_proven = facts.fails_in.continents.len() >= REMOTE_CONTINENTS;
    if is_open || is_proven || !facts.has_error() {
        return None;
    }
    // A resolver that finds an unregistered name makes addresses up: it chose the server that answered here.
    let is_found = |seen: &Observation| seen.subject == Subject::Nowhere && seen.failure().is_none();
    let is_astray = facts.seen.iter().any(|seen| is_found(seen));
    let (fault, confidence) = if let (Neutral::NoNames { sure }, true) = (facts.neutral, is_astray) {
        (Fault::Resolver, if_sure(sure))
    } else {
        (Fault::CantTell, Low)
    };
    Some(found(fault, confidence, vec![Because::just(Fact::ControlsFail)]))
}

fn is_probe_silent(facts: &Facts<'_>) -> bool {
    let probe = || facts.seen.iter().copied().filter(|seen| seen.subject == Subject::Portal);
    probe().any(|seen| is_silence(seen) && seen.step == Step::Tcp) && probe().all(|seen| seen.answer().is_none())
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
    // Who reaches the target has a network, whatever becomes of the neutral places.
    if facts.is_browser_answered() || (facts.is_reached() && facts.neutral != Neutral::Lost) {
        return None;
    }
    let fail = |fault, confidence| Some(found(fault, confidence, vec![Because::just(Fact::ControlsFail)]));
    match facts.neutral {
        // One neutral place may have its own trouble: in July 2020 a public resolver went with its CDN.
        Neutral::Down if facts.failing_places < NEUTRAL_PLACES => fail(Fault::CantTell, Low),
        // A refusal is an answer: the way there works, and what silences the neutral places is something else.
        Neutral::Down if is_refused_alone(facts) => fail(Fault::CantTell, Low),
        Neutral::Down => fail(Fault::You, High),
        Neutral::Lost => fail(Fault::You, Medium),
        Neutral::Slow => Some(found(Fault::CantTell, Low, vec![Because::just(Fact::Slow)])),
        // The same step fails for others as well: that explains the target's failure.
        Neutral::Partly if is_met_by_others(facts) => fail(Fault::You, Medium),
        Neutral::Partly => fail(Fault::CantTell, Low),
        Neutral::Unseen | Neutral::Fine | Neutral::NoNames { .. } | Neutral::Portal { .. } | Neutral::Intercepted => {
            None
        }
    }
}

/// Whether somebody refused the target's connection, and none of a neutral place.
fn is_refused_alone(facts: &Facts<'_>) -> bool {
    let is_refused = |seen: &Observation| seen.failure() == Some(Failure::TcpRefused);
    let of_target = |seen: &Observation| seen.subject == Subject::Target;
    let is_target_refused =
        facts.failure == Failure::TcpRefused || facts.seen.iter().any(|seen| of_target(seen) && is_refused(seen));
    is_target_refused && !facts.seen.iter().any(|seen| is_neutral(seen) && is_refused(seen))
}

/// Whether several named places fail at the step at which the target does, and as it does: by silence, or by somebody's word.
/// Where names are lost the resolver still found the probe's, so that it is not the whole network's doing.
fn is_met_by_others(facts: &Facts<'_>) -> bool {
    let mut met: Vec<Manner> = facts.by(&Vantage::Host).filter_map(|sample| Manner::of(sample.seen)).collect();
    if met.is_empty() {
        met = Manner::by_browser(&facts.failure);
    }
    met.iter().any(|manner| manner.step != Step::Dns && fails_like(facts.seen, *manner) >= DEAD_NAMES)
}

/// 3: known names cannot be found, or lead astray, while the places themselves answer.
pub(super) fn resolver(facts: &Facts<'_>) -> Option<Finding> {
    let Neutral::NoNames { sure } = facts.neutral else { return None };
    if facts.is_browser_answered() || facts.is_reached() {
        return None;
    }
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
