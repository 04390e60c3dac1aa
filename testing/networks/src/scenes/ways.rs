//! Kinds 4 and 9: by proxies, and by redirects.

use super::sayings::{nothing, of_an_edge, of_the_site, page_of, plain_page_of, scene};
use crate::networks::GOOD_PROXIES;
use crate::programs::REFUSED;
use crate::scene::{Allowed, Kind, Scene};

pub(super) fn scenes() -> Vec<Scene> {
    [proxies_that_work(), proxies_that_fail(), redirects()].concat()
}

/// What goes through a proxy is judged as it would be without.
fn proxies_that_work() -> Vec<Scene> {
    let mut scenes = Vec::new();
    // The proxy says that it does not get there, and so does nobody else from here.
    let unreachable =
        Allowed::right(&["from_here", "unreachable"]).never(&["you", "proxy", "proxy_refuses", "server", "origin"]);
    let gone = Allowed::right(&["name_gone", "from_here", "unreachable"])
        .never(&["you", "proxy", "server", "origin", "resolver"]);
    for network in GOOD_PROXIES {
        let mut add = |url: &str, allowed: &Allowed| {
            let scene = scene(Kind::Proxies, network, url, &allowed.clone().never(&["you"]));
            let is_telling = matches!(network, "proxy" | "socks" | "proxy-signed-in")
                && url.starts_with("https")
                && !url.contains("blackhole");
            scenes.push(if is_telling { scene.telling() } else { scene });
        };
        add(&page_of("fine"), &nothing());
        add(&page_of("maintenance"), &of_the_site());
        add(&page_of("cloudflare-edge-error"), &of_an_edge());
        add("https://refused.detour-lab.net/", &unreachable);
        if network == "proxy" || network == "socks" {
            add("https://blackhole.detour-lab.net/", &unreachable);
            add("https://nx.detour-lab.net/", &gone);
            add("https://expired.detour-lab.net/", &Allowed::right(&["certificate"]));
            add("http://refused.detour-lab.net/", &unreachable);
            add(&plain_page_of("crash"), &of_the_site());
        }
    }
    scenes
}

/// What the proxy does wrong, or forbids, is the proxy's.
fn proxies_that_fail() -> Vec<Scene> {
    let never =
        ["you", "server", "origin", "edge", "from_here", "unreachable", "resolver", "name_gone", "name_failing"];
    let proxy = Allowed::right(&["proxy"]).never(&never);
    let sign_in = Allowed::right(&["proxy_sign_in"]).never(&never);
    let refuses = Allowed::right(&["proxy_refuses"]).never(&never);
    // A refusal by a page is a page: the browser marks nothing.
    let refusal_page = Allowed::right(&["proxy_refuses", "quiet"]).never(&never);
    let inspected = Allowed::right(&["intercepted"]).never(&["certificate", "you", "from_here"]);
    let mut scenes = Vec::new();
    for (network, allowed) in [
        ("proxy-gone", &proxy),
        ("proxy-silent", &proxy),
        ("proxy-error-page", &proxy),
        ("proxy-dead-end", &proxy),
        ("proxy-sign-in", &sign_in),
        ("proxy-wrong-password", &sign_in),
        ("socks-gone", &proxy),
        ("socks-silent", &proxy),
        ("socks-sign-in", &sign_in),
    ] {
        for url in [page_of("fine"), page_of("cloudflare-fine-page"), plain_page_of("fine")] {
            let is_page = network.contains("proxy-sign-in") || network.contains("wrong-password");
            let mut allowed = allowed.clone();
            if is_page && url.starts_with("http:") {
                allowed.right.insert("quiet");
            }
            let scene = scene(Kind::Proxies, network, &url, &allowed);
            let is_telling = url == page_of("fine")
                && matches!(network, "proxy-gone" | "proxy-sign-in" | "proxy-dead-end" | "socks-gone");
            scenes.push(if is_telling { scene.telling() } else { scene });
        }
    }
    for label in REFUSED {
        let scene = scene(Kind::Proxies, "proxy-refuses", &page_of(label), &refuses);
        scenes.push(if label == "fine" { scene.telling() } else { scene });
    }
    scenes.push(scene(Kind::Proxies, "proxy-refuses", &plain_page_of("fine"), &refusal_page));
    scenes.push(scene(Kind::Proxies, "proxy-refuses", &page_of("maintenance"), &of_the_site()));
    for label in ["fine", "maintenance", "fastly-fine-page"] {
        scenes.push(scene(Kind::Proxies, "proxy-inspects", &page_of(label), &inspected));
    }
    scenes
}

/// A page is judged where its address leads.
fn redirects() -> Vec<Scene> {
    let nobody = Allowed::right(&["from_here", "unreachable"]).never(&["passed", "this_browser"]);
    let no_name = Allowed::right(&["name_gone"]).never(&["passed", "this_browser"]);
    let circle = Allowed::right(&["server", "origin"]).never(&["from_here", "you", "passed"]);
    let mut scenes = Vec::new();
    for page in [page_of, plain_page_of] {
        for (label, allowed) in [
            ("leads-to-maintenance", of_the_site()),
            ("leads-to-crash", of_the_site()),
            ("leads-to-nobody", nobody.clone()),
            ("leads-to-no-name", no_name.clone()),
            ("all-in-maintenance", of_the_site()),
            ("circle", circle.clone()),
            ("leads-to-fine", nothing()),
        ] {
            let url = page(label);
            let scene = scene(Kind::Redirects, "plain", &url, &allowed);
            let is_telling = url.starts_with("https") && label != "leads-to-crash";
            scenes.push(if is_telling { scene.telling() } else { scene });
        }
    }
    scenes
}
