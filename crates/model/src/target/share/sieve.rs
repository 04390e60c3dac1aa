//! An address taken apart, everywhere where something can be held in something else, and put together without its
//! secrets.
//!
//! Structure first: segments, matrix parameters, parameters, and within each value whatever it holds in turn: another
//! address, a query, JSON, a list, base64. Then the context of a value: where it stands, what stands beside it, and its
//! name. Then its looks. Work is bounded by depth and by an allowance of bytes; what is beyond counts as a secret.

use std::cell::Cell;

use serde_json::Value;

use super::forms::{
    decoded, has_person, has_uuid, is_issued, is_known, is_message_id, is_opaque, noise, pieces, unpacked, uuid_at,
    words,
};
use super::lists::{self, has};
use crate::target::{Target, site_of};

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

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Parameter {
    Content,
    /// It follows a person and gives access to nothing.
    Tracker,
    /// It never tells one page from another.
    Secret,
    /// It may.
    LooksSecret,
}

/// What stands beside a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    /// A user's name.
    User,
    /// Something of a person.
    Person,
    /// Where somebody lives, or what something is near to.
    Postcode,
    /// Another address, to which this one leads.
    Address,
    /// No other parameter.
    Nothing,
}

/// What the whole address says of its parameters.
#[derive(Debug, Default)]
struct Company<'a> {
    host: &'a str,
    /// Something is done once here, with a secret from a message.
    is_one_time: bool,
    /// Hexadecimal digits name a revision, or tell one state of a file from another.
    is_of_files: bool,
    is_oauth: bool,
    beside: Vec<Beside>,
    /// Names that belong to a signature; those with a star at the end are beginnings.
    signed: Vec<&'static str>,
}

