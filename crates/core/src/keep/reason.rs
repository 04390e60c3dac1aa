//! Why a page is not kept.

use serde::{Deserialize, Serialize};

/// The first rule that a page breaks. The order is the one in which the options list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The user keeps nothing, or was not asked yet.
    NotChosen,
    /// The user keeps pinned pages only, and this is none.
    NotPinned,
    /// It is no page of the public web: a page of the browser, a file, an onion service, something that does not parse.
    NotWeb,
    /// It is on the user's own network.
    PrivateNetwork,
    /// It is a copy already: an archive's page.
    Archive,
    /// The user wants nothing of this host kept.
    Excluded,
    /// Its address holds what looks like a secret or names a person.
    Secret,
    /// Its address or its answer says that the user signed in to see it.
    SignedIn,
    /// A password can be typed into it.
    Password,
    /// One can sign out of it, so somebody is signed in.
    SignOut,
    /// It came from a form.
    Form,
    /// `Cache-Control: no-store`; or the browser has not stored it for another reason, and whether the site allows
    /// it is not known.
    NoStore,
    /// `Cache-Control: private`.
    Private,
    /// The site says that it looks different for each person (`Vary: Cookie`, `Vary: Authorization`, `Vary: *`).
    Personal,
    /// Without cookies the site sends other words, or none.
    OnlyForYou,
    /// Nothing says that others get it as well: neither its headers nor a request without cookies.
    Unproven,
    /// It is an error page, or no page was sent.
    NotFine,
    /// It is a picture, a film, a text, a PDF.
    NotHtml,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::NotChosen,
        Self::NotPinned,
        Self::NotWeb,
        Self::PrivateNetwork,
        Self::Archive,
        Self::Excluded,
        Self::Secret,
        Self::SignedIn,
        Self::Password,
        Self::SignOut,
        Self::Form,
        Self::NoStore,
        Self::Private,
        Self::Personal,
        Self::OnlyForYou,
        Self::Unproven,
        Self::NotFine,
        Self::NotHtml,
    ];

    /// The message that says it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::NotChosen => "not_kept_chosen",
            Self::NotPinned => "not_kept_pinned",
            Self::NotWeb => "not_kept_web",
            Self::PrivateNetwork => "not_kept_private_network",
            Self::Archive => "not_kept_archive",
            Self::Excluded => "not_kept_excluded",
            Self::Secret => "not_kept_secret",
            Self::SignedIn => "not_kept_signed_in",
            Self::Password => "not_kept_password",
            Self::SignOut => "not_kept_sign_out",
            Self::Form => "not_kept_form",
            Self::NoStore => "not_kept_no_store",
            Self::Private => "not_kept_private",
            Self::Personal => "not_kept_personal",
            Self::OnlyForYou => "not_kept_only_for_you",
            Self::Unproven => "not_kept_unproven",
            Self::NotFine => "not_kept_fine",
            Self::NotHtml => "not_kept_html",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_listed_once_and_has_words_of_its_own() {
        let keys: std::collections::BTreeSet<&str> = Reason::ALL.into_iter().map(Reason::key).collect();
        assert_eq!(keys.len(), Reason::ALL.len());
        assert!(Reason::ALL.is_sorted(), "the order of the list is the order of the enum");
        // The last variant closes the list: a new one behind it has to be added there.
        assert_eq!(Reason::ALL.len(), Reason::NotHtml as usize + 1);
    }

    #[test]
    fn every_reason_has_words_in_the_default_language() {
        let messages = include_str!("../../../../www/_locales/en/messages.json");
        for reason in Reason::ALL {
            assert!(messages.contains(&format!("\"{}\"", reason.key())), "{}", reason.key());
        }
    }
}
