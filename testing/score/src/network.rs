//! The internet of one replay and one seed: what a connection attempt comes to, and how long it takes.

use std::net::IpAddr;

use detour_core::failure::Failure;
use detour_core::observation::{Answer, Certificate, Millis, Outcome, SoFar, Step};
use detour_outages::{
    Asked, Chance, Checking, Fate, Glance, Host, Moment, NameSight, Outage, Page, Place, User, Vantage, words,
};

/// One replay, one seed, one user.
#[derive(Debug)]
pub(crate) struct Network<'a> {
    pub(crate) outage: &'a Outage,
    pub(crate) seed: u64,
    pub(crate) user: User,
}

/// From where something is tried.
#[derive(Debug, Clone, Copy)]
pub(crate) enum From<'a> {
    User,
    Remote(&'a Place),
}

/// One step that was tried.
#[derive(Debug, Clone)]
pub(crate) struct Leg {
    pub(crate) step: Step,
    pub(crate) began: u64,
    pub(crate) ended: u64,
    pub(crate) outcome: Outcome,
    pub(crate) so_far: Option<Box<SoFar>>,
}

/// How far a trip goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Https,
    Http,
    /// Connect and shake hands, ask nothing.
    HandshakeOnly,
}

/// How long somebody waits for silence, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) dns: u64,
    pub(crate) tcp: u64,
    pub(crate) http: u64,
}

/// The native host's, by its own deadlines.
pub(crate) const HOST: Patience = Patience { dns: 4_000, tcp: 3_000, http: 4_500 };

/// A browser's on Windows, which sends three SYNs in 21 seconds (on Linux it would be two minutes), and asks each
/// of two resolvers twice.
pub(crate) const BROWSER: Patience = Patience { dns: 10_000, tcp: 21_000, http: 60_000 };

/// A remote probe's.
pub(crate) const PROBE: Patience = Patience { dns: 5_000, tcp: 5_000, http: 5_000 };

/// A name that was looked up.
#[derive(Debug, Clone)]
pub(crate) struct Looked {
    pub(crate) ended: u64,
    pub(crate) outcome: Outcome,
    pub(crate) so_far: Option<Box<SoFar>>,
}

impl Looked {
    pub(crate) fn addresses(&self) -> &[IpAddr] {
        if let Outcome::Resolved { addresses, .. } = &self.outcome { addresses } else { &[] }
    }
}

impl<'a> Network<'a> {
    pub(crate) fn new(outage: &'a Outage, seed: u64) -> Self {
        Self { outage, seed, user: outage.user(seed) }
    }

    /// What the user's clock shows at a moment of the day, in milliseconds since the Unix epoch.
    pub(crate) fn shown(&self, at: u64) -> Millis {
        // The clock is put right when the replay ends.
        let off = if at < self.outage.ends.0 { self.user.clock_off } else { 0 };
        Millis(self.outage.unix_ms(Moment(at)).saturating_add_signed(off))
    }

    /// Looks a name up.
    pub(crate) fn resolve(&self, host: &Host, asked: Asked, at: u64, sample: u64, patience: Patience) -> Looked {
        let glance = self.glance(From::User, host, sample, at);
        let chance = self.chance(host, sample, 1);
        let failed = |after: u64, failure, so_far: Option<SoFar>| Looked {
            ended: at + after.min(patience.dns),
            outcome: Outcome::Failed(failure),
            so_far: so_far.map(Box::new),
        };
        if !self.outage.has_route(glance.at) {
            return failed(3, Failure::DnsUnreachable, None);
        }
        let doh = if asked == Asked::System { 0 } else { 60 };
        match self.outage.resolve(&glance, asked) {
            NameSight::Home(home) => {
                // The system gives out no IPv6 addresses where there is no IPv6.
                let is_given = |address: &&IpAddr| self.user.has_v6 || asked != Asked::System || address.is_ipv4();
                let addresses: Vec<IpAddr> = home.addresses.iter().filter(is_given).copied().collect();
                if addresses.is_empty() {
                    return failed(20, Failure::DnsNameNotResolved, None);
                }
                let cnames = home.cnames.clone();
                let ended = at + doh + chance.between(1, 4, 60);
                Looked { ended, outcome: Outcome::Resolved { addresses, cnames }, so_far: None }
            }
            NameSight::Elsewhere(addresses) => Looked {
                ended: at + chance.between(1, 4, 40),
                outcome: Outcome::Resolved { addresses, cnames: Vec::new() },
                so_far: None,
            },
            NameSight::NoSuchName => failed(doh + chance.between(1, 15, 120), Failure::DnsNameNotResolved, None),
            NameSight::ServFail(cnames) => failed(
                doh + chance.between(1, 150, 1_200),
                Failure::DnsFailed,
                (!cnames.is_empty()).then(|| SoFar { cnames: cnames.to_vec(), ..SoFar::default() }),
            ),
            NameSight::Silence => failed(u64::MAX, Failure::DnsUnreachable, None),
        }
    }

