//! How the lab itself can fail. What it simulates is never an error here.

use std::path::PathBuf;

/// The lab could not do what it was asked; every message says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// The kernel or the container forbids new namespaces.
    #[error(
        "the lab needs its own network namespace, and this machine refuses one: {reason}\n\
         As root this works everywhere but in containers: start those with `--privileged` (or `--cap-add SYS_ADMIN --cap-add NET_ADMIN`).\n\
         Not as root: `sudo sysctl -w kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0 user.max_user_namespaces=10000`"
    )]
    NoNamespace {
        /// What `unshare` said.
        reason: String,
    },
    /// The caller forgot [`crate::namespace::enter_or_reexec`].
    #[error(
        "the lab runs only inside its namespace: call detour_lab::namespace::enter_or_reexec() first thing in main"
    )]
    OutsideNamespace,
    /// A program the lab is made of is missing.
    #[error("{program} is missing; install it with: {install}")]
    Missing {
        /// Its name or path.
        program: String,
        /// The exact command that installs it.
        install: String,
    },
    /// A command the lab ran did not succeed.
    #[error("`{command}` failed: {output}")]
    Command {
        /// The command line.
        command: String,
        /// What it printed, or why it did not start.
        output: String,
    },
    /// A server ended, or did not answer in time, while the lab was starting.
    #[error("{server} did not become ready ({why}); its log {log} ends:\n{tail}", log = log.display())]
    NotReady {
        /// Which server.
        server: String,
        /// It exited, or the time it was given passed.
        why: String,
        /// Its log file.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// A switch names something the lab does not have, or a value out of range.
    #[error("bad switch: {0}")]
    BadSwitch(String),
    /// A replay file does not say what it should.
    #[error("bad replay: {0}")]
    BadReplay(String),
    /// An address is taken or a file cannot be written.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: String,
        /// The system's answer.
        source: std::io::Error,
    },
    /// Certificates could not be made.
    #[error("making certificates: {0}")]
    Certificates(String),
}

/// Attaches what was being done to an I/O error.
pub(crate) trait Doing<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, LabError>;
}

impl<T> Doing<T> for std::io::Result<T> {
    fn doing(self, what: impl FnOnce() -> String) -> Result<T, LabError> {
        self.map_err(|source| LabError::Io { doing: what(), source })
    }
}
