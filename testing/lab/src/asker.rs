//! Whose socket is behind a question: that of the program which is watched, or somebody else's.
//!
//! The kernel knows (`/proc/net`, `/proc/PID/fd`), as long as the socket is open. So it is asked before the answer is given.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use serde::{Deserialize, Serialize};

/// Who is behind a connection or a question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asker {
    /// A browser, a server of the lab, or a program that has gone already.
    #[default]
    Others,
    /// A process of the program that [`crate::Lab::watch`] named.
    Watched,
}

/// What a socket speaks. The kernel's table of TCP takes milliseconds to read, so it is not read in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Tcp,
    Udp,
}

/// The two ends of a conversation. Two connections may begin at the same address and port, as long as they lead elsewhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    pub(crate) from: SocketAddr,
    pub(crate) to: SocketAddr,
    pub(crate) over: Over,
}

impl Ends {
    pub(crate) fn tcp(from: SocketAddr, to: SocketAddr) -> Self {
        Self { from, to, over: Over::Tcp }
    }
}

/// The program whose sockets are told from all others.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    program: RwLock<Option<PathBuf>>,
}

impl Watched {
    pub(crate) fn set(&self, program: &Path) {
        *self.program.write().unwrap_or_else(PoisonError::into_inner) = Some(program.to_owned());
    }

    /// Who owns the socket at the end from which it came.
    pub(crate) fn asker(&self, ends: Ends) -> Asker {
        let program = self.program.read().unwrap_or_else(PoisonError::into_inner).clone();
        let own = program.map(|program| sockets_of(&program)).unwrap_or_default();
        if own.is_empty() || !numbers_of(ends).iter().any(|number| own.contains(number)) {
            return Asker::Others;
        }
        Asker::Watched
    }
}

/// The numbers (inodes) of all sockets of the program's processes.
fn sockets_of(program: &Path) -> BTreeSet<u64> {
    let mut sockets = BTreeSet::new();
    for process in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        // A process may end while we look.
        if !std::fs::read_link(process.path().join("exe")).is_ok_and(|exe| exe == program) {
            continue;
        }
        for file in std::fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten() {
            let target = std::fs::read_link(file.path()).unwrap_or_default();
            let number: Option<u64> =
                target.to_str().and_then(|text| text.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok());
            sockets.extend(number);
        }
    }
    sockets
}

/// The numbers of the sockets with these ends; one that is bound or tied to no address has any.
fn numbers_of(ends: Ends) -> Vec<u64> {
    let tables: &[&str] = match (ends.over, ends.from) {
        (Over::Tcp, SocketAddr::V4(_)) => &["tcp", "tcp6"],
        (Over::Tcp, SocketAddr::V6(_)) => &["tcp6"],
        (Over::Udp, SocketAddr::V4(_)) => &["udp", "udp6"],
        (Over::Udp, SocketAddr::V6(_)) => &["udp6"],
    };
    let texts = tables.iter().map(|table| std::fs::read_to_string(format!("/proc/net/{table}")).unwrap_or_default());
    texts.flat_map(|text| in_table(&text, ends)).collect()
}

fn in_table(text: &str, ends: Ends) -> Vec<u64> {
    // Most rows are of others, and are not worth being taken apart.
    let port = format!(":{:04X} ", ends.from.port());
    let rows = text.lines().skip(1).filter(|row| row.contains(&port)).filter_map(|row| {
        let mut columns = row.split_whitespace();
        let local = address(columns.nth(1)?)?;
        let remote = address(columns.next()?)?;
        let number = columns.nth(6)?.parse().ok()?;
        let is_begun =
            local.port() == ends.from.port() && (local.ip() == ends.from.ip() || local.ip().is_unspecified());
        let is_meant = is_begun && (remote == ends.to || remote.ip().is_unspecified());
        (is_meant && number != 0).then_some(number)
    });
    rows.collect()
}

/// `0100007F:0035`: words of 32 bits, each in the machine's own order.
fn address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |nth: usize| u32::from_str_radix(address.get(nth * 8..nth * 8 + 8)?, 16).ok().map(u32::to_ne_bytes);
    let ip = match address.len() {
        8 => IpAddr::V4(Ipv4Addr::from(word(0)?)),
        32 => {
            let bytes: Vec<u8> = [word(0)?, word(1)?, word(2)?, word(3)?].concat();
            IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?)).to_canonical()
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_the_kernels_table_is_read() {
        let text = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 3500007F:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000 100 0 0 10 0
   1: 00000000:1F90 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4712 2 0000 0
   2: 0100007F:9C40 0200007F:01BB 01 00000000:00000000 00:00000000 00000000     0        0 4713 1 0000 0
   3: 0100007F:9C40 0300007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 4714 1 0000 0\n";
        let found = |from: &str, to: &str| in_table(text, Ends::tcp(from.parse().unwrap(), to.parse().unwrap()));
        assert_eq!(found("127.0.0.53:53", "127.0.0.1:40000"), [4711]);
        assert_eq!(found("127.0.0.1:8080", "127.0.0.1:40000"), [4712]);
        assert!(found("127.0.0.1:53", "127.0.0.1:40000").is_empty());
        // One port, two connections.
        assert_eq!(found("127.0.0.1:40000", "127.0.0.2:443"), [4713]);
        assert_eq!(found("127.0.0.1:40000", "127.0.0.3:8080"), [4714]);
    }

    #[test]
    fn a_mapped_address_is_the_one_it_maps() {
        let mapped = "0000000000000000FFFF00000100007F:0050";
        assert_eq!(address(mapped), "127.0.0.1:80".parse().ok());
        assert_eq!(address("00000000000000000000000001000000:0050"), "[::1]:80".parse().ok());
    }

    #[test]
    fn only_the_watched_programs_sockets_are_its_own() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let at = Ends { from: socket.local_addr().unwrap(), to: ([127, 0, 0, 1], 53).into(), over: Over::Udp };
        let watched = Watched::default();
        assert_eq!(watched.asker(at), Asker::Others);
        watched.set(Path::new("/nonexistent"));
        assert_eq!(watched.asker(at), Asker::Others);
        watched.set(&std::env::current_exe().unwrap());
        assert_eq!(watched.asker(at), Asker::Watched);
    }
}
