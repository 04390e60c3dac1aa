//! A NAT64 of this network: IPv6 addresses that stand for IPv4 ones, found out as RFC 7050 says.
//!
//! A network may give its NAT64 a prefix from its own private range. What DNS64 makes of a site's name looks private then,
//! though it leads out. `ipv4only.arpa` has two IPv4 addresses that everybody knows: in its IPv6 addresses they show the
//! prefix. The name is asked of the own resolver, and only where a name leads to a private IPv6 address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use detour_model::target::{is_private_address, nat64_payload};
use tokio::time::Instant;

use crate::deadlines;
use crate::dns::Resolver;

/// The prefixes of this network's NAT64; none without one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Nat64(Vec<(Ipv6Addr, usize)>);

impl Nat64 {
    /// Looks for it.
    pub(super) async fn find(resolver: &Resolver, until: Instant) -> Self {
        let limit = until.min(Instant::now() + deadlines::DNS_TRY);
        let found = resolver.resolve(WELL_KNOWN_NAME, limit).await;
        Self::shown_by(&found.map(|found| found.addresses).unwrap_or_default())
    }

    fn shown_by(addresses: &[IpAddr]) -> Self {
        let mut prefixes = Vec::new();
        for address in addresses {
            let IpAddr::V6(v6) = address else { continue };
            // The longest first, as RFC 7050 wants the whole address searched: shorter ones are rare.
            let length = LENGTHS.iter().find(|length| WELL_KNOWN.contains(&nat64_payload(*v6, **length)));
            prefixes.extend(length.map(|length| (masked(*v6, *length), *length)));
        }
        Self(prefixes)
    }

    /// Whether an address leads through the NAT64 to a public IPv4 address.
    pub(super) fn leads_outside(&self, address: IpAddr) -> bool {
        let IpAddr::V6(v6) = address else { return false };
        let mut of_it = self.0.iter().filter(|(prefix, length)| masked(v6, *length) == *prefix).peekable();
        of_it.peek().is_some() && of_it.all(|(_, length)| !is_private_address(nat64_payload(v6, *length).into()))
    }
}

fn masked(v6: Ipv6Addr, length: usize) -> Ipv6Addr {
    let kept = u32::try_from(length).ok().and_then(|length| u128::MAX.checked_shl(128_u32.saturating_sub(length)));
    Ipv6Addr::from(u128::from(v6) & kept.unwrap_or(u128::MAX))
}

/// RFC 7050, 8.2.
const WELL_KNOWN_NAME: &str = "ipv4only.arpa";
const WELL_KNOWN: [Ipv4Addr; 2] = [Ipv4Addr::new(192, 0, 0, 170), Ipv4Addr::new(192, 0, 0, 171)];

/// RFC 6052, 2.2.
const LENGTHS: [usize; 6] = [96, 64, 56, 48, 40, 32];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shown: &str, address: &str, expected: bool) {
        let nat64 = Nat64::shown_by(&[shown.parse().unwrap()]);
        assert_eq!(nat64.leads_outside(address.parse().unwrap()), expected, "{shown} {address}");
    }

    #[test]
    fn the_prefix_shows_in_the_well_known_names_addresses() {
        check("fd00:64::192.0.0.170", "fd00:64::8.8.8.8", true);
        check("fd00:64::192.0.0.171", "fd00:64::10.0.0.1", false);
        check("fd00:64::192.0.0.170", "fd00:65::8.8.8.8", false);
        check("fd00:64::192.0.0.170", "192.168.0.1", false);
        // RFC 6052, 2.4, with a /48 and a /64.
        check("fd00:db8:122:c000:0:aa00::", "fd00:db8:122:808:8:800::", true);
        check("fd00:db8:122:344:c0:0:aa00::", "fd00:db8:122:344:8:808:800::", true);
        check("fd00:db8:122:344:c0:0:aa00::", "fd00:db8:122:344:a:0:100::", false);
        // A resolver that knows of no NAT64.
        check("192.0.0.170", "fd00::8.8.8.8", false);
        check("fd00:64::1", "fd00:64::8.8.8.8", false);
    }
}
