//! Everything Detour remembers while the browser runs: plain data, so that a worker that was shut down
//! resumes where it was. Time-outs are deadlines in here.
//!
//! Enums are tagged from outside: an inner tag makes serde build every type a second time, from its own
//! buffer, which made up a third of the wasm.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::copies::{Copies, Health};
use crate::event::TabId;
use crate::failure::Failure;
use crate::incident::{Incident, Lasting};
use crate::keep::Told;
use crate::observation::{Millis, Observation};
use crate::port::{CheckId, Scope};
use crate::target::Target;
use crate::verdict::{Before, Verdict};

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Tabs that fail, or failed until a moment ago. A healthy tab has no entry.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tabs: BTreeMap<TabId, Tab>,
    /// What the user chose.
    #[serde(skip)]
    pub settings: Settings,
    /// The extension's version, told to the host.
    #[serde(default)]
    pub version: String,
    /// What is known of the native host.
    #[serde(default)]
    pub host: Host,
    /// The number of the next check or look-up.
    #[serde(default)]
    pub next_id: u64,
    /// Whether this session of the browser has had its first event.
    #[serde(default)]
    pub has_begun: bool,
    /// Whether commits are listened to.
    #[serde(default)]
    pub listens: bool,
    /// What was seen of sites whose tabs are gone, for as long as it may still say something of a CDN.
    #[serde(default)]
    pub recent: Vec<Observation>,
    /// How archives are doing: one account for all tabs.
    #[serde(default)]
    pub archives: Health,
    /// Pages that are well and told of themselves.
    #[serde(default)]
    pub told: Told,
    /// What outlives the browser; kept apart, for good.
    #[serde(skip)]
    pub lasting: Lasting,
    /// Incidents that are over, oldest first; kept apart, for good.
    #[serde(skip)]
    pub history: Vec<Incident>,
    /// What the browser says of itself and its network; said anew when the worker starts.
    #[serde(skip)]
    pub conditions: Conditions,
    /// What the board is doing, while one is open; it connects anew when the worker starts.
    #[serde(skip)]
    pub board: Board,
    /// Tabs that a page of ours shows, so that they must be drawn; those pages connect anew as well.
    #[serde(skip)]
    pub shown: Vec<TabId>,
}

/// What the shell says of the computer: it changes how often sites are asked, and when the user is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conditions {
    /// `navigator.onLine`: false only where it is sure that there is no network.
    pub is_online: bool,
    /// The user wants few bytes: `navigator.connection.saveData`, where the browser tells. Of metered lines and batteries
    /// extensions are told nothing; for those there is [`Settings::look_seldom`].
    pub is_saving: bool,
    /// How far local time is ahead of UTC, in minutes.
    pub utc_offset: i32,
    /// Whether there is a browser that can ask a site itself; without one (the command line) only the host looks.
    pub has_browser: bool,
}

impl Default for Conditions {
    fn default() -> Self {
        Self { is_online: true, is_saving: false, utc_offset: 0, has_browser: true }
    }
}

/// What the board is doing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Board {
    /// Whether a page shows it, so that it must be drawn.
    pub is_open: bool,
    /// Looks that "check all now" still waits for.
    pub awaited: Vec<TabId>,
    /// How many there were.
    pub total: u32,
}

/// What the user chose; kept apart from the rest, for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Show the outage page in place of the browser's error page.
    pub outage_page: bool,
    /// Lay a banner over error pages that have a body.
    pub banner: bool,
    /// Ask archives for copies without a click.
    pub automatic_look_up: bool,
    /// Always look closer: public resolvers and remote probes learn the names of sites that fail.
    pub look_closer: bool,
    /// Which pages are kept on this computer while they are well.
    pub keep: Keeping,
    /// Hosts of which nothing is kept, with everything below them.
    pub keep_never: Vec<String>,
    /// Pages that are kept whatever `keep` says short of `Off`, by [`crate::keep::page_key`].
    pub pinned: Vec<String>,
    /// How much room the copies may take, in megabytes (10^6 bytes).
    pub quota_mb: u32,
    /// Say when an outage of a whole CDN begins.
    pub notify_begin: bool,
    /// Say when a CDN's sites come back, or leave it.
    pub notify_recovery: bool,
    /// Say when it is over.
    pub notify_back: bool,
    /// Sites that nothing is said of, with everything below them, as people write them (`theguardian.com`).
    pub muted: Vec<String>,
    /// Nothing is said before this moment.
    pub pause_until: Option<Millis>,
    /// Nothing is said from this minute of the local day…
    pub quiet_from: u32,
    /// …to this one; equal ones mean never.
    pub quiet_to: u32,
    /// A tab that still shows a failure reloads by itself once its page is back.
    pub reload_when_back: bool,
    /// Looks at failing pages are rarer: the connection is metered, or the battery small.
    pub look_seldom: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            outage_page: true,
            banner: true,
            automatic_look_up: false,
            look_closer: false,
            keep: Keeping::Unasked,
            keep_never: Vec::new(),
            pinned: Vec::new(),
            quota_mb: 500,
            notify_begin: true,
            notify_recovery: true,
            notify_back: true,
            muted: Vec::new(),
            pause_until: None,
            quiet_from: 0,
            quiet_to: 0,
            reload_when_back: false,
            look_seldom: false,
        }
    }
}

