//! One proxy server, as settings write it: `http://user:password@proxy.example:3128`.

use std::fmt;

use data_encoding::BASE64;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// A proxy server, with what it wants to see first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyServer {
    pub(crate) kind: Kind,
    /// A name, or an address without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) credentials: Option<Credentials>,
}

/// What is spoken with a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// HTTP: CONNECT for https, whole addresses for http.
    Http,
    /// The same inside TLS.
    Https,
    /// SOCKS 5 (RFC 1928); the proxy looks names up.
    Socks5,
}

/// A user name and a password. They are sent to the proxy alone, and never written anywhere.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) user: String,
    pub(crate) password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

impl Credentials {
    /// The value of `Proxy-Authorization` (RFC 7617).
    pub(crate) fn basic(&self) -> String {
        format!("Basic {}", BASE64.encode(format!("{}:{}", self.user, self.password).as_bytes()))
    }
}

impl fmt::Display for ProxyServer {
    /// Without credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.kind {
            Kind::Http => "http",
            Kind::Https => "https",
            Kind::Socks5 => "socks5",
        };
        write!(f, "{scheme}://{}", self.authority())
    }
}

impl ProxyServer {
    /// Reads a server; without a scheme it speaks HTTP. `None` for what is no such address, and for kinds of proxies that
    /// are not spoken here (SOCKS 4, QUIC).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let url = Url::parse(&if text.contains("://") { text.to_owned() } else { format!("http://{text}") }).ok()?;
        // The ports are Chromium's (net/base/proxy_server.cc).
        let (kind, port) = match url.scheme() {
            "http" => (Kind::Http, 80),
            "https" => (Kind::Https, 443),
            "socks" | "socks5" | "socks5h" => (Kind::Socks5, 1080),
            _ => return None,
        };
        let host = match url.host()? {
            Host::Domain(name) if !name.is_empty() => name.to_owned(),
            Host::Domain(_) => return None,
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let credentials = (!url.username().is_empty()).then(|| Credentials {
            user: decoded(url.username()),
            password: decoded(url.password().unwrap_or_default()),
        });
        Some(Self { kind, host, port: url.port().unwrap_or(port), credentials })
    }

    /// The same, as this kind where the text does not say which.
    pub(crate) fn parse_as(scheme: &str, text: &str) -> Option<Self> {
        if text.contains("://") { Self::parse(text) } else { Self::parse(&format!("{scheme}://{text}")) }
    }

    /// `host:port`, as people know it.
    pub(crate) fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Whether another setting means the same server.
    pub(crate) fn is_same_place(&self, other: &Self) -> bool {
        self.host.eq_ignore_ascii_case(&other.host) && self.port == other.port
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_read_as_settings_write_them() {
        for (text, expected) in [
            ("proxy.example:3128", "http://proxy.example:3128"),
            ("http://proxy.example", "http://proxy.example:80"),
            ("https://proxy.example/", "https://proxy.example:443"),
            ("socks5h://10.0.0.1", "socks5://10.0.0.1:1080"),
            ("socks5://[2001:db8::1]:9050", "socks5://[2001:db8::1]:9050"),
            (" http://ann:secret@10.0.0.1:8080 ", "http://10.0.0.1:8080"),
        ] {
            assert_eq!(ProxyServer::parse(text).map(|server| server.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "socks4://10.0.0.1", "quic://10.0.0.1", "http://", "10.0.0.1:99999"] {
            assert_eq!(ProxyServer::parse(text), None, "{text}");
        }
    }

    #[test]
    fn credentials_are_decoded_and_not_shown() {
        let server = ProxyServer::parse("http://an%40n:s%3Acret@10.0.0.1:8080").unwrap();
        assert_eq!(server.credentials.as_ref().unwrap().basic(), format!("Basic {}", BASE64.encode(b"an@n:s:cret")));
        assert!(!format!("{server} {server:?}").contains("cret"));
    }
}
