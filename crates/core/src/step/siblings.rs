//! What the user's other failing sites say of a CDN: each is evidence for the others, where its owner is known
//! ([`crate::cdn::places::is_well_known`]); anybody's page could have been opened.

use crate::observation::{Millis, Observation, Outcome, Subject, Vantage};
use crate::outage::{Outage, SiteKey};
use crate::state::State;
use crate::target::{Target, site_of};
use crate::verdict::{Fault, Neighbour};

/// How long a failure is remembered after its outage is gone: as long as it counts for a verdict, and a little more.
const REMEMBERED: u64 = 10 * 60 * 1000;

/// Observations of gone outages that are kept, the latest: a handful of sites.
const MAX_RECENT: usize = 100;

/// What is known of other sites, as evidence for this one: of outages in short, of gone ones as it was seen.
pub(super) fn of(state: &State, key: &SiteKey, now: Millis) -> (Vec<Neighbour>, Vec<Observation>) {
    let Some(own) = state.outages.get(key) else { return (Vec::new(), Vec::new()) };
    let site = site_of(own.page.host());
    let is_other = |host: &str| site_of(host) != site;
    let others = state.outages.iter().filter(|(other, outage)| *other != key && is_telling(outage));
    let others = others.map(|(_, outage)| outage).filter(|outage| is_other(outage.page.host()));
    let is_listed = !state.conditions.has_browser;
    let neighbours =
        others.map(|outage| Neighbour::of(outage.page.host(), telling(outage), now).named_by_user(is_listed)).collect();
    let is_recent = |seen: &&Observation| {
        now.since(seen.at) <= REMEMBERED && matches!(&seen.subject, Subject::Visited(host) if is_other(host))
    };
    (neighbours, state.recent.iter().filter(is_recent).cloned().collect())
}

/// The outage is gone from the state, its failure is not.
pub(super) fn remember(state: &mut State, outage: &Outage, now: Millis) {
    if is_telling(outage) {
        state.recent.extend(as_sibling(outage));
    }
    state.recent.retain(|seen| now.since(seen.at) <= REMEMBERED);
    let too_many = state.recent.len().saturating_sub(MAX_RECENT);
    state.recent.drain(..too_many);
}

/// The site is well again: what was remembered of it says nothing any more.
pub(super) fn clear(recent: &mut Vec<Observation>, target: &Target) {
    let site = site_of(target.host());
    recent.retain(|seen| !matches!(&seen.subject, Subject::Visited(host) if site_of(host) == site));
}

fn as_sibling(outage: &Outage) -> impl Iterator<Item = Observation> {
    let host = outage.page.host().to_owned();
    telling(outage).map(move |seen| Observation { subject: Subject::Visited(host.clone()), ..seen.clone() })
}

/// What was seen of the site's own pages from this computer.
fn telling(outage: &Outage) -> impl Iterator<Item = &Observation> {
    outage.seen.iter().filter(|seen| {
        let tells = matches!(seen.outcome, Outcome::Resolved { .. } | Outcome::Answered(_) | Outcome::Failed(_));
        let is_here = !matches!(seen.vantage, Vantage::Remote(_)) && seen.resolver.is_none();
        matches!(seen.subject, Subject::Target) && tells && is_here
    })
}

/// Whether the failure may be its CDN's; what is this computer's or this network's own says nothing of a CDN.
const fn is_telling(outage: &Outage) -> bool {
    let Some(verdict) = outage.verdict() else { return !outage.is_doubted() };
    matches!(
        verdict.fault,
        Fault::CdnWide
            | Fault::CdnHere
            | Fault::CdnNames
            | Fault::EdgeUnreachable
            | Fault::Regional
            | Fault::Edge
            | Fault::Origin
            | Fault::CloudRegion
            | Fault::Overloaded
            | Fault::Server
            | Fault::ComesAndGoes
            | Fault::Recovering
            | Fault::Moved
            | Fault::Passed
            | Fault::Unreachable
            | Fault::FromHere
            | Fault::NameFailing
            | Fault::CantTell
    )
}
