//! Chromium's `net::ERR_*` names (net/base/net_error_list.h) as failures.

use super::Failure;

/// The failure behind `ERR_*`, given without its `net::` prefix.
pub(super) fn failure(name: &str) -> Failure {
    match name {
        "ERR_NAME_NOT_RESOLVED" => Failure::DnsNameNotResolved,
        "ERR_NAME_RESOLUTION_FAILED" | "ERR_DNS_MALFORMED_RESPONSE" | "ERR_DNS_SERVER_FAILED" => Failure::DnsFailed,
        "ERR_DNS_TIMED_OUT" => Failure::DnsUnreachable,
        "ERR_CONNECTION_TIMED_OUT" => Failure::TcpTimedOut,
        "ERR_TIMED_OUT" => Failure::HttpTimedOut,
        "ERR_CONNECTION_CLOSED" | "ERR_SOCKET_NOT_CONNECTED" => Failure::TcpClosed,
        "ERR_CONNECTION_RESET" => Failure::TcpReset,
        "ERR_CONNECTION_REFUSED" => Failure::TcpRefused,
        "ERR_CONNECTION_ABORTED" => Failure::TcpAborted,
        "ERR_ADDRESS_UNREACHABLE" | "ERR_ADDRESS_INVALID" => Failure::TcpAddressUnreachable,
        "ERR_CONNECTION_FAILED" => Failure::TcpFailed,
        "ERR_PROXY_CONNECTION_FAILED"
        | "ERR_PROXY_CERTIFICATE_INVALID"
        | "ERR_NO_SUPPORTED_PROXIES"
        | "ERR_MANDATORY_PROXY_CONFIGURATION_FAILED" => Failure::ProxyConnectionFailed,
        other if other.starts_with("ERR_PAC_") => Failure::ProxyConnectionFailed,
        "ERR_SOCKS_CONNECTION_HOST_UNREACHABLE" | "ERR_PROXY_UNABLE_TO_CONNECT_TO_DESTINATION" => {
            Failure::ProxyTargetUnreachable
        }
        "ERR_UNEXPECTED_PROXY_AUTH" => Failure::ProxyAuthRequired,
        other if other.starts_with("ERR_PROXY_AUTH_") => Failure::ProxyAuthRequired,
        // What the proxy's part of it was is not known of every code, and that it was the proxy's part is.
        other if OF_PROXIES.iter().any(|start| other.starts_with(start)) => Failure::ProxyTunnelFailed,
        "ERR_SSL_VERSION_OR_CIPHER_MISMATCH" => Failure::TlsVersionOrCipherMismatch,
        "ERR_BAD_SSL_CLIENT_AUTH_CERT" | "ERR_SSL_CLIENT_AUTH_CERT_NEEDED" => Failure::TlsBadClientAuthCert,
        "ERR_CERT_COMMON_NAME_INVALID" => Failure::TlsCertNameInvalid,
        "ERR_CERT_DATE_INVALID" => Failure::TlsCertDateInvalid,
        "ERR_CERT_AUTHORITY_INVALID" => Failure::TlsCertAuthorityInvalid,
        "ERR_CERT_REVOKED" => Failure::TlsCertRevoked,
        "ERR_SSL_PROTOCOL_ERROR" => Failure::TlsProtocolError,
        "ERR_HTTP_RESPONSE_CODE_FAILURE" => Failure::HttpError { status: None },
        "ERR_EMPTY_RESPONSE" => Failure::HttpResponseEmpty,
        "ERR_CONTENT_LENGTH_MISMATCH" | "ERR_INCOMPLETE_CHUNKED_ENCODING" => Failure::HttpContentLengthMismatch,
        "ERR_INVALID_HTTP_RESPONSE" | "ERR_INVALID_RESPONSE" => Failure::HttpResponseInvalid,
        "ERR_INVALID_CHUNKED_ENCODING" | "ERR_CONTENT_DECODING_FAILED" => Failure::HttpResponseEncoding,
        "ERR_RESPONSE_HEADERS_TOO_BIG"
        | "ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH"
        | "ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION" => Failure::HttpResponseHeadersInvalid,
        "ERR_TOO_MANY_REDIRECTS" => Failure::HttpRedirectLoop,
        "ERR_HTTP2_PROTOCOL_ERROR"
        | "ERR_HTTP2_SERVER_REFUSED_STREAM"
        | "ERR_HTTP2_PING_FAILED"
        | "ERR_HTTP2_STREAM_CLOSED"
        | "ERR_QUIC_PROTOCOL_ERROR" => Failure::HttpProtocolError,
        // ERR_NETWORK_CHANGED: this computer's network changed under the load; Chromium retries by itself.
        "ERR_INTERNET_DISCONNECTED" | "ERR_NETWORK_CHANGED" | "ERR_NETWORK_IO_SUSPENDED" => Failure::Offline,
        "ERR_ABORTED" => Failure::Abandoned,
        "ERR_NETWORK_ACCESS_DENIED"
        | "ERR_UNSAFE_PORT"
        | "ERR_FILE_NOT_FOUND"
        | "ERR_UNKNOWN_URL_SCHEME"
        | "ERR_DISALLOWED_URL_SCHEME"
        | "ERR_ACCESS_DENIED"
        | "ERR_INVALID_URL"
        | "ERR_CACHE_MISS" => Failure::Blocked,
        // ERR_CACHE_MISS: "confirm form resubmission", the user's own step back to a POST.
        other if other.starts_with("ERR_BLOCKED_BY_") => Failure::Blocked,
        other if other.starts_with("ERR_CERT_") => Failure::TlsCertInvalid,
        other if other.starts_with("ERR_SSL_") => Failure::TlsFailed,
        other => Failure::Unrecognized(other.to_owned()),
    }
}

/// How the names of errors begin that only loads by a proxy meet.
const OF_PROXIES: [&str; 4] = ["ERR_PROXY_", "ERR_SOCKS_", "ERR_TUNNEL_", "ERR_HTTPS_PROXY_"];
