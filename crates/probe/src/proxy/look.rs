//! Where the settings are looked for, and in which order. Looked at anew for each check: people change networks.

use std::path::{Path, PathBuf};
use std::time::Duration;

use detour_model::proxy::{BrowserProxy, ProxyMode};

use super::server::ProxyServer;
use super::settings::Settings;
use super::{browser, environment, gnome, kde, macos, windows};
use crate::program::run;

/// Where checks have their proxy from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ProxySource {
    /// There is none, whatever anybody says.
    #[default]
    Nowhere,
    /// The browser's word, and the settings of this computer.
    System,
    /// This server, for everything.
    Given(ProxyServer),
}

/// What the settings say now.
pub(crate) async fn look(source: &ProxySource, told: Option<&BrowserProxy>) -> Settings {
    match source {
        ProxySource::Nowhere => Settings::default(),
        ProxySource::Given(server) => Settings::all_through(server.clone(), "Detour's config file"),
        ProxySource::System => {
            let environment = environment::read(|name| std::env::var(name).ok());
            chosen(told, environment, desktop().await)
        }
    }
}

/// The browser's own settings first. Where it leaves that to the system, Chromium and Gecko ask the desktop before the
/// environment; other programs know the environment alone.
fn chosen(told: Option<&BrowserProxy>, environment: Option<Settings>, desktop: Option<Settings>) -> Settings {
    let is_system = told.is_some_and(|told| told.mode == ProxyMode::System);
    let by_browser = told.and_then(browser::read);
    let mut found = match by_browser {
        Some(found) => found,
        None if is_system => desktop.clone().or_else(|| environment.clone()).unwrap_or_default(),
        None => environment.clone().or_else(|| desktop.clone()).unwrap_or_default(),
    };
    for other in environment.iter().chain(&desktop) {
        found.borrow_credentials(other);
    }
    // The browser met a proxy that the settings may not name: an extension's, or a network's own.
    found.is_suspected = told.is_some_and(|told| told.is_suspected);
    found
}

async fn desktop() -> Option<Settings> {
    match std::env::consts::OS {
        "windows" => windows::read(&run(&windows::COMMAND, PATIENCE).await?),
        "macos" => macos::read(&run(&macos::COMMAND, PATIENCE).await?),
        _ => {
            let config = config_folder()?;
            let is_kde = std::env::var("XDG_CURRENT_DESKTOP").is_ok_and(|desktop| desktop.contains("KDE"));
            if is_kde && let Ok(found) = std::fs::read_to_string(config.join("kioslaverc")) {
                return kde::read(&found);
            }
            // Without any of these nobody has set anything; and asked all the same, `gsettings` leaves a folder behind.
            let own = ["dconf/user", "glib-2.0/settings/keyfile"].map(|name| config.join(name));
            let has_settings = own.iter().any(|path| path.exists()) || has_entries(Path::new("/etc/dconf/db"));
            if has_settings { gnome::read(&run(&gnome::COMMAND, PATIENCE).await?) } else { None }
        }
    }
}

fn has_entries(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

fn config_folder() -> Option<PathBuf> {
    let of = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    of("XDG_CONFIG_HOME").or_else(|| Some(of("HOME")?.join(".config")))
}

/// They read a file or the registry, in some ten milliseconds. A check waits no longer than a lost packet would take.
const PATIENCE: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use url::Url;

    use super::super::settings::Way;
    use super::*;

    fn through(text: &str) -> Option<Settings> {
        Some(Settings::all_through(ProxyServer::parse(text).unwrap(), "a test"))
    }

    fn way(told: Option<&BrowserProxy>, environment: Option<Settings>, desktop: Option<Settings>) -> String {
        match chosen(told, environment, desktop).way(&Url::parse("https://www.example.org/").unwrap()) {
            Way::Direct => "direct".to_owned(),
            Way::Through(server) => {
                server.credentials.as_ref().map_or(server.to_string(), |it| format!("{}@{server}", it.user))
            }
            Way::Closed(obstacle) => format!("{obstacle:?}"),
        }
    }

    #[test]
    fn the_browsers_word_comes_first_and_then_the_desktop_or_the_environment() {
        let told = |mode| BrowserProxy { mode, ..BrowserProxy::default() };
        let (environment, desktop) = (through("http://env:1"), through("http://desk:2"));
        let way_by = |mode| way(Some(&told(mode)), environment.clone(), desktop.clone());
        assert_eq!(way(None, environment.clone(), desktop.clone()), "http://env:1");
        assert_eq!(way(None, None, desktop.clone()), "http://desk:2");
        assert_eq!(way_by(ProxyMode::System), "http://desk:2");
        assert_eq!(way_by(ProxyMode::Unknown), "http://env:1");
        assert_eq!(way_by(ProxyMode::Direct), "direct");
        assert_eq!(way_by(ProxyMode::Script), "Script");
        assert_eq!(way(None, None, None), "direct");
    }

    #[test]
    fn a_proxy_that_only_the_browsers_failure_names_closes_the_way() {
        let told = BrowserProxy { is_suspected: true, ..BrowserProxy::default() };
        assert_eq!(way(Some(&told), None, None), "Unknown");
        assert_eq!(way(Some(&told), through("http://env:1"), None), "http://env:1");
        let direct = BrowserProxy { mode: ProxyMode::Direct, ..told };
        assert_eq!(way(Some(&direct), None, None), "Unknown");
        let bypassed = BrowserProxy {
            mode: ProxyMode::Fixed,
            others: Some("http://env:1".into()),
            bypass: vec!["*.example.org".into()],
            is_suspected: true,
            ..BrowserProxy::default()
        };
        assert_eq!(way(Some(&bypassed), None, None), "Unknown");
    }

    #[test]
    fn credentials_of_the_same_server_are_found_where_they_are_kept() {
        let told =
            BrowserProxy { mode: ProxyMode::Fixed, others: Some("http://env:1".into()), ..BrowserProxy::default() };
        assert_eq!(way(Some(&told), through("http://ann:x@env:1"), None), "ann@http://env:1");
        assert_eq!(way(Some(&told), through("http://ann:x@other:1"), None), "http://env:1");
    }
}
