//! Times a step and turns what came of it into an observation.

use std::future::Future;
use std::net::IpAddr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use detour_model::failure::Failure;
use detour_model::observation::{Answer, Certificate, Observation, Outcome, SoFar, Step, Subject, Vantage};
use detour_model::time::Millis;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::deadlines;

/// What probes tell the check that runs them.
#[derive(Debug)]
pub(super) enum News {
    /// Something was measured.
    Observed(Box<Observation>),
    /// The target's name leads to an address that may not be connected to: it means something on this network, so
    /// nobody outside may learn of it.
    PrivateName,
}

/// A step that failed, and what had come before it did.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) failure: Failure,
    pub(super) so_far: Option<Box<SoFar>>,
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        Self { failure, so_far: None }
    }
}

impl Broken {
    /// A chain of CNAMEs that broke.
    pub(super) fn after_names(failure: Failure, cnames: Vec<String>) -> Self {
        if cnames.is_empty() { failure.into() } else { Self::after(failure, SoFar { cnames, ..SoFar::default() }) }
    }

    /// A handshake that ended with this certificate.
    pub(super) fn after_certificate(failure: Failure, certificate: Option<Certificate>) -> Self {
        match certificate {
            Some(_) => Self::after(failure, SoFar { certificate, ..SoFar::default() }),
            None => failure.into(),
        }
    }

    /// An answer that broke off.
    pub(super) fn after_answer(failure: Failure, answer: Answer) -> Self {
        Self::after(failure, SoFar { answer: Some(answer), ..SoFar::default() })
    }

    fn after(failure: Failure, so_far: SoFar) -> Self {
        Self { failure, so_far: Some(Box::new(so_far)) }
    }
}

/// Which steps of a connection are worth an observation each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keeps {
    /// All of them.
    EveryStep,
    /// Only the one at which it ended: for the second and later samples of the same thing.
    TheEnd,
}

/// When a probe was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begun {
    /// With the check: the check's deadline leaves it all the time that it needs.
    AtOnce,
    /// In its course, because of what was seen. Being cut short by the check's end soon after says nothing.
    Late,
}

/// Records the steps of one subject.
#[derive(Debug, Clone)]
pub(super) struct Recorder {
    subject: Subject,
    keeps: Keeps,
    begun: Begun,
    until: Instant,
    news: mpsc::Sender<News>,
}

impl Recorder {
    /// For a check that ends at `until`.
    pub(super) const fn new(subject: Subject, begun: Begun, until: Instant, news: mpsc::Sender<News>) -> Self {
        Self { subject, keeps: Keeps::EveryStep, begun, until, news }
    }

    pub(super) const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The same, keeping other steps.
    pub(super) fn keeping(&self, keeps: Keeps) -> Self {
        Self { keeps, ..self.clone() }
    }

    /// Runs a step on an address until `limit`, records it, and hands on what the next step needs.
    pub(super) async fn measure<T>(
        &self,
        step: Step,
        address: impl Into<Option<IpAddr>>,
        limit: Instant,
        work: impl Future<Output = Result<(Outcome, T), Broken>>,
    ) -> Option<T> {
        let (began, address) = (Instant::now(), address.into());
        match timeout_at(limit, work).await {
            Ok(Ok((outcome, next))) => {
                self.record(step, address, began, outcome).await;
                Some(next)
            }
            Ok(Err(broken)) => {
                self.fail(step, address, began, broken).await;
                None
            }
            Err(_) => {
                self.fail(step, address, began, timed_out(step).into()).await;
                None
            }
        }
    }

    /// Records a step that has just ended.
    pub(super) async fn record(&self, step: Step, address: Option<IpAddr>, began: Instant, outcome: Outcome) {
        let is_on_the_way = matches!(outcome, Outcome::Connected | Outcome::Secured(_));
        if self.keeps == Keeps::TheEnd && is_on_the_way {
            return;
        }
        let mut observation = self.observation(step, began, outcome);
        observation.address = address;
        self.pass(observation).await;
    }

    /// Records a step that has just failed.
    pub(super) async fn fail(&self, step: Step, address: Option<IpAddr>, began: Instant, broken: Broken) {
        if let Some(failed) = self.failed(step, address, began, broken) {
            self.pass(failed).await;
        }
    }

    /// The observation of a step that has just failed, where that means something.
    pub(super) fn failed(
        &self,
        step: Step,
        address: Option<IpAddr>,
        began: Instant,
        broken: Broken,
    ) -> Option<Observation> {
        let observation = self.observation(step, began, Outcome::Failed(broken.failure));
        self.is_fair(began).then_some(Observation { address, so_far: broken.so_far, ..observation })
    }

    /// Whether a failure of a step means something, or only that the check is over.
    pub(super) fn is_fair(&self, began: Instant) -> bool {
        self.begun == Begun::AtOnce || Instant::now() < self.until || began.elapsed() >= deadlines::FAIR
    }

    /// An observation of the step that has just ended.
    pub(super) fn observation(&self, step: Step, began: Instant, outcome: Outcome) -> Observation {
        let mut observation = Observation::new(Vantage::Host, self.subject.clone(), step, outcome);
        observation.at = now();
        observation.duration_ms = whole_millis(began.elapsed());
        observation
    }

    /// Passes on an observation, whoever made it.
    pub(super) async fn pass(&self, observation: Observation) {
        self.tell(News::Observed(Box::new(observation))).await;
    }

    /// Nobody listens any more once the check was cancelled: the news has no reader then.
    pub(super) async fn tell(&self, news: News) {
        let _ = self.news.send(news).await;
    }
}

/// What silence means at each step. A handshake that stalls is a connection that timed out: Network Error
/// Logging has no type of its own for it, and Chromium reports it as ERR_TIMED_OUT as well.
pub(super) const fn timed_out(step: Step) -> Failure {
    match step {
        Step::Dns => Failure::DnsUnreachable,
        Step::Tcp | Step::Tls => Failure::TcpTimedOut,
        Step::Http => Failure::HttpTimedOut,
    }
}

/// This computer's clock.
pub(super) fn now() -> Millis {
    Millis(whole_millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()))
}

fn whole_millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_late_probe_that_the_checks_end_cut_short_only_a_long_silence_counts() {
        let (news, _inbox) = mpsc::channel(1);
        let over = Instant::now();
        let long_ago = over.checked_sub(deadlines::FAIR).unwrap();
        let fair = |begun, until, began| Recorder::new(Subject::Portal, begun, until, news.clone()).is_fair(began);
        assert!(!fair(Begun::Late, over, over));
        assert!(fair(Begun::Late, over, long_ago));
        assert!(fair(Begun::Late, over + deadlines::TCP, over), "it failed by itself");
        assert!(fair(Begun::AtOnce, over, over), "it had the whole check");
    }
}
