//! A running native host, spoken to over its port as a browser does.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use detour_core::port::{Reply, Request};
use detour_lab::Lab;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

pub(super) struct Running {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

impl Running {
    pub(super) fn start(program: &Path, lab: &Lab) -> Result<Self> {
        let mut child = Command::new(program)
            .arg("chrome-extension://cjahiklklgcogcehdmhkjgbekphljfbd/")
            .env("HOME", lab.home())
            .env_remove("XDG_CONFIG_HOME")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (input, output) = child.stdin.take().zip(child.stdout.take()).context("the host's pipes")?;
        Ok(Self { child, input, output })
    }

    pub(super) async fn send(&mut self, request: &Request) -> Result<()> {
        let json = serde_json::to_vec(request)?;
        self.input.write_all(&u32::try_from(json.len())?.to_ne_bytes()).await?;
        Ok(self.input.write_all(&json).await?)
    }

    pub(super) async fn reply(&mut self) -> Result<Reply> {
        let mut length = [0; 4];
        self.output.read_exact(&mut length).await?;
        let mut json = vec![0; usize::try_from(u32::from_ne_bytes(length))?];
        self.output.read_exact(&mut json).await?;
        Ok(serde_json::from_slice(&json)?)
    }

    /// The most memory it has had resident so far, in KiB.
    pub(super) fn peak_kib(&self) -> Result<u64> {
        let id = self.child.id().context("the host has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    pub(super) async fn end(mut self) -> Result<()> {
        drop(self.input);
        ensure!(self.child.wait().await?.success(), "the host did not end in good order");
        Ok(())
    }
}
