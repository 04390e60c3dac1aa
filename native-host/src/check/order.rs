//! What a check can be told to measure, and how an order becomes a probe.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use detour_core::observation::Subject;
use detour_core::target::Target;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::call::Reach;
use super::dns::Resolver;
use super::doh::Families;
use super::fetch::{self, Findings};
use super::plan::Fetch;
use super::recorder::{Begun, News, Recorder};
use super::{Instruments, anchors, doh, nowhere, remote, status};
use crate::config::StatusPage;

/// One thing to measure.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// A URL, by its name.
    Fetch(Fetch),
    /// A URL on these addresses, whatever its name leads to.
    FetchFrom(Fetch, Vec<IpAddr>),
    /// A literal address: whether it takes a connection and shakes hands.
    Touch(SocketAddr, Begun),
    /// A name, of all the other resolvers within reach.
    AskResolvers { subject: Subject, name: String, families: Families, reach: Reach },
    /// A name that nobody has registered, of the system's resolver.
    LookUpNowhere,
    /// A CDN's status page.
    ReadStatusPage { cdn: String, page: StatusPage },
    /// Probes on other networks.
    AskRemote(Target, Reach),
}

/// Runs the probes of one check.
pub(super) struct Probes {
    instruments: Arc<Instruments>,
    resolver: Arc<Resolver>,
    news: mpsc::Sender<News>,
    until: Instant,
    running: JoinSet<Findings>,
}

impl Probes {
    pub(super) fn new(instruments: Arc<Instruments>, news: mpsc::Sender<News>, until: Instant) -> Self {
        let resolver = Arc::new(Resolver::new(instruments.config.resolvers.system));
        Self { instruments, resolver, news, until, running: JoinSet::new() }
    }

    /// The next one that ends; `None` when none is running.
    pub(super) async fn ended(&mut self) -> Option<Findings> {
        Some(self.running.join_next().await?.unwrap_or_else(|error| {
            tracing::error!(%error, "a probe crashed");
            Findings::Crashed
        }))
    }

    pub(super) fn begin(&mut self, order: Order) {
        tracing::debug!(?order, "measuring");
        let (instruments, resolver, until) = (self.instruments.clone(), self.resolver.clone(), self.until);
        match order {
            Order::Fetch(fetch) => {
                let recorder = self.recorder(fetch.subject.clone(), fetch.begun);
                self.running.spawn(fetch::run(fetch, instruments, resolver, recorder, until));
            }
            Order::FetchFrom(fetch, addresses) => {
                let recorder = self.recorder(fetch.subject.clone(), fetch.begun);
                self.running.spawn(fetch::over(fetch, addresses, instruments, recorder, until));
            }
            Order::Touch(address, begun) => {
                let recorder = self.recorder(Subject::Anchor(address.ip().to_string()), begun);
                self.running.spawn(anchors::touch(address, instruments, recorder, until));
            }
            Order::AskResolvers { subject, name, families, reach } => {
                for server in instruments.config.resolvers.doh.iter().filter(|server| reach.covers(server.address())) {
                    let question = doh::Question { server: server.clone(), name: name.clone(), families };
                    let recorder = self.recorder(subject.clone(), Begun::Late);
                    self.running.spawn(doh::ask(question, instruments.clone(), recorder, until));
                }
            }
            Order::LookUpNowhere => {
                let recorder = self.recorder(Subject::Nowhere, Begun::Late);
                self.running.spawn(nowhere::look_up(resolver, recorder, until));
            }
            Order::ReadStatusPage { cdn, page } => {
                let recorder = self.recorder(Subject::StatusPage(cdn), Begun::Late);
                self.running.spawn(status::read(page, instruments, resolver, recorder, until));
            }
            Order::AskRemote(target, reach) => {
                let Some(api) = instruments.config.globalping.api.clone() else { return };
                let host = api.host_str().unwrap_or_default().to_owned();
                let recorder = self.recorder(Subject::RemoteApi(host), Begun::Late);
                let asking = remote::Asking { api, target, reach };
                self.running.spawn(remote::ask(asking, instruments, resolver, recorder, until));
            }
        }
    }

    pub(super) fn recorder(&self, subject: Subject, begun: Begun) -> Recorder {
        Recorder::new(subject, begun, self.until, self.news.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[tokio::test]
    async fn a_probe_that_crashes_stops_no_other_and_is_owned_up_to() {
        let (news, _inbox) = mpsc::channel(1);
        let instruments = Arc::new(Instruments::new(Config::default()).unwrap());
        let mut probes = Probes::new(instruments, news, Instant::now());
        probes.running.spawn(async { panic!("a bug") });
        probes.running.spawn(async {
            tokio::task::yield_now().await;
            Findings::Measured
        });
        assert_eq!(probes.ended().await, Some(Findings::Crashed));
        assert_eq!(probes.ended().await, Some(Findings::Measured));
        assert_eq!(probes.ended().await, None);
    }
}
