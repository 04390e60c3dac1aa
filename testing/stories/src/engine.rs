//! The two engines, and how each is started with the extension and its host.

use anyhow::Result;
use fantoccini::Client;

use crate::driver::Driver;
use crate::surroundings::Surroundings;

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
