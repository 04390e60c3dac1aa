//! The cross-check of one failing tab: asked for, evidence collected, concluded.

use super::{CHECK_DEADLINE, Turn, copies, may_ask, page, parts, siblings, watch};
use crate::cdn::digested;
use crate::effect::Effect;
use crate::event::TabId;
use crate::observation::{Millis, Observation, Outcome};
use crate::port::{CheckId, PROTOCOL, Refusal, Reply, Request, Scope};
use crate::state::{Awaits, Host, Phase, State, Surface, Tab};
use crate::target::Target;
use crate::verdict::{self, Case, Fault, Neighbour, Verdict};
use crate::view::sign;

/// More than a check of eight addresses, its controls, canaries and resolvers can see; a guard against a host gone
/// wild.
const MAX_SEEN: usize = 300;

/// As much of a body as tells an error page by its marks.
const MAX_BODY: usize = 8 * 1024;

/// A number that no check and no look-up has had.
pub(super) const fn new_id(state: &mut State) -> CheckId {
    let id = CheckId(state.next_id);
    state.next_id += 1;
    id
}

/// The first phase of a failing tab.
pub(super) fn begin(state: &mut State, now: Millis) -> Phase {
    let check = new_id(state);
    let awaits = awaits(may_ask(&state.host), state.conditions.has_browser);
    Phase::Checking { check, awaits, deadline: now.plus(CHECK_DEADLINE) }
}

/// Who is to have a say.
pub(super) const fn awaits(has_host: bool, has_browser: bool) -> Awaits {
    match (has_host, has_browser) {
        (true, true) => Awaits::Both,
        (true, false) => Awaits::Host,
        (false, _) => Awaits::Browser,
    }
}

/// What to ask the host for this tab, while it is being checked.
pub(super) fn request(tab: &Tab, look_closer: bool) -> Option<Request> {
    let Phase::Checking { check, .. } = tab.phase else { return None };
    let scope = if look_closer { Scope::Closer } else { Scope::Usual };
    Some(Request::Check { id: check, url: subject_of(tab).as_str().to_owned(), scope })
}

/// What is looked at: the page, or the first of its parts that fails.
pub(super) fn subject_of(tab: &Tab) -> &Target {
    tab.parts.first().unwrap_or(&tab.target)
}

/// Sends a request, after the greeting where none was answered yet.
pub(super) fn ask_host(state: &State, turn: &mut Turn, request: Request) {
    if state.host == Host::Unknown {
        let version = state.version.clone();
        turn.order(Effect::AskHost { request: Request::Hello { protocol: PROTOCOL, version } });
    }
    turn.order(Effect::AskHost { request });
}

/// The worker is up again: what was under way is asked for anew, with what is already known kept.
pub(super) fn resume(state: &mut State, turn: &mut Turn, version: String) {
    state.version = version;
    // The port died with the worker; a host that was missing may have been installed since.
    state.host = Host::Unknown;
    let tabs: Vec<TabId> = state.tabs.keys().copied().collect();
    let now = turn.now;
    for tab in tabs {
        let Some(entry) = state.tabs.get_mut(&tab) else { continue };
        turn.order(Effect::SetBadge { tab, badge: sign(entry) });
        turn.order(Effect::ReadPage { tab });
        watch::resume(entry, now);
        let url = subject_of(entry).as_str().to_owned();
        match &mut entry.phase {
            Phase::Concluded { .. } => {}
            // Parts are asked for by the host alone: an address that a page named is none for the worker.
            Phase::Doubted { .. } if !entry.parts.is_empty() => parts::resume(state, turn, tab),
            Phase::Doubted { deadline, .. } => {
                *deadline = now.plus(super::DOUBT_DEADLINE);
                turn.order(Effect::AskAgain { tab, url });
            }
            Phase::Checking { awaits, deadline, .. } => {
                *deadline = now.plus(CHECK_DEADLINE);
                let by_worker = state.conditions.has_browser && entry.parts.is_empty();
                *awaits = if by_worker { Awaits::Both } else { Awaits::Host };
                entry.seen.clear(); // half a check and a whole one would count the same address twice
                let request = request(entry, state.settings.look_closer);
                if let Some(request) = request {
                    ask_host(state, turn, request);
                }
                if by_worker {
                    turn.order(Effect::AskAgain { tab, url });
                }
            }
        }
        copies::resume(state, turn, tab);
        turn.touch(tab);
    }
}

