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

    /// White space; also what stands for a token that was left out, lest its neighbours become one.
    pub(super) fn space(&mut self) {
        if !self.is_spaced {
            self.text.push(' ');
            self.is_spaced = true;
        }
    }

    /// A comment parts two tokens without being white space.
    pub(super) fn comment(&mut self) {
        if !self.is_spaced && !self.text.ends_with(['{', '}', ';', ',']) && !self.text.ends_with("/**/") {
            self.raw("/**/");
        }
    }

    pub(super) fn raw(&mut self, text: &str) {
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
        if !self.is_spaced && !self.text.ends_with([':', ',', '(', ')', '{', '}', ';', '/']) {
            self.raw("/**/");
        }
    }

    /// A token as it was, but for what would matter to HTML or to what is appended.
    pub(super) fn copy(&mut self, token: &str) {
        if token.contains('<') {
            self.raw(&token.replace("\\<", "\\3c ").replace('<', "\\3c "));
        } else {
            self.raw(token);
        }
        // A backslash at the very end would swallow what is written next.
        let backslashes = token.bytes().rev().take_while(|byte| *byte == b'\\').count();
        if backslashes % 2 == 1 {
            self.text.pop();
            self.text.push('\u{fffd}');
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
                '\n' => self.text.push_str("\\a "),
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
        let is_plain = address.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:,#".contains(&byte));
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
