//! Words that say what is done once.

use crate::target::share::forms::{is_opaque, noise};
use crate::target::share::lists::{self, has};

/// Whether a part of a path says what is done once: made of such verbs and of what they are about, and nothing else.
pub(super) fn is_one_time_phrase(said: &str) -> bool {
    let mut all = said.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).take(7);
    let (mut verbs, mut count) = (0, 0);
    let is_phrase = all.all(|word| {
        count += 1;
        let is_verb = has(lists::ONE_TIME, word) || is_glued(word);
        verbs += usize::from(is_verb);
        is_verb || has(lists::OBJECTS, word)
    });
    is_phrase && verbs > 0 && count <= 6
}

/// `resetpassword`, `emailconfirmation`.
pub(super) fn is_glued(word: &str) -> bool {
    let is_rest = |rest: &str| rest.len() > 2 && (has(lists::OBJECTS, rest) || has(lists::ONE_TIME, rest));
    word.len() >= 8
        && lists::ONE_TIME
            .split(' ')
            .filter(|verb| verb.len() >= 4)
            .any(|verb| word.strip_prefix(verb).is_some_and(is_rest) || word.strip_suffix(verb).is_some_and(is_rest))
}

/// `reset-password-7f3a9c1b`, `private-0a1b2c3d`: what is done and what it is done with in one.
pub(super) fn holds_its_verb(said: &str) -> bool {
    let Some(at) = said.rfind(['-', '_', '.', ':', '~', '=']) else { return false };
    let (Some(verb), Some(rest)) = (said.get(..at), said.get(at + 1..)) else { return false };
    let verb = verb.to_lowercase();
    rest.len() >= 6
        && (noise(rest) >= 6 || (is_opaque(rest) && rest.bytes().any(|byte| byte.is_ascii_alphabetic())))
        && !has(lists::ASSETS, &rest.to_ascii_lowercase())
        && (is_one_time_phrase(&verb) || has(lists::PRIVATE_WORDS, &verb))
}

pub(super) fn one_time_host(host: &str) -> bool {
    host.split('.').next().is_some_and(|label| host.contains('.') && has(lists::ONE_TIME_HOSTS, label))
}
