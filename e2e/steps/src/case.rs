//! The cases, and what leads up to each.

use detour_core::event::{Event, TabId};
use detour_core::observation::{Millis, Observation};
use detour_core::port::{CheckId, PROTOCOL, Reply};
use detour_core::state::{Phase, State};
use detour_core::step::step;
use detour_core::target::Target;
use detour_core::verdict;

use crate::evidence::{self, SITES};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// A tab closes while nothing fails.
    HealthyTabClosed,
    /// A page says 503: the tab's sign.
    PageFailed,
    /// The first observation of a check arrives.
    FirstObserved,
    /// The last of some hundred arrives.
    LastObserved,
    /// The check is over: the verdict on all it saw.
    Concluded,
    /// All of the check: the greeting, each observation, the end.
    WholeCheck,
    /// The check of the tenth tab is over, nine of the same CDN having failed before.
    TenthTabConcluded,
    /// It is time to look at a failing page again.
    WatchTick,
    /// A tab closes while nine others fail.
    TabClosedAmongTen,
    /// The verdict alone, without a state around it.
    Judged,
}

impl Case {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 10] = [
        Self::HealthyTabClosed,
        Self::PageFailed,
        Self::FirstObserved,
        Self::LastObserved,
        Self::Concluded,
        Self::WholeCheck,
        Self::TenthTabConcluded,
        Self::WatchTick,
        Self::TabClosedAmongTen,
        Self::Judged,
    ];

    /// For people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HealthyTabClosed => "a tab closes, nothing fails",
            Self::PageFailed => "a page says 503",
            Self::FirstObserved => "first observation of a check",
            Self::LastObserved => "last observation of a check",
            Self::Concluded => "the check ends: verdict",
            Self::WholeCheck => "a whole check",
            Self::TenthTabConcluded => "the tenth tab's check ends: verdict",
            Self::WatchTick => "time for a second look",
            Self::TabClosedAmongTen => "one of ten failing tabs closes",
            Self::Judged => "judge alone",
        }
    }

    /// Everything up to the moment that is counted.
    #[must_use]
    pub fn prepare(self) -> Prepared {
        let mut past = Past::default();
        let only = TabId(0);
        let next = match self {
            Self::HealthyTabClosed => vec![Event::TabClosed { tab: TabId(7) }],
            Self::PageFailed => vec![past.failure(0)],
            Self::FirstObserved => {
                past.fail(0);
                past.check(only).into_iter().skip(1).take(1).collect()
            }
            Self::LastObserved => {
                past.fail(0);
                let mut check = past.check(only);
                let _end = check.pop();
                let last = check.pop();
                past.live(check);
                last.into_iter().collect()
            }
            Self::Concluded => vec![past.all_but_the_end(0)],
            Self::WholeCheck => {
                past.fail(0);
                past.check(only)
            }
            Self::TenthTabConcluded => {
                past.nine();
                vec![past.all_but_the_end(9)]
            }
            Self::WatchTick => {
                let end = past.all_but_the_end(0);
                past.live(vec![end]);
                past.now = past.now.plus(60_000);
                vec![Event::TimerFired]
            }
            Self::TabClosedAmongTen => {
                past.nine();
                let end = past.all_but_the_end(9);
                past.live(vec![end]);
                vec![Event::TabClosed { tab: only }]
            }
            Self::Judged => return Prepared::Evidence(evidence::of_check(0, past.now)),
        };
        Prepared::Events { state: Box::new(past.state), next, now: past.now }
    }
}

/// A case that is ready to run.
#[derive(Debug)]
pub enum Prepared {
    /// Events to be delivered one after the other.
    Events {
        /// Everything known before them.
        state: Box<State>,
        /// What happens; empty once it has.
        next: Vec<Event>,
        /// When.
        now: Millis,
    },
    /// What a check saw, to be judged.
    Evidence(Vec<Observation>),
}

