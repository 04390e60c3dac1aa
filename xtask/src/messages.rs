//! The strings in `www/_locales`: each one that is named exists, each one that exists is used.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    manifest,
    workspace::{Workspace, files_below},
};

/// One sentence for each fault, in the order of the files.
pub(crate) fn faults(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let locales = workspace.path("www/_locales");
    let sources = sources(workspace)?;
    let mut faults = Vec::new();
    let mut english = BTreeSet::new();
    for file in files_below(&locales)? {
        match keys(&file) {
            Ok(keys) if file.starts_with(locales.join("en")) => english = keys,
            Ok(_) => {}
            Err(error) => faults.push(format!("{error:#}")),
        }
    }
    for (path, text) in &sources {
        for key in named_keys(text) {
            if !english.contains(key) {
                faults.push(format!("{} names the message {key}, which is not there", path.display()));
            }
        }
    }
    for key in &english {
        let is_used = sources.iter().any(|(_, text)| has_word(text, key));
        if !is_used {
            faults.push(format!("nothing uses the message {key}"));
        }
    }
    Ok(faults)
}

fn keys(file: &Path) -> anyhow::Result<BTreeSet<String>> {
    let messages = manifest::read(file)?;
    let mut keys = BTreeSet::new();
    let entries = messages.as_object().into_iter().flatten();
    for (key, entry) in entries {
        if !entry.get("message").is_some_and(serde_json::Value::is_string) {
            anyhow::bail!("{}: {key} has no text", file.display());
        }
        keys.insert(key.clone());
    }
    Ok(keys)
}

/// Everything that may name a message: pages, scripts, manifests, and the Rust that makes the views.
fn sources(workspace: &Workspace) -> anyhow::Result<Vec<(PathBuf, String)>> {
    let mut sources = Vec::new();
    for folder in ["www", "manifest", "core/src", "extension/src"] {
        for file in files_below(&workspace.path(folder))? {
            let is_source = file
                .extension()
                .is_some_and(|end| ["html", "js", "mjs", "json", "rs"].iter().any(|known| end == *known));
            let is_locale = file.components().any(|part| part.as_os_str() == "_locales");
            if is_source && !is_locale {
                let inside = file.strip_prefix(workspace.root()).unwrap_or(&file);
                sources.push((inside.to_path_buf(), fs::read_to_string(&file)?));
            }
        }
    }
    Ok(sources)
}

/// The keys in `__MSG_key__`, `data-message="key"` and `getMessage("key")`.
fn named_keys(text: &str) -> Vec<&str> {
    OPENINGS
        .iter()
        .flat_map(|opening| text.split(opening).skip(1))
        .filter_map(|rest| {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
            // `__MSG_key__` closes with underscores, which may stand in a key as well.
            rest.get(..end).map(|key| key.trim_end_matches("__"))
        })
        .filter(|key| !key.is_empty())
        .collect()
}

/// Whether the key stands in the text on its own, not as a part of a longer name.
fn has_word(text: &str, key: &str) -> bool {
    let is_inside_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(key).any(|(start, _)| {
        let before = text.get(..start).unwrap_or_default();
        let after = text.get(start + key.len()..).unwrap_or_default();
        let starts_word = before.ends_with("__MSG_") || !before.ends_with(is_inside_word);
        let ends_word = after.starts_with("__") || !after.starts_with(is_inside_word);
        starts_word && ends_word
    })
}

const OPENINGS: &[&str] = &["__MSG_", "data-message=\"", "getMessage(\"", "getMessage('"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_every_way_of_naming_them() {
        let text = r#"{"name": "__MSG_ext_name__"} <p data-message="lead"> getMessage("a_b") getMessage('c')"#;
        assert_eq!(named_keys(text), ["ext_name", "lead", "a_b", "c"]);
    }

    #[test]
    fn a_key_inside_a_longer_name_is_not_used() {
        assert!(!has_word("retry_again", "retry"));
        assert!(has_word("__MSG_retry__", "retry"));
        assert!(has_word("(\"retry\")", "retry"));
    }
}
