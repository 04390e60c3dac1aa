//! The stories, and who plays them: processes side by side, each with a browser and a lab of its own.
//!
//! A story is a sentence and a function that errs when the sentence does not hold. Nothing is tried twice.

mod accessible;
mod attacker;
mod back;
mod banner_attacks;
mod behind_proxy;
mod blame;
mod board;
mod clock;
mod count;
mod crowding;
mod closer;
mod closing;
mod contacts;
mod copies;
mod failing;
mod forged;
mod hostile;
mod imported;
mod impostors;
mod keep;
mod keyboard;
mod lookalikes;
mod manuals;
mod outage;
mod parts;
mod on_disk;
mod other_networks;
mod past;
mod play;
mod popup;
mod pressed;
mod private_network;
mod quiet;
mod reloading;
mod secrets;
mod shelf_pages;
mod stage;
mod survival;
mod taken;
mod watching;
mod without_host;

use std::path::PathBuf;
use std::process::{ExitCode, Stdio};

use anyhow::{Context as _, Result};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::task::JoinSet;

use crate::engine::Engine;
use crate::place;
use crate::stories::count::{Count, print};
use crate::stories::play::Player;
use crate::stories::stage::Story;
use crate::stories::taken::Taken;

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
    /// How many processes play in each browser: much of a story is waiting.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..))]
    players: u8,
    /// Set for a process that plays: which one of its browser's.
    #[arg(long, hide = true, requires = "taken", value_name = "NTH")]
    player: Option<u8>,
    /// Set for a process that plays: where its browser's players write down what each of them has taken.
    #[arg(long, hide = true, value_name = "FOLDER")]
    taken: Option<PathBuf>,
}

impl Options {
    /// Whether this process is to be inside the lab's namespace.
    #[must_use]
    pub const fn wants_namespace(&self) -> bool {
        self.player.is_some()
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
        if let (Some(player), Some(taken), Some(engine)) = (self.player, &self.taken, self.engine) {
            let lab = taken.with_extension(player.to_string());
            let player = Player { engine, is_headless: !self.headed, taken: Taken::new(taken.clone()) };
            return player.play(&lab, self.wanted()).await;
        }
        let engines = self.engine.map_or(vec![Engine::Chromium, Engine::Firefox], |engine| vec![engine]);
        let mut players = JoinSet::new();
        let mut folders = Vec::new();
        for engine in engines {
            let taken = place::lab(&format!("stories-{}-{}", std::process::id(), engine.name()));
            std::fs::create_dir_all(&taken).with_context(|| format!("creating {}", taken.display()))?;
            for nth in 0..self.players {
                players.spawn(self.clone().player(engine, nth, taken.clone()));
            }
            folders.push(taken);
        }
        let mut total = Count::default();
        while let Some(count) = players.join_next().await {
            total = total.and(count??);
        }
        for folder in folders {
            std::fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
        }
        print(&format!("\n{} passed, {} failed", total.passed, total.failed));
        Ok(if total.failed == 0 && total.passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn wanted(&self) -> Vec<Story> {
        let part = self.filter.as_deref().unwrap_or_default();
        let all = [
            failing::all(),
            blame::all(),
            other_networks::all(),
            behind_proxy::all(),
            lookalikes::all(),
            parts::all(),
            closer::all(),
            back::all(),
            attacker::all(),
            banner_attacks::all(),
            copies::all(),
            keep::all(),
            keyboard::all(),
            shelf_pages::all(),
            crowding::all(),
            hostile::all(),
            pressed::all(),
            private_network::all(),
            forged::all(),
            imported::all(),
            secrets::all(),
            on_disk::all(),
            manuals::all(),
            survival::all(),
            closing::all(),
            quiet::all(),
            without_host::all(),
            impostors::all(),
            accessible::all(),
            board::all(),
            watching::all(),
            reloading::all(),
            outage::all(),
        ];
        all.into_iter().flatten().filter(|story| story.sentence.contains(part)).collect()
    }

    /// A process that plays in one browser; its output is passed on, its count is returned.
    async fn player(self, engine: Engine, nth: u8, taken: PathBuf) -> Result<Count> {
        let program = std::env::current_exe().context("finding this program's own file")?;
        let mut command = Command::new(program);
        command.args(["stories", "--engine", engine.name()]);
        command.args(["--player", &nth.to_string()]).arg("--taken").arg(taken);
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
