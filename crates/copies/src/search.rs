//! The search for copies of one page: which requests to send, what their answers mean, and when to stop.
//!
//! A state machine without clock or I/O, shared by the extension's step and the command line. Archives are asked in
//! stages, since in an outage they get a crowd: the next stage only where the ones before gave nothing, or take long.

use serde::{Deserialize, Serialize};

use super::archive::{self, ArchiveRequest, Candidate, Heard, Judged};
use super::health::{Health, Work, retry_after};
use super::mirrors;
use super::offer::{Age, Checked, Offer, Place, Scope, Source, Standing, insert};
use crate::asked::Known;
use crate::asked::{ArchiveReply, LookUpId};
use detour_model::archives::{Archive, Kind, Registry, Trust};
use detour_model::observation::Millis;
use detour_model::target::{Target, Unshareable};

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The page.
    pub target: &'a Target,
    /// What was remembered of its other addresses while it was well.
    pub known: &'a Known,
    /// Its title then; empty where nobody knows.
    pub title: &'a str,
    /// The CDN that fails, where one is known to.
    pub failing_cdn: Option<&'a str>,
}

/// What a search works with.
#[derive(Debug)]
pub struct Means<'a> {
    /// Whom to ask.
    pub registry: &'a Registry,
    /// How they are doing.
    pub health: &'a mut Health,
    /// The number of the next request.
    pub next_id: &'a mut u64,
    /// When it is.
    pub now: Millis,
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

/// Why an archive gave no offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It has no copy.
    NoCopy,
    /// It has copies of errors only, or of other pages under this address.
    OnlyErrors,
    /// It did not answer, or not in its own format: says nothing about copies.
    Silent,
    /// It failed several times or asked for patience: it is left alone until then.
    Resting(Millis),
    /// As much was asked of it as it allows; the next question may go then.
    Busy(Millis),
}

/// One source that is being asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Run {
    /// The request that is out, or waits.
    id: LookUpId,
    /// The archive's id; empty for mirrors.
    archive: String,
    /// What is asked.
    asks: Asks,
    /// When it may be sent; `None` once it was.
    waits_until: Option<Millis>,
    /// Captures to look into, newest first.
    candidates: Vec<Candidate>,
    /// Times of captures that were looked into.
    tried: Vec<String>,
}

/// What a request asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Asks {
    /// The archive's way of this number.
    Way(usize),
    /// Common Crawl's index at this address; the number of the way.
    Index(usize, String),
    /// What this capture shows; the number of the way that told of it.
    Replay(usize, Candidate),
    /// Whether this address shows the page.
    Mirror(String),
    /// Whether this address is a feed.
    Feed(String),
}

impl Search {
    /// Begins: the requests to send first.
    ///
    /// # Errors
    /// [`Unshareable`], when nothing of the page's address may leave the computer.
    pub fn begin(wanted: Wanted<'_>, means: &mut Means<'_>) -> Result<(Self, Vec<LookUp>), Unshareable> {
        let shared = wanted.target.shareable()?;
        let mut search = Self { deadline: means.now.plus(DEADLINE), ..Self::default() };
        search.stages = means.registry.stages(wanted.target.host());
        let mut out = Vec::new();
        for url in mirrors::candidates(wanted.target, &shared, wanted.known) {
            search.start(String::new(), Asks::Mirror(url), wanted, means, &mut out);
        }
        for url in mirrors::feeds(wanted.target, wanted.known) {
            search.start(String::new(), Asks::Feed(url), wanted, means, &mut out);
        }
        if let Some(onion) = mirrors::onion(wanted.target, &shared, wanted.known) {
            let host = onion.host_str().unwrap_or_default().to_owned();
            search.offer(remote(Checked::Unverified, Age::Live, Source::Onion(host), onion.into()));
        }
        search.go_on(wanted, means, &mut out);
        Ok((search, out))
    }

