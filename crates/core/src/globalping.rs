//! Globalping's measurements: what is asked of its remote probes, and what they saw, as data.
//!
//! From its public description (jsdelivr/globalping, `public/v1/spec.yaml`). It learns the host's name and nothing
//! else of a target. A failure of the service, or of a probe, is never evidence about a site.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Deserialize;
use serde_json::{Value, json};
use url::Host;

use crate::failure::Failure;
use crate::observation::{Answer, Certificate, Millis, Observation, Outcome, Place, SoFar, Step, Subject, Vantage};
use crate::target::Target;
use crate::time;

mod words;

/// A measurement as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measurement {
    /// Whether no more will come.
    pub is_finished: bool,
    /// What each probe saw, in an order that stays; `None` while it is still measuring.
    pub results: Vec<Option<Vec<Observation>>>,
}

/// The body of `POST /v1/measurements`: one GET of the site's front page from each of six continents.
///
/// Only scheme, host and a port that is not the scheme's own leave; the path is always `/`. Eyeball networks are
/// asked for because sites and CDNs treat computing centres differently. Each place has a limit of its own, so there
/// is none for the whole: the service takes one or the other. A continent without a free probe is left out by it.
#[must_use]
pub fn request(target: &Target) -> String {
    let url = target.url();
    let host = match url.host() {
        Some(Host::Domain(name)) => name.trim_end_matches('.').to_owned(),
        Some(Host::Ipv4(address)) => address.to_string(),
        Some(Host::Ipv6(address)) => address.to_string(), // without the brackets of a URL
        None => String::new(),
    };
    let is_https = url.scheme() == "https";
    let mut options = json!({
        "request": { "method": "GET", "path": "/" },
        "protocol": if is_https { "HTTPS" } else { "HTTP" },
    });
    // Always said: the documented default is 80, also for HTTPS.
    if let (Some(port), Some(options)) = (url.port_or_known_default(), options.as_object_mut()) {
        options.insert("port".into(), port.into());
    }
    let locations: Vec<Value> = CONTINENTS
        .iter()
        .map(|continent| json!({ "continent": continent, "tags": ["eyeball-network"], "limit": 1 }))
        .collect();
    json!({
        "type": "http",
        "target": host,
        "timeout": PROBE_TIMEOUT,
        "inProgressUpdates": false,
        "locations": locations,
        "measurementOptions": options,
    })
    .to_string()
}

/// The id in the answer 202 to [`request`]; `None` when there is none that fits into a URL.
#[must_use]
pub fn read_created(json: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Created {
        id: String,
    }
    let Created { id } = serde_json::from_str(json).ok()?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (!id.is_empty() && id.len() <= 128 && id.chars().all(is_plain)).then_some(id)
}

/// What kind of refusal an answer other than 202 and 200 is, such as `no_probes_found`; for people who debug.
#[must_use]
pub fn read_refusal(json: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(json).ok()?;
    Some(answer.get("error")?.get("type")?.as_str()?.to_owned())
}

/// How many seconds the service wants to be left alone after this answer; `None` when it may be asked again.
#[must_use]
pub fn rest(answer: &Answer) -> Option<u64> {
    let number = |name| answer.header(name).trim().parse::<u64>().ok();
    let reset = number("x-ratelimit-reset").or_else(|| number("retry-after"));
    match (answer.status, number("x-ratelimit-remaining")) {
        (429, _) => Some(reset.unwrap_or(DEFAULT_REST)),
        (_, Some(0)) => reset,
        _ => None,
    }
}

/// Reads `GET /v1/measurements/{id}`, as of `now`; `None` when it is none.
///
/// A probe's own failure is told of `api`, the service's host name; the rest is told of the target.
#[must_use]
pub fn read_measurement(json: &str, api: &str, now: Millis) -> Option<Measurement> {
    let raw: RawMeasurement = serde_json::from_str(json).ok()?;
    let results = raw.results.into_iter().map(|result| result.observations(api, now)).collect();
    // "Any value other than `in-progress` is final."
    Some(Measurement { is_finished: raw.status != "in-progress", results })
}

#[derive(Deserialize)]
struct RawMeasurement {
    status: String,
    #[serde(default)]
    results: Vec<RawResult>,
}

