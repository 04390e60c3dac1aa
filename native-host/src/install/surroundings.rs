//! What the paths depend on: the system, the home folder, the environment, and what exists.

use std::path::{Path, PathBuf};

/// The systems that browsers keep different folders on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Os {
    /// Linux, and what resembles it.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
}

/// One user's machine, as far as installing goes.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The system.
    pub os: Os,
    /// The user's home folder.
    pub home: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`, where it is set.
    pub config_home: Option<PathBuf>,
    /// `LOCALAPPDATA`, where it is set.
    pub local_app_data: Option<PathBuf>,
    /// The folders that programs are looked for in.
    pub path: Vec<PathBuf>,
    /// Put before absolute paths such as `/snap`; `/` except in tests.
    pub root: PathBuf,
}

impl Surroundings {
    /// This machine and this user.
    #[must_use]
    pub fn here() -> Self {
        let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let os = match std::env::consts::OS {
            "windows" => Os::Windows,
            "macos" => Os::MacOs,
            _ => Os::Linux,
        };
        Self {
            os,
            home: if os == Os::Windows { folder("USERPROFILE") } else { folder("HOME") },
            config_home: folder("XDG_CONFIG_HOME"),
            local_app_data: folder("LOCALAPPDATA"),
            path: std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect(),
            root: PathBuf::from("/"),
        }
    }

    /// Where Linux programs keep their settings.
    #[must_use]
    pub fn config_base(&self) -> Option<PathBuf> {
        self.config_home.clone().or_else(|| self.home.as_ref().map(|home| home.join(".config")))
    }

    /// Whether a program is in the path, Snap's folder aside: those are sandboxes.
    #[must_use]
    pub fn has_program(&self, name: &str) -> bool {
        let snap = self.absolute("snap/bin");
        self.path.iter().any(|dir| *dir != snap && dir.join(name).is_file())
    }

    /// A path from the root.
    #[must_use]
    pub fn absolute(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }
}
