//! Who is at fault: the browser's evidence joined with the host's, first matching row wins.
//!
//! The host shares the user's network, so its failure alone never proves "down for everyone". "Can't tell"
//! is a verdict. Nothing here reads a clock; the evidence carries its own times.

pub use detour_model::confidence::Confidence;
use serde::{Deserialize, Serialize};

use detour_cdn::ranges::Published;
use detour_cdn::{Cdn, digested};
use detour_model::failure::Failure;
use detour_model::observation::{Millis, Observation, Subject};
use detour_model::target::Target;

mod facts;
mod limits;
mod marks;
mod missing;
mod names;
mod neutral;
mod others;
mod rows;

pub use limits::{GOOD_SAMPLES, GOOD_SAMPLES_APART};
pub use marks::{Controls, Mark};
pub use others::Neighbour;

use facts::Facts;
use others::Counting;

/// Everything that is known of one failing page: what [`judge`] judges.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The page.
    pub target: &'a Target,
    /// How the browser's own load failed; `None` on the command line, where no browser was asked.
    pub failure: Option<&'a Failure>,
    /// Everything that was seen, siblings and other controls included, in any order.
    pub seen: &'a [&'a Observation],
    /// What was concluded earlier in the same outage.
    pub before: Option<&'a Before>,
    /// Address lists that were published later than this program was built, where there are any.
    pub published: Option<&'a Published>,
    /// When it is judged.
    pub now: Millis,
}

/// What was concluded earlier in the same outage: without it, a site that is well again cannot be told from one
/// that never was ill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Before {
    /// Who was at fault.
    pub fault: Fault,
    /// The CDN that delivered the site, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cdn: Option<String>,
    /// How many good samples came since, each at least 20 s after the one before.
    #[serde(default)]
    pub good: u8,
    /// How often it failed again after it had been called over.
    #[serde(default)]
    pub relapses: u8,
    /// Whether it was called over and has not failed since: that others fail is no reason to doubt it again.
    #[serde(default)]
    pub is_called: bool,
}

impl Before {
    /// Whether enough good samples came to call it over. Each relapse doubles what is needed: in November 2025 sites
    /// were well for five minutes and failed for the next five, for hours. What came and went from the beginning is met
    /// in its good state more often than not.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_proven(0)
    }

    /// [`Before::is_over`], where so many more doublings are asked for.
    pub(crate) fn is_proven(&self, more: u8) -> bool {
        let of_kind = if matches!(self.fault, Fault::ComesAndGoes) { 2 } else { 0 };
        let doublings = self.relapses.saturating_add(of_kind).saturating_add(more);
        self.is_called || self.good >= GOOD_SAMPLES << doublings.min(MOST_DOUBLINGS)
    }
}

/// Eight minutes of good samples; nobody waits for longer than that to hear of it.
const MOST_DOUBLINGS: u8 = 3;

/// Who is at fault, how sure, what it rests on, and what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verdict {
    /// Who.
    pub fault: Fault,
    /// How sure.
    pub confidence: Confidence,
    /// The CDN that delivers the site, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cdn: Option<Cdn>,
    /// The facts it rests on, most telling first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Because>,
    /// What would have made it surer.
    #[serde(default)]
    pub missing: Vec<Missing>,
}

