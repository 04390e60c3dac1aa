//! Verdicts in sentences: what happened, who is at fault, how sure, and why.

use super::Text;
use crate::failure::Failure;
use crate::verdict::{Because, Confidence, Fact, Fault, Segment, Verdict};

/// What happened, in a sentence.
#[must_use]
pub fn headline(failure: &Failure, site: &str) -> Text {
    if let Some(status) = failure.status() {
        if status < 300 {
            return Text::with("headline_soft", [site]);
        }
        return Text::with("headline_status", [site, &status.to_string()]);
    }
    let key = match failure {
        Failure::HttpError { .. } => "headline_empty_status",
        Failure::TcpRefused => "headline_refused",
        Failure::TcpReset => "headline_reset",
        Failure::TcpClosed | Failure::TcpAborted => "headline_closed",
        Failure::TcpTimedOut | Failure::HttpTimedOut => "headline_timed_out",
        Failure::HttpResponseEmpty => "headline_no_answer",
        Failure::DnsNameNotResolved | Failure::DnsFailed | Failure::DnsUnreachable => "headline_name",
        Failure::TcpAddressUnreachable | Failure::TcpFailed => "headline_unreachable",
        Failure::TlsCertNameInvalid
        | Failure::TlsCertDateInvalid
        | Failure::TlsCertAuthorityInvalid
        | Failure::TlsCertInvalid
        | Failure::TlsCertRevoked => "headline_certificate",
        Failure::TlsVersionOrCipherMismatch
        | Failure::TlsBadClientAuthCert
        | Failure::TlsProtocolError
        | Failure::TlsFailed => "headline_secure",
        Failure::HttpRedirectLoop => "headline_redirect_loop",
        Failure::HttpResponseInvalid
        | Failure::HttpContentLengthMismatch
        | Failure::HttpResponseHeadersInvalid
        | Failure::HttpResponseEncoding
        | Failure::HttpProtocolError
        | Failure::Abandoned
        | Failure::Blocked
        | Failure::Unrecognized(_) => "headline_broken_answer",
        Failure::ProxyConnectionFailed | Failure::ProxyTunnelFailed | Failure::ProxyNotSupported => "headline_proxy",
        Failure::ProxyRefused => "headline_proxy_refused",
        Failure::ProxyAuthRequired => "headline_proxy_sign_in",
        Failure::ProxyTargetUnreachable => "headline_proxy_unreachable",
        Failure::Offline => return Text::of("headline_offline"),
    };
    Text::with(key, [site])
}

