//! The evidence, a row per observation, each held against its control.

use super::{EvidenceRow, Mark, Text};
use crate::observation::{Observation, Outcome, Step, Subject, Vantage};

/// All rows, in the order of arrival.
pub(super) fn rows(seen: &[Observation]) -> Vec<EvidenceRow> {
    let has_good_control = seen.iter().any(|other| is_control(other) && other.failure().is_none());
    seen.iter().map(|observation| row_of(observation, has_good_control)).collect()
}

/// One observation as a row; without its controls it is unexplained when it failed.
#[must_use]
pub fn row(observation: &Observation) -> EvidenceRow {
    row_of(observation, false)
}

fn row_of(observation: &Observation, has_good_control: bool) -> EvidenceRow {
    let mark = match (observation.failure(), has_good_control) {
        (None, _) => Mark::Expected,
        (Some(_), true) => Mark::Unexpected,
        (Some(_), false) => Mark::Unexplained,
    };
    EvidenceRow {
        vantage: Text::of(match observation.vantage {
            Vantage::Browser => "vantage_browser",
            Vantage::Host => "vantage_host",
            Vantage::Remote(_) => "vantage_remote",
        }),
        what: what(observation),
        result: result(&observation.outcome),
        mark,
        duration_ms: Some(observation.duration_ms),
        detail: detail(observation),
    }
}

const fn is_control(observation: &Observation) -> bool {
    !matches!(observation.subject, Subject::Target | Subject::Route)
}

fn what(observation: &Observation) -> Text {
    match &observation.subject {
        Subject::Anchor(host) => Text::with("what_anchor", [host]),
        Subject::Portal => Text::of("what_portal"),
        Subject::Route => Text::of("what_route"),
        Subject::Sibling(host) => Text::with("what_sibling", [host]),
        Subject::Part(host) => Text::with("what_part", [host]),
        Subject::StatusPage(cdn) => Text::with("what_status_page", [cdn]),
        Subject::RemoteApi(host) => Text::with("what_remote_api", [host]),
        Subject::Target => Text::of(match observation.step {
            Step::Dns => "what_target_dns",
            Step::Tcp => "what_target_tcp",
            Step::Tls => "what_target_tls",
            Step::Http => "what_target_http",
        }),
    }
}

fn result(outcome: &Outcome) -> Text {
    match outcome {
        Outcome::Resolved { addresses, .. } => Text::with("result_resolved", [&addresses.len().to_string()]),
        Outcome::Connected => Text::of("result_connected"),
        Outcome::Secured(_) => Text::of("result_secured"),
        Outcome::Answered(answer) => Text::with("result_answered", [&answer.status.to_string()]),
        Outcome::Reported(report) => Text::with("result_reported", [&report.description]),
        Outcome::Failed(failure) => Text::of(&failure_key(failure)),
    }
}

/// The message key of a failure: its Network Error Logging name with underscores.
pub(super) fn failure_key(failure: &crate::failure::Failure) -> String {
    format!("failure_{}", failure.name().replace('.', "_"))
}

/// What experts want: address, CNAMEs, certificate, the telling headers, the failure's term.
fn detail(observation: &Observation) -> String {
    let mut parts: Vec<String> = observation.address.iter().map(ToString::to_string).collect();
    match &observation.outcome {
        Outcome::Resolved { addresses, cnames } => {
            parts.extend(cnames.iter().map(|name| format!("→ {name}")));
            parts.extend(addresses.iter().map(ToString::to_string));
        }
        Outcome::Connected | Outcome::Reported(_) => {}
        Outcome::Secured(certificate) => parts.push(certificate.issuer.clone()),
        Outcome::Answered(answer) => parts.extend(
            TELLING.iter().filter_map(|name| answer.headers.get(*name).map(|value| format!("{name}: {value}"))),
        ),
        Outcome::Failed(crate::failure::Failure::Unrecognized(words)) => parts.push(words.clone()),
        Outcome::Failed(failure) => parts.push(failure.name()),
    }
    parts.join(" · ")
}

/// Headers that name a server or an edge.
const TELLING: [&str; 8] =
    ["server", "via", "x-served-by", "x-cache", "cf-ray", "x-amz-cf-pop", "retry-after", "x-azure-ref"];
