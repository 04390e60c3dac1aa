//! The manifest that a browser reads: the project's template with this program's path filled in.

use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::browsers::Family;

/// The names that extension and host know each other by.
#[derive(Debug, Deserialize)]
pub struct Ids {
    /// The extension's id in Chromium's family.
    pub chromium_id: String,
    /// The extension's id in Firefox.
    pub firefox_id: String,
    /// The host's name.
    pub host_name: String,
}

/// The ids that this program was built with.
#[must_use]
pub fn ids() -> &'static Ids {
    static IDS: LazyLock<Ids> = LazyLock::new(|| {
        #[expect(clippy::expect_used, reason = "compiled in; the test below reads it")]
        serde_json::from_str(include_str!("../../../manifest/ids.json")).expect("manifest/ids.json holds the three ids")
    });
    &IDS
}

/// The manifest for a browser of this family.
#[must_use]
pub fn expected(family: Family, executable: &Path) -> Value {
    let template = match family {
        Family::Chromium => include_str!("../../../manifest/native-host.chromium.json"),
        Family::Firefox => include_str!("../../../manifest/native-host.firefox.json"),
    };
    let mut manifest: Value = serde_json::from_str(template).unwrap_or_default();
    if let Some(path) = manifest.get_mut("path") {
        *path = Value::from(executable.display().to_string());
    }
    manifest
}

pub(super) fn text(family: Family, executable: &Path) -> String {
    format!("{:#}\n", expected(family, executable))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_carry_the_ids_that_this_program_knows() {
        let ids = ids();
        let chromium = expected(Family::Chromium, Path::new("/opt/detour"));
        assert_eq!(chromium["allowed_origins"][0], format!("chrome-extension://{}/", ids.chromium_id));
        let firefox = expected(Family::Firefox, Path::new("/opt/detour"));
        assert_eq!(firefox["allowed_extensions"][0], ids.firefox_id.as_str());
        for manifest in [chromium, firefox] {
            assert_eq!(manifest["name"], ids.host_name.as_str());
            assert_eq!(manifest["path"], "/opt/detour");
            assert_eq!(manifest["type"], "stdio");
        }
    }
}