/// The worker asked the site again.
pub(super) fn asked_again(state: &mut State, turn: &mut Turn, tab: TabId, url: &str, observation: Observation) {
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    if entry.target.as_str() != url {
        return; // an answer to an earlier page of this tab
    }
    let observation = taken(parts::named(entry, url, observation));
    let is_bad = verdict::is_bad(&observation);
    if let Some(look) = &mut entry.watch.look {
        look.seen.push(observation);
        if has_its_say(&mut look.awaits, Awaits::Browser) {
            watch::finish(state, turn, tab);
        }
        return;
    }
    entry.seen.push(observation);
    match &mut entry.phase {
        // The page is fine; its parts are the host's to look at.
        Phase::Doubted { .. } if !entry.parts.is_empty() => return,
        Phase::Doubted { .. } if is_bad => return page::confirm(state, turn, tab),
        Phase::Doubted { .. } => return page::forget(state, turn, tab),
        Phase::Concluded { .. } => {}
        Phase::Checking { awaits, .. } => {
            if has_its_say(awaits, Awaits::Browser) {
                return conclude(state, turn, tab);
            }
        }
    }
    evidence(state, turn, tab);
}

/// One of the two vantages has had its say; whether both have now.
fn has_its_say(awaits: &mut Awaits, who: Awaits) -> bool {
    match (*awaits, who) {
        (Awaits::Both, Awaits::Browser) => *awaits = Awaits::Host,
        (Awaits::Both, Awaits::Host) => *awaits = Awaits::Browser,
        (Awaits::Browser, Awaits::Browser) | (Awaits::Host, Awaits::Host) => return true,
        (Awaits::Browser, Awaits::Host) | (Awaits::Host, Awaits::Browser) | (_, Awaits::Both) => {}
    }
    false
}

/// An observation as it is kept: read once, without what was read.
fn taken(mut observation: Observation) -> Observation {
    observation.reading = None;
    if let Outcome::Answered(answer) = &mut observation.outcome {
        let end = (0..=MAX_BODY).rev().find(|end| answer.body.is_char_boundary(*end)).unwrap_or_default();
        answer.body.truncate(end);
    }
    digested(observation, None)
}

/// The host said something.
pub(super) fn host_replied(state: &mut State, turn: &mut Turn, reply: Reply) {
    match reply {
        Reply::Hello { protocol: PROTOCOL, version } => {
            state.host = Host::Present { version };
            // What it was started for may have gone meanwhile.
            release_idle_host(state, turn);
        }
        Reply::Hello { protocol, version } => {
            host_unusable(state, turn, Host::Incompatible { message: format!("{version} (protocol {protocol})") });
        }
        Reply::Observed { id, observation } => observed(state, turn, id, observation),
        Reply::Finished { id, .. } => host_done(state, turn, id),
        Reply::Refused { reason: Refusal::Protocol, message, .. } => {
            host_unusable(state, turn, Host::Incompatible { message });
        }
        // A name that leads to a private address is none of our business: quiet, as for a private URL.
        Reply::Refused { id: Some(id), reason: Refusal::PrivateAddress, .. } => {
            if let Some(tab) = tab_of(state, id) {
                // One part's name that leads into the private network says nothing of the others.
                match state.tabs.get(&tab).map(|entry| &entry.phase) {
                    Some(Phase::Doubted { .. }) => parts::looked_into(state, turn, tab),
                    Some(Phase::Checking { .. } | Phase::Concluded { .. }) | None => page::forget(state, turn, tab),
                }
            }
        }
        Reply::Refused { id: Some(id), .. } => host_done(state, turn, id),
        Reply::Refused { id: None, .. } | Reply::Part { .. } => {}
    }
}

/// The host is not there, or died: what was awaited from it will not come.
pub(super) fn host_lost(state: &mut State, turn: &mut Turn, error: String) {
    let next = match &state.host {
        // It was there: the next failure may start it again.
        Host::Present { .. } => Host::Unknown,
        Host::Unknown if has_run(&error) => Host::Unknown,
        Host::Unknown | Host::Absent { .. } | Host::Incompatible { .. } => Host::Absent { error },
    };
    host_unusable(state, turn, next);
}

/// Whether a host that never greeted was started all the same: Chromium says so, and Gecko has words only for one that
/// it could not start.
fn has_run(error: &str) -> bool {
    error.is_empty() || error.contains("has exited") || error.contains("disconnected port")
}

