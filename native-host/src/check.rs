//! One check: the target and its controls, measured side by side, one observation per step.
//!
//! A *fetch* is name resolution, then TCP, TLS and HTTP over every address at once. A site that fails is an
//! observation, never an error. Redirects are recorded, not followed: a 3xx is an answer. What is seen leads to
//! further *orders*, decided in one place, [`course`]. One check makes at most some 140 observations.

mod anchors;
mod call;
mod certificate;
mod controls;
mod course;
mod deadlines;
mod dns;
mod doh;
mod download;
mod fetch;
mod http;
mod nowhere;
mod order;
mod plan;
mod recorder;
mod remote;
mod repeats;
mod route;
mod status;
mod tally;
mod tcp;
mod tls;
mod visit;

use std::sync::Arc;

use detour_core::observation::{Observation, Subject};
use detour_core::port::{Refusal, Scope};
use detour_core::target::Target;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

use crate::config::Config;

pub use deadlines::CHECK_DEADLINE;
pub use download::download;
pub use tls::{Trust, TrustError};
pub use visit::visit;

use course::Course;
use fetch::Findings;
use order::Probes;
use recorder::{Begun, News};

/// What every check needs, made once: the config, the trusted certificate authorities, and what outlives a check.
#[derive(Debug)]
pub struct Instruments {
    config: Config,
    trust: Trust,
    rest: remote::Rest,
}

impl Instruments {
    /// Reads the trusted certificate authorities, which takes some ten milliseconds of disk.
    ///
    /// # Errors
    /// [`TrustError`], when a certificate file named in the config cannot be used.
    pub fn new(config: Config) -> Result<Self, TrustError> {
        let trust = Trust::load(&config.extra_root_certificates)?;
        Ok(Self { config, trust, rest: remote::Rest::default() })
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
pub async fn run(
    instruments: Arc<Instruments>,
    target: Target,
    scope: Scope,
    observed: mpsc::Sender<Observation>,
) -> Ending {
    let until = Instant::now() + CHECK_DEADLINE;
    let (news, mut inbox) = mpsc::channel(NEWS_AHEAD);
    let mut course = Course::new(instruments.clone(), target, scope);
    let mut probes = Probes::new(instruments, news, until);
    let mut patience = std::pin::pin!(sleep(deadlines::PATIENCE));
    let mut is_patient = true;
    let mut has_crashed = false;
    // First and by itself: whether there is a way out decides what the other failures are worth.
    route::look(probes.recorder(Subject::Route, Begun::AtOnce)).await;
    let mut orders = course.opening();
    loop {
        orders.drain(..).for_each(|order| probes.begin(order));
        tokio::select! {
            // News before ends: what a probe saw last may call for another one.
            biased;
            Some(news) = inbox.recv() => {
                orders = course.note(&news);
                if let News::Observed(observation) = news {
                    // Nobody listens any more once the check was cancelled.
                    let _ = observed.send(*observation).await;
                }
            }
            ended = probes.ended() => match ended {
                Some(Findings::Measured) => {}
                Some(Findings::OnlyPrivateAddresses) => return refused(Refusal::PrivateAddress, PRIVATE),
                // It does not stop the others, but the check does not pass for whole.
                Some(Findings::Crashed) => has_crashed = true,
                None => break,
            },
            () = &mut patience, if is_patient => {
                is_patient = false;
                orders = course.lose_patience();
            }
        }
    }
    if has_crashed {
        refused(Refusal::Internal, CRASHED)
    } else {
        Ending::Finished { timed_out: Instant::now() >= until }
    }
}

fn refused(reason: Refusal, message: &str) -> Ending {
    Ending::Refused { reason, message: message.to_owned() }
}

const PRIVATE: &str = "this name leads to an address on your own network, where Detour does not look; \
                       to allow it, add the range to allow_addresses in Detour's config file";

const CRASHED: &str = "a probe crashed, so the check is incomplete; please report it with the output of \
                       `DETOUR_LOG=debug detour check URL`";

/// More than all probes say in one moment, so that none waits for another's news to be read.
const NEWS_AHEAD: usize = 64;
