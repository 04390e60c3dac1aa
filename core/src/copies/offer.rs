//! One copy that can be opened, and the order in which copies are offered: derived, no weights.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::observation::Millis;

/// A copy to offer. Best first: the order of the fields is the order of what counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Offer {
    /// How old it is.
    pub age: Age,
    /// Whose it is.
    pub source: Source,
    /// Where it is; https, and on the archive's own host.
    pub url: String,
}

/// Whose copy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A web archive, by its name for people.
    Archive(String),
}

/// When a copy was taken: newest first, unknown last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Age {
    /// Taken at this moment.
    Taken(Reverse<Millis>),
    /// The archive does not say.
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_copies_come_first_and_undated_ones_last() {
        let offer = |age, name: &str| Offer { age, source: Source::Archive(name.into()), url: String::new() };
        let mut offers = [
            offer(Age::Unknown, "a"),
            offer(Age::Taken(Reverse(Millis(1))), "b"),
            offer(Age::Taken(Reverse(Millis(2))), "c"),
        ];
        offers.sort();
        let order: Vec<_> = offers.iter().map(|offer| &offer.source).collect();
        assert_eq!(order, [&Source::Archive("c".into()), &Source::Archive("b".into()), &Source::Archive("a".into())]);
    }
}
