//! A browser's `manifest.json`: the common part, overlays as JSON merge patches, the version.

use std::{fs, path::Path};

use anyhow::Context as _;
use serde_json::Value;

use crate::workspace::Workspace;

/// The common manifest with each overlay laid over it in turn, and the workspace's version.
pub(crate) fn assemble(workspace: &Workspace, overlays: &[&str]) -> anyhow::Result<Value> {
    let mut manifest = read(&workspace.path("manifest/common.json"))?;
    for overlay in overlays {
        let patch = read(&workspace.path("manifest").join(overlay))?;
        merge(&mut manifest, patch);
    }
    let version = serde_json::json!({ "version": workspace.version() });
    merge(&mut manifest, version);
    Ok(manifest)
}

/// Files of the extension that the manifest names and the folder lacks.
pub(crate) fn missing_files(manifest: &Value, folder: &Path) -> Vec<String> {
    let mut named = Vec::new();
    collect_file_names(manifest, &mut named);
    named.retain(|name| !folder.join(name).is_file());
    named.sort();
    named.dedup();
    named
}

pub(crate) fn read(path: &Path) -> anyhow::Result<Value> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not valid JSON", path.display()))
}

/// RFC 7396: objects merge, everything else replaces, `null` removes.
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    if let Value::Object(target) = target {
        for (key, value) in patch {
            if value.is_null() {
                target.remove(&key);
            } else {
                merge(target.entry(key).or_insert(Value::Null), value);
            }
        }
    }
}

fn collect_file_names(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let is_file = [".js", ".html", ".png"].iter().any(|end| text.ends_with(end));
            if is_file {
                names.push(text.clone());
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_file_names(item, names)),
        Value::Object(fields) => fields.values().for_each(|field| collect_file_names(field, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use serde_json::json;
    use sha2::Digest as _;

    use super::*;

    #[test]
    fn overlays_merge_replace_and_remove() {
        let mut manifest = json!({"a": {"b": 1, "c": 2}, "list": [1, 2], "gone": true});
        merge(&mut manifest, json!({"a": {"c": 3}, "list": [9], "gone": null, "new": {"x": null, "y": 1}}));
        assert_eq!(manifest, json!({"a": {"b": 1, "c": 3}, "list": [9], "new": {"y": 1}}));
    }

    /// That no private tab is ever looked at, kept or spoken of rests on this.
    #[test]
    fn no_edition_is_there_in_private_windows() {
        let workspace = Workspace::locate().unwrap();
        for edition in ["chromium.json", "firefox.json"] {
            assert_eq!(assemble(&workspace, &[edition]).unwrap()["incognito"], "not_allowed", "{edition}");
        }
    }

    #[test]
    fn every_file_that_a_manifest_names_is_found_or_reported() {
        let manifest = json!({"background": {"scripts": ["no-such-file.js"]}, "name": "x"});
        assert_eq!(missing_files(&manifest, Path::new(".")), ["no-such-file.js"]);
    }

    #[test]
    fn ids_key_and_native_host_templates_agree() {
        let workspace = Workspace::locate().unwrap();
        let ids = read(&workspace.path("manifest/ids.json")).unwrap();
        let chromium = assemble(&workspace, &["chromium.json"]).unwrap();
        let firefox = assemble(&workspace, &["firefox.json"]).unwrap();
        let for_chromium = read(&workspace.path("manifest/native-host.chromium.json")).unwrap();
        let for_firefox = read(&workspace.path("manifest/native-host.firefox.json")).unwrap();

        let origin = format!("chrome-extension://{}/", ids["chromium_id"].as_str().unwrap());
        assert_eq!(for_chromium["allowed_origins"], json!([origin]));
        assert_eq!(for_firefox["allowed_extensions"], json!([ids["firefox_id"]]));
        assert_eq!(firefox["browser_specific_settings"]["gecko"]["id"], ids["firefox_id"]);
        assert_eq!(for_chromium["name"], ids["host_name"]);
        assert_eq!(for_firefox["name"], ids["host_name"]);
        assert_eq!(ids["chromium_id"], chromium_id(chromium["key"].as_str().unwrap()));
    }

    /// The first 128 bits of the key's SHA-256, in hexadecimal with the digits a to p.
    fn chromium_id(key: &str) -> String {
        let key = base64::engine::general_purpose::STANDARD.decode(key).unwrap();
        let hash = sha2::Sha256::digest(key);
        let digits = hash.iter().take(16).flat_map(|byte| [byte >> 4, byte & 15]);
        digits.map(|digit| char::from(b'a' + digit)).collect()
    }
}
