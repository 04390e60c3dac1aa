//! A fetch through a proxy: the tunnel, then TLS and HTTP in it. No name is looked up here, and no address is known.

use std::sync::Arc;
use std::time::Duration;

use detour_model::failure::Failure;
use detour_model::observation::{Outcome, Step};
use tokio::net::lookup_host;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::fetch::Findings;
use crate::http::{self, BodyWanted, ByProxy, Protocol, Question};
use crate::instruments::Instruments;
use crate::plan::Fetch;
use crate::proxy::{Kind, ProxyServer};
use crate::recorder::{Broken, Keeps, Recorder};
use crate::tunnel::{self, Wire};
use crate::{deadlines, tls};

/// Measures one URL through a proxy, until `until` at the latest.
pub(super) async fn run(
    fetch: Fetch,
    server: Arc<ProxyServer>,
    instruments: Arc<Instruments>,
    recorder: Recorder,
    until: Instant,
) -> Findings {
    let mut probes = JoinSet::new();
    for nth in 0..fetch.samples.through_proxy() {
        let later = nth > 0 || fetch.samples.is_brief();
        let keeps = if later { Keeps::TheEnd } else { Keeps::EveryStep };
        let body = if later { BodyWanted::Excerpt } else { fetch.body };
        let after = deadlines::STAGGER.saturating_mul(u32::try_from(nth).unwrap_or(u32::MAX));
        let probe = Probe { server: server.clone(), instruments: instruments.clone(), body, until };
        probes.spawn(probe.run(fetch.clone(), recorder.keeping(keeps), after));
    }
    Findings::of(probes).await
}

struct Probe {
    server: Arc<ProxyServer>,
    instruments: Arc<Instruments>,
    body: BodyWanted,
    until: Instant,
}

impl Probe {
    async fn run(self, fetch: Fetch, recorder: Recorder, after: Duration) {
        sleep(after).await;
        let (url, trust) = (fetch.target.url(), &self.instruments.trust);
        let within = |limit| self.until.min(Instant::now() + limit);
        let is_passed_on = url.scheme() == "http" && self.server.kind != Kind::Socks5;
        let limit = within(tunnel::patience());
        let stream = if is_passed_on {
            let reaching = async { Ok((Outcome::Connected, tunnel::reach(&self.server, trust).await?)) };
            recorder.measure(Step::Tcp, None, limit, in_time(limit, reaching)).await
        } else {
            recorder.measure(Step::Tcp, None, limit, in_time(limit, tunnel::open(&self.server, trust, url))).await
        };
        let Some(stream) = stream else { return };
        let limit = within(deadlines::HTTP);
        let question = Question::get(url.clone(), self.body, limit);
        if url.scheme() == "https" {
            let securing = tls::handshake(trust, fetch.target.host(), stream);
            let Some(secured) = recorder.measure(Step::Tls, None, within(deadlines::TLS), securing).await else {
                return;
            };
            let limit = within(deadlines::HTTP);
            let (protocol, question) = (tls::agreed_protocol(&secured), Question { limit, ..question });
            let answering = http::answer(secured, protocol, question);
            recorder.measure(Step::Http, None, limit + deadlines::HTTP_SLACK, answering).await;
        } else if is_passed_on {
            let authorization = self.server.credentials.as_ref().map(|credentials| credentials.basic());
            let question = Question { by_proxy: Some(ByProxy { authorization }), ..question };
            let answering = passed_on(stream, question);
            recorder.measure(Step::Http, None, limit + deadlines::HTTP_SLACK, answering).await;
        } else {
            let answering = http::answer(stream, Protocol::Http1, question);
            recorder.measure(Step::Http, None, limit + deadlines::HTTP_SLACK, answering).await;
        }
    }
}

/// A plain request that the proxy passes on. Where nothing comes back, the proxy and the site cannot be told apart.
async fn passed_on(stream: Box<dyn Wire>, question: Question) -> Result<(Outcome, ()), Broken> {
    let heard = http::ask(stream, Protocol::Http1, question)
        .await
        .map_err(|broken| if broken.so_far.is_some() { broken } else { Failure::ProxyTunnelFailed.into() })?;
    match tunnel::own_answer(&heard.answer) {
        Some(failure) => Err(failure.into()),
        None => Ok((Outcome::Answered(heard.answer), ())),
    }
}

/// A proxy that is silent until the end is a proxy that is silent, and no time-out of the site's.
async fn in_time<T>(limit: Instant, work: impl Future<Output = Result<T, Broken>>) -> Result<T, Broken> {
    let early = limit.checked_sub(deadlines::HTTP_SLACK).unwrap_or(limit);
    tokio::time::timeout_at(early, work).await.unwrap_or_else(|_| Err(Failure::ProxyTunnelFailed.into()))
}

/// Looks at the proxy itself: whether its name leads anywhere, and whether it takes a connection.
pub(super) async fn look(server: Arc<ProxyServer>, recorder: Recorder) -> Findings {
    let began = Instant::now();
    let found = timeout(deadlines::DNS, lookup_host((server.host.as_str(), server.port))).await;
    let addresses: Vec<_> = match found {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(error)) => {
            tracing::debug!(%server, %error, "the proxy's name leads nowhere");
            recorder.fail(Step::Dns, None, began, Failure::DnsNameNotResolved.into()).await;
            return Findings::Measured;
        }
        Err(_) => {
            recorder.fail(Step::Dns, None, began, Failure::DnsUnreachable.into()).await;
            return Findings::Measured;
        }
    };
    for address in addresses.into_iter().take(PROXY_ADDRESSES) {
        let limit = Instant::now() + deadlines::TCP;
        if recorder.measure(Step::Tcp, address.ip(), limit, crate::tcp::connect(address)).await.is_some() {
            break;
        }
    }
    Findings::Measured
}

/// One that does not answer and one more, as for any service.
const PROXY_ADDRESSES: usize = 2;
