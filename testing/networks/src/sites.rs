//! Sites of our own that say what the lab's servers and the real ones cannot be made to say.

use std::net::Ipv4Addr;

use crate::pages::{self, BAD_GATEWAY, CRASHED, Cdn, FINE, MAINTENANCE, WALLS};
use crate::says::{Says, page};

/// A site with an address of its own.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) host: String,
    /// The CDN's name for it.
    pub(crate) alias: Option<String>,
    pub(crate) address: Ipv4Addr,
    pub(crate) says: Says,
    /// Whether the server sends its certificate without the one between it and the root.
    pub(crate) is_chain_incomplete: bool,
}

/// The host name of the site of this label. Each is on a domain of its own, as strangers' sites are.
pub(crate) fn host(label: &str) -> String {
    format!("www.{label}-lab.org")
}

/// What is behind a bot wall.
pub(crate) const BEHIND: [(&str, u16, &str); 3] =
    [("maintenance", 503, MAINTENANCE), ("gateway", 502, BAD_GATEWAY), ("crash", 500, CRASHED)];

/// How the canaries of a CDN are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Canaries {
    /// They are well.
    Fine,
    /// They send programs away, and are well.
    Robots,
    /// The whole CDN fails: its own error pages.
    Down,
    /// Each has its own trouble: an error of the edge, an origin's maintenance, nobody there.
    Mixed,
}

impl Canaries {
    pub(crate) const ALL: [Self; 4] = [Self::Fine, Self::Robots, Self::Down, Self::Mixed];

    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Robots => "robots",
            Self::Down => "down",
            Self::Mixed => "mixed",
        }
    }

    /// The label of the nth canary on this CDN.
    pub(crate) fn site(self, cdn: Cdn, nth: usize) -> String {
        format!("{}-{}-{nth}", self.label(), cdn.label())
    }
}

/// How many canaries each CDN has.
pub(crate) const CANARIES: usize = 3;

/// All of them, numbered.
pub(crate) fn all() -> Vec<Site> {
    let mut sites = Sites::default();
    for wall in WALLS {
        let at = |fault: &str| format!("{}-{fault}", wall.name);
        for (fault, status, body) in BEHIND {
            sites.add(&at(fault), wall.suffix, wall.says().and_to_browsers(wall.passes(status, body)));
        }
        // The edge itself fails, for browsers too.
        let edge =
            Cdn::ALL.into_iter().find(|cdn| wall.suffix.is_some_and(|suffix| suffix.ends_with(last_two(cdn.suffix()))));
        if let Some(edge) = edge {
            sites.add(&at("edge"), wall.suffix, wall.says().and_to_browsers(edge.error(&host(&at("edge")))));
        }
    }
    for cdn in Cdn::ALL {
        let suffix = Some(cdn.suffix());
        for nth in 0..CANARIES {
            let fine = pages::through(cdn, 200, FINE);
            let robots = robots_page(cdn, nth).and_to_browsers(fine.clone());
            let label = Canaries::Down.site(cdn, nth);
            let down = cdn.error(&host(&label));
            let mixed = match nth {
                0 => cdn.error(&host(&label)),
                1 => pages::through(cdn, 503, MAINTENANCE),
                _ => Says::Stall,
            };
            sites.canary(&Canaries::Fine.site(cdn, nth), suffix, fine);
            sites.canary(&Canaries::Robots.site(cdn, nth), suffix, robots);
            sites.canary(&label, suffix, down);
            sites.canary(&Canaries::Mixed.site(cdn, nth), suffix, mixed);
        }
        let label = format!("{}-edge-error", cdn.label());
        sites.add(&label, suffix, cdn.error(&host(&label)));
        sites.add(&format!("{}-maintenance-page", cdn.label()), suffix, pages::through(cdn, 503, MAINTENANCE));
        sites.add(&format!("{}-fine-page", cdn.label()), suffix, pages::through(cdn, 200, FINE));
    }
    let label = "origin-522";
    sites.add(label, Some(Cdn::Cloudflare.suffix()), pages::cloudflare_522(&host(label)));
    odd_answers(&mut sites);
    sites.all
}