/// Who is at fault, in a sentence.
#[must_use]
pub fn verdict_text(verdict: &Verdict, failure: &Failure, site: &str) -> Text {
    let with_cdn = |plain: &str, named: &str| match &verdict.cdn {
        Some(cdn) => Text::with(named, [site, &cdn.name]),
        None => Text::with(plain, [site]),
    };
    match verdict.fault {
        Fault::Passed => Text::with("verdict_back", [site]),
        Fault::Challenge => Text::with("verdict_challenge", [site]),
        Fault::You => Text::of(verdict.segment.map_or("verdict_you", own_network)),
        Fault::Portal => Text::of("verdict_portal"),
        Fault::Proxy => Text::of("verdict_proxy"),
        Fault::ProxyRefuses => Text::with("verdict_proxy_refuses", [site]),
        Fault::ProxySignIn => Text::of("verdict_proxy_sign_in"),
        Fault::Resolver => Text::of(verdict.segment.map_or("verdict_resolver", own_network)),
        Fault::NameGone => Text::with("verdict_name_gone", [site]),
        Fault::NameFailing => Text::with("verdict_name_failing", [site]),
        Fault::Certificate => Text::with("verdict_certificate", [site]),
        Fault::Clock => Text::of("verdict_certificate_clock"),
        Fault::Edge => with_cdn("verdict_server", "verdict_server_cdn"),
        Fault::Origin => with_cdn("verdict_server", "verdict_server_origin"),
        Fault::Server => Text::with("verdict_server", [site]),
        // Which one it is, the reasons say: its name means nothing to most readers.
        Fault::ComesAndGoes => match about(verdict, Fact::Only) {
            Some(_) => Text::with("verdict_comes_and_goes_only", [site]),
            None => Text::with("verdict_comes_and_goes", [site]),
        },
        Fault::FromHere => with_cdn("verdict_from_here", "verdict_from_here_cdn"),
        Fault::ThisBrowser => Text::with("verdict_this_browser", [site]),
        Fault::Unconfirmed if matches!(failure, Failure::HttpError { .. }) => {
            Text::with("verdict_unconfirmed_server", [site])
        }
        Fault::Unconfirmed => Text::with("verdict_unconfirmed", [site]),
        Fault::CantTell => Text::with("verdict_cant_tell", [site]),
        Fault::Recovering => Text::with("verdict_recovering", [site]),
        Fault::Moved => match verdict.because.first() {
            Some(left) => Text::with("verdict_moved", [site, &left.about.join("")]),
            None => Text::with("verdict_back", [site]),
        },
        Fault::AddressFamily => {
            Text::with("verdict_address_family", [&about(verdict, Fact::Only).unwrap_or_default(), site])
        }
        Fault::NameFiltered => Text::with("verdict_name_filtered", [site]),
        Fault::CdnNames => with_cdn("verdict_name_failing", "verdict_cdn_names"),
        Fault::Intercepted => Text::with("verdict_intercepted", [site]),
        Fault::CdnWide => with_cdn("verdict_server", "verdict_cdn_wide"),
        Fault::CdnHere => with_cdn("verdict_server", "verdict_cdn_here"),
        Fault::EdgeUnreachable => with_cdn("verdict_from_here", "verdict_edge_unreachable"),
        Fault::Regional => with_cdn("verdict_regional", "verdict_regional_cdn"),
        Fault::CloudRegion => Text::with("verdict_cloud_region", [site]),
        Fault::Overloaded => with_cdn("verdict_server", "verdict_overloaded"),
        Fault::SoftOutage => Text::with("verdict_soft_outage", [site]),
        Fault::BrokenParts => {
            let hosts = about(verdict, Fact::Parts).unwrap_or_default();
            match &verdict.cdn {
                Some(cdn) => Text::with("verdict_broken_parts_cdn", [&hosts, &cdn.name]),
                None => Text::with("verdict_broken_parts", [&hosts]),
            }
        }
        Fault::Unreachable => Text::with("verdict_unreachable", [site]),
    }
}

/// Which segment of the user's own network fails.
const fn own_network(segment: Segment) -> &'static str {
    match segment {
        Segment::Link => "verdict_you_link",
        Segment::Address => "verdict_you_address",
        Segment::NoRouter => "verdict_you_no_router",
        Segment::Router => "verdict_you_router",
        Segment::Vpn => "verdict_you_vpn",
        Segment::Wifi => "verdict_you_wifi",
        Segment::Uplink => "verdict_you_uplink",
        Segment::Resolver => "verdict_resolver_silent",
        Segment::VpnResolver => "verdict_resolver_vpn",
    }
}

/// How sure, in words.
#[must_use]
pub fn certainty(confidence: Confidence) -> Text {
    Text::of(match confidence {
        Confidence::High => "certainty_high",
        Confidence::Medium => "certainty_medium",
        Confidence::Low => "certainty_low",
    })
}

/// The facts that a verdict rests on, a sentence each.
#[must_use]
pub fn reasons(verdict: &Verdict) -> Vec<Text> {
    verdict.because.iter().map(reason).collect()
}

/// One fact that a verdict rests on, in a sentence.
#[must_use]
pub fn reason(because: &Because) -> Text {
    let key = match because.fact {
        Fact::SiblingsFail => "because_siblings_fail",
        Fact::SiblingsFine => "because_siblings_fine",
        Fact::Pops => "because_pops",
        Fact::Share => {
            return Text { key: "because_share".to_owned(), args: because.about.clone() };
        }
        Fact::Only => "because_only",
        Fact::FailsIn => "because_fails_in",
        Fact::FineIn => "because_fine_in",
        Fact::ControlsFine => "because_controls_fine",
        Fact::ControlsFail => "because_controls_fail",
        Fact::ResolversAgree => "because_resolvers_agree",
        Fact::ResolversDiffer => "because_resolvers_differ",
        Fact::Dnssec => "because_dnssec",
        Fact::StatusPage => "because_status_page",
        Fact::Parts => "because_parts",
        Fact::Left => "because_left",
        Fact::RefusesPrograms => "because_refuses_programs",
        Fact::Slow => "because_slow",
        Fact::LeadsHome => "because_leads_home",
    };
    Text::with(key, [&because.about.join(", ")])
}

/// What a fact of this kind is about, where the verdict rests on one.
fn about(verdict: &Verdict, fact: Fact) -> Option<String> {
    verdict.because.iter().find(|because| because.fact == fact).map(|because| because.about.join(", "))
}
