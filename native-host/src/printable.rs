//! Everything that this program writes for people and for other programs goes through here.
//!
//! Headers, titles, certificates, names, status pages and remote probes are written by strangers. A terminal obeys
//! control characters and a reader believes what bidirectional marks rearrange, so both are shown, never carried out:
//! as `\u{1b}` between words and as `\u001b` in JSON, where reading gives back the same text.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write};

use serde::Serialize;

/// Lines and documents that hold nothing but what can be seen. Every command writes by these.
pub trait Lines: Write {
    /// Writes one line. A line break within it is shown as well: nobody else begins a line.
    ///
    /// # Errors
    /// When it cannot be written.
    fn line(&mut self, text: impl Display) -> io::Result<()> {
        let text = text.to_string();
        self.write_all(format!("{}\n", printable(&text)).as_bytes())
    }

    /// Writes a value as JSON on one line.
    ///
    /// # Errors
    /// When it cannot be written.
    fn json_line(&mut self, value: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string(value)?;
        self.write_all(format!("{}\n", in_json(&text)).as_bytes())
    }

    /// Writes a value as JSON over several lines.
    ///
    /// # Errors
    /// When it cannot be written.
    fn json_document(&mut self, value: &impl Serialize) -> io::Result<()> {
        // By way of a value, so that keys come in one order.
        let text = format!("{:#}", serde_json::to_value(value)?);
        self.write_all(format!("{}\n", in_json(&text)).as_bytes())
    }
}

impl<W: Write + ?Sized> Lines for W {}

/// A text in which everything can be seen, on one line.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, |character| character.escape_unicode().to_string())
}

/// JSON in which everything can be seen; it means the same.
///
/// Outside of strings JSON has no character but ASCII, and no string has a line break, so these are the layout's.
#[must_use]
pub fn in_json(text: &str) -> Cow<'_, str> {
    escaped(text, |character| {
        if character == '\n' {
            return '\n'.to_string();
        }
        let mut units = [0; 2];
        character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
    })
}

fn escaped(text: &str, escape: impl Fn(char) -> String) -> Cow<'_, str> {
    if text.chars().all(is_visible) {
        return Cow::Borrowed(text);
    }
    text.chars()
        .fold(String::with_capacity(text.len() + 8), |mut all, character| {
            if is_visible(character) {
                all.push(character);
            } else {
                all.push_str(&escape(character));
            }
            all
        })
        .into()
}

/// Whether a character only takes the place that it is seen in: no control (Cc, C1 included), no format (Cf: marks of
/// direction, joiners, tags), no separator of lines or paragraphs, and nothing unassigned, private or invisible.
fn is_visible(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    let is_blank =
        character.is_whitespace() && !character.is_control() && !matches!(character, '\u{2028}' | '\u{2029}');
    // The standard library's table of what can be printed follows Unicode; after a letter it lets accents through.
    let has_form = || ['a', character].iter().collect::<String>().escape_debug().nth(1) == Some(character);
    is_blank || (has_form() && !is_filler(character))
}

