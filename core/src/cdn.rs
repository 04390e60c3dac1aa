//! Which CDN delivers a site, named from what it cannot easily fake, in this order of trust:
//! its address, the CNAME, the certificate, the headers, the body.
//!
//! It says who *delivers*; who *made* an error is [`made_by`]. The table ships inside the binaries, because
//! an outage is when it cannot be fetched.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::observation::{Answer, Observation, Outcome};

pub mod classify;
mod marks;
pub mod places;
pub mod status;
mod table;

pub use marks::{MadeBy, is_challenge, made_by};
pub use table::{CDNS, Row};

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

/// A CDN, and how it was recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cdn {
    /// Its name for people.
    pub name: String,
    /// What it was named from.
    pub basis: Basis,
    /// The edge node or POP that answered, where a header tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
}

/// Names the CDN from all that was seen of the target; the most trusted basis wins.
#[must_use]
pub fn identify<'a>(observations: impl IntoIterator<Item = &'a Observation> + Clone) -> Option<Cdn> {
    let node = observations.clone().into_iter().find_map(|observation| observation.answer().and_then(node));
    let named = |row: &Row, basis| Cdn { name: row.name.to_owned(), basis, node: node.clone() };
    observations
        .into_iter()
        .filter_map(|observation| match &observation.outcome {
            Outcome::Resolved { addresses, cnames } => {
                let by_address = addresses.iter().find_map(|address| by_address(*address));
                by_address
                    .map(|row| named(row, Basis::Address))
                    .or_else(|| cnames.iter().find_map(|name| by_cname(name)).map(|row| named(row, Basis::Cname)))
            }
            Outcome::Answered(answer) => by_headers(answer)
                .map(|row| named(row, Basis::Header))
                .or_else(|| classify::by_body(&answer.body).map(|row| named(row, Basis::Body))),
            Outcome::Connected | Outcome::Secured(_) | Outcome::Failed(_) | Outcome::Reported(_) => None,
        })
        .min_by_key(|cdn| cdn.basis)
}

/// The CDN whose published ranges hold this address.
#[must_use]
pub fn by_address(address: IpAddr) -> Option<&'static Row> {
    CDNS.iter().find(|row| {
        row.ranges.iter().any(|range| range.parse::<ipnet::IpNet>().is_ok_and(|net| net.contains(&address)))
    })
}

/// The CDN whose suffix this name ends in.
#[must_use]
pub fn by_cname(name: &str) -> Option<&'static Row> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    CDNS.iter()
        .find(|row| row.cnames.iter().any(|suffix| name.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'))))
}

/// The CDN that set these headers.
#[must_use]
pub fn by_headers(answer: &Answer) -> Option<&'static Row> {
    CDNS.iter().find(|row| row.headers.iter().any(|rule| rule.matches(answer)))
}

/// The edge node or POP, from the headers of the CDNs that tell it.
fn node(answer: &Answer) -> Option<String> {
    // A shield adds itself in front: the last one in x-served-by is the edge that spoke to us.
    let last = |text: &str| text.rsplit(',').next().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty());
    last(answer.header("x-served-by"))
        .filter(|node| node.starts_with("cache-"))
        .or_else(|| last(answer.header("x-amz-cf-pop")))
        .or_else(|| answer.header("cf-ray").rsplit_once('-').map(|(_, pop)| pop.to_owned()))
        .or_else(|| answer.header("server").strip_prefix("BunnyCDN-").map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observation::{Step, Subject, Vantage};

    fn seen(outcome: Outcome) -> Observation {
        Observation::new(Vantage::Host, Subject::Target, Step::Dns, outcome)
    }

    fn answered(headers: &[(&str, &str)]) -> Observation {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        seen(Outcome::Answered(Answer { status: 503, headers, body: String::new() }))
    }

    fn resolved(address: &str, cname: &str) -> Observation {
        seen(Outcome::Resolved { addresses: vec![address.parse().unwrap()], cnames: vec![cname.to_owned()] })
    }

    fn check(observations: &[Observation], name: &str, basis: Basis) {
        let cdn = identify(observations).expect(name);
        assert_eq!((cdn.name.as_str(), cdn.basis), (name, basis));
    }

    #[test]
    fn the_four_big_ones_are_named_from_headers() {
        check(&[answered(&[("server", "Varnish"), ("x-served-by", "cache-lhr7321-LHR")])], "Fastly", Basis::Header);
        check(
            &[answered(&[("server", "cloudflare"), ("cf-ray", "53e82c077a54769a-ARN")])],
            "Cloudflare",
            Basis::Header,
        );
        check(&[answered(&[("via", "1.1 a26c.cloudfront.net (CloudFront)")])], "Amazon CloudFront", Basis::Header);
        check(&[answered(&[("server", "AkamaiGHost")])], "Akamai", Basis::Header);
    }

    #[test]
    fn the_four_big_ones_are_named_from_cnames_and_addresses() {
        check(&[resolved("198.51.100.1", "dualstack.guardian.map.fastly.net.")], "Fastly", Basis::Cname);
        check(&[resolved("198.51.100.1", "x.cdn.cloudflare.net")], "Cloudflare", Basis::Cname);
        check(&[resolved("198.51.100.1", "d111111abcdef8.cloudfront.net")], "Amazon CloudFront", Basis::Cname);
        check(&[resolved("198.51.100.1", "e1.a.akamaiedge.net")], "Akamai", Basis::Cname);
        check(&[resolved("151.101.1.57", "www.example.org")], "Fastly", Basis::Address);
        check(&[resolved("104.16.1.1", "www.example.org")], "Cloudflare", Basis::Address);
    }

    #[test]
    fn an_address_is_trusted_over_a_header() {
        let header = answered(&[("server", "cloudflare")]);
        check(&[header, resolved("151.101.1.57", "www.example.org")], "Fastly", Basis::Address);
    }

    #[test]
    fn a_self_hosted_varnish_is_no_fastly() {
        assert_eq!(identify(&[answered(&[("server", "Varnish"), ("via", "1.1 varnish (Varnish/7.1)")])]), None);
        assert_eq!(identify(&[resolved("198.51.100.1", "notfastly.net")]), None);
    }

    #[test]
    fn the_node_next_to_us_is_kept() {
        let cdn = identify(&[answered(&[("x-served-by", "cache-iad1-IAD, cache-lhr2-LHR"), ("x-cache", "MISS")])]);
        assert_eq!(cdn.and_then(|cdn| cdn.node).as_deref(), Some("cache-lhr2-LHR"));
    }
}
