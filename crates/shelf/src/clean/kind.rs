//! What a part is, by its content: a browser looks at the first bytes, too (MIME Sniffing).

use crate::charset;

/// The media type of an image or a font, or `None` if it is neither. What it was said to be counts only for SVG, which
/// is text.
pub(super) fn kind(bytes: &[u8], declared: &str) -> Option<&'static str> {
    Some(match bytes {
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', b'V', b'P', ..] => "image/webp",
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f' | b's', ..] => "image/avif",
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => "image/bmp",
        [0, 0, 1 | 2, 0, count, 0, ..] if *count > 0 => "image/x-icon",
        [b'w', b'O', b'F', b'F', ..] => "font/woff",
        [b'w', b'O', b'F', b'2', ..] => "font/woff2",
        [0, 1, 0, 0, ..] | [b't', b'r', b'u', b'e', ..] => "font/ttf",
        [b'O', b'T', b'T', b'O', ..] => "font/otf",
        _ if matches!(declared, "image/svg+xml" | "") && is_svg(bytes) => "image/svg+xml",
        _ => return None,
    })
}

/// The first element is `<svg>`, past the prolog. An image of SVG neither runs nor fetches, wherever it is shown as one.
fn is_svg(bytes: &[u8]) -> bool {
    let text = charset::document(bytes.get(..bytes.len().min(PROLOG)).unwrap_or_default(), None);
    let mut rest = text.trim_start();
    loop {
        let end = match rest.get(..2) {
            Some("<?") => "?>",
            Some("<!") if rest.starts_with("<!--") => "-->",
            Some("<!") if rest.split('>').next().is_some_and(|start| start.contains('[')) => "]>",
            Some("<!") => ">",
            _ => break,
        };
        let Some((_, after)) = rest.split_once(end) else { return false };
        rest = after.trim_start();
    }
    let name = rest.strip_prefix('<').unwrap_or_default();
    let name = name.split(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').next().unwrap_or_default();
    name == "svg" || name.ends_with(":svg")
}

/// Drawing programs write long prologs; after this much it is no image.
const PROLOG: usize = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_what_its_content_says() {
        for (bytes, declared, expected) in [
            (&b"\x89PNG\r\n\x1a\nrest"[..], "text/html", Some("image/png")),
            (b"<html><script>alert(1)</script>", "image/png", None),
            (b"<svg xmlns='x'/>", "image/svg+xml", Some("image/svg+xml")),
            (
                b"\xEF\xBB\xBF<?xml version='1.0'?><!-- <b> --><!DOCTYPE svg [<!ENTITY a 'b'>]>\n<svg>",
                "image/svg+xml",
                Some("image/svg+xml"),
            ),
            (b"<s:svg xmlns:s='x'/>", "image/svg+xml", Some("image/svg+xml")),
            (b"<svg>", "text/html", None),
            (b"<svgx>", "image/svg+xml", None),
            (b"<!-- <svg>", "image/svg+xml", None),
            (b"wOF2rest", "", Some("font/woff2")),
            (b"", "image/png", None),
        ] {
            assert_eq!(kind(bytes, declared), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
