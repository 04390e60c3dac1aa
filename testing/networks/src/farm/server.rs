//! The programs, each with its address.

use std::net::Ipv4Addr;

/// A server program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    HaProxy,
    Nginx,
    Apache,
    Lighttpd,
    Caddy,
    Squid,
    /// Apache Traffic Server.
    Ats,
    Varnish,
}

impl Server {
    pub(crate) const ALL: [Self; 8] =
        [Self::HaProxy, Self::Nginx, Self::Apache, Self::Lighttpd, Self::Caddy, Self::Squid, Self::Ats, Self::Varnish];

    /// Some speak plain HTTP alone, as they are packaged.
    pub(crate) const fn scheme(self) -> &'static str {
        match self {
            Self::HaProxy | Self::Nginx | Self::Apache | Self::Caddy | Self::Squid | Self::Ats => "https",
            Self::Lighttpd | Self::Varnish => "http",
        }
    }

    pub(super) fn port(self) -> u16 {
        if self.scheme() == "https" { 443 } else { 80 }
    }

    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::HaProxy => "haproxy",
            Self::Nginx => "nginx",
            Self::Apache => "apache",
            Self::Lighttpd => "lighttpd",
            Self::Caddy => "caddy",
            Self::Squid => "squid",
            Self::Ats => "trafficserver",
            Self::Varnish => "varnish",
        }
    }

    pub(super) fn address(self) -> Ipv4Addr {
        let place = Self::ALL.iter().position(|server| *server == self).unwrap_or_default();
        Ipv4Addr::new(11, 1, 1, u8::try_from(place + 1).unwrap_or_default())
    }
}

/// Where the site with old ciphers is.
pub(super) const OLD_CIPHERS_AT: Ipv4Addr = Ipv4Addr::new(11, 1, 1, 20);
