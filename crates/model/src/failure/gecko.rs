//! Gecko's error names and nsresult numbers (xpcom/base/ErrorList.py, security/nss) as failures.
//!
//! webNavigation gives the number, webRequest the name; TLS errors come there as localized text,
//! so only their number is read: `0x805A0000 - nsserr`.

use super::Failure;

/// The failure behind an nsresult, as webNavigation's "Error code N" gives it.
pub(super) fn from_nsresult(code: u32) -> Failure {
    match code {
        // NS_BINDING_ABORTED: fired for every cross-process load, good or bad.
        0x804B_0002 => Failure::Abandoned,
        0x804B_000D => Failure::TcpRefused,
        0x804B_000E => Failure::TcpTimedOut,
        0x804B_0010 => Failure::Offline,
        0x804B_0014 => Failure::TcpReset,
        0x804B_001E => Failure::DnsNameNotResolved,
        0x804B_002A | 0x804B_0048 => Failure::ProxyConnectionFailed,
        0x804B_001F => Failure::HttpRedirectLoop,
        // NET_ERROR_RESPONSE is 5xx (or 4xx with its twin 0x24) without a body to show.
        0x804B_0023 => Failure::HttpError { status: None },
        0x804B_0024 => Failure::Blocked,
        0x804B_0047 | 0x804B_004C => Failure::HttpContentLengthMismatch,
        0x804B_001B | 0x804B_001D => Failure::HttpResponseEncoding,
        0x804B_0053 => Failure::HttpProtocolError,
        0x8052_000F => Failure::HttpResponseHeadersInvalid, // NS_ERROR_FILE_TOO_BIG: headers past the limit
        0x8000_4004 => Failure::Blocked,
        // A proxy's status instead of a tunnel: NS_ERROR_PROXY_* are 0x804B0000, 1000 and the status, as Firefox 153 has them.
        // The numbers without the thousand are nobody else's.
        0x804B_0578..=0x804B_063F => from_proxy_status(code - 0x804B_0000 - 1000),
        0x804B_0190..=0x804B_0257 => from_proxy_status(code - 0x804B_0000),
        0x805A_0000..=0x805A_FFFF => from_nss(code - 0x805A_0000),
        other => Failure::Unrecognized(format!("nsresult {other:#010x}")),
    }
}

/// The failure behind a status that a proxy answered CONNECT with.
const fn from_proxy_status(status: u32) -> Failure {
    match status {
        407 => Failure::ProxyAuthRequired,
        401 | 403 | 451 => Failure::ProxyRefused,
        502..=504 => Failure::ProxyTargetUnreachable,
        _ => Failure::ProxyTunnelFailed,
    }
}

/// The failure behind a negated NSS error number: SEC_ERROR_* counts from -8192, SSL_ERROR_* from -12288,
/// MOZILLA_PKIX_ERROR_* from -16384.
fn from_nss(negated: u32) -> Failure {
    match negated {
        8181 | 8162 | 16379 => Failure::TlsCertDateInvalid, // EXPIRED_CERTIFICATE, EXPIRED_ISSUER, NOT_YET_VALID
        8179 | 8172 | 16370 => Failure::TlsCertAuthorityInvalid, // UNKNOWN_ISSUER, UNTRUSTED_ISSUER, SELF_SIGNED_CERT
        12276 => Failure::TlsCertNameInvalid,               // BAD_CERT_DOMAIN
        8180 => Failure::TlsCertRevoked,                    // REVOKED_CERTIFICATE
        12227 | 12285 => Failure::TlsBadClientAuthCert,     // HANDSHAKE/NO_CERTIFICATE wanted from the visitor
        12190 | 12286 => Failure::TlsVersionOrCipherMismatch, // UNSUPPORTED_VERSION, NO_CYPHER_OVERLAP
        12263 => Failure::TlsProtocolError,                 // RX_RECORD_TOO_LONG: plain HTTP on 443
        _ => Failure::TlsFailed,
    }
}

/// The failure behind the name that webRequest gives.
pub(super) fn from_name(name: &str) -> Failure {
    match name {
        "NS_ERROR_UNKNOWN_HOST" => Failure::DnsNameNotResolved,
        "NS_ERROR_UNKNOWN_PROXY_HOST" | "NS_ERROR_PROXY_CONNECTION_REFUSED" => Failure::ProxyConnectionFailed,
        "NS_ERROR_PROXY_AUTHENTICATION_FAILED" => from_proxy_status(407),
        "NS_ERROR_PROXY_FORBIDDEN" | "NS_ERROR_PROXY_UNAUTHORIZED" => from_proxy_status(403),
        "NS_ERROR_PROXY_BAD_GATEWAY" | "NS_ERROR_PROXY_GATEWAY_TIMEOUT" | "NS_ERROR_PROXY_SERVICE_UNAVAILABLE" => {
            from_proxy_status(502)
        }
        other if other.starts_with("NS_ERROR_PROXY_") => Failure::ProxyTunnelFailed,
        "NS_ERROR_CONNECTION_REFUSED" => Failure::TcpRefused,
        "NS_ERROR_NET_RESET" => Failure::TcpReset,
        "NS_ERROR_NET_TIMEOUT" => Failure::TcpTimedOut,
        "NS_ERROR_NET_TIMEOUT_EXTERNAL" => Failure::HttpTimedOut,
        "NS_ERROR_NET_INTERRUPT" => Failure::TcpClosed,
        "NS_ERROR_OFFLINE" => Failure::Offline,
        "NS_ERROR_REDIRECT_LOOP" => Failure::HttpRedirectLoop,
        "NS_ERROR_NET_ERROR_RESPONSE" => Failure::HttpError { status: None },
        "NS_ERROR_NET_PARTIAL_TRANSFER" => Failure::HttpContentLengthMismatch,
        "NS_ERROR_CORRUPTED_CONTENT" | "NS_ERROR_INVALID_CONTENT_ENCODING" => Failure::HttpResponseEncoding,
        "NS_ERROR_NET_HTTP2_SENT_GOAWAY" | "NS_ERROR_NET_HTTP3_PROTOCOL_ERROR" => Failure::HttpProtocolError,
        "NS_BINDING_ABORTED" | "NS_ERROR_DOCUMENT_NOT_CACHED" => Failure::Abandoned,
        // NS_ERROR_NET_EMPTY_RESPONSE is a 4xx without a body: the site answered.
        "NS_ERROR_ABORT" | "NS_ERROR_NET_EMPTY_RESPONSE" | "NS_ERROR_PORT_ACCESS_NOT_ALLOWED" => Failure::Blocked,
        // Progress notes that appear as errors when a service worker answers.
        other if other.starts_with("NS_ERROR_NET_ON_") => Failure::Abandoned,
        other => Failure::Unrecognized(other.to_owned()),
    }
}
