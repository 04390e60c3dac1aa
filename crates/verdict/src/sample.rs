//! One try at a site: where it ended, and how the site fared.

use std::borrow::Cow;

use detour_cdn::{self as cdn, MadeBy, Reading};
use detour_model::failure::{Failure, Phase};
use detour_model::observation::{Answer, Observation, Outcome, Subject};

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
        // What other resolvers say is a control, not a try; and who was turned away has not seen the site.
        let is_end = matches!(seen.outcome, Outcome::Answered(_) | Outcome::Failed(_));
        if seen.resolver.is_some() || !is_end || is_turned_away(seen) || is_sent_on(seen) {
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

/// Whether the page was not seen, since whoever asked was sent on and did not go: a script may not, nor a program in a circle or
/// into the user's own network. What fails may well be where it leads.
fn is_sent_on(seen: &Observation) -> bool {
    let is_redirect = |answer: &Answer| (300..400).contains(&answer.status);
    seen.subject == Subject::Target && seen.answer().is_some_and(is_redirect)
}

/// Whether somebody was answered and not let in: by a sign-in, a refusal, a limit or a challenge. What is behind that
/// they have not seen: neither that it works nor that it fails.
pub(super) fn is_turned_away(seen: &Observation) -> bool {
    let is_refusal = |answer: &Answer| REFUSALS.contains(&answer.status);
    seen.answer().is_some_and(is_refusal) || is_blocked(seen)
}

/// Whether the answer is a challenge's or a block's page.
pub(super) fn is_blocked(seen: &Observation) -> bool {
    seen.answer().is_some() && cdn::reading_of(seen).is_block
}

/// Whether this may be the limits of the program that asked: its parser, its ciphers, the authorities it trusts. Browsers
/// read header lines, speak ciphers and complete chains that it does not.
pub(super) const fn may_be_inability(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::HttpResponseInvalid
            | Failure::HttpResponseHeadersInvalid
            | Failure::HttpResponseEncoding
            | Failure::HttpProtocolError
            | Failure::TlsVersionOrCipherMismatch
            | Failure::TlsBadClientAuthCert
            | Failure::TlsCertAuthorityInvalid
            | Failure::TlsProtocolError
    )
}

/// Statuses that say who may come in, and nothing of what is behind (RFC 9110, 15.5.2, 15.5.4, 15.5.8; RFC 6585, 4).
const REFUSALS: [u16; 4] = [401, 403, 407, 429];

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
