//! How archives are doing, and how much may be asked of them: one account for all tabs, as plain data.
//!
//! Published limits are kept, `Retry-After` is obeyed, an archive that fails three times in a row rests, and what is
//! known already is not asked again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::offer::Offer;
use detour_model::observation::Millis;
use detour_model::time;

/// All archives' accounts, and what they said lately.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Health {
    /// One per archive that was ever asked.
    pub accounts: Vec<Account>,
    /// What was found lately, oldest first.
    pub remembered: Vec<Remembered>,
}

/// One archive's account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// The archive's id.
    pub id: String,
    /// When questions that were sent so far are paid for, at the archive's rate; see [`Health::reserve`].
    pub asked: Millis,
    /// The same for looks into copies.
    pub replayed: Millis,
    /// Failures in a row.
    pub failures: u32,
    /// It is left alone until then.
    pub rests_until: Millis,
}

/// What an archive said of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// The archive's id.
    pub archive: String,
    /// The page's address, as the archive was asked for it.
    pub url: String,
    /// When.
    pub at: Millis,
    /// The copy, if it had one.
    pub offer: Option<Offer>,
}

/// What is asked of an archive; each has a limit of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Whether it has copies.
    Question,
    /// What a copy shows.
    Replay,
}

impl Health {
    /// Until when an archive is left alone, if it is.
    #[must_use]
    pub fn rests_until(&self, id: &str, now: Millis) -> Option<Millis> {
        let account = self.accounts.iter().find(|account| account.id == id)?;
        // A clock that was set back must not make a rest of years.
        let is_sane = account.rests_until.since(now) <= LONGEST_REST;
        (account.rests_until > now && is_sane).then_some(account.rests_until)
    }

    /// Takes the next free place in an archive's queue: when the request may go.
    ///
    /// A generic cell rate algorithm (as ATM's and nginx's limits): a few at once, then one at a time, so that no
    /// minute, wherever it begins, holds more than `per_minute`.
    ///
    /// # Errors
    /// When the next free place is after `before`: when that is. Nothing is taken then.
    pub fn reserve(
        &mut self,
        id: &str,
        work: Work,
        per_minute: u64,
        now: Millis,
        before: Millis,
    ) -> Result<Millis, Millis> {
        let burst = (per_minute / 6).max(1);
        let pause = 60_000_u64.div_ceil(per_minute.saturating_sub(burst).max(1));
        let credit = pause.saturating_mul(burst.saturating_sub(1));
        self.account(id, |account| {
            let paid = match work {
                Work::Question => &mut account.asked,
                Work::Replay => &mut account.replayed,
            };
            if paid.since(now) > CLOCK_WENT_BACK {
                *paid = now;
            }
            let at = Millis(paid.0.saturating_sub(credit)).max(now);
            if at > before {
                return Err(at);
            }
            *paid = (*paid).max(now).plus(pause);
            Ok(at)
        })
    }

    /// It answered as it should.
    pub fn answered(&mut self, id: &str) {
        self.account(id, |account| account.failures = 0);
    }

    /// It did not answer, or nonsense. The third time in a row it is left alone for a while.
    pub fn failed(&mut self, id: &str, now: Millis) {
        self.account(id, |account| {
            account.failures = account.failures.saturating_add(1);
            if account.failures >= TOLERANCE {
                account.failures = 0;
                account.rests_until = now.plus(REST);
            }
        });
    }

    /// It said to wait: for as long as `Retry-After` says, or a minute. Asking on would have it block this computer.
    pub fn limited(&mut self, id: &str, retry_after: Option<&str>, now: Millis) -> Millis {
        let wait = retry_after.and_then(|text| wait(text, now)).unwrap_or(REST_WHEN_LIMITED);
        let until = now.plus(wait.clamp(1_000, LONGEST_REST));
        self.account(id, |account| account.rests_until = until);
        until
    }

    /// What an archive said of a page lately: `Some(None)` is that it has none.
    #[must_use]
    pub fn recall(&self, id: &str, url: &str, now: Millis) -> Option<Option<&Offer>> {
        let known = self.remembered.iter().rev().find(|known| known.archive == id && known.url == url)?;
        let lasts = if known.offer.is_some() { HIT_LASTS } else { MISS_LASTS };
        (known.at <= now && now.since(known.at) < lasts).then_some(known.offer.as_ref())
    }

    /// Keeps what an archive said of a page.
    pub fn remember(&mut self, id: &str, url: &str, offer: Option<Offer>, now: Millis) {
        self.remembered.retain(|known| {
            let lasts = if known.offer.is_some() { HIT_LASTS } else { MISS_LASTS };
            !(known.archive == id && known.url == url) && known.at <= now && now.since(known.at) < lasts
        });
        if self.remembered.len() >= MOST_REMEMBERED {
            self.remembered.remove(0);
        }
        self.remembered.push(Remembered { archive: id.to_owned(), url: url.to_owned(), at: now, offer });
    }

    /// Works on an archive's account, which is opened where there is none.
    fn account<T>(&mut self, id: &str, work: impl FnOnce(&mut Account) -> T) -> T {
        let mut account = match self.accounts.iter().position(|account| account.id == id) {
            Some(at) => self.accounts.remove(at),
            None => Account { id: id.to_owned(), ..Account::default() },
        };
        let done = work(&mut account);
        self.accounts.push(account);
        done
    }
}

