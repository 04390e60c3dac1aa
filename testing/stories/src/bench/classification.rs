//! Whose address is it: how fast the packed table says so, against the slow and obvious way over the same lists, and
//! what it adds to the wasm.

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use detour_core::cdn::{self, CDNS};
use ipnet::IpNet;
use serde_json::{Value, json};
use wasmparser::{DataKind, Operator, Parser, Payload};

use super::figures::quantile;
use super::size::gzipped;
use crate::place;

pub(super) fn measure() -> Result<Value> {
    let blocks = lists()?;
    let speed = speed(&blocks)?;
    let bytes = bytes(&std::fs::read(place::built("chromium/wasm/detour_bg.wasm")?)?)?;
    Ok(json!({ "by_address": speed, "table": bytes }))
}

/// Half of the addresses lie anywhere, half inside the lists; the two ways take turns.
fn speed(blocks: &[IpNet]) -> Result<Value> {
    let mut dice = SplitMix64(20_210_608);
    let addresses: Vec<IpAddr> = (0..TURNS * PER_TURN).map(|nth| dice.address(blocks, nth)).collect();
    let (mut packed, mut ratios, mut hits) = (Vec::new(), Vec::new(), 0);
    for turn in addresses.chunks(PER_TURN) {
        let (known, took) = timed(turn, |address| cdn::by_address(address).is_some());
        let (listed, slow) = timed(turn, |address| naive(blocks, address).is_some());
        ensure!(known == listed, "the table knows {known} of these addresses, the lists {listed}");
        hits += known;
        packed.push(turn.len() as f64 / took.as_secs_f64());
        ratios.push(slow.as_secs_f64() / took.as_secs_f64());
    }
    println!(
        "classification: {:.1} million addresses/s ({} addresses, {} known), {:.1} times as fast as a scan of the {} blocks",
        quantile(&packed, 0.5) / 1e6,
        addresses.len(),
        hits,
        quantile(&ratios, 0.5),
        blocks.len(),
    );
    Ok(json!({
        "addresses": addresses.len(),
        "known": hits,
        "per_second": quantile(&packed, 0.5).round(),
        "ratio_to_scan": quantile(&ratios, 0.5),
        "blocks": blocks.len(),
    }))
}

/// What of the wasm is the table: the packed ranges, and the rows' names, suffixes, headers and rules. Each is looked
/// for in the data of the wasm itself; gzipped, it is what the wasm shrinks by when zeros are in its place. Not
/// counted: the rows' pointers, the code that looks things up, and long zeros, which a wasm does not write down.
fn bytes(wasm: &[u8]) -> Result<Value> {
    let mut without = wasm.to_vec();
    let data = Data::of(wasm)?;
    let mut ranges = 0;
    for packed in cdn::ranges::packed() {
        let places = data.find(&packed).context("the wasm does not hold the packed ranges")?;
        ranges += places.iter().flatten().count();
        blank(&mut without, places);
    }
    let ranges_gzipped = gzipped(wasm)?.saturating_sub(gzipped(&without)?);
    let mut rows = 0;
    for text in CDNS.iter().flat_map(|row| [row.name, row.names, row.headers, row.pop]) {
        // A text that ends another one is kept inside of that by the linker, and counts once.
        rows += data.find(text.as_bytes()).map_or(0, |places| blank(&mut without, places));
    }
    let gzipped = gzipped(wasm)?.saturating_sub(gzipped(&without)?);
    println!(
        "table in the wasm: {} bytes, {gzipped} of the gzipped ones; of these the {} rows' texts {rows}, \
         the packed ranges {ranges} and {ranges_gzipped} gzipped",
        ranges + rows,
        CDNS.len(),
    );
    Ok(json!({
        "bytes": ranges + rows,
        "gzipped_bytes": gzipped,
        "ranges_bytes": ranges,
        "ranges_gzipped_bytes": ranges_gzipped,
        "rows": CDNS.len(),
    }))
}

/// Puts zeros into these places; how many were not zero.
fn blank(wasm: &mut [u8], places: &[Option<usize>]) -> usize {
    let mut count = 0;
    for place in places.iter().flatten() {
        if let Some(byte) = wasm.get_mut(*place) {
            count += usize::from(*byte != 0);
            *byte = 0;
        }
    }
    count
}

