//! The service that measures from other networks, as Globalping's public description has it (jsdelivr/globalping, `public/v1`).
//!
//! Its probes really look, at the lab as it is: past the resolver and the portal of the user's network.

use std::sync::PoisonError;
use std::time::{Duration, SystemTime};

use http::{Method, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::Request;
use hyper::body::Incoming;
use serde_json::{Value, json};

use crate::arrival::Arrival;
use crate::hosts::GLOBALPING;
use crate::modes::RemoteMode;
use crate::reply::{Reply, json as json_reply, with};

mod look;
mod measurements;
mod probes;
mod result;
mod witness;

use look::Wanted;
use measurements::Measurement;
pub(crate) use measurements::Measurements;

/// Answers one request.
pub(crate) async fn answer(arrival: &Arrival, request: Request<Incoming>) -> Reply {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let body = Limited::new(request.into_body(), LARGEST).collect().await.map(|body| body.to_bytes());
    let body = body.unwrap_or_default();
    let reply = match (&method, path.strip_prefix(PATH)) {
        (&Method::POST, Some("")) => create(arrival, &body),
        (&Method::GET, Some(id)) if id.starts_with('/') => read(arrival, id.trim_start_matches('/')),
        _ => error(StatusCode::NOT_FOUND, "not_found", "Couldn't find the requested item."),
    };
    // With the body: stories ask what the service was told.
    let told = if body.is_empty() { path } else { format!("{path} {}", String::from_utf8_lossy(&body)) };
    arrival.world.record.saw("globalping", arrival.ends(), GLOBALPING, method.as_str(), &told, reply.status().as_u16());
    reply
}

/// `POST /v1/measurements`.
fn create(arrival: &Arrival, body: &[u8]) -> Reply {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    let wanted = match Wanted::read(&request) {
        Ok(wanted) => wanted,
        Err((parameter, why)) => {
            let params = json!({ parameter: why });
            let message = "Parameter validation failed.";
            let error = json!({ "error": { "type": "validation_error", "message": message, "params": params } });
            return json_reply(400, &error);
        }
    };
    let mode = arrival.modes(|modes| modes.remote);
    if mode == RemoteMode::RateLimited {
        let refused = error(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", "API rate limit exceeded.");
        return limited(refused, HOURLY);
    }
    let probes = if mode == RemoteMode::NoProbes { Vec::new() } else { probes::chosen(&request) };
    if probes.is_empty() {
        let refused = error(StatusCode::UNPROCESSABLE_ENTITY, "no_probes_found", "No suitable probes found.");
        return limited(refused, 0);
    }
    let now = SystemTime::now();
    let count = probes.len();
    let id = id();
    for (nth, probe) in probes.iter().enumerate() {
        let (arrival, wanted, probe, id) = (arrival.clone(), wanted.clone(), *probe, id.clone());
        tokio::spawn(async move {
            // A probe gets its orders a moment later, so that who asks at once is told to wait.
            tokio::time::sleep(UNDER_WAY).await;
            let result = match mode {
                RemoteMode::AllFine => look::fine(&wanted, &arrival.world.zone),
                RemoteMode::AllFail => look::unreachable(&wanted, &arrival.world.zone),
                RemoteMode::Truth | RemoteMode::RateLimited | RemoteMode::NoProbes | RemoteMode::Down => {
                    look::look(&wanted, probe.from, &arrival.world.zone, &arrival.world.measurements.roots).await
                }
            };
            let mut by_id = arrival.world.measurements.by_id.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(measurement) = by_id.get_mut(&id) {
                measurement.updated = SystemTime::now();
                if let Some((_, place)) = measurement.results.get_mut(nth) {
                    *place = Some(result);
                }
            }
        });
    }
    let results = probes.into_iter().map(|probe| (probe, None)).collect();
    let measurement = Measurement { request, created: now, updated: now, results };
    arrival.world.measurements.by_id.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), measurement);
    let created = json_reply(202, &json!({ "id": id, "probesCount": count }));
    limited(with(created, &[("location", &format!("https://{GLOBALPING}{PATH}/{id}"))]), count)
}

/// `GET /v1/measurements/{id}`.
fn read(arrival: &Arrival, id: &str) -> Reply {
    let by_id = arrival.world.measurements.by_id.lock().unwrap_or_else(PoisonError::into_inner);
    match by_id.get(id) {
        Some(measurement) => json_reply(200, &measurement.document(id)),
        None => error(StatusCode::NOT_FOUND, "not_found", "Couldn't find the requested item."),
    }
}

fn error(status: StatusCode, kind: &str, message: &str) -> Reply {
    json_reply(status.as_u16(), &json!({ "error": { "type": kind, "message": message } }))
}

/// The headers that say how much of the hour's share is used.
fn limited(reply: Reply, consumed: usize) -> Reply {
    let (limit, remaining) = (HOURLY.to_string(), HOURLY.saturating_sub(consumed).to_string());
    with(
        reply,
        &[
            ("x-ratelimit-limit", &limit),
            ("x-ratelimit-consumed", &consumed.to_string()),
            ("x-ratelimit-remaining", &remaining),
            ("x-ratelimit-reset", "1800"),
        ],
    )
}

/// Sixteen letters and digits that nobody guesses.
fn id() -> String {
    use std::hash::{BuildHasher, Hasher, RandomState};
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

const PATH: &str = "/v1/measurements";
/// Tests in an hour for those without a token.
const HOURLY: usize = 250;
const LARGEST: usize = 64 * 1024;
const UNDER_WAY: Duration = Duration::from_millis(250);
