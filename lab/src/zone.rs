//! The lab's DNS zone as data: who is where, who has moved, and which names fail how.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use crate::hosts::{self, Home, Host, MOVED};

/// How the name server treats a question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DnsMode {
    /// From the zone.
    #[default]
    Answer,
    /// As if the name did not exist.
    Nxdomain,
    /// "I cannot find out."
    Servfail,
    /// No reply at all.
    Silent,
}

/// The network a site can move to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cdn {
    /// The first edge.
    Fastly,
    /// The second edge.
    Cloudflare,
}

/// One link of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    Alias { from: String, to: String },
    Address { name: String, address: IpAddr },
}

/// What a name has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    Found(Vec<Link>),
    NoSuchName,
    Failed,
    Silence,
}

/// The zone with its switches.
#[derive(Clone, Debug)]
pub(crate) struct Zone {
    hosts: BTreeMap<String, Host>,
    moved: BTreeSet<String>,
    with_ipv6: BTreeSet<String>,
    modes: BTreeMap<String, DnsMode>,
    everywhere: DnsMode,
}

impl Zone {
    pub(crate) fn new() -> Self {
        let hosts = hosts::all().into_iter().map(|host| (host.name.clone(), host)).collect();
        let failing = [("nx", DnsMode::Nxdomain), ("servfail", DnsMode::Servfail), ("silent", DnsMode::Silent)];
        let modes = failing.map(|(label, mode)| (format!("{label}.{}", hosts::LAB_DOMAIN), mode));
        Self {
            hosts,
            moved: BTreeSet::new(),
            with_ipv6: BTreeSet::new(),
            modes: modes.into(),
            everywhere: DnsMode::Answer,
        }
    }

    /// Whether the zone has this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.hosts.contains_key(name)
    }

    pub(crate) fn set_everywhere(&mut self, mode: DnsMode) {
        self.everywhere = mode;
    }

    pub(crate) fn set_mode(&mut self, name: &str, mode: DnsMode) {
        self.modes.insert(name.to_owned(), mode);
    }

    pub(crate) fn move_to(&mut self, name: &str, cdn: Cdn) {
        match cdn {
            Cdn::Fastly => self.moved.remove(name),
            Cdn::Cloudflare => self.moved.insert(name.to_owned()),
        };
    }

    pub(crate) fn set_ipv6(&mut self, name: &str, on: bool) {
        if on {
            self.with_ipv6.insert(name.to_owned());
        } else {
            self.with_ipv6.remove(name);
        }
    }

    /// Looks up addresses of one family; a name without any gives `Found` with what leads there.
    pub(crate) fn look_up(&self, name: &str, family: Option<Family>) -> Lookup {
        match (self.everywhere, self.modes.get(name).copied().unwrap_or_default()) {
            (DnsMode::Answer, DnsMode::Answer) => {}
            (DnsMode::Silent, _) | (DnsMode::Answer, DnsMode::Silent) => return Lookup::Silence,
            (DnsMode::Servfail, _) | (DnsMode::Answer, DnsMode::Servfail) => return Lookup::Failed,
            (DnsMode::Nxdomain, _) | (DnsMode::Answer, DnsMode::Nxdomain) => return Lookup::NoSuchName,
        }
        let Some(host) = self.hosts.get(name) else {
            return self.look_up_alias(name, family);
        };
        let mut links = Vec::new();
        let mut end = name.to_owned();
        if let Some(alias) = self.alias(host) {
            links.push(Link::Alias { from: end, to: alias.clone() });
            end = alias;
        }
        let address = match family {
            Some(Family::V4) if self.moved.contains(name) => Some(IpAddr::V4(MOVED)),
            Some(Family::V4) => Some(host.address).filter(IpAddr::is_ipv4),
            Some(Family::V6) if host.address.is_ipv6() => Some(host.address),
            Some(Family::V6) if self.with_ipv6.contains(name) => Some(IpAddr::V6(Ipv6Addr::LOCALHOST)),
            Some(Family::V6) | None => None,
        };
        links.extend(address.map(|address| Link::Address { name: end, address }));
        Lookup::Found(links)
    }

    /// The CDN's own names resolve too.
    fn look_up_alias(&self, name: &str, family: Option<Family>) -> Lookup {
        let address = self.hosts.values().find_map(|host| match &host.alias {
            Some(alias) if alias == name => Some(host.address),
            Some(_) if host.home == Home::Edge && second_alias(&host.name) == name => Some(IpAddr::V4(MOVED)),
            Some(_) | None => None,
        });
        let found = |address: IpAddr| match family {
            Some(Family::V4) => vec![Link::Address { name: name.to_owned(), address }],
            Some(Family::V6) | None => Vec::new(),
        };
        address.map_or(Lookup::NoSuchName, |address| Lookup::Found(found(address)))
    }

    fn alias(&self, host: &Host) -> Option<String> {
        let alias = host.alias.clone()?;
        Some(if self.moved.contains(&host.name) { second_alias(&host.name) } else { alias })
    }
}

/// The address family that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

fn second_alias(name: &str) -> String {
    format!("{name}.cdn.cloudflare.net")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(zone: &Zone, name: &str, family: Family) -> Vec<String> {
        match zone.look_up(name, Some(family)) {
            Lookup::Found(links) => links
                .into_iter()
                .map(|link| match link {
                    Link::Alias { to, .. } => to,
                    Link::Address { address, .. } => address.to_string(),
                })
                .collect(),
            other @ (Lookup::NoSuchName | Lookup::Failed | Lookup::Silence) => vec![format!("{other:?}")],
        }
    }

    #[test]
    fn a_site_moves_to_the_other_cdn_and_back() {
        let mut zone = Zone::new();
        let site = "www.theguardian.com";
        assert_eq!(addresses(&zone, site, Family::V4), ["guardian.map.fastly.net", "127.0.1.12"]);
        zone.move_to(site, Cdn::Cloudflare);
        assert_eq!(addresses(&zone, site, Family::V4), ["www.theguardian.com.cdn.cloudflare.net", "127.0.2.1"]);
        zone.move_to(site, Cdn::Fastly);
        assert_eq!(addresses(&zone, site, Family::V4), ["guardian.map.fastly.net", "127.0.1.12"]);
    }

    #[test]
    fn a_dead_resolver_outranks_what_a_single_name_does() {
        let mut zone = Zone::new();
        assert_eq!(zone.look_up("nx.detour-lab.net", Some(Family::V4)), Lookup::NoSuchName);
        zone.set_everywhere(DnsMode::Silent);
        assert_eq!(zone.look_up("nx.detour-lab.net", Some(Family::V4)), Lookup::Silence);
        assert_eq!(zone.look_up("www.ign.com", Some(Family::V4)), Lookup::Silence);
    }

    #[test]
    fn ipv6_is_there_only_when_switched_on() {
        let mut zone = Zone::new();
        assert_eq!(addresses(&zone, "pages.detour-lab.net", Family::V6), [""; 0]);
        zone.set_ipv6("pages.detour-lab.net", true);
        assert_eq!(addresses(&zone, "pages.detour-lab.net", Family::V6), ["::1"]);
    }

    #[test]
    fn names_outside_the_lab_do_not_exist() {
        assert_eq!(Zone::new().look_up("example.com", Some(Family::V4)), Lookup::NoSuchName);
    }
}
