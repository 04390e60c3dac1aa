//! One request to a service that is no subject itself: another resolver, a status page, the remote probes.

use std::net::{IpAddr, SocketAddr};

use detour_core::failure::Failure;
use detour_core::observation::Step;
use detour_core::target::is_private_address;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

use super::dns::Resolver;
use super::http::{self, Heard, Protocol, Question};
use super::recorder::{Broken, timed_out};
use super::{Instruments, deadlines, route, tcp, tls};

/// Whom a target's name may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Anybody the config names.
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

/// TLS where the URL wants it, and the request.
async fn over(stream: TcpStream, question: Question, instruments: &Instruments) -> Result<Heard, (Step, Failure)> {
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
    let is_allowed = |address: &IpAddr| instruments.config.permits(*address) && reach.covers(*address);
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
