//! What a computer says of its own network when it is asked nothing but that.

use serde::{Deserialize, Serialize};

/// What this computer's own interfaces, addresses, routes and neighbour table say of the way out.
///
/// Names of states alone: no address, no interface and no network's name is in it, so that it may leave the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OwnNetwork {
    /// No cable is plugged in, and no Wi-Fi is joined.
    NoLink,
    /// A link is up, and nobody has given it an address.
    NoAddress,
    /// A link has an address, and no router is known.
    NoRouter,
    /// The router does not answer on its own link: the neighbour table has no hardware address of it.
    RouterSilent,
    /// The way out is a Wi-Fi, and nothing speaks against it from this side.
    WifiUp,
    /// The way out is another link, and nothing speaks against it from this side.
    LinkUp,
    /// The way out is a VPN, and nothing speaks against the link below it.
    VpnUp,
    /// The resolvers in use are reached through a VPN. Beside one of the others.
    ResolverBehindVpn,
    /// What a later version calls something that this one does not know.
    #[serde(other)]
    Unrecognized,
}