/// Letters and marks by their category that show nothing (Default_Ignorable_Code_Point).
const fn is_filler(character: char) -> bool {
    matches!(
        character,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0d}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// A writer behind which everything can be seen; line breaks stay. The last resort: what forgets [`Lines`], and words
/// that libraries write by themselves.
#[derive(Debug)]
pub struct Printable<W: Write> {
    out: W,
    /// The beginning of a character whose end has not come yet.
    begun: Vec<u8>,
}

impl<W: Write> Printable<W> {
    /// Before `out`.
    pub const fn new(out: W) -> Self {
        Self { out, begun: Vec::new() }
    }
}

impl<W: Write> Write for Printable<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut all = std::mem::take(&mut self.begun);
        all.extend_from_slice(bytes);
        let mut shown = String::new();
        let mut chunks = all.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            shown.push_str(chunk.valid());
            let is_begun = chunks.peek().is_none() && is_beginning(chunk.invalid());
            if is_begun {
                self.begun = chunk.invalid().to_vec();
            } else if !chunk.invalid().is_empty() {
                shown.push(char::REPLACEMENT_CHARACTER);
            }
        }
        let lines: Vec<_> = shown.split('\n').map(printable).collect();
        self.out.write_all(lines.join("\n").as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Whether more bytes could make this a character.
fn is_beginning(bytes: &[u8]) -> bool {
    !bytes.is_empty() && std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

/// For diagnostics: each is written at once, and its last line break is the only one that is its own.
#[derive(Debug)]
pub struct OneLineEach<W: Write>(pub W);

impl<W: Write> Write for OneLineEach<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.0.line(text.strip_suffix('\n').unwrap_or(&text))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// What terminals and readers have been deceived with.
    const HOSTILE: [&str; 16] = [
        "\x1b]0;title\x07",
        "\x1b[2J",
        "\u{9b}31m",
        "\u{90}q\u{9c}",
        "\x07",
        "\x08\x08\x08",
        "\x7f",
        "a\rb",
        "a\nb",
        "a\u{85}b",
        "\u{2028}\u{2029}",
        "\u{202e}moc.elpmaxe",
        "\u{2066}\u{2069}\u{61c}\u{200e}",
        "zero\u{200b}\u{200d}\u{feff}\u{2060}width\u{ad}",
        "\u{e0041}\u{e007f}\u{fff9}",
        "\u{e000}\u{10ffff}\u{3164}\u{115f}",
    ];

    fn is_tame(text: &str) -> bool {
        // Written apart from the code under test: by number.
        text.chars().all(|character| {
            !matches!(u32::from(character),
                0..=31 | 127..=159 | 0xad | 0x34f | 0x61c | 0x115f | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e
                | 0x2060..=0x206f | 0x3164 | 0xe000..=0xf8ff | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe0fff
                | 0xf0000..=0x10ffff)
        })
    }

    fn line(text: &str) -> String {
        let mut out = Vec::new();
        out.line(text).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_that_a_stranger_writes_is_carried_out_by_a_terminal() {
        for hostile in HOSTILE {
            let shown = line(hostile);
            let shown = shown.strip_suffix('\n').unwrap();
            assert!(is_tame(shown) && shown.contains("\\u{"), "{hostile:?}: {shown}");
        }
        assert_eq!(line("a\x1b[1mb\nc"), "a\\u{1b}[1mb\\u{a}c\n");
    }

    #[test]
    fn words_of_every_script_are_left_alone() {
        for text in [
            "bücher.de – “quoted” … 503 · █▞▲▒",
            "例え.テスト",
            "उदाहरण",
            "e\u{301}",
            "12\u{a0}000",
            "⚠\u{fe0f} 🚒",
            "a\\b'c\"d",
            "пример",
        ] {
            assert_eq!(printable(text), text);
        }
    }

    #[test]
    fn json_means_the_same_and_shows_everything() {
        for hostile in HOSTILE {
            let value = serde_json::json!({ hostile: [hostile, { "deeper": hostile }] });
            let (mut short, mut long) = (Vec::new(), Vec::new());
            short.json_line(&value).unwrap();
            long.json_document(&value).unwrap();
            for text in [short, long].map(|bytes| String::from_utf8(bytes).unwrap()) {
                assert!(text.lines().all(is_tame), "{text}");
                assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
            }
        }
    }

    #[test]
    fn a_diagnostic_stays_on_its_line() {
        let mut out = Vec::new();
        OneLineEach(&mut out).write_all(b"DEBUG name=\"a\x1b[2Jb\nERROR forged\"\n").unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "DEBUG name=\"a\\u{1b}[2Jb\\u{a}ERROR forged\"\n");
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces_come_out_tame(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..8), 0..8)) {
            let mut out = Vec::new();
            let mut writer = Printable::new(&mut out);
            for piece in &pieces {
                writer.write_all(piece).unwrap();
            }
            let text = String::from_utf8(out).unwrap();
            prop_assert!(text.split('\n').all(is_tame), "{text:?}");
        }

        #[test]
        fn pieces_make_no_difference(text in any::<String>(), at in any::<prop::sample::Index>()) {
            let cut = at.index(text.len() + 1);
            let (mut whole, mut parts) = (Vec::new(), Vec::new());
            Printable::new(&mut whole).write_all(text.as_bytes()).unwrap();
            let mut writer = Printable::new(&mut parts);
            writer.write_all(&text.as_bytes()[..cut]).unwrap();
            writer.write_all(&text.as_bytes()[cut..]).unwrap();
            prop_assert_eq!(whole, parts);
        }

        #[test]
        fn any_text_in_json_is_read_back(text in any::<String>()) {
            let mut out = Vec::new();
            out.json_line(&text).unwrap();
            let out = String::from_utf8(out).unwrap();
            prop_assert!(is_tame(out.trim_end_matches('\n')));
            prop_assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }
    }
}
