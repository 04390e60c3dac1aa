//! What an observation says of who delivers the site and who made the answer. `detour_cdn` reads it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What one observation says.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    /// The CDN that it names, by the best that it has, and what that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cdn: Option<(CdnName, Basis)>,
    /// The node that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<Node>,
    /// Who made the answer, where it is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_by: Option<MadeBy>,
    /// The answer is a challenge or a block.
    #[serde(skip_serializing_if = "is_false")]
    pub is_block: bool,
    /// The answer says "fine" and is an error page.
    #[serde(skip_serializing_if = "is_false")]
    pub is_soft: bool,
    /// The words, or the bare headers, are those of an outage as this maker is known to write it: an error that a page for
    /// robots or a page of somebody's own cannot be taken for.
    #[serde(skip_serializing_if = "is_false")]
    pub is_known_outage: bool,
    /// The edge says only that a connection failed, which may be its own or the one to the site's server.
    #[serde(skip_serializing_if = "is_false")]
    pub blames_connection: bool,
}

/// The name of a CDN of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CdnName(pub &'static str);

impl Serialize for CdnName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for CdnName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let known = CDN_NAMES.iter().find(|known| **known == name);
        known.map(|name| Self(name)).ok_or_else(|| serde::de::Error::custom("no CDN of the table"))
    }
}

/// What a CDN was named from; best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// An address in the CDN's published ranges.
    Address,
    /// A CNAME that ends in the CDN's suffix.
    Cname,
    /// A name in the certificate that only the CDN puts there.
    Certificate,
    /// A header that only the CDN sets.
    Header,
    /// The text of an error page: anybody can write that.
    Body,
}

/// The node or POP that answered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Node {
    /// What is told apart: the node where the CDN names it, else the POP.
    pub name: String,
    /// The POP, as the CDN writes it: mostly the IATA code of an airport (`LHR`).
    pub pop: String,
}

/// Who made an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MadeBy {
    /// The CDN's own servers, blaming nobody or themselves.
    Edge,
    /// The CDN's own servers, saying that the site's servers behind them do not answer well.
    EdgeBlamingOrigin,
    /// The site's own servers.
    Origin,
    /// It cannot be told.
    Unknown,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// The CDNs that are known, in the order of the table, which says how each is recognised.
pub const CDN_NAMES: [&str; 42] = [
    "Cloudflare",
    "Fastly",
    "Amazon CloudFront",
    "Akamai",
    "Azure Front Door",
    "bunny.net",
    "Vercel",
    "Netlify",
    "Imperva",
    "Sucuri",
    "Google Cloud CDN/LB",
    "Heroku",
    "KeyCDN",
    "Gcore",
    "StackPath",
    "Edgio",
    "CDN77",
    "CacheFly",
    "GitHub Pages",
    "Alibaba Cloud CDN",
    "Tencent Cloud CDN",
    "CDNetworks",
    "Medianova",
    "ArvanCloud",
    "DDoS-Guard",
    "Qrator",
    "Huawei Cloud CDN",
    "Baidu Cloud CDN",
    "QUIC.cloud",
    "Fly.io",
    "Railway",
    "Render",
    "DigitalOcean",
    "Deno Deploy",
    "Firebase Hosting",
    "WordPress.com",
    "Squarespace",
    "Wix",
    "Shopify",
    "Pantheon",
    "F5 Distributed Cloud",
    "OVHcloud CDN",
];
