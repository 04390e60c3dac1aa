//! How long a check and its steps may take, each with its reason.

use std::time::Duration;

/// A whole check. People wait for the verdict: past six seconds they have given up on it.
pub const CHECK_DEADLINE: Duration = Duration::from_secs(6);

/// Name resolution: two tries of [`DNS_TRY`] with a lost packet between them.
pub(super) const DNS: Duration = Duration::from_secs(4);

/// One question to one server. A recursive resolver may need over a second for a cold name.
pub(super) const DNS_TRY: Duration = Duration::from_millis(1900);

/// How long known addresses wait for the CNAMEs, which name the CDN but are not needed to go on.
pub(super) const CNAMES: Duration = Duration::from_millis(200);

/// One question over HTTPS. Public resolvers say SERVFAIL only after some seconds of trying.
pub(super) const DOH: Duration = Duration::from_millis(3500);

/// One connection: room for one lost SYN, repeated after a second (RFC 6298), and a slow path.
pub(super) const TCP: Duration = Duration::from_secs(3);

/// One handshake: two round trips and a busy server.
pub(super) const TLS: Duration = Duration::from_secs(3);

/// One answer. An edge that waits for a sick origin often says 503 after two to four seconds.
pub(super) const HTTP: Duration = Duration::from_millis(4500);

/// The HTTP step ends itself; this much later it is ended from outside, should it ever fail to.
pub(super) const HTTP_SLACK: Duration = Duration::from_millis(200);

/// Between two samples of one site. At once they would meet in one queue of the edge; much later they would hold
/// up the check.
pub(super) const STAGGER: Duration = Duration::from_millis(50);

/// A target that nobody has heard of by now is looked into as one that failed: waiting for its time-out would
/// leave no time for the canaries.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// A silence that the check's end cut short means something only after this long: the second try of a lost SYN comes
/// after one second.
pub(super) const FAIR: Duration = Duration::from_millis(1200);

/// A good control vouches for the network for this long, in milliseconds: Wi-Fi drops from one second to the next.
pub(super) const CONTROL_HOLDS: u64 = 1000;

/// Globalping's rule: ask for a result again half a second after the last answer at the earliest.
pub(super) const POLL: Duration = Duration::from_millis(500);
