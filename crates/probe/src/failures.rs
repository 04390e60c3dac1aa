//! What the errors of sockets and of TLS mean, in Network Error Logging's terms.

use std::io::{self, ErrorKind};

use detour_model::failure::Failure;
use rustls::{AlertDescription, CertificateError};

/// What an error of a socket means, also of one under TLS.
#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum that grows; what is new falls to the last arm")]
pub(super) fn of_socket(error: &io::Error) -> Failure {
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return of_tls(tls);
    }
    match error.kind() {
        ErrorKind::ConnectionRefused => Failure::TcpRefused,
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => Failure::TcpReset,
        ErrorKind::ConnectionAborted => Failure::TcpAborted,
        ErrorKind::TimedOut => Failure::TcpTimedOut,
        ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown
        | ErrorKind::AddrNotAvailable
        // A rule of the local firewall or of the routing table ("prohibit").
        | ErrorKind::PermissionDenied => Failure::TcpAddressUnreachable,
        ErrorKind::UnexpectedEof => Failure::TcpClosed,
        // A route of type unreachable may say EINVAL, a kernel without IPv6 EAFNOSUPPORT.
        ErrorKind::InvalidInput | ErrorKind::Unsupported => Failure::TcpAddressUnreachable,
        _ => Failure::TcpFailed,
    }
}

/// What an error of the TLS library means.
#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum that grows; what is new falls to the last arm")]
fn of_tls(error: &rustls::Error) -> Failure {
    use rustls::Error;
    match error {
        Error::InvalidCertificate(reason) => of_certificate(reason),
        Error::NoCertificatesPresented => Failure::TlsCertInvalid,
        Error::PeerIncompatible(_) => Failure::TlsVersionOrCipherMismatch,
        Error::AlertReceived(alert) => of_alert(*alert),
        Error::InvalidMessage(_)
        | Error::InappropriateMessage { .. }
        | Error::InappropriateHandshakeMessage { .. }
        | Error::PeerMisbehaved(_)
        | Error::PeerSentOversizedRecord
        | Error::DecryptError
        | Error::NoApplicationProtocol => Failure::TlsProtocolError,
        _ => Failure::TlsFailed,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum that grows; what is new falls to the last arm")]
fn of_certificate(reason: &CertificateError) -> Failure {
    match reason {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => Failure::TlsCertDateInvalid,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            Failure::TlsCertNameInvalid
        }
        // A known authority's name over another key, as after an authority was made anew: nobody trusted
        // has signed it.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => Failure::TlsCertAuthorityInvalid,
        CertificateError::Revoked => Failure::TlsCertRevoked,
        _ => Failure::TlsCertInvalid,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum that grows; what is new falls to the last arm")]
fn of_alert(alert: AlertDescription) -> Failure {
    match alert {
        AlertDescription::HandshakeFailure
        | AlertDescription::ProtocolVersion
        | AlertDescription::InsufficientSecurity => Failure::TlsVersionOrCipherMismatch,
        AlertDescription::CertificateRequired | AlertDescription::NoCertificate | AlertDescription::BadCertificate => {
            Failure::TlsBadClientAuthCert
        }
        _ => Failure::TlsProtocolError,
    }
}
