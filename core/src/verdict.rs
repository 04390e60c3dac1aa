//! Who is at fault: the browser's evidence joined with the host's, first matching row wins.
//!
//! The host shares the user's network, so its failure alone never proves "down for everyone". "Can't tell"
//! is a verdict. Nothing here reads a clock; the evidence carries its own times.

use serde::{Deserialize, Serialize};

use crate::cdn::{self, Cdn, MadeBy};
use crate::failure::{Failure, Phase};
use crate::observation::{Millis, Observation, Outcome, Step, Subject, Vantage};
use crate::target::Target;

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
    /// How many good samples came since, each [`GOOD_SAMPLES_APART`] after the one before.
    #[serde(default)]
    pub good: u8,
}

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

/// How sure a verdict is; best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Two vantages or more agree, and the controls too.
    High,
    /// One good reason.
    Medium,
    /// A first guess.
    Low,
}

/// A fact that a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// These other sites on the same CDN fail as well.
    SiblingsFail(Vec<String>),
    /// These other sites on the same CDN are well.
    SiblingsFine(Vec<String>),
    /// These nodes or POPs of the CDN made the errors.
    Nodes(Vec<String>),
    /// So many of so many tries failed.
    Share {
        /// Tries that failed.
        failed: u32,
        /// All tries.
        of: u32,
    },
    /// It fails with this and works with the others: a node, an address, `IPv4` or `IPv6`.
    Only(String),
    /// Remote probes in these places fail too.
    FailsIn(Vec<String>),
    /// Remote probes in these places are well.
    FineIn(Vec<String>),
    /// Neutral places answer.
    ControlsFine,
    /// Neutral places do not answer either.
    ControlsFail,
    /// These other resolvers say the same of the name.
    ResolversAgree(Vec<String>),
    /// These other resolvers give a good answer.
    ResolversDiffer(Vec<String>),
    /// The name is wrongly signed: it answers only where DNSSEC is not checked.
    Dnssec,
    /// The CDN's own status page says so, in these words.
    StatusPage(String),
    /// These hosts of the page's parts fail.
    Parts(Vec<String>),
    /// The site was delivered by this CDN when it failed.
    Left(String),
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

/// A certificate that fails everywhere within this long of the anchors' clock is the site's, beyond it the
/// computer's: certificates are issued and renewed on the scale of days.
const CLOCK_SKEW: u64 = 24 * 60 * 60 * 1000;

/// The verdict on a target that failed in the browser with `failure`, from all that was seen since.
#[must_use]
pub fn judge(case: &Case<'_>) -> Verdict {
    let seen: Vec<Observation> = case.seen.iter().map(|seen| (*seen).clone()).collect();
    let seen = seen.as_slice();
    let evidence = Evidence::of(seen);
    let own = Failure::TcpFailed;
    let (fault, confidence) = evidence.row(case.failure.unwrap_or(&own));
    let mut missing = Vec::new();
    if !evidence.has_host {
        missing.push(Missing::Host);
    } else if evidence.controls == Controls::Unseen {
        missing.push(Missing::Controls);
    }
    if matches!(fault, Fault::FromHere | Fault::NameFailing | Fault::CantTell) {
        missing.push(Missing::OtherNetwork);
    }
    let cdn = cdn::identify(seen.iter().filter(|observation| observation.subject == Subject::Target));
    Verdict { fault, confidence, cdn, because: Vec::new(), missing }
}

/// How the neutral places fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Controls {
    /// None was looked at.
    Unseen,
    /// At least one answered.
    Fine,
    /// All failed, and not all of them at name resolution.
    Down,
    /// All failed at name resolution: no resolver helps.
    NoNames,
    /// The probe came back as something else.
    Portal,
}

/// The observations, boiled down to what the rows ask for.
struct Evidence<'a> {
    has_host: bool,
    controls: Controls,
    skew: Option<u64>,
    host_answers: Vec<&'a crate::observation::Answer>,
    browser_answers: Vec<&'a crate::observation::Answer>,
    browser_failed_again: bool,
    host_failures: Vec<Failure>,
}

