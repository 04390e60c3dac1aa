//! Child programs: started with a log, and waited for by connecting.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::Instant;

/// Starts a server with its output in a file of its own.
pub(crate) fn start(mut command: Command, dir: &Path, name: &str) -> Result<Child> {
    let log = std::fs::File::create(dir.join(format!("{name}.log")))?;
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    command
        .stdin(std::process::Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("starting {program}; `cargo xtask setup` installs it"))
}

/// Waits until every address accepts a connection.
pub(crate) async fn ready(addresses: &[SocketAddr], dir: &Path, name: &str) -> Result<()> {
    let deadline = Instant::now() + READY_WITHIN;
    for address in addresses {
        while TcpStream::connect(address).await.is_err() {
            if Instant::now() > deadline {
                let log = std::fs::read_to_string(dir.join(format!("{name}.log"))).unwrap_or_default();
                bail!("{name} does not accept on {address}; its log:\n{log}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    Ok(())
}

/// A loaded machine may need ten times what Squid takes.
const READY_WITHIN: Duration = Duration::from_secs(20);
