//! What the lab saw: every connection, request and DNS question, for tests such as "nothing was sent to anyone".

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// One thing that a server of the lab saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Unix time in seconds.
    pub t: f64,
    /// `connection` (accepted at a host's door), `dns`, `doh`, `edge`, `second-edge`, `third-edge`, `bare`,
    /// `origin`, `archive`, `anchor`, `portal`, `stranger`, `status`, `globalping`, `pages`.
    pub server: String,
    /// Who asked.
    pub peer: String,
    /// The host name: of the door, of the request, or the name asked of DNS.
    pub host: String,
    /// The HTTP method; `CONNECT` for a connection; the record type for `dns` and `doh`.
    pub method: String,
    /// Path and query; the port for a connection; for `doh` the server's address too, for `globalping` the body as well.
    pub path: String,
    /// The HTTP status; for DNS the response code, and 65535 for silence; 0 where there is none.
    pub status: u16,
}

/// Collects [`Seen`] from our servers and from nginx's access logs.
#[derive(Debug, Default)]
pub(crate) struct Record {
    own: Mutex<Vec<Seen>>,
    logs: Mutex<BTreeMap<PathBuf, u64>>,
}

impl Record {
    /// A record that also reads these JSON access logs.
    pub(crate) fn with_logs(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let logs = paths.into_iter().map(|path| (path, 0)).collect();
        Self { own: Mutex::default(), logs: Mutex::new(logs) }
    }

    pub(crate) fn saw(&self, server: &str, peer: SocketAddr, host: &str, method: &str, path: &str, status: u16) {
        let seen = Seen {
            t: now(),
            server: server.into(),
            peer: peer.to_string(),
            host: host.into(),
            method: method.into(),
            path: path.into(),
            status,
        };
        self.own.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }

    /// Everything since the start or the last [`Record::clear`], by time.
    pub(crate) fn all(&self) -> Vec<Seen> {
        let mut all = self.own.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (path, offset) in self.logs.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            all.extend(read_from(path, *offset).lines().filter_map(|line| serde_json::from_str(line).ok()));
        }
        all.sort_by(|a: &Seen, b| a.t.total_cmp(&b.t));
        all
    }

    pub(crate) fn clear(&self) {
        self.own.lock().unwrap_or_else(PoisonError::into_inner).clear();
        for (path, offset) in self.logs.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            *offset = std::fs::metadata(path).map_or(0, |file| file.len());
        }
    }
}

fn read_from(path: &Path, offset: u64) -> String {
    let bytes = std::fs::read(path).unwrap_or_default();
    let start = usize::try_from(offset).unwrap_or(usize::MAX);
    String::from_utf8_lossy(bytes.get(start..).unwrap_or_default()).into_owned()
}

/// Unix time in seconds.
pub(crate) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}
