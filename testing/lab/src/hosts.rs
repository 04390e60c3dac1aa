//! Every name of the lab: where it lives and how it starts. The zone, the doors and the certificates are made from this table.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use crate::behaviour::Behaviour;
use crate::faults::fault_hosts;
use crate::home::{Home, LAB_DOMAIN};
use crate::{neighbours, sites};

/// One name with its own address, so that it can refuse connections alone.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its DNS name.
    pub name: String,
    /// Its address.
    pub address: IpAddr,
    /// What serves it when healthy.
    pub home: Home,
    /// Its behaviour when the lab starts.
    pub starts: Behaviour,
    /// The CDN's name for it, between its own and the address.
    pub alias: Option<String>,
}

impl Host {
    /// The ports its door listens on.
    pub fn ports(&self) -> &'static [u16] {
        match self.home {
            Home::Origin => &[8080],
            Home::Edge
            | Home::SecondEdge
            | Home::ThirdEdge
            | Home::Bare
            | Home::Archive
            | Home::Anchor
            | Home::Portal
            | Home::SignIn
            | Home::Pages
            | Home::Status
            | Home::Globalping
            | Home::Stranger => &[443, 80],
            Home::Doh => &[443],
        }
    }
}

/// The whole table, in a fixed order.
pub fn all() -> Vec<Host> {
    let mut hosts = Vec::new();
    for (nth, site) in (FIRST_SITE..).zip(sites::all()) {
        hosts.push(Host {
            alias: Some(format!("{}.map.fastly.net", site.label)),
            ..host(site.host, Ipv4Addr::new(11, 0, 1, nth), Home::Edge)
        });
        hosts.push(origin(site.host, nth));
    }
    for (nth, one) in (FIRST_NEIGHBOUR..).zip(neighbours::all()) {
        let nets = [(Home::SecondEdge, 2), (Home::ThirdEdge, 9), (Home::Bare, 12)];
        let net = nets.iter().find_map(|(home, net)| (*home == one.home).then_some(*net)).unwrap_or(1);
        let alias = one.alias.map(str::to_owned);
        hosts.push(Host { alias, ..host(one.host, Ipv4Addr::new(11, 0, net, nth), one.home) });
        // A site without a CDN has no origin behind it: it is one.
        if one.home != Home::Bare {
            hosts.push(origin(one.host, nth));
        }
    }
    hosts.push(host(SECOND_EDGE_DOOR, MOVED, Home::SecondEdge));
    hosts.push(host("web.archive.org", Ipv4Addr::new(11, 0, 4, 1), Home::Archive));
    hosts.push(host("arquivo.pt", Ipv4Addr::new(11, 0, 4, 2), Home::Archive));
    hosts.push(host("archive.org", Ipv4Addr::new(11, 0, 4, 3), Home::Archive));
    for (nth, name) in (1..).zip(ANCHORS) {
        hosts.push(host(name, Ipv4Addr::new(11, 0, 5, nth), Home::Anchor));
    }
    for (name, address) in DOH.into_iter().zip(DOH_ADDRESSES) {
        hosts.push(host(name, address, Home::Doh));
    }
    for (nth, (_, name)) in (1..).zip(STATUS_PAGES) {
        hosts.push(host(name, Ipv4Addr::new(11, 0, 10, nth), Home::Status));
    }
    hosts.push(host(GLOBALPING, Ipv4Addr::new(11, 0, 11, 1), Home::Globalping));
    hosts.push(host(STRANGER, ASTRAY, Home::Stranger));
    hosts.push(host(PORTAL_PROBE, Ipv4Addr::new(11, 0, 6, 1), Home::Portal));
    hosts.push(host(SIGN_IN, Ipv4Addr::new(11, 0, 6, 2), Home::SignIn));
    for (nth, (name, starts)) in (1..).zip(fault_hosts()) {
        let name = format!("{name}.{LAB_DOMAIN}");
        hosts.push(Host { starts, ..host(&name, Ipv4Addr::new(11, 0, 7, nth), Home::Pages) });
    }
    for (nth, name) in (1..).zip(IMPOSTORS) {
        hosts.push(host(name, Ipv4Addr::new(11, 0, 13, nth), Home::Pages));
    }
    for name in INTRANET {
        hosts.push(Host { starts: Behaviour::Status(503), ..host(name, Ipv4Addr::new(10, 77, 0, 1), Home::Pages) });
    }
    let loopback = host("localhost", Ipv4Addr::LOCALHOST, Home::Pages);
    hosts.push(Host { starts: Behaviour::Status(503), ..loopback });
    // Names switched to IPv6 lead here, where nothing listens until a switch heals it.
    hosts.push(Host { starts: Behaviour::Refused, ..host(IPV6_DOOR, IPV6, Home::Edge) });
    hosts
}

