//! HTTP: one request over one connection, and what its errors mean.
//!
//! Sites are asked with GET and not HEAD: edges have answered HEAD with 503 while GET worked (cweiske/stapibas#1).

use std::error::Error;
use std::io;
use std::sync::Arc;

use detour_model::failure::Failure;
use detour_model::observation::{Answer, Outcome};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::{http1, http2};
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderMap, PROXY_AUTHORIZATION,
    USER_AGENT,
};
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout_at};
use url::{Position, Url};

use crate::deadlines;
use crate::recorder::Broken;
use crate::tally::{Tallied, Tally};

/// What is asked for, and until when.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) url: Url,
    pub(super) post: Option<Post>,
    pub(super) body: BodyWanted,
    pub(super) limit: Instant,
    /// Value of `Accept-Datetime` (RFC 7089), for a TimeGate.
    pub(super) accept_datetime: Option<String>,
    pub(super) caller: Caller,
    /// Where the other end is a proxy that passes the request on.
    pub(super) by_proxy: Option<ByProxy>,
}

/// A request that goes to a proxy with the whole address in it (RFC 9112, 3.2.2).
#[derive(Debug)]
pub(super) struct ByProxy {
    /// Value of `Proxy-Authorization`.
    pub(super) authorization: Option<String>,
}

/// How much of an answer is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyWanted {
    /// Status and headers are enough.
    None,
    /// An error page's words, not its styles.
    Excerpt,
    /// The beginning of the body, and whether it comes whole.
    Beginning,
    /// A document that is read to its end.
    Document,
}

impl BodyWanted {
    /// The most bytes that are kept.
    pub(super) const fn most(self) -> usize {
        match self {
            Self::None => 0,
            Self::Excerpt => 4 * 1024,
            // Enough for any error page, and for the beginning of a page that works.
            Self::Beginning => 64 * 1024,
            Self::Document => 1024 * 1024,
        }
    }
}

/// Who asks, as far as the other side is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Some program. Sites, controls, CDNs and resolvers are asked without the user's click, and one that fails is
    /// not to learn who has Detour.
    Anybody,
    /// This program, with an address to write to. Archives and Globalping want to know whose load it is, and learn it only
    /// after a click or a command.
    Detour,
}

impl Caller {
    pub(super) const fn user_agent(self) -> &'static str {
        match self {
            Self::Anybody => NO_NAME,
            Self::Detour => OUR_NAME,
        }
    }
}

/// What is sent; an answer of the same type is wanted.
#[derive(Debug)]
pub(super) struct Post {
    pub(super) media_type: &'static str,
    pub(super) body: Bytes,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Heard {
    /// As an observation tells it.
    pub(super) answer: Answer,
    /// The body before it was made text.
    pub(super) bytes: Vec<u8>,
}

impl Question {
    pub(super) const fn get(url: Url, body: BodyWanted, limit: Instant) -> Self {
        Self { url, post: None, body, limit, accept_datetime: None, caller: Caller::Anybody, by_proxy: None }
    }
}

/// The HTTP version spoken on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Http1,
    Http2,
}

/// Where in the exchange an error happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Head,
    Body,
}

/// Asks, and tells the answer.
pub(super) async fn answer<S>(stream: S, protocol: Protocol, question: Question) -> Result<(Outcome, ()), Broken>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    ask(stream, protocol, question).await.map(|heard| (Outcome::Answered(heard.answer), ()))
}

/// Asks, and reads as much of the answer as is wanted.
pub(super) async fn ask<S>(stream: S, protocol: Protocol, question: Question) -> Result<Heard, Broken>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let tally = Arc::new(Tally::default());
    let io = TokioIo::new(Tallied::new(stream, tally.clone()));
    let exchange = Exchange { protocol, tally, question };
    let request = exchange.request().ok_or(Failure::HttpProtocolError)?;
    match protocol {
        Protocol::Http1 => {
            let (mut sender, connection) =
                as_browsers_read().handshake(io).await.map_err(|error| exchange.failure(&error, Moment::Head))?;
            alongside(connection, exchange.read(sender.send_request(request))).await
        }
        Protocol::Http2 => {
            let (mut sender, connection) = http2::Builder::new(TokioExecutor::new())
                .max_header_list_size(MOST_HEADERS_BYTES)
                .handshake(io)
                .await
                .map_err(|error| exchange.failure(&error, Moment::Head))?;
            // The sender lives until the body is read: an HTTP/2 connection without one goes away.
            let reading = async {
                let answer = exchange.read(sender.send_request(request)).await;
                drop(sender);
                answer
            };
            alongside(connection, reading).await
        }
    }
}

