//! What an answer means for its run, and what the run asks next.

use super::offers::{archived, remote};
use super::run::{Asks, Run, wait_asked};
use super::{Query, Round, Search, Why};
use crate::archive::{self, Candidate, Heard, Judged};
use crate::asked::ArchiveReply;
use crate::mirrors;
use crate::offer::{Age, Checked, Scope, Source};
use detour_model::archives::{Archive, Kind, Trust};

impl Search {
    /// What an answer means for its run.
    pub(super) fn take(&mut self, run: Run, reply: &ArchiveReply, round: &mut Round<'_, '_>) {
        match &run.asks {
            Asks::Mirror(_) | Asks::Feed(_) => return self.take_mirror(&run, reply, round.query),
            Asks::Way(_) | Asks::Index(..) | Asks::Replay(..) => {}
        }
        let Some(archive) = round.context.registry.archive(&run.archive) else { return };
        if let Some(why) = wait_asked(archive, &run, reply, round.context) {
            return self.unchecked(&run, archive, why, round.query);
        }
        match &run.asks {
            Asks::Way(nth) | Asks::Index(nth, _) => {
                let nth = *nth;
                let Some(way) = archive.ways.get(nth) else { return };
                let is_index = matches!(run.asks, Asks::Index(..));
                let heard = archive::parse_reply(archive, way.kind, is_index, round.query.target, reply);
                self.take_list(run, nth, heard, archive, round);
            }
            Asks::Replay(nth, candidate) => {
                let (nth, candidate) = (*nth, candidate.clone());
                let judged = archive::judge_replay(archive, &candidate, round.query.target, reply);
                self.take_replay(run, nth, &candidate, judged, archive, round);
            }
            Asks::Mirror(_) | Asks::Feed(_) => {}
        }
    }

    fn take_mirror(&mut self, run: &Run, reply: &ArchiveReply, query: Query<'_>) {
        let Query { target, title, failing_cdn, .. } = query;
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

    fn take_list(&mut self, mut run: Run, nth: usize, heard: Heard, archive: &Archive, round: &mut Round<'_, '_>) {
        match heard {
            Heard::Nonsense => {
                round.context.health.failed(&archive.id, round.context.now);
                self.next_way(run, nth, Why::Silent, archive, round);
            }
            Heard::Elsewhere => {
                round.context.health.answered(&archive.id);
                self.next_way(run, nth, Why::Silent, archive, round);
            }
            Heard::Nothing => {
                round.context.health.answered(&archive.id);
                let why = if run.tried.is_empty() { Why::NoCopy } else { Why::OnlyErrors };
                self.none(archive, why, round);
            }
            Heard::Index(url) => {
                round.context.health.answered(&archive.id);
                run.asks = Asks::Index(nth, url);
                self.send(run, round);
            }
            Heard::Shown(candidate, judged) => {
                round.context.health.answered(&archive.id);
                run.tried.push(candidate.time.clone());
                self.take_replay(run, nth, &candidate, judged, archive, round);
            }
            Heard::Captures(captures) => {
                round.context.health.answered(&archive.id);
                run.candidates = captures;
                self.next_replay(run, nth, archive, round);
            }
        }
    }

    fn take_replay(
        &mut self,
        run: Run,
        nth: usize,
        candidate: &Candidate,
        judged: Judged,
        archive: &Archive,
        round: &mut Round<'_, '_>,
    ) {
        match judged {
            Judged::Shows(taken) => {
                round.context.health.answered(&archive.id);
                let checked = if archive.trust == Trust::Full { Checked::Verified } else { Checked::Unverified };
                let Some(mut offer) = archived(archive, candidate, checked, round.query) else { return };
                if offer.age == Age::Unknown {
                    offer.age = taken;
                }
                let shared = round.query.target.shareable().unwrap_or_default();
                round.context.health.remember(&archive.id, &shared, Some(offer.clone()), round.context.now);
                self.offer(offer);
            }
            Judged::Other => {
                round.context.health.answered(&archive.id);
                self.next_replay(run, nth, archive, round);
            }
            Judged::Silent => {
                round.context.health.failed(&archive.id, round.context.now);
                self.unchecked(&run, archive, Why::Silent, round.query);
            }
        }
    }

    /// Looks into the next capture, or asks in the next way where all were errors.
    fn next_replay(&mut self, mut run: Run, nth: usize, archive: &Archive, round: &mut Round<'_, '_>) {
        let tried = run.tried.clone();
        run.candidates.retain(|candidate| !tried.contains(&candidate.time));
        if run.candidates.is_empty() || tried.len() >= MOST_REPLAYS {
            run.candidates.clear();
            if tried.is_empty() {
                return self.none(archive, Why::NoCopy, round);
            }
            // A TimeGate names one capture, a TimeMap all.
            let is_gate = archive.ways.get(nth).is_some_and(|way| way.kind == Kind::TimeGate);
            if is_gate && tried.len() < MOST_REPLAYS {
                return self.next_way(run, nth, Why::OnlyErrors, archive, round);
            }
            return self.none(archive, Why::OnlyErrors, round);
        }
        let candidate = run.candidates.remove(0);
        if archive.trust == Trust::LinkOnly {
            if let Some(offer) = archived(archive, &candidate, Checked::Unverified, round.query) {
                self.offer(offer);
            }
            return;
        }
        run.tried.push(candidate.time.clone());
        run.asks = Asks::Replay(nth, candidate);
        self.send(run, round);
    }

    fn next_way(&mut self, mut run: Run, nth: usize, why: Why, archive: &Archive, round: &mut Round<'_, '_>) {
        if let Some(until) = round.context.health.rests_until(&archive.id, round.context.now) {
            return self.say(archive, Why::Resting(until));
        }
        if archive.ways.get(nth + 1).is_none() {
            return if why == Why::Silent { self.say(archive, why) } else { self.none(archive, why, round) };
        }
        run.asks = Asks::Way(nth + 1);
        self.send(run, round);
    }

    /// A run ends without having looked into what it knows of: that is offered as what it is.
    pub(super) fn unchecked(&mut self, run: &Run, archive: &Archive, why: Why, query: Query<'_>) {
        let known = match &run.asks {
            Asks::Replay(_, candidate) => Some(candidate),
            Asks::Way(_) | Asks::Index(..) | Asks::Mirror(_) | Asks::Feed(_) => run.candidates.first(),
        };
        match known.and_then(|candidate| archived(archive, candidate, Checked::Unverified, query)) {
            Some(offer) => self.offer(offer),
            None => self.say(archive, why),
        }
    }

    /// The time is over for a run.
    pub(super) fn give_up(&mut self, run: Run, round: &mut Round<'_, '_>) {
        let Some(archive) = round.context.registry.archive(&run.archive) else { return };
        if run.waits_until.is_none() {
            round.context.health.failed(&archive.id, round.context.now);
        }
        let why = run.waits_until.map_or(Why::Silent, Why::Busy);
        self.unchecked(&run, archive, why, round.query);
    }

    fn none(&mut self, archive: &Archive, why: Why, round: &mut Round<'_, '_>) {
        let shared = round.query.target.shareable().unwrap_or_default();
        round.context.health.remember(&archive.id, &shared, None, round.context.now);
        self.say(archive, why);
    }
}

/// A site's error page under an address is captured a few times at most before somebody mends it.
const MOST_REPLAYS: usize = 4;
