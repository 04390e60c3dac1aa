//! Writing CSS so that it reads back as it was written, and never ends the `<style>` it stands in.

use crate::page::Hash;

/// A style sheet being written.
pub(super) struct Sheet {
    text: String,
    /// White space was written last, so that more of it says nothing. (A space that ends an escape is not white space.)
    is_spaced: bool,
    /// What was written last stands for something longer: the next token must not become part of it.
    is_substitute: bool,
}

impl Sheet {
    pub(super) fn new(capacity: usize) -> Self {
        Self { text: String::with_capacity(capacity), is_spaced: true, is_substitute: false }
    }

    pub(super) fn finish(mut self) -> String {
        if self.is_spaced && self.text.ends_with(' ') && !self.text.ends_with("< ") {
            self.text.pop();
        }
        self.text
    }

    /// In place of a statement that was left out in the middle of another, lest what stood around it become one:
    /// `url@charset;(x)` is no address, `url(x)` is, and so would be `behavior@charset;:x` the property.
    pub(super) fn gap(&mut self) {
        let before = self.text.trim_end();
        let is_between = before.is_empty() || ends_in(before, &['{', '}', ';']);
        if !is_between {
            self.raw(";");
        }
    }

    /// White space; also what stands for a token that means nothing.
    pub(super) fn space(&mut self) {
        if !self.is_spaced {
            self.text.push(' ');
            self.is_spaced = true;
        }
    }

    /// A comment parts two tokens without being white space.
    pub(super) fn comment(&mut self) {
        if !self.is_spaced && !ends_in(&self.text, &['{', '}', ';', ',']) && !self.text.ends_with("/**/") {
            self.raw("/**/");
        }
    }

    pub(super) fn raw(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.is_substitute && !self.is_spaced && !text.starts_with([';', ',', ')', '}', ']', '/']) {
            self.text.push_str("/**/");
        }
        self.text.push_str(text);
        self.is_spaced = false;
        self.is_substitute = false;
    }

    /// In place of a function that is left out.
    pub(super) fn none(&mut self) {
        self.part();
        self.raw("none");
        self.is_substitute = true;
    }

    /// Parts what comes from a name before it, which it would be read together with.
    fn part(&mut self) {
        if !self.is_spaced && !ends_in(&self.text, &[':', ',', '(', ')', '{', '}', ';', '/']) {
            self.raw("/**/");
        }
    }

    /// A token as it was, but for what would matter to HTML or to what is appended.
    pub(super) fn copy(&mut self, token: &str) {
        // Only the cleaner names parts: whatever a page writes like one would be filled in with a part's content.
        if token == ":" && self.text.ends_with(Hash::SCHEME.trim_end_matches(':')) {
            self.raw("/**/");
        }
        if token.contains('<') {
            self.raw(&token.replace("\\<", "\\3c ").replace('<', "\\3c "));
        } else {
            self.raw(token);
        }
        // A backslash at the very end would swallow what is written next.
        if ends_in_backslashes(token) % 2 == 1 {
            self.text.pop();
            self.text.push('\u{fffd}');
        }
        // The white space that ends such an escape would not part it from what is written after it.
        if ends_in_open_escape(token) {
            self.text.push(' ');
        }
    }

    /// A comparison in a media query, kept apart from what follows it.
    pub(super) fn less_than(&mut self) {
        self.raw("< ");
        self.is_spaced = true;
    }

    pub(super) fn string(&mut self, value: &str) {
        self.raw("\"");
        let is_named = value.contains(Hash::SCHEME);
        for c in value.chars() {
            match c {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                // Each of these ends a line, and with it the string.
                '\n' => self.text.push_str("\\a "),
                '\x0c' => self.text.push_str("\\c "),
                '\r' => self.text.push_str("\\d "),
                '<' => self.text.push_str("\\3c "),
                // Only the cleaner names parts.
                ':' if is_named => self.text.push_str("\\3a "),
                _ => self.text.push(c),
            }
        }
        self.text.push('"');
    }

    /// An address that the page's own parts gave, or a fragment.
    pub(super) fn url(&mut self, address: &str) {
        self.part();
        let is_named = address.starts_with('#') && address.contains(Hash::SCHEME);
        let is_plain =
            !is_named && address.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:,#".contains(&byte));
        if is_plain {
            self.raw("url(");
            self.raw(address);
        } else {
            self.raw("url(");
            self.string(address);
        }
        self.raw(")");
    }
}

/// Whether the last token is one of these characters, and not a name that ends in one escaped.
fn ends_in(text: &str, last: &[char]) -> bool {
    text.strip_suffix(last).is_some_and(|before| ends_in_backslashes(before).is_multiple_of(2))
}

fn ends_in_backslashes(text: &str) -> usize {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count()
}

/// Whether the text ends in a backslash and hexadecimal digits that no white space follows.
fn ends_in_open_escape(text: &str) -> bool {
    let before = text.trim_end_matches(|c: char| c.is_ascii_hexdigit());
    // Of more than six digits the last ones are letters of the name, in which no escape is open.
    (1..=6).contains(&(text.len() - before.len())) && ends_in_backslashes(before) % 2 == 1
}
