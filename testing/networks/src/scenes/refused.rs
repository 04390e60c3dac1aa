//! Kind 1: the site fails in the browser, and the host is sent away or cannot read what came. Kind 11: it is only slow.

use super::sayings::{nothing, of_an_edge, of_the_site, page_of, scene};
use crate::networks::SLOW_LINES;
use crate::pages::{Cdn, WALLS};
use crate::scene::{Allowed, Kind, Scene};
use crate::sites::{BEHIND, Canaries, HEADER_LINES};

pub(super) fn scenes() -> Vec<Scene> {
    [walls(), unreadable(), slow()].concat()
}

/// Bot walls before sites that fail, and before a whole CDN that does.
fn walls() -> Vec<Scene> {
    let mut scenes = Vec::new();
    for wall in WALLS {
        for (fault, _, _) in BEHIND {
            let allowed = if fault == "gateway" { of_an_edge() } else { of_the_site() };
            let scene = scene(Kind::HostRefused, "plain", &page_of(&format!("{}-{fault}", wall.name)), &allowed);
            let is_telling = fault == "maintenance" && matches!(wall.name, "cloudflare" | "plain-403" | "too-many");
            scenes.push(if is_telling { scene.telling() } else { scene });
        }
    }
    let wide = Allowed::right(&["edge", "cdn_here", "cdn_wide", "cloud_region"]).never(&[
        "challenge",
        "passed",
        "comes_and_goes",
        "from_here",
        "you",
    ]);
    for (wall, canaries) in [
        ("cloudflare", Canaries::Fine),
        ("cloudflare", Canaries::Down),
        ("cloudflare-1020", Canaries::Down),
        ("perimeterx", Canaries::Down),
        ("perimeterx", Canaries::Fine),
    ] {
        let allowed = if canaries == Canaries::Down { wide.clone() } else { of_an_edge() };
        scenes.push(scene(Kind::HostRefused, "plain", &page_of(&format!("{wall}-edge")), &allowed).with(canaries));
    }
    for wall in ["akamai", "cloudfront-waf"] {
        scenes.push(scene(Kind::HostRefused, "plain", &page_of(&format!("{wall}-edge")), &of_an_edge()));
    }
    scenes.push(scene(Kind::HostRefused, "plain", &page_of("members"), &of_an_edge()).telling());
    scenes
}

/// What browsers read and a plain client may not.
fn unreadable() -> Vec<Scene> {
    let line = |label: &str| scene(Kind::HostRefused, "plain", &page_of(label), &of_the_site());
    let mut scenes: Vec<Scene> = HEADER_LINES.iter().map(|(label, _)| line(label).telling()).collect();
    for label in ["many-headers-130", "many-headers-220", "big-headers", "short-chain-503", "short-chain-500"] {
        let scene = scene(Kind::HostRefused, "plain", &page_of(label), &of_the_site());
        scenes.push(if matches!(label, "short-chain-503" | "many-headers-130") { scene.telling() } else { scene });
    }
    for label in ["many-headers-fine", "short-chain-fine"] {
        scenes.push(scene(Kind::HostRefused, "plain", &page_of(label), &nothing()));
    }
    scenes
}

/// Sites and lines that are slow: never the user's network, never "cannot be reached".
fn slow() -> Vec<Scene> {
    let mut scenes = Vec::new();
    for label in ["slow-5", "slow-7", "slow-9", "drips", "drips-slower"] {
        let scene = scene(Kind::Slow, "plain", &page_of(label), &nothing());
        scenes.push(if label == "slow-7" { scene.telling() } else { scene });
    }
    scenes.push(scene(Kind::Slow, "plain", &page_of("slow-error"), &of_the_site()));
    // Whoever answers nothing for so long has trouble of its own.
    let stalls = Allowed::right(&["server", "origin", "from_here", "unreachable"]).never(&["you"]);
    scenes.push(scene(Kind::Slow, "plain", &page_of("stalls"), &stalls));
    for network in SLOW_LINES {
        scenes.push(scene(Kind::Slow, network, &page_of("fine"), &nothing()));
        let scene_of =
            |label: &str, allowed: Allowed| scene(Kind::Slow, network, &page_of(label), &allowed.never(&["you"]));
        let maintenance = scene_of("maintenance", of_the_site());
        scenes.push(if network == "rtt-2000" { maintenance.telling() } else { maintenance });
        scenes.push(scene_of("crash", of_the_site()));
        scenes.push(scene_of("cloudflare-maintenance-page", of_the_site()));
        let refused = Allowed::right(&["from_here", "unreachable"]).never(&["you"]);
        scenes.push(scene(Kind::Slow, network, "https://refused.detour-lab.net/", &refused));
    }
    for cdn in [Cdn::Fastly, Cdn::Akamai] {
        let url = page_of(&format!("{}-maintenance-page", cdn.label()));
        scenes.push(scene(Kind::Slow, "rtt-1200", &url, &of_the_site()));
    }
    scenes
}
