//! Was it right? Holds what a tab said, as JSON, against what was true, as words.
//!
//! This module knows nothing of how verdicts are made: it reads phases by the names that they have in JSON, and
//! truths by their labels. All times are times of day in milliseconds.
//!
//! *Grace*: a verdict may rest on what was true up to [`GRACE`] ago, because that is how long the next look may be
//! away; the first verdict of a tab only up to [`FIRST_GRACE`] ago. A verdict is never excused by what comes later.

use serde::Serialize;
use serde_json::Value;

/// The longest interval between two looks of a watch, 120 s with a fifth of jitter, and a check of 7 s.
pub(crate) const GRACE: u64 = 151_000;

/// A first check, and the time its answers were on the way.
pub(crate) const FIRST_GRACE: u64 = 10_000;

/// What is right about a tab's site for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Span {
    pub(crate) from: u64,
    pub(crate) until: u64,
    pub(crate) is_down: bool,
    pub(crate) right: Vec<String>,
    pub(crate) vague: Vec<String>,
    /// Too early rather than wrong, unless it is sure or said again.
    pub(crate) early: Vec<String>,
    /// The CDN to name; empty where none must be.
    pub(crate) cdn: String,
}

/// All that is true of a tab's site.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Truths {
    pub(crate) begins: u64,
    pub(crate) ends: u64,
    /// When the site is really back; `None` when it never was down.
    pub(crate) back: Option<u64>,
    /// In order, without a gap.
    pub(crate) spans: Vec<Span>,
}

/// What a tab says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Word {
    /// Nothing: it has no entry.
    Nothing,
    /// It is still looking.
    Looking,
    /// A verdict.
    Verdict { fault: String, confidence: String, cdn: String },
}

/// How a word stands against the truth; the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mark {
    /// No word, or none yet.
    Silent,
    /// The right verdict.
    Right,
    /// True but too little, or "can't tell".
    Undecided,
    /// Wrong, and said so carefully.
    Wrong,
    /// Wrong with high confidence.
    ConfidentlyWrong,
}

/// How one tab fared.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct TabScore {
    pub(crate) host: String,
    pub(crate) opened: u64,
    /// When it first failed while its site was down.
    pub(crate) failed: Option<u64>,
    /// When it first was right.
    pub(crate) right: Option<u64>,
    /// Verdicts that were wrong when they were made; those among them with high confidence.
    pub(crate) wrong: u32,
    pub(crate) confidently_wrong: u32,
    /// "CDN-wide" where that is not so.
    pub(crate) false_wide: u32,
    /// The first verdict, and the first of the wrong ones.
    pub(crate) first_verdict: Option<(u64, Word)>,
    pub(crate) first_wrong: Option<(u64, Word)>,
    /// The recovery call, and by how many seconds it is late; negative when it came early.
    pub(crate) recovery: Option<i64>,
    /// Calls before the site was back.
    pub(crate) early_calls: u32,
    /// Whether it still said at the very end that the site fails.
    pub(crate) is_stuck: bool,
    /// What it said at each whole minute of the outage.
    pub(crate) minutes: Vec<Minute>,
}

/// What a tab said at a whole minute.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Minute {
    pub(crate) minute: u64,
    pub(crate) word: Word,
    pub(crate) mark: Mark,
}

/// Verdicts that say of themselves that they do not know.
const UNDECIDED: [&str; 3] = ["unconfirmed", "cant_tell", "server"];

/// Verdicts that name a CDN.
const NAMING: [&str; 5] = ["cdn_wide", "cdn_here", "edge_unreachable", "regional", "cdn_names"];

/// Verdicts that call it over.
const OVER: [&str; 2] = ["passed", "moved"];

impl Truths {
    fn at(&self, at: u64) -> Option<&Span> {
        self.spans.iter().find(|span| span.from <= at && at < span.until)
    }

