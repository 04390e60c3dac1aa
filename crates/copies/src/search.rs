//! The search for copies of one page: which requests to send, what their answers mean, and when to stop.
//!
//! A state machine without clock or I/O, shared by the extension's step and the command line. Archives are asked in
//! stages, since in an outage they get a crowd: the next stage only where the ones before gave nothing, or take long.

use serde::{Deserialize, Serialize};

mod offers;
mod query;
mod replies;
mod run;

use offers::remote;
pub use query::{Context, Query, Why};
use run::{Asks, Run, request};

use super::archive::ArchiveRequest;
use super::health::Work;
use super::mirrors;
use super::offer::{Age, Checked, Offer, Place, Scope, Source, insert};
use crate::asked::{ArchiveReply, Known, LookUpId};
use detour_model::archives::Archive;
use detour_model::target::Unshareable;
use detour_model::time::Millis;

/// One call of the machine: what it works with, and what it wants sent.
struct Round<'a, 'b> {
    query: Query<'a>,
    context: &'a mut Context<'b>,
    out: Vec<LookUp>,
}

/// A request to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookUp {
    /// Names it.
    pub id: LookUpId,
    /// What to send.
    pub request: ArchiveRequest,
}

/// A search that is under way, or over.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Search {
    /// Offers so far, best first.
    pub offers: Vec<Offer>,
    /// Archives that gave none, and why.
    pub said: Vec<Said>,
    /// After this moment those that have not answered are silent.
    pub deadline: Millis,
    /// At this moment the next stage begins, whatever came.
    next_stage: Millis,
    /// Archives that were not asked yet, by their ids.
    stages: Vec<Vec<String>>,
    /// Who is being asked.
    runs: Vec<Run>,
}

/// Why an archive gave no offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Its name for people.
    pub source: String,
    /// Why.
    pub why: Why,
}

impl Search {
    /// Begins: the requests to send first.
    ///
    /// # Errors
    /// [`Unshareable`], when nothing of the page's address may leave the computer.
    pub fn begin(query: Query<'_>, context: &mut Context<'_>) -> Result<(Self, Vec<LookUp>), Unshareable> {
        let shared = query.target.shareable()?;
        let mut search = Self { deadline: context.now.plus(DEADLINE), ..Self::default() };
        search.stages = context.registry.stages(query.target.host());
        let mut round = Round { query, context, out: Vec::new() };
        for url in mirrors::candidates(query.target, &shared, query.known) {
            search.start(String::new(), Asks::Mirror(url), &mut round);
        }
        for url in mirrors::feeds(query.target, query.known) {
            search.start(String::new(), Asks::Feed(url), &mut round);
        }
        if let Some(onion) = mirrors::onion(query.target, &shared, query.known) {
            let host = onion.host_str().unwrap_or_default().to_owned();
            search.offer(remote(Checked::Unverified, Age::Live, Source::Onion(host), onion.into()));
        }
        search.go_on(&mut round);
        Ok((search, round.out))
    }

    /// What was remembered of the page came after the beginning; what else to send.
    pub fn learned(&mut self, query: Query<'_>, context: &mut Context<'_>) -> Vec<LookUp> {
        let Ok(shared) = query.target.shareable() else { return Vec::new() };
        if self.is_over() {
            return Vec::new();
        }
        let mut round = Round { query, context, out: Vec::new() };
        let asked = mirrors::candidates(query.target, &shared, &Known::default());
        for url in mirrors::candidates(query.target, &shared, query.known) {
            if !asked.contains(&url) {
                self.start(String::new(), Asks::Mirror(url), &mut round);
            }
        }
        round.out
    }

    /// A request was answered; what else to send. Answers to nobody's request are ignored.
    pub fn replied(
        &mut self,
        id: LookUpId,
        reply: &ArchiveReply,
        query: Query<'_>,
        context: &mut Context<'_>,
    ) -> Vec<LookUp> {
        let is_it = |run: &Run| run.id == id && run.waits_until.is_none();
        let Some(at) = self.runs.iter().position(is_it) else { return Vec::new() };
        let run = self.runs.remove(at);
        let mut round = Round { query, context, out: Vec::new() };
        self.take(run, reply, &mut round);
        self.go_on(&mut round);
        round.out
    }

