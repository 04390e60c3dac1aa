//! What a page says of itself in its first 64 KiB: enough to tell a page from an error that calls itself well.

use detour_cdn as cdn;
use detour_cdn::classify;
use detour_model::observation::Answer;

/// What is known of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Its title, white space folded.
    pub title: String,
    /// `<link rel=canonical>`, as written.
    pub canonical: Option<String>,
    /// `og:url`, as written.
    pub og_url: Option<String>,
    /// The first heading, tags out.
    pub heading: String,
    /// Whether it asks for a password.
    pub asks_password: bool,
}

/// Why an answer of 200 is no copy of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoPage {
    /// It is an error of the site's own, of its server or of its CDN.
    Error,
    /// It wants to see whether somebody is human, or signed in.
    Gate,
    /// It is no HTML.
    OtherKind,
}

/// Reads what a page says of itself.
#[must_use]
pub(super) fn told(html: &str) -> Told {
    let mut told =
        Told { title: folded(element(html, "title")), heading: folded(element(html, "h1")), ..Told::default() };
    let mut rest = html;
    while let Some((_, from)) = rest.split_once('<') {
        let (tag, after) = from.split_once('>').unwrap_or((from, ""));
        rest = after;
        let name = tag.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
        let is_one = |wanted: &str, value: &str| attribute(tag, wanted).is_some_and(|v| v.eq_ignore_ascii_case(value));
        if name.eq_ignore_ascii_case("link") && is_one("rel", "canonical") {
            told.canonical = told.canonical.or_else(|| attribute(tag, "href"));
        } else if name.eq_ignore_ascii_case("meta") && (is_one("property", "og:url") || is_one("name", "og:url")) {
            told.og_url = told.og_url.or_else(|| attribute(tag, "content"));
        } else if name.eq_ignore_ascii_case("input") && is_one("type", "password") {
            told.asks_password = true;
        } else if name.eq_ignore_ascii_case("script") {
            rest = end_of_script(after);
        }
    }
    told
}

/// Whether an answer of 200 with this body is a page, and not an error or a gate in its place.
///
/// # Errors
/// [`NoPage`] says what it is.
pub(super) fn look(media_type: &str, body: &str, told: &Told) -> Result<(), NoPage> {
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !(media_type.is_empty() || media_type == "text/html" || media_type == "application/xhtml+xml") {
        return Err(NoPage::OtherKind);
    }
    let answer = Answer { status: 200, body: body.to_owned(), ..Answer::default() };
    if cdn::is_challenge(&told.title, body, None) || says(told, &GATES) {
        return Err(NoPage::Gate);
    }
    if classify::is_error_page(&answer) || says(told, &ERRORS) {
        return Err(NoPage::Error);
    }
    // A form for a password is on many pages; one whose title is about signing in is nothing else.
    if told.asks_password && says(told, &SIGN_INS) {
        return Err(NoPage::Gate);
    }
    Ok(())
}

/// Whether a part of the title, or the whole heading, is one of these: an article *about* page not found says more.
fn says(told: &Told, phrases: &[&str]) -> bool {
    let title = told.title.to_ascii_lowercase();
    let heading = told.heading.to_ascii_lowercase();
    let is_phrase = |part: &str| {
        let part = part.trim().trim_matches(['!', '.', '…', '?', '"', '\'', '“', '”']).trim();
        phrases.contains(&part)
    };
    // A hyphen parts a title only with spaces around it.
    title.split(['|', '·', '•', '—', '–', ':', '»', '«']).flat_map(|part| part.split(" - ")).any(is_phrase)
        || is_phrase(&title)
        || is_phrase(&heading)
}

/// What stands between `<name …>` and `</name>`; the first one.
fn element<'a>(html: &'a str, name: &str) -> &'a str {
    let mut rest = html;
    while let Some((_, from)) = rest.split_once('<') {
        let is_it = from.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
            && from
                .as_bytes()
                .get(name.len())
                .is_some_and(|after| matches!(after, b'>' | b' ' | b'\t' | b'\n' | b'\r'));
        let Some((_, after)) = from.split_once('>') else { return "" };
        if is_it {
            let mut inner = after;
            let mut length = 0;
            // The end tag of this name, not of what may stand inside it.
            while let Some(at) = inner.find("</") {
                length += at;
                let tag = inner.get(at + 2..).unwrap_or_default();
                if tag.get(..name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name)) {
                    return after.get(..length).unwrap_or_default();
                }
                length += 2;
                inner = tag;
            }
            return after.get(..after.len().min(200)).unwrap_or_default();
        }
        let is_script = from.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("script"));
        rest = if is_script { end_of_script(after) } else { after };
    }
    ""
}

