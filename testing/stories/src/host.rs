//! The native host's processes, seen from outside.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::place;

/// The built binary.
///
/// # Errors
/// When it was not built.
pub fn program() -> Result<PathBuf> {
    place::built("host/detour")
}

/// The ids of the host's processes; the namespace shows no others than ours.
///
/// # Errors
/// When the host was not built, or there is no `/proc`.
pub fn running() -> Result<Vec<u32>> {
    let program = program()?;
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").context("listing processes")? {
        let entry = entry?;
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // A process may end while we look.
        if std::fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe == program) {
            found.push(id);
        }
    }
    Ok(found)
}

/// Kills the host as a crash would, and says how many processes died of it.
///
/// # Errors
/// When the processes cannot be listed, or the system refuses.
pub fn kill() -> Result<usize> {
    let mut killed = 0;
    for id in running()? {
        let id = nix::unistd::Pid::from_raw(i32::try_from(id)?);
        match nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGKILL) {
            Ok(()) => killed += 1,
            // It has ended by itself meanwhile.
            Err(nix::errno::Errno::ESRCH) => {}
            Err(error) => return Err(error).context("killing the host"),
        }
    }
    Ok(killed)
}
