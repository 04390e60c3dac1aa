//! The hosts of the replays: who delivers them, under which names and addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::chance::words;
use crate::moment::Moment;

/// Nodes in a POP; a new connection meets any of them.
pub(super) const NODES: u8 = 6;

/// A CDN, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cdn {
    /// Fastly.
    Fastly,
    /// Cloudflare.
    Cloudflare,
    /// Amazon CloudFront.
    CloudFront,
    /// Akamai.
    Akamai,
    /// Azure Front Door.
    FrontDoor,
    /// The site's own servers.
    Own,
}

impl Cdn {
    /// Its name for people; empty for none.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fastly => "Fastly",
            Self::Cloudflare => "Cloudflare",
            Self::CloudFront => "Amazon CloudFront",
            Self::Akamai => "Akamai",
            Self::FrontDoor => "Azure Front Door",
            Self::Own => "",
        }
    }
}

/// An address family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// The family of an address.
    #[must_use]
    pub const fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }
}

/// The part that a host plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The user opens it.
    Site,
    /// A large site on a CDN, asked only when that CDN is suspected.
    Canary,
    /// A neutral place, by its name.
    Anchor,
    /// A neutral place that needs no name, and answers DNS queries too.
    Literal,
    /// The captive-portal probe.
    Portal,
    /// The service that runs remote probes.
    RemoteApi,
    /// A CDN's own status page.
    StatusPage,
    /// A name made up for one check: nobody has registered it.
    Nowhere,
}

/// Which hosts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// All.
    All,
    /// Those of these names.
    Names(&'static [&'static str]),
    /// Those that this CDN delivers at that moment.
    On(Cdn),
    /// Those whose own servers are in this cloud region.
    OriginIn(&'static str),
    /// Those of this part.
    Role(Role),
}

/// Who delivers a host, and under which names and addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// Who.
    pub cdn: Cdn,
    /// The CNAMEs from the host's own name on, first to last.
    pub cnames: Vec<String>,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
}

/// A host.
#[derive(Debug, Clone)]
pub struct Host {
    /// Its name, or its address where it has none.
    pub name: &'static str,
    /// Its part.
    pub role: Role,
    /// Who delivers it.
    pub home: Home,
    /// When it moves, and where to.
    pub moves: Option<(Moment, Home)>,
    /// The cloud region of the servers behind it; empty where it does not matter.
    pub region: &'static str,
    /// Its servers' own name.
    pub server: &'static str,
    /// Its certificate was issued so many hours before the day's midnight.
    pub certificate_hours: u64,
}

impl Host {
    /// Who delivers it at this moment.
    #[must_use]
    pub fn home_at(&self, at: Moment) -> &Home {
        match &self.moves {
            Some((moment, home)) if at >= *moment => home,
            Some(_) | None => &self.home,
        }
    }

    /// The same with its servers in a cloud region.
    #[must_use]
    pub(super) const fn behind(mut self, region: &'static str, server: &'static str) -> Self {
        self.region = region;
        self.server = server;
        self
    }

    /// The same under IPv6 alone.
    #[must_use]
    pub(super) fn only_v6(mut self) -> Self {
        self.home.addresses.retain(IpAddr::is_ipv6);
        self
    }

    /// The same, moving to another CDN.
    #[must_use]
    pub(super) fn moving(mut self, at: Moment, to: Cdn) -> Self {
        self.moves = Some((at, home(self.name, to)));
        self
    }

    /// The same with a certificate of so many hours before midnight.
    #[must_use]
    pub(super) const fn certified(mut self, hours: u64) -> Self {
        self.certificate_hours = hours;
        self
    }
}

/// A site that the user opens.
pub(super) fn site(name: &'static str, cdn: Cdn) -> Host {
    host(name, Role::Site, cdn)
}

