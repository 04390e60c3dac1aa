//! A certificate authority for the servers that the lab does not have, and one that nobody trusts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Whoever signs certificates.
#[derive(Debug)]
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
    key: String,
}

/// A server's certificate with its chain, and its key.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) chain: String,
    pub(crate) key: String,
}

impl Authority {
    /// A root of its own.
    pub(crate) fn root(name: &str) -> Result<Self> {
        let (params, key) = authority_params(name)?;
        let pem = params.self_signed(&key)?.pem();
        let text = key.serialize_pem();
        Ok(Self { issuer: Issuer::new(params, key), pem, key: text })
    }

    /// An authority below this one.
    pub(crate) fn below(&self, name: &str) -> Result<Self> {
        let (params, key) = authority_params(name)?;
        let pem = params.signed_by(&key, &self.issuer)?.pem();
        let text = key.serialize_pem();
        Ok(Self { issuer: Issuer::new(params, key), pem, key: text })
    }

    /// Signs for these names; the chain is the leaf alone.
    pub(crate) fn sign(&self, names: &[String]) -> Result<Pair> {
        self.signed(names, &KeyPair::generate()?)
    }

    /// The same for a key that is there already.
    pub(crate) fn sign_for(&self, names: &[String], key: &str) -> Result<Pair> {
        self.signed(names, &KeyPair::from_pem(key)?)
    }

    fn signed(&self, names: &[String], key: &KeyPair) -> Result<Pair> {
        let mut params = CertificateParams::new(names.to_vec())?;
        params.distinguished_name.push(DnType::CommonName, names.first().map_or("lab", String::as_str));
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let today = time::OffsetDateTime::now_utc();
        // Browsers refuse leaves that are good for more than 398 days.
        (params.not_before, params.not_after) = (today - time::Duration::days(30), today + time::Duration::days(90));
        Ok(Pair { chain: params.signed_by(key, &self.issuer)?.pem(), key: key.serialize_pem() })
    }

    /// Certificate and key in one file, as proxies that sign want it.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        std::fs::write(path, format!("{}{}", self.pem, self.key)).with_context(|| format!("writing {}", path.display()))
    }
}

impl Pair {
    /// Chain and key in one file, as HAProxy wants it, and the key in one more.
    pub(crate) fn write(&self, folder: &Path, name: &str) -> Result<PathBuf> {
        let path = folder.join(format!("{name}.pem"));
        std::fs::write(&path, format!("{}{}", self.chain, self.key))?;
        std::fs::write(folder.join(format!("{name}.key")), &self.key)?;
        Ok(path)
    }

    /// For a server of ours, which speaks HTTP/1.1.
    pub(crate) fn server(&self) -> Result<Arc<ServerConfig>> {
        let chain = CertificateDer::pem_slice_iter(self.chain.as_bytes()).collect::<Result<Vec<_>, _>>()?;
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes())?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

fn authority_params(name: &str) -> Result<(CertificateParams, KeyPair)> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok((params, key))
}
