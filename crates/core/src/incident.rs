//! Failures that belong together, as one *incident*: a site's, a CDN's, or the trouble of the user's own network.
//!
//! An incident has a beginning, the sites that it met, each with its *spells* over time (failing, comes and goes, …),
//! what was concluded of it, and an end. Everything in it is bounded: a week of flapping takes no more room than an
//! hour. Nothing here decides when to speak; `step/incidents.rs` and `step/alerts.rs` do.

use serde::{Deserialize, Serialize};

use crate::observation::Millis;
use crate::target::{RULES, Target};
use crate::verdict::{Confidence, Fault};

mod export;

pub use export::{history_csv, history_json};

/// What outlives the browser, besides the settings and the incidents of the past.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lasting {
    /// A number that this installation drew, so that no two users look at the same moment. Core has no dice: the
    /// shell fills it in once.
    pub seed: u32,
    /// The number of the next incident.
    pub next_id: u64,
    /// By which rules addresses in here and in the history were shortened ([`RULES`]); 0 where they are whole.
    #[serde(default)]
    pub rules: u32,
    /// Pages that the user asked to be told of. Their addresses are [`Target::watched`], and go when it is over.
    pub watched: Vec<Target>,
    /// Incidents that are not over, or were until a moment ago.
    pub incidents: Vec<Incident>,
}

impl Default for Lasting {
    fn default() -> Self {
        Self { seed: 0, next_id: 0, rules: RULES, watched: Vec::new(), incidents: Vec::new() }
    }
}

impl Lasting {
    /// Whether the user asked for this page to be watched.
    #[must_use]
    pub fn is_watched(&self, page: &Target) -> bool {
        self.watched.iter().any(|watched| is_watch_of(watched, page))
    }
}

/// Whether a watch that was written down is of this page.
#[must_use]
pub fn is_watch_of(watch: &Target, page: &Target) -> bool {
    let is_shortened = || *watch == page.watched() || watch.watched() == *page;
    watch == page || (watch.host() == page.host() && may_be_shortened(watch, page) && is_shortened())
}

/// Whether one address may be the other without its secrets. Taking an address apart costs too much to be done for each watch
/// and each tab at every event. What is left out of a path that is still the page's are parameters behind a semicolon.
fn may_be_shortened(one: &Target, other: &Target) -> bool {
    let (one, other) = (one.url().path(), other.url().path());
    let until_semicolon = |path: &str| path.find(';').or_else(|| path.to_ascii_lowercase().find("%3b"));
    match until_semicolon(one).into_iter().chain(until_semicolon(other)).min() {
        Some(at) => one.get(..at).is_some_and(|start| other.starts_with(start)),
        None => one == other,
    }
}

/// Brings addresses that an earlier version wrote down in line with today's rules; whether there were any.
pub fn shorten_addresses(lasting: &mut Lasting, history: &mut [Incident]) -> bool {
    if std::mem::replace(&mut lasting.rules, RULES) == RULES {
        return false;
    }
    let sites = lasting.incidents.iter_mut().chain(&mut *history).flat_map(|incident| &mut incident.sites);
    for site in sites {
        site.url = recorded(&site.url);
    }
    for watched in &mut lasting.watched {
        *watched = watched.watched();
    }
    !(lasting.incidents.is_empty() && lasting.watched.is_empty() && history.is_empty())
}

/// An address as it may be written down; nothing of what is none.
#[must_use]
pub fn recorded(url: &str) -> String {
    Target::parse(url).map(|target| target.recorded()).unwrap_or_default()
}

/// Pages that one user may watch; more is no watching but monitoring.
pub const MOST_WATCHED: usize = 50;

/// Sites of one incident that are told apart. Whoever has more tabs on one CDN sees on these how it goes.
pub const MOST_SITES: usize = 60;

/// Spells of one site that are told apart: as many as a band on the board can show. Beyond, the two shortest
/// neighbours become one that comes and goes.
pub const MOST_SPELLS: usize = 24;

