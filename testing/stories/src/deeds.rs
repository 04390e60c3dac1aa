//! What a story does in the place of its user: what it presses, what it chooses, and what it writes into pages and address bars.
//!
//! One story is told at a time in a process, whatever the number of its browsers.

use std::sync::{Mutex, PoisonError};

use detour_core::settings::Settings;

/// One deed.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    /// Something with this name was pressed.
    Pressed(String),
    /// All settings were set.
    Chose(Settings),
    /// A script or an address, with whatever addresses are in it.
    Wrote(String),
    /// A page, with whatever parts it has.
    Put(String),
}

/// Remembers a deed and its time.
pub(crate) fn did(deed: Deed) {
    // What is looked at again and again names no addresses.
    if matches!(&deed, Deed::Wrote(text) | Deed::Put(text) if !text.contains("://")) {
        return;
    }
    DONE.lock().unwrap_or_else(PoisonError::into_inner).push((now(), deed));
}

/// All deeds since [`forget`], each with its Unix time in seconds.
pub(crate) fn done() -> Vec<(f64, Deed)> {
    DONE.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Begins anew.
pub(crate) fn forget() {
    DONE.lock().unwrap_or_else(PoisonError::into_inner).clear();
}

/// Unix time in seconds.
pub(crate) fn now() -> f64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0.0, |since| since.as_secs_f64())
}

static DONE: Mutex<Vec<(f64, Deed)>> = Mutex::new(Vec::new());