/// The sites that the first edge delivers, canaries included.
pub(crate) fn on_first_edge() -> Vec<String> {
    let is_site = |host: &Host| host.home == Home::Edge && host.alias.is_some();
    all().into_iter().filter(is_site).map(|host| host.name).collect()
}

/// The addresses of what lives there.
pub(crate) fn at_home(home: Home) -> impl Iterator<Item = IpAddr> {
    all().into_iter().filter(move |host| host.home == home).map(|host| host.address)
}

/// Whether a portal on the user's network stands in between: not before origins, not before itself or this computer.
///
/// Portals know IPv4 alone.
pub(crate) fn is_beyond_portal(address: IpAddr) -> bool {
    let is_near = |host: Host| host.address == address && matches!(host.home, Home::Origin | Home::SignIn);
    address.is_ipv4() && address != IpAddr::V4(Ipv4Addr::LOCALHOST) && !all().into_iter().any(is_near)
}

/// The CDN's name for a site once it has moved to the second edge.
pub fn alias_once_moved(site: &str) -> String {
    second_alias(site)
}

/// Where the lab itself is, behind its doors.
pub(crate) fn behind_doors() -> Vec<Ipv4Addr> {
    let servers = [RESOLVER, CONTROL, SECOND_EDGE, THIRD_EDGE, BARE, ORIGINS, ARCHIVES];
    servers.into_iter().chain(NODE_ADDRESSES).collect()
}

/// Whether it is one of the lab's public addresses.
pub(crate) const fn is_of_the_world(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => matches!(address.octets(), [11, ..]),
        IpAddr::V6(address) => matches!(address.segments(), [0x2a11, 7, ..]),
    }
}

/// Whether this is the address of a remote probe, which is none of the user's network.
pub(crate) fn is_remote(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(address) if matches!(address.octets(), [11, 0, 11, _]))
}

fn origin(site: &str, nth: u8) -> Host {
    host(&format!("{ORIGIN_PREFIX}{site}"), Ipv4Addr::new(11, 0, 3, nth), Home::Origin)
}

fn host(name: &str, address: impl Into<IpAddr>, home: Home) -> Host {
    Host { name: name.to_owned(), address: address.into(), home, starts: Behaviour::Healthy, alias: None }
}

/// A CDN of the lab that has a door for moved sites and a status page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cdn {
    /// The first edge.
    Fastly,
    /// The second edge.
    Cloudflare,
}

/// What the second edge calls a site that has moved there.
pub(crate) fn second_alias(name: &str) -> String {
    format!("{name}.{SECOND_SUFFIX}")
}

pub(crate) const SECOND_SUFFIX: &str = "cdn.cloudflare.net";

/// Neutral anchors, on three addresses.
pub const ANCHORS: [&str; 3] =
    ["anchor-one.detour-lab.net", "anchor-two.detour-lab.net", "anchor-three.detour-lab.net"];
/// DNS-over-HTTPS servers, asked by their addresses; the names are for switches.
pub const DOH: [&str; 3] = ["doh-one.detour-lab.net", "doh-two.detour-lab.net", "doh-three.detour-lab.net"];
/// Their addresses, in the same order.
pub const DOH_ADDRESSES: [Ipv4Addr; 3] =
    [Ipv4Addr::new(11, 0, 0, 81), Ipv4Addr::new(11, 0, 0, 82), Ipv4Addr::new(11, 0, 0, 83)];
