//! macOS: what `ifconfig`, `networksetup`, `netstat` and `arp` print.

use std::collections::BTreeMap;
use std::time::Duration;

use super::look::{Link, LinkKind, Look, Neighbour, Router};
use crate::program::run;

/// One look; `None` where the programs do not say.
pub(super) async fn look() -> Option<Look> {
    let (links, ports, routes, neighbours) = tokio::join!(
        run(&["/sbin/ifconfig", "-a"], PATIENCE),
        run(&["/usr/sbin/networksetup", "-listallhardwareports"], PATIENCE),
        run(&["/usr/sbin/netstat", "-rn"], PATIENCE),
        run(&["/usr/sbin/arp", "-an"], PATIENCE),
    );
    Some(read(&links?, &ports.unwrap_or_default(), &routes?, &neighbours.unwrap_or_default()))
}

/// From what they print.
fn read(ifconfig: &str, ports: &str, netstat: &str, arp: &str) -> Look {
    let links = links(ifconfig, &wifi_ports(ports));
    let routers = routers(netstat, arp, &links);
    Look::new(links, routers)
}

fn links(ifconfig: &str, wifi: &[&str]) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut is_loopback = false;
    for line in ifconfig.lines() {
        let is_head = !line.starts_with(char::is_whitespace);
        if let Some((name, rest)) = line.split_once(": flags=").filter(|_| is_head) {
            is_loopback = rest.contains("LOOPBACK");
            if !is_loopback {
                let kind = kind_of(name, wifi);
                links.push(Link {
                    name: name.to_owned(),
                    kind,
                    is_up: rest.contains("RUNNING"),
                    addresses: Vec::new(),
                });
            }
            continue;
        }
        let Some(link) = links.last_mut().filter(|_| !is_loopback) else { continue };
        let mut words = line.split_whitespace();
        match (words.next(), words.next()) {
            (Some("status:"), Some(status)) => link.is_up = status == "active",
            (Some("inet" | "inet6"), Some(address)) => {
                let address = address.split('%').next().unwrap_or_default();
                link.addresses.extend(address.parse::<std::net::IpAddr>());
            }
            (_, _) => {}
        }
    }
    links
}

/// Network adapters are `en` and a number; `utun`, `ipsec` and `ppp` are made by VPNs.
fn kind_of(name: &str, wifi: &[&str]) -> LinkKind {
    let is = |family: &str| name.strip_prefix(family).is_some_and(|rest| rest.parse::<u32>().is_ok());
    if wifi.contains(&name) {
        LinkKind::Wifi
    } else if is("en") {
        LinkKind::Wire
    } else if is("utun") || is("ipsec") || is("ppp") {
        LinkKind::Vpn
    } else {
        LinkKind::Other
    }
}

fn wifi_ports(ports: &str) -> Vec<&str> {
    let mut lines = ports.lines();
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        if matches!(line.strip_prefix("Hardware Port: "), Some("Wi-Fi" | "AirPort")) {
            found.extend(lines.next().and_then(|line| line.strip_prefix("Device: ")));
        }
    }
    found
}

/// The first default route of each family that is not bound to one interface (flag `I` of netstat(1)).
fn routers(netstat: &str, arp: &str, links: &[Link]) -> Vec<Router> {
    let known = neighbours(arp);
    let mut found: BTreeMap<bool, Router> = BTreeMap::new();
    for line in netstat.lines() {
        let mut words = line.split_whitespace();
        let (Some("default"), Some(gateway), Some(flags), Some(link)) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            continue;
        };
        let is_own = links.iter().any(|known| known.name == link && known.kind != LinkKind::Vpn);
        let Ok(address) = gateway.split('%').next().unwrap_or_default().parse::<std::net::IpAddr>() else { continue };
        if is_own && !flags.contains('I') {
            let neighbour = known.get(&(link, gateway)).copied().unwrap_or(Neighbour::Untold);
            found.entry(address.is_ipv4()).or_insert(Router { link: link.to_owned(), neighbour });
        }
    }
    found.into_values().collect()
}

/// By link and address. An entry with a hardware address may be twenty minutes old, so that it says nothing.
fn neighbours(arp: &str) -> BTreeMap<(&str, &str), Neighbour> {
    let mut known = BTreeMap::new();
    for line in arp.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let [_, address, "at", hardware, "on", link, ..] = words.as_slice() {
            let address = address.trim_matches(['(', ')']);
            let state = if *hardware == "(incomplete)" { Neighbour::Asked } else { Neighbour::Untold };
            known.insert((*link, address), state);
        }
    }
    known
}

