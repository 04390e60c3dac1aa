//! `setup`: installs what is missing, and only that.
//!
//! `needs` lists what is needed as data, `detection` tells without starting programs whether it is
//! there, `installation` fetches it. Nothing is downloaded by hand: everything comes from a package
//! manager, at a pinned version where it has one.

mod detection;
mod installation;
mod needs;

use anyhow::bail;
use clap::Args;

use crate::{
    setup::needs::{NEEDS, Need},
    workspace::Workspace,
};

pub(crate) use detection::{DEBIAN_CARGO, DEBIAN_RUSTC, WasmCompiler, wasm_compiler};
pub(crate) use needs::Scope;

#[derive(Args)]
pub(crate) struct Options {
    /// Only print the commands that would run
    #[arg(long)]
    dry_run: bool,
    /// Only what building needs: no browsers, no servers for the lab
    #[arg(long)]
    build_only: bool,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let scope = if options.build_only { Scope::Build } else { Scope::All };
    let missing = missing(workspace, scope);
    if missing.is_empty() {
        println!("setup: all is there, nothing to install");
        return Ok(());
    }
    explain(&missing);
    if options.dry_run {
        return installation::show(workspace, &missing);
    }
    install(workspace, scope, &missing)
}

/// What the other commands call first: silent when all is there.
pub(crate) fn ensure(workspace: &Workspace, scope: Scope) -> anyhow::Result<()> {
    let missing = missing(workspace, scope);
    if missing.is_empty() {
        return Ok(());
    }
    explain(&missing);
    install(workspace, scope, &missing)
}

fn install(workspace: &Workspace, scope: Scope, needs: &[&Need]) -> anyhow::Result<()> {
    installation::install(workspace, needs)?;
    let still_missing = missing(workspace, scope);
    if still_missing.is_empty() {
        println!("setup: done");
        return Ok(());
    }
    let names: Vec<_> = still_missing.iter().map(|need| need.name).collect();
    bail!(
        "these are still not to be found after their installation: {}. \
         Install them by hand, then run this again",
        names.join(", ")
    )
}

fn missing(workspace: &Workspace, scope: Scope) -> Vec<&'static Need> {
    NEEDS.iter().filter(|need| scope.covers(need.scope) && !detection::is_present(workspace, need.sign)).collect()
}

fn explain(missing: &[&Need]) {
    println!("setup: missing on this machine:");
    for need in missing {
        println!("  {:<18} {}", need.name, need.why);
    }
}
