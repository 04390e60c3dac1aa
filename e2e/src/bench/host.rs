//! The native host: from start to first reply, and the memory it takes.

use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use detour_core::port::{CheckId, PROTOCOL, Reply, Request, Scope};
use detour_lab::Lab;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::figures::{quantile, summary};
use crate::place;

pub(super) async fn measure(lab: &Lab, rounds: u32) -> Result<Value> {
    let program = place::built("host/detour")?;
    let mut starts = Vec::new();
    let mut memory = (0, 0);
    for _ in 0..rounds {
        let begin = Instant::now();
        let mut host = Running::start(&program, lab)?;
        host.send(&Request::Hello { protocol: PROTOCOL, version: "bench".into() }).await?;
        host.reply().await?;
        starts.push(begin.elapsed().as_secs_f64() * 1000.0);
        memory.0 = memory.0.max(host.peak_kib()?);
        host.send(&Request::Check { id: CheckId(1), url: "https://www.theguardian.com/".into(), scope: Scope::Usual })
            .await?;
        while !matches!(host.reply().await?, Reply::Finished { .. }) {}
        memory.1 = memory.1.max(host.peak_kib()?);
        host.end().await?;
    }
    println!(
        "host: start to first reply {:.1} ms (worst {:.1}); memory {} KiB, {} KiB after a check",
        quantile(&starts, 0.5),
        quantile(&starts, 1.0),
        memory.0,
        memory.1
    );
    Ok(json!({ "start_to_first_reply_ms": summary(&starts), "peak_kib": memory.0, "peak_kib_after_a_check": memory.1 }))
}

struct Running {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
}

impl Running {
    fn start(program: &Path, lab: &Lab) -> Result<Self> {
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

    async fn send(&mut self, request: &Request) -> Result<()> {
        let json = serde_json::to_vec(request)?;
        self.input.write_all(&u32::try_from(json.len())?.to_ne_bytes()).await?;
        Ok(self.input.write_all(&json).await?)
    }

    async fn reply(&mut self) -> Result<Reply> {
        let mut length = [0; 4];
        self.output.read_exact(&mut length).await?;
        let mut json = vec![0; usize::try_from(u32::from_ne_bytes(length))?];
        self.output.read_exact(&mut json).await?;
        Ok(serde_json::from_slice(&json)?)
    }

    /// The most memory it has had resident so far, in KiB.
    fn peak_kib(&self) -> Result<u64> {
        let id = self.child.id().context("the host has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    async fn end(mut self) -> Result<()> {
        drop(self.input);
        ensure!(self.child.wait().await?.success(), "the host did not end in good order");
        Ok(())
    }
}
