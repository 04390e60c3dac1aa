//! The CDNs, a row each, with what they are recognised by.
//!
//! Provenance: ranges are the vendors' own published lists (Fastly's public-ip-list, Cloudflare's ips-v4 and
//! ips-v6, Amazon's ip-ranges for CLOUDFRONT in its widest blocks), as of August 2026; Akamai publishes none.
//! Suffixes and headers are from the vendors' documentation and public error reports.

use crate::observation::Answer;

/// What one CDN is recognised by.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its name for people.
    pub name: &'static str,
    /// Published address ranges, in CIDR notation.
    pub ranges: &'static [&'static str],
    /// Suffixes of the names that its customers point to.
    pub cnames: &'static [&'static str],
    /// Headers that only this CDN sets.
    pub headers: &'static [HeaderRule],
}

/// One header that gives a CDN away.
#[derive(Debug, Clone, Copy)]
pub enum HeaderRule {
    /// The header is there.
    Present(&'static str),
    /// The header's value begins with this, without case.
    Begins(&'static str, &'static str),
    /// The header's value holds this, without case.
    Holds(&'static str, &'static str),
}

impl HeaderRule {
    /// Whether the answer bears the mark.
    #[must_use]
    pub fn matches(&self, answer: &Answer) -> bool {
        let value = |name: &str| answer.header(name).to_ascii_lowercase();
        match self {
            Self::Present(name) => answer.headers.contains_key(*name),
            Self::Begins(name, start) => value(name).starts_with(start),
            Self::Holds(name, part) => value(name).contains(part),
        }
    }
}

use HeaderRule::{Begins, Holds, Present};

/// All rows. Self-hosted Varnish says `via: 1.1 varnish` too, so Fastly needs its node name.
pub const CDNS: &[Row] = &[
    Row {
        name: "Fastly",
        ranges: &[
            "23.235.32.0/20",
            "43.249.72.0/22",
            "103.244.50.0/24",
            "103.245.222.0/23",
            "103.245.224.0/24",
            "104.156.80.0/20",
            "140.248.64.0/18",
            "140.248.128.0/17",
            "146.75.0.0/17",
            "151.101.0.0/16",
            "157.52.64.0/18",
            "167.82.0.0/17",
            "167.82.128.0/20",
            "167.82.160.0/20",
            "167.82.224.0/20",
            "172.111.64.0/18",
            "185.31.16.0/22",
            "199.27.72.0/21",
            "199.232.0.0/16",
            "2a04:4e40::/32",
            "2a04:4e42::/32",
        ],
        cnames: &["fastly.net", "fastlylb.net", "fastly-edge.com"],
        headers: &[Begins("x-served-by", "cache-"), Holds("server-timing", "fastly"), Present("fastly-restarts")],
    },
    Row {
        name: "Cloudflare",
        ranges: &[
            "173.245.48.0/20",
            "103.21.244.0/22",
            "103.22.200.0/22",
            "103.31.4.0/22",
            "141.101.64.0/18",
            "108.162.192.0/18",
            "190.93.240.0/20",
            "188.114.96.0/20",
            "197.234.240.0/22",
            "198.41.128.0/17",
            "162.158.0.0/15",
            "104.16.0.0/13",
            "104.24.0.0/14",
            "172.64.0.0/13",
            "131.0.72.0/22",
            "2400:cb00::/32",
            "2606:4700::/32",
            "2803:f800::/32",
            "2405:b500::/32",
            "2405:8100::/32",
            "2a06:98c0::/29",
            "2c0f:f248::/32",
        ],
        cnames: &["cdn.cloudflare.net", "cdn.cloudflareanycast.net", "cloudflare-dns.com"],
        headers: &[Present("cf-ray"), Begins("server", "cloudflare")],
    },
    Row {
        name: "Amazon CloudFront",
        ranges: &[
            "13.32.0.0/15",
            "13.35.0.0/16",
            "13.224.0.0/14",
            "13.249.0.0/16",
            "18.64.0.0/14",
            "18.154.0.0/15",
            "18.160.0.0/15",
            "18.164.0.0/15",
            "18.172.0.0/15",
            "18.238.0.0/15",
            "18.244.0.0/15",
            "52.84.0.0/15",
            "52.222.128.0/17",
            "54.182.0.0/16",
            "54.192.0.0/16",
            "54.230.0.0/17",
            "54.239.128.0/18",
            "65.8.0.0/16",
            "65.9.0.0/17",
            "99.84.0.0/16",
            "99.86.0.0/16",
            "108.138.0.0/15",
            "108.156.0.0/14",
            "143.204.0.0/16",
            "204.246.164.0/22",
            "205.251.200.0/21",
            "216.137.32.0/19",
            "2600:9000::/28",
        ],
        cnames: &["cloudfront.net"],
        headers: &[
            Present("x-amz-cf-id"),
            Present("x-amz-cf-pop"),
            Holds("via", "(cloudfront)"),
            Begins("server", "cloudfront"),
        ],
    },
    Row {
        name: "Akamai",
        ranges: &[],
        cnames: &[
            "akamai.net",
            "akamaized.net",
            "akamaiedge.net",
            "akamaihd.net",
            "edgekey.net",
            "edgesuite.net",
            "akamaitechnologies.com",
            "akadns.net",
        ],
        headers: &[
            Begins("server", "akamaighost"),
            Present("x-akamai-request-id"),
            Present("akamai-grn"),
            Present("x-akamai-staging"),
        ],
    },
    Row {
        name: "Azure Front Door",
        ranges: &[],
        cnames: &["azurefd.net", "azureedge.net", "t-msedge.net", "a-msedge.net", "vo.msecnd.net"],
        headers: &[Present("x-azure-ref"), Present("x-msedge-ref")],
    },
    Row {
        name: "bunny.net",
        ranges: &[],
        cnames: &["b-cdn.net", "bunnycdn.com"],
        headers: &[Begins("server", "bunnycdn")],
    },
    Row {
        name: "Vercel",
        ranges: &["76.76.21.0/24"],
        cnames: &["vercel-dns.com", "vercel.app", "zeit.co"],
        headers: &[Present("x-vercel-id"), Present("x-vercel-error"), Begins("server", "vercel")],
    },
    Row {
        name: "Netlify",
        ranges: &[],
        cnames: &["netlify.app", "netlify.com", "netlifyglobalcdn.com"],
        headers: &[Begins("server", "netlify"), Present("x-nf-request-id")],
    },
    Row { name: "Imperva", ranges: &[], cnames: &["incapdns.net", "impervadns.net"], headers: &[Present("x-iinfo")] },
    Row {
        name: "Sucuri",
        ranges: &[],
        cnames: &["sucuri.net"],
        headers: &[Begins("server", "sucuri/"), Present("x-sucuri-id")],
    },
    Row { name: "Google Cloud CDN/LB", ranges: &[], cnames: &["googlehosted.com"], headers: &[] },
    Row { name: "Heroku", ranges: &[], cnames: &["herokudns.com", "herokuapp.com"], headers: &[] },
    Row { name: "KeyCDN", ranges: &[], cnames: &["kxcdn.com"], headers: &[Begins("server", "keycdn")] },
    Row { name: "Gcore", ranges: &[], cnames: &["gcdn.co", "gcorelabs.net"], headers: &[Begins("server", "gcore")] },
    Row {
        name: "StackPath",
        ranges: &[],
        cnames: &["hwcdn.net", "stackpathdns.com", "stackpathcdn.com"],
        headers: &[Present("x-hw")],
    },
    Row {
        name: "Edgio",
        ranges: &[],
        cnames: &["edgecastcdn.net", "llnwd.net", "llnw.net", "edgio.net"],
        headers: &[Begins("server", "ecacc"), Begins("server", "ecs (")],
    },
    Row {
        name: "CDN77",
        ranges: &[],
        cnames: &["cdn77.net", "cdn77.org", "rsc.cdn77.org"],
        headers: &[Begins("server", "cdn77")],
    },
    Row { name: "CacheFly", ranges: &[], cnames: &["cachefly.net"], headers: &[Begins("server", "cfs ")] },
    Row {
        name: "GitHub Pages",
        ranges: &["185.199.108.0/22"],
        cnames: &["github.io"],
        headers: &[Present("x-github-request-id")],
    },
];
