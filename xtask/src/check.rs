//! `check`: what must hold before anything is committed. Everything is looked at, even after a first
//! fault, so that one run shows all of them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::bail;
use clap::Args;

use crate::{
    build, documents, length, manifest, messages, modules, notices, process, pure, setup,
    setup::WasmCompiler,
    wasm,
    workspace::{Workspace, files_below},
};

#[derive(Args)]
pub(crate) struct Options {
    /// Only the checks whose name contains this, without looking whether the tools of the others are there.
    #[arg(long)]
    only: Option<String>,
}

/// One thing that must hold.
type Check = fn(&Workspace) -> anyhow::Result<()>;

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let checks: Vec<_> = match &options.only {
        Some(part) => CHECKS.iter().filter(|(name, _)| name.contains(part.as_str())).collect(),
        None => {
            setup::ensure(workspace, setup::Scope::Check)?;
            CHECKS.iter().collect()
        }
    };
    let mut failed = Vec::new();
    for (name, check) in &checks {
        println!("\n── {name}");
        if let Err(error) = check(workspace) {
            println!("{error:#}");
            failed.push(*name);
        }
    }
    if failed.is_empty() {
        println!("\ncheck: all {} hold", checks.len());
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

/// `www/types` says what the Rust types are; a test that finds it out of date has written it anew.
fn script_types(workspace: &Workspace) -> anyhow::Result<()> {
    let mut command = process::cargo(workspace)?;
    command.args([
        "test",
        "--quiet",
        "--package",
        "detour-extension",
        "--package",
        "detour-keeper",
        "--lib",
        "held_against",
    ]);
    process::run(&mut command)
}

/// The scripts keep to `www/types`.
fn scripts(workspace: &Workspace) -> anyhow::Result<()> {
    let mut command = process::program(workspace, "node")?;
    command
        .arg(workspace.tools().join("npm/node_modules/typescript/bin/tsc"))
        .arg("--project")
        .arg(workspace.path("www/tsconfig.json"));
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
    let has_advisories = databases().is_some_and(|folder| has_advisories(&folder));
    for manifest in ["Cargo.toml", "testing/fuzz/Cargo.toml"] {
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
        if has_advisories {
            known_faults(workspace, &["--manifest-path", manifest])?;
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

/// What is known of faults is read where a copy of it lies, and never fetched: a check asks nobody.
fn known_faults(workspace: &Workspace, options: &[&str]) -> anyhow::Result<()> {
    let mut command = process::cargo(workspace)?;
    command.args(["deny", "--locked", "--all-features", "--offline"]).args(options);
    process::run(command.args(["check", "--hide-inclusion-graph", "advisories"]))
}

/// Where cargo-deny looks for its copy of the RustSec advisory database.
fn databases() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    home.map(|home| home.join("advisory-dbs"))
}

/// Whether a copy lies there. A folder that a fetch left behind when it broke off is none.
fn has_advisories(databases: &Path) -> bool {
    let is_copy = |path: PathBuf| path.join("crates").is_dir();
    fs::read_dir(databases).is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(|entry| is_copy(entry.path()))))
}

const CHECKS: &[(&str, Check)] = &[
    ("formatting", formatting),
    ("JSON", all_json),
    ("messages", all_messages),
    ("lock file", no_mirrors),
    ("modules without circles", modules::check),
    ("decisions without clock, chance or I/O", pure::check),
    ("length of files", length::check),
    ("names in the documents", documents::check),
    ("dependencies", dependencies),
    ("third-party notices", third_party_notices),
    ("lints", lints),
    ("lints for wasm32", lints_for_wasm),
    ("documentation", documentation),
    ("types of the scripts", script_types),
    ("scripts", scripts),
    ("extension", extension),
];

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// A database as RustSec writes it, with one advisory about this package.
    fn database(folder: &Path, package: &str) {
        // cargo-deny names the copy of https://github.com/rustsec/advisory-db so.
        let repository = folder.join("advisory-db-3157b0e258782691");
        let crates = repository.join("crates").join(package);
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(&crates).unwrap();
        let advisory = format!(
            "```toml\n[advisory]\nid = \"RUSTSEC-2026-9999\"\npackage = \"{package}\"\ndate = \"2026-01-01\"\n\n\
             [versions]\npatched = []\n```\n\n# A fault made up for a test\n\nIt is in no release.\n"
        );
        fs::write(crates.join("RUSTSEC-2026-9999.md"), advisory).unwrap();
        for arguments in [&["init", "--quiet"][..], &["add", "."], &["commit", "--quiet", "--message", "One advisory"]]
        {
            let author = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"];
            let done = Command::new("git").args(author).args(arguments).current_dir(&repository).status().unwrap();
            assert!(done.success(), "git {arguments:?}");
        }
    }

    #[test]
    fn a_dependency_with_a_known_fault_fails_the_check_and_a_fault_of_another_package_does_not() {
        let workspace = Workspace::locate().unwrap();
        if !workspace.tools().join("bin/cargo-deny").exists() {
            // `cargo xtask check` brings it, and CI runs that first.
            assert!(std::env::var_os("CI").is_none(), "cargo-deny is not there");
            return;
        }
        let folder = workspace.target().join("advisories-test");
        let databases = folder.join("databases");
        let config = folder.join("deny.toml");
        // Of this system alone: other systems' packages need not be here, and nothing is fetched.
        let system = format!("{}-unknown-{}-gnu", std::env::consts::ARCH, std::env::consts::OS);
        let check = || {
            let manifest = workspace.path("Cargo.toml");
            let options = [Path::new("--target"), Path::new(&system), Path::new("--config"), &config];
            let mut all = vec!["--manifest-path", manifest.to_str().unwrap()];
            all.extend(options.iter().map(|option| option.to_str().unwrap()));
            known_faults(&workspace, &all)
        };
        assert!(!has_advisories(&databases.join("none")));
        for (package, is_ours) in [("memchr", true), ("left-pad", false)] {
            database(&databases, package);
            assert!(has_advisories(&databases));
            // The rules of deny.toml, with this database.
            let rules = fs::read_to_string(workspace.path("deny.toml")).unwrap();
            let place = format!("[advisories]\ndb-path = {:?}", databases.to_str().unwrap());
            fs::write(&config, rules.replace("[advisories]", &place)).unwrap();
            assert_eq!(check().is_err(), is_ours, "{package}");
        }
        fs::remove_dir_all(&folder).unwrap();
    }
}
