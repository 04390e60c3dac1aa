//! What a probe's error messages mean. They are Node.js' and OpenSSL's own; the service documents no codes.

use crate::failure::Failure;
use crate::observation::Step;

/// The step at which a probe failed, and how.
pub(super) fn failure(words: &str) -> (Step, Failure) {
    let known = WORDS.iter().find(|(part, _, _)| words.contains(part));
    known.map_or((Step::Tcp, Failure::TcpFailed), |(_, step, failure)| (*step, failure.clone()))
}

/// Whether the probe refused to measure, which says nothing of the target.
pub(super) fn is_refusal_of_probe(words: &str) -> bool {
    ["Private IP ranges", "not allowed", "Test failed. Please try again"].iter().any(|part| words.contains(part))
}

/// Why a certificate is not trusted, by the name of OpenSSL's verify error.
pub(super) fn certificate(error: &str) -> Failure {
    let is_any = |parts: &[&str]| parts.iter().any(|part| error.contains(part));
    if is_any(&["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]) {
        Failure::TlsCertDateInvalid
    } else if is_any(&["ALTNAME", "HOSTNAME_MISMATCH"]) {
        Failure::TlsCertNameInvalid
    } else if is_any(&["SELF_SIGNED", "UNABLE_TO_GET_ISSUER", "UNABLE_TO_VERIFY_LEAF", "CERT_UNTRUSTED"]) {
        Failure::TlsCertAuthorityInvalid
    } else if is_any(&["CERT_REVOKED"]) {
        Failure::TlsCertRevoked
    } else {
        Failure::TlsCertInvalid
    }
}

/// The first that is contained counts: the names of errors before the phrases around them.
const WORDS: [(&str, Step, Failure); 18] = [
    ("ENOTFOUND", Step::Dns, Failure::DnsNameNotResolved),
    ("ENODATA", Step::Dns, Failure::DnsNameNotResolved),
    ("ESERVFAIL", Step::Dns, Failure::DnsFailed),
    ("EREFUSED", Step::Dns, Failure::DnsFailed),
    ("ETIMEOUT", Step::Dns, Failure::DnsUnreachable),
    ("EAI_AGAIN", Step::Dns, Failure::DnsUnreachable),
    ("ECONNREFUSED", Step::Tcp, Failure::TcpRefused),
    ("ETIMEDOUT", Step::Tcp, Failure::TcpTimedOut),
    ("EHOSTUNREACH", Step::Tcp, Failure::TcpAddressUnreachable),
    ("ENETUNREACH", Step::Tcp, Failure::TcpAddressUnreachable),
    ("before secure TLS connection", Step::Tls, Failure::TcpClosed),
    ("EPROTO", Step::Tls, Failure::TlsProtocolError),
    ("SSL routines", Step::Tls, Failure::TlsProtocolError),
    ("ECONNRESET", Step::Http, Failure::TcpReset),
    ("other side closed", Step::Http, Failure::HttpResponseEmpty),
    ("socket hang up", Step::Http, Failure::HttpResponseEmpty),
    ("Parse Error", Step::Http, Failure::HttpResponseInvalid),
    // The probe's own limit for the whole fetch; it does not tell the step.
    ("equest timeout", Step::Http, Failure::HttpTimedOut),
];
