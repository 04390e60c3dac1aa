//! What a check can be told to measure, and how an order becomes a probe.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use detour_model::observation::Subject;
use detour_model::target::Target;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use url::Url;

use crate::call::Reach;
use crate::contacts::StatusPage;
use crate::dns::Resolver;
use crate::doh::Families;
use crate::fetch::{self, Findings};
use crate::instruments::Instruments;
use crate::plan::Fetch;
use crate::proxy::{ProxyServer, Way};
use crate::recorder::{Begun, News, Recorder};
use crate::{anchors, doh, nowhere, own_network, remote, status, through};

/// One thing to measure.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// A URL, by its name.
    Fetch(Fetch),
    /// A URL on these addresses, whatever its name leads to.
    FetchFrom(Fetch, Vec<IpAddr>),
    /// The proxy itself: whether it can be reached.
    LookAtProxy(Arc<ProxyServer>),
    /// A literal address, where no proxy is in between: whether it takes a connection and shakes hands.
    Touch(SocketAddr, Begun),
    /// A name, of all the other resolvers within reach.
    AskResolvers { subject: Subject, name: String, families: Families, reach: Reach },
    /// A name that nobody has registered, of the system's resolver.
    LookUpNowhere,
    /// A CDN's status page.
    ReadStatusPage { cdn: String, page: StatusPage },
    /// Probes on other networks.
    AskRemote(Target, Reach),
    /// What this computer says of its own network.
    LookAtOwnNetwork,
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
        let resolver = Arc::new(Resolver::new(instruments.contacts.resolver));
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
                match instruments.known_way(fetch.target.url()) {
                    Way::Direct => {
                        self.running.spawn(fetch::run(fetch, instruments, resolver, recorder, until));
                    }
                    Way::Through(server) => {
                        self.running.spawn(through::run(fetch, server, instruments, recorder, until));
                    }
                    Way::Closed(_) => {}
                }
            }
            Order::FetchFrom(fetch, addresses) => {
                if instruments.known_way(fetch.target.url()) != Way::Direct {
                    return;
                }
                let recorder = self.recorder(fetch.subject.clone(), fetch.begun);
                self.running.spawn(fetch::over(fetch, addresses, instruments, recorder, until));
            }
            Order::LookAtProxy(server) => {
                let recorder = self.recorder(Subject::Proxy(server.authority()), Begun::AtOnce);
                self.running.spawn(through::look(server, recorder));
            }
            Order::Touch(address, begun) => {
                let is_direct = Url::parse(&format!("https://{address}/"))
                    .is_ok_and(|url| instruments.known_way(&url) == Way::Direct);
                if !is_direct {
                    return;
                }
                let recorder = self.recorder(Subject::Anchor(address.ip().to_string()), begun);
                self.running.spawn(anchors::touch(address, instruments, recorder, until));
            }
            Order::AskResolvers { subject, name, families, reach } => {
                for server in instruments.contacts.doh.iter().filter(|server| reach.covers(server.address())) {
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
            Order::LookAtOwnNetwork => {
                let recorder = self.recorder(Subject::OwnNetwork, Begun::Late);
                self.running.spawn(own_network::look(instruments.contacts.resolver, recorder, until));
            }
            Order::AskRemote(target, reach) => {
                let Some(api) = instruments.contacts.globalping.clone() else { return };
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
    use crate::contacts::Contacts;

    #[tokio::test]
    async fn a_probe_that_crashes_stops_no_other_and_is_owned_up_to() {
        let (news, _inbox) = mpsc::channel(1);
        let instruments = Arc::new(Instruments::new(Contacts::default(), &[]).unwrap());
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
