//! Through a proxy: a connection to the proxy, and in it one to the site.
//!
//! HTTP proxies are asked with CONNECT (RFC 9110, 9.3.6), SOCKS 5 proxies by RFC 1928; both look the name up themselves.
//! What a proxy says instead of a connection has failures of its own, since it is no word of the site's.

use std::time::Duration;

use detour_model::failure::Failure;
use detour_model::observation::{Answer, Outcome};
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{HOST, PROXY_AUTHORIZATION, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_socks::TargetAddr;
use tokio_socks::tcp::Socks5Stream;
use url::{Host, Url};

use crate::proxy::{Credentials, Kind, ProxyServer};
use crate::recorder::Broken;
use crate::tls::{self, Trust};
use crate::{deadlines, http};

/// A connection, whatever it is made of.
pub(super) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Wire for S {}

/// A connection to the site itself, through the proxy.
pub(super) async fn open(server: &ProxyServer, trust: &Trust, url: &Url) -> Result<(Outcome, Box<dyn Wire>), Broken> {
    let wire = reach(server, trust).await?;
    let asking = async {
        match server.kind {
            Kind::Http | Kind::Https => connect(wire, url, server.credentials.as_ref()).await,
            Kind::Socks5 => socks(wire, url, server.credentials.as_ref()).await,
        }
    };
    // The proxy stands there and is silent: it waits for the site, or is ill itself.
    let wire = timeout(deadlines::TUNNEL, asking).await.map_err(|_| Failure::ProxyTunnelFailed)??;
    Ok((Outcome::Connected, wire))
}

/// A connection to the proxy. That it does not come about is never the site's fault.
pub(super) async fn reach(server: &ProxyServer, trust: &Trust) -> Result<Box<dyn Wire>, Broken> {
    // The system's own resolver: the proxy's name means something in this network.
    let connecting = TcpStream::connect((server.host.as_str(), server.port));
    let stream = match timeout(deadlines::TCP, connecting).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            tracing::debug!(%server, %error, "the proxy cannot be reached");
            return Err(Failure::ProxyConnectionFailed.into());
        }
        Err(_) => return Err(Failure::ProxyConnectionFailed.into()),
    };
    // Only a hint: a socket without it is slower, not wrong.
    let _ = stream.set_nodelay(true);
    if server.kind != Kind::Https {
        return Ok(Box::new(stream));
    }
    let securing = tls::handshake_for(trust, &server.host, stream, &[b"http/1.1"]);
    match timeout(deadlines::TLS, securing).await {
        Ok(Ok((_, secured))) => Ok(Box::new(secured)),
        Ok(Err(_)) | Err(_) => Err(Failure::ProxyConnectionFailed.into()),
    }
}

async fn connect(wire: Box<dyn Wire>, url: &Url, credentials: Option<&Credentials>) -> Result<Box<dyn Wire>, Broken> {
    let authority =
        format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default());
    let mut request = Request::builder()
        .method(Method::CONNECT)
        .uri(&authority)
        .header(HOST, &authority)
        .header(USER_AGENT, http::Caller::Anybody.user_agent());
    if let Some(credentials) = credentials {
        request = request.header(PROXY_AUTHORIZATION, credentials.basic());
    }
    let request = request.body(Empty::<Bytes>::new()).map_err(|_| Failure::ProxyTunnelFailed)?;
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(wire)).await.map_err(|_| Failure::ProxyTunnelFailed)?;
    let asking = async {
        let response = sender.send_request(request).await.map_err(|error| {
            tracing::debug!(%error, "the proxy does not answer CONNECT");
            Failure::ProxyTunnelFailed
        })?;
        if response.status().is_success() {
            return hyper::upgrade::on(response).await.map_err(|_| Failure::ProxyTunnelFailed);
        }
        let headers = http::joined(response.headers());
        tracing::debug!(status = %response.status(), ?headers, "the proxy makes no tunnel");
        Err(of_status(response.status().as_u16(), &headers))
    };
    let upgraded = http::alongside(connection.with_upgrades(), asking).await?;
    Ok(Box::new(TokioIo::new(upgraded)))
}

/// What a proxy means by a status in place of a tunnel.
fn of_status(status: u16, headers: &std::collections::BTreeMap<String, String>) -> Failure {
    match status {
        407 => Failure::ProxyAuthRequired,
        401..=406 | 408..=499 => Failure::ProxyRefused,
        // Some products refuse with 5xx and a name for it (Squid's X-Squid-Error, RFC 9209's Proxy-Status).
        502..=504 if is_refusal(headers) => Failure::ProxyRefused,
        502..=504 => Failure::ProxyTargetUnreachable,
        _ => Failure::ProxyTunnelFailed,
    }
}

fn is_refusal(headers: &std::collections::BTreeMap<String, String>) -> bool {
    let says = |name: &str, word: &str| headers.get(name).is_some_and(|value| value.contains(word));
    says("x-squid-error", "ERR_ACCESS_DENIED") || says("proxy-status", "http_request_denied")
}

