//! Style sheets and `style` attributes, clean: every address in them is one of the page's own parts, or none.
//!
//! Works on tokens, not on properties: what a property means changes from year to year, what an address looks like does
//! not. What is not touched is copied as it was. The result never holds `</`, so that it can stand in a `<style>`.

use std::borrow::Cow;

use cssparser::{ParseError, Parser, Token};

use write::Sheet;

mod import;
mod write;

/// What an address in a style sheet is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// An image or a font: the answer is the address to put there.
    Media,
    /// A style sheet to be put in place of its `@import`: the answer is its text, clean.
    Sheet,
}

/// Answers an address as the style sheet has it, not resolved; `None` if there is no such part.
pub type Answer<'a> = dyn FnMut(Wanted, &str) -> Option<String> + 'a;

/// Cleans a style sheet.
pub fn clean(css: &str, answer: &mut Answer<'_>) -> String {
    let css = readable(css);
    let mut parser = Parser::new(&css);
    parser.set_nested_block_limit(0);
    let mut out = Sheet::new(css.len());
    let mut walk = Walk { answer, may_import: true, depth: 0 };
    walk.block(&mut parser, &mut out);
    out.finish()
}

/// Cleans the content of a `style` attribute, or of an SVG attribute that takes CSS values.
pub fn clean_declarations(css: &str, answer: &mut Answer<'_>) -> String {
    let css = readable(css);
    let mut parser = Parser::new(&css);
    parser.set_nested_block_limit(0);
    let mut out = Sheet::new(css.len());
    let mut walk = Walk { answer, may_import: false, depth: 0 };
    walk.block(&mut parser, &mut out);
    out.finish()
}

/// CSS Syntax section 3.3, done beforehand so that pieces can be copied.
fn readable(css: &str) -> Cow<'_, str> {
    let css = css.trim_start_matches('\u{feff}');
    if !css.bytes().any(|byte| matches!(byte, 0 | b'\r' | 0x0c)) {
        return Cow::Borrowed(css);
    }
    Cow::Owned(css.replace("\r\n", "\n").replace(['\r', '\x0c'], "\n").replace('\0', "\u{fffd}"))
}

struct Walk<'a, 'b> {
    answer: &'a mut Answer<'b>,
    /// `@import` counts only before everything else.
    may_import: bool,
    depth: u8,
}

impl Walk<'_, '_> {
    /// Everything up to the end of the block that the parser is in.
    fn block<'i>(&mut self, parser: &mut Parser<'i>, out: &mut Sheet) {
        while let Some((token, text)) = next(parser) {
            self.token(parser, &token, text, out);
        }
    }

    fn token<'i>(&mut self, parser: &mut Parser<'i>, token: &Token<'i>, text: &str, out: &mut Sheet) {
        match token {
            Token::WhiteSpace(_) => return out.space(),
            Token::Comment(_) => return out.comment(),
            token if is_left_out(token) => return out.space(),
            Token::AtKeyword(name) => return self.at_rule(parser, name, text, out),
            Token::UnquotedUrl(address) => self.url(address, out),
            Token::QuotedString(value) => out.string(value),
            Token::Function(name) => self.function(parser, name, text, out),
            Token::CurlyBracketBlock => self.nested(parser, "{", "}", out),
            Token::SquareBracketBlock => self.nested(parser, "[", "]", out),
            Token::ParenthesisBlock => self.nested(parser, "(", ")", out),
            Token::Delim('<') => out.less_than(),
            Token::Ident(name) if is_dead_property(name) && is_property(parser) => {
                skip_statement(parser);
                out.gap();
            }
            Token::Ident(_)
            | Token::Hash(_)
            | Token::IDHash(_)
            | Token::Delim(_)
            | Token::Number { .. }
            | Token::Percentage { .. }
            | Token::Dimension { .. }
            | Token::Colon
            | Token::Semicolon
            | Token::Comma
            | Token::IncludeMatch
            | Token::DashMatch
            | Token::PrefixMatch
            | Token::SuffixMatch
            | Token::SubstringMatch
            | Token::CDO
            | Token::CDC
            | Token::BadUrl(_)
            | Token::BadString(_)
            | Token::CloseParenthesis
            | Token::CloseSquareBracket
            | Token::CloseCurlyBracket => out.copy(text),
        }
        self.may_import = false;
    }

    fn nested(&mut self, parser: &mut Parser<'_>, open: &str, close: &str, out: &mut Sheet) {
        out.raw(open);
        self.inside(parser, out, Self::block);
        out.raw(close);
    }

    /// Runs `read` within the block that was just opened. Deeper than [`MAX_NESTING`] the block is empty.
    fn inside(
        &mut self,
        parser: &mut Parser<'_>,
        out: &mut Sheet,
        read: impl FnOnce(&mut Self, &mut Parser<'_>, &mut Sheet),
    ) {
        if self.depth >= MAX_NESTING {
            return skip_block(parser);
        }
        self.depth += 1;
        let _: Result<(), ParseError<()>> = parser.parse_nested_block(|inner| {
            read(self, inner, out);
            Ok(())
        });
        self.depth -= 1;
    }

    fn at_rule<'i>(&mut self, parser: &mut Parser<'i>, name: &str, text: &str, out: &mut Sheet) {
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            "import" if self.may_import && self.depth == 0 => return self.import(parser, out),
            "layer" if self.may_import && self.depth == 0 => return self.layer(parser, text, out),
            "charset" => {}
            _ => self.may_import = false,
        }
        if AT_RULES.contains(&name.as_str()) {
            out.copy(text);
        } else {
            skip_statement(parser);
            out.gap();
        }
    }

    /// `@layer` before the imports: a statement that only orders layers may have more of them after it, a block not.
    fn layer<'i>(&mut self, parser: &mut Parser<'i>, text: &str, out: &mut Sheet) {
        out.copy(text);
        self.may_import = false;
        while let Some((token, text)) = next(parser) {
            self.token(parser, &token, text, out);
            if token == Token::Semicolon {
                return self.may_import = true;
            }
            if token == Token::CurlyBracketBlock {
                return;
            }
        }
    }

    fn function<'i>(&mut self, parser: &mut Parser<'i>, name: &str, text: &str, out: &mut Sheet) {
        match name.to_ascii_lowercase().as_str() {
            "url" => {
                let address = self.quoted(parser, out);
                self.url(address.as_deref().unwrap_or_default(), out);
            }
            "image-set" | "-webkit-image-set" => self.image_set(parser, text, out),
            // These take addresses as bare strings, or run code in browsers of old.
            "image" | "src" | "expression" | "paint" | "-moz-image-rect" => {
                self.inside(parser, out, |_, inner, _| while inner.next().is_ok() {});
                out.none();
            }
            _ => {
                out.copy(text);
                self.inside(parser, out, Self::block);
                out.raw(")");
            }
        }
    }

    /// The string in `url("…")`.
    fn quoted(&mut self, parser: &mut Parser<'_>, out: &mut Sheet) -> Option<String> {
        let mut address = None;
        self.inside(parser, out, |_, inner, _| {
            if let Ok(Token::QuotedString(value)) = inner.next() {
                address = Some(value.to_string());
            }
            while inner.next().is_ok() {}
        });
        address
    }

    /// A bare string is an address here, and so is what a variable may hold: a set with a variable is none.
    fn image_set(&mut self, parser: &mut Parser<'_>, text: &str, out: &mut Sheet) {
        let mut set = Sheet::new(0);
        let mut is_literal = true;
        self.inside(parser, out, |walk, inner, _| {
            while let Some((token, text)) = next(inner) {
                if let Token::QuotedString(address) = &token {
                    walk.url(address, &mut set);
                } else if is_plain_in_image_set(&token) {
                    walk.token(inner, &token, text, &mut set);
                } else {
                    is_literal = false;
                }
            }
        });
        if is_literal {
            out.copy(text);
            out.raw(&set.finish());
            out.raw(")");
        } else {
            out.none();
        }
    }

    fn url(&mut self, address: &str, out: &mut Sheet) {
        let address = address.trim();
        if address.starts_with('#') {
            return out.url(address);
        }
        match (self.answer)(Wanted::Media, address) {
            Some(placeholder) => out.url(&placeholder),
            // An image that cannot be shown, in every place that takes one; the rest of the declaration counts.
            None => out.url(NOTHING),
        }
    }
}