/// Which pages are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeping {
    /// The user has not been asked yet; nothing is kept.
    #[default]
    Unasked,
    /// None.
    Off,
    /// Pages that the user pins.
    Pinned,
    /// Pages that the user visits.
    Visited,
}

/// The native host, as far as the extension knows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Host {
    /// Not asked yet in this session.
    #[default]
    Unknown,
    /// It greeted.
    Present {
        /// Its version.
        version: String,
    },
    /// It is not installed, or forbidden.
    Absent {
        /// The browser's own words.
        error: String,
    },
    /// It speaks another protocol.
    Incompatible {
        /// Its own words.
        message: String,
    },
}

/// A tab whose page failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tab {
    /// The page that failed.
    pub target: Target,
    /// How it failed, as the browser's own load saw it.
    pub failure: Failure,
    /// When it failed.
    pub since: Millis,
    /// What is on screen now.
    pub surface: Surface,
    /// How far the cross-check is.
    pub phase: Phase,
    /// What was seen, in the order of arrival.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Observation>,
    /// Copies of the page.
    pub copies: Copies,
    /// When it is looked at again, and what the looks before came to.
    #[serde(default)]
    pub watch: Watch,
    /// The page is fine; these parts of it are not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Target>,
}

/// Looking again at a page that failed, until it is back.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// When it is looked at next; `None` while nothing is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Millis>,
    /// How many looks there were.
    #[serde(default)]
    pub looks: u32,
    /// When a look last found it well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_good: Option<Millis>,
    /// Since when the outage is called over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub well_since: Option<Millis>,
    /// What was wrong, for as long as it is not over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
    /// The look that is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look: Option<Look>,
    /// Whether others were asked by the site's name, on the user's word.
    #[serde(default)]
    pub was_closer: bool,
    /// Until when it goes on without a tab, although nobody asked for it: the browser was closed with its tab.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
    /// How the last tries went, newest in the lowest bit; 1 is good.
    #[serde(default)]
    pub tries: u32,
    /// How many tries those are, at most 32.
    #[serde(default)]
    pub tried: u32,
}

/// One look at a page that failed before; its verdict stands meanwhile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// The host's check.
    pub check: CheckId,
    /// How much it looks at.
    pub scope: Scope,
    /// What is still awaited.
    pub awaits: Awaits,
    /// After this moment a verdict is made of what is there.
    pub deadline: Millis,
    /// What was seen so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Observation>,
}

/// What the user sees in the tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// Not known yet; it may still be what was there before the failure.
    Unknown,
    /// A newer document under the same address, not looked at yet.
    Replaced,
    /// The browser's own error page.
    BrowserErrorPage,
    /// Our outage page.
    OutagePage,
    /// The site's document, with our banner.
    Banner,
    /// The site's document; the banner was closed or is off.
    Document,
    /// No tab shows it: the user asked for it to be watched.
    Nowhere,
}

/// How far the cross-check is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It is not sure that the site failed (a service worker answered, or the browser does not say which
    /// error it was): nothing is shown until the site itself was asked.
    Doubted {
        /// After this moment it is let go.
        deadline: Millis,
        /// The host's check, where the host alone is asked: about parts of a page that itself is fine.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        check: Option<CheckId>,
    },
    /// Evidence is coming in; the badge is on.
    Checking {
        /// The host's check.
        check: CheckId,
        /// What is still awaited.
        awaits: Awaits,
        /// After this moment a verdict is made of what is there.
        deadline: Millis,
    },
    /// The verdict stands.
    Concluded {
        /// Who is at fault, and how sure.
        verdict: Verdict,
        /// Since when.
        at: Millis,
    },
}

/// Which vantages have not had their say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Awaits {
    /// The host's check and the browser's second try.
    Both,
    /// The host's check.
    Host,
    /// The browser's second try.
    Browser,
}
