//! The outage of one site: what fails, what was seen of it, how far its check is, and how it recovers.
//!
//! A site fails, not a tab. Tabs show its outage, watched pages wait for its end, incidents group it with others.

use serde::{Deserialize, Serialize};

use crate::failure::{self, Failure};
use crate::incident::Progress;
use crate::observation::{Millis, Observation, Subject, Vantage};
use crate::port::{CheckId, Scope};
use crate::recovery::Recovery;
use crate::target::Target;
use crate::verdict::{Fault, Verdict};

/// Names an outage: a site's origin, or one page's address where only that page, or its parts, are concerned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SiteKey(String);

impl SiteKey {
    /// The site: scheme, host and port. Another scheme or port is another server, and over plain http anybody on the way
    /// may be one.
    #[must_use]
    pub fn of_site(page: &Target) -> Self {
        Self(page.url().origin().ascii_serialization())
    }

    /// This page alone: it is doubted.
    #[must_use]
    pub fn of_page(page: &Target) -> Self {
        // Never a site's: an address has at least a slash after its origin.
        Self(page.as_str().to_owned())
    }

    /// Parts of this page, which itself is fine.
    #[must_use]
    pub fn of_parts(page: &Target) -> Self {
        // Never a page's: a target has no fragment.
        Self([page.as_str(), "#parts"].concat())
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is known of a site that fails, or failed until a moment ago.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outage {
    /// The page that is asked for on behalf of all: they take turns, so that none is called well unseen.
    pub page: Target,
    /// The site's pages that failed in a tab or that the user watches, the first one first; never empty.
    pub pages: Vec<Target>,
    /// The page itself is fine; these parts of it, from elsewhere, are not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Target>,
    /// How it failed, as a browser's own load saw it; `None` where no tab has shown it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// When it failed.
    pub since: Millis,
    /// How far the check is.
    pub phase: Phase,
    /// What was seen, in the order of arrival; what a recheck sees takes its place when the recheck ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Observation>,
    /// How far it is back, and when it is looked at next.
    #[serde(default)]
    pub recovery: Recovery,
    /// Whether others were asked by the site's name, on the user's word.
    #[serde(default)]
    pub was_closer: bool,
    /// Until when it goes on without a tab, although nobody watches it: the browser was closed with its tabs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
}

/// How far the check of an outage is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It is not sure that the site failed (a service worker answered, or the browser does not say which error it
    /// was): nothing is shown until the site itself was asked.
    Doubted {
        /// After this moment it is let go.
        deadline: Millis,
        /// The host's check, where the host alone is asked: about parts of a page that itself is fine.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        check: Option<CheckId>,
    },
    /// Evidence is coming in; the badge is on.
    Checking(Check),
    /// The verdict stands.
    Concluded {
        /// Who is at fault, and how sure.
        verdict: Verdict,
        /// Since when.
        at: Millis,
    },
    /// The verdict stands while the site is looked at again.
    Rechecking {
        /// Who is at fault, and how sure.
        verdict: Verdict,
        /// Since when.
        at: Millis,
        /// What is under way.
        check: Check,
        /// What the recheck has seen so far.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        seen: Vec<Observation>,
    },
}

/// A check that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Its number at the host.
    pub id: CheckId,
    /// How much it looks at.
    pub scope: Scope,
    /// What is still awaited.
    pub awaits: Awaits,
    /// After this moment a verdict is made of what is there.
    pub deadline: Millis,
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

impl Awaits {
    /// Who is to have a say.
    #[must_use]
    pub const fn of(has_host: bool, has_browser: bool) -> Self {
        match (has_host, has_browser) {
            (true, true) => Self::Both,
            (true, false) => Self::Host,
            (false, _) => Self::Browser,
        }
    }

    /// One of the two vantages has had its say; whether both have now.
    pub(crate) fn has_said(&mut self, who: Self) -> bool {
        match (*self, who) {
            (Self::Both, Self::Browser) => *self = Self::Host,
            (Self::Both, Self::Host) => *self = Self::Browser,
            (Self::Browser, Self::Browser) | (Self::Host, Self::Host) => return true,
            (Self::Browser, Self::Host) | (Self::Host, Self::Browser) | (_, Self::Both) => {}
        }
        false
    }
}

impl Outage {
    /// An outage that begins now, of which nothing is known yet.
    #[must_use]
    pub fn new(page: Target, failure: Option<Failure>, since: Millis, phase: Phase) -> Self {
        Self {
            pages: vec![page.clone()],
            page,
            parts: Vec::new(),
            failure,
            since,
            phase,
            seen: Vec::new(),
            recovery: Recovery::default(),
            was_closer: false,
            until: None,
        }
    }

    /// What is looked at: the page, or the first of its parts that fails.
    #[must_use]
    pub fn subject(&self) -> &Target {
        self.parts.first().unwrap_or(&self.page)
    }

    /// The host that the failure is about.
    #[must_use]
    pub fn host(&self) -> &str {
        self.subject().host()
    }

