//! Which addresses a document or a style sheet names: found by a scan that takes too many rather than too few, since
//! only those count that are in the file.

use url::Url;

/// Addresses in a document, absolute, without fragments.
pub(super) fn in_document(html: &str, base: &Url) -> Vec<String> {
    // Names of attributes in any case; offsets stay the same.
    let lower = html.to_ascii_lowercase();
    let base = base_of(html, &lower, base);
    let mut found = Vec::new();
    for attribute in ["src", "href", "srcset", "poster", "data", "background", "data-src"] {
        let mut from = 0;
        while let Some(value) = next_value(html, &lower, &mut from, attribute) {
            let value = value.replace("&amp;", "&");
            if attribute == "srcset" {
                let candidates = value.split(',').filter_map(|candidate| candidate.split_ascii_whitespace().next());
                found.extend(candidates.filter_map(|name| absolute(&base, name)));
            } else {
                found.extend(absolute(&base, value.trim()));
            }
        }
    }
    found.extend(in_styles(html, &base));
    found
}

/// Addresses in a style sheet, absolute, without fragments.
pub(super) fn in_styles(css: &str, base: &Url) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = css;
    while let Some(at) = memchr::memmem::find(rest.as_bytes(), b"url(") {
        rest = rest.get(at + 4..).unwrap_or_default();
        let name = rest.split(')').next().unwrap_or_default();
        let name = name.replace("&quot;", "\"").replace("&amp;", "&");
        found.extend(absolute(base, name.trim().trim_matches(['"', '\''])));
    }
    let mut rest = css;
    while let Some(at) = memchr::memmem::find(rest.as_bytes(), b"@import") {
        rest = rest.get(at + 7..).unwrap_or_default();
        let name = rest.trim_start();
        if let Some(quote) = name.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            found.extend(name.split(quote).nth(1).and_then(|name| absolute(base, name)));
        }
    }
    found
}

/// `<base href>` where there is one.
fn base_of(html: &str, lower: &str, page: &Url) -> Url {
    let Some(mut from) = lower.find("<base") else { return page.clone() };
    let end = lower.get(from..).and_then(|rest| rest.find('>')).map_or(lower.len(), |at| from + at);
    let href = next_value(html.get(..end).unwrap_or_default(), lower.get(..end).unwrap_or_default(), &mut from, "href");
    href.and_then(|href| page.join(href).ok()).unwrap_or_else(|| page.clone())
}

/// The value of the next attribute of this name, from a place on.
fn next_value<'a>(html: &'a str, lower: &str, from: &mut usize, attribute: &str) -> Option<&'a str> {
    loop {
        let at = *from + memchr::memmem::find(lower.as_bytes().get(*from..)?, attribute.as_bytes())?;
        *from = at + attribute.len();
        let before = at.checked_sub(1).and_then(|before| lower.as_bytes().get(before));
        let is_start = before.is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'/'));
        let value = html.get(*from..).unwrap_or_default().trim_start().strip_prefix('=').map(str::trim_start);
        let Some(value) = value.filter(|_| is_start) else { continue };
        return Some(match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value.split(quote).nth(1).unwrap_or_default(),
            Some(_) | None => value.split(|c: char| c.is_ascii_whitespace() || c == '>').next().unwrap_or_default(),
        });
    }
}

fn absolute(base: &Url, name: &str) -> Option<String> {
    if name.is_empty() || name.starts_with('#') || name.starts_with("data:") {
        return None;
    }
    let mut url = base.join(name).ok()?;
    url.set_fragment(None);
    Some(url.into())
}
