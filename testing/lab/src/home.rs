//! Where a name leads: which of the lab's servers answers for it, and the lab's own domain.

/// What answers a healthy host's connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Home {
    /// The edge dressed as Fastly: nginx in front of three Varnish nodes.
    Edge,
    /// The edge dressed as Cloudflare.
    SecondEdge,
    /// The edge that sits behind Akamai's names.
    ThirdEdge,
    /// nginx that no CDN stands in front of.
    Bare,
    /// The origin behind the edges, port 8080, plain HTTP.
    Origin,
    /// nginx in front of pywb.
    Archive,
    /// A neutral anchor: 204 to everything.
    Anchor,
    /// The captive-portal probe's host.
    Portal,
    /// A captive portal's own page.
    SignIn,
    /// The lab's own pages.
    Pages,
    /// A DNS-over-HTTPS server.
    Doh,
    /// A CDN's own status page.
    Status,
    /// The service that measures from other networks.
    Globalping,
    /// Somebody else, to whom a lying resolver leads: an advertisement, and a certificate of their own.
    Stranger,
}

/// The domain of fault hosts and anchors.
pub const LAB_DOMAIN: &str = "detour-lab.net";
