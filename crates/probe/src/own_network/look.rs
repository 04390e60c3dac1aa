//! One look at a computer's network, whichever its system, and what is worth telling of it.

use std::net::IpAddr;

use detour_model::own_network::OwnNetwork;

/// One look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) links: Vec<Link>,
    /// The default routes' routers, at most one for each family: the one that is used.
    pub(super) routers: Vec<Router>,
    /// The links that the default routes choose.
    ways: Vec<String>,
    /// The links that the resolvers in use are reached through.
    resolvers: Vec<String>,
}

/// A network interface that is no loopback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// As the system names it.
    pub(super) name: String,
    pub(super) kind: LinkKind,
    /// It has a carrier, or whatever that is for its kind.
    pub(super) is_up: bool,
    pub(super) addresses: Vec<IpAddr>,
}

/// What kind of interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LinkKind {
    Wifi,
    /// A cable, or what stands for one in a virtual machine.
    Wire,
    /// A tunnel that somebody set up on purpose.
    Vpn,
    /// Bridges, containers' links, modems: a way out only where a route leads through it.
    Other,
}

/// A router on one of the links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Router {
    pub(super) link: String,
    pub(super) neighbour: Neighbour,
}

/// What the neighbour table (RFC 4861, 7.3.2, and the same for ARP) knows of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Neighbour {
    /// Was heard a moment ago.
    Answers,
    /// Nobody is there.
    Silent,
    /// Is being asked at this moment.
    Asked,
    /// Nobody has needed to know, or the system does not say.
    Untold,
}

/// How long the system has been asking for the router.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// This is the first look.
    Fresh,
    /// An earlier look was [`OWN_NETWORK_AGAIN`](crate::deadlines::OWN_NETWORK_AGAIN) ago. On its own link nobody needs that long.
    Waited,
}

impl Look {
    /// Of these links and routers.
    pub(super) const fn new(links: Vec<Link>, routers: Vec<Router>) -> Self {
        Self { links, routers, ways: Vec::new(), resolvers: Vec::new() }
    }

    /// Notes which links are chosen by the default routes, by the addresses that packets would have as their source.
    pub(super) fn find_ways(&mut self, sources: impl Iterator<Item = IpAddr>) {
        self.ways = self.links_of(sources);
    }

    /// The same for the resolvers.
    pub(super) fn find_resolvers(&mut self, sources: impl Iterator<Item = IpAddr>) {
        self.resolvers = self.links_of(sources);
    }

    fn links_of(&self, sources: impl Iterator<Item = IpAddr>) -> Vec<String> {
        let link = |source| self.links.iter().find(|link| link.addresses.contains(&source));
        sources.filter_map(|source| Some(link(source)?.name.clone())).collect()
    }

    /// What is worth telling, and whether another look could tell more.
    pub(super) fn noticed(&self, patience: Patience) -> (Vec<OwnNetwork>, bool) {
        let is_asked = self.routers.iter().any(|router| router.neighbour == Neighbour::Asked);
        let mut noticed = Vec::new();
        noticed.extend(self.way_out(patience));
        let is_vpn = |name: &String| self.link(name).is_some_and(|link| link.kind == LinkKind::Vpn);
        if !self.resolvers.is_empty() && self.resolvers.iter().all(is_vpn) {
            noticed.push(OwnNetwork::ResolverBehindVpn);
        }
        (noticed, !is_asked || patience == Patience::Waited)
    }

    /// Nearest first: what lies further off says nothing while this fails.
    fn way_out(&self, patience: Patience) -> Option<OwnNetwork> {
        let ways: Vec<&Link> = self.ways.iter().filter_map(|name| self.link(name)).collect();
        let is_own = |link: &&Link| match link.kind {
            LinkKind::Wifi | LinkKind::Wire => true,
            LinkKind::Vpn => false,
            LinkKind::Other => ways.contains(link),
        };
        let own: Vec<&Link> = self.links.iter().filter(is_own).collect();
        if own.is_empty() {
            return None;
        }
        // A tunnel may well call itself down while it carries packets.
        let is_dead_end = !ways.is_empty() && ways.iter().all(|way| !way.is_up && way.kind != LinkKind::Vpn);
        if is_dead_end || !own.iter().any(|link| link.is_up) {
            return Some(OwnNetwork::NoLink);
        }
        if ways.is_empty() && self.routers.is_empty() {
            let has_address = own.iter().any(|link| link.is_up && link.addresses.iter().any(is_given));
            return Some(if has_address { OwnNetwork::NoRouter } else { OwnNetwork::NoAddress });
        }
        if self.is_router_silent(patience) {
            return Some(OwnNetwork::RouterSilent);
        }
        let has = |kind| ways.iter().any(|way| way.kind == kind);
        match ways.is_empty() {
            true => None,
            false if has(LinkKind::Vpn) => Some(OwnNetwork::VpnUp),
            false if has(LinkKind::Wifi) => Some(OwnNetwork::WifiUp),
            false => Some(OwnNetwork::LinkUp),
        }
    }

    /// A router of either family that answers is a router.
    fn is_router_silent(&self, patience: Patience) -> bool {
        let is_silent = |router: &Router| match router.neighbour {
            Neighbour::Silent => true,
            Neighbour::Asked => patience == Patience::Waited,
            Neighbour::Answers | Neighbour::Untold => false,
        };
        let does_any_answer = self.routers.iter().any(|router| router.neighbour == Neighbour::Answers);
        !does_any_answer && self.routers.iter().any(is_silent)
    }

    fn link(&self, name: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.name == name)
    }
}

