//! An address taken apart, everywhere where something can be held in something else, and put together without its
//! secrets.
//!
//! Structure first: segments, matrix parameters, parameters, and within each value whatever it holds in turn: another
//! address, a query, JSON, a list, base64. Then the context of a value: where it stands, what stands beside it, and its
//! name. Then its looks. Work is bounded by depth and by an allowance of bytes; what is beyond counts as a secret.

use std::cell::Cell;

use serde_json::Value;

mod parts;
mod trail;
mod company;
mod names;
mod phrases;
mod places;
mod looks;
mod hosts;
mod limits;

pub(super) use hosts::is_secret_host;
pub(super) use limits::DEEPEST;

use super::forms::{
    decoded, has_person, has_uuid, is_issued, is_known, is_message_id, is_opaque, noise, unpacked, words,
};
use super::lists::{self, has};
use crate::sorted::has_domain_of;
use crate::target::Target;
use company::{Beside, Company};
use limits::{
    ALLOWANCE, FOLLOWING, LONGEST, LONGEST_ID, LONGEST_IDS, LONGEST_NAME, LONGEST_PIECE, LONGEST_VALUE,
    SHORTEST_ISSUED, SHORTEST_SHARED, SHORTEST_SIGNATURE, SHORTEST_TOKEN,
};
use looks::{is_hex, is_numbered, is_run, is_second, is_typed};
use names::{is_listed, is_person_name, is_secret_name, is_tracker, named_by_a_field, secret_pair};
use parts::{Parameter, matrix, parameters};
use phrases::{holds_its_verb, one_time_host};
use places::{is_chains, is_for_what_follows, is_map, is_private_place, is_published, is_revision, is_short_path};
use trail::Trail;

/// What is left of a path and a query.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sifted {
    pub(super) path: String,
    pub(super) query: Option<String>,
    /// Whether a part of the path went, with all that followed.
    pub(super) is_cut: bool,
    /// Whether something may be gone that tells one page from another.
    pub(super) is_other_page: bool,
    /// Whether a secret is gone: what only follows a person's clicks is none.
    pub(super) has_secret: bool,
}

/// Takes addresses apart; one for each address, since its allowance is used up.
#[derive(Debug)]
pub(super) struct Sieve {
    allowance: Cell<usize>,
}

impl Sieve {
    pub(super) const fn new() -> Self {
        Self { allowance: Cell::new(ALLOWANCE) }
    }

    /// What of a path and a query may be shown.
    pub(super) fn sift(&self, host: &str, path: &str, query: Option<&str>, depth: u8) -> Sifted {
        let mut sifted = Sifted::default();
        if path.len() > LONGEST {
            return Sifted { path: "/".to_owned(), is_cut: true, is_other_page: true, has_secret: true, query: None };
        }
        let trail = self.path(host, path, depth, &mut sifted);
        match query {
            // What was asked of a page is no question to the one above it.
            Some(_) if sifted.is_cut => {}
            Some(query) if query.len() > LONGEST => {
                sifted.is_other_page = true;
                sifted.has_secret = true;
            }
            Some(query) => self.query(host, &trail, query, depth, &mut sifted),
            None => {}
        }
        sifted
    }

    fn path(&self, host: &str, path: &str, depth: u8, sifted: &mut Sifted) -> Trail {
        let mut trail = Trail::default();
        let is_of_people = has_domain_of(lists::NAMED_BY_PEOPLE, host);
        if one_time_host(host) {
            trail.one_time = Some((0, FOLLOWING));
        }
        let all: Vec<&str> = path.split('/').collect();
        for (nth, segment) in all.iter().copied().enumerate() {
            if nth > 0 {
                sifted.path.push('/');
            } else if segment.is_empty() {
                continue;
            }
            let (head, rest) = matrix(segment);
            let said = decoded(head);
            if self.is_secret_segment(host, &trail, &said, depth) || is_for_what_follows(host, &trail, &said, &all, nth)
            {
                // What a person is asked to do stands whole, and what they do it with goes whole.
                let from = trail.one_time.filter(|(at, left)| *left > 0 && *at > 0).map(|(at, _)| at);
                sifted.path.truncate(from.unwrap_or(sifted.path.len()));
                sifted.is_cut = true;
                sifted.is_other_page = true;
                sifted.has_secret = true;
                return trail;
            }
            sifted.path.push_str(head);
            for (separator, piece) in rest {
                let (name, value) =
                    piece.split_once('=').or_else(|| piece.split_once(['~', ':'])).unwrap_or((piece, ""));
                match self.parameter(&Company { host, ..Company::default() }, &decoded(name), &decoded(value), depth) {
                    Parameter::Content => {
                        sifted.path.push_str(separator);
                        sifted.path.push_str(piece);
                    }
                    Parameter::Tracker => {}
                    Parameter::Secret => sifted.has_secret = true,
                    Parameter::LooksSecret => {
                        sifted.has_secret = true;
                        sifted.is_other_page = true;
                    }
                }
            }
            let before = trail.before.last().map_or("", String::as_str);
            let is_public =
                is_revision(host, before, &said) || is_chains(&trail, &said) || is_published(host, &trail, &said);
            trail.noise += if is_public { 0 } else { noise(&said) };
            trail.pass(said.to_lowercase(), sifted.path.len() + 1, is_of_people);
        }
        trail
    }

