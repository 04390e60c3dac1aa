//! What the user's other tabs say of a CDN: each failing site is evidence for the others.

use crate::event::TabId;
use crate::observation::{Millis, Observation, Outcome, Subject, Vantage};
use crate::state::{Phase, State, Tab};
use crate::target::{Target, site_of};
use crate::verdict::Fault;

/// How long a failure is remembered after its tab is gone: as long as it counts for a verdict, and a little more.
const REMEMBERED: u64 = 10 * 60 * 1000;

/// Observations of gone tabs that are kept, the latest: a handful of sites.
const MAX_RECENT: usize = 100;

/// What is known of other sites, as evidence for this tab.
pub(super) fn of(state: &State, tab: TabId, now: Millis) -> Vec<Observation> {
    let Some(own) = state.tabs.get(&tab) else { return Vec::new() };
    let site = site_of(own.target.host());
    let others = state.tabs.iter().filter(|(id, other)| **id != tab && is_telling(other));
    let mut seen: Vec<Observation> = others.flat_map(|(_, other)| as_sibling(other)).collect();
    seen.extend(state.recent.iter().cloned());
    seen.retain(|seen| {
        let is_other = matches!(&seen.subject, Subject::Sibling(host) if site_of(host) != site);
        is_other && now.since(seen.at) <= REMEMBERED
    });
    seen
}

/// The tab is gone, its failure is not.
pub(super) fn remember(state: &mut State, tab: &Tab, now: Millis) {
    if is_telling(tab) {
        state.recent.extend(as_sibling(tab));
    }
    state.recent.retain(|seen| now.since(seen.at) <= REMEMBERED);
    let too_many = state.recent.len().saturating_sub(MAX_RECENT);
    state.recent.drain(..too_many);
}

/// The site is well again: what was remembered of it says nothing any more.
pub(super) fn clear(recent: &mut Vec<Observation>, target: &Target) {
    let site = site_of(target.host());
    recent.retain(|seen| !matches!(&seen.subject, Subject::Sibling(host) if site_of(host) == site));
}

fn as_sibling(tab: &Tab) -> impl Iterator<Item = Observation> {
    let is_telling = |seen: &&Observation| {
        let tells = matches!(seen.outcome, Outcome::Resolved { .. } | Outcome::Answered(_) | Outcome::Failed(_));
        let is_here = !matches!(seen.vantage, Vantage::Remote(_)) && seen.resolver.is_none();
        seen.subject == Subject::Target && tells && is_here
    };
    let host = tab.target.host().to_owned();
    tab.seen
        .iter()
        .filter(is_telling)
        .map(move |seen| Observation { subject: Subject::Sibling(host.clone()), ..seen.clone() })
}

/// Whether the tab's failure may be its CDN's; what is this computer's or this network's own says nothing of a CDN.
const fn is_telling(tab: &Tab) -> bool {
    match &tab.phase {
        Phase::Doubted { .. } => false,
        Phase::Checking { .. } => true,
        Phase::Concluded { verdict, .. } => matches!(
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
        ),
    }
}