impl Prepared {
    /// Delivers the events, or judges; how many effects, or reasons, came of it.
    pub fn run(&mut self) -> u32 {
        let count = match self {
            Self::Events { state, next, now } => {
                let mut count = 0;
                for event in std::mem::take(next) {
                    let (after, effects) = step(std::mem::take(&mut **state), event, *now);
                    **state = after;
                    count += effects.len();
                }
                count
            }
            Self::Evidence(seen) => judged(seen).map_or(0, |verdict| verdict.because.len()),
        };
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

fn judged(seen: &[Observation]) -> Option<verdict::Verdict> {
    let target = Target::parse(&evidence::url(SITES.first()?)).ok()?;
    let failure = verdict::failure_here(seen)?;
    let all: Vec<&Observation> = seen.iter().collect();
    let now = seen.iter().map(|seen| seen.at).max().unwrap_or_default();
    let case =
        verdict::Case { target: &target, failure: Some(&failure), seen: &all, before: None, published: None, now };
    Some(verdict::judge(&case))
}

/// What has happened so far.
struct Past {
    state: State,
    now: Millis,
}

impl Default for Past {
    fn default() -> Self {
        // 8 June 2021, 09:47 UTC.
        Self { state: State::default(), now: Millis(1_623_145_620_000) }
    }
}

impl Past {
    fn live(&mut self, events: Vec<Event>) {
        for event in events {
            self.now = self.now.plus(10);
            self.state = step(std::mem::take(&mut self.state), event, self.now).0;
        }
    }

    fn failure(&self, site: usize) -> Event {
        let host = SITES.get(site).copied().unwrap_or_default();
        Event::StatusSeen {
            tab: tab(site),
            url: evidence::url(host),
            status: 503,
            by_service_worker: false,
            title: "503 Backend fetch failed".into(),
            html: evidence::ERROR_PAGE.into(),
        }
    }

    /// The page of this site fails, and so does the worker's own request.
    fn fail(&mut self, site: usize) {
        let host = SITES.get(site).copied().unwrap_or_default();
        let observation = evidence::by_browser(self.now);
        let again = Event::AskedAgain { tab: tab(site), url: evidence::url(host), observation };
        self.live(vec![self.failure(site), again]);
    }

    /// What the host says of a check that is under way: the greeting, some hundred observations, the end.
    fn check(&self, tab: TabId) -> Vec<Event> {
        let Some(Phase::Checking { check: id, .. }) = self.state.tabs.get(&tab).map(|tab| &tab.phase) else {
            return Vec::new();
        };
        let site = usize::try_from(tab.0).unwrap_or_default();
        let seen = evidence::of_check(site, self.now).into_iter();
        let greeting = Reply::Hello { protocol: PROTOCOL, version: "0.1.0".into() };
        let id: CheckId = *id;
        let replies = seen.map(|observation| Reply::Observed { id, observation });
        let end = Reply::Finished { id, timed_out: false };
        [greeting].into_iter().chain(replies).chain([end]).map(|reply| Event::HostReplied { reply }).collect()
    }

    /// A site fails and is checked; the event that ends the check is still to come.
    fn all_but_the_end(&mut self, site: usize) -> Event {
        self.fail(site);
        let mut check = self.check(tab(site));
        let end = check.pop();
        self.live(check);
        end.unwrap_or(Event::TimerFired)
    }

    /// Nine tabs fail, one after the other.
    fn nine(&mut self) {
        for site in 0..9 {
            let end = self.all_but_the_end(site);
            self.live(vec![end]);
        }
    }
}

fn tab(site: usize) -> TabId {
    TabId(i64::try_from(site).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use detour_core::verdict::Fault;

    use super::*;

    fn faults(case: Case) -> Vec<Option<Fault>> {
        let mut prepared = case.prepare();
        prepared.run();
        let Prepared::Events { state, .. } = prepared else { panic!("no events") };
        let fault = |phase: &Phase| match phase {
            Phase::Concluded { verdict, .. } => Some(verdict.fault),
            Phase::Checking { .. } | Phase::Doubted { .. } => None,
        };
        state.tabs.values().map(|tab| fault(&tab.phase)).collect()
    }

    #[test]
    fn each_case_is_what_its_name_says() {
        assert_eq!(faults(Case::HealthyTabClosed), []);
        assert_eq!(faults(Case::PageFailed), [None]);
        assert_eq!(faults(Case::FirstObserved), [None]);
        assert_eq!(faults(Case::LastObserved), [None]);
        assert_eq!(faults(Case::Concluded), [Some(Fault::CdnWide)]);
        assert_eq!(faults(Case::WholeCheck), [Some(Fault::CdnWide)]);
        assert_eq!(faults(Case::TenthTabConcluded), [Some(Fault::CdnWide); 10]);
        assert_eq!(faults(Case::TabClosedAmongTen), [Some(Fault::CdnWide); 9]);
        let mut tick = Case::WatchTick.prepare();
        assert!(tick.run() > 0);
        let Prepared::Events { state, .. } = tick else { panic!("no events") };
        assert!(state.tabs.values().all(|tab| tab.watch.look.is_some()));
    }

    #[test]
    fn a_full_check_has_some_hundred_observations() {
        let count = evidence::of_check(0, Millis(0)).len();
        assert!((80..=120).contains(&count), "{count}");
        let Prepared::Evidence(seen) = Case::Judged.prepare() else { panic!("no evidence") };
        assert_eq!(judged(&seen).map(|verdict| verdict.fault), Some(Fault::CdnWide));
    }
}
