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

/// One connection: room for one lost SYN, repeated after a second (RFC 6298), and a slow path.
pub(super) const TCP: Duration = Duration::from_secs(3);

/// One handshake: two round trips and a busy server.
pub(super) const TLS: Duration = Duration::from_secs(3);

/// One answer. An edge that waits for a sick origin often says 503 after two to four seconds.
pub(super) const HTTP: Duration = Duration::from_millis(4500);

/// The HTTP step ends itself; this much later it is ended from outside, should it ever fail to.
pub(super) const HTTP_SLACK: Duration = Duration::from_millis(200);
