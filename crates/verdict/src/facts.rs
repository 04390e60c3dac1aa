//! The observations, boiled down to what the rows of the table ask for. Nothing here depends on their order.

use super::case::{Before, Case};
use super::family::Family;
use super::limits::REMOTE_FRESH;
use super::line::Line;
use super::names::Names;
use super::neutral::{Neutral, broken_family, clock_skew, failing_places, neutral};
use super::others::{Counting, Neighbour, Sibling, siblings};
use super::sample::{Health, Sample, is_blocked, is_turned_away};
use super::tries::{self, Tries};
use super::verdict::Fault;
use detour_cdn::{self as cdn, Cdn};
use detour_model::failure::Failure;
use detour_model::observation::{Indicator, Observation, Outcome, Step, Subject, Vantage};

/// What the rows ask for.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) failure: Failure,
    /// The target is asked over TLS, so that whoever answers holds its certificate.
    pub(super) is_https: bool,
    pub(super) before: Option<&'a Before>,
    pub(super) seen: &'a [&'a Observation],
    pub(super) neutral: Neutral,
    /// Neutral places that failed; a computer without a way out counts as all of them.
    pub(super) failing_places: usize,
    pub(super) has_host: bool,
    /// How slow this computer's line is.
    pub(super) line: Line,
    /// Tries at the target from this computer that say something of it.
    pub(super) samples: Vec<Sample<'a>>,
    /// Who was answered and not let in.
    pub(super) turned_away: TurnedAway,
    pub(super) cdn: Option<Cdn>,
    /// Whether everybody knows whose site the target is.
    pub(super) is_well_known: bool,
    pub(super) siblings: Vec<Sibling>,
    /// Remote probes that saw it well, on continents where none saw it fail, and those that saw it fail.
    pub(super) fine_in: Elsewhere,
    pub(super) fails_in: Elsewhere,
    /// How far a neutral place's clock is ahead of ours, in milliseconds.
    pub(super) skew: Option<i64>,
    pub(super) reported: Option<(Indicator, &'a str)>,
    /// IPv6 (or IPv4) fails here for neutral places and the other family does not.
    pub(super) broken_family: Option<Family>,
}

/// Who was answered by the target and not let in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TurnedAway {
    /// The browser, by a challenge or a block. It is the user's own.
    pub(super) is_browser_challenged: bool,
    /// The host, by anything.
    pub(super) is_host: bool,
    /// The host, by a challenge or a block.
    pub(super) is_host_challenged: bool,
    /// The browser has had a word of its own, whatever it was.
    pub(super) has_browser: bool,
}

/// Where remote probes stand that saw the same.
#[derive(Debug, Default)]
pub(super) struct Elsewhere {
    /// Each once, since neighbours share their trouble.
    pub(super) continents: Names,
    /// What people call the places.
    pub(super) places: Names,
}