/// Whether somebody gave it: those that a computer gives itself (RFC 3927, RFC 4291) lead nowhere.
fn is_given(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !address.is_link_local(),
        IpAddr::V6(address) => !address.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(name: &str, kind: LinkKind, address: Option<&str>) -> Link {
        let addresses = address.iter().map(|address| address.parse().unwrap()).collect();
        Link { name: name.into(), kind, is_up: true, addresses }
    }

    fn down(link: Link) -> Link {
        Link { is_up: false, ..link }
    }

    fn wifi() -> Link {
        link("wlan0", LinkKind::Wifi, Some("192.0.2.7"))
    }

    fn tunnel() -> Link {
        link("tun0", LinkKind::Vpn, Some("198.51.100.7"))
    }

    fn router(link: &str, neighbour: Neighbour) -> Router {
        Router { link: link.into(), neighbour }
    }

    /// A look with its way out and its resolver at these of its own addresses.
    fn look(links: &[Link], routers: &[Router], way: Option<&str>, resolver: Option<&str>) -> Look {
        let mut look = Look::new(links.to_vec(), routers.to_vec());
        look.find_ways(way.into_iter().map(|source| source.parse().unwrap()));
        look.find_resolvers(resolver.into_iter().map(|source| source.parse().unwrap()));
        look
    }

    fn check(look: &Look, expected: &[OwnNetwork]) {
        assert_eq!(look.noticed(Patience::Fresh), (expected.to_vec(), true), "{look:?}");
    }

    #[test]
    fn the_nearest_thing_that_fails_is_told() {
        let ethernet = || link("eth0", LinkKind::Wire, None);
        check(&look(&[down(ethernet()), down(wifi())], &[], None, None), &[OwnNetwork::NoLink]);
        check(&look(&[ethernet(), down(wifi())], &[], None, None), &[OwnNetwork::NoAddress]);
        let own = link("wlan0", LinkKind::Wifi, Some("169.254.7.7"));
        check(&look(&[own], &[], None, None), &[OwnNetwork::NoAddress]);
        check(&look(&[wifi()], &[], None, None), &[OwnNetwork::NoRouter]);
        let silent = router("wlan0", Neighbour::Silent);
        check(&look(&[wifi()], &[silent], Some("192.0.2.7"), None), &[OwnNetwork::RouterSilent]);
        let answers = router("wlan0", Neighbour::Answers);
        check(&look(&[wifi()], &[answers], Some("192.0.2.7"), None), &[OwnNetwork::WifiUp]);
        let wire = link("eth0", LinkKind::Wire, Some("192.0.2.9"));
        check(&look(&[wire], &[], Some("192.0.2.9"), None), &[OwnNetwork::LinkUp]);
    }

    #[test]
    fn a_route_over_a_link_that_is_down_leads_nowhere() {
        let spare = link("eth1", LinkKind::Wire, None);
        check(&look(&[down(wifi()), spare], &[], Some("192.0.2.7"), None), &[OwnNetwork::NoLink]);
    }

    #[test]
    fn a_router_is_silent_only_where_it_was_asked_for_long_enough_and_no_other_answers() {
        let (way, asked) = (Some("192.0.2.7"), router("wlan0", Neighbour::Asked));
        let one = look(&[wifi()], std::slice::from_ref(&asked), way, None);
        assert_eq!(one.noticed(Patience::Fresh), (vec![OwnNetwork::WifiUp], false));
        assert_eq!(one.noticed(Patience::Waited), (vec![OwnNetwork::RouterSilent], true));
        check(&look(&[wifi()], &[router("wlan0", Neighbour::Untold)], way, None), &[OwnNetwork::WifiUp]);
        let both = [router("wlan0", Neighbour::Silent), router("wlan0", Neighbour::Answers)];
        check(&look(&[wifi()], &both, way, None), &[OwnNetwork::WifiUp]);
    }

    #[test]
    fn a_vpn_is_a_way_out_and_no_link() {
        let answers = [router("wlan0", Neighbour::Answers)];
        let way = Some("198.51.100.7");
        let both = [OwnNetwork::VpnUp, OwnNetwork::ResolverBehindVpn];
        check(&look(&[wifi(), tunnel()], &answers, way, way), &both);
        check(&look(&[wifi(), tunnel()], &answers, way, Some("192.0.2.7")), &[OwnNetwork::VpnUp]);
        // Part of the traffic goes through it, and the resolver is there.
        let part = [OwnNetwork::WifiUp, OwnNetwork::ResolverBehindVpn];
        check(&look(&[wifi(), tunnel()], &answers, Some("192.0.2.7"), way), &part);
        check(&look(&[down(wifi()), tunnel()], &[], way, None), &[OwnNetwork::NoLink]);
        let silent = [router("wlan0", Neighbour::Silent)];
        check(&look(&[wifi(), tunnel()], &silent, way, None), &[OwnNetwork::RouterSilent]);
    }

    #[test]
    fn containers_are_no_link_of_the_users_and_a_bridge_that_is_the_way_out_is() {
        let bridge = |address| link("docker0", LinkKind::Other, Some(address));
        check(&look(&[down(wifi()), bridge("172.17.0.1")], &[], None, None), &[OwnNetwork::NoLink]);
        check(&look(&[bridge("172.17.0.1")], &[], None, None), &[]);
        let lan = router("docker0", Neighbour::Answers);
        check(&look(&[bridge("192.0.2.1")], &[lan], Some("192.0.2.1"), None), &[OwnNetwork::LinkUp]);
    }
}
