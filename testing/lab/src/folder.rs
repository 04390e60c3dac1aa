//! The lab's folder: emptied at the start, with the home that browsers and the host are given.

use std::path::{Path, PathBuf};

use crate::error::{Doing, LabError};
use crate::home::Home;
use crate::hosts::{self, ANCHORS, DOH_ADDRESSES, GLOBALPING, PORTAL_PROBE};
use crate::neighbours;

/// Empties the folder and gives its `logs`. A folder that holds something else than a lab is left alone.
pub(crate) fn make_fresh(dir: &Path) -> Result<PathBuf, LabError> {
    let logs = dir.join("logs");
    let occupied = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    if occupied && !dir.join(MARK).exists() {
        return Err(LabError::Io {
            doing: format!("{} is not empty and was not made by the lab; name another folder", dir.display()),
            source: std::io::ErrorKind::AlreadyExists.into(),
        });
    }
    if occupied {
        std::fs::remove_dir_all(dir).doing(|| format!("emptying {}", dir.display()))?;
    }
    std::fs::create_dir_all(&logs).doing(|| format!("creating {}", logs.display()))?;
    write(&dir.join(MARK), "This folder belongs to detour-lab, which empties it at every start.\n")?;
    Ok(logs)
}

/// Writes the native host's configuration, which points at the lab's servers and trusts its authority.
pub(crate) fn write_host_config(home: &Path, ca: &Path) -> Result<(), LabError> {
    let path = home.join(HOST_CONFIG);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).doing(|| format!("creating {}", parent.display()))?;
    }
    let hosts = list(ANCHORS.map(|name| format!("https://{name}/")));
    let addresses = list(hosts::at_home(Home::Anchor));
    let doh = list(DOH_ADDRESSES.map(|address| format!("https://{address}/dns-query")));
    let canaries = |home| list(neighbours::behind(home).map(|one| format!("https://{}/", one.host)));
    let (fastly, cloudflare) = (canaries(Home::Edge), canaries(Home::SecondEdge));
    let akamai = canaries(Home::ThirdEdge);
    let text = format!(
        r#"# Written by the lab.
extra_root_certificates = ["{}"]

[resolvers]
system = "127.0.0.53:53"
doh = {doh}

[anchors]
hosts = {hosts}
addresses = {addresses}

[portal]
url = "http://{PORTAL_PROBE}/generate_204"
expect_status = 204

[canaries]
Fastly = {fastly}
Cloudflare = {cloudflare}
Akamai = {akamai}

[status_pages.Fastly]
rss = "https://www.fastlystatus.com/rss/"

[status_pages.Cloudflare]
summary = "https://www.cloudflarestatus.com/api/v2/summary.json"

[globalping]
api = "https://{GLOBALPING}"

[archives]
wayback_availability = "https://archive.org/wayback/available"
timegates = ["https://web.archive.org/web/", "https://arquivo.pt/wayback/"]
"#,
        ca.display()
    );
    write(&path, &text)
}

/// A TOML array of strings.
fn list(items: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    let quoted: Vec<String> = items.into_iter().map(|item| format!("\"{item}\"")).collect();
    format!("[{}]", quoted.join(", "))
}

/// Where the host looks for its configuration under a HOME.
pub(crate) const HOST_CONFIG: &str = ".config/detour/config.toml";
const MARK: &str = ".detour-lab";

pub(crate) fn create_dir(path: &Path) -> Result<(), LabError> {
    std::fs::create_dir_all(path).doing(|| format!("creating {}", path.display()))
}

pub(crate) fn write(path: &Path, text: &str) -> Result<(), LabError> {
    std::fs::write(path, text).doing(|| format!("writing {}", path.display()))
}