impl<'a> Facts<'a> {
    pub(super) fn of(
        case: &Case<'a>,
        seen: &'a [&'a Observation],
        neighbours: &[Neighbour],
        counting: Counting,
    ) -> Self {
        let of_target = || seen.iter().copied().filter(|seen| seen.subject == Subject::Target);
        let is_here = |seen: &&Observation| !matches!(seen.vantage, Vantage::Remote(_));
        let is_https = case.target.url().scheme() == "https";
        let line = Line::of(seen);
        let broken_family = broken_family(seen, neighbours);
        let samples = tries::of(&Tries { seen, broken_family, failure: case.failure, is_first: case.before.is_none() });
        let fails_in = remote(case, seen, true, &Names::default());
        let fine_in = remote(case, seen, false, &fails_in.continents);
        Self {
            failure: case.failure.cloned().or_else(|| failure_of(&samples)).unwrap_or(Failure::TcpFailed),
            is_https,
            before: case.before,
            seen,
            neutral: neutral(seen, &line, is_https),
            failing_places: failing_places(seen),
            has_host: seen.iter().any(|seen| seen.vantage == Vantage::Host)
                || neighbours.iter().any(Neighbour::has_host),
            line,
            samples,
            // Also of what nothing explains: that somebody was not let in is so whatever the network did.
            turned_away: turned_away(case.seen.iter().copied().filter(|seen| seen.subject == Subject::Target)),
            cdn: cdn::identify(of_target().filter(is_here)),
            is_well_known: cdn::places::is_well_known(case.target.host()),
            siblings: siblings(seen, neighbours, counting, &line, case.target.host(), case.now),
            fine_in,
            fails_in,
            skew: clock_skew(seen),
            reported: seen.iter().find_map(|seen| {
                let Outcome::Reported(report) = &seen.outcome else { return None };
                Some((report.indicator, report.description.as_str()))
            }),
            broken_family,
        }
    }

    pub(super) fn bad(&self) -> impl Iterator<Item = &Sample<'a>> {
        self.samples.iter().filter(|sample| !sample.is_good())
    }

    pub(super) fn good(&self) -> impl Iterator<Item = &Sample<'a>> {
        self.samples.iter().filter(|sample| sample.is_good())
    }

    /// Tries by one vantage.
    pub(super) fn by(&self, vantage: &'static Vantage) -> impl Iterator<Item = &Sample<'a>> {
        self.samples.iter().filter(move |sample| sample.seen.vantage == *vantage)
    }

    /// Whether the browser itself was answered by the target over TLS: the way to it is open then, whatever the host met.
    pub(super) fn is_browser_answered(&self) -> bool {
        let by_status = self.is_https && self.failure.status().is_some_and(|status| status != NETWORK_SIGN_IN);
        let by_look = self.is_https && self.by(&Vantage::Browser).any(|sample| sample.answer.is_some());
        (by_status && self.turned_away.has_browser) || by_look
    }

    /// Whether the target was reached, well or not.
    pub(super) fn is_reached(&self) -> bool {
        self.samples.iter().any(|sample| sample.answer.is_some() && (self.is_https || sample.is_good()))
    }

    /// The errors that a server of the site or of its CDN answered with.
    pub(super) fn errors(&self) -> impl Iterator<Item = &Sample<'a>> {
        self.bad().filter(|sample| sample.answer.is_some())
    }

    /// Whether the browser or the host was answered with an error.
    pub(super) fn has_error(&self) -> bool {
        self.failure.status().is_some()
            || matches!(self.failure, Failure::HttpError { .. })
            || self.errors().next().is_some()
    }

    /// Other sites on the target's CDN that say something of the CDN.
    ///
    /// Only those that no page can have chosen. Three pages of one owner can be on a CDN, or write its headers, and each
    /// can answer with its error page: they would be an outage of the CDN for everybody else.
    pub(super) fn on_this_cdn(&self) -> impl Iterator<Item = &Sibling> {
        let name = self.cdn.as_ref().map(|cdn| cdn.name.as_str());
        let says = move |sibling: &&Sibling| name.is_some() && sibling.cdn == name;
        self.siblings.iter().filter(says).filter(|sibling| sibling.is_independent)
    }

    /// Whether any other site on the target's CDN fails, whoever's it is. It may make a verdict on the site less sure, and
    /// nothing else.
    pub(super) fn does_another_fail(&self) -> bool {
        let name = self.cdn.as_ref().map(|cdn| cdn.name.as_str());
        self.siblings.iter().any(|sibling| name.is_some() && sibling.cdn == name && sibling.health != Health::Fine)
    }

    /// Whether the outage began with the CDN, by what was concluded earlier.
    pub(super) fn began_with_cdn(&self) -> bool {
        self.before.is_some_and(|before| before.fault.is_of_cdn())
    }

    /// What came of asking other resolvers for the target's name, or `None` where nobody was asked.
    pub(super) fn at_resolvers(&self) -> impl Iterator<Item = (&'a str, bool, &'a Outcome)> + use<'_, 'a> {
        self.seen.iter().filter(|seen| seen.subject == Subject::Target && seen.step == Step::Dns).filter_map(|seen| {
            let resolver = seen.resolver.as_ref()?;
            Some((resolver.server.as_str(), resolver.checking_disabled, &seen.outcome))
        })
    }
}

