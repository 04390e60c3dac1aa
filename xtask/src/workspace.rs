//! Where things are: the repository, cargo's output, and the tools that `setup` fetched.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

/// The repository that xtask was started in.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    pub(crate) fn locate() -> anyhow::Result<Self> {
        // Read when it runs: a compiled-in folder made a copied tree build and write the one it was copied from.
        let manifest_directory =
            env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).context("start this as `cargo xtask …`")?;
        let root = manifest_directory.parent().context("xtask lies inside the workspace")?;
        Ok(Self { root: root.to_path_buf() })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The folders of the workspace's crates, as its manifest lists them.
    pub(crate) fn crates(&self) -> anyhow::Result<Vec<PathBuf>> {
        let manifest = fs::read_to_string(self.path("Cargo.toml")).context("cannot read Cargo.toml")?;
        let (_, members) = manifest.split_once("members = [").context("Cargo.toml lists no members")?;
        let (members, _) = members.split_once(']').context("the list of members has no end")?;
        Ok(members.split('"').skip(1).step_by(2).map(|member| self.path(member)).collect())
    }

    /// Cargo's output for native code.
    pub(crate) fn target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.root.join("target"), PathBuf::from)
    }

    /// Cargo's output for wasm32, apart from the native one: it may be written by another release
    /// of the compiler, and the two would discard each other's work.
    pub(crate) fn wasm_target(&self) -> PathBuf {
        self.target().join("wasm32")
    }

    /// What `setup` fetched for this project alone.
    pub(crate) fn tools(&self) -> PathBuf {
        self.root.join("target/tools")
    }

    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The `PATH` of every program that xtask starts. The venv comes last: it must not hide the
    /// system's Python.
    pub(crate) fn search_path(&self) -> anyhow::Result<OsString> {
        let tools = self.tools();
        let mut directories = vec![tools.join("bin")];
        directories.extend(program_directories());
        directories.push(tools.join("venv/bin"));
        env::join_paths(directories).context("a directory in PATH contains the separator")
    }

    /// The version that every crate and both manifests share.
    pub(crate) fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}

/// Where a program of this name lies, without starting it.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    program_directories().into_iter().map(|directory| directory.join(name)).find(|candidate| candidate.is_file())
}

/// `PATH`, and where `cargo install` and Debian's servers are even if an ordinary user's `PATH` does
/// not say so.
fn program_directories() -> Vec<PathBuf> {
    let mut directories: Vec<_> = env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    directories.extend(env::home_dir().map(|home| home.join(".cargo/bin")));
    directories.extend(["/usr/sbin", "/sbin"].map(PathBuf::from));
    directories
}

/// Copies a folder with all it holds; `keep` decides by the path inside the folder.
pub(crate) fn copy_folder(from: &Path, to: &Path, keep: &dyn Fn(&Path) -> bool) -> anyhow::Result<()> {
    for file in files_below(from)? {
        let inside = file.strip_prefix(from).context("a listed file")?;
        if !keep(inside) {
            continue;
        }
        let destination = to.join(inside);
        if let Some(parent) = destination.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(&file, &destination)
            .with_context(|| format!("cannot copy {} to {}", file.display(), destination.display()))?;
    }
    Ok(())
}

/// Every file below a folder, sorted, so that archives and reports are the same on every machine.
pub(crate) fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(current) = pending.pop() {
        let entries =
            fs::read_dir(&current).with_context(|| format!("cannot read the folder {}", current.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                pending.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
