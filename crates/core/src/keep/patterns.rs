//! On which pages to ask: the user's choice as the browsers' match patterns.

use url::{Host, Url};

use crate::settings::{Keeping, Settings};

/// The match patterns of the pages that may be worth keeping; empty where nothing is kept.
///
/// For pinned pages only these: then no other page runs anything of it. Patterns know neither ports (Firefox refuses
/// them) nor a difference between a page with a final slash and without, so they ask a little wider than the pins.
#[must_use]
pub fn matches(settings: &Settings) -> Vec<String> {
    match settings.keep {
        Keeping::Unasked | Keeping::Off => Vec::new(),
        Keeping::Visited => EVERYWHERE.map(String::from).to_vec(),
        Keeping::Pinned => {
            let mut all: Vec<String> = settings.pinned.iter().flat_map(|page| of_page(page)).collect();
            all.sort();
            all.dedup();
            all
        }
    }
}

/// One pattern that a browser does not understand makes it refuse them all: none for hosts in brackets.
fn of_page(page: &str) -> Vec<String> {
    let Ok(url) = Url::parse(page) else { return Vec::new() };
    let host = match url.host() {
        Some(Host::Domain(_) | Host::Ipv4(_)) => url.host_str().unwrap_or_default(),
        Some(Host::Ipv6(_)) | None => return Vec::new(),
    };
    let scheme @ ("http" | "https") = url.scheme() else { return Vec::new() };
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let pattern = |path: &str| format!("{scheme}://{host}{path}{query}");
    let path = url.path();
    match path.strip_suffix('/') {
        Some("") => vec![pattern(path)],
        _ if !query.is_empty() => vec![pattern(path)],
        Some(bare) => vec![pattern(bare), pattern(path)],
        None => vec![pattern(path), pattern(&format!("{path}/"))],
    }
}

const EVERYWHERE: [&str; 2] = ["http://*/*", "https://*/*"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_that_the_user_chose_are_asked() {
        let of = |keep, pinned: &[&str]| {
            let pinned = pinned.iter().map(|page| (*page).into()).collect();
            matches(&Settings { keep, pinned, ..Settings::default() })
        };
        let nothing: [&str; 0] = [];
        assert_eq!(of(Keeping::Unasked, &["https://a.org"]), nothing);
        assert_eq!(of(Keeping::Off, &["https://a.org"]), nothing);
        assert_eq!(of(Keeping::Pinned, &[]), nothing);
        assert_eq!(of(Keeping::Visited, &["https://a.org"]), EVERYWHERE);
        for (pin, patterns) in [
            ("https://a.org", &["https://a.org/"] as &[&str]),
            ("https://a.org/x", &["https://a.org/x", "https://a.org/x/"]),
            ("https://a.org:8443/x", &["https://a.org/x", "https://a.org/x/"]),
            ("http://a.org/x?p=1", &["http://a.org/x?p=1"]),
            ("https://[2606:4700::1111]/x", &[]),
            ("https://1.1.1.1/x/y?z", &["https://1.1.1.1/x/y?z"]),
            ("ftp://a.org/x", &[]),
            ("nonsense", &[]),
        ] {
            assert_eq!(of(Keeping::Pinned, &[pin, pin]), patterns, "{pin}");
        }
    }
}
