//! From an archive's address back to the page's own.

use url::{Position, Url};

use detour_model::archives::{Archive, Registry};
use detour_model::target::Target;

/// The page that an archive's address shows a copy of, if it is one: public, http or https, never an archive again.
///
/// Knows every form of every archive in the registry, with its flags (`id_`, `if_`, `im_`, `js_`), dates with dots,
/// slashes that were collapsed, addresses that were encoded once or twice, and copies of copies.
#[must_use]
pub fn original_of(url: &str) -> Option<String> {
    original_in(Registry::built_in(), url)
}

/// The same, for archives of the user's own.
#[must_use]
pub fn original_in(registry: &Registry, url: &str) -> Option<String> {
    let mut inner = url.to_owned();
    for _ in 0..DEEPEST {
        let parsed = Url::parse(inner.trim()).ok()?;
        if let Some(original) = amp(&parsed) {
            inner = original;
            continue;
        }
        let archive = registry.on_host(parsed.host_str()?);
        let Some(archive) = archive else {
            let is_unwrapped = inner != url;
            return Target::parse(parsed.as_str()).ok().filter(|_| is_unwrapped).map(String::from);
        };
        inner = memento(archive, &parsed)?.original;
    }
    None
}

/// A copy's address, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memento {
    /// Digits of a timestamp; empty where the address has none.
    pub time: String,
    /// The page's address as the archive has it, made whole.
    pub original: String,
}

/// Takes an address on this archive apart; `None` where it is no copy's.
#[must_use]
pub(super) fn memento(archive: &Archive, url: &Url) -> Option<Memento> {
    if !archive.owns(url) {
        return None;
    }
    let text = &url[Position::BeforePath..];
    archive.forms.iter().find_map(|form| {
        let rest = after(text, form)?;
        let (time, rest) = timed(rest);
        Some(Memento { time, original: address(rest)? })
    })
}

/// What follows a form, in which `*` stands for one segment.
fn after<'a>(text: &'a str, form: &str) -> Option<&'a str> {
    let Some((before, behind)) = form.split_once('*') else { return text.strip_prefix(form) };
    let rest = text.strip_prefix(before)?;
    rest.get(rest.find('/')?..)?.strip_prefix(behind)
}

/// The timestamp before an address, `2021…`, `2021…id_`, `2021.06.08-094700` or `*`, and what follows it.
fn timed(rest: &str) -> (String, &str) {
    let Some((segment, after)) = rest.split_once('/') else { return (String::new(), rest) };
    let is_mark = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | '-' | '*' | '+');
    let time = segment.trim_end_matches(|letter: char| letter.is_ascii_lowercase() || letter == '_');
    let flags = segment.get(time.len()..).unwrap_or_default();
    let is_flag = flags.is_empty() || (flags.len() == 3 && flags.ends_with('_'));
    let is_time = !time.is_empty() && time.chars().all(is_mark) && !time.contains("..");
    // `1.2.3.4` is an address, `2021.06.08-094700` is not.
    let is_address = time.split('.').count() == 4;
    if is_flag && is_time && !is_address {
        return (time.chars().filter(char::is_ascii_digit).collect(), after);
    }
    (String::new(), rest)
}

