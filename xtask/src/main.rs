//! What a person runs: `cargo xtask setup | build | demo | lab | networks | test | check | fuzz | bench | score | ranges |
//! dist`.
//!
//! A workspace program rather than shell scripts, so that it is one language, checked by the same
//! compiler, and the same on every system. It starts other programs and copies files; it holds no
//! knowledge of outages.

#![expect(clippy::print_stdout, reason = "a program for people: its output is what they read")]

mod build;
mod check;
mod dist;
mod documents;
mod fuzz;
mod icons;
mod length;
mod manifest;
mod messages;
mod modules;
mod notices;
mod play;
mod process;
mod pure;
mod ranges;
mod score;
mod setup;
mod test;
mod wasm;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// Builds, shows and tests Detour.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what is missing on this machine, and only that; says what and why
    Setup(setup::Options),
    /// Builds the extension into dist/chromium and dist/firefox, and the native host into dist/host
    Build(build::Options),
    /// Packs what `build` made: a zip per browser and an archive of the native host
    Dist(dist::Options),
    /// Formatting, lints for native and wasm32 with warnings as errors, docs, manifests, messages, scripts
    Check(check::Options),
    /// Runs every test: units, host, wasm boundary, lab, and the stories in both browsers
    Test(test::Options),
    /// Plays the main story in a real browser against the lab, with a screenshot of each step
    Demo(play::Options),
    /// Starts the lab alone, to play with by hand; `lab switch JSON` breaks and heals its parts
    Lab(play::Options),
    /// Plays scenes in other people's networks (proxies, portals, filters, slow lines), with the host and without
    Networks(play::Options),
    /// Measures Detour on this machine and writes target/bench.json
    Bench(play::Options),
    /// Plays outages of the past through the decision code, scores its verdicts and writes target/score.json
    Score(score::Options),
    /// Feeds any bytes to whatever reads what others wrote: captures, archives' answers, archive files, documents
    Fuzz(fuzz::Options),
    /// Says how old the CDNs' address lists are that a release brings; `--refresh` asks the vendors for newer ones
    Ranges(ranges::Options),
    /// Draws www/icons/*.png from www/icons/src/*.svg
    Icons,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = Workspace::locate().and_then(|workspace| run(&workspace, &arguments.command));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(workspace: &Workspace, command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Setup(options) => setup::run(workspace, options),
        Command::Build(options) => {
            setup::ensure(workspace, setup::Scope::Build)?;
            build::run(workspace, options)
        }
        Command::Dist(options) => dist::run(workspace, options),
        Command::Check(options) => check::run(workspace, options),
        Command::Test(options) => test::run(workspace, options),
        Command::Demo(options) => play::demo(workspace, options),
        Command::Lab(options) => play::lab(workspace, options),
        Command::Networks(options) => play::networks(workspace, options),
        Command::Bench(options) => play::bench(workspace, options),
        Command::Score(options) => score::run(workspace, options),
        Command::Fuzz(options) => fuzz::run(workspace, options),
        Command::Ranges(options) => ranges::run(workspace, options),
        Command::Icons => icons::run(workspace),
    }
}
