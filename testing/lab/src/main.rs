//! `detour-lab`: the outage lab by hand.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use detour_lab::replay::Replay;
use detour_lab::{Lab, LabError, namespace, post_switch};
use tokio::signal::unix::{SignalKind, signal};

#[derive(Parser)]
#[command(about = "An internet on this machine, to break and heal by hand", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the lab and keep it running until Ctrl-C, or until the given command ends.
    Serve {
        /// The lab's folder, emptied first.
        #[arg(long, default_value = "target/lab/by-hand")]
        dir: PathBuf,
        /// Play an outage this many times as fast as it was.
        #[arg(long, value_name = "SPEED")]
        replay: Option<f64>,
        /// Which outage to play.
        #[arg(long, default_value = "2021-06-08", value_parser = clap::builder::PossibleValuesParser::new(Replay::names()))]
        outage: String,
        /// The replay's seed: equal seeds give equal outages.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// A program to run inside, with the lab's HOME; the lab ends with it.
        #[arg(last = true)]
        program: Vec<String>,
    },
    /// Throw a switch of a running lab.
    Switch {
        /// The lab's folder.
        #[arg(long, default_value = "target/lab/by-hand")]
        dir: PathBuf,
        /// The switch, as in '{"switch":"edge-fails","hosts":["www.theguardian.com"]}'.
        json: String,
    },
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let inside_only = matches!(arguments.command, Command::Serve { .. });
    if inside_only {
        namespace::enter_or_reexec()?;
    }
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(arguments.command))
}

async fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Switch { dir, json } => {
            std::io::stdout().write_all(post_switch(&dir, &json).await?.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Serve { dir, replay, outage, seed, program } => {
            let lab = Lab::start(&dir).await?;
            eprintln!("The lab runs. HOME for browsers: {}", lab.home().display());
            eprintln!("Switch with: detour-lab switch --dir {} '{{\"switch\":\"edge-fails\"}}'", lab.dir().display());
            if let Some(speed) = replay {
                let lab = lab.clone();
                tokio::spawn(async move {
                    if let Err(error) = play(&lab, &outage, speed, seed).await {
                        eprintln!("the replay ended: {error}");
                    }
                });
            }
            let code = tokio::select! {
                code = run_inside(&lab, &program) => code?,
                () = until_told() => ExitCode::SUCCESS,
            };
            lab.stop().await;
            Ok(code)
        }
    }
}

async fn play(lab: &Lab, outage: &str, speed: f64, seed: u64) -> Result<(), LabError> {
    Replay::named(outage)?.play(lab, speed, seed, |what| eprintln!("{what}")).await
}

/// Runs the program, or waits for ever when there is none.
async fn run_inside(lab: &Lab, program: &[String]) -> Result<ExitCode> {
    let Some((name, arguments)) = program.split_first() else {
        return std::future::pending().await;
    };
    let status = tokio::process::Command::new(name)
        .args(arguments)
        .env("HOME", lab.home())
        .status()
        .await
        .with_context(|| format!("starting {name}"))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

async fn until_told() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
