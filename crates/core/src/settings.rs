//! What the user chose.

use serde::{Deserialize, Serialize};

use crate::time::Millis;

/// What the user chose; kept apart from the rest, for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

impl Settings {
    /// Whether the user wants to hear nothing of this host.
    #[must_use]
    pub fn is_muted(&self, host: &str) -> bool {
        let is_under = |muted: &String| {
            host.strip_suffix(muted.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.muted.iter().any(is_under)
    }
}
