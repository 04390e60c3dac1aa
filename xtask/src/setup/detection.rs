//! Whether a need is met, by looking at files.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    setup::needs::Sign,
    workspace::{Workspace, find_program},
};

/// The ways to a wasm32 compiler, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WasmCompiler {
    /// The toolchain that runs xtask has the target.
    InstalledTarget,
    /// Debian's compiler builds the standard library from its source.
    BuildStd,
}

/// The compiler to use for wasm32 on this machine, if there is one.
pub(crate) fn wasm_compiler() -> Option<WasmCompiler> {
    if installed_target().is_some_and(|directory| holds_standard_library(&directory)) {
        Some(WasmCompiler::InstalledTarget)
    } else if can_build_standard_library() {
        Some(WasmCompiler::BuildStd)
    } else {
        None
    }
}

pub(super) fn is_present(workspace: &Workspace, sign: Sign) -> bool {
    let tools = workspace.tools();
    match sign {
        Sign::Program(name) => is_program(workspace, name),
        Sign::AnyFile(paths) => paths.iter().any(|path| Path::new(path).is_file()),
        Sign::WasmCompiler => wasm_compiler().is_some(),
        Sign::NpmParts => same_content(&workspace.path("xtask/npm/package-lock.json"), &npm_stamp(workspace)),
        Sign::RustManuals => has_rust_manuals(),
        Sign::PythonVenv => tools.join("venv/bin/python").exists() || can_make_venv(),
        Sign::PythonParts => same_content(&workspace.path("xtask/python/requirements.txt"), &python_stamp(workspace)),
    }
}

/// A copy of the lock file, written after an installation that succeeded: a broken-off one is
/// repeated, and a changed lock file is followed.
pub(super) fn npm_stamp(workspace: &Workspace) -> PathBuf {
    workspace.tools().join("npm/installed-package-lock.json")
}

/// The same for Python's requirements.
pub(super) fn python_stamp(workspace: &Workspace) -> PathBuf {
    workspace.tools().join("venv/installed-requirements.txt")
}

fn is_program(workspace: &Workspace, name: &str) -> bool {
    find_program(name).is_some() || workspace.tools().join("bin").join(name).is_file()
}

fn same_content(wanted: &Path, installed: &Path) -> bool {
    match (fs::read(wanted), fs::read(installed)) {
        (Ok(wanted), Ok(installed)) => wanted == installed,
        (Err(_), _) | (_, Err(_)) => false,
    }
}

/// Starts Python, but only while our venv is missing.
fn can_make_venv() -> bool {
    Command::new("python3")
        .args(["-c", "import ensurepip, venv"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The running toolchain's folder. Cargo names itself in `CARGO`, and lies in its toolchain's `bin`: asking
/// `rustc --print sysroot` would cost a start.
fn toolchain() -> Option<PathBuf> {
    let cargo = PathBuf::from(env::var_os("CARGO")?);
    Some(cargo.parent()?.parent()?.to_path_buf())
}

/// Where it keeps wasm32's standard library.
fn installed_target() -> Option<PathBuf> {
    Some(toolchain()?.join("lib/rustlib/wasm32-unknown-unknown/lib"))
}

/// Whether Rust's HTML manuals lie where the stories look for them.
pub(super) fn has_rust_manuals() -> bool {
    let of_toolchain = toolchain().map(|toolchain| toolchain.join("share/doc/rust/html"));
    let debian = PathBuf::from("/usr/share/doc/rust-doc/html");
    of_toolchain.into_iter().chain([debian]).any(|folder| folder.join("book/index.html").is_file())
}

fn holds_standard_library(directory: &Path) -> bool {
    fs::read_dir(directory).is_ok_and(|mut entries| {
        entries.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("libstd-")))
    })
}

fn can_build_standard_library() -> bool {
    let programs = [DEBIAN_RUSTC, DEBIAN_CARGO];
    programs.iter().all(|program| Path::new(program).is_file())
        && find_program("wasm-ld").is_some()
        && debian_source_minor().is_some_and(|minor| minor >= LEAST_RUST_MINOR)
}

/// The minor version of Debian's Rust, read from where its source lies (/usr/src/rustc-1.96.0):
/// an ordinary `rustc` package, years older, has the same path and cannot build this workspace.
fn debian_source_minor() -> Option<u32> {
    let source = fs::canonicalize("/usr/lib/rustlib/src/rust").ok()?;
    if !source.join("library/std").is_dir() {
        return None;
    }
    let name = source.file_name()?.to_str()?;
    name.strip_prefix("rustc-1.")?.split('.').next()?.parse().ok()
}

pub(crate) const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
pub(crate) const DEBIAN_CARGO: &str = "/usr/bin/cargo";

/// `rust-version` of the workspace.
const LEAST_RUST_MINOR: u32 = 95;
