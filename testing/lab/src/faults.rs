//! Names that fail in a way each, by their first label.

use crate::behaviour::Behaviour;

/// The fault hosts' first labels, each with the behaviour it starts with.
pub fn fault_hosts() -> Vec<(&'static str, Behaviour)> {
    use Behaviour::*;
    vec![
        ("pages", Healthy),
        ("flip", Refused),
        ("refused", Refused),
        ("reset", Reset),
        ("reset-handshake", ResetHandshake),
        ("empty", Empty),
        ("truncated", Truncated),
        ("midbody", Midbody),
        ("badchunk", Badchunk),
        ("h2-reset", H2Reset),
        ("h2-goaway", H2Goaway),
        ("h2-refused", H2Refused),
        ("stall", Stall),
        ("blackhole", Blackhole),
        ("garbage", Garbage),
        ("expired", Expired),
        ("wrong-name", WrongName),
        ("self-signed", SelfSigned),
        ("badredirect", Badredirect),
        ("plainhttp", Plainhttp),
        // These fail in DNS (see `zone`), so what listens does not matter.
        ("nx", Healthy),
        ("servfail", Healthy),
        ("silent", Healthy),
        ("status", Status(503)),
        ("status-empty", StatusEmpty(503)),
        ("spare-one", Healthy),
        ("spare-two", Healthy),
        ("spare-three", Healthy),
        // Fails in DNS as well, for those who check signatures.
        ("bogus", Healthy),
    ]
}