#[derive(Deserialize)]
struct RawResult {
    probe: RawProbe,
    result: RawTest,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawProbe {
    continent: String,
    country: String,
    city: String,
    network: String,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct RawTest {
    status: String,
    raw_output: Option<String>,
    failure_source: Option<String>,
    raw_body: Option<String>,
    headers: BTreeMap<String, Value>,
    status_code: Option<u16>,
    resolved_address: Option<String>,
    timings: RawTimings,
    tls: Option<RawTls>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawTimings {
    total: Option<u64>,
    tls: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct RawTls {
    authorized: bool,
    error: Option<String>,
    created_at: Option<String>,
    expires_at: Option<String>,
    subject: BTreeMap<String, Value>,
    issuer: BTreeMap<String, Value>,
    fingerprint256: Option<String>,
}

impl RawResult {
    /// `None` while the probe is still measuring.
    fn observations(self, api: &str, now: Millis) -> Option<Vec<Observation>> {
        let place = Place {
            continent: self.probe.continent,
            country: self.probe.country,
            city: self.probe.city,
            network: self.probe.network,
        };
        let of = |subject: Subject, step, outcome| Observation {
            at: now,
            ..Observation::new(Vantage::Remote(place.clone()), subject, step, outcome)
        };
        let of_api = |step, failure| vec![of(Subject::RemoteApi(api.to_owned()), step, Outcome::Failed(failure))];
        let test = self.result;
        let words = test.raw_output.as_deref().unwrap_or_default();
        match (test.status.as_str(), test.failure_source.as_deref()) {
            ("in-progress", _) => None,
            ("finished", _) if test.status_code.is_some() => {
                Some(test.seen(|step, outcome| of(Subject::Target, step, outcome)))
            }
            ("failed", Some("resolver")) => Some(of_api(Step::Dns, Failure::DnsFailed)),
            // A name that leads into a probe's own network says something of that network.
            ("failed", None | Some("target")) if !words::is_refusal_of_probe(words) => {
                let (step, failure) = words::failure(words);
                Some(vec![of(Subject::Target, step, Outcome::Failed(failure))])
            }
            (status, source) => {
                let why = format!("{status} {}: {words}", source.unwrap_or_default());
                Some(of_api(Step::Http, Failure::Unrecognized(why)))
            }
        }
    }
}

impl RawTest {
    /// The certificate, and the answer where a browser would have gone on to it.
    fn seen(self, of: impl Fn(Step, Outcome) -> Observation) -> Vec<Observation> {
        let address: Option<IpAddr> = self.resolved_address.and_then(|text| text.parse().ok());
        let mut seen = Vec::new();
        if let Some(tls) = self.tls {
            let is_refused = !tls.authorized;
            let failure = words::certificate(tls.error.as_deref().unwrap_or_default());
            let certificate = tls.certificate();
            // Probes go on past a certificate that browsers refuse.
            let mut handshake = if is_refused {
                let so_far = SoFar { certificate: Some(certificate), ..SoFar::default() };
                Observation { so_far: Some(Box::new(so_far)), ..of(Step::Tls, Outcome::Failed(failure)) }
            } else {
                of(Step::Tls, Outcome::Secured(certificate))
            };
            handshake.address = address;
            handshake.duration_ms = self.timings.tls.unwrap_or_default();
            seen.push(handshake);
            if is_refused {
                return seen;
            }
        }
        let headers = self.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), joined(value))).collect();
        let status = self.status_code.unwrap_or_default();
        let answer = Answer { status, headers, body: self.raw_body.unwrap_or_default() };
        let mut answered = of(Step::Http, Outcome::Answered(answer));
        answered.address = address;
        answered.duration_ms = self.timings.total.unwrap_or_default();
        seen.push(answered);
        seen
    }
}

impl RawTls {
    fn certificate(self) -> Certificate {
        let names = self.subject.get("alt").and_then(Value::as_str).unwrap_or_default();
        Certificate {
            subject: distinguished(&self.subject),
            issuer: distinguished(&self.issuer),
            names: names.split(", ").filter_map(|name| name.strip_prefix("DNS:")).map(str::to_owned).collect(),
            not_before: moment(self.created_at.as_deref()),
            not_after: moment(self.expires_at.as_deref()),
            sha256: self.fingerprint256.unwrap_or_default().replace(':', "").to_ascii_lowercase(),
        }
    }
}

/// A header with several values comes as a list.
fn joined(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
    }
}

fn distinguished(parts: &BTreeMap<String, Value>) -> String {
    let part = |name: &str| Some(format!("{name}={}", parts.get(name)?.as_str()?));
    ["CN", "O", "C"].into_iter().filter_map(part).collect::<Vec<_>>().join(", ")
}

/// Reads `2023-05-02T00:00:00.000Z`; the beginning of time when it is none.
fn moment(text: Option<&str>) -> Millis {
    let digits: String = text.unwrap_or_default().chars().filter(char::is_ascii_digit).take(14).collect();
    time::parse_timestamp(&digits).unwrap_or_default()
}

/// How many probes [`request`] asks for.
pub const PROBES: usize = CONTINENTS.len();

/// All that people live on: in June 2022 nineteen cities on five continents were down, and three places could not
/// tell that from the whole world. A fault of many regions must not pass for one of all.
const CONTINENTS: [&str; 6] = ["EU", "NA", "AS", "SA", "OC", "AF"];

/// The shortest the service allows, in seconds: a check lasts six.
const PROBE_TIMEOUT: u64 = 5;

/// For a 429 that does not say how long, in seconds.
const DEFAULT_REST: u64 = 60;

#[cfg(test)]
#[path = "globalping/tests.rs"]
mod tests;
