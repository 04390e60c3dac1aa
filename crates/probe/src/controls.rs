//! What the anchors and the routing table have said so far of this network.

use std::collections::BTreeSet;
use std::net::IpAddr;

use detour_model::observation::{Observation, Outcome, Step};
use detour_model::time::Millis;

use crate::deadlines;

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
            // No address: this was the resolution itself, or went through a proxy.
            return if is_failure && seen.step == Step::Dns { vec![host.to_owned()] } else { Vec::new() };
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
        seen.address.is_some_and(|address| self.are_cut_off_from(address))
    }

    /// Whether this network lacks an address's family.
    pub(super) fn are_cut_off_from(&self, address: IpAddr) -> bool {
        self.cut_off.contains(&Family::of(address))
    }

    /// Whether this network leads nowhere, in neither family.
    pub(super) fn are_all_cut_off(&self) -> bool {
        [Family::V4, Family::V6].iter().all(|family| self.cut_off.contains(family))
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

#[cfg(test)]
mod tests {
    use detour_model::failure::Failure;
    use detour_model::observation::{Answer, Certificate, Subject, Vantage};

    use super::*;

    const NAMED: &str = "www.debian.org";
    const LITERAL: &str = "9.9.9.9";

    fn seen(step: Step, address: &str, at: u64, outcome: Outcome) -> Observation {
        let seen = Observation::new(Vantage::Host, Subject::Target, step, outcome);
        Observation { at: Millis(at), address: address.parse().ok(), ..seen }
    }

    fn reset(at: u64) -> Observation {
        seen(Step::Tls, "192.0.2.1", at, Outcome::Failed(Failure::TcpReset))
    }

    fn with_good_control(at: u64) -> Controls {
        let mut controls = Controls::default();
        controls.note_anchor(NAMED, &seen(Step::Http, "192.0.2.2", at, Outcome::Answered(Answer::default())));
        controls
    }

    #[test]
    fn a_control_vouches_for_a_second_and_is_sent_for_twice_at_most() {
        let mut controls = with_good_control(10_000);
        let grown_old: Vec<bool> = [10_500, 11_000, 11_001, 11_002, 12_001, 12_002, 15_000]
            .map(|at| controls.have_grown_old(&reset(at)))
            .into();
        assert_eq!(grown_old, [false, false, true, false, false, true, false]);
        assert!(!Controls::default().have_grown_old(&reset(15_000)), "there was none that could have grown old");
        let error_page =
            seen(Step::Http, "192.0.2.1", 15_000, Outcome::Answered(Answer { status: 503, ..Answer::default() }));
        assert!(!with_good_control(10_000).have_grown_old(&error_page), "an answer came: the network works");
    }

    #[test]
    fn a_resolved_name_is_no_good_control() {
        let mut controls = Controls::default();
        let resolved = Outcome::Resolved { addresses: Vec::new(), cnames: Vec::new() };
        controls.note_anchor(NAMED, &seen(Step::Dns, "", 10_000, resolved));
        assert!(!controls.have_grown_old(&reset(15_000)) && !controls.was_good(NAMED));
    }

    #[test]
    fn a_name_is_doubted_once_a_literal_of_its_family_works() {
        let secured = |address| seen(Step::Tls, address, 1, Outcome::Secured(Certificate::default()));
        let failed = |address| seen(Step::Tcp, address, 1, Outcome::Failed(Failure::TcpTimedOut));
        for literal_first in [true, false] {
            let mut controls = Controls::default();
            assert!(controls.note_anchor(NAMED, &failed("2001:db8::1")).is_empty());
            let mut doubted = Vec::new();
            let mut literal =
                |controls: &mut Controls| doubted.extend(controls.note_anchor(LITERAL, &secured(LITERAL)));
            if literal_first {
                literal(&mut controls);
                assert_eq!(controls.note_anchor(NAMED, &failed("192.0.2.2")), [NAMED]);
            } else {
                assert!(controls.note_anchor(NAMED, &failed("192.0.2.2")).is_empty());
                literal(&mut controls);
                assert_eq!(doubted, [NAMED]);
            }
        }
    }

    #[test]
    fn a_family_that_this_network_lacks_explains_its_failures() {
        let mut controls = Controls::default();
        controls.note_route(&seen(Step::Tcp, "2001:db8::1", 1, Outcome::Failed(Failure::TcpAddressUnreachable)));
        controls.note_route(&seen(Step::Tcp, "192.0.2.1", 1, Outcome::Connected));
        assert!(controls.explain(&seen(Step::Tcp, "2001:db8::7", 1, Outcome::Failed(Failure::TcpAddressUnreachable))));
        assert!(!controls.explain(&reset(1)));
    }
}
