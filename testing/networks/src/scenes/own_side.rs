//! Kinds 5 to 8, 10 and 12: portals, filters, inspection, resolvers and links of the user's own network.

use super::sayings::{nothing, of_an_edge, of_the_site, page_of, plain_page_of, scene};
use crate::networks::PORTALS;
use crate::scene::{Allowed, Kind, Scene};

pub(super) fn scenes() -> Vec<Scene> {
    [portals(), layers(), plain_http(), private_answers(), names(), own_side()].concat()
}

/// Faults that blame the site, or a part of the way that works.
const BLAMES_SITE: [&str; 9] =
    ["server", "origin", "edge", "certificate", "from_here", "unreachable", "name_gone", "passed", "edge_unreachable"];

fn portals() -> Vec<Scene> {
    let portal = Allowed::right(&["portal"]).never(&BLAMES_SITE);
    // Where every name leads to a private address, "the network" may also be said as "the resolver".
    let private = Allowed::right(&["portal", "resolver", "name_filtered", "intercepted"]).never(&BLAMES_SITE);
    let mut scenes = Vec::new();
    for network in PORTALS {
        let is_private = network == "portal-names-private";
        let (kind, allowed) = if is_private { (Kind::PrivateAnswers, &private) } else { (Kind::Layers, &portal) };
        for url in [page_of("fine"), page_of("cloudflare-fine-page"), "https://www.theguardian.com/".into()] {
            let scene = scene(kind, network, &url, allowed);
            let is_telling = url == page_of("fine")
                && matches!(network, "portal-redirect" | "portal-literals-pass" | "portal-names-private");
            scenes.push(if is_telling { scene.telling() } else { scene });
        }
        // Over plain http a sign-in page is a page; it may stay unmarked.
        let mut allowed = allowed.clone();
        allowed.right.insert("quiet");
        scenes.push(scene(Kind::PlainHttp, network, &plain_page_of("fine"), &allowed));
    }
    scenes
}

fn layers() -> Vec<Scene> {
    // https works nowhere, and plain http everywhere: the network's doing, whatever it calls itself.
    let no_https = Allowed::right(&["you", "portal", "intercepted"]).never(&[
        "from_here",
        "server",
        "certificate",
        "unreachable",
        "resolver",
    ]);
    let no_names =
        Allowed::right(&["you"]).never(&["from_here", "resolver", "name_failing", "name_filtered", "unreachable"]);
    let intercepted = Allowed::right(&["intercepted"]).never(&["certificate", "from_here", "clock"]);
    let from_here = Allowed::right(&["from_here", "unreachable"]).never(&["you", "resolver", "portal"]);
    let mut scenes = Vec::new();
    for url in [page_of("fine"), page_of("fastly-fine-page"), "https://www.lab-allotment.org/".to_owned()] {
        let is_telling = url == page_of("fine");
        for network in ["https-dropped", "https-reset", "https-silent", "only-probe"] {
            let scene = scene(Kind::Layers, network, &url, &no_https);
            scenes.push(if is_telling { scene.telling() } else { scene });
        }
        for network in ["only-literals", "only-literals-reset"] {
            let scene = scene(Kind::Layers, network, &url, &no_names);
            scenes.push(if is_telling { scene.telling() } else { scene });
        }
        scenes.push(scene(Kind::Layers, "inspection", &url, &intercepted));
    }
    scenes.push(scene(Kind::Layers, "inspection", &page_of("maintenance"), &intercepted).telling());
    scenes.push(scene(Kind::Layers, "inspection", "https://expired.detour-lab.net/", &intercepted));
    for network in ["site-dropped", "site-rejected"] {
        scenes.push(scene(Kind::Layers, network, "https://www.lab-allotment.org/", &from_here));
        scenes.push(scene(Kind::Layers, network, "http://www.lab-allotment.org/", &from_here));
        scenes.push(scene(Kind::Layers, network, &page_of("maintenance"), &of_the_site()));
    }
    scenes
}

fn plain_http() -> Vec<Scene> {
    let network = Allowed::right(&["portal", "quiet", "you"]).never(&["server", "origin", "edge", "from_here"]);
    let maybe = Allowed::right(&["portal", "server", "origin"]).never(&["you", "from_here"]);
    vec![
        scene(Kind::PlainHttp, "plain", &plain_page_of("signin-511"), &network).telling(),
        scene(Kind::PlainHttp, "plain", &page_of("signin-511"), &network),
        scene(Kind::PlainHttp, "gateway-error", &plain_page_of("fine"), &network).telling(),
        scene(Kind::PlainHttp, "gateway-error", "http://www.lab-allotment.org/", &network),
        scene(Kind::PlainHttp, "gateway-error", &plain_page_of("cloudflare-fine-page"), &network),
        scene(Kind::PlainHttp, "controls-dropped", &plain_page_of("maintenance"), &maybe),
        scene(Kind::PlainHttp, "controls-dropped", &plain_page_of("crash"), &maybe),
        scene(
            Kind::PlainHttp,
            "controls-dropped",
            "http://refused.detour-lab.net/",
            &Allowed::right(&["from_here", "unreachable"]).never(&["you", "server"]),
        ),
        scene(Kind::PlainHttp, "plain", &plain_page_of("maintenance"), &of_the_site()),
        scene(
            Kind::PlainHttp,
            "line-dead",
            &plain_page_of("fine"),
            &Allowed::right(&["you"]).never(&["from_here", "server"]),
        ),
    ]
}

