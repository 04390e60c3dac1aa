//! The simulated native host: one check as the real one carries it out, in order of time.
//!
//! The plan is the real host's (its `check` module): the target on all its addresses and five samples in all, the
//! controls, and in the course of it canaries, a status page, other resolvers, a closing control and remote probes.

use std::net::IpAddr;

use detour_core::cdn;
use detour_core::failure::Failure;
use detour_core::observation::{
    Indicator, Observation, Outcome, Place, Report, Resolver, SoFar, Step, Subject, Vantage,
};
use detour_core::port::Scope;
use detour_lab::outages::{Asked, Cdn, Chance, Checking, Host, Moment, Role, words};

use crate::network::{From, HOST, Leg, Looked, Network, PROBE, Scheme, Trip};

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
/// A target that nobody has heard of by then is looked into as one that failed.
const PATIENCE: u64 = 2_000;
/// Silence cut short by the deadline means something only after this long.
const FAIR: u64 = 1_200;
/// A good control vouches for the network for this long.
const CONTROL_HOLDS: u64 = 1_000;
/// The target's samples in one check.
const SAMPLES: usize = 5;
/// Addresses a family.
const ADDRESSES: usize = 4;
/// The public resolvers that are asked.
const RESOLVERS: [&str; 3] = ["1.1.1.1", "8.8.8.8", "9.9.9.9"];

