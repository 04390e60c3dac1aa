//! `fuzz`: any bytes at all, for whatever reads what others wrote; each target with a coverage-led fuzzer.
//!
//! The tests fuzz too, from the handwritten inputs alone, with a fixed seed and number of executions: a change must not
//! fail for a fault that was there before it. New ground is what `cargo xtask fuzz` is for.

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
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(TARGETS.map(|(name, _)| name)))]
    pub(crate) target: Option<String>,
}

/// How long a target runs, and what it begins with.
#[derive(Clone, Copy)]
enum Effort {
    /// From everything that was found so far, on new ground.
    Seconds(u64),
    /// From the handwritten inputs, on the same ground each time.
    Executions(u32),
}

/// Fuzzes for as long as the options say.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let is_wanted = |name: &str| options.target.as_deref().is_none_or(|only| only == name);
    let targets = TARGETS.into_iter().filter(|(name, _)| is_wanted(name));
    fuzz(workspace, &targets.map(|(name, _)| (name, Effort::Seconds(options.seconds))).collect::<Vec<_>>())
}

/// Fuzzes as the tests do.
pub(crate) fn run_fixed(workspace: &Workspace) -> anyhow::Result<()> {
    fuzz(workspace, &TARGETS.map(|(name, executions)| (name, Effort::Executions(executions))))
}

fn fuzz(workspace: &Workspace, targets: &[(&str, Effort)]) -> anyhow::Result<()> {
    let binaries = build(workspace, targets)?;
    let mut running = Vec::new();
    for ((name, effort), binary) in targets.iter().zip(&binaries) {
        running.push(Running::start(workspace, name, binary, *effort)?);
    }
    let failed: Vec<&str> =
        running.into_iter().filter_map(|target| target.finish().transpose()).collect::<Result<_, _>>()?;
    if failed.is_empty() { Ok(()) } else { bail!("fuzzing found something in: {}", failed.join(", ")) }
}

/// Compiles with coverage on the compiler that compiles everything else: what cargo-fuzz asks a nightly one for, but
/// for the address sanitizer, which there is nothing for here to find: none of this is unsafe.
fn build(workspace: &Workspace, targets: &[(&str, Effort)]) -> anyhow::Result<Vec<PathBuf>> {
    let (output, host) = (workspace.target().join("fuzz"), host(workspace)?);
    let mut command = process::cargo(workspace)?;
    command
        .args(["build", "--quiet", "--release", "--target", &host, "--manifest-path"])
        .arg(workspace.path("testing/fuzz/Cargo.toml"))
        .args(targets.iter().flat_map(|(name, _)| ["--bin", name]))
        .env("CARGO_TARGET_DIR", &output)
        .env("RUSTFLAGS", FLAGS.join(" "));
    process::run(&mut command)?;
    Ok(targets.iter().map(|(name, _)| output.join(&host).join("release").join(name)).collect())
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
    fn start(workspace: &Workspace, name: &'a str, binary: &'a Path, effort: Effort) -> anyhow::Result<Self> {
        let folder = workspace.target().join("fuzz").join(name);
        // The first folder takes what is found; the handwritten inputs stay as they are.
        let (corpus, limits) = match effort {
            Effort::Seconds(seconds) => (folder.join("corpus"), vec![format!("-max_total_time={seconds}")]),
            Effort::Executions(count) => {
                let corpus = folder.join("fixed");
                if corpus.exists() {
                    fs::remove_dir_all(&corpus)?;
                }
                (corpus, vec![format!("-runs={count}"), "-seed=1".to_owned()])
            }
        };
        let found = folder.join("found");
        fs::create_dir_all(&corpus)?;
        fs::create_dir_all(&found)?;
        let words = workspace.path("testing/fuzz/dictionary").join(name);
        let dictionary = words.exists().then(|| format!("-dict={}", words.display()));
        let log = folder.join("log");
        let file = fs::File::create(&log)?;
        let child = Command::new(binary)
            .arg(&corpus)
            .arg(workspace.path("testing/fuzz/corpus").join(name))
            .arg(format!("-artifact_prefix={}/", found.display()))
            .args(limits)
            .args(dictionary)
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
        println!("fuzz: {}: failed ({status})", self.name);
        // The panic's own words, and the input itself: where the machine is gone, its output is all there is.
        let said = log.lines().skip_while(|line| !line.contains("panicked at"));
        let said = said.take_while(|line| !line.contains("ERROR: ") && !line.starts_with("note: "));
        let rest = log.lines().filter(|line| line.contains("ERROR: ") || line.starts_with("Base64: "));
        for line in said.take(MOST_LINES).chain(rest) {
            println!("  {}", line.chars().take(MOST_SIGNS).collect::<String>());
        }
        match input {
            Some(input) => println!("  saved: {input}\n  again: {} {input}", self.binary.display()),
            None => println!("  no input was saved below {}; see {}", self.found.display(), self.log.display()),
        }
        Ok(Some(self.name))
    }
}

/// Each target, and how often the tests run it: some 30 s each on one of two cores that all of them share.
const TARGETS: [(&str, u32); 7] = [
    ("mhtml", 100_000),
    ("links", 1_000_000),
    ("cdx", 1_000_000),
    ("warc", 100_000),
    ("clean", 20_000),
    ("style", 20_000),
    ("messages", 60_000),
];

/// Of a panic's words.
const MOST_LINES: usize = 12;
const MOST_SIGNS: usize = 4_000;

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
