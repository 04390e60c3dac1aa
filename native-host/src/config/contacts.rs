//! What a check may do as the config says, in the probe's own terms.

use std::collections::BTreeMap;

use detour_cdn::{CDNS, places};
use detour_model::target::Target;
use detour_probe::{Contacts, Instruments, StatusPage, TrustError};

use super::{Config, services};

impl Config {
    /// What measures as this config says. Reads certificate authorities from the disk.
    ///
    /// # Errors
    /// [`TrustError`], when one of the named certificate files cannot be used.
    pub fn instruments(&self) -> Result<Instruments, TrustError> {
        Instruments::new(self.contacts(), &self.extra_root_certificates)
    }

    /// Whom a check may ask.
    #[must_use]
    pub fn contacts(&self) -> Contacts {
        Contacts {
            allow_addresses: self.allow_addresses.clone(),
            resolver: self.resolvers.system,
            proxy: self.proxy.source(),
            doh: self.resolvers.doh.clone(),
            anchors: self.anchors.hosts.clone(),
            literals: self.anchors.addresses.clone(),
            portal: self.portal.url.clone(),
            canaries: if self.ask_canaries { self.all_canaries() } else { BTreeMap::new() },
            status_pages: if self.ask_status_pages { self.all_status_pages() } else { BTreeMap::new() },
            globalping: self.globalping.api.clone(),
            ask_made_up_name: self.ask_made_up_name,
        }
    }

    /// The built-in canaries, and the user's in place of some.
    fn all_canaries(&self) -> BTreeMap<String, Vec<Target>> {
        let targets = |cdn| places::canaries(cdn).iter().filter_map(|url| Target::parse(url).ok()).collect();
        let mut all: BTreeMap<_, _> = CDNS.iter().map(|cdn| (cdn.name.to_owned(), targets(cdn.name))).collect();
        all.extend(self.canaries.clone());
        all
    }

    fn all_status_pages(&self) -> BTreeMap<String, StatusPage> {
        let known = |cdn: &str| Some((cdn.to_owned(), services::status_page(cdn)?));
        let mut all: BTreeMap<_, _> = CDNS.iter().filter_map(|cdn| known(cdn.name)).collect();
        all.extend(self.status_pages.clone());
        all
    }
}
