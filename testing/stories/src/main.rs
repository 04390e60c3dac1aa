//! `detour-stories`: stories, demo and benchmark in real browsers.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use detour_stories::{bench, demo, stories};

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
    /// Plays the main job in one browser, step by step, and photographs each step.
    Demo(demo::Options),
    /// Measures, prints the figures and writes target/bench.json.
    Bench(bench::Options),
}

impl Command {
    /// Whether this process itself is to be inside the lab's namespace.
    const fn wants_namespace(&self) -> bool {
        match self {
            Self::Stories(options) => options.wants_namespace(),
            Self::Demo(_) | Self::Bench(_) => true,
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
            Command::Demo(options) => options.run().await,
            Command::Bench(options) => options.run().await,
        }
    })
}
