//! The user's command, run when a site is back.

use std::process::{ExitStatus, Stdio};

use tokio::process::Command;
use tokio::task::JoinSet;

/// What the command is told, in its environment; nothing is put into its text, which a shell reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recovery {
    pub(crate) url: String,
    pub(crate) site: String,
    pub(crate) down_seconds: u64,
}

/// Commands that were started and have not ended.
#[derive(Debug, Default)]
pub(crate) struct Commands {
    running: JoinSet<Option<String>>,
}

impl Commands {
    /// Starts the command. With `is_quiet` its output goes to stderr, away from a document on stdout.
    pub(crate) fn begin(&mut self, command: &str, recovery: &Recovery, is_quiet: bool) {
        let site = recovery.site.clone();
        let mut shell = shell(command);
        shell
            .env("DETOUR_URL", &recovery.url)
            .env("DETOUR_SITE", &recovery.site)
            .env("DETOUR_DOWN_SECONDS", recovery.down_seconds.to_string())
            .stdin(Stdio::null());
        if is_quiet {
            shell.stdout(Stdio::from(std::io::stderr()));
        }
        self.running.spawn(async move { complaint(&site, shell.status().await) });
    }

    /// Whether one is running.
    pub(crate) fn are_running(&self) -> bool {
        !self.running.is_empty()
    }

    /// The next one that ends, with what there is to complain of; `None` when none is running.
    pub(crate) async fn ended(&mut self) -> Option<Option<String>> {
        Some(self.running.join_next().await?.unwrap_or_else(|error| Some(format!("the command was lost: {error}"))))
    }
}

fn complaint(site: &str, ended: std::io::Result<ExitStatus>) -> Option<String> {
    match ended {
        Ok(status) if status.success() => None,
        Ok(status) => Some(format!("the command for {site} ended with {status}")),
        Err(error) => Some(format!("the command for {site} could not be started: {error}")),
    }
}

#[cfg(not(windows))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(command);
    shell
}

#[cfg(windows)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd");
    // cmd reads its command line by rules of its own; quoting by the usual ones would break it.
    shell.arg("/C").raw_arg(command);
    shell
}