fn host_unusable(state: &mut State, turn: &mut Turn, host: Host) {
    state.host = host;
    let waiting: Vec<CheckId> = state.tabs.values().filter_map(check_of).collect();
    for check in waiting {
        host_done(state, turn, check);
    }
}

/// The host measured a step.
fn observed(state: &mut State, turn: &mut Turn, id: CheckId, observation: Observation) {
    let Some(tab) = tab_of(state, id) else { return };
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    let url = subject_of(entry).as_str().to_owned();
    let observation = taken(parts::named(entry, &url, observation));
    // Where the clock was put forward meanwhile, its time is over.
    let is_in_time = deadline(entry).is_some_and(|deadline| turn.now < deadline);
    if let Some(look) = &mut entry.watch.look {
        if look.seen.len() < MAX_SEEN {
            look.seen.push(observation);
        }
        turn.is_only_evidence = is_in_time;
        return;
    }
    if matches!(entry.phase, Phase::Doubted { .. }) {
        return parts::observed(state, turn, tab, observation);
    }
    turn.is_only_evidence = is_in_time && matches!(entry.phase, Phase::Checking { .. });
    if entry.seen.len() < MAX_SEEN {
        let before = sign(entry);
        entry.seen.push(observation);
        let after = sign(entry);
        if before != after {
            turn.order(Effect::SetBadge { tab, badge: after });
        }
    }
    evidence(state, turn, tab);
}

/// The host has nothing more to say on this check.
fn host_done(state: &mut State, turn: &mut Turn, id: CheckId) {
    let Some(tab) = tab_of(state, id) else { return };
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    if let Some(look) = &mut entry.watch.look {
        if has_its_say(&mut look.awaits, Awaits::Host) {
            watch::finish(state, turn, tab);
        }
    } else if matches!(entry.phase, Phase::Doubted { .. }) {
        parts::looked_into(state, turn, tab);
    } else if let Phase::Checking { awaits, .. } = &mut entry.phase
        && has_its_say(awaits, Awaits::Host)
    {
        conclude(state, turn, tab);
    }
}

/// Something new is known of a tab: draw it, and replace the browser's error page where that is due.
fn evidence(state: &mut State, turn: &mut Turn, tab: TabId) {
    if state.tabs.get(&tab).is_some_and(page::is_unsettled) {
        turn.order(Effect::ReadPage { tab });
    }
    page::offer_outage_page(state, turn, tab);
    turn.touch(tab);
}

/// Makes the verdict of what is there.
pub(super) fn conclude(state: &mut State, turn: &mut Turn, tab: TabId) {
    let others = siblings::of(state, tab, turn.now);
    let pace = watch::Pace::of(state);
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    watch::count(entry, turn.now);
    let verdict = judged(entry, &others, turn.now);
    let was_well = entry.watch.well_since.is_some();
    watch::concluded(entry, &verdict, pace, turn.now);
    let comes_back = !was_well && entry.watch.well_since.is_some();
    let is_over = entry.watch.due.is_none();
    let is_challenge = verdict.fault == Fault::Challenge;
    let since = match &entry.phase {
        Phase::Concluded { verdict: earlier, at } if earlier.fault == verdict.fault => *at,
        Phase::Concluded { .. } | Phase::Checking { .. } | Phase::Doubted { .. } => turn.now,
    };
    entry.phase = Phase::Concluded { verdict, at: since };
    if is_challenge {
        page::forget(state, turn, tab);
        return;
    }
    turn.order(Effect::SetBadge { tab, badge: sign(entry) });
    if comes_back {
        watch::came_back(state, turn, tab);
    }
    evidence(state, turn, tab);
    tell_siblings(state, turn, tab);
    if is_over && !tab.is_real() {
        page::forget(state, turn, tab);
    }
    release_idle_host(state, turn);
}

pub(super) fn case<'a>(tab: &'a Tab, seen: &'a [&'a Observation], now: Millis) -> Case<'a> {
    Case {
        target: &tab.target,
        // Of a page that no tab showed, only the looks know how it failed.
        failure: (tab.surface != Surface::Nowhere).then_some(&tab.failure),
        seen,
        published: None,
        before: tab.watch.before.as_ref(),
        now,
    }
}

fn judged(tab: &Tab, (others, gone): &(Vec<Neighbour>, Vec<Observation>), now: Millis) -> Verdict {
    let seen: Vec<&Observation> = tab.seen.iter().chain(gone).collect();
    verdict::judge_among(&case(tab, &seen, now), others)
}