/// They read the kernel's tables, in some ten milliseconds.
const PATIENCE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use detour_model::own_network::OwnNetwork;

    use super::super::look::Patience;
    use super::*;

    // The formats are those of ifconfig(8), networksetup(8), netstat(1) and arp(8) in Apple's network_cmds.
    const IFCONFIG: &str = "\
lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384
\toptions=1203<RXCSUM,TXCSUM,TXSTATUS,SW_TIMESTAMP>
\tinet 127.0.0.1 netmask 0xff000000
\tinet6 ::1 prefixlen 128
gif0: flags=8010<POINTOPOINT,MULTICAST> mtu 1280
en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
\tether 02:00:00:00:00:01
\tinet6 fe80::1c5d:1234:5678:9abc%en0 prefixlen 64 secured scopeid 0x6
\tinet 192.0.2.23 netmask 0xffffff00 broadcast 192.0.2.255
\tnd6 options=201<PERFORMNUD,DAD>
\tmedia: autoselect
\tstatus: active
en1: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
\tether 02:00:00:00:00:02
\tmedia: autoselect <full-duplex>
\tstatus: inactive
utun3: flags=8051<UP,POINTOPOINT,RUNNING,MULTICAST> mtu 1380
\tinet 198.51.100.2 --> 198.51.100.1 netmask 0xffffffff
";
    const PORTS: &str = "
Hardware Port: Wi-Fi
Device: en0
Ethernet Address: 02:00:00:00:00:01

Hardware Port: Thunderbolt 1
Device: en1
Ethernet Address: 02:00:00:00:00:02
";
    const NETSTAT: &str = "
Routing tables

Internet:
Destination        Gateway            Flags               Netif Expire
default            link#19            UCSg                utun3
default            192.0.2.1          UGScg                 en0
default            192.0.2.9          UGScIg                en1
127                127.0.0.1          UCS                   lo0

Internet6:
Destination                             Gateway                         Flags               Netif Expire
default                                 fe80::%utun3                    UGcIg               utun3
";
    const ARP: &str = "\
? (192.0.2.1) at 2:0:0:0:0:a on en0 ifscope [ethernet]
? (224.0.0.251) at 1:0:5e:0:0:fb on en0 ifscope permanent [ethernet]
";

    fn noticed(ifconfig: &str, netstat: &str, arp: &str, way: Option<&str>) -> Vec<OwnNetwork> {
        let mut look = read(ifconfig, PORTS, netstat, arp);
        look.find_ways(way.into_iter().map(|source| source.parse::<IpAddr>().unwrap()));
        look.noticed(Patience::Waited).0
    }

    #[test]
    fn links_and_the_router_are_read() {
        let look = read(IFCONFIG, PORTS, NETSTAT, ARP);
        let told: Vec<(&str, LinkKind, bool)> =
            look.links.iter().map(|link| (link.name.as_str(), link.kind, link.is_up)).collect();
        let expected = [
            ("gif0", LinkKind::Other, false),
            ("en0", LinkKind::Wifi, true),
            ("en1", LinkKind::Wire, false),
            ("utun3", LinkKind::Vpn, true),
        ];
        assert_eq!(told, expected);
        assert_eq!(look.routers, [Router { link: "en0".into(), neighbour: Neighbour::Untold }]);
    }

    #[test]
    fn each_state_is_told_as_on_any_system() {
        let silent = ARP.replace("2:0:0:0:0:a", "(incomplete)");
        let unplugged = IFCONFIG.replace("status: active", "status: inactive");
        assert_eq!(noticed(IFCONFIG, NETSTAT, ARP, Some("192.0.2.23")), [OwnNetwork::WifiUp]);
        assert_eq!(noticed(IFCONFIG, NETSTAT, ARP, Some("198.51.100.2")), [OwnNetwork::VpnUp]);
        assert_eq!(noticed(IFCONFIG, NETSTAT, &silent, Some("192.0.2.23")), [OwnNetwork::RouterSilent]);
        assert_eq!(noticed(&unplugged, "", "", None), [OwnNetwork::NoLink]);
        assert_eq!(noticed(IFCONFIG, "", ARP, None), [OwnNetwork::NoRouter]);
        let given_by_itself = IFCONFIG.replace("192.0.2.23", "169.254.3.4");
        assert_eq!(noticed(&given_by_itself, "", "", None), [OwnNetwork::NoAddress]);
        assert_eq!(noticed("", "", "", None), []);
    }
}
