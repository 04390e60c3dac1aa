//! `fuzz`: any bytes at all, for whatever reads what others wrote; each target with a coverage-led fuzzer.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::{process, workspace::Workspace};

#[derive(Args)]
pub(crate) struct Options {
    /// How long each target runs; all run side by side
    #[arg(long, default_value_t = 60)]
    pub(crate) seconds: u64,
    /// Only this one
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(TARGETS))]
    pub(crate) target: Option<String>,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let targets: Vec<&str> =
        TARGETS.into_iter().filter(|name| options.target.as_deref().is_none_or(|only| only == *name)).collect();
    let binaries = build(workspace, &targets)?;
    let mut running = Vec::new();
    for (name, binary) in targets.iter().zip(&binaries) {
        running.push(Running::start(workspace, name, binary, options.seconds)?);
    }
    let failed: Vec<&str> =
        running.into_iter().filter_map(|target| target.finish().transpose()).collect::<Result<_, _>>()?;
    if failed.is_empty() { Ok(()) } else { bail!("fuzzing found something in: {}", failed.join(", ")) }
}

/// Compiles with coverage on the compiler that compiles everything else: what cargo-fuzz asks a nightly one for, but
/// for the address sanitizer, which there is nothing for here to find: none of this is unsafe.
fn build(workspace: &Workspace, targets: &[&str]) -> anyhow::Result<Vec<PathBuf>> {
    let (output, host) = (workspace.target().join("fuzz"), host(workspace)?);
    let mut command = process::cargo(workspace)?;
    command
        .args(["build", "--quiet", "--release", "--target", &host, "--manifest-path"])
        .arg(workspace.path("testing/fuzz/Cargo.toml"))
        .args(targets.iter().flat_map(|name| ["--bin", name]))
        .env("CARGO_TARGET_DIR", &output)
        .env("RUSTFLAGS", FLAGS.join(" "));
    process::run(&mut command)?;
    Ok(targets.iter().map(|name| output.join(&host).join("release").join(name)).collect())
}

/// This machine's own target: named, so that cargo keeps the flags away from build scripts, which have no fuzzer to
/// report to.
fn host(workspace: &Workspace) -> anyhow::Result<String> {
    let output = process::program(workspace, "rustc")?.arg("-vV").output().context("cannot start rustc")?;
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = words.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc does not name its host")?;
    Ok(host.to_owned())
}

struct Running<'a> {
    name: &'a str,
    child: Child,
    log: PathBuf,
    found: PathBuf,
    binary: &'a Path,
}

impl<'a> Running<'a> {
    fn start(workspace: &Workspace, name: &'a str, binary: &'a Path, seconds: u64) -> anyhow::Result<Self> {
        let folder = workspace.target().join("fuzz").join(name);
        // What was found earlier is what this run begins with; the handwritten beginnings stay as they are.
        let (corpus, found) = (folder.join("corpus"), folder.join("found"));
        fs::create_dir_all(&corpus)?;
        fs::create_dir_all(&found)?;
        let log = folder.join("log");
        let file = fs::File::create(&log)?;
        let child = Command::new(binary)
            .arg(&corpus)
            .arg(workspace.path("testing/fuzz/corpus").join(name))
            .arg(format!("-artifact_prefix={}/", found.display()))
            .arg(format!("-max_total_time={seconds}"))
            .args(LIMITS)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        Ok(Self { name, child, log, found, binary })
    }

    /// Waits for the end; the name, if something was found.
    fn finish(mut self) -> anyhow::Result<Option<&'a str>> {
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            std::thread::sleep(Duration::from_millis(100));
        };
        let log = String::from_utf8_lossy(&fs::read(&self.log)?).into_owned();
        let stat = |name: &str| {
            let line = log.lines().find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix(':'));
            line.map_or("?", str::trim).to_owned()
        };
        let coverage = log.lines().rev().find_map(|line| line.split_once(" cov: ")?.1.split_whitespace().next());
        println!(
            "fuzz: {}: {} executions, {} edges covered, {} new inputs, {} MB at most",
            self.name,
            stat("stat::number_of_executed_units"),
            coverage.unwrap_or("?"),
            stat("stat::new_units_added"),
            stat("stat::peak_rss_mb"),
        );
        if status.success() {
            return Ok(None);
        }
        let input = log.lines().find_map(|line| Some(line.split_once("Test unit written to ")?.1.trim()));
        let words = log.lines().filter(|line| line.contains("panicked at") || line.contains("ERROR: "));
        println!("fuzz: {}: failed ({status})", self.name);
        words.take(3).for_each(|line| println!("  {line}"));
        match input {
            Some(input) => println!("  saved: {input}\n  again: {} {input}", self.binary.display()),
            None => println!("  no input was saved below {}; see {}", self.found.display(), self.log.display()),
        }
        Ok(Some(self.name))
    }
}

const TARGETS: [&str; 7] = ["mhtml", "links", "cdx", "warc", "clean", "style", "messages"];

/// Assertions and overflow checks are in the profile of testing/fuzz/Cargo.toml.
const FLAGS: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "--cfg=fuzzing",
];

/// A document is read in milliseconds: ten seconds are a hang. The memory is what a browser leaves a worker. Inputs
/// stay small, so that there are many.
const LIMITS: [&str; 5] =
    ["-timeout=10", "-rss_limit_mb=1024", "-max_len=16384", "-print_final_stats=1", "-verbosity=1"];
