//! What a server of our own says, down to the byte, and a server that says it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What comes back on a connection.
#[derive(Debug, Clone)]
pub(crate) enum Says {
    /// These bytes, then the end.
    Whole(Vec<u8>),
    /// The same, after so many milliseconds.
    Late(u64, Box<Says>),
    /// These bytes, so many at once, with a pause of milliseconds between.
    Drip(Vec<u8>, usize, u64),
    /// To programs the first, to browsers the second: a bot wall.
    Wall(Box<Says>, Box<Says>),
    /// By the path's beginning, the first that fits; else the last.
    By(Vec<(&'static str, Says)>),
    /// Nothing, in good order.
    Empty,
    /// Nothing, and the connection stays open.
    Stall,
}

/// An answer as HTTP/1.1 writes it.
pub(crate) fn page(status: u16, headers: &[(&str, &str)], body: &str) -> Says {
    let reason = REASONS.iter().find_map(|(known, reason)| (*known == status).then_some(*reason)).unwrap_or("Error");
    let mut text = format!("HTTP/1.1 {status} {reason}\r\nDate: {}\r\n", http_date());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        text.push_str("Content-Type: text/html; charset=utf-8\r\n");
    }
    text.push_str(&format!("Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len()));
    Says::Whole(text.into_bytes())
}

impl Says {
    /// To programs this, to browsers that.
    pub(crate) fn and_to_browsers(self, browsers: Self) -> Self {
        Self::Wall(Box::new(self), Box::new(browsers))
    }

    /// After so long.
    pub(crate) fn after(self, milliseconds: u64) -> Self {
        Self::Late(milliseconds, Box::new(self))
    }

    /// What is said to this request's head.
    fn to(&self, head: &str) -> &Self {
        match self {
            // Real walls look at more; every browser sends this header, and no plain client does.
            Self::Wall(program, browser) => {
                if head.to_ascii_lowercase().contains("sec-fetch-mode:") {
                    browser.to(head)
                } else {
                    program.to(head)
                }
            }
            Self::By(paths) => {
                let path = head.split(' ').nth(1).unwrap_or("/");
                let found = paths.iter().find(|(start, _)| path.starts_with(start)).or(paths.last());
                found.map_or(&Self::Empty, |(_, says)| says.to(head))
            }
            Self::Whole(_) | Self::Late(..) | Self::Drip(..) | Self::Empty | Self::Stall => self,
        }
    }
}

/// Serves what is said, for as long as the program runs.
pub(crate) fn serve(
    listener: std::net::TcpListener,
    tls: Option<Arc<ServerConfig>>,
    says: Says,
) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (tls, says) = (tls.clone(), says.clone());
            tokio::spawn(async move {
                // A client that hangs up in the middle is no failure of ours.
                let _ = connection(stream, tls, &says).await;
            });
        }
    });
    Ok(())
}

/// The same, at an address of this namespace.
pub(crate) fn serve_at(address: SocketAddr, tls: Option<Arc<ServerConfig>>, says: Says) -> std::io::Result<()> {
    serve(std::net::TcpListener::bind(address)?, tls, says)
}

async fn connection(stream: TcpStream, tls: Option<Arc<ServerConfig>>, says: &Says) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    match tls {
        Some(config) => exchange(TlsAcceptor::from(config).accept(stream).await?, says).await,
        None => exchange(stream, says).await,
    }
}

async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, says: &Says) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut buffer = [0; 2048];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let length = stream.read(&mut buffer).await?;
        if length == 0 {
            return Ok(());
        }
        head.extend_from_slice(buffer.get(..length).unwrap_or_default());
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut says = says.to(&head);
    while let Says::Late(milliseconds, then) = says {
        tokio::time::sleep(Duration::from_millis(*milliseconds)).await;
        says = then.to(&head);
    }
    match says {
        Says::Whole(bytes) => stream.write_all(bytes).await?,
        Says::Drip(bytes, piece, pause) => {
            for piece in bytes.chunks((*piece).max(1)) {
                stream.write_all(piece).await?;
                stream.flush().await?;
                tokio::time::sleep(Duration::from_millis(*pause)).await;
            }
        }
        Says::Stall => tokio::time::sleep(FOR_EVER).await,
        Says::Empty | Says::Late(..) | Says::Wall(..) | Says::By(_) => {}
    }
    stream.shutdown().await
}

/// Longer than anybody waits.
const FOR_EVER: Duration = Duration::from_secs(120);

fn http_date() -> String {
    let format = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    time::OffsetDateTime::now_utc().format(format).unwrap_or_default()
}

const REASONS: [(u16, &str); 16] = [
    (200, "OK"),
    (204, "No Content"),
    (301, "Moved Permanently"),
    (302, "Found"),
    (401, "Unauthorized"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (407, "Proxy Authentication Required"),
    (429, "Too Many Requests"),
    (500, "Internal Server Error"),
    (502, "Bad Gateway"),
    (503, "Service Unavailable"),
    (504, "Gateway Timeout"),
    (511, "Network Authentication Required"),
    (522, "Origin Connection Timed Out"),
];
