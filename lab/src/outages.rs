//! Outages of the past, and honest negatives, as seedable timelines: what each vantage sees of each host at each
//! moment, and which verdicts are right then.
//!
//! A *phase* says who sees what go wrong; what no phase mentions is well. A *truth* says which verdicts are right
//! about a host; it is written from what is known of the outage, never from what any code concludes. Equal seeds
//! give equal answers, down to the single connection. Nothing here opens a socket and nothing judges.

use std::fmt;

mod chance;
mod look;
mod pages;
mod place;
mod replays;
mod sight;
mod truth;
mod world;

#[cfg(test)]
mod tests;

pub use chance::{Chance, words};
pub use pages::{Answer, Page};
pub use place::Place;
pub use replays::all;
pub use sight::{Asked, AtResolver, Checking, Fate, Glance, NameFate, NameSight, Sight, Vantage};
pub use truth::{Standing, Truth, Who};
pub use world::{Cdn, Family, Home, Host, Role};

/// A time of day in milliseconds, UTC, on the outage's own day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub u64);

impl Moment {
    /// This much later.
    #[must_use]
    pub const fn plus_seconds(self, seconds: u64) -> Self {
        Self(self.0 + seconds * 1000)
    }

    /// Seconds from `other` until now; negative when `other` comes later.
    #[must_use]
    pub fn seconds_after(self, other: Self) -> i64 {
        let seconds = |moment: Self| i64::try_from(moment.0 / 1000).unwrap_or(i64::MAX);
        seconds(self) - seconds(other)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / 1000;
        write!(formatter, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

/// The moment that a clock shows as `hour:minute:second`.
#[must_use]
pub const fn clock(hour: u64, minute: u64, second: u64) -> Moment {
    Moment(((hour * 60 + minute) * 60 + second) * 1000)
}

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
    /// On this node of the POP's [`world::NODES`] only.
    pub node: Option<u8>,
    /// How large a part is hit, 0 to 1.
    pub share: f64,
    /// What the share is a part of.
    pub grain: Grain,
    /// What is seen.
    pub fate: Fate,
}

/// Which hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// All.
    All,
    /// Those of these names.
    Names(&'static [&'static str]),
    /// Those that this CDN delivers at that moment.
    On(Cdn),
    /// Those whose own servers are in this cloud region.
    OriginIn(&'static str),
    /// Those of this part.
    Role(Role),
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

/// The user of one seed.
#[derive(Debug, Clone)]
pub struct User {
    /// Where they sit.
    pub place: Place,
    /// Their system's resolver, where it is a public one; the provider's otherwise.
    pub resolver: Option<&'static str>,
    /// Whether they have IPv6.
    pub has_v6: bool,
    /// Whether they can reach the service that runs remote probes.
    pub has_probes: bool,
    /// How far their clock is off, in milliseconds.
    pub clock_off: i64,
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
