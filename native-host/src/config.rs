//! The user's config file: TOML, every key optional, every mistake named with the place and the remedy.
//!
//! Only this file can widen what the host may look at; the extension has no say in it.

mod archives;
mod contacts;
mod proxy;
mod read;
mod services;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use detour_model::target::Target;
use detour_probe::{Doh, StatusPage};
use ipnet::IpNet;
use serde::Deserialize;
use url::Url;

pub use archives::{Archive, Archives};
pub use proxy::ProxyChoice;

/// Everything the user may set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Private ranges that may be connected to, for labs and intranets; none by default.
    #[serde(deserialize_with = "read::networks")]
    pub allow_addresses: Vec<IpNet>,
    /// PEM files with certificate authorities to trust besides the system's.
    pub extra_root_certificates: Vec<PathBuf>,
    /// Which proxy to go through: `system`, `none` or a server's address.
    #[serde(deserialize_with = "proxy::read")]
    pub proxy: ProxyChoice,
    /// Which DNS servers to ask.
    pub resolvers: Resolvers,
    /// Neutral sites that tell "your network" from "this site".
    pub anchors: Anchors,
    /// The probe that finds captive portals.
    pub portal: Portal,
    /// By a CDN's name, other sites on it to ask when the target fails, in place of the built-in ones.
    pub canaries: BTreeMap<String, Vec<Target>>,
    /// By a CDN's name, its status page, in place of the built-in one.
    pub status_pages: BTreeMap<String, StatusPage>,
    /// Probes on other networks, asked only on the user's word.
    pub globalping: Globalping,
    /// Where copies are looked for.
    pub archives: Archives,
    /// Whether other sites on the target's CDN are asked when it fails; `canaries` says which.
    pub ask_canaries: bool,
    /// Whether a CDN's status page is read when a site on it fails.
    pub ask_status_pages: bool,
    /// Whether a name that nobody has registered is looked up, to find out a resolver that makes answers up.
    pub ask_made_up_name: bool,
    /// Whether CDNs' published address lists are fetched anew, at most once a week, after a check in which every
    /// control was well. Nobody is asked unless this is switched on: releases bring lists, and `detour cdns --refresh`
    /// fetches newer ones.
    pub refresh_cdns: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            allow_addresses: Vec::new(),
            extra_root_certificates: Vec::new(),
            proxy: ProxyChoice::System,
            resolvers: Resolvers::default(),
            anchors: Anchors::default(),
            portal: Portal::default(),
            canaries: BTreeMap::new(),
            status_pages: BTreeMap::new(),
            globalping: Globalping::default(),
            archives: Archives::default(),
            ask_canaries: true,
            ask_status_pages: true,
            ask_made_up_name: true,
            refresh_cdns: false,
        }
    }
}

/// Which DNS servers to ask.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Resolvers {
    /// Takes the place of the operating system's resolver.
    #[serde(deserialize_with = "read::server")]
    pub system: Option<SocketAddr>,
    /// DNS-over-HTTPS servers to hold it against. They learn an anchor's name when the system's resolver is in doubt,
    /// and the target's only on the user's word.
    #[serde(deserialize_with = "read::resolvers")]
    pub doh: Vec<Doh>,
}

/// Neutral sites on networks that have nothing to do with each other.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Anchors {
    /// One http(s) address each.
    #[serde(deserialize_with = "read::targets")]
    pub hosts: Vec<Target>,
    /// Literal addresses, port 443 unless one is given, that answer TLS with a certificate for the address: they
    /// need no resolver.
    #[serde(deserialize_with = "read::sockets")]
    pub addresses: Vec<SocketAddr>,
}

/// A plain-http address whose answer is known, so that another answer is somebody in between.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Portal {
    /// What to fetch; `None` leaves the probe out.
    #[serde(deserialize_with = "read::optional_target")]
    pub url: Option<Target>,
    /// The status of an open network. Core knows 204 alone, as Chromium does.
    #[serde(deserialize_with = "read::status_204")]
    pub expect_status: u16,
}

/// The service that runs remote probes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Globalping {
    /// Its base address; `None` leaves remote probes out.
    #[serde(deserialize_with = "read::optional_url")]
    pub api: Option<Url>,
}

/// Why the config file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It was named on the command line and cannot be read.
    #[error("cannot read the config file {path}: {source}; check the path after --config")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not TOML, or says something that is not in this version.
    #[error("config file {path}: {problem}")]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Line, key and what to write instead.
        problem: String,
    },
}

