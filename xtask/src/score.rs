//! `score`: plays outages of the past through the decision code and says how often it was right.

use std::process::Command;

use anyhow::Context as _;
use clap::Args;

use crate::{process, workspace::Workspace};

#[derive(Args)]
pub(crate) struct Options {
    /// Passed on as they are: --seeds 20, --replay NAME, --verbose, --must
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    process::run(command(workspace)?.args(&options.arguments)).context("the score is not what it must be")
}

/// The program, with the place of its result.
pub(crate) fn command(workspace: &Workspace) -> anyhow::Result<Command> {
    let mut command = process::cargo(workspace)?;
    // Optimized: a debug build takes a minute where this takes seconds.
    command.args(["run", "--quiet", "--release", "--package", "detour-score", "--", "--json"]);
    command.arg(workspace.target().join("score.json"));
    Ok(command)
}
