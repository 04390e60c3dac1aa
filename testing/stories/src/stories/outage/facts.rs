//! What is true of the outage that is replayed.

pub(super) const CDN: &str = "Fastly";

pub(super) const MOVED: [&str; 2] = ["www.bbc.co.uk", "www.independent.co.uk"];
