//! Whether this computer has a way out at all, for IPv4 and for IPv6: asked of its own routing table.
//!
//! A UDP socket is connected, which chooses a route and sends nothing. Without this a dead resolver and a
//! missing network look alike.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

use detour_core::failure::Failure;
use detour_core::observation::{Outcome, Step};
use tokio::time::Instant;

use super::fetch::Findings;
use super::recorder::Recorder;

/// Looks once per family.
pub(super) async fn look(recorder: Recorder) -> Findings {
    for (address, from) in WAYS {
        let began = Instant::now();
        let found = UdpSocket::bind((from, 0)).and_then(|socket| socket.connect((address, DISCARD)));
        let outcome = match found {
            Ok(()) => Outcome::Connected,
            Err(_) => Outcome::Failed(Failure::TcpAddressUnreachable),
        };
        recorder.record(Step::Tcp, Some(address), began, outcome).await;
    }
    Findings::Measured
}

/// Addresses of documentation (RFC 5737, RFC 3849): they lie on the default route and belong to nobody.
const WAYS: [(IpAddr, IpAddr); 2] = [
    (IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
    (IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)), IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
];

/// The discard service: were anything ever sent, it would mean nothing.
const DISCARD: u16 = 9;
