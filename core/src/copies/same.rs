//! Whether two addresses are of one page, or of one site.

use url::{Position, Url};

use crate::target::site_of;

/// What names a page whatever door one comes through: without scheme, `www.`, a mobile host's label, port, final slash,
/// fragment and userinfo.
#[must_use]
pub fn page_name(url: &str) -> String {
    let Ok(url) = Url::parse(url.trim()) else { return String::new() };
    let host = bare(url.host_str().unwrap_or_default());
    let path = url.path().trim_end_matches('/');
    let query = &url[Position::AfterPath..Position::AfterQuery];
    [host, path, query].concat()
}

/// Whether both addresses are of the same page.
#[must_use]
pub fn is_same_page(one: &str, other: &str) -> bool {
    let name = page_name(one);
    !name.is_empty() && name == page_name(other)
}

/// Whether both addresses are of one owner.
#[must_use]
pub fn is_same_site(one: &str, other: &str) -> bool {
    let host = |url: &str| Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let (one, other) = (host(one), host(other));
    !one.is_empty() && site_of(&one) == site_of(&other)
}

/// A host without the labels that only say for which screen it is.
#[must_use]
pub(super) fn bare(host: &str) -> &str {
    let host = host.trim_end_matches('.');
    let without = DOORS.iter().find_map(|door| host.strip_prefix(door));
    without.filter(|rest| rest.contains('.')).unwrap_or(host)
}

/// Labels of hosts that show the same pages.
const DOORS: [&str; 4] = ["www.", "m.", "mobile.", "amp."];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_through_several_doors() {
        for (one, other, is_same) in [
            ("https://www.a.org/x/", "http://a.org/x", true),
            ("https://m.a.org/x", "https://www.a.org:443/x#y", true),
            ("http://u:p@a.org:80/", "https://a.org", true),
            ("https://a.org/x?b=1", "https://a.org/x?b=2", false),
            ("https://a.org/x", "https://a.org/", false),
            ("https://a.org/X", "https://a.org/x", false),
            ("https://news.a.org/", "https://a.org/", false),
            ("https://m.org/", "https://org/", false),
            ("", "", false),
        ] {
            assert_eq!(is_same_page(one, other), is_same, "{one} {other}");
        }
        assert!(is_same_site("https://news.bbc.co.uk/x", "https://www.bbc.co.uk/"));
        assert!(!is_same_site("https://a.co.uk/x", "https://b.co.uk/"));
    }
}
