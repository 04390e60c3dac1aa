//! The stories, and who plays them: one process for each browser, each in a lab of its own, side by side.
//!
//! A story is a sentence and a function that errs when the sentence does not hold. Nothing is tried twice.

mod accessible;
mod back;
mod banner_attacks;
mod blame;
mod board;
mod clock;
mod closer;
mod closing;
mod contacts;
mod copies;
mod failing;
mod forged;
mod hostile;
mod keep;
mod keyboard;
mod lookalikes;
mod manuals;
mod outage;
mod parts;
mod past;
mod play;
mod popup;
mod pressed;
mod private_network;
mod quiet;
mod reloading;
mod shelf_pages;
mod stage;
mod survival;
mod watching;
mod without_host;

use std::process::{ExitCode, Stdio};

use anyhow::{Context as _, Result};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::engine::Engine;
use crate::stories::stage::Story;

/// What is to be played.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// In this browser only.
    #[arg(long, value_enum)]
    engine: Option<Engine>,
    /// Only stories whose sentence contains this.
    #[arg(long, value_name = "PART")]
    filter: Option<String>,
    /// Print the sentences and play nothing.
    #[arg(long)]
    list: bool,
    /// With windows, to watch.
    #[arg(long)]
    headed: bool,
    /// Set for a process that plays: in which run.
    #[arg(long, hide = true, value_name = "RUN")]
    inside: Option<u32>,
}

impl Options {
    /// Whether this process is to be inside the lab's namespace.
    #[must_use]
    pub const fn wants_namespace(&self) -> bool {
        self.inside.is_some()
    }

    /// Plays, and says in the last line how many stories held.
    ///
    /// # Errors
    /// When the players cannot be started; a story that does not hold is no error, but a failure in the exit code.
    pub async fn run(self) -> Result<ExitCode> {
        if self.list {
            for story in self.wanted() {
                print(&story.sentence);
            }
            return Ok(ExitCode::SUCCESS);
        }
        if let (Some(run), Some(engine)) = (self.inside, self.engine) {
            let name = format!("stories-{run}-{}", engine.name());
            return play::play(engine, !self.headed, &name, self.wanted()).await;
        }
        let engines = self.engine.map_or(vec![Engine::Chromium, Engine::Firefox], |engine| vec![engine]);
        let mut players = JoinSet::new();
        for engine in engines {
            players.spawn(self.clone().player(engine));
        }
        let mut total = Count::default();
        while let Some(count) = players.join_next().await {
            total = total.and(count??);
        }
        print(&format!("\n{} passed, {} failed", total.passed, total.failed));
        Ok(if total.failed == 0 && total.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn wanted(&self) -> Vec<Story> {
        let part = self.filter.as_deref().unwrap_or_default();
        let all = [
            failing::all(),
            blame::all(),
            lookalikes::all(),
            parts::all(),
            closer::all(),
            back::all(),
            banner_attacks::all(),
            copies::all(),
            keep::all(),
            keyboard::all(),
            shelf_pages::all(),
            hostile::all(),
            pressed::all(),
            private_network::all(),
            forged::all(),
            manuals::all(),
            survival::all(),
            closing::all(),
            quiet::all(),
            without_host::all(),
            accessible::all(),
            board::all(),
            watching::all(),
            reloading::all(),
            outage::all(),
        ];
        all.into_iter().flatten().filter(|story| story.sentence.contains(part)).collect()
    }

    /// A process that plays in one browser; its output is passed on, its count is returned.
    async fn player(self, engine: Engine) -> Result<Count> {
        let program = std::env::current_exe().context("finding this program's own file")?;
        let mut command = Command::new(program);
        command.args(["stories", "--engine", engine.name()]);
        command.args(["--inside", &std::process::id().to_string()]);
        if let Some(part) = &self.filter {
            command.args(["--filter", part]);
        }
        if self.headed {
            command.arg("--headed");
        }
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().context("starting a player")?;
        let mut counted = None;
        if let Some(output) = child.stdout.take() {
            let mut lines = BufReader::new(output).lines();
            while let Some(line) = lines.next_line().await? {
                match Count::read(&line) {
                    Some(count) => counted = Some(count),
                    None => print(&line),
                }
            }
        }
        let has_succeeded = child.wait().await?.success();
        let mut count = counted.unwrap_or_default();
        if !has_succeeded && count.failed == 0 {
            print(&format!("{}: the player broke off", engine.name()));
            count.failed = 1;
        }
        Ok(count)
    }
}

/// How many stories held.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    passed: u32,
    failed: u32,
}

impl Count {
    const MARK: &str = "count:";

    const fn and(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }

    /// A line for the process that started this one.
    fn line(self) -> String {
        format!("{}{}:{}", Self::MARK, self.passed, self.failed)
    }

    fn read(line: &str) -> Option<Self> {
        let (passed, failed) = line.strip_prefix(Self::MARK)?.split_once(':')?;
        Some(Self { passed: passed.parse().ok()?, failed: failed.parse().ok()? })
    }
}

#[expect(clippy::print_stdout, reason = "a program for people: its output is what they read")]
fn print(line: &str) {
    println!("{line}");
}
