//! Child servers: started with a log, waited for by connecting, killed when dropped.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::Instant;

use crate::error::{Doing, LabError};

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    name: String,
    log: PathBuf,
    child: Child,
}

impl Server {
    /// Starts `command` with its output in `logs/NAME.log`; `install` is what to run when the program is missing.
    pub(crate) fn start(name: &str, mut command: Command, logs: &Path, install: &str) -> Result<Self, LabError> {
        let log = logs.join(format!("{name}.log"));
        let file = File::create(&log).doing(|| format!("creating {}", log.display()))?;
        let again = file.try_clone().doing(|| format!("opening {}", log.display()))?;
        let child =
            command.stdin(Stdio::null()).stdout(file).stderr(again).kill_on_drop(true).spawn().map_err(|_| {
                LabError::Missing {
                    program: command.as_std().get_program().to_string_lossy().into_owned(),
                    install: install.into(),
                }
            })?;
        Ok(Self { name: name.into(), log, child })
    }

    /// Waits until every address accepts a connection.
    pub(crate) async fn ready(&mut self, addresses: &[SocketAddr]) -> Result<(), LabError> {
        let deadline = Instant::now() + READY_WITHIN;
        for address in addresses {
            while TcpStream::connect(address).await.is_err() {
                if let Ok(Some(status)) = self.child.try_wait() {
                    return Err(self.not_ready(format!("it ended: {status}")));
                }
                if Instant::now() > deadline {
                    return Err(self.not_ready(format!("nothing accepts on {address} after {READY_WITHIN:?}")));
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    }

    /// Kills it and waits for its end.
    pub(crate) async fn stop(&mut self) {
        self.terminate();
        if tokio::time::timeout(STOP_WITHIN, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }

    /// Varnish and nginx have children that only a proper TERM takes along.
    fn terminate(&self) {
        if let Some(id) = self.child.id().and_then(|id| i32::try_from(id).ok()) {
            let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
        }
    }

    fn not_ready(&self, why: String) -> LabError {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines.get(lines.len().saturating_sub(20)..).unwrap_or_default().join("\n");
        LabError::NotReady { server: self.name.clone(), why, log: self.log.clone(), tail }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.terminate();
        // The port must be free for the next lab; what is left after this, `kill_on_drop` ends.
        for _ in 0..DROP_PAUSES {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(PAUSE);
        }
    }
}

/// Runs a short command to its end.
pub(crate) async fn run(command: &mut Command, install: &str) -> Result<String, LabError> {
    let shown = format!("{:?}", command.as_std());
    let output = command.stdin(Stdio::null()).output().await.map_err(|_| LabError::Missing {
        program: command.as_std().get_program().to_string_lossy().into_owned(),
        install: install.into(),
    })?;
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() {
        return Ok(text);
    }
    Err(LabError::Command { command: shown, output: text })
}

/// pywb imports its world in about 2 s; a loaded CI machine may need ten times that.
const READY_WITHIN: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);
const DROP_PAUSES: u32 = 50;
const STOP_WITHIN: Duration = Duration::from_secs(2);

pub(crate) const INSTALL: &str = "apt-get install varnish nginx-light";
