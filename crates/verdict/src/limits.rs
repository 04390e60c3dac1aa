//! The thresholds of the decision table, each with its reason.

/// Where the certificate itself was not seen: one that looks out of date while our clock is further off than this is no
/// fault of the site's, since certificates are issued and renewed on the scale of days.
pub(super) const CLOCK_SKEW: u64 = 24 * 60 * 60 * 1000;

/// Our clock may differ by this much and still be right: dates are told in whole seconds, and answers take their time.
pub(super) const CLOCK_TICK: u64 = 60 * 1000;

/// A neutral place that answered longer than this before a slow failure ended proves nothing about the network
/// at its end: Wi-Fi drops in the middle of checks. Above the time that a whole good fetch usually takes.
pub(super) const CONTROL_FRESH: u64 = 1_500;

/// Controls that are measured together end within this of each other; one that fails later than that after the last
/// good one found the network gone.
pub(super) const CONTROL_PAIR: u64 = 500;

/// A neutral place that was asked so long before another one answered, and was silent, was silent on a line that worked.
pub(super) const LONG_BEFORE: u64 = 1_000;

/// Other sites count for a CDN-wide verdict when they failed within this time: long enough for a person to try
/// three sites, short enough that a failure from before the coffee does not count.
pub(super) const CDN_WIDE_WINDOW: u64 = 5 * 60 * 1000;

/// Sites, the target among them, that must fail on one CDN: two may share an owner, a misconfiguration or chance.
pub(super) const CDN_WIDE_SITES: usize = 3;

/// Places that must be seen failing before "here" becomes "everywhere": POPs, or continents of remote probes. One
/// POP is a city.
pub(super) const CDN_WIDE_PLACES: usize = 2;

/// With more than this share of a CDN's other sites well, the CDN is not what fails. In June 2021 15 % of
/// Fastly's answers were good, so "all must fail" would have missed it.
pub(super) const HEALTHY_SIBLINGS: (usize, usize) = (1, 2);

/// Sites of one CDN that cannot be connected to, besides the target, before it is the CDN's edge.
pub(super) const UNREACHABLE_SIBLINGS: usize = 2;

/// Continents where remote probes must agree: one may share our trouble, or have its own.
pub(super) const REMOTE_CONTINENTS: usize = 2;

/// What remote probes said counts against what fails here now for this long; older words only uphold the verdict that
/// they led to. In November 2025 all was well everywhere for five minutes, and failed for the next five.
pub(super) const REMOTE_FRESH: u64 = 90 * 1000;

/// Tries before a share means anything.
pub(super) const MIXED_SAMPLES: usize = 5;

/// Below and above these shares of failures (in tenths) it fails or works, and does not come and go: an
/// unlucky lost packet is no flicker.
pub(super) const MIXED_TENTHS: (usize, usize) = (1, 9);

/// Other resolvers that must say the same of a name.
pub(super) const RESOLVERS: usize = 2;

/// Neutral places that must all fail before it is this computer's network; by addresses and names of several owners.
pub(super) const NEUTRAL_PLACES: usize = 3;

/// A line on which a handshake takes this long on average, in milliseconds, is slow, or loses packets (a lost SYN is sent
/// again after a second, RFC 6298): the deadlines of a check are made for lines ten times as fast.
pub(super) const SLOW_HANDSHAKE: u64 = 400;

/// A check gives connections and handshakes up after this, in milliseconds, but for one neutral place that it waits for longer.
pub(super) const USUAL_PATIENCE: u64 = 3_000;

/// A connection that takes this much longer than the fastest, in milliseconds, stands since its SYN was sent again: after
/// one second, says RFC 6298, less what clocks are worth.
pub(super) const SYN_REPEATED: u64 = 950;

/// So many of them in one check are no accident: one lost packet in a hundred is a line that works.
pub(super) const LOST_SYNS: usize = 2;

/// On a slow line a silence counts after so many handshakes' time: one for the name, one for the connection, two for one
/// packet that was lost on the way.
pub(super) const SILENCE_HANDSHAKES: u64 = 4;

/// Neutral names that must fail at the system's resolver before it is the resolver.
pub(super) const DEAD_NAMES: usize = 2;

/// Good samples in a row, each well after the other, before an outage is called over.
pub const GOOD_SAMPLES: u8 = 3;

/// The time between those samples, in milliseconds: in November 2025 sites flipped every few minutes, and in June
/// 2021 within seconds.
pub const GOOD_SAMPLES_APART: u64 = 20_000;

/// While more than this share of the CDN's other sites fails (in tenths), it takes more to call one of them back.
pub(super) const FAILING_SIBLINGS_TENTHS: usize = 1;

/// How often the good samples that are needed double then. In June 2021 15 % of the answers were good: three looks of
/// two tries each are all good once in 90,000 times, six of them never.
pub(super) const FAILING_SIBLINGS_DOUBLINGS: u8 = 1;
