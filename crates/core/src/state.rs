//! Everything Detour remembers while the browser runs: plain data, so that a worker that was shut down
//! resumes where it was. Time-outs are deadlines in here.
//!
//! Enums are tagged from outside: an inner tag makes serde build every type a second time, from its own
//! buffer, which made up a third of the wasm.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::copies::{Copies, Health};
use crate::failure::Failure;
use crate::incident::{Incident, Lasting};
use crate::keep::Told;
use crate::observation::{Millis, Observation};
use crate::outage::{Outage, Phase, SiteKey};
use crate::port::CheckId;
use crate::recovery::Pace;
use crate::settings::Settings;
use crate::tab::TabId;
use crate::target::Target;
use crate::tracked::Tracked;

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Sites that fail, or failed until a moment ago. A site that is well has no entry.
    #[serde(default)]
    pub outages: Tracked<SiteKey, Outage>,
    /// Tabs that show one of them. A tab whose page is well has no entry.
    #[serde(default)]
    pub tabs: Tracked<TabId, Tab>,
    /// Which outage the host's checks under way belong to: an index of [`Self::outages`], made anew when they are read.
    #[serde(skip)]
    pub checks: BTreeMap<CheckId, SiteKey>,
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
    /// What was seen of outages that are gone, for as long as it may still say something of a CDN.
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

impl State {
    /// What a tab shows: itself, and the outage that it is part of.
    #[must_use]
    pub fn failing(&self, tab: TabId) -> Option<(&Tab, &Outage)> {
        let entry = self.tabs.get(&tab)?;
        Some((entry, self.outages.get(&entry.outage)?))
    }

    /// The tabs that show this outage.
    pub fn tabs_of<'a>(&'a self, key: &'a SiteKey) -> impl Iterator<Item = (TabId, &'a Tab)> + 'a {
        self.tabs.iter().filter(move |(_, tab)| tab.outage == *key).map(|(id, tab)| (*id, tab))
    }

    /// The keys of the outages of which this holds.
    pub(crate) fn outages_where(&self, holds: impl Fn(&Outage) -> bool) -> Vec<SiteKey> {
        self.outages.iter().filter(|(_, outage)| holds(outage)).map(|(key, _)| key.clone()).collect()
    }

    /// Breaks off a recheck, which begins anew at once.
    pub(crate) fn break_off_recheck(&mut self, key: &SiteKey, now: Millis) {
        let Some(outage) = self.outages.get(key) else { return };
        let Phase::Rechecking { verdict, at, .. } = outage.phase.clone() else { return };
        self.set_phase(key, Phase::Concluded { verdict, at });
        if let Some(outage) = self.outages.get_mut(key) {
            outage.recovery.set_due(Some(now));
        }
    }

    /// Puts an outage in, or in place of the one with this key.
    pub(crate) fn put_outage(&mut self, key: SiteKey, outage: Outage) {
        self.remove_outage(&key);
        if let Some(id) = outage.check_id() {
            self.checks.insert(id, key.clone());
        }
        self.outages.insert(key, outage);
    }

    /// Takes an outage out.
    pub(crate) fn remove_outage(&mut self, key: &SiteKey) -> Option<Outage> {
        let outage = self.outages.remove(key)?;
        if let Some(id) = outage.check_id() {
            self.checks.remove(&id);
        }
        Some(outage)
    }

    /// Sets how far an outage's check is; what it was before.
    pub(crate) fn set_phase(&mut self, key: &SiteKey, phase: Phase) -> Option<Phase> {
        let outage = self.outages.get_mut(key)?;
        let before = outage.check_id();
        let old = std::mem::replace(&mut outage.phase, phase);
        let now = outage.check_id();
        if let Some(id) = before.filter(|_| before != now) {
            self.checks.remove(&id);
        }
        if let Some(id) = now {
            self.checks.insert(id, key.clone());
        }
        Some(old)
    }

    /// How often an outage is looked at again, as far as that is the user's and the site's own.
    pub(crate) fn pace<'a>(&self, outage: &'a Outage) -> Pace<'a> {
        Pace {
            seed: self.lasting.seed,
            is_saving: self.conditions.is_saving || self.settings.look_seldom,
            page: outage.pages.first().unwrap_or(&outage.page).as_str(),
            since: outage.since,
        }
    }
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
    /// Outages that "check all now" still waits for.
    pub awaited: Vec<SiteKey>,
    /// How many there were.
    pub total: u32,
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

/// A tab whose page failed: what is on screen, and which outage it shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tab {
    /// The page that failed.
    pub target: Target,
    /// How it failed, as this tab's own load saw it.
    pub failure: Failure,
    /// When it failed.
    pub since: Millis,
    /// What is on screen now.
    pub surface: Surface,
    /// Which outage it shows.
    pub outage: SiteKey,
    /// Copies of the page.
    #[serde(default)]
    pub copies: Copies,
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
}