    /// Connects to an address and goes as far as it gets.
    pub(crate) fn travel(&self, trip: &Trip<'_>, at: u64) -> Vec<Leg> {
        let mut legs = Legs { now: at, legs: Vec::new() };
        let glance = self.glance(trip.from, trip.host, trip.sample, at);
        let chance = self.chance(trip.host, trip.sample, 2);
        let is_v6 = trip.address.is_ipv6();
        if matches!(trip.from, From::User) && (!self.outage.has_route(glance.at) || (is_v6 && !self.user.has_v6)) {
            legs.fail(Step::Tcp, 1, Failure::TcpAddressUnreachable, None);
            return legs.legs;
        }
        let sight = self.outage.look(&glance, trip.address);
        let round_trip = chance.between(1, 6, 45);
        match sight.fate {
            Some(Fate::Refused) => return legs.failed(Step::Tcp, round_trip, Failure::TcpRefused),
            Some(Fate::Silent) => return legs.failed(Step::Tcp, trip.patience.tcp, Failure::TcpTimedOut),
            Some(Fate::Reset) => return legs.failed(Step::Tcp, round_trip, Failure::TcpReset),
            Some(Fate::NoWay) => return legs.failed(Step::Tcp, 2, Failure::TcpAddressUnreachable),
            Some(
                Fate::Expired(_)
                | Fate::WrongName(_)
                | Fate::NoAnswer
                | Fate::Answers(..)
                | Fate::Name(..)
                | Fate::Well,
            )
            | None => {
                legs.add(Step::Tcp, round_trip, Outcome::Connected);
            }
        }
        if trip.scheme != Scheme::Http {
            let (certificate, failure) = self.certificate(trip, sight.fate, legs.now);
            let took = round_trip * 2 + chance.between(2, 4, 40);
            if let Some(failure) = failure {
                let so_far = SoFar { certificate: Some(certificate), ..SoFar::default() };
                legs.fail(Step::Tls, took, failure, Some(so_far));
                return legs.legs;
            }
            legs.add(Step::Tls, took, Outcome::Secured(certificate));
        }
        if trip.scheme == Scheme::HandshakeOnly {
            return legs.legs;
        }
        let (page, after) = match sight.fate {
            Some(Fate::NoAnswer) => return legs.failed(Step::Http, trip.patience.http, Failure::HttpTimedOut),
            Some(Fate::Answers(page, after)) => (page, after),
            _ => (Page::Good, chance.between(3, 15, 220)),
        };
        // Asked now, answered later: what matters is when it was asked.
        let answer = self.outage.answer(page, trip.host, &sight, Moment(legs.now), trip.sample);
        let headers = answer.headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let answer = Answer { status: answer.status, headers, body: answer.body };
        legs.add(Step::Http, round_trip + after + chance.below(4, 30), Outcome::Answered(answer));
        legs.legs
    }

