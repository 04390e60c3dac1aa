//! What a parameter's name says of its value.

use super::hosts::is_below;
use crate::target::share::forms::{is_opaque, words};
use crate::target::share::lists::{self, has};
use crate::target::site_of;
use serde_json::Value;

/// Whether a parameter of this name carries a secret whatever it says.
pub(super) fn is_secret_name(name: &str, value: &str) -> bool {
    let all: Vec<String> = words(name).map(str::to_ascii_lowercase).collect();
    let has_word = |list: &str| all.iter().any(|word| has(list, word));
    if all.len() > 1 && all.last().is_some_and(|last| has(lists::ABOUT, last)) {
        return false;
    }
    let joined = all.concat();
    if let Some(is_person) = of_person(&all, &joined, value) {
        return is_person;
    }
    let is_key = has_word("code key keys") && has_word(lists::OWNERS_OF_KEYS);
    let is_secret = |word: &String| {
        has(lists::SECRET_NAMES, word)
            || lists::SECRET_NAMES.split(' ').any(|secret| secret.len() > 4 && word.ends_with(secret))
            || STARTS.iter().any(|start| word.starts_with(start) && !word.starts_with("tokeniz"))
    };
    is_key || is_secret(&joined) || all.iter().any(is_secret)
}

/// Whether a parameter of this name says something of a person; `None` where the name is another.
pub(super) fn of_person(all: &[String], joined: &str, value: &str) -> Option<bool> {
    let is_name = all.last().is_some_and(|last| has(lists::PERSON_NAMES, last)) || has(lists::PERSON_NAMES, joined);
    let is_number = ["phone", "mobile", "dob", "birth"].iter().any(|word| joined.contains(word));
    is_name.then(|| !is_number || value.bytes().filter(u8::is_ascii_digit).count() >= 6)
}

pub(super) fn is_person_name(name: &str, value: &str) -> bool {
    let all: Vec<String> = words(name).map(str::to_ascii_lowercase).collect();
    of_person(&all, &all.concat(), value) == Some(true) && !value.is_empty()
}

/// `{"name": "token", "value": "…"}`: a field that is named by another.
pub(super) fn named_by_a_field(fields: &serde_json::Map<String, Value>) -> bool {
    let said = |names: [&str; 4]| names.into_iter().find_map(|name| fields.get(name)).and_then(Value::as_str);
    let name = said(["name", "key", "k", "field"]);
    let value = said(["value", "val", "v", "content"]);
    name.zip(value).is_some_and(|(name, value)| is_secret_name(name, value) && is_opaque(value))
}

pub(super) fn secret_pair(text: &str) -> bool {
    text.split(['&', ';', '?']).filter_map(|part| part.split_once('=')).any(|(name, value)| is_secret_name(name, value))
}

pub(super) fn is_tracker(host: &str, name: &str) -> bool {
    let site = site_of(host).split('.').next().unwrap_or_default();
    lists::TRACKERS.split(' ').any(|entry| match entry.split_once(':') {
        Some((of, entry)) => entry == name && of == site,
        None => entry == name,
    })
}

pub(super) fn is_listed(list: &[(&str, &str)], host: &str, name: &str) -> bool {
    list.iter().any(|(place, named)| *named == name && is_below(host, place))
}

pub(super) const STARTS: [&str; 8] =
    ["token", "session", "passw", "aspsession", "phpsess", "jsession", "csrf", "oauth"];
