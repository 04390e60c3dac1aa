//! How this computer's line fares, by the handshakes that stood: what a silence on it is worth.

use super::limits::{LOST_SYNS, SILENCE_HANDSHAKES, SLOW_HANDSHAKE, SYN_REPEATED, USUAL_PATIENCE};
use super::marks::{is_good_control, is_literal, is_neutral};
use detour_cdn as cdn;
use detour_model::failure::Failure;
use detour_model::observation::{Observation, Outcome, Step, Subject, Vantage};

/// The line of this computer, as the check measured it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// How long a handshake takes here, in milliseconds, where it takes long enough to matter.
    slow: Option<u64>,
    /// Connections came about at the second try.
    loses_syns: bool,
    /// Some neutral places are silent while others answer, or connections came about at the second try: packets are lost.
    pub(super) is_lossy: bool,
}

impl Line {
    pub(super) fn of(seen: &[&Observation]) -> Self {
        let handshakes = || {
            seen.iter().filter(|seen| {
                let is_whole = matches!(seen.outcome, Outcome::Connected | Outcome::Secured(_));
                let is_measured = matches!(seen.step, Step::Tcp | Step::Tls) && seen.vantage == Vantage::Host;
                is_whole && is_measured && seen.subject != Subject::Route
            })
        };
        let count = u64::try_from(handshakes().count()).unwrap_or(u64::MAX);
        let mean = handshakes().map(|seen| seen.duration_ms).sum::<u64>().checked_div(count).unwrap_or_default();
        let connects = || handshakes().filter(|seen| seen.step == Step::Tcp).map(|seen| seen.duration_ms);
        let fastest = connects().min().unwrap_or_default();
        let repeated = connects().filter(|took| *took >= fastest.saturating_add(SYN_REPEATED)).count();
        let loses_syns = repeated >= LOST_SYNS;
        // One that came when the others had been given up tells what giving them up is worth.
        let late = handshakes().filter(|seen| is_neutral(seen)).map(|seen| seen.duration_ms).max();
        let late = late.filter(|took| *took > USUAL_PATIENCE);
        Self {
            slow: late.or((mean >= SLOW_HANDSHAKE).then_some(mean)),
            loses_syns,
            is_lossy: is_lossy(seen) || loses_syns,
        }
    }

    pub(super) const fn loses_syns(&self) -> bool {
        self.loses_syns
    }

    pub(super) const fn is_slow(&self) -> bool {
        self.slow.is_some()
    }

    /// Whether a failure is only that nothing came in a time in which, on this line, nothing need have come.
    pub(super) fn explains(&self, seen: &Observation) -> bool {
        let fair = self.slow.map(|handshake| handshake.saturating_mul(SILENCE_HANDSHAKES));
        (is_silence(seen) || is_unsaid(seen)) && fair.is_some_and(|fair| seen.duration_ms < fair)
    }

    /// Whether a try at the target came to nothing, and on this line nothing need have come.
    pub(super) fn swallows(&self, seen: &Observation) -> bool {
        self.explains(seen) || (self.is_lossy && is_silence(seen))
    }
}

/// Whether nothing came at all: all other failures are somebody's word.
pub(super) fn is_silence(seen: &Observation) -> bool {
    let silences = [Failure::TcpTimedOut, Failure::HttpTimedOut, Failure::DnsUnreachable];
    matches!(&seen.outcome, Outcome::Failed(failure) if silences.contains(failure))
}

/// The browser's own looks end after ten seconds like any other that fails, and no script is told how.
fn is_unsaid(seen: &Observation) -> bool {
    seen.vantage == Vantage::Browser && matches!(&seen.outcome, Outcome::Failed(Failure::Unrecognized(_)))
}

/// Whether a neutral place was silent that another one's answer says should have been heard, in the same family. Literal
/// addresses are public resolvers, which firewalls shut off; and a place on a CDN may be down with it.
fn is_lossy(seen: &[&Observation]) -> bool {
    let named = || seen.iter().filter(|seen| is_neutral(seen) && !is_literal(seen) && seen.resolver.is_none());
    let silent = || named().filter(|seen| is_silence(seen) && cdn::reading_of(seen).cdn.is_none());
    let answers_in = |is_v4| {
        let is_of = |seen: &Observation| seen.address.is_some_and(|address| address.is_ipv4() == is_v4);
        named().any(|seen| is_good_control(seen) && is_of(seen))
    };
    silent().filter_map(|seen| seen.address).any(|address| answers_in(address.is_ipv4()))
}
