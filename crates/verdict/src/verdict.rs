//! What a verdict says: who is at fault, how sure, what it rests on, what is missing.

use detour_cdn::Cdn;
use detour_model::confidence::Confidence;
use serde::{Deserialize, Serialize};

/// Who is at fault, how sure, what it rests on, and what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verdict {
    /// Who.
    pub fault: Fault,
    /// How sure.
    pub confidence: Confidence,
    /// Where the user's own network is at fault: which segment of it, where the host could tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<Segment>,
    /// The CDN that delivers the site, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cdn: Option<Cdn>,
    /// The facts it rests on, most telling first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Because>,
    /// What would have made it surer.
    #[serde(default)]
    pub missing: Vec<Missing>,
}

/// A segment of the way from this computer to the internet, nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Segment {
    /// No link: no cable, no Wi-Fi.
    Link,
    /// A link, and no address on it.
    Address,
    /// An address, and no router to go to.
    NoRouter,
    /// The router does not answer.
    Router,
    /// A VPN is connected, and nothing comes through it.
    Vpn,
    /// Wi-Fi is connected, and has no internet.
    Wifi,
    /// Another link is connected, and has no internet.
    Uplink,
    /// The resolver does not answer.
    Resolver,
    /// The resolver that the VPN names does not answer.
    VpnResolver,
}

/// Who or what is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It answers again: the failure was a passing one, or the outage is over.
    Passed,
    /// It answers again, not yet often enough to call the outage over.
    Recovering,
    /// It answers again, because the site has left the CDN that fails.
    Moved,
    /// A bot challenge or a block: no outage.
    Challenge,
    /// This computer's network is down.
    You,
    /// One address family (IPv4 or IPv6) does not work on this network.
    AddressFamily,
    /// A network that wants a sign-in first.
    Portal,
    /// The proxy that this computer goes through does not work.
    Proxy,
    /// The proxy lets this site not through.
    ProxyRefuses,
    /// The proxy wants a user name and a password.
    ProxySignIn,
    /// The resolver fails for every name.
    Resolver,
    /// The resolver fails for this name, or leads astray; others answer well.
    NameFiltered,
    /// The name does not exist.
    NameGone,
    /// The name cannot be resolved by anybody, others can.
    NameFailing,
    /// Many names of one CDN cannot be resolved.
    CdnNames,
    /// The site's certificate is wrong.
    Certificate,
    /// Somebody on this network puts certificates of their own in place of the sites'.
    Intercepted,
    /// This computer's clock is wrong, so certificates look wrong.
    Clock,
    /// The CDN's servers make errors for many unrelated sites, in several places.
    CdnWide,
    /// The CDN's servers make errors for many unrelated sites, seen from one place only.
    CdnHere,
    /// The CDN's servers cannot be reached from here, for many unrelated sites.
    EdgeUnreachable,
    /// It fails here and works in other regions.
    Regional,
    /// The CDN's servers made the error, for this site.
    Edge,
    /// The site's own servers made the error, or the CDN says so.
    Origin,
    /// Sites on different CDNs blame their own servers at once: something behind them is down, such as a cloud region.
    CloudRegion,
    /// After the CDN's outage the site's own servers are overrun.
    Overloaded,
    /// A server made the error; which one cannot be told.
    Server,
    /// The page says "fine" and is an error page.
    SoftOutage,
    /// The page is fine; scripts, styles or images from elsewhere fail.
    BrokenParts,
    /// Some tries get through.
    ComesAndGoes,
    /// Nobody reaches it, here or on other networks.
    Unreachable,
    /// Nothing on this network reaches it, while the rest of the network works.
    FromHere,
    /// Only this browser fails.
    ThisBrowser,
    /// Nobody but the browser's own load has looked.
    Unconfirmed,
    /// The evidence does not say.
    CantTell,
}

impl Fault {
    /// Whether it is the CDN's, so that its other sites say when it is over.
    #[must_use]
    pub const fn is_of_cdn(self) -> bool {
        matches!(
            self,
            Self::CdnWide | Self::CdnHere | Self::CdnNames | Self::EdgeUnreachable | Self::Regional | Self::Edge
        )
    }

    /// Whether it is, or may be, the CDN's for more than one of its sites.
    #[must_use]
    pub const fn is_cdn_wide(self) -> bool {
        self.is_of_cdn() && !matches!(self, Self::Edge)
    }

    /// Whether it is the user's own computer or network.
    #[must_use]
    pub const fn is_own(self) -> bool {
        matches!(
            self,
            Self::You
                | Self::Portal
                | Self::Proxy
                | Self::ProxyRefuses
                | Self::ProxySignIn
                | Self::Resolver
                | Self::NameFiltered
                | Self::Clock
                | Self::Intercepted
                | Self::AddressFamily
        )
    }

    /// Whether it says what is wrong, rather than how far the end is: such a fault is remembered until it is over.
    #[must_use]
    pub const fn is_cause(self) -> bool {
        !matches!(
            self,
            Self::Passed
                | Self::Recovering
                | Self::Moved
                | Self::Overloaded
                | Self::Challenge
                | Self::Unconfirmed
                | Self::CantTell
        )
    }
}

/// A fact that a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Because {
    /// What kind of fact.
    pub fact: Fact,
    /// What it is about: sites, nodes, places, resolvers or numbers, as the kind says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
}

impl Because {
    pub(super) fn just(fact: Fact) -> Self {
        Self { fact, about: Vec::new() }
    }

    pub(super) fn one(fact: Fact, about: &str) -> Self {
        Self { fact, about: vec![about.to_owned()] }
    }
}

/// Kinds of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// These other sites on the same CDN fail as well.
    SiblingsFail,
    /// These other sites on the same CDN are well.
    SiblingsFine,
    /// These POPs of the CDN made the errors.
    Pops,
    /// So many tries failed, of so many.
    Share,
    /// It fails with this and works with the others: a node, an address, `IPv4` or `IPv6`.
    Only,
    /// Remote probes in these places fail too.
    FailsIn,
    /// Remote probes in these places are well.
    FineIn,
    /// Neutral places answer.
    ControlsFine,
    /// Neutral places do not answer either.
    ControlsFail,
    /// These other resolvers say the same of the name.
    ResolversAgree,
    /// These other resolvers give a good answer.
    ResolversDiffer,
    /// The name is wrongly signed: it answers only where DNSSEC is not checked.
    Dnssec,
    /// The CDN's own status page says so, in these words.
    StatusPage,
    /// These hosts of the page's parts fail.
    Parts,
    /// The site was delivered by this CDN when it failed.
    Left,
    /// The site turns programs away, so that the host has not seen it.
    RefusesPrograms,
    /// It is slow, or the line is: what did not come may still be on its way.
    Slow,
    /// The name leads to an address on the user's own network.
    LeadsHome,
}

/// What a verdict lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The native host's view.
    Host,
    /// Anchors and portal probe.
    Controls,
    /// Other sites on the same CDN.
    Siblings,
    /// Other resolvers.
    OtherResolvers,
    /// Somebody on another network.
    OtherNetwork,
    /// More tries, some of them later.
    MoreSamples,
}
