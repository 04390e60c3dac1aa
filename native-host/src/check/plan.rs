//! What one check fetches: the target on all its addresses, the anchors and the portal probe briefly.

use std::net::IpAddr;

use detour_core::observation::Subject;
use detour_core::target::Target;

use crate::config::Config;

/// One URL to fetch, and how thoroughly.
#[derive(Debug)]
pub(super) struct Fetch {
    pub(super) subject: Subject,
    pub(super) target: Target,
    pub(super) addresses_per_family: usize,
    pub(super) body: BodyWanted,
}

/// How much of an answer is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyWanted {
    /// Status and headers are enough.
    None,
    /// The beginning of the body, and whether it comes whole.
    Beginning,
}

impl Fetch {
    /// Whether an address may be connected to.
    ///
    /// The portal probe may meet private addresses: a captive portal answers from one, and the probe's URL
    /// comes from the config, never from the extension. Loopback stays out: it is a blocklist's answer.
    pub(super) fn permits(&self, address: IpAddr, config: &Config) -> bool {
        match self.subject {
            Subject::Target
            | Subject::Anchor(_)
            | Subject::Route
            | Subject::Sibling(_)
            | Subject::Part(_)
            | Subject::StatusPage(_)
            | Subject::RemoteApi(_) => config.permits(address),
            Subject::Portal => config.permits(address) || !(address.is_loopback() || address.is_unspecified()),
        }
    }
}

/// The target first, so that its observations come first.
pub(super) fn fetches(target: Target, config: &Config) -> Vec<Fetch> {
    let target =
        Fetch { subject: Subject::Target, target, addresses_per_family: TARGET_ADDRESSES, body: BodyWanted::Beginning };
    let anchors = config.anchors.hosts.iter().map(|anchor| Fetch {
        subject: Subject::Anchor(anchor.host().to_owned()),
        target: anchor.clone(),
        addresses_per_family: CONTROL_ADDRESSES,
        body: BodyWanted::None,
    });
    let portal = config.portal.url.iter().map(|url| Fetch {
        subject: Subject::Portal,
        target: url.clone(),
        addresses_per_family: CONTROL_ADDRESSES,
        body: BodyWanted::Beginning,
    });
    std::iter::once(target).chain(anchors).chain(portal).collect()
}

/// CDNs publish two to four addresses a family; more would be load without evidence.
const TARGET_ADDRESSES: usize = 4;

/// One address a family tells whether v4 and v6 work at all.
const CONTROL_ADDRESSES: usize = 1;