/// The data of a wasm as it lies in memory. The file has it in pieces: where there are long zeros, none are written.
struct Data {
    bytes: Vec<u8>,
    /// Of each byte, its place in the file; `None` for what is not written.
    places: Vec<Option<usize>>,
}

impl Data {
    fn of(wasm: &[u8]) -> Result<Self> {
        let mut data = Self { bytes: Vec::new(), places: Vec::new() };
        for payload in Parser::new(0).parse_all(wasm) {
            let Payload::DataSection(pieces) = payload? else { continue };
            for piece in pieces {
                let piece = piece?;
                let DataKind::Active { offset_expr, .. } = piece.kind else { continue };
                let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else { continue };
                data.lay(usize::try_from(value)?, piece.data, piece.range.end);
            }
        }
        Ok(data)
    }

    /// A piece at this address, which ends here in the file.
    fn lay(&mut self, address: usize, piece: &[u8], end_in_file: usize) {
        let end = address + piece.len();
        self.bytes.resize(self.bytes.len().max(end), 0);
        self.places.resize(self.places.len().max(end), None);
        let bytes = self.bytes.iter_mut().skip(address);
        for (byte, own) in bytes.zip(piece) {
            *byte = *own;
        }
        for (place, in_file) in self.places.iter_mut().skip(address).zip(end_in_file - piece.len()..end_in_file) {
            *place = Some(in_file);
        }
    }

    /// Where in the file each byte of this is.
    fn find(&self, part: &[u8]) -> Option<&[Option<usize>]> {
        if part.is_empty() {
            return None;
        }
        let first = self.bytes.windows(part.len()).position(|window| window == part)?;
        self.places.get(first..first + part.len())
    }
}

fn timed(addresses: &[IpAddr], is_known: impl Fn(IpAddr) -> bool) -> (usize, Duration) {
    let begin = Instant::now();
    let known = addresses.iter().filter(|address| is_known(black_box(**address))).count();
    (black_box(known), begin.elapsed())
}

/// The longest block that holds the address, every one looked at.
fn naive(blocks: &[IpNet], address: IpAddr) -> Option<&IpNet> {
    blocks.iter().filter(|block| block.contains(&address)).max_by_key(|block| block.prefix_len())
}

/// The lists that the table is packed from.
fn lists() -> Result<Vec<IpNet>> {
    let folder = place::workspace().join("crates/cdn/src/ranges");
    let mut blocks = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_none_or(|end| end != "txt") {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            blocks.push(line.parse().with_context(|| format!("{line} in {}", path.display()))?);
        }
    }
    blocks.sort_unstable();
    Ok(blocks)
}

/// Sebastiano Vigna's generator: the same addresses in every run.
struct SplitMix64(u64);

impl SplitMix64 {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// In turn: IPv4 anywhere, IPv6 anywhere, and twice somewhere in one of the blocks.
    fn address(&mut self, blocks: &[IpNet], nth: usize) -> IpAddr {
        let wide = u128::from(self.next()) << 64 | u128::from(self.next());
        let narrow = (wide >> 96) as u32;
        match nth % 4 {
            0 => Ipv4Addr::from(narrow).into(),
            // Global unicast, as everything on the public internet is.
            1 => Ipv6Addr::from(1 << 125 | wide >> 3).into(),
            _ => match self.one_of(blocks) {
                Some(IpNet::V4(block)) => {
                    Ipv4Addr::from(u32::from(block.network()) | narrow & u32::from(block.hostmask())).into()
                }
                Some(IpNet::V6(block)) => {
                    Ipv6Addr::from(u128::from(block.network()) | wide & u128::from(block.hostmask())).into()
                }
                None => Ipv4Addr::from(narrow).into(),
            },
        }
    }

    fn one_of<'a>(&mut self, blocks: &'a [IpNet]) -> Option<&'a IpNet> {
        let place = usize::try_from(self.next()).unwrap_or_default().checked_rem(blocks.len())?;
        blocks.get(place)
    }
}

const TURNS: usize = 20;
const PER_TURN: usize = 20_000;
