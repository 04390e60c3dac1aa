//! Anchors by literal address: no name is looked up for them, so they answer where only the resolver is broken.

use std::net::SocketAddr;
use std::sync::Arc;

use detour_model::observation::Step;
use tokio::time::Instant;

use crate::fetch::Findings;
use crate::instruments::Instruments;
use crate::recorder::Recorder;
use crate::{deadlines, tcp, tls};

/// Connects and shakes hands, which proves that the address is the one it claims to be; nothing is asked for.
pub(super) async fn touch(
    address: SocketAddr,
    instruments: Arc<Instruments>,
    recorder: Recorder,
    until: Instant,
) -> Findings {
    if !instruments.contacts.permits(address.ip()) {
        tracing::warn!(%address, "an anchor on a private network is left out; allow_addresses does not name it");
        return Findings::Measured;
    }
    // One is waited for: that a line is slow, and not dead, shows when something comes at last.
    let is_waited_for = instruments.contacts.literals.first() == Some(&address);
    let (to_connect, to_secure) = if is_waited_for {
        (deadlines::CONNECTION_PATIENT, deadlines::CONNECTION_PATIENT)
    } else {
        (deadlines::TCP, deadlines::TLS)
    };
    let limit = until.min(Instant::now() + to_connect);
    let connected = recorder.measure(Step::Tcp, address.ip(), limit, tcp::connect(address)).await;
    if let Some(stream) = connected {
        let host = address.ip().to_string();
        let limit = until.min(Instant::now() + to_secure);
        let shaking = tls::handshake(&instruments.trust, &host, stream);
        recorder.measure(Step::Tls, address.ip(), limit, shaking).await;
    }
    Findings::Measured
}
