//! What a full check of a site sees while its CDN fails: eight addresses, three anchors by name and three by address,
//! the portal probe, three canaries, the status page, other resolvers and six remote probes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use detour_core::observation::{
    Answer, Certificate, Indicator, Millis, Observation, Outcome, Place, Report, Resolver, Step, Subject, Vantage,
};
use detour_core::target::Target;

/// Ten sites on one CDN.
pub(crate) const SITES: [&str; 10] = [
    "www.theguardian.com",
    "www.nytimes.com",
    "www.ft.com",
    "www.lemonde.fr",
    "www.reddit.com",
    "www.twitch.tv",
    "stackoverflow.com",
    "www.gov.uk",
    "www.etsy.com",
    "www.imgur.com",
];

#[expect(clippy::expect_used, reason = "made here, for names made here")]
pub(crate) fn page(host: &str) -> Target {
    Target::parse(&format!("https://{host}/world/2021/jun/08/a-page")).expect("a page of a public host")
}

/// Varnish's, as the edge sends it.
pub(crate) const ERROR_PAGE: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD \
    XHTML 1.0 Strict//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\n<html>\n  <head>\n    <title>503 \
    Service Unavailable</title>\n  </head>\n  <body>\n    <h1>Error 503 Service Unavailable</h1>\n    <p>Service \
    Unavailable</p>\n    <h3>Guru Mediation:</h3>\n    <p>Details: cache-lhr7321-LHR 1623145620 2553879771</p>\n    \
    <hr>\n    <p>Varnish cache server</p>\n  </body>\n</html>\n";

/// The worker's own request for the page.
pub(crate) fn by_browser(at: Millis) -> Observation {
    Observation {
        at,
        duration_ms: 40,
        ..Observation::new(Vantage::Browser, Subject::Target, Step::Http, unavailable(0))
    }
}

/// Everything that the host tells of one check of this site.
pub(crate) fn of_check(site: usize, at: Millis) -> Vec<Observation> {
    let mut told = Told { at, seen: Vec::new() };
    told.add(Subject::Route, Step::Tcp, None, Outcome::Connected);
    let targets = edge_addresses(site);
    told.add(Subject::Target, Step::Dns, None, resolved(&targets, "dualstack.site.map.fastly.net"));
    for (nth, address) in targets.iter().enumerate() {
        told.connected(&Subject::Target, *address, "site.map.fastly.net");
        told.add(Subject::Target, Step::Http, Some(*address), unavailable(nth));
    }
    for nth in 1..=3 {
        let host = format!("anchor-{nth}.example.org");
        let subject = Subject::Anchor(host.clone());
        let addresses = [v4([198, 51, 100, nth]), v6(0x2001_0db8, nth)];
        told.add(subject.clone(), Step::Dns, None, resolved(&addresses, ""));
        for address in addresses {
            told.connected(&subject, address, &host);
            told.add(subject.clone(), Step::Http, Some(address), answered(204, &[], ""));
        }
        let literal = v4([203, 0, 113, nth]);
        told.connected(&Subject::Anchor(literal.to_string()), literal, &literal.to_string());
    }
    let portal = v4([198, 51, 100, 10]);
    told.add(Subject::Portal, Step::Dns, None, resolved(&[portal], ""));
    told.add(Subject::Portal, Step::Tcp, Some(portal), Outcome::Connected);
    told.add(Subject::Portal, Step::Http, Some(portal), answered(204, &[], ""));
    for nth in 1..=3 {
        let subject = Subject::Sibling(format!("www.canary-{nth}.example"));
        let address = v4([151, 101, 65, nth]);
        told.add(subject.clone(), Step::Dns, None, resolved(&[address], "canary.map.fastly.net"));
        told.add(subject.clone(), Step::Http, Some(address), unavailable(0));
        told.add(subject, Step::Http, Some(address), unavailable(1));
    }
    let report = Report { indicator: Indicator::Major, description: "Global CDN disruption".into() };
    told.add(Subject::StatusPage("Fastly".into()), Step::Http, None, Outcome::Reported(report));
    for server in ["9.9.9.9", "1.1.1.1", "8.8.8.8"] {
        let outcome = resolved(&targets, "dualstack.site.map.fastly.net");
        told.add(Subject::Target, Step::Dns, None, outcome);
        if let Some(last) = told.seen.last_mut() {
            last.resolver = Some(Resolver { server: server.into(), checking_disabled: false });
        }
    }
    for continent in ["AF", "AS", "EU", "NA", "OC", "SA"] {
        told.remote(continent, &targets);
    }
    told.seen
}

