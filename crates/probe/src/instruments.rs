//! What every check needs.

use std::path::PathBuf;
use std::sync::Arc;

use detour_model::proxy::BrowserProxy;
use tokio::sync::OnceCell;
use url::Url;

use crate::contacts::Contacts;
use crate::proxy::{self, Settings, Way};
use crate::rest::Rest;
use crate::tls::{Trust, TrustError};

/// Made once: whom a check may ask, the trusted certificate authorities, and what outlives a check.
#[derive(Debug)]
pub struct Instruments {
    pub(super) contacts: Arc<Contacts>,
    pub(super) trust: Trust,
    pub(super) rest: Arc<Rest>,
    /// Whether a silent target is waited for longer than anybody but a command's user would.
    pub(super) is_patient: bool,
    /// What the browser says of its proxy, for checks of its own.
    told: Option<BrowserProxy>,
    /// The proxy's settings: a check's are looked for as it begins.
    settings: OnceCell<Settings>,
}

impl Instruments {
    /// Reads the trusted certificate authorities, which takes some ten milliseconds of disk: the system's, and those of
    /// these PEM files.
    ///
    /// # Errors
    /// [`TrustError`], when one of the files cannot be used.
    pub fn new(contacts: Contacts, extra_root_certificates: &[PathBuf]) -> Result<Self, TrustError> {
        let trust = Trust::load(extra_root_certificates)?;
        Ok(Self {
            contacts: Arc::new(contacts),
            trust,
            rest: Arc::default(),
            is_patient: false,
            told: None,
            settings: OnceCell::new(),
        })
    }

    /// The same for a check by a browser that says this of its proxy.
    #[must_use]
    pub fn told(&self, proxy: Option<BrowserProxy>) -> Self {
        let Self { contacts, trust, rest, is_patient, .. } = self;
        let (contacts, trust, rest) = (contacts.clone(), trust.clone(), rest.clone());
        Self { contacts, trust, rest, is_patient: *is_patient, told: proxy, settings: OnceCell::new() }
    }

    /// The same for somebody who waits for a slow site.
    #[must_use]
    pub fn patient(&self) -> Self {
        Self { is_patient: true, ..self.anew() }
    }

    /// The same with the proxy's settings as they are now.
    pub(super) fn anew(&self) -> Self {
        self.told(self.told.clone())
    }

    /// Which way an address goes.
    pub(super) async fn way(&self, url: &Url) -> Way {
        self.proxy_settings().await.way(url)
    }

    /// The same, by settings that were looked for before.
    pub(super) fn known_way(&self, url: &Url) -> Way {
        self.settings.get().map_or(Way::Direct, |settings| settings.way(url))
    }

    pub(super) async fn proxy_settings(&self) -> &Settings {
        self.settings.get_or_init(|| proxy::look(&self.contacts.proxy, self.told.as_ref())).await
    }

    /// The proxy that is found now, and where, in words for people.
    pub async fn proxy_in_words(&self) -> String {
        let settings = self.anew();
        let settings = settings.proxy_settings().await;
        if let Some(obstacle) = settings.obstacle {
            let found_in = settings.found_in;
            return format!("{} (found in {found_in}): nothing is measured behind it", obstacle.in_words());
        }
        let servers: Vec<String> = settings.servers().iter().map(|server| server.to_string()).collect();
        if servers.is_empty() {
            "none".to_owned()
        } else {
            format!("{} (found in {})", servers.join(", "), settings.found_in)
        }
    }
}
