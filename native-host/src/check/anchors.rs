//! Anchors by literal address: no name is looked up for them, so they answer where only the resolver is broken.

use std::net::SocketAddr;
use std::sync::Arc;

use detour_core::observation::Step;
use tokio::time::Instant;

use super::fetch::Findings;
use super::recorder::Recorder;
use super::{Instruments, deadlines, tcp, tls};

/// Connects and shakes hands, which proves that the address is the one it claims to be; nothing is asked for.
pub(super) async fn touch(
    address: SocketAddr,
    instruments: Arc<Instruments>,
    recorder: Recorder,
    until: Instant,
) -> Findings {
    if !instruments.config.permits(address.ip()) {
        tracing::warn!(%address, "an anchor on a private network is left out; allow_addresses does not name it");
        return Findings::Measured;
    }
    let limit = until.min(Instant::now() + deadlines::TCP);
    let connected = recorder.measure(Step::Tcp, address.ip(), limit, tcp::connect(address)).await;
    if let Some(stream) = connected {
        let host = address.ip().to_string();
        let limit = until.min(Instant::now() + deadlines::TLS);
        let shaking = tls::handshake(&instruments.trust, &host, stream);
        recorder.measure(Step::Tls, address.ip(), limit, shaking).await;
    }
    Findings::Measured
}
