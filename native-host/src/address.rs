//! Addresses as people type them: international names become what the name system knows (A-labels, RFC 5890).
//!
//! Two names may look alike, and the name system still tells them apart. So who types such a name is shown its A-label, with a
//! warning where the name mixes alphabets.

use detour_core::target::{Ineligible, Target};
use idna::punycode;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Reads an address, with its host in letters of any alphabet.
///
/// # Errors
/// [`Ineligible`], as [`Target::parse`] says; `Malformed` also for a name with characters that no site's name has.
pub(crate) fn parse(text: &str) -> Result<Target, Ineligible> {
    let text = text.trim();
    match host_in(text) {
        Some(host) if !host.is_ascii() => {
            let known = to_ascii(host).ok_or(Ineligible::Malformed)?;
            Target::parse(&text.replacen(host, &known, 1))
        }
        Some(_) | None => Target::parse(text),
    }
}

/// What is to be said of an address whose host was typed in other letters than the name system's: how it is written there, and
/// whether its letters may deceive. `None` for any other address.
pub(crate) fn caution(text: &str) -> Option<String> {
    let host = host_in(text.trim()).filter(|host| !host.is_ascii())?;
    let known = to_ascii(host)?;
    let is_mixed = normalized(host).split('.').any(mixes_alphabets);
    let warning = if is_mixed { "; it mixes alphabets with letters that look alike" } else { "" };
    Some(format!("{host} is {known} to the name system{warning}"))
}

/// The host as it was typed, where the text has one.
fn host_in(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?;
    if host.starts_with('[') {
        return None;
    }
    Some(host.split_once(':').map_or(host, |(host, _)| host))
}

/// The name as the name system knows it; `None` where it has characters that no site's name has.
fn to_ascii(host: &str) -> Option<String> {
    let labels: Option<Vec<String>> = normalized(host).split('.').map(label).collect();
    labels.map(|labels| labels.join("."))
}

fn label(label: &str) -> Option<String> {
    if label.is_ascii() {
        return Some(label.to_owned());
    }
    let is_of_names = |letter: char| letter.is_alphanumeric() || letter == '-' || is_combining_mark(letter);
    let begins_well = label.chars().next().is_some_and(|first| first.is_alphanumeric());
    if !begins_well || !label.chars().all(is_of_names) {
        return None;
    }
    punycode::encode_str(label).map(|code| format!("xn--{code}"))
}

/// Letters as browsers read them in names (UTS 46, nontransitional): small, composed, without forms for the width, and with a
/// full stop of any script between labels.
fn normalized(host: &str) -> String {
    let stops = host.chars().map(|letter| if STOPS.contains(&letter) { '.' } else { letter });
    stops.nfkc().flat_map(char::to_lowercase).nfc().collect()
}

/// Whether one label has letters of Latin's look-alikes beside Latin ones: no language writes so.
fn mixes_alphabets(label: &str) -> bool {
    let is_latin = |letter: char| letter.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&letter);
    let is_like_latin = |letter: char| LIKE_LATIN.iter().any(|(first, last)| (*first..=*last).contains(&letter));
    label.chars().any(is_latin) && label.chars().any(is_like_latin)
}

/// Full stops between labels (UTS 46, section 2.3); the wide one is a stop by its own mapping.
const STOPS: [char; 3] = ['\u{3002}', '\u{ff0e}', '\u{ff61}'];

/// Greek, Cyrillic, Armenian and Cherokee, whose letters look like Latin ones (UTS 39).
const LIKE_LATIN: [(char, char); 6] = [
    ('\u{370}', '\u{3ff}'),
    ('\u{400}', '\u{52f}'),
    ('\u{530}', '\u{58f}'),
    ('\u{13a0}', '\u{13ff}'),
    ('\u{1f00}', '\u{1fff}'),
    ('\u{ab70}', '\u{abbf}'),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn international_names_become_what_the_name_system_knows() {
        for (typed, known) in [
            ("https://b\u{fc}cher.net/", "https://xn--bcher-kva.net/"),
            ("https://bu\u{308}cher.net/", "https://xn--bcher-kva.net/"),
            ("https://B\u{dc}CHER.net/\u{dc}ber?q=\u{fc}#x", "https://xn--bcher-kva.net/%C3%9Cber?q=%C3%BC"),
            (
                "https://www.\u{43f}\u{440}\u{438}\u{43c}\u{435}\u{440}.net:8443/a",
                "https://www.xn--e1afmkfd.net:8443/a",
            ),
            ("https://ann:pw@fu\u{df}.net/", "https://xn--fu-hia.net/"),
            ("https://\u{4f8b}\u{3048}\u{3002}net/", "https://xn--r8jz45g.net/"),
            ("https://xn--bcher-kva.net/", "https://xn--bcher-kva.net/"),
            ("https://www.example-site.com/\u{fc}", "https://www.example-site.com/%C3%BC"),
        ] {
            assert_eq!(parse(typed).as_ref().map(Target::as_str), Ok(known), "{typed}");
        }
    }

    #[test]
    fn characters_that_no_name_has_are_refused() {
        for typed in [
            "https://b\u{fc}ch\u{200d}er.net/",
            "https://a\u{2044}b.net/",
            "https://\u{301}a.net/",
            "https://i\u{2764}.ws/",
        ] {
            assert_eq!(parse(typed), Err(Ineligible::Malformed), "{typed}");
        }
        assert_eq!(parse("http://dr\u{fc}cker/"), Err(Ineligible::Private));
    }

    #[test]
    fn who_types_other_letters_is_told_what_they_are_and_warned_of_mixtures() {
        let mixed = caution("https://\u{430}pple.com/").unwrap();
        assert!(mixed.contains("xn--pple-43d.com") && mixed.contains("look alike"), "{mixed}");
        let whole = caution("https://b\u{fc}cher.net/").unwrap();
        assert_eq!(whole, "b\u{fc}cher.net is xn--bcher-kva.net to the name system");
        for typed in ["https://www.example-site.com/\u{fc}", "https://xn--bcher-kva.net/", "mailto:x"] {
            assert_eq!(caution(typed), None, "{typed}");
        }
    }
}