/// Who or what is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It answers again: the failure was a passing one, or the outage is over.
    Passed,
    /// It answers again, not yet often enough to call the outage over.
    Recovering,
    /// It answers again, because the site has left the CDN that fails.
    Moved,
    /// A bot challenge or a block: no outage.
    Challenge,
    /// This computer's network is down.
    You,
    /// One address family (IPv4 or IPv6) does not work on this network.
    AddressFamily,
    /// A network that wants a sign-in first.
    Portal,
    /// The resolver fails for every name.
    Resolver,
    /// The resolver fails for this name, or leads astray; others answer well.
    NameFiltered,
    /// The name does not exist.
    NameGone,
    /// The name cannot be resolved by anybody, others can.
    NameFailing,
    /// Many names of one CDN cannot be resolved.
    CdnNames,
    /// The site's certificate is wrong.
    Certificate,
    /// Somebody on this network puts certificates of their own in place of the sites'.
    Intercepted,
    /// This computer's clock is wrong, so certificates look wrong.
    Clock,
    /// The CDN's servers make errors for many unrelated sites, in several places.
    CdnWide,
    /// The CDN's servers make errors for many unrelated sites, seen from one place only.
    CdnHere,
    /// The CDN's servers cannot be reached from here, for many unrelated sites.
    EdgeUnreachable,
    /// It fails here and works in other regions.
    Regional,
    /// The CDN's servers made the error, for this site.
    Edge,
    /// The site's own servers made the error, or the CDN says so.
    Origin,
    /// Sites on different CDNs blame their own servers at once: something behind them is down, such as a cloud region.
    CloudRegion,
    /// After the CDN's outage the site's own servers are overrun.
    Overloaded,
    /// A server made the error; which one cannot be told.
    Server,
    /// The page says "fine" and is an error page.
    SoftOutage,
    /// The page is fine; scripts, styles or images from elsewhere fail.
    BrokenParts,
    /// Some tries get through.
    ComesAndGoes,
    /// Nobody reaches it, here or on other networks.
    Unreachable,
    /// Nothing on this network reaches it, while the rest of the network works.
    FromHere,
    /// Only this browser fails.
    ThisBrowser,
    /// Nobody but the browser's own load has looked.
    Unconfirmed,
    /// The evidence does not say.
    CantTell,
}

/// A fact that a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Because {
    /// What kind of fact.
    pub fact: Fact,
    /// What it is about: sites, nodes, places, resolvers or numbers, as the kind says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
}

impl Because {
    fn just(fact: Fact) -> Self {
        Self { fact, about: Vec::new() }
    }

    fn one(fact: Fact, about: &str) -> Self {
        Self { fact, about: vec![about.to_owned()] }
    }
}

/// Kinds of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// These other sites on the same CDN fail as well.
    SiblingsFail,
    /// These other sites on the same CDN are well.
    SiblingsFine,
    /// These POPs of the CDN made the errors.
    Pops,
    /// So many tries failed, of so many.
    Share,
    /// It fails with this and works with the others: a node, an address, `IPv4` or `IPv6`.
    Only,
    /// Remote probes in these places fail too.
    FailsIn,
    /// Remote probes in these places are well.
    FineIn,
    /// Neutral places answer.
    ControlsFine,
    /// Neutral places do not answer either.
    ControlsFail,
    /// These other resolvers say the same of the name.
    ResolversAgree,
    /// These other resolvers give a good answer.
    ResolversDiffer,
    /// The name is wrongly signed: it answers only where DNSSEC is not checked.
    Dnssec,
    /// The CDN's own status page says so, in these words.
    StatusPage,
    /// These hosts of the page's parts fail.
    Parts,
    /// The site was delivered by this CDN when it failed.
    Left,
}

/// What a verdict lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The native host's view.
    Host,
    /// Anchors and portal probe.
    Controls,
    /// Other sites on the same CDN.
    Siblings,
    /// Other resolvers.
    OtherResolvers,
    /// Somebody on another network.
    OtherNetwork,
    /// More tries, some of them later.
    MoreSamples,
}

impl Fault {
    /// Whether it is the CDN's, so that its other sites say when it is over.
    #[must_use]
    pub const fn is_of_cdn(self) -> bool {
        matches!(
            self,
            Self::CdnWide | Self::CdnHere | Self::CdnNames | Self::EdgeUnreachable | Self::Regional | Self::Edge
        )
    }

    /// Whether it is, or may be, the CDN's for more than one of its sites.
    #[must_use]
    pub const fn is_cdn_wide(self) -> bool {
        self.is_of_cdn() && !matches!(self, Self::Edge)
    }

    /// Whether it says what is wrong, rather than how far the end is: such a fault is remembered until it is over.
    #[must_use]
    pub const fn is_cause(self) -> bool {
        !matches!(
            self,
            Self::Passed
                | Self::Recovering
                | Self::Moved
                | Self::Overloaded
                | Self::Challenge
                | Self::Unconfirmed
                | Self::CantTell
        )
    }
}