/// Carries a check out, from `at` on.
pub(crate) fn check(network: &Network<'_>, host: &Host, scope: Scope, at: u64, serial: &mut u64) -> Check {
    let mut work = Work { network, began: at, serial, observed: Vec::new(), ended: at };
    let looked = work.target(host, scope);
    if looked.addresses().iter().any(|address| detour_core::target::is_private_address(*address)) {
        return Check { observed: Vec::new(), ended: looked.ended, end: CheckEnd::PrivateAddress };
    }
    work.controls(scope);
    if let Some(when) = work.suspicion() {
        work.canaries(when);
    }
    if scope != Scope::Again {
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

impl<'n> Work<'_, 'n> {
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
        let outcome = match &looked.outcome {
            // A private address for a public control is the resolver's nonsense, not a place to go.
            Outcome::Resolved { addresses, .. }
                if *subject != Subject::Target
                    && addresses.iter().all(|address| detour_core::target::is_private_address(*address)) =>
            {
                Outcome::Failed(Failure::DnsFailed)
            }
            other => other.clone(),
        };
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
        if scope != Scope::Again {
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
        let most = if scope == Scope::Again { 1 } else { usize::MAX };
        for anchor in outage.hosts_of(Role::Anchor).take(most) {
            self.fetch(&Subject::Anchor(anchor.name.to_owned()), anchor, Scheme::Https, began, Begun::AtOnce);
        }
        if scope != Scope::Again {
            for literal in outage.hosts_of(Role::Literal) {
                if let Some(address) = literal.home.addresses.first() {
                    self.touch(literal, *address, began, Begun::AtOnce);
                }
            }
            let v6 = outage.host("9.9.9.9").and_then(|host| Some((host, *host.home.addresses.get(1)?)));
            if let Some((literal, address)) = v6 {
                self.touch(literal, address, began, Begun::AtOnce);
            }
            for portal in outage.hosts_of(Role::Portal) {
                self.fetch(&Subject::Portal, portal, Scheme::Http, began, Begun::AtOnce);
            }
        }
        self.route(began);
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

    /// When the target gives reason to look further: it failed, or nothing has been heard of it.
    fn suspicion(&self) -> Option<u64> {
        let of_target = || self.observed.iter().filter(|(_, seen)| seen.subject == Subject::Target);
        let failed = of_target().filter(|(_, seen)| seen.failure().is_some()).map(|(at, _)| *at).min();
        let answered = of_target().filter(|(_, seen)| seen.step == Step::Http).map(|(at, _)| *at).min();
        match (failed, answered) {
            (Some(failed), Some(answered)) => Some(failed.min(answered.max(self.began + PATIENCE))),
            (Some(failed), None) => Some(failed.min(self.began + PATIENCE)),
            (None, _) => None,
        }
    }

    /// The target's CDN, from what was seen of it up to now.
    fn cdn(&self, when: u64) -> Option<Cdn> {
        let seen: Vec<&Observation> = self
            .observed
            .iter()
            .filter(|(at, seen)| *at <= when && seen.subject == Subject::Target)
            .map(|(_, seen)| seen)
            .collect();
        let broken = seen.iter().filter_map(|seen| seen.so_far.as_ref()).flat_map(|so_far| so_far.cnames.iter());
        let by_chain = broken.filter_map(|name| cdn::by_cname(name)).map(|row| row.name.to_owned()).next();
        let name = cdn::identify(seen.iter().copied()).map(|cdn| cdn.name).or(by_chain)?;
        CDNS.into_iter().find(|cdn| cdn.name() == name)
    }

    /// Other sites on the target's CDN, and its status page.
    fn canaries(&mut self, when: u64) {
        let Some(cdn) = self.cdn(when) else { return };
        let outage = self.network.outage;
        for canary in outage.hosts_of(Role::Canary).filter(|canary| canary.home.cdn == cdn) {
            let subject = Subject::Sibling(canary.name.to_owned());
            let looked = self.name(&subject, canary, when, Begun::Late);
            let has_v6 = self.network.user.has_v6;
            let usable = first_of_each_family(looked.addresses(), 1);
            let usable: Vec<IpAddr> = usable.into_iter().filter(|address| has_v6 || address.is_ipv4()).collect();
            for (turn, address) in (0..).zip(usable.iter().cycle().take(2)) {
                let trip = self.trip(canary, *address, Scheme::Https);
                self.sample(&subject, trip, looked.ended + STAGGER * turn, Begun::Late, Keeps::TheEnd);
            }
        }
        let sample = self.next();
        let (indicator, description) = outage.report(cdn, Moment(when));
        let indicator = match indicator {
            "critical" => Indicator::Critical,
            "major" => Indicator::Major,
            "minor" => Indicator::Minor,
            _ => Indicator::None,
        };
        let took = Chance::of(sample, &[words(cdn.name())]).between(1, 120, 900);
        let is_cut_off = self.observed.iter().any(|(_, seen)| {
            matches!(seen.subject, Subject::Route)
                && seen.failure().is_some()
                && seen.address.is_some_and(|a| a.is_ipv4())
        });
        if !is_cut_off {
            let outcome = Outcome::Reported(Report { indicator, description: description.to_owned() });
            let leg = Leg { step: Step::Http, began: when, ended: when + took, outcome, so_far: None };
            self.record(&Subject::StatusPage(cdn.name().to_owned()), &leg, None, Begun::Late);
        }
    }

    /// Other resolvers are asked for the anchors' names when the system's failed for anything.
    fn other_resolvers_for_anchors(&mut self) {
        let is_name = |seen: &Observation| {
            seen.step == Step::Dns
                && seen.resolver.is_none()
                && matches!(seen.subject, Subject::Target | Subject::Anchor(_))
                && matches!(seen.outcome, Outcome::Failed(_))
        };
        let Some(when) = self.observed.iter().filter(|(_, seen)| is_name(seen)).map(|(at, _)| *at).min() else {
            return;
        };
        let when = when.min(self.began + PATIENCE);
        let outage = self.network.outage;
        for anchor in outage.hosts_of(Role::Anchor) {
            for server in RESOLVERS {
                self.ask_resolver(&Subject::Anchor(anchor.name.to_owned()), anchor, server, when);
            }
        }
    }

    /// One question to one public resolver, and a second without DNSSEC where the first is SERVFAIL.
    fn ask_resolver(&mut self, subject: &Subject, host: &Host, server: &'static str, at: u64) -> Option<Vec<IpAddr>> {
        let mut began = at;
        for checking in [Checking::Enabled, Checking::Disabled] {
            let sample = self.next();
            let patience = crate::network::Patience { dns: 3_500, ..HOST };
            let looked = self.network.resolve(host, Asked::Public(server, checking), began, sample, patience);
            if looked.ended > self.deadline() {
                return None;
            }
            let is_servfail = matches!(looked.outcome, Outcome::Failed(Failure::DnsFailed));
            let mut observation = Observation::new(Vantage::Host, subject.clone(), Step::Dns, looked.outcome.clone());
            observation.at = self.network.shown(looked.ended);
            observation.duration_ms = looked.ended - began;
            observation.resolver =
                Some(Resolver { server: server.to_owned(), checking_disabled: checking == Checking::Disabled });
            observation.so_far = looked.so_far.clone();
            self.push(looked.ended, observation);
            if !is_servfail {
                let found = looked.addresses().to_vec();
                return (!found.is_empty()).then_some(found);
            }
            began = looked.ended;
        }
        None
    }

    /// What only the user's word allows: the target's name at public resolvers and at remote probes.
    fn closer(&mut self, host: &Host, looked: &Looked) {
        let began = self.began + 3;
        let mut elsewhere = Vec::new();
        for server in RESOLVERS {
            for address in self.ask_resolver(&Subject::Target, host, server, began).unwrap_or_default() {
                let is_usable = self.network.user.has_v6 || address.is_ipv4();
                if is_usable && !looked.addresses().contains(&address) && !elsewhere.contains(&address) {
                    elsewhere.push(address);
                }
            }
        }
        for address in first_of_each_family(&elsewhere, 2) {
            let trip = self.trip(host, address, Scheme::Https);
            self.sample(&Subject::Target, trip, looked.ended + 200, Begun::Late, Keeps::EveryStep);
        }
        self.remote(host, began);
    }

    fn remote(&mut self, host: &Host, began: u64) {
        let Some(api) = self.network.outage.hosts_of(Role::RemoteApi).next() else { return };
        let of_api = Subject::RemoteApi(api.name.to_owned());
        let looked = self.network.resolve(api, Asked::System, began, 0, HOST);
        let sample = self.next();
        let Some(address) = looked.addresses().iter().find(|address| address.is_ipv4()) else {
            let leg = Leg { step: Step::Dns, began, ended: looked.ended, outcome: looked.outcome, so_far: None };
            return self.record(&of_api, &leg, None, Begun::Late);
        };
        let trip =
            Trip { from: From::User, host: api, address: *address, scheme: Scheme::Https, sample, patience: HOST };
        let legs = self.network.travel(&trip, looked.ended);
        let Some(last) = legs.last() else { return };
        let is_created = matches!(&last.outcome, Outcome::Answered(answer) if answer.status == 200);
        if !is_created {
            let failure = match &last.outcome {
                Outcome::Answered(answer) => Failure::HttpError { status: Some(answer.status) },
                Outcome::Failed(failure) => failure.clone(),
                Outcome::Resolved { .. } | Outcome::Connected | Outcome::Secured(_) | Outcome::Reported(_) => {
                    Failure::HttpResponseInvalid
                }
            };
            let leg =
                Leg { outcome: Outcome::Failed(failure), step: last.step, began, ended: last.ended, so_far: None };
            return self.record(&of_api, &leg, None, Begun::Late);
        }
        let begun = last.ended;
        let mut is_late = false;
        for place in self.network.outage.probes(self.network.seed, 3) {
            is_late |= !self.probe(host, &place, &of_api, begun);
        }
        if is_late {
            let ended = self.deadline().saturating_sub(500);
            let outcome = Outcome::Failed(Failure::HttpTimedOut);
            let leg = Leg { step: Step::Http, began: begun, ended, outcome, so_far: None };
            self.record(&of_api, &leg, None, Begun::Late);
        }
    }

    /// One remote probe. Whether its result came in time.
    fn probe(&mut self, host: &Host, place: &detour_lab::outages::Place, of_api: &Subject, begun: u64) -> bool {
        let sample = self.next();
        let chance = self.network.chance(host, sample, 7);
        let starts = begun + chance.between(1, 300, 900);
        let named = self.network.resolve_remotely(host, place, starts);
        let mut seen = Vec::new();
        let ended = match named {
            Err(Failure::DnsNameNotResolved) => {
                seen.push((Subject::Target, Step::Dns, Outcome::Failed(Failure::DnsNameNotResolved), None, None));
                starts + 200
            }
            // The service blames the probe's own resolver for it.
            Err(failure) => {
                seen.push((of_api.clone(), Step::Dns, Outcome::Failed(failure), None, None));
                starts + 1_500
            }
            Ok(addresses) => {
                let Some(address) = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first()).copied()
                else {
                    return true;
                };
                let from = From::Remote(place);
                let trip = Trip { from, host, address, scheme: Scheme::Https, sample, patience: PROBE };
                let legs = self.network.travel(&trip, starts);
                let last = legs.len().saturating_sub(1);
                for (nth, leg) in legs.iter().enumerate() {
                    let is_told = nth == last || leg.step == Step::Tls;
                    if is_told {
                        let so_far: Option<Box<SoFar>> = leg.so_far.clone();
                        seen.push((Subject::Target, leg.step, leg.outcome.clone(), Some(address), so_far));
                    }
                }
                legs.last().map_or(starts, |leg| leg.ended)
            }
        };
        // Results are asked for every half second, until half a second before the end.
        let told = ended + chance.between(2, 50, 550);
        if told + 500 > self.deadline() {
            return false;
        }
        for (subject, step, outcome, address, so_far) in seen {
            let vantage = Vantage::Remote(Place {
                continent: place.continent.to_owned(),
                country: place.country.to_owned(),
                city: place.city.to_owned(),
                network: place.network.to_owned(),
            });
            let mut observation = Observation::new(vantage, subject, step, outcome);
            observation.at = self.network.shown(told);
            observation.address = address;
            observation.so_far = so_far;
            self.push(told, observation);
        }
        true
    }

    /// A slow failure may have come after the network itself went away: the controls are asked once more.
    fn closing_control(&mut self) {
        let is_control = |seen: &Observation| matches!(seen.subject, Subject::Anchor(_)) && seen.resolver.is_none();
        let is_low = |seen: &Observation| {
            seen.subject == Subject::Target
                && matches!(seen.outcome, Outcome::Failed(_))
                && seen.vantage == Vantage::Host
        };
        let latest = |wanted: &dyn Fn(&Observation) -> bool| {
            self.observed.iter().filter(|(_, seen)| wanted(seen)).map(|(at, _)| *at).max()
        };
        let good = latest(&|seen: &Observation| is_control(seen) && seen.failure().is_none());
        let (Some(good), Some(failed)) = (good, latest(&is_low)) else { return };
        if failed <= good + CONTROL_HOLDS {
            return;
        }
        let outage = self.network.outage;
        if let Some(anchor) = outage.hosts_of(Role::Anchor).next() {
            self.fetch(&Subject::Anchor(anchor.name.to_owned()), anchor, Scheme::Https, failed + 1, Begun::Late);
        }
        if let Some(literal) = outage.host("8.8.8.8")
            && let Some(address) = literal.home.addresses.first()
        {
            self.touch(literal, *address, failed + 1, Begun::Late);
        }
    }

    fn finish(mut self) -> Check {
        self.observed.sort_by_key(|(at, _)| *at);
        let timed_out = self.ended >= self.deadline();
        Check { observed: self.observed, ended: self.ended + 2, end: CheckEnd::Finished { timed_out } }
    }
}

/// Every CDN that canaries are known for.
const CDNS: [Cdn; 5] = [Cdn::Fastly, Cdn::Cloudflare, Cdn::CloudFront, Cdn::Akamai, Cdn::FrontDoor];

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