    /// How a word stands at a moment, where it may rest on what was true up to `grace` ago.
    fn mark(&self, word: &Word, at: u64, grace: u64) -> Mark {
        let Word::Verdict { fault, confidence, cdn } = word else {
            let is_quiet = |span: &Span| span.right.iter().any(|label| label == "quiet");
            let is_right = *word == Word::Nothing && self.at(at).is_some_and(is_quiet);
            return if is_right { Mark::Right } else { Mark::Silent };
        };
        let from = at.saturating_sub(grace);
        let spans = || self.spans.iter().filter(move |span| span.from <= at && from < span.until);
        let has = |labels: &[String]| labels.iter().any(|label| label == fault);
        let names_well = |span: &Span| span.cdn.is_empty() || !NAMING.contains(&fault.as_str()) || span.cdn == *cdn;
        if spans().any(|span| has(&span.right) && names_well(span)) {
            Mark::Right
        } else if UNDECIDED.contains(&fault.as_str()) || spans().any(|span| has(&span.vague)) {
            Mark::Undecided
        } else if confidence == "high" {
            Mark::ConfidentlyWrong
        } else {
            Mark::Wrong
        }
    }

    /// How a word of a tab stands that has said these words: what is early and not sure is not wrong, unless it had to
    /// be taken back before.
    fn mark_among(&self, words: &[(u64, Word)], word: &Word, at: u64, grace: u64) -> Mark {
        let mark = self.mark(word, at, grace);
        let from = at.saturating_sub(grace);
        let is_early = |span: &Span| matches!(word, Word::Verdict { fault, .. } if span.early.contains(fault));
        let mut spans = self.spans.iter().filter(|span| span.from <= at && from < span.until);
        let is_excused = mark == Mark::Wrong && spans.any(is_early) && !has_relapsed(words, at);
        if is_excused { Mark::Undecided } else { mark }
    }

    fn knows_wide(&self, at: u64, grace: u64) -> bool {
        let from = at.saturating_sub(grace);
        let is_wide = |span: &Span| span.right.iter().any(|label| label == "cdn_wide");
        self.spans.iter().filter(|span| span.from <= at && from < span.until).any(is_wide)
    }
}

/// Reads a tab's phase as it is in the state's JSON; null where the tab has no entry.
pub(crate) fn read(phase: &Value) -> Word {
    if phase.is_null() {
        return Word::Nothing;
    }
    let Some(verdict) = phase.get("concluded").and_then(|concluded| concluded.get("verdict")) else {
        return Word::Looking;
    };
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    Word::Verdict {
        fault: text(verdict.get("fault")),
        confidence: text(verdict.get("confidence")),
        cdn: text(verdict.get("cdn").and_then(|cdn| cdn.get("name"))),
    }
}

/// Scores one tab: its phases, in order of time, each standing until the next.
pub(crate) fn score(host: &str, opened: u64, phases: &[(u64, Value)], truths: &Truths) -> TabScore {
    let words: Vec<(u64, Word)> = phases.iter().map(|(at, phase)| (*at, read(phase))).collect();
    let mut score = TabScore {
        host: host.to_owned(),
        opened,
        failed: first_failure(&words, truths),
        right: first_right(&words, truths),
        wrong: 0,
        confidently_wrong: 0,
        false_wide: 0,
        first_verdict: words.iter().find(|(_, word)| matches!(word, Word::Verdict { .. })).cloned(),
        first_wrong: None,
        recovery: None,
        early_calls: 0,
        is_stuck: words.last().is_some_and(|(_, word)| matches!(word, Word::Verdict { fault, .. } if !is_over(fault))),
        minutes: minutes(&words, truths),
    };
    let mut grace = FIRST_GRACE;
    for (at, word) in &words {
        let Word::Verdict { fault, .. } = word else {
            // An entry that is gone and comes again begins anew.
            if *word == Word::Nothing {
                grace = FIRST_GRACE;
            }
            continue;
        };
        let mark = truths.mark_among(&words, word, *at, grace);
        if mark >= Mark::Wrong {
            score.wrong += 1;
            score.first_wrong.get_or_insert((*at, word.clone()));
        }
        if mark == Mark::ConfidentlyWrong {
            score.confidently_wrong += 1;
        }
        if fault == "cdn_wide" && !truths.knows_wide(*at, grace) {
            score.false_wide += 1;
            score.first_wrong.get_or_insert((*at, word.clone()));
        }
        grace = GRACE;
    }
    (score.recovery, score.early_calls) = recovery(&words, truths);
    score
}

