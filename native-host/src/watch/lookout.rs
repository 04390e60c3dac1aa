//! The shell around [`detour_core::step`] that has a network and no browser: one entry of core's state for each site,
//! and the host's own checks as the only vantage.
//!
//! When to look again, what a look comes to and when an outage is over is core's alone, the same as in the extension.
//! A first look of one's own only says whether there is anything to tell core of.

mod dialogue;
mod errand;

use std::collections::VecDeque;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::Duration;

use detour_core::cdn;
use detour_core::event::Event;
use detour_core::incident::Lasting;
use detour_core::observation::{Millis, Observation, Subject};
use detour_core::outage::Outage;
use detour_core::port::{CheckId, Refusal, Reply, Scope};
use detour_core::state::{Conditions, State, Tab};
use detour_core::tab::TabId;
use detour_core::view::{BoardView, board_view};
use detour_probe::Instruments;
use tokio::task::JoinSet;

use errand::{Carried, Errand, Purpose, measure, spread};

use super::clock::{Clock, whole_millis};
use super::sites::Site;
use super::standing::Standing;
use crate::check::Ending;

/// Sites that are looked at, and what is known of each.
pub(crate) struct Lookout<C> {
    instruments: Arc<Instruments>,
    clock: C,
    state: State,
    /// When core wants to be called.
    timer: Option<Millis>,
    sites: Vec<Watched>,
    waiting: VecDeque<Errand>,
    running: JoinSet<Carried>,
    /// The longest time between two looks that the user has patience for, in milliseconds.
    longest_interval: Option<u64>,
    /// How often sites that are well are looked at; `None` is once.
    rounds: Option<u64>,
}

/// One site.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) site: Site,
    pub(crate) standing: Standing,
    /// How it stood when that was last told.
    told: Standing,
    /// Since when it has stood so.
    pub(crate) since: Millis,
    /// Who delivers it, as far as a look has shown.
    pub(crate) cdn: Option<String>,
    /// When it was last looked at.
    pub(crate) looked: Option<Millis>,
    /// How often.
    pub(crate) looks: u32,
    /// When it is looked at again though core knows nothing of it: it is well, or could not be looked at.
    round: Option<Millis>,
    /// What the last check saw and core has not heard yet.
    unheard: VecDeque<Observation>,
    /// The check that core waits for.
    check: Option<CheckId>,
    /// Whether core waits for a browser's second try.
    is_asked: bool,
}

/// A change in how a site stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    /// Which site, by its place in the list.
    pub(crate) nth: usize,
    /// How it stood before.
    pub(crate) before: Standing,
    /// When it was seen.
    pub(crate) at: Millis,
}

/// What came of waiting.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Something was looked at; what changed, if anything.
    Looked(Vec<Change>),
    /// The moment that was given has come.
    TimeUp,
    /// Nothing is under way and nothing is due: it stays as it is.
    Idle,
}

impl<C: Clock> Lookout<C> {
    /// For these sites; nothing is asked before [`Self::next`].
    pub(crate) fn new(
        instruments: Arc<Instruments>,
        sites: Vec<Site>,
        clock: C,
        rounds: Option<Duration>,
        longest_interval: Option<Duration>,
    ) -> Self {
        let waiting = (0..sites.len()).map(|nth| Errand { nth, scope: Scope::Usual, purpose: Purpose::First });
        let mut lookout = Self {
            instruments,
            clock,
            state: without_browser(),
            timer: None,
            waiting: waiting.collect(),
            sites: sites.into_iter().map(Watched::of).collect(),
            running: JoinSet::new(),
            rounds: rounds.map(whole_millis),
            longest_interval: longest_interval.map(whole_millis),
        };
        lookout.tell(Event::Started { version: VERSION.to_owned() });
        lookout
    }

    /// The time by the clock that came in.
    pub(crate) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// All sites, in the order of naming.
    pub(crate) fn sites(&self) -> &[Watched] {
        &self.sites
    }

