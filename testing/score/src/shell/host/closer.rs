//! What only the user's word allows: the target's name at public resolvers, and remote probes.

use detour_core::failure::Failure;
use detour_core::observation::{Observation, Outcome, Place, SoFar, Step, Subject, Vantage};
use detour_outages::{Asked, Host, Role};

use super::course::RESOLVERS;
use super::{Begun, Keeps, Work, first_of_each_family};
use crate::network::{From, HOST, Leg, Looked, PROBE, Scheme, Trip};

impl Work<'_, '_> {
    /// What only the user's word allows: the target's name at public resolvers and at remote probes.
    pub(super) fn closer(&mut self, host: &Host, looked: &Looked) {
        // The own resolver has its say first: a private name must not leave.
        let began = looked.ended + 1;
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
            self.sample(&Subject::Target, trip, looked.ended + 120, Begun::Late, Keeps::EveryStep);
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
                Outcome::Resolved { .. }
                | Outcome::Connected
                | Outcome::Secured(_)
                | Outcome::Reported(_)
                | Outcome::Noticed(_) => Failure::HttpResponseInvalid,
            };
            let leg =
                Leg { outcome: Outcome::Failed(failure), step: last.step, began, ended: last.ended, so_far: None };
            return self.record(&of_api, &leg, None, Begun::Late);
        }
        let begun = last.ended;
        let mut is_late = false;
        for place in self.network.outage.probes(self.network.seed) {
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
    fn probe(&mut self, host: &Host, place: &detour_outages::Place, of_api: &Subject, begun: u64) -> bool {
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
}