/// Verdicts over time that an incident keeps: the first, and the latest.
pub const MOST_VERDICTS: usize = 12;

/// Incidents that are open at once; the oldest goes into the history before its time.
pub const MOST_OPEN: usize = 30;

/// How long incidents of the past are kept, in milliseconds.
pub const HISTORY_KEPT: u64 = 90 * 24 * 60 * 60 * 1000;

/// Incidents of the past that are kept at most: five a day for 90 days.
pub const MOST_HISTORY: usize = 450;

/// Failures that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Names it, also on the notification.
    pub id: u64,
    /// What holds it together.
    pub kind: Kind,
    /// The CDN, for an incident of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cdn: Option<String>,
    /// When its first site failed.
    pub began: Millis,
    /// When its last site was back; `None` while some is not, or where nobody looked until the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Millis>,
    /// The sites, in the order in which they failed.
    pub sites: Vec<Site>,
    /// Who was at fault, from which moment.
    #[serde(default)]
    pub verdicts: Vec<(Millis, Fault)>,
    /// What the user was told.
    #[serde(default)]
    pub said: Said,
}

/// What holds an incident together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A CDN that fails for several sites.
    Cdn,
    /// One site.
    Site,
    /// The user's own computer or network.
    Network,
}

/// A site within an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Its host.
    pub host: String,
    /// The page that failed first, as it may be written down: [`Target::recorded`].
    pub url: String,
    /// Who delivered it when it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cdn: Option<String>,
    /// Who was at fault, by the last verdict that named a cause.
    pub fault: Fault,
    /// How sure that was.
    pub confidence: Confidence,
    /// When it was last looked at, to within some minutes: what lies between two looks far apart, as while the computer
    /// slept, is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub looked: Option<Millis>,
    /// How it fared, from which moment; never empty, in the order of time.
    pub spells: Vec<(Millis, Progress)>,
}

/// How a site fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// It fails. Worst first: of several pages of a site, the worst counts.
    Failing,
    /// It answers some of the time.
    Flickering,
    /// It answers again, not yet often enough.
    Recovering,
    /// Nobody looks.
    Unknown,
    /// It is back, because it has left the CDN that fails.
    Moved,
    /// It is back.
    Back,
}

impl Progress {
    /// Whether it answers, for sure.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Moved | Self::Back)
    }

    /// Whether it does not, for sure.
    #[must_use]
    pub const fn is_down(self) -> bool {
        matches!(self, Self::Failing | Self::Flickering | Self::Recovering)
    }
}

/// What the user was told of an incident: each thing once, and that it is over once more where that had to be taken
/// back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Said {
    /// That it began.
    pub begin: bool,
    /// That its sites come back.
    pub recovering: bool,
    /// That sites left the CDN.
    pub moved: bool,
    /// How often that it is over.
    pub over: u8,
    /// Whether the last word on it is that it is over.
    pub is_over: bool,
    /// Sites that the user asked to be told of and was, with since when they were back; each at most [`MOST_OVERS`]
    /// times.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<(String, Millis)>,
}

/// How often the user may hear that an incident is over: once more after a relapse, since a false word has to be made
/// good, and never again.
pub const MOST_OVERS: u8 = 2;

/// Alerts of one incident at most: begin, recovering, moved, over, and over again after a relapse; besides those that
/// the user asked for page by page.
pub const MOST_ALERTS: usize = 3 + MOST_OVERS as usize;

impl Incident {
    /// Whether all that is known of its sites is that they are back, and the last that happened is that one came back:
    /// where the last is that nobody looks any more, as when the browser was closed, nothing is over.
    #[must_use]
    pub fn is_well(&self) -> bool {
        let is_down = self.sites.iter().any(|site| site.progress().is_down());
        let last = |is_meant: fn(Progress) -> bool| {
            self.sites.iter().filter(|site| is_meant(site.progress())).map(Site::since).max()
        };
        let good = last(Progress::is_good);
        !is_down && good.is_some() && good >= last(|progress| progress == Progress::Unknown)
    }

