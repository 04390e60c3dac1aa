//! `detour copies` against the outage lab: pywb with WARCs, Wayback's interfaces, mirrors, and how they fail.
//!
//! `cargo test -p detour-host --test archives -- WORD` runs the stories whose name contains the word.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first surprise and prints what it found"
)]

mod stories;

use std::path::Path;
use std::process::{ExitCode, Stdio};

use detour_lab::{Lab, Switch, namespace};
use serde_json::Value;
use tokio::process::Command;

fn main() -> ExitCode {
    if let Err(error) = namespace::enter_or_reexec() {
        println!("{error}");
        return ExitCode::FAILURE;
    }
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Runtime::new().unwrap().block_on(run(&words))
}

async fn run(words: &[String]) -> ExitCode {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("lab-archives");
    let lab = match Lab::start(&folder).await {
        Ok(lab) => lab,
        Err(error) => {
            println!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let (mut passed, mut failed) = (0, 0);
    for (name, story) in stories::all() {
        if !words.is_empty() && !words.iter().any(|word| name.contains(word.as_str())) {
            continue;
        }
        let user = User { lab: lab.clone(), home: tempfile::tempdir().unwrap() };
        match tokio::spawn(story(user)).await {
            Ok(()) => {
                passed += 1;
                println!("ok      {name}");
            }
            Err(error) => {
                failed += 1;
                println!("FAILED  {name}: {error}");
            }
        }
        lab.set(Switch::HealAll).await.unwrap();
        lab.clear_log();
    }
    lab.stop().await;
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Somebody with a home of their own, who has never asked an archive before.
pub(crate) struct User {
    pub(crate) lab: Lab,
    home: tempfile::TempDir,
}

/// What the program said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl User {
    /// Runs `detour copies URL --json`.
    pub(crate) async fn copies(&self, url: &str) -> Said {
        self.run(&["copies", "--json", url], "").await
    }

    /// Runs the program, with more written into its config.
    pub(crate) async fn run(&self, arguments: &[&str], more: &str) -> Said {
        // One each: runs go side by side.
        let config = tempfile::NamedTempFile::new_in(self.home.path()).unwrap();
        let text = std::fs::read_to_string(self.lab.host_config()).unwrap();
        std::fs::write(config.path(), text + more).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_detour"));
        command.env_clear().env("HOME", self.home.path()).stdin(Stdio::null());
        let output = command.arg("--config").arg(config.path()).args(arguments).output().await.unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        let json = serde_json::from_str(&text).unwrap_or_default();
        Said { code: output.status.code().unwrap_or(-1), text: format!("{text}{errors}"), json }
    }

    /// How often a host was asked for a path that begins so.
    pub(crate) fn asked(&self, host: &str, path: &str) -> usize {
        self.times(host, path).len()
    }

    /// When it was, in seconds, in order.
    pub(crate) fn times(&self, host: &str, path: &str) -> Vec<f64> {
        let log = self.lab.log();
        let is_it = |seen: &&detour_lab::Seen| {
            seen.server != "connection" && seen.server != "dns" && seen.host == host && seen.path.starts_with(path)
        };
        log.iter().filter(is_it).map(|seen| seen.t).collect()
    }
}

impl Said {
    /// The best copy.
    pub(crate) fn best(&self) -> &Value {
        assert_eq!(self.code, 0, "{}", self.text);
        &self.json["copies"][0]
    }

    /// Why this archive gave none.
    pub(crate) fn why(&self, source: &str) -> &str {
        let none = self.json["none_from"].as_array().unwrap_or_else(|| panic!("{}", self.text));
        let said = none.iter().find(|said| said["source"] == source);
        said.and_then(|said| said["why"].as_str()).unwrap_or_else(|| panic!("{source} said nothing: {}", self.text))
    }
}
