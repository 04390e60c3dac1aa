//! What goes without a proxy: `NO_PROXY`, and the patterns of browsers and desktops.

use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

/// The rules by which an address goes without a proxy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bypass(Vec<Rule>);

/// How a bare name is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BareName {
    /// `example.org` means its subdomains too: environment variables, Gecko, KDE.
    WithSubdomains,
    /// `example.org` means this host: Chromium, GNOME, Windows, macOS.
    Alone,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Everything,
    /// Names without a dot.
    Local,
    Net(IpNet),
    /// A pattern with `*`, and a port and a scheme where one is named.
    Name {
        pattern: String,
        port: Option<u16>,
        scheme: Option<String>,
    },
}

impl Bypass {
    /// Reads rules; those that mean nothing here are left out, so that what they speak of goes through the proxy.
    pub(crate) fn read<'a>(rules: impl IntoIterator<Item = &'a str>, bare: BareName) -> Self {
        Self(rules.into_iter().flat_map(|text| rule(text.trim(), bare)).collect())
    }

    /// Whether an address goes without a proxy. This computer itself always does: no proxy leads there.
    pub(crate) fn covers(&self, url: &Url) -> bool {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) | None => None,
        };
        let name = url.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
        if name == "localhost" || address.is_some_and(|address| address.is_loopback()) {
            return true;
        }
        self.0.iter().any(|rule| match rule {
            Rule::Everything => true,
            Rule::Local => address.is_none() && !name.contains('.'),
            Rule::Net(net) => address.is_some_and(|address| net.contains(&address)),
            Rule::Name { pattern, port, scheme } => {
                let is_port = port.is_none_or(|port| url.port_or_known_default() == Some(port));
                is_port && scheme.as_deref().is_none_or(|scheme| scheme == url.scheme()) && matches(pattern, &name)
            }
        })
    }
}

fn rule(text: &str, bare: BareName) -> Vec<Rule> {
    let text = text.to_ascii_lowercase();
    match text.as_str() {
        "" => return Vec::new(),
        "*" => return vec![Rule::Everything],
        "<local>" => return vec![Rule::Local],
        // Chromium's `<-loopback>` sends this computer's own addresses to the proxy; they are never looked at.
        other if other.starts_with('<') => return Vec::new(),
        _ => {}
    }
    if let Ok(net) = text.parse() {
        return vec![Rule::Net(net)];
    }
    if let Ok(address) = text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        return vec![Rule::Net(address.into())];
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_owned()), rest),
        None => (None, text.as_str()),
    };
    let (host, port) = match rest.rsplit_once(':').map(|(host, port)| (host, port.parse::<u16>())) {
        Some((host, Ok(port))) => (host, Some(port)),
        Some((_, Err(_))) | None => (rest, None),
    };
    let name = |pattern: String| Rule::Name { pattern, port, scheme: scheme.clone() };
    match host.strip_prefix('.') {
        // curl and Go let `.example.org` mean the name itself as well.
        Some(parent) if bare == BareName::WithSubdomains => vec![name(parent.to_owned()), name(format!("*.{parent}"))],
        Some(parent) => vec![name(format!("*.{parent}"))],
        None if bare == BareName::WithSubdomains && !host.contains('*') => {
            vec![name(host.to_owned()), name(format!("*.{host}"))]
        }
        None => vec![name(host.to_owned())],
    }
}

/// Whether a name is of a pattern, in which `*` is anything.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices()
                .map(|(at, _)| at)
                .chain([rest.len()])
                .any(|at| rest.get(at..).is_some_and(|rest| matches(after, rest)))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rules: &[&str], bare: BareName, url: &str, expected: bool) {
        let bypass = Bypass::read(rules.iter().copied(), bare);
        assert_eq!(bypass.covers(&Url::parse(url).unwrap()), expected, "{rules:?} {url}");
    }

    #[test]
    fn the_environment_means_subdomains_too() {
        use BareName::WithSubdomains as Env;
        check(&["example.org"], Env, "https://example.org/", true);
        check(&["example.org"], Env, "https://www.example.org/", true);
        check(&[".example.org"], Env, "https://example.org/", true);
        check(&["example.org"], Env, "https://anexample.org/", false);
        check(&["example.org:8443"], Env, "https://example.org/", false);
        check(&["example.org:8443"], Env, "https://example.org:8443/", true);
        check(&["10.0.0.0/8"], Env, "https://10.1.2.3/", true);
        check(&["192.0.2.1"], Env, "https://192.0.2.1/", true);
        check(&["*"], Env, "https://www.example.org/", true);
        check(&[], Env, "https://www.example.org/", false);
        check(&[], Env, "http://localhost:8080/", true);
        check(&[], Env, "http://127.0.0.7/", true);
    }

    #[test]
    fn browsers_and_desktops_mean_the_name_alone_and_have_patterns() {
        use BareName::Alone;
        check(&["example.org"], Alone, "https://www.example.org/", false);
        check(&["*.example.org"], Alone, "https://www.example.org/", true);
        check(&[".example.org"], Alone, "https://www.example.org/", true);
        check(&["192.168.*"], Alone, "http://192.168.7.7/", true);
        check(&["http://*.example.org"], Alone, "https://www.example.org/", false);
        check(&["<local>"], Alone, "http://intranet/", true);
        check(&["<local>"], Alone, "http://www.example.org/", false);
        check(&["<-loopback>"], Alone, "http://www.example.org/", false);
    }
}
