//! The lab's own certificate authority, the certificates it signs, and those it spoils on purpose.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::{Doing, LabError};
use crate::home::{Home, LAB_DOMAIN};
use crate::hosts::{self, SIGN_IN, STRANGER};

/// Which certificate a TLS server shows, and which protocols it speaks.
#[derive(Clone, Debug)]
pub(crate) struct TlsFaces {
    good: Arc<ServerConfig>,
    /// Neutral anchors belong to strangers: each has a certificate of its own. One for all of them is what portals show.
    anchors: BTreeMap<IpAddr, Arc<ServerConfig>>,
    pub(crate) h2: Arc<ServerConfig>,
    /// HTTP/2 or HTTP/1.1, as the client likes.
    pub(crate) either: Arc<ServerConfig>,
    /// What shows where a lying resolver leads: the stranger's own name.
    pub(crate) stranger: Arc<ServerConfig>,
    /// What shows for every name while a portal captures the network: the portal's own name.
    pub(crate) portal: Arc<ServerConfig>,
    pub(crate) expired: Arc<ServerConfig>,
    pub(crate) wrong_name: Arc<ServerConfig>,
    pub(crate) self_signed: Arc<ServerConfig>,
}

impl TlsFaces {
    /// The valid certificate of the server at this address.
    pub(crate) fn of(&self, address: IpAddr) -> &Arc<ServerConfig> {
        self.anchors.get(&address).unwrap_or(&self.good)
    }
}

/// Files for others to use.
#[derive(Clone, Debug)]
pub(crate) struct CertificateFiles {
    pub(crate) ca: PathBuf,
    dir: PathBuf,
}

impl CertificateFiles {
    /// The certificate that nginx shows for hosts of this home, and its key.
    pub(crate) fn leaf(&self, home: Home) -> (PathBuf, PathBuf) {
        (self.dir.join(format!("{home:?}.pem")), self.dir.join(format!("{home:?}.key")))
    }
}

/// Makes everything afresh in `dir`: a lab lives for minutes, and its authority must not outlive it.
pub(crate) fn make(dir: &Path) -> Result<(CertificateFiles, TlsFaces), LabError> {
    let authority = Authority::new("Detour outage lab")?;
    let names = names();
    let leaf = authority.sign(&names, Validity::Now)?;
    let expired = authority.sign(&names, Validity::Past)?;
    let wrong_name = authority.sign(&["elsewhere.example".to_owned()], Validity::Now)?;
    let files = CertificateFiles { ca: dir.join("ca.pem"), dir: dir.to_owned() };
    write(&files.ca, &authority.pem)?;
    for home in [Home::Edge, Home::SecondEdge, Home::ThirdEdge, Home::Bare, Home::Archive] {
        let leaf = authority.sign(&names_behind(home), Validity::Now)?;
        let (chain, key) = files.leaf(home);
        write(&chain, &leaf.chain)?;
        write(&key, &leaf.key)?;
    }
    let http1: &[&[u8]] = &[b"http/1.1"];
    let faces = TlsFaces {
        good: server(&leaf, http1)?,
        anchors: anchors(&authority, http1)?,
        h2: server(&leaf, &[b"h2"])?,
        either: server(&leaf, &[b"h2", b"http/1.1"])?,
        stranger: server(&authority.sign(&[STRANGER.to_owned()], Validity::Now)?, http1)?,
        expired: server(&expired, http1)?,
        wrong_name: server(&wrong_name, http1)?,
        portal: server(&authority.sign(&[SIGN_IN.to_owned()], Validity::Now)?, http1)?,
        self_signed: server(&self_signed(&names)?, http1)?,
    };
    Ok((files, faces))
}

fn anchors(authority: &Authority, protocols: &[&[u8]]) -> Result<BTreeMap<IpAddr, Arc<ServerConfig>>, LabError> {
    let anchors = hosts::all().into_iter().filter(|host| host.home == Home::Anchor);
    let face = |host: hosts::Host| {
        let leaf = authority.sign(&[host.name, host.address.to_string()], Validity::Now)?;
        Ok((host.address, server(&leaf, protocols)?))
    };
    anchors.map(face).collect()
}

/// Writes an authority that nobody trusts, certificate and key in one file, as proxies that inspect TLS want it.
///
/// # Errors
/// When it cannot be made or written.
pub fn write_unknown_authority(path: &Path) -> Result<(), LabError> {
    let authority = Authority::new("Office inspection")?;
    write(path, &format!("{}{}", authority.pem, authority.key))
}

