//! Linux: the kernel's own lists, by rtnetlink (rtnetlink(7)). Reading them needs no privilege.

use std::io;
use std::net::IpAddr;
use std::path::Path;

use netlink_packet_core::{NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::address::{AddressAttribute, AddressMessage};
use netlink_packet_route::link::{InfoKind, LinkAttribute, LinkFlags, LinkInfo, LinkMessage};
use netlink_packet_route::neighbour::{NeighbourAddress, NeighbourAttribute, NeighbourMessage, NeighbourState};
use netlink_packet_route::route::{RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteType};
use netlink_sys::protocols::NETLINK_ROUTE;
use netlink_sys::{Socket, SocketAddr};

use super::look::{Link, LinkKind, Look, Neighbour, Router};

/// One look.
///
/// # Errors
/// Where the kernel is not to be asked, as in some sandboxes.
pub(super) fn read() -> io::Result<Look> {
    let mut links = Vec::new();
    for message in dump(RouteNetlinkMessage::GetLink(LinkMessage::default()))? {
        if let RouteNetlinkMessage::NewLink(link) = message {
            links.push((link.header.index, link_of(&link, has_radio)));
        }
    }
    for message in dump(RouteNetlinkMessage::GetAddress(AddressMessage::default()))? {
        let RouteNetlinkMessage::NewAddress(given) = message else { continue };
        let link = links.iter_mut().find(|(index, _)| *index == given.header.index);
        if let (Some((_, Some(link))), Some(address)) = (link, own_address(&given)) {
            link.addresses.push(address);
        }
    }
    let mut routes = Vec::new();
    for message in dump(RouteNetlinkMessage::GetRoute(RouteMessage::default()))? {
        if let RouteNetlinkMessage::NewRoute(route) = message {
            routes.extend(default_route(&route));
        }
    }
    let mut neighbours = Vec::new();
    for message in dump(RouteNetlinkMessage::GetNeighbour(NeighbourMessage::default()))? {
        if let RouteNetlinkMessage::NewNeighbour(entry) = message {
            neighbours.extend(neighbour(&entry));
        }
    }
    let routers = routers(&routes, &links, &neighbours);
    Ok(Look::new(links.into_iter().filter_map(|(_, link)| link).collect(), routers))
}

/// All entries of one of the kernel's lists.
fn dump(request: RouteNetlinkMessage) -> io::Result<Vec<RouteNetlinkMessage>> {
    let mut socket = Socket::new(NETLINK_ROUTE)?;
    socket.bind_auto()?;
    socket.connect(&SocketAddr::new(0, 0))?;
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_DUMP | NLM_F_REQUEST;
    let mut message = NetlinkMessage::new(header, NetlinkPayload::from(request));
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    socket.send(&bytes, 0)?;
    let mut all = Vec::new();
    loop {
        let (datagram, _) = socket.recv_from_full()?;
        let mut rest = datagram.as_slice();
        while !rest.is_empty() {
            let message: NetlinkMessage<RouteNetlinkMessage> =
                NetlinkMessage::deserialize(rest).map_err(io::Error::other)?;
            let length = usize::try_from(message.header.length).map_err(io::Error::other)?;
            match message.payload {
                NetlinkPayload::InnerMessage(entry) => all.push(entry),
                NetlinkPayload::Error(error) => return Err(error.to_io()),
                NetlinkPayload::Noop | NetlinkPayload::Overrun(_) => {}
                NetlinkPayload::Done(_) | _ => return Ok(all),
            }
            rest = rest.get(length.next_multiple_of(ALIGNMENT)..).unwrap_or_default();
        }
    }
}

/// `None` for a loopback.
fn link_of(message: &LinkMessage, has_radio: impl Fn(&str) -> bool) -> Option<Link> {
    let flags = message.header.flags;
    if flags.contains(LinkFlags::Loopback) {
        return None;
    }
    let (mut name, mut kind, mut is_part) = (String::new(), None, false);
    for attribute in &message.attributes {
        if let LinkAttribute::IfName(given) = attribute {
            name.clone_from(given);
        } else if let LinkAttribute::LinkInfo(infos) = attribute {
            kind = infos.iter().find_map(|info| if let LinkInfo::Kind(kind) = info { Some(kind) } else { None });
        } else if let LinkAttribute::Controller(of) = attribute {
            // Part of a bridge or a bond, which has the addresses.
            is_part = *of != 0;
        }
    }
    let kind = if has_radio(&name) { LinkKind::Wifi } else { kind_of(kind, is_part) };
    Some(Link { name, kind, is_up: flags.contains(LinkFlags::Up | LinkFlags::Running), addresses: Vec::new() })
}

/// Hardware has no kind. Modems show a link without hardware addresses, as tunnels do, so that only the kind tells a tunnel.
fn kind_of(kind: Option<&InfoKind>, is_part: bool) -> LinkKind {
    match kind {
        Some(InfoKind::Tun | InfoKind::Wireguard | InfoKind::Xfrm | InfoKind::Vti | InfoKind::Vti6) => LinkKind::Vpn,
        Some(InfoKind::Other(name)) if name.starts_with("ovpn") => LinkKind::Vpn,
        _ if is_part => LinkKind::Other,
        None => LinkKind::Wire,
        Some(
            InfoKind::Bond | InfoKind::Team | InfoKind::Veth | InfoKind::Vlan | InfoKind::MacVlan | InfoKind::IpVlan,
        ) => LinkKind::Wire,
        Some(_) => LinkKind::Other,
    }
}

/// Wi-Fi links have a radio (sysfs: `/sys/class/net/<iface>/phy80211`).
fn has_radio(name: &str) -> bool {
    let folder = Path::new("/sys/class/net").join(name);
    folder.join("phy80211").exists() || folder.join("wireless").exists()
}

/// On a point-to-point link `Address` is the other end's.
fn own_address(message: &AddressMessage) -> Option<IpAddr> {
    let local =
        message.attributes.iter().find_map(|it| if let AddressAttribute::Local(own) = it { Some(*own) } else { None });
    let address = || {
        message.attributes.iter().find_map(|it| if let AddressAttribute::Address(own) = it { Some(*own) } else { None })
    };
    local.or_else(address)
}

/// A default route: its link, its router and its metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct DefaultRoute {
    link: u32,
    router: IpAddr,
    metric: u32,
}

