//! Kinds of pages, and an answer as it arrives.

/// A status, headers and a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
    /// The page's title.
    pub title: String,
}

/// A kind of page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The site's own page.
    Good,
    /// Fastly's own error of 2021, with its reason.
    FastlyGuru(u16, &'static str),
    /// Fastly's own error of 2026.
    Fastly54113,
    /// Cloudflare's unbranded error, as in 2019.
    CloudflareBare(u16),
    /// Cloudflare's branded "Internal server error", as in 2025.
    CloudflareBranded500,
    /// Cloudflare says that the origin does not answer.
    Cloudflare522,
    /// CloudFront says that the origin does not answer.
    CloudFront504,
    /// Akamai says that the origin does not answer.
    Akamai504,
    /// Azure Front Door's page.
    FrontDoor(u16),
    /// A load balancer in AWS without healthy servers.
    LoadBalancer503,
    /// The site's own maintenance page.
    Maintenance,
    /// The site's own servers are overrun.
    Overrun,
    /// A page that looks like Cloudflare's, from a site that has nothing to do with it.
    LookAlike,
    /// A captive portal's sign-in page.
    SignIn,
    /// An advertising page in place of "no such name".
    Advertising,
}
