//! HTTP/2 servers that answer a request with an error frame.

use std::time::Duration;

use h2::Reason;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::behaviour::Behaviour;
use crate::serve::Arrival;

/// Answers each request with RST_STREAM or GOAWAY, as the behaviour says.
pub(crate) async fn serve(stream: TlsStream<TcpStream>, behaviour: &Behaviour, arrival: &Arrival) {
    match behaviour {
        Behaviour::H2Goaway => go_away(stream, arrival).await.unwrap_or_default(),
        Behaviour::H2Refused => reset_streams(stream, Reason::REFUSED_STREAM, arrival).await,
        _ => reset_streams(stream, Reason::INTERNAL_ERROR, arrival).await,
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
    let id = loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let [a, b, c, kind, _flags, id @ ..] = head;
        let mut payload = vec![0; usize::try_from(u32::from_be_bytes([0, a, b, c])).unwrap_or_default()];
        stream.read_exact(&mut payload).await?;
        if kind == HEADERS {
            break id;
        }
    };
    saw(arrival, "", "");
    // The stream counts as processed, so that the browser may not quietly repeat the request.
    let mut payload = id.to_vec();
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
    arrival.world.record.saw("pages", arrival.peer, &arrival.host.name, method, path, 0);
}

/// "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", RFC 9113 section 3.4.
const PREFACE_LENGTH: usize = 24;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const READING_TIME: Duration = Duration::from_millis(60);