fn private_answers() -> Vec<Scene> {
    let network = Allowed::right(&["portal", "resolver", "you", "intercepted"]).never(&BLAMES_SITE);
    // One public name that leads into the user's own network: an intranet, or a filter. Nothing need be said.
    let one = Allowed::right(&["quiet", "name_filtered"]).never(&["server", "origin", "from_here", "certificate"]);
    let mut scenes = Vec::new();
    for url in [page_of("fine"), plain_page_of("fine"), page_of("cloudflare-fine-page")] {
        for network_name in ["names-to-gateway-503", "names-to-gateway-silent", "names-to-nowhere"] {
            let scene = scene(Kind::PrivateAnswers, network_name, &url, &network);
            scenes.push(if url == page_of("fine") && network_name == "names-to-gateway-503" {
                scene.telling()
            } else {
                scene
            });
        }
    }
    for network_name in ["name-to-block-page", "name-to-nowhere"] {
        for url in ["https://www.independent.co.uk/", "https://www.lab-allotment.org/", "http://www.lab-allotment.org/"]
        {
            scenes.push(scene(Kind::PrivateAnswers, network_name, url, &one));
        }
    }
    scenes
}

fn names() -> Vec<Scene> {
    let filtered =
        Allowed::right(&["name_filtered"]).never(&["passed", "comes_and_goes", "quiet", "certificate", "server"]);
    let mut scenes = Vec::new();
    for url in ["https://www.amazon.com/", "https://www.twitch.tv/"] {
        scenes.push(scene(Kind::OthersAddresses, "plain", url, &filtered).closer().telling());
    }
    for network in ["name-filtered", "name-astray"] {
        for url in ["https://www.independent.co.uk/", "https://www.lab-allotment.org/", "http://www.lab-allotment.org/"]
        {
            // An advertisement over plain http is a page.
            let mut allowed = filtered.clone();
            if network == "name-astray" && url.starts_with("http:") {
                allowed.forbidden.remove("quiet");
                allowed.right.insert("quiet");
            }
            scenes.push(scene(Kind::OthersAddresses, network, url, &allowed).closer());
        }
    }
    let silent = "silent-first-name-server";
    scenes.push(scene(Kind::Names, silent, &page_of("fine"), &nothing()).telling());
    scenes.push(scene(Kind::Names, silent, &page_of("maintenance"), &of_the_site().never(&["resolver"])));
    scenes.push(scene(
        Kind::Names,
        silent,
        &page_of("cloudflare-maintenance-page"),
        &of_the_site().never(&["resolver"]),
    ));
    scenes.push(scene(
        Kind::Names,
        silent,
        "https://refused.detour-lab.net/",
        &Allowed::right(&["from_here", "unreachable"]).never(&["resolver", "you"]),
    ));
    scenes.push(scene(
        Kind::Names,
        silent,
        "https://nx.detour-lab.net/",
        &Allowed::right(&["name_gone"]).never(&["resolver", "you"]),
    ));
    let international = "https://www.xn--bcher-lab-q9a.org/";
    scenes.push(scene(Kind::Names, "plain", international, &of_the_site()));
    let as_typed = scene(Kind::Names, silent, international, &of_the_site());
    scenes.push(as_typed.typed("https://www.b\u{fc}cher-lab.org/"));
    for network in ["nat64", "nat64-own-prefix"] {
        let not_you = |allowed: Allowed| allowed.never(&["you", "resolver", "name_filtered", "address_family"]);
        let refused = Allowed::right(&["from_here", "unreachable"]);
        scenes.push(scene(Kind::Names, network, &page_of("fine"), &nothing()));
        scenes.push(scene(Kind::Names, network, &page_of("maintenance"), &not_you(of_the_site())));
        scenes.push(scene(Kind::Names, network, &page_of("cloudflare-edge-error"), &not_you(of_an_edge())));
        scenes.push(scene(Kind::Names, network, "https://refused.detour-lab.net/", &not_you(refused)));
    }
    let gone = Allowed::right(&["name_gone"]).never(&["certificate", "from_here", "you", "intercepted"]);
    scenes.push(scene(Kind::Names, "search-wildcard", "https://nx.detour-lab.net/", &gone));
    scenes.push(scene(Kind::Names, "search-wildcard", &page_of("maintenance"), &of_the_site()));
    scenes
}

fn own_side() -> Vec<Scene> {
    let never = [
        "server",
        "origin",
        "from_here",
        "unreachable",
        "name_gone",
        "name_failing",
        "passed",
        "edge_unreachable",
        "certificate",
    ];
    let you = Allowed::right(&["you"]).never(&never);
    let resolver = Allowed::right(&["resolver"]).never(&never).never(&["you"]);
    // Nothing answers at all, names included: both are the user's side.
    let both = Allowed::right(&["you", "resolver"]).never(&never);
    let mut scenes = Vec::new();
    for (network, allowed) in [
        ("link-down", &you),
        ("uplink-down", &you),
        ("line-dead", &you),
        ("line-rejects", &you),
        ("line-dead-without-names", &both),
        ("resolver-refused", &resolver),
        ("resolver-silent", &resolver),
        ("resolver-refuses", &resolver),
        ("resolver-knows-nothing", &resolver),
        ("resolver-astray", &resolver),
    ] {
        for url in [page_of("fine"), page_of("cloudflare-fine-page")] {
            let scene = scene(Kind::OwnSide, network, &url, allowed);
            let is_telling = url == page_of("fine") && matches!(network, "uplink-down" | "resolver-silent");
            scenes.push(if is_telling { scene.telling() } else { scene });
        }
    }
    scenes
}
