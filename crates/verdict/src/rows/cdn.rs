//! The CDN, or what lies behind several: many sites at once, here or everywhere.

use super::finding::{Finding, controls, found, has_lasted, if_sure, is_mostly_good, list, remote, siblings};
use super::name::disagreeing;
use crate::facts::Facts;
use crate::limits::{
    CDN_WIDE_PLACES, CDN_WIDE_SITES, HEALTHY_SIBLINGS, MIXED_SAMPLES, REMOTE_CONTINENTS, RESOLVERS,
    UNREACHABLE_SIBLINGS,
};
use crate::names::Names;
use crate::neutral::Neutral;
use crate::others::Sibling;
use crate::sample::{Health, Sample, health};
use crate::{Because, Confidence::Medium, Fact, Fault};
use detour_model::failure::{Failure, Phase};
use detour_model::observation::{Indicator, Observation, Outcome, Subject, Vantage};

/// 9, 5b, 9b and 10: many unrelated sites of one CDN fail at once, by its edge's own errors, without a connection,
/// or without a name.
pub(super) fn cdn_wide(facts: &Facts<'_>) -> Option<Finding> {
    facts.cdn.as_ref()?;
    let worst = facts.bad().filter_map(health).min()?;
    let is_cut_off = is_cut_off(facts);
    let alike = |health: Health| match worst {
        // Whoever was answered by the edge each time was not cut off from it: what cuts others off is something else.
        Health::Edge | Health::Behind if !is_cut_off => matches!(health, Health::Edge | Health::Behind),
        Health::Edge | Health::Behind => matches!(health, Health::Edge | Health::Behind | Health::Unreachable),
        Health::Unreachable => matches!(health, Health::Unreachable | Health::Edge),
        Health::Nameless => health == Health::Nameless,
        Health::Fine | Health::Origin => false,
    };
    if worst == Health::Unreachable && facts.is_browser_answered() {
        return None;
    }
    // An answer that nobody knows for an outage's may be a page for robots.
    let is_telling = |sibling: &&Sibling| {
        let is_silent = matches!(sibling.health, Health::Unreachable | Health::Nameless);
        alike(sibling.health) && (is_silent || sibling.is_recognised)
    };
    let failing: Vec<&Sibling> = facts.on_this_cdn().filter(is_telling).collect();
    let fine = facts.on_this_cdn().filter(|sibling| sibling.health == Health::Fine).count();
    let sites = failing.len() + 1;
    let (part, whole) = HEALTHY_SIBLINGS;
    let is_mostly_fine = fine * whole > (sites + fine) * part;
    let has_own_errors = worst == Health::Edge || failing.iter().any(|sibling| sibling.health == Health::Edge);
    // "The servers behind me fail" said by one CDN for three sites is those servers' fault as soon as a fourth is well.
    let is_behind_only = worst == Health::Behind && !has_own_errors && fine > 0;
    let needed = if worst == Health::Unreachable { UNREACHABLE_SIBLINGS + 1 } else { CDN_WIDE_SITES };
    if sites < needed || is_mostly_fine || is_behind_only || is_mostly_good(facts) {
        return None;
    }
    if facts.neutral == Neutral::Down || facts.neutral == Neutral::Lost || is_one_node(facts) {
        return None;
    }
    // Sites that cannot be reached where neutral places cannot either are not cut off by their CDN.
    if worst == Health::Unreachable && !matches!(facts.neutral, Neutral::Fine | Neutral::Unseen) {
        return None;
    }
    let mut because = siblings(facts);
    // Where it answered from, a page can write as well: that must not turn "here" into "everywhere".
    let own = facts.bad().filter(|_| facts.is_well_known).filter_map(Sample::node).map(|node| node.pop.clone());
    let mut pops = Names::of(own);
    for sibling in &failing {
        pops.add_all(&sibling.pops);
    }
    because.extend(list(Fact::Pops, pops.clone()));
    because.extend(remote(facts));
    because.extend(controls(facts));
    let (fails_in, fine_in) = (facts.fails_in.continents.len(), facts.fine_in.continents.len());
    // Nineteen cities on five continents were down in June 2022, and most of the world was well: where all fails here,
    // one place that is well means that it is not everywhere. Where it fails here for a part of the tries, so it may
    // there, and the majority counts.
    let is_mixed_here = facts.good().next().is_some() || fine > 0;
    let is_everywhere = fails_in >= CDN_WIDE_PLACES && (fine_in == 0 || (is_mixed_here && fails_in > fine_in));
    // Where a part of all tries is good everywhere, a single good one elsewhere says little.
    let is_elsewhere_fine = fine_in >= REMOTE_CONTINENTS && fine_in > fails_in && facts.good().next().is_none();
    let status = facts.reported.filter(|(indicator, _)| *indicator >= Indicator::Major);
    because.extend(status.map(|(_, words)| Because::one(Fact::StatusPage, words)));
    let are_controls_fine = facts.neutral == Neutral::Fine;
    // Errors of several kinds may have several causes.
    let is_one_kind = failing.iter().all(|sibling| sibling.health == worst);
    let sure_if = |is_sure: bool| if_sure(is_sure && is_one_kind);
    let is_sure = are_controls_fine && (is_everywhere || status.is_some() || (sites > CDN_WIDE_SITES && fine == 0));
    if worst == Health::Nameless {
        let agree = disagreeing(facts, |outcome| matches!(outcome, Outcome::Failed(_)));
        let is_sure = are_controls_fine && agree.len() + 1 >= RESOLVERS;
        because.extend(list(Fact::ResolversAgree, agree));
        return Some(found(Fault::CdnNames, sure_if(is_sure), because));
    }
    let fault = if is_elsewhere_fine {
        // Errors may go round the world in waves, as in November 2025; routes that are gone stay gone.
        let is_sure = worst == Health::Unreachable && fine == 0 && is_sure_of_regions(facts);
        return Some(found(Fault::Regional, sure_if(is_sure), because));
    } else if is_everywhere || (worst != Health::Unreachable && pops.len() >= CDN_WIDE_PLACES) {
        Fault::CdnWide
    } else if worst == Health::Unreachable {
        return Some(found(Fault::EdgeUnreachable, Medium, because));
    } else {
        // Two siblings that met the same bad node once are soon well again.
        let is_sure = is_sure && (fine == 0 || has_lasted(facts, Fault::CdnHere));
        return Some(found(Fault::CdnHere, sure_if(is_sure), because));
    };
    Some(found(fault, sure_if(is_sure), because))
}

