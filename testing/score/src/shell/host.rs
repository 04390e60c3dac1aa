//! The simulated native host: one check as the real one carries it out, in order of time.
//!
//! The plan is the real host's (its `check` module): the target on all its addresses and five samples in all, the
//! controls, and in the course of it canaries, a status page, other resolvers, a closing control and remote probes.

use std::net::IpAddr;

use detour_core::failure::Failure;
use detour_core::observation::{Observation, Outcome, Step, Subject, Vantage};
use detour_core::port::Scope;
use detour_outages::{Asked, Host, Moment, Role};

use crate::network::{From, HOST, Leg, Looked, Network, Scheme, Trip};

mod closer;
mod course;

/// What a check makes: observations in order of time, and how it ends.
#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) observed: Vec<(u64, Observation)>,
    pub(crate) ended: u64,
    pub(crate) end: CheckEnd,
}

/// How a check ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CheckEnd {
    Finished { timed_out: bool },
    PrivateAddress,
}

/// The real host's deadline for a check.
const DEADLINE: u64 = 6_000;
/// Between two samples of one site.
const STAGGER: u64 = 50;
/// Silence cut short by the deadline means something only after this long.
const FAIR: u64 = 1_200;
/// The target's samples in one check.
const SAMPLES: usize = 5;
/// Addresses a family.
const ADDRESSES: usize = 4;

/// Carries a check out, from `at` on.
pub(crate) fn check(network: &Network<'_>, host: &Host, scope: Scope, at: u64, serial: &mut u64) -> Check {
    let mut work = Work { network, began: at, serial, observed: Vec::new(), ended: at };
    let looked = work.target(host, scope);
    if looked.addresses().iter().any(|address| detour_core::target::is_private_address(*address)) {
        return Check { observed: Vec::new(), ended: looked.ended, end: CheckEnd::PrivateAddress };
    }
    work.controls(scope);
    work.nowhere(&looked);
    if let Some(when) = work.suspicion() {
        work.canaries(scope, when);
    }
    if !scope.is_again() {
        work.other_resolvers_for_anchors();
    }
    if scope == Scope::Closer {
        work.closer(host, &looked);
    }
    work.closing_control();
    work.finish()
}

/// A check under way.
struct Work<'a, 'n> {
    network: &'a Network<'n>,
    began: u64,
    serial: &'a mut u64,
    observed: Vec<(u64, Observation)>,
    ended: u64,
}

/// When a probe was begun: with the check, or in its course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begun {
    AtOnce,
    Late,
}

/// Which steps are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeps {
    EveryStep,
    TheEnd,
}

impl Work<'_, '_> {
    const fn deadline(&self) -> u64 {
        self.began + DEADLINE
    }

    fn next(&mut self) -> u64 {
        *self.serial += 1;
        *self.serial
    }

    /// Records one step, unless the deadline came first.
    fn record(&mut self, subject: &Subject, leg: &Leg, address: Option<IpAddr>, begun: Begun) {
        let deadline = self.deadline();
        if leg.began >= deadline {
            return;
        }
        let is_cut = leg.ended > deadline;
        if is_cut && begun == Begun::Late && deadline.saturating_sub(leg.began) < FAIR {
            return;
        }
        let ended = leg.ended.min(deadline);
        let outcome = if is_cut { Outcome::Failed(silence(leg.step)) } else { leg.outcome.clone() };
        let mut observation = Observation::new(Vantage::Host, subject.clone(), leg.step, outcome);
        observation.at = self.network.shown(ended);
        observation.duration_ms = ended - leg.began;
        observation.address = address;
        observation.so_far = if is_cut { None } else { leg.so_far.clone() };
        self.push(ended, observation);
    }

    fn push(&mut self, at: u64, observation: Observation) {
        self.ended = self.ended.max(at);
        self.observed.push((at, observation));
    }

    fn name(&mut self, subject: &Subject, host: &Host, at: u64, begun: Begun) -> Looked {
        let sample = self.next();
        let looked = self.network.resolve(host, Asked::System, at, sample, HOST);
        let is_private = |address: &IpAddr| detour_core::target::is_private_address(*address);
        let leads_home = !looked.addresses().is_empty() && looked.addresses().iter().all(is_private);
        // A private address for a public control is the resolver's nonsense, not a place to go.
        let is_nonsense = leads_home && *subject != Subject::Target;
        let outcome = if is_nonsense { Outcome::Failed(Failure::DnsFailed) } else { looked.outcome.clone() };
        let leg = Leg { step: Step::Dns, began: at, ended: looked.ended, outcome, so_far: looked.so_far.clone() };
        self.record(subject, &leg, None, begun);
        looked
    }

    fn sample(&mut self, subject: &Subject, trip: Trip<'_>, at: u64, begun: Begun, keeps: Keeps) {
        let legs = self.network.travel(&trip, at);
        let skipped = if keeps == Keeps::TheEnd { legs.len().saturating_sub(1) } else { 0 };
        for leg in legs.iter().skip(skipped) {
            self.record(subject, leg, Some(trip.address), begun);
        }
    }

