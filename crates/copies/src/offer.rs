//! One copy that can be opened, and the order in which copies are offered: derived, no weights.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use detour_model::observation::Millis;

/// A copy to offer. Best first: the order of the fields is the order of what counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Offer {
    /// Whether anybody but a file says that this is the page.
    #[serde(default)]
    pub standing: Standing,
    /// Of what it is.
    pub scope: Scope,
    /// Where it lies.
    pub place: Place,
    /// Whether it was looked into.
    pub checked: Checked,
    /// How old it is.
    pub age: Age,
    /// How many of its parts (images, styles, fonts) are missing, where that is known.
    #[serde(default)]
    pub lost: u32,
    /// How many parts it had.
    #[serde(default)]
    pub parts: u32,
    /// Whose it is.
    pub source: Source,
    /// Where it is: http or https, and on its source's own host; for a local copy `kept:` and its id.
    pub url: String,
    /// Its title, where it is another page than the one that failed.
    #[serde(default)]
    pub title: String,
}

impl Offer {
    /// Whether it is shown above another one. What opens in other software only stands last.
    #[must_use]
    pub fn comes_before(&self, other: &Self) -> bool {
        let is_onion = |offer: &Self| matches!(offer.source, Source::Onion(_));
        (is_onion(self), self) < (is_onion(other), other)
    }
}

/// Who says what a copy is of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// This computer took it, or its source was asked.
    #[default]
    Fetched,
    /// A file that the user imported, whoever wrote it: the last resort.
    Imported,
}

/// Of what a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The page that failed.
    SamePage,
    /// Another page of the same publisher.
    SameSite,
}

/// Where a copy lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// On this computer.
    Local,
    /// On somebody else's.
    Remote,
}

/// Whether a copy was looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Checked {
    /// It was read, and it shows the page.
    Verified,
    /// Somebody says that it is there.
    Unverified,
}

/// Whose copy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// This computer's own, by its id on the shelf.
    Kept(String),
    /// Another address of the publisher, by its host, and the CDN that answered there, where headers told.
    Mirror {
        /// Its host.
        host: String,
        /// The CDN's name.
        cdn: Option<String>,
    },
    /// A web archive, by its name for people.
    Archive(String),
    /// The publisher's onion service, by its host: opens in Tor Browser only.
    Onion(String),
}

/// When a copy was taken: newest first, unknown last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Age {
    /// It is no copy but the page itself, at another address.
    Live,
    /// Taken at this moment.
    Taken(Reverse<Millis>),
    /// The archive does not say.
    Unknown,
}

/// Puts an offer in its place; of two at one address, and of two by one archive for one page, the better one stays.
pub fn insert(offers: &mut Vec<Offer>, offer: Offer) {
    let is_rival = |known: &Offer| {
        let same_archive = matches!(known.source, Source::Archive(_)) && known.source == offer.source;
        known.url == offer.url || (same_archive && known.scope == offer.scope)
    };
    if offers.iter().any(|known| is_rival(known) && *known <= offer) {
        return;
    }
    offers.retain(|known| !is_rival(known));
    let place = offers.iter().position(|known| offer.comes_before(known)).unwrap_or(offers.len());
    offers.insert(place, offer);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn offer(scope: Scope, place: Place, checked: Checked, age: Age, name: &str) -> Offer {
        let source = Source::Archive(name.into());
        let url = format!("https://{name}.example.org/");
        let standing = Standing::default();
        Offer { standing, scope, place, checked, age, lost: 0, parts: 0, source, url, title: String::new() }
    }

    #[test]
    fn page_before_site_local_before_remote_checked_before_not_newer_before_older() {
        use {Checked::*, Place::*, Scope::*};
        let taken = |at| Age::Taken(Reverse(Millis(at)));
        let wanted = [
            offer(SamePage, Local, Verified, taken(1), "a"),
            offer(SamePage, Remote, Verified, Age::Live, "b"),
            offer(SamePage, Remote, Verified, taken(2), "c"),
            offer(SamePage, Remote, Verified, taken(1), "d"),
            offer(SamePage, Remote, Verified, Age::Unknown, "e"),
            offer(SamePage, Remote, Unverified, Age::Live, "f"),
            offer(SamePage, Remote, Unverified, taken(9), "g"),
            offer(SameSite, Local, Verified, taken(9), "h"),
            offer(SameSite, Remote, Verified, Age::Live, "i"),
        ];
        let mut offers = Vec::new();
        for one in wanted.iter().rev() {
            insert(&mut offers, one.clone());
        }
        assert_eq!(offers, wanted);
        let imported = Offer { standing: Standing::Imported, ..offer(SamePage, Local, Verified, taken(99), "j") };
        insert(&mut offers, imported.clone());
        assert_eq!(offers.last(), Some(&imported), "what a file says comes last");
    }

    #[test]
    fn one_archive_offers_its_best_copy_only() {
        let taken = |at| Age::Taken(Reverse(Millis(at)));
        let old = offer(Scope::SamePage, Place::Remote, Checked::Verified, taken(1), "a");
        let mut new = offer(Scope::SamePage, Place::Remote, Checked::Verified, taken(2), "a");
        new.url = "https://a.example.org/2".into();
        let mut offers = Vec::new();
        insert(&mut offers, old);
        insert(&mut offers, new.clone());
        assert_eq!(offers, [new]);
    }

    proptest! {
        #[test]
        fn any_offers_come_out_sorted_and_unique(all in prop::collection::vec((0_u8..3, 0_u8..2, any::<bool>(), 0_u64..4), 0..20)) {
            let mut offers = Vec::new();
            for (name, scope, is_checked, at) in all {
                let scope = if scope == 0 { Scope::SamePage } else { Scope::SameSite };
                let checked = if is_checked { Checked::Verified } else { Checked::Unverified };
                let age = if at == 0 { Age::Unknown } else { Age::Taken(Reverse(Millis(at))) };
                insert(&mut offers, offer(scope, Place::Remote, checked, age, &format!("n{name}")));
            }
            prop_assert!(offers.is_sorted());
            for (at, one) in offers.iter().enumerate() {
                prop_assert!(offers.iter().skip(at + 1).all(|other| other.url != one.url));
            }
        }
    }
}
