//! What one vantage saw at one step: the raw material of every verdict.
//!
//! Words from network measurement (OONI): a *target* is what the user wanted, a *control* is something
//! neutral to hold it against, a *vantage* is where from. An observation never judges.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::own_network::OwnNetwork;
use crate::reading::Reading;
use crate::time;
pub use crate::time::Millis;

/// Where an observation was made from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Vantage {
    /// The browser's own page load or the extension's fetch.
    Browser,
    /// The native host on the same computer: same network, other software.
    Host,
    /// A probe on another network, asked only when the user wants it (Globalping).
    Remote(Place),
}

/// Where on Earth, and on whose network, a remote probe stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Place {
    /// Two letters, as Globalping writes them: AF, AN, AS, EU, NA, OC, SA.
    pub continent: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// For people.
    pub city: String,
    /// The name of the probe's network, for people.
    pub network: String,
}

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The page that failed.
    Target,
    /// A neutral anchor, by its host name.
    Anchor(String),
    /// The captive-portal probe.
    Portal,
    /// Whether this computer has a way out at all, by its own routing table. Nothing is sent for it.
    Route,
    /// This computer's own links, addresses and router, by its own word. Nothing is sent for it.
    OwnNetwork,
    /// The proxy that this computer goes through, by its host and port: whether it can be reached at all.
    Proxy(String),
    /// A name made up for this check, which nobody has registered: a resolver that finds it makes answers up.
    Nowhere,
    /// Another site, by its host name, held against the target: a canary that was asked because it sits on the target's
    /// CDN.
    Sibling(String),
    /// Another site, by its host name, held against the target: one that the user opened and that failed in its tab a
    /// moment ago. Whose it is, nobody knows.
    Visited(String),
    /// A host whose scripts, styles or images failed in a page that itself is fine.
    Part(String),
    /// A CDN's own status page, by the CDN's name.
    StatusPage(String),
    /// The service that runs remote probes, by its host name. Its failure is no evidence about any site.
    RemoteApi(String),
}

impl Subject {
    /// The host it names, where it names one.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::Anchor(host)
            | Self::Sibling(host)
            | Self::Visited(host)
            | Self::Part(host)
            | Self::RemoteApi(host) => Some(host),
            Self::Target
            | Self::Portal
            | Self::Route
            | Self::OwnNetwork
            | Self::Proxy(_)
            | Self::Nowhere
            | Self::StatusPage(_) => None,
        }
    }
}

/// Which step of a fetch was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Name resolution.
    Dns,
    /// Connection set-up to one address.
    Tcp,
    /// TLS handshake with one address.
    Tls,
    /// GET over one connection.
    Http,
}

/// One measured step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Observation {
    /// Where from.
    pub vantage: Vantage,
    /// What of.
    pub subject: Subject,
    /// Which step.
    pub step: Step,
    /// When it ended.
    #[serde(default)]
    pub at: Millis,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub duration_ms: u64,
    /// The address it concerns; `None` for name resolution and for the browser, which does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// For name resolution: which resolver was asked; `None` is the system's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolver: Option<Resolver>,
    /// For a step that failed: what had come before it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub so_far: Option<Box<SoFar>>,
    /// What came of it.
    pub outcome: Outcome,
    /// What that says of who delivers and who made it, once it was read (by `detour_cdn::digested`); the rest is shortened
    /// then. No part of the documents that people write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub reading: Option<Box<Reading>>,
}

/// A resolver that was asked in place of the system's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Resolver {
    /// Its address, as in `9.9.9.9`.
    pub server: String,
    /// Whether it was told not to check DNSSEC (the CD bit of RFC 4035): a name that answers only so is wrongly signed.
    #[serde(default)]
    pub checking_disabled: bool,
}

/// What had come before a step failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct SoFar {
    /// Name resolution: the CNAMEs that were followed before the chain broke.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cnames: Vec<String>,
    /// TLS: the certificate that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
    /// HTTP: the head, and as much of the body as had come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}

/// What came of a step. A site that fails is data, not an error.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Addresses were found.
    Resolved {
        /// All addresses, in the resolver's order.
        addresses: Vec<IpAddr>,
        /// The chain of CNAMEs that was followed, first to last; empty where the resolver hides it.
        #[serde(default)]
        cnames: Vec<String>,
    },
    /// The connection stands.
    Connected,
    /// The handshake succeeded.
    Secured(Certificate),
    /// An answer came, whatever its status.
    Answered(Answer),
    /// A status page was read.
    Reported(Report),
    /// This computer says so of its own network.
    Noticed(OwnNetwork),
    /// The step failed.
    Failed(Failure),
}

