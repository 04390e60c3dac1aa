//! Which segment of the user's own network fails, once the verdict says that it is the user's own.
//!
//! It refines a verdict and never makes, changes or strengthens one: it is chosen after the table has spoken, from evidence
//! that the table does not see.

use detour_model::failure::Failure;
use detour_model::observation::{Observation, Outcome, Step, Subject};
use detour_model::own_network::OwnNetwork;

use crate::marks::{is_literal, is_neutral};
use crate::neutral::Neutral;
use crate::verdict::{Fault, Segment};

/// Whether it is about the user's own network. The decision table does not see such evidence.
pub(super) fn is_own(seen: &Observation) -> bool {
    seen.subject == Subject::OwnNetwork
}

/// The segment that fails, where the verdict is on the user's own network and this computer had a word to say.
pub(super) fn of(fault: Fault, neutral: Neutral, seen: &[&Observation], own: &[&Observation]) -> Option<Segment> {
    if fault == Fault::You {
        way_out(neutral, own)
    } else if fault == Fault::Resolver {
        resolver(seen, own)
    } else {
        None
    }
}

/// The last word counts: a link comes and goes within a check.
fn way_out(neutral: Neutral, own: &[&Observation]) -> Option<Segment> {
    let said = own.iter().filter_map(|seen| Some((seen.at, on_way_out(noticed(seen)?)?)));
    let (_, segment) = said.max()?;
    // Where something neutral answers, or nobody was asked, "no internet" would say too much.
    let is_dead = matches!(neutral, Neutral::Down | Neutral::Lost);
    let is_by_itself = matches!(segment, Segment::Link | Segment::Address | Segment::NoRouter);
    (is_dead || (is_by_itself && neutral == Neutral::Unseen)).then_some(segment)
}

const fn on_way_out(noticed: OwnNetwork) -> Option<Segment> {
    match noticed {
        OwnNetwork::NoLink => Some(Segment::Link),
        OwnNetwork::NoAddress => Some(Segment::Address),
        OwnNetwork::NoRouter => Some(Segment::NoRouter),
        OwnNetwork::RouterSilent => Some(Segment::Router),
        OwnNetwork::VpnUp => Some(Segment::Vpn),
        OwnNetwork::WifiUp => Some(Segment::Wifi),
        OwnNetwork::LinkUp => Some(Segment::Uplink),
        OwnNetwork::ResolverBehindVpn | OwnNetwork::Unrecognized => None,
    }
}

/// A resolver that refuses, or lies, does answer.
fn resolver(seen: &[&Observation], own: &[&Observation]) -> Option<Segment> {
    let is_look_up = |seen: &&&Observation| {
        is_neutral(seen) && seen.step == Step::Dns && seen.resolver.is_none() && !is_literal(seen)
    };
    let mut look_ups = seen.iter().filter(is_look_up).peekable();
    let is_asked = look_ups.peek().is_some() && !own.is_empty();
    if !is_asked || !look_ups.all(|seen| seen.failure() == Some(Failure::DnsUnreachable)) {
        return None;
    }
    let is_behind_vpn = own.iter().any(|seen| noticed(seen) == Some(OwnNetwork::ResolverBehindVpn));
    Some(if is_behind_vpn { Segment::VpnResolver } else { Segment::Resolver })
}

const fn noticed(seen: &Observation) -> Option<OwnNetwork> {
    if let Outcome::Noticed(noticed) = seen.outcome { Some(noticed) } else { None }
}