/// The next token with its text.
fn next<'i>(parser: &mut Parser<'i>) -> Option<(Token<'i>, &'i str)> {
    let start = parser.position();
    let token = parser.next_including_whitespace_and_comments().ok()?.clone();
    Some((token, parser.slice_from(start)))
}

/// Passes over a statement, with its semicolon or its block.
fn skip_statement(parser: &mut Parser<'_>) {
    while let Ok(token) = parser.next() {
        if *token == Token::Semicolon {
            return;
        }
        if *token == Token::CurlyBracketBlock {
            return skip_block(parser);
        }
    }
}

/// Passes over the block that was just opened, now: the next token's text would begin with it otherwise.
fn skip_block(parser: &mut Parser<'_>) {
    let _: Result<(), ParseError<()>> = parser.parse_nested_block(|_| Ok(()));
}

/// Tokens that mean nothing, or that something is wrong.
fn is_left_out(token: &Token<'_>) -> bool {
    token.is_parse_error() || matches!(token, Token::CDO | Token::CDC | Token::Delim('\\'))
}

/// Properties that ran code in browsers of old.
fn is_dead_property(name: &str) -> bool {
    ["behavior", "-ms-behavior", "-moz-binding"].iter().any(|dead| name.eq_ignore_ascii_case(dead))
}

fn is_property(parser: &mut Parser<'_>) -> bool {
    let state = parser.state();
    let mut next = parser.next();
    // What is left out of what is written does not part a name from its colon.
    while next.as_ref().is_ok_and(|token| is_left_out(token)) {
        next = parser.next();
    }
    let is_property = matches!(next, Ok(Token::Colon));
    parser.reset(&state);
    is_property
}

fn is_plain_in_image_set(token: &Token<'_>) -> bool {
    let is_plain = |name: &str| matches!(name, "url" | "type" | "calc") || name.ends_with("-gradient");
    if let Token::Function(name) = token {
        return is_plain(&name.to_ascii_lowercase());
    }
    matches!(
        token,
        Token::WhiteSpace(_)
            | Token::Comment(_)
            | Token::UnquotedUrl(_)
            | Token::Comma
            | Token::Number { .. }
            | Token::Dimension { .. }
    )
}

/// The address of nothing: shown as an image that is not there, fetched by nobody.
pub(crate) const NOTHING: &str = "data:,";
/// Rules are nested three or four deep, `calc()` a few more; each level is a call.
const MAX_NESTING: u8 = 32;
/// At-rules that style. `@namespace`, `@document` and what nobody knows yet are left out.
const AT_RULES: [&str; 20] = [
    "media",
    "supports",
    "font-face",
    "keyframes",
    "-webkit-keyframes",
    "-moz-keyframes",
    "page",
    "layer",
    "container",
    "property",
    "counter-style",
    "font-feature-values",
    "font-palette-values",
    "scope",
    "starting-style",
    "view-transition",
    "position-try",
    "swash",
    "styleset",
    "character-variant",
];

#[cfg(test)]
mod tests;
