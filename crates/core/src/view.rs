//! What the pages draw, as it is: no page decides anything.
//!
//! Words are keys into `_locales`, with their arguments; a shell without a browser looks them up in the
//! same file ([`Text::render`]).

use serde::{Deserialize, Serialize};

mod age;
mod badge;
mod board;
mod copies;
mod evidence;
mod sentence;
mod tab;

pub use crate::verdict::Mark;
pub use badge::{Badge, Icon, badge};
pub use board::{Band, BandKind, BoardView, CheckingView, GroupView, PastView, SiteView, Window, board_view, down_for};
pub use copies::{offer_view, said_view, unshareable};
pub use evidence::{row, rows};
pub use sentence::{certainty, headline, reason, reasons, verdict_text};
pub use tab::{mood, tab_view};

/// A host as people write it.
pub(crate) fn name(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// A message of `_locales/*/messages.json` with its arguments, `$1` onwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Text {
    /// The message's key.
    pub key: String,
    /// Its arguments.
    #[serde(default)]
    pub args: Vec<String>,
}

impl Text {
    /// A message without arguments.
    #[must_use]
    pub fn of(key: &str) -> Self {
        Self { key: key.to_owned(), args: Vec::new() }
    }

    /// A message with arguments.
    #[must_use]
    pub fn with<const N: usize>(key: &str, args: [&str; N]) -> Self {
        Self { key: key.to_owned(), args: args.map(str::to_owned).to_vec() }
    }

    /// The words, from the text of a `messages.json`. A key that is missing is shown as itself.
    #[must_use]
    pub fn render(&self, messages: &serde_json::Value) -> String {
        let Some(entry) = messages.get(&self.key) else { return self.key.clone() };
        let mut words = entry.get("message").and_then(|message| message.as_str()).unwrap_or(&self.key).to_owned();
        // Named placeholders stand for `$1`…; see chrome.i18n. Names are matched without case.
        for (name, placeholder) in entry.get("placeholders").and_then(|all| all.as_object()).into_iter().flatten() {
            let content = placeholder.get("content").and_then(|content| content.as_str()).unwrap_or_default();
            words = words.replace(&format!("${}$", name.to_uppercase()), content);
        }
        for (index, arg) in self.args.iter().enumerate() {
            words = words.replace(&format!("${}", index + 1), arg);
        }
        words
    }
}

/// One tab, for the popup and the outage page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TabView {
    /// How things stand.
    pub mood: Mood,
    /// The site for people, `theguardian.com`; empty when there is nothing to say.
    pub site: String,
    /// The page that failed; empty when none did.
    pub url: String,
    /// The same as the outage page has it in its own address.
    pub recorded: String,
    /// What happened, in a sentence.
    pub headline: Text,
    /// Who is at fault, in a sentence.
    pub verdict: Option<Text>,
    /// How sure.
    pub certainty: Option<Text>,
    /// What is missing, and what to do about it (no host, …).
    pub notes: Vec<Text>,
    /// The facts that the verdict rests on, most telling first.
    pub reasons: Vec<Text>,
    /// What was seen, step by step.
    pub evidence: Vec<EvidenceRow>,
    /// Whether others may be asked.
    pub closer: CloserView,
    /// Copies of the page.
    pub copies: CopiesView,
    /// Whether "try again" makes sense.
    pub can_try_again: bool,
    /// Whether the user is told when it is back.
    pub watch: WatchView,
    /// Why what the tab shows is not kept on this computer, where the user chose that pages are.
    pub not_kept: Option<NotKeptView>,
}

/// One tab, for the banner, which stands in somebody's page: how things are, and nothing of what is kept on this
/// computer or was asked of others. A browser whose process for that page was taken over gives away no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BannerView {
    /// How things stand.
    pub mood: Mood,
    /// What happened, in a sentence.
    pub headline: Text,
    /// Who is at fault, in a sentence.
    pub verdict: Option<Text>,
}

impl TabView {
    /// What of it a banner may say.
    #[must_use]
    pub fn banner(&self) -> BannerView {
        BannerView { mood: self.mood, headline: self.headline.clone(), verdict: self.verdict.clone() }
    }
}

/// Whether the user is told when the page is back, whatever becomes of its tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum WatchView {
    /// It does not fail, or through the user's own network, whose trouble nobody is told of.
    NotNeeded,
    /// A click would do.
    Offered,
    /// So many pages are watched for the user that one has to end first.
    Full,
    /// The user asked.
    Asked,
}

/// A page that is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NotKeptView {
    /// Which, by [`crate::keep::page_key`]: by now the tab may show another one.
    pub page: String,
    /// Why.
    pub why: Text,
}

/// How things stand, for colour and shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    /// Nothing failed here.
    Fine,
    /// It failed; evidence is coming in.
    Checking,
    /// It fails.
    Failing,
    /// It fails for a part of the tries, or a part of it fails.
    Flickering,
    /// It answers again.
    Back,
}

/// One line of the evidence table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EvidenceRow {
    /// Where from.
    pub vantage: Text,
    /// What was looked at, and which step.
    pub what: Text,
    /// What came of it.
    pub result: Text,
    /// How it compares with its control.
    pub mark: Mark,
    /// How long it took; `None` where nobody measured.
    pub duration_ms: Option<u64>,
    /// The term of the field, an address, a header: for experts.
    pub detail: String,
}

/// Whether others may be asked about the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CloserView {
    /// Nothing would come of it.
    NotNeeded,
    /// A click would ask; this name is what they would learn.
    Offered(String),
    /// They are being asked.
    Looking,
    /// They were asked.
    Done,
}

/// The copies, as far as they are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CopiesView {
    /// Nothing failed, nothing to copy.
    NotNeeded,
    /// A click would ask; `shares` is the address that the archives would see.
    NotAsked {
        /// What would leave the computer.
        shares: String,
        /// This computer's own copies, best first.
        offers: Vec<OfferView>,
    },
    /// Nobody may be asked for this address.
    NotAskable {
        /// Why.
        why: Text,
        /// This computer's own copies, best first.
        offers: Vec<OfferView>,
    },
    /// Archives are being asked; what came so far.
    Asking {
        /// Best first.
        offers: Vec<OfferView>,
        /// What archives said that gave none.
        said: Vec<Text>,
    },
    /// All were asked that were needed.
    Found {
        /// Best first; never empty.
        offers: Vec<OfferView>,
        /// What archives said that gave none.
        said: Vec<Text>,
    },
    /// All were asked, and none has it.
    None {
        /// What they said.
        said: Vec<Text>,
    },
}

/// One copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OfferView {
    /// Its address, or for this computer's own `kept:` and its id; names it in `CopyClicked`.
    pub url: String,
    /// Whose it is.
    pub source: Text,
    /// How old.
    pub age: Text,
    /// What opening it tells to whom.
    pub reveals: Text,
    /// What it lacks: another page than the one that failed, parts, somebody who looked into it.
    pub lacks: Vec<Text>,
    /// Whether this browser can open it.
    pub opens: bool,
}
