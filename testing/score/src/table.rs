//! What is printed.

use std::collections::BTreeSet;

use detour_outages::{Moment, Outage};

use crate::run::Run;
use crate::scoring::{Mark, Minute, TabScore, Word};
use crate::shell::Persona;
use crate::tally::{IN_TIME, Tally, delay};

/// One replay: a line per seed, and one seed's minutes.
pub(crate) fn replay(outage: &Outage, runs: &[&Run], tally: &Tally) {
    let kind = format!("{:?}", outage.kind).to_lowercase();
    println!("\n── {} · {} · {kind} · {} to {}", outage.id, outage.title, outage.begins, outage.ends);
    if let Some(cut) = outage.cut {
        println!("   cut: {cut}");
    }
    println!("   seed  {:<46}  closer", "alone");
    println!("         {HEAD}  {HEAD}");
    let seeds: BTreeSet<u64> = runs.iter().map(|run| run.seed).collect();
    for seed in &seeds {
        let cells = Persona::BOTH.map(|persona| {
            let run = runs.iter().find(|run| run.seed == *seed && run.persona == persona.name());
            run.map(|run| cell(run, outage.begins.0)).unwrap_or_default()
        });
        println!("   {seed:>4}  {}", cells.join("  "));
    }
    for run in runs.iter().filter(|run| Some(&run.seed) == seeds.first()) {
        println!("   minutes of seed {}, {}:", run.seed, run.persona);
        for tab in run.tabs.iter().filter(|tab| tab.minutes.iter().any(|minute| minute.word != Word::Nothing)) {
            println!("     {:<28} {}  {}", tab.host, strip(&tab.minutes), spells(&tab.minutes));
        }
    }
    println!("   {}", summary(tally));
}

/// The total line.
pub(crate) fn total(tally: &Tally, replays: usize, seeds: u64) {
    println!("\n{LEGEND}");
    println!("\ntotal: {replays} replays × {seeds} seeds × 2 kinds of user · {}", summary(tally));
    let broken = tally.broken_bounds();
    if broken.is_empty() {
        println!(
            "all bounds hold: no false CDN-wide alarm, nothing confidently wrong, a right verdict within 60 s in all \
             outages but {} of {}, and in all tabs but {} of {}",
            tally.runs_failing - tally.runs_in_time,
            tally.runs_failing,
            tally.late + tally.never,
            tally.tabs
        );
    } else {
        println!("not held: {}", broken.join("; "));
    }
}

/// The first cases of each kind of user that went wrong, or were right too late, with their evidence.
pub(crate) fn wrong_cases(outage: &Outage, runs: &[&Run]) {
    for persona in Persona::BOTH {
        let mut told = Vec::new();
        for run in runs.iter().filter(|run| run.persona == persona.name()) {
            for tab in &run.tabs {
                let is_late = tab.failed.is_some() && delay(tab, outage.begins.0).is_none_or(|delay| delay > IN_TIME);
                let late = tab.first_verdict.as_ref().filter(|_| is_late).map(|verdict| ("LATE", verdict));
                for (what, verdict) in
                    tab.first_wrong.as_ref().map(|verdict| ("WRONG", verdict)).into_iter().chain(late)
                {
                    tell(&mut told, run, tab, what, verdict);
                }
            }
        }
    }
}

fn tell(told: &mut Vec<(String, String)>, run: &Run, tab: &TabScore, what: &str, (at, word): &(u64, Word)) {
    let Word::Verdict { fault, confidence, cdn } = word else { return };
    let case = (what.to_owned(), fault.clone());
    if told.contains(&case) || told.iter().filter(|(told, _)| told == what).count() >= MOST_CASES {
        return;
    }
    told.push(case);
    let (replay, seed, persona, host) = (run.replay, run.seed, run.persona, &tab.host);
    println!("   {what} {replay} seed {seed} {persona}: {host} at {}: {fault} ({confidence}) {cdn}", Moment(*at));
    for line in run.evidence.get(&(host.clone(), *at)).into_iter().flatten() {
        println!("       {line}");
    }
}

