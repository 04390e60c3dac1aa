//! The site: its servers, its connections.

use super::finding::{Finding, controls, count_siblings, found, has_lasted, if_sure, remote, siblings};
use super::mixed::{comes_and_goes, is_for_this_browser};
use crate::facts::Facts;
use crate::limits::REMOTE_CONTINENTS;
use crate::neutral::Neutral;
use crate::sample::Sample;
use crate::{
    Because,
    Confidence::{High, Low, Medium},
    Fact, Fault,
};
use detour_cdn::MadeBy;
use detour_model::failure::Failure;
use detour_model::observation::Vantage;

/// 0: a bot challenge or a block, by the browser's own word. The host's counts where no browser was asked, and nothing
/// else was seen of the site, now or before: what programs are shown, people may never see.
pub(super) fn challenge(facts: &Facts<'_>) -> Option<Finding> {
    let turned_away = facts.turned_away;
    let is_only_word = !turned_away.has_browser
        && facts.before.is_none()
        && facts.samples.is_empty()
        && turned_away.is_host_challenged;
    (turned_away.is_browser_challenged || is_only_word).then(|| found(Fault::Challenge, High, Vec::new()))
}

/// 7, 8 and soft outages: a server made an error; whose server?
pub(super) fn server(facts: &Facts<'_>) -> Option<Finding> {
    if !facts.has_error() {
        return None;
    }
    if facts.bad().next().is_none() && facts.good().next().is_some() {
        return None; // fine now
    }
    if facts.samples.iter().any(Sample::is_soft) {
        return Some(found(Fault::SoftOutage, Medium, siblings(facts)));
    }
    let (failing, fine) = count_siblings(facts);
    if is_for_this_browser(facts) {
        return Some(found(Fault::Server, Low, siblings(facts)));
    }
    let by_host = facts.by(&Vantage::Host).any(|sample| sample.answer.is_some());
    let by_remote = facts.fails_in.continents.len() >= REMOTE_CONTINENTS;
    // Behind a CDN its other sites are the control: while one of them fails as well, nobody's view of this one site, not
    // even from other continents, tells whose fault it is.
    let is_alone = failing == 0 && !facts.does_another_fail();
    let is_controlled = facts.cdn.is_none() || (is_alone && (fine >= 2 || by_remote));
    // Over plain http anybody on the way may have answered.
    let is_way_seen = facts.is_https || by_remote || facts.neutral == Neutral::Fine;
    let sure = if !is_way_seen { Low } else { if_sure(by_host && is_controlled) };
    let mut because = siblings(facts);
    because.extend(remote(facts));
    let is_between = facts.errors().next().is_some() && facts.errors().all(|sample| sample.reading.blames_connection);
    let medium = if is_way_seen { Medium } else { Low };
    Some(match facts.errors().filter_map(Sample::made_by).min() {
        Some(MadeBy::Edge) if is_between && fine >= 2 && is_alone => found(Fault::Origin, medium, because),
        // At the beginning of an outage for a part of the tries, two healthy siblings may be luck: it has to last.
        Some(MadeBy::Edge) => {
            let is_alone = is_alone && (has_lasted(facts, Fault::Edge) || by_remote);
            // By the page alone it is the page that says so.
            let is_only_said = !facts.has_host && !facts.is_well_known;
            let confidence = if is_only_said { Low } else { medium };
            found(Fault::Edge, if is_alone && !is_only_said { sure } else { confidence }, because)
        }
        Some(MadeBy::EdgeBlamingOrigin | MadeBy::Origin) => found(Fault::Origin, sure, because),
        Some(MadeBy::Unknown) => found(Fault::Server, sure, because),
        None => found(Fault::Server, medium, because),
    })
}

/// 5a and 10: it cannot be reached, here or anywhere.
pub(super) fn connection(facts: &Facts<'_>) -> Option<Finding> {
    if !facts.has_host || facts.bad().next().is_none() {
        return None;
    }
    // What did not come in a time in which nothing need have come is no failure of anybody's.
    if facts.bad().all(|sample| is_only_slow(facts, sample)) {
        return Some(found(Fault::CantTell, Low, vec![Because::just(Fact::Slow)]));
    }
    // A program speaks fewer ciphers than browsers do, and nobody has asked one.
    if !facts.turned_away.has_browser && facts.samples.iter().all(|sample| is_beyond_programs(sample)) {
        return Some(found(Fault::CantTell, Low, Vec::new()));
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
        // Others on its CDN that fail as well make it less sure that it is the site's.
        return Some(found(Fault::Unreachable, if_sure(is_controlled && !facts.does_another_fail()), because));
    }
    // Without a control that answered, the site cannot be told from the network.
    Some(if is_controlled { found(Fault::FromHere, Medium, because) } else { found(Fault::CantTell, Low, because) })
}

/// Whether server and program share no cipher, or not even a beginning.
fn is_beyond_programs(sample: &Sample<'_>) -> bool {
    matches!(
        sample.failure,
        Some(Failure::TlsVersionOrCipherMismatch | Failure::TlsProtocolError | Failure::TlsBadClientAuthCert)
    )
}

/// Whether a try was only slow: on a slow or lossy line, or at a server that had taken the connection and was given a
/// few seconds where a browser, which was not asked, waits for minutes.
fn is_only_slow(facts: &Facts<'_>, sample: &Sample<'_>) -> bool {
    let is_asked_by_programs = !facts.turned_away.has_browser && facts.fails_in.continents.is_empty();
    let is_late = is_asked_by_programs && sample.failure == Some(Failure::HttpTimedOut);
    facts.line.swallows(sample.seen) || is_late
}

/// Nobody but the browser's own load has looked, or what was looked at says nothing.
pub(super) fn nothing_known(facts: &Facts<'_>) -> Option<Finding> {
    let fault = if facts.has_host { Fault::CantTell } else { Fault::Unconfirmed };
    Some(found(fault, Low, Vec::new()))
}
