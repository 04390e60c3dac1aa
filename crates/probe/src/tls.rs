//! TLS: one handshake, and whom to trust.

use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use detour_model::failure::Failure;
use detour_model::observation::{Certificate, Outcome};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::http::Protocol;
use crate::recorder::Broken;
use crate::{certificate, failures};

/// Whose signatures are trusted.
#[derive(Debug, Clone)]
pub(super) struct Trust {
    provider: Arc<CryptoProvider>,
    verifier: Arc<WebPkiServerVerifier>,
}

/// Why the trusted authorities could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// An extra file holds no usable certificate.
    #[error("extra_root_certificates: {path} holds no usable PEM certificate ({problem}); name an existing PEM file")]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The TLS library refused the set.
    #[error("the trusted certificates cannot be used: {0}")]
    Rejected(String),
}

impl Trust {
    /// The system's authorities, because a check must see what this computer's browsers see: a company's
    /// own authority included. Mozilla's list steps in where the system keeps none (slim containers), and
    /// joins on Windows, which downloads authorities only when its own TLS first needs them.
    ///
    /// # Errors
    /// [`TrustError`], when an extra file cannot be used. A broken system store is only logged.
    pub(super) fn load(extra: &[PathBuf]) -> Result<Self, TrustError> {
        let mut roots = RootCertStore::empty();
        let native = rustls_native_certs::load_native_certs();
        for error in &native.errors {
            tracing::warn!(%error, "a part of the system's certificate store is unreadable");
        }
        roots.add_parsable_certificates(native.certs);
        if roots.is_empty() || cfg!(windows) {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        for path in extra {
            for authority in authorities(path)? {
                roots.add(authority).map_err(|error| unusable(path, error))?;
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
            .build()
            .map_err(|error| TrustError::Rejected(error.to_string()))?;
        Ok(Self { provider, verifier })
    }
}

fn authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let found: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(path).map_err(|error| unusable(path, error))?.collect();
    let found = found.map_err(|error| unusable(path, error))?;
    if found.is_empty() { Err(unusable(path, "it is empty of certificates")) } else { Ok(found) }
}

fn unusable(path: &Path, problem: impl ToString) -> TrustError {
    TrustError::Unusable { path: path.to_owned(), problem: problem.to_string() }
}

/// Shakes hands as a browser would, offering HTTP/2 and HTTP/1.1.
pub(super) async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
    trust: &Trust,
    host: &str,
    stream: S,
) -> Result<(Outcome, TlsStream<S>), Broken> {
    handshake_for(trust, host, stream, &[b"h2", b"http/1.1"]).await
}

/// The same with these protocols on offer; a proxy is spoken HTTP/1.1 with.
pub(super) async fn handshake_for<S: AsyncRead + AsyncWrite + Unpin>(
    trust: &Trust,
    host: &str,
    stream: S,
    protocols: &[&[u8]],
) -> Result<(Outcome, TlsStream<S>), Broken> {
    let bare = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    let name = ServerName::try_from(bare.to_owned()).map_err(|_| Failure::TlsFailed)?;
    let witness = Arc::new(Witness { trust: trust.clone(), seen: Mutex::new(None) });
    let mut config = ClientConfig::builder_with_provider(trust.provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|_| Failure::TlsFailed)?
        .dangerous() // rustls' word for any verifier of one's own; ours passes its judgement on unchanged
        .with_custom_certificate_verifier(witness.clone())
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let shaken = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    let presented = witness.presented();
    match shaken {
        Ok(stream) => Ok((Outcome::Secured(presented.unwrap_or_default()), stream)),
        Err(error) => {
            tracing::debug!(host, %error, certificate = ?presented, "the handshake failed");
            let failure = failures::of_socket(&error);
            let refused = presented.filter(|_| failure.is_of_certificate());
            Err(Broken::after_certificate(failure, refused))
        }
    }
}

/// Which HTTP version the two ends agreed on.
pub(super) fn agreed_protocol<S>(stream: &TlsStream<S>) -> Protocol {
    match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => Protocol::Http2,
        Some(_) | None => Protocol::Http1,
    }
}

/// Remembers the certificate it was shown, also when it is turned down.
#[derive(Debug)]
struct Witness {
    trust: Trust,
    seen: Mutex<Option<Certificate>>,
}

impl Witness {
    fn presented(&self) -> Option<Certificate> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(certificate::read(end_entity));
        let verified =
            self.trust.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verified {
            // webpki calls a self-signed certificate "an authority used as end entity"; browsers call it
            // one that nobody has signed, and so do we.
            Err(rustls::Error::InvalidCertificate(CertificateError::Other(_)))
                if certificate::is_self_issued(end_entity) =>
            {
                Err(CertificateError::UnknownIssuer.into())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.trust.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.trust.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.trust.verifier.supported_verify_schemes()
    }
}