fn default_route(message: &RouteMessage) -> Option<DefaultRoute> {
    let header = &message.header;
    let is_default = header.destination_prefix_length == 0
        && header.table == RouteHeader::RT_TABLE_MAIN
        && header.kind == RouteType::Unicast;
    if !is_default {
        return None;
    }
    let (mut link, mut router, mut metric) = (None, None, 0);
    for attribute in &message.attributes {
        if let RouteAttribute::Oif(index) = attribute {
            link = Some(*index);
        } else if let RouteAttribute::Gateway(RouteAddress::Inet(address)) = attribute {
            router = Some(IpAddr::V4(*address));
        } else if let RouteAttribute::Gateway(RouteAddress::Inet6(address)) = attribute {
            router = Some(IpAddr::V6(*address));
        } else if let RouteAttribute::Priority(priority) = attribute {
            metric = *priority;
        }
    }
    Some(DefaultRoute { link: link?, router: router?, metric })
}

fn neighbour(message: &NeighbourMessage) -> Option<(u32, IpAddr, Neighbour)> {
    let address = message.attributes.iter().find_map(|attribute| {
        let NeighbourAttribute::Destination(address) = attribute else { return None };
        match address {
            NeighbourAddress::Inet(address) => Some(IpAddr::V4(*address)),
            NeighbourAddress::Inet6(address) => Some(IpAddr::V6(*address)),
            NeighbourAddress::Other(_) | _ => None,
        }
    })?;
    let state = match message.header.state {
        NeighbourState::Reachable => Neighbour::Answers,
        NeighbourState::Failed => Neighbour::Silent,
        NeighbourState::Incomplete | NeighbourState::Probe => Neighbour::Asked,
        // One that was there before is not asked before five seconds without a word (`delay_first_probe_time`).
        NeighbourState::Delay
        | NeighbourState::Stale
        | NeighbourState::Noarp
        | NeighbourState::Permanent
        | NeighbourState::None
        | NeighbourState::Other(_)
        | _ => Neighbour::Untold,
    };
    Some((message.header.ifindex, address, state))
}

