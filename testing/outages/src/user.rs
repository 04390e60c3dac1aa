//! The user of one seed.

use crate::place::Place;

/// The user of one seed.
#[derive(Debug, Clone)]
pub struct User {
    /// Where they sit.
    pub place: Place,
    /// Their system's resolver, where it is a public one; the provider's otherwise.
    pub resolver: Option<&'static str>,
    /// Whether they have IPv6.
    pub has_v6: bool,
    /// Whether they can reach the service that runs remote probes.
    pub has_probes: bool,
    /// How far their clock is off, in milliseconds.
    pub clock_off: i64,
}
