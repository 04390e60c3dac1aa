//! A page that comes in small pieces: slow, and no failure.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;

use crate::arrival::Arrival;
use crate::failing::{Breakable, request_line};

/// Reads one request and answers it piece by piece.
pub(crate) async fn serve(mut stream: impl Breakable, pause: Duration, arrival: &Arrival) {
    let Some((method, path)) = request_line(&mut stream).await else { return };
    arrival.world.record.saw("pages", arrival.ends(), &arrival.host.name, &method, &path, 200);
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        PAGE.len()
    );
    if stream.write_all(head.as_bytes()).await.is_err() {
        return;
    }
    for piece in PAGE.as_bytes().chunks(PIECE) {
        tokio::time::sleep(pause).await;
        // Whoever hangs up gets no more.
        if stream.write_all(piece).await.is_err() || stream.flush().await.is_err() {
            return;
        }
    }
    let _ = stream.shutdown().await;
}

const PIECE: usize = 24;
const PAGE: &str = "<!doctype html><html lang=\"en\"><title>Drop by drop</title><h1>Drop by drop</h1>\
    <p>This page comes slowly, a few letters at a time, because the line behind its server is a thin one.</p>\
    <p>The last words have come.</p></html>";
