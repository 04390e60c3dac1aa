//! One scene, played: what is said by the browser alone, with the host, and by the command line alone.

use std::path::Path;

use anyhow::{Context as _, Result};
use detour_core::cdn::digested;
use detour_core::failure::Failure;
use detour_core::observation::Observation;
use detour_core::target::Target;
use detour_core::verdict::{Case, are_tries_good, failure_here, is_let_in, judge};
use serde::{Deserialize, Serialize};

use crate::browser::Saw;
use crate::host::Told;
use crate::place::Place;
use crate::scene::{Allowed, Kind, Scene};
use crate::world::World;
use crate::{browser, host};

/// What was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// As documents write it, or `quiet`.
    pub(crate) fault: String,
    /// `low`, `medium` or `high`.
    pub(crate) confidence: String,
    /// The segment of the user's own network, as documents write it; empty where none is named.
    pub(crate) segment: String,
}

/// How good that is, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    Right,
    CantTell,
    Wrong,
    ConfidentlyWrong,
}

impl Rank {
    pub(crate) const ALL: [Self; 4] = [Self::Right, Self::CantTell, Self::Wrong, Self::ConfidentlyWrong];

    /// Of what was said, by what may be said.
    pub(crate) fn of(word: &Word, allowed: &Allowed) -> Self {
        let fault = word.fault.as_str();
        if allowed.right.contains(fault) {
            return Self::Right;
        }
        if matches!(fault, "cant_tell" | "unconfirmed") {
            return Self::CantTell;
        }
        // To take a mark off a page that fails is as sure as it gets.
        let is_sure = word.confidence == "high" || fault == "quiet";
        let is_forbidden = allowed.forbidden.contains(fault) && word.confidence == "medium";
        if is_sure || is_forbidden { Self::ConfidentlyWrong } else { Self::Wrong }
    }
}

/// Whether the site would be called back, by what browser and host saw together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Back {
    /// As it should be, or it cannot be told from the scene.
    Fitting,
    /// It fails, and this would count towards "it is back".
    Wrongly,
    /// It is well, and this would count against it.
    Never,
}

impl Back {
    /// A failure is invented where the page is well: the one that it is back from.
    fn of(seen: &[Observation], failure: Option<&Failure>, allowed: &Allowed) -> Self {
        let read: Vec<Observation> = seen.iter().map(|seen| digested(seen.clone(), None)).collect();
        let read: Vec<&Observation> = read.iter().collect();
        let earlier = Failure::HttpError { status: Some(503) };
        let failure = Some(failure.unwrap_or(&earlier));
        // A look that has seen nothing counts neither way.
        let is_good = are_tries_good(&read, failure);
        let may_be_quiet = allowed.right.contains("quiet");
        match (may_be_quiet, allowed.right.len()) {
            (false, _) if is_good == Some(true) => Self::Wrongly,
            (true, 1) if is_good == Some(false) => Self::Never,
            (true | false, _) => Self::Fitting,
        }
    }
}

/// A scene with what came of it.
#[derive(Debug, Clone)]
pub(crate) struct Played {
    pub(crate) scene: Scene,
    pub(crate) without: (Word, Rank),
    pub(crate) with: (Word, Rank),
    /// What `detour check` says by itself; `quiet` where it says that the page is fine, or nothing.
    pub(crate) alone: (Word, Rank),
    pub(crate) back: Back,
    /// What the browser met, and the host's complaint.
    pub(crate) notes: String,
}

impl Played {
    /// The segment that was named with the host, where the verdict is right and the scene knows of another one.
    pub(crate) fn wrong_segment(&self) -> Option<&str> {
        let said = self.with.0.segment.as_str();
        self.scene.segment.filter(|right| self.with.1 == Rank::Right && said != *right).map(|_| said)
    }

    /// Whether the host made it worse.
    pub(crate) fn is_worse_with_host(&self) -> bool {
        self.with.1 > self.without.1
    }
}

/// What was seen of a scene: enough to judge it again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// The scene's name.
    pub(crate) scene: String,
    saw: Saw,
    told: Told,
    /// What the command line said of the address as people type it, where that is another form.
    as_typed: Option<Told>,
}

impl Seen {
    /// Reads what [`play`] wrote into a scene's folder.
    pub(crate) fn read(work: &Path) -> Result<Self> {
        let path = work.join(SEEN);
        let text = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        serde_json::from_slice(&text).with_context(|| path.display().to_string())
    }

    /// With the command line's words as they would be today.
    pub(crate) fn said_anew(mut self, target: &Target) -> Self {
        if self.told.alone.is_some() {
            self.told.alone = Some(concluded(target, &self.told.seen));
        }
        self
    }
}

/// Plays it, and leaves what was seen in the folder `work`.
pub(crate) async fn play(world: &World, place: &Place, scene: &Scene, work: &Path) -> Result<Played> {
    std::fs::create_dir_all(work)?;
    let saw = browser::load(world, place, &scene.url, work);
    let told = host::check(world, place, scene, &scene.url);
    let (saw, told) = tokio::join!(saw, told);
    let as_typed = match scene.typed {
        Some(typed) => Some(host::check(world, place, scene, typed).await?),
        None => None,
    };
    let seen = Seen { scene: scene.name.clone(), saw: saw?, told: told?, as_typed };
    std::fs::write(work.join(SEEN), serde_json::to_vec(&seen)?)?;
    judged(scene, seen)
}

