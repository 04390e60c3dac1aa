//! An outage as data: hosts, phases, truths, and who its users are.

use crate::chance::{Chance, words};
use crate::moment::Moment;
use crate::place::{self, Place};
use crate::sight::Fate;
use crate::truth::Truth;
use crate::user::User;
use crate::world::{Cdn, Family, Host, Of, Role};

/// An outage, or something that only looks like one.
#[derive(Debug, Clone)]
pub struct Outage {
    /// Its name on the command line.
    pub id: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// What kind of thing it is.
    pub kind: Kind,
    /// Where the facts come from, and what is guessed.
    pub facts: &'static str,
    /// What of the real course was left out; `None` where nothing was.
    pub cut: Option<&'static str>,
    /// Its day, as midnight in seconds since the Unix epoch.
    pub midnight: u64,
    /// When the first thing goes wrong.
    pub begins: Moment,
    /// When the last thing is well again.
    pub ends: Moment,
    /// Every host that anybody asks.
    pub hosts: Vec<Host>,
    /// Where its user may sit; the seed chooses.
    pub places: Vec<Place>,
    /// What goes wrong. Of several that apply, the first one that hits counts.
    pub phases: Vec<Phase>,
    /// What the CDNs say of themselves.
    pub reports: Vec<StatusReport>,
    /// Which verdicts are right. Of several that apply, the first counts; where none does, all is well.
    pub truths: Vec<Truth>,
    /// What is special about its users.
    pub users: Users,
}

impl Outage {
    /// The user that this seed stands for.
    #[must_use]
    pub fn user(&self, seed: u64) -> User {
        let chance = Chance::of(seed, &[words(self.id), words("user")]);
        let place = chance.pick(1, &self.places).copied().unwrap_or(place::FRANKFURT);
        let has_v6 = self.users.all_have_v6 || chance.share(2) < 0.5;
        let resolver = self.users.resolver.filter(|_| chance.share(3) < 0.5);
        let has_probes = !self.users.miss_probes || chance.share(5) < 0.5;
        // Whoever sets a clock by hand is off by some seconds besides.
        let jitter = if self.users.clock_off == 0 { 0 } else { i64::try_from(chance.below(4, 120_000)).unwrap_or(0) };
        let clock_off = if jitter == 0 { 0 } else { self.users.clock_off * 1000 + jitter - 60_000 };
        User { place, resolver, has_v6, has_probes, clock_off }
    }

    /// A host by its name.
    #[must_use]
    pub fn host(&self, name: &str) -> Option<&Host> {
        self.hosts.iter().find(|host| host.name == name)
    }

    /// The hosts that play this part.
    pub fn hosts_of(&self, role: Role) -> impl Iterator<Item = &Host> {
        self.hosts.iter().filter(move |host| host.role == role)
    }

    /// Whether the user's computer has a route at this moment.
    #[must_use]
    pub fn has_route(&self, at: Moment) -> bool {
        self.users.no_route.is_none_or(|(from, until)| at < from || at >= until)
    }

    /// What this CDN's status page says: an indicator and a description.
    #[must_use]
    pub fn report(&self, cdn: Cdn, at: Moment) -> (&'static str, &'static str) {
        let latest = self.reports.iter().rfind(|report| report.cdn == cdn && report.from <= at);
        latest.map_or(("none", "All Systems Operational"), |report| (report.indicator, report.description))
    }

    /// A moment of this outage as milliseconds since the Unix epoch.
    #[must_use]
    pub const fn unix_ms(&self, at: Moment) -> u64 {
        self.midnight * 1000 + at.0
    }
}

/// What kind of thing a replay is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A CDN, or a cloud, fails for the world.
    Global,
    /// It fails in some regions, one POP or one node.
    Regional,
    /// No CDN's fault.
    Negative,
}

/// Something goes wrong, for somebody, for a while.
#[derive(Debug, Clone)]
pub struct Phase {
    /// From here on.
    pub from: Moment,
    /// Until just before here.
    pub until: Moment,
    /// With these hosts.
    pub of: Of,
    /// Seen from here.
    pub seen_from: SeenFrom,
    /// Over this address family only.
    pub family: Option<Family>,
    /// On this node of the POP's [`NODES`](crate::world::NODES) only.
    pub node: Option<u8>,
    /// How large a part is hit, 0 to 1.
    pub share: f64,
    /// What the share is a part of.
    pub grain: Grain,
    /// What is seen.
    pub fate: Fate,
}

/// From where something is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeenFrom {
    /// From everywhere.
    Everywhere,
    /// On the user's network only.
    User,
    /// By users who cannot reach the service that runs remote probes.
    WithoutProbes,
    /// Through these POPs only.
    Pops(&'static [&'static str]),
}

/// What a share is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// Single connections.
    Sample,
    /// Windows of so many seconds, in which all connections fare alike; every second window is bad.
    Alternating(u64),
    /// Seeds: it happens in a part of them.
    Seed,
}

/// What a CDN's status page says for a while.
#[derive(Debug, Clone, Copy)]
pub struct StatusReport {
    /// Whose page.
    pub cdn: Cdn,
    /// From here on, until the next report of the same page.
    pub from: Moment,
    /// Statuspage's word: none, minor, major, critical.
    pub indicator: &'static str,
    /// In its own words.
    pub description: &'static str,
}

/// What is special about a replay's users.
#[derive(Debug, Clone, Copy, Default)]
pub struct Users {
    /// Some use this public resolver as their system's.
    pub resolver: Option<&'static str>,
    /// All have IPv6; otherwise half do.
    pub all_have_v6: bool,
    /// Their clock is off by about so many seconds.
    pub clock_off: i64,
    /// From here until there their computer has no route at all.
    pub no_route: Option<(Moment, Moment)>,
    /// Half of them cannot reach the service that runs remote probes.
    pub miss_probes: bool,
}
