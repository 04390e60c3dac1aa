//! Connections that break on the wire: after the request, before the reply, or in the middle of it.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::arrival::Arrival;

/// How a connection breaks once its request has been read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Break {
    Reset,
    Empty,
    Truncated,
    Midbody,
    Badchunk,
    Garbage,
}

/// A connection whose TCP end can be told to reset.
pub(crate) trait Breakable: AsyncRead + AsyncWrite + Unpin {
    fn tcp(&self) -> &TcpStream;
}

impl Breakable for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Breakable for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// Reads one request and then misbehaves.
pub(crate) async fn serve(mut stream: impl Breakable, how: Break, arrival: &Arrival) {
    let Some((method, path)) = request_line(&mut stream).await else { return };
    let (reply, end) = match how {
        Break::Empty => ("", End::Close),
        Break::Truncated => (PART, End::Close),
        Break::Midbody => (PART, End::Reset),
        Break::Badchunk => (BAD_CHUNK, End::Close),
        Break::Garbage => (GARBAGE, End::Close),
        Break::Reset => ("", End::Reset),
    };
    let status = if reply.starts_with("HTTP/1.1 200") { 200 } else { 0 };
    arrival.world.record.saw("pages", arrival.ends(), &arrival.host.name, &method, &path, status);
    let _ = stream.write_all(reply.as_bytes()).await;
    let _ = stream.flush().await;
    match end {
        End::Close => {
            let _ = stream.shutdown().await;
        }
        End::Reset => {
            if !reply.is_empty() {
                // A reset throws away what the peer has not read yet, and here it shall have read the part.
                tokio::time::sleep(READING_TIME).await;
            }
            reset(&stream);
        }
    }
}

/// Resets before any request: in the TLS handshake, or at once on a plain port.
pub(crate) async fn reset_early(mut stream: TcpStream, secure: bool) {
    if secure {
        let mut hello = [0; 1024];
        let _ = stream.read(&mut hello).await;
    }
    reset(&stream);
}

fn reset(stream: &impl Breakable) {
    let _ = stream.tcp().set_zero_linger();
}

enum End {
    Close,
    Reset,
}

/// The method and path of one request, its head read to the end.
pub(crate) async fn request_line(stream: &mut (impl AsyncRead + Unpin)) -> Option<(String, String)> {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        let length = stream.read(&mut buffer).await.ok().filter(|length| *length > 0)?;
        head.extend_from_slice(buffer.get(..length)?);
    }
    let text = String::from_utf8_lossy(&head);
    let mut words = text.split_whitespace();
    Some((words.next()?.to_owned(), words.next()?.to_owned()))
}

const PART: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: 20000\r\n\r\n\
    <!doctype html><title>Part</title><h1>Part of a page</h1><p>This sentence is the last that arri";
const BAD_CHUNK: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n\
    5\r\n<!doc\r\nnot-a-number\r\ntype html>\r\n0\r\n\r\n";
/// Bytes without a status line would pass as HTTP/0.9; a NUL among the headers does not.
const GARBAGE: &str = "HTTP/1.1 200 OK\r\nthese bytes \0 are not HTTP\r\n\r\n";
const READING_TIME: Duration = Duration::from_millis(60);
