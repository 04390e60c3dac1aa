//! Looking at a host at a moment: the first phase that applies and hits decides.

use std::net::IpAddr;

use super::sight::{AtResolver, Checking};
use super::{
    Asked, Chance, Family, Fate, Glance, Grain, Host, Moment, NameFate, NameSight, Of, Outage, Phase, Place, Role,
    SeenFrom, Sight, Vantage, place, words, world,
};

impl Outage {
    /// What this connection to this address meets.
    #[must_use]
    pub fn look(&self, glance: &Glance<'_>, address: IpAddr) -> Sight {
        let chance = self.chance(glance);
        let node = u8::try_from(chance.below(1, u64::from(world::NODES))).unwrap_or(0);
        let pop = glance.from.place().pop;
        let family = Family::of(address);
        let is_hit = |phase: &&Phase| {
            !matches!(phase.fate, Fate::Name(..))
                && phase.family.is_none_or(|only| only == family)
                && phase.node.is_none_or(|only| only == node)
                && self.hits(phase, glance)
        };
        let fate = self.phases.iter().find(is_hit).map(|phase| phase.fate);
        Sight { fate: fate.filter(|fate| *fate != Fate::Well), pop, node }
    }

    /// What this resolver makes of a host's name.
    #[must_use]
    pub fn resolve<'a>(&self, glance: &Glance<'a>, asked: Asked) -> NameSight<'a> {
        if self.is_out_of_reach(glance, asked) {
            return NameSight::Silence;
        }
        let home = glance.host.home_at(glance.at);
        let name_fate = self.phases.iter().find_map(|phase| {
            let Fate::Name(at, fate) = phase.fate else { return None };
            (is_asked(at, asked) && self.hits(phase, glance)).then_some(fate)
        });
        match (name_fate, asked) {
            (None, _) if glance.host.role == Role::Nowhere => NameSight::NoSuchName,
            (None, _) | (Some(NameFate::WronglySigned), Asked::Public(_, Checking::Disabled)) => NameSight::Home(home),
            (Some(NameFate::ServFail | NameFate::WronglySigned), _) => NameSight::ServFail(&home.cnames),
            (Some(NameFate::NoSuchName), _) => NameSight::NoSuchName,
            (Some(NameFate::Silence), _) => NameSight::Silence,
            (Some(NameFate::Elsewhere(address)), _) => NameSight::Elsewhere(vec![address.into()]),
        }
    }

    /// Whether this phase hits any connection at all from this vantage, at this moment.
    #[must_use]
    pub fn touches(&self, glance: &Glance<'_>) -> bool {
        let applies = |phase: &Phase| self.applies(phase, glance) && phase.share > 0.0;
        self.phases.iter().any(|phase| match phase.grain {
            Grain::Sample => applies(phase),
            Grain::Alternating(_) | Grain::Seed => self.hits(phase, glance),
        })
    }

    /// Remote probes of this seed, one on each continent.
    #[must_use]
    pub fn probes(&self, seed: u64) -> Vec<Place> {
        let chance = Chance::of(seed, &[words(self.id), words("probes")]);
        (0..).zip(place::PROBES).filter_map(|(nth, places)| chance.pick(nth, places).copied()).collect()
    }

    /// A public resolver that cannot be reached, be it asked as such or as the system's own.
    fn is_out_of_reach(&self, glance: &Glance<'_>, asked: Asked) -> bool {
        let address = match (asked, glance.from) {
            (Asked::Public(address, _), _) => Some(address),
            (Asked::System, Vantage::User(user)) => user.resolver,
            (Asked::System, Vantage::Remote(_)) => None,
        };
        // A provider's own resolver hangs on the user's network as well.
        let is_cut_off = matches!(glance.from, Vantage::User(_)) && !self.has_route(glance.at);
        let resolver = address.and_then(|address| self.host(address));
        is_cut_off
            || resolver.is_some_and(|resolver| {
                let glance = Glance { host: resolver, ..*glance };
                resolver.home.addresses.first().is_some_and(|address| self.look(&glance, *address).fate.is_some())
            })
    }

    fn hits(&self, phase: &Phase, glance: &Glance<'_>) -> bool {
        if !self.applies(phase, glance) {
            return false;
        }
        let nth = self.phases.iter().position(|other| std::ptr::eq(other, phase)).unwrap_or(0);
        let question = 16 + u64::try_from(nth).unwrap_or(0);
        match phase.grain {
            Grain::Sample => self.chance(glance).share(question) < phase.share,
            Grain::Alternating(seconds) => {
                let window = glance.at.0.saturating_sub(phase.from.0) / (seconds * 1000).max(1);
                window.is_multiple_of(2) && self.chance(glance).share(question) < phase.share
            }
            Grain::Seed => Chance::of(glance.seed, &[words(self.id)]).share(question) < phase.share,
        }
    }

    fn applies(&self, phase: &Phase, glance: &Glance<'_>) -> bool {
        let from = glance.from.place();
        let is_seen = match phase.seen_from {
            SeenFrom::Everywhere => true,
            SeenFrom::User => matches!(glance.from, Vantage::User(_)),
            SeenFrom::WithoutProbes => matches!(glance.from, Vantage::User(user) if !user.has_probes),
            SeenFrom::Pops(pops) => pops.contains(&from.pop),
        };
        is_seen && phase.from <= glance.at && glance.at < phase.until && phase.of.holds(glance.host, glance.at)
    }

    fn chance(&self, glance: &Glance<'_>) -> Chance {
        let from = words(glance.from.place().city);
        Chance::of(glance.seed, &[words(self.id), words(glance.host.name), from, glance.sample])
    }
}

impl Of {
    /// Whether a host is meant at this moment.
    #[must_use]
    pub fn holds(&self, host: &Host, at: Moment) -> bool {
        match self {
            Self::All => true,
            Self::Names(names) => names.contains(&host.name),
            Self::On(cdn) => host.home_at(at).cdn == *cdn,
            Self::OriginIn(region) => host.region == *region,
            Self::Role(role) => host.role == *role,
        }
    }
}

const fn is_asked(at: AtResolver, asked: Asked) -> bool {
    match (at, asked) {
        (AtResolver::Any, _) | (AtResolver::System, Asked::System) | (AtResolver::Public, Asked::Public(..)) => true,
        (AtResolver::System, Asked::Public(..)) | (AtResolver::Public, Asked::System) => false,
    }
}