/// How the target failed here, in a browser's stead: an error status first, since it says more than a connection
/// that failed beside it; nothing where some try was good and none an error.
fn failure_of(samples: &[Sample<'_>]) -> Option<Failure> {
    let by_status = samples.iter().filter(|sample| sample.answer.is_some()).find_map(|sample| sample.failure.clone());
    if by_status.is_some() || samples.iter().any(Sample::is_good) {
        return by_status;
    }
    samples.iter().find_map(|sample| sample.failure.clone())
}

/// How the target failed by what was seen of it from this computer.
pub(super) fn failure_here(of_target: &[&Observation]) -> Option<Failure> {
    let here = || of_target.iter().copied().filter(|seen| !matches!(seen.vantage, Vantage::Remote(_)));
    let samples = tries::of(&Tries { seen: of_target, broken_family: None, failure: None, is_first: true });
    if !samples.is_empty() {
        return failure_of(&samples);
    }
    // Who was only turned away, or sent on, was answered all the same.
    match here().find(|seen| seen.answer().is_some()) {
        Some(answered) => answered.failure(),
        None => Some(Failure::TcpFailed),
    }
}

/// Who was answered and not let in.
fn turned_away<'a>(of_target: impl Iterator<Item = &'a Observation>) -> TurnedAway {
    let mut found = TurnedAway::default();
    for seen in of_target {
        match seen.vantage {
            Vantage::Browser => {
                found.has_browser = true;
                found.is_browser_challenged |= is_blocked(seen);
            }
            Vantage::Host => {
                found.is_host |= is_turned_away(seen);
                found.is_host_challenged |= is_blocked(seen);
            }
            Vantage::Remote(_) => {}
        }
    }
    found
}

/// Whether every try of a later look at the target was good; `None` where no try says anything of it.
pub(super) fn are_tries_good(seen: &[&Observation], failure: Option<&Failure>) -> Option<bool> {
    let line = Line::of(seen);
    let mut samples = tries::of(&Tries { seen, broken_family: broken_family(seen, &[]), failure, is_first: false });
    samples.retain(|sample| !line.swallows(sample.seen));
    (!samples.is_empty()).then(|| samples.iter().all(Sample::is_good))
}

/// Whether some try at the target was good.
pub(super) fn is_let_in(seen: &[&Observation]) -> bool {
    let tries = Tries { seen, broken_family: None, failure: None, is_first: true };
    tries::of(&tries).iter().any(Sample::is_good)
}

/// The remote probes that saw it fail, or saw it well, but for some continents.
fn remote(case: &Case<'_>, seen: &[&Observation], is_failing: bool, but: &Names) -> Elsewhere {
    let before = case.before.map(|before| before.fault);
    let upholds = match before {
        Some(Fault::Regional) => !is_failing,
        Some(Fault::CdnWide | Fault::Unreachable) => is_failing,
        Some(_) | None => false,
    };
    let mut elsewhere = Elsewhere::default();
    for seen in seen.iter().filter(|seen| seen.subject == Subject::Target) {
        let Vantage::Remote(place) = &seen.vantage else { continue };
        // A probe that is turned away was at the door; how it is inside it has not seen.
        let is_at_the_door = is_turned_away(seen);
        if is_at_the_door && (is_failing || case.failure.is_some_and(|failure| failure.status().is_some())) {
            continue;
        }
        let has_failed = seen.failure().is_some() && !is_at_the_door;
        let is_meant = if is_failing { has_failed } else { !has_failed && seen.answer().is_some() };
        let is_fresh = upholds || case.now.since(seen.at) <= REMOTE_FRESH;
        if is_meant && is_fresh && !but.has(&place.continent) {
            let name = if place.city.is_empty() { &place.country } else { &place.city };
            elsewhere.continents.add(place.continent.clone());
            elsewhere.places.add(name.clone());
        }
    }
    elsewhere
}

/// "Network Authentication Required" (RFC 6585, section 6): never the site's, always somebody's on the way.
pub(super) const NETWORK_SIGN_IN: u16 = 511;
