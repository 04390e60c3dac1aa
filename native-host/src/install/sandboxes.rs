//! Browsers in Snap and Flatpak: recognised, and what works there said plainly.
//!
//! Sources: the WebExtensions portal lets Snap's Firefox start hosts outside (keepassxreboot/keepassxc#8756);
//! Snap's Chromium starts none (keepassxreboot/keepassxc#12741); in a Flatpak a host runs only from inside
//! the box, which ours can, since the network is all it needs (filips123/PWAsForFirefox#142).

use std::path::{Path, PathBuf};

use super::browsers;
use super::surroundings::{Os, Surroundings};
use crate::place::quoted;

/// How a browser is boxed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SandboxKind {
    /// Snap, with a portal to hosts outside.
    SnapWithPortal,
    /// Snap, without one.
    Snap,
    /// Flatpak.
    Flatpak,
}

/// A browser in a box.
#[derive(Debug, PartialEq, Eq)]
pub struct Sandbox {
    /// The browser's key.
    pub browser: &'static str,
    /// How it is boxed in.
    pub kind: SandboxKind,
    /// The folder in the home folder by which it is known.
    folder: &'static str,
    /// The folder for manifests, inside that one.
    manifests: &'static str,
}

/// The boxed browsers of this user.
pub fn sandboxes(surroundings: &Surroundings) -> impl Iterator<Item = &'static Sandbox> {
    SANDBOXES.iter().filter(|sandbox| sandbox.is_found(surroundings))
}

impl Sandbox {
    fn is_found(&self, surroundings: &Surroundings) -> bool {
        if surroundings.os != Os::Linux {
            return false;
        }
        let has_folder = surroundings.home.as_ref().is_some_and(|home| home.join(self.folder).is_dir());
        let has_program = match self.kind {
            SandboxKind::SnapWithPortal | SandboxKind::Snap => {
                surroundings.absolute("snap/bin").join(self.browser).exists()
            }
            SandboxKind::Flatpak => false,
        };
        has_folder || has_program
    }

    /// Where its manifest lies; `None` where no manifest helps, or the ordinary one serves.
    #[must_use]
    pub fn manifest_dir(&self, surroundings: &Surroundings) -> Option<PathBuf> {
        match self.kind {
            SandboxKind::Flatpak => Some(surroundings.home.as_ref()?.join(self.folder).join(self.manifests)),
            SandboxKind::SnapWithPortal | SandboxKind::Snap => None,
        }
    }

    /// What works and what does not, and what to type.
    #[must_use]
    pub fn explanation(&self, surroundings: &Surroundings, executable: &Path) -> [String; 2] {
        let name = browsers::browser(self.browser).map_or(self.browser, |browser| browser.name);
        let key = self.browser;
        let home = surroundings.home.clone().unwrap_or_default();
        match self.kind {
            SandboxKind::SnapWithPortal => [
                format!(
                    "{name} from Snap: works with the ordinary manifest, through the desktop's WebExtensions portal \
                     (Ubuntu 22.04 and later). The browser asks once whether Detour may start it: say yes."
                ),
                format!("To install: detour install --browser {key}"),
            ],
            SandboxKind::Snap => [
                format!(
                    "{name} from Snap: its box lets no extension start a program outside, so this browser cannot use \
                     the host. The extension works there without it."
                ),
                format!("To use the host: install {name} as an ordinary package, or use another browser"),
            ],
            SandboxKind::Flatpak => {
                let own = home.join(self.folder).join("data/detour");
                let manifests = home.join(self.folder).join(self.manifests);
                [
                    format!(
                        "{name} from Flatpak: starts only programs inside its box. The host needs nothing but the \
                         network, so a copy of it inside works; repeat this after each update of Detour."
                    ),
                    format!(
                        "To install: mkdir -p {own} && cp {executable} {program} && \
                         {program} install --browser {key} --dir {manifests}",
                        executable = quoted(executable),
                        program = quoted(&own.join("detour")),
                        own = quoted(&own),
                        manifests = quoted(&manifests),
                    ),
                ]
            }
        }
    }
}

const SANDBOXES: [Sandbox; 8] = [
    snap("firefox", SandboxKind::SnapWithPortal, "snap/firefox"),
    snap("chromium", SandboxKind::Snap, "snap/chromium"),
    flatpak("firefox", ".var/app/org.mozilla.firefox", ".mozilla/native-messaging-hosts"),
    flatpak("chromium", ".var/app/org.chromium.Chromium", "config/chromium/NativeMessagingHosts"),
    flatpak("chrome", ".var/app/com.google.Chrome", "config/google-chrome/NativeMessagingHosts"),
    flatpak("edge", ".var/app/com.microsoft.Edge", "config/microsoft-edge/NativeMessagingHosts"),
    flatpak("brave", ".var/app/com.brave.Browser", "config/BraveSoftware/Brave-Browser/NativeMessagingHosts"),
    flatpak("vivaldi", ".var/app/com.vivaldi.Vivaldi", "config/vivaldi/NativeMessagingHosts"),
];

const fn snap(browser: &'static str, kind: SandboxKind, folder: &'static str) -> Sandbox {
    Sandbox { browser, kind, folder, manifests: "" }
}

const fn flatpak(browser: &'static str, folder: &'static str, manifests: &'static str) -> Sandbox {
    Sandbox { browser, kind: SandboxKind::Flatpak, folder, manifests }
}
