//! What the lab saw: every connection, request and DNS question, for tests such as "nothing was sent to anyone".

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::asker::{Asker, Ends, Watched};

/// One thing that a server of the lab saw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Unix time in seconds.
    pub t: f64,
    /// `connection` (accepted at a host's door), `dns`, `doh`, `edge`, `second-edge`, `third-edge`, `bare`,
    /// `origin`, `archive`, `anchor`, `portal`, `stranger`, `status`, `globalping`, `pages`; `wire` for what nobody of the lab saw.
    pub server: String,
    /// Who asked.
    pub peer: String,
    /// The host name: of the door, of the request, or the name asked of DNS.
    pub host: String,
    /// The HTTP method; `CONNECT` for a connection; the record type for `dns` and `doh`.
    pub method: String,
    /// Path and query; the port for a connection; the addresses given for `dns`; for `doh` the server's address too, for `globalping` the body as well.
    pub path: String,
    /// The HTTP status; for DNS the response code, and 65535 for silence; 0 where there is none.
    pub status: u16,
    /// Whose it was; of what nginx writes down it is not known.
    #[serde(default)]
    pub by: Asker,
}

/// Collects [`Seen`] from our servers and from nginx's access logs.
#[derive(Debug, Default)]
pub(crate) struct Record {
    own: Mutex<Vec<Seen>>,
    logs: Mutex<BTreeMap<PathBuf, u64>>,
    /// What our servers saw and what was sent where nobody of the lab is, whatever was forgotten meanwhile.
    ledger: Mutex<Vec<Seen>>,
    watched: Watched,
}

impl Record {
    /// A record that also reads these JSON access logs.
    pub(crate) fn with_logs(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        let logs = paths.into_iter().map(|path| (path, 0)).collect();
        Self { logs: Mutex::new(logs), ..Self::default() }
    }

    /// Call it before anything is answered: while the peer waits, it can be seen who it is.
    pub(crate) fn saw(&self, server: &str, ends: Ends, host: &str, method: &str, path: &str, status: u16) {
        let by = self.asker(ends);
        let seen = Seen {
            t: now(),
            server: server.into(),
            peer: ends.from.to_string(),
            host: host.into(),
            method: method.into(),
            path: path.into(),
            status,
            by,
        };
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner).push(seen.clone());
        self.own.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }

    pub(crate) fn stray(&self, from: SocketAddr, to: SocketAddr, kind: &str, by: Asker) {
        let seen = Seen {
            t: now(),
            server: "wire".into(),
            peer: from.to_string(),
            host: to.ip().to_string(),
            method: kind.into(),
            path: to.port().to_string(),
            status: 0,
            by,
        };
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }

    /// What the ledger has, which is then empty.
    pub(crate) fn take_ledger(&self) -> Vec<Seen> {
        std::mem::take(&mut self.ledger.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whose socket this is.
    pub(crate) fn asker(&self, ends: Ends) -> Asker {
        self.watched.asker(ends)
    }

    pub(crate) fn watch(&self, program: &Path) {
        self.watched.set(program);
    }

    /// Everything since the start or the last [`Record::clear`], by time.
    pub(crate) fn all(&self) -> Vec<Seen> {
        let mut all = self.own.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (path, offset) in self.logs.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            // A server that was not asked yet has no log.
            let new = read_from(path, *offset).unwrap_or_default();
            all.extend(String::from_utf8_lossy(&new).lines().filter_map(|line| serde_json::from_str(line).ok()));
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

/// What stands in a file from here on: logs are read while they grow.
///
/// # Errors
/// When the file is not there, or cannot be read.
pub fn read_from(path: &Path, offset: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Unix time in seconds.
pub(crate) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}
