//! What would have made a verdict surer.

use super::facts::Facts;
use super::limits::{MIXED_SAMPLES, REMOTE_CONTINENTS, RESOLVERS};
use super::neutral::Neutral;
use super::rows::Finding;
use super::verdict::{Fault, Missing};
use detour_model::confidence::Confidence;
use detour_model::failure::Phase;

pub(super) fn of(facts: &Facts<'_>, finding: &Finding) -> Vec<Missing> {
    let fault = finding.fault;
    let is_settled = matches!(
        fault,
        Fault::Passed
            | Fault::Moved
            | Fault::Challenge
            | Fault::You
            | Fault::Portal
            | Fault::Proxy
            | Fault::ProxyRefuses
            | Fault::ProxySignIn
    );
    let resolvers = facts.at_resolvers().filter(|(_, unchecked, _)| !unchecked).count();
    let remote = facts.fine_in.continents.len() + facts.fails_in.continents.len();
    let lacks = [
        (Missing::Host, !facts.has_host),
        (Missing::Controls, facts.has_host && facts.neutral == Neutral::Unseen),
        (Missing::Siblings, needs_siblings(fault) && facts.on_this_cdn().next().is_none()),
        (Missing::OtherResolvers, !is_settled && facts.failure.phase() == Phase::Dns && resolvers < RESOLVERS),
        (Missing::OtherNetwork, needs_other_networks(fault) && remote < REMOTE_CONTINENTS),
        (
            Missing::MoreSamples,
            matches!(fault, Fault::ComesAndGoes | Fault::Recovering)
                && (facts.samples.len() < MIXED_SAMPLES || finding.confidence != Confidence::High),
        ),
    ];
    lacks.into_iter().filter_map(|(missing, is_lacking)| is_lacking.then_some(missing)).collect()
}

/// Errors that a CDN's edge had a hand in: its other sites tell whose they are.
const fn needs_siblings(fault: Fault) -> bool {
    matches!(fault, Fault::Edge | Fault::Origin | Fault::Server)
}

/// What could be this network alone.
const fn needs_other_networks(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::FromHere
            | Fault::CdnWide
            | Fault::Edge
            | Fault::NameFailing
            | Fault::CantTell
            | Fault::CdnHere
            | Fault::EdgeUnreachable
            | Fault::Certificate
    )
}