    fn query(&self, host: &str, trail: &Trail, query: &str, depth: u8, sifted: &mut Sifted) {
        let all: Vec<(&str, &str)> = parameters(query);
        let read = |piece: &str| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " ")))
        };
        let pairs: Vec<(String, String)> = all.iter().map(|(_, piece)| read(piece)).collect();
        let company = Company::of(host, trail, &pairs);
        let mut left = String::new();
        let mut is_touched = false;
        for ((separator, piece), (name, value)) in all.iter().zip(&pairs) {
            let found = self.parameter(&company, name, value, depth);
            if found == Parameter::Content {
                if !left.is_empty() {
                    left.push_str(separator);
                }
                left.push_str(piece);
                continue;
            }
            is_touched = true;
            sifted.has_secret |= found != Parameter::Tracker;
            sifted.is_other_page |= found == Parameter::LooksSecret;
        }
        // Untouched, it stays as it is down to its spelling.
        sifted.query = if is_touched { Some(left).filter(|left| !left.is_empty()) } else { Some(query.to_owned()) };
    }

    fn is_secret_segment(&self, host: &str, trail: &Trail, said: &str, depth: u8) -> bool {
        if said.is_empty() || said.len() > LONGEST_PIECE {
            return !said.is_empty();
        }
        let before = trail.before.last().map_or("", String::as_str);
        if is_map(host, said) {
            return false;
        }
        let is_message = has(lists::MESSAGES, before) || has_domain_of(lists::MESSAGE_HOSTS, host);
        if is_known(said)
            || is_private_place(host, trail, said)
            || (has(lists::PARCELS, before) && is_numbered(said))
            || (has_person(said) && !(is_message && is_message_id(said)) && before != "c")
        {
            return true;
        }
        if is_revision(host, before, said) || is_chains(trail, said) {
            return false;
        }
        let is_one_time = trail.one_time.is_some_and(|(_, left)| left > 0);
        let may_follow = trail.may_follow > 0 && (noise(said) >= SHORTEST_TOKEN || has_uuid(said));
        let is_signature = said.len() > 4 && said.starts_with("s--") && said.ends_with("--");
        let is_named = !trail.is_reading
            && !has_domain_of(lists::NAMED_BY_PEOPLE, host)
            && noise(said) >= SHORTEST_ISSUED
            && !is_person_name(before, said)
            && is_secret_name(before, said);
        let is_handed_out =
            is_short_path(trail) && !has_domain_of(lists::PUBLIC_HOSTS, host) && is_run(said, SHORTEST_SHARED);
        if (is_one_time && is_opaque(said))
            || may_follow
            || holds_its_verb(said)
            || is_signature
            || is_named
            || is_handed_out
        {
            return true;
        }
        if let Some((name, value)) = said.split_once(['=', ':', '~'])
            && is_secret_name(name, value)
            && (said.contains('=') || is_opaque(value))
        {
            return true;
        }
        if is_message && has_person(said) {
            return false;
        }
        let longest = if trail.noise >= SHORTEST_TOKEN {
            LONGEST_IDS.saturating_sub(trail.noise).clamp(1, LONGEST_ID)
        } else {
            LONGEST_ID
        };
        !is_published(host, trail, said) && (is_typed(said) || self.is_secret_text(said, longest, depth))
    }

    fn parameter(&self, company: &Company<'_>, name: &str, value: &str, depth: u8) -> Parameter {
        let small = name.to_ascii_lowercase();
        if is_tracker(company.host, &small) {
            return Parameter::Tracker;
        }
        let is_empty = matches!(
            value.to_ascii_lowercase().trim(),
            "" | "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "none" | "undefined"
        );
        if is_empty {
            if company.is_of_files && is_hex(name) {
                return Parameter::Content;
            }
            // A query of one word that nobody could read is the number of something that is found by nothing else.
            if company.beside.contains(&Beside::Nothing) && noise(name) >= LONGEST_VALUE {
                return Parameter::LooksSecret;
            }
            let is_secret = !small.is_empty() && self.is_secret_text(name, LONGEST_NAME, depth);
            return if is_secret { Parameter::LooksSecret } else { Parameter::Content };
        }
        let is_signed = company.signed.iter().any(|entry| match entry.strip_suffix('*') {
            Some(start) => small.starts_with(start),
            None => small == *entry,
        });
        let is_answer = company.is_oauth && has(lists::OAUTH_ANSWER, &small);
        let is_harmless = has(lists::HARMLESS, &small);
        let is_one_time = company.is_one_time && !is_harmless && is_opaque(value);
        if is_signed || is_answer || is_one_time || is_secret_name(name, value) || has_person(value) {
            return Parameter::Secret;
        }
        let joined = words(name).collect::<String>().to_ascii_lowercase();
        let is_named = is_listed(lists::SECRET_PARAMETERS, company.host, &small)
            || (company.beside.contains(&Beside::User) && has(lists::BESIDE_USERS, &joined))
            || (company.beside.contains(&Beside::Person) && is_issued(value) && !is_harmless)
            || (company.beside.contains(&Beside::Ending) && is_issued(value) && !is_second(value) && !is_harmless)
            || (company.beside.contains(&Beside::Postcode) && is_numbered(value));
        if is_named {
            return Parameter::Secret;
        }
        let is_of_things = joined.strip_suffix("code").is_some_and(|thing| has(lists::CODED, thing));
        let is_either = has(lists::EITHER_NAMES, &joined)
            || words(name).filter(|_| !is_of_things).any(|word| has(lists::EITHER_NAMES, &word.to_ascii_lowercase()));
        let is_verb = words(name).any(|word| has(lists::ONE_TIME, &word.to_ascii_lowercase()));
        if (is_either && is_issued(value) && !is_harmless) || (is_verb && is_opaque(value)) {
            return Parameter::Secret;
        }
        // What signs a file is called so, and is as long as a digest.
        let is_signature = value.len() >= 32 && has("k s sg sign", &small);
        let is_public = is_listed(lists::PUBLIC_PARAMETERS, company.host, &small)
            || (company.is_of_files && is_hex(value) && !is_signature)
            || (is_hex(value) && words(name).any(|word| has(lists::REVISION_NAMES, word)));
        // What stands beside the address that it leads to signs it; under some names a machine's number may be short.
        let is_short = (company.beside.contains(&Beside::Address)
            && !value.contains(['/', ':'])
            && noise(value) >= SHORTEST_SIGNATURE)
            || (has(lists::MACHINE_NAMES, &joined) && noise(value) >= SHORTEST_ISSUED);
        let is_secret = is_known(value)
            || (!is_public && is_short)
            || (!is_public && self.is_secret_text(value, LONGEST_VALUE, depth))
            || self.is_secret_text(name, LONGEST_NAME, depth);
        if is_secret { Parameter::LooksSecret } else { Parameter::Content }
    }

    /// Whether a text is a secret or holds one, wherever it stands.
    fn is_secret_text(&self, text: &str, longest: usize, depth: u8) -> bool {
        let Some(left) = self.allowance.get().checked_sub(text.len() + 16) else { return true };
        self.allowance.set(left);
        let Some(depth) = depth.checked_sub(1) else { return true };
        if text.len() > LONGEST_PIECE {
            return true;
        }
        let meant = decoded(text);
        let text = meant.trim();
        if has_person(text) || is_known(text) {
            return true;
        }
        if text.starts_with(['{', '[', '"'])
            && let Ok(value) = serde_json::from_str::<Value>(text)
            && !value.is_number()
        {
            return self.is_secret_json(&value, longest, depth);
        }
        if let Some(found) = self.address(text, depth) {
            return found;
        }
        let bare = text.trim_end_matches('=');
        if bare.contains(['&', ';', '|', ',', '=', '\n', ' ', '<', '>', '"', '\''])
            && self.is_secret_list(bare, longest, depth)
        {
            return true;
        }
        let runs = || text.split(['.', ':', '~', '|', ',', ' ', ';', '&', '!', '*', '(', ')']);
        let mut is_readable = false;
        for run in runs() {
            let Some(says) = unpacked(run) else { continue };
            is_readable = true;
            let is_login = says.split_once(':').is_some_and(|(user, word)| {
                !user.is_empty()
                    && !word.starts_with('/')
                    && word.len() >= 4
                    && word.bytes().any(|b| !b.is_ascii_digit())
            });
            if is_login || self.is_secret_text(&says, longest, depth) {
                return true;
            }
        }
        // Sixteen hexadecimal digits are the number of a thing, in many a database.
        let is_number = text.len() <= 16 && is_hex(text) && longest >= LONGEST_VALUE;
        !is_readable && !is_number && (noise(text) >= longest || has_uuid(text))
    }

    fn is_secret_list(&self, text: &str, longest: usize, depth: u8) -> bool {
        let parts = text.split(['&', ';', '|', ',', '\n', ' ', '<', '>', '"', '\'']).filter(|part| !part.is_empty());
        let company = Company::default();
        parts.into_iter().any(|part| match part.split_once(['=', ':']) {
            Some((name, value)) if part.contains('=') || (is_secret_name(name, value) && is_opaque(value)) => {
                self.parameter(&company, name, value, depth) >= Parameter::Secret
            }
            _ => part.len() < text.len() && self.is_secret_text(part, longest, depth),
        })
    }

    fn is_secret_json(&self, value: &Value, longest: usize, depth: u8) -> bool {
        let company = Company::default();
        match value {
            Value::Null | Value::Bool(_) => false,
            Value::Number(number) => is_known(&number.to_string()),
            Value::String(text) => self.is_secret_text(text, longest, depth),
            Value::Array(items) => {
                let is_pair = match items.as_slice() {
                    [Value::String(name), Value::String(said)] => is_secret_name(name, said) && is_opaque(said),
                    _ => false,
                };
                is_pair || items.iter().any(|item| self.is_secret_json(item, longest, depth))
            }
            Value::Object(fields) => {
                named_by_a_field(fields)
                    || fields.iter().any(|(name, value)| {
                        let said = match value {
                            Value::String(text) => text.clone(),
                            Value::Number(number) => number.to_string(),
                            Value::Null | Value::Bool(_) => String::new(),
                            Value::Array(_) | Value::Object(_) => return self.is_secret_json(value, longest, depth),
                        };
                        self.parameter(&company, name, &said, depth) >= Parameter::Secret
                    })
            }
        }
    }

    /// Whether an address that a value holds has secrets of its own, or is of this network; `None` where it is no address.
    fn address(&self, text: &str, depth: u8) -> Option<bool> {
        let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
        let (scheme, rest) = match before.split_once("//") {
            Some(("", rest)) => ("https:", rest),
            Some((scheme, rest)) if scheme.ends_with(':') && scheme.len() <= 32 && !scheme.contains(['/', '?']) => {
                (scheme, rest)
            }
            Some(_) | None => ("", before),
        };
        let is_web = scheme.eq_ignore_ascii_case("http:") || scheme.eq_ignore_ascii_case("https:");
        if scheme.is_empty() && !before.starts_with(['/', '?', '.']) && !before.contains('?') && fragment.is_empty() {
            return None;
        }
        let (host, path) =
            if scheme.is_empty() { ("", rest) } else { rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len())) };
        // Of another network, or with somebody's name in it.
        let is_private = is_web && Target::parse(&[scheme, "//", host, "/"].concat()).is_err();
        if host.contains('@') || is_private {
            return Some(true);
        }
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        if self.sift(host, path, query, depth).has_secret {
            return Some(true);
        }
        let fragment = fragment.trim_start_matches('!');
        Some(!fragment.is_empty() && (self.is_secret_text(fragment, LONGEST_VALUE, depth) || secret_pair(fragment)))
    }
}