/// What a certificate says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Certificate {
    /// Subject, as RFC 4514 text.
    pub subject: String,
    /// Issuer, as RFC 4514 text.
    pub issuer: String,
    /// DNS names it is good for.
    #[serde(default)]
    pub names: Vec<String>,
    /// Good from.
    pub not_before: Millis,
    /// Good until.
    pub not_after: Millis,
    /// SHA-256 of the DER form, lower-case hex.
    pub sha256: String,
}

/// The head and the beginning of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answer {
    /// Status code of RFC 9110.
    pub status: u16,
    /// Headers, names in lower case; several values of one name joined with ", ".
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The first 64 KiB of the body, decoded leniently as UTF-8.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
}

/// What a CDN says of itself on its status page. Such pages lag by minutes, or lie: they may make a verdict surer,
/// never less sure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// How bad it says it is.
    pub indicator: Indicator,
    /// Its own words, for people.
    #[serde(default)]
    pub description: String,
}

/// Statuspage's words for how bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Indicator {
    /// Nothing is reported.
    None,
    /// A part is slow or fails.
    Minor,
    /// Much fails.
    Major,
    /// Everything fails.
    Critical,
}

impl Answer {
    /// A header's value by its lower-case name; empty where it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Until when its maker wants to be left alone (`Retry-After` of RFC 9110, 10.2.3, in seconds or as a date), where
    /// this came at `at`. Fastly's own errors always say 0, which asks for nothing.
    #[must_use]
    pub fn retry_after(&self, at: Millis) -> Option<Millis> {
        let value = self.header("retry-after").trim();
        let until = match value.parse::<u64>() {
            Ok(seconds) => Some(at.plus(seconds.saturating_mul(1000))),
            Err(_) => time::parse_http_date(value),
        };
        until.filter(|until| *until > at).map(|until| until.min(at.plus(LONGEST_WAIT)))
    }
}

/// Until when the target wants to be left alone, by the latest of what its answers with errors said.
#[must_use]
pub fn retry_after(seen: &[Observation]) -> Option<Millis> {
    let of_target = seen.iter().filter(|seen| seen.subject == Subject::Target);
    of_target.filter_map(|seen| seen.answer().filter(|answer| answer.status >= 400)?.retry_after(seen.at)).max()
}

/// A server that asks to be left alone for longer than a day is misconfigured, or gone.
const LONGEST_WAIT: u64 = 24 * 60 * 60 * 1000;

impl Observation {
    /// An observation without address, at the beginning of time: for shells that fill in the rest, and for tests.
    #[must_use]
    pub const fn new(vantage: Vantage, subject: Subject, step: Step, outcome: Outcome) -> Self {
        Self {
            vantage,
            subject,
            step,
            at: Millis(0),
            duration_ms: 0,
            address: None,
            resolver: None,
            so_far: None,
            outcome,
            reading: None,
        }
    }

    /// The failure this observation amounts to: a failed step, or an answer of 500 and above.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        match &self.outcome {
            Outcome::Failed(failure) => Some(failure.clone()),
            Outcome::Answered(answer) => Failure::from_status(answer.status),
            Outcome::Resolved { .. }
            | Outcome::Connected
            | Outcome::Secured(_)
            | Outcome::Reported(_)
            | Outcome::Noticed(_) => None,
        }
    }

    /// The addresses found, where this is a look-up that found any.
    #[must_use]
    pub fn addresses(&self) -> &[IpAddr] {
        if let Outcome::Resolved { addresses, .. } = &self.outcome { addresses } else { &[] }
    }

    /// The answer, where this is one.
    #[must_use]
    pub const fn answer(&self) -> Option<&Answer> {
        if let Outcome::Answered(answer) = &self.outcome { Some(answer) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, expected: Option<u64>) {
        let headers = [("retry-after".to_owned(), value.to_owned())].into();
        let answer = Answer { status: 503, headers, body: String::new() };
        let at = Millis(1_623_145_620_000); // Tue, 08 Jun 2021 09:47:00 GMT
        assert_eq!(answer.retry_after(at).map(|until| until.since(at)), expected, "{value}");
    }

    #[test]
    fn a_server_asks_to_be_left_alone_for_seconds_or_until_a_date() {
        check("120", Some(120_000));
        check(" 5 ", Some(5_000));
        check("Tue, 08 Jun 2021 09:49:00 GMT", Some(120_000));
        check("0", None);
        check("", None);
        check("Tue, 08 Jun 2021 09:40:00 GMT", None);
        check("soon", None);
        check("-5", None);
        check("99999999999999999999", None);
        check("9999999999", Some(LONGEST_WAIT));
    }
}