/// An address that was written behind another one: without a scheme, with one slash, or encoded.
fn address(rest: &str) -> Option<String> {
    let mut text = rest.trim_start_matches('/').to_owned();
    for _ in 0..2 {
        if !text.get(..8).is_some_and(|start| start.to_ascii_lowercase().starts_with("http") && start.contains('%')) {
            break;
        }
        // Only an address that is encoded as a whole: what it holds encoded itself must stay so.
        text = decoded(&text);
    }
    let lower = text.get(..6).unwrap_or(&text).to_ascii_lowercase();
    let whole = ["https:", "http:/"].iter().find_map(|scheme| {
        let rest = text.get(scheme.len()..).filter(|_| lower == *scheme)?;
        let scheme = scheme.trim_end_matches(['/', ':']);
        Some([scheme, "://", rest.trim_start_matches('/')].concat())
    });
    if let Some(whole) = whole {
        return Some(whole);
    }
    // `www.example.org/page`: a host has a dot and nothing that a host cannot have.
    let host = text.split(['/', '?', '#']).next().unwrap_or_default();
    let is_host = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | ':');
    (host.contains('.') && host.chars().all(is_host) && !host.contains("..")).then(|| ["http://", &text].concat())
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = hex.filter(|_| *first == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `https://www-example-org.cdn.ampproject.org/c/s/www.example.org/page`: Google's cache of a page for telephones.
fn amp(url: &Url) -> Option<String> {
    let is_cache = url.host_str().is_some_and(|host| host.ends_with(".cdn.ampproject.org"));
    let path = Some(&url[Position::BeforePath..]).filter(|_| is_cache)?;
    let path = ["/c/", "/v/"].iter().find_map(|form| path.strip_prefix(form))?;
    Some(path.strip_prefix("s/").map_or_else(|| ["http://", path].concat(), |path| ["https://", path].concat()))
}

/// A copy of a copy is seen now and then, one of that hardly ever.
const DEEPEST: usize = 5;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_form_leads_back() {
        for (copy, original) in [
            (
                "https://web.archive.org/web/20210608094700/https://www.example.org/a?b=c#d",
                "https://www.example.org/a?b=c",
            ),
            ("https://web.archive.org/web/20210608094700id_/https://www.example.org/a", "https://www.example.org/a"),
            ("http://web.archive.org/web/20210608094700if_/http://example.org:80/a", "http://example.org/a"),
            ("https://web.archive.org/web/2021im_/http://example.org/a.png", "http://example.org/a.png"),
            ("https://web.archive.org/web/2021js_/http:/example.org/a", "http://example.org/a"),
            ("https://web.archive.org/web/https:/example.org/a", "https://example.org/a"),
            ("https://web.archive.org/web/*/https://example.org/a", "https://example.org/a"),
            ("https://web.archive.org/web/2021*/https://example.org/a", "https://example.org/a"),
            ("https://web.archive.org/web/20210608094700/example.org/a", "http://example.org/a"),
            (
                "https://web.archive.org/web/20210608094700/example.org/a?u=https://other.org/",
                "http://example.org/a?u=https://other.org/",
            ),
            (
                "https://web.archive.org/web/20210608094700/https%3A%2F%2Fexample.org%2Fa%20b",
                "https://example.org/a%20b",
            ),
            ("https://web.archive.org/web/2021/https%253A%252F%252Fexample.org%252Fa", "https://example.org/a"),
            ("https://web.archive.org/save/https://example.org/a", "https://example.org/a"),
            ("https://web.archive.org/web/timemap/link/https://example.org/a", "https://example.org/a"),
            ("https://arquivo.pt/wayback/20210608094700/https://example.org/a", "https://example.org/a"),
            ("https://arquivo.pt/noFrame/replay/20210608094700id_/https://example.org/a", "https://example.org/a"),
            ("https://archive.today/2021.06.08-094700/https://example.org/a", "https://example.org/a"),
            ("https://archive.ph/20210608094700/https://example.org/a", "https://example.org/a"),
            ("https://archive.is/newest/https://example.org/a", "https://example.org/a"),
            ("https://archive.md/https://example.org/a", "https://example.org/a"),
            ("https://archive.ph/o/AbC12/https://example.org/a", "https://example.org/a"),
            ("https://ghostarchive.org/archive/1/https://example.org/a", "https://example.org/a"),
            (
                "https://webarchive.nationalarchives.gov.uk/ukgwa/20210608094700mp_/https://www.gov.uk/a",
                "https://www.gov.uk/a",
            ),
            (
                "https://webarchive.nationalarchives.gov.uk/ukgwa/+/http://www.dwp.gov.uk/a.asp",
                "http://www.dwp.gov.uk/a.asp",
            ),
            (
                "https://webarchive.nationalarchives.gov.uk/20121015000000/http://www.dwp.gov.uk/a.asp",
                "http://www.dwp.gov.uk/a.asp",
            ),
            ("https://wayback.archive-it.org/all/20210608094700/https://example.org/a", "https://example.org/a"),
            (
                "https://www.webarchive.org.uk/wayback/en/archive/20210608094700/https://example.org/a",
                "https://example.org/a",
            ),
            ("https://vefsafn.is/is/20210608094700/http://example.is/a", "http://example.is/a"),
            ("https://web.archive.org.au/awa/20210608094700mp_/https://www.arc.gov.au/a", "https://www.arc.gov.au/a"),
            (
                "https://warp.da.ndl.go.jp/info:ndljp/pid/3481431/www.eto.titech.ac.jp/a.html",
                "http://www.eto.titech.ac.jp/a.html",
            ),
            ("https://www-example-org.cdn.ampproject.org/c/s/www.example.org/a", "https://www.example.org/a"),
            (
                "https://web.archive.org/web/2022/https://arquivo.pt/wayback/2021/https://example.org/a",
                "https://example.org/a",
            ),
            ("https://web.archive.org/web/2022/https://user:pass@example.org/a", "https://example.org/a"),
            ("https://web.archive.org/web/20210608094700/http://8.8.8.8/a", "http://8.8.8.8/a"),
        ] {
            assert_eq!(original_of(copy).as_deref(), Some(original), "{copy}");
        }
    }

    #[test]
    fn what_is_no_copy_or_leads_nowhere_public_has_no_original() {
        for url in [
            "https://www.example.org/web/2021/https://other.org/",
            "https://web.archive.org/",
            "https://archive.org/details/texts",
            "https://archive.ph/AbC12",
            "https://perma.cc/AAAA-BBBB",
            "https://web.archive.org/web/2021/javascript:alert(1)",
            "https://web.archive.org/web/2021/file:///etc/passwd",
            "https://web.archive.org/web/2021/http://127.0.0.1/",
            "https://web.archive.org/web/2021/http://printer.local/",
            "https://web.archive.org/web/2021/http://[::1]/",
            "https://web.archive.org/web/2021/http://intranet/",
            "https://web.archive.org/web/2021/",
            "https://web.archive.org.evil.net/web/2021/https://example.org/",
            "about:blank",
            "",
        ] {
            assert_eq!(original_of(url), None, "{url}");
        }
    }

    #[test]
    fn a_memento_is_taken_apart() {
        let archive = Registry::built_in().archive("wayback").unwrap();
        let url = Url::parse("https://web.archive.org/web/20210608094700id_/https://a.org/").unwrap();
        let found = memento(archive, &url).unwrap();
        assert_eq!((found.time.as_str(), found.original.as_str()), ("20210608094700", "https://a.org/"));
    }

    proptest! {
        #[test]
        fn an_original_is_always_public(rest in "[a-z0-9:/.%*_?@-]{0,60}") {
            for base in ["https://web.archive.org/web/", "https://archive.ph/", "https://web.archive.org/web/2021/http"] {
                if let Some(original) = original_of(&format!("{base}{rest}")) {
                    prop_assert!(Target::parse(&original).is_ok(), "{original}");
                }
            }
        }
    }
}
