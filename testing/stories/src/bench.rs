//! The figures of the README and of ARCHITECTURE.md, from one run on one machine.
//!
//! Times are only comparable within a run, so everything that is compared is measured in turns; a page load
//! without Detour is measured twice, and the difference of those two is the noise floor. Nothing here passes or
//! fails: a busy machine is slow, not wrong.

#![expect(clippy::print_stdout, reason = "a program for people: its output is what they read")]

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use detour_lab::Lab;
use serde_json::{Map, Value, json};

use crate::place;

mod board;
mod classification;
mod copies;
mod counted;
mod diagnosis;
mod figures;
mod floor;
mod healthy;
mod host;
mod many;
mod port;
mod requests;
mod sign;
mod size;
mod steps;
mod tick;

/// How much is measured.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Failures of each kind, with a warm and with a cold worker
    #[arg(long, default_value_t = 30)]
    failures: u32,
    /// Loads of the healthy page, for each of the four browsers
    #[arg(long, default_value_t = 40)]
    loads: u32,
    /// Diagnoses of each kind by the native host
    #[arg(long, default_value_t = 20)]
    checks: u32,
    /// Copies of each page, for each way of taking one
    #[arg(long, default_value_t = 7)]
    captures: u32,
    /// Pages on the full shelf
    #[arg(long, default_value_t = 1000)]
    kept: usize,
    /// Openings of a full board, with a cold and with a warm worker, in each browser
    #[arg(long, default_value_t = 9)]
    boards: u32,
    /// Only these parts, with commas between: size, classification, steps, tick, requests, host, diagnosis, board,
    /// healthy, many, sign, copies
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

impl Options {
    /// Measures, prints, and writes `target/bench.json`.
    ///
    /// # Errors
    /// When a part is not built, or the lab or a browser does not start.
    pub async fn run(self) -> Result<ExitCode> {
        let lab = Lab::start(&place::lab("bench")).await?;
        let mut all = Map::new();
        let wants = |part: &str| self.only.is_empty() || self.only.iter().any(|only| only == part);
        let mut keep = |part: &str, figures: Value| -> Result<()> {
            all.insert(part.to_owned(), figures);
            let file = place::workspace().join("target/bench.json");
            std::fs::write(&file, format!("{:#}\n", Value::Object(all.clone())))
                .with_context(|| format!("writing {}", file.display()))
        };
        if wants("size") {
            keep("size", size::measure()?)?;
        }
        if wants("classification") {
            keep("classification", classification::measure()?)?;
        }
        if wants("steps") {
            keep("steps", steps::measure()?)?;
        }
        if wants("tick") {
            keep("tick", tick::measure()?)?;
        }
        if wants("requests") {
            keep("requests", requests::measure(&lab).await?)?;
        }
        if wants("host") {
            keep("host", host::measure(&lab, self.failures).await?)?;
        }
        if wants("diagnosis") {
            keep("diagnosis", diagnosis::measure(&lab, self.checks).await?)?;
        }
        if wants("board") {
            keep("board", board::measure(&lab, self.boards).await?)?;
        }
        if wants("healthy") {
            keep("healthy_page", healthy::measure(&lab, self.loads).await?)?;
        }
        if wants("many") {
            keep("many", many::measure(&lab).await?)?;
        }
        if wants("sign") {
            keep("sign", sign::measure(&lab, self.failures).await?)?;
        }
        if wants("copies") {
            let amount = copies::Amount { rounds: self.captures, kept: self.kept };
            keep("copies", copies::measure(&lab, amount).await?)?;
        }
        keep("machine", json!({ "cores": std::thread::available_parallelism().map_or(0, usize::from) }))?;
        lab.stop().await;
        println!("\nWritten to target/bench.json");
        Ok(ExitCode::SUCCESS)
    }
}
