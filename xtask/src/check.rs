//! `check`: what must hold before anything is committed. Everything is looked at, even after a first
//! fault, so that one run shows all of them.

use std::{fs, path::PathBuf};

use anyhow::bail;
use clap::Args;

use crate::{
    build, manifest, messages, notices, process, setup,
    setup::WasmCompiler,
    wasm,
    workspace::{Workspace, files_below},
};

#[derive(Args)]
pub(crate) struct Options {}

/// One thing that must hold.
type Check = fn(&Workspace) -> anyhow::Result<()>;

pub(crate) fn run(workspace: &Workspace, Options {}: &Options) -> anyhow::Result<()> {
    setup::ensure(workspace, setup::Scope::Check)?;
    let mut failed = Vec::new();
    for (name, check) in CHECKS {
        println!("\n── {name}");
        if let Err(error) = check(workspace) {
            println!("{error:#}");
            failed.push(*name);
        }
    }
    if failed.is_empty() {
        println!("\ncheck: all {} hold", CHECKS.len());
        Ok(())
    } else {
        bail!("these do not hold: {}", failed.join(", "))
    }
}

fn formatting(workspace: &Workspace) -> anyhow::Result<()> {
    let mut command = process::cargo(workspace)?;
    process::run(command.args(["fmt", "--all", "--check"]))
}

fn lints(workspace: &Workspace) -> anyhow::Result<()> {
    let mut command = process::cargo(workspace)?;
    command.args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    process::run(&mut command)
}

fn lints_for_wasm(workspace: &Workspace) -> anyhow::Result<()> {
    let crates =
        ["model", "cdn", "verdict", "copies", "core", "extension"].map(|name| format!("--package=detour-{name}"));
    match setup::wasm_compiler() {
        Some(WasmCompiler::BuildStd) => {
            println!("(rustc's warnings alone: the packaged compiler brings no clippy)");
            let (_, mut command) = wasm::cargo(workspace, "check")?;
            // As configuration, for RUSTFLAGS would compile the standard library once more.
            command.arg("--quiet").args(crates).args(["-Zwarnings", "--config", "build.warnings='deny'"]);
            process::run(&mut command)
        }
        Some(WasmCompiler::InstalledTarget) | None => {
            let (_, mut command) = wasm::cargo(workspace, "clippy")?;
            process::run(command.arg("--quiet").args(crates).args(["--", "-D", "warnings"]))
        }
    }
}

fn documentation(workspace: &Workspace) -> anyhow::Result<()> {
    let mut command = process::cargo(workspace)?;
    // With what is private, and links to it: whoever reads these docs works on Detour.
    command
        .args(["doc", "--quiet", "--workspace", "--no-deps", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private-intra-doc-links");
    process::run(&mut command)
}

fn all_json(workspace: &Workspace) -> anyhow::Result<()> {
    for folder in ["manifest", "www"] {
        for file in files_below(&workspace.path(folder))? {
            if file.extension().is_some_and(|end| end == "json") {
                manifest::read(&file)?;
            }
        }
    }
    Ok(())
}

fn all_messages(workspace: &Workspace) -> anyhow::Result<()> {
    let faults = messages::faults(workspace)?;
    if faults.is_empty() {
        return Ok(());
    }
    bail!("{}", faults.join("\n"))
}

fn extension(workspace: &Workspace) -> anyhow::Result<()> {
    build::run(workspace, &build::Options::default())?;
    for folder in ["chromium", "firefox"] {
        let folder = workspace.dist().join(folder);
        let manifest = manifest::read(&folder.join("manifest.json"))?;
        let missing = manifest::missing_files(&manifest, &folder);
        if !missing.is_empty() {
            bail!("{}: the manifest names {}", folder.display(), missing.join(", "));
        }
    }
    lint_for_firefox(workspace)
}

fn lint_for_firefox(workspace: &Workspace) -> anyhow::Result<()> {
    let tools = workspace.tools();
    let mut command = process::program(workspace, "node")?;
    command
        .arg(tools.join("npm/node_modules/web-ext/bin/web-ext.js"))
        .args(["lint", "--no-config-discovery", "--no-input", "--warnings-as-errors"])
        .arg("--source-dir")
        .arg(workspace.dist().join("firefox"));
    process::run(&mut command)
}

/// The lock file must not tell from which mirror someone happened to install.
fn no_mirrors(workspace: &Workspace) -> anyhow::Result<()> {
    let lock = fs::read_to_string(workspace.path("xtask/npm/package-lock.json"))?;
    if lock.contains("\"resolved\"") {
        bail!("xtask/npm/package-lock.json names a registry: write it with xtask/npm/.npmrc in place");
    }
    Ok(())
}

/// Licences, bans and sources of every dependency, tools of ours included; what is handed out and what only tests alike.
fn dependencies(workspace: &Workspace) -> anyhow::Result<()> {
    let has_advisories = has_advisories();
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml"] {
        // Started by cargo, which finds it in target/tools.
        let deny = |options: &[&str], what: &[&str]| {
            let mut command = process::cargo(workspace)?;
            command.args(["deny", "--manifest-path", manifest, "--locked", "--all-features"]).args(options);
            process::run(command.arg("check").arg("--hide-inclusion-graph").args(what))
        };
        let quiet = [
            "--allow",
            "duplicate",
            "--allow",
            "license-not-encountered",
            "--allow",
            "license-exception-not-encountered",
        ];
        deny(&[], &[&quiet[..], &["bans", "licenses", "sources"]].concat())?;
        // What is known of faults is read where a copy of it lies, and never fetched: a check asks nobody.
        if has_advisories {
            deny(&["--offline"], &["advisories"])?;
        }
    }
    if !has_advisories {
        println!(
            "advisories: no database here, so known faults of dependencies are not looked for; \
             `cargo deny fetch db` brings one where there is a network"
        );
    }
    Ok(())
}

/// Nothing is handed out without the texts of its licences.
fn third_party_notices(workspace: &Workspace) -> anyhow::Result<()> {
    for artefact in [notices::Artefact::Extension, notices::Artefact::Host] {
        notices::of(workspace, artefact)?;
    }
    Ok(())
}

/// Whether cargo-deny's copy of the RustSec advisory database lies where it looks for one.
fn has_advisories() -> bool {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let databases = home.and_then(|home| fs::read_dir(home.join("advisory-dbs")).ok());
    databases.is_some_and(|mut databases| databases.any(|entry| entry.is_ok_and(|entry| entry.path().is_dir())))
}

const CHECKS: &[(&str, Check)] = &[
    ("formatting", formatting),
    ("JSON", all_json),
    ("messages", all_messages),
    ("lock file", no_mirrors),
    ("dependencies", dependencies),
    ("third-party notices", third_party_notices),
    ("lints", lints),
    ("lints for wasm32", lints_for_wasm),
    ("documentation", documentation),
    ("extension", extension),
];
