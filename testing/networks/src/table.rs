//! The table by kind, and the list of what was wrong.

use std::fmt::Write as _;

use crate::play::{Back, Played, Rank, Word};
use crate::scene::Kind;

/// Everything that was played, for people.
pub(crate) fn text(played: &[Played]) -> String {
    let mut text = format!(
        "{:<22}{:>7}   {:^31}   {:^31}{:>8}{:>8}   {:^31}\n{:<22}{:>7}   {HEAD}   {HEAD}{:>8}{:>8}   {HEAD}\n",
        "", "", "without host", "with host", "", "", "command line", "kind", "scenes", "worse", "back"
    );
    for kind in Kind::ALL {
        let of_kind: Vec<&Played> = played.iter().filter(|played| played.scene.kind == kind).collect();
        if !of_kind.is_empty() {
            line(&mut text, kind.label(), &of_kind);
        }
    }
    line(&mut text, "all", &played.iter().collect::<Vec<_>>());
    let is_told = |played: &&Played| {
        played.with.1 >= Rank::Wrong
            || played.without.1 >= Rank::Wrong
            || played.alone.1 >= Rank::Wrong
            || played.is_worse_with_host()
            || played.back != Back::Fitting
            || played.wrong_segment().is_some()
    };
    let told: Vec<&Played> = played.iter().filter(is_told).collect();
    if !told.is_empty() {
        text.push_str("\nWrong, made worse by the host, or called back wrongly:\n");
    }
    for played in told {
        let _ = writeln!(
            text,
            "{} [{}] {}\n    browser: {}; without host {}, with host {}, command line {}; right: {}{}{}",
            mark(played),
            played.scene.kind.label(),
            played.scene.name,
            played.notes,
            words(&played.without.0),
            words(&played.with.0),
            words(&played.alone.0),
            played.scene.allowed.right.iter().copied().collect::<Vec<_>>().join(", "),
            match played.back {
                Back::Fitting => "",
                Back::Wrongly => "; called back while it fails",
                Back::Never => "; not called back, though it is well",
            },
            played
                .wrong_segment()
                .map(|said| format!("; segment {said:?} for {:?}", played.scene.segment))
                .unwrap_or_default(),
        );
    }
    text
}

/// The aims: what is not held, a line each, and at the end how many scenes held them and how many did not.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) text: String,
    pub(crate) is_held: bool,
}

/// Holds what was played against the aims: nothing confidently wrong, nothing made worse by the host, nothing called back
/// wrongly, and few wrong ones ([`MOST_WRONG`], [`MOST_CANT_TELL`]).
pub(crate) fn aims(played: &[Played]) -> Held {
    let mut text = String::new();
    let mut broken = 0;
    for one in played {
        let ranks = [("without host", one.without.1), ("with host", one.with.1), ("command line", one.alone.1)];
        let sure = ranks.iter().filter(|(_, rank)| *rank == Rank::ConfidentlyWrong).map(|(who, _)| *who);
        let mut words: Vec<&str> = sure.collect();
        words.extend(one.is_worse_with_host().then_some("made worse by the host"));
        words.extend((one.back != Back::Fitting).then_some("called back wrongly"));
        words.extend(one.wrong_segment().map(|_| "the wrong part of the user's own network"));
        if !words.is_empty() {
            broken += 1;
            let _ = writeln!(text, "not held: {}: {}", one.scene.name, words.join(", "));
        }
    }
    let views: [View; 3] = [
        ("without host", |played| played.without.1),
        ("with host", |played| played.with.1),
        ("command line", |played| played.alone.1),
    ];
    for (who, rank_of) in views {
        let count = |is_meant: fn(Rank) -> bool| played.iter().filter(|played| is_meant(rank_of(played))).count();
        let wrong = count(|rank| rank >= Rank::Wrong);
        if exceeds(wrong, played.len(), MOST_WRONG) {
            broken += 1;
            let _ = writeln!(text, "not held: {wrong} of {} are wrong {who}", played.len());
        }
        let unsure = count(|rank| rank == Rank::CantTell);
        // Without the host nobody has looked, and before a bot wall a program alone cannot.
        if who == "with host" && exceeds(unsure, played.len(), MOST_CANT_TELL) {
            broken += 1;
            let _ = writeln!(text, "not held: of {unsure} of {} the host cannot tell", played.len());
        }
    }
    let _ = writeln!(text, "{} passed, {broken} failed", played.len().saturating_sub(broken));
    Held { text, is_held: broken == 0 && !played.is_empty() }
}

/// Who looks, and how good what they say is.
type View = (&'static str, fn(&Played) -> Rank);

/// Whether `count` of `of` exceeds this share. One is always allowed, since a run may have few scenes.
const fn exceeds(count: usize, of: usize, (part, whole): (usize, usize)) -> bool {
    count > 1 && count * whole > of * part
}

/// Wrong ones: at most 2 in 100.
const MOST_WRONG: (usize, usize) = (2, 100);
/// Scenes for which the host cannot tell: at most 1 in 10.
const MOST_CANT_TELL: (usize, usize) = (1, 10);

fn line(text: &mut String, name: &str, of_kind: &[&Played]) {
    let counts = |rank_of: fn(&Played) -> Rank| {
        let count = |rank| of_kind.iter().filter(|played| rank_of(played) == rank).count();
        Rank::ALL.map(count).map(|count| format!("{count:>7}")).join(" ")
    };
    let worse = of_kind.iter().filter(|played| played.is_worse_with_host()).count();
    let back = of_kind.iter().filter(|played| played.back != Back::Fitting).count();
    let _ = writeln!(
        text,
        "{name:<22}{:>7}   {}   {}{worse:>8}{back:>8}   {}",
        of_kind.len(),
        counts(|played| played.without.1),
        counts(|played| played.with.1),
        counts(|played| played.alone.1),
    );
}

fn mark(played: &Played) -> &'static str {
    let is_confident = played.with.1.max(played.without.1).max(played.alone.1) == Rank::ConfidentlyWrong;
    match (is_confident, played.is_worse_with_host()) {
        (true, true) => "!! worse",
        (true, false) => "!!      ",
        (false, true) => "   worse",
        (false, false) => "        ",
    }
}

fn words(word: &Word) -> String {
    format!("{}/{}", word.fault, word.confidence)
}

/// Right, can't tell, wrong, confidently wrong.
const HEAD: &str = "  right   can't   wrong    sure";