/// The path so far.
#[derive(Debug, Default)]
struct Trail {
    /// Segments as they were meant, in small letters.
    before: Vec<String>,
    /// Up to where the path says what is done once, and how many segments on that still holds.
    one_time: Option<(usize, u8)>,
    /// For how many segments a secret may follow.
    may_follow: u8,
    /// Whether verbs are what this is about.
    is_reading: bool,
    /// How many of a year, a month and a day it holds, as publishers' paths do.
    dated: u8,
    /// How much of it stands in no order: what is short for itself may be long in sum.
    noise: usize,
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
        let is_of_people = is_on(host, lists::NAMED_BY_PEOPLE);
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
        let is_message = has(lists::MESSAGES, before) || is_on(host, lists::MESSAGE_HOSTS);
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
            && !is_on(host, lists::NAMED_BY_PEOPLE)
            && noise(said) >= SHORTEST_ISSUED
            && !is_person_name(before, said)
            && is_secret_name(before, said);
        let is_handed_out = is_short_path(trail) && !is_on(host, lists::PUBLIC_HOSTS) && is_run(said, SHORTEST_SHARED);
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
        let is_signature = value.len() >= 32 && has("s k sg sign", &small);
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

impl Trail {
    /// A segment that stays.
    fn pass(&mut self, said: String, at: usize, is_of_people: bool) {
        let stem = said.split('.').next().unwrap_or_default();
        let is_verb = is_one_time_phrase(stem);
        let is_demoted = self.is_reading || (is_of_people && !self.before.is_empty());
        self.one_time = match self.one_time {
            _ if is_verb && !is_demoted => Some((at, FOLLOWING)),
            Some((at, left)) => Some((at, left.saturating_sub(1))),
            None => None,
        };
        self.may_follow = if (is_verb && !is_of_people) || has(lists::MAYBE, stem) {
            FOLLOWING
        } else {
            self.may_follow.saturating_sub(1)
        };
        self.is_reading |= has(lists::READING, stem);
        let number: u32 = said.parse().unwrap_or_default();
        let is_year = said.len() == 4 && (1900..2100).contains(&number);
        if is_year || (self.dated > 0 && said.len() <= 2 && (1..=31).contains(&number)) {
            self.dated += 1;
        }
        self.before.push(said);
    }
}

impl<'a> Company<'a> {
    fn of(host: &'a str, trail: &Trail, pairs: &[(String, String)]) -> Self {
        let names: Vec<String> = pairs.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        let has_name = |wanted: &str| names.iter().any(|name| name == wanted);
        let is_told = |(name, value): &(String, String)| {
            has("action mode do task cmd type a m op flow purpose event", &name.to_ascii_lowercase())
                && is_one_time_phrase(&value.to_lowercase())
        };
        let is_view = |(name, value): &(String, String)| name == "a" && has(lists::REVISION_VIEWS, value);
        let is_signed_by = |mark: &str| {
            names
                .iter()
                .any(|name| if mark.ends_with('-') || mark == "q-sign" { name.starts_with(mark) } else { name == mark })
        };
        let signed = lists::SIGNED.iter().filter(|(mark, _)| is_signed_by(mark)).flat_map(|(_, all)| all.split(' '));
        let is_file = trail.before.last().is_some_and(|last| has(lists::ASSETS, extension(last)));
        let is_address = |value: &str| value.starts_with("http://") || value.starts_with("https://");
        let beside = [
            (Beside::User, names.iter().any(|name| has(lists::USERS, name))),
            (Beside::Person, pairs.iter().any(|(name, value)| has_person(value) || is_person_name(name, value))),
            (Beside::Postcode, names.iter().any(|name| has(lists::PLACES_OF_PEOPLE, name))),
            (Beside::Address, pairs.iter().any(|(_, value)| is_address(value))),
            (Beside::Nothing, pairs.len() == 1),
        ];
        let beside = beside.into_iter().filter(|(_, is_there)| *is_there).map(|(what, _)| what);
        Self {
            host,
            beside: beside.collect(),
            is_one_time: trail.one_time.is_some_and(|(_, left)| left > 0) || pairs.iter().any(is_told),
            is_of_files: is_file
                || pairs.iter().any(is_view)
                || trail.before.iter().any(|said| has("commit commits tree blob diff log plain refs patch", said)),
            is_oauth: has_name("code") && lists::OAUTH_WITNESS.split(' ').any(has_name),
            signed: signed.collect(),
        }
    }
}

/// A segment, and the parameters behind it (RFC 3986, section 3.3).
fn matrix(segment: &str) -> (&str, Vec<(&str, &str)>) {
    let ends = segment.match_indices([';', '&', ',']).map(|(at, _)| at);
    let begins = ends.clone().zip(ends.skip(1).chain([segment.len()]));
    let first = begins
        .clone()
        .find(|(at, end)| segment.get(*at..*end).is_some_and(|piece| piece.contains('=') || piece.starts_with(';')));
    let Some((start, _)) = first else { return (segment, Vec::new()) };
    let rest = begins.filter(|(at, _)| *at >= start);
    let pieces = rest.filter_map(|(at, end)| Some((segment.get(at..=at)?, segment.get(at + 1..end)?))).collect();
    (segment.get(..start).unwrap_or_default(), pieces)
}

/// The parameters of a query, each with what separates it from the one before: `&`, `;` or an escaped `&amp;`. JSON
/// that was not encoded stays in one piece.
fn parameters(query: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let (mut separator, mut rest) = ("", query);
    loop {
        let (name, value) = rest.split_once('=').unwrap_or((rest, ""));
        let is_json = !name.contains(['&', ';']) && (value.starts_with('{') || value.starts_with('['));
        let end = if is_json { rest.find('&') } else { rest.find(['&', ';']) };
        let Some(end) = end else {
            found.push((separator, rest));
            return found;
        };
        let (piece, after) = rest.split_at(end);
        found.push((separator, piece));
        let mut long = 1;
        while after.get(long..).is_some_and(|after| after.starts_with("amp;")) {
            long += "amp;".len();
        }
        (separator, rest) = after.split_at(long);
    }
}

/// Whether a parameter of this name carries a secret whatever it says.
fn is_secret_name(name: &str, value: &str) -> bool {
    let all: Vec<String> = words(name).map(str::to_ascii_lowercase).collect();
    let has_word = |list: &str| all.iter().any(|word| has(list, word));
    if all.len() > 1 && all.last().is_some_and(|last| has(lists::ABOUT, last)) {
        return false;
    }
    let joined = all.concat();
    if let Some(is_person) = of_person(&all, &joined, value) {
        return is_person;
    }
    let is_key = has_word("key keys code") && has_word(lists::OWNERS_OF_KEYS);
    let is_secret = |word: &String| {
        has(lists::SECRET_NAMES, word)
            || lists::SECRET_NAMES.split(' ').any(|secret| secret.len() > 4 && word.ends_with(secret))
            || STARTS.iter().any(|start| word.starts_with(start) && !word.starts_with("tokeniz"))
    };
    is_key || is_secret(&joined) || all.iter().any(is_secret)
}

/// Whether a parameter of this name says something of a person; `None` where the name is another.
fn of_person(all: &[String], joined: &str, value: &str) -> Option<bool> {
    let is_name = all.last().is_some_and(|last| has(lists::PERSON_NAMES, last)) || has(lists::PERSON_NAMES, joined);
    let is_number = ["phone", "mobile", "dob", "birth"].iter().any(|word| joined.contains(word));
    is_name.then(|| !is_number || value.bytes().filter(u8::is_ascii_digit).count() >= 6)
}

fn is_person_name(name: &str, value: &str) -> bool {
    let all: Vec<String> = words(name).map(str::to_ascii_lowercase).collect();
    of_person(&all, &all.concat(), value) == Some(true) && !value.is_empty()
}

/// `{"name": "token", "value": "…"}`: a field that is named by another.
fn named_by_a_field(fields: &serde_json::Map<String, Value>) -> bool {
    let said = |names: [&str; 4]| names.into_iter().find_map(|name| fields.get(name)).and_then(Value::as_str);
    let name = said(["name", "key", "k", "field"]);
    let value = said(["value", "val", "v", "content"]);
    name.zip(value).is_some_and(|(name, value)| is_secret_name(name, value) && is_opaque(value))
}

/// Whether what stands before or behind says that this is a secret: what is done with it, when it ends, a calendar.
fn is_for_what_follows(host: &str, trail: &Trail, said: &str, all: &[&str], nth: usize) -> bool {
    let noise = noise(said);
    if noise < SHORTEST_ISSUED || has(lists::ASSETS, &extension(said).to_ascii_lowercase()) {
        return false;
    }
    let before = trail.before.last().map_or("", String::as_str);
    if is_revision(host, before, said) || is_chains(trail, said) {
        return false;
    }
    let after = all.get(nth + 1).map_or_else(String::new, |after| decoded(after).to_lowercase());
    // A link that ends has the second of its end beside its signature.
    let is_second =
        |text: &str| text.len() == 10 && text.parse().is_ok_and(|at: u64| (1_000_000_000..3_000_000_000).contains(&at));
    let is_ending = is_second(&after) || is_second(before);
    let is_calendar = || {
        let last = all.last().map_or("", |last| extension(last)).to_ascii_lowercase();
        has("ics ical ifb vcf", &last) && !all.contains(&"public")
    };
    (is_ending && noise >= LONGEST_VALUE)
        || (!trail.is_reading && has(lists::ACTING, &after))
        || (noise >= SHORTEST_TOKEN && is_calendar())
}

/// Whether it is a number of the kind that one thing has: of a parcel, of an order.
fn is_numbered(text: &str) -> bool {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= 8 && text.len() >= 10 && text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// `/s/…`, `/index.php/s/…`: where programs that many people run put what is shared by a link.
fn is_short_path(trail: &Trail) -> bool {
    match trail.before.as_slice() {
        [one] => has(lists::SHORT_PATHS, one),
        [script, one] => extension(script) == "php" && has(lists::SHORT_PATHS, one),
        _ => false,
    }
}

/// Whether it is in one piece as machines make it: of both cases, or hexadecimal. Shops' codes are neither.
fn is_run(said: &str, shortest: usize) -> bool {
    let holds = |piece: &str, kind: fn(&u8) -> bool| piece.bytes().any(|byte| kind(&byte));
    pieces(said).any(|piece| {
        let is_mixed = holds(piece, u8::is_ascii_uppercase) && holds(piece, u8::is_ascii_lowercase);
        piece.len() >= shortest && noise(piece) > 0 && (is_mixed || is_hex(piece))
    })
}

/// `plink_1Ab2…`: what it is, and its number.
fn is_typed(said: &str) -> bool {
    said.split_once('_').is_some_and(|(kind, number)| {
        let is_kind = (2..=8).contains(&kind.len()) && kind.bytes().all(|byte| byte.is_ascii_lowercase());
        is_kind && number.bytes().all(|byte| byte.is_ascii_alphanumeric()) && is_run(number, SHORTEST_SHARED)
    })
}

fn is_listed(list: &[(&str, &str)], host: &str, name: &str) -> bool {
    list.iter().any(|(place, named)| *named == name && is_below(host, place))
}

const STARTS: [&str; 8] = ["token", "session", "passw", "aspsession", "phpsess", "jsession", "csrf", "oauth"];

fn secret_pair(text: &str) -> bool {
    text.split(['&', ';', '?']).filter_map(|part| part.split_once('=')).any(|(name, value)| is_secret_name(name, value))
}

fn is_tracker(host: &str, name: &str) -> bool {
    let site = site_of(host).split('.').next().unwrap_or_default();
    lists::TRACKERS.split(' ').any(|entry| match entry.split_once(':') {
        Some((of, entry)) => entry == name && of == site,
        None => entry == name,
    })
}

/// Whether a part of a path says what is done once: made of such verbs and of what they are about, and nothing else.
fn is_one_time_phrase(said: &str) -> bool {
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
fn is_glued(word: &str) -> bool {
    let is_rest = |rest: &str| rest.len() > 2 && (has(lists::OBJECTS, rest) || has(lists::ONE_TIME, rest));
    word.len() >= 8
        && lists::ONE_TIME
            .split(' ')
            .filter(|verb| verb.len() >= 4)
            .any(|verb| word.strip_prefix(verb).is_some_and(is_rest) || word.strip_suffix(verb).is_some_and(is_rest))
}

/// `reset-password-7f3a9c1b`, `private-0a1b2c3d`: what is done and what it is done with in one.
fn holds_its_verb(said: &str) -> bool {
    let Some(at) = said.rfind(['-', '_', '.', ':', '~', '=']) else { return false };
    let (Some(verb), Some(rest)) = (said.get(..at), said.get(at + 1..)) else { return false };
    let verb = verb.to_lowercase();
    rest.len() >= 6
        && (noise(rest) >= 6 || (is_opaque(rest) && rest.bytes().any(|byte| byte.is_ascii_alphabetic())))
        && !has(lists::ASSETS, &rest.to_ascii_lowercase())
        && (is_one_time_phrase(&verb) || has(lists::PRIVATE_WORDS, &verb))
}

fn one_time_host(host: &str) -> bool {
    host.split('.').next().is_some_and(|label| host.contains('.') && has(lists::ONE_TIME_HOSTS, label))
}

fn is_private_place(host: &str, trail: &Trail, said: &str) -> bool {
    let before = trail.before.last().map_or("", String::as_str);
    let is_before = |wanted: &str| match wanted {
        "^" => trail.before.is_empty(),
        "*" => true,
        "#" => before.len() >= 5 && before.bytes().all(|byte| byte.is_ascii_digit()),
        wanted => before == wanted,
    };
    lists::PLACES.iter().any(|(place, wanted, only_opaque)| {
        is_below(host, place) && is_before(wanted) && (!only_opaque || is_opaque(said) || said.starts_with('+'))
    }) || (is_below(host, "t.me") && said.starts_with('+'))
        || (is_below(host, "soundcloud.com") && said.strip_prefix("s-").is_some_and(is_opaque))
        || (is_below(host, "meet.google.com") && said.split('-').map(str::len).eq([3, 4, 3]))
        || (is_below(host, "wa.me")
            && trail.before.is_empty()
            && said.len() >= 8
            && said.bytes().all(|b| b.is_ascii_digit()))
}

/// What Google Maps says of a place, as text of its own making.
fn is_map(host: &str, said: &str) -> bool {
    site_of(host).starts_with("google.") && (said.starts_with("data=!") || said.starts_with('@'))
}

fn is_revision(host: &str, before: &str, said: &str) -> bool {
    let stem = said.strip_suffix(".tar.gz").or_else(|| said.strip_suffix(".zip")).unwrap_or(said);
    let stem = stem.strip_suffix(".patch").or_else(|| stem.strip_suffix(".diff")).unwrap_or(stem);
    let is_pinned = stem.split_once('@').is_some_and(|(_, pin)| pin.len() == 40 && is_hex(pin));
    let is_place = has(lists::REVISIONS, before) || is_below(host, "raw.githubusercontent.com");
    is_pinned || (is_place && stem.split("..").all(|part| is_hex(part.trim_matches(['.', '^', '!']))))
}

fn is_chains(trail: &Trail, said: &str) -> bool {
    let mut before = trail.before.iter().rev().map(String::as_str);
    let before_that = |before: &str| before.len() <= 8 && before.bytes().all(|byte| byte.is_ascii_lowercase());
    // `/transactions/btc/…`
    let before = match (before.next().unwrap_or_default(), before.next().unwrap_or_default()) {
        (chain, kind) if said.len() == 64 && before_that(chain) && has(lists::CHAINS, kind) => kind,
        (kind, _) => kind,
    };
    let is_account = said.strip_prefix("0x").is_some_and(|rest| matches!(rest.len(), 40 | 64) && is_hex(rest));
    let is_name = (26..=100).contains(&said.len()) && said.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_place = has(lists::CHAINS, before);
    is_place && (is_account || (is_name && !has("token tokens account wallet", before)))
}

/// Whether it names what somebody has published.
fn is_published(host: &str, trail: &Trail, said: &str) -> bool {
    if is_on(host, lists::PUBLIC_HOSTS)
        || lists::DIGESTS.split(' ').any(|start| said.starts_with(start) && said.len() > 12)
    {
        return true;
    }
    let is_place = trail.dated >= 2 || trail.before.iter().rev().take(2).any(|before| has(lists::PUBLISHED, before));
    let is_file = has(lists::ASSETS, &extension(said).to_ascii_lowercase());
    let uuid = uuid_at(said);
    let rest = uuid
        .map_or_else(|| said.to_owned(), |at| [said.get(..at), said.get(at + 36..)].into_iter().flatten().collect());
    let is_digest = |piece: &str| is_hex(piece) && (matches!(piece.len(), 24 | 32 | 40 | 64) || piece.len() <= 16);
    let is_plain = pieces(&rest).all(|piece| noise(piece) == 0 || is_digest(piece));
    if is_file || (is_place && is_plain) {
        return true;
    }
    // A headline with its number: two words at least, and none that says that it is for few.
    let is_word = |piece: &&str| piece.len() >= 3 && piece.bytes().all(|byte| byte.is_ascii_alphabetic());
    let headline: Vec<&str> = pieces(&rest).filter(is_word).collect();
    let numbers = pieces(&rest).filter(|piece| noise(piece) > 0).count() + usize::from(uuid.is_some());
    headline.len() >= 2
        && headline.iter().map(|word| word.len()).sum::<usize>() >= 8
        && !headline.iter().any(|word| noise(word) > 0)
        && (is_manual(host, &rest) || !headline.iter().any(|word| has(lists::FOR_FEW, &word.to_ascii_lowercase())))
        && numbers <= 1
        && is_plain
}

/// `support.example.org/reset-your-pc-…`: what somebody explains, and not a verb with what it is about.
fn is_manual(host: &str, headline: &str) -> bool {
    let is_place = host.split('.').next().is_some_and(|label| has(lists::READING, label));
    is_place && !is_one_time_phrase(&headline.to_lowercase())
}

fn is_hex(text: &str) -> bool {
    text.len() >= 6 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Whether a host is one of these or below it.
fn is_on(host: &str, list: &str) -> bool {
    list.split(' ').any(|place| is_below(host, place))
}

fn is_below(host: &str, place: &str) -> bool {
    host.strip_suffix(place).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether a host's own name is a secret: tunnels and previews are found by nothing else.
pub(super) fn is_secret_host(host: &str) -> bool {
    let is_ours =
        |label: &&str| !label.starts_with("xn--") && !lists::DIGESTS.split(' ').any(|start| label.starts_with(start));
    host.split('.').filter(is_ours).any(|label| noise(label) >= LONGEST_LABEL || has_uuid(label))
}

/// Names of hosts that clouds make up are shorter.
const LONGEST_LABEL: usize = 24;

/// Ids of public things are shorter: Spotify's have 22 letters, YouTube's 11.
const LONGEST_ID: usize = 23;

/// In sum.
const LONGEST_IDS: usize = 36;

/// Parameters' values are less often the page's own name.
const LONGEST_VALUE: usize = 16;

/// Names of parameters hold indices and the like.
const LONGEST_NAME: usize = 20;

/// Where a secret may follow, this much is one.
const SHORTEST_TOKEN: usize = 10;

/// Under names of machines' numbers, and before what is done with it, so much in no order is enough.
const SHORTEST_ISSUED: usize = 8;

/// Beside the address that it signs.
const SHORTEST_SIGNATURE: usize = 12;

/// Nextcloud's links have 15 letters, short links of public things fewer.
const SHORTEST_SHARED: usize = 15;

/// A verb counts for this many segments that follow it: `/reset/MQ/abc-123/`.
const FOLLOWING: u8 = 3;

/// How many things may be held in each other: an address in a parameter of one in a parameter of one, as JSON.
pub(super) const DEEPEST: u8 = 7;

/// Servers refuse longer addresses, archives as well.
const LONGEST: usize = 8_192;

/// One segment or value that is longer is no name of a page.
const LONGEST_PIECE: usize = 4_096;

/// What may be looked at for one address, in bytes; ordinary ones need a few hundred.
const ALLOWANCE: usize = 200_000;