fn summary(tally: &Tally) -> String {
    let middle = |list: &[u64]| list.get(list.len() / 2).map_or_else(|| "–".to_owned(), |delay| format!("{delay} s"));
    let most = tally.delays.last().map_or_else(|| "–".to_owned(), |delay| format!("{delay} s"));
    let recovery =
        tally.recoveries.get(tally.recoveries.len() / 2).map_or_else(|| "–".to_owned(), |at| format!("{at:+} s"));
    format!(
        "outages with a right verdict in time {} of {} · {} tabs failed: right in time {}, later {}, never {} (half within {}, all that were within {most}) · wrong {} \
         (confidently {}) · false CDN-wide {} · minutes right {}, undecided {}, wrong {} · recovery called {recovery} \
         in the middle, early {}, stuck {} · alerts {} in {} runs, {} at most",
        tally.runs_in_time,
        tally.runs_failing,
        tally.tabs,
        tally.in_time,
        tally.late,
        tally.never,
        middle(&tally.delays),
        tally.wrong,
        tally.confidently_wrong,
        tally.false_wide,
        tally.minutes_right,
        tally.minutes_undecided,
        tally.minutes_wrong,
        tally.early_calls,
        tally.uncalled,
        tally.alerts,
        tally.runs,
        tally.most_alerts,
    )
}

/// One seed of one kind of user in 46 columns.
fn cell(run: &Run, begins: u64) -> String {
    let failed: Vec<&TabScore> = run.tabs.iter().filter(|tab| tab.failed.is_some()).collect();
    let delays: Vec<Option<u64>> = failed.iter().map(|tab| delay(tab, begins)).collect();
    let shown = |delay: Option<u64>| delay.map_or_else(|| "never".to_owned(), |delay| format!("{delay} s"));
    let first = delays.iter().flatten().min().copied();
    let slowest = if delays.contains(&None) { None } else { delays.iter().flatten().max().copied() };
    let sum = |count: fn(&TabScore) -> u32| run.tabs.iter().map(count).sum::<u32>();
    let recovery = failed.iter().filter_map(|tab| tab.recovery).max_by_key(|error| error.unsigned_abs());
    let (first, slowest) =
        if failed.is_empty() { ("none failed".to_owned(), String::new()) } else { (shown(first), shown(slowest)) };
    format!(
        "{first:>6} {slowest:>6} {:>5} {:>5} {:>5} {:>8} {:>5}",
        sum(|tab| tab.wrong),
        sum(|tab| tab.confidently_wrong),
        sum(|tab| tab.false_wide),
        recovery.map_or_else(|| "–".to_owned(), |error| format!("{error:+} s")),
        sum(|tab| tab.early_calls),
    )
}

/// A letter a minute.
fn strip(minutes: &[Minute]) -> String {
    let letter = |minute: &Minute| match (minute.mark, &minute.word) {
        (Mark::Silent, Word::Looking) => '…',
        (Mark::Silent, _) => '·',
        (Mark::Right, _) => 'R',
        (Mark::Undecided, _) => '?',
        (Mark::Wrong, _) => 'w',
        (Mark::ConfidentlyWrong, _) => 'W',
    };
    minutes.iter().map(letter).collect()
}

/// The verdicts in words, with the minute at which each was first seen.
fn spells(minutes: &[Minute]) -> String {
    let mut spells: Vec<(u64, &str)> = Vec::new();
    for minute in minutes {
        let word = match &minute.word {
            Word::Nothing => "–",
            Word::Looking => "…",
            Word::Verdict { fault, .. } => fault,
        };
        if spells.last().is_none_or(|(_, last)| *last != word) {
            spells.push((minute.minute, word));
        }
    }
    let most = spells.len().min(MOST_SPELLS);
    let shown: Vec<String> = spells.iter().take(most).map(|(minute, word)| format!("{minute} {word}")).collect();
    let rest = if spells.len() > most { ", …" } else { "" };
    format!("{}{rest}", shown.join(", "))
}

/// More would not be read.
const MOST_SPELLS: usize = 8;
const MOST_CASES: usize = 4;

const HEAD: &str = " first slowest wrong  conf  wide recovery early";

const LEGEND: &str = "\
first, slowest: seconds from the outage's beginning to the first right verdict, of the fastest and the slowest tab \
(a tab that first failed later than 55 s into it is timed from its own failure)
wrong, conf: verdicts that were wrong when they were made, and those with high confidence · wide: false CDN-wide alarms
recovery: the first call that it is over against the truth, the worst tab's; early: calls before the site was back
minutes: R right, ? undecided or true but too little, w wrong, W wrong with high confidence, … looking, · nothing said
grace: a verdict may rest on what was true up to 151 s ago (one interval of the watch), a tab's first one 10 s";
