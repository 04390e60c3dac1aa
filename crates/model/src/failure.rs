//! What went wrong, in the words of W3C Network Error Logging.
//!
//! A [`Failure`] is read once, at the edge, from what an engine or a socket said. Chromium speaks
//! `net::ERR_*`, Gecko speaks error names and nsresult numbers; nothing further in compares strings.
//! It never says who is at fault: that is a verdict.

use serde::{Deserialize, Serialize};

mod browser;
mod chromium;
mod gecko;

/// A failed fetch, named as Network Error Logging section 5 names its `type` member.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Failure {
    /// The name has no address.
    #[serde(rename = "dns.name_not_resolved")]
    DnsNameNotResolved,
    /// A resolver answered SERVFAIL, REFUSED or nonsense.
    #[serde(rename = "dns.failed")]
    DnsFailed,
    /// No resolver answered.
    #[serde(rename = "dns.unreachable")]
    DnsUnreachable,
    /// No answer to the connection attempt in time.
    #[serde(rename = "tcp.timed_out")]
    TcpTimedOut,
    /// The other end closed in good order before an answer.
    #[serde(rename = "tcp.closed")]
    TcpClosed,
    /// The other end reset the connection.
    #[serde(rename = "tcp.reset")]
    TcpReset,
    /// The port refused.
    #[serde(rename = "tcp.refused")]
    TcpRefused,
    /// The connection was given up for another reason.
    #[serde(rename = "tcp.aborted")]
    TcpAborted,
    /// No route to the address.
    #[serde(rename = "tcp.address_unreachable")]
    TcpAddressUnreachable,
    /// The connection failed and nobody says how.
    #[serde(rename = "tcp.failed")]
    TcpFailed,
    /// The two ends share no protocol version or cipher.
    #[serde(rename = "tls.version_or_cipher_mismatch")]
    TlsVersionOrCipherMismatch,
    /// The site wants a certificate from the visitor.
    #[serde(rename = "tls.bad_client_auth_cert")]
    TlsBadClientAuthCert,
    /// The certificate is for another name.
    #[serde(rename = "tls.cert.name_invalid")]
    TlsCertNameInvalid,
    /// The certificate is expired or not yet valid.
    #[serde(rename = "tls.cert.date_invalid")]
    TlsCertDateInvalid,
    /// Nobody this computer trusts has signed the certificate.
    #[serde(rename = "tls.cert.authority_invalid")]
    TlsCertAuthorityInvalid,
    /// The certificate is wrong in another way.
    #[serde(rename = "tls.cert.invalid")]
    TlsCertInvalid,
    /// The certificate was revoked.
    #[serde(rename = "tls.cert.revoked")]
    TlsCertRevoked,
    /// The handshake was no TLS at all, or broke its rules.
    #[serde(rename = "tls.protocol.error")]
    TlsProtocolError,
    /// The TLS layer failed and nobody says how.
    #[serde(rename = "tls.failed")]
    TlsFailed,
    /// A well-formed answer with an error status.
    #[serde(rename = "http.error")]
    HttpError {
        /// Status code of RFC 9110; `None` when the engine says "an error status" without its number.
        status: Option<u16>,
    },
    /// What came was no HTTP.
    #[serde(rename = "http.response.invalid")]
    HttpResponseInvalid,
    /// The answer was cut off, or was longer than it said.
    #[serde(rename = "http.response.invalid.content_length_mismatch")]
    HttpContentLengthMismatch,
    /// The connection was closed without a byte of answer.
    #[serde(rename = "http.response.invalid.empty")]
    HttpResponseEmpty,
    /// The answer's headers contradict each other or are too big.
    #[serde(rename = "http.response.headers.invalid")]
    HttpResponseHeadersInvalid,
    /// The body does not decode.
    #[serde(rename = "http.response.invalid.encoding")]
    HttpResponseEncoding,
    /// Redirects led round in a circle.
    #[serde(rename = "http.response.redirect_loop")]
    HttpRedirectLoop,
    /// An HTTP/2 or HTTP/3 stream or connection was broken off.
    #[serde(rename = "http.protocol.error")]
    HttpProtocolError,
    /// The connection stood, the answer did not come in time.
    #[serde(rename = "http.timed_out")]
    HttpTimedOut,
    /// The proxy cannot be reached. Network Error Logging has no types for proxies; these are named after Chromium's.
    #[serde(rename = "proxy.connection_failed")]
    ProxyConnectionFailed,
    /// The proxy does not let this site through.
    #[serde(rename = "proxy.refused")]
    ProxyRefused,
    /// The proxy wants a user name and a password.
    #[serde(rename = "proxy.auth_required")]
    ProxyAuthRequired,
    /// The proxy says that it cannot reach the site.
    #[serde(rename = "proxy.target_unreachable")]
    ProxyTargetUnreachable,
    /// The proxy brought no connection to the site, and nobody says why.
    #[serde(rename = "proxy.tunnel_failed")]
    ProxyTunnelFailed,
    /// There is, or may be, a proxy that this program cannot go through: nothing was sent.
    #[serde(rename = "proxy.not_supported")]
    ProxyNotSupported,
    /// This computer has no network.
    #[serde(rename = "offline")]
    Offline,
    /// The user, the page or the browser itself gave up: never an outage.
    #[serde(rename = "abandoned")]
    Abandoned,
    /// An extension, a policy or a rule of the browser forbade it: never an outage.
    #[serde(rename = "blocked")]
    Blocked,
    /// A code that this version does not know.
    #[serde(rename = "unknown")]
    Unrecognized(String),
}

