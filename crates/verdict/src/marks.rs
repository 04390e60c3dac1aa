//! Each observation held against its control, before any verdict (OONI's method and words).

use serde::{Deserialize, Serialize};

use super::limits::CONTROL_FRESH;
use detour_model::observation::{Observation, Outcome, Step, Subject, Vantage};

/// An observation held against its control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// As the control.
    Expected,
    /// Against the control.
    Unexpected,
    /// There is no control to hold it against.
    Unexplained,
}

/// The controls among a list of observations, for marking any of them.
#[derive(Debug)]
pub struct Controls<'a> {
    seen: &'a [&'a Observation],
    is_https: bool,
}

impl<'a> Controls<'a> {
    /// Of what was seen about a target.
    #[must_use]
    pub fn of(seen: &'a [&'a Observation], target: &detour_model::target::Target) -> Self {
        Self { seen, is_https: target.url().scheme() == "https" }
    }

    /// The mark of one observation. It depends on successes and on neutral places only, never on other failures of
    /// the target or of its siblings, so that an unexplained failure explains no other.
    #[must_use]
    pub fn mark(&self, observation: &Observation) -> Mark {
        let is_ours = matches!(
            observation.subject,
            Subject::Target | Subject::Sibling(_) | Subject::Visited(_) | Subject::Part(_)
        );
        if observation.subject == Subject::Nowhere {
            let is_found = matches!(observation.outcome, Outcome::Resolved { .. });
            return if is_found { Mark::Unexpected } else { Mark::Expected };
        }
        if observation.failure().is_none() {
            let is_wrong = is_portal_page(observation) || (is_ours && self.leads_astray(observation));
            return if is_wrong { Mark::Unexpected } else { Mark::Expected };
        }
        // A proxy's own word needs no control: it says itself that it is not the site's.
        if observation.failure().is_some_and(|failure| failure.is_of_proxy()) {
            return Mark::Unexpected;
        }
        if !is_ours {
            return Mark::Unexpected; // neutral places are there because they are well
        }
        match self.by_other_networks(observation).or_else(|| self.by_neutral_places(observation)) {
            Some(mark) => mark,
            // Over TLS, whoever answers with a status holds the site's certificate: the network did its work.
            None if observation.answer().is_some() && self.is_https => Mark::Unexpected,
            None => Mark::Unexplained,
        }
    }

    /// The same site seen from other networks is the best control there is.
    fn by_other_networks(&self, observation: &Observation) -> Option<Mark> {
        let is_remote = |other: &Observation| matches!(other.vantage, Vantage::Remote(_));
        let is_here = !is_remote(observation);
        let mut others = self
            .seen
            .iter()
            .filter(|other| is_remote(other) == is_here && other.subject == observation.subject)
            .filter(|other| other.answer().is_some() || other.failure().is_some())
            .peekable();
        if others.peek().is_none() {
            return (!is_here).then_some(Mark::Unexpected);
        }
        Some(if others.any(|other| other.failure().is_some()) { Mark::Expected } else { Mark::Unexpected })
    }

    /// Whether neutral places answered while this failed.
    fn by_neutral_places(&self, observation: &Observation) -> Option<Mark> {
        let mut neutral = self.seen.iter().filter(|other| is_neutral(other)).peekable();
        neutral.peek()?;
        // What failed in another tab was held against that tab's own controls, minutes ago.
        let is_old = matches!(observation.subject, Subject::Sibling(_) | Subject::Visited(_));
        let is_fresh = |control: &Observation| is_old || control.at.plus(CONTROL_FRESH) >= observation.at;
        let mut has_stale = false;
        for control in neutral.filter(|control| is_good_control(control)) {
            if is_fresh(control) {
                return Some(Mark::Unexpected);
            }
            has_stale = true;
        }
        let has_failed = self.seen.iter().any(|other| {
            is_neutral(other) && other.failure().is_some() && other.at.plus(CONTROL_FRESH) >= observation.at
        });
        (has_failed || !has_stale).then_some(Mark::Expected)
    }

    /// Whether a name led elsewhere than other resolvers say, to an address that could not show the site's
    /// certificate.
    fn leads_astray(&self, observation: &Observation) -> bool {
        let addresses = observation.addresses();
        if observation.resolver.is_some() || addresses.is_empty() {
            return false;
        }
        let mut others = self
            .seen
            .iter()
            .filter(|other| other.subject == observation.subject && other.resolver.is_some())
            .map(|other| other.addresses())
            .filter(|addresses| !addresses.is_empty())
            .peekable();
        let proven = |address| {
            self.seen.iter().any(|other| {
                other.address == Some(address)
                    && matches!(other.outcome, Outcome::Secured(_))
                    && other.subject == observation.subject
            })
        };
        others.peek().is_some()
            && !others.any(|other| other.iter().any(|address| addresses.contains(address)))
            && !addresses.iter().any(|address| proven(*address))
    }
}

/// A neutral place: an anchor or the portal probe. One that a proxy stood before was not seen: the proxy's silence, or its
/// refusal, is none of the network's.
pub(super) fn is_neutral(observation: &Observation) -> bool {
    matches!(observation.subject, Subject::Anchor(_) | Subject::Portal) && !is_of_proxy(observation)
}

/// Whether it failed by a proxy.
pub(super) fn is_of_proxy(observation: &Observation) -> bool {
    matches!(&observation.outcome, Outcome::Failed(failure) if failure.is_of_proxy())
}

/// A neutral place that answered as it should. For a literal address a valid handshake is enough.
pub(super) fn is_good_control(observation: &Observation) -> bool {
    match &observation.outcome {
        Outcome::Answered(answer) => is_neutral(observation) && answer.status < 500 && !is_portal_page(observation),
        Outcome::Secured(_) => is_literal(observation),
        Outcome::Resolved { .. }
        | Outcome::Connected
        | Outcome::Reported(_)
        | Outcome::Noticed(_)
        | Outcome::Failed(_) => false,
    }
}

/// An anchor that was reached without any resolver.
pub(super) fn is_literal(observation: &Observation) -> bool {
    matches!(&observation.subject, Subject::Anchor(host) if host.parse::<std::net::IpAddr>().is_ok())
}

/// Whether the portal probe was answered by somebody else (Chromium's rule: a redirect, 511, or a page
/// where none belongs; 503 and other errors are no portal).
pub(super) fn is_portal_page(observation: &Observation) -> bool {
    observation.subject == Subject::Portal
        && observation.step == Step::Http
        && observation.answer().is_some_and(|answer| match answer.status {
            204 => false,
            200 => answer.body.trim().len() > 1,
            300..=399 | 511 => true,
            _ => false,
        })
}
