//! Where a document's addresses lead.

use std::borrow::Cow;

use url::Url;

/// What addresses are resolved against.
#[derive(Debug, Clone)]
pub(super) struct Base {
    /// The document's own address, without fragment: a link to it is a link within the page.
    page: String,
    base: Option<Url>,
    /// The page has a `<base>` that leads elsewhere: `#x` is then no link within the page.
    is_elsewhere: bool,
}

impl Base {
    pub(super) fn new(page: &str) -> Self {
        let page = page.split('#').next().unwrap_or_default();
        Self { page: page.to_owned(), base: Url::parse(page).ok().filter(is_short), is_elsewhere: false }
    }

    /// The same, after `<base href>`.
    pub(super) fn with(&self, href: &str) -> Self {
        let base = match &self.base {
            Some(base) => base.join(href).ok(),
            None => Url::parse(href).ok(),
        };
        let base = base.filter(|base| is_web(base) && is_short(base));
        let is_elsewhere = base.as_ref().is_some_and(|base| without_fragment(base.as_str()) != self.page);
        Self { page: self.page.clone(), base: base.or_else(|| self.base.clone()), is_elsewhere }
    }

    /// An absolute address, without fragment.
    pub(super) fn resolve(&self, address: &str) -> Option<String> {
        let url = match &self.base {
            Some(base) => base.join(address).ok()?,
            None => Url::parse(address).ok()?,
        };
        let text = String::from(url);
        Some(match text.find('#') {
            Some(at) => text.get(..at).unwrap_or_default().to_owned(),
            None => text,
        })
    }

    /// Where a link leads: within the page, to the web, to mail or telephone; anywhere else it leads nowhere.
    pub(super) fn link<'a>(&self, href: &'a str) -> Option<Cow<'a, str>> {
        let href = href.trim_matches(|c: char| c <= ' ');
        if href.starts_with('#') && !self.is_elsewhere {
            return Some(Cow::Borrowed(href));
        }
        let link = if is_plain(href) {
            Cow::Borrowed(href)
        } else {
            let url = match &self.base {
                Some(base) => base.join(href).ok()?,
                None => Url::parse(href).ok()?,
            };
            if !is_web(&url) && !matches!(url.scheme(), "mailto" | "tel") {
                return None;
            }
            Cow::Owned(String::from(url))
        };
        match link.strip_prefix(self.page.as_str()) {
            Some(rest) if !self.page.is_empty() && rest.starts_with('#') => Some(Cow::Owned(rest.to_owned())),
            _ => Some(link),
        }
    }

    /// An address on the web, or none.
    pub(super) fn web(&self, address: &str) -> Option<String> {
        let link = self.link(address)?;
        (link.starts_with("http://") || link.starts_with("https://")).then(|| link.into_owned())
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// Each relative address is read with the whole of its base. Servers take no longer ones.
fn is_short(url: &Url) -> bool {
    url.as_str().len() <= 16 << 10
}

pub(super) fn without_fragment(address: &str) -> &str {
    address.split('#').next().unwrap_or_default()
}

/// Written as the URL standard would write it, so that it need not be read: most links of a page are.
fn is_plain(href: &str) -> bool {
    let Some(rest) = href.strip_prefix("https://").or_else(|| href.strip_prefix("http://")) else { return false };
    let Some((host, path)) = rest.split_once('/') else { return false };
    let is_host = |byte: u8| byte.is_ascii_lowercase() || byte == b'.' || byte == b'-';
    let is_path = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~!$&()*+,;=:@?#%".contains(&byte);
    host.starts_with(|c: char| c.is_ascii_lowercase())
        && host.bytes().all(is_host)
        && !host.contains("xn--")
        && path.bytes().all(is_path)
        && !path.contains("./")
        && !path.ends_with('.')
        && !path.contains("%2")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_web_or_nowhere() {
        let base = Base::new("https://a.test/x/y?q#f");
        for (href, link) in [
            ("z", Some("https://a.test/x/z")),
            ("#z", Some("#z")),
            ("https://a.test/x/y?q#z", Some("#z")),
            ("HTTPS://B.test", Some("https://b.test/")),
            ("//b.test/a/../c", Some("https://b.test/c")),
            ("https://b.test/a/../c", Some("https://b.test/c")),
            ("https://b.test/a/..", Some("https://b.test/")),
            ("mailto:x@b.test", Some("mailto:x@b.test")),
            ("tel:1", Some("tel:1")),
            ("javascript:alert(1)", None),
            (" \u{1}java\nscript:alert(1)", None),
            ("JaVaScRiPt:alert(1)", None),
            ("data:text/html,x", None),
            ("vbscript:x", None),
            ("blob:https://a.test/x", None),
            ("file:///etc/passwd", None),
            ("https://b.test/a\"b", Some("https://b.test/a%22b")),
        ] {
            let found = base.link(href);
            assert_eq!(found.as_deref(), link, "{href}");
            if let Some(link) = link {
                assert_eq!(base.link(link).as_deref(), Some(link));
            }
        }
    }

    #[test]
    fn after_base_a_fragment_leads_elsewhere() {
        let base = Base::new("https://a.test/x").with("/sub/");
        assert_eq!(base.link("#z").as_deref(), Some("https://a.test/sub/#z"));
        assert_eq!(base.link("https://a.test/x#z").as_deref(), Some("#z"));
        assert_eq!(Base::new("https://a.test/x").with("javascript:x").link("y").as_deref(), Some("https://a.test/y"));
        assert_eq!(Base::new("").link("y"), None);
    }
}
