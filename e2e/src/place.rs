//! Where things are: the built extension, the host, the drivers, and where failures are written down.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

/// The repository.
#[must_use]
pub fn workspace() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
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
    workspace().join("target/e2e")
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
