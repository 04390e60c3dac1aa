//! A private network beside the lab's internet: machines that nothing outside a user's own hands may speak to.
//!
//! It listens on addresses that stand in no allow-list of the lab, answers whoever comes (a machine that answers is
//! what an attacker looks for), and records every connection. Names of the zone lead there on demand
//! ([`crate::zone::DnsMode::Private`], [`crate::zone::DnsMode::Rebinding`]).

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::error::{Doing, LabError};
use crate::record::now;

/// The machine on the private network, as a router would be.
pub const PRIVATE: Ipv4Addr = Ipv4Addr::new(192, 168, 66, 1);

/// Another one, in another private block.
pub const PRIVATE_TOO: Ipv4Addr = Ipv4Addr::new(10, 66, 0, 1);

/// What its machines listen on: a router's pages, with and without TLS, and a developer's server.
pub const PRIVATE_PORTS: [u16; 3] = [80, 443, 8080];

/// Somebody spoke to the private network.
#[derive(Clone, Debug, PartialEq)]
pub struct Intrusion {
    /// Unix time in seconds.
    pub t: f64,
    /// Who: tells the browser's connections from the host's by nothing but the port.
    pub peer: SocketAddr,
    /// To which machine and port.
    pub to: SocketAddr,
    /// The first bytes that were sent, as text: a request's first line, or the noise of a TLS greeting.
    pub said: String,
}

/// The listening machines. Dropping it ends them.
#[derive(Debug)]
pub struct Private {
    seen: Arc<Mutex<Vec<Intrusion>>>,
    _tasks: JoinSet<()>,
}

impl Private {
    /// Listens on every address and port, and returns once each accepts connections.
    pub async fn start() -> Result<Self, LabError> {
        let seen: Arc<Mutex<Vec<Intrusion>>> = Arc::default();
        let mut tasks = JoinSet::new();
        for address in [PRIVATE, PRIVATE_TOO] {
            for port in PRIVATE_PORTS {
                let to = SocketAddr::from((address, port));
                let listener = TcpListener::bind(to).await.doing(|| format!("listening on {to}"))?;
                tasks.spawn(listen(listener, to, seen.clone()));
            }
        }
        Ok(Self { seen, _tasks: tasks })
    }

    /// Everybody who connected since the start or the last [`Private::clear`], in order.
    #[must_use]
    pub fn seen(&self) -> Vec<Intrusion> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets who connected.
    pub fn clear(&self) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

async fn listen(listener: TcpListener, to: SocketAddr, seen: Arc<Mutex<Vec<Intrusion>>>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, peer)) = listener.accept().await else { continue };
        // Recorded before anything is read: a connection alone says that a port is open.
        let nth = {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.push(Intrusion { t: now(), peer, to, said: String::new() });
            seen.len() - 1
        };
        connections.spawn(answer(stream, nth, seen.clone()));
        while connections.try_join_next().is_some() {}
    }
}

async fn answer(mut stream: TcpStream, nth: usize, seen: Arc<Mutex<Vec<Intrusion>>>) {
    let mut buffer = [0; 2048];
    let Ok(Ok(length)) = timeout(PATIENCE, stream.read(&mut buffer)).await else { return };
    let said = String::from_utf8_lossy(buffer.get(..length).unwrap_or_default()).into_owned();
    if let Some(intrusion) = seen.lock().unwrap_or_else(PoisonError::into_inner).get_mut(nth) {
        intrusion.said = said;
    }
    let _ = stream.write_all(ROUTER).await;
    let _ = stream.shutdown().await;
}

const ROUTER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 36\r\nconnection: close\r\n\r\n<title>Router</title><h1>Router</h1>";

/// Nobody who connects waits longer before they speak.
const PATIENCE: Duration = Duration::from_secs(5);
