//! What the user's other tabs say of a CDN: each failing site is evidence for the others, where its owner is known
//! ([`crate::cdn::places::is_well_known`]); anybody's page could have been opened.

use crate::event::TabId;
use crate::observation::{Millis, Observation, Outcome, Subject, Vantage};
use crate::state::{Phase, State, Tab};
use crate::target::{Target, site_of};
use crate::verdict::{Fault, Neighbour};

/// How long a failure is remembered after its tab is gone: as long as it counts for a verdict, and a little more.
const REMEMBERED: u64 = 10 * 60 * 1000;

/// Observations of gone tabs that are kept, the latest: a handful of sites.
const MAX_RECENT: usize = 100;

/// What is known of other sites, as evidence for this tab: of open tabs in short, of gone ones as it was seen.
pub(super) fn of(state: &State, tab: TabId, now: Millis) -> (Vec<Neighbour>, Vec<Observation>) {
    let Some(own) = state.tabs.get(&tab) else { return (Vec::new(), Vec::new()) };
    let site = site_of(own.target.host());
    let is_other = |host: &str| site_of(host) != site;
    let others = state.tabs.iter().filter(|(id, other)| **id != tab && is_telling(other));
    let others = others.map(|(_, other)| other).filter(|other| is_other(other.target.host()));
    let is_listed = !state.conditions.has_browser;
    let neighbours =
        others.map(|other| Neighbour::of(other.target.host(), telling(other), now).named_by_user(is_listed)).collect();
    let is_recent = |seen: &&Observation| {
        now.since(seen.at) <= REMEMBERED && matches!(&seen.subject, Subject::Visited(host) if is_other(host))
    };
    (neighbours, state.recent.iter().filter(is_recent).cloned().collect())
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
    recent.retain(|seen| !matches!(&seen.subject, Subject::Visited(host) if site_of(host) == site));
}

fn as_sibling(tab: &Tab) -> impl Iterator<Item = Observation> {
    let host = tab.target.host().to_owned();
    telling(tab).map(move |seen| Observation { subject: Subject::Visited(host.clone()), ..seen.clone() })
}

/// What was seen of the tab's own page from this computer.
fn telling(tab: &Tab) -> impl Iterator<Item = &Observation> {
    tab.seen.iter().filter(|seen| {
        let tells = matches!(seen.outcome, Outcome::Resolved { .. } | Outcome::Answered(_) | Outcome::Failed(_));
        let is_here = !matches!(seen.vantage, Vantage::Remote(_)) && seen.resolver.is_none();
        seen.subject == Subject::Target && tells && is_here
    })
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