/// What is said of it.
pub(crate) fn judged(scene: &Scene, seen: Seen) -> Result<Played> {
    let Seen { saw, told, as_typed, .. } = seen;
    let target = Target::parse(&scene.url)?;
    let own = vec![saw.again.clone()];
    let word_of = |seen: &[Observation]| match &saw.failure {
        Some(failure) => word(&target, failure, seen),
        None if saw.is_page => quiet(),
        None => unmarked(),
    };
    let without = word_of(&own);
    let is_refused = told.alone.is_none();
    let by_hand = as_typed.map_or_else(|| told.alone.clone(), |told| told.alone);
    let both: Vec<Observation> = own.into_iter().chain(told.seen).collect();
    let with = if is_refused { quiet() } else { word_of(&both) };
    let notes = if is_refused { format!("{}; host: {}", saw.words, told.complaint) } else { saw.words };
    let ranked = |word: Word| {
        let rank = Rank::of(&word, &scene.allowed);
        (word, rank)
    };
    Ok(Played {
        scene: scene.clone(),
        without: ranked(without),
        with: ranked(with),
        alone: alone(by_hand, scene),
        back: Back::of(&both, saw.failure.as_ref(), &scene.allowed),
        notes,
    })
}

/// What `detour check` concludes of its evidence.
fn concluded(target: &Target, seen: &[Observation]) -> (String, String) {
    let all: Vec<&Observation> = seen.iter().collect();
    match failure_here(seen) {
        Some(failure) => {
            let Word { fault, confidence, .. } = word(target, &failure, seen);
            (fault, confidence)
        }
        None if is_let_in(&all) => ("passed".into(), "high".into()),
        None => ("cant_tell".into(), "low".into()),
    }
}

/// What is said of a page that failed so.
fn word(target: &Target, failure: &Failure, seen: &[Observation]) -> Word {
    let all: Vec<&Observation> = seen.iter().collect();
    let now = seen.iter().map(|seen| seen.at).max().unwrap_or_default();
    let verdict = judge(&Case { target, failure: Some(failure), seen: &all, before: None, published: None, now });
    let fault = in_words(&verdict.fault);
    // A challenge takes the mark off, and so does a page that passes: the browser's own load still failed.
    let confidence = in_words(&verdict.confidence);
    let segment = verdict.segment.map(|segment| in_words(&segment)).unwrap_or_default();
    Word { fault, confidence, segment }
}

/// The browser shows its own error page, and nothing is said of it: a failure that is not known as one.
fn unmarked() -> Word {
    Word { fault: "unmarked".into(), confidence: "low".into(), segment: String::new() }
}

fn quiet() -> Word {
    Word { fault: "quiet".into(), confidence: "high".into(), segment: String::new() }
}

/// What the command line says. It sees no browser: before a bot wall "a challenge" is the truth as it knows it.
fn alone(told: Option<(String, String)>, scene: &Scene) -> (Word, Rank) {
    let word = match told {
        Some((fault, confidence)) if fault == "passed" => {
            Word { fault: "quiet".into(), confidence, segment: String::new() }
        }
        Some((fault, confidence)) => Word { fault, confidence, segment: String::new() },
        None => quiet(),
    };
    let mut allowed = scene.allowed.clone();
    if scene.kind == Kind::HostRefused {
        allowed.right.insert("challenge");
    }
    let rank = Rank::of(&word, &allowed);
    (word, rank)
}

/// What was seen, in a scene's folder.
const SEEN: &str = "seen.json";

/// As documents write it.
fn in_words(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use detour_core::observation::{Answer, Outcome, Step, Subject, Vantage};

    use super::*;

    fn rank(fault: &str, confidence: &str) -> Rank {
        let allowed = Allowed::right(&["origin", "server"]).never(&["you"]);
        let word = Word { fault: fault.into(), confidence: confidence.into(), segment: String::new() };
        Rank::of(&word, &allowed)
    }

    #[test]
    fn a_site_that_fails_is_not_called_back_and_one_that_is_well_is() {
        let answered = |status: u16| {
            let outcome = Outcome::Answered(Answer { status, ..Answer::default() });
            vec![Observation::new(Vantage::Browser, Subject::Target, Step::Http, outcome)]
        };
        let (fails, well) = (Allowed::right(&["origin"]), Allowed::right(&["quiet"]));
        assert_eq!(Back::of(&answered(503), None, &fails), Back::Fitting);
        assert_eq!(Back::of(&answered(200), None, &fails), Back::Wrongly);
        assert_eq!(Back::of(&answered(200), None, &well), Back::Fitting);
        assert_eq!(Back::of(&answered(503), None, &well), Back::Never);
        let may_be_either = Allowed::right(&["quiet", "portal"]);
        assert_eq!(Back::of(&answered(503), None, &may_be_either), Back::Fitting);
    }

    #[test]
    fn a_word_is_ranked_by_what_may_be_said_and_by_how_sure_it_is() {
        assert_eq!(rank("origin", "low"), Rank::Right);
        assert_eq!(rank("cant_tell", "low"), Rank::CantTell);
        assert_eq!(rank("from_here", "medium"), Rank::Wrong);
        assert_eq!(rank("from_here", "high"), Rank::ConfidentlyWrong);
        assert_eq!(rank("you", "medium"), Rank::ConfidentlyWrong);
        assert_eq!(rank("you", "low"), Rank::Wrong);
        assert_eq!(rank("quiet", "high"), Rank::ConfidentlyWrong);
    }
}
