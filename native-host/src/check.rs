//! A check in the host's terms: what [`detour_probe`] measured, and what is said where it did not finish.

use std::sync::Arc;

use detour_core::observation::Observation;
use detour_core::port::{Refusal, Scope};
use detour_core::target::Target;
use detour_probe::{Completion, Instruments};
use tokio::sync::mpsc;

/// How a check came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// Every step was measured, or the deadline came.
    Finished {
        /// Whether the deadline cut it short.
        timed_out: bool,
    },
    /// It was not carried out.
    Refused {
        /// Why.
        reason: Refusal,
        /// The same for people, with what to do next.
        message: String,
    },
}

/// Measures the target and the controls; observations leave through `observed` as they are made.
///
/// Dropping the future stops every probe at once.
pub async fn run(
    instruments: Arc<Instruments>,
    target: Target,
    scope: Scope,
    observed: mpsc::Sender<Observation>,
) -> Ending {
    match detour_probe::run(instruments, target, scope, observed).await {
        Completion::Finished => Ending::Finished { timed_out: false },
        Completion::TimedOut => Ending::Finished { timed_out: true },
        Completion::OnlyPrivateAddresses => refused(Refusal::PrivateAddress, PRIVATE),
        Completion::Crashed => refused(Refusal::Internal, CRASHED),
    }
}

fn refused(reason: Refusal, message: &str) -> Ending {
    Ending::Refused { reason, message: message.to_owned() }
}

const PRIVATE: &str = "this name leads to an address on your own network, where Detour does not look; \
                       to allow it, add the range to allow_addresses in Detour's config file";

const CRASHED: &str = "a probe crashed, so the check is incomplete; please report it with the output of \
                       `DETOUR_LOG=debug detour check URL`";
