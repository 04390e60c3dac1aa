//! The documents name files and tests that are there: who follows one must not end in nothing.

use std::collections::BTreeSet;
use std::fs;

use anyhow::bail;

use crate::workspace::{Workspace, files_below};

pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let known = Known::of(workspace)?;
    let mut missing = Vec::new();
    for document in DOCUMENTS {
        let text = fs::read_to_string(workspace.path(document))?;
        for (line, word) in words_in_code(&text).filter(|(_, word)| !known.has(word)) {
            missing.push(format!("{document}:{line}: {word}"));
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    bail!("{}\nThese files or tests are nowhere: name what is there.", missing.join("\n"))
}

/// What a document may name.
#[derive(Default)]
struct Known {
    /// Files and folders, from the repository's root, with `/`.
    paths: BTreeSet<String>,
    tests: BTreeSet<String>,
}

impl Known {
    fn of(workspace: &Workspace) -> anyhow::Result<Self> {
        let mut known = Self::default();
        known.paths.extend(TOP_FILES.map(str::to_owned));
        for folder in TOP_FOLDERS {
            for file in files_below(&workspace.path(folder))? {
                let name = file.strip_prefix(workspace.root()).unwrap_or(&file).to_string_lossy().replace('\\', "/");
                if name.contains("/node_modules/") || name.starts_with("testing/fuzz/target/") {
                    continue;
                }
                if name.ends_with(".rs") {
                    known.tests.extend(functions(&fs::read_to_string(&file)?).map(str::to_owned));
                }
                known.add(name);
            }
        }
        Ok(known)
    }

    /// A file, and each folder above it.
    fn add(&mut self, mut name: String) {
        while !name.is_empty() && self.paths.insert(name.clone()) {
            name.truncate(name.rfind('/').unwrap_or(0));
        }
    }

    /// Whether the word is no name of ours at all, or the name of something that is there, from the root or by its end.
    fn has(&self, word: &str) -> bool {
        if is_test(word) {
            return self.tests.contains(word);
        }
        let name = word.trim_end_matches('/');
        let is_made = MADE.iter().any(|folder| name == *folder || name.starts_with(&format!("{folder}/")));
        let is_here = || {
            let end = format!("/{name}");
            self.paths.iter().any(|path| path == name || path.ends_with(&end))
        };
        !is_path(word) || is_made || is_here()
    }
}

/// The names of a source's functions.
fn functions(source: &str) -> impl Iterator<Item = &str> {
    source.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next())
}

/// Words between backquotes, each with its line; not those of longer pieces of code.
fn words_in_code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_block = false;
    let lines = text.lines().enumerate().filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_block ^= is_fence;
        !is_block && !is_fence
    });
    lines.flat_map(|(nth, line)| line.split('`').skip(1).step_by(2).map(move |word| (nth + 1, word)))
}

/// A file's name, or a folder's with its slash.
fn is_path(word: &str) -> bool {
    let is_plain = word.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-./".contains(letter));
    let is_ours = !word.starts_with(['/', '.', '-']) && !word.contains("..");
    let has_end = word.rsplit_once('.').is_some_and(|(name, end)| !name.is_empty() && ENDS.contains(&end));
    let is_folder = word.ends_with('/') && word.len() > 1;
    is_plain && is_ours && (has_end || is_folder)
}

/// Tests have names like sentences.
fn is_test(word: &str) -> bool {
    let is_plain = word.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
    is_plain && word.matches('_').count() >= WORDS_OF_A_TEST
}

/// Names with so many gaps are sentences.
const WORDS_OF_A_TEST: usize = 4;

const DOCUMENTS: [&str; 8] = [
    "ARCHITECTURE.md",
    "README.md",
    "docs/decisions.md",
    "docs/figures.md",
    "docs/permissions.md",
    "docs/privacy.md",
    "docs/security.md",
    "testing/lab/README.md",
];

const TOP_FOLDERS: [&str; 9] =
    [".ci", "crates", "docs", "extension", "manifest", "native-host", "testing", "www", "xtask"];

const TOP_FILES: [&str; 7] =
    ["ARCHITECTURE.md", "CHANGELOG.md", "Cargo.lock", "Cargo.toml", "README.md", "SECURITY.md", "deny.toml"];

/// Written while building or running.
const MADE: [&str; 2] = ["dist", "target"];

const ENDS: [&str; 8] = ["rs", "js", "ts", "json", "md", "toml", "html", "css"];

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let mut known = Known::default();
        known.add("crates/core/src/step/recheck.rs".into());
        known.tests.insert("any_list_of_events_keeps_every_promise".into());
        known
    }

    #[test]
    fn files_are_found_from_the_root_or_by_their_end() {
        for name in ["crates/core/src/step/recheck.rs", "step/recheck.rs", "recheck.rs", "core/src/", "dist/made.js"] {
            assert!(known().has(name), "{name}");
        }
        for name in ["step/look.rs", "check.rs", "core/source/"] {
            assert!(!known().has(name), "{name}");
        }
        for name in ["cargo xtask test", "storage.session", "net::ERR_*", "State::shown", "/etc/hosts", "a/b"] {
            assert!(known().has(name), "{name} is no file");
        }
    }

    #[test]
    fn tests_are_known_by_names_like_sentences() {
        assert!(known().has("any_list_of_events_keeps_every_promise"));
        assert!(!known().has("any_list_of_events_keeps_no_promise"));
        assert!(known().has("is_called_back"), "a field");
    }

    #[test]
    fn words_are_read_outside_of_blocks() {
        let text = "See `a.rs` and `b.rs`.\n```\n`c.rs`\n```\n`d.rs`";
        assert_eq!(words_in_code(text).collect::<Vec<_>>(), [(1, "a.rs"), (1, "b.rs"), (5, "d.rs")]);
        assert_eq!(functions("fn one() {}\npub fn two<T>()").collect::<Vec<_>>(), ["one", "two"]);
    }
}