fn end_of_script(after: &str) -> &str {
    let mut rest = after;
    while let Some(at) = rest.find("</") {
        rest = rest.get(at..).unwrap_or_default();
        if rest.get(2..8).is_some_and(|end| end.eq_ignore_ascii_case("script")) {
            return rest;
        }
        rest = rest.get(2..).unwrap_or_default();
    }
    ""
}

/// An attribute's value, quoted or not; the entity for `&` is read, which addresses need.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag;
    while let Some(at) = rest.find('=') {
        let (before, after) = rest.split_at(at);
        let is_it = before.split_whitespace().last().is_some_and(|last| last.eq_ignore_ascii_case(name));
        let after = after.get(1..).unwrap_or_default().trim_start();
        let (value, behind) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => after.get(1..)?.split_once(quote).unwrap_or((after.get(1..)?, "")),
            _ => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        if is_it {
            return Some(value.trim().replace("&amp;", "&"));
        }
        rest = behind;
    }
    None
}

/// Tags out, white space folded.
fn folded(text: &str) -> String {
    let mut words = String::new();
    for piece in text.split('<') {
        let said = piece.split_once('>').map_or(if words.is_empty() { piece } else { "" }, |(_, said)| said);
        for word in said.split_whitespace() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
    }
    words
}

/// Titles of errors that call themselves well, as sites' own error pages have them.
const ERRORS: [&str; 37] = [
    "404",
    "404 error",
    "404 not found",
    "404 page not found",
    "404 page",
    "error 404",
    "error 500",
    "500 internal server error",
    "internal server error",
    "502 bad gateway",
    "bad gateway",
    "503 service unavailable",
    "service unavailable",
    "service temporarily unavailable",
    "temporarily unavailable",
    "504 gateway time-out",
    "gateway timeout",
    "gateway time-out",
    "403 forbidden",
    "410 gone",
    "not found",
    "page not found",
    "page not found (404)",
    "the page cannot be found",
    "page cannot be found",
    "page can't be found",
    "page does not exist",
    "file not found",
    "file or directory not found",
    "sorry, page not found",
    "site under maintenance",
    "down for maintenance",
    "seite nicht gefunden",
    "page introuvable",
    "página no encontrada",
    "página não encontrada",
    "pagina non trovata",
];

/// Titles of pages that keep visitors out.
const GATES: [&str; 8] = [
    "just a moment",
    "attention required",
    "access denied",
    "are you a robot",
    "are you human",
    "robot check",
    "security check",
    "checking your browser",
];

/// Titles of pages that want a password.
const SIGN_INS: [&str; 7] = ["sign in", "log in", "login", "signin", "log-in", "anmelden", "connexion"];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn verdict(html: &str) -> Result<(), NoPage> {
        look("text/html; charset=utf-8", html, &told(html))
    }

    #[test]
    fn errors_and_gates_are_told_from_pages() {
        for (html, expected) in [
            ("<title>The day the pages stopped | News</title><h1>The day</h1>", Ok(())),
            ("<title>HTTP 404 - Wikipedia</title><h1>HTTP 404</h1>", Ok(())),
            ("<title>How to fix &quot;page not found&quot; on your site</title>", Ok(())),
            ("<title>Not-found objects in museums</title>", Ok(())),
            ("<title>Page not found | News</title>", Err(NoPage::Error)),
            ("<TITLE lang=en>\n 404 Not Found </TITLE>", Err(NoPage::Error)),
            ("<title>News</title><h1 class=x><span>Page not found</span>.</h1>", Err(NoPage::Error)),
            ("<title>News - Seite nicht gefunden</title>", Err(NoPage::Error)),
            ("<title>Just a moment...</title>", Err(NoPage::Gate)),
            ("<title>Access Denied</title>", Err(NoPage::Gate)),
            ("<title>Sign in | News</title><input name=p type=password>", Err(NoPage::Gate)),
            ("<title>News</title><input type='password'>", Ok(())),
        ] {
            assert_eq!(verdict(html), expected, "{html}");
        }
        assert_eq!(look("application/pdf", "%PDF", &Told::default()), Err(NoPage::OtherKind));
    }

    #[test]
    fn a_page_names_itself() {
        let html = r#"<html><head><script>var x = "<title>no</title>";</script><title> A
            page </title><link href='https://a.org/x?a=1&amp;b=2' rel="canonical">
            <meta content="https://a.org/y" property=og:url></head>"#;
        let told = told(html);
        assert_eq!(told.title, "A page");
        assert_eq!(told.canonical.as_deref(), Some("https://a.org/x?a=1&b=2"));
        assert_eq!(told.og_url.as_deref(), Some("https://a.org/y"));
    }

    proptest! {
        #[test]
        fn nothing_breaks_it(html in "[<>/=\"' a-zé1\n]{0,200}", name in "(<title>|<h1|<script>|<link rel=canonical href=)?") {
            let html = format!("{name}{html}");
            let _ = look("", &html, &told(&html));
        }
    }
}