/// What is no error of anybody's, or an unusual one.
fn odd_answers(sites: &mut Sites) {
    sites.add("fine", None, page(200, NGINX, FINE));
    sites.add("crash", None, page(500, NGINX, CRASHED));
    sites.add("maintenance", None, page(503, NGINX, MAINTENANCE));
    sites.add(
        "signin-511",
        None,
        page(511, &[], "<title>Network Authentication Required</title><p>You need to sign in to this network."),
    );
    let password = page(401, &[("Server", "nginx"), ("WWW-Authenticate", "Basic realm=\"members\"")], "");
    sites.add("members", None, password.and_to_browsers(page(502, NGINX, BAD_GATEWAY)));
    for (label, line) in HEADER_LINES {
        let text = format!(
            "HTTP/1.1 503 X\r\nContent-Type: text/html\r\nContent-Length: {}\r\n{line}\r\nConnection: close\r\n\r\n{MAINTENANCE}",
            MAINTENANCE.len()
        );
        sites.add(label, None, Says::Whole(text.into_bytes()));
    }
    let many = |status: u16, count: usize, size: usize| {
        let names: Vec<(String, String)> = (0..count).map(|nth| (format!("X-Row-{nth}"), "v".repeat(size))).collect();
        let headers: Vec<(&str, &str)> = names.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        page(status, &headers, MAINTENANCE)
    };
    sites.add("many-headers-130", None, many(503, 130, 8));
    sites.add("many-headers-220", None, many(502, 220, 8));
    sites.add("big-headers", None, many(503, 30, 3000));
    sites.add("many-headers-fine", None, many(200, 130, 8));
    sites.incomplete("short-chain-503", page(503, NGINX, MAINTENANCE));
    sites.incomplete("short-chain-500", page(500, NGINX, CRASHED));
    sites.incomplete("short-chain-fine", page(200, NGINX, FINE));
    for seconds in [5, 7, 9] {
        sites.add(&format!("slow-{seconds}"), None, page(200, NGINX, FINE).after(seconds * 1000));
    }
    sites.add("slow-error", None, page(503, NGINX, MAINTENANCE).after(5000));
    if let Says::Whole(bytes) = page(200, NGINX, FINE) {
        sites.add("drips", None, Says::Drip(bytes.clone(), 24, 300));
        sites.add("drips-slower", None, Says::Drip(bytes, 24, 900));
    }
    let leads = |to: &str| page(302, &[("Server", "nginx"), ("Location", to)], "");
    sites.add("leads-to-maintenance", None, leads(&format!("https://{}/", host("maintenance"))));
    sites.add("leads-to-crash", None, leads(&format!("https://{}/", host("crash"))));
    sites.add("leads-to-nobody", None, leads("https://refused.detour-lab.net/"));
    sites.add("leads-to-no-name", None, leads("https://nx.detour-lab.net/"));
    sites.add("leads-to-fine", None, leads(&format!("https://{}/", host("fine"))));
    let own = format!("https://{}/maintenance", host("all-in-maintenance"));
    let by = Says::By(vec![("/maintenance", page(503, NGINX, MAINTENANCE)), ("/", leads(&own))]);
    sites.add("all-in-maintenance", None, by);
    let circle = host("circle");
    sites.add("circle", None, leads(&format!("https://{circle}/again")));
    // bücher-lab.org, as the name system knows it.
    sites.add_host("www.xn--bcher-lab-q9a.org", page(503, NGINX, MAINTENANCE));
    sites.add("closes", None, Says::Empty);
    sites.add("stalls", None, Says::Stall);
}

/// What a canary's own wall says to programs: vendors' pages of each kind, in turn.
fn robots_page(cdn: Cdn, nth: usize) -> Says {
    let suits = |name: &str| match cdn {
        Cdn::Cloudflare => name.starts_with("cloudflare"),
        Cdn::Akamai => name == "akamai-503",
        Cdn::CloudFront => matches!(name, "cloudfront-lambda" | "amazon-robot"),
        Cdn::Fastly => name == "perimeterx",
    };
    let walls: Vec<&pages::Wall> = WALLS.iter().filter(|wall| suits(wall.name)).collect();
    match walls.get(nth % walls.len().max(1)) {
        // These send programs away with a status of an outage.
        Some(_) if cdn == Cdn::Cloudflare => pages::through(cdn, 503, ROBOTS),
        Some(wall) => wall.says(),
        None => pages::through(cdn, 403, ROBOTS),
    }
}

#[derive(Default)]
struct Sites {
    all: Vec<Site>,
    canaries: u8,
}

impl Sites {
    fn add(&mut self, label: &str, suffix: Option<&str>, says: Says) {
        let (low, high) = (self.all.len() % 200, self.all.len() / 200);
        let octet = |number: usize, from: u8| u8::try_from(number).unwrap_or_default().saturating_add(from);
        self.all.push(Site {
            host: host(label),
            alias: suffix.map(|suffix| format!("{label}-lab.{suffix}")),
            address: Ipv4Addr::new(11, 1, octet(high, 100), octet(low, 1)),
            says,
            is_chain_incomplete: false,
        });
    }

    fn add_host(&mut self, host: &str, says: Says) {
        self.add("named", None, says);
        if let Some(site) = self.all.last_mut() {
            site.host = host.to_owned();
        }
    }

    /// Canaries are on a network of their own, so that a filter can drop them alone.
    fn canary(&mut self, label: &str, suffix: Option<&str>, says: Says) {
        self.add(label, suffix, says);
        self.canaries = self.canaries.saturating_add(1);
        let address = Ipv4Addr::new(11, 1, 200, self.canaries);
        if let Some(site) = self.all.last_mut() {
            site.address = address;
        }
    }

    fn incomplete(&mut self, label: &str, says: Says) {
        self.add(label, None, says);
        if let Some(site) = self.all.last_mut() {
            site.is_chain_incomplete = true;
        }
    }
}

fn last_two(suffix: &str) -> &str {
    let start = suffix.rmatch_indices('.').nth(1).map_or(0, |(at, _)| at + 1);
    suffix.get(start..).unwrap_or(suffix)
}

const NGINX: &[(&str, &str)] = &[("Server", "nginx")];
const ROBOTS: &str = "<html><head><title>Are you a robot?</title></head><body><p>Automated access to this site is not allowed. Please enable JavaScript to show that you are a person.</p></body></html>";

/// Header lines that browsers skip or forgive.
pub(crate) const HEADER_LINES: [(&str, &str); 6] = [
    ("line-with-space-in-name", "X Odd Name: one"),
    ("line-with-space-before-colon", "X-Odd : one"),
    ("line-that-is-folded", "X-Long: one\r\n two"),
    ("line-with-control-character", "X-Odd: o\u{1}ne"),
    ("line-without-colon", "this line has no colon"),
    ("line-with-other-letters", "X-\u{dc}ber: one"),
];
