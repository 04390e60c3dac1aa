//! The native host: asked, greeted, cancelled, let go.

use super::limits::CHECK_DEADLINE;
use super::turn::Turn;
use crate::effect::Effect;
use crate::failure::Failure;
use crate::observation::Millis;
use crate::outage::{Awaits, Check, Phase, SiteKey};
use crate::port::{CheckId, PROTOCOL, Request, Scope};
use crate::proxy::BrowserProxy;
use crate::state::{Host, State};

/// A number that no check and no look-up has had.
pub(super) const fn new_id(state: &mut State) -> CheckId {
    let id = CheckId(state.next_id);
    state.next_id += 1;
    id
}

/// A check that begins now.
pub(super) fn new_check(state: &mut State, scope: Scope, awaits: Awaits, now: Millis) -> Check {
    Check { id: new_id(state), scope, awaits, deadline: now.plus(CHECK_DEADLINE) }
}

/// How much the first check of a site looks at.
pub(super) const fn first_scope(state: &State) -> Scope {
    if state.settings.look_closer { Scope::Closer } else { Scope::Usual }
}

/// Whether the host may be asked: it is there, or nobody has tried yet.
pub(super) const fn may_ask(host: &Host) -> bool {
    matches!(host, Host::Unknown | Host::Present { .. })
}

/// What the browser's own failure says of a proxy; its settings are read by the shell when the request goes out.
pub(super) fn suspected_proxy(failure: Option<&Failure>) -> Option<BrowserProxy> {
    let is_suspected = failure.is_some_and(Failure::is_of_proxy);
    is_suspected.then(|| BrowserProxy { is_suspected, ..BrowserProxy::default() })
}

/// Sends a request, after the greeting where none was answered yet.
pub(super) fn ask(state: &State, turn: &mut Turn, request: Request) {
    if state.host == Host::Unknown {
        let version = state.version.clone();
        turn.order(Effect::AskHost { request: Request::Hello { protocol: PROTOCOL, version } });
    }
    turn.order(Effect::AskHost { request });
}

/// Nobody waits for what this outage's check will say.
pub(super) fn cancel(state: &State, turn: &mut Turn, key: &SiteKey) {
    let Some(outage) = state.outages.get(key) else { return };
    let is_awaited = match &outage.phase {
        Phase::Checking(check) | Phase::Rechecking { check, .. } => check.awaits != Awaits::Browser,
        Phase::Doubted { .. } => true,
        Phase::Concluded { .. } => false,
    };
    if let Some(id) = outage.check_id().filter(|_| is_awaited && may_ask(&state.host)) {
        turn.order(Effect::AskHost { request: Request::Cancel { id } });
    }
}

/// Lets the host go when no check is under way, so that the worker may sleep.
pub(super) fn release_idle(state: &mut State, turn: &mut Turn) {
    if state.checks.is_empty() && matches!(state.host, Host::Present { .. }) {
        state.host = Host::Unknown;
        turn.order(Effect::ReleaseHost);
    }
}
