//! The licences of what others wrote and we hand out: for each artefact, the crates that are linked into it and their
//! texts, word by word, from the crates' own folders.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::{process, workspace::Workspace};

/// What it is called in every archive.
pub(crate) const FILE: &str = "THIRD-PARTY-NOTICES.txt";

/// Something that is handed out.
#[derive(Clone, Copy)]
pub(crate) enum Artefact {
    /// The extension's two wasm modules.
    Extension,
    /// The program `detour`, for this machine's own system.
    Host,
}

/// One crate of somebody else's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Crate {
    name: String,
    version: String,
    licence: String,
    texts: Vec<String>,
}

/// The notices for an artefact; the same for the same lock file.
pub(crate) fn of(workspace: &Workspace, artefact: Artefact) -> anyhow::Result<String> {
    let linked = linked(workspace, artefact)?;
    let apache = fs::read_to_string(workspace.path("LICENSE-APACHE"))?;
    let crates = read(workspace, &linked, &apache)?;
    written(&crates, &apache)
}

/// Names and versions of what is linked: no tools that only run while compiling, and nothing for other systems.
fn linked(workspace: &Workspace, artefact: Artefact) -> anyhow::Result<BTreeSet<(String, String)>> {
    let (packages, target): (&[&str], _) = match artefact {
        Artefact::Extension => (&["detour-extension", "detour-keeper"], Some("wasm32-unknown-unknown")),
        Artefact::Host => (&["detour-host"], None),
    };
    let mut linked = BTreeSet::new();
    for package in packages {
        let mut command = process::cargo(workspace)?;
        command.args(["tree", "--locked", "--quiet", "--edges", "normal,no-proc-macro", "--prefix", "none"]);
        command.args(["--format", "{p}", "--no-dedupe", "--package", package]);
        if let Some(target) = target {
            command.args(["--target", target]);
        }
        // `name v1.2.3`, for our own crates with their folder behind.
        let output = process::output_of(&mut command)?;
        let words = |line: &str| {
            let mut words = line.split(' ');
            Some((words.next()?.to_owned(), words.next()?.strip_prefix('v')?.to_owned()))
        };
        linked.extend(output.lines().filter_map(words));
    }
    if linked.is_empty() {
        bail!("`cargo tree` names nothing that is linked");
    }
    Ok(linked)
}

fn read(workspace: &Workspace, linked: &BTreeSet<(String, String)>, apache: &str) -> anyhow::Result<Vec<Crate>> {
    let mut command = process::cargo(workspace)?;
    command.args(["metadata", "--locked", "--quiet", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&process::output_of(&mut command)?)?;
    let packages = metadata.get("packages").and_then(Value::as_array).context("`cargo metadata` lists no packages")?;
    let mut crates = Vec::new();
    for package in packages {
        let field = |name: &str| package.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (name, version) = (field("name"), field("version"));
        // Those without a source are our own.
        if package.get("source").is_none_or(Value::is_null) || !linked.contains(&(name.clone(), version.clone())) {
            continue;
        }
        let manifest = PathBuf::from(field("manifest_path"));
        let folder = manifest.parent().context("a manifest lies in a folder")?;
        let mut texts = texts(folder)?;
        if texts.is_empty() && WITHOUT_TEXT.contains(&name.as_str()) {
            texts.push(apache.to_owned());
        }
        crates.push(Crate { name, version, licence: field("license"), texts });
    }
    crates.sort();
    Ok(crates)
}

/// Every text of a licence or a notice that a crate brings, in the order of the files' names.
fn texts(folder: &Path) -> anyhow::Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.sort();
    let is_text = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_uppercase();
        path.is_file() && NAMES.iter().any(|begin| name.starts_with(begin)) && !name.ends_with(".RS")
    };
    files
        .iter()
        .filter(|path| is_text(path))
        .map(|path| {
            let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        })
        .collect()
}

