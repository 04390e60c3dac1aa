//! Whom a check may ask, and where it may go: plain values, whoever wrote them down.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

use detour_model::target::{Target, is_private_address};
use ipnet::IpNet;
use serde::Deserialize;
use url::{Host, Url};

use crate::proxy::ProxySource;

/// Whom a check may ask besides the site itself. The default is nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contacts {
    /// Private ranges that may be connected to.
    pub allow_addresses: Vec<IpNet>,
    /// Takes the place of the operating system's resolver.
    pub resolver: Option<SocketAddr>,
    /// Where the proxy is looked for. It stands mostly in a private network, and is spoken to all the same.
    pub proxy: ProxySource,
    /// Servers to hold the resolver against.
    pub doh: Vec<Doh>,
    /// Controls by name: sites on networks that have nothing to do with each other.
    pub anchors: Vec<Target>,
    /// Controls by address, which answer TLS with a certificate for the address.
    pub literals: Vec<SocketAddr>,
    /// A plain-http address that an open network answers with 204.
    pub portal: Option<Target>,
    /// By a CDN's name, other sites on it to ask when the target fails.
    pub canaries: BTreeMap<String, Vec<Target>>,
    /// By a CDN's name, its status page.
    pub status_pages: BTreeMap<String, StatusPage>,
    /// The base address of the service that runs remote probes.
    pub globalping: Option<Url>,
    /// Whether a name that nobody has registered is looked up, to find out a resolver that makes answers up.
    pub ask_made_up_name: bool,
}

impl Contacts {
    /// Whether an address may be connected to.
    #[must_use]
    pub fn permits(&self, address: IpAddr) -> bool {
        !is_private_address(address) || self.allow_addresses.iter().any(|net| net.contains(&address))
    }
}

/// A DNS-over-HTTPS server. It is named by its address, since a name would need a resolver first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doh {
    url: Url,
    address: IpAddr,
}

impl Doh {
    /// Reads `https://9.9.9.9/dns-query`; `None` when it is not https, or has a name in place of the address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok().filter(|url| url.scheme() == "https")?;
        let address = match url.host()? {
            Host::Ipv4(address) => address.into(),
            Host::Ipv6(address) => address.into(),
            Host::Domain(_) => return None,
        };
        Some(Self { url, address })
    }

    /// Where questions are posted.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// The server's address.
    #[must_use]
    pub const fn address(&self) -> IpAddr {
        self.address
    }
}

impl fmt::Display for Doh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)
    }
}

/// A CDN's own status page, with the format it is in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusPage {
    /// A Statuspage `summary.json` or `status.json`.
    Summary(Target),
    /// An RSS feed of incidents.
    Rss(Target),
}

impl StatusPage {
    /// Where it is.
    #[must_use]
    pub const fn target(&self) -> &Target {
        match self {
            Self::Summary(target) | Self::Rss(target) => target,
        }
    }
}
