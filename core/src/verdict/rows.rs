//! The decision table: rows in order, the first that matches wins. Each says in words what it needs.

use super::facts::{Facts, Family, Health, Neutral, Sample, made_by};
use super::limits::{
    CDN_WIDE_PLACES, CDN_WIDE_SITES, CLOCK_SKEW, CLOCK_TICK, FAILING_SIBLINGS_TENTHS, HEALTHY_SIBLINGS, MIXED_SAMPLES,
    MIXED_TENTHS, NEUTRAL_PLACES, REMOTE_CONTINENTS, RESOLVERS, UNREACHABLE_SIBLINGS,
};
use super::names::Names;
use super::{Because, Confidence, Fact, Fault};
use crate::cdn::{self, MadeBy};
use crate::failure::{Failure, Phase};
use crate::observation::{Indicator, Observation, Outcome, Step, Subject, Vantage};
use Confidence::{High, Low, Medium};

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

/// The page is fine; scripts, styles or images of it fail at other hosts.
fn broken_parts(facts: &Facts<'_>) -> Option<Finding> {
    let parts = facts.seen.iter().filter(|seen| matches!(seen.subject, Subject::Part(_)));
    let failing = parts.filter(|seen| seen.failure().is_some()).filter_map(|seen| seen.subject.host());
    let hosts = Names::of(failing.map(str::to_owned));
    if hosts.is_empty() || facts.bad().next().is_some() {
        return None;
    }
    Some(found(Fault::BrokenParts, if_sure(facts.has_host), list(Fact::Parts, hosts)))
}

/// 0: a bot challenge or a block.
fn challenge(facts: &Facts<'_>) -> Option<Finding> {
    let is_block = |sample: &Sample<'_>| sample.answer.is_some_and(cdn::classify::is_block);
    facts.samples.iter().any(is_block).then(|| found(Fault::Challenge, High, Vec::new()))
}

/// 1: the browser says so itself.
fn offline(facts: &Facts<'_>) -> Option<Finding> {
    (facts.failure == Failure::Offline).then(|| found(Fault::You, High, Vec::new()))
}

/// 2: the probe, or everything, is answered by somebody else. A server's own error over a plain connection could
/// still be the site's.
fn portal(facts: &Facts<'_>) -> Option<Finding> {
    let is_sure = facts.failure.status().is_none();
    (facts.neutral == Neutral::Portal)
        .then(|| found(Fault::Portal, if_sure(is_sure), vec![Because::just(Fact::ControlsFail)]))
}

