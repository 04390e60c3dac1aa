//! The two engines, and how each is started with the extension and its host.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use fantoccini::Client;

use crate::browser::BrowserOptions;
use crate::driver::Driver;
use crate::place;

pub(crate) mod chromium;
pub(crate) mod firefox;

/// A browser engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Engine {
    /// Chromium, driven by chromedriver.
    Chromium,
    /// Firefox, driven by geckodriver.
    Firefox,
}

impl Engine {
    /// Its folder in `dist`, and its name in output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        }
    }

    /// What the addresses of the extension's pages begin with.
    #[must_use]
    pub const fn origin(self) -> &'static str {
        match self {
            Self::Chromium => chromium::ORIGIN,
            Self::Firefox => firefox::ORIGIN,
        }
    }

    pub(crate) async fn start(self, surroundings: &Surroundings<'_>) -> Result<(Driver, Client)> {
        match self {
            Self::Chromium => chromium::start(surroundings).await,
            Self::Firefox => firefox::start(surroundings).await,
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
    fn place_host_manifest(&self, folder: &Path, template: &str) -> Result<()> {
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
