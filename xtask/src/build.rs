//! `build`: dist/chromium, dist/firefox and dist/host.

use std::{fs, path::Path, thread};

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use crate::{
    manifest, process, wasm,
    wasm::Module,
    workspace::{Workspace, copy_folder},
};

#[derive(Args, Default)]
pub(crate) struct Options {
    /// Builds another way of detecting as well, for the benchmark to compare with
    #[arg(long, value_enum)]
    variant: Option<Variant>,
}

impl Options {
    /// Everything that the benchmark compares.
    pub(crate) const fn for_bench() -> Self {
        Self { variant: Some(Variant::Webrequest) }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Variant {
    /// dist/bench-webrequest: the status from a webRequest listener instead of a content script
    Webrequest,
}

/// An unpacked extension: its folder in dist and what is laid over the common manifest.
struct Edition {
    folder: &'static str,
    overlays: &'static [&'static str],
    /// Not only for measuring.
    is_for_people: bool,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    // Side by side: the end of each is one long step on one core.
    let (modules, host) = thread::scope(|scope| {
        let host = scope.spawn(|| build_host(workspace));
        (wasm::build(workspace), process::joined(host))
    });
    let modules = modules?;
    for edition in EDITIONS {
        assemble(workspace, edition, &modules)?;
    }
    match options.variant {
        Some(Variant::Webrequest) => assemble(workspace, &BENCH_WEBREQUEST, &modules)?,
        None => {}
    }
    host
}

fn assemble(workspace: &Workspace, edition: &Edition, modules: &[Module]) -> anyhow::Result<()> {
    let folder = workspace.dist().join(edition.folder);
    if folder.exists() {
        // A file that left www/ must leave the extension too.
        fs::remove_dir_all(&folder).with_context(|| format!("cannot clear {}", folder.display()))?;
    }
    fs::create_dir_all(folder.join("wasm"))?;
    copy_folder(&workspace.path("www"), &folder, &|path| {
        is_shipped(path) && !(edition.is_for_people && path.as_os_str() == BENCH_SCRIPT)
    })?;
    for file in modules.iter().flat_map(|module| [&module.glue, &module.wasm]) {
        fs::copy(file, folder.join("wasm").join(file.file_name().unwrap_or_default()))?;
    }
    let manifest = manifest::assemble(workspace, edition.overlays)?;
    let text = serde_json::to_string_pretty(&manifest)?;
    fs::write(folder.join("manifest.json"), text + "\n")?;
    println!("built {}", folder.display());
    for name in manifest::missing_files(&manifest, &folder) {
        println!("  warning: the manifest names {name}, which is not in www/");
    }
    Ok(())
}

/// What of www/ belongs into the extension: not the icons' drawings, what the scripts are checked against, tests or notes.
fn is_shipped(path: &Path) -> bool {
    let is_source = path.starts_with("icons/src") || path.starts_with("types") || path.as_os_str() == "tsconfig.json";
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    !(is_source || name.ends_with(".md") || name.ends_with(".test.mjs") || name.starts_with('.'))
}

fn build_host(workspace: &Workspace) -> anyhow::Result<()> {
    let mut command = process::cargo(workspace)?;
    command.args(["build", "--quiet", "--release", "--package", "detour-host", "--bin", "detour"]);
    process::run(&mut command)?;
    let name = format!("detour{}", std::env::consts::EXE_SUFFIX);
    let built = workspace.target().join("release").join(&name);
    let folder = workspace.dist().join("host");
    fs::create_dir_all(&folder)?;
    let destination = folder.join(&name);
    // Written beside and renamed: the file in place may be running, and cannot be written then.
    let fresh = folder.join(format!("{name}.new"));
    fs::copy(&built, &fresh).with_context(|| format!("cannot copy {}", built.display()))?;
    fs::rename(&fresh, &destination)?;
    println!("built {}", destination.display());
    Ok(())
}

const EDITIONS: &[Edition] = &[
    Edition { folder: "chromium", overlays: &["chromium.json"], is_for_people: true },
    Edition { folder: "firefox", overlays: &["firefox.json"], is_for_people: true },
];

const BENCH_WEBREQUEST: Edition =
    Edition { folder: "bench-webrequest", overlays: &["chromium.json", "bench-webrequest.json"], is_for_people: false };

/// The worker's entry in `dist/bench-webrequest`.
const BENCH_SCRIPT: &str = "worker/background-webrequest.js";