    /// The site with this host.
    #[must_use]
    pub fn site(&self, host: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.host == host)
    }

    /// When something last changed.
    #[must_use]
    pub fn changed(&self) -> Millis {
        self.sites.iter().map(Site::since).max().unwrap_or(self.began)
    }

    /// Who is or was at fault: the last word.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        self.verdicts.last().map(|(_, fault)| *fault)
    }

    /// Remembers a verdict, if it is another one; whether it was.
    pub fn concluded(&mut self, fault: Fault, now: Millis) -> bool {
        if self.fault() == Some(fault) {
            return false;
        }
        self.verdicts.push((now, fault));
        if self.verdicts.len() > MOST_VERDICTS {
            self.verdicts.remove(1);
        }
        true
    }
}

impl Site {
    /// How it fares now.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.spells.last().map_or(Progress::Unknown, |(_, progress)| *progress)
    }

    /// Since when.
    #[must_use]
    pub fn since(&self) -> Millis {
        self.spells.last().map_or(Millis(0), |(from, _)| *from)
    }

    /// What would be said of it now: `fault` keeps what was wrong, and how that came out stands in its spells.
    #[must_use]
    pub fn last_fault(&self) -> Fault {
        match self.progress() {
            Progress::Moved => Fault::Moved,
            Progress::Back => Fault::Passed,
            Progress::Failing | Progress::Flickering | Progress::Recovering | Progress::Unknown => self.fault,
        }
    }

    /// Notes how it fares now; whether that is news.
    pub fn fares(&mut self, progress: Progress, now: Millis) -> bool {
        if self.spells.last().is_some_and(|(_, last)| *last == progress) {
            return false;
        }
        let from = now.max(self.since());
        self.spells.push((from, progress));
        if self.spells.len() > MOST_SPELLS {
            self.merge_shortest();
        }
        true
    }

    /// Makes the two neighbours one that together were shortest. The last spell is how it fares now, and stays.
    fn merge_shortest(&mut self) {
        let until = |at: usize| self.spells.get(at + 2).map(|(end, _)| *end);
        let lasted = |at: usize| Some(until(at)?.since(self.spells.get(at)?.0));
        let pairs = 0..self.spells.len().saturating_sub(2);
        let Some(at) = pairs.min_by_key(|at| lasted(*at).unwrap_or(u64::MAX)) else { return };
        self.spells.remove(at + 1);
        if let Some((_, progress)) = self.spells.get_mut(at) {
            *progress = Progress::Flickering;
        }
        // A neighbour of the same kind is the same spell.
        self.spells.dedup_by(|later, earlier| later.1 == earlier.1);
    }

    /// How long it was down until now, in milliseconds; the time in which nobody looked does not count.
    #[must_use]
    pub fn down_ms(&self, now: Millis) -> u64 {
        let ends = self.spells.iter().skip(1).map(|(from, _)| *from).chain([now]);
        let down = self.spells.iter().zip(ends).filter(|((_, progress), _)| progress.is_down());
        down.map(|((from, _), end)| end.since(*from)).sum()
    }
}

/// Takes an incident into the history, and what is too old out of it.
pub fn remember(history: &mut Vec<Incident>, incident: Incident, now: Millis) {
    history.push(incident);
    forget_old(history, now);
}

/// Forgets what is older than is kept; whether there was any.
pub fn forget_old(history: &mut Vec<Incident>, now: Millis) -> bool {
    let before = history.len();
    history.retain(|past| now.since(past.changed()) <= HISTORY_KEPT);
    let too_many = history.len().saturating_sub(MOST_HISTORY);
    history.drain(..too_many);
    history.len() != before
}

#[cfg(test)]
#[path = "incident/tests.rs"]
mod tests;
