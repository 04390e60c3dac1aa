//! Services that a check may ask besides the site itself.

use std::fmt;
use std::net::IpAddr;

use detour_core::cdn::places;
use detour_core::target::Target;
use serde::Deserialize;
use url::{Host, Url};

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

    pub(super) fn known(cdn: &str) -> Option<Self> {
        match places::status_page(cdn)? {
            places::StatusPage::Summary(url) => Target::parse(url).ok().map(Self::Summary),
            places::StatusPage::Rss(url) => Target::parse(url).ok().map(Self::Rss),
        }
    }
}

/// Three public resolvers of three operators.
pub(super) const DEFAULT_DOH: [&str; 3] =
    ["https://1.1.1.1/dns-query", "https://8.8.8.8/dns-query", "https://9.9.9.9/dns-query"];
