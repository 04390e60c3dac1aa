//! The proxy: it does not work, refuses the site, or wants a sign-in first.
//!
//! A proxy's word is about the way and not about the site. The host may lack what the browser has, such as a password:
//! its word alone makes nothing sure where the browser failed in another way.

use super::finding::{Finding, controls, found, if_sure};
use crate::facts::Facts;
use crate::limits::NEUTRAL_PLACES;
use crate::marks::is_of_proxy;
use crate::names::Names;
use crate::neutral::Neutral;
use crate::{
    Because,
    Confidence::{self, Low, Medium},
    Fact, Fault,
};
use detour_model::failure::Failure;
use detour_model::observation::{Outcome, Subject, Vantage};

/// 1, where a proxy stands between: what it said of the target, to the browser or to the host.
pub(super) fn proxy(facts: &Facts<'_>) -> Option<Finding> {
    let by_browser = facts.failure.is_of_proxy();
    let said = |failure: &Failure| by_host(facts, failure) || facts.failure == *failure;
    let is_anything_said = by_browser || of_target(facts).next().is_some();
    // Whoever was answered got past the proxy; over TLS nobody else can answer in the site's stead.
    let is_past = facts.good().next().is_some() || (facts.has_error() && (facts.is_https || !is_gateways(facts)));
    if !is_anything_said || is_past {
        return None;
    }
    let sure = |failure: &Failure| {
        let has_browser_met_it = facts.failure == *failure;
        match (has_browser_met_it, by_host(facts, failure)) {
            (true, is_met_by_host) => if_sure(is_met_by_host),
            // Chromium does not say why there was no tunnel. A refusal is for everybody who goes this way; a sign-in may
            // be wanted of the host alone.
            (false, true) if facts.failure == Failure::ProxyTunnelFailed && *failure == Failure::ProxyRefused => Medium,
            (false, _) => Low,
        }
    };
    if said(&Failure::ProxyAuthRequired) {
        return Some(found(Fault::ProxySignIn, sure(&Failure::ProxyAuthRequired), Vec::new()));
    }
    if said(&Failure::ProxyRefused) {
        return Some(found(Fault::ProxyRefuses, sure(&Failure::ProxyRefused), controls(facts)));
    }
    if said(&Failure::ProxyConnectionFailed) {
        return Some(found(Fault::Proxy, dead(facts, sure(&Failure::ProxyConnectionFailed)), fails(facts)));
    }
    let is_of_host = said(&Failure::ProxyTargetUnreachable)
        || of_target(facts).any(|failure| *failure == Failure::ProxyTunnelFailed);
    Some(match facts.neutral {
        Neutral::Fine if is_of_host && of_target(facts).next().is_some() => {
            found(Fault::FromHere, Medium, controls(facts))
        }
        Neutral::Unseen if is_of_host && failing_places(facts).len() >= NEUTRAL_PLACES => {
            found(Fault::Proxy, Medium, fails(facts))
        }
        Neutral::Unseen
        | Neutral::Fine
        | Neutral::Slow
        | Neutral::Partly
        | Neutral::Intercepted
        | Neutral::Down
        | Neutral::Lost
        | Neutral::NoNames { .. }
        | Neutral::Portal { .. } => found(Fault::CantTell, Low, controls(facts)),
    })
}

/// How sure a dead proxy is: others that got through it just now speak against it.
fn dead(facts: &Facts<'_>, confidence: Confidence) -> Confidence {
    if facts.neutral == Neutral::Fine { Low } else { confidence }
}

/// What the proxy said to the host of the target.
fn of_target<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a Failure> {
    let of_host = facts.seen.iter().filter(|seen| seen.subject == Subject::Target && seen.vantage == Vantage::Host);
    of_host.filter_map(|seen| match &seen.outcome {
        Outcome::Failed(failure) if failure.is_of_proxy() => Some(failure),
        Outcome::Failed(_)
        | Outcome::Resolved { .. }
        | Outcome::Connected
        | Outcome::Secured(_)
        | Outcome::Answered(_)
        | Outcome::Reported(_)
        | Outcome::Noticed(_) => None,
    })
}

fn by_host(facts: &Facts<'_>, failure: &Failure) -> bool {
    of_target(facts).any(|said| said == failure)
}

/// Whether every error is one of a gateway, which over plain http the proxy may have made itself, and the proxy says so.
fn is_gateways(facts: &Facts<'_>) -> bool {
    let is_gateway = |status: Option<u16>| status.is_some_and(|status| (502..=504).contains(&status));
    let has_host_been_answered = facts.by(&Vantage::Host).any(|sample| sample.answer.is_some());
    !has_host_been_answered
        && is_gateway(facts.failure.status())
        && facts.errors().all(|sample| is_gateway(sample.answer.map(|answer| answer.status)))
}

/// The neutral places that the proxy stood before.
fn failing_places(facts: &Facts<'_>) -> Names {
    let stood_before = facts.seen.iter().filter(|seen| is_of_proxy(seen));
    let controls = stood_before.filter(|seen| matches!(seen.subject, Subject::Anchor(_) | Subject::Portal));
    Names::of(controls.map(|seen| seen.subject.host().unwrap_or("the portal probe").to_owned()))
}

fn fails(facts: &Facts<'_>) -> Vec<Because> {
    if failing_places(facts).is_empty() { Vec::new() } else { vec![Because::just(Fact::ControlsFail)] }
}
