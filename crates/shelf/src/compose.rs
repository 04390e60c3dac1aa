//! A page becomes one document again: its images, fonts and style sheets are put back where they are named.

use data_encoding::BASE64;
use memchr::memmem;

use crate::page::{Body, HASH_DIGITS, Hash};

/// A document that needs nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Composed {
    /// The document, from its document type on.
    pub html: String,
    /// How many places name a body that is not there (an image is then shown as its alternative text).
    pub missing: u32,
}

/// Puts bodies into a page's clean HTML. `lookup` is asked once for each place that names a body.
///
/// One pass over the text, nothing is parsed: only the cleaner writes names of bodies. What comes of a body that is not
/// what it was stays under the policy that the document begins with: no script, no request.
pub fn compose(html: &str, mut lookup: impl FnMut(&Hash) -> Option<Body>) -> Composed {
    let mut out = Output { html: String::with_capacity(html.len() + HEAD.len()), missing: 0, lookup: &mut lookup };
    let mut rest = html;
    // The head begins within the first bytes of what the cleaner writes, after the attributes of `html`.
    if let Some(at) = memmem::find(html.as_bytes(), b"<head>") {
        let (before, after) = html.split_at(at + "<head>".len());
        out.document(before);
        rest = after;
    }
    out.html.push_str(HEAD);
    out.document(rest);
    Composed { html: out.html, missing: out.missing }
}

struct Output<'a> {
    html: String,
    missing: u32,
    lookup: &'a mut dyn FnMut(&Hash) -> Option<Body>,
}

impl Output<'_> {
    fn document(&mut self, html: &str) {
        let mut rest = html;
        while let Some((before, hash, after)) = split(rest) {
            rest = after;
            if let Some(before) = before.strip_suffix(LINK) {
                self.html.push_str(before);
                let (rest_of_tag, next) = after.split_once('>').unwrap_or((after, ""));
                self.style(&hash, rest_of_tag.strip_prefix('"').unwrap_or(rest_of_tag));
                rest = next;
            } else if before.ends_with("=\"") || before.ends_with("url(") {
                self.html.push_str(before);
                self.media(&hash);
            } else {
                self.html.push_str(before);
                self.html.push_str(&hash.placeholder());
            }
        }
        self.html.push_str(rest);
    }

    /// `<style>` in place of `<link rel=stylesheet>`, under the same `media`.
    fn style(&mut self, hash: &Hash, attributes: &str) {
        let Some(body) = self.body(hash).filter(|body| body.media_type == "text/css") else {
            self.missing = self.missing.saturating_add(1);
            return;
        };
        let css = String::from_utf8_lossy(&body.bytes);
        // The cleaner leaves none of these; a body that was changed since may have some.
        let css = css.replace("</", "<\\/");
        self.html.push_str("<style");
        self.html.push_str(attributes);
        self.html.push('>');
        let mut rest = css.as_str();
        while let Some((before, hash, after)) = split(rest) {
            self.html.push_str(before);
            // Anywhere else, what is filled in would be read as something of the style sheet's.
            if before.ends_with("url(") {
                self.media(&hash);
            } else {
                self.html.push_str(&hash.placeholder());
            }
            rest = after;
        }
        self.html.push_str(rest);
        self.html.push_str("</style>");
    }

    fn media(&mut self, hash: &Hash) {
        let Some(body) = self.body(hash).filter(|body| is_media_type(&body.media_type)) else {
            self.missing = self.missing.saturating_add(1);
            self.html.push_str(crate::css::NOTHING);
            return;
        };
        self.html.push_str("data:");
        self.html.push_str(&body.media_type);
        self.html.push_str(";base64,");
        BASE64.encode_append(&body.bytes, &mut self.html);
    }

    fn body(&mut self, hash: &Hash) -> Option<Body> {
        (self.html.len() < MAX_COMPOSED).then(|| (self.lookup)(hash)).flatten()
    }
}

/// What is before the first name of a body, its hash, and what is after it.
fn split(text: &str) -> Option<(&str, Hash, &str)> {
    memmem::find_iter(text.as_bytes(), Hash::SCHEME).find_map(|at| {
        let start = at + Hash::SCHEME.len();
        let hash = text.get(start..start + HASH_DIGITS)?;
        let is_hash = hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        Some((text.get(..at)?, Hash(is_hash.then(|| hash.to_owned())?), text.get(start + HASH_DIGITS..)?))
    })
}

