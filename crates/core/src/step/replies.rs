//! What comes back: the worker's own request, the host's words, deadlines; and what is taken up when the worker starts.

use super::limits::CHECK_DEADLINE;
use super::turn::Turn;
use super::{copies, host, judge, leave, open, parts, recheck, surface};
use crate::cdn::digested;
use crate::effect::Effect;
use crate::observation::{Millis, Observation, Outcome};
use crate::outage::{Awaits, Outage, Phase, SiteKey};
use crate::port::{CheckId, PROTOCOL, Refusal, Reply};
use crate::state::{Host, State};
use crate::target::Target;
use crate::verdict;
use crate::view::{Mood, mood};

/// More than a check of eight addresses, its controls, canaries and resolvers can see; a guard against a host gone
/// wild.
const MAX_SEEN: usize = 300;

/// As much of a body as tells an error page by its marks.
const MAX_BODY: usize = 8 * 1024;

/// The worker is up again: what was under way is asked for anew, with what is already known kept.
pub(super) fn resume(state: &mut State, turn: &mut Turn, version: String) {
    state.version = version;
    // The port died with the worker; a host that was missing may have been installed since.
    state.host = Host::Unknown;
    let keys: Vec<SiteKey> = state.outages.keys().cloned().collect();
    for key in &keys {
        let is_seen = state.tabs_of(key).next().is_some() || leave::is_watched(state, key);
        if !is_seen && state.outages.get(key).is_some_and(|outage| outage.until.is_none()) {
            leave::drop_outage(state, turn, key); // what was stored of its tabs is lost
            continue;
        }
        for tab in surface::tabs_of(state, key) {
            surface::draw_badge(state, turn, tab);
            turn.order(Effect::ReadPage { tab });
        }
        state.break_off_recheck(key, turn.now);
        resume_check(state, turn, key);
        turn.touch_outage(key);
    }
    let tabs: Vec<_> = state.tabs.keys().copied().collect();
    for tab in tabs {
        copies::resume(state, turn, tab);
    }
}

fn resume_check(state: &mut State, turn: &mut Turn, key: &SiteKey) {
    let has_browser = state.conditions.has_browser;
    let Some(outage) = state.outages.get_mut(key) else { return };
    let has_parts = !outage.parts.is_empty();
    match &mut outage.phase {
        Phase::Concluded { .. } | Phase::Rechecking { .. } => return,
        // Parts are asked for by the host alone: an address that a page named is none for the worker.
        Phase::Doubted { .. } if has_parts => return parts::look(state, turn, key),
        Phase::Doubted { .. } => open::doubt_anew(state, turn.now, key),
        Phase::Checking(check) => {
            check.deadline = turn.now.plus(CHECK_DEADLINE);
            check.awaits = if has_browser && !has_parts { Awaits::Both } else { Awaits::Host };
            outage.seen.clear(); // half a check and a whole one would count the same address twice
            if let Some(request) = open::request(outage) {
                host::ask(state, turn, request);
            }
        }
    }
    let Some(outage) = state.outages.get(key) else { return };
    if has_browser && !has_parts {
        outage.pages.iter().for_each(|page| turn.order(Effect::AskAgain { page: page.clone() }));
    }
}

/// The worker asked a page again.
pub(super) fn asked_again(state: &mut State, turn: &mut Turn, page: &Target, observation: Observation) {
    let Some(key) = awaiting(state, page) else { return };
    let Some(outage) = state.outages.get_mut(&key) else { return };
    let observation = taken(parts::named(outage, page, observation));
    let is_bad = verdict::is_bad(&observation);
    // Of several pages one is asked for on behalf of all; what others say is evidence beside.
    let is_awaited = outage.page == *page;
    match &mut outage.phase {
        Phase::Rechecking { check, seen, .. } => {
            seen.push(observation);
            if is_awaited && check.awaits.has_said(Awaits::Browser) {
                recheck::finish(state, turn, &key);
            }
            return;
        }
        Phase::Doubted { .. } => {
            outage.seen.push(observation);
            return if is_bad {
                open::confirm(state, turn, &key);
            } else {
                leave::drop_outage(state, turn, &key);
            };
        }
        Phase::Concluded { .. } => {
            outage.seen.push(observation);
            // It came too late for a verdict that it speaks against.
            if is_bad && mood(outage) == Mood::Back {
                outage.recovery.set_due(Some(turn.now));
            }
        }
        Phase::Checking(check) => {
            let is_over = is_awaited && check.awaits.has_said(Awaits::Browser);
            outage.seen.push(observation);
            if is_over {
                return judge::conclude(state, turn, &key);
            }
        }
    }
    surface::evidence(state, turn, &key);
}

/// The worker asked a page again, and nobody knows whether its site or the browser itself turned it away.
pub(super) fn asked_in_vain(state: &mut State, turn: &mut Turn, page: &Target) {
    let Some(key) = awaiting(state, page) else { return };
    let Some(outage) = state.outages.get_mut(&key) else { return };
    let is_awaited = outage.page == *page;
    match &mut outage.phase {
        Phase::Rechecking { check, .. } => {
            if is_awaited && check.awaits.has_said(Awaits::Browser) {
                recheck::finish(state, turn, &key);
            }
        }
        Phase::Checking(check) => {
            if is_awaited && check.awaits.has_said(Awaits::Browser) {
                judge::conclude(state, turn, &key);
            }
        }
        Phase::Doubted { check: None, .. } => open::have_host_look(state, turn, &key),
        Phase::Doubted { check: Some(_), .. } | Phase::Concluded { .. } => {}
    }
}

