//! TCP: one connection to one address, and what the kernel's errors mean.

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;

use detour_core::failure::Failure;
use detour_core::observation::Outcome;
use tokio::net::TcpStream;

use super::recorder::Broken;
use super::tls;

/// Connects to one address.
pub(super) async fn connect(address: SocketAddr) -> Result<(Outcome, TcpStream), Broken> {
    let stream = TcpStream::connect(address).await.map_err(|error| failure(&error))?;
    // Only a hint: a socket without it is slower, not wrong.
    let _ = stream.set_nodelay(true);
    Ok((Outcome::Connected, stream))
}

/// What an error of a socket means, also of one under TLS.
#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum that grows; what is new falls to the last arm")]
pub(super) fn failure(error: &Error) -> Failure {
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return tls::failure(tls);
    }
    match error.kind() {
        ErrorKind::ConnectionRefused => Failure::TcpRefused,
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => Failure::TcpReset,
        ErrorKind::ConnectionAborted => Failure::TcpAborted,
        ErrorKind::TimedOut => Failure::TcpTimedOut,
        ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::AddrNotAvailable
        // A rule of the local firewall or of the routing table ("prohibit").
        | ErrorKind::PermissionDenied => Failure::TcpAddressUnreachable,
        ErrorKind::UnexpectedEof => Failure::TcpClosed,
        // A route of type unreachable may say EINVAL, a kernel without IPv6 EAFNOSUPPORT.
        ErrorKind::InvalidInput | ErrorKind::Unsupported => Failure::TcpAddressUnreachable,
        _ => Failure::TcpFailed,
    }
}
