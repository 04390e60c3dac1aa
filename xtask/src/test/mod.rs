//! `test`: every suite, what each one found, and one total at the end.

mod tally;

use std::env;

use anyhow::bail;
use clap::Args;

use crate::{build, fuzz, play, process, score, setup, test::tally::Tally, workspace::Workspace};

#[derive(Args)]
pub(crate) struct Options {
    /// Without the stories in browsers
    #[arg(long, conflicts_with = "stories_only")]
    native_only: bool,
    /// Only the stories in browsers
    #[arg(long)]
    stories_only: bool,
    /// Only tests whose name contains this
    #[arg(long, value_name = "PART")]
    filter: Option<String>,
}

/// What became of one suite.
struct Report {
    name: &'static str,
    tally: Tally,
    /// What it said of each failure in a line, said again at the end: the rest is far above, or cut.
    failures: Vec<String>,
    /// Why the suite did not run, if it did not.
    skipped: Option<String>,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let scope = match (options.native_only, options.stories_only) {
        (true, _) => setup::Scope::Build,
        (false, true) => setup::Scope::Play,
        (false, false) => setup::Scope::Networks,
    };
    let reports = match prepare(workspace, scope) {
        Ok(()) => suites(workspace, options),
        Err(error) => {
            println!("{error:#}");
            vec![Report::broken("setup and build", &error)]
        }
    };
    conclude(&reports)
}

fn prepare(workspace: &Workspace, scope: setup::Scope) -> anyhow::Result<()> {
    setup::ensure(workspace, scope)?;
    build::run(workspace, &build::Options::default())
}

fn suites(workspace: &Workspace, options: &Options) -> Vec<Report> {
    let suites: [(&'static str, Suite, bool); 6] = [
        ("units, host and lab (cargo test)", cargo_tests, !options.stories_only),
        ("wasm boundary (node)", boundary_tests, !options.stories_only),
        ("outages of the past, replayed and scored", replays, !options.stories_only && options.filter.is_none()),
        (
            "fuzzing of what reads strangers' bytes, a fixed share",
            fuzzing,
            !options.stories_only && options.filter.is_none(),
        ),
        (
            "scenes in other people's networks, a telling share",
            networks,
            !options.native_only && !options.stories_only && options.filter.is_none(),
        ),
        ("stories in both browsers", stories, !options.native_only),
    ];
    suites
        .into_iter()
        .map(|(name, suite, is_wanted)| {
            if !is_wanted {
                return Report::skipped(name, "not asked for");
            }
            println!("\n── {name}");
            match suite(workspace, options) {
                Ok(Outcome::Ran(tally, failures)) => Report { name, tally, failures, skipped: None },
                Ok(Outcome::Skipped(reason)) => Report::skipped(name, &reason),
                Err(error) => {
                    println!("{error:#}");
                    Report::broken(name, &error)
                }
            }
        })
        .collect()
}

type Suite = fn(&Workspace, &Options) -> anyhow::Result<Outcome>;

enum Outcome {
    Ran(Tally, Vec<String>),
    Skipped(String),
}

impl Report {
    fn skipped(name: &'static str, reason: &str) -> Self {
        Self { name, tally: Tally::default(), failures: Vec::new(), skipped: Some(reason.to_owned()) }
    }

    fn broken(name: &'static str, error: &anyhow::Error) -> Self {
        Self { name, tally: Tally::broken(), failures: vec![format!("{error:#}")], skipped: None }
    }
}

fn cargo_tests(workspace: &Workspace, options: &Options) -> anyhow::Result<Outcome> {
    let mut command = process::cargo(workspace)?;
    command.args(["test", "--quiet", "--workspace", "--no-fail-fast"]);
    command.args(&options.filter);
    run_suite(&mut command)
}

fn boundary_tests(workspace: &Workspace, options: &Options) -> anyhow::Result<Outcome> {
    const SCRIPT: &str = "extension/tests/boundary.mjs";
    let script = workspace.path(SCRIPT);
    if !script.is_file() {
        return Ok(Outcome::Skipped(format!("{SCRIPT} is not there")));
    }
    let mut command = process::program(workspace, "node")?;
    command.arg(script).args(&options.filter);
    run_suite(&mut command)
}

/// Twenty seeds of every replay; a bound that is not held is a failure.
fn replays(workspace: &Workspace, _options: &Options) -> anyhow::Result<Outcome> {
    let mut command = score::command(workspace)?;
    command.args(["--seeds", "20", "--must"]);
    let mut failures = Vec::new();
    let has_held = process::run_reading(&mut command, |line| failures.extend(tally::failure(line)))?;
    Ok(Outcome::Ran(if has_held { Tally { passed: 1, ..Tally::default() } } else { Tally::broken() }, failures))
}

/// All targets side by side, on the same ground each time; `cargo xtask fuzz` goes further.
fn fuzzing(workspace: &Workspace, _options: &Options) -> anyhow::Result<Outcome> {
    fuzz::run_fixed(workspace)?;
    Ok(Outcome::Ran(Tally { passed: 1, ..Tally::default() }, Vec::new()))
}

/// `cargo xtask networks` plays all of them.
fn networks(workspace: &Workspace, _options: &Options) -> anyhow::Result<Outcome> {
    play::build_networks(workspace)?;
    let mut command = process::cargo(workspace)?;
    command.args(["run", "--quiet", "--package", "detour-networks", "--", "--fast"]);
    run_suite(&mut command)
}

fn stories(workspace: &Workspace, options: &Options) -> anyhow::Result<Outcome> {
    let mut command = process::cargo(workspace)?;
    command.args(["run", "--quiet", "--package", "detour-stories", "--", "stories"]);
    if let Some(filter) = &options.filter {
        command.args(["--filter", filter]);
    }
    run_suite(&mut command)
}

fn run_suite(command: &mut std::process::Command) -> anyhow::Result<Outcome> {
    let (mut tally, mut failures) = (Tally::default(), Vec::new());
    let has_succeeded = process::run_reading(command, |line| {
        tally.read(line);
        failures.extend(tally::failure(line));
    })?;
    Ok(Outcome::Ran(tally.believing(has_succeeded), failures))
}

/// Prints what was tested and what was not, and the total as the last line.
fn conclude(reports: &[Report]) -> anyhow::Result<()> {
    // On a build machine nobody reads that something was left out.
    let may_skip = env::var_os("CI").is_none_or(|value| value != "true");
    let mut total = Tally::default();
    println!("\n── tested");
    for Report { name, tally, failures, skipped } in reports {
        total += *tally;
        match skipped {
            None => println!("  {name}: {tally}"),
            Some(reason) => println!("  {name}: skipped, {reason}"),
        }
        failures.iter().for_each(|failure| println!("    failed: {failure}"));
        let left_out = tally.skipped + u32::from(skipped.is_some());
        if !may_skip && left_out > 0 {
            total.failed += left_out;
            println!("    (CI is set: what is skipped has failed)");
        }
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    if total.failed > 0 {
        // The line above is the last one: whoever counts reads it there.
        std::process::exit(1);
    }
    if total.passed == 0 {
        bail!("no test ran");
    }
    Ok(())
}
