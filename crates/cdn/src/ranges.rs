//! Whose address is it: longest-prefix match over the ranges that CDNs publish.
//!
//! The lists are text, one file per CDN in `ranges/`, each with where it is from. The compiler reads them: what a
//! binary holds is a sorted table of eight bytes a block (sixteen for IPv6), and nothing is parsed at run time.
//! The most specific block wins, whosever it is, so one CDN may sit inside another's range.
//!
//! Left out because they would outgrow everything else: bunny.net's 9,000 and Gcore's 1,800 single addresses, and
//! all of Azure's (108,000 blocks), AWS's and Google's clouds, which say who rents a machine and not who delivers.

use std::net::IpAddr;

use ipnet::IpNet;

use super::table::{CDNS, Row};

mod packed;

use packed::{Block, V4, V4_LENGTHS, V6, V6_LENGTHS};

/// Lists that were fetched later than this program was built.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// Blocks with the row's place in [`CDNS`], sorted by length and start.
    blocks: Vec<(IpNet, usize)>,
}

impl Published {
    /// From lists, each with the name of its CDN; names that are in no row are left out.
    #[must_use]
    pub fn new<'a>(lists: impl IntoIterator<Item = (&'a str, Vec<IpNet>)>) -> Self {
        let mut blocks: Vec<(IpNet, usize)> = lists
            .into_iter()
            .filter_map(|(name, nets)| Some((CDNS.iter().position(|row| row.name == name)?, nets)))
            .flat_map(|(row, nets)| nets.into_iter().map(move |net| (net.trunc(), row)))
            .collect();
        blocks.sort_unstable_by_key(|(net, _)| key(net));
        blocks.dedup_by_key(|(net, _)| *net);
        Self { blocks }
    }

    /// Whether there is a list of this CDN's.
    #[must_use]
    pub fn covers(&self, name: &str) -> bool {
        self.blocks.iter().any(|(_, row)| CDNS.get(*row).is_some_and(|row| row.name == name))
    }

    fn find(&self, address: IpAddr) -> Option<&'static Row> {
        let longest = if address.is_ipv4() { 32 } else { 128 };
        (0..=longest).rev().find_map(|length| {
            let wanted = IpNet::new(address, length).ok()?.trunc();
            let found = self.blocks.binary_search_by_key(&key(&wanted), |(net, _)| key(net)).ok()?;
            self.blocks.get(found).and_then(|(_, row)| CDNS.get(*row))
        })
    }
}

fn key(net: &IpNet) -> (u8, IpAddr) {
    (net.prefix_len(), net.network())
}

/// The CDN whose published ranges hold this address.
#[must_use]
pub fn by_address(address: IpAddr) -> Option<&'static Row> {
    let row = match address.to_canonical() {
        IpAddr::V4(address) => {
            let bits = u32::from(address);
            longest(&V4, V4_LENGTHS, |length| bits & (u32::MAX << (32 - u32::from(length))))
        }
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            let bits = u64::from(a) << 48 | u64::from(b) << 32 | u64::from(c) << 16 | u64::from(d);
            longest(&V6, V6_LENGTHS, |length| bits & (u64::MAX << (64 - u32::from(length))))
        }
    };
    CDNS.get(usize::from(row?))
}

/// The same, asking newer lists first. Where there is a newer list of a CDN's, the built-in one is silent.
#[must_use]
pub fn by_address_in(published: &Published, address: IpAddr) -> Option<&'static Row> {
    let address = address.to_canonical();
    published.find(address).or_else(|| by_address(address).filter(|row| !published.covers(row.name)))
}

/// How many blocks of this CDN's are built in.
#[must_use]
pub fn built_in(name: &str) -> usize {
    let is_its = |row: u8| CDNS.get(usize::from(row)).is_some_and(|row| row.name == name);
    V4.iter().filter(|block| is_its(block.row)).count() + V6.iter().filter(|block| is_its(block.row)).count()
}

/// The IPv4 and the IPv6 part of the table, byte by byte as a little-endian binary holds them: for finding out what
/// they add to one.
#[must_use]
pub fn packed() -> [Vec<u8>; 2] {
    fn bytes<T: Copy>(table: &[Block<T>], start: impl Fn(T) -> Vec<u8>) -> Vec<u8> {
        let block = |block: &Block<T>| {
            let mut bytes = start(block.start);
            bytes.extend([block.length, block.row]);
            bytes.resize(size_of::<Block<T>>(), 0);
            bytes
        };
        table.iter().flat_map(block).collect()
    }
    [bytes(&V4, |start| start.to_le_bytes().into()), bytes(&V6, |start| start.to_le_bytes().into())]
}

