//! Outages of the past on a compressed clock.
//!
//! A replay is data: moments, and the switches thrown at them. Where the real sites flickered, a step says so and the seed decides when.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;

use crate::error::LabError;
use crate::lab::Lab;
use crate::switch::Switch;

/// An outage to be played.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// What it is called.
    pub title: String,
    /// The time of day, `HH:MM:SS`, at which playing begins.
    pub from: String,
    /// What happens.
    pub steps: Vec<Step>,
}

/// One moment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The time of day, `HH:MM:SS`.
    pub at: String,
    /// What people saw.
    pub what: String,
    /// The switches thrown.
    #[serde(default)]
    pub switches: Vec<Switch>,
    /// Sites that come and go from here on.
    #[serde(default)]
    pub flicker: Option<Flicker>,
}

/// Sites that fail and work in turn.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flicker {
    /// Which.
    pub hosts: Vec<String>,
    /// The time of day at which it ends, with the sites working.
    pub until: String,
    /// The longest time in one state, in seconds of that day; the shortest is a quarter of it.
    pub longest_s: f64,
}

/// What a replay does at a moment.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// What people saw, for whoever watches.
    Told(String),
    /// A switch is thrown.
    Switched(Switch),
}

/// A happening with its time, in seconds after the beginning.
pub type Timed = (f64, Happening);

impl Lab {
    /// Plays the outage of 8 June 2021, `speed` times as fast as it was; equal seeds give equal outages.
    pub async fn replay(&self, speed: f64, seed: u64) -> Result<(), LabError> {
        Replay::of_2021_06_08()?.play(self, speed, seed, |_| {}).await
    }
}

impl Replay {
    /// Fastly's outage of 8 June 2021.
    pub fn of_2021_06_08() -> Result<Self, LabError> {
        Self::named("2021-06-08")
    }

    /// One of [`Replay::names`].
    pub fn named(name: &str) -> Result<Self, LabError> {
        let known = NAMED.iter().find_map(|(own, text)| (*own == name).then_some(text));
        let unknown = || {
            let names: Vec<_> = Self::names().collect();
            LabError::BadReplay(format!("no replay is called `{name}`; there are {}", names.join(", ")))
        };
        Self::parse(known.ok_or_else(unknown)?)
    }

    /// What the replays that come with the lab are called.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|(name, _)| *name)
    }

    /// Reads a replay from a file.
    pub fn read(path: &Path) -> Result<Self, LabError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| LabError::BadReplay(format!("{}: {error}", path.display())))?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self, LabError> {
        serde_json::from_str(text).map_err(|error| LabError::BadReplay(error.to_string()))
    }

    /// Every happening in order of time; equal seeds give equal lists.
    pub fn timed(&self, seed: u64) -> Result<Vec<Timed>, LabError> {
        let from = seconds(&self.from)?;
        let mut dice = Dice(seed);
        let mut timed = Vec::new();
        for step in &self.steps {
            let at = seconds(&step.at)? - from;
            if at < 0.0 {
                return Err(LabError::BadReplay(format!("{} lies before {}", step.at, self.from)));
            }
            timed.push((at, Happening::Told(format!("{} {}", step.at, step.what))));
            timed.extend(step.switches.iter().map(|switch| (at, Happening::Switched(switch.clone()))));
            if let Some(flicker) = &step.flicker {
                flicker.unroll(at, seconds(&flicker.until)? - from, &mut dice, &mut timed);
            }
        }
        timed.sort_by(|a, b| a.0.total_cmp(&b.0));
        Ok(timed)
    }

    /// Throws the switches at their times, `speed` times as fast as the day was, and tells what happens.
    pub async fn play(&self, lab: &Lab, speed: f64, seed: u64, tell: impl Fn(&str)) -> Result<(), LabError> {
        if !(speed.is_finite() && speed > 0.0) {
            return Err(LabError::BadReplay(format!("the speed {speed} is not above 0")));
        }
        let begin = Instant::now();
        for (at, happening) in self.timed(seed)? {
            tokio::time::sleep_until(begin + Duration::from_secs_f64(at / speed)).await;
            match happening {
                Happening::Told(what) => tell(&what),
                Happening::Switched(switch) => lab.set(switch).await?,
            }
        }
        Ok(())
    }
}

impl Flicker {
    fn unroll(&self, from: f64, until: f64, dice: &mut Dice, timed: &mut Vec<Timed>) {
        for host in &self.hosts {
            let mut at = from;
            let mut failing = true;
            while at < until {
                let switch = if failing { Switch::edge_fails_for(host, true) } else { heal(host) };
                timed.push((at, Happening::Switched(switch)));
                at += self.longest_s * (0.25 + 0.75 * dice.share());
                failing = !failing;
            }
            timed.push((until, Happening::Switched(heal(host))));
        }
    }
}

fn heal(host: &str) -> Switch {
    Switch::EdgeHeals { hosts: vec![host.to_owned()] }
}

fn seconds(time_of_day: &str) -> Result<f64, LabError> {
    let parts: Result<Vec<f64>, _> = time_of_day.split(':').map(str::parse).collect();
    match parts.as_deref() {
        Ok([hours, minutes, seconds]) => Ok(hours * 3600.0 + minutes * 60.0 + seconds),
        _ => Err(LabError::BadReplay(format!("`{time_of_day}` is not a time like 09:47:00"))),
    }
}

/// SplitMix64: the smallest generator whose results do not depend on anybody's version.
struct Dice(u64);

impl Dice {
    /// From 0 to below 1.
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let top = u32::try_from(mixed >> 32).unwrap_or(0);
        f64::from(top) / (f64::from(u32::MAX) + 1.0)
    }
}

macro_rules! named {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../replays/", $name, ".json")))),*]
    };
}

const NAMED: [(&str, &str); 9] = named![
    "2021-06-08",
    "2021-07-22",
    "bad-node",
    "captive-portal",
    "expired-certificate",
    "ipv6-broken",
    "look-alike",
    "maintenance",
    "only-here",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_replay_is_in_order_and_begins_and_ends_with_all_well() {
        for name in Replay::names() {
            let timed = Replay::named(name).unwrap().timed(7).unwrap();
            assert!(timed.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{name}");
            assert_eq!(timed[1].1, Happening::Switched(Switch::HealAll), "{name}");
            assert_eq!(timed.last().unwrap().1, Happening::Switched(Switch::HealAll), "{name}");
            assert!(timed.len() > 5, "{name}: {}", timed.len());
        }
        let unknown = Replay::named("yesterday").unwrap_err().to_string();
        assert!(unknown.contains("2021-06-08") && unknown.contains("look-alike"), "{unknown}");
    }

    #[test]
    fn equal_seeds_give_equal_outages_and_others_differ() {
        let replay = Replay::of_2021_06_08().unwrap();
        assert_eq!(replay.timed(1).unwrap(), replay.timed(1).unwrap());
        assert_ne!(replay.timed(1).unwrap(), replay.timed(2).unwrap());
    }
}
