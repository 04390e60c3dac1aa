//! What one check fetches from the start: the target on all its addresses, the anchors and the portal probe briefly.

use std::net::IpAddr;

use detour_core::observation::Subject;
use detour_core::port::Scope;
use detour_core::target::Target;

use super::order::Order;
use super::recorder::Begun;
use crate::config::Config;

/// One URL to fetch, and how thoroughly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fetch {
    pub(super) subject: Subject,
    pub(super) target: Target,
    pub(super) begun: Begun,
    pub(super) addresses_per_family: usize,
    pub(super) samples: Samples,
    pub(super) body: BodyWanted,
}

/// How often a site is asked, each time on a fresh connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Samples {
    /// Once on every address.
    EachOnce,
    /// Once on every address, and then again until there are this many.
    AtLeast(usize),
    /// This many, spread over the addresses, and only the end of each is told.
    Brief(usize),
}

/// How much of an answer is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyWanted {
    /// Status and headers are enough.
    None,
    /// An error page's words, not its styles.
    Excerpt,
    /// The beginning of the body, and whether it comes whole.
    Beginning,
    /// A document that is read to its end.
    Document,
}

impl BodyWanted {
    /// The most bytes that are kept.
    pub(super) const fn most(self) -> usize {
        match self {
            Self::None => 0,
            Self::Excerpt => 4 * 1024,
            // Enough for any error page, and for the beginning of a page that works.
            Self::Beginning => 64 * 1024,
            Self::Document => 1024 * 1024,
        }
    }
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
            | Subject::Nowhere
            | Subject::Sibling(_)
            | Subject::Visited(_)
            | Subject::Part(_)
            | Subject::StatusPage(_)
            | Subject::RemoteApi(_) => config.permits(address),
            Subject::Portal => config.permits(address) || !(address.is_loopback() || address.is_unspecified()),
        }
    }

    /// A neutral site.
    pub(super) fn anchor(anchor: &Target, begun: Begun) -> Self {
        Self {
            subject: Subject::Anchor(anchor.host().to_owned()),
            target: anchor.clone(),
            begun,
            addresses_per_family: CONTROL_ADDRESSES,
            samples: Samples::EachOnce,
            body: BodyWanted::None,
        }
    }

    /// Another site on the target's CDN.
    pub(super) fn canary(canary: Target) -> Self {
        Self {
            subject: Subject::Sibling(canary.host().to_owned()),
            target: canary,
            begun: Begun::Late,
            addresses_per_family: CONTROL_ADDRESSES,
            samples: Samples::Brief(CANARY_SAMPLES),
            body: BodyWanted::Excerpt,
        }
    }

    fn portal(url: &Target) -> Self {
        Self {
            subject: Subject::Portal,
            target: url.clone(),
            begun: Begun::AtOnce,
            addresses_per_family: CONTROL_ADDRESSES,
            samples: Samples::EachOnce,
            body: BodyWanted::Beginning,
        }
    }

    /// What the check is about.
    pub(super) fn target(target: Target, scope: Scope) -> Self {
        let samples = match scope {
            Scope::Usual | Scope::Closer => Samples::AtLeast(TARGET_SAMPLES),
            Scope::Again | Scope::Alone | Scope::Target => Samples::EachOnce,
        };
        Self {
            subject: Subject::Target,
            target,
            begun: Begun::AtOnce,
            addresses_per_family: TARGET_ADDRESSES,
            samples,
            body: BodyWanted::Beginning,
        }
    }

    /// The same target on addresses that only another resolver knows of.
    pub(super) fn target_elsewhere(target: Target) -> Self {
        Self { begun: Begun::Late, samples: Samples::EachOnce, ..Self::target(target, Scope::Again) }
    }
}

/// What is begun at once; the target first, so that its observations come first.
pub(super) fn opening(target: &Target, scope: Scope, config: &Config) -> Vec<Order> {
    let own = Order::Fetch(Fetch::target(target.clone(), scope));
    // A second look needs one witness by name and one by address that the network still works, and the portal's word:
    // behind a captive portal it would otherwise see nothing but certificate errors.
    let most = match scope {
        Scope::Usual | Scope::Closer => usize::MAX,
        Scope::Again | Scope::Alone => 1,
        Scope::Target => return vec![own],
    };
    let by_name = config.anchors.hosts.iter().take(most).map(|anchor| Fetch::anchor(anchor, Begun::AtOnce));
    let by_address = config.anchors.addresses.iter().take(most).map(|address| Order::Touch(*address, Begun::AtOnce));
    let portal = config.portal.url.iter().map(Fetch::portal);
    let mut orders = vec![own];
    orders.extend(by_name.map(Order::Fetch).chain(by_address).chain(portal.map(Order::Fetch)));
    orders
}

/// CDNs publish two to four addresses a family; more would be load without evidence.
const TARGET_ADDRESSES: usize = 4;

/// Enough to tell "always" from "comes and goes". With [`TARGET_ADDRESSES`] in two families, and two in each that
/// only another resolver knew of ([`super::course`]), one check never sends a site more than 12 requests.
const TARGET_SAMPLES: usize = 5;

/// One address a family tells whether v4 and v6 work at all.
const CONTROL_ADDRESSES: usize = 1;

/// A canary that fails twice has not had bad luck.
const CANARY_SAMPLES: usize = 2;