impl<'a> Evidence<'a> {
    fn of(seen: &'a [Observation]) -> Self {
        let at = |vantage: &'static Vantage| {
            seen.iter()
                .filter(move |observation| observation.vantage == *vantage && observation.subject == Subject::Target)
        };
        Self {
            has_host: seen.iter().any(|observation| observation.vantage == Vantage::Host),
            controls: controls(seen),
            skew: clock_skew(seen),
            host_answers: at(&Vantage::Host).filter_map(Observation::answer).collect(),
            browser_answers: at(&Vantage::Browser).filter_map(Observation::answer).collect(),
            browser_failed_again: at(&Vantage::Browser)
                .any(|observation| matches!(observation.outcome, Outcome::Failed(_))),
            host_failures: at(&Vantage::Host)
                .filter_map(|observation| match &observation.outcome {
                    Outcome::Failed(failure) => Some(failure.clone()),
                    Outcome::Resolved { .. }
                    | Outcome::Connected
                    | Outcome::Secured(_)
                    | Outcome::Answered(_)
                    | Outcome::Reported(_) => None,
                })
                .collect(),
        }
    }

    /// The decision table. Rows are in order; each says in words what it needs.
    fn row(&self, failure: &Failure) -> (Fault, Confidence) {
        let answers = || self.host_answers.iter().chain(&self.browser_answers).copied();
        let is_good = |answer: &&crate::observation::Answer| answer.status < 500;
        let errors = answers().filter(|answer| !is_good(answer));
        if answers().any(|answer| cdn::is_challenge("", &answer.body, Some(answer))) {
            return (Fault::Challenge, Confidence::High);
        }
        if *failure == Failure::Offline {
            return (Fault::You, Confidence::High);
        }
        // A server's answer came through: whatever the rest of the network does, this is the server's side.
        let got_error =
            failure.status().is_some() || matches!(failure, Failure::HttpError { .. }) || errors.clone().count() > 0;
        if got_error {
            let is_fine_now = answers().next().is_some() && answers().all(|answer| is_good(&answer));
            let has_good = answers().any(|answer| is_good(&answer));
            if self.controls == Controls::Portal {
                return (Fault::Portal, Confidence::Medium);
            }
            if is_fine_now {
                let has_both = !self.host_answers.is_empty() && !self.browser_answers.is_empty();
                return (Fault::Passed, if has_both { Confidence::High } else { Confidence::Medium });
            }
            if has_good {
                return (Fault::ComesAndGoes, Confidence::Medium);
            }
            let sure = if self.host_answers.is_empty() { Confidence::Medium } else { Confidence::High };
            return match errors.map(cdn::made_by).min() {
                Some(MadeBy::Edge) => (Fault::Edge, sure),
                Some(MadeBy::EdgeBlamingOrigin | MadeBy::Origin) => (Fault::Origin, sure),
                Some(MadeBy::Unknown) => (Fault::Server, sure),
                None => (Fault::Server, Confidence::Medium),
            };
        }
        match self.controls {
            Controls::Portal => return (Fault::Portal, Confidence::High),
            Controls::Down => return (Fault::You, Confidence::High),
            Controls::NoNames => return (Fault::Resolver, Confidence::Medium),
            Controls::Fine | Controls::Unseen => {}
        }
        let browser_is_fine = self.browser_answers.iter().any(is_good);
        let host_is_fine = self.host_answers.iter().any(is_good);
        if host_is_fine && browser_is_fine {
            return (Fault::Passed, Confidence::High);
        }
        if !self.has_host {
            return if browser_is_fine {
                (Fault::Passed, Confidence::Medium)
            } else {
                (Fault::Unconfirmed, Confidence::Low)
            };
        }
        if host_is_fine {
            return match self.browser_failed_again {
                true => (Fault::ThisBrowser, Confidence::Medium),
                false => (Fault::ThisBrowser, Confidence::Low),
            };
        }
        if browser_is_fine {
            return (Fault::ComesAndGoes, Confidence::Medium);
        }
        let is_controlled = self.controls == Controls::Fine;
        let sure = if is_controlled { Confidence::High } else { Confidence::Medium };
        let all_in = |phase: Phase| {
            !self.host_failures.is_empty() && self.host_failures.iter().all(|seen| seen.phase() == phase)
        };
        if all_in(Phase::Dns) {
            let is_gone = self.host_failures.iter().all(|seen| *seen == Failure::DnsNameNotResolved);
            return match (is_gone, is_controlled) {
                (true, _) => (Fault::NameGone, sure),
                (false, true) => (Fault::NameFailing, Confidence::Medium),
                (false, false) => (Fault::CantTell, Confidence::Low),
            };
        }
        let is_certificate = |failure: &Failure| failure.name().starts_with("tls.cert.");
        if is_certificate(failure) && self.host_failures.iter().any(is_certificate) {
            let is_clock = self.skew.is_some_and(|skew| skew > CLOCK_SKEW);
            return if is_clock { (Fault::Clock, Confidence::High) } else { (Fault::Certificate, sure) };
        }
        if self.host_failures.is_empty() {
            return (Fault::CantTell, Confidence::Low);
        }
        (Fault::FromHere, if is_controlled { Confidence::Medium } else { Confidence::Low })
    }
}

/// How the anchors and the portal probe fared.
fn controls(seen: &[Observation]) -> Controls {
    if seen.iter().any(is_portal) {
        return Controls::Portal;
    }
    let mut routes = seen.iter().filter(|observation| observation.subject == Subject::Route).peekable();
    let has_no_route = routes.peek().is_some() && routes.all(|route| route.failure().is_some());
    let is_control = |observation: &&Observation| !matches!(observation.subject, Subject::Target | Subject::Route);
    let of_controls = || seen.iter().filter(is_control);
    if of_controls().any(|observation| observation.answer().is_some_and(|answer| answer.status < 500)) {
        return Controls::Fine;
    }
    // Without a way out no name can be looked up either: that is no resolver's fault.
    if has_no_route {
        return Controls::Down;
    }
    let mut failures = of_controls().filter_map(Observation::failure).peekable();
    if failures.peek().is_none() {
        return Controls::Unseen;
    }
    if failures.all(|failure| failure.phase() == Phase::Dns) { Controls::NoNames } else { Controls::Down }
}

/// Whether the portal probe was answered by somebody else (Chromium's rule: a redirect, 511, or a page
/// where none belongs; 503 and other errors are no portal).
fn is_portal(observation: &Observation) -> bool {
    observation.subject == Subject::Portal
        && observation.answer().is_some_and(|answer| match answer.status {
            204 => false,
            200 => answer.body.trim().len() > 1,
            300..=399 | 511 => true,
            _ => false,
        })
}

/// The largest difference between our clock and an anchor's `Date`, in milliseconds.
fn clock_skew(seen: &[Observation]) -> Option<u64> {
    seen.iter()
        .filter(|observation| observation.subject != Subject::Target && observation.step == Step::Http)
        .filter_map(|observation| {
            let theirs = crate::time::parse_http_date(observation.answer()?.header("date"))?;
            Some(Millis::since(theirs, observation.at).max(Millis::since(observation.at, theirs)))
        })
        .min()
}

#[cfg(test)]
#[path = "verdict/tests.rs"]
mod tests;