    /// What a host shows as its certificate, and what is wrong with it.
    fn certificate(&self, trip: &Trip<'_>, fate: Option<Fate>, at: u64) -> (Certificate, Option<Failure>) {
        const HOUR: u64 = 60 * 60 * 1000;
        const DAY: u64 = 24 * HOUR;
        let midnight = self.outage.unix_ms(Moment(0));
        let mut names = vec![trip.host.name.to_owned()];
        let mut not_before = midnight.saturating_sub(trip.host.certificate_hours * HOUR);
        let mut not_after = not_before + 90 * DAY;
        let mut failure = None;
        match fate {
            Some(Fate::Expired(days)) => {
                not_after = midnight.saturating_sub(days * DAY);
                not_before = not_after.saturating_sub(90 * DAY);
                failure = Some(Failure::TlsCertDateInvalid);
            }
            Some(Fate::WrongName(name)) => {
                names = vec![name.to_owned()];
                failure = Some(Failure::TlsCertNameInvalid);
            }
            _ => {}
        }
        let now = match trip.from {
            From::User => self.shown(at).0,
            From::Remote(_) => self.outage.unix_ms(Moment(at)),
        };
        if failure.is_none() && !(not_before..not_after).contains(&now) {
            failure = Some(Failure::TlsCertDateInvalid);
        }
        let subject = names.first().map(|name| format!("CN={name}")).unwrap_or_default();
        let sha256 = format!("{:064x}", words(&format!("{subject} {not_before}")));
        let issuer = "CN=R11,O=Let's Encrypt,C=US".to_owned();
        let (not_before, not_after) = (Millis(not_before), Millis(not_after));
        (Certificate { subject, issuer, names, not_before, not_after, sha256 }, failure)
    }

    pub(crate) fn chance(&self, host: &Host, sample: u64, matter: u64) -> Chance {
        Chance::of(self.seed, &[words(self.outage.id), words(host.name), sample, matter])
    }

    fn glance<'b>(&'b self, from: From<'b>, host: &'b Host, sample: u64, at: u64) -> Glance<'b> {
        let from = match from {
            From::User => Vantage::User(&self.user),
            From::Remote(place) => Vantage::Remote(place),
        };
        Glance { seed: self.seed, from, host, sample, at: Moment(at) }
    }

    /// What a remote probe's own resolver makes of a name.
    pub(crate) fn resolve_remotely(&self, host: &Host, place: &Place, at: u64) -> Result<Vec<IpAddr>, Failure> {
        let glance = self.glance(From::Remote(place), host, 0, at);
        match self.outage.resolve(&glance, Asked::Public("", Checking::Enabled)) {
            NameSight::Home(home) => Ok(home.addresses.clone()),
            NameSight::Elsewhere(addresses) => Ok(addresses),
            NameSight::NoSuchName => Err(Failure::DnsNameNotResolved),
            NameSight::ServFail(_) => Err(Failure::DnsFailed),
            NameSight::Silence => Err(Failure::DnsUnreachable),
        }
    }
}

/// One connection to make.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trip<'a> {
    pub(crate) from: From<'a>,
    pub(crate) host: &'a Host,
    pub(crate) address: IpAddr,
    pub(crate) scheme: Scheme,
    pub(crate) sample: u64,
    pub(crate) patience: Patience,
}

struct Legs {
    now: u64,
    legs: Vec<Leg>,
}

impl Legs {
    fn add(&mut self, step: Step, took: u64, outcome: Outcome) {
        let began = self.now;
        self.now += took;
        self.legs.push(Leg { step, began, ended: self.now, outcome, so_far: None });
    }

    fn fail(&mut self, step: Step, took: u64, failure: Failure, so_far: Option<SoFar>) {
        self.add(step, took, Outcome::Failed(failure));
        if let Some(last) = self.legs.last_mut() {
            last.so_far = so_far.map(Box::new);
        }
    }

    fn failed(mut self, step: Step, took: u64, failure: Failure) -> Vec<Leg> {
        self.fail(step, took, failure, None);
        self.legs
    }
}