fn first_failure(words: &[(u64, Word)], truths: &Truths) -> Option<u64> {
    let is_down = |at: u64| truths.at(at).is_some_and(|span| span.is_down);
    words.iter().find(|(at, word)| *word != Word::Nothing && is_down(*at)).map(|(at, _)| *at)
}

/// The first moment at which a tab that had failed was right about a site that was down.
fn first_right(words: &[(u64, Word)], truths: &Truths) -> Option<u64> {
    let failed = first_failure(words, truths)?;
    let ends = words.iter().skip(1).map(|(at, _)| *at).chain([u64::MAX]);
    let spells = words.iter().zip(ends).filter(|((at, _), _)| *at >= failed);
    for ((at, word), until) in spells {
        // The truth may come round to a verdict that stands.
        let turns = truths.spans.iter().map(|span| span.from).filter(|turn| at < turn && *turn < until);
        for moment in [*at].into_iter().chain(turns) {
            let is_down = truths.at(moment).is_some_and(|span| span.is_down);
            if is_down && truths.mark(word, moment, 0) == Mark::Right {
                return Some(moment);
            }
        }
    }
    None
}

fn minutes(words: &[(u64, Word)], truths: &Truths) -> Vec<Minute> {
    let count = truths.ends.saturating_sub(truths.begins) / 60_000 + 5;
    let at_minute = |minute: u64| {
        let at = truths.begins + minute * 60_000;
        let word = words.iter().rfind(|(since, _)| *since <= at).map_or(Word::Nothing, |(_, word)| word.clone());
        let is_first =
            words.iter().filter(|(since, word)| *since <= at && matches!(word, Word::Verdict { .. })).count() < 2;
        // A first verdict stands until the next look, too.
        let since = words.iter().rfind(|(since, _)| *since <= at).map_or(at, |(since, _)| *since);
        let grace = if is_first { FIRST_GRACE + at.saturating_sub(since).min(GRACE) } else { GRACE };
        let mark = truths.mark_among(words, &word, at, grace);
        Minute { minute, word, mark }
    };
    (0..count).map(at_minute).collect()
}

/// The first call that it is over, in seconds after it really was; and how many calls came before that.
///
/// A tab whose entry goes because its page was loaded and is well makes no claim about the outage; after the
/// site is back it counts as a call.
fn recovery(words: &[(u64, Word)], truths: &Truths) -> (Option<i64>, u32) {
    let Some(back) = truths.back else { return (None, 0) };
    let mut was_failing = false;
    let mut first = None;
    let mut early = 0;
    for (at, word) in words {
        let is_call = match word {
            Word::Verdict { fault, .. } => is_over(fault),
            Word::Nothing => was_failing && *at >= back,
            Word::Looking => false,
        };
        if is_call && was_failing {
            first.get_or_insert(seconds(*at) - seconds(back));
            if *at < back {
                early += 1;
            }
        }
        was_failing = match word {
            Word::Verdict { .. } => !is_call,
            Word::Looking => was_failing,
            Word::Nothing => false,
        };
    }
    (first, early)
}

/// Whether a tab had to take back, up to this moment, that it is over. It forgets when its entry goes.
fn has_relapsed(words: &[(u64, Word)], at: u64) -> bool {
    let (mut has_called, mut has_relapsed) = (false, false);
    for (_, word) in words.iter().take_while(|(since, _)| *since <= at) {
        match word {
            Word::Verdict { fault, .. } if is_over(fault) => has_called = true,
            Word::Verdict { .. } => has_relapsed |= has_called,
            Word::Nothing => (has_called, has_relapsed) = (false, false),
            Word::Looking => {}
        }
    }
    has_relapsed
}

fn is_over(fault: &str) -> bool {
    OVER.contains(&fault)
}

fn seconds(at: u64) -> i64 {
    i64::try_from(at / 1000).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "scoring/tests.rs"]
mod tests;
