//! What one probe sees: name, connection, certificate, answer.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use super::result::{Answered, Failure, shown};
use super::witness::Roots;
use crate::dns::SharedZone;
use crate::zone::{Asked, Kind, Link, Lookup, Question};

/// What a request asks the probes to do.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    target: String,
    host: String,
    is_secure: bool,
    port: u16,
    method: String,
    path: String,
    is_ipv6: bool,
    within: Duration,
}

/// A parameter, and what is wrong with it.
type Complaint = (&'static str, String);

impl Wanted {
    pub(super) fn read(request: &Value) -> Result<Self, Complaint> {
        let kind = request.get("type").and_then(Value::as_str);
        if kind != Some("http") {
            return Err(("type", "\"type\" must be one of [http]".into()));
        }
        let target = request.get("target").and_then(Value::as_str).unwrap_or_default();
        if !is_public(target) {
            return Err(("target", "\"target\" does not match any of the allowed types".into()));
        }
        let options = request.get("measurementOptions").unwrap_or(&Value::Null);
        let asked = options.get("request").unwrap_or(&Value::Null);
        let text = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).map(str::to_owned);
        let is_secure = text(options, "protocol").is_none_or(|protocol| !protocol.eq_ignore_ascii_case("http"));
        let port = options.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
        let path = text(asked, "path").unwrap_or_else(|| "/".into());
        let query = text(asked, "query").filter(|query| !query.is_empty());
        let within = request.get("timeout").and_then(Value::as_u64).unwrap_or(DEFAULT_TIMEOUT);
        Ok(Self {
            target: target.trim_end_matches('.').to_ascii_lowercase(),
            host: text(asked, "host").unwrap_or_else(|| target.to_owned()),
            is_secure,
            port: port.unwrap_or(if is_secure { 443 } else { 80 }),
            method: text(asked, "method").unwrap_or_else(|| "HEAD".into()),
            path: query.map_or(path.clone(), |query| format!("{path}?{query}")),
            is_ipv6: options.get("ipVersion").and_then(Value::as_u64) == Some(6),
            within: Duration::from_secs(within.clamp(5, 30)),
        })
    }
}

/// The service measures public names and addresses.
fn is_public(target: &str) -> bool {
    target.parse::<IpAddr>().is_ok()
        || (target.trim_end_matches('.').contains('.') && !target.contains(['/', ':', '@']))
}

/// Looks from an address of the probe's own. Never fails: what fails is the result.
pub(super) async fn look(wanted: &Wanted, from: Ipv4Addr, zone: &SharedZone, roots: &Roots) -> Value {
    match tokio::time::timeout(wanted.within, seen(wanted, from, zone, roots)).await {
        Ok(Ok(result)) => result,
        Ok(Err(failure)) => failure.document(),
        Err(_) => Failure { address: None, words: "Request timeout.".into(), source: "target" }.document(),
    }
}

/// What a probe reports of a site that is well.
pub(super) fn fine(wanted: &Wanted, zone: &SharedZone) -> Value {
    let headers = Map::from_iter([("content-type".to_owned(), Value::from("text/html; charset=utf-8"))]);
    let body = format!("<!doctype html><title>{0}</title><h1>{0}</h1>", wanted.target);
    let tls = json!({
        "authorized": true, "protocol": "TLSv1.3", "cipherName": "TLS_AES_256_GCM_SHA384",
        "createdAt": "2026-01-01T00:00:00.000Z", "expiresAt": "2099-01-01T00:00:00.000Z",
        "subject": { "CN": wanted.target, "alt": format!("DNS:{}", wanted.target) },
        "issuer": { "CN": "Detour outage lab" },
    });
    let timings = json!({ "total": 61, "dns": 9, "tcp": 12, "tls": 17, "firstByte": 21, "download": 2 });
    Answered {
        address: resolve(wanted, zone).ok(),
        status: StatusCode::OK,
        raw_headers: "content-type: text/html; charset=utf-8".into(),
        headers,
        body: body.into(),
        timings,
        tls: if wanted.is_secure { tls } else { Value::Null },
    }
    .document()
}

/// What a probe reports of a site that nobody can connect to.
pub(super) fn unreachable(wanted: &Wanted, zone: &SharedZone) -> Value {
    let address = resolve(wanted, zone).ok();
    let shown = address.map_or_else(String::new, |address| address.to_string());
    let words = format!("connect ETIMEDOUT {shown}:{} - ETIMEDOUT", wanted.port);
    Failure { address, words, source: "target" }.document()
}

