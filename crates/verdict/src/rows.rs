//! The decision table: rows in order, the first that matches wins. Each says in words what it needs.

use super::facts::{Facts, Health};
use super::names::Names;
use super::neutral::Neutral;
use super::{Because, Confidence, Fact, Fault};
use Confidence::{High, Low, Medium};

mod cdn;
mod mixed;
mod name;
mod network;
mod site;

use cdn::{cdn_wide, cloud_region, fails_only_here};
pub(super) use mixed::has_left;
use mixed::{back, broken_parts, overloaded, passed_or_this_browser, server_comes_and_goes};
use name::{made_up, name};
use network::{address_family, clock, network_down, offline, portal, resolver};
use site::{certificate, challenge, connection, nothing_known, server};

/// What a row found.
pub(super) struct Finding {
    pub(super) fault: Fault,
    pub(super) confidence: Confidence,
    pub(super) because: Vec<Because>,
}

type Row = fn(&Facts<'_>) -> Option<Finding>;

/// The table.
const TABLE: [Row; 21] = [
    broken_parts,
    challenge,
    offline,
    portal,
    clock,
    made_up,
    back,
    overloaded,
    cdn_wide,
    cloud_region,
    fails_only_here,
    server_comes_and_goes,
    server,
    network_down,
    resolver,
    address_family,
    passed_or_this_browser,
    name,
    certificate,
    connection,
    nothing_known,
];

/// The first row that matches; the last one always does.
pub(super) fn first(facts: &Facts<'_>) -> Finding {
    TABLE.iter().find_map(|row| row(facts)).unwrap_or_else(|| found(Fault::CantTell, Low, Vec::new()))
}

const fn found(fault: Fault, confidence: Confidence, because: Vec<Because>) -> Finding {
    Finding { fault, confidence, because }
}

const fn if_sure(is_sure: bool) -> Confidence {
    if is_sure { High } else { Medium }
}

/// Whether an earlier look came to the same.
fn has_lasted(facts: &Facts<'_>, fault: Fault) -> bool {
    facts.before.is_some_and(|before| before.fault == fault)
}

/// Whether most tries at the target itself are good.
fn is_mostly_good(facts: &Facts<'_>) -> bool {
    facts.good().count() > facts.bad().count()
}

/// Siblings on the target's CDN: failing, fine.
fn count_siblings(facts: &Facts<'_>) -> (usize, usize) {
    let fine = facts.on_this_cdn().filter(|sibling| sibling.health == Health::Fine).count();
    (facts.on_this_cdn().count() - fine, fine)
}

fn siblings(facts: &Facts<'_>) -> Vec<Because> {
    let sites = |is_fine: bool| {
        let wanted = facts.on_this_cdn().filter(|sibling| (sibling.health == Health::Fine) == is_fine);
        Names::of(wanted.map(|sibling| sibling.site.clone()))
    };
    let mut because = list(Fact::SiblingsFail, sites(false));
    because.extend(list(Fact::SiblingsFine, sites(true)));
    because
}

fn remote(facts: &Facts<'_>) -> Vec<Because> {
    let mut because = list(Fact::FailsIn, facts.fails_in.places.clone());
    because.extend(list(Fact::FineIn, facts.fine_in.places.clone()));
    because
}

/// The fact, where it is about anything.
fn list(fact: Fact, about: Names) -> Vec<Because> {
    if about.is_empty() { Vec::new() } else { vec![Because { fact, about: about.into_vec() }] }
}

fn controls(facts: &Facts<'_>) -> Vec<Because> {
    if facts.neutral == Neutral::Fine { vec![Because::just(Fact::ControlsFine)] } else { Vec::new() }
}