/// Which part of a fetch a failure belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Name resolution.
    Dns,
    /// Connection set-up.
    Tcp,
    /// Secure handshake.
    Tls,
    /// Request and answer.
    Http,
    /// Nothing was tried, the proxy was in the way, or it cannot be told.
    None,
}

impl Failure {
    /// The failure of a committed page, from its status code; `None` below 500.
    ///
    /// 4xx is the site answering: "refused" or "not found", not "down".
    #[must_use]
    pub fn from_status(status: u16) -> Option<Self> {
        (500..=599).contains(&status).then_some(Self::HttpError { status: Some(status) })
    }

    /// Which part of the fetch failed.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self {
            Self::DnsNameNotResolved | Self::DnsFailed | Self::DnsUnreachable => Phase::Dns,
            Self::TcpTimedOut
            | Self::TcpClosed
            | Self::TcpReset
            | Self::TcpRefused
            | Self::TcpAborted
            | Self::TcpAddressUnreachable
            | Self::TcpFailed => Phase::Tcp,
            Self::TlsVersionOrCipherMismatch
            | Self::TlsBadClientAuthCert
            | Self::TlsCertNameInvalid
            | Self::TlsCertDateInvalid
            | Self::TlsCertAuthorityInvalid
            | Self::TlsCertInvalid
            | Self::TlsCertRevoked
            | Self::TlsProtocolError
            | Self::TlsFailed => Phase::Tls,
            Self::HttpError { .. }
            | Self::HttpResponseInvalid
            | Self::HttpContentLengthMismatch
            | Self::HttpResponseEmpty
            | Self::HttpResponseHeadersInvalid
            | Self::HttpResponseEncoding
            | Self::HttpRedirectLoop
            | Self::HttpProtocolError
            | Self::HttpTimedOut => Phase::Http,
            Self::ProxyConnectionFailed
            | Self::ProxyRefused
            | Self::ProxyAuthRequired
            | Self::ProxyTargetUnreachable
            | Self::ProxyTunnelFailed
            | Self::ProxyNotSupported
            | Self::Offline
            | Self::Abandoned
            | Self::Blocked
            | Self::Unrecognized(_) => Phase::None,
        }
    }

    /// Whether this can be an outage at all. A stopped load, a blocked request, a missing network
    /// and a code nobody knows are not: a false alarm is worse than a missed one.
    #[must_use]
    pub const fn may_be_outage(&self) -> bool {
        match self {
            Self::Abandoned
            | Self::Blocked
            | Self::Offline
            | Self::Unrecognized(_)
            | Self::TlsBadClientAuthCert
            | Self::ProxyNotSupported => false,
            Self::HttpError { status: Some(status) } => *status >= 500,
            Self::HttpError { status: None }
            | Self::DnsNameNotResolved
            | Self::DnsFailed
            | Self::DnsUnreachable
            | Self::TcpTimedOut
            | Self::TcpClosed
            | Self::TcpReset
            | Self::TcpRefused
            | Self::TcpAborted
            | Self::TcpAddressUnreachable
            | Self::TcpFailed
            | Self::TlsVersionOrCipherMismatch
            | Self::TlsCertNameInvalid
            | Self::TlsCertDateInvalid
            | Self::TlsCertAuthorityInvalid
            | Self::TlsCertInvalid
            | Self::TlsCertRevoked
            | Self::TlsProtocolError
            | Self::TlsFailed
            | Self::HttpResponseInvalid
            | Self::HttpContentLengthMismatch
            | Self::HttpResponseEmpty
            | Self::HttpResponseHeadersInvalid
            | Self::HttpResponseEncoding
            | Self::HttpRedirectLoop
            | Self::HttpProtocolError
            | Self::HttpTimedOut
            | Self::ProxyConnectionFailed
            | Self::ProxyRefused
            | Self::ProxyAuthRequired
            | Self::ProxyTargetUnreachable
            | Self::ProxyTunnelFailed => true,
        }
    }

    /// Whether a proxy was in the way: it says nothing of the site, and nothing of the network behind the proxy.
    #[must_use]
    pub const fn is_of_proxy(&self) -> bool {
        matches!(
            self,
            Self::ProxyConnectionFailed
                | Self::ProxyRefused
                | Self::ProxyAuthRequired
                | Self::ProxyTargetUnreachable
                | Self::ProxyTunnelFailed
                | Self::ProxyNotSupported
        )
    }

    /// Whether a handshake was refused because of the certificate, and not of something that came after it.
    #[must_use]
    pub const fn is_of_certificate(&self) -> bool {
        matches!(
            self,
            Self::TlsCertNameInvalid
                | Self::TlsCertDateInvalid
                | Self::TlsCertAuthorityInvalid
                | Self::TlsCertInvalid
                | Self::TlsCertRevoked
        )
    }

    /// The Network Error Logging name, such as `tcp.refused`.
    #[must_use]
    pub fn name(&self) -> String {
        // `"name"`, or `{"name":…}` where there is more to say.
        let json = serde_json::to_string(self).unwrap_or_default();
        json.split('"').nth(1).unwrap_or("unknown").to_owned()
    }

    /// The status code, where an answer came.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        if let Self::HttpError { status } = self { *status } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(error: &str, expected: &str) {
        assert_eq!(Failure::from_engine(error).name(), expected, "{error}");
    }

    #[test]
    fn both_engines_words_mean_the_same_failure() {
        for (chromium, gecko_name, nsresult, expected) in [
            ("net::ERR_CONNECTION_REFUSED", "NS_ERROR_CONNECTION_REFUSED", "Error code 2152398861", "tcp.refused"),
            ("net::ERR_CONNECTION_RESET", "NS_ERROR_NET_RESET", "Error code 2152398868", "tcp.reset"),
            ("net::ERR_CONNECTION_TIMED_OUT", "NS_ERROR_NET_TIMEOUT", "Error code 2152398862", "tcp.timed_out"),
            ("net::ERR_NAME_NOT_RESOLVED", "NS_ERROR_UNKNOWN_HOST", "Error code 2152398878", "dns.name_not_resolved"),
            ("net::ERR_INTERNET_DISCONNECTED", "NS_ERROR_OFFLINE", "Error code 2152398864", "offline"),
            (
                "net::ERR_TOO_MANY_REDIRECTS",
                "NS_ERROR_REDIRECT_LOOP",
                "Error code 2152398879",
                "http.response.redirect_loop",
            ),
            ("net::ERR_ABORTED", "NS_BINDING_ABORTED", "Error code 2152398850", "abandoned"),
            (
                "net::ERR_HTTP_RESPONSE_CODE_FAILURE",
                "NS_ERROR_NET_ERROR_RESPONSE",
                "Error code 2152398883",
                "http.error",
            ),
        ] {
            check(chromium, expected);
            check(gecko_name, expected);
            check(nsresult, expected);
        }
    }

    #[test]
    fn what_a_proxy_did_is_told_from_what_the_site_did() {
        for (error, expected) in [
            ("net::ERR_PROXY_CONNECTION_FAILED", "proxy.connection_failed"),
            ("NS_ERROR_PROXY_CONNECTION_REFUSED", "proxy.connection_failed"),
            ("Error code 2152398920", "proxy.connection_failed"), // 0x804B0048
            ("NS_ERROR_UNKNOWN_PROXY_HOST", "proxy.connection_failed"),
            ("Error code 2152398890", "proxy.connection_failed"), // 0x804B002A
            ("Error code 2152399255", "proxy.auth_required"),     // 0x804B0197: 407
            ("Error code 2152399251", "proxy.refused"),           // 403
            ("Error code 2152399350", "proxy.target_unreachable"), // 502
            ("Error code 2152400251", "proxy.refused"),           // 0x804B057B: 1000 + 403
            ("Error code 2152400255", "proxy.auth_required"),     // 1000 + 407
            ("Error code 2152400352", "proxy.target_unreachable"), // 1000 + 504
            ("Error code 2152400277", "proxy.tunnel_failed"),     // 1000 + 429
            ("net::ERR_PROXY_CERTIFICATE_INVALID", "proxy.connection_failed"),
            ("net::ERR_PROXY_AUTH_REQUESTED", "proxy.auth_required"),
            ("NS_ERROR_PROXY_AUTHENTICATION_FAILED", "proxy.auth_required"),
            ("NS_ERROR_PROXY_FORBIDDEN", "proxy.refused"),
            ("NS_ERROR_PROXY_BAD_GATEWAY", "proxy.target_unreachable"),
            ("NS_ERROR_PROXY_GATEWAY_TIMEOUT", "proxy.target_unreachable"),
            ("net::ERR_SOCKS_CONNECTION_HOST_UNREACHABLE", "proxy.target_unreachable"),
            ("net::ERR_TUNNEL_CONNECTION_FAILED", "proxy.tunnel_failed"),
            ("net::ERR_SOCKS_CONNECTION_FAILED", "proxy.tunnel_failed"),
            ("net::ERR_SOCKS_SOMETHING_NEW", "proxy.tunnel_failed"),
            ("net::ERR_HTTPS_PROXY_TUNNEL_RESPONSE_REDIRECT", "proxy.tunnel_failed"),
            ("net::ERR_UNEXPECTED_PROXY_AUTH", "proxy.auth_required"),
            ("net::ERR_PAC_SCRIPT_FAILED", "proxy.connection_failed"),
            ("NS_ERROR_PROXY_TOO_MANY_REQUESTS", "proxy.tunnel_failed"),
        ] {
            check(error, expected);
            assert!(Failure::from_engine(error).is_of_proxy(), "{error}");
            assert!(Failure::from_engine(error).may_be_outage(), "{error}");
        }
        assert!(!Failure::TcpFailed.is_of_proxy());
    }

    #[test]
    fn certificate_errors_keep_their_reason() {
        check("net::ERR_CERT_DATE_INVALID", "tls.cert.date_invalid");
        check("Error code 2153390069", "tls.cert.date_invalid");
        check("Error code 2153398258", "tls.cert.authority_invalid");
        check("Error code 2153394164", "tls.cert.name_invalid");
        check("net::ERR_CERT_SOMETHING_NEW", "tls.cert.invalid");
    }

    #[test]
    fn an_unknown_code_is_kept_and_is_no_outage() {
        let failure = Failure::from_engine("net::ERR_FROM_THE_FUTURE");
        assert_eq!(failure, Failure::Unrecognized("ERR_FROM_THE_FUTURE".into()));
        assert!(!failure.may_be_outage());
    }

    #[test]
    fn gecko_events_of_a_service_worker_are_no_failure() {
        assert!(!Failure::from_engine("NS_ERROR_NET_ON_RESOLVED").may_be_outage());
    }

    #[test]
    fn only_statuses_from_500_are_failures() {
        for status in [0, 200, 204, 304, 401, 403, 404, 429, 451, 499, 600] {
            assert_eq!(Failure::from_status(status), None);
        }
        for status in [500, 502, 503, 504, 520, 522, 530, 598] {
            assert!(Failure::from_status(status).is_some_and(|failure| failure.may_be_outage()));
        }
    }
}