/// Looks for the block at each length that occurs, longest first.
fn longest<T: Copy + Ord>(table: &[Block<T>], lengths: u64, mask: impl Fn(u8) -> T) -> Option<u8> {
    let mut lengths = lengths;
    while let Some(length) = lengths.checked_ilog2().and_then(|length| u8::try_from(length).ok()) {
        let wanted = (length, mask(length));
        if let Ok(found) = table.binary_search_by_key(&wanted, |block| (block.length, block.start)) {
            return table.get(found).map(|block| block.row);
        }
        lengths ^= 1 << length;
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::table::RANGES;
    use super::*;

    /// The same, the slow and obvious way.
    fn naive(address: IpAddr) -> Option<&'static str> {
        let blocks = RANGES.iter().zip(&CDNS).flat_map(|(list, row)| {
            let lines = list.lines().filter(|line| !line.starts_with('#'));
            lines.map(move |line| (line.parse::<IpNet>().expect(line), row.name))
        });
        blocks.filter(|(net, _)| net.contains(&address)).max_by_key(|(net, _)| net.prefix_len()).map(|(_, name)| name)
    }

    fn name_of(address: IpAddr) -> Option<&'static str> {
        by_address(address).map(|row| row.name)
    }

    /// Addresses at and around the ends of every block, where mistakes are.
    fn edges() -> Vec<IpAddr> {
        let lines = RANGES.iter().flat_map(|list| list.lines()).filter(|line| !line.starts_with('#'));
        let nets = lines.map(|line| line.parse::<IpNet>().expect(line));
        nets.flat_map(|net| match net {
            IpNet::V4(net) => {
                let (first, last) = (u32::from(net.network()), u32::from(net.broadcast()));
                [first.wrapping_sub(1), first, last, last.wrapping_add(1)].map(|bits| IpAddr::V4(bits.into()))
            }
            IpNet::V6(net) => {
                let (first, last) = (u128::from(net.network()), u128::from(net.broadcast()));
                [first.wrapping_sub(1), first, last, last.wrapping_add(1)].map(|bits| IpAddr::V6(bits.into()))
            }
        })
        .collect()
    }

    #[test]
    fn the_packed_table_says_what_the_lists_say_at_the_ends_of_every_block() {
        let edges = edges();
        assert!(edges.len() > 1000, "{}", edges.len());
        for address in edges {
            assert_eq!(name_of(address), naive(address), "{address}");
        }
    }

    proptest! {
        #[test]
        fn the_packed_table_says_what_the_lists_say_anywhere(v4: u32, low: u128, place: usize, shift in 0_u32..64) {
            let near = edges();
            let address = IpAddr::V4(v4.into());
            prop_assert_eq!(name_of(address), naive(address));
            let moved = match near[place % near.len()] {
                IpAddr::V4(address) => IpAddr::V4((u32::from(address) ^ (v4 >> (shift % 32))).into()),
                IpAddr::V6(address) => IpAddr::V6((u128::from(address) ^ (low >> shift)).into()),
            };
            prop_assert_eq!(name_of(moved), naive(moved));
        }
    }

    #[test]
    fn addresses_of_each_vendor_are_known_and_others_are_not() {
        for (address, name) in [
            ("151.101.1.57", "Fastly"),
            ("2a04:4e42:400::347", "Fastly"),
            ("104.16.1.1", "Cloudflare"),
            ("2606:4700::6810:1", "Cloudflare"),
            ("::ffff:104.16.1.1", "Cloudflare"),
            ("13.224.1.1", "Amazon CloudFront"),
            ("2600:9000:2000::1", "Amazon CloudFront"),
            ("23.45.1.1", "Akamai"),
            ("13.107.246.40", "Azure Front Door"),
            ("45.60.1.1", "Imperva"),
            ("192.124.249.7", "Sucuri"),
            ("185.199.108.153", "GitHub Pages"),
            ("76.76.21.21", "Vercel"),
            ("75.2.60.5", "Netlify"),
            ("205.234.175.175", "CacheFly"),
            ("185.143.233.1", "ArvanCloud"),
        ] {
            assert_eq!(name_of(address.parse().unwrap()), Some(name), "{address}");
            assert!(built_in(name) > 0);
        }
        for address in ["198.51.100.1", "75.2.60.6", "8.8.8.8", "2001:db8::1", "::1", "0.0.0.0", "255.255.255.255"] {
            assert_eq!(name_of(address.parse().unwrap()), None, "{address}");
        }
    }

    #[test]
    fn a_newer_list_is_asked_first_and_silences_the_old_one_of_the_same_cdn() {
        let nets = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<IpNet>>();
        let published = Published::new([
            ("Fastly", nets(&["198.51.0.0/16", "2001:db8::/32"])),
            ("bunny.net", nets(&["198.51.100.7/32"])),
            ("Nobody's", nets(&["203.0.113.0/24"])),
        ]);
        for (address, name) in [
            ("198.51.100.1", Some("Fastly")),
            ("198.51.100.7", Some("bunny.net")),
            ("2001:db8::1", Some("Fastly")),
            ("151.101.1.57", None),
            ("104.16.1.1", Some("Cloudflare")),
            ("203.0.113.1", None),
        ] {
            let found = by_address_in(&published, address.parse().unwrap()).map(|row| row.name);
            assert_eq!(found, name, "{address}");
        }
    }
}
