//! What a check fetches and how thoroughly: the target on all its addresses, the controls briefly.

use std::net::IpAddr;

use detour_model::observation::Subject;
use detour_model::port::Scope;
use detour_model::target::Target;

use crate::contacts::Contacts;
use crate::http::BodyWanted;
use crate::recorder::Begun;

/// One URL to fetch, and how thoroughly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fetch {
    pub(super) subject: Subject,
    pub(super) target: Target,
    pub(super) begun: Begun,
    pub(super) addresses_per_family: usize,
    pub(super) samples: Samples,
    pub(super) body: BodyWanted,
    /// Whether redirects are followed.
    pub(super) follows: bool,
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

impl Samples {
    /// How many samples there are where no address is known, since a proxy chooses it.
    pub(super) const fn through_proxy(self) -> usize {
        match self {
            Self::EachOnce => 1,
            Self::AtLeast(count) | Self::Brief(count) => count,
        }
    }

    /// Whether only the end of each is told.
    pub(super) const fn is_brief(self) -> bool {
        matches!(self, Self::Brief(_))
    }
}

impl Fetch {
    /// Whether an address may be connected to.
    ///
    /// The portal probe may meet private addresses: a captive portal answers from one, and the probe's URL
    /// comes from the caller's contacts, never from a page. Loopback stays out: it is a blocklist's answer.
    pub(super) fn permits(&self, address: IpAddr, contacts: &Contacts) -> bool {
        match self.subject {
            Subject::Target
            | Subject::Anchor(_)
            | Subject::Route
            | Subject::OwnNetwork
            | Subject::Proxy(_)
            | Subject::Nowhere
            | Subject::Sibling(_)
            | Subject::Visited(_)
            | Subject::Part(_)
            | Subject::StatusPage(_)
            | Subject::RemoteApi(_) => contacts.permits(address),
            Subject::Portal => contacts.permits(address) || !(address.is_loopback() || address.is_unspecified()),
        }
    }

    /// A control that is asked by its name.
    pub(super) fn anchor(anchor: &Target, begun: Begun) -> Self {
        Self {
            subject: Subject::Anchor(anchor.host().to_owned()),
            target: anchor.clone(),
            begun,
            addresses_per_family: CONTROL_ADDRESSES,
            samples: Samples::EachOnce,
            body: BodyWanted::None,
            follows: false,
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
            follows: false,
        }
    }

    pub(super) fn portal(url: &Target) -> Self {
        Self {
            subject: Subject::Portal,
            target: url.clone(),
            begun: Begun::AtOnce,
            addresses_per_family: CONTROL_ADDRESSES,
            samples: Samples::EachOnce,
            body: BodyWanted::Beginning,
            follows: false,
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
            // A part is named by a page, and the page is not to lead the program about.
            follows: scope != Scope::Target,
        }
    }

    /// The same target on addresses that only another resolver knows of.
    pub(super) fn target_elsewhere(target: Target) -> Self {
        Self { begun: Begun::Late, samples: Samples::EachOnce, ..Self::target(target, Scope::Again) }
    }
}

/// CDNs publish two to four addresses a family; more would be load without evidence.
const TARGET_ADDRESSES: usize = 4;

/// Enough to tell "always" from "comes and goes". With [`TARGET_ADDRESSES`] in two families, and two in each that
/// only another resolver knew of ([`crate::planner`]), one check never sends a site more than 12 requests.
const TARGET_SAMPLES: usize = 5;

/// One address a family tells whether v4 and v6 work at all.
const CONTROL_ADDRESSES: usize = 1;

/// A canary that fails twice has not had bad luck.
const CANARY_SAMPLES: usize = 2;
