//! Times a step and turns what came of it into an observation.

use std::future::Future;
use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use detour_core::failure::Failure;
use detour_core::observation::{Millis, Observation, Outcome, Step, Subject, Vantage};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

/// Records the steps of one subject.
#[derive(Debug, Clone)]
pub(super) struct Recorder {
    subject: Subject,
    observed: mpsc::Sender<Observation>,
}

impl Recorder {
    pub(super) const fn new(subject: Subject, observed: mpsc::Sender<Observation>) -> Self {
        Self { subject, observed }
    }

    pub(super) const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Runs a step on an address until `limit`, records it, and hands on what the next step needs.
    pub(super) async fn measure<T>(
        &self,
        step: Step,
        address: IpAddr,
        limit: Instant,
        work: impl Future<Output = Result<(Outcome, T), Failure>>,
    ) -> Option<T> {
        let began = Instant::now();
        let (outcome, next) = match timeout_at(limit, work).await {
            Ok(Ok((outcome, next))) => (outcome, Some(next)),
            Ok(Err(failure)) => (Outcome::Failed(failure), None),
            Err(_) => (Outcome::Failed(timed_out(step)), None),
        };
        self.record(step, Some(address), began, outcome).await;
        next
    }

    /// Records a step that has just ended.
    pub(super) async fn record(&self, step: Step, address: Option<IpAddr>, began: Instant, outcome: Outcome) {
        let observation = Observation {
            vantage: Vantage::Host,
            subject: self.subject.clone(),
            step,
            at: now(),
            duration_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            address,
            resolver: None,
            so_far: None,
            outcome,
        };
        // Nobody listens any more once the check was cancelled: the observation has no reader then.
        let _ = self.observed.send(observation).await;
    }
}

/// What silence means at each step. A handshake that stalls is a connection that timed out: Network Error
/// Logging has no type of its own for it, and Chromium reports it as ERR_TIMED_OUT as well.
const fn timed_out(step: Step) -> Failure {
    match step {
        Step::Dns => Failure::DnsUnreachable,
        Step::Tcp | Step::Tls => Failure::TcpTimedOut,
        Step::Http => Failure::HttpTimedOut,
    }
}

fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
