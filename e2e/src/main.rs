//! `detour-e2e`: stories, demo and benchmark in real browsers.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use detour_e2e::stories;

#[derive(Parser)]
#[command(about = "The built extension in real browsers, against the outage lab", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Plays every story in both browsers, side by side.
    Stories(stories::Options),
}

impl Command {
    /// Whether this process itself is to be inside the lab's namespace.
    const fn wants_namespace(&self) -> bool {
        match self {
            Self::Stories(options) => options.wants_namespace(),
        }
    }
}

fn main() -> Result<ExitCode> {
    let Arguments { command } = Arguments::parse();
    if command.wants_namespace() {
        detour_lab::namespace::enter_or_reexec()?;
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        match command {
            Command::Stories(options) => options.run().await,
        }
    })
}
