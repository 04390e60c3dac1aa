//! How far a site is back: good samples, relapses, called back, and when it is looked at next.
//!
//! Each look is a GET without cookies; what a form sent is never sent again.

use serde::{Deserialize, Serialize};

use crate::observation::Millis;
use crate::verdict::{Before, Fault, GOOD_SAMPLES_APART, Verdict};

/// From one look to the next: soon at first, since most failures pass soon, then ever more rarely.
const INTERVALS: [u64; 4] = [15_000, 30_000, 60_000, 120_000];

/// After so many looks, which is some four hours, or ten, the next is this far off: what fails for so long is not back
/// within minutes.
const LONG_OUTAGES: [(u32, u64); 2] = [(180, 600_000), (120, 300_000)];

/// Looks of many users must not fall together: each is shifted by up to this many hundredths, either way. Of those who
/// met a failure in the same moment no round is to be seen after ten minutes.
const JITTER: u64 = 20;

/// A site that is back is looked at for this much longer: in November 2025 sites were back for five minutes at a time.
pub(crate) const AFTERCARE: u64 = 15 * 60 * 1000;

/// On a line, or a battery, that the user wants spared, looks are this many times rarer.
const SPARING: u64 = 4;

/// The longest that a site may put us off, in milliseconds: a day.
const MOST_RETRY_AFTER: u64 = 24 * 60 * 60 * 1000;

/// How many tries are remembered.
const MOST_TRIES: u32 = u32::BITS;

/// The course of one outage since its first verdict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recovery {
    /// What was wrong, for as long as it is not over.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
    /// How many good samples came in a row, each at least 20 s after the one before.
    good: u8,
    /// When the last of them came.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_good: Option<Millis>,
    /// How often it failed again after it had been called back.
    relapses: u8,
    /// Since when it is called back.
    #[serde(skip_serializing_if = "Option::is_none")]
    called_back: Option<Millis>,
    /// How the last tries went, newest in the lowest bit; 1 is good.
    tries: u32,
    /// How many tries those are.
    tried: u32,
    /// How many rechecks there were.
    rechecks: u32,
    /// When the next one is due; `None` while nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Millis>,
}

/// What was wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Cause {
    fault: Fault,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cdn: Option<String>,
}

/// What sets one site's looks, and one user's, apart from all others', and what the user wants spared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace<'a> {
    /// The installation's own number: core has no dice.
    pub(crate) seed: u32,
    /// Whether few bytes are wanted.
    pub(crate) is_saving: bool,
    /// The page that failed first.
    pub(crate) page: &'a str,
    /// When.
    pub(crate) since: Millis,
}

impl Recovery {
    /// A recovery as an incident remembers it, after the worker's own memory was lost with the browser.
    pub(crate) fn revived(fault: Fault, cdn: Option<String>, relapses: u8, called_back: Option<Millis>) -> Self {
        Self { cause: Some(Cause { fault, cdn }), relapses, called_back, ..Self::default() }
    }

    /// What the next verdict has to know of the past.
    #[must_use]
    pub fn before(&self) -> Option<Before> {
        self.cause.as_ref().map(|Cause { fault, cdn }| Before {
            fault: *fault,
            cdn: cdn.clone(),
            good: self.good,
            relapses: self.relapses,
            is_called: self.is_called_back(),
        })
    }

    /// What was wrong, while it is not over.
    #[must_use]
    pub fn cause(&self) -> Option<Fault> {
        self.cause.as_ref().map(|cause| cause.fault)
    }

    /// The CDN that delivered the site when it failed.
    #[must_use]
    pub fn cdn(&self) -> Option<&str> {
        self.cause.as_ref()?.cdn.as_deref()
    }

    /// Whether the outage is called over.
    #[must_use]
    pub const fn is_called_back(&self) -> bool {
        self.called_back.is_some()
    }

    /// Since when it is.
    #[must_use]
    pub const fn called_back(&self) -> Option<Millis> {
        self.called_back
    }

    /// When it is looked at next; `None` while nothing is due.
    #[must_use]
    pub const fn due(&self) -> Option<Millis> {
        self.due
    }

    /// How many rechecks there were.
    #[must_use]
    pub const fn rechecks(&self) -> u32 {
        self.rechecks
    }

    /// How many of the remembered tries were good, and how many are remembered.
    #[must_use]
    pub const fn share(&self) -> (u32, u32) {
        let known = if self.tried < u32::BITS { (1 << self.tried) - 1 } else { u32::MAX };
        ((self.tries & known).count_ones(), self.tried)
    }

    /// Sets the moment of the next look, for shells that have a word on it.
    pub fn set_due(&mut self, due: Option<Millis>) {
        self.due = due;
    }

    /// A recheck has ended.
    pub(crate) fn rechecked(&mut self) {
        self.rechecks = self.rechecks.saturating_add(1);
    }

