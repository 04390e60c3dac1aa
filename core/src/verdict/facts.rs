//! The observations, boiled down to what the rows of the table ask for. Nothing here depends on their order.

use super::limits::{CDN_WIDE_WINDOW, REMOTE_FRESH};
use super::names::Names;
use super::neutral::{Family, Neutral, broken_family, clock_skew, failing_places, neutral};
use super::{Before, Case, Fault};
use crate::cdn::ranges::Published;
use crate::cdn::{self, Cdn, MadeBy};
use crate::failure::{Failure, Phase};
use crate::observation::{Answer, Indicator, Observation, Outcome, Step, Subject, Vantage};
use crate::target::site_of;

/// One try at the target or at a sibling: where it ended.
#[derive(Debug, Clone)]
pub(super) struct Sample<'a> {
    pub(super) seen: &'a Observation,
    pub(super) answer: Option<&'a Answer>,
    /// What it failed with; `None` for a good one.
    pub(super) failure: Option<Failure>,
    /// The page said "fine" and was an error page.
    pub(super) is_soft: bool,
}

impl<'a> Sample<'a> {
    pub(super) fn of(seen: &'a Observation) -> Option<Self> {
        let answer = seen.answer();
        let is_soft = answer.is_some_and(|answer| answer.status < 300 && cdn::classify::is_error_page(answer));
        let failure = match (&seen.outcome, is_soft) {
            (Outcome::Answered(answer), true) => Some(Failure::HttpError { status: Some(answer.status) }),
            (Outcome::Answered(_) | Outcome::Failed(_), _) => seen.failure(),
            (Outcome::Resolved { .. } | Outcome::Connected | Outcome::Secured(_) | Outcome::Reported(_), _) => {
                return None;
            }
        };
        // What other resolvers say is a control, not a try.
        seen.resolver.is_none().then_some(Self { seen, answer, failure, is_soft })
    }

    pub(super) const fn is_good(&self) -> bool {
        self.failure.is_none()
    }

    /// The edge node that answered, where it tells.
    pub(super) fn node(&self) -> Option<cdn::Node> {
        self.answer.and_then(cdn::node)
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

/// Another site.
#[derive(Debug)]
pub(super) struct Sibling {
    pub(super) site: String,
    pub(super) cdn: Option<String>,
    pub(super) health: Health,
    pub(super) pops: Names,
    /// The nodes that failed, and those that did not.
    pub(super) bad_nodes: Names,
    pub(super) good_nodes: Names,
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
    pub(super) fn of(case: &Case<'a>, seen: &'a [&'a Observation]) -> Self {
        let of_target = || seen.iter().copied().filter(|seen| seen.subject == Subject::Target);
        let is_here = |seen: &&Observation| !matches!(seen.vantage, Vantage::Remote(_));
        let broken_family = broken_family(seen);
        let samples = samples(seen, broken_family, case.failure);
        let fails_in = remote(case, seen, true, &Names::default());
        let fine_in = remote(case, seen, false, &fails_in.continents);
        Self {
            failure: case.failure.cloned().or_else(|| failure_of(&samples)).unwrap_or(Failure::TcpFailed),
            before: case.before,
            seen,
            neutral: neutral(seen),
            failing_places: failing_places(seen),
            has_host: seen.iter().any(|seen| seen.vantage == Vantage::Host),
            samples,
            cdn: identify(case.published, of_target().filter(is_here)),
            siblings: siblings(seen, case),
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
    pub(super) fn errors(&self) -> impl Iterator<Item = &'a Answer> + use<'_, 'a> {
        self.bad().filter_map(|sample| sample.answer)
    }

    /// Whether the browser or the host was answered with an error.
    pub(super) fn has_error(&self) -> bool {
        self.failure.status().is_some()
            || matches!(self.failure, Failure::HttpError { .. })
            || self.errors().next().is_some()
    }

    /// Other sites on the target's CDN.
    pub(super) fn on_this_cdn(&self) -> impl Iterator<Item = &Sibling> {
        let name = self.cdn.as_ref().map(|cdn| &cdn.name);
        self.siblings.iter().filter(move |sibling| name.is_some() && sibling.cdn.as_ref() == name)
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

/// Names the CDN; lists that are newer than this program come first.
fn identify<'a>(published: Option<&Published>, seen: impl IntoIterator<Item = &'a Observation> + Clone) -> Option<Cdn> {
    match published {
        Some(published) => cdn::identify_in(published, seen),
        None => cdn::identify(seen),
    }
}

/// How the target failed by what was seen of it from this computer.
pub(super) fn failure_here(of_target: &[&Observation]) -> Option<Failure> {
    let here = of_target.iter().copied().filter(|seen| !matches!(seen.vantage, Vantage::Remote(_)));
    let samples: Vec<Sample<'_>> = here.filter_map(Sample::of).collect();
    if samples.is_empty() { Some(Failure::TcpFailed) } else { failure_of(&samples) }
}

/// Groups what was seen of other sites by registrable name.
fn siblings(seen: &[&Observation], case: &Case<'_>) -> Vec<Sibling> {
    let (target, now) = (case.target.host(), case.now);
    let recent: Vec<(&str, &Observation)> = seen
        .iter()
        .filter(|seen| now.since(seen.at) <= CDN_WIDE_WINDOW)
        .filter(|seen| matches!(seen.subject, Subject::Sibling(_)))
        .filter_map(|seen| Some((site_of(seen.subject.host()?), *seen)))
        .filter(|(site, _)| *site != site_of(target))
        .collect();
    let sites = Names::of(recent.iter().map(|(site, _)| (*site).to_owned()));
    let of_site = |site: String| {
        let seen: Vec<&Observation> = recent.iter().filter(|(of, _)| *of == site).map(|(_, seen)| *seen).collect();
        sibling(&site, &seen, case.published)
    };
    sites.into_vec().into_iter().filter_map(of_site).collect()
}

fn sibling(site: &str, seen: &[&Observation], published: Option<&Published>) -> Option<Sibling> {
    let samples: Vec<Sample<'_>> = seen.iter().copied().filter_map(Sample::of).collect();
    let bad = samples.iter().filter(|sample| !sample.is_good()).count();
    let health = if samples.is_empty() {
        return None;
    } else if bad * 2 < samples.len() {
        Health::Fine
    } else {
        samples.iter().filter_map(health).min()?
    };
    let nodes = |is_good| samples.iter().filter(move |sample| sample.is_good() == is_good).filter_map(Sample::node);
    Some(Sibling {
        site: site.to_owned(),
        cdn: identify(published, seen.iter().copied()).map(|cdn| cdn.name),
        health,
        pops: Names::of(nodes(false).map(|node| node.pop)),
        bad_nodes: Names::of(nodes(false).map(|node| node.name)),
        good_nodes: Names::of(nodes(true).map(|node| node.name)),
    })
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
    let samples = samples(seen, broken_family(seen), failure);
    !samples.is_empty() && samples.iter().all(Sample::is_good)
}

/// Who made an error. "Gateway Timeout" is by definition a complaint about the server behind (RFC 9110, 15.6.5).
pub(super) fn made_by(answer: &Answer) -> MadeBy {
    let made_by = cdn::made_by(answer);
    if made_by == MadeBy::Edge && answer.status == 504 { MadeBy::EdgeBlamingOrigin } else { made_by }
}

pub(super) fn health(sample: &Sample<'_>) -> Option<Health> {
    let failure = sample.failure.as_ref()?;
    if failure.is_of_certificate() {
        return None; // a site's own, whoever delivers it
    }
    Some(match (sample.answer.map(made_by), failure.phase()) {
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
