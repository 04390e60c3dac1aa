//! What this computer says of its own network: links, addresses, routers, resolvers. Nothing is sent for it.
//!
//! Each system is read by its own interface into one [`Look`]; what is worth telling of it is decided in
//! one place, [`Look::noticed`], and is a word without any address or name. A look is taken once a control has failed: the
//! check's own packets have made the system look for its router by then.

mod look;
#[cfg(target_os = "linux")]
mod linux;
mod macos;
mod windows;

use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use detour_model::observation::{Outcome, Step};
use detour_model::own_network::OwnNetwork;
use hickory_resolver::system_conf::{parse_resolv_conf, read_system_conf};
use tokio::time::{Instant, sleep};

use crate::deadlines;
use crate::fetch::Findings;
use crate::recorder::Recorder;
use crate::route;
use look::{Look, Patience};

/// Looks until the system has made up its mind about the router, and tells whenever something else is noticed.
pub(super) async fn look(configured: Option<SocketAddr>, recorder: Recorder, until: Instant) -> Findings {
    let mut told = Vec::new();
    let mut patience = Patience::Fresh;
    for _ in 0..LOOKS {
        let began = Instant::now();
        let Some(mut seen) = read().await else { break };
        seen.find_ways(route::WAYS.map(route::source_for).into_iter().flatten());
        seen.find_resolvers(resolvers(configured).into_iter().filter_map(route::source_for));
        let (noticed, is_settled) = seen.noticed(patience);
        for word in &noticed {
            if !told.contains(word) {
                let step = if *word == OwnNetwork::ResolverBehindVpn { Step::Dns } else { Step::Tcp };
                recorder.record(step, None, began, Outcome::Noticed(*word)).await;
            }
        }
        told = noticed;
        if is_settled || Instant::now() + deadlines::OWN_NETWORK_AGAIN >= until {
            break;
        }
        patience = Patience::Waited;
        sleep(deadlines::OWN_NETWORK_AGAIN).await;
    }
    Findings::Measured
}

/// `None` where the system does not say.
async fn read() -> Option<Look> {
    match std::env::consts::OS {
        "macos" => macos::look().await,
        "windows" => windows::look().await,
        _ => by_kernel().await,
    }
}

#[cfg(target_os = "linux")]
async fn by_kernel() -> Option<Look> {
    let looking = tokio::task::spawn_blocking(linux::read).await.ok()?;
    looking.inspect_err(|error| tracing::debug!(%error, "the kernel does not tell of its network")).ok()
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "asynchronous where there is something to read")]
async fn by_kernel() -> Option<Look> {
    None
}

/// The resolvers that are really asked: behind systemd-resolved's stub are others.
fn resolvers(configured: Option<SocketAddr>) -> Vec<IpAddr> {
    if let Some(configured) = configured {
        return vec![configured.ip()];
    }
    let servers = |config: hickory_resolver::config::ResolverConfig| -> Vec<IpAddr> {
        config.name_servers().iter().map(|server| server.ip).collect()
    };
    let named = read_system_conf().map(|(config, _)| servers(config)).unwrap_or_default();
    if !named.iter().all(IpAddr::is_loopback) {
        return named;
    }
    let behind_stub = std::fs::read(Path::new(BEHIND_STUB)).ok();
    let behind_stub = behind_stub.and_then(|text| Some(servers(parse_resolv_conf(text).ok()?.0)));
    behind_stub.unwrap_or(named)
}

/// Where systemd-resolved writes down whom it asks (systemd-resolved.service(8), "/etc/resolv.conf").
const BEHIND_STUB: &str = "/run/systemd/resolve/resolv.conf";

/// An address that nobody answers for is looked for three times a second apart (Linux' `mcast_solicit` and `retrans_time_ms`).
const LOOKS: usize = 3;
