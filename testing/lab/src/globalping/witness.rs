//! Looking at a certificate without turning away: a probe notes what is wrong with it, and goes on.

use std::fmt::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use serde_json::{Value, json};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::time::ASN1Time;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use crate::error::LabError;
use crate::stamp::rfc3339;

/// The authorities that a probe trusts: the lab's.
#[derive(Clone, Debug)]
pub(super) struct Roots(Arc<WebPkiServerVerifier>);

impl Roots {
    pub(super) fn read(ca: &Path) -> Result<Self, LabError> {
        let failed = |error: &dyn std::fmt::Display| LabError::Certificates(error.to_string());
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_file(ca).map_err(|error| failed(&error))?)
            .map_err(|error| failed(&error))?;
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::new(default_provider()));
        Ok(Self(verifier.build().map_err(|error| failed(&error))?))
    }

    /// A client's side of TLS, and who takes notes for it.
    pub(super) fn witness(&self) -> Result<(ClientConfig, Arc<Witness>), Error> {
        let witness = Arc::new(Witness { roots: self.0.clone(), seen: Mutex::default() });
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(witness.clone())
            .with_no_client_auth();
        Ok((config, witness))
    }
}

/// Takes note of one certificate.
#[derive(Debug)]
pub(super) struct Witness {
    roots: Arc<WebPkiServerVerifier>,
    seen: Mutex<Option<(CertificateDer<'static>, Option<Error>)>>,
}

impl Witness {
    /// The result's `tls`, for a connection with this protocol and cipher suite.
    pub(super) fn document(&self, protocol: &str, cipher: &str) -> Value {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((der, error)) = seen.as_ref() else { return Value::Null };
        let Ok((_, certificate)) = X509Certificate::from_der(der) else { return Value::Null };
        let names = certificate.subject_alternative_name().ok().flatten();
        let names = names.map(|names| names.value.general_names.iter().map(name).collect::<Vec<_>>().join(", "));
        let mut subject = parts(certificate.subject());
        if let (Some(subject), Some(names)) = (subject.as_object_mut(), names) {
            subject.insert("alt".into(), names.into());
        }
        let mut document = json!({
            "authorized": error.is_none(),
            "protocol": protocol,
            "cipherName": cipher.replace("TLS13_", "TLS_"),
            "createdAt": moment(certificate.validity().not_before),
            "expiresAt": moment(certificate.validity().not_after),
            "subject": subject,
            "issuer": parts(certificate.issuer()),
            // What the lab's certificates all have.
            "keyType": "EC",
            "keyBits": 256,
            "serialNumber": hexadecimal(certificate.raw_serial()),
            "fingerprint256": hexadecimal(ring::digest::digest(&ring::digest::SHA256, der).as_ref()),
            "publicKey": hexadecimal(certificate.public_key().subject_public_key.data.as_ref()),
        });
        let is_self_signed = certificate.subject() == certificate.issuer();
        if let (Some(document), Some(error)) = (document.as_object_mut(), error) {
            document.insert("error".into(), words(error, is_self_signed).into());
        }
        document
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
    ) -> Result<ServerCertVerified, Error> {
        let found = self.roots.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        let seen = (end_entity.clone().into_owned(), found.err());
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.roots.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.roots.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.roots.supported_verify_schemes()
    }
}

/// OpenSSL's and Node's names for it, which the service passes on.
fn words(error: &Error, is_self_signed: bool) -> &'static str {
    use CertificateError::{Expired, ExpiredContext, NotValidForName, NotValidForNameContext};
    if matches!(error, Error::InvalidCertificate(Expired | ExpiredContext { .. })) {
        "CERT_HAS_EXPIRED"
    } else if matches!(error, Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. })) {
        "ERR_TLS_CERT_ALTNAME_INVALID"
    } else if is_self_signed {
        "DEPTH_ZERO_SELF_SIGNED_CERT"
    } else {
        "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
    }
}

/// As in `DNS:example.org`.
fn name(name: &GeneralName<'_>) -> String {
    if let GeneralName::DNSName(name) = name { format!("DNS:{name}") } else { name.to_string() }
}

/// `{"CN":…,"O":…,"C":…}`, as far as they are there.
fn parts(name: &X509Name<'_>) -> Value {
    let first = |part: Option<&AttributeTypeAndValue<'_>>| part.and_then(|part| part.as_str().ok()).map(str::to_owned);
    let all = [
        ("CN", first(name.iter_common_name().next())),
        ("O", first(name.iter_organization().next())),
        ("C", first(name.iter_country().next())),
    ];
    all.into_iter().filter_map(|(key, part)| Some((key.to_owned(), Value::from(part?)))).collect()
}

fn moment(at: ASN1Time) -> String {
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    rfc3339(UNIX_EPOCH + Duration::from_secs(seconds))
}

/// As in `02:AB`.
fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        let _ = write!(text, "{}{byte:02X}", if text.is_empty() { "" } else { ":" });
    }
    text
}
