//! The cross-check of one failing tab: asked for, evidence collected, concluded.

use super::{CHECK_DEADLINE, Turn, copies, may_ask, page};
use crate::effect::Effect;
use crate::event::TabId;
use crate::observation::{Millis, Observation};
use crate::port::{CheckId, PROTOCOL, Refusal, Reply, Request, Scope};
use crate::state::{Awaits, Host, Phase, State, Tab};
use crate::verdict::{self, Fault};
use crate::view::sign;

/// More than a check of eight addresses and five controls can see; a guard against a host gone wild.
const MAX_SEEN: usize = 200;

/// The first phase of a failing tab.
pub(super) fn begin(state: &mut State, now: Millis) -> Phase {
    let check = CheckId(state.next_id);
    state.next_id += 1;
    let awaits = if may_ask(&state.host) { Awaits::Both } else { Awaits::Browser };
    Phase::Checking { check, awaits, deadline: now.plus(CHECK_DEADLINE) }
}

/// What to ask the host for this tab, while it is being checked.
pub(super) fn request(tab: &Tab) -> Option<Request> {
    let Phase::Checking { check, .. } = tab.phase else { return None };
    Some(Request::Check { id: check, url: tab.target.as_str().to_owned(), scope: Scope::Usual })
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
        match &mut entry.phase {
            Phase::Concluded { .. } => {}
            Phase::Doubted { deadline } => {
                *deadline = now.plus(super::DOUBT_DEADLINE);
                let url = entry.target.as_str().to_owned();
                turn.order(Effect::AskAgain { tab, url });
            }
            Phase::Checking { awaits, deadline, .. } => {
                *deadline = now.plus(CHECK_DEADLINE);
                *awaits = Awaits::Both;
                entry.seen.clear(); // half a check and a whole one would count the same address twice
                let url = entry.target.as_str().to_owned();
                let request = request(entry);
                if let Some(request) = request {
                    ask_host(state, turn, request);
                }
                turn.order(Effect::AskAgain { tab, url });
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
    let is_error = observation.failure().is_some();
    entry.seen.push(observation);
    match &mut entry.phase {
        Phase::Doubted { .. } if is_error => return page::confirm(state, turn, tab),
        Phase::Doubted { .. } => return page::forget(state, turn, tab),
        Phase::Concluded { .. } => {}
        Phase::Checking { awaits, .. } => match awaits {
            Awaits::Both => *awaits = Awaits::Host,
            Awaits::Browser => return conclude(state, turn, tab),
            Awaits::Host => {}
        },
    }
    evidence(state, turn, tab);
}

/// The host said something.
pub(super) fn host_replied(state: &mut State, turn: &mut Turn, reply: Reply) {
    match reply {
        Reply::Hello { protocol: PROTOCOL, version } => state.host = Host::Present { version },
        Reply::Hello { protocol, version } => {
            host_unusable(state, turn, Host::Incompatible { message: format!("{version} (protocol {protocol})") });
        }
        Reply::Observed { id, observation } => {
            let Some(tab) = tab_of(state, id) else { return };
            if let Some(entry) = state.tabs.get_mut(&tab)
                && entry.seen.len() < MAX_SEEN
            {
                let before = sign(entry);
                entry.seen.push(observation);
                let after = sign(entry);
                if before != after {
                    turn.order(Effect::SetBadge { tab, badge: after });
                }
            }
            evidence(state, turn, tab);
        }
        Reply::Finished { id, .. } => host_done(state, turn, id),
        Reply::Refused { reason: Refusal::Protocol, message, .. } => {
            host_unusable(state, turn, Host::Incompatible { message });
        }
        // A name that leads to a private address is none of our business: quiet, as for a private URL.
        Reply::Refused { id: Some(id), reason: Refusal::PrivateAddress, .. } => {
            if let Some(tab) = tab_of(state, id) {
                page::forget(state, turn, tab);
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
        Host::Unknown | Host::Absent { .. } | Host::Incompatible { .. } => Host::Absent { error },
    };
    host_unusable(state, turn, next);
}

fn host_unusable(state: &mut State, turn: &mut Turn, host: Host) {
    state.host = host;
    let waiting: Vec<CheckId> = state.tabs.values().filter_map(check_of).collect();
    for check in waiting {
        host_done(state, turn, check);
    }
}

/// The host has nothing more to say on this check.
fn host_done(state: &mut State, turn: &mut Turn, id: CheckId) {
    let Some(tab) = tab_of(state, id) else { return };
    let Some(Phase::Checking { awaits, .. }) = state.tabs.get_mut(&tab).map(|entry| &mut entry.phase) else { return };
    match awaits {
        Awaits::Both => *awaits = Awaits::Browser,
        Awaits::Host => conclude(state, turn, tab),
        Awaits::Browser => {}
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
fn conclude(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    let verdict = verdict::judge(&verdict::Case {
        target: &entry.target,
        failure: Some(&entry.failure),
        seen: &entry.seen.iter().collect::<Vec<_>>(),
        before: None,
        now: turn.now,
    });
    let is_challenge = verdict.fault == Fault::Challenge;
    entry.phase = Phase::Concluded { verdict, at: turn.now };
    if is_challenge {
        page::forget(state, turn, tab);
        return;
    }
    turn.order(Effect::SetBadge { tab, badge: sign(entry) });
    evidence(state, turn, tab);
    release_idle_host(state, turn);
}

/// Nobody waits for this tab's check any more.
pub(super) fn cancel(state: &State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get(&tab) else { return };
    if let Phase::Checking { check, awaits: Awaits::Both | Awaits::Host, .. } = entry.phase
        && may_ask(&state.host)
    {
        turn.order(Effect::AskHost { request: Request::Cancel { id: check } });
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
        match state.tabs.get(&tab).map(|entry| &entry.phase) {
            Some(Phase::Checking { .. }) => {
                cancel(state, turn, tab);
                conclude(state, turn, tab);
            }
            // Nobody confirmed the service worker's word: quiet is right.
            Some(Phase::Doubted { .. }) => page::forget(state, turn, tab),
            Some(Phase::Concluded { .. }) | None => {}
        }
    }
}

/// When this tab's check, or its doubt, is over.
pub(super) const fn deadline(tab: &Tab) -> Option<Millis> {
    match tab.phase {
        Phase::Checking { deadline, .. } | Phase::Doubted { deadline } => Some(deadline),
        Phase::Concluded { .. } => None,
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
    if let Phase::Checking { check, .. } = tab.phase { Some(check) } else { None }
}

fn tab_of(state: &State, id: CheckId) -> Option<TabId> {
    state.tabs.iter().find(|(_, entry)| check_of(entry) == Some(id)).map(|(tab, _)| *tab)
}