    /// What was remembered of the page came after the beginning; what else to send.
    pub fn learned(&mut self, wanted: Wanted<'_>, means: &mut Means<'_>) -> Vec<LookUp> {
        let mut out = Vec::new();
        let Ok(shared) = wanted.target.shareable() else { return out };
        if self.is_over() {
            return out;
        }
        let asked = mirrors::candidates(wanted.target, &shared, &Known::default());
        for url in mirrors::candidates(wanted.target, &shared, wanted.known) {
            if !asked.contains(&url) {
                self.start(String::new(), Asks::Mirror(url), wanted, means, &mut out);
            }
        }
        out
    }

    /// A request was answered; what else to send. Answers to nobody's request are ignored.
    pub fn replied(
        &mut self,
        id: LookUpId,
        reply: &ArchiveReply,
        wanted: Wanted<'_>,
        means: &mut Means<'_>,
    ) -> Vec<LookUp> {
        let mut out = Vec::new();
        let is_it = |run: &Run| run.id == id && run.waits_until.is_none();
        let Some(at) = self.runs.iter().position(is_it) else { return out };
        let run = self.runs.remove(at);
        self.take(run, reply, wanted, means, &mut out);
        self.go_on(wanted, means, &mut out);
        out
    }

    /// Time has passed; what else to send.
    pub fn passed(&mut self, wanted: Wanted<'_>, means: &mut Means<'_>) -> Vec<LookUp> {
        let mut out = Vec::new();
        if self.deadline <= means.now {
            for run in std::mem::take(&mut self.runs) {
                self.give_up(run, wanted, means);
            }
            self.stages.clear();
            return out;
        }
        for run in &mut self.runs {
            if run.waits_until.is_some_and(|at| at <= means.now) {
                run.waits_until = None;
                out.extend(request(run, wanted, means).map(|request| LookUp { id: run.id, request }));
            }
        }
        self.go_on(wanted, means, &mut out);
        out
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
    fn go_on(&mut self, wanted: Wanted<'_>, means: &mut Means<'_>, out: &mut Vec<LookUp>) {
        while !self.stages.is_empty() {
            if self.has_good_one() {
                self.stages.clear();
                return;
            }
            let is_asking = self.runs.iter().any(|run| !run.archive.is_empty());
            if is_asking && means.now < self.next_stage {
                return;
            }
            self.next_stage = means.now.plus(PATIENCE);
            for id in self.stages.remove(0) {
                self.ask(id, wanted, means, out);
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
    fn ask(&mut self, id: String, wanted: Wanted<'_>, means: &mut Means<'_>, out: &mut Vec<LookUp>) {
        let Some(archive) = means.registry.archive(&id) else { return };
        let shared = wanted.target.shareable().unwrap_or_default();
        match means.health.recall(&id, &shared, means.now) {
            Some(Some(offer)) => self.offer(offer.clone()),
            Some(None) => self.say(archive, Why::NoCopy),
            None => match means.health.rests_until(&id, means.now) {
                Some(until) => self.say(archive, Why::Resting(until)),
                None => self.start(id, Asks::Way(0), wanted, means, out),
            },
        }
    }

    /// Sends a request of a new run.
    fn start(&mut self, archive: String, asks: Asks, wanted: Wanted<'_>, means: &mut Means<'_>, out: &mut Vec<LookUp>) {
        let run = Run { id: LookUpId(0), archive, asks, waits_until: None, candidates: Vec::new(), tried: Vec::new() };
        self.send(run, wanted, means, out);
    }

    /// Sends a run's request, now or when the archive's limit allows.
    fn send(&mut self, mut run: Run, wanted: Wanted<'_>, means: &mut Means<'_>, out: &mut Vec<LookUp>) {
        run.id = LookUpId(*means.next_id);
        *means.next_id += 1;
        if let Some(archive) = means.registry.archive(&run.archive) {
            let (work, limit) = match run.asks {
                Asks::Replay(..) => (Work::Replay, archive.replays_per_minute),
                Asks::Way(_) | Asks::Index(..) | Asks::Mirror(_) | Asks::Feed(_) => {
                    (Work::Question, archive.per_minute)
                }
            };
            match means.health.reserve(&archive.id, work, limit, means.now, self.deadline) {
                Ok(at) if at <= means.now => {}
                Ok(at) => {
                    run.waits_until = Some(at);
                    self.runs.push(run);
                    return;
                }
                Err(at) => return self.unchecked(&run, archive, Why::Busy(at), wanted),
            }
        }
        if let Some(request) = request(&run, wanted, means) {
            out.push(LookUp { id: run.id, request });
            self.runs.push(run);
        }
    }

    /// What an answer means for its run.
    fn take(
        &mut self,
        run: Run,
        reply: &ArchiveReply,
        wanted: Wanted<'_>,
        means: &mut Means<'_>,
        out: &mut Vec<LookUp>,
    ) {
        match &run.asks {
            Asks::Mirror(_) | Asks::Feed(_) => return self.take_mirror(&run, reply, wanted),
            Asks::Way(_) | Asks::Index(..) | Asks::Replay(..) => {}
        }
        let Some(archive) = means.registry.archive(&run.archive) else { return };
        if let Some(why) = wait_asked(archive, &run, reply, means) {
            return self.unchecked(&run, archive, why, wanted);
        }
        match &run.asks {
            Asks::Way(nth) | Asks::Index(nth, _) => {
                let nth = *nth;
                let Some(way) = archive.ways.get(nth) else { return };
                let is_index = matches!(run.asks, Asks::Index(..));
                let heard = archive::hear(archive, way.kind, is_index, wanted.target, reply);
                self.take_list(run, nth, heard, archive, wanted, means, out);
            }
            Asks::Replay(nth, candidate) => {
                let (nth, candidate) = (*nth, candidate.clone());
                let judged = archive::judge_replay(archive, &candidate, wanted.target, reply);
                self.take_replay(run, nth, &candidate, judged, archive, wanted, means, out);
            }
            Asks::Mirror(_) | Asks::Feed(_) => {}
        }
    }

    fn take_mirror(&mut self, run: &Run, reply: &ArchiveReply, wanted: Wanted<'_>) {
        let Wanted { target, title, failing_cdn, .. } = wanted;
        let is_feed = matches!(run.asks, Asks::Feed(_));
        let reached = if is_feed {
            mirrors::reached_feed(target, failing_cdn, reply)
        } else {
            mirrors::reached(target, title, failing_cdn, reply)
        };
        let Some(mirror) = reached else { return };
        let source = Source::Mirror { host: mirror.host, cdn: mirror.cdn };
        let mut offer = remote(Checked::Verified, Age::Live, source, mirror.url);
        if is_feed {
            offer.scope = Scope::SameSite;
        }
        self.offer(offer);
    }

    #[expect(clippy::too_many_arguments, reason = "what a run was, and what it works with")]
    fn take_list(
        &mut self,
        mut run: Run,
        nth: usize,
        heard: Heard,
        archive: &Archive,
        wanted: Wanted<'_>,
        means: &mut Means<'_>,
        out: &mut Vec<LookUp>,
    ) {
        match heard {
            Heard::Nonsense => {
                means.health.failed(&archive.id, means.now);
                self.next_way(run, nth, Why::Silent, archive, wanted, means, out);
            }
            Heard::Elsewhere => {
                means.health.answered(&archive.id);
                self.next_way(run, nth, Why::Silent, archive, wanted, means, out);
            }
            Heard::Nothing => {
                means.health.answered(&archive.id);
                let why = if run.tried.is_empty() { Why::NoCopy } else { Why::OnlyErrors };
                self.none(archive, why, wanted, means);
            }
            Heard::Index(url) => {
                means.health.answered(&archive.id);
                run.asks = Asks::Index(nth, url);
                self.send(run, wanted, means, out);
            }
            Heard::Shown(candidate, judged) => {
                means.health.answered(&archive.id);
                run.tried.push(candidate.time.clone());
                self.take_replay(run, nth, &candidate, judged, archive, wanted, means, out);
            }
            Heard::Captures(captures) => {
                means.health.answered(&archive.id);
                run.candidates = captures;
                self.next_replay(run, nth, archive, wanted, means, out);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what a run was, and what it works with")]
    fn take_replay(
        &mut self,
        run: Run,
        nth: usize,
        candidate: &Candidate,
        judged: Judged,
        archive: &Archive,
        wanted: Wanted<'_>,
        means: &mut Means<'_>,
        out: &mut Vec<LookUp>,
    ) {
        match judged {
            Judged::Shows(taken) => {
                means.health.answered(&archive.id);
                let checked = if archive.trust == Trust::Full { Checked::Verified } else { Checked::Unverified };
                let Some(mut offer) = archived(archive, candidate, checked, wanted) else { return };
                if offer.age == Age::Unknown {
                    offer.age = taken;
                }
                let shared = wanted.target.shareable().unwrap_or_default();
                means.health.remember(&archive.id, &shared, Some(offer.clone()), means.now);
                self.offer(offer);
            }
            Judged::Other => {
                means.health.answered(&archive.id);
                self.next_replay(run, nth, archive, wanted, means, out);
            }
            Judged::Silent => {
                means.health.failed(&archive.id, means.now);
                self.unchecked(&run, archive, Why::Silent, wanted);
            }
        }
    }

    /// Looks into the next capture, or asks in the next way where all were errors.
    fn next_replay(
        &mut self,
        mut run: Run,
        nth: usize,
        archive: &Archive,
        wanted: Wanted<'_>,
        means: &mut Means<'_>,
        out: &mut Vec<LookUp>,
    ) {
        let tried = run.tried.clone();
        run.candidates.retain(|candidate| !tried.contains(&candidate.time));
        if run.candidates.is_empty() || tried.len() >= MOST_REPLAYS {
            run.candidates.clear();
            if tried.is_empty() {
                return self.none(archive, Why::NoCopy, wanted, means);
            }
            // A TimeGate names one capture, a TimeMap all.
            let is_gate = archive.ways.get(nth).is_some_and(|way| way.kind == Kind::TimeGate);
            if is_gate && tried.len() < MOST_REPLAYS {
                return self.next_way(run, nth, Why::OnlyErrors, archive, wanted, means, out);
            }
            return self.none(archive, Why::OnlyErrors, wanted, means);
        }
        let candidate = run.candidates.remove(0);
        if archive.trust == Trust::LinkOnly {
            if let Some(offer) = archived(archive, &candidate, Checked::Unverified, wanted) {
                self.offer(offer);
            }
            return;
        }
        run.tried.push(candidate.time.clone());
        run.asks = Asks::Replay(nth, candidate);
        self.send(run, wanted, means, out);
    }

    #[expect(clippy::too_many_arguments, reason = "what a run was, and what it works with")]
    fn next_way(
        &mut self,
        mut run: Run,
        nth: usize,
        why: Why,
        archive: &Archive,
        wanted: Wanted<'_>,
        means: &mut Means<'_>,
        out: &mut Vec<LookUp>,
    ) {
        if let Some(until) = means.health.rests_until(&archive.id, means.now) {
            return self.say(archive, Why::Resting(until));
        }
        if archive.ways.get(nth + 1).is_none() {
            return if why == Why::Silent { self.say(archive, why) } else { self.none(archive, why, wanted, means) };
        }
        run.asks = Asks::Way(nth + 1);
        self.send(run, wanted, means, out);
    }

    /// A run ends without having looked into what it knows of: that is offered as what it is.
    fn unchecked(&mut self, run: &Run, archive: &Archive, why: Why, wanted: Wanted<'_>) {
        let known = match &run.asks {
            Asks::Replay(_, candidate) => Some(candidate),
            Asks::Way(_) | Asks::Index(..) | Asks::Mirror(_) | Asks::Feed(_) => run.candidates.first(),
        };
        match known.and_then(|candidate| archived(archive, candidate, Checked::Unverified, wanted)) {
            Some(offer) => self.offer(offer),
            None => self.say(archive, why),
        }
    }

    /// The time is over for a run.
    fn give_up(&mut self, run: Run, wanted: Wanted<'_>, means: &mut Means<'_>) {
        let Some(archive) = means.registry.archive(&run.archive) else { return };
        if run.waits_until.is_none() {
            means.health.failed(&archive.id, means.now);
        }
        let why = run.waits_until.map_or(Why::Silent, Why::Busy);
        self.unchecked(&run, archive, why, wanted);
    }

    fn none(&mut self, archive: &Archive, why: Why, wanted: Wanted<'_>, means: &mut Means<'_>) {
        let shared = wanted.target.shareable().unwrap_or_default();
        means.health.remember(&archive.id, &shared, None, means.now);
        self.say(archive, why);
    }

    fn say(&mut self, archive: &Archive, why: Why) {
        self.said.push(Said { source: archive.name.clone(), why });
    }

    fn offer(&mut self, offer: Offer) {
        insert(&mut self.offers, offer);
    }
}

/// Whether an archive asks for patience; it gets what it asks for.
fn wait_asked(archive: &Archive, run: &Run, reply: &ArchiveReply, means: &mut Means<'_>) -> Option<Why> {
    let ArchiveReply::Answered { status, headers, .. } = reply else { return None };
    let is_capture = matches!(run.asks, Asks::Replay(..)) && headers.contains_key("memento-datetime");
    let retry_after = retry_after(headers);
    if is_capture || !(*status == 429 || (*status == 503 && retry_after.is_some())) {
        return None;
    }
    Some(Why::Resting(means.health.limited(&archive.id, retry_after, means.now)))
}

/// A run's request as it is sent.
fn request(run: &Run, wanted: Wanted<'_>, means: &Means<'_>) -> Option<ArchiveRequest> {
    let plain = |url: String| ArchiveRequest { archive: run.archive.clone(), url, accept_datetime: None };
    let archive = means.registry.archive(&run.archive);
    match &run.asks {
        Asks::Mirror(url) | Asks::Feed(url) => {
            Some(ArchiveRequest { archive: MIRROR.to_owned(), ..plain(url.clone()) })
        }
        Asks::Index(_, url) => Some(plain(url.clone())),
        Asks::Way(nth) => {
            let way = archive?.ways.get(*nth)?;
            let shared = wanted.target.shareable().ok()?;
            Some(archive::question(archive?, way, &shared, means.now))
        }
        Asks::Replay(_, candidate) => Some(plain(candidate.look_at(archive?)?)),
    }
}

fn archived(archive: &Archive, candidate: &Candidate, checked: Checked, wanted: Wanted<'_>) -> Option<Offer> {
    let mut offer =
        remote(checked, candidate.age(), Source::Archive(archive.name.clone()), candidate.open_at(archive)?);
    // Where a part of the path was held back, what was found is another page.
    if !wanted.target.is_whole_when_shared() {
        offer.scope = Scope::SameSite;
    }
    Some(offer)
}

fn remote(checked: Checked, age: Age, source: Source, url: String) -> Offer {
    let (scope, place) = (Scope::SamePage, Place::Remote);
    let standing = Standing::Fetched;
    Offer { standing, scope, place, checked, age, lost: 0, parts: 0, source, url, title: String::new() }
}

/// What the shell is told in place of an archive's id.
pub(super) const MIRROR: &str = "mirror";

/// How long a search may take, in milliseconds.
pub const DEADLINE: u64 = 20_000;

/// How long one stage is waited for before the next one begins beside it. In an outage archives answer in seconds.
const PATIENCE: u64 = 5_000;

/// A site's error page under an address is captured a few times at most before somebody mends it.
const MOST_REPLAYS: usize = 4;

#[cfg(test)]
#[path = "search/tests.rs"]
mod tests;
