//! Where things are: the built extension, the host, the drivers, and where failures are written down.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

/// The repository.
#[must_use]
pub fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package).to_path_buf()
}

/// What `cargo xtask build` made, in `dist/NAME`.
///
/// # Errors
/// When it was not built.
pub fn built(name: &str) -> Result<PathBuf> {
    // Another folder, for builds that someone else replaces meanwhile.
    let dist = env::var_os("DETOUR_DIST").map_or_else(|| workspace().join("dist"), PathBuf::from);
    let path = dist.join(name);
    ensure!(path.exists(), "{} is not there; run `cargo xtask build` first", path.display());
    Ok(path)
}

/// Screenshots of stories that failed.
#[must_use]
pub fn evidence() -> PathBuf {
    workspace().join("target/stories")
}

/// The lab's folder for a run of this name; runs of different names may go on side by side.
#[must_use]
pub fn lab(name: &str) -> PathBuf {
    workspace().join("target/lab").join(name)
}

/// The path of a program, looked for where `cargo xtask setup` finds or puts it.
///
/// # Errors
/// When it is nowhere.
pub fn program(name: &str) -> Result<PathBuf> {
    let mut folders = vec![workspace().join("target/tools/bin")];
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    // The lab gives browsers another HOME; this is still the user's own.
    folders.extend(env::var_os("HOME").map(|home| Path::new(&home).join(".cargo/bin")));
    folders
        .into_iter()
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
        .with_context(|| format!("{name} is nowhere in PATH; run `cargo xtask setup`"))
}

/// Rust's HTML manuals: pages that nobody here wrote, and that every machine with Rust can have.
///
/// # Errors
/// When they are nowhere.
pub fn manuals() -> Result<PathBuf> {
    let sysroot = std::process::Command::new("rustc").args(["--print", "sysroot"]).output().ok();
    let sysroot = sysroot.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let of_toolchain = sysroot.map(|folder| Path::new(&folder).join("share/doc/rust/html"));
    of_toolchain
        .into_iter()
        .chain([PathBuf::from("/usr/share/doc/rust-doc/html")])
        .find(|folder| folder.join("book/index.html").is_file())
        .context("Rust's manuals are nowhere; run `cargo xtask setup`")
}
