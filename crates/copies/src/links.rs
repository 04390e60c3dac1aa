//! The link format of RFC 6690 and RFC 8288, as TimeMaps and `Link` headers of RFC 7089 write it.
//!
//! Tolerant: archives put commas into addresses, leave quotes open, and the end may be cut off. What cannot be read is
//! left out; nothing is an error.

use detour_model::observation::Millis;
use detour_model::time;

/// One link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, as it is written between `<` and `>`.
    pub url: String,
    /// Its relations, in lower case: `first`, `memento`, …
    pub rel: Vec<String>,
    /// `datetime`, where it is one.
    pub datetime: Option<Millis>,
    /// `type`, in lower case.
    pub media_type: String,
}

impl Link {
    /// Whether it has this relation.
    #[must_use]
    pub fn is(&self, rel: &str) -> bool {
        self.rel.iter().any(|known| known == rel)
    }
}

/// Reads links, in the order in which they stand; at most 10,000.
#[must_use]
pub fn links(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    let mut rest = text;
    while let Some((_, from)) = rest.split_once('<') {
        let Some((url, after)) = from.split_once('>') else { break };
        let mut link = Link { url: url.trim().to_owned(), ..Link::default() };
        rest = parameters(after, &mut link);
        if !link.url.is_empty() && links.len() < MOST_LINKS {
            links.push(link);
        }
    }
    links
}

/// Reads `; name=value` as often as it comes; what is left begins at the comma or the next link.
fn parameters<'a>(mut rest: &'a str, link: &mut Link) -> &'a str {
    loop {
        let next = rest.trim_start();
        let Some(after) = next.strip_prefix(';') else { return next };
        let after = after.trim_start();
        let end = after.find(['=', ';', ',', '<']).unwrap_or(after.len());
        let (name, from) = after.split_at(end);
        let Some(from) = from.strip_prefix('=') else {
            rest = from; // a name without a value
            continue;
        };
        let (value, from) = value(from.trim_start());
        set(link, name.trim(), &value);
        rest = from;
    }
}

/// A quoted string with its escapes, or a bare word.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',', '<']).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        // An address that is no quoted string may hold a comma and goes on; a date does so always.
        let is_date = word.len() == 3 && rest.starts_with(", ");
        if is_date {
            let end = rest.get(1..).and_then(|rest| rest.find([';', ',', '<'])).map_or(rest.len(), |at| at + 1);
            let (date, rest) = rest.split_at(end);
            return ([word, date].concat(), rest);
        }
        return (word.trim().to_owned(), rest);
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, quoted.get(at + 1..).unwrap_or_default()),
            '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
            letter => value.push(letter),
        }
    }
    // The quote was never closed: the text was cut off there.
    (value, "")
}

fn set(link: &mut Link, name: &str, value: &str) {
    if name.eq_ignore_ascii_case("rel") && link.rel.is_empty() {
        link.rel = value.split_whitespace().map(str::to_ascii_lowercase).collect();
    } else if name.eq_ignore_ascii_case("datetime") {
        link.datetime = link.datetime.or_else(|| time::parse_http_date(value));
    } else if name.eq_ignore_ascii_case("type") && link.media_type.is_empty() {
        link.media_type = value.trim().to_ascii_lowercase();
    }
}

/// More than any reply's first 64 KiB hold.
const MOST_LINKS: usize = 10_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_time_map_of_the_rfc_is_read() {
        // RFC 7089, section 5.1.1, example 10, shortened.
        let text = r#"<http://a.example.org>;rel="original",
 <http://arxiv.example.net/timemap/http://a.example.org>
   ; rel="self";type="application/link-format"
   ; from="Tue, 20 Jun 2000 18:02:59 GMT"
   ; until="Wed, 09 Apr 2008 20:30:51 GMT",
 <http://arxiv.example.net/timegate/http://a.example.org>
   ; rel="timegate",
 <http://arxiv.example.net/web/20000620180259/http://a.example.org>
   ; rel="first memento";datetime="Tue, 20 Jun 2000 18:02:59 GMT"
   ; license="http://creativecommons.org/publicdomain/zero/1.0/",
 <http://arxiv.example.net/web/20080409203051/http://a.example.org>
   ; rel="last memento";datetime="Wed, 09 Apr 2008 20:30:51 GMT""#;
        let links = links(text);
        assert_eq!(links.len(), 5);
        assert!(links[0].is("original") && links[1].is("self") && links[2].is("timegate"));
        assert_eq!(links[1].media_type, "application/link-format");
        assert!(links[4].is("last") && links[4].is("memento"));
        assert_eq!(links[4].datetime.map(time::format_http_date).as_deref(), Some("Wed, 09 Apr 2008 20:30:51 GMT"));
    }

    #[test]
    fn commas_quotes_and_odd_spelling_are_no_trouble() {
        for (text, url, rel, dated) in [
            ("<http://a.org/x,y;z>;rel=memento", "http://a.org/x,y;z", "memento", false),
            ("< http://a.org/ > ; REL = \"Memento\" ; title=\"a, \\\"b\\\" <c>\"", "http://a.org/", "memento", false),
            (
                "<http://a.org/>;rel=memento;datetime=Tue, 08 Jun 2021 09:47:00 GMT,<b>",
                "http://a.org/",
                "memento",
                true,
            ),
            ("<http://a.org/>;;;crossorigin;rel='x memento'", "http://a.org/", "memento'", false),
            ("garbage, <http://a.org/>;rel=\"memento\"; datetime=\"no date\"", "http://a.org/", "memento", false),
            (
                "<http://a.org/>\r\n\t;\r\n rel=\"memento\";datetime=\"Tue, 08 Jun 2021 09:47:00 GMT\"",
                "http://a.org/",
                "memento",
                true,
            ),
        ] {
            let found = links(text);
            assert_eq!(found[0].url, url, "{text}");
            assert!(found[0].is(rel), "{text}: {found:?}");
            assert_eq!(found[0].datetime.is_some(), dated, "{text}");
        }
    }

    #[test]
    fn what_was_cut_off_is_left_out() {
        assert_eq!(links("<http://a.org/>;rel=memento,<http://b.or").len(), 1);
        assert_eq!(links("<http://a.org/>;rel=\"memento").len(), 1);
        assert!(links("").is_empty() && links("<>").is_empty() && links("<<<").is_empty());
    }

    proptest! {
        #[test]
        fn nothing_breaks_it(text in "[<>;,=\"\\\\ a-zé\n]{0,200}") {
            for link in links(&text) {
                prop_assert!(!link.url.is_empty());
            }
        }
    }
}
