//! What a probe reports, as documents of the service.

use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value, json};

/// What kept a probe from an answer.
pub(super) struct Failure {
    pub(super) address: Option<IpAddr>,
    pub(super) words: String,
    pub(super) source: &'static str,
}

impl Failure {
    pub(super) fn document(&self) -> Value {
        json!({
            "status": "failed", "failureSource": self.source, "rawOutput": self.words, "rawHeaders": null,
            "rawBody": null, "truncated": false, "headers": {}, "statusCode": null, "statusCodeName": null,
            "resolvedAddress": self.address, "tls": null,
            "timings": { "total": null, "dns": null, "tcp": null, "tls": null, "firstByte": null, "download": null },
        })
    }
}

/// An answer.
pub(super) struct Answered {
    pub(super) address: Option<IpAddr>,
    pub(super) status: StatusCode,
    pub(super) raw_headers: String,
    pub(super) headers: Map<String, Value>,
    pub(super) body: Bytes,
    pub(super) timings: Value,
    pub(super) tls: Value,
}

impl Answered {
    pub(super) fn document(&self) -> Value {
        let kept = self.body.get(..KEPT).unwrap_or(&self.body);
        let body = String::from_utf8_lossy(kept);
        let code = self.status.as_u16();
        json!({
            "status": "finished",
            "rawOutput": format!("HTTP/1.1 {code}\n{}\n\n{body}", self.raw_headers),
            "rawHeaders": self.raw_headers, "rawBody": body, "truncated": self.body.len() > KEPT,
            "headers": self.headers, "statusCode": code,
            "statusCodeName": self.status.canonical_reason().unwrap_or_default(),
            "resolvedAddress": self.address, "timings": self.timings, "tls": self.tls,
        })
    }
}

/// As they came, and by name, with a list where one came twice.
pub(super) fn shown(headers: &HeaderMap) -> (String, Map<String, Value>) {
    let mut lines = Vec::new();
    let mut by_name = Map::new();
    for name in headers.keys() {
        let values: Vec<String> =
            headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
        lines.extend(values.iter().map(|value| format!("{name}: {value}")));
        let value = match values.as_slice() {
            [one] => Value::from(one.as_str()),
            several => Value::from(several.to_vec()),
        };
        by_name.insert(name.to_string(), value);
    }
    (lines.join("\n"), by_name)
}

/// How much of a body a result keeps.
const KEPT: usize = 10_000;
