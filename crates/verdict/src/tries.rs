//! Which tries at the target say something of it: what the host was refused, or could not do itself, does not.
//!
//! The host helps the browser and never outranks it. What only the host fails at while the browser is answered is a limit
//! of the host's, or a way that it does not know.

use std::net::IpAddr;

use super::family::Family;
use super::marks::is_of_proxy;
use super::sample::{Sample, may_be_inability};
use detour_model::failure::Failure;
use detour_model::observation::{Observation, Step, Subject, Vantage};

/// What tries are taken from.
pub(super) struct Tries<'s, 'a> {
    /// What was seen, in order.
    pub(super) seen: &'s [&'a Observation],
    /// An address family that does not work here says nothing of the site.
    pub(super) broken_family: Option<Family>,
    /// How the browser's own load failed.
    pub(super) failure: Option<&'s Failure>,
    /// Whether that load was just now: later it says nothing of what is so today.
    pub(super) is_first: bool,
}

/// The tries at the target from this computer.
pub(super) fn of<'a>(tries: &Tries<'_, 'a>) -> Vec<Sample<'a>> {
    let Tries { seen, broken_family, failure, is_first } = *tries;
    let others = others_addresses(seen);
    let is_own = |seen: &Observation| {
        seen.vantage != Vantage::Host || seen.address.is_none_or(|address| !others.contains(&address))
    };
    let mut samples: Vec<Sample<'a>> = seen
        .iter()
        .copied()
        .filter(|seen| seen.subject == Subject::Target && !matches!(seen.vantage, Vantage::Remote(_)))
        .filter(|seen| seen.address.is_none_or(|address| broken_family != Some(Family::of(address))))
        .filter(|seen| is_own(seen))
        .filter_map(Sample::of)
        .collect();
    let was_answered = match failure {
        Some(Failure::HttpError { status }) => status.is_none_or(|status| status >= 500),
        _ => false,
    };
    if was_answered && samples.iter().any(|sample| is_hosts(sample) && sample.answer.is_some()) {
        samples.retain(|sample| !may_be_throttled(sample));
    }
    let has_browser = samples.iter().any(|sample| !is_hosts(sample));
    if has_browser {
        // A proxy that stood before the host says nothing of the site that the browser reached.
        samples.retain(|sample| !is_hosts(sample) || !is_of_proxy(sample.seen));
    }
    let by_look = samples.iter().any(|sample| !is_hosts(sample) && sample.answer.is_some());
    if by_look || (was_answered && is_first && has_browser) {
        let is_host_answered = samples.iter().any(|sample| is_hosts(sample) && sample.answer.is_some());
        samples.retain(|sample| !is_hosts(sample) || (is_host_answered && !is_unable(sample)));
    }
    drop_second_family(&mut samples);
    samples
}

/// The addresses that only other resolvers found for the target. What lives there is a control: a browser here is never led
/// there. Addresses that nobody found are those of the places that redirects lead to.
fn others_addresses(seen: &[&Observation]) -> Vec<IpAddr> {
    let of_target = |is_own: bool| {
        let mut found = Vec::new();
        for seen in seen.iter().filter(|seen| seen.subject == Subject::Target && seen.step == Step::Dns) {
            if seen.resolver.is_none() == is_own {
                found.extend(seen.addresses());
            }
        }
        found
    };
    let own = of_target(true);
    let mut others = of_target(false);
    others.retain(|address| !own.contains(address));
    others
}

fn is_hosts(sample: &Sample<'_>) -> bool {
    sample.seen.vantage == Vantage::Host
}

fn is_unable(sample: &Sample<'_>) -> bool {
    sample.failure.as_ref().is_some_and(may_be_inability)
}

/// Chromium lets no extension ask for an address that answered with several errors of servers, for up to a quarter of an
/// hour, and says no more of it than of any other failure (<https://www.chromium.org/throttling>): where such errors
/// were met and the host was answered, this says nothing of the site.
fn may_be_throttled(sample: &Sample<'_>) -> bool {
    !is_hosts(sample) && matches!(sample.failure, Some(Failure::Unrecognized(_)))
}

/// Browsers try IPv6 first, and take IPv4 where no connection comes about (RFC 8305); a wrong certificate is met after
/// that, and no good one in the other family helps.
fn drop_second_family(samples: &mut Vec<Sample<'_>>) {
    let family = |sample: &Sample<'_>| sample.seen.address.map(Family::of);
    let first = || samples.iter().filter(|sample| family(sample) == Some(Family::V6));
    let is_wrong = |sample: &Sample<'_>| sample.failure.as_ref().is_some_and(Failure::is_of_certificate);
    if first().next().is_some() && first().all(is_wrong) {
        samples.retain(|sample| family(sample) != Some(Family::V4));
    }
}
