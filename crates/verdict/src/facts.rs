//! The observations, boiled down to what the rows of the table ask for. Nothing here depends on their order.

use std::borrow::Cow;

use super::limits::REMOTE_FRESH;
use super::names::Names;
use super::neutral::{Family, Neutral, broken_family, clock_skew, failing_places, neutral};
use super::others::{Counting, Neighbour, Sibling, siblings};
use super::{Before, Case, Fault};
use detour_cdn::{self as cdn, Cdn, MadeBy, Reading};
use detour_model::failure::{Failure, Phase};
use detour_model::observation::{Answer, Indicator, Observation, Outcome, Step, Subject, Vantage};

/// One try at the target or at a sibling: where it ended.
#[derive(Debug, Clone)]
pub(super) struct Sample<'a> {
    pub(super) seen: &'a Observation,
    pub(super) answer: Option<&'a Answer>,
    /// Who delivers it, who made the answer.
    pub(super) reading: Cow<'a, Reading>,
    /// What it failed with; `None` for a good one.
    pub(super) failure: Option<Failure>,
}

impl<'a> Sample<'a> {
    pub(super) fn of(seen: &'a Observation) -> Option<Self> {
        // What other resolvers say is a control, not a try.
        if seen.resolver.is_some() || !matches!(seen.outcome, Outcome::Answered(_) | Outcome::Failed(_)) {
            return None;
        }
        let (answer, reading) = (seen.answer(), cdn::reading_of(seen));
        let failure = match answer.filter(|_| reading.is_soft) {
            Some(answer) => Some(Failure::HttpError { status: Some(answer.status) }),
            None => seen.failure(),
        };
        Some(Self { seen, answer, reading, failure })
    }

    pub(super) const fn is_good(&self) -> bool {
        self.failure.is_none()
    }

    /// The page said "fine" and was an error page.
    pub(super) fn is_soft(&self) -> bool {
        self.reading.is_soft
    }

    /// The edge node that answered, where it tells.
    pub(super) fn node(&self) -> Option<&cdn::Node> {
        self.answer.and(self.reading.node.as_ref())
    }

    /// Who made the error, where it was answered with one. "Gateway Timeout" is by definition a complaint about the server
    /// behind (RFC 9110, 15.6.5).
    pub(super) fn made_by(&self) -> Option<MadeBy> {
        let answer = self.answer?;
        let made_by = self.reading.made_by?;
        Some(if made_by == MadeBy::Edge && answer.status == 504 { MadeBy::EdgeBlamingOrigin } else { made_by })
    }
}

/// How another site on the network fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Health {
    /// Most tries were good.
    Fine,
    /// The CDN's edge made the errors, blaming nobody.
    Edge,
    /// Errors that name the servers behind the edge, or whose maker cannot be told.
    Behind,
    /// The site's own servers made the errors.
    Origin,
    /// It could not be connected to.
    Unreachable,
    /// Its name could not be resolved.
    Nameless,
}

/// What the rows ask for.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) failure: Failure,
    pub(super) before: Option<&'a Before>,
    pub(super) seen: &'a [&'a Observation],
    pub(super) neutral: Neutral,
    /// Neutral places that failed; a computer without a way out counts as all of them.
    pub(super) failing_places: usize,
    pub(super) has_host: bool,
    /// Tries at the target from this computer.
    pub(super) samples: Vec<Sample<'a>>,
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
        let broken_family = broken_family(seen, neighbours);
        let samples = samples(seen, broken_family, case.failure);
        let fails_in = remote(case, seen, true, &Names::default());
        let fine_in = remote(case, seen, false, &fails_in.continents);
        Self {
            failure: case.failure.cloned().or_else(|| failure_of(&samples)).unwrap_or(Failure::TcpFailed),
            before: case.before,
            seen,
            neutral: neutral(seen),
            failing_places: failing_places(seen),
            has_host: seen.iter().any(|seen| seen.vantage == Vantage::Host)
                || neighbours.iter().any(Neighbour::has_host),
            samples,
            cdn: cdn::identify(of_target().filter(is_here)),
            is_well_known: cdn::places::is_well_known(case.target.host()),
            siblings: siblings(seen, neighbours, counting, case.target.host(), case.now),
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
    let here = of_target.iter().copied().filter(|seen| !matches!(seen.vantage, Vantage::Remote(_)));
    let samples: Vec<Sample<'_>> = here.filter_map(Sample::of).collect();
    if samples.is_empty() { Some(Failure::TcpFailed) } else { failure_of(&samples) }
}

/// The tries at the target from this computer. A family that does not work here says nothing about the site.
fn samples<'a>(seen: &[&'a Observation], broken_family: Option<Family>, failure: Option<&Failure>) -> Vec<Sample<'a>> {
    let mut samples: Vec<Sample<'a>> = seen
        .iter()
        .copied()
        .filter(|seen| seen.subject == Subject::Target && !matches!(seen.vantage, Vantage::Remote(_)))
        .filter(|seen| seen.address.is_none_or(|address| broken_family != Some(Family::of(address))))
        .filter_map(Sample::of)
        .collect();
    let has_errors = match failure {
        Some(Failure::HttpError { status }) => status.is_none_or(|status| status >= 500),
        _ => false,
    };
    if has_errors && samples.iter().any(|sample| sample.seen.vantage == Vantage::Host && sample.answer.is_some()) {
        samples.retain(|sample| !may_be_throttled(sample));
    }
    samples
}

/// Chromium lets no extension ask for an address that answered with several errors of servers, for up to a quarter of an
/// hour, and says no more of it than of any other failure (<https://www.chromium.org/throttling>): where such errors
/// were met and the host was answered, this says nothing of the site.
fn may_be_throttled(sample: &Sample<'_>) -> bool {
    sample.seen.vantage == Vantage::Browser && matches!(sample.failure, Some(Failure::Unrecognized(_)))
}

/// Whether every try at the target from this computer was good, and there was one.
pub(super) fn is_well(seen: &[&Observation], failure: Option<&Failure>) -> bool {
    let samples = samples(seen, broken_family(seen, &[]), failure);
    !samples.is_empty() && samples.iter().all(Sample::is_good)
}

pub(super) fn health(sample: &Sample<'_>) -> Option<Health> {
    let failure = sample.failure.as_ref()?;
    if failure.is_of_certificate() {
        return None; // a site's own, whoever delivers it
    }
    Some(match (sample.made_by(), failure.phase()) {
        // The browser's second try fails without saying how.
        (None, Phase::None) => return None,
        (Some(MadeBy::Edge), _) => Health::Edge,
        (Some(MadeBy::EdgeBlamingOrigin | MadeBy::Unknown), _) => Health::Behind,
        (Some(MadeBy::Origin), _) => Health::Origin,
        (None, Phase::Dns) => Health::Nameless,
        (None, _) => Health::Unreachable,
    })
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
        let has_failed = seen.failure().is_some();
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