async fn seen(wanted: &Wanted, from: Ipv4Addr, zone: &SharedZone, roots: &Roots) -> Result<Value, Failure> {
    let began = Instant::now();
    let address = resolve(wanted, zone)?;
    let resolved = Instant::now();
    let failed = |words: String| Failure { address: Some(address), words, source: "target" };
    let stream = connect(from, SocketAddr::new(address, wanted.port)).await.map_err(failed)?;
    let connected = Instant::now();
    let (answer, tls, secured) = if wanted.is_secure {
        let (config, witness) = roots.witness().map_err(|error| failed(error.to_string()))?;
        let name = ServerName::try_from(wanted.host.clone()).map_err(|error| failed(error.to_string()))?;
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
        let stream = stream.map_err(|error| failed(handshake_words(&error)))?;
        let session = stream.get_ref().1;
        let protocol = session.protocol_version().and_then(|version| version.as_str()).unwrap_or_default();
        let suite = session.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str()).unwrap_or_default();
        let tls = witness.document(&protocol.replace("TLSv1_", "TLSv1."), suite);
        let secured = Instant::now();
        (fetch(wanted, stream).await, tls, secured)
    } else {
        (fetch(wanted, stream).await, Value::Null, connected)
    };
    let (head, body, first_byte) = answer.map_err(|error| failed(answer_words(&error)))?;
    let end = Instant::now();
    let ms = |from: Instant, to: Instant| u64::try_from((to - from).as_millis()).unwrap_or(u64::MAX);
    let timings = json!({
        "total": ms(began, end), "dns": ms(began, resolved), "tcp": ms(resolved, connected),
        "tls": wanted.is_secure.then(|| ms(connected, secured)), "firstByte": ms(secured, first_byte),
        "download": ms(first_byte, end),
    });
    let (raw_headers, headers) = shown(&head.headers);
    let answered = Answered { address: Some(address), status: head.status, raw_headers, headers, body, timings, tls };
    Ok(answered.document())
}

/// From the zone as it is, not as the user's resolver shows it.
fn resolve(wanted: &Wanted, zone: &SharedZone) -> Result<IpAddr, Failure> {
    if let Ok(address) = wanted.target.parse() {
        return Ok(address);
    }
    let (kind, record) = if wanted.is_ipv6 { (Kind::V6, "AAAA") } else { (Kind::V4, "A") };
    let question = Question { name: &wanted.target, kind, is_unchecked: false, asked: Asked::Other };
    let failed = |code: &str, source| {
        let words = format!("query{record} {code} {} - {code}", wanted.target);
        Err(Failure { address: None, words, source })
    };
    match zone.read().unwrap_or_else(PoisonError::into_inner).look_up(question) {
        Lookup::Found(links) => {
            let mut addresses = links.into_iter().filter_map(|link| match link {
                Link::Address { address, .. } => Some(address),
                Link::Alias { .. } => None,
            });
            addresses.next().map_or_else(|| failed("ENODATA", "target"), Ok)
        }
        Lookup::NoSuchName(_) => failed("ENOTFOUND", "target"),
        Lookup::Failed => failed("ESERVFAIL", "target"),
        Lookup::Silence => failed("ETIMEOUT", "target"),
    }
}

async fn connect(from: Ipv4Addr, to: SocketAddr) -> Result<TcpStream, String> {
    let connecting = async {
        if to.is_ipv6() {
            return TcpSocket::new_v6()?.connect(to).await;
        }
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((from, 0)))?;
        socket.connect(to).await
    };
    connecting.await.map_err(|error: std::io::Error| {
        let known = CONNECT_CODES.iter().find(|(kind, _)| *kind == error.kind());
        let code = known.map_or("EHOSTUNREACH", |(_, code)| code);
        format!("connect {code} {to} - {code}")
    })
}

type Fetched = (http::response::Parts, Bytes, Instant);

async fn fetch(
    wanted: &Wanted,
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
) -> Result<Fetched, hyper::Error> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let request = Request::builder()
        .method(wanted.method.as_str())
        .uri(wanted.path.as_str())
        .header("host", wanted.host.as_str())
        .header("user-agent", "globalping probe (https://github.com/jsdelivr/globalping)")
        .body(Empty::<Bytes>::new())
        .unwrap_or_default();
    let reply = sender.send_request(request).await?;
    let first_byte = Instant::now();
    let (head, body) = reply.into_parts();
    let body = body.collect().await?.to_bytes();
    connection.abort();
    Ok((head, body, first_byte))
}

/// Node's words for a handshake that did not come about.
fn handshake_words(error: &std::io::Error) -> String {
    if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof) {
        return "Client network socket disconnected before secure TLS connection was established - ECONNRESET".into();
    }
    format!("write EPROTO: SSL routines: {error} - EPROTO")
}

/// Node's words for an answer that did not come, or broke off.
fn answer_words(error: &hyper::Error) -> String {
    let cause = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<std::io::Error>());
    if cause.is_some_and(|cause| cause.kind() == ErrorKind::ConnectionReset) {
        "read ECONNRESET - ECONNRESET".into()
    } else if error.is_parse() {
        "Parse Error: Invalid header value char - HPE_INVALID_HEADER_TOKEN".into()
    } else {
        "other side closed - UND_ERR_SOCKET".into()
    }
}

/// Node's names for connections that did not come about; every other one is an unreachable host.
const CONNECT_CODES: [(ErrorKind, &str); 4] = [
    (ErrorKind::ConnectionRefused, "ECONNREFUSED"),
    (ErrorKind::ConnectionReset, "ECONNRESET"),
    (ErrorKind::TimedOut, "ETIMEDOUT"),
    (ErrorKind::NetworkUnreachable, "ENETUNREACH"),
];
/// Seconds, when a request does not say.
const DEFAULT_TIMEOUT: u64 = 10;
