//! Addresses that are not of the public internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is private, loopback, link-local, shared, documentation, multicast or reserved.
///
/// An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) is judged as the IPv4 address. Where a NAT64 of this network may
/// have its own prefix (RFC 8215), it is public only if whatever the translator may read in it is.
#[must_use]
pub fn is_private_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_reserved_v4(v4),
        IpAddr::V6(v6) if is_local_nat64(v6) => !leads_outside(v6),
        IpAddr::V6(v6) => embedded_ipv4(v6).map_or_else(|| is_reserved_v6(v6), is_reserved_v4) || leads_inside(v6),
    }
}

fn is_reserved_v4(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    RESERVED_V4.iter().any(|(start, length)| (bits ^ u32::from(*start)).leading_zeros() >= *length)
}

/// Only 2000::/3 is given out for the public network (RFC 4291, section 2.4); the rest is of this network, or nobody's yet, and
/// overlays (200::/7) have their own networks there.
fn is_reserved_v6(address: Ipv6Addr) -> bool {
    let bits = u128::from(address);
    let is_given_out = bits >> 125 == 1;
    !is_given_out || RESERVED_V6.iter().any(|(start, length)| (bits ^ u128::from(*start)).leading_zeros() >= *length)
}

/// Whether a tunnel's end (ISATAP, RFC 5214) would hand it on to a reserved IPv4 address.
fn leads_inside(v6: Ipv6Addr) -> bool {
    let [.., e, f, g, h] = v6.segments();
    let bits = (u32::from(g) << 16) | u32::from(h);
    matches!((e, f), (0 | 0x200, 0x5efe)) && is_reserved_v4(Ipv4Addr::from(bits))
}

/// 64:ff9b:1::/48, in which each network chooses the prefix of its own NAT64 (RFC 8215).
const fn is_local_nat64(v6: Ipv6Addr) -> bool {
    matches!(v6.segments(), [0x64, 0xFF9B, 1, ..])
}

/// Whether an address of a NAT64 leads to the public IPv4 network, whichever of the prefix lengths that fit in a /48
/// (RFC 6052, 2.2) the translator has. `0.0.0.0/8` is what the other lengths find in the zeros around the true one.
fn leads_outside(v6: Ipv6Addr) -> bool {
    let mut candidates = PREFIX_LENGTHS
        .iter()
        .map(|length| nat64_payload(v6, *length))
        .filter(|v4| u32::from(*v4) >> 24 != 0)
        .peekable();
    candidates.peek().is_some() && candidates.all(|v4| !is_reserved_v4(v4))
}

/// The IPv4 address that a NAT64 with a prefix of this length reads in an address: octet 8 is always left out (RFC 6052, 2.2).
#[must_use]
pub fn nat64_payload(v6: Ipv6Addr, length: usize) -> Ipv4Addr {
    let octets = v6.octets();
    let mut v4 = [0; 4];
    let places = (length / 8..16).filter(|place| *place != 8 || length == 96);
    for (octet, place) in v4.iter_mut().zip(places) {
        *octet = octets.get(place).copied().unwrap_or_default();
    }
    Ipv4Addr::from(v4)
}

const PREFIX_LENGTHS: [usize; 4] = [48, 56, 64, 96];

/// The IPv4 address inside an IPv4-mapped (RFC 4291), NAT64 (RFC 6052) or 6to4 (RFC 3056) address.
fn embedded_ipv4(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = v6.segments();
    let join = |high: u16, low: u16| {
        let [w, x] = high.to_be_bytes();
        let [y, z] = low.to_be_bytes();
        Ipv4Addr::new(w, x, y, z)
    };
    match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0xFFFF) | (0x64, 0xFF9B, 0, 0, 0, 0) => Some(join(g, h)),
        (0x2002, ..) => Some(join(b, c)),
        _ => None,
    }
}

/// From IANA's special-purpose address registry for IPv4: start and length of each block.
const RESERVED_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// The same for IPv6, as far as it lies in 2000::/3. Nothing of 2001::/23 is a web server's: Teredo, ORCHID and protocols' own
/// numbers.
const RESERVED_V6: [(Ipv6Addr, u32); 3] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];
