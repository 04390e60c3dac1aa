//! `demo`, `lab`, `networks` and `bench`: set up, build, then hand over to the program that does it.

use std::fs;

use anyhow::Context as _;
use clap::Args;

use crate::{build, process, setup, wasm, workspace::Workspace};

#[derive(Args)]
pub(crate) struct Options {
    /// Passed on as they are: --headless for `demo`; --replay 60 or `switch JSON` for `lab`; --fast or
    /// --filter WORDS for `networks`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn demo(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    prepare(workspace, &build::Options::default())?;
    hand_over(workspace, &["--package", "detour-stories"], "demo", &options.arguments)
}

pub(crate) fn lab(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    setup::ensure(workspace, setup::Scope::Play)?;
    // `cargo xtask lab switch …` talks to the lab that another terminal has started.
    let (subcommand, arguments) = match options.arguments.split_first() {
        Some((first, rest)) if first == "switch" => ("switch", rest),
        Some(_) | None => ("serve", options.arguments.as_slice()),
    };
    hand_over(workspace, &["--package", "detour-lab"], subcommand, arguments)
}

pub(crate) fn networks(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    setup::ensure(workspace, setup::Scope::Networks)?;
    build_networks(workspace)?;
    let mut command = process::cargo(workspace)?;
    command.args(["run", "--quiet", "--package", "detour-networks", "--"]).args(&options.arguments);
    process::run(&mut command).context("an aim is not held; the lines above say which")
}

/// The scenes' host is the one beside their program.
pub(crate) fn build_networks(workspace: &Workspace) -> anyhow::Result<()> {
    let mut build = process::cargo(workspace)?;
    process::run(build.args(["build", "--quiet", "--package", "detour-host", "--package", "detour-networks"]))
}

pub(crate) fn bench(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    prepare(workspace, &build::Options::for_bench())?;
    let folder = workspace.dist().join("bench-steps");
    fs::create_dir_all(&folder)?;
    fs::copy(wasm::compile(workspace, "detour-steps")?, folder.join("detour_steps.wasm"))?;
    // Optimized: the lab's servers are part of what is timed.
    hand_over(workspace, &["--profile", "lab", "--package", "detour-stories"], "bench", &options.arguments)
}

fn prepare(workspace: &Workspace, build: &build::Options) -> anyhow::Result<()> {
    setup::ensure(workspace, setup::Scope::Play)?;
    build::run(workspace, build)
}

fn hand_over(workspace: &Workspace, which: &[&str], subcommand: &str, arguments: &[String]) -> anyhow::Result<()> {
    let mut command = process::cargo(workspace)?;
    command
        .args(["run", "--quiet"])
        .args(which)
        .args(["--", subcommand])
        .args(arguments)
        // A person may be there to end it.
        .stdin(std::process::Stdio::inherit());
    process::run(&mut command).with_context(|| format!("`{subcommand}` did not succeed"))
}
