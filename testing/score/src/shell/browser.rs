//! The simulated browser: what a page load comes to, in the engines' own words.

use detour_core::failure::Failure;
use detour_core::observation::{Answer, Observation, Outcome, Step, Subject, Vantage};
use detour_outages::{Asked, Host};

use crate::network::{BROWSER, From, Network, Scheme, Trip};

/// What a page load came to.
#[derive(Debug, Clone)]
pub(crate) struct Load {
    /// When it ended.
    pub(crate) ended: u64,
    /// With what.
    pub(crate) end: LoadEnd,
    /// Which load it was.
    pub(crate) serial: u64,
}

/// How a page load ends.
#[derive(Debug, Clone)]
pub(crate) enum LoadEnd {
    /// A document came, of any status.
    Document(Answer),
    /// An error page of the browser's own.
    Error(Failure),
}

/// How long a browser waits for IPv6 before it tries IPv4 (RFC 8305).
const HEAD_START: u64 = 300;

/// How long the extension's own request may take.
const ASK_DEADLINE: u64 = 10_000;

/// Loads a page: the name, then address after address until one takes the connection.
pub(crate) fn load(network: &Network<'_>, host: &Host, at: u64, sample: u64) -> Load {
    let looked = network.resolve(host, Asked::System, at, sample, BROWSER);
    let mut addresses = looked.addresses().to_vec();
    if let Outcome::Failed(failure) = looked.outcome {
        // An operating system's resolver tells browsers no more than "not found".
        let is_cut_off = !network.outage.has_route(detour_outages::Moment(at));
        let failure = if is_cut_off { Failure::Offline } else { failure };
        return Load { ended: looked.ended, end: LoadEnd::Error(failure), serial: sample };
    }
    addresses.sort_by_key(std::net::IpAddr::is_ipv4);
    let mut now = looked.ended;
    let mut error = Failure::TcpFailed;
    let count = addresses.len();
    for (nth, address) in addresses.into_iter().enumerate() {
        let trip = Trip { from: From::User, host, address, scheme: Scheme::Https, sample, patience: BROWSER };
        let legs = network.travel(&trip, now);
        let Some(last) = legs.last() else { continue };
        match &last.outcome {
            Outcome::Answered(answer) => {
                return Load { ended: last.ended, end: LoadEnd::Document(answer.clone()), serial: sample };
            }
            Outcome::Failed(failure) if last.step == Step::Tcp => {
                let is_last = nth + 1 == count;
                // All silent addresses are waited for together.
                now = if is_last { last.ended } else { last.ended.min(now + HEAD_START) };
                error = failure.clone();
            }
            Outcome::Failed(failure) => {
                return Load { ended: last.ended, end: LoadEnd::Error(failure.clone()), serial: sample };
            }
            Outcome::Resolved { .. }
            | Outcome::Connected
            | Outcome::Secured(_)
            | Outcome::Reported(_)
            | Outcome::Noticed(_) => {}
        }
    }
    Load { ended: now, end: LoadEnd::Error(error), serial: sample }
}

/// The extension asks once more: what it learns, which is less than the browser knows.
pub(crate) fn ask_again(network: &Network<'_>, host: &Host, at: u64, sample: u64) -> (u64, Observation) {
    let load = load(network, host, at, sample);
    let ended = load.ended.min(at + ASK_DEADLINE);
    let outcome = match load.end {
        LoadEnd::Document(answer) if load.ended <= at + ASK_DEADLINE => Outcome::Answered(answer),
        // fetch tells scripts no more.
        LoadEnd::Document(_) | LoadEnd::Error(_) => {
            Outcome::Failed(Failure::Unrecognized("TypeError: Failed to fetch".to_owned()))
        }
    };
    let mut observation = Observation::new(Vantage::Browser, Subject::Target, Step::Http, outcome);
    observation.at = network.shown(ended);
    observation.duration_ms = ended.saturating_sub(at);
    (ended, observation)
}

/// The engine's words for a failure: Chromium's names, or Gecko's numbers.
#[expect(clippy::wildcard_enum_match_arm, reason = "what no replay does to a page load is silence")]
pub(crate) fn words_for(failure: &Failure, is_gecko: bool) -> &'static str {
    let (chromium, gecko) = match failure {
        Failure::DnsNameNotResolved | Failure::DnsFailed | Failure::DnsUnreachable => {
            ("net::ERR_NAME_NOT_RESOLVED", "Error code 2152398878")
        }
        Failure::TcpRefused => ("net::ERR_CONNECTION_REFUSED", "Error code 2152398861"),
        Failure::TcpReset => ("net::ERR_CONNECTION_RESET", "Error code 2152398868"),
        // Gecko says "refused" of unreachable addresses as well.
        Failure::TcpAddressUnreachable => ("net::ERR_ADDRESS_UNREACHABLE", "Error code 2152398861"),
        Failure::TlsCertDateInvalid => ("net::ERR_CERT_DATE_INVALID", "Error code 2153390069"),
        Failure::TlsCertNameInvalid => ("net::ERR_CERT_COMMON_NAME_INVALID", "Error code 2153394164"),
        Failure::HttpTimedOut => ("net::ERR_TIMED_OUT", "Error code 2152398862"),
        Failure::Offline => ("net::ERR_INTERNET_DISCONNECTED", "Error code 2152398864"),
        _ => ("net::ERR_CONNECTION_TIMED_OUT", "Error code 2152398862"),
    };
    if is_gecko { gecko } else { chromium }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_words_are_understood_as_an_outage() {
        for failure in [Failure::TcpRefused, Failure::TcpReset, Failure::TcpTimedOut, Failure::DnsFailed] {
            for is_gecko in [false, true] {
                let words = words_for(&failure, is_gecko);
                assert!(Failure::from_engine(words).may_be_outage(), "{words}");
            }
        }
        for failure in [Failure::TlsCertDateInvalid, Failure::TlsCertNameInvalid] {
            assert_eq!(Failure::from_engine(words_for(&failure, false)), failure);
            assert_eq!(Failure::from_engine(words_for(&failure, true)), failure);
        }
    }
}