/// The verdict on a case. It does not depend on the order of what was seen, and what nothing explains never makes
/// it surer: such observations are heard only where the others say nothing, and then only for a first guess.
#[must_use]
pub fn judge(case: &Case<'_>) -> Verdict {
    judge_among(case, &[])
}

/// The same, with what other tabs of the user's say.
#[must_use]
pub fn judge_among(case: &Case<'_>, neighbours: &[Neighbour]) -> Verdict {
    // What a document says has not been read yet.
    if case.published.is_some() || case.seen.iter().any(|seen| seen.reading.is_none()) {
        let read = |seen: &&Observation| digested(Observation { reading: None, ..(*seen).clone() }, case.published);
        let read: Vec<Observation> = case.seen.iter().map(read).collect();
        let seen: Vec<&Observation> = read.iter().collect();
        return judge_read(&Case { seen: &seen, published: None, ..*case }, neighbours);
    }
    judge_read(case, neighbours)
}

fn judge_read(case: &Case<'_>, neighbours: &[Neighbour]) -> Verdict {
    let seen = in_order(case.seen);
    let controls = Controls::of(&seen, case.target);
    let explained: Vec<&Observation> =
        seen.iter().copied().filter(|seen| controls.mark(seen) != Mark::Unexplained).collect();
    let counting = if seen.iter().any(|seen| marks::is_neutral(seen)) {
        Counting::All
    } else if case.target.url().scheme() == "https" {
        Counting::Answered
    } else {
        Counting::Good
    };
    let is_all_counted = explained.len() == seen.len()
        && (counting == Counting::All || !neighbours.iter().any(Neighbour::has_unanswered));
    let facts = Facts::of(case, &explained, neighbours, counting);
    let mut finding = rows::first(&facts);
    let mut cdn = facts.cdn.clone();
    if !is_all_counted && matches!(finding.fault, Fault::CantTell | Fault::Unconfirmed) {
        let all = Facts::of(case, &seen, neighbours, Counting::All);
        finding = rows::Finding { confidence: Confidence::Low, ..rows::first(&all) };
        cdn = cdn.or(all.cdn);
    }
    if finding.fault == Fault::BrokenParts {
        cdn = detour_cdn::identify(seen.iter().copied().filter(|seen| matches!(seen.subject, Subject::Part(_))));
    }
    let missing = missing::of(&facts, &finding);
    Verdict { fault: finding.fault, confidence: finding.confidence, cdn, because: finding.because, missing }
}

/// The observations in one order, whatever the order of their arrival. By hand: a check sees a hundred or two, and a
/// sort from the library is several times the size of everything around it.
fn in_order<'a>(seen: &[&'a Observation]) -> Vec<&'a Observation> {
    let mut ordered: Vec<&Observation> = Vec::with_capacity(seen.len());
    for &observation in seen {
        let place = ordered.partition_point(|other| (other.at, *other) < (observation.at, observation));
        ordered.insert(place, observation);
    }
    ordered
}

/// Whether every try at the target, which failed so before, was good, and there was one; a family that does not work here
/// does not count.
#[must_use]
pub fn is_well(seen: &[&Observation], failure: Option<&Failure>) -> bool {
    facts::is_well(seen, failure)
}

/// Whether the site has left the CDN that failed, and is well where it is; the browser may still be with the old one.
#[must_use]
pub fn has_left(case: &Case<'_>) -> bool {
    let may_leave = case.before.is_some_and(|before| before.fault.is_of_cdn() && before.cdn.is_some());
    may_leave && rows::has_left(&Facts::of(case, case.seen, &[], Counting::All))
}

/// Whether this is a failure of its subject, an error page that says "fine" included.
#[must_use]
pub fn is_bad(observation: &Observation) -> bool {
    facts::Sample::of(observation).is_some_and(|sample| !sample.is_good())
}

/// How the target failed, where no browser says so: what the host itself met; `None` where it is well.
#[must_use]
pub fn failure_here(seen: &[Observation]) -> Option<Failure> {
    let seen: Vec<&Observation> = seen.iter().filter(|seen| seen.subject == Subject::Target).collect();
    facts::failure_here(&seen)
}

#[cfg(test)]
mod tests;