async fn socks(wire: Box<dyn Wire>, url: &Url, credentials: Option<&Credentials>) -> Result<Box<dyn Wire>, Broken> {
    let port = url.port_or_known_default().unwrap_or_default();
    let target = match url.host() {
        Some(Host::Ipv4(address)) => TargetAddr::Ip((address, port).into()),
        Some(Host::Ipv6(address)) => TargetAddr::Ip((address, port).into()),
        Some(Host::Domain(name)) => TargetAddr::Domain(name.to_owned().into(), port),
        None => return Err(Failure::ProxyTunnelFailed.into()),
    };
    let connected = match credentials {
        Some(Credentials { user, password }) => {
            Socks5Stream::connect_with_password_and_socket(wire, target, user, password).await
        }
        None => Socks5Stream::connect_with_socket(wire, target).await,
    };
    match connected {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => {
            tracing::debug!(%error, "the SOCKS proxy makes no connection");
            Err(of_socks(&error).into())
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum that grows; what is new falls to the last arm")]
const fn of_socks(error: &tokio_socks::Error) -> Failure {
    use tokio_socks::Error;
    match error {
        Error::PasswordAuthFailure(_) | Error::NoAcceptableAuthMethods | Error::AuthorizationRequired => {
            Failure::ProxyAuthRequired
        }
        Error::ConnectionNotAllowedByRuleset => Failure::ProxyRefused,
        Error::NetworkUnreachable | Error::HostUnreachable | Error::ConnectionRefused | Error::TtlExpired => {
            Failure::ProxyTargetUnreachable
        }
        _ => Failure::ProxyTunnelFailed,
    }
}

/// Whether an answer to a plain http request, which came by way of a proxy, is the proxy's own.
///
/// With http there is no telling for sure: the proxy may pass on whatever it likes. 407 is a proxy's by definition. An
/// error of a gateway is taken for the site's only where its maker names itself and is no proxy.
pub(super) fn own_answer(answer: &Answer) -> Option<Failure> {
    match answer.status {
        407 => Some(Failure::ProxyAuthRequired),
        403 if is_refusal(&answer.headers) => Some(Failure::ProxyRefused),
        502..=504 if is_refusal(&answer.headers) => Some(Failure::ProxyRefused),
        502..=504 if !names_another(answer) => Some(Failure::ProxyTargetUnreachable),
        _ => None,
    }
}

fn names_another(answer: &Answer) -> bool {
    if !answer.header("x-squid-error").is_empty() || answer.header("proxy-status").contains("error=") {
        return false;
    }
    let server = answer.header("server").to_ascii_lowercase();
    let is_named = !server.is_empty() && !PROXIES.iter().any(|proxy| server.contains(proxy));
    is_named || EDGES.iter().any(|header| !answer.header(header).is_empty())
}

/// What programs that stand as forward proxies call themselves in `Server`. Apache and nginx are both kinds; as a forward
/// proxy they are rare, but what they say then is word for word what they say of a site behind them.
const PROXIES: [&str; 16] = [
    "squid",
    "tinyproxy",
    "privoxy",
    "polipo",
    "3proxy",
    "ats/",
    "apachetrafficserver",
    "mitmproxy",
    "bluecoat",
    "blue coat",
    "mcafee",
    "zscaler",
    "skyhigh",
    "wcg",
    "wingate",
    "apache",
];

/// Headers that only the site's side sets.
const EDGES: [&str; 5] = ["cf-ray", "x-served-by", "x-amz-cf-id", "strict-transport-security", "set-cookie"];

/// How long the proxy's own steps may take together.
pub(super) const fn patience() -> Duration {
    deadlines::TCP.saturating_add(deadlines::TUNNEL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(status: u16, headers: &[(&str, &str)]) -> Option<Failure> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        own_answer(&Answer { status, headers, body: String::new() })
    }

    #[test]
    fn a_proxys_own_page_is_told_from_the_sites() {
        assert_eq!(own(407, &[]), Some(Failure::ProxyAuthRequired));
        assert_eq!(own(403, &[("x-squid-error", "ERR_ACCESS_DENIED 0")]), Some(Failure::ProxyRefused));
        assert_eq!(own(403, &[("server", "nginx")]), None);
        assert_eq!(own(503, &[("server", "squid/6.6")]), Some(Failure::ProxyTargetUnreachable));
        assert_eq!(own(502, &[]), Some(Failure::ProxyTargetUnreachable));
        assert_eq!(own(503, &[("server", "nginx/1.24.0"), ("via", "1.1 proxy (squid/6.6)")]), None);
        assert_eq!(own(503, &[("x-served-by", "cache-lhr1-LHR")]), None);
        assert_eq!(own(500, &[]), None);
        assert_eq!(own(200, &[("server", "squid")]), None);
    }

    #[test]
    fn what_a_proxy_says_in_place_of_a_tunnel_has_names_of_its_own() {
        let of = |status| of_status(status, &std::collections::BTreeMap::new());
        assert_eq!(of(407), Failure::ProxyAuthRequired);
        assert_eq!(of(403), Failure::ProxyRefused);
        assert_eq!(of(504), Failure::ProxyTargetUnreachable);
        assert_eq!(of(302), Failure::ProxyTunnelFailed);
        let denied = [("x-squid-error".to_owned(), "ERR_ACCESS_DENIED 0".to_owned())].into();
        assert_eq!(of_status(503, &denied), Failure::ProxyRefused);
    }
}
