//! Network namespaces below the lab's own: made by name, entered by a thread or by a program.
//!
//! The lab's namespace holds them all: when it ends, the kernel ends every process and every network in it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use nix::sched::{CloneFlags, setns};
use tokio::process::Command;

/// Where `ip netns` keeps its names; a file system of our own, so that the machine's names stay as they are.
const NAMES: &str = "/run/netns";

/// Call once, inside the lab's namespace.
pub(crate) async fn prepare() -> Result<()> {
    std::fs::create_dir_all(NAMES).context("creating the folder of namespaces")?;
    // Squid keeps memory under names there, which would meet those of the machine's own.
    shell("mount -t tmpfs none /run/netns; mount -t tmpfs none /dev/shm").await
}

/// Runs lines of shell in the lab's namespace.
pub(crate) async fn shell(script: &str) -> Result<()> {
    let output =
        Command::new("sh").args(["-euc", script]).stdin(Stdio::null()).output().await.context("starting sh")?;
    if !output.status.success() {
        bail!("`{script}` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// A program that will run in the namespace of this name.
pub(crate) fn command(namespace: &str, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("nsenter");
    command.arg(format!("--net={NAMES}/{namespace}")).arg("--").arg(program);
    command.kill_on_drop(true);
    command
}

/// The same, with a `resolv.conf` of its own.
pub(crate) fn command_with_resolver(namespace: &str, resolv: &Path, program: &Path) -> Command {
    let mut command = command(namespace, "unshare");
    // The lab has shown a file of its own there, which has lost its name since: nothing can be shown over it.
    command
        .args([
            "--mount",
            "sh",
            "-c",
            "umount /etc/resolv.conf 2>/dev/null; mount --bind \"$1\" /etc/resolv.conf && shift && exec \"$@\"",
            "sh",
        ])
        .arg(resolv)
        .arg(program);
    command
}

/// Does something inside a namespace, on a thread that goes there and does not come back: what it opens stays there.
pub(crate) async fn inside<T: Send + 'static>(
    namespace: &str,
    what: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T> {
    let path = PathBuf::from(NAMES).join(namespace);
    let (sent, received) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let entered = File::open(&path).and_then(|file| Ok(setns(file, CloneFlags::CLONE_NEWNET)?));
        let _ = sent.send(entered.and_then(|()| what()));
    });
    received.await?.with_context(|| format!("working inside {namespace}"))
}
