//! What a verdict rested on, a line each, for whoever looks into a wrong one.

use detour_core::observation::{Observation, Outcome, Subject, Vantage};
use detour_core::outage::Outage;
use detour_core::state::{State, Tab};

/// All that was seen of a tab's page, then what other tabs and closed ones add.
pub(super) fn of(entry: &Tab, outage: &Outage, state: &State) -> Vec<String> {
    let mut lines = vec![format!("the browser's own load: {}", entry.failure.name())];
    lines.extend(outage.seen.iter().map(line));
    let others = state.tabs.values().filter(|other| other.target != entry.target);
    for other in others {
        lines.push(format!("another tab: {} {}", other.target.host(), other.failure.name()));
    }
    lines
}

fn line(seen: &Observation) -> String {
    let vantage = match &seen.vantage {
        Vantage::Browser => "browser".to_owned(),
        Vantage::Host => "host".to_owned(),
        Vantage::Remote(place) => format!("{} ({})", place.city, place.continent),
    };
    let subject = match &seen.subject {
        Subject::Target => "target".to_owned(),
        Subject::Anchor(name) => format!("anchor {name}"),
        Subject::Portal => "portal".to_owned(),
        Subject::Route => "route".to_owned(),
        Subject::OwnNetwork => "own network".to_owned(),
        Subject::Nowhere => "a name that does not exist".to_owned(),
        Subject::Sibling(name) => format!("sibling {name}"),
        Subject::Visited(name) => format!("visited {name}"),
        Subject::Part(name) => format!("part {name}"),
        Subject::StatusPage(name) => format!("status page of {name}"),
        Subject::Proxy(server) => format!("proxy {server}"),
        Subject::RemoteApi(name) => format!("remote probes' service {name}"),
    };
    let outcome = match &seen.outcome {
        Outcome::Resolved { addresses, cnames } => format!("{} addresses, cnames {cnames:?}", addresses.len()),
        Outcome::Connected => "connected".to_owned(),
        Outcome::Secured(_) => "secured".to_owned(),
        Outcome::Answered(answer) => {
            let node = ["x-served-by", "cf-ray", "x-amz-cf-pop"].map(|name| answer.header(name)).concat();
            format!("{} server={} {node}", answer.status, answer.header("server"))
        }
        Outcome::Reported(report) => format!("{:?}: {}", report.indicator, report.description),
        Outcome::Noticed(noticed) => format!("{noticed:?}"),
        Outcome::Failed(failure) => {
            let chain = seen.so_far.as_ref().map_or(&[][..], |so_far| &so_far.cnames);
            let after = if chain.is_empty() { String::new() } else { format!(" after {chain:?}") };
            format!("FAILED {}{after}", failure.name())
        }
    };
    let address = seen.address.map(|address| format!(" {address}")).unwrap_or_default();
    let resolver = seen.resolver.as_ref().map(|asked| format!(" at {}", asked.server)).unwrap_or_default();
    format!("{} {vantage} · {subject}{address}{resolver} · {:?} · {outcome}", seen.at.0, seen.step)
}
