//! One check against the lab: its config, and what came of it.

use std::path::PathBuf;
use std::sync::Arc;

use detour_core::failure::Failure;
use detour_core::observation::{Answer, Observation, Outcome, Step, Subject};
use detour_core::port::Scope;
use detour_core::target::Target;
use detour_host::check::{self, Ending};
use detour_host::config::{Config, Portal, ProxyChoice};
use detour_probe::Instruments;
use tokio::sync::mpsc;

use crate::names::{self, Names};

pub(crate) const SITE: &str = "www.example-site.com";

pub(crate) struct Lab {
    pub(crate) names: Names,
    pub(crate) config: Config,
    pub(crate) scope: Scope,
}

/// What a check came to.
#[derive(Debug)]
pub(crate) struct Outcomes {
    pub(crate) ending: Ending,
    pub(crate) seen: Vec<Observation>,
}

impl Lab {
    /// The site's name leads to loopback, loopback is allowed, and there are no controls.
    pub(crate) async fn new() -> Self {
        let names = Names::serve().await;
        names.set(SITE, names::Answer::Addresses(vec!["127.0.0.1".parse().unwrap()]));
        let mut config = Config { allow_addresses: vec!["127.0.0.0/8".parse().unwrap()], ..Config::default() };
        // Nor is the proxy of whoever runs the tests.
        config.proxy = ProxyChoice::None;
        config.resolvers.system = Some(names.server);
        config.resolvers.doh.clear();
        config.anchors.hosts.clear();
        config.anchors.addresses.clear();
        config.portal = Portal { url: None, ..Portal::default() };
        config.globalping.api = None;
        Self { names, config, scope: Scope::Usual }
    }

    pub(crate) const fn scoped(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    pub(crate) fn trusting(mut self, authority: PathBuf) -> Self {
        self.config.extra_root_certificates.push(authority);
        self
    }

    pub(crate) async fn check(&self, url: &str) -> Outcomes {
        self.check_with(Arc::new(self.config.instruments().unwrap()), url).await
    }

    pub(crate) async fn check_with(&self, instruments: Arc<Instruments>, url: &str) -> Outcomes {
        let (observed, mut observations) = mpsc::channel(64);
        let checking = tokio::spawn(check::run(instruments, Target::parse(url).unwrap(), self.scope, observed));
        let mut seen = Vec::new();
        while let Some(observation) = observations.recv().await {
            // This computer's own routing table is not what these tests are about.
            if observation.subject != Subject::Route {
                seen.push(observation);
            }
        }
        Outcomes { ending: checking.await.unwrap(), seen }
    }
}

impl Outcomes {
    /// The failures of the target, each with its step, each once.
    pub(crate) fn failures(&self) -> Vec<(Step, Failure)> {
        let of_target = self.of(&Subject::Target).filter(|seen| seen.resolver.is_none());
        let mut failures: Vec<_> = of_target.filter_map(|seen| Some((seen.step, failed(seen)?))).collect();
        failures.dedup();
        failures
    }

    pub(crate) fn of(&self, subject: &Subject) -> impl Iterator<Item = &Observation> {
        self.seen.iter().filter(move |seen| seen.subject == *subject)
    }

    /// Whether anything was seen of subjects like this one.
    pub(crate) fn has(&self, is_like: impl Fn(&Subject) -> bool) -> bool {
        self.seen.iter().any(|seen| is_like(&seen.subject))
    }

    pub(crate) fn answer(&self, subject: &Subject) -> Option<&Answer> {
        self.seen.iter().filter(|seen| seen.subject == *subject).find_map(Observation::answer)
    }
}

/// The failure of a step that did not come to an answer.
pub(crate) fn failed(seen: &Observation) -> Option<Failure> {
    if let Outcome::Failed(failure) = &seen.outcome { Some(failure.clone()) } else { None }
}
