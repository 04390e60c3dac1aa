//! Whether this computer has a way out at all, for IPv4 and for IPv6: asked of its own routing table.
//!
//! A UDP socket is connected, which chooses a route and sends nothing. Without this a dead resolver and a
//! missing network look alike.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

use detour_model::failure::Failure;
use detour_model::observation::{Outcome, Step};
use tokio::time::Instant;

use crate::recorder::Recorder;

/// Looks once per family.
pub(super) async fn look(recorder: Recorder) {
    for address in WAYS {
        let began = Instant::now();
        let outcome = match find(address) {
            Ok(_) => Outcome::Connected,
            Err(_) => Outcome::Failed(Failure::TcpAddressUnreachable),
        };
        recorder.record(Step::Tcp, Some(address), began, outcome).await;
    }
}

/// The address that packets to this one would have as their source; `None` where there is no way to it.
pub(super) fn source_for(address: IpAddr) -> Option<IpAddr> {
    find(address).ok()
}

/// Whether anything sent to this address would leave the computer, or be for itself.
pub(super) fn leads_to(address: IpAddr) -> bool {
    find(address).is_ok()
}

fn find(address: IpAddr) -> io::Result<IpAddr> {
    let from = match address {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    let socket = UdpSocket::bind((from, 0))?;
    socket.connect((address, DISCARD))?;
    Ok(socket.local_addr()?.ip())
}

/// Addresses of documentation (RFC 5737, RFC 3849): they lie on the default route and belong to nobody.
pub(super) const WAYS: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))];

/// The discard service: were anything ever sent, it would mean nothing.
const DISCARD: u16 = 9;
