//! Switches: everything about the lab that can be broken and healed while it runs, as data.

use serde::{Deserialize, Serialize};

use crate::availability::AvailabilityMode;
use crate::behaviour::Behaviour;
use crate::modes::DohMode;
use crate::modes::PortalMode;
use crate::modes::RemoteMode;
use crate::modes::StatusMode;
use crate::zone::DnsMode;

pub use crate::availability::AvailabilityMode as Availability;
pub use crate::hosts::{Cdn, Cdn as MoveTo};
pub use crate::modes::DohMode as Doh;
pub use crate::modes::PortalMode as Portal;
pub use crate::modes::RemoteMode as Remote;
pub use crate::modes::StatusMode as Status;
pub use crate::origin::OriginPage;
pub use crate::zone::DnsMode as Dns;

/// One switch. In JSON its kebab-case name is the field `switch`: `{"switch":"edge-fails","share":0.85}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "switch", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Switch {
    /// The first edge answers 503.
    EdgeFails {
        /// These sites; none named means all.
        #[serde(default)]
        hosts: Vec<String>,
        /// The share of requests that fail, 0 to 1.
        #[serde(default = "everything")]
        share: f64,
        /// The reason phrase.
        #[serde(default = "service_unavailable")]
        reason: String,
        /// Whether there is an error page, or no body.
        #[serde(default = "yes")]
        body: bool,
    },
    /// One node of the first edge fails, whatever site it is asked for; the others are well.
    NodeFails {
        /// One of [`crate::hosts::NODES`].
        node: String,
        /// The share of its requests that fail, 0 to 1.
        #[serde(default = "everything")]
        share: f64,
        /// 502 or 503.
        #[serde(default = "bad_gateway")]
        status: u16,
    },
    /// The first edge works again; with no sites named, all its nodes too.
    EdgeHeals {
        /// These sites; none named means all.
        #[serde(default)]
        hosts: Vec<String>,
    },
    /// A host's connections behave so from now on. `origin.SITE` is the origin behind the edges, `ipv6.detour-lab.net` the door in IPv6.
    Host {
        /// A name of the lab.
        name: String,
        /// What it does.
        behaviour: Behaviour,
    },
    /// A site's own nginx says this in place of its pages, to the edge or to everybody where no edge stands before it.
    OriginSays {
        /// One of the twelve or of [`crate::neighbours`].
        site: String,
        /// 403, 404, 429, 500, 502, 503, 504, 522; 200 brings the pages back.
        status: u16,
        /// With which page.
        #[serde(default)]
        page: OriginPage,
    },
    /// A site's DNS leads to this CDN.
    Move {
        /// The site.
        name: String,
        /// Where to.
        to: Cdn,
    },
    /// How DNS answers: for one name, whoever is asked; with none, for all names at the system's resolver.
    Dns {
        /// A name of the lab.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// How.
        mode: DnsMode,
    },
    /// How DNS answers for all names that end so, CDNs' names for their customers included, whoever is asked.
    DnsSuffix {
        /// As in `akamaiedge.net`.
        suffix: String,
        /// How.
        mode: DnsMode,
    },
    /// How DNS over HTTPS answers.
    Doh {
        /// Which of [`crate::hosts::DOH`], from 0; none means all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        server: Option<usize>,
        /// How.
        mode: DohMode,
    },
    /// Whether a name has an AAAA record.
    Ipv6 {
        /// A name of the lab.
        name: String,
        /// With or without.
        on: bool,
    },
    /// How Wayback's availability API answers.
    Availability {
        /// How.
        mode: AvailabilityMode,
    },
    /// How Wayback's CDX server answers.
    Cdx {
        /// How.
        mode: AvailabilityMode,
    },
    /// What a CDN's own status page says.
    Status {
        /// Whose.
        cdn: Cdn,
        /// What.
        mode: StatusMode,
    },
    /// What the service that measures from other networks finds, or whether it works at all.
    Remote {
        /// What.
        mode: RemoteMode,
    },
    /// What the captive-portal probe meets, and whether everybody meets it.
    Portal {
        /// What.
        mode: PortalMode,
    },
    /// An address or a network becomes unreachable, or reachable again.
    Cut {
        /// As in `11.0.1.0/24`.
        net: String,
        /// `false` restores it.
        #[serde(default = "yes")]
        cut: bool,
    },
    /// The machine is off the net altogether, or back.
    Offline {
        /// `false` brings it back.
        #[serde(default = "yes")]
        offline: bool,
    },
    /// Nobody answers for the router's address on its own link, or somebody does again. Who is reached stays as it is: that
    /// takes [`Switch::Cut`].
    Router {
        /// `false` brings it back.
        #[serde(default = "yes")]
        silent: bool,
    },
    /// Everything as when the lab started.
    HealAll,
}

