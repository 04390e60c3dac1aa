//! A part of the tries, a part of the page, and what comes after an outage.

use super::finding::{Finding, controls, count_siblings, found, if_sure, list, siblings};
use crate::facts::Facts;
use crate::family::Family;
use crate::limits::{FAILING_SIBLINGS_DOUBLINGS, FAILING_SIBLINGS_TENTHS, MIXED_SAMPLES, MIXED_TENTHS};
use crate::line::is_silence;
use crate::names::Names;
use crate::sample::Sample;
use crate::{
    Because,
    Confidence::{High, Low, Medium},
    Fact, Fault,
};
use detour_cdn::MadeBy;
use detour_model::observation::{Subject, Vantage};

/// The page is fine; scripts, styles or images of it fail at other hosts.
pub(super) fn broken_parts(facts: &Facts<'_>) -> Option<Finding> {
    let parts = facts.seen.iter().filter(|seen| matches!(seen.subject, Subject::Part(_)));
    let failing = parts.filter(|seen| seen.failure().is_some()).filter_map(|seen| seen.subject.host());
    let hosts = Names::of(failing.map(str::to_owned));
    if hosts.is_empty() || facts.bad().next().is_some() {
        return None;
    }
    Some(found(Fault::BrokenParts, if_sure(facts.has_host), list(Fact::Parts, hosts)))
}

/// It answers again after an outage that we have judged before: moved away, back, or on its way.
pub(super) fn back(facts: &Facts<'_>) -> Option<Finding> {
    let before = facts.before?;
    let is_well = facts.good().next().is_some() && facts.bad().next().is_none();
    if let Some(left) = left(facts).filter(|_| is_well || is_well_outside(facts)) {
        return Some(found(Fault::Moved, if_sure(before.is_over()), vec![Because::one(Fact::Left, left)]));
    }
    if !is_well {
        return None;
    }
    let (failing, fine) = count_siblings(facts);
    let are_siblings_back = failing * 10 <= (failing + fine) * FAILING_SIBLINGS_TENTHS;
    // Sites come back one by one; while most of the CDN fails, luck is to be told from recovery.
    let more = if are_siblings_back || !before.fault.is_of_cdn() { 0 } else { FAILING_SIBLINGS_DOUBLINGS };
    let is_over = before.is_proven(more);
    let fault = if is_over { Fault::Passed } else { Fault::Recovering };
    // What came and went, and what a crowd hangs on, may do so again.
    let is_sure = is_over && before.relapses == 0 && before.fault != Fault::ComesAndGoes && !before.fault.is_of_cdn();
    Some(found(fault, if_sure(is_sure), siblings(facts)))
}

/// The CDN that failed, where another one delivers the site by now.
fn left<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let before = facts.before.filter(|before| before.fault.is_of_cdn())?;
    let now = facts.cdn.as_ref()?;
    before.cdn.as_deref().filter(|left| *left != now.name)
}

/// Browsers keep connections, and names for a minute: they may still be with the CDN that the site has left.
fn is_well_outside(facts: &Facts<'_>) -> bool {
    facts.by(&Vantage::Host).next().is_some() && facts.by(&Vantage::Host).all(Sample::is_good)
}

/// Whether the site has left the CDN that failed, and is well where it is.
pub(crate) fn has_left(facts: &Facts<'_>) -> bool {
    left(facts).is_some() && is_well_outside(facts)
}

/// 12: the CDN is well again, and the crowd that comes back at once is too much for the site's own servers.
pub(super) fn overloaded(facts: &Facts<'_>) -> Option<Finding> {
    let (failing, fine) = count_siblings(facts);
    let is_behind = |sample: &Sample<'_>| matches!(sample.made_by(), Some(MadeBy::Origin | MadeBy::EdgeBlamingOrigin));
    let is_mixed = facts.good().next().is_some() && facts.errors().next().is_some();
    let is_overrun = facts.began_with_cdn() && is_mixed && facts.errors().all(is_behind) && fine > failing;
    is_overrun.then(|| found(Fault::Overloaded, Medium, with_share(facts, siblings(facts))))
}

/// 11: a server answers sometimes well and sometimes with an error.
pub(super) fn server_comes_and_goes(facts: &Facts<'_>) -> Option<Finding> {
    if facts.has_error() && !is_for_this_browser(facts) { comes_and_goes(facts) } else { None }
}

