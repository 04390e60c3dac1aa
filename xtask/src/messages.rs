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
    let families: BTreeSet<&str> = english.iter().filter_map(|key| key.split('_').next()).collect();
    for (path, text) in &sources {
        let mut named = named_keys(text);
        if path.starts_with("crates/core/src/view") {
            named.extend(view_keys(text, &families));
        }
        for key in named {
            if !english.contains(key) {
                faults.push(format!("{} names the message {key}, which is not there", path.display()));
            }
        }
    }
    for key in &english {
        let is_used = sources.iter().any(|(_, text)| has_word(text, key) || composes(text, key));
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
    for folder in ["www", "manifest", "crates", "extension/src", "native-host/src"] {
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

/// Literals in the Rust that makes the views, where a key is chosen long before it is looked up:
/// those that begin as a family of messages does (`verdict_…`) are keys.
fn view_keys<'text>(text: &'text str, families: &BTreeSet<&str>) -> Vec<&'text str> {
    let is_key = |literal: &&str| {
        let is_name = literal.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        let family = literal.split_once('_').map(|(family, _)| family);
        is_name && family.is_some_and(|family| families.contains(family))
    };
    // Every second piece between quotes is inside them.
    text.lines().flat_map(|line| line.split('"').skip(1).step_by(2)).filter(is_key).collect()
}

/// Whether the text puts keys of this beginning together: `"failure_{…}"`, `` `failure_${…}` ``.
fn composes(text: &str, key: &str) -> bool {
    let beginnings = key.match_indices('_').filter_map(|(at, _)| key.get(..=at));
    beginnings.into_iter().any(|beginning| {
        [format!("\"{beginning}{{"), format!("`{beginning}${{")].iter().any(|composed| text.contains(composed.as_str()))
    })
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

const OPENINGS: &[&str] =
    &["__MSG_", "data-message=\"", "getMessage(\"", "getMessage('", "Text::of(\"", "Text::with(\""];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_every_way_of_naming_them() {
        let text = r#"{"name": "__MSG_ext_name__"} <p data-message="lead"> getMessage("a_b") getMessage('c')"#;
        assert_eq!(named_keys(text), ["ext_name", "lead", "a_b", "c"]);
    }

    #[test]
    fn keys_are_found_where_views_choose_them() {
        let families = BTreeSet::from(["verdict"]);
        let text = "let key = if sure { \"verdict_you\" } else { \"verdict_\" }; \"Verdict you\"; \"other_key\"";
        assert_eq!(view_keys(text, &families), ["verdict_you", "verdict_"]);
        assert!(composes("format!(\"verdict_{name}\")", "verdict_you"));
        assert!(!composes("format!(\"verdict_{name}\")", "failure_you"));
    }

    #[test]
    fn a_key_inside_a_longer_name_is_not_used() {
        assert!(!has_word("retry_again", "retry"));
        assert!(has_word("__MSG_retry__", "retry"));
        assert!(has_word("(\"retry\")", "retry"));
    }
}