fn is_media_type(media_type: &str) -> bool {
    (media_type.starts_with("image/") || media_type.starts_with("font/"))
        && media_type.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/+-.".contains(&byte))
}

/// How the cleaner writes it.
const LINK: &str = "<link rel=\"stylesheet\" href=\"";

/// What every document begins with, whatever follows: nothing runs, nothing is fetched, nothing is sent, nobody is told
/// where a link was. Chromium gives every document of an extension's origin, frames included, a sheet of its own with
/// `body { font-size: 75% }`; the rule puts that back, before any of the page's.
pub const HEAD: &str = "<meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src \
                        'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; form-action 'none'; \
                        base-uri 'none'\"><meta name=\"referrer\" content=\"no-referrer\"><meta \
                        http-equiv=\"x-dns-prefetch-control\" content=\"off\"><style>body{font-size:inherit;font-family:inherit}</style>";

/// An image that is named a thousand times is put there a thousand times; past this much, images are missing.
const MAX_COMPOSED: usize = 96 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(hash: &Hash) -> Option<Body> {
        let digit = hash.0.chars().next()?;
        let (media_type, bytes) = match digit {
            '1' => ("image/png", b"png".to_vec()),
            '2' => ("text/css", format!("a{{b:url({})}}</style><script>", Hash("1".repeat(32)).placeholder()).into()),
            '3' => ("text/html", b"<script>".to_vec()),
            _ => return None,
        };
        Some(Body { hash: hash.clone(), media_type: media_type.into(), bytes })
    }

    fn check(body: &str, expected: &str, missing: u32) {
        let digits = |text: &str| {
            (1..=4).fold(text.to_owned(), |text, n| {
                text.replace(&format!("detour-body:{n}"), &format!("detour-body:{}", n.to_string().repeat(32)))
            })
        };
        let composed =
            compose(&digits(&format!("<!DOCTYPE html><html lang=\"de\"><head>{body}</head></html>")), lookup);
        let expected = digits(&format!("<!DOCTYPE html><html lang=\"de\"><head>{HEAD}{expected}</head></html>"));
        assert_eq!(composed, Composed { html: expected, missing });
    }

    #[test]
    fn images_and_styles_are_put_where_they_are_named() {
        check("<img src=\"detour-body:1\" alt=\"x\">", "<img src=\"data:image/png;base64,cG5n\" alt=\"x\">", 0);
        check("<p style=\"b:url(detour-body:1)\">", "<p style=\"b:url(data:image/png;base64,cG5n)\">", 0);
        check(
            "<link rel=\"stylesheet\" href=\"detour-body:2\" media=\"print\">x",
            "<style media=\"print\">a{b:url(data:image/png;base64,cG5n)}<\\/style><script></style>x",
            0,
        );
    }

    #[test]
    fn what_is_not_there_is_counted() {
        check("<img src=\"detour-body:4\" alt=\"x\">", "<img src=\"data:,\" alt=\"x\">", 1);
        check("<link rel=\"stylesheet\" href=\"detour-body:4\">x", "x", 1);
    }

    #[test]
    fn a_body_of_another_kind_is_as_good_as_missing() {
        check("<img src=\"detour-body:3\">", "<img src=\"data:,\">", 1);
        check("<link rel=\"stylesheet\" href=\"detour-body:1\">", "", 1);
        check("<img src=\"detour-body:2\">", "<img src=\"data:,\">", 1);
    }

    #[test]
    fn nothing_is_filled_into_a_style_sheet_but_addresses() {
        let name = Hash("1".repeat(32)).placeholder();
        let css = format!("a{{{name}(b)}}c{{d:url({name})}}");
        let html = format!("<head>{LINK}{}\">", Hash("2".repeat(32)).placeholder());
        let composed = compose(&html, |hash| {
            let known = lookup(hash)?;
            let is_sheet = known.media_type == "text/css";
            Some(if is_sheet { Body { bytes: css.clone().into_bytes(), ..known } } else { known })
        });
        let expected = format!("<style>a{{{name}(b)}}c{{d:url(data:image/png;base64,cG5n)}}</style>");
        assert!(composed.html.ends_with(&expected), "{}", composed.html);
    }

    #[test]
    fn words_about_bodies_stay_words() {
        check("detour-body:1 detour-body:x", "detour-body:1 detour-body:x", 0);
    }
}