/// What of that a second look sees: one anchor by name and one by address, and nobody who would learn the site's name.
pub(crate) fn of_look(site: usize, at: Millis) -> Vec<Observation> {
    let is_other_anchor =
        |subject: &Subject| matches!(subject, Subject::Anchor(host) if !FIRST_ANCHORS.contains(&host.as_str()));
    let is_seen = |seen: &Observation| {
        seen.vantage == Vantage::Host && seen.resolver.is_none() && !is_other_anchor(&seen.subject)
    };
    of_check(site, at).into_iter().filter(is_seen).collect()
}

const FIRST_ANCHORS: [&str; 2] = ["anchor-1.example.org", "203.0.113.1"];

struct Told {
    at: Millis,
    seen: Vec<Observation>,
}

impl Told {
    fn add(&mut self, subject: Subject, step: Step, address: Option<IpAddr>, outcome: Outcome) {
        // Two milliseconds from one to the next.
        self.at = self.at.plus(2);
        let seen = Observation::new(Vantage::Host, subject, step, outcome);
        self.seen.push(Observation { at: self.at, duration_ms: 12, address, ..seen });
    }

    fn connected(&mut self, subject: &Subject, address: IpAddr, name: &str) {
        self.add(subject.clone(), Step::Tcp, Some(address), Outcome::Connected);
        let certificate = Certificate {
            subject: format!("CN={name}"),
            issuer: "CN=GlobalSign Atlas R3 DV TLS CA H2 2021,O=GlobalSign nv-sa,C=BE".into(),
            names: vec![name.to_owned(), format!("*.{name}")],
            not_before: Millis(1_620_000_000_000),
            not_after: Millis(1_650_000_000_000),
            sha256: "5f0d6a1c".repeat(8),
        };
        self.add(subject.clone(), Step::Tls, Some(address), Outcome::Secured(certificate));
    }

    /// What one remote probe saw.
    fn remote(&mut self, continent: &str, addresses: &[IpAddr]) {
        let place = Place {
            continent: continent.into(),
            country: "XX".into(),
            city: "A city".into(),
            network: "A network".into(),
        };
        let address = addresses.first().copied();
        let outcomes =
            [(Step::Dns, resolved(addresses, "")), (Step::Tcp, Outcome::Connected), (Step::Http, unavailable(2))];
        for (step, outcome) in outcomes {
            self.add(Subject::Target, step, address, outcome);
            if let Some(last) = self.seen.last_mut() {
                last.vantage = Vantage::Remote(place.clone());
            }
        }
    }
}

/// Four of each family in the CDN's published ranges.
fn edge_addresses(site: usize) -> Vec<IpAddr> {
    let site = u8::try_from(site).unwrap_or_default();
    let old = [1, 65, 129, 193].map(|third| v4([151, 101, third, 50 + site]));
    let new =
        [0, 2, 4, 6].map(|group| Ipv6Addr::new(0x2a04, 0x4e42, group << 8, 0, 0, 0, 0, 0x300 + u16::from(site)).into());
    old.into_iter().chain(new).collect()
}

fn v4(bytes: [u8; 4]) -> IpAddr {
    Ipv4Addr::from(bytes).into()
}

fn v6(prefix: u32, last: u8) -> IpAddr {
    Ipv6Addr::from(u128::from(prefix) << 96 | u128::from(last)).into()
}

fn resolved(addresses: &[IpAddr], cname: &str) -> Outcome {
    let cnames = if cname.is_empty() { Vec::new() } else { vec![cname.to_owned()] };
    Outcome::Resolved { addresses: addresses.to_vec(), cnames }
}

/// The edge's own 503, from its nodes in turn.
fn unavailable(node: usize) -> Outcome {
    let nodes = ["cache-lhr7321-LHR", "cache-lhr7355-LHR", "cache-ams21044-AMS"];
    let node = nodes.iter().cycle().nth(node).copied().unwrap_or_default();
    let headers = [
        ("server", "Varnish"),
        ("x-served-by", node),
        ("x-cache", "MISS"),
        ("x-cache-hits", "0"),
        ("x-timer", "S1623145620.123456,VS0,VE1"),
        ("via", "1.1 varnish"),
        ("retry-after", "0"),
        ("content-type", "text/html; charset=utf-8"),
        ("date", "Tue, 08 Jun 2021 09:47:00 GMT"),
        ("age", "0"),
    ];
    answered(503, &headers, ERROR_PAGE)
}

fn answered(status: u16, headers: &[(&str, &str)], body: &str) -> Outcome {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Outcome::Answered(Answer { status, headers, body: body.into() })
}
