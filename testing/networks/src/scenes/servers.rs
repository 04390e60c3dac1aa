//! Real servers with their own error pages, and the lab's ways to fail, where nothing but the site has trouble.

use super::sayings::{nothing, of_an_edge, of_the_site, page_of, scene};
use crate::farm::{self, Behind, Server};
use crate::pages::Cdn;
use crate::scene::{Allowed, Kind, Scene};
use crate::sites::Canaries;

pub(super) fn scenes() -> Vec<Scene> {
    let mut scenes = Vec::new();
    for server in Server::ALL {
        for behind in Behind::ALL {
            let url = format!("{}://{}/", server.scheme(), farm::host(server, behind));
            let allowed = match behind {
                Behind::Fine => nothing(),
                Behind::Maintenance | Behind::Crash => of_the_site(),
                // HAProxy closes as well, without a word.
                Behind::Closes if server == Server::HaProxy => {
                    Allowed::right(&["from_here", "unreachable", "server", "origin"])
                }
                Behind::Closes | Behind::Hangs | Behind::Dead => of_an_edge(),
                // Some servers take these headers for an error of what is behind them.
                Behind::BigHeaders => of_an_edge(),
            };
            let kind = if behind == Behind::BigHeaders { Kind::HostRefused } else { Kind::Servers };
            let scene = scene(kind, "plain", &url, &allowed);
            let is_telling = behind == Behind::Dead && matches!(server, Server::HaProxy | Server::Apache);
            scenes.push(if is_telling { scene.telling() } else { scene });
        }
    }
    scenes.push(scene(Kind::HostRefused, "plain", &format!("https://{}/", farm::OLD_CIPHERS), &of_the_site()));
    // It is reached by nobody, which one computer cannot tell from its own path.
    let unreachable = Allowed::right(&["from_here", "unreachable"]);
    let broken = Allowed::right(&["from_here", "unreachable", "server", "origin"]);
    let certificate = Allowed::right(&["certificate"]);
    for (name, allowed) in [
        ("refused", &unreachable),
        ("blackhole", &unreachable),
        ("stall", &broken),
        ("reset", &broken),
        ("reset-handshake", &broken),
        ("empty", &broken),
        ("truncated", &broken),
        ("midbody", &broken),
        ("garbage", &broken),
        ("expired", &certificate),
        ("wrong-name", &certificate),
        ("self-signed", &certificate),
        ("status", &of_the_site()),
        ("nx", &Allowed::right(&["name_gone"])),
        ("servfail", &Allowed::right(&["name_failing"])),
    ] {
        let scene = scene(Kind::Servers, "plain", &format!("https://{name}.detour-lab.net/"), allowed);
        scenes.push(if name == "refused" { scene.telling() } else { scene });
    }
    // Whole CDNs that fail, which must still be found.
    let wide =
        Allowed::right(&["cdn_here", "cdn_wide", "edge", "cloud_region"]).never(&["you", "from_here", "challenge"]);
    for cdn in [Cdn::Cloudflare, Cdn::Fastly] {
        let url = page_of(&format!("{}-edge-error", cdn.label()));
        scenes.push(scene(Kind::Servers, "plain", &url, &wide).with(Canaries::Down));
    }
    scenes
}