/// The CDNs' own status pages.
pub const STATUS_PAGES: [(Cdn, &str); 2] =
    [(Cdn::Fastly, "www.fastlystatus.com"), (Cdn::Cloudflare, "www.cloudflarestatus.com")];
/// The service that measures from other networks.
pub const GLOBALPING: &str = "api.globalping.io";
/// Where a lying resolver leads.
pub const STRANGER: &str = "ads.lab-provider.net";
/// The stranger's address.
pub const ASTRAY: Ipv4Addr = Ipv4Addr::new(11, 0, 8, 1);
/// Where Chromium's own captive-portal check goes.
pub const PORTAL_PROBE: &str = "connectivitycheck.gstatic.com";
/// The page of the portal that a captured network leads to.
pub const SIGN_IN: &str = "portal.harbour-hotel.net";
/// Sites of four owners on unrelated domains, whose servers write whatever headers and pages they like.
pub const IMPOSTORS: [&str; 4] =
    ["www.lab-forger.com", "www.lab-mimic.org", "www.lab-copyist.net", "www.lab-parrot.co.uk"];
/// Names of a private network, all on 10.77.0.1, all answering 503.
pub const INTRANET: [&str; 3] = ["intranet", "printer.home.arpa", "wiki.corp.internal"];
/// Between a name that leads into the private network by an alias, and the address there.
pub const PRIVATE_ALIAS: &str = "public.detour-lab.net";
/// The door in IPv6, in front of the edge.
pub const IPV6_DOOR: &str = "ipv6.detour-lab.net";
/// Its address.
pub(crate) const IPV6: Ipv6Addr = Ipv6Addr::new(0x2a11, 7, 0, 0, 0, 0, 0, 1);
/// Put before a site's name, names the origin's door.
pub const ORIGIN_PREFIX: &str = "origin.";
/// The door of the sites that have moved to the second edge.
pub const SECOND_EDGE_DOOR: &str = "second-edge.detour-lab.net";
/// The first edge's nodes, in two POPs. A request goes to each in turn.
pub const NODES: [&str; 3] = ["cache-lhr7321-LHR", "cache-lhr7355-LHR", "cache-ams21044-AMS"];
/// The resolver of the user's network.
pub(crate) const RESOLVER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 53);
/// The lab's own control.
pub(crate) const CONTROL: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// nginx as the first edge's TLS end and plain port.
pub(crate) const EDGE: Ipv4Addr = Ipv4Addr::new(11, 0, 1, 1);
/// The nodes' own addresses, in the order of [`NODES`].
pub(crate) const NODE_ADDRESSES: [Ipv4Addr; 3] = [EDGE, Ipv4Addr::new(11, 0, 1, 2), Ipv4Addr::new(11, 0, 1, 3)];
/// Where sites are that have moved: [`SECOND_EDGE_DOOR`].
pub(crate) const MOVED: Ipv4Addr = Ipv4Addr::new(11, 0, 2, 1);
/// nginx and Varnish behind the doors of the second edge, dressed as Cloudflare.
pub(crate) const SECOND_EDGE: Ipv4Addr = Ipv4Addr::new(11, 0, 2, 250);
/// nginx and Varnish behind the doors of Akamai's names.
pub(crate) const THIRD_EDGE: Ipv4Addr = Ipv4Addr::new(11, 0, 9, 250);
/// nginx behind the door of the site without a CDN.
pub(crate) const BARE: Ipv4Addr = Ipv4Addr::new(11, 0, 12, 250);
/// nginx behind the origins' doors.
pub(crate) const ORIGINS: Ipv4Addr = Ipv4Addr::new(11, 0, 3, 1);
/// nginx, pywb and the availability API behind the archives' doors.
pub(crate) const ARCHIVES: Ipv4Addr = Ipv4Addr::new(11, 0, 4, 250);
/// Sites take the last octets from here up, so that `.1` stays the shared server's.
const FIRST_SITE: u8 = 11;
/// And the neighbours from here.
const FIRST_NEIGHBOUR: u8 = 31;
