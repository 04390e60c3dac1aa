//! The host's part: `detour check --json` on the scene's network.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result};
use detour_core::observation::Observation;
use serde::{Deserialize, Serialize};

use crate::netns;
use crate::place::Place;
use crate::scene::Scene;
use crate::world::World;

/// What the host said.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Everything it measured.
    pub(crate) seen: Vec<Observation>,
    /// The command line's own verdict and how sure it was of it; `None` where the check was not carried out.
    pub(crate) alone: Option<(String, String)>,
    /// Its words where there is no verdict.
    pub(crate) complaint: String,
}

#[derive(Deserialize)]
struct Document {
    verdict: String,
    confidence: String,
    evidence: Vec<Observation>,
}

/// Has the host check the page.
pub(crate) async fn check(world: &World, place: &Place, scene: &Scene, url: &str) -> Result<Told> {
    let program = program()?;
    let mut command = netns::command_with_resolver(&place.client, &place.resolv, &program);
    command.arg("--config").arg(world.host_config(scene.canaries)).args(["check", "--json"]);
    if scene.is_closer {
        command.arg("--closer");
    }
    command.arg(url);
    command.envs(place.environment()).env("HOME", &world.dir).env("NO_COLOR", "1").stdin(Stdio::null());
    let output = tokio::time::timeout(PATIENCE, command.output()).await.context("the check did not end")??;
    let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    // A check that was not carried out writes no document.
    Ok(match serde_json::from_slice::<Document>(&output.stdout) {
        Ok(document) => {
            Told { seen: document.evidence, alone: Some((document.verdict, document.confidence)), complaint }
        }
        Err(_) => Told { complaint, ..Told::default() },
    })
}

/// The host beside this program, as cargo puts them.
fn program() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let path = own.parent().context("this program lies nowhere")?.join("detour");
    anyhow::ensure!(path.exists(), "{} is missing; `cargo build -p detour-host` makes it", path.display());
    Ok(path)
}

/// Well above the check's own deadline.
const PATIENCE: Duration = Duration::from_secs(20);
