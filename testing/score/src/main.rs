//! How good are the verdicts? Outages of the past, and honest negatives, replayed through the real decision code.
//!
//! The timelines and what is true in them are the lab's ([`detour_outages`]). [`shell`] is a simulated browser,
//! native host and user around [`detour_core::step`]; [`scoring`] holds what the tabs said against the truth and
//! shares no code with the verdicts. Nothing touches a network; equal seeds give equal scores.

#![expect(clippy::print_stdout, reason = "a program for people: its output is what they read")]

mod network;
mod run;
mod scoring;
mod shell;
mod table;
mod tally;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Parser;
use detour_outages::{self as outages, Outage};
use serde_json::json;

use crate::tally::Tally;

/// Scores the verdicts on outages of the past.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many seeds a replay is played with, each once without and once with remote probes
    #[arg(long, default_value_t = 20)]
    seeds: u64,
    /// The first seed: others than those that thresholds were chosen with
    #[arg(long, default_value_t = 0)]
    first_seed: u64,
    /// Plays this replay only
    #[arg(long)]
    replay: Option<String>,
    /// Prints the first cases of each replay and kind of user that were wrong, or right too late, with their evidence
    #[arg(long)]
    verbose: bool,
    /// Fails unless no CDN-wide alarm is false, nothing is confidently wrong, and at most one outage and two tabs
    /// of a hundred have no right verdict within 60 s
    #[arg(long)]
    must: bool,
    /// Where the whole score is written
    #[arg(long, default_value = "target/score.json")]
    json: PathBuf,
}

fn main() -> ExitCode {
    match score(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("\nscore: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn score(arguments: &Arguments) -> anyhow::Result<()> {
    let outages = chosen(arguments.replay.as_deref())?;
    let runs = run::all(&outages, arguments.first_seed..arguments.first_seed + arguments.seeds, arguments.verbose);
    let mut total = Tally::default();
    let mut replays = Vec::new();
    for outage in &outages {
        let runs: Vec<&run::Run> = runs.iter().filter(|run| run.replay == outage.id).collect();
        let tally = Tally::of(outage, &runs);
        table::replay(outage, &runs, &tally);
        if arguments.verbose {
            table::wrong_cases(outage, &runs);
        }
        replays.push(json!({
            "id": outage.id, "title": outage.title, "kind": format!("{:?}", outage.kind).to_lowercase(),
            "facts": outage.facts, "cut": outage.cut, "begins_ms": outage.begins.0, "ends_ms": outage.ends.0,
            "tally": tally, "runs": runs,
        }));
        total.add(&tally);
    }
    table::total(&total, outages.len(), arguments.seeds);
    let text = serde_json::to_string(
        &json!({ "first_seed": arguments.first_seed, "seeds": arguments.seeds, "total": total, "replays": replays }),
    )?;
    if let Some(folder) = arguments.json.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(&arguments.json, text).with_context(|| format!("cannot write {}", arguments.json.display()))?;
    println!("written to {}", arguments.json.display());
    let broken = total.broken_bounds();
    if arguments.must && !broken.is_empty() {
        bail!("not held: {}", broken.join("; "));
    }
    Ok(())
}

fn chosen(id: Option<&str>) -> anyhow::Result<Vec<Outage>> {
    let mut all = outages::all();
    let Some(id) = id else { return Ok(all) };
    let ids: Vec<&str> = all.iter().map(|outage| outage.id).collect();
    if !ids.contains(&id) {
        bail!("no replay is called `{id}`; there are {}", ids.join(", "));
    }
    all.retain(|outage| outage.id == id);
    Ok(all)
}
