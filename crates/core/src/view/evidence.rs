//! The evidence, a row per observation, each held against its control.

use super::{EvidenceRow, Text};
use crate::cdn::TELLING;
use crate::observation::{Observation, Outcome, Step, Subject, Vantage};
use crate::own_network::OwnNetwork;
use crate::target::Target;
use crate::verdict::{Controls, Mark};

/// All rows, in the order of arrival, each held against its control.
#[must_use]
pub fn rows(target: &Target, seen: &[Observation]) -> Vec<EvidenceRow> {
    let all: Vec<&Observation> = seen.iter().collect();
    let controls = Controls::of(&all, target);
    seen.iter().map(|observation| row_of(observation, controls.mark(observation))).collect()
}

/// One observation as a row, before there is anything to hold it against.
#[must_use]
pub fn row(observation: &Observation) -> EvidenceRow {
    let mark = if observation.failure().is_none() { Mark::Expected } else { Mark::Unexplained };
    row_of(observation, mark)
}

fn row_of(observation: &Observation, mark: Mark) -> EvidenceRow {
    EvidenceRow {
        vantage: match &observation.vantage {
            Vantage::Browser => Text::of("vantage_browser"),
            Vantage::Host => Text::of("vantage_host"),
            Vantage::Remote(place) => {
                let parts = [&place.city, &place.country, &place.network].map(String::as_str);
                let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                Text::with("vantage_remote", [&parts.join(", ")])
            }
        },
        what: what(observation),
        result: result(&observation.outcome),
        mark,
        duration_ms: Some(observation.duration_ms),
        detail: detail(observation),
    }
}

fn what(observation: &Observation) -> Text {
    if let Some(resolver) = &observation.resolver {
        return match (observation.subject.host(), resolver.checking_disabled) {
            (Some(host), _) => Text::with("what_anchor_dns_at", [host, &resolver.server]),
            (None, true) => Text::with("what_dns_unchecked", [&resolver.server]),
            (None, false) => Text::with("what_dns_at", [&resolver.server]),
        };
    }
    match &observation.subject {
        Subject::Anchor(host) => Text::with("what_anchor", [host]),
        Subject::Portal => Text::of("what_portal"),
        Subject::Route => Text::of("what_route"),
        Subject::OwnNetwork => Text::of("what_own_network"),
        Subject::Proxy(server) => Text::with("what_proxy", [server]),
        Subject::Nowhere => Text::of("what_nowhere"),
        Subject::Sibling(host) | Subject::Visited(host) => Text::with("what_sibling", [host]),
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
        Outcome::Reported(report) if report.description.is_empty() => Text::of("result_reported_nothing"),
        Outcome::Reported(report) => Text::with("result_reported", [&report.description]),
        Outcome::Noticed(noticed) => Text::of(noticed_key(*noticed)),
        Outcome::Failed(failure) => Text::of(&failure_key(failure)),
    }
}

const fn noticed_key(noticed: OwnNetwork) -> &'static str {
    match noticed {
        OwnNetwork::NoLink => "result_own_no_link",
        OwnNetwork::NoAddress => "result_own_no_address",
        OwnNetwork::NoRouter => "result_own_no_router",
        OwnNetwork::RouterSilent => "result_own_router_silent",
        OwnNetwork::WifiUp => "result_own_wifi",
        OwnNetwork::LinkUp => "result_connected",
        OwnNetwork::VpnUp => "result_own_vpn",
        OwnNetwork::ResolverBehindVpn => "result_own_resolver_vpn",
        OwnNetwork::Unrecognized => "result_own_unrecognized",
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
        Outcome::Connected | Outcome::Reported(_) | Outcome::Noticed(_) => {}
        Outcome::Secured(certificate) => parts.push(certificate.issuer.clone()),
        Outcome::Answered(answer) => parts.extend(
            TELLING.iter().filter_map(|name| answer.headers.get(*name).map(|value| format!("{name}: {value}"))),
        ),
        Outcome::Failed(crate::failure::Failure::Unrecognized(words)) => parts.push(words.clone()),
        Outcome::Failed(failure) => parts.push(failure.name()),
    }
    parts.join(" · ")
}
