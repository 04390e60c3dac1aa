//! Whether two addresses are of one page, or of one site.

use url::{Position, Url};

use detour_model::target::is_same_owner;

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

/// Whether both addresses are surely of one owner.
#[must_use]
pub fn is_same_site(one: &str, other: &str) -> bool {
    let host = |url: &str| Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    is_same_owner(&host(one), &host(other))
}

/// Whether what came from one address may stand for a page at another: nobody on the way, and nobody on another port of
/// the machine, could have put it there.
///
/// A page over https is served by https and its own port alone; a plain one also by its https. Archives are not asked
/// this: they know no schemes, and their copies are called theirs.
#[must_use]
pub fn may_serve(copy: &str, page: &str) -> bool {
    let (Ok(copy), Ok(page)) = (Url::parse(copy.trim()), Url::parse(page.trim())) else { return false };
    let is_one_owner = is_same_owner(copy.host_str().unwrap_or_default(), page.host_str().unwrap_or_default());
    let has_same_door = copy.scheme() == page.scheme() && copy.port_or_known_default() == page.port_or_known_default();
    let is_upgraded =
        page.scheme() == "http" && copy.scheme() == "https" && page.port().is_none() && copy.port().is_none();
    is_one_owner && (has_same_door || is_upgraded)
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

    #[test]
    fn a_copy_serves_pages_of_its_own_scheme_and_port_alone_or_of_the_plain_page() {
        for (copy, page, may) in [
            ("https://a.org/", "https://a.org/x", true),
            ("https://m.a.org/", "https://www.a.org:443/x", true),
            ("https://a.org/", "http://a.org/", true),
            ("http://a.org/", "http://a.org:80/", true),
            ("https://a.org:8443/", "https://a.org:8443/", true),
            ("http://a.org/", "https://a.org/", false),
            ("http://a.org:443/", "https://a.org/", false),
            ("https://a.org:8443/", "https://a.org/", false),
            ("https://a.org/", "https://a.org:8443/", false),
            ("https://a.org:8443/", "http://a.org/", false),
            ("http://a.org:8080/", "http://a.org/", false),
            ("https://b.org/", "https://a.org/", false),
            ("https://eve.github.io/", "https://ann.github.io/", false),
            ("nonsense", "https://a.org/", false),
        ] {
            assert_eq!(may_serve(copy, page), may, "{copy} for {page}");
        }
    }

    #[test]
    fn neighbours_under_a_shared_suffix_are_strangers() {
        for (one, other, is_one) in [
            ("news.bbc.co.uk", "www.bbc.co.uk", true),
            ("www.example.com", "m.example.com", true),
            ("a.b.example.com", "example.com", true),
            ("www.abc.de", "abc.de", true),
            ("EXAMPLE.com.", "example.com", true),
            ("ann.github.io", "eve.github.io", false),
            ("github.io", "eve.github.io", false),
            ("m.blogspot.com", "blogspot.com", false),
            ("m.blogspot.com", "www.blogspot.com", false),
            ("ann.pages.dev", "eve.pages.dev", false),
            ("ann.herokuapp.com", "eve.herokuapp.com", false),
            ("ann.s3.amazonaws.com", "eve.s3.amazonaws.com", false),
            ("a.gen.tr", "b.gen.tr", false),
            ("ann.school.nz", "eve.school.nz", false),
            ("ann.free.fr", "eve.free.fr", false),
            ("news.twitch.tv", "www.twitch.tv", false),
            ("m.twitch.tv", "www.twitch.tv", true),
            ("ann.bandcamp.com", "eve.bandcamp.com", false),
            ("a.co.uk", "b.co.uk", false),
            ("evilexample.com", "example.com", false),
            ("example.com.evil.net", "example.com", false),
            ("8.8.8.8", "9.8.8.8", false),
            ("", "", false),
        ] {
            assert_eq!(is_same_owner(one, other), is_one, "{one} {other}");
        }
    }
}