/// The outage that this page's answer is for; `None` where nobody has the page open any more. A page that is doubted
/// waits for it more than its site does.
fn awaiting(state: &State, page: &Target) -> Option<SiteKey> {
    let is_its = |key: &SiteKey| {
        let outage = state.outages.get(key);
        outage.is_some_and(|outage| outage.parts.is_empty() && outage.pages.contains(page))
    };
    [SiteKey::of_page(page), SiteKey::of_site(page)].into_iter().find(is_its)
}

/// An observation as it is kept: read once, without what was read.
fn taken(mut observation: Observation) -> Observation {
    observation.reading = None;
    if let Outcome::Answered(answer) = &mut observation.outcome {
        answer.body.truncate(answer.body.floor_char_boundary(MAX_BODY));
    }
    digested(observation, None)
}

/// The host said something.
pub(super) fn host_replied(state: &mut State, turn: &mut Turn, reply: Reply) {
    match reply {
        Reply::Hello { protocol: PROTOCOL, version } => {
            state.host = Host::Present { version };
            // What it was started for may have gone meanwhile.
            host::release_idle(state, turn);
        }
        Reply::Hello { protocol, version } => {
            host_unusable(state, turn, Host::Incompatible { message: format!("{version} (protocol {protocol})") });
        }
        Reply::Observed { id, observation } => observed(state, turn, id, observation),
        Reply::Finished { id, .. } => host_done(state, turn, id),
        Reply::Refused { reason: Refusal::Protocol, message, .. } => {
            host_unusable(state, turn, Host::Incompatible { message });
        }
        // A name that leads to a private address is none of our business: quiet, as for a private URL. Where our page is up
        // already, it says why.
        Reply::Refused { id: Some(id), reason: Refusal::PrivateAddress, .. } => {
            let Some(key) = state.checks.get(&id).cloned() else { return };
            match state.outages.get(&key).map(|outage| &outage.phase) {
                // One part's name that leads into the private network says nothing of the others.
                Some(Phase::Doubted { .. }) => parts::looked_into(state, turn, &key),
                // It was a public site when it failed: one answer of a name server, in whatever network the computer is by now,
                // ends neither its outage nor the user's wish to be told.
                Some(Phase::Rechecking { .. }) => host_done(state, turn, id),
                Some(Phase::Checking(_)) if leave::is_watched(state, &key) => host_done(state, turn, id),
                Some(Phase::Checking(_) | Phase::Concluded { .. }) => judge::leads_home(state, turn, &key),
                None => {}
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
    let waiting: Vec<CheckId> = state.checks.keys().copied().collect();
    for check in waiting {
        host_done(state, turn, check);
    }
}

/// The host measured a step.
fn observed(state: &mut State, turn: &mut Turn, id: CheckId, observation: Observation) {
    let Some(key) = state.checks.get(&id).cloned() else { return };
    let Some(outage) = state.outages.get_mut(&key) else { return };
    let subject = outage.subject().clone();
    let observation = taken(parts::named(outage, &subject, observation));
    // Where the clock was put forward meanwhile, its time is over.
    let is_in_time = outage.deadline().is_some_and(|deadline| turn.now < deadline);
    match &mut outage.phase {
        Phase::Doubted { .. } => return parts::observed(state, turn, &key, observation),
        Phase::Rechecking { seen, .. } => {
            if seen.len() < MAX_SEEN {
                seen.push(observation);
            }
            turn.is_only_evidence = is_in_time;
            return;
        }
        Phase::Checking(_) => turn.is_only_evidence = is_in_time,
        Phase::Concluded { .. } => {}
    }
    if outage.seen.len() < MAX_SEEN {
        let was_offline = outage.may_be_offline();
        outage.seen.push(observation);
        // The badge waits for a word that there is a network at all.
        if was_offline != outage.may_be_offline() {
            surface::draw_badges(state, turn, &key);
        }
    }
    surface::evidence(state, turn, &key);
}

/// The host has nothing more to say on this check.
fn host_done(state: &mut State, turn: &mut Turn, id: CheckId) {
    let Some(key) = state.checks.get(&id).cloned() else { return };
    let Some(outage) = state.outages.get_mut(&key) else { return };
    match &mut outage.phase {
        Phase::Doubted { .. } if outage.parts.is_empty() => open::host_looked(state, turn, &key),
        Phase::Doubted { .. } => parts::looked_into(state, turn, &key),
        Phase::Checking(check) => {
            if check.awaits.has_said(Awaits::Host) {
                judge::conclude(state, turn, &key);
            }
        }
        Phase::Rechecking { check, .. } => {
            if check.awaits.has_said(Awaits::Host) {
                recheck::finish(state, turn, &key);
            }
        }
        Phase::Concluded { .. } => {}
    }
}

/// Deadlines that have passed.
pub(super) fn deadlines(state: &mut State, turn: &mut Turn) {
    let is_past = |outage: &Outage| outage.deadline().is_some_and(|at| at <= turn.now);
    for key in state.outages_where(is_past) {
        match state.outages.get(&key).map(|outage| &outage.phase) {
            Some(Phase::Rechecking { .. }) => {
                host::cancel(state, turn, &key);
                recheck::finish(state, turn, &key);
            }
            Some(Phase::Checking(_)) => {
                host::cancel(state, turn, &key);
                judge::conclude(state, turn, &key);
            }
            // Nobody confirmed the service worker's word: quiet is right.
            Some(Phase::Doubted { .. }) => leave::drop_outage(state, turn, &key),
            Some(Phase::Concluded { .. }) | None => {}
        }
    }
}

/// When an outage is next due.
pub(super) fn deadline(outage: &Outage) -> Option<Millis> {
    let times = [outage.deadline(), outage.recovery.due(), outage.until];
    times.into_iter().flatten().min()
}