    /// Core's own entry of a site that fails, or did until a moment ago.
    pub(crate) fn entry(&self, nth: usize) -> Option<(&Tab, &Outage)> {
        self.state.failing(tab(nth))
    }

    /// Core's own board: the sites that fail, with their course, and the incidents they belong to.
    pub(crate) fn board(&self) -> BoardView {
        board_view(&self.state, self.clock.now())
    }

    /// Whether every site was looked at once.
    pub(crate) fn has_seen_all(&self) -> bool {
        self.sites.iter().all(|watched| watched.standing != Standing::Unseen)
    }

    /// When something will be looked at again.
    pub(crate) fn due(&self) -> Option<Millis> {
        let rounds = self.sites.iter().filter_map(|watched| watched.round);
        let looks = self.state.outages.values().filter_map(|outage| outage.recovery.due());
        self.timer.into_iter().chain(rounds).chain(looks).min()
    }

    /// When this site will be.
    pub(crate) fn due_of(&self, nth: usize) -> Option<Millis> {
        let round = self.sites.get(nth).and_then(|watched| watched.round);
        round.or_else(|| self.entry(nth)?.1.recovery.due())
    }

    /// Waits until something was looked at, or until `until`. It may be dropped and called again.
    pub(crate) async fn next(&mut self, until: Option<Millis>) -> News {
        self.begin_waiting();
        let due = self.due();
        let is_measuring = !self.running.is_empty();
        let Some(next) = due.into_iter().chain(until).min() else {
            return match self.running.join_next().await {
                Some(ended) => self.ended(ended),
                None => News::Idle,
            };
        };
        let span = Duration::from_millis(next.since(self.clock.now()));
        tokio::select! {
            biased;
            Some(ended) = self.running.join_next(), if is_measuring => self.ended(ended),
            () = self.clock.wait(span, is_measuring) => {
                let now = self.clock.now();
                if until.is_some_and(|until| until <= now) {
                    return News::TimeUp;
                }
                self.fire(now)
            }
        }
    }

    fn begin_waiting(&mut self) {
        while self.running.len() < AT_ONCE {
            let Some(errand) = self.waiting.pop_front() else { return };
            let Some(watched) = self.sites.get(errand.nth) else { continue };
            let (instruments, target) = (self.instruments.clone(), watched.site.target.clone());
            let ahead = self.clock.ahead();
            self.running.spawn(async move {
                let (seen, ending) = measure(instruments, target, errand.scope, ahead).await;
                Carried { errand, seen, ending }
            });
        }
    }

    /// A moment came that core, or a round, waited for.
    fn fire(&mut self, now: Millis) -> News {
        let is_due = |at: Option<Millis>| at.is_some_and(|at| at <= now);
        if is_due(self.timer) || self.state.outages.values().any(|outage| is_due(outage.recovery.due())) {
            self.timer = None;
            self.tell(Event::TimerFired);
        }
        for (nth, watched) in (0..).zip(&mut self.sites) {
            if watched.round.is_some_and(|at| at <= now) {
                watched.round = None;
                self.waiting.push_back(Errand { nth, scope: Scope::Again, purpose: Purpose::First });
            }
        }
        self.deliver();
        News::Looked(self.changes())
    }

