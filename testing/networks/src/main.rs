//! `detour-networks`: other people's networks, in which verdicts are put to the test.
//!
//! A *network* is a client and a router in namespaces of their own, with real programs on the router; a *scene* is a page
//! opened there, with what may be said of it. Each scene is played with the host and without. Nothing leaves the lab's
//! namespace, and everything ends with it. This program judges nothing itself: it holds verdicts against the table.
//!
//! In reading order:

#![expect(clippy::print_stdout, reason = "a program for people: its output is what they read")]

mod says;
mod pages;
mod sites;
mod vpn;
mod network;
mod networks;
mod scene;
mod scenes;
mod certificates;
mod process;
mod netns;
mod farm;
mod world;
mod shaper;
mod around;
mod nat64;
mod programs;
mod place;
mod browser;
mod host;
mod play;
mod table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Parser;
use detour_core::target::Target;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::around::Around;
use crate::network::Network;
use crate::place::Place;
use crate::play::{Played, Seen};
use crate::scene::Scene;
use crate::world::World;

#[derive(Parser)]
#[command(about = "Plays scenes in other people's networks, with host and without", version)]
struct Arguments {
    /// Only scenes whose network, kind or page contains this.
    #[arg(long)]
    filter: Option<String>,
    /// Only a telling share of them.
    #[arg(long)]
    fast: bool,
    /// Judges what the last run saw, and plays nothing: for work on the decision table.
    #[arg(long)]
    again: bool,
    /// Lists the scenes and plays none.
    #[arg(long)]
    list: bool,
    /// How many scenes are played at once; they mostly wait.
    #[arg(long, default_value_t = 8)]
    at_once: usize,
    /// The folder of the run, emptied first.
    #[arg(long, default_value = "target/networks")]
    dir: PathBuf,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let scenes = chosen(&arguments);
    if arguments.list {
        for scene in &scenes {
            println!("{:<22}{}", scene.kind.label(), scene.name);
        }
        println!("{} scenes", scenes.len());
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.again {
        return Ok(exit_code(report(&again(&arguments.dir, &scenes)?)));
    }
    detour_lab::namespace::enter_or_reexec()?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(arguments, scenes))
}

fn chosen(arguments: &Arguments) -> Vec<Scene> {
    let fits = |scene: &Scene| {
        let words = format!("{} {}", scene.kind.label(), scene.name);
        arguments.filter.as_ref().is_none_or(|filter| words.contains(filter.as_str()))
    };
    scenes::all().into_iter().filter(|scene| fits(scene) && (!arguments.fast || scene.is_telling)).collect()
}

/// The scenes that the last run has played, by what it saw.
fn again(dir: &Path, scenes: &[Scene]) -> Result<Vec<Played>> {
    let folder = World::dir(dir)?;
    let folders = std::fs::read_dir(&folder).context("nothing was played yet")?;
    let mut seen = BTreeMap::new();
    for folder in folders {
        // A network's folder, or a scene's that was not played to its end.
        let Ok(one) = Seen::read(&folder?.path()) else { continue };
        seen.insert(one.scene.clone(), one);
    }
    let mut played = Vec::new();
    for scene in scenes {
        if let Some(seen) = seen.remove(&scene.name) {
            played.push(play::judged(scene, seen.said_anew(&Target::parse(&scene.url)?))?);
        }
    }
    Ok(played)
}

async fn run(arguments: Arguments, scenes: Vec<Scene>) -> Result<ExitCode> {
    world::open_to_networks().await?;
    let world = Arc::new(World::start(&arguments.dir).await?);
    let places = build(&world, &scenes).await?;
    let at_once = Arc::new(Semaphore::new(arguments.at_once));
    let mut playing = JoinSet::new();
    let mut is_all_played = true;
    for (nth, scene) in scenes.into_iter().enumerate() {
        let Some(place) = places.get(scene.network) else {
            println!("not held: not played: {}", scene.name);
            is_all_played = false;
            continue;
        };
        let (world, place, at_once) = (world.clone(), place.clone(), at_once.clone());
        playing.spawn(async move {
            let _turn_here = place.turns.acquire().await?;
            let _turn = at_once.acquire().await?;
            let work = world.dir.join(format!("scene-{nth}"));
            let played = play::play(&world, &place, &scene, &work).await;
            played.with_context(|| scene.name.clone()).map(|played| (nth, played))
        });
    }
    let mut played = BTreeMap::new();
    while let Some(one) = playing.join_next().await {
        match one? {
            Ok((nth, one)) => {
                played.insert(nth, one);
            }
            Err(error) => {
                println!("not held: not played: {error:#}");
                is_all_played = false;
            }
        }
    }
    let mut is_nobody_around = true;
    for (name, place) in &places {
        let seen = place.around.as_ref().map(Around::seen).unwrap_or_default();
        if !seen.is_empty() {
            is_nobody_around = false;
            let seen: Vec<String> = seen.iter().map(ToString::to_string).collect();
            println!("not held: around the proxy of {name}: {}", seen.join(", "));
        }
    }
    let played: Vec<Played> = played.into_values().collect();
    let is_held = report(&played);
    drop(places);
    if let Some(world) = Arc::into_inner(world) {
        world.stop().await;
    }
    Ok(exit_code(is_all_played && is_nobody_around && is_held))
}

/// Prints what came of the scenes; whether they hold the aims.
fn report(played: &[Played]) -> bool {
    print!("{}", table::text(played));
    let held = table::aims(played);
    print!("{}", held.text);
    held.is_held
}

const fn exit_code(is_good: bool) -> ExitCode {
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The networks that these scenes are played in.
async fn build(world: &Arc<World>, scenes: &[Scene]) -> Result<BTreeMap<&'static str, Arc<Place>>> {
    let needed = |network: &Network| scenes.iter().any(|scene| scene.network == network.name);
    let mut building = JoinSet::new();
    for (nth, network) in (1..).zip(networks::all()).filter(|(_, network)| needed(network)) {
        let world = world.clone();
        building.spawn(async move {
            let place = Place::build(&world, &network, nth).await;
            place.with_context(|| format!("the network {}", network.name)).map(|place| (network.name, Arc::new(place)))
        });
    }
    let mut places = BTreeMap::new();
    while let Some(place) = building.join_next().await {
        match place? {
            Ok((name, place)) => {
                places.insert(name, place);
            }
            // The others are played; the run is no success.
            Err(error) => println!("not built: {error:#}"),
        }
    }
    Ok(places)
}
