//! Windows: its CIM classes, as PowerShell writes them in JSON, with numbers that no language of the system changes.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use serde::Deserialize;

use super::look::{Link, LinkKind, Look, Neighbour, Router};
use crate::program::run;

/// One look; `None` where PowerShell does not say.
pub(super) async fn look() -> Option<Look> {
    let command = ["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", SCRIPT];
    read(&run(&command, PATIENCE).await?)
}

/// Properties of `MSFT_NetAdapter`, `MSFT_NetIPAddress`, `MSFT_NetRoute` and `MSFT_NetNeighbor` (root\StandardCimv2).
const SCRIPT: &str = "$ErrorActionPreference = 'SilentlyContinue'; ConvertTo-Json -Compress -Depth 3 @{ \
    links = @(Get-NetAdapter | ForEach-Object { @{ link = [int]$_.ifIndex; type = [int]$_.InterfaceType; \
    status = [int]$_.InterfaceOperationalStatus } }); \
    addresses = @(Get-NetIPAddress | ForEach-Object { @{ link = [int]$_.ifIndex; address = [string]$_.IPAddress } }); \
    routes = @(Get-NetRoute -DestinationPrefix '0.0.0.0/0','::/0' | ForEach-Object { @{ link = [int]$_.ifIndex; \
    router = [string]$_.NextHop; metric = [int]$_.RouteMetric + [int]$_.InterfaceMetric } }); \
    neighbours = @(Get-NetNeighbor | ForEach-Object { @{ link = [int]$_.ifIndex; address = [string]$_.IPAddress; \
    state = [int]$_.State } }) }";

#[derive(Deserialize)]
struct Told {
    links: Vec<TellsLink>,
    addresses: Vec<TellsAddress>,
    routes: Vec<TellsRoute>,
    neighbours: Vec<TellsNeighbour>,
}

#[derive(Deserialize)]
struct TellsLink {
    link: u32,
    r#type: u32,
    status: u32,
}

#[derive(Deserialize)]
struct TellsAddress {
    link: u32,
    address: String,
}

#[derive(Deserialize)]
struct TellsRoute {
    link: u32,
    router: String,
    metric: u32,
}

#[derive(Deserialize)]
struct TellsNeighbour {
    link: u32,
    address: String,
    state: u32,
}

/// From what the script prints; `None` where that is something else.
fn read(json: &str) -> Option<Look> {
    let told: Told = serde_json::from_str(json).ok()?;
    let addresses = |of: u32| {
        let own = told.addresses.iter().filter(|told| told.link == of);
        own.filter_map(|told| parse(&told.address)).collect()
    };
    let links: Vec<Link> = told
        .links
        .iter()
        .map(|link| Link {
            name: link.link.to_string(),
            kind: kind_of(link.r#type),
            is_up: link.status == UP,
            addresses: addresses(link.link),
        })
        .collect();
    let mut best: BTreeMap<bool, &TellsRoute> = BTreeMap::new();
    for route in &told.routes {
        let name = route.link.to_string();
        let is_own = links.iter().any(|link| link.name == name && link.kind != LinkKind::Vpn);
        // On a link without routers the next hop is the address of nobody.
        let Some(router) = parse(&route.router).filter(|router| is_own && !router.is_unspecified()) else { continue };
        let known = best.entry(router.is_ipv4()).or_insert(route);
        if route.metric < known.metric {
            *known = route;
        }
    }
    let state = |route: &TellsRoute| {
        let of_router =
            |told: &&TellsNeighbour| told.link == route.link && parse(&told.address) == parse(&route.router);
        told.neighbours.iter().find(of_router).map_or(Neighbour::Untold, |told| neighbour(told.state))
    };
    let routers =
        best.into_values().map(|route| Router { link: route.link.to_string(), neighbour: state(route) }).collect();
    Some(Look::new(links, routers))
}

/// Link-local addresses come with their zone.
fn parse(address: &str) -> Option<IpAddr> {
    address.split('%').next()?.parse().ok()
}

/// IANA's numbers (ifType). VPNs' adapters are tunnels, point-to-point links, or "proprietary virtual" as Wintun's.
const fn kind_of(number: u32) -> LinkKind {
    match number {
        6 => LinkKind::Wire,
        71 => LinkKind::Wifi,
        23 | 53 | 131 => LinkKind::Vpn,
        _ => LinkKind::Other,
    }
}

/// `MSFT_NetNeighbor.State`.
const fn neighbour(state: u32) -> Neighbour {
    match state {
        0 => Neighbour::Silent,
        1 | 2 => Neighbour::Asked,
        5 => Neighbour::Answers,
        _ => Neighbour::Untold,
    }
}

/// `ifOperStatus`, RFC 2863.
const UP: u32 = 1;

/// PowerShell takes a second to start, and two on a computer that has other things to do.
const PATIENCE: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    use detour_model::own_network::OwnNetwork;

    use super::super::look::Patience;
    use super::*;

    const TOLD: &str = r#"{"links":[{"link":12,"type":71,"status":1},{"link":7,"type":6,"status":2},{"link":31,"type":53,"status":1}],
        "addresses":[{"link":12,"address":"fe80::1c5d:1%12"},{"link":12,"address":"192.0.2.23"},{"link":31,"address":"198.51.100.2"},
            {"link":1,"address":"127.0.0.1"}],
        "routes":[{"link":31,"router":"0.0.0.0","metric":5},{"link":12,"router":"192.0.2.1","metric":50},
            {"link":12,"router":"192.0.2.9","metric":90}],
        "neighbours":[{"link":12,"address":"192.0.2.1","state":5},{"link":12,"address":"192.0.2.9","state":0}]}"#;

    fn noticed(json: &str, way: Option<&str>) -> Vec<OwnNetwork> {
        let mut look = read(json).unwrap();
        look.find_ways(way.into_iter().map(|source| source.parse::<IpAddr>().unwrap()));
        look.noticed(Patience::Fresh).0
    }

    #[test]
    fn each_state_is_told_as_on_any_system() {
        let way = Some("192.0.2.23");
        assert_eq!(noticed(TOLD, way), [OwnNetwork::WifiUp]);
        assert_eq!(noticed(TOLD, Some("198.51.100.2")), [OwnNetwork::VpnUp]);
        let silent = TOLD.replace(r#""address":"192.0.2.1","state":5"#, r#""address":"192.0.2.1","state":0"#);
        assert_eq!(noticed(&silent, way), [OwnNetwork::RouterSilent]);
        let unplugged = TOLD.replace(r#""type":71,"status":1"#, r#""type":71,"status":2"#);
        assert_eq!(noticed(&unplugged, None), [OwnNetwork::NoLink]);
        let bare = r#"{"links":[{"link":12,"type":6,"status":1}],"addresses":[{"link":12,"address":"169.254.1.1"}],"routes":[],"neighbours":[]}"#;
        assert_eq!(noticed(bare, None), [OwnNetwork::NoAddress]);
        assert_eq!(noticed(&bare.replace("169.254.1.1", "192.0.2.5"), None), [OwnNetwork::NoRouter]);
    }

    #[test]
    fn what_is_no_such_document_is_no_look() {
        assert_eq!(read(""), None);
        assert_eq!(read("{}"), None);
    }
}
