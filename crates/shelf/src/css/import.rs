//! `@import`: the style sheet takes the place of its import, under the same conditions.

use cssparser::{Parser, Token};

use super::{Walk, Wanted, next, skip_block, skip_statement, write::Sheet};

impl Walk<'_, '_> {
    /// Reads what follows `@import`, and writes what it stands for.
    pub(super) fn import(&mut self, parser: &mut Parser<'_>, out: &mut Sheet) {
        let after_name = parser.state();
        let Some(address) = address(self, parser, out) else {
            // What is there instead may be what ends the statement.
            parser.reset(&after_name);
            skip_statement(parser);
            return out.gap();
        };
        let mut layer = None;
        let mut supports = None;
        let mut media = Sheet::new(0);
        let mut is_valid = true;
        while let Some((token, text)) = next(parser) {
            if token == Token::Semicolon {
                break;
            } else if token == Token::CurlyBracketBlock {
                skip_block(parser);
                break;
            } else if matches!(token, Token::AtKeyword(_)) {
                // No statement begins within another: these are conditions that nothing meets.
                is_valid = false;
            } else if is_named(&token, "layer") {
                let name = if matches!(token, Token::Function(_)) { arguments(self, parser) } else { String::new() };
                layer = Some(name);
            } else if is_named(&token, "supports") && matches!(token, Token::Function(_)) {
                supports = Some(arguments(self, parser));
            } else {
                self.token(parser, &token, text, &mut media);
            }
        }
        self.may_import = true;
        if !is_valid {
            return out.gap();
        }
        let Some(css) = (self.answer)(Wanted::Sheet, &address) else { return out.gap() };
        let media = media.finish();
        let conditions = [
            layer.map(|name| format!("@layer {name}{{")),
            supports.map(|condition| format!("@supports ({condition}){{")),
            (!media.is_empty()).then(|| format!("@media {media}{{")),
        ];
        for condition in conditions.iter().flatten() {
            out.raw(condition);
        }
        out.raw(&css);
        for _ in conditions.iter().flatten() {
            out.raw("}");
        }
        out.space();
    }
}

fn address(walk: &mut Walk<'_, '_>, parser: &mut Parser<'_>, out: &mut Sheet) -> Option<String> {
    let token = parser.next().ok()?.clone();
    if let Token::QuotedString(address) | Token::UnquotedUrl(address) = &token {
        return Some(address.to_string());
    }
    if is_named(&token, "url") && matches!(token, Token::Function(_)) { walk.quoted(parser, out) } else { None }
}

fn is_named(token: &Token<'_>, wanted: &str) -> bool {
    matches!(token, Token::Ident(name) | Token::Function(name) if name.eq_ignore_ascii_case(wanted))
}

fn arguments(walk: &mut Walk<'_, '_>, parser: &mut Parser<'_>) -> String {
    let mut text = Sheet::new(0);
    walk.inside(parser, &mut text, Walk::block);
    text.finish()
}
