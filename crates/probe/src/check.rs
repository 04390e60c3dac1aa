//! One check: the target and its controls, measured side by side, one observation per step.
//!
//! What is seen leads to further *orders*, decided in one place, [`planner`](crate::planner). One check makes at most some
//! 140 observations.

use std::sync::Arc;

use detour_model::failure::Failure;
use detour_model::observation::{Observation, Outcome, Step, Subject};
use detour_model::port::Scope;
use detour_model::target::Target;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use crate::deadlines::{self, CHECK_DEADLINE};
use crate::fetch::Findings;
use crate::instruments::Instruments;
use crate::order::Probes;
use crate::planner::Planner;
use crate::proxy::Way;
use crate::recorder::{Begun, News};
use crate::route;

/// How a check came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// Every step was measured.
    Finished,
    /// The deadline cut it short.
    TimedOut,
    /// The target's name leads to private addresses alone, which [`Contacts`](crate::Contacts) does not allow, and other
    /// names do not; it was not connected to.
    OnlyPrivateAddresses,
    /// A probe crashed, so the check is incomplete.
    Crashed,
}

/// Measures the target and the controls; observations leave through `observed` as they are made.
///
/// Dropping the future stops every probe at once.
pub async fn run(
    instruments: Arc<Instruments>,
    target: Target,
    scope: Scope,
    observed: mpsc::Sender<Observation>,
) -> Completion {
    let until = Instant::now() + if instruments.is_patient { deadlines::PATIENT_CHECK } else { CHECK_DEADLINE };
    let (news, mut inbox) = mpsc::channel(NEWS_AHEAD);
    let instruments = Arc::new(instruments.anew());
    let way = instruments.way(target.url()).await;
    tracing::debug!(?way, "the target is reached");
    let mut planner = Planner::new(instruments.contacts.clone(), target, scope);
    let mut probes = Probes::new(instruments, news, until);
    let mut patience = std::pin::pin!(sleep(deadlines::PATIENCE));
    let mut is_patient = true;
    let mut has_crashed = false;
    let mut is_private = false;
    let mut orders = match way {
        Way::Direct => {
            // First and by itself: whether there is a way out decides what the other failures are worth.
            route::look(probes.recorder(Subject::Route, Begun::AtOnce)).await;
            planner.opening()
        }
        // The routing table tells nothing of the way behind a proxy.
        Way::Through(server) => {
            planner = planner.through(server);
            planner.opening()
        }
        // Around a proxy the site would see the user's address, and another network would be measured than the browser's.
        Way::Closed(obstacle) => {
            let recorder = probes.recorder(Subject::Proxy(obstacle.in_words().to_owned()), Begun::AtOnce);
            recorder.fail(Step::Tcp, None, Instant::now(), Failure::ProxyNotSupported.into()).await;
            Vec::new()
        }
    };
    loop {
        if is_private && planner.is_name_of_home() {
            return Completion::OnlyPrivateAddresses;
        }
        orders.drain(..).for_each(|order| probes.begin(order));
        tokio::select! {
            // News before ends: what a probe saw last may call for another one.
            biased;
            Some(news) = inbox.recv() => {
                orders = planner.note(&news);
                if let News::Observed(observation) = news {
                    // Nobody listens any more once the check was cancelled.
                    let _ = observed.send(*observation).await;
                }
            }
            ended = probes.ended() => match ended {
                Some(Findings::Measured) => {}
                Some(Findings::OnlyPrivateAddresses) if scope == Scope::Target => {
                    return Completion::OnlyPrivateAddresses;
                }
                // The controls go on: where every name leads to a private address, it is the network's doing.
                Some(Findings::OnlyPrivateAddresses) => {
                    is_private = true;
                    orders.extend(planner.note_private());
                }
                // It does not stop the others, but the check does not pass for whole.
                Some(Findings::Crashed) => has_crashed = true,
                None => break,
            },
            () = &mut patience, if is_patient => {
                is_patient = false;
                orders = planner.lose_patience();
            }
        }
    }
    if is_private {
        if !planner.do_names_lead_astray() {
            return Completion::OnlyPrivateAddresses;
        }
        let recorder = probes.recorder(Subject::Target, Begun::AtOnce);
        let failed = recorder.observation(Step::Dns, Instant::now(), Outcome::Failed(Failure::DnsFailed));
        let _ = observed.send(failed).await;
    }
    if has_crashed {
        Completion::Crashed
    } else if Instant::now() >= until {
        Completion::TimedOut
    } else {
        Completion::Finished
    }
}

/// More than all probes say in one moment, so that none waits for another's news to be read.
const NEWS_AHEAD: usize = 64;