/// Puts the authority into the certificate database that Chromium reads under this HOME.
pub(crate) fn trust_in_chromium(home: &Path, ca: &Path) -> Result<(), LabError> {
    let database = home.join(".pki/nssdb");
    std::fs::create_dir_all(&database).doing(|| format!("creating {}", database.display()))?;
    let database = format!("sql:{}", database.display());
    certutil(&["-N", "-d", &database, "--empty-password"])?;
    certutil(&["-A", "-d", &database, "-n", "detour lab", "-t", "C,,", "-i", &ca.display().to_string()])
}

fn certutil(arguments: &[&str]) -> Result<(), LabError> {
    let output = Command::new("certutil").args(arguments).output().map_err(|_| LabError::Missing {
        program: "certutil".into(),
        install: "apt-get install libnss3-tools".into(),
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(LabError::Command {
        command: format!("certutil {}", arguments.join(" ")),
        output: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

struct Pair {
    chain: String,
    key: String,
}

enum Validity {
    Now,
    Past,
}

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    key: String,
}

impl Authority {
    fn new(name: &str) -> Result<Self, LabError> {
        let key = KeyPair::generate().map_err(failed)?;
        let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let pem = params.self_signed(&key).map_err(failed)?.pem();
        let text = key.serialize_pem();
        Ok(Self { issuer: Issuer::new(params, key), pem, key: text })
    }

    fn sign(&self, names: &[String], validity: Validity) -> Result<Pair, LabError> {
        let key = KeyPair::generate().map_err(failed)?;
        let params = leaf_params(names, validity)?;
        let leaf = params.signed_by(&key, &self.issuer).map_err(failed)?;
        Ok(Pair { chain: format!("{}{}", leaf.pem(), self.pem), key: key.serialize_pem() })
    }
}

fn self_signed(names: &[String]) -> Result<Pair, LabError> {
    let key = KeyPair::generate().map_err(failed)?;
    let leaf = leaf_params(names, Validity::Now)?.self_signed(&key).map_err(failed)?;
    Ok(Pair { chain: leaf.pem(), key: key.serialize_pem() })
}

fn leaf_params(names: &[String], validity: Validity) -> Result<CertificateParams, LabError> {
    let mut params = CertificateParams::new(names.to_vec()).map_err(failed)?;
    let common_name = names.first().map_or("lab", String::as_str);
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Browsers refuse leaves valid for more than 398 days.
    let today = time::OffsetDateTime::now_utc();
    (params.not_before, params.not_after) = match validity {
        Validity::Now => (today - time::Duration::days(30), today + time::Duration::days(90)),
        Validity::Past => (date_time_ymd(2021, 1, 1), date_time_ymd(2021, 6, 8)),
    };
    Ok(params)
}

fn server(pair: &Pair, protocols: &[&[u8]]) -> Result<Arc<ServerConfig>, LabError> {
    let chain = CertificateDer::pem_slice_iter(pair.chain.as_bytes()).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).map_err(failed)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(failed)?;
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    Ok(Arc::new(config))
}

/// Every name that is served over TLS, and the addresses that are asked for as such. No CDN's names: these are not its certificates.
fn names() -> Vec<String> {
    let mut names = vec![wildcard()];
    for host in hosts::all().into_iter().filter(|host| host.home != Home::Origin) {
        if matches!(host.home, Home::Anchor | Home::Doh) {
            names.push(host.address.to_string());
        }
        names.push(host.name);
    }
    names.retain(|name| *name == wildcard() || !name.ends_with(LAB_DOMAIN));
    names
}

/// The names of one nginx' customers, with the CDN's own names for them.
fn names_behind(home: Home) -> Vec<String> {
    let own = hosts::all().into_iter().filter(|host| host.home == home);
    let mut names: Vec<String> = own.flat_map(|host| std::iter::once(host.name).chain(host.alias)).collect();
    if home == Home::SecondEdge {
        names.extend(hosts::on_first_edge().into_iter().flat_map(|site| [hosts::second_alias(&site), site]));
    }
    if home == Home::Edge {
        // Any of these may be given an IPv6 address, which leads there.
        names.push(wildcard());
    }
    names
}

fn wildcard() -> String {
    format!("*.{}", LAB_DOMAIN)
}

fn write(path: &Path, text: &str) -> Result<(), LabError> {
    std::fs::write(path, text).doing(|| format!("writing {}", path.display()))
}

fn failed(error: impl std::fmt::Display) -> LabError {
    LabError::Certificates(error.to_string())
}
