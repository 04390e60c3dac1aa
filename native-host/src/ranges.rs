//! The lists of addresses that CDNs publish, kept fresh in good times.
//!
//! What a CDN's addresses are is needed when it is down, and cannot be asked for then. So the lists are built in; newer ones
//! are fetched on the user's word, or while all is well where the config says so, and the last good one is kept on disk
//! with its age. A list that is
//! broken, suspiciously small or claims too much is refused, and what was there before stays.
//!
//! Asking for a list tells a CDN that somebody runs this program, and nothing about what they read.

mod kept;
mod listing;
mod refresh;
mod sources;

use std::process::{Command, Stdio};
use std::sync::Arc;

use detour_core::cdn::ranges::Published;
use detour_core::observation::{Observation, Outcome, Subject};
use detour_core::port::Scope;
use detour_core::target::Target;
use detour_probe::Instruments;
use tokio::sync::mpsc;

use crate::check::{self, Ending};

pub use kept::{Kept, List, default_path};
pub use listing::{Listing, list};
pub use refresh::{Refreshed, now, refresh, refresh_now};
pub use sources::{Fault, Form, Source, sources};

/// Runs a check, for a config that wants the lists fresh: starts a refresh of them after it when the check saw that all is well and the last one is long
/// ago.
///
/// A browser ends the host within seconds of the last check, so a program of its own does it, beside everything else.
/// What goes wrong there is tried again another day.
pub async fn check_and_keep_fresh(
    instruments: Arc<Instruments>,
    target: Target,
    scope: Scope,
    observed: mpsc::Sender<Observation>,
) -> Ending {
    let (tell, mut told) = mpsc::channel(OBSERVATIONS_AHEAD);
    let passing_on = async {
        let mut controls = Vec::new();
        while let Some(observation) = told.recv().await {
            if is_control(&observation) {
                controls.push(observation.clone());
            }
            if observed.send(observation).await.is_err() {
                break;
            }
        }
        controls
    };
    let (ending, controls) = tokio::join!(check::run(instruments, target, scope, tell), passing_on);
    if is_good_time(&controls) && is_due() {
        let started = std::env::current_exe().and_then(|program| {
            let mut command = Command::new(program);
            command.args(["cdns", "--refresh"]);
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()
        });
        if let Err(error) = started {
            tracing::warn!(%error, "the lists of ranges cannot be refreshed");
        }
    }
    ending
}

fn is_due() -> bool {
    let path = default_path(std::env::consts::OS, |name| std::env::var(name).ok());
    path.is_some_and(|path| Kept::load(&path).is_due(now()))
}

/// The lists that were fetched last, for naming CDNs by address; empty where none were.
#[must_use]
pub fn published() -> Published {
    let path = default_path(std::env::consts::OS, |name| std::env::var(name).ok());
    path.map(|path| Kept::load(&path).published()).unwrap_or_default()
}

fn is_control(observation: &Observation) -> bool {
    matches!(observation.subject, Subject::Anchor(_) | Subject::Portal | Subject::Route | Subject::OwnNetwork)
}

/// Whether every control of a check was as it should be: then what a list's server says can be believed.
#[must_use]
pub fn is_good_time(seen: &[Observation]) -> bool {
    let controls = || seen.iter().filter(|observation| is_control(observation));
    let is_portal_open = |observation: &Observation| {
        observation.subject != Subject::Portal || observation.answer().is_none_or(|answer| answer.status == 204)
    };
    let answered = |observation: &Observation| {
        matches!(observation.subject, Subject::Anchor(_)) && matches!(observation.outcome, Outcome::Answered(_))
    };
    controls().any(answered)
        && controls().all(|observation| observation.failure().is_none() && is_portal_open(observation))
}

/// Passing on is faster than measuring.
const OBSERVATIONS_AHEAD: usize = 64;

#[cfg(test)]
mod tests;
