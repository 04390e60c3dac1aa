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

/// How long the system's own look-up may take longer than asking its servers: files, mDNS and VPNs answer within a second. A
/// system that waits for a silent server does so for five, and asks the next one then.
pub(super) const SYSTEM_LAG: Duration = Duration::from_millis(1500);

/// One question over HTTPS. Public resolvers say SERVFAIL only after some seconds of trying.
pub(super) const DOH: Duration = Duration::from_millis(3500);

/// One connection: room for one lost SYN, repeated after a second (RFC 6298), and a slow path.
pub(super) const TCP: Duration = Duration::from_secs(3);

/// What a proxy has to say to one request for a tunnel: it connects to the site first, with room for one lost SYN. Its own
/// time-out is a minute or two; people do not wait for that.
pub(super) const TUNNEL: Duration = Duration::from_millis(4500);

/// One handshake: two round trips and a busy server.
pub(super) const TLS: Duration = Duration::from_secs(3);

/// One answer. An edge that waits for a sick origin often says 503 after two to four seconds.
pub(super) const HTTP: Duration = Duration::from_millis(4500);

/// One answer to somebody who typed a command and sees it wait: servers that are overrun answer within ten seconds, or hardly
/// at all.
pub(super) const HTTP_PATIENT: Duration = Duration::from_secs(12);

/// One connection or handshake to somebody who waits, and one of the controls by its address: a line over a satellite, or one
/// that is full, takes four seconds for a round trip.
pub(super) const CONNECTION_PATIENT: Duration = Duration::from_secs(7);

/// A whole check with [`HTTP_PATIENT`]: a name, a connection and a handshake come before the answer.
pub(super) const PATIENT_CHECK: Duration = Duration::from_secs(15);

/// A body of which something came so short a time ago still comes: the longest gap is a packet lost twice.
pub(super) const DRIP: Duration = Duration::from_millis(1500);

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

/// Between two looks at the neighbour table: the system repeats its question for a neighbour after a second (Linux'
/// `retrans_time_ms`; RFC 4861, section 10), and one that is there answers within milliseconds.
pub(super) const OWN_NETWORK_AGAIN: Duration = Duration::from_millis(1100);

/// Globalping's rule: ask for a result again half a second after the last answer at the earliest.
pub(super) const POLL: Duration = Duration::from_millis(500);
