//! How browsers name failures, whichever engine they have.

use super::{Failure, chromium, gecko};

impl Failure {
    /// From what `webNavigation.onErrorOccurred` says: `net::ERR_*` in Chromium,
    /// `Error code <nsresult>` in Gecko; also webRequest's `NS_ERROR_*` names.
    #[must_use]
    pub fn from_engine(error: &str) -> Self {
        if let Some(name) = error.strip_prefix("net::") {
            return chromium::failure(name);
        }
        if let Some(code) = error.strip_prefix("Error code ") {
            return code.trim().parse().map_or_else(|_| Self::Unrecognized(error.to_owned()), gecko::from_nsresult);
        }
        gecko::from_name(error)
    }
}
