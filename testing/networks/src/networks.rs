//! The table of networks.

mod segments;

use crate::network::{
    ANCHORS, CANARIES, Capture, EVERYWHERE, HOTEL, LITERALS, Names, Network, PROBE, Part, Program, Shape,
};
use crate::pages::{BAD_GATEWAY, FINE};
use crate::says::{Says, page};

/// All of them.
pub(crate) fn all() -> Vec<Network> {
    [
        vec![Network::new("plain", vec![])],
        portals(),
        filters(),
        proxies(),
        names(),
        lines(),
        own_side(),
        segments::all(),
    ]
    .concat()
}

/// Networks that want a sign-in first, of every build.
pub(crate) const PORTALS: [&str; 10] = [
    "portal-redirect",
    "portal-page",
    "portal-511",
    "portal-names-private",
    "portal-names-public",
    "portal-literals-pass",
    "portal-only-80",
    "portal-own-certificate",
    "portal-silent-443",
    "portal-rejects",
];

fn portals() -> Vec<Network> {
    let http = |says: &Says| Part::Captures(80, Capture::Http(says.clone()));
    let reset = || Part::Captures(443, Capture::Resets);
    let lost = || Part::Drops(EVERYWHERE, None);
    let (leads, own) = (sign_in_redirect(), page(200, LIGHTTPD, SIGN_IN));
    let required = page(
        511,
        LIGHTTPD,
        "<title>Network Authentication Required</title><p>You need to <a href=\"http://portal.harbour-hotel.net/\">sign in</a> to this network.",
    );
    // The hotel's own pages are reached by everybody.
    let hotel = || Part::Lets(HOTEL, None);
    vec![
        Network::new("portal-redirect", vec![hotel(), http(&leads), reset(), lost()]),
        Network::new("portal-page", vec![http(&own), reset(), lost()]),
        Network::new("portal-511", vec![hotel(), http(&required), reset(), lost()]),
        Network::new(
            "portal-names-private",
            vec![
                Part::Serves(80, Capture::Http(leads.clone())),
                Part::Serves(443, Capture::Https(own.clone())),
                lost(),
            ],
        )
        .lines(&["address=/#/GATEWAY"]),
        Network::new("portal-names-public", vec![hotel(), lost()]).lines(&["address=/#/11.0.6.2"]),
        Network::new(
            "portal-literals-pass",
            vec![
                hotel(),
                Part::Lets(LITERALS, None),
                http(&leads),
                Part::Captures(443, Capture::Https(own.clone())),
                lost(),
            ],
        ),
        Network::new("portal-only-80", vec![hotel(), http(&leads), lost()]),
        Network::new(
            "portal-own-certificate",
            vec![http(&own), Part::Captures(443, Capture::Https(own.clone())), lost()],
        ),
        Network::new("portal-silent-443", vec![hotel(), http(&leads), Part::Captures(443, Capture::Silence), lost()]),
        Network::new("portal-rejects", vec![hotel(), http(&leads), Part::Rejects(EVERYWHERE, None)]),
    ]
}

fn filters() -> Vec<Network> {
    let https = Some(443);
    vec![
        Network::new("canaries-dropped", vec![Part::Drops(CANARIES, None)]),
        Network::new("canaries-rejected", vec![Part::Rejects(CANARIES, None)]),
        Network::new("https-dropped", vec![Part::Drops(EVERYWHERE, https)]),
        Network::new("https-reset", vec![Part::Captures(443, Capture::Resets)]),
        Network::new("https-silent", vec![Part::Captures(443, Capture::Silence)]),
        Network::new(
            "only-literals",
            vec![Part::Lets(LITERALS, None), Part::Drops(EVERYWHERE, https), Part::Drops(EVERYWHERE, Some(80))],
        ),
        Network::new(
            "only-literals-reset",
            vec![Part::Lets(LITERALS, None), Part::Captures(443, Capture::Resets), Part::Captures(80, Capture::Resets)],
        ),
        Network::new("only-probe", vec![Part::Lets(PROBE, None), Part::Drops(EVERYWHERE, None)]),
        Network::new(
            "controls-dropped",
            vec![Part::Drops(ANCHORS, None), Part::Drops(LITERALS, None), Part::Drops(PROBE, None)],
        ),
        Network::new(
            "gateway-error",
            vec![Part::Captures(80, Capture::Http(page(502, LIGHTTPD, BAD_GATEWAY))), Part::Drops(EVERYWHERE, None)],
        ),
        Network::new("site-dropped", vec![Part::Drops("11.0.12.39/32", None)]),
        Network::new("site-rejected", vec![Part::Rejects("11.0.12.39/32", None)]),
        Network::new("inspection", vec![Part::Captures(443, Capture::Resets), Part::Runs(Program::Inspection)]),
    ]
}

/// Proxies that work, in networks where nothing goes around them.
pub(crate) const GOOD_PROXIES: [&str; 5] =
    ["proxy", "proxy-without-names", "proxy-signed-in", "socks", "socks-signed-in"];

