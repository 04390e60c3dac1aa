//! Writing HTML, and the words that are seen.

use memchr::memmem;

use crate::page::Hash;

/// Text between tags.
pub(super) fn text(out: &mut String, text: &str) {
    let begin = out.len();
    escaped(out, text, |byte| matches!(byte, b'&' | b'<' | b'>' | b'\r' | 0));
    escape_joined(out, begin);
}

/// Where an element between two texts was left out, they become one, and may name a part together.
fn escape_joined(out: &mut String, begin: usize) {
    let reach = Hash::SCHEME.len() - 1;
    let from = out.floor_char_boundary(begin.saturating_sub(reach));
    let to = out.ceil_char_boundary((begin + reach).min(out.len()));
    if let Some(at) = out.get(from..to).and_then(|joined| joined.find(Hash::SCHEME)) {
        let colon = from + at + reach;
        out.replace_range(colon..=colon, "&#58;");
    }
}

/// Text that the cleaner made: it may name parts.
pub(super) fn own_text(out: &mut String, text: &str) {
    raw_escaped(out, text, |byte| matches!(byte, b'&' | b'<' | b'>' | b'\r' | 0));
}

/// An attribute, with the space before it.
pub(super) fn attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escaped(out, value, |byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\r' | 0));
    out.push('"');
}

/// An attribute whose value the cleaner made: it may name parts.
pub(super) fn own_attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    raw_escaped(out, value, |byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\r' | 0));
    out.push('"');
}

fn escaped(out: &mut String, value: &str, is_special: impl Fn(u8) -> bool) {
    // Only the cleaner names parts: where a page writes about them, the colon is written as a reference.
    if value.len() >= Hash::SCHEME.len() && memmem::find(value.as_bytes(), Hash::SCHEME.as_bytes()).is_some() {
        let mut pieces = value.split(Hash::SCHEME);
        raw_escaped(out, pieces.next().unwrap_or_default(), &is_special);
        for piece in pieces {
            out.push_str(Hash::SCHEME.trim_end_matches(':'));
            out.push_str("&#58;");
            raw_escaped(out, piece, &is_special);
        }
    } else {
        raw_escaped(out, value, is_special);
    }
}

fn raw_escaped(out: &mut String, value: &str, is_special: impl Fn(u8) -> bool) {
    let mut rest = value;
    while let Some(at) = rest.bytes().position(&is_special) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        out.push_str(match special.as_bytes().first() {
            Some(b'&') => "&amp;",
            Some(b'<') => "&lt;",
            Some(b'>') => "&gt;",
            Some(b'"') => "&quot;",
            // Read as a line feed when it is read again.
            Some(b'\r') => "\n",
            _ => "\u{fffd}",
        });
        // Each of them is one byte.
        rest = special.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// Words, with one space between them.
#[derive(Default)]
pub(super) struct Words {
    pub(super) text: String,
    is_parted: bool,
}

impl Words {
    pub(super) fn part(&mut self) {
        self.is_parted = true;
    }

    pub(super) fn add(&mut self, text: &str) {
        if text.starts_with(char::is_whitespace) {
            self.is_parted = true;
        }
        for word in text.split_whitespace() {
            if self.is_parted && !self.text.is_empty() {
                self.text.push(' ');
            }
            self.text.push_str(word);
            self.is_parted = true;
        }
        if !text.is_empty() {
            self.is_parted = text.ends_with(char::is_whitespace);
        }
    }
}
