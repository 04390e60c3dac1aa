//! One request to a service that is no subject itself: another resolver, a status page, the remote probes.

use std::net::{IpAddr, SocketAddr};

use detour_model::failure::Failure;
use detour_model::observation::Step;
use detour_model::target::is_private_address;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

use crate::dns::Resolver;
use crate::http::{self, ByProxy, Heard, Protocol, Question};
use crate::instruments::Instruments;
use crate::proxy::{Kind, ProxyServer, Way};
use crate::recorder::{Broken, timed_out};
use crate::{deadlines, route, tcp, tls, tunnel};

/// Whom a target's name may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Anybody among the contacts.
    Anywhere,
    /// Only services on private addresses: the target itself has one, as in a lab.
    PrivateOnly,
}

impl Reach {
    pub(super) fn covers(self, address: IpAddr) -> bool {
        match self {
            Self::Anywhere => true,
            Self::PrivateOnly => is_private_address(address),
        }
    }
}

/// Sends a request and reads the answer. An error says at which step the service could not be reached.
pub(super) async fn call(
    question: Question,
    reach: Reach,
    instruments: &Instruments,
    resolver: &Resolver,
) -> Result<Heard, (Step, Failure)> {
    let limit = question.limit;
    match instruments.way(&question.url).await {
        Way::Direct => {}
        Way::Through(server) => return call_through(&server, question, reach, instruments).await,
        Way::Closed(_) => return Err((Step::Tcp, Failure::ProxyNotSupported)),
    }
    let port = question.url.port_or_known_default().unwrap_or_default();
    let mut last = (Step::Dns, Failure::DnsNameNotResolved);
    for address in addresses(&question.url, reach, instruments, resolver, limit).await? {
        let connecting = within(Step::Tcp, limit, deadlines::TCP, tcp::connect(SocketAddr::new(address, port)));
        match connecting.await {
            Ok((_, stream)) => return over(stream, question, instruments).await,
            Err(failed) => last = failed,
        }
    }
    Err(last)
}

/// The same through a proxy, which looks the service's name up.
async fn call_through(
    server: &ProxyServer,
    question: Question,
    reach: Reach,
    instruments: &Instruments,
) -> Result<Heard, (Step, Failure)> {
    let literal = match question.url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(_)) | None => None,
    };
    let is_allowed = literal
        .map_or(reach == Reach::Anywhere, |address| instruments.contacts.permits(address) && reach.covers(address));
    if !is_allowed {
        return Err((Step::Dns, Failure::DnsNameNotResolved));
    }
    let (limit, trust) = (question.limit, &instruments.trust);
    if question.url.scheme() == "http" && server.kind != Kind::Socks5 {
        let reaching = async { Ok(((), tunnel::reach(server, trust).await?)) };
        let (_, stream) = within(Step::Tcp, limit, tunnel::patience(), reaching).await?;
        let authorization = server.credentials.as_ref().map(|credentials| credentials.basic());
        let question = Question { by_proxy: Some(ByProxy { authorization }), ..question };
        return over(stream, question, instruments).await;
    }
    let url = question.url.clone();
    let (_, stream) = within(Step::Tcp, limit, tunnel::patience(), tunnel::open(server, trust, &url)).await?;
    over(stream, question, instruments).await
}

/// TLS where the URL wants it, and the request.
async fn over<S>(stream: S, question: Question, instruments: &Instruments) -> Result<Heard, (Step, Failure)>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let limit = question.limit;
    let asked = if question.url.scheme() == "https" {
        let host = question.url.host_str().unwrap_or_default().to_owned();
        let securing = tls::handshake(&instruments.trust, &host, stream);
        let (_, secured) = within(Step::Tls, limit, deadlines::TLS, securing).await?;
        let protocol = tls::agreed_protocol(&secured);
        http::ask(secured, protocol, question).await
    } else {
        http::ask(stream, Protocol::Http1, question).await
    };
    asked.map_err(|broken| (Step::Http, broken.failure))
}

/// Where the service is, at most [`TRIES`] addresses, those first that this computer has a way to.
async fn addresses(
    url: &Url,
    reach: Reach,
    instruments: &Instruments,
    resolver: &Resolver,
    limit: Instant,
) -> Result<Vec<IpAddr>, (Step, Failure)> {
    let found = match url.host() {
        Some(Host::Ipv4(address)) => vec![address.into()],
        Some(Host::Ipv6(address)) => vec![address.into()],
        Some(Host::Domain(name)) => {
            let limit = limit.min(Instant::now() + deadlines::DNS);
            resolver.resolve(name, limit).await.map_err(|broken| (Step::Dns, broken.failure))?.addresses
        }
        None => Vec::new(),
    };
    let is_allowed = |address: &IpAddr| instruments.contacts.permits(*address) && reach.covers(*address);
    let mut found: Vec<IpAddr> = found.into_iter().filter(is_allowed).collect();
    found.sort_by_key(|address| !route::leads_to(*address));
    found.truncate(TRIES);
    Ok(found)
}

async fn within<T>(
    step: Step,
    limit: Instant,
    patience: std::time::Duration,
    work: impl Future<Output = Result<T, Broken>>,
) -> Result<T, (Step, Failure)> {
    match timeout_at(limit.min(Instant::now() + patience), work).await {
        Ok(done) => done.map_err(|broken| (step, broken.failure)),
        Err(_) => Err((step, timed_out(step))),
    }
}

/// One that does not answer and one more: a service is no subject, so its addresses are not measured.
const TRIES: usize = 2;