impl Switch {
    /// The first edge fails for every request of every site, with its error page.
    pub fn edge_fails() -> Self {
        Self::EdgeFails { hosts: Vec::new(), share: 1.0, reason: service_unavailable(), body: true }
    }

    /// The first edge fails for one site, with its error page or without a body.
    pub fn edge_fails_for(host: &str, body: bool) -> Self {
        Self::EdgeFails { hosts: vec![host.to_owned()], share: 1.0, reason: service_unavailable(), body }
    }

    /// The first edge works for every site.
    pub fn edge_heals() -> Self {
        Self::EdgeHeals { hosts: Vec::new() }
    }

    /// One node answers 502 to everything.
    pub fn node_fails(node: &str) -> Self {
        Self::NodeFails { node: node.to_owned(), share: 1.0, status: bad_gateway() }
    }

    /// A host behaves so from now on.
    pub fn host(name: &str, behaviour: Behaviour) -> Self {
        Self::Host { name: name.to_owned(), behaviour }
    }

    /// One example of each, for people who play by hand.
    pub fn examples() -> Vec<Self> {
        let name = || "www.theguardian.com".to_owned();
        vec![
            Self::EdgeFails { hosts: vec![name()], share: 0.85, reason: service_unavailable(), body: true },
            Self::edge_heals(),
            Self::node_fails("cache-lhr7355-LHR"),
            Self::host("www.bbc.co.uk", Behaviour::Refused),
            Self::host("origin.www.bbc.co.uk", Behaviour::Refused),
            Self::OriginSays { site: "www.gov.uk".into(), status: 503, page: OriginPage::Maintenance },
            Self::host("pages.detour-lab.net", Behaviour::Status(502)),
            Self::host("anchor-one.detour-lab.net", Behaviour::Delayed(1000)),
            Self::Move { name: name(), to: Cdn::Cloudflare },
            Self::Dns { name: Some(name()), mode: DnsMode::Nxdomain },
            Self::Dns { name: None, mode: DnsMode::Silent },
            Self::Dns { name: None, mode: DnsMode::Poisoned },
            Self::Dns { name: None, mode: DnsMode::RewriteNxdomain },
            Self::Dns { name: Some(name()), mode: DnsMode::Filtered },
            Self::Dns { name: Some(name()), mode: DnsMode::Bogus },
            Self::DnsSuffix { suffix: "akamaiedge.net".into(), mode: DnsMode::Servfail },
            Self::Doh { server: Some(0), mode: DohMode::Refused },
            Self::Ipv6 { name: name(), on: true },
            Self::Availability { mode: AvailabilityMode::TooManyRequests },
            Self::Cdx { mode: AvailabilityMode::Patience },
            Self::Status { cdn: Cdn::Fastly, mode: StatusMode::Major },
            Self::Status { cdn: Cdn::Cloudflare, mode: StatusMode::Stale },
            Self::Remote { mode: RemoteMode::AllFine },
            Self::Remote { mode: RemoteMode::RateLimited },
            Self::Portal { mode: PortalMode::Redirect },
            Self::Portal { mode: PortalMode::CaptureContent },
            Self::Cut { net: "11.0.1.0/24".into(), cut: true },
            Self::Offline { offline: true },
            Self::Router { silent: true },
            Self::HealAll,
        ]
    }
}

fn everything() -> f64 {
    1.0
}

fn service_unavailable() -> String {
    "Service Unavailable".into()
}

fn bad_gateway() -> u16 {
    502
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_survives_json() {
        for example in Switch::examples() {
            let text = serde_json::to_string(&example).unwrap();
            assert_eq!(serde_json::from_str::<Switch>(&text).unwrap(), example, "{text}");
        }
    }

    #[test]
    fn what_is_left_out_has_the_usual_value() {
        let short: Switch = serde_json::from_str(r#"{"switch":"edge-fails"}"#).unwrap();
        assert_eq!(short, Switch::edge_fails());
    }
}
