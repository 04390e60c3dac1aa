//! What a check does in its course, because of what it has seen: canaries, a status page, other resolvers, and a
//! control at the end.

use std::net::IpAddr;

use detour_core::cdn;
use detour_core::failure::Failure;
use detour_core::observation::{Indicator, Observation, Outcome, Report, Resolver, Step, Subject, Vantage};
use detour_core::port::Scope;
use detour_outages::{Asked, Cdn, Chance, Checking, Host, Moment, Role, words};

use super::{Begun, Keeps, STAGGER, Work, first_of_each_family};
use crate::network::{HOST, Leg, Looked, Patience, Scheme};

/// A target that nobody has heard of by then is looked into as one that failed.
const PATIENCE: u64 = 2_000;
/// Two names that the own resolver loses and others find are the resolver's fault.
const DOUBTED_ANCHORS: usize = 2;
/// The controls are sent for again after the connections' time-out, and after the answer's.
const CLOSINGS: u8 = 2;
/// A good control vouches for the network for this long.
const CONTROL_HOLDS: u64 = 1_000;

/// The public resolvers that are asked.
pub(super) const RESOLVERS: [&str; 3] = ["1.1.1.1", "8.8.8.8", "9.9.9.9"];

/// Every CDN that canaries are known for.
const CDNS: [Cdn; 5] = [Cdn::Fastly, Cdn::Cloudflare, Cdn::CloudFront, Cdn::Akamai, Cdn::FrontDoor];

impl Work<'_, '_> {
    /// When the target gives reason to look further: it failed, or nothing has been heard of it.
    pub(super) fn suspicion(&self) -> Option<u64> {
        let of_target = || self.observed.iter().filter(|(_, seen)| seen.subject == Subject::Target);
        let failed = of_target().filter(|(_, seen)| seen.failure().is_some()).map(|(at, _)| *at).min();
        let answered = of_target().filter(|(_, seen)| seen.step == Step::Http).map(|(at, _)| *at).min();
        match (failed, answered) {
            (Some(failed), Some(answered)) => Some(failed.min(answered.max(self.began + PATIENCE))),
            (Some(failed), None) => Some(failed.min(self.began + PATIENCE)),
            (None, _) => None,
        }
    }

    /// A made-up name, where the target failed on an address that has not shown its certificate.
    pub(super) fn nowhere(&mut self, looked: &Looked) {
        let of_own = |seen: &Observation| seen.address.is_some_and(|address| looked.addresses().contains(&address));
        let is_proof = |seen: &Observation| matches!(seen.outcome, Outcome::Secured(_) | Outcome::Answered(_));
        let first = |is_meant: &dyn Fn(&Observation) -> bool| {
            let meant = self.observed.iter().filter(|(_, seen)| seen.subject == Subject::Target && of_own(seen));
            meant.filter(|(_, seen)| is_meant(seen)).map(|(at, _)| *at).min()
        };
        let Some(failed) = first(&|seen| seen.failure().is_some()) else { return };
        let when = failed.min(looked.ended.max(self.began + PATIENCE));
        if first(&is_proof).is_some_and(|proven| proven <= when) {
            return;
        }
        if let Some(nowhere) = self.network.outage.hosts_of(Role::Nowhere).next() {
            self.name(&Subject::Nowhere, nowhere, when, Begun::Late);
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
    pub(super) fn canaries(&mut self, scope: Scope, when: u64) {
        if scope == Scope::Alone {
            return;
        }
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
        if scope.is_again() {
            return;
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

    /// Other resolvers are asked for an anchor's name where the own one failed for it, or for the target's.
    pub(super) fn other_resolvers_for_anchors(&mut self) {
        let failed = |wanted: &Subject| {
            let is_lost = |seen: &Observation| {
                seen.step == Step::Dns && seen.resolver.is_none() && matches!(seen.outcome, Outcome::Failed(_))
            };
            let of_wanted = self.observed.iter().filter(|(_, seen)| seen.subject == *wanted && is_lost(seen));
            of_wanted.map(|(at, _)| *at).min()
        };
        // A resolver that has not had its say on the target by then is doubted, too.
        let doubted = failed(&Subject::Target).map(|at| at.min(self.began + PATIENCE));
        let outage = self.network.outage;
        let mut questions: Vec<(u64, &Host)> =
            outage.hosts_of(Role::Anchor).take(1).filter_map(|anchor| Some((doubted?, anchor))).collect();
        let lost = outage
            .hosts_of(Role::Anchor)
            .filter_map(|anchor| Some((failed(&Subject::Anchor(anchor.name.to_owned()))?, anchor)));
        for (at, anchor) in lost {
            if !questions.iter().any(|(_, known)| known.name == anchor.name) {
                questions.push((at, anchor));
            }
        }
        for (at, anchor) in questions.into_iter().take(DOUBTED_ANCHORS) {
            for server in RESOLVERS {
                self.ask_resolver(&Subject::Anchor(anchor.name.to_owned()), anchor, server, at);
            }
        }
    }

    /// One question to one public resolver, and a second without DNSSEC where the first is SERVFAIL.
    pub(super) fn ask_resolver(
        &mut self,
        subject: &Subject,
        host: &Host,
        server: &'static str,
        at: u64,
    ) -> Option<Vec<IpAddr>> {
        let mut began = at;
        for checking in [Checking::Enabled, Checking::Disabled] {
            let sample = self.next();
            let patience = Patience { dns: 3_500, ..HOST };
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

    /// A slow failure may have come after the network itself went away: the controls are asked once more.
    pub(super) fn closing_control(&mut self) {
        let is_low = |seen: &Observation| {
            seen.subject == Subject::Target
                && matches!(seen.outcome, Outcome::Failed(_))
                && seen.vantage == Vantage::Host
                && seen.resolver.is_none()
        };
        let mut failed: Vec<u64> = self.observed.iter().filter(|(_, seen)| is_low(seen)).map(|(at, _)| *at).collect();
        failed.sort_unstable();
        let mut sent_for = 0;
        let mut times = 0;
        for at in failed {
            let Some(good) = self.last_good_control(at) else { continue };
            if times >= CLOSINGS || at <= good.max(sent_for) + CONTROL_HOLDS {
                continue;
            }
            times += 1;
            sent_for = at;
            let outage = self.network.outage;
            if let Some(anchor) = outage.hosts_of(Role::Anchor).next() {
                let subject = Subject::Anchor(anchor.name.to_owned());
                self.fetch(&subject, anchor, Scheme::Https, at + 1, Begun::Late);
            }
            if let Some(literal) = outage.host("8.8.8.8")
                && let Some(address) = literal.home.addresses.first()
            {
                self.touch(literal, *address, at + 1, Begun::Late);
            }
        }
    }

    /// When a control last was good, before this moment.
    fn last_good_control(&self, before: u64) -> Option<u64> {
        let is_good = |seen: &Observation| {
            matches!(seen.subject, Subject::Anchor(_)) && seen.step != Step::Dns && seen.failure().is_none()
        };
        self.observed.iter().filter(|(at, seen)| *at <= before && is_good(seen)).map(|(at, _)| *at).max()
    }
}
