//! HTTP/2 servers that answer a request with an error frame.

use std::time::Duration;

use h2::Reason;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::arrival::Arrival;

/// How an HTTP/2 request is turned away.
#[derive(Clone, Copy, Debug)]
pub(crate) enum H2Break {
    Reset,
    Refuse,
    GoAway,
}

/// Answers each request with RST_STREAM or GOAWAY.
pub(crate) async fn serve(stream: TlsStream<TcpStream>, how: H2Break, arrival: &Arrival) {
    match how {
        H2Break::Reset => reset_streams(stream, Reason::INTERNAL_ERROR, arrival).await,
        H2Break::Refuse => reset_streams(stream, Reason::REFUSED_STREAM, arrival).await,
        // A browser that hangs up in the middle is no failure of the lab.
        H2Break::GoAway => go_away(stream, arrival).await.unwrap_or_default(),
    }
}

async fn reset_streams(stream: TlsStream<TcpStream>, reason: Reason, arrival: &Arrival) {
    let Ok(mut connection) = h2::server::handshake(stream).await else { return };
    while let Some(Ok((request, mut respond))) = connection.accept().await {
        saw(arrival, request.method().as_str(), request.uri().path());
        respond.send_reset(reason);
    }
}

/// By hand, since the library closes before its GOAWAY is sure to have left.
async fn go_away(mut stream: TlsStream<TcpStream>, arrival: &Arrival) -> std::io::Result<()> {
    let mut preface = [0; PREFACE_LENGTH];
    stream.read_exact(&mut preface).await?;
    stream.write_all(&frame(SETTINGS, &[])).await?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let [a, b, c, kind, ..] = head;
        let mut payload = vec![0; usize::try_from(u32::from_be_bytes([0, a, b, c])).unwrap_or_default()];
        stream.read_exact(&mut payload).await?;
        if kind == HEADERS {
            break;
        }
    }
    saw(arrival, "", "");
    // Last stream 0: with the request's own number Chromium reports ERR_CONNECTION_CLOSED instead of ERR_HTTP2_PROTOCOL_ERROR.
    let mut payload = vec![0; 4];
    payload.extend(u32::from(Reason::PROTOCOL_ERROR).to_be_bytes());
    stream.write_all(&frame(GOAWAY, &payload)).await?;
    stream.flush().await?;
    tokio::time::sleep(READING_TIME).await;
    stream.shutdown().await
}

/// A frame on stream 0.
fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap_or_default();
    let mut frame = vec![0, 0, length, kind, 0, 0, 0, 0, 0];
    frame.extend_from_slice(payload);
    frame
}

fn saw(arrival: &Arrival, method: &str, path: &str) {
    arrival.world.record.saw("pages", arrival.ends(), &arrival.host.name, method, path, 0);
}

/// "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", RFC 9113 section 3.4.
const PREFACE_LENGTH: usize = 24;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const READING_TIME: Duration = Duration::from_millis(60);
