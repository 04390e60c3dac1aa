//! Kinds 2 and 3: an edge's error for one site, with siblings that cannot be reached, or that send programs away.

use super::sayings::{of_an_edge, of_the_site, page_of, scene};
use crate::pages::Cdn;
use crate::scene::{Kind, Scene};
use crate::sites::Canaries;
use crate::world::{EDGE_FAILS, IN_MAINTENANCE, ORIGIN_GONE};

pub(super) fn scenes() -> Vec<Scene> {
    let mut scenes = Vec::new();
    let lab = |host: &str| format!("https://{host}/");
    let mut edges: Vec<String> = Cdn::ALL.iter().map(|cdn| page_of(&format!("{}-edge-error", cdn.label()))).collect();
    edges.extend([lab(EDGE_FAILS), lab(ORIGIN_GONE), page_of("origin-522")]);
    for network in ["canaries-dropped", "canaries-rejected", "rtt-1200", "loss-50"] {
        for (nth, url) in edges.iter().enumerate() {
            // A slow line takes as long for each: the kind shows in half of them.
            if network.starts_with("canaries") || nth % 2 == 0 {
                let scene = scene(Kind::SilentSiblings, network, url, &of_an_edge());
                let is_telling = nth == 1 && network == "canaries-dropped" || nth == 0 && network == "rtt-1200";
                scenes.push(if is_telling { scene.telling() } else { scene });
            }
        }
    }
    let own: Vec<String> = Cdn::ALL.iter().map(|cdn| page_of(&format!("{}-maintenance-page", cdn.label()))).collect();
    for url in &own {
        scenes.push(scene(Kind::SilentSiblings, "canaries-dropped", url, &of_the_site()));
        scenes.push(scene(Kind::SilentSiblings, "plain", url, &of_the_site()).with(Canaries::Mixed));
        scenes.push(scene(Kind::RobotCanaries, "plain", url, &of_the_site()).with(Canaries::Robots));
    }
    for url in edges.iter().chain([&lab(IN_MAINTENANCE)]) {
        let allowed = if url.contains(IN_MAINTENANCE) { of_the_site() } else { of_an_edge() };
        let scene = scene(Kind::RobotCanaries, "plain", url, &allowed).with(Canaries::Robots);
        let is_telling = url.contains("cloudflare-edge") || url.contains("akamai-edge");
        scenes.push(if is_telling { scene.telling() } else { scene });
    }
    scenes
}
