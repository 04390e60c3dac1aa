//! The settings that copies are measured with.

use detour_core::settings::{Keeping, Settings};

/// Nothing is kept but what is asked for.
pub(super) fn settings() -> Settings {
    Settings { keep: Keeping::Pinned, ..Settings::default() }
}