    fn trip<'b>(&mut self, host: &'b Host, address: IpAddr, scheme: Scheme) -> Trip<'b> {
        Trip { from: From::User, host, address, scheme, sample: self.next(), patience: HOST }
    }

    /// The target: every address once, and again until there are enough samples.
    fn target(&mut self, host: &Host, scope: Scope) -> Looked {
        let began = self.began + 2;
        let looked = self.name(&Subject::Target, host, began, Begun::AtOnce);
        let addresses = first_of_each_family(looked.addresses(), ADDRESSES);
        for address in &addresses {
            let trip = self.trip(host, *address, Scheme::Https);
            self.sample(&Subject::Target, trip, looked.ended, Begun::AtOnce, Keeps::EveryStep);
        }
        if !scope.is_again() {
            let has_v6 = self.network.user.has_v6;
            let usable: Vec<IpAddr> = addresses.iter().filter(|address| has_v6 || address.is_ipv4()).copied().collect();
            let wanted = SAMPLES.saturating_sub(usable.len());
            for (turn, address) in (1..).zip(usable.iter().cycle().take(wanted)) {
                let trip = self.trip(host, *address, Scheme::Https);
                self.sample(&Subject::Target, trip, looked.ended + STAGGER * turn, Begun::AtOnce, Keeps::TheEnd);
            }
        }
        looked
    }

    /// Anchors by name and by address, the portal probe, the routing table.
    fn controls(&mut self, scope: Scope) {
        let began = self.began + 2;
        let outage = self.network.outage;
        let most = if scope.is_again() { 1 } else { usize::MAX };
        for anchor in outage.hosts_of(Role::Anchor).take(most) {
            self.fetch(&Subject::Anchor(anchor.name.to_owned()), anchor, Scheme::Https, began, Begun::AtOnce);
        }
        for literal in outage.hosts_of(Role::Literal).take(most) {
            if let Some(address) = literal.home.addresses.first() {
                self.touch(literal, *address, began, Begun::AtOnce);
            }
        }
        let v6 = outage.host("9.9.9.9").and_then(|host| Some((host, *host.home.addresses.get(1)?)));
        if let Some((literal, address)) = v6.filter(|_| !scope.is_again()) {
            self.touch(literal, address, began, Begun::AtOnce);
        }
        if scope.is_again() {
            self.another_literal();
        }
        for portal in outage.hosts_of(Role::Portal) {
            self.fetch(&Subject::Portal, portal, Scheme::Http, began, Begun::AtOnce);
        }
        self.route(began);
    }

    /// A second look's only literal address has one deputy, should it fail.
    fn another_literal(&mut self) {
        let is_literal = |seen: &Observation| seen.subject.host().is_some_and(|host| host.parse::<IpAddr>().is_ok());
        let failed = self.observed.iter().find(|(_, seen)| is_literal(seen) && seen.failure().is_some());
        let Some(at) = failed.map(|(at, _)| *at) else { return };
        let other = self.network.outage.hosts_of(Role::Literal).nth(1);
        if let Some((host, address)) = other.and_then(|host| Some((host, *host.home.addresses.first()?))) {
            self.touch(host, address, at + 1, Begun::Late);
        }
    }

    fn route(&mut self, at: u64) {
        let has_route = self.network.outage.has_route(Moment(at));
        let ways: [(IpAddr, bool); 2] = [
            (IpAddr::from([192, 0, 2, 1]), has_route),
            (IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]), has_route && self.network.user.has_v6),
        ];
        for (address, is_there) in ways {
            let failure = Outcome::Failed(Failure::TcpAddressUnreachable);
            let outcome = if is_there { Outcome::Connected } else { failure };
            let leg = Leg { step: Step::Tcp, began: at, ended: at + 1, outcome, so_far: None };
            self.record(&Subject::Route, &leg, Some(address), Begun::AtOnce);
        }
    }

    /// A host by its name, one address a family.
    fn fetch(&mut self, subject: &Subject, host: &Host, scheme: Scheme, at: u64, begun: Begun) {
        let looked = self.name(subject, host, at, begun);
        for address in first_of_each_family(looked.addresses(), 1) {
            let trip = self.trip(host, address, scheme);
            self.sample(subject, trip, looked.ended, begun, Keeps::EveryStep);
        }
    }

    /// A literal address.
    fn touch(&mut self, host: &Host, address: IpAddr, at: u64, begun: Begun) {
        let trip = self.trip(host, address, Scheme::HandshakeOnly);
        self.sample(&Subject::Anchor(address.to_string()), trip, at, begun, Keeps::EveryStep);
    }

    fn finish(mut self) -> Check {
        self.observed.sort_by_key(|(at, _)| *at);
        let timed_out = self.ended >= self.deadline();
        Check { observed: self.observed, ended: self.ended + 2, end: CheckEnd::Finished { timed_out } }
    }
}

/// What silence means at each step, as the real host has it.
const fn silence(step: Step) -> Failure {
    match step {
        Step::Dns => Failure::DnsUnreachable,
        Step::Tcp | Step::Tls => Failure::TcpTimedOut,
        Step::Http => Failure::HttpTimedOut,
    }
}

fn first_of_each_family(addresses: &[IpAddr], count: usize) -> Vec<IpAddr> {
    let v4 = addresses.iter().filter(|address| address.is_ipv4()).take(count);
    let v6 = addresses.iter().filter(|address| address.is_ipv6()).take(count);
    v4.chain(v6).copied().collect()
}

#[cfg(test)]
#[path = "host/tests.rs"]
mod tests;
