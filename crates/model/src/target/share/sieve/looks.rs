//! What a segment looks like.

use super::limits::SHORTEST_SHARED;
use crate::target::share::forms::{noise, pieces};

/// A moment in seconds since 1970.
pub(super) fn is_second(text: &str) -> bool {
    text.len() == 10 && text.parse().is_ok_and(|at: u64| (1_000_000_000..3_000_000_000).contains(&at))
}

/// Whether it is a number of the kind that one thing has: of a parcel, of an order.
pub(super) fn is_numbered(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= 8 && text.len() >= 10 && text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether it is in one piece as machines make it: of both cases, or hexadecimal. Shops' codes are neither.
pub(super) fn is_run(said: &str, shortest: usize) -> bool {
    let holds = |piece: &str, kind: fn(&u8) -> bool| piece.bytes().any(|byte| kind(&byte));
    pieces(said).any(|piece| {
        let is_mixed = holds(piece, u8::is_ascii_uppercase) && holds(piece, u8::is_ascii_lowercase);
        piece.len() >= shortest && noise(piece) > 0 && (is_mixed || is_hex(piece))
    })
}

/// `plink_1Ab2…`: what it is, and its number.
pub(super) fn is_typed(said: &str) -> bool {
    said.split_once('_').is_some_and(|(kind, number)| {
        let is_kind = (2..=8).contains(&kind.len()) && kind.bytes().all(|byte| byte.is_ascii_lowercase());
        is_kind && number.bytes().all(|byte| byte.is_ascii_alphanumeric()) && is_run(number, SHORTEST_SHARED)
    })
}

pub(super) fn is_hex(text: &str) -> bool {
    text.len() >= 6 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

pub(super) fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}
