//! Which charset a document or a style sheet is in, and its text. Every answer is some text: a charset that lies
//! costs wrong letters, never the page (WHATWG Encoding, and HTML section 13.2.3).

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// The text of an HTML document: byte order mark first, then what came with it, then its own `<meta>`, then UTF-8 if
/// it is that, else windows-1252.
pub(crate) fn document(bytes: &[u8], declared: Option<&str>) -> String {
    let named = declared.and_then(|label| Encoding::for_label(label.as_bytes()));
    decode(bytes, named.or_else(|| meta(bytes)))
}

/// The text of a style sheet: byte order mark, what came with it, `@charset`, then as above.
pub(crate) fn style_sheet(bytes: &[u8], declared: Option<&str>) -> String {
    let named = declared.and_then(|label| Encoding::for_label(label.as_bytes()));
    decode(bytes, named.or_else(|| at_charset(bytes)))
}

fn decode(bytes: &[u8], named: Option<&'static Encoding>) -> String {
    if named.is_none() && Encoding::for_bom(bytes).is_none() {
        return match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        };
    }
    // `decode` lets a byte order mark overrule the name.
    named.unwrap_or(UTF_8).decode(bytes).0.into_owned()
}

/// The charset a document gives itself within its first kilobyte. UTF-16 there is a lie: the bytes were just read as
/// ASCII.
fn meta(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(PRESCAN)).unwrap_or_default();
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let mut rest = head.as_str();
    while let Some(at) = rest.find('<') {
        rest = rest.get(at + 1..).unwrap_or_default();
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
        } else if let Some(tag) = rest.strip_prefix("meta") {
            let tag = tag.split('>').next().unwrap_or_default();
            if let Some(label) = tag.split_once("charset").and_then(|(_, after)| value(after)) {
                return Encoding::for_label(label.as_bytes()).map(readable);
            }
        }
    }
    None
}

fn value(after: &str) -> Option<&str> {
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    let value = value.trim_start_matches(['"', '\'']);
    value.split(|c: char| c == '"' || c == '\'' || c == ';' || c == '/' || c.is_ascii_whitespace()).next()
}

fn readable(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == UTF_16LE || encoding == UTF_16BE {
        UTF_8
    } else if encoding == X_USER_DEFINED {
        WINDOWS_1252
    } else {
        encoding
    }
}

fn at_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let rest = bytes.strip_prefix(b"@charset \"")?;
    let label = rest.get(..rest.iter().position(|byte| *byte == b'"')?)?;
    Encoding::for_label(label).map(readable)
}

/// HTML section 13.2.3.2: browsers look for `<meta charset>` in the first 1024 bytes.
const PRESCAN: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surest_word_about_the_charset_wins() {
        for (bytes, declared, text) in [
            (&b"\xEF\xBB\xBFM\xC3\xBCll"[..], Some("iso-8859-1"), "Müll"),
            (b"M\xFCll", Some("latin1"), "Müll"),
            (b"<meta charset='windows-1252'>M\xFC", None, "<meta charset='windows-1252'>Mü"),
            (b"<!-- <meta charset=koi8-r> -->M\xC3\xBC", None, "<!-- <meta charset=koi8-r> -->Mü"),
            (
                b"<META http-equiv=content-type content='text/html; charset=koi8-r'>\xC4\xC1",
                None,
                "<META http-equiv=content-type content='text/html; charset=koi8-r'>да",
            ),
            (b"M\xFCll", None, "Müll"),
            (b"M\xC3\xBCll", None, "Müll"),
            (b"M\xC3\xBCll", Some("utf-7"), "Müll"),
            (b"M\xC3\xBC <meta charset=utf-16>", None, "Mü <meta charset=utf-16>"),
            (b"\xFF\xFEa\0b\0", None, "ab"),
        ] {
            assert_eq!(document(bytes, declared), text);
        }
        assert_eq!(style_sheet(b"@charset \"koi8-r\";\xC4", None), "@charset \"koi8-r\";д");
    }
}
