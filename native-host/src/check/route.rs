//! Whether this computer has a way out at all, for IPv4 and for IPv6: asked of its own routing table.
//!
//! A UDP socket is connected, which chooses a route and sends nothing. Without this a dead resolver and a
//! missing network look alike.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

use detour_core::failure::Failure;
use detour_core::observation::{Outcome, Step};
use tokio::time::Instant;

use super::recorder::Recorder;

/// Looks once per family.
pub(super) async fn look(recorder: Recorder) {
    for address in WAYS {
        let began = Instant::now();
        let outcome = match find(address) {
            Ok(()) => Outcome::Connected,
            Err(_) => Outcome::Failed(Failure::TcpAddressUnreachable),
        };
        recorder.record(Step::Tcp, Some(address), began, outcome).await;
    }
}

/// Whether anything sent to this address would leave the computer, or be for itself.
pub(super) fn leads_to(address: IpAddr) -> bool {
    find(address).is_ok()
}

fn find(address: IpAddr) -> io::Result<()> {
    let from = match address {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    UdpSocket::bind((from, 0))?.connect((address, DISCARD))
}

/// Addresses of documentation (RFC 5737, RFC 3849): they lie on the default route and belong to nobody.
const WAYS: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))];

/// The discard service: were anything ever sent, it would mean nothing.
const DISCARD: u16 = 9;
