//! Kind 12: which segment of the user's own network fails. What is right follows from what the network lacks.

use super::sayings::{page_of, scene};
use crate::scene::{Allowed, Kind, Scene};

/// Each network with the fault, and the segment that fails.
const SEGMENTS: [(&str, &str, &str); 11] = [
    ("link-down", "you", "link"),
    ("segment-no-address", "you", "address"),
    ("segment-no-router", "you", "no_router"),
    ("segment-router-silent", "you", "router"),
    ("uplink-down", "you", "uplink"),
    ("line-dead", "you", "uplink"),
    ("line-rejects", "you", "uplink"),
    ("segment-vpn-dead", "you", "vpn"),
    ("segment-vpn-resolver", "resolver", "vpn_resolver"),
    ("resolver-silent", "resolver", "resolver"),
    ("resolver-refused", "resolver", "resolver"),
];

pub(super) fn scenes() -> Vec<Scene> {
    let mut scenes = Vec::new();
    for (network, fault, segment) in SEGMENTS {
        let never = ["server", "origin", "edge", "from_here", "unreachable", "name_gone", "name_failing", "passed"];
        let allowed = Allowed::right(&[fault]).never(&never);
        for url in [page_of("maintenance"), "https://www.lab-allotment.org/".to_owned()] {
            let is_telling = network == "segment-router-silent" && url == page_of("maintenance");
            let scene = scene(Kind::OwnSide, network, &url, &allowed).segment(segment);
            scenes.push(if is_telling { scene.telling() } else { scene });
        }
    }
    scenes
}
