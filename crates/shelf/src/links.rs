//! Links of a copy that is shown: none of them keeps its own address.
//!
//! Browsers connect to a link's site when the pointer comes near it or the button goes down on it, and follow links that
//! no listener hears of: within a shadow root, or drawn by `<use>`. So each link of the document that the viewer is
//! given leads to the viewer, with the page's own address as its argument. What lies on the shelf, and what is saved to
//! a file, keeps its links.

use memchr::{memchr, memmem};
use url::form_urlencoded;

/// A document as the viewer shows it, of one that [`crate::compose`] made of the cleaner's.
///
/// The cleaner writes every attribute in quotes, with `<`, `>` and quotes as references, and every tag in lower case. A
/// tag that is written otherwise is none of its own: the rest of its attributes goes.
#[must_use]
pub fn turned(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 16);
    let mut rest = html;
    while let Some(at) = memchr(b'<', rest.as_bytes()) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = memchr(b'>', from.as_bytes()).unwrap_or(from.len());
        let (tag, after) = from.split_at(end);
        start_tag(&mut out, tag);
        rest = after;
        // Text, whatever it looks like.
        if tag.starts_with("<style") {
            let end = memmem::find(rest.as_bytes(), b"</style").unwrap_or(rest.len());
            let (css, after) = rest.split_at(end);
            out.push_str(css);
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// Writes a tag, short of its `>`.
fn start_tag(out: &mut String, tag: &str) {
    if !tag.get(1..).is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic())) {
        return out.push_str(tag);
    }
    let name_end = memchr(b' ', tag.as_bytes()).unwrap_or(tag.len());
    let (name, mut rest) = tag.split_at(name_end);
    out.push_str(name);
    while let Some((name, value, after)) = attribute(rest) {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        let is_link = name == "href" || name.ends_with(":href");
        if is_link && !value.starts_with('#') && !value.starts_with("data:") {
            out.push_str(VIEWER);
            out.extend(form_urlencoded::byte_serialize(unescaped(value).as_bytes()));
        } else {
            out.push_str(value);
        }
        out.push('"');
        rest = after;
    }
}

/// The name and value of an attribute, and what is after it.
fn attribute(rest: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = rest.strip_prefix(' ')?.split_once("=\"")?;
    let is_name = !name.is_empty() && !name.bytes().any(|byte| byte.is_ascii_whitespace() || b"\"'=/".contains(&byte));
    let (value, rest) = rest.split_once('"')?;
    is_name.then_some((name, value, rest))
}

fn unescaped(value: &str) -> String {
    // Last what the others are written with.
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#58;", ":"), ("&amp;", "&")]
        .into_iter()
        .fold(value.to_owned(), |text, (reference, character)| text.replace(reference, character))
}

/// The viewer as its frame names it, whose addresses are relative to the viewer's own.
const VIEWER: &str = "copy.html#url=";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{capture::Capture, clean::clean, compose::compose};

    fn shown(html: &str) -> String {
        let capture = Capture { url: "https://a.test/x".into(), html: html.into(), parts: Vec::new() };
        turned(&compose(&clean(capture).html, |_| None).html)
    }

    #[test]
    fn no_link_keeps_its_address_wherever_it_stands() {
        let evil = "//evil.test/?a=1&amp;b=2";
        for link in [
            format!("<a href='{evil}'>x</a>"),
            format!("<a title='x href=' href='{evil}'>x</a>"),
            format!("<a title='\"> <a href=' href='{evil}' ping='{evil}' target=_top download>x</a>"),
            format!("<map name=m><area href='{evil}' shape=default></map><img usemap='#m'>"),
            format!("<svg><a href='{evil}'><text>x</text></a></svg>"),
            format!("<svg><a xlink:href='{evil}'><text>x</text></a></svg>"),
            format!("<svg><defs><a id=d href='{evil}'><text>x</text></a></defs><use href='#d'/></svg>"),
            format!("<svg><use href='{evil}#d'/></svg>"),
            format!("<math href='{evil}'><mi href='{evil}'>x</mi></math>"),
            format!("<form action='{evil}'><button formaction='{evil}' accesskey=x autofocus>x</button></form>"),
            format!("<div><template shadowrootmode=open><a href='{evil}'>x</a></template></div>"),
            format!(
                "<x-a><template shadowmode=closed><div><template shadowrootmode=closed><svg><a href='{evil}'/></svg>\
                 </template></div></template></x-a>"
            ),
            format!("<iframe src='{evil}'></iframe><object data='{evil}'></object><embed src='{evil}'>"),
            format!("<iframe srcdoc='<a href=\"{evil}\">x</a>'></iframe>"),
            format!("<meta http-equiv=refresh content='0;url={evil}'><link rel=prefetch href='{evil}'>"),
            format!("<base href='{evil}' target=_top><a href=y>x</a>"),
            "<button popovertarget=p commandfor=p command=show-popover>x</button><p id=p popover>y".to_owned(),
            format!("<style>p::after {{ content: '<a href=\"{evil}\">' }}</style><p>x"),
            format!("<script type=speculationrules>{{\"prefetch\":[{{\"urls\":[\"{evil}\"]}}]}}</script><p>x"),
        ] {
            let html = shown(&link);
            let values = html.split('"').skip(1).step_by(2);
            let leads = values.filter(|value| value.contains("evil.test") && !value.starts_with(VIEWER));
            assert_eq!(leads.collect::<Vec<_>>(), Vec::<&str>::new(), "{link}\n{html}");
            for gone in [
                "ping=",
                "target=",
                "download",
                "formaction",
                "accesskey",
                "autofocus",
                "refresh",
                "popovertarget",
                "commandfor",
                "<base",
                "srcdoc",
                "speculationrules",
            ] {
                assert!(!html.contains(gone), "{gone}: {html}");
            }
        }
    }

    #[test]
    fn the_viewer_learns_the_pages_own_address() {
        let html = shown("<p><a href='/y?a=1&b=\"<ü>#z'>x</a> <a href='#z'>y</a> <a href='mailto:a@b.test'>z</a></p>");
        let links: Vec<&str> = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let told = |link: &str| {
            let argument = link.strip_prefix("copy.html#").unwrap_or_default();
            form_urlencoded::parse(argument.as_bytes()).next().map(|(_, url)| url.into_owned()).unwrap_or_default()
        };
        assert_eq!(links.len(), 3, "{html}");
        assert_eq!(told(links[0]), "https://a.test/y?a=1&b=%22%3C%C3%BC%3E#z");
        assert_eq!(links[1], "#z");
        assert_eq!(told(links[2]), "mailto:a@b.test");
    }

    #[test]
    fn all_but_links_stays_as_it_was() {
        for html in [
            "<!DOCTYPE html><html lang=\"de\"><head><style>a>b{c:url(data:image/png;base64,x)}</style></head><body>x</body></html>",
            "<p title=\"a &lt;a href=&quot;x&quot;&gt;\">&lt;a href=\"https://b.test/\"&gt; and <img src=\"data:,\"></p>",
            "<svg><use href=\"#x\"></use><image href=\"data:image/png;base64,x\"></image></svg>",
            "",
        ] {
            assert_eq!(turned(html), html);
        }
    }

    #[test]
    fn a_tag_that_the_cleaner_did_not_write_keeps_no_attribute() {
        assert_eq!(turned("<a href=https://evil.test/>x"), "<a>x");
        assert_eq!(turned("<a class=\"x\" href='https://evil.test/'>x"), "<a class=\"x\">x");
    }
}