    fn ended(&mut self, ended: Result<Carried, tokio::task::JoinError>) -> News {
        let Ok(Carried { errand, seen, ending }) = ended else {
            // The check's own task does not panic; a task that was cancelled belongs to a look-out that ends.
            return News::Looked(Vec::new());
        };
        let now = self.clock.now();
        let Some(watched) = self.sites.get_mut(errand.nth) else { return News::Looked(Vec::new()) };
        watched.looked = Some(now);
        watched.looks = watched.looks.saturating_add(1);
        let of_target = seen.iter().filter(|seen| seen.subject == Subject::Target);
        watched.cdn = cdn::identify(of_target).map(|cdn| cdn.name).or_else(|| watched.cdn.take());
        match (errand.purpose, ending) {
            (Purpose::First, Ending::Refused { message, .. }) => watched.standing = Standing::NotLookedAt(message),
            (Purpose::First, Ending::Finished { .. }) => self.first(errand.nth, seen),
            (Purpose::Core(id), Ending::Refused { reason: Refusal::PrivateAddress, message }) => {
                watched.standing = Standing::NotLookedAt(message.clone());
                watched.check = None;
                // It was a public site when it failed: a network that leads its name astray is left again.
                watched.round = Some(now.plus(self.rounds.unwrap_or(LEFT_ASTRAY)));
                let reply = Reply::Refused { id: Some(id), reason: Refusal::PrivateAddress, message };
                self.tell(Event::HostReplied { reply });
            }
            (Purpose::Core(_), Ending::Refused { .. } | Ending::Finished { .. }) => watched.unheard = seen.into(),
        }
        self.deliver();
        News::Looked(self.changes())
    }

    /// Brings each site's standing up to what core says, and tells which ones changed.
    fn changes(&mut self) -> Vec<Change> {
        let now = self.clock.now();
        let mut changes = Vec::new();
        let mut over = Vec::new();
        for (nth, watched) in self.sites.iter_mut().enumerate() {
            match self.state.failing(tab(nth)) {
                Some((_, outage)) => {
                    watched.standing = Standing::of(outage).unwrap_or_else(|| watched.standing.clone());
                    if self.rounds.is_some() && outage.is_left_alone() {
                        over.push(nth);
                    }
                }
                // Core has dropped it, or never took it: it was no outage, such as a challenge for browsers.
                None if watched.standing.is_of_core() => watched.standing = Standing::Fine,
                None if watched.standing == Standing::Unseen && watched.looked.is_some() => {
                    watched.standing = Standing::Fine;
                }
                None => {}
            }
            let is_none_of_cores = matches!(watched.standing, Standing::Fine | Standing::NotLookedAt(_))
                && !self.state.tabs.contains_key(&tab(nth));
            if let (true, None, Some(span)) = (is_none_of_cores, watched.round, self.rounds) {
                watched.round = Some(now.plus(spread(nth, watched.looks, span)));
            }
            if watched.standing != watched.told {
                let before = std::mem::replace(&mut watched.told, watched.standing.clone());
                if matches!((&before, &watched.standing), (Standing::Back { .. }, Standing::Fine)) {
                    continue; // it was told to be back, and still is
                }
                if before.name() != watched.standing.name() {
                    watched.since = now;
                }
                changes.push(Change { nth, before, at: now });
            }
        }
        for nth in over {
            self.tell(Event::TabClosed { tab: tab(nth) });
        }
        changes
    }
}

impl Watched {
    const fn of(site: Site) -> Self {
        Self {
            site,
            standing: Standing::Unseen,
            told: Standing::Unseen,
            since: Millis(0),
            cdn: None,
            looked: None,
            looks: 0,
            round: None,
            unheard: VecDeque::new(),
            check: None,
            is_asked: false,
        }
    }
}

/// Core's state where only this program looks, with a number drawn by chance, so that no two users look together.
fn without_browser() -> State {
    let drawn = RandomState::new().build_hasher().finish();
    let seed = u32::try_from(drawn >> 32).unwrap_or_default();
    State {
        conditions: Conditions { has_browser: false, ..Conditions::default() },
        lasting: Lasting { seed, ..Lasting::default() },
        ..State::default()
    }
}

fn tab(nth: usize) -> TabId {
    TabId(i64::try_from(nth).unwrap_or(i64::MAX))
}

/// Checks that run side by side. Each has some ten connections open, and home routers track a few hundred.
const AT_ONCE: usize = 8;

/// When a site whose name led into the user's own network in the middle of an outage is looked at again, in milliseconds: as
/// often as core looks in the long run.
const LEFT_ASTRAY: u64 = 120_000;

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[cfg(test)]
mod tests;