/// How long `Retry-After` says to wait, in milliseconds: seconds or a date (RFC 9110, section 10.2.3).
#[must_use]
pub fn wait(retry_after: &str, now: Millis) -> Option<u64> {
    let text = retry_after.trim();
    let seconds = text.parse::<u64>().ok().map(|seconds| seconds.saturating_mul(1000));
    seconds.or_else(|| time::parse_http_date(text).map(|until| until.since(now)))
}

/// `Retry-After` of a reply.
#[must_use]
pub(super) fn retry_after(headers: &BTreeMap<String, String>) -> Option<&str> {
    headers.get("retry-after").map(String::as_str)
}

/// No queue is ten minutes long: an account that is paid further ahead is from before the clock was set back.
const CLOCK_WENT_BACK: u64 = 10 * 60_000;

/// MemGator's figure for archives that fail.
const REST: u64 = 15 * 60_000;

/// Failures in a row before it: one may be the network's, two may be chance.
const TOLERANCE: u32 = 3;

/// Wayback's 429 names no time; going on for more than a minute gets an address blocked for an hour
/// (edgi-govdata-archiving/wayback#137).
const REST_WHEN_LIMITED: u64 = 60_000;

/// Nobody means more than a day; a date far off is a mistake.
const LONGEST_REST: u64 = 24 * 3_600_000;

/// Archives take new copies of busy pages a few times a day.
const HIT_LASTS: u64 = 6 * 3_600_000;

/// A page that fails now may be archived by somebody else in a while.
const MISS_LASTS: u64 = 10 * 60_000;

/// They are written with every event; forty are 15 KB.
const MOST_REMEMBERED: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_623_145_620_000);

    #[test]
    fn no_minute_holds_more_than_the_limit() {
        for per_minute in [1, 4, 6, 24, 120, 300] {
            let mut health = Health::default();
            let ask = |nth| {
                let now = NOW.plus(nth * 37);
                health.reserve("a", Work::Question, per_minute, now, now.plus(20_000)).ok().map(|at| at.0)
            };
            let sent: Vec<u64> = (0_u64..8_000).filter_map(ask).collect();
            assert!(sent.is_sorted() && sent.len() as u64 >= per_minute * 3, "{}", sent.len());
            for (at, first) in sent.iter().enumerate() {
                let in_a_minute = sent.iter().skip(at).take_while(|time| **time < first + 60_000).count();
                assert!(in_a_minute as u64 <= per_minute, "{in_a_minute} of {per_minute}");
            }
            // Looks into copies have an account of their own.
            assert_eq!(health.reserve("a", Work::Replay, per_minute, NOW, NOW), Ok(NOW));
        }
    }

    #[test]
    fn retry_after_is_obeyed_as_seconds_and_as_a_date() {
        for (text, seconds) in [
            (Some("120"), 120),
            (Some(" 5 "), 5),
            (Some("Tue, 08 Jun 2021 09:49:00 GMT"), 120),
            (Some("soon"), 60),
            (None, 60),
            (Some("0"), 1),
            (Some("99999999999"), 24 * 3600),
        ] {
            let mut health = Health::default();
            assert_eq!(health.limited("a", text, NOW), NOW.plus(seconds * 1000), "{text:?}");
            assert!(health.rests_until("a", NOW.plus(seconds * 1000 - 1)).is_some());
            assert_eq!(health.rests_until("a", NOW.plus(seconds * 1000)), None);
        }
    }

    #[test]
    fn three_failures_in_a_row_are_a_rest_of_fifteen_minutes() {
        let mut health = Health::default();
        health.failed("a", NOW);
        health.failed("a", NOW);
        health.answered("a");
        health.failed("a", NOW);
        health.failed("a", NOW);
        assert_eq!(health.rests_until("a", NOW), None);
        health.failed("a", NOW);
        assert_eq!(health.rests_until("a", NOW), Some(NOW.plus(15 * 60_000)));
        assert_eq!(health.rests_until("b", NOW), None);
    }

    #[test]
    fn a_hit_is_remembered_for_hours_and_a_miss_for_minutes() {
        let mut health = Health::default();
        health.remember("a", "https://x.org/", None, NOW);
        assert_eq!(health.recall("a", "https://x.org/", NOW.plus(9 * 60_000)), Some(None));
        assert_eq!(health.recall("a", "https://x.org/", NOW.plus(10 * 60_000)), None);
        assert_eq!(health.recall("b", "https://x.org/", NOW), None);
        for nth in 0..100 {
            health.remember("a", &nth.to_string(), None, NOW);
        }
        assert_eq!(health.remembered.len(), MOST_REMEMBERED);
        assert_eq!(health.recall("a", "99", NOW), Some(None));
    }

    #[test]
    fn a_clock_that_is_set_back_blocks_nobody() {
        let mut health = Health::default();
        health.limited("a", None, NOW.plus(LONGEST_REST * 400));
        let later = NOW.plus(LONGEST_REST * 400);
        assert_eq!(health.reserve("a", Work::Question, 4, later, later), Ok(later));
        assert_eq!(health.rests_until("a", NOW), None);
        assert_eq!(health.reserve("a", Work::Question, 4, NOW, NOW), Ok(NOW));
    }
}