fn proxies() -> Vec<Network> {
    let office = |name| Network::new(name, vec![Part::Runs(Program::Squid), Part::Drops(EVERYWHERE, None)]);
    let only = |name, part| Network::new(name, vec![part, Part::Drops(EVERYWHERE, None)]);
    vec![
        office("proxy").proxy("http://GATEWAY:3128"),
        office("proxy-without-names").names(Names::Refused).proxy("http://GATEWAY:3128"),
        office("proxy-signed-in").proxy("http://ann:secret@GATEWAY:3129"),
        office("proxy-sign-in").proxy("http://GATEWAY:3129"),
        office("proxy-wrong-password").proxy("http://ann:wrong@GATEWAY:3129"),
        office("proxy-refuses").proxy("http://GATEWAY:3130"),
        office("proxy-dead-end").proxy("http://GATEWAY:3131"),
        office("proxy-inspects").proxy("http://GATEWAY:3132"),
        only("proxy-gone", Part::Drops(EVERYWHERE, None)).proxy("http://GATEWAY:3999"),
        only("proxy-silent", Part::Serves(3998, Capture::Silence)).proxy("http://GATEWAY:3998"),
        only("proxy-error-page", Part::Serves(3997, Capture::Http(page(503, LIGHTTPD, BAD_GATEWAY))))
            .proxy("http://GATEWAY:3997"),
        only("socks", Part::Runs(Program::Socks)).socks("socks5h://GATEWAY:1080"),
        only("socks-signed-in", Part::Runs(Program::SocksWithPassword)).socks("socks5h://ann:secret@GATEWAY:1081"),
        only("socks-sign-in", Part::Runs(Program::SocksWithPassword)).socks("socks5h://GATEWAY:1081"),
        only("socks-gone", Part::Drops(EVERYWHERE, None)).socks("socks5h://GATEWAY:1999"),
        only("socks-silent", Part::Serves(3998, Capture::Silence)).socks("socks5h://GATEWAY:3998"),
    ]
}

fn names() -> Vec<Network> {
    let fine = || page(200, LIGHTTPD, FINE);
    vec![
        Network::new("silent-first-name-server", vec![]).names(Names::SilentFirst),
        Network::new("name-filtered", vec![])
            .lines(&["address=/www.independent.co.uk/", "address=/www.lab-allotment.org/"]),
        Network::new("name-astray", vec![])
            .lines(&["address=/www.independent.co.uk/11.0.8.1", "address=/www.lab-allotment.org/11.0.8.1"]),
        Network::new(
            "name-to-block-page",
            vec![Part::Serves(80, Capture::Http(fine())), Part::Serves(443, Capture::Https(fine()))],
        )
        .lines(&["address=/www.independent.co.uk/GATEWAY", "address=/www.lab-allotment.org/GATEWAY"]),
        Network::new("name-to-nowhere", vec![])
            .lines(&["address=/www.independent.co.uk/0.0.0.0", "address=/www.lab-allotment.org/127.0.0.1"]),
        Network::new("names-to-nowhere", vec![]).lines(&["address=/#/0.0.0.0"]),
        Network::new(
            "names-to-gateway-503",
            vec![Part::Serves(80, Capture::Http(page(503, LIGHTTPD, SIGN_IN))), Part::Serves(443, Capture::Resets)],
        )
        .lines(&["address=/#/GATEWAY"]),
        Network::new("names-to-gateway-silent", vec![Part::Drops(EVERYWHERE, None)]).lines(&["address=/#/10.99.99.99"]),
        // Tayga refuses RFC 8215's prefix; a prefix of the operator's own is found in the same way (RFC 7050).
        Network::new("nat64", vec![]).names(Names::Nat64("64:ff9b::/96")),
        Network::new("nat64-own-prefix", vec![]).names(Names::Nat64("2a11:64::/96")),
        Network::new("search-wildcard", vec![]).names(Names::SearchWildcard),
    ]
}

/// Lines that are slow, or lose what they carry.
pub(crate) const SLOW_LINES: [&str; 5] = ["rtt-1200", "rtt-2000", "rtt-4000", "loss-30", "rate-20k"];

fn lines() -> Vec<Network> {
    let line = |name, delay, loss, rate| Network::new(name, vec![Part::Shaped(Shape { delay, loss, rate })]);
    vec![
        line("rtt-1200", 600, 0, 0),
        line("rtt-2000", 1000, 0, 0),
        line("rtt-4000", 2000, 0, 0),
        line("loss-30", 20, 30, 0),
        line("loss-50", 20, 50, 0),
        line("rate-20k", 100, 0, 20_000),
    ]
}

fn own_side() -> Vec<Network> {
    let name_error = || Names::Router(vec!["server=/#/".to_owned()]);
    vec![
        Network::new("link-down", vec![Part::NoLink]),
        Network::new("uplink-down", vec![Part::NoUplink]),
        Network::new("line-dead", vec![Part::Drops(EVERYWHERE, None)]),
        Network::new("line-rejects", vec![Part::Rejects(EVERYWHERE, None)]),
        Network::new("line-dead-without-names", vec![Part::Drops(EVERYWHERE, None)]).names(Names::Silent),
        Network::new("resolver-refused", vec![]).names(Names::Refused),
        Network::new("resolver-silent", vec![]).names(Names::Silent),
        Network::new("resolver-refuses", vec![]).names(name_error()),
        Network::new("resolver-knows-nothing", vec![]).lines(&[
            "address=/org/",
            "address=/net/",
            "address=/com/",
            "address=/uk/",
        ]),
        Network::new("resolver-astray", vec![]).lines(&["address=/#/11.0.8.1"]),
    ]
}

/// To the hotel's own page, which the same machine has.
fn sign_in_redirect() -> Says {
    let leads = page(302, &[("Server", "lighttpd"), ("Location", "http://portal.harbour-hotel.net/sign-in")], "");
    Says::By(vec![("/sign-in", page(200, LIGHTTPD, SIGN_IN)), ("/", leads)])
}

const LIGHTTPD: &[(&str, &str)] = &[("Server", "lighttpd")];
const SIGN_IN: &str = "<html><head><title>Harbour Hotel: please sign in</title></head><body><form action=\"http://portal.harbour-hotel.net/\"><p>Room and name, please.</p></form></body></html>";
