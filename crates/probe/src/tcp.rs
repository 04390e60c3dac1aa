//! TCP: one connection to one address.

use std::net::SocketAddr;

use detour_model::observation::Outcome;
use tokio::net::TcpStream;

use crate::failures::of_socket;
use crate::recorder::Broken;

/// Connects to one address.
pub(super) async fn connect(address: SocketAddr) -> Result<(Outcome, TcpStream), Broken> {
    let stream = TcpStream::connect(address).await.map_err(|error| of_socket(&error))?;
    // Only a hint: a socket without it is slower, not wrong.
    let _ = stream.set_nodelay(true);
    Ok((Outcome::Connected, stream))
}
