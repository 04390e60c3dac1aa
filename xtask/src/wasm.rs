//! The extension's Rust to the wasm and the glue that both browsers load: one module for the background, one for the
//! worker that keeps copies.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use anyhow::{Context as _, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    process,
    setup::{DEBIAN_CARGO, DEBIAN_RUSTC, WasmCompiler, wasm_compiler},
    workspace::Workspace,
};

/// The finished pair, named as the pages import it.
pub(crate) struct Module {
    /// `<name>.js`: an ES module whose default export loads the wasm.
    pub(crate) glue: PathBuf,
    /// `<name>_bg.wasm`.
    pub(crate) wasm: PathBuf,
}

/// How a module is made.
struct Recipe {
    package: &'static str,
    /// Of the files.
    name: &'static str,
    /// Cargo's.
    profile: &'static str,
    /// wasm-opt's.
    passes: &'static [&'static str],
}

/// Compiles, binds and shrinks what runs in the background (first) and in the worker that keeps copies.
pub(crate) fn build(workspace: &Workspace) -> anyhow::Result<[Module; 2]> {
    thread::scope(|scope| {
        let keeper = scope.spawn(|| build_one(workspace, &KEEPER));
        let background = build_one(workspace, &BACKGROUND);
        Ok([background?, process::joined(keeper)?])
    })
}

fn build_one(workspace: &Workspace, recipe: &Recipe) -> anyhow::Result<Module> {
    let linked = compile_as(workspace, recipe.package, recipe.profile)?;
    let bound = bind(workspace, &linked, recipe.name)?;
    let shrunk = shrink(workspace, &bound.wasm, recipe)?;
    println!(
        "wasm: {}: {} KB linked, {} KB bound (both with names), {} KB shrunk",
        recipe.name,
        kilobytes(&linked)?,
        kilobytes(&bound.wasm)?,
        kilobytes(&shrunk)?
    );
    Ok(Module { glue: bound.glue, wasm: shrunk })
}

/// A cargo that can compile for wasm32, short of the subcommand's own arguments.
pub(crate) fn cargo(workspace: &Workspace, subcommand: &str) -> anyhow::Result<(WasmCompiler, Command)> {
    let compiler = wasm_compiler().context("no wasm32 compiler: run `cargo xtask setup`")?;
    let mut command = match compiler {
        WasmCompiler::InstalledTarget => {
            let mut command = process::cargo(workspace)?;
            command.arg(subcommand);
            command
        }
        WasmCompiler::BuildStd => {
            let mut command = process::program(workspace, DEBIAN_CARGO)?;
            command
                .args([subcommand, "-Zbuild-std=std,panic_abort"])
                .env("RUSTC", DEBIAN_RUSTC)
                // Building std is a nightly feature; this lets a stable compiler do it.
                .env("RUSTC_BOOTSTRAP", "1")
                // Debian's rustc brings no rust-lld.
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld")
                // What `cargo run` set for xtask points into another toolchain.
                .env_remove("RUSTUP_TOOLCHAIN")
                .env_remove("LD_LIBRARY_PATH");
            command
        }
    };
    command
        .args(["--target", TARGET])
        .env("CARGO_TARGET_DIR", workspace.wasm_target())
        // Stripping would drop the section in which wasm-bindgen reads what the compiler made use of,
        // and the names; these go at the very end.
        .env("CARGO_PROFILE_WASM_STRIP", "none")
        .env("CARGO_PROFILE_KEEPER_STRIP", "none");
    Ok((compiler, command))
}

/// Compiles a package as the background is compiled; the wasm as it was linked.
pub(crate) fn compile(workspace: &Workspace, package: &str) -> anyhow::Result<PathBuf> {
    compile_as(workspace, package, BACKGROUND.profile)
}

fn compile_as(workspace: &Workspace, package: &str, profile: &str) -> anyhow::Result<PathBuf> {
    let (_, mut command) = cargo(workspace, "build")?;
    command.args(["--quiet", "--profile", profile, "--package", package]);
    process::run(&mut command)?;
    let name = package.replace('-', "_");
    let linked = workspace.wasm_target().join(TARGET).join(profile).join(name).with_extension("wasm");
    if !linked.is_file() {
        bail!("{package} was compiled but left no wasm: is its crate-type `cdylib`?");
    }
    Ok(linked)
}

fn bind(workspace: &Workspace, linked: &Path, name: &str) -> anyhow::Result<Module> {
    let directory = workspace.wasm_target().join("bound").join(name);
    // `web` is the one form that a service worker, an event page and an extension page can all
    // import; the wasm's address is given by the importer. Names stay until `shrink` has sorted by them.
    Bindgen::new()
        .input_path(linked)
        .web(true)?
        .typescript(false)
        .remove_producers_section(true)
        .out_name(name)
        .generate(&directory)
        .context("wasm-bindgen could not bind the wasm")?;
    Ok(Module { glue: directory.join(format!("{name}.js")), wasm: directory.join(format!("{name}_bg.wasm")) })
}

fn shrink(workspace: &Workspace, bound: &Path, recipe: &Recipe) -> anyhow::Result<PathBuf> {
    let directory = workspace.wasm_target().join("shrunk").join(recipe.name);
    let shrunk = directory.join(format!("{}_bg.wasm", recipe.name));
    let source = directory.join("source.wasm");
    let passes = directory.join("passes");
    fs::create_dir_all(&directory)?;
    let is_unchanged = shrunk.is_file()
        && fs::read_to_string(&passes).is_ok_and(|then| then == recipe.passes.join(" "))
        && matches!((fs::read(bound), fs::read(&source)), (Ok(now), Ok(then)) if now == then);
    if is_unchanged {
        return Ok(shrunk);
    }
    let mut command = process::program(workspace, "node")?;
    command
        .arg(workspace.tools().join("npm/node_modules/binaryen/bin/wasm-opt"))
        .arg(bound)
        .arg("--output")
        .arg(&shrunk)
        .args(recipe.passes)
        .args(FEATURES);
    process::run(&mut command)?;
    // Only now: a broken-off run must not pass for a finished one.
    fs::write(&passes, recipe.passes.join(" "))?;
    fs::copy(bound, &source)?;
    Ok(shrunk)
}

fn kilobytes(path: &Path) -> anyhow::Result<u64> {
    Ok(fs::metadata(path)?.len().div_ceil(1000))
}

const TARGET: &str = "wasm32-unknown-unknown";

/// Decides; loaded at every wake, so it is small before it is fast.
const BACKGROUND: Recipe =
    Recipe { package: "detour-extension", name: "detour", profile: "wasm", passes: SMALL_PASSES };

/// Goes through whole pages; loaded when there is one to go through, so it is fast before it is small.
const KEEPER: Recipe = Recipe { package: "detour-keeper", name: "keeper", profile: "keeper", passes: FAST_PASSES };

const FAST_PASSES: &[&str] = &["-O3"];

/// What is downloaded is gzipped, so gzip has the last word. Inlining makes the wasm 2 % smaller plain and 10 % larger
/// gzipped, because every copy of a function comes out a little different. Gzip finds what repeats within 32 KB: in the
/// order of their names, which puts what one generic function was compiled to side by side, functions take 2 % less
/// than in the order of their size. Names are left out of the result.
const SMALL_PASSES: &[&str] =
    &["-O2", "--skip-pass=inlining-optimizing", "--skip-pass=simplify-locals", "--reorder-functions-by-name"];

/// What rustc and wasm-bindgen emit by default, and both browsers at their least versions know.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];