impl Config {
    /// Reads the named file, or the default one where it exists.
    ///
    /// # Errors
    /// [`ConfigError`], when a named file is missing or any file is malformed. A missing default file is fine.
    pub fn load(named: Option<&Path>, default: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(path) = named.or(default) else { return Ok(Self::default()) };
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, path),
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(ConfigError::Unreadable { path: path.to_owned(), source }),
        }
    }

    /// Reads the text of a config file; `path` is for messages.
    ///
    /// # Errors
    /// [`ConfigError::Malformed`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| ConfigError::Malformed {
            path: path.to_owned(),
            problem: error.to_string().trim_end().to_owned(),
        })
    }
}

/// A config file with which nobody is asked but the site itself and the system's resolver.
pub const NOBODY_ELSE: &str = r#"
refresh_cdns = false
ask_canaries = false
ask_status_pages = false
ask_made_up_name = false
[resolvers]
doh = []
[anchors]
hosts = []
addresses = []
[portal]
url = ""
[globalping]
api = ""
[archives]
on = false
"#;

/// Where the config file lies when nobody says otherwise.
///
/// `environment` answers like `std::env::var`, so that each system's rule can be tested on any other.
#[must_use]
pub fn default_path(os: &str, environment: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let absolute = |name: &str| environment(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = match os {
        "windows" => absolute("APPDATA"),
        // Also on macOS: a command-line program's file is looked for where the other ones are.
        _ => absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config"))),
    };
    base.map(|base| base.join("detour").join("config.toml"))
}

impl Default for Anchors {
    fn default() -> Self {
        Self {
            hosts: DEFAULT_ANCHORS.iter().filter_map(|url| Target::parse(url).ok()).collect(),
            addresses: DEFAULT_LITERALS.iter().filter_map(|address| address.parse().ok()).collect(),
        }
    }
}

impl Default for Resolvers {
    fn default() -> Self {
        Self { system: None, doh: services::DEFAULT_DOH.iter().filter_map(|url| Doh::parse(url)).collect() }
    }
}

impl Default for Globalping {
    fn default() -> Self {
        Self { api: Url::parse("https://api.globalping.io").ok() }
    }
}

impl Default for Portal {
    fn default() -> Self {
        Self { url: Target::parse(DEFAULT_PORTAL).ok(), expect_status: 204 }
    }
}

/// Three networks that share no CDN: Wikimedia's own, Google's own, Debian's own servers. Small answers.
const DEFAULT_ANCHORS: [&str; 3] = [
    "https://www.wikipedia.org/robots.txt",
    "https://www.google.com/generate_204",
    "https://www.debian.org/robots.txt",
];

/// Cloudflare, Google and Quad9, whose certificates name these addresses; the last one is Quad9's in IPv6.
const DEFAULT_LITERALS: [&str; 4] = ["1.1.1.1:443", "8.8.8.8:443", "9.9.9.9:443", "[2620:fe::fe]:443"];

/// Chromium's own probe (components/captive_portal): an open network answers 204 without a body.
const DEFAULT_PORTAL: &str = "http://connectivitycheck.gstatic.com/generate_204";

#[cfg(test)]
mod tests {
    use detour_cdn::places;

    use super::*;

    fn parsed(text: &str) -> Result<Config, String> {
        Config::parse(text, Path::new("/etc/detour.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn an_empty_file_means_the_defaults() {
        let config = parsed("").unwrap();
        assert_eq!(config, Config::default());
        assert!(config.anchors.hosts.len() >= 3);
        assert_eq!((config.anchors.addresses.len(), config.resolvers.doh.len()), (4, 3));
        assert!(config.globalping.api.is_some());
        assert!(!config.refresh_cdns, "vendors are asked for their lists only on the user's word");
        assert!(!config.contacts().permits("127.0.0.1".parse().unwrap()));
        assert!(config.contacts().permits("9.9.9.9".parse().unwrap()));
    }

    #[test]
    fn a_full_file_is_understood() {
        let config = parsed(
            r#"
            allow_addresses = ["127.0.0.0/8", "::1"]
            extra_root_certificates = ["/abs/ca.pem"]
            [resolvers]
            system = "127.0.0.53:5353"
            doh = ["https://9.9.9.9/dns-query", "https://[2620:fe::fe]/dns-query", "https://127.0.0.1:8443/dns-query"]
            [anchors]
            hosts = ["https://anchor-one.detour-lab.net/"]
            addresses = ["9.9.9.9", "2620:fe::fe", "127.0.0.1:8443"]
            [canaries]
            Fastly = ["https://www.python.org/"]
            "bunny.net" = []
            [status_pages]
            Fastly = { rss = "https://www.fastlystatus.com/rss/" }
            Cloudflare = { summary = "https://www.cloudflarestatus.com/api/v2/summary.json" }
            [globalping]
            api = "https://api.globalping.io"
            [portal]
            url = "http://connectivitycheck.gstatic.com/generate_204"
            expect_status = 204
            [archives]
            wayback_availability = "https://archive.org/wayback/available"
            timegates = ["https://web.archive.org/web/"]
            "#,
        )
        .unwrap();
        let contacts = config.contacts();
        assert!(contacts.permits("127.0.3.4".parse().unwrap()));
        assert!(!contacts.permits("10.0.0.1".parse().unwrap()));
        assert_eq!(config.resolvers.system, Some("127.0.0.53:5353".parse().unwrap()));
        let doh: Vec<String> = config.resolvers.doh.iter().map(|server| server.address().to_string()).collect();
        assert_eq!(doh, ["9.9.9.9", "2620:fe::fe", "127.0.0.1"]);
        let literals: Vec<String> = config.anchors.addresses.iter().map(ToString::to_string).collect();
        assert_eq!(literals, ["9.9.9.9:443", "[2620:fe::fe]:443", "127.0.0.1:8443"]);
        assert_eq!(contacts.canaries["Fastly"].len(), 1);
        assert!(contacts.canaries["bunny.net"].is_empty());
        assert_eq!(contacts.canaries["Akamai"].len(), places::canaries("Akamai").len());
        assert!(matches!(contacts.status_pages.get("Fastly"), Some(StatusPage::Rss(_))));
        let without = Config { ask_canaries: false, ask_status_pages: false, ..config };
        assert!(without.contacts().canaries.is_empty() && without.contacts().status_pages.is_empty());
    }

    #[test]
    fn every_contact_but_the_site_itself_can_be_switched_off() {
        let config = parsed(NOBODY_ELSE).unwrap();
        assert!(config.anchors.hosts.is_empty() && config.anchors.addresses.is_empty());
        assert_eq!((config.portal.url.as_ref(), config.globalping.api.as_ref()), (None, None));
        assert!(config.resolvers.doh.is_empty() && !config.ask_made_up_name && !config.refresh_cdns);
        assert!(config.contacts().canaries.is_empty() && config.contacts().status_pages.is_empty());
        assert!(config.archives.registry().archives.iter().all(|archive| !archive.is_on));
    }

    #[test]
    fn a_mistake_names_the_file_the_key_and_the_remedy() {
        for (text, words) in [
            ("allow_adresses = []", ["allow_adresses", "allow_addresses"]),
            ("allow_addresses = [\"everything\"]", ["allow_addresses", "write it like \"10.0.0.0/8\""]),
            ("[resolvers]\nsystem = \"dns\"", ["system", "write it like \"9.9.9.9\""]),
            ("[anchors]\nhosts = [\"example\"]", ["hosts", "write it like \"https://"]),
            ("[portal]\nexpect_status = \"204\"", ["expect_status", "expected u16"]),
            ("[portal]\nexpect_status = 200", ["expect_status", "answers 204"]),
            ("[resolvers]\ndoh = [\"https://dns.example/\"]", ["doh", "write it like \"https://9.9.9.9/dns-query\""]),
            ("[resolvers]\ndoh = [\"http://9.9.9.9/\"]", ["doh", "write it like \"https://9.9.9.9/dns-query\""]),
            ("[anchors]\naddresses = [\"quad9\"]", ["addresses", "write it like \"9.9.9.9\""]),
            ("[globalping]\napi = \"api.globalping.io\"", ["api", "https://api.globalping.io"]),
            ("[canaries]\nFastly = [\"http://10.0.0.1/\"]", ["Fastly", "your own network"]),
            ("[status_pages]\nFastly = { html = \"https://x.example.org/\" }", ["html", "rss"]),
        ] {
            let error = parsed(text).unwrap_err();
            assert!(error.contains("/etc/detour.toml"), "{error}");
            for word in words {
                assert!(error.contains(word), "{error}");
            }
        }
    }

    #[test]
    fn a_missing_default_file_is_fine_and_a_missing_named_one_is_not() {
        let missing = Path::new("/nonexistent/detour/config.toml");
        assert!(Config::load(None, Some(missing)).is_ok());
        assert!(Config::load(Some(missing), None).unwrap_err().to_string().contains("/nonexistent"));
    }

    #[test]
    fn the_default_place_follows_each_system() {
        for (os, variables, expected) in [
            ("linux", vec![("HOME", "/home/ann")], Some("/home/ann/.config/detour/config.toml")),
            ("linux", vec![("HOME", "/h"), ("XDG_CONFIG_HOME", "/x")], Some("/x/detour/config.toml")),
            ("macos", vec![("HOME", "/Users/ann")], Some("/Users/ann/.config/detour/config.toml")),
            ("linux", vec![], None),
        ] {
            let lookup =
                |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(default_path(os, lookup), expected.map(PathBuf::from));
        }
        let windows = default_path("windows", |name| (name == "APPDATA").then(|| r"C:\Roaming".to_owned())).unwrap();
        assert!(windows.starts_with(r"C:\Roaming") && windows.ends_with("config.toml"));
    }
}