/// A tab's verdict on a CDN concerns the other tabs on it, which were judged when less was known.
fn tell_siblings(state: &mut State, turn: &mut Turn, tab: TabId) {
    let named = |tab: &Tab| match &tab.phase {
        Phase::Concluded { verdict, .. } => verdict.cdn.as_ref().map(|cdn| (cdn.name.clone(), verdict.fault)),
        Phase::Checking { .. } | Phase::Doubted { .. } => None,
    };
    let Some((cdn, fault)) = state.tabs.get(&tab).and_then(named) else { return };
    if !fault.is_cdn_wide() {
        return;
    }
    let is_concerned =
        |other: &Tab| named(other).is_some_and(|(name, own)| name == cdn && own.is_cause() && own != fault);
    let others: Vec<TabId> =
        state.tabs.iter().filter(|(id, other)| **id != tab && is_concerned(other)).map(|(id, _)| *id).collect();
    for other in others {
        let seen = siblings::of(state, other, turn.now);
        let Some(entry) = state.tabs.get_mut(&other) else { continue };
        let verdict = judged(entry, &seen, turn.now);
        if verdict.fault == fault {
            let known = entry.watch.before.take();
            let (good, relapses) = known.map_or((0, 0), |before| (before.good, before.relapses));
            entry.watch.before =
                Some(verdict::Before { fault, cdn: Some(cdn.clone()), good, relapses, is_called: false });
            entry.phase = Phase::Concluded { verdict, at: turn.now };
            turn.order(Effect::SetBadge { tab: other, badge: sign(entry) });
            turn.touch(other);
        }
    }
}

/// Nobody waits for this tab's check any more.
pub(super) fn cancel(state: &State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get(&tab) else { return };
    let waiting = match (&entry.watch.look, &entry.phase) {
        (Some(look), _) => Some((look.check, look.awaits)),
        (None, Phase::Checking { check, awaits, .. }) => Some((*check, *awaits)),
        (None, Phase::Doubted { check, .. }) => check.map(|check| (check, Awaits::Host)),
        (None, Phase::Concluded { .. }) => None,
    };
    if let Some((id, Awaits::Both | Awaits::Host)) = waiting
        && may_ask(&state.host)
    {
        turn.order(Effect::AskHost { request: Request::Cancel { id } });
    }
}

/// Deadlines that have passed.
pub(super) fn deadlines(state: &mut State, turn: &mut Turn) {
    let due: Vec<TabId> = state
        .tabs
        .iter()
        .filter(|(_, entry)| deadline(entry).is_some_and(|at| at <= turn.now))
        .map(|(tab, _)| *tab)
        .collect();
    for tab in due {
        let Some(entry) = state.tabs.get(&tab) else { continue };
        if entry.watch.look.is_some() {
            cancel(state, turn, tab);
            watch::finish(state, turn, tab);
            continue;
        }
        match &entry.phase {
            Phase::Checking { .. } => {
                cancel(state, turn, tab);
                conclude(state, turn, tab);
            }
            // Nobody confirmed the service worker's word: quiet is right.
            Phase::Doubted { .. } => page::forget(state, turn, tab),
            Phase::Concluded { .. } => {}
        }
    }
}

/// When this tab's check, or its doubt, is over.
pub(super) fn deadline(tab: &Tab) -> Option<Millis> {
    match tab.phase {
        Phase::Checking { deadline, .. } | Phase::Doubted { deadline, .. } => Some(deadline),
        Phase::Concluded { .. } => tab.watch.look.as_ref().map(|look| look.deadline),
    }
}

/// Lets the host go when no check is under way, so that the worker may sleep.
pub(super) fn release_idle_host(state: &mut State, turn: &mut Turn) {
    if state.tabs.values().any(|entry| check_of(entry).is_some()) {
        return;
    }
    if matches!(state.host, Host::Present { .. }) {
        state.host = Host::Unknown;
        turn.order(Effect::ReleaseHost);
    }
}

fn check_of(tab: &Tab) -> Option<CheckId> {
    match (&tab.watch.look, &tab.phase) {
        (Some(look), _) => Some(look.check),
        (None, Phase::Checking { check, .. }) => Some(*check),
        (None, Phase::Doubted { check, .. }) => *check,
        (None, Phase::Concluded { .. }) => None,
    }
}

fn tab_of(state: &State, id: CheckId) -> Option<TabId> {
    state.tabs.iter().find(|(_, entry)| check_of(entry) == Some(id)).map(|(tab, _)| *tab)
}
