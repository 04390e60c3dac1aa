//! Scores added up.

use detour_outages::Outage;
use serde::Serialize;

use crate::run::Run;
use crate::scoring::{Mark, TabScore};

/// A tab that fails within this time of the beginning is timed from the beginning, a later one from its own failure:
/// half a minute for the first visits, and 21 s until a browser gives silence up.
const EARLY: u64 = 55_000;

/// "Right within 60 s".
pub(crate) const IN_TIME: u64 = 60;

/// The aim is that no tab is later. In an outage of a part of all tries, one tab in a hundred meets the good part first;
/// this many of a hundred may, before it counts as broken.
const MOST_LATE: u32 = 2;

/// Outages of a hundred in which no tab was right in time, before it counts as broken: one bad node of six is missed by
/// one user of a hundred at first.
const MOST_MISSED: u32 = 1;

/// What runs come to, added up.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Tally {
    pub(crate) runs: u32,
    /// Runs in which a tab failed, and those of them in which one was right within [`IN_TIME`] of the beginning, or of
    /// the first failure where that came later.
    pub(crate) runs_failing: u32,
    pub(crate) runs_in_time: u32,
    /// Tabs that failed while their site was down.
    pub(crate) tabs: u32,
    /// Tabs that were right in time, tabs that were right later, and tabs that never were.
    pub(crate) in_time: u32,
    pub(crate) late: u32,
    pub(crate) never: u32,
    /// Verdicts that were wrong.
    pub(crate) wrong: u32,
    pub(crate) confidently_wrong: u32,
    pub(crate) false_wide: u32,
    /// Whole minutes, by what was said.
    pub(crate) minutes_right: u32,
    pub(crate) minutes_undecided: u32,
    pub(crate) minutes_wrong: u32,
    /// Calls that it was over before it was.
    pub(crate) early_calls: u32,
    /// Recovery calls in seconds after the site was back, in order.
    pub(crate) recoveries: Vec<i64>,
    /// Tabs that still said at the very end that their site fails.
    pub(crate) uncalled: u32,
    /// What users were told, all runs together, and the most that one of them was.
    pub(crate) alerts: u32,
    pub(crate) most_alerts: u32,
    /// Seconds until the first right verdict, tab by tab, in order.
    pub(crate) delays: Vec<u64>,
}

impl Tally {
    /// The tally of one replay's runs.
    pub(crate) fn of(outage: &Outage, runs: &[&Run]) -> Self {
        let mut tally = Self::default();
        for run in runs {
            tally.runs += 1;
            let alerts = u32::try_from(run.alerts.len()).unwrap_or(u32::MAX);
            tally.alerts += alerts;
            tally.most_alerts = tally.most_alerts.max(alerts);
            let failing = || run.tabs.iter().filter(|tab| tab.failed.is_some());
            let is_in_time = |tab: &TabScore| delay(tab, outage.begins.0).is_some_and(|delay| delay <= IN_TIME);
            tally.runs_failing += u32::from(failing().next().is_some());
            tally.runs_in_time += u32::from(failing().any(is_in_time));
            for tab in &run.tabs {
                tally.count(tab, outage.begins.0);
            }
        }
        tally.delays.sort_unstable();
        tally.recoveries.sort_unstable();
        tally
    }

    fn count(&mut self, tab: &TabScore, begins: u64) {
        self.wrong += tab.wrong;
        self.confidently_wrong += tab.confidently_wrong;
        self.false_wide += tab.false_wide;
        self.early_calls += tab.early_calls;
        for minute in &tab.minutes {
            match minute.mark {
                Mark::Silent => {}
                Mark::Right => self.minutes_right += 1,
                Mark::Undecided => self.minutes_undecided += 1,
                Mark::Wrong | Mark::ConfidentlyWrong => self.minutes_wrong += 1,
            }
        }
        if tab.failed.is_none() {
            return;
        }
        self.tabs += 1;
        match delay(tab, begins) {
            Some(delay) if delay <= IN_TIME => self.in_time += 1,
            Some(_) => self.late += 1,
            None => self.never += 1,
        }
        self.delays.extend(delay(tab, begins));
        self.recoveries.extend(tab.recovery);
        self.uncalled += u32::from(tab.is_stuck);
    }

    /// Adds another replay's.
    pub(crate) fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.runs_failing += other.runs_failing;
        self.runs_in_time += other.runs_in_time;
        self.tabs += other.tabs;
        self.in_time += other.in_time;
        self.late += other.late;
        self.never += other.never;
        self.wrong += other.wrong;
        self.confidently_wrong += other.confidently_wrong;
        self.false_wide += other.false_wide;
        self.minutes_right += other.minutes_right;
        self.minutes_undecided += other.minutes_undecided;
        self.minutes_wrong += other.minutes_wrong;
        self.early_calls += other.early_calls;
        self.uncalled += other.uncalled;
        self.alerts += other.alerts;
        self.most_alerts = self.most_alerts.max(other.most_alerts);
        self.recoveries.extend(&other.recoveries);
        self.recoveries.sort_unstable();
        self.delays.extend(&other.delays);
        self.delays.sort_unstable();
    }

    /// The bounds that are not held: what `--must` fails for.
    pub(crate) fn broken_bounds(&self) -> Vec<String> {
        let mut broken = Vec::new();
        let missing = self.runs_failing - self.runs_in_time;
        if missing * 100 > self.runs_failing * MOST_MISSED {
            broken
                .push(format!("{missing} of {} outages without a right verdict within {IN_TIME} s", self.runs_failing));
        }
        if self.false_wide > 0 {
            broken.push(format!("{} false CDN-wide alarms", self.false_wide));
        }
        if self.confidently_wrong > 0 {
            broken.push(format!("{} confidently wrong verdicts", self.confidently_wrong));
        }
        if (self.late + self.never) * 100 > self.tabs * MOST_LATE {
            broken.push(format!("{} of {} tabs not right within {IN_TIME} s", self.late + self.never, self.tabs));
        }
        broken
    }
}

/// Seconds until a tab was first right.
pub(crate) fn delay(tab: &TabScore, begins: u64) -> Option<u64> {
    let failed = tab.failed?;
    let from = if failed <= begins + EARLY { begins } else { failed };
    Some(tab.right?.saturating_sub(from).div_ceil(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tab(failed: u64, right: Option<u64>) -> TabScore {
        TabScore {
            host: "www.example.org".to_owned(),
            opened: failed,
            failed: Some(failed),
            right,
            wrong: 0,
            confidently_wrong: 0,
            false_wide: 0,
            first_verdict: None,
            first_wrong: None,
            recovery: Some(30),
            early_calls: 0,
            is_stuck: false,
            minutes: Vec::new(),
        }
    }

    #[test]
    fn a_bound_that_is_not_held_is_named() {
        let mut tally = Tally::default();
        tally.count(&tab(1_000, Some(60_000)), 0);
        assert!(tally.broken_bounds().is_empty(), "{tally:?}");
        tally.count(&tab(1_000, Some(61_000)), 0);
        tally.count(&tab(1_000, None), 0);
        tally.count(&TabScore { false_wide: 1, confidently_wrong: 2, ..tab(1_000, Some(2_000)) }, 0);
        assert_eq!((tally.in_time, tally.late, tally.never), (2, 1, 1));
        assert_eq!(tally.broken_bounds().len(), 3);
    }

    #[test]
    fn a_tab_that_fails_later_is_timed_from_its_own_failure() {
        assert_eq!(delay(&tab(600_000, Some(607_000)), 0), Some(7));
        assert_eq!(delay(&tab(20_000, Some(27_000)), 0), Some(27));
    }
}
