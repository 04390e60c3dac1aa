//! The CDN that delivers a site, named from all that was seen of it.

use std::borrow::Cow;

use detour_model::observation::Observation;
use detour_model::reading::{Basis, CdnName, Reading};
use serde::{Deserialize, Serialize};

use crate::reading::read;

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
pub fn identify<'a>(observations: impl IntoIterator<Item = &'a Observation>) -> Option<Cdn> {
    let mut best: Option<(CdnName, Basis)> = None;
    let mut node = None;
    for observation in observations {
        let reading = reading_of(observation);
        if let Some(found) = reading.cdn.filter(|(_, basis)| best.is_none_or(|(_, known)| *basis < known)) {
            best = Some(found);
        }
        if node.is_none() {
            node = reading.node.as_ref().map(|node| node.name.clone());
        }
    }
    best.map(|(CdnName(name), basis)| Cdn { name: name.to_owned(), basis, node })
}

/// What an observation says: as it was read, or read now.
#[must_use]
pub fn reading_of(observation: &Observation) -> Cow<'_, Reading> {
    match &observation.reading {
        Some(reading) => Cow::Borrowed(reading),
        None => Cow::Owned(read(observation, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detour_model::failure::Failure;
    use detour_model::observation::{Answer, Certificate, Outcome, SoFar, Step, Subject, Vantage};

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
    fn a_certificate_that_only_the_cdn_holds_names_it() {
        let with = |subject: &str, names: &[&str]| Certificate {
            subject: subject.to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            ..Certificate::default()
        };
        check(&[seen(Outcome::Secured(with("", &["*.cloudfront.net"])))], "Amazon CloudFront", Basis::Certificate);
        check(
            &[seen(Outcome::Secured(with("CN=sni.cloudflaressl.com,O=Cloudflare\\, Inc.", &["example.org"])))],
            "Cloudflare",
            Basis::Certificate,
        );
        let mut refused = seen(Outcome::Failed(Failure::TlsCertNameInvalid));
        let certificate = Some(with("", &["default.ssl.fastly.net"]));
        refused.so_far = Some(Box::new(SoFar { certificate, ..SoFar::default() }));
        check(&[refused], "Fastly", Basis::Certificate);
        assert_eq!(identify(&[seen(Outcome::Secured(with("CN=example.org", &["example.org"])))]), None);
    }

    #[test]
    fn a_name_that_failed_to_resolve_tells_by_the_cnames_before() {
        let mut failed = seen(Outcome::Failed(Failure::DnsFailed));
        let cnames = vec!["www.example.org.edgekey.net".to_owned(), "e1.a.akamaiedge.net".to_owned()];
        failed.so_far = Some(Box::new(SoFar { cnames, ..SoFar::default() }));
        check(&[failed], "Akamai", Basis::Cname);
    }

    #[test]
    fn a_connection_that_failed_tells_by_its_address() {
        let mut failed = seen(Outcome::Failed(Failure::TcpTimedOut));
        failed.address = Some("104.16.1.1".parse().unwrap());
        check(&[failed], "Cloudflare", Basis::Address);
    }

    #[test]
    fn the_outermost_of_several_edges_is_the_one_that_delivers() {
        let fastly_behind = [("server", "cloudflare"), ("cf-ray", "1-LHR"), ("x-served-by", "cache-iad1-IAD")];
        check(&[answered(&fastly_behind)], "Cloudflare", Basis::Header);
        let fastly_in_front = [
            ("via", "1.1 a26c.cloudfront.net (CloudFront), 1.1 varnish"),
            ("x-amz-cf-id", "a"),
            ("x-served-by", "cache-iad1-IAD"),
        ];
        check(&[answered(&fastly_in_front)], "Fastly", Basis::Header);
        let fastly_inside = [
            ("via", "1.1 varnish, 1.1 a26c.cloudfront.net (CloudFront)"),
            ("x-amz-cf-id", "a"),
            ("x-served-by", "cache-iad1-IAD"),
        ];
        check(&[answered(&fastly_inside)], "Amazon CloudFront", Basis::Header);
        let bunny_in_front = [("server", "BunnyCDN-UK1-1088"), ("x-served-by", "cache-iad1-IAD")];
        check(&[answered(&bunny_in_front)], "bunny.net", Basis::Header);
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