    /// Counts a try. Whether it ends what was called back is the verdict's to say.
    pub(crate) fn sample(&mut self, is_well: bool, now: Millis) {
        self.tries = self.tries << 1 | u32::from(is_well);
        self.tried = MOST_TRIES.min(self.tried + 1);
        if self.cause.is_none() {
            return;
        }
        if !is_well {
            self.relapses = self.relapses.saturating_add(u8::from(self.is_called_back()));
            self.called_back = None;
            self.good = 0;
            self.last_good = None;
        } else if self.last_good.is_none_or(|last| now.since(last) >= GOOD_SAMPLES_APART) {
            self.good = self.good.saturating_add(1);
            self.last_good = Some(now);
        }
    }

    /// Remembers what is wrong, and sets the time of the next look. `retry_after`: until when the site asked to be left
    /// alone.
    pub(crate) fn concluded(&mut self, verdict: &Verdict, retry_after: Option<Millis>, pace: Pace<'_>, now: Millis) {
        let is_news = self.cause().is_none_or(|known| verdict.fault.is_of_cdn() || !known.is_of_cdn());
        if verdict.fault.is_cause() && is_news {
            let cdn = verdict.cdn.as_ref().map(|cdn| cdn.name.clone());
            self.blame(verdict.fault, cdn);
            self.good = 0;
        }
        let is_over = || self.before().as_ref().is_some_and(Before::is_over);
        let is_good = matches!(verdict.fault, Fault::Passed) || (matches!(verdict.fault, Fault::Moved) && is_over());
        if !self.is_called_back() && is_good {
            self.called_back = Some(now);
        } else if verdict.fault.is_cause() {
            self.called_back = None;
        }
        let has_lasted = self.called_back.is_some_and(|since| now.since(since) >= AFTERCARE);
        let is_done = verdict.fault == Fault::Challenge || has_lasted;
        let is_getting_better = !self.is_called_back() && matches!(verdict.fault, Fault::Recovering | Fault::Moved);
        self.due = (!is_done).then(|| {
            let interval = if is_getting_better { GOOD_SAMPLES_APART } else { interval(self.rechecks) };
            let interval = if pace.is_saving { interval * SPARING } else { interval };
            // Everybody else was told the same moment: later is spread, earlier is never.
            let asked = retry_after.map(|until| until.since(now)).filter(|asked| *asked > interval);
            let asked = asked.map(|asked| asked.min(MOST_RETRY_AFTER));
            let is_only_later = is_getting_better || asked.is_some();
            now.plus(jittered(asked.unwrap_or(interval), is_only_later, self.spread(pace)))
        });
    }

    /// What is wrong is another site's trouble as well: the same verdict, reached through them.
    pub(crate) fn blame(&mut self, fault: Fault, cdn: Option<String>) {
        self.cause = Some(Cause { fault, cdn });
    }

    /// A number that is another one for each site, look and user.
    pub(crate) fn spread(&self, pace: Pace<'_>) -> u64 {
        let Pace { seed, page, since, .. } = pace;
        let start = 0xcbf2_9ce4_8422_2325 ^ u64::from(self.rechecks) ^ since.0 ^ (u64::from(seed) << 20);
        let fnv_1a = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        page.bytes().fold(start, fnv_1a) >> 16
    }

    /// Whether it comes and goes by our own tries, and is not on its way back.
    pub(crate) const fn is_mixed(&self) -> bool {
        self.flickers() && self.tries & 0b11 != 0b11
    }

    /// Whether it comes and goes by our own tries: it failed again at least twice, lately after any good one, or within
    /// all that is remembered after good ones in a row, where it still answers now and then. Those in a row are what tells
    /// a site with good and bad spells of minutes, in each of which it is looked at several times, from one that fails
    /// for most requests all the time.
    const fn flickers(&self) -> bool {
        let tries = self.tries;
        let lately = tries & 0xFFF;
        let is_lately = (lately >> 1 & !lately).count_ones() >= 2 && self.tried > 4;
        let is_by_spells = (tries >> 2 & tries >> 1 & !tries).count_ones() >= 2 && lately != 0;
        is_lately || is_by_spells
    }
}

fn interval(rechecks: u32) -> u64 {
    let of_long = LONG_OUTAGES.iter().find(|(from, _)| rechecks >= *from).map(|(_, interval)| *interval);
    let step = usize::try_from(rechecks).unwrap_or(usize::MAX);
    of_long.or_else(|| INTERVALS.get(step).or(INTERVALS.last()).copied()).unwrap_or(GOOD_SAMPLES_APART)
}

/// A sample for the recovery rule never comes too early to count.
const fn jittered(interval: u64, is_only_later: bool, spread: u64) -> u64 {
    let widest = interval * JITTER / 100;
    let earliest = if is_only_later { interval } else { interval - widest };
    earliest + spread % (interval + widest - earliest + 1)
}
