//! Other people's networks as data: what the router lets through, answers itself, or spoils.

use crate::says::Says;
use crate::vpn::Tunnels;

/// A network.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    pub(crate) name: &'static str,
    pub(crate) parts: Vec<Part>,
    /// How names are resolved; lines of dnsmasq's configuration beside those that every network has.
    pub(crate) names: Names,
    /// Environment of every program in it, `GATEWAY` standing for the router's address.
    pub(crate) environment: Vec<(&'static str, &'static str)>,
}

/// How names are resolved.
#[derive(Debug, Clone)]
pub(crate) enum Names {
    /// By dnsmasq on the router, with these lines besides.
    Router(Vec<String>),
    /// Nobody listens on the router's port 53.
    Refused,
    /// Questions are lost.
    Silent,
    /// The name server is the one of a VPN, and silent.
    BehindVpn,
    /// The first name server is silent, the second one works.
    SilentFirst,
    /// By the router; names that do not exist are looked for below a search domain, in which every name exists.
    SearchWildcard,
    /// The network has IPv6 alone, and NAT64 with this prefix.
    Nat64(&'static str),
}

/// What the router does to what comes from the network.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    /// Packets to this network (and port) are lost.
    Drops(&'static str, Option<u16>),
    /// The router says that the address cannot be reached.
    Rejects(&'static str, Option<u16>),
    /// Passes what would else meet a later part.
    Lets(&'static str, Option<u16>),
    /// Answers in place of everybody, on this port.
    Captures(u16, Capture),
    /// A server of the router's own, on this port.
    Serves(u16, Capture),
    /// A program on the router, by its command line; `DIR` and `GATEWAY` are filled in.
    Runs(Program),
    /// No route leads out: the router has lost its line.
    NoUplink,
    /// The computer has lost its own link.
    NoLink,
    /// Nobody has given the computer an address.
    NoAddress,
    /// Nobody has told the computer of a router.
    NoRoute,
    /// The router answers nobody on its own link.
    SilentRouter,
    /// The computer is connected to a VPN whose far end is silent.
    Vpn(Tunnels),
    /// The line is slow, loses packets or holds few of them.
    Shaped(Shape),
}

/// What answers in place of others.
#[derive(Debug, Clone)]
pub(crate) enum Capture {
    /// Nobody: the connection is reset.
    Resets,
    /// Plain HTTP.
    Http(Says),
    /// TLS with a certificate of the router's own, which nobody trusts.
    Https(Says),
    /// Accepts, and says nothing.
    Silence,
}

/// Real programs on routers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// Squid as the network's proxy, in every way that a scene needs, each on a port of its own.
    Squid,
    /// Squid that intercepts TLS and puts its own certificates in place of the sites'.
    Inspection,
    /// A SOCKS server that takes anybody.
    Socks,
    /// A SOCKS server that wants a password.
    SocksWithPassword,
}

/// A line's quality.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shape {
    /// One way, in milliseconds.
    pub(crate) delay: u64,
    /// In percent, each way.
    pub(crate) loss: u32,
    /// Bits per second, each way; 0 is no limit.
    pub(crate) rate: u64,
}

/// Every address.
pub(crate) const EVERYWHERE: &str = "0.0.0.0/0";
/// The canaries of all CDNs.
pub(crate) const CANARIES: &str = "11.1.200.0/24";
/// The named anchors.
pub(crate) const ANCHORS: &str = "11.0.5.0/24";
/// The literal addresses, which need no name.
pub(crate) const LITERALS: &str = "11.0.0.80/30";
/// The probe for portals.
pub(crate) const PROBE: &str = "11.0.6.1/32";
/// A hotel's own pages.
pub(crate) const HOTEL: &str = "11.0.6.2";

impl Network {
    /// Names by the router, no proxy.
    pub(crate) fn new(name: &'static str, parts: Vec<Part>) -> Self {
        Self { name, parts, names: Names::Router(Vec::new()), environment: Vec::new() }
    }

    /// With these names.
    pub(crate) fn names(mut self, names: Names) -> Self {
        self.names = names;
        self
    }

    /// With lines for dnsmasq.
    pub(crate) fn lines(self, lines: &[&str]) -> Self {
        self.names(Names::Router(lines.iter().map(|line| (*line).to_owned()).collect()))
    }

    /// With this proxy in the environment, as every program understands it.
    pub(crate) fn proxy(mut self, proxy: &'static str) -> Self {
        self.environment =
            ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"].map(|name| (name, proxy)).to_vec();
        self
    }

    /// With this proxy for all protocols.
    pub(crate) fn socks(mut self, proxy: &'static str) -> Self {
        self.environment = ["all_proxy", "ALL_PROXY"].map(|name| (name, proxy)).to_vec();
        self
    }
}
