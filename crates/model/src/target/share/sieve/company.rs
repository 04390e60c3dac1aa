//! What an address as a whole says of its parameters.

use super::looks::{extension, is_second};
use super::names::is_person_name;
use super::phrases::is_one_time_phrase;
use super::trail::Trail;
use crate::target::share::forms::{has_person, words};
use crate::target::share::lists::{self, has};

/// What stands beside a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// A user's name.
    User,
    /// Something of a person.
    Person,
    /// Where somebody lives, or what something is near to.
    Postcode,
    /// Another address, to which this one leads.
    Address,
    /// The moment at which the address ends.
    Ending,
    /// No other parameter.
    Nothing,
}

/// What the whole address says of its parameters.
#[derive(Debug, Default)]
pub(super) struct Company<'a> {
    pub(super) host: &'a str,
    /// Something is done once here, with a secret from a message.
    pub(super) is_one_time: bool,
    /// Hexadecimal digits name a revision, or tell one state of a file from another.
    pub(super) is_of_files: bool,
    pub(super) is_oauth: bool,
    pub(super) beside: Vec<Beside>,
    /// Names that belong to a signature; those with a star at the end are beginnings.
    pub(super) signed: Vec<&'static str>,
}

impl<'a> Company<'a> {
    pub(super) fn of(host: &'a str, trail: &Trail, pairs: &[(String, String)]) -> Self {
        let names: Vec<String> = pairs.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
        let has_name = |wanted: &str| names.iter().any(|name| name == wanted);
        let is_told = |(name, value): &(String, String)| {
            has("a action cmd do event flow m mode op purpose task type", &name.to_ascii_lowercase())
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
        let ends = |name: &str| has(lists::ENDINGS, &words(name).collect::<String>().to_ascii_lowercase());
        let is_address = |value: &str| value.starts_with("http://") || value.starts_with("https://");
        let beside = [
            (Beside::User, names.iter().any(|name| has(lists::USERS, name))),
            (Beside::Person, pairs.iter().any(|(name, value)| has_person(value) || is_person_name(name, value))),
            (Beside::Postcode, names.iter().any(|name| has(lists::PLACES_OF_PEOPLE, name))),
            (Beside::Address, pairs.iter().any(|(_, value)| is_address(value))),
            (Beside::Ending, pairs.iter().any(|(name, value)| is_second(value) && ends(name))),
            (Beside::Nothing, pairs.len() == 1),
        ];
        let beside = beside.into_iter().filter(|(_, is_there)| *is_there).map(|(what, _)| what);
        Self {
            host,
            beside: beside.collect(),
            is_one_time: trail.one_time.is_some_and(|(_, left)| left > 0) || pairs.iter().any(is_told),
            is_of_files: is_file
                || pairs.iter().any(is_view)
                || trail.before.iter().any(|said| has("blob commit commits diff log patch plain refs tree", said)),
            is_oauth: has_name("code") && lists::OAUTH_WITNESS.split(' ').any(has_name),
            signed: signed.collect(),
        }
    }
}