/// 6: certificates look out of date because our clock is wrong: by the neutral places' clocks they are good.
fn clock(facts: &Facts<'_>) -> Option<Finding> {
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

/// 4a: the resolver makes up answers for names that do not exist, and gave the same one for this name.
fn made_up(facts: &Facts<'_>) -> Option<Finding> {
    let made_up: Vec<std::net::IpAddr> = resolved(facts, |seen| seen.subject == Subject::Nowhere);
    let is_made_up = addresses(facts, true).iter().any(|address| made_up.contains(address));
    // Where known names lead astray as well, it is the resolver's row that counts.
    if !is_made_up || facts.neutral != Neutral::Fine {
        return None;
    }
    let gone = disagreeing(facts, |outcome| *outcome == Outcome::Failed(Failure::DnsNameNotResolved));
    let answering = disagreeing(facts, |outcome| matches!(outcome, Outcome::Resolved { .. }));
    if !answering.is_empty() {
        return Some(found(Fault::NameFiltered, Medium, list(Fact::ResolversDiffer, answering)));
    }
    Some(found(Fault::NameGone, if_sure(gone.len() >= RESOLVERS), list(Fact::ResolversAgree, gone)))
}

/// It answers again after an outage that we have judged before: moved away, back, or on its way.
fn back(facts: &Facts<'_>) -> Option<Finding> {
    let before = facts.before?;
    let now = facts.cdn.as_ref().map(|cdn| &cdn.name);
    // Browsers keep connections, and names for a minute: they may still be with the CDN that the site has left.
    let is_well_outside = facts.by(&Vantage::Host).next().is_some() && facts.by(&Vantage::Host).all(Sample::is_good);
    let is_well = facts.good().next().is_some() && facts.bad().next().is_none();
    if let (Some(left), Some(_), true) = (&before.cdn, now, before.fault.is_of_cdn())
        && now != Some(left)
        && (is_well || is_well_outside)
    {
        return Some(found(Fault::Moved, if_sure(before.is_over()), vec![Because::one(Fact::Left, left)]));
    }
    if !is_well {
        return None;
    }
    let (failing, fine) = count_siblings(facts);
    let are_siblings_back = failing * 10 <= (failing + fine) * FAILING_SIBLINGS_TENTHS;
    let is_over = before.is_over() && (are_siblings_back || !before.fault.is_of_cdn());
    let fault = if is_over { Fault::Passed } else { Fault::Recovering };
    // What came and went, and what a crowd hangs on, may do so again.
    let is_sure = is_over && before.relapses == 0 && before.fault != Fault::ComesAndGoes && !before.fault.is_of_cdn();
    Some(found(fault, if_sure(is_sure), siblings(facts)))
}

/// 12: the CDN is well again, and the crowd that comes back at once is too much for the site's own servers.
fn overloaded(facts: &Facts<'_>) -> Option<Finding> {
    let (failing, fine) = count_siblings(facts);
    let is_behind = |answer| matches!(made_by(answer), MadeBy::Origin | MadeBy::EdgeBlamingOrigin);
    let is_mixed = facts.good().next().is_some() && facts.errors().next().is_some();
    let is_overrun = facts.began_with_cdn() && is_mixed && facts.errors().all(is_behind) && fine > failing;
    is_overrun.then(|| found(Fault::Overloaded, Medium, with_share(facts, siblings(facts))))
}

/// 9, 5b, 9b and 10: many unrelated sites of one CDN fail at once, by its edge's own errors, without a connection,
/// or without a name.
fn cdn_wide(facts: &Facts<'_>) -> Option<Finding> {
    facts.cdn.as_ref()?;
    let worst = facts.bad().filter_map(|sample| sample_health(sample)).min()?;
    let alike = |health: Health| match worst {
        Health::Edge | Health::Behind => matches!(health, Health::Edge | Health::Behind | Health::Unreachable),
        Health::Unreachable => matches!(health, Health::Unreachable | Health::Edge),
        Health::Nameless => health == Health::Nameless,
        Health::Fine | Health::Origin => false,
    };
    let failing: Vec<&super::facts::Sibling> = facts.on_this_cdn().filter(|sibling| alike(sibling.health)).collect();
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
    let mut because = siblings(facts);
    let own = facts.bad().filter_map(Sample::node).map(|node| node.pop);
    let mut pops = Names::of(own);
    for sibling in &failing {
        sibling.pops.clone().into_vec().into_iter().for_each(|pop| pops.add(pop));
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
    let is_sure = are_controls_fine && (is_everywhere || status.is_some() || (sites > CDN_WIDE_SITES && fine == 0));
    if worst == Health::Nameless {
        let agree = disagreeing(facts, |outcome| matches!(outcome, Outcome::Failed(_)));
        let is_sure = are_controls_fine && agree.len() + 1 >= RESOLVERS;
        because.extend(list(Fact::ResolversAgree, agree));
        return Some(found(Fault::CdnNames, if_sure(is_sure), because));
    }
    let fault = if is_elsewhere_fine {
        // Errors may go round the world in waves, as in November 2025; routes that are gone stay gone.
        let is_sure = worst == Health::Unreachable && fine == 0 && is_sure_of_regions(facts);
        return Some(found(Fault::Regional, if_sure(is_sure), because));
    } else if is_everywhere || (worst != Health::Unreachable && pops.len() >= CDN_WIDE_PLACES) {
        Fault::CdnWide
    } else if worst == Health::Unreachable {
        return Some(found(Fault::EdgeUnreachable, Medium, because));
    } else {
        // Two siblings that met the same bad node once are soon well again.
        let is_sure = is_sure && (fine == 0 || has_lasted(facts, Fault::CdnHere));
        return Some(found(Fault::CdnHere, if_sure(is_sure), because));
    };
    Some(found(fault, if_sure(is_sure), because))
}

/// Whether every error of every site comes from one and the same node, and others answer well.
fn is_one_node(facts: &Facts<'_>) -> bool {
    let mut bad = Names::of(facts.bad().filter_map(Sample::node).map(|node| node.name));
    let mut good = Names::of(facts.good().filter_map(Sample::node).map(|node| node.name));
    for sibling in facts.on_this_cdn() {
        sibling.bad_nodes.clone().into_vec().into_iter().for_each(|node| bad.add(node));
        sibling.good_nodes.clone().into_vec().into_iter().for_each(|node| good.add(node));
    }
    bad.len() == 1 && !good.is_empty() && bad.first().is_some_and(|node| !good.has(node))
}

/// 7r: sites on different CDNs, or on none, whose own servers fail at once: something behind them all.
fn cloud_region(facts: &Facts<'_>) -> Option<Finding> {
    let is_behind = |health| matches!(health, Health::Behind | Health::Origin);
    if !facts.bad().filter_map(|sample| sample_health(sample)).min().is_some_and(is_behind) || is_mostly_good(facts) {
        return None;
    }
    let failing: Vec<&super::facts::Sibling> =
        facts.siblings.iter().filter(|sibling| is_behind(sibling.health)).collect();
    let own = facts.cdn.as_ref().map(|cdn| cdn.name.as_str());
    let name = |cdn: Option<&str>| cdn.unwrap_or_default().to_owned();
    let behind = failing.iter().map(|sibling| name(sibling.cdn.as_deref()));
    let cdns = Names::of(behind.chain(std::iter::once(name(own))));
    if failing.len() + 1 < CDN_WIDE_SITES || cdns.len() < 2 {
        return None;
    }
    let sites = Names::of(failing.iter().map(|sibling| sibling.site.clone()));
    Some(found(Fault::CloudRegion, Medium, list(Fact::SiblingsFail, sites)))
}

/// 10: it fails for every try here, and is well on other continents.
fn fails_only_here(facts: &Facts<'_>) -> Option<Finding> {
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

/// Whether an earlier look came to the same.
fn has_lasted(facts: &Facts<'_>, fault: Fault) -> bool {
    facts.before.is_some_and(|before| before.fault == fault)
}

/// One good try on each of two continents may be luck, where part of an outage's answers are good.
fn is_sure_of_regions(facts: &Facts<'_>) -> bool {
    let is_wide = facts.fine_in.continents.len() > REMOTE_CONTINENTS && facts.fails_in.continents.is_empty();
    is_wide && facts.neutral == Neutral::Fine && facts.samples.len() >= MIXED_SAMPLES
}

/// 11: a server answers sometimes well and sometimes with an error.
fn server_comes_and_goes(facts: &Facts<'_>) -> Option<Finding> {
    if facts.has_error() { comes_and_goes(facts) } else { None }
}

fn comes_and_goes(facts: &Facts<'_>) -> Option<Finding> {
    let (failed, of) = (facts.bad().count(), facts.samples.len());
    if failed == 0 || failed == of {
        return None;
    }
    let (low, high) = MIXED_TENTHS;
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

/// 7, 8 and soft outages: a server made an error; whose server?
fn server(facts: &Facts<'_>) -> Option<Finding> {
    if !facts.has_error() {
        return None;
    }
    if facts.bad().next().is_none() && facts.good().next().is_some() {
        return None; // fine now
    }
    if facts.samples.iter().any(|sample| sample.is_soft) {
        return Some(found(Fault::SoftOutage, Medium, siblings(facts)));
    }
    let (failing, fine) = count_siblings(facts);
    let by_host = facts.by(&Vantage::Host).any(|sample| sample.answer.is_some());
    let by_remote = facts.fails_in.continents.len() >= REMOTE_CONTINENTS;
    // Behind a CDN its other sites are the control.
    let is_controlled = facts.cdn.is_none() || (fine >= 2 && failing == 0) || by_remote;
    let sure = if_sure(by_host && is_controlled);
    let mut because = siblings(facts);
    because.extend(remote(facts));
    let is_between = facts.errors().next().is_some() && facts.errors().all(is_between_edge_and_origin);
    Some(match facts.errors().map(made_by).min() {
        Some(MadeBy::Edge) if is_between && fine >= 2 && failing == 0 => found(Fault::Origin, Medium, because),
        // At the beginning of an outage for a part of the tries, two healthy siblings may be luck: it has to last.
        Some(MadeBy::Edge) => {
            let is_alone = failing == 0 && (has_lasted(facts, Fault::Edge) || by_remote);
            found(Fault::Edge, if is_alone { sure } else { Medium }, because)
        }
        Some(MadeBy::EdgeBlamingOrigin | MadeBy::Origin) => found(Fault::Origin, sure, because),
        Some(MadeBy::Unknown) => found(Fault::Server, sure, because),
        None => found(Fault::Server, Medium, because),
    })
}

/// Whether the edge says only that a connection failed: its own, as in June 2021, or the one to the site's server,
/// which it is where the CDN's other sites are well.
fn is_between_edge_and_origin(answer: &crate::observation::Answer) -> bool {
    let body = answer.body.to_ascii_lowercase();
    ["connection failure", "connection reset by peer", "connection timed out"].iter().any(|words| body.contains(words))
}

/// 1: nothing neutral answers.
fn network_down(facts: &Facts<'_>) -> Option<Finding> {
    match facts.neutral {
        // One neutral place may have its own trouble: in July 2020 a public resolver went with its CDN.
        Neutral::Down if facts.failing_places < NEUTRAL_PLACES => {
            Some(found(Fault::CantTell, Low, vec![Because::just(Fact::ControlsFail)]))
        }
        Neutral::Down => Some(found(Fault::You, High, vec![Because::just(Fact::ControlsFail)])),
        Neutral::Lost => Some(found(Fault::You, Medium, vec![Because::just(Fact::ControlsFail)])),
        Neutral::Unseen | Neutral::Fine | Neutral::NoNames { .. } | Neutral::Portal => None,
    }
}

/// 3: known names cannot be found, or lead astray, while the places themselves answer.
fn resolver(facts: &Facts<'_>) -> Option<Finding> {
    let Neutral::NoNames { sure } = facts.neutral else { return None };
    Some(found(Fault::Resolver, if_sure(sure), vec![Because::just(Fact::ControlsFail)]))
}

/// 1, the lesser half: one address family fails for everything, and the browser tried that one.
fn address_family(facts: &Facts<'_>) -> Option<Finding> {
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

/// It answers: for everybody, or for everybody but this browser.
fn passed_or_this_browser(facts: &Facts<'_>) -> Option<Finding> {
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

/// 4: the name.
fn name(facts: &Facts<'_>) -> Option<Finding> {
    let own = || facts.seen.iter().filter(|seen| is_own_look_up(seen));
    let is_astray = own().any(|seen| matches!(seen.outcome, Outcome::Resolved { .. })) && is_astray(facts);
    let failures: Vec<Failure> = own().filter_map(|seen| seen.failure()).collect();
    let gone = disagreeing(facts, |outcome| *outcome == Outcome::Failed(Failure::DnsNameNotResolved));
    if failures.is_empty() && !is_astray && gone.len() < RESOLVERS {
        return None;
    }
    let is_controlled = facts.neutral == Neutral::Fine;
    if gone.len() >= RESOLVERS {
        return Some(found(Fault::NameGone, if_sure(is_controlled), list(Fact::ResolversAgree, gone)));
    }
    let answering = disagreeing(facts, |outcome| matches!(outcome, Outcome::Resolved { .. }));
    if !answering.is_empty() {
        // A resolver that says no, or leads astray, says something; one that is silent may only be ill.
        let is_word = failures.is_empty() || failures.contains(&Failure::DnsNameNotResolved);
        let sure = if_sure(is_controlled && is_word && is_proven_elsewhere(facts));
        return Some(found(Fault::NameFiltered, sure, list(Fact::ResolversDiffer, answering)));
    }
    let failing = disagreeing(facts, |outcome| matches!(outcome, Outcome::Failed(_)));
    if failing.len() >= RESOLVERS {
        let is_signed_wrong = facts
            .at_resolvers()
            .any(|(_, unchecked, outcome)| unchecked && matches!(outcome, Outcome::Resolved { .. }));
        let mut because = if is_signed_wrong { vec![Because::just(Fact::Dnssec)] } else { Vec::new() };
        because.extend(list(Fact::ResolversAgree, failing));
        return Some(found(Fault::NameFailing, if_sure(is_controlled), because));
    }
    // Nobody else was asked: the name's own resolver has the word.
    match (failures.iter().all(|failure| *failure == Failure::DnsNameNotResolved), is_controlled) {
        (true, true) => Some(found(Fault::NameGone, Medium, controls(facts))),
        (true, false) => Some(found(Fault::NameGone, Low, Vec::new())),
        (false, true) => Some(found(Fault::NameFailing, Medium, controls(facts))),
        (false, false) => Some(found(Fault::CantTell, Low, Vec::new())),
    }
}

/// 6: the certificate is wrong, at the site or on the way.
fn certificate(facts: &Facts<'_>) -> Option<Finding> {
    let here =
        || facts.by(&Vantage::Host).filter(|sample| sample.failure.as_ref().is_some_and(Failure::is_of_certificate));
    if !facts.failure.is_of_certificate() || here().next().is_none() {
        return None;
    }
    let shown =
        |seen: &Observation| seen.so_far.as_ref().and_then(|so_far| Some(so_far.certificate.as_ref()?.sha256.clone()));
    let own: Vec<String> = here().filter_map(|sample| shown(sample.seen)).collect();
    let is_everywhere = facts.seen.iter().any(|seen| {
        matches!(seen.subject, Subject::Anchor(_)) && shown(seen).is_some_and(|certificate| own.contains(&certificate))
    });
    let is_good_elsewhere = facts.fine_in.continents.len() >= REMOTE_CONTINENTS && facts.fails_in.continents.is_empty();
    if is_everywhere || is_good_elsewhere {
        return Some(found(Fault::Intercepted, if_sure(is_everywhere && is_good_elsewhere), remote(facts)));
    }
    let is_bad_elsewhere = facts.seen.iter().any(|seen| {
        matches!(seen.vantage, Vantage::Remote(_)) && seen.failure().as_ref().is_some_and(Failure::is_of_certificate)
    });
    // A certificate that is out of date by its own words is so for everybody whose clock is right.
    let is_dated = facts.failure == Failure::TlsCertDateInvalid
        && facts.skew.is_some_and(|skew| skew.unsigned_abs() <= CLOCK_TICK);
    let sure = facts.neutral == Neutral::Fine && (is_bad_elsewhere || is_dated);
    Some(found(Fault::Certificate, if_sure(sure), remote(facts)))
}

/// 5a and 10: it cannot be reached, here or anywhere.
fn connection(facts: &Facts<'_>) -> Option<Finding> {
    if !facts.has_host || facts.bad().next().is_none() {
        return None;
    }
    if facts.good().next().is_some() {
        return comes_and_goes(facts);
    }
    if !facts.by(&Vantage::Host).any(|_| true) {
        return None;
    }
    let mut because = remote(facts);
    because.extend(siblings(facts));
    because.extend(controls(facts));
    let is_controlled = facts.neutral == Neutral::Fine;
    if facts.fails_in.continents.len() >= REMOTE_CONTINENTS {
        return Some(found(Fault::Unreachable, if_sure(is_controlled), because));
    }
    // Without a control that answered, the site cannot be told from the network.
    Some(if is_controlled { found(Fault::FromHere, Medium, because) } else { found(Fault::CantTell, Low, because) })
}

/// Nobody but the browser's own load has looked, or what was looked at says nothing.
fn nothing_known(facts: &Facts<'_>) -> Option<Finding> {
    let fault = if facts.has_host { Fault::CantTell } else { Fault::Unconfirmed };
    Some(found(fault, Low, Vec::new()))
}

/// Whether most tries at the target itself are good.
fn is_mostly_good(facts: &Facts<'_>) -> bool {
    facts.good().count() > facts.bad().count()
}

fn sample_health(sample: &Sample<'_>) -> Option<Health> {
    super::facts::health(sample)
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

fn with_share(facts: &Facts<'_>, mut because: Vec<Because>) -> Vec<Because> {
    let count = |count: usize| count.to_string();
    because.push(Because { fact: Fact::Share, about: vec![count(facts.bad().count()), count(facts.samples.len())] });
    because
}

/// What every failed try has and no good one: an edge node, an address, a family.
fn correlate(facts: &Facts<'_>) -> Option<String> {
    let by_node = |sample: &Sample<'_>| sample.node().map(|node| node.name);
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

/// The system's own look-up of the target's name.
fn is_own_look_up(seen: &Observation) -> bool {
    let is_here = !matches!(seen.vantage, Vantage::Remote(_));
    is_here && seen.subject == Subject::Target && seen.step == Step::Dns && seen.resolver.is_none()
}

/// Other resolvers (told to check DNSSEC) whose outcome is of this kind.
fn disagreeing(facts: &Facts<'_>, is_meant: impl Fn(&Outcome) -> bool) -> Names {
    let meant = facts.at_resolvers().filter(|(_, unchecked, outcome)| !unchecked && is_meant(outcome));
    Names::of(meant.map(|(server, _, _)| server.to_owned()))
}

/// The addresses that other resolvers gave and the system did not.
fn elsewhere(facts: &Facts<'_>) -> Vec<std::net::IpAddr> {
    let own = addresses(facts, true);
    addresses(facts, false).into_iter().filter(|address| !own.contains(address)).collect()
}

/// The target's addresses: the system's, or those of other resolvers.
fn addresses(facts: &Facts<'_>, is_own: bool) -> Vec<std::net::IpAddr> {
    resolved(facts, |seen| seen.subject == Subject::Target && seen.step == Step::Dns && is_own_look_up(seen) == is_own)
}

/// The addresses that these look-ups found.
fn resolved(facts: &Facts<'_>, is_meant: impl Fn(&Observation) -> bool) -> Vec<std::net::IpAddr> {
    let mut found = Vec::new();
    for seen in facts.seen {
        if is_meant(seen) {
            found.extend(seen.addresses());
        }
    }
    found
}

/// Whether the system's answer shares nothing with the others', and does not prove to be the site's.
fn is_astray(facts: &Facts<'_>) -> bool {
    let others = elsewhere(facts);
    let own = addresses(facts, true);
    let own_works = facts.seen.iter().any(|seen| {
        seen.subject == Subject::Target
            && matches!(seen.outcome, Outcome::Secured(_))
            && seen.address.is_some_and(|address| own.contains(&address))
    });
    let is_shared = addresses(facts, false).iter().any(|address| own.contains(address));
    !others.is_empty() && !is_shared && !own_works && facts.bad().next().is_some()
}

/// Whether an address that only other resolvers gave showed the site's certificate.
fn is_proven_elsewhere(facts: &Facts<'_>) -> bool {
    let others = elsewhere(facts);
    facts.seen.iter().any(|seen| {
        matches!(seen.outcome, Outcome::Secured(_)) && seen.address.is_some_and(|address| others.contains(&address))
    })
}
