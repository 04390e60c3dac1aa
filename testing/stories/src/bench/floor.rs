//! The least that an extension can do: one listener, or one content script with one message, and one call that sets a
//! badge, in JavaScript. What Detour takes beyond this is its own.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use crate::place;

/// How it learns of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Floor {
    /// A content script looks at the status.
    Content,
    /// The browser tells of a load that failed.
    Listener,
}

impl Floor {
    /// Lays the extension down in a folder of its own, under Detour's id.
    pub(super) fn assemble(self, within: &Path) -> Result<PathBuf> {
        let (name, worker) = match self {
            Self::Content => ("floor-content", BY_CONTENT),
            Self::Listener => ("floor-listener", BY_LISTENER),
        };
        let ours = place::workspace().join("manifest/chromium.json");
        let ours = std::fs::read_to_string(&ours).with_context(|| format!("reading {}", ours.display()))?;
        let ours: Value = serde_json::from_str(&ours)?;
        let mut manifest: Map<String, Value> = serde_json::from_str(MANIFEST)?;
        manifest.insert("key".to_owned(), ours.get("key").cloned().context("a manifest without a key")?);
        if self == Self::Content {
            let scripts =
                json!([{ "matches": ["http://*/*", "https://*/*"], "js": ["content.js"], "run_at": "document_start" }]);
            manifest.insert("content_scripts".to_owned(), scripts);
        }
        let folder = within.join(name);
        std::fs::create_dir_all(folder.join("pages"))?;
        std::fs::write(folder.join("manifest.json"), Value::Object(manifest).to_string())?;
        std::fs::write(folder.join("worker.js"), [worker, LED].concat())?;
        std::fs::write(folder.join("content.js"), CONTENT)?;
        std::fs::write(folder.join("pages/welcome.html"), "<!doctype html><title>Floor</title>")?;
        Ok(folder)
    }
}

const MANIFEST: &str = include_str!("floor/manifest.json");
const CONTENT: &str = include_str!("floor/content.js");
const BY_CONTENT: &str = include_str!("floor/by-content.js");
const BY_LISTENER: &str = include_str!("floor/by-listener.js");
const LED: &str = include_str!("floor/led.js");