/// Header lines that browsers skip or forgive are no reason to miss the status: a space in a name or before the colon, a
/// folded line, no colon at all, a control character.
fn as_browsers_read() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .ignore_invalid_headers_in_responses(true)
        .max_headers(MOST_HEADERS);
    builder
}

/// Drives a connection while waiting for its answer. What the connection says of its own end is left
/// aside: the answer's error and the tally say it better.
pub(super) async fn alongside<T, E>(
    connection: impl Future<Output = Result<(), E>>,
    answer: impl Future<Output = T>,
) -> T {
    let mut connection = std::pin::pin!(connection);
    let mut answer = std::pin::pin!(answer);
    let mut is_over = false;
    loop {
        tokio::select! {
            answer = &mut answer => return answer,
            _ = &mut connection, if !is_over => is_over = true,
        }
    }
}

struct Exchange {
    protocol: Protocol,
    tally: Arc<Tally>,
    question: Question,
}

impl Exchange {
    fn request(&self) -> Option<Request<Full<Bytes>>> {
        let url = &self.question.url;
        // The order, names and values are Firefox's, which most other programs send as well: they tell nobody apart.
        let request = match self.protocol {
            Protocol::Http1 if self.question.by_proxy.is_some() => Request::builder()
                .uri(&url[..Position::AfterQuery])
                .header(HOST, &url[Position::BeforeHost..Position::AfterPort]),
            Protocol::Http1 => Request::builder()
                .uri(&url[Position::BeforePath..Position::AfterQuery])
                .header(HOST, &url[Position::BeforeHost..Position::AfterPort]),
            Protocol::Http2 => Request::builder().uri(&url[..Position::AfterQuery]),
        };
        let request = request.header(USER_AGENT, self.question.caller.user_agent());
        let request = match &self.question.accept_datetime {
            Some(moment) => request.header("accept-datetime", moment),
            None => request,
        };
        let authorization = self.question.by_proxy.as_ref().and_then(|proxy| proxy.authorization.as_ref());
        let request = match authorization {
            Some(authorization) => request.header(PROXY_AUTHORIZATION, authorization),
            None => request,
        };
        match &self.question.post {
            None => request
                .method(Method::GET)
                .header(ACCEPT, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
                .header(ACCEPT_LANGUAGE, "en-US,en;q=0.5")
                .header(ACCEPT_ENCODING, "identity")
                .body(Full::default()),
            Some(post) => request
                .method(Method::POST)
                .header(ACCEPT, post.media_type)
                .header(ACCEPT_ENCODING, "identity")
                .header(CONTENT_TYPE, post.media_type)
                .body(Full::new(post.body.clone())),
        }
        .ok()
    }

    async fn read(&self, asking: impl Future<Output = hyper::Result<Response<Incoming>>>) -> Result<Heard, Broken> {
        let response = timeout_at(self.question.limit, asking)
            .await
            .map_err(|_| Failure::HttpTimedOut)?
            .map_err(|error| self.failure(&error, Moment::Head))?;
        let (head, mut incoming) = response.into_parts();
        let mut bytes = Vec::new();
        let mut cut_short = None;
        if self.question.body != BodyWanted::None {
            cut_short = self.beginning(&mut incoming, &mut bytes).await.err();
        }
        let status = head.status.as_u16();
        let answer = Answer { status, body: text(&head.headers, &bytes), headers: joined(&head.headers) };
        match cut_short {
            // An error status says more than an error page that broke off.
            Some(failure) if status < 500 => Err(Broken::after_answer(failure, answer)),
            Some(_) | None => Ok(Heard { answer, bytes }),
        }
    }

    /// Reads on to the limit or the end, since a body that breaks off shows only when it is read. One that still comes when
    /// the time is over is slow, and not broken off.
    async fn beginning(&self, incoming: &mut Incoming, body: &mut Vec<u8>) -> Result<(), Failure> {
        let most = self.question.body.most();
        let mut last_came = None;
        loop {
            let Ok(frame) = timeout_at(self.question.limit, incoming.frame()).await else {
                let is_coming = last_came.is_some_and(|last: Instant| last.elapsed() < deadlines::DRIP);
                let is_enough = self.question.body != BodyWanted::Document;
                return if is_coming && is_enough { Ok(()) } else { Err(Failure::HttpTimedOut) };
            };
            let Some(frame) = frame else { break };
            last_came = Some(Instant::now());
            let frame = frame.map_err(|error| self.failure(&error, Moment::Body))?;
            if let Ok(bytes) = frame.into_data() {
                let room = most.saturating_sub(body.len());
                body.extend_from_slice(bytes.get(..room).unwrap_or(&bytes));
                if body.len() >= most {
                    break;
                }
            }
        }
        Ok(())
    }

    /// The socket's own word first, then what hyper makes of it.
    fn failure(&self, error: &hyper::Error, moment: Moment) -> Failure {
        tracing::debug!(%error, source = ?error.source(), ?moment, tally = ?self.tally, "the exchange failed");
        if let Some(failure) = self.tally.failure() {
            return failure;
        }
        match (self.protocol, moment) {
            (Protocol::Http2, _) if !self.tally.heard_something() => Failure::TcpClosed,
            (Protocol::Http2, _) => Failure::HttpProtocolError,
            (Protocol::Http1, Moment::Body) if is_cut_off(error) => Failure::HttpContentLengthMismatch,
            (Protocol::Http1, Moment::Body) => Failure::HttpResponseInvalid,
            (Protocol::Http1, Moment::Head) if !self.tally.heard_something() => Failure::HttpResponseEmpty,
            (Protocol::Http1, Moment::Head) if error.is_incomplete_message() => Failure::HttpResponseHeadersInvalid,
            (Protocol::Http1, Moment::Head) => Failure::HttpResponseInvalid,
        }
    }
}

fn is_cut_off(error: &hyper::Error) -> bool {
    let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    error.is_incomplete_message() || source.is_some_and(|source| source.kind() == io::ErrorKind::UnexpectedEof)
}

pub(super) fn joined(headers: &HeaderMap) -> std::collections::BTreeMap<String, String> {
    let mut joined = std::collections::BTreeMap::<String, String>::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        joined
            .entry(name.as_str().to_owned())
            .and_modify(|known| {
                known.push_str(", ");
                known.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    joined
}

/// A server may compress unasked; then there is no text to show.
fn text(headers: &HeaderMap, body: &[u8]) -> String {
    let is_plain = headers.get(CONTENT_ENCODING).is_none_or(|encoding| encoding == "identity");
    if is_plain { String::from_utf8_lossy(body).into_owned() } else { String::new() }
}

/// As many bytes of headers as Chromium reads (`kMaxHeaderBufSize`); Firefox reads more.
const MOST_HEADERS_BYTES: u32 = 256 * 1024;

/// Browsers count bytes and not lines; this is more lines than fit, at the length that lines have.
const MOST_HEADERS: usize = 4096;

/// What every browser and countless programs begin with, and no more. A browser's whole name would be a lie, and one that
/// walls against bots see through by the TLS handshake, so that verdicts would get worse; the user's own browser's would
/// tell the host's requests and the user's visits to be one person's; Detour's would tell a failing site who has Detour.
const NO_NAME: &str = "Mozilla/5.0 (compatible)";

/// Says who asks, so that an archive's operator can find out why.
const OUR_NAME: &str = concat!("Detour/", env!("CARGO_PKG_VERSION"), " (+", env!("CARGO_PKG_REPOSITORY"), ")");