/// The router of the best default route in each family, where it is on a link of the user's.
fn routers(
    routes: &[DefaultRoute],
    links: &[(u32, Option<Link>)],
    neighbours: &[(u32, IpAddr, Neighbour)],
) -> Vec<Router> {
    let link = |route: &DefaultRoute| links.iter().find(|(index, _)| *index == route.link)?.1.as_ref();
    let is_own = |route: &&DefaultRoute| link(route).is_some_and(|link| link.kind != LinkKind::Vpn);
    let of_family = |is_v4| {
        let of_family = routes.iter().filter(is_own).filter(move |route| route.router.is_ipv4() == is_v4);
        of_family.min_by_key(|route| route.metric)
    };
    let known = |route: &DefaultRoute| {
        let entry = neighbours.iter().find(|(index, address, _)| (*index, *address) == (route.link, route.router));
        entry.map_or(Neighbour::Untold, |(_, _, state)| *state)
    };
    [true, false]
        .into_iter()
        .filter_map(of_family)
        .filter_map(|route| Some(Router { link: link(route)?.name.clone(), neighbour: known(route) }))
        .collect()
}

/// Messages begin at multiples of four bytes (netlink(7), `NLMSG_ALIGN`).
const ALIGNMENT: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tunnels_are_vpns_and_bridges_parts_no_links_of_the_users() {
        let wireguard = kind_of(Some(&InfoKind::Wireguard), false);
        assert_eq!([wireguard, kind_of(Some(&InfoKind::Tun), false)], [LinkKind::Vpn; 2]);
        assert_eq!(kind_of(Some(&InfoKind::Other("ovpn".into())), false), LinkKind::Vpn);
        assert_eq!([kind_of(None, false), kind_of(Some(&InfoKind::Vlan), false)], [LinkKind::Wire; 2]);
        let others =
            [kind_of(None, true), kind_of(Some(&InfoKind::Veth), true), kind_of(Some(&InfoKind::Bridge), false)];
        assert_eq!(others, [LinkKind::Other; 3]);
    }

    #[test]
    fn the_router_of_the_best_default_route_counts_and_not_a_vpns() {
        let link = |name: &str, kind| Link { name: name.into(), kind, is_up: true, addresses: Vec::new() };
        let links = [
            (2, Some(link("eth0", LinkKind::Wire))),
            (3, Some(link("wlan0", LinkKind::Wifi))),
            (9, Some(link("tun0", LinkKind::Vpn))),
            (1, None),
        ];
        let route = |link, router: &str, metric| DefaultRoute { link, router: router.parse().unwrap(), metric };
        let routes = [
            route(9, "198.51.100.1", 5),
            route(3, "192.0.2.129", 600),
            route(2, "192.0.2.1", 100),
            route(3, "fe80::1", 1024),
        ];
        let known = |link, router: &str, state| (link, router.parse().unwrap(), state);
        let neighbours = [known(2, "192.0.2.1", Neighbour::Silent), known(3, "192.0.2.129", Neighbour::Answers)];
        let expected = [
            Router { link: "eth0".into(), neighbour: Neighbour::Silent },
            Router { link: "wlan0".into(), neighbour: Neighbour::Untold },
        ];
        assert_eq!(routers(&routes, &links, &neighbours), expected);
    }

    #[test]
    fn the_kernel_answers_whoever_asks_and_the_loopback_is_no_link() {
        let links = dump(RouteNetlinkMessage::GetLink(LinkMessage::default())).unwrap();
        let is_loopback = |entry: &RouteNetlinkMessage| matches!(entry, RouteNetlinkMessage::NewLink(link) if link_of(link, |_| false).is_none());
        assert_eq!(links.iter().filter(|entry| is_loopback(entry)).count(), 1);
        assert!(read().is_ok());
    }
}
