//! What a browser is started with.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::office::Kind;
use crate::place;

/// Which extension the browser gets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Extension {
    /// The one for this engine, from `dist`.
    #[default]
    Detour,
    /// An unpacked extension with Detour's id, for comparison.
    Folder(PathBuf),
    /// None: then there is no control tab, and only [`crate::Browser`]’s client is of use.
    None,
}

/// How a browser is started.
#[derive(Debug, Clone)]
pub struct BrowserOptions {
    /// Without a window.
    pub headless: bool,
    /// Which extension.
    pub extension: Extension,
    /// Whether the native host is installed.
    pub with_host: bool,
    /// The window's width and height.
    pub size: (u32, u32),
    /// Whether the user prefers dark colours.
    pub dark: bool,
    /// The profile of a browser that was closed, to go on with; `None` for a fresh one.
    pub profile: Option<PathBuf>,
    /// The proxy that its user has set, if any.
    pub(crate) proxy: Option<Kind>,
}

impl Default for BrowserOptions {
    fn default() -> Self {
        Self {
            headless: true,
            extension: Extension::Detour,
            with_host: true,
            size: (1100, 800),
            dark: false,
            profile: None,
            proxy: None,
        }
    }
}

/// What a browser is started with.
pub(crate) struct Surroundings<'a> {
    pub(crate) options: &'a BrowserOptions,
    /// The unpacked extension, if any.
    pub(crate) extension: Option<PathBuf>,
    pub(crate) home: &'a Path,
    pub(crate) ca: &'a Path,
    /// Fresh and empty.
    pub(crate) profile: &'a Path,
    pub(crate) log: &'a Path,
    /// Where the browser writes down what it asks for, and for whom.
    pub(crate) book: &'a Path,
}

impl Surroundings<'_> {
    /// Puts the native host's manifest into `folder`, or takes it away.
    pub(crate) fn place_host_manifest(&self, folder: &Path, template: &str) -> Result<()> {
        let file = folder.join("org.detour.host.json");
        if !self.options.with_host {
            let _ = std::fs::remove_file(&file);
            return Ok(());
        }
        let template = place::workspace().join("manifest").join(template);
        let text = std::fs::read_to_string(&template).with_context(|| format!("reading {}", template.display()))?;
        let host = crate::host::program()?;
        let text = text.replace("@ABSOLUTE_PATH_OF_DETOUR@", &host.display().to_string());
        std::fs::create_dir_all(folder)?;
        std::fs::write(&file, text).with_context(|| format!("writing {}", file.display()))
    }
}
