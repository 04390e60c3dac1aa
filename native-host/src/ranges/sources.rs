//! Where the lists are, how they are written, and when one is not believed.

use std::net::IpAddr;

use detour_core::target::is_private_address;
use ipnet::IpNet;
use serde_json::Value;
use url::Url;

/// One CDN's published list.
#[derive(Debug, Clone)]
pub struct Source {
    /// The CDN, by its name in the table.
    pub cdn: String,
    /// Where its parts are.
    pub urls: Vec<Url>,
    /// How they are written.
    pub form: Form,
    /// Fewer blocks than this cannot be the whole list.
    pub at_least: usize,
}

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A block a line.
    Lines,
    /// A JSON object with lists of blocks, or of objects with a `prefix`, under these keys.
    Json(&'static [&'static str]),
}

/// Why a list was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// There was none.
    #[error("{0}")]
    NotFetched(String),
    /// It is not written as it was.
    #[error("it is not written as expected ({0})")]
    Malformed(String),
    /// It is too short to be whole.
    #[error("it has {found} blocks where at least {expected} were expected")]
    TooSmall {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// It claims more than one CDN can have.
    #[error("it claims {0}, which is no CDN's")]
    TooWide(IpNet),
}

impl Form {
    /// The blocks in a document. A single address is a block of one.
    ///
    /// # Errors
    /// [`Fault::Malformed`], also for a single line that cannot be read: half a list is none.
    pub fn read(self, bytes: &[u8]) -> Result<Vec<IpNet>, Fault> {
        let text = std::str::from_utf8(bytes).map_err(|error| Fault::Malformed(error.to_string()))?;
        match self {
            Self::Lines => {
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
                lines.map(block).collect()
            }
            Self::Json(keys) => {
                let document: Value =
                    serde_json::from_str(text).map_err(|error| Fault::Malformed(error.to_string()))?;
                let mut blocks = Vec::new();
                for key in keys {
                    let list = document.get(key).and_then(Value::as_array);
                    let list = list.ok_or_else(|| Fault::Malformed(format!("no list under \"{key}\"")))?;
                    for item in list {
                        let text = item.as_str().or_else(|| item.get("prefix").and_then(Value::as_str));
                        blocks.push(block(text.ok_or_else(|| Fault::Malformed(format!("{item} under \"{key}\"")))?)?);
                    }
                }
                Ok(blocks)
            }
        }
    }
}

fn block(text: &str) -> Result<IpNet, Fault> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| Fault::Malformed(format!("{:?} is no address range", text.chars().take(40).collect::<String>())))
}

impl Source {
    /// Decides whether a list is believed, against what is known of it and the last good one's length. Private
    /// addresses are left out: some lists hold one by mistake.
    ///
    /// # Errors
    /// [`Fault::TooSmall`], [`Fault::TooWide`].
    pub fn judge(&self, mut ranges: Vec<IpNet>, last: Option<usize>) -> Result<Vec<IpNet>, Fault> {
        let widest = |net: &IpNet| if net.addr().is_ipv4() { 8 } else { 19 };
        if let Some(wide) = ranges.iter().find(|net| net.prefix_len() < widest(net)) {
            return Err(Fault::TooWide(*wide));
        }
        ranges.retain(|net| !is_private_address(net.network()));
        ranges = IpNet::aggregate(&ranges);
        // A list that lost more than half of what it had is more likely cut off than true.
        let expected = last.map_or(self.at_least, |last| self.at_least.max(last / 2));
        let found = ranges.len();
        if found < expected { Err(Fault::TooSmall { found, expected }) } else { Ok(ranges) }
    }
}

/// All lists that are published in a form and a size fit for this. The names are those of the table.
#[must_use]
pub fn sources() -> Vec<Source> {
    SOURCES
        .iter()
        .map(|(cdn, urls, form, at_least)| Source {
            cdn: (*cdn).to_owned(),
            urls: urls.iter().filter_map(|url| Url::parse(url).ok()).collect(),
            form: *form,
            at_least: *at_least,
        })
        .collect()
}

/// Not here: Azure's and AWS's (megabytes), Imperva's (wants a form to be sent), Akamai's (documentation only).
const SOURCES: [(&str, &[&str], Form, usize); 8] = [
    ("Fastly", &["https://api.fastly.com/public-ip-list"], Form::Json(&["addresses", "ipv6_addresses"]), 10),
    ("Cloudflare", &["https://www.cloudflare.com/ips-v4", "https://www.cloudflare.com/ips-v6"], Form::Lines, 12),
    (
        "Amazon CloudFront",
        // The other list in it is of regional caches, which speak to origins and not to people.
        &["https://d7uri8nf7uskq.cloudfront.net/tools/list-cloudfront-ips"],
        Form::Json(&["CLOUDFRONT_GLOBAL_IP_LIST"]),
        40,
    ),
    ("Gcore", &["https://api.gcore.com/cdn/public-ip-list"], Form::Json(&["addresses", "addresses_v6"]), 100),
    ("bunny.net", &["https://bunnycdn.com/api/system/edgeserverlist/plain"], Form::Lines, 200),
    ("CDN77", &["https://prefixlists.tools.cdn77.com/public_lmax_prefixes.json"], Form::Json(&["prefixes"]), 20),
    ("CacheFly", &["https://cachefly.cachefly.net/ips/cdn.txt"], Form::Lines, 4),
    ("ArvanCloud", &["https://www.arvancloud.ir/en/ips.txt"], Form::Lines, 5),
];
