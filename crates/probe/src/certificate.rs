//! What a certificate says of itself, read from its DER form.

use detour_model::observation::Certificate;
use detour_model::time::Millis;
use rustls_pki_types::CertificateDer;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::time::ASN1Time;

/// Reads a certificate; fields that cannot be read stay empty, the fingerprint is always there.
pub(super) fn read(der: &CertificateDer<'_>) -> Certificate {
    let fingerprint = fingerprint(der);
    let Ok((_, certificate)) = X509Certificate::from_der(der) else {
        return Certificate { sha256: fingerprint, ..Certificate::default() };
    };
    let names = match certificate.subject_alternative_name() {
        Ok(Some(extension)) => extension.value.general_names.iter().filter_map(dns_name).collect(),
        Ok(None) | Err(_) => Vec::new(),
    };
    Certificate {
        subject: certificate.subject().to_string(),
        issuer: certificate.issuer().to_string(),
        names,
        not_before: millis(certificate.validity().not_before),
        not_after: millis(certificate.validity().not_after),
        sha256: fingerprint,
    }
}

/// Whether a certificate names itself as its issuer.
pub(super) fn is_self_issued(der: &CertificateDer<'_>) -> bool {
    X509Certificate::from_der(der).is_ok_and(|(_, certificate)| certificate.subject() == certificate.issuer())
}

fn dns_name(name: &GeneralName<'_>) -> Option<String> {
    if let GeneralName::DNSName(name) = name { Some((*name).to_owned()) } else { None }
}

/// Dates before 1970 become 1970: no certificate is that old, and the unit has no sign.
fn millis(time: ASN1Time) -> Millis {
    Millis(u64::try_from(time.timestamp()).unwrap_or(0).saturating_mul(1000))
}

fn fingerprint(der: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, der);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
