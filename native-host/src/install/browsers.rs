//! The browsers, as data.

use std::path::PathBuf;

use super::surroundings::{Os, Surroundings};

/// Which kind of manifest a browser reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Names extensions by `chrome-extension://` origin.
    Chromium,
    /// Names extensions by their id.
    Firefox,
}

/// A browser, and where it looks for hosts.
#[derive(Debug, PartialEq, Eq)]
pub struct Browser {
    /// What the user types.
    pub key: &'static str,
    /// What the user reads.
    pub name: &'static str,
    /// Which kind of manifest it reads.
    pub family: Family,
    /// Its folder on Linux: under `~/.config`, for Firefox under the home folder.
    linux: &'static str,
    /// Its folder on macOS, under `~/Library/Application Support`.
    macos: &'static str,
    /// Its folder in the registry, under `HKEY_CURRENT_USER\Software`.
    windows: &'static str,
    /// Its profile's folder on Windows, under `LOCALAPPDATA`.
    windows_profile: &'static str,
    /// What it is called in the path.
    programs: &'static [&'static str],
}

/// All browsers that can be installed for.
pub const BROWSERS: [Browser; 6] = [
    Browser {
        key: "chromium",
        name: "Chromium",
        family: Family::Chromium,
        linux: "chromium",
        macos: "Chromium",
        windows: r"Chromium",
        windows_profile: r"Chromium",
        programs: &["chromium", "chromium-browser"],
    },
    Browser {
        key: "chrome",
        name: "Google Chrome",
        family: Family::Chromium,
        linux: "google-chrome",
        macos: "Google/Chrome",
        windows: r"Google\Chrome",
        windows_profile: r"Google\Chrome",
        programs: &["google-chrome", "google-chrome-stable"],
    },
    Browser {
        key: "edge",
        name: "Microsoft Edge",
        family: Family::Chromium,
        linux: "microsoft-edge",
        macos: "Microsoft Edge",
        windows: r"Microsoft\Edge",
        windows_profile: r"Microsoft\Edge",
        programs: &["microsoft-edge", "microsoft-edge-stable"],
    },
    Browser {
        key: "brave",
        name: "Brave",
        family: Family::Chromium,
        linux: "BraveSoftware/Brave-Browser",
        macos: "BraveSoftware/Brave-Browser",
        windows: r"BraveSoftware\Brave-Browser",
        windows_profile: r"BraveSoftware\Brave-Browser",
        programs: &["brave-browser", "brave"],
    },
    Browser {
        key: "vivaldi",
        name: "Vivaldi",
        family: Family::Chromium,
        linux: "vivaldi",
        macos: "Vivaldi",
        windows: r"Vivaldi",
        windows_profile: r"Vivaldi",
        programs: &["vivaldi", "vivaldi-stable"],
    },
    Browser {
        key: "firefox",
        name: "Firefox",
        family: Family::Firefox,
        linux: ".mozilla",
        macos: "Mozilla",
        windows: r"Mozilla",
        windows_profile: r"Mozilla\Firefox",
        programs: &["firefox", "firefox-esr"],
    },
];

/// The browser with this key.
#[must_use]
pub fn browser(key: &str) -> Option<&'static Browser> {
    BROWSERS.iter().find(|browser| browser.key == key)
}

/// All keys, for messages.
pub(super) fn keys() -> String {
    BROWSERS.map(|browser| browser.key).join(", ")
}

impl Browser {
    /// The folder its manifest belongs in; `None` where the home folder is not known.
    #[must_use]
    pub fn manifest_dir(&self, surroundings: &Surroundings) -> Option<PathBuf> {
        match (surroundings.os, self.family) {
            (Os::Linux, Family::Chromium) => Some(self.profile(surroundings)?.join("NativeMessagingHosts")),
            (Os::Linux, Family::Firefox) => Some(self.profile(surroundings)?.join("native-messaging-hosts")),
            (Os::MacOs, _) => Some(
                surroundings
                    .home
                    .as_ref()?
                    .join("Library/Application Support")
                    .join(self.macos)
                    .join("NativeMessagingHosts"),
            ),
            (Os::Windows, _) => Some(surroundings.local_app_data.as_ref()?.join("Detour").join("native-messaging")),
        }
    }

    /// The registry key whose default value names the manifest.
    #[must_use]
    pub fn registry_key(&self, host_name: &str) -> String {
        format!(r"Software\{}\NativeMessagingHosts\{host_name}", self.windows)
    }

    /// Whether it is installed outside a sandbox, or has been used here.
    #[must_use]
    pub fn is_found(&self, surroundings: &Surroundings) -> bool {
        self.profile(surroundings).is_some_and(|profile| profile.is_dir())
            || self.programs.iter().any(|program| surroundings.has_program(program))
    }

    /// Its folder with profiles.
    fn profile(&self, surroundings: &Surroundings) -> Option<PathBuf> {
        Some(match (surroundings.os, self.family) {
            (Os::Linux, Family::Chromium) => surroundings.config_base()?.join(self.linux),
            (Os::Linux, Family::Firefox) => surroundings.home.as_ref()?.join(self.linux),
            (Os::MacOs, Family::Chromium) => {
                surroundings.home.as_ref()?.join("Library/Application Support").join(self.macos)
            }
            (Os::MacOs, Family::Firefox) => surroundings.home.as_ref()?.join("Library/Application Support/Firefox"),
            (Os::Windows, _) => surroundings.local_app_data.as_ref()?.join(self.windows_profile),
        })
    }
}
