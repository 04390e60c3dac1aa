//! `@import`: the style sheet takes the place of its import, under the same conditions.

use cssparser::{Parser, Token};

use super::{Walk, Wanted, next, write::Sheet};

/// Reads what follows `@import`, and writes what it stands for.
pub(super) fn read(walk: &mut Walk<'_, '_>, parser: &mut Parser<'_>, out: &mut Sheet) {
    let Some(address) = address(walk, parser, out) else {
        return super::skip_statement(parser);
    };
    let mut layer = None;
    let mut supports = None;
    let mut media = Sheet::new(0);
    while let Some((token, text)) = next(parser) {
        match &token {
            Token::Semicolon => break,
            Token::CurlyBracketBlock => {
                super::skip_block(parser);
                break;
            }
            Token::Ident(name) if name.eq_ignore_ascii_case("layer") => layer = Some(String::new()),
            Token::Function(name) if name.eq_ignore_ascii_case("layer") => layer = Some(arguments(walk, parser)),
            Token::Function(name) if name.eq_ignore_ascii_case("supports") => supports = Some(arguments(walk, parser)),
            _ => walk.token(parser, &token, text, &mut media),
        }
    }
    walk.may_import = true;
    let Some(css) = (walk.answer)(Wanted::Sheet, &address) else { return };
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

fn address(walk: &mut Walk<'_, '_>, parser: &mut Parser<'_>, out: &mut Sheet) -> Option<String> {
    match parser.next().ok()?.clone() {
        Token::QuotedString(address) | Token::UnquotedUrl(address) => Some(address.to_string()),
        Token::Function(name) if name.eq_ignore_ascii_case("url") => {
            let mut address = None;
            walk.inside(parser, out, |_, inner, _| {
                if let Ok(Token::QuotedString(value)) = inner.next() {
                    address = Some(value.to_string());
                }
                while inner.next().is_ok() {}
            });
            address
        }
        _ => None,
    }
}

fn arguments(walk: &mut Walk<'_, '_>, parser: &mut Parser<'_>) -> String {
    let mut text = Sheet::new(0);
    walk.inside(parser, &mut text, Walk::block);
    text.finish()
}
