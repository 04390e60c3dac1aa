//! What the anchors and the routing table have said so far of this network.

use std::collections::BTreeSet;
use std::net::IpAddr;

use detour_core::observation::{Millis, Observation, Outcome, Step};

use super::deadlines;

/// The controls' testimony.
#[derive(Debug, Default)]
pub(super) struct Controls {
    /// Families without a way out.
    cut_off: BTreeSet<Family>,
    good: BTreeSet<String>,
    last_good: Option<Millis>,
    /// When the controls were last sent for again, and how often.
    sent_for: Option<Millis>,
    times_sent_for: u8,
    /// Families in which a literal address shook hands.
    literal_works: BTreeSet<Family>,
    /// Anchors that their name's address did not lead to.
    missed: BTreeSet<(Family, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    V4,
    V6,
}

impl Family {
    const fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }
}

impl Controls {
    pub(super) fn note_route(&mut self, seen: &Observation) {
        if let (Some(address), Outcome::Failed(_)) = (seen.address, &seen.outcome) {
            self.cut_off.insert(Family::of(address));
        }
    }

    /// Takes note of an anchor; names the anchors whose resolution is now in doubt.
    pub(super) fn note_anchor(&mut self, host: &str, seen: &Observation) -> Vec<String> {
        let is_good = seen.step != Step::Dns && seen.failure().is_none();
        if is_good {
            self.good.insert(host.to_owned());
            self.last_good = self.last_good.max(Some(seen.at));
        }
        if seen.resolver.is_some() {
            return Vec::new();
        }
        let is_failure = matches!(seen.outcome, Outcome::Failed(_));
        let Some(family) = seen.address.map(Family::of) else {
            // No address: this was the resolution itself.
            return if is_failure { vec![host.to_owned()] } else { Vec::new() };
        };
        let is_literal = host.parse::<IpAddr>().is_ok();
        match seen.step {
            Step::Tls if is_good && is_literal => {
                self.literal_works.insert(family);
            }
            Step::Tcp | Step::Tls if is_failure && !is_literal && !self.cut_off.contains(&family) => {
                self.missed.insert((family, host.to_owned()));
            }
            Step::Dns | Step::Tcp | Step::Tls | Step::Http => return Vec::new(),
        }
        let is_doubtful = |(family, _): &&(Family, String)| self.literal_works.contains(family);
        self.missed.iter().filter(is_doubtful).map(|(_, host)| host.clone()).collect()
    }

    /// Whether a failure is only that this network lacks the address's family.
    pub(super) fn explain(&self, seen: &Observation) -> bool {
        seen.address.is_some_and(|address| self.cut_off.contains(&Family::of(address)))
    }

    /// Whether the last good control was too long before this failure to vouch for the network; if so, it is taken
    /// that the controls are sent for again. A bounded number of times: each costs two connections.
    pub(super) fn have_grown_old(&mut self, failed: &Observation) -> bool {
        let (Some(last_good), Outcome::Failed(_)) = (self.last_good, &failed.outcome) else { return false };
        let last = self.sent_for.map_or(last_good, |sent_for| sent_for.max(last_good));
        let are_old = self.times_sent_for < CLOSINGS && failed.at.since(last) > deadlines::CONTROL_HOLDS;
        if are_old {
            self.sent_for = Some(failed.at);
            self.times_sent_for += 1;
        }
        are_old
    }

    pub(super) fn was_good(&self, host: &str) -> bool {
        self.good.contains(host)
    }
}

/// One after the connections' time-out, one after the answer's.
const CLOSINGS: u8 = 2;