    /// Time has passed; what else to send.
    pub fn passed(&mut self, query: Query<'_>, context: &mut Context<'_>) -> Vec<LookUp> {
        let mut round = Round { query, context, out: Vec::new() };
        if self.deadline <= round.context.now {
            for run in std::mem::take(&mut self.runs) {
                self.give_up(run, &mut round);
            }
            self.stages.clear();
            return round.out;
        }
        for run in &mut self.runs {
            if run.waits_until.is_some_and(|at| at <= round.context.now) {
                run.waits_until = None;
                let request = request(run, query, round.context);
                round.out.extend(request.map(|request| LookUp { id: run.id, request }));
            }
        }
        self.go_on(&mut round);
        round.out
    }

    /// Whether nothing more will come.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.runs.is_empty() && self.stages.is_empty()
    }

    /// When [`Search::passed`] is next needed; `None` when it is over.
    #[must_use]
    pub fn next_moment(&self) -> Option<Millis> {
        if self.is_over() {
            return None;
        }
        let waiting = self.runs.iter().filter_map(|run| run.waits_until);
        let stage = (!self.stages.is_empty()).then_some(self.next_stage);
        waiting.chain(stage).chain([self.deadline]).min()
    }

    /// The next stage, when it is time for it.
    fn go_on(&mut self, round: &mut Round<'_, '_>) {
        while !self.stages.is_empty() {
            if self.has_good_one() {
                self.stages.clear();
                return;
            }
            let is_asking = self.runs.iter().any(|run| !run.archive.is_empty());
            if is_asking && round.context.now < self.next_stage {
                return;
            }
            self.next_stage = round.context.now.plus(PATIENCE);
            for id in self.stages.remove(0) {
                self.ask(id, round);
            }
        }
    }

    fn has_good_one(&self) -> bool {
        let is_good = |offer: &Offer| {
            offer.scope == Scope::SamePage && offer.place == Place::Remote && offer.checked == Checked::Verified
        };
        self.offers.iter().any(is_good)
    }

    /// Asks one archive, unless what it would say is known.
    fn ask(&mut self, id: String, round: &mut Round<'_, '_>) {
        let Some(archive) = round.context.registry.archive(&id) else { return };
        let shared = round.query.target.shareable().unwrap_or_default();
        match round.context.health.recall(&id, &shared, round.context.now) {
            Some(Some(offer)) => self.offer(offer.clone()),
            Some(None) => self.say(archive, Why::NoCopy),
            None => match round.context.health.rests_until(&id, round.context.now) {
                Some(until) => self.say(archive, Why::Resting(until)),
                None => self.start(id, Asks::Way(0), round),
            },
        }
    }

    /// Sends a request of a new run.
    fn start(&mut self, archive: String, asks: Asks, round: &mut Round<'_, '_>) {
        let run = Run { id: LookUpId(0), archive, asks, waits_until: None, candidates: Vec::new(), tried: Vec::new() };
        self.send(run, round);
    }

    /// Sends a run's request, now or when the archive's limit allows.
    fn send(&mut self, mut run: Run, round: &mut Round<'_, '_>) {
        run.id = LookUpId(*round.context.next_id);
        *round.context.next_id += 1;
        if let Some(archive) = round.context.registry.archive(&run.archive) {
            let (work, limit) = match run.asks {
                Asks::Replay(..) => (Work::Replay, archive.replays_per_minute),
                Asks::Way(_) | Asks::Index(..) | Asks::Mirror(_) | Asks::Feed(_) => {
                    (Work::Question, archive.per_minute)
                }
            };
            match round.context.health.reserve(&archive.id, work, limit, round.context.now, self.deadline) {
                Ok(at) if at <= round.context.now => {}
                Ok(at) => {
                    run.waits_until = Some(at);
                    self.runs.push(run);
                    return;
                }
                Err(at) => return self.unchecked(&run, archive, Why::Busy(at), round.query),
            }
        }
        if let Some(request) = request(&run, round.query, round.context) {
            round.out.push(LookUp { id: run.id, request });
            self.runs.push(run);
        }
    }

    fn say(&mut self, archive: &Archive, why: Why) {
        self.said.push(Said { source: archive.name.clone(), why });
    }

    fn offer(&mut self, offer: Offer) {
        insert(&mut self.offers, offer);
    }
}

/// How long a search may take, in milliseconds.
pub const DEADLINE: u64 = 20_000;

/// How long one stage is waited for before the next one begins beside it. In an outage archives answer in seconds.
const PATIENCE: u64 = 5_000;

#[cfg(test)]
#[path = "search/tests.rs"]
mod tests;