/// The list of crates, and each text once with whose it is.
fn written(crates: &[Crate], apache: &str) -> anyhow::Result<String> {
    let bare: Vec<String> = crates
        .iter()
        .filter(|one| one.texts.iter().all(|text| text.trim().is_empty()))
        .map(|one| format!("{} {} ({})", one.name, one.version, one.licence))
        .collect();
    if !bare.is_empty() {
        bail!(
            "no text of a licence in: {}; read which one they are under, and if it allows to be shown by \
             LICENSE-APACHE, add them to WITHOUT_TEXT in xtask/src/notices.rs",
            bare.join(", ")
        );
    }
    let mut whose: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in crates {
        for text in one.texts.iter().map(|text| even(text)).collect::<BTreeSet<_>>() {
            whose.entry(text).or_default().push(format!("{} {}", one.name, one.version));
        }
    }
    whose.entry(even(apache)).or_default().push("the Rust standard library".to_owned());
    let mut out = String::from(INTRODUCTION);
    for one in crates {
        out.push_str(&format!("  {} {}: {}\n", one.name, one.version, one.licence));
    }
    out.push_str("  the Rust standard library, by the Rust project's developers: MIT OR Apache-2.0\n");
    let mut parts: Vec<(Vec<String>, String)> = whose.into_iter().map(|(text, whose)| (whose, text)).collect();
    parts.sort();
    for (whose, text) in parts {
        out.push_str(&format!("\n{LINE}\n{}\n{LINE}\n\n{text}\n", whose.join(", ")));
    }
    Ok(out)
}

/// A text with one kind of line end, so that equal ones are found equal.
fn even(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// How the files begin that hold such texts.
const NAMES: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "UNLICENSE", "NOTICE", "COPYRIGHT"];

/// Crates that bring no text and may be used under Apache-2.0, whose text is always the same. Each was looked at.
const WITHOUT_TEXT: [&str; 4] = [
    "asn1-rs-impl", // "MIT/Apache-2.0"; the texts lie beside it in its repository, in asn1-rs
    // "MIT OR Apache-2.0"; the texts lie at the top of their repository.
    "gloo-net",
    "gloo-timers",
    "gloo-utils",
];

const LINE: &str = "--------------------------------------------------------------------------------";

const INTRODUCTION: &str = "\
Detour itself is under MIT OR Apache-2.0. What is handed out with it was written by others as well: the crates
below are linked into it, unchanged, each under its own licence. The texts follow, each once.

";

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, texts: &[&str]) -> Crate {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        Crate { name: name.to_owned(), version: "1.0.0".to_owned(), licence: "MIT".to_owned(), texts }
    }

    #[test]
    fn equal_texts_stand_once_and_every_crate_is_named() {
        let crates = [one("a", &["MIT of A\r\n"]), one("b", &["MIT of A\n\n", "NOTICE of B"])];
        let text = written(&crates, "Apache").unwrap();
        assert_eq!(text.matches("MIT of A").count(), 1, "{text}");
        for words in ["  a 1.0.0: MIT\n", "  b 1.0.0: MIT\n", "\na 1.0.0, b 1.0.0\n", "NOTICE of B", "Apache"] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }

    #[test]
    fn a_crate_without_a_text_is_named_and_nothing_is_written() {
        for texts in [&[][..], &[" \n"]] {
            let error = written(&[one("a", &["MIT"]), one("bare", texts)], "Apache").unwrap_err().to_string();
            assert!(error.contains("bare 1.0.0 (MIT)") && !error.contains("a 1.0.0,"), "{error}");
        }
    }

    #[test]
    fn both_artefacts_name_what_is_linked_into_them_and_nothing_else() {
        let Ok(workspace) = Workspace::locate() else { panic!("started by cargo") };
        for (artefact, linked_in, not) in [
            (Artefact::Extension, ["html5ever", "wasm-bindgen", "serde_json"], ["tokio", "rustls", "serde_derive"]),
            (Artefact::Host, ["tokio", "rustls", "hickory-resolver"], ["html5ever", "wasm-bindgen", "clap_derive"]),
        ] {
            let text = of(&workspace, artefact).unwrap();
            assert_eq!(text, of(&workspace, artefact).unwrap(), "the same each time");
            let list: Vec<&str> = text.lines().take_while(|line| *line != LINE).collect();
            let is_named = |name: &str| list.iter().any(|line| line.starts_with(&format!("  {name} ")));
            for name in linked_in {
                assert!(is_named(name), "{name}: {list:#?}");
            }
            for name in not {
                assert!(!is_named(name), "{name} is not linked");
            }
            for (name, version) in linked(&workspace, artefact).unwrap() {
                assert!(
                    name.starts_with("detour-")
                        || list.iter().any(|line| line.starts_with(&format!("  {name} {version}:"))),
                    "{name}"
                );
            }
            assert!(text.contains("Permission is hereby granted") && text.contains("Apache License"));
        }
    }
}
