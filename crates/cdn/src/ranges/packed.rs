//! The lists, packed by the compiler. What fails here fails the build: an address that cannot be read, a row too
//! many for a byte.
#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::panic,
    reason = "evaluated by the compiler, which reports both"
)]

use super::super::table::RANGES;

/// A block of addresses: its first one, how many of its leading bits count, whose it is. Of an IPv6 address only
/// the first half counts: nobody publishes blocks smaller than a /64.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block<T> {
    pub(super) start: T,
    pub(super) length: u8,
    pub(super) row: u8,
}

/// Sorted by length, then start.
pub(super) static V4: [Block<u32>; V4_COUNT] = {
    let mut table = [Block { start: 0, length: 0, row: 0 }; V4_COUNT];
    let mut index = 0;
    while index < V4_COUNT {
        let Line { start, length, row, .. } = SORTED[index];
        table[index] = Block { start: (start >> 32) as u32, length, row };
        index += 1;
    }
    table
};

/// Sorted by length, then start.
pub(super) static V6: [Block<u64>; LINES - V4_COUNT] = {
    let mut table = [Block { start: 0, length: 0, row: 0 }; LINES - V4_COUNT];
    let mut index = V4_COUNT;
    while index < LINES {
        let Line { start, length, row, .. } = SORTED[index];
        table[index - V4_COUNT] = Block { start, length, row };
        index += 1;
    }
    table
};

/// A bit for each length that occurs among IPv4 blocks.
pub(super) const V4_LENGTHS: u64 = lengths(0, V4_COUNT);

/// A bit for each length that occurs among IPv6 blocks.
pub(super) const V6_LENGTHS: u64 = lengths(V4_COUNT, LINES);

/// One line of a list; the first address in the upper bits.
#[derive(Clone, Copy)]
struct Line {
    is_v6: bool,
    length: u8,
    start: u64,
    row: u8,
}

const LINES: usize = {
    let mut lines = 0;
    let mut row = 0;
    while row < RANGES.len() {
        let text = RANGES[row].as_bytes();
        let mut at = 0;
        while at < text.len() {
            if text[at] != b'#' {
                lines += 1;
            }
            at = after_line(text, at);
        }
        row += 1;
    }
    lines
};

/// IPv4 first; then by length, then by start.
const SORTED: [Line; LINES] = {
    assert!(RANGES.len() <= 256, "a row's place no longer fits a byte");
    let mut sorted = [Line { is_v6: false, length: 0, start: 0, row: 0 }; LINES];
    let mut filled = 0;
    let mut row = 0;
    while row < RANGES.len() {
        let text = RANGES[row].as_bytes();
        let mut at = 0;
        while at < text.len() {
            if text[at] != b'#' {
                let line = read(text, at, row as u8);
                let mut place = filled;
                while place > 0 && is_before(line, sorted[place - 1]) {
                    sorted[place] = sorted[place - 1];
                    place -= 1;
                }
                sorted[place] = line;
                filled += 1;
            }
            at = after_line(text, at);
        }
        row += 1;
    }
    sorted
};

const V4_COUNT: usize = {
    let mut count = 0;
    while count < LINES && !SORTED[count].is_v6 {
        count += 1;
    }
    count
};

const fn lengths(from: usize, to: usize) -> u64 {
    let mut lengths = 0;
    let mut index = from;
    while index < to {
        lengths |= 1 << SORTED[index].length;
        index += 1;
    }
    lengths
}

const fn is_before(line: Line, other: Line) -> bool {
    if line.is_v6 != other.is_v6 {
        return other.is_v6;
    }
    line.length < other.length || (line.length == other.length && line.start < other.start)
}

const fn after_line(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && text[at] != b'\n' {
        at += 1;
    }
    at + 1
}

/// Reads `151.101.0.0/16` or `2a04:4e40::/32`; an IPv6 address ends in `::`.
const fn read(text: &[u8], mut at: usize, row: u8) -> Line {
    let mut start = 0_u64;
    let mut room = 64;
    let mut is_v6 = false;
    let mut part = Part { decimal: 0, hexadecimal: 0 };
    while text[at] != b'/' {
        match text[at] {
            b'.' => {
                room -= 8;
                start |= part.decimal << room;
                part = Part { decimal: 0, hexadecimal: 0 };
            }
            b':' if text[at - 1] == b':' => assert!(text[at + 1] == b'/', "a group after `::`"),
            b':' => {
                is_v6 = true;
                room -= 16;
                start |= part.hexadecimal << room;
                part = Part { decimal: 0, hexadecimal: 0 };
            }
            letter => part = part.with(letter),
        }
        at += 1;
    }
    if !is_v6 {
        assert!(room == 40, "an IPv4 address has four parts");
        start |= part.decimal << 32;
    }
    let mut length = Part { decimal: 0, hexadecimal: 0 };
    at += 1;
    while at < text.len() && text[at] != b'\n' {
        length = length.with(text[at]);
        at += 1;
    }
    let length = length.decimal;
    assert!(length > 0 && length <= if is_v6 { 63 } else { 32 }, "a length out of bounds");
    Line { is_v6, length: length as u8, start, row }
}

/// A part of an address, read both ways until it shows which it is.
#[derive(Clone, Copy)]
struct Part {
    decimal: u64,
    hexadecimal: u64,
}

impl Part {
    const fn with(self, letter: u8) -> Self {
        let digit = match letter {
            b'0'..=b'9' => letter - b'0',
            b'a'..=b'f' => letter - b'a' + 10,
            _ => panic!("no digit of an address"),
        };
        Self { decimal: self.decimal * 10 + digit as u64, hexadecimal: self.hexadecimal << 4 | digit as u64 }
    }
}