/// Whether some of the host's own connections to the target failed as well, on a line that works: as on 2022-06-21, when
/// routes went and some servers answered with errors for a while. What is known to be the CDN's upholds it too.
fn is_cut_off(facts: &Facts<'_>) -> bool {
    let is_failed = |seen: &&Observation| {
        let is_hosts = seen.subject == Subject::Target && seen.vantage == Vantage::Host && seen.resolver.is_none();
        let failure = seen.failure().filter(|failure| !failure.is_of_certificate());
        let is_of_connection = failure.is_some_and(|failure| matches!(failure.phase(), Phase::Tcp | Phase::Tls));
        is_hosts && is_of_connection && !facts.line.explains(seen)
    };
    let is_known = facts.before.is_some_and(|before| before.fault.is_cdn_wide());
    let is_line_well = facts.neutral == Neutral::Fine && !facts.line.is_lossy;
    is_line_well && (is_known || facts.seen.iter().copied().any(|seen| is_failed(&seen)))
}

/// Whether every error of every site comes from one and the same node, and others answer well.
fn is_one_node(facts: &Facts<'_>) -> bool {
    let mut bad = Names::of(facts.bad().filter_map(Sample::node).map(|node| node.name.clone()));
    let mut good = Names::of(facts.good().filter_map(Sample::node).map(|node| node.name.clone()));
    for sibling in facts.on_this_cdn() {
        bad.add_all(&sibling.bad_nodes);
        good.add_all(&sibling.good_nodes);
    }
    bad.len() == 1 && !good.is_empty() && bad.first().is_some_and(|node| !good.has(node))
}

/// 7r: sites on different CDNs, or on none, whose own servers fail at once: something behind them all.
pub(super) fn cloud_region(facts: &Facts<'_>) -> Option<Finding> {
    let is_behind = |health| matches!(health, Health::Behind | Health::Origin);
    if !facts.bad().filter_map(health).min().is_some_and(is_behind) || is_mostly_good(facts) {
        return None;
    }
    // Pages that anybody can open say nothing of a cloud either, whoever has looked at them.
    let is_telling = |sibling: &&Sibling| is_behind(sibling.health) && sibling.is_independent && sibling.is_recognised;
    let failing: Vec<&Sibling> = facts.siblings.iter().filter(is_telling).collect();
    let own = facts.cdn.as_ref().map(|cdn| cdn.name.as_str());
    let name = |cdn: Option<&str>| cdn.unwrap_or_default().to_owned();
    let behind = failing.iter().map(|sibling| name(sibling.cdn));
    let cdns = Names::of(behind.chain(std::iter::once(name(own))));
    if failing.len() + 1 < CDN_WIDE_SITES || cdns.len() < 2 {
        return None;
    }
    let sites = Names::of(failing.iter().map(|sibling| sibling.site.clone()));
    Some(found(Fault::CloudRegion, Medium, list(Fact::SiblingsFail, sites)))
}

/// 10: it fails for every try here, and is well on other continents.
pub(super) fn fails_only_here(facts: &Facts<'_>) -> Option<Finding> {
    let is_here = facts.bad().next().is_some() && facts.good().next().is_none();
    let is_fine_elsewhere = facts.fine_in.continents.len() >= REMOTE_CONTINENTS && facts.fails_in.continents.is_empty();
    // A broken network, resolver or clock of one's own looks the same from elsewhere; its rows come later.
    let is_own = matches!(facts.neutral, Neutral::Down | Neutral::Lost | Neutral::NoNames { .. });
    // The browser's second try fails without saying how.
    let phases = facts.bad().filter_map(|sample| sample.failure.as_ref()).map(Failure::phase);
    let phase = phases.filter(|phase| *phase != Phase::None).max();
    let is_other_row = matches!(phase, Some(Phase::Dns | Phase::Tls) | None);
    if !is_here || !is_fine_elsewhere || is_own || is_other_row {
        return None;
    }
    let mut because = remote(facts);
    because.extend(siblings(facts));
    because.extend(controls(facts));
    let is_sure = is_sure_of_regions(facts) && facts.errors().next().is_none();
    Some(found(Fault::Regional, if_sure(is_sure), because))
}

/// One good try on each of two continents may be luck, where part of an outage's answers are good.
fn is_sure_of_regions(facts: &Facts<'_>) -> bool {
    let is_wide = facts.fine_in.continents.len() > REMOTE_CONTINENTS && facts.fails_in.continents.is_empty();
    is_wide && facts.neutral == Neutral::Fine && facts.samples.len() >= MIXED_SAMPLES
}
