//! What a row found, and the facts that rows rest on.

use detour_model::confidence::Confidence::{self, High, Medium};

use crate::facts::Facts;
use crate::names::Names;
use crate::neutral::Neutral;
use crate::sample::Health;
use crate::verdict::{Because, Fact, Fault};

/// What a row found.
pub(crate) struct Finding {
    pub(crate) fault: Fault,
    pub(crate) confidence: Confidence,
    pub(crate) because: Vec<Because>,
}

pub(super) const fn found(fault: Fault, confidence: Confidence, because: Vec<Because>) -> Finding {
    Finding { fault, confidence, because }
}

pub(super) const fn if_sure(is_sure: bool) -> Confidence {
    if is_sure { High } else { Medium }
}

/// Whether an earlier look came to the same.
pub(super) fn has_lasted(facts: &Facts<'_>, fault: Fault) -> bool {
    facts.before.is_some_and(|before| before.fault == fault)
}

/// Whether most tries at the target itself are good.
pub(super) fn is_mostly_good(facts: &Facts<'_>) -> bool {
    facts.good().count() > facts.bad().count()
}

/// Siblings on the target's CDN: failing, fine.
pub(super) fn count_siblings(facts: &Facts<'_>) -> (usize, usize) {
    let fine = facts.on_this_cdn().filter(|sibling| sibling.health == Health::Fine).count();
    (facts.on_this_cdn().count() - fine, fine)
}

pub(super) fn siblings(facts: &Facts<'_>) -> Vec<Because> {
    let sites = |is_fine: bool| {
        let wanted = facts.on_this_cdn().filter(|sibling| (sibling.health == Health::Fine) == is_fine);
        Names::of(wanted.map(|sibling| sibling.site.clone()))
    };
    let mut because = list(Fact::SiblingsFail, sites(false));
    because.extend(list(Fact::SiblingsFine, sites(true)));
    because
}

pub(super) fn remote(facts: &Facts<'_>) -> Vec<Because> {
    let mut because = list(Fact::FailsIn, facts.fails_in.places.clone());
    because.extend(list(Fact::FineIn, facts.fine_in.places.clone()));
    because
}

/// The fact, where it is about anything.
pub(super) fn list(fact: Fact, about: Names) -> Vec<Because> {
    if about.is_empty() { Vec::new() } else { vec![Because { fact, about: about.into_vec() }] }
}

pub(super) fn controls(facts: &Facts<'_>) -> Vec<Because> {
    if facts.neutral == Neutral::Fine { vec![Because::just(Fact::ControlsFine)] } else { Vec::new() }
}
