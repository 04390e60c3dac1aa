//! One check: the target and its controls, measured side by side, one observation per step.
//!
//! A *fetch* is name resolution, then TCP, TLS and HTTP over every address at once. A site that fails is an
//! observation, never an error. Redirects are recorded, not followed: a 3xx is an answer.

mod certificate;
mod deadlines;
mod dns;
mod fetch;
mod http;
mod plan;
mod recorder;
mod route;
mod tally;
mod tcp;
mod tls;

use std::sync::Arc;

use detour_core::observation::{Observation, Subject};
use detour_core::port::Refusal;
use detour_core::target::Target;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::config::Config;

pub use deadlines::CHECK_DEADLINE;
pub use tls::{Trust, TrustError};

use fetch::Findings;
use recorder::Recorder;

/// What every check needs, made once: the config and the trusted certificate authorities.
#[derive(Debug)]
pub struct Instruments {
    config: Config,
    trust: Trust,
}

impl Instruments {
    /// Reads the trusted certificate authorities, which takes some ten milliseconds of disk.
    ///
    /// # Errors
    /// [`TrustError`], when a certificate file named in the config cannot be used.
    pub fn new(config: Config) -> Result<Self, TrustError> {
        let trust = Trust::load(&config.extra_root_certificates)?;
        Ok(Self { config, trust })
    }

    /// The config these were made from.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }
}

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
pub async fn run(instruments: Arc<Instruments>, target: Target, observed: mpsc::Sender<Observation>) -> Ending {
    let until = Instant::now() + CHECK_DEADLINE;
    let resolver = Arc::new(dns::Resolver::new(instruments.config.resolvers.system));
    let mut fetches = JoinSet::new();
    for planned in plan::fetches(target, &instruments.config) {
        let recorder = Recorder::new(planned.subject.clone(), observed.clone());
        fetches.spawn(fetch::run(planned, instruments.clone(), resolver.clone(), recorder, until));
    }
    fetches.spawn(route::look(Recorder::new(Subject::Route, observed.clone())));
    drop(observed);
    settle(fetches, until).await
}

/// Waits for every fetch. One that crashed does not stop the others, but the check does not pass for whole.
async fn settle(mut fetches: JoinSet<Findings>, until: Instant) -> Ending {
    let mut crashed = false;
    while let Some(ended) = fetches.join_next().await {
        match ended {
            Ok(Findings::Measured) => {}
            Ok(Findings::OnlyPrivateAddresses) => return refused(Refusal::PrivateAddress, PRIVATE),
            Ok(Findings::Crashed) => crashed = true,
            Err(error) => {
                tracing::error!(%error, "a probe crashed");
                crashed = true;
            }
        }
    }
    if crashed { refused(Refusal::Internal, CRASHED) } else { Ending::Finished { timed_out: Instant::now() >= until } }
}

fn refused(reason: Refusal, message: &str) -> Ending {
    Ending::Refused { reason, message: message.to_owned() }
}

const PRIVATE: &str = "this name leads to an address on your own network, where Detour does not look; \
                       to allow it, add the range to allow_addresses in Detour's config file";

const CRASHED: &str = "a probe crashed, so the check is incomplete; please report it with the output of \
                       `DETOUR_LOG=debug detour check URL`";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_probe_that_crashes_stops_no_other_and_is_owned_up_to() {
        let mut fetches = JoinSet::new();
        let (tell, mut told) = mpsc::channel(1);
        fetches.spawn(async { panic!("a bug") });
        fetches.spawn(async move {
            tokio::task::yield_now().await;
            tell.send("measured").await.unwrap();
            Findings::Measured
        });
        let ending = settle(fetches, Instant::now() + CHECK_DEADLINE).await;
        assert_eq!(told.recv().await, Some("measured"));
        assert!(matches!(ending, Ending::Refused { reason: Refusal::Internal, .. }), "{ending:?}");
    }
}