/// The hosts that every check may ask besides its target: anchors, portal, canaries, the remote probes' service.
pub(super) fn with_controls(mut sites: Vec<Host>) -> Vec<Host> {
    let own = |name, role, v4: [u8; 4], v6: [u16; 8]| Host {
        home: Home {
            cdn: if name == "1.1.1.1" { Cdn::Cloudflare } else { Cdn::Own },
            cnames: Vec::new(),
            addresses: vec![Ipv4Addr::from(v4).into(), Ipv6Addr::from(v6).into()],
        },
        ..host(name, role, Cdn::Own)
    };
    sites.extend([
        own("www.wikipedia.org", Role::Anchor, [185, 15, 59, 224], [0x2a02, 0xec80, 0x300, 0xed1a, 0, 0, 0, 1]),
        own("www.google.com", Role::Anchor, [142, 250, 185, 68], [0x2a00, 0x1450, 0x4001, 0x81c, 0, 0, 0, 0x2004]),
        own("www.debian.org", Role::Anchor, [130, 89, 148, 77], [0x2001, 0x67c, 0x2564, 0xa119, 0, 0, 0, 0x77]),
        own("1.1.1.1", Role::Literal, [1, 1, 1, 1], [0x2606, 0x4700, 0x4700, 0, 0, 0, 0, 0x1111]),
        own("8.8.8.8", Role::Literal, [8, 8, 8, 8], [0x2001, 0x4860, 0x4860, 0, 0, 0, 0, 0x8888]),
        own("9.9.9.9", Role::Literal, [9, 9, 9, 9], [0x2620, 0xfe, 0, 0, 0, 0, 0, 0xfe]),
        own(
            "connectivitycheck.gstatic.com",
            Role::Portal,
            [142, 250, 185, 99],
            [0x2a00, 0x1450, 0x4001, 0x82f, 0, 0, 0, 0x2003],
        ),
        host("api.globalping.io", Role::RemoteApi, Cdn::Fastly),
        host("qzkfwvhtbnxj.com", Role::Nowhere, Cdn::Own),
    ]);
    for (cdn, names) in CANARIES {
        sites.extend(names.iter().map(|name| host(name, Role::Canary, *cdn)));
    }
    sites
}

fn host(name: &'static str, role: Role, cdn: Cdn) -> Host {
    let home = home(name, cdn);
    Host { name, role, home, moves: None, region: "", server: "nginx", certificate_hours: 30 * 24 }
}

/// Addresses in the CDN's own ranges and CNAMEs in its own style, from the name alone.
fn home(name: &str, cdn: Cdn) -> Home {
    let [a, b, c, d, ..] = words(name).to_be_bytes();
    let group = u16::from_be_bytes([a, b]);
    let label = name.trim_start_matches("www.").replace('.', "-");
    let v4 = |bytes: [u8; 4]| IpAddr::from(bytes);
    let v6 = |first: [u16; 3], last: u16| IpAddr::from([first[0], first[1], first[2], 0, 0, 0, group, last]);
    let (cnames, addresses) = match cdn {
        Cdn::Fastly => (
            vec![format!("{label}.map.fastly.net")],
            vec![
                v4([151, 101, b, d]),
                v4([151, 101, b ^ 64, d]),
                v6([0x2a04, 0x4e42, 0x600], 347),
                v6([0x2a04, 0x4e42, 0x400], 347),
            ],
        ),
        // Its customers' names lead straight to its addresses.
        Cdn::Cloudflare => (
            Vec::new(),
            vec![
                v4([104, 16 + b % 8, c, d]),
                v4([172, 64 + b % 8, c, d]),
                v6([0x2606, 0x4700, 0x10], 0x6814),
                v6([0x2606, 0x4700, 0x20], 0xac43),
            ],
        ),
        Cdn::CloudFront => (
            vec![format!("d{a:02x}{b:02x}{c:02x}{d:02x}xyzab.cloudfront.net")],
            vec![v4([13, 224 + b % 4, c, d]), v4([13, 224 + b % 4, c, d ^ 1]), v6([0x2600, 0x9000, 0x2057], 0x93a1)],
        ),
        Cdn::Akamai => (
            vec![format!("{name}.edgekey.net"), format!("e{group}.a.akamaiedge.net")],
            vec![v4([23, 32 + b % 32, c, d]), v6([0x2a02, 0x26f0, 0x3500], 0x2add)],
        ),
        Cdn::FrontDoor => (
            vec![
                format!("{label}-fmb9dvh.z01.azurefd.net"),
                "star-azurefd-prod.trafficmanager.net".to_owned(),
                "shed.dual-low.s-part-0017.t-0009.t-msedge.net".to_owned(),
            ],
            vec![v4([13, 107, 246, 32 + b % 64]), v4([13, 107, 213, 32 + b % 64]), v6([0x2620, 0x1ec, 0xbdf], 0x45)],
        ),
        Cdn::Own => (Vec::new(), vec![v4([88, 198, c, d.max(1)]), v6([0x2a01, 0x4f8, 0x1c0c], 1)]),
    };
    Home { cdn, cnames, addresses }
}

/// Sites on unrelated domains, by who delivered them.
const CANARIES: &[(Cdn, &[&str])] = &[
    (Cdn::Fastly, &["www.nytimes.com", "pypi.org", "www.shopify-canary.net"]),
    (Cdn::Cloudflare, &["www.discord-canary.com", "www.npmjs.com", "www.canva-canary.net"]),
    (Cdn::CloudFront, &["www.imdb-canary.com", "www.slack-canary.net", "d1canary.net"]),
    (Cdn::Akamai, &["www.apple-canary.com", "www.ikea-canary.net", "www.adobe-canary.org"]),
    (Cdn::FrontDoor, &["www.bing-canary.com", "www.heathrow-canary.net", "www.starbucks-canary.org"]),
];
