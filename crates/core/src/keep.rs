//! Which pages may be kept on this computer, and what is remembered with them.
//!
//! A page that is well *tells of itself* ([`ReadyPage`]); the rules say whether it may be kept, or the first
//! [`Reason`] why not. Nothing of a page is read before that.

use serde::{Deserialize, Serialize};

pub use crate::copies::Known;
use crate::observation::Millis;
use crate::tab::TabId;

mod patterns;
mod public;
mod reason;
mod rules;

pub use patterns::matches;
pub use reason::Reason;
pub use rules::{keep_of, may_keep, may_keep_url};

/// A page that is well, as its content script describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ReadyPage {
    /// Its address.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Its status code.
    pub status: u16,
    /// `document.contentType`.
    pub media_type: String,
    /// Whether a password can be typed into it.
    pub has_password: bool,
    /// Whether it has a link or form that ends a session.
    pub has_sign_out: bool,
    /// Whether it came from a form.
    pub from_form: bool,
    /// The headers of the stored answer, names in lower case; `None` where the browser stored none, as with
    /// `Cache-Control: no-store`, or where what it stored is not what is on screen.
    pub headers: Option<std::collections::BTreeMap<String, String>>,
    /// How many words are on screen.
    pub words: u32,
    /// How many of them are not in the site's answer: scripts brought them.
    pub foreign: u32,
    /// Those, each once and in lower case; not all of them where they are many.
    pub brought_words: Vec<String>,
    /// The words up to two before and after one of those on screen.
    pub brought_beside: Vec<String>,
    /// How many pictures are on screen, icons aside.
    pub pictures: u32,
    /// How many of them the site's answer does not name.
    pub brought_pictures: u32,
    /// What a request without cookies got, if there was one.
    pub anonymous: Option<Anonymous>,
    /// Whether a hand touched the page: a key, a button, a wheel, a finger.
    pub attended: bool,
    /// `<link rel=canonical>`, absolute.
    pub canonical: Option<String>,
    /// The publisher's other addresses of the page (`<link rel=alternate>`, mobile and AMP pages), absolute.
    pub alternates: Vec<String>,
    /// Feeds that the page names, absolute.
    pub feeds: Vec<String>,
    /// `<meta http-equiv=onion-location>`, if there is one.
    pub onion: Option<String>,
}

/// What a request without cookies got, against what is on screen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Anonymous {
    /// Its status code; 302 for any redirect, 0 where nothing came that can be compared.
    pub status: u16,
    /// How many words it has.
    pub shared: u32,
    /// How many different words are on screen, and neither in it nor in the files of its scripts.
    pub extra: u32,
    /// The words that are oftener on screen, each once and in lower case; not all of them where they are many.
    pub only_here: Vec<String>,
    /// The words up to two before and after one of [`Self::extra`] on screen.
    pub beside: Vec<String>,
    /// The words in it that are not on screen; not all of them where they are many.
    pub only_there: Vec<String>,
    /// How many pictures are on screen, and named neither in it nor in the files of its scripts.
    pub extra_pictures: u32,
}

/// What goes onto the shelf beside the page itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keep {
    /// The page's address, without userinfo and fragment.
    pub url: String,
    /// Its title.
    pub title: String,
    /// When.
    pub at: Millis,
    /// Whether the user pinned it.
    pub pinned: bool,
    /// Whether a hand touched it: what another page opened by itself takes nothing's place but its own kind's.
    #[serde(default)]
    pub attended: bool,
    /// Whether it comes from a file: nobody saw the site say it.
    #[serde(default)]
    pub imported: bool,
    /// How much room all copies may take, in bytes.
    pub quota: u64,
    /// What the publisher says of the page's other addresses.
    pub known: Known,
}

/// A copy on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Names it on the shelf.
    pub id: String,
    /// The page's address.
    pub url: String,
    /// Its title.
    pub title: String,
    /// When it was taken.
    pub at: Millis,
    /// How many parts (images, styles, fonts) the page had.
    pub parts: u32,
    /// How many of them are missing.
    pub lost: u32,
    /// Whether it comes from a file.
    #[serde(default)]
    pub imported: bool,
    /// What was remembered with it.
    #[serde(default)]
    pub known: Known,
}

/// What is remembered of pages that told of themselves, while the browser runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    /// Copies that wait until no check runs.
    pub waiting: Vec<Waiting>,
    /// When pages were last taken, newest last, by [`page_key`].
    pub taken: Vec<(String, Millis)>,
    /// When sites were last asked what others get of a page, newest last, by [`page_key`].
    pub compared: Vec<(String, Millis)>,
    /// Those taken that no hand had touched when they were taken.
    pub untouched: Vec<String>,
    /// Why the page in a tab was not kept, newest last.
    pub refused: Vec<Refused>,
}

impl Told {
    /// Why this page was not kept when it last stood in this tab.
    #[must_use]
    pub fn refusal(&self, tab: TabId, url: &str) -> Option<Reason> {
        let page = page_key(url);
        self.refused.iter().find(|refused| refused.tab == tab && refused.page == page).map(|refused| refused.reason)
    }
}

/// A copy that is to be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Of what this tab shows.
    pub tab: TabId,
    /// What is kept beside the page itself.
    pub keep: Keep,
}

/// A page that was not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// The tab it was in.
    pub tab: TabId,
    /// Which page, by [`page_key`].
    pub page: String,
    /// Why.
    pub reason: Reason,
}

/// The longest address that is remembered: beyond it, addresses are made by machines for machines.
pub const MAX_URL: usize = 2_000;

/// How many other addresses or feeds of a page are remembered: more than any page has translations into one language.
const MAX_OTHERS: usize = 8;

/// What names a page on the shelf: its address without userinfo, fragment and a final slash.
#[must_use]
pub fn page_key(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    url.strip_suffix('/').unwrap_or(url).to_owned()
}
