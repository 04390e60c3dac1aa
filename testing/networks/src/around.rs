//! Who goes around the proxy: packets that the client sends to anybody but its router, where the network has a proxy.
//!
//! Whoever sends one shows the user's address to a site that the proxy would have hidden it from.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use anyhow::Result;
use socket2::{Domain, Protocol, Socket, Type};

use crate::netns;

/// Whom the client of one network sent packets to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Around {
    seen: Arc<Mutex<BTreeSet<Ipv4Addr>>>,
}

impl Around {
    /// Looks on at this router; ends when it is dropped.
    pub(crate) async fn watch(router: &str, client: Ipv4Addr, gateway: Ipv4Addr) -> Result<Self> {
        let around = Self::default();
        let socket = netns::inside(router, || {
            // Without the link's own header, so that the packet begins with its addresses.
            let socket = Socket::new(Domain::PACKET, Type::DGRAM, Some(Protocol::from(i32::from(IPV4.to_be()))))?;
            socket.set_read_timeout(Some(LOOK_UP))?;
            Ok(socket)
        })
        .await?;
        let seen = Arc::downgrade(&around.seen);
        std::thread::spawn(move || look_on(&socket, &seen, client, gateway));
        Ok(around)
    }

    /// Whom, in the order of their addresses.
    pub(crate) fn seen(&self) -> Vec<Ipv4Addr> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }
}

fn look_on(mut socket: &Socket, seen: &Weak<Mutex<BTreeSet<Ipv4Addr>>>, client: Ipv4Addr, gateway: Ipv4Addr) {
    let mut buffer = [0; 64];
    loop {
        let length = socket.read(&mut buffer).unwrap_or_default();
        let Some(seen) = seen.upgrade() else { return };
        let Some((from, to)) = addresses(buffer.get(..length).unwrap_or_default()) else { continue };
        if from == client && to != gateway && !to.is_multicast() && !to.is_broadcast() {
            seen.lock().unwrap_or_else(PoisonError::into_inner).insert(to);
        }
    }
}

/// Source and destination of an IPv4 packet (RFC 791, 3.1).
fn addresses(packet: &[u8]) -> Option<(Ipv4Addr, Ipv4Addr)> {
    let at = |from: usize| <[u8; 4]>::try_from(packet.get(from..from + 4)?).ok().map(Ipv4Addr::from);
    Some((at(12)?, at(16)?))
}

/// ETH_P_IP.
const IPV4: u16 = 0x0800;
/// How soon the thread notices that nobody is interested any more.
const LOOK_UP: Duration = Duration::from_millis(200);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packets_addresses_are_read_where_they_stand_and_a_short_one_has_none() {
        let mut packet = [0_u8; 20];
        packet[12..16].copy_from_slice(&[10, 100, 1, 2]);
        packet[16..20].copy_from_slice(&[11, 0, 5, 1]);
        assert_eq!(addresses(&packet), Some((Ipv4Addr::new(10, 100, 1, 2), Ipv4Addr::new(11, 0, 5, 1))));
        assert_eq!(addresses(&packet[..19]), None);
    }
}