/// Whether the browser was answered with an error each time, and the host never, in so many tries that chance would have
/// mixed them: the site tells them apart, and it is people whom it fails.
pub(super) fn is_for_this_browser(facts: &Facts<'_>) -> bool {
    let by_browser = || facts.by(&Vantage::Browser);
    let is_load_failing = facts.failure.status().is_some_and(|status| status >= 500);
    let are_looks_failing =
        by_browser().next().is_some() && by_browser().all(|sample| !sample.is_good() && sample.answer.is_some());
    let by_host = || facts.by(&Vantage::Host);
    // Who turns programs away at times treats them as they are.
    let is_telling = by_host().count() >= MIXED_SAMPLES || facts.turned_away.is_host;
    let is_host_well = by_host().next().is_some() && by_host().all(Sample::is_good);
    is_load_failing && are_looks_failing && is_telling && is_host_well
}

pub(super) fn comes_and_goes(facts: &Facts<'_>) -> Option<Finding> {
    let (failed, of) = (facts.bad().count(), facts.samples.len());
    if failed == 0 || failed == of {
        return None;
    }
    let (low, high) = MIXED_TENTHS;
    // Where packets are lost, tries come and go whatever the site does.
    if facts.bad().all(|sample| is_silence(sample.seen)) && (facts.line.is_lossy || facts.line.is_slow()) {
        return Some(found(Fault::CantTell, Low, vec![Because::just(Fact::Slow)]));
    }
    let is_mixed = failed * 10 > of * low && failed * 10 < of * high;
    let only = correlate(facts);
    let confidence = match (of >= MIXED_SAMPLES && is_mixed, &only) {
        (true, Some(_)) => High,
        (true, None) => Medium,
        (false, _) => Low,
    };
    let because =
        only.map(|only| Because::one(Fact::Only, &only)).into_iter().chain(with_share(facts, Vec::new())).collect();
    Some(found(Fault::ComesAndGoes, confidence, because))
}

fn with_share(facts: &Facts<'_>, mut because: Vec<Because>) -> Vec<Because> {
    let count = |count: usize| count.to_string();
    because.push(Because { fact: Fact::Share, about: vec![count(facts.bad().count()), count(facts.samples.len())] });
    because
}

/// What every failed try has and no good one: an edge node, an address, a family.
fn correlate(facts: &Facts<'_>) -> Option<String> {
    let by_node = |sample: &Sample<'_>| sample.node().map(|node| node.name.clone());
    let by_address = |sample: &Sample<'_>| sample.seen.address.map(|address| address.to_string());
    let by_family = |sample: &Sample<'_>| sample.seen.address.map(|address| Family::of(address).name().to_owned());
    split(facts, &by_node).or_else(|| split(facts, &by_family)).or_else(|| split(facts, &by_address))
}

fn split(facts: &Facts<'_>, trait_of: &dyn Fn(&Sample<'_>) -> Option<String>) -> Option<String> {
    let bad = Names::of(facts.bad().filter_map(trait_of));
    let good = Names::of(facts.good().filter_map(trait_of));
    let only = bad.first().filter(|only| bad.len() == 1 && !good.is_empty() && !good.has(only))?;
    Some(only.to_owned())
}

/// It answers: for everybody, or for everybody but this browser.
pub(super) fn passed_or_this_browser(facts: &Facts<'_>) -> Option<Finding> {
    let is_good = |vantage| facts.by(vantage).any(Sample::is_good);
    let (browser, host) = (is_good(&Vantage::Browser), is_good(&Vantage::Host));
    let browser_failed = facts.by(&Vantage::Browser).any(|sample| !sample.is_good());
    let host_failed = facts.by(&Vantage::Host).any(|sample| !sample.is_good());
    match (browser && !browser_failed, host && !host_failed) {
        // A server that made an error once may do so again: one bad node of many is met now and then.
        (true, true) => Some(found(Fault::Passed, if_sure(!facts.has_error()), Vec::new())),
        (true, false) if !host && !host_failed => Some(found(Fault::Passed, Medium, Vec::new())),
        (false, true) if facts.has_error() => Some(found(Fault::Passed, Medium, Vec::new())),
        (false, true) => Some(found(Fault::ThisBrowser, if browser_failed { Medium } else { Low }, controls(facts))),
        _ => None,
    }
}