    /// The verdict that stands, if one does.
    #[must_use]
    pub const fn verdict(&self) -> Option<&Verdict> {
        match &self.phase {
            Phase::Concluded { verdict, .. } | Phase::Rechecking { verdict, .. } => Some(verdict),
            Phase::Doubted { .. } | Phase::Checking(_) => None,
        }
    }

    /// Whether nothing is shown of it: it may be no outage at all.
    #[must_use]
    pub const fn is_doubted(&self) -> bool {
        matches!(self.phase, Phase::Doubted { .. })
    }

    /// The recheck that is under way.
    #[must_use]
    pub const fn recheck(&self) -> Option<&Check> {
        if let Phase::Rechecking { check, .. } = &self.phase { Some(check) } else { None }
    }

    /// The host's check that is under way.
    #[must_use]
    pub fn check_id(&self) -> Option<CheckId> {
        match &self.phase {
            Phase::Doubted { check, .. } => *check,
            Phase::Checking(check) | Phase::Rechecking { check, .. } => Some(check.id),
            Phase::Concluded { .. } => None,
        }
    }

    /// When the check, or the doubt, is over.
    #[must_use]
    pub const fn deadline(&self) -> Option<Millis> {
        match &self.phase {
            Phase::Doubted { deadline, .. } => Some(*deadline),
            Phase::Checking(check) | Phase::Rechecking { check, .. } => Some(check.deadline),
            Phase::Concluded { .. } => None,
        }
    }

    /// Whether nobody will look at it again by itself.
    #[must_use]
    pub const fn is_left_alone(&self) -> bool {
        matches!(self.phase, Phase::Concluded { .. }) && self.recovery.due().is_none()
    }

    /// When anything of it was seen last.
    #[must_use]
    pub fn looked(&self) -> Option<Millis> {
        let mut looked = self.seen.first()?.at;
        // A plain loop: this is asked of every outage after each event.
        for seen in &self.seen {
            looked = looked.max(seen.at);
        }
        Some(looked)
    }

    /// Who delivers the site, or did when it failed.
    #[must_use]
    pub fn cdn(&self) -> Option<&str> {
        self.recovery.cdn().or_else(|| self.verdict()?.cdn.as_ref().map(|cdn| cdn.name.as_str()))
    }

    /// How it fares by its last verdict and its last tries; unknown while there is no verdict.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let Some(verdict) = self.verdict() else { return Progress::Unknown };
        progress(verdict.fault, &self.recovery)
    }

    /// Whether nothing yet says that there is a network at all. Gecko's word for a name that cannot be looked up
    /// without a network is the one for a name that is gone, so the controls have to tell.
    #[must_use]
    pub fn may_be_offline(&self) -> bool {
        let is_alive = || {
            let is_elsewhere =
                |seen: &&Observation| !matches!(seen.subject, Subject::Target | Subject::Route | Subject::OwnNetwork);
            self.seen.iter().filter(is_elsewhere).any(|seen| seen.answer().is_some())
        };
        let is_of_name = |failure: &Failure| failure.phase() == failure::Phase::Dns;
        self.failure.as_ref().is_some_and(is_of_name) && !is_alive()
    }

    /// Whether the host has seen anything of it.
    #[must_use]
    pub fn has_host(&self) -> bool {
        self.seen.iter().any(|seen| seen.vantage == Vantage::Host)
    }

    /// Takes on a page of the site; whether it is new.
    pub(crate) fn add_page(&mut self, page: &Target) -> bool {
        let is_new = !self.pages.contains(page);
        if is_new {
            self.pages.push(page.clone());
        }
        is_new
    }

    /// The next page's turn to be asked for.
    pub(crate) fn turn_to_next_page(&mut self) {
        let nth = usize::try_from(self.recovery.rechecks()).unwrap_or(0) % self.pages.len().max(1);
        if let Some(page) = self.pages.get(nth) {
            self.page.clone_from(page);
        }
    }

    /// Nobody has this page open or watches it any more.
    pub(crate) fn drop_page(&mut self, page: &Target) {
        if self.pages.len() > 1 {
            self.pages.retain(|known| known != page);
        }
        if self.page == *page
            && let Some(first) = self.pages.first()
        {
            self.page.clone_from(first);
        }
    }
}

/// How a site with this verdict fares, given its last tries.
pub(crate) fn progress(fault: Fault, recovery: &Recovery) -> Progress {
    if matches!(fault, Fault::Passed) {
        Progress::Back
    } else if matches!(fault, Fault::Moved) && recovery.is_called_back() {
        Progress::Moved
    } else if fault.is_own() {
        Progress::Unknown
    } else if matches!(fault, Fault::ComesAndGoes) || recovery.is_mixed() {
        Progress::Flickering
    } else if matches!(fault, Fault::Recovering | Fault::Moved) {
        Progress::Recovering
    } else {
        Progress::Failing
    }
}
