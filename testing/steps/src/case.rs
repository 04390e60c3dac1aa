//! The cases, and what leads up to each.

use detour_core::event::Event;
use detour_core::observation::{Millis, Observation};
use detour_core::state::State;
use detour_core::step::step;
use detour_core::stored::Stored;
use detour_core::tab::TabId;
use detour_core::verdict;
use detour_core::view::{BoardView, board_view};

use crate::evidence::{self, SITES};
use crate::look::Part;
use crate::past::Past;
use crate::year;

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
    /// One look at one of so many watched pages.
    Look(Part, usize),
    /// What a look at one of so many watched pages changed is found and written as JSON, as the shell does it.
    Stored(usize),
    /// The view of a full board is made of the state.
    Board,
    /// That view as JSON, on its way to the page.
    BoardAsJson,
}

/// How many pages are watched in the cases: as few as may be, as many as a bad day brings, and as many as may be.
pub const WATCHED: [usize; 3] = [1, 10, year::WATCHED];

impl Case {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 24] = [
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
        Self::Look(Part::Begins, WATCHED[0]),
        Self::Look(Part::Sees, WATCHED[0]),
        Self::Look(Part::Ends, WATCHED[0]),
        Self::Look(Part::Begins, WATCHED[1]),
        Self::Look(Part::Sees, WATCHED[1]),
        Self::Look(Part::Ends, WATCHED[1]),
        Self::Look(Part::Begins, WATCHED[2]),
        Self::Look(Part::Sees, WATCHED[2]),
        Self::Look(Part::Ends, WATCHED[2]),
        Self::Stored(WATCHED[0]),
        Self::Stored(WATCHED[1]),
        Self::Stored(WATCHED[2]),
        Self::Board,
        Self::BoardAsJson,
    ];

    /// For people.
    #[must_use]
    pub fn name(self) -> String {
        let name = match self {
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
            Self::Look(part, pages) => return format!("{pages} watched: {}", part.name()),
            Self::Stored(pages) => return format!("{pages} watched: what changed as JSON"),
            Self::Board => "the view of a full board",
            Self::BoardAsJson => "the view of a full board as JSON",
        };
        name.to_owned()
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
            Self::Look(part, pages) => {
                past = Past::watched(pages, past.now);
                part.all_before(&mut past)
            }
            Self::Stored(pages) => {
                past = Past::watched(pages, past.now);
                let end = Part::Ends.all_before(&mut past);
                let mut stored = Stored::default();
                let _ = (stored.changes(&mut past.state), stored.lasting_changes(&past.state.lasting));
                past.live(end);
                return Prepared::Stored { state: Box::new(past.state), stored: Box::new(stored) };
            }
            Self::Board => return Prepared::Board { state: Box::new(year::state(past.now)), now: past.now },
            Self::BoardAsJson => {
                return Prepared::View(Box::new(board_view(&year::state(past.now), past.now)));
            }
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
    /// To be written down.
    Stored {
        /// Everything known.
        state: Box<State>,
        /// What is written already.
        stored: Box<Stored>,
    },
    /// To be drawn.
    Board {
        /// Everything known.
        state: Box<State>,
        /// When.
        now: Millis,
    },
    /// To be sent to the page.
    View(Box<BoardView>),
}

impl Prepared {
    /// Delivers the events, or judges, draws or writes; how many effects, reasons, groups or bytes came of it.
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
            Self::Stored { state, stored } => {
                let changes = [stored.changes(state), stored.lasting_changes(&state.lasting)];
                changes.iter().flat_map(|changes| &changes.put).map(|(_, text)| text.len()).sum()
            }
            Self::Board { state, now } => board_view(state, *now).groups.len(),
            Self::View(view) => serde_json::to_string(view).map_or(0, |text| text.len()),
        };
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

fn judged(seen: &[Observation]) -> Option<verdict::Verdict> {
    let target = evidence::page(SITES.first()?);
    let failure = verdict::failure_here(seen)?;
    let all: Vec<&Observation> = seen.iter().collect();
    let now = seen.iter().map(|seen| seen.at).max().unwrap_or_default();
    let case =
        verdict::Case { target: &target, failure: Some(&failure), seen: &all, before: None, published: None, now };
    Some(verdict::judge(&case))
}

#[cfg(test)]
mod tests {
    use detour_core::outage::Outage;
    use detour_core::verdict::Fault;

    use super::*;

    fn faults(case: Case) -> Vec<Option<Fault>> {
        let mut prepared = case.prepare();
        prepared.run();
        let Prepared::Events { state, .. } = prepared else { panic!("no events") };
        let fault = |outage: &Outage| outage.verdict().map(|verdict| verdict.fault);
        state.outages.values().map(fault).collect()
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
        assert!(state.outages.values().all(|outage| outage.recheck().is_some()));
    }

    #[test]
    fn a_look_is_at_one_page_of_all_that_are_watched() {
        for pages in WATCHED {
            let state_after = |part: Part| {
                let mut prepared = Case::Look(part, pages).prepare();
                assert!(prepared.run() > 0, "{part:?}");
                let Prepared::Events { state, .. } = prepared else { panic!("no events") };
                assert_eq!((state.outages.len(), state.lasting.watched.len()), (pages, pages));
                state
            };
            let looks = |state: &State| state.outages.values().filter(|outage| outage.recheck().is_some()).count();
            assert_eq!(looks(&state_after(Part::Begins)), 1);
            assert_eq!(looks(&state_after(Part::Sees)), 1);
            let after = state_after(Part::Ends);
            assert_eq!(looks(&after), 0);
            assert_eq!(after.outages.values().filter(|outage| outage.recovery.rechecks() == 1).count(), 1);
            assert_eq!(faults(Case::Look(Part::Ends, pages)), vec![Some(Fault::CdnWide); pages]);
        }
    }

    #[test]
    fn a_full_check_has_some_hundred_observations() {
        let count = evidence::of_check(0, Millis(0)).len();
        assert!((80..=120).contains(&count), "{count}");
        let Prepared::Evidence(seen) = Case::Judged.prepare() else { panic!("no evidence") };
        assert_eq!(judged(&seen).map(|verdict| verdict.fault), Some(Fault::CdnWide));
    }
}
