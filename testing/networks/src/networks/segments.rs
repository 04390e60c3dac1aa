//! Networks in each of which one segment fails: the computer's own link, its router, a VPN, a resolver.

use crate::network::{Names, Network, Part};
use crate::vpn::Tunnels;

pub(super) fn all() -> Vec<Network> {
    vec![
        Network::new("segment-no-address", vec![Part::NoAddress]).names(Names::Refused),
        Network::new("segment-no-router", vec![Part::NoRoute]),
        Network::new("segment-router-silent", vec![Part::SilentRouter]).names(Names::Refused),
        Network::new("segment-vpn-resolver", vec![Part::Vpn(Tunnels::ItsNetwork)]).names(Names::BehindVpn),
        Network::new("segment-vpn-dead", vec![Part::Vpn(Tunnels::Everything)]),
    ]
}
