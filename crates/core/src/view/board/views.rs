//! What the board is made of.

use serde::Serialize;

use crate::incident::Kind;
use crate::tab::TabId;
use crate::view::{Mood, Text};

/// The whole board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BoardView {
    /// The outage in one sentence.
    pub sentence: Text,
    /// How things stand as a whole.
    pub mood: Mood,
    /// The sites by what holds them together: CDNs that fail first, then single sites, then the user's own network.
    pub groups: Vec<GroupView>,
    /// How far "check all now" is; `None` while nobody asked.
    pub checking: Option<CheckingView>,
    /// Whether so many pages are watched that one has to end before another is taken on.
    pub watches_full: bool,
    /// Until when nothing is said; `None` where there is no pause.
    pub paused_until_ms: Option<u64>,
    /// When this was true.
    pub now_ms: u64,
    /// The time that the bands cover.
    pub window: Window,
    /// Incidents that are over, newest first.
    pub history: Vec<PastView>,
}

/// Sites that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GroupView {
    /// What holds them together: `cdn`, `site` (nothing), `network`.
    pub kind: Kind,
    /// The CDN's name, for those of a CDN.
    pub cdn: Option<String>,
    /// How they fare, in a sentence.
    pub sentence: Text,
    /// The sites, in the order in which they failed.
    pub sites: Vec<SiteView>,
}

/// One site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SiteView {
    /// The site for people, `theguardian.com`; what `MuteClicked` names.
    pub site: String,
    /// Its host.
    pub host: String,
    /// The page that is watched, or else the one that failed; what `WatchClicked` names.
    pub url: String,
    /// How it stands, for colour and shape.
    pub mood: Mood,
    /// How it stands, in words.
    pub state: Text,
    /// Since when.
    pub since_ms: u64,
    /// When it was last looked at; `None` where nobody looks.
    pub last_check_ms: Option<u64>,
    /// Who is at fault.
    pub verdict: Text,
    /// How sure; `None` while it is not known.
    pub certainty: Option<Text>,
    /// Copies that can be read; `None` where none is known.
    pub copies: Option<Text>,
    /// Whether the user asked for it to be watched, whatever becomes of its tab.
    pub watched: bool,
    /// Whether the user wants to hear nothing of it.
    pub muted: bool,
    /// The tabs that show it.
    pub tabs: Vec<TabId>,
    /// How it fared, without gaps over the whole window.
    pub bands: Vec<Band>,
}

/// A piece of a site's timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Band {
    /// From when.
    pub from_ms: u64,
    /// Until when; later than `from_ms`.
    pub to_ms: u64,
    /// How it fared.
    pub kind: BandKind,
}

/// How a site fared for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BandKind {
    /// It answered, or nobody had seen it fail.
    Fine,
    /// It failed.
    Failing,
    /// It answered some of the time.
    Flickering,
    /// It answered from elsewhere than the CDN that failed.
    Moved,
    /// It answered again, not yet often enough.
    Recovering,
    /// Nobody looked.
    Unknown,
}

/// How far "check all now" is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CheckingView {
    /// Sites that have been looked at.
    pub done: u32,
    /// Sites altogether.
    pub total: u32,
}

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Window {
    /// Its beginning.
    pub from_ms: u64,
    /// Its end.
    pub to_ms: u64,
}

/// An incident that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PastView {
    /// What `HistoryDeleted` names.
    pub id: u64,
    /// When its first site failed.
    pub began_ms: u64,
    /// When its last site was back; `None` where nobody looked until then.
    pub ended_ms: Option<u64>,
    /// What it was.
    pub title: Text,
    /// The CDN, for an incident of one.
    pub cdn: Option<String>,
    /// The sites that it met.
    pub sites: Vec<PastSite>,
    /// Who was at fault.
    pub verdict: Text,
}

/// A site of an incident that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PastSite {
    /// The site for people.
    pub site: String,
    /// How long it was down, in milliseconds; time in which nobody looked does not count.
    pub down_ms: u64,
    /// How it fared from the incident's beginning to its end.
    pub bands: Vec<Band>,
}
