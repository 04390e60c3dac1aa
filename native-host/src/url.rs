//! `detour url`: what the rules say of an address. Nobody is asked anything.

use std::io::{self, Write};

use detour_core::keep::may_keep_url;
use detour_core::settings::{Keeping, Settings};
use schemars::JsonSchema;
use serde::Serialize;

use crate::address;
use crate::printable::Lines;

/// What the rules say of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Ruling {
    /// The address, as it was given.
    pub url: String,
    /// Whether others may be asked for a copy of it.
    pub eligible: bool,
    /// Why not; null where they may.
    pub why: Option<String>,
    /// What they would see of it; null where nobody is asked.
    pub shared_as: Option<String>,
    /// Whether a copy may be kept on this computer, as far as the address tells.
    pub kept: bool,
}

/// What the rules say of an address.
#[must_use]
pub fn ruling(url: &str) -> Ruling {
    let shared = address::parse(url)
        .map_err(|why| why.to_string())
        .and_then(|target| target.shareable().map_err(|why| why.to_string()));
    // As for somebody who has chosen that pages are kept and excluded no host.
    let settings = Settings { keep: Keeping::Visited, ..Settings::default() };
    Ruling {
        url: url.to_owned(),
        eligible: shared.is_ok(),
        why: shared.as_ref().err().cloned(),
        shared_as: shared.ok(),
        kept: may_keep_url(url, &settings).is_ok(),
    }
}

/// Writes one line of JSON for each address.
///
/// # Errors
/// When the output cannot be written.
pub fn lines(urls: &[String], out: &mut impl Write) -> io::Result<()> {
    for url in urls {
        out.json_line(&ruling(url))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_gets_its_line_and_its_reason() {
        for (url, eligible, why, shared_as, kept) in [
            ("https://fcc.gov/", true, "", "https://fcc.gov/", true),
            ("https://fd.io/", true, "", "https://fd.io/", true),
            ("https://user:pw@example.org/a?token=x#y", true, "", "https://example.org/a", false),
            ("https://example.org/a?key=C-minor", true, "", "https://example.org/a?key=C-minor", true),
            ("http://127.1/", false, "private", "", false),
            ("http://[::ffff:10.0.0.1]/", false, "private", "", false),
            ("http://intranet/", false, "private", "", false),
            ("http://printer.local/", false, "private", "", false),
            ("http://abc.onion/", false, "not one of the public web", "", false),
            ("chrome://settings", false, "http", "", false),
            ("about:blank", false, "http", "", false),
            ("https://web.archive.org/web/2021/https://example.org/", false, "archive", "", false),
            ("https://example.org/eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", false, "secret", "", false),
            ("no address", false, "not a web address", "", false),
        ] {
            let found = ruling(url);
            assert_eq!((found.eligible, found.kept), (eligible, kept), "{found:?}");
            assert!(
                found.why.as_deref().unwrap_or_default().contains(why) && found.why.is_none() == eligible,
                "{found:?}"
            );
            assert_eq!(found.shared_as.as_deref().unwrap_or_default(), shared_as, "{found:?}");
        }
    }

    #[test]
    fn a_line_has_the_documented_fields() {
        let mut out = Vec::new();
        lines(&["https://fd.io/".to_owned(), "ftp://a/".to_owned()], &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let first = text.lines().next().unwrap();
        assert_eq!(
            first,
            r#"{"url":"https://fd.io/","eligible":true,"why":null,"shared_as":"https://fd.io/","kept":true}"#
        );
        assert_eq!(text.lines().count(), 2);
    }
}
