//! The scoring must be able to fail: planted mistakes are found, and nothing else is.

use serde_json::json;

use super::*;

const MINUTE: u64 = 60_000;

/// Ten good minutes, thirty bad ones, good for ever.
fn truths() -> Truths {
    let words = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
    let span = |from, until, is_down, right: &[&str]| Span {
        from,
        until,
        is_down,
        right: words(right),
        vague: words(&["comes_and_goes"]),
        early: Vec::new(),
        cdn: if is_down { "Fastly".to_owned() } else { String::new() },
    };
    Truths {
        begins: 10 * MINUTE,
        ends: 40 * MINUTE,
        back: Some(40 * MINUTE),
        spans: vec![
            span(0, 10 * MINUTE, false, &["passed", "recovering"]),
            span(10 * MINUTE, 40 * MINUTE, true, &["cdn_here", "regional"]),
            span(40 * MINUTE, u64::MAX, false, &["passed", "recovering"]),
        ],
    }
}

fn says(fault: &str, confidence: &str, cdn: &str) -> Value {
    json!({"concluded": {"verdict": {"fault": fault, "confidence": confidence, "cdn": {"name": cdn, "basis": "address"}, "missing": []}, "at": 1}})
}

fn looking() -> Value {
    json!({"checking": {"check": 1, "awaits": "both", "deadline": 1}})
}

fn check(phases: &[(u64, Value)]) -> TabScore {
    score("www.example.org", 10 * MINUTE + 1_000, phases, &truths())
}

/// A tab that does everything right.
fn right() -> Vec<(u64, Value)> {
    vec![
        (10 * MINUTE + 2_000, looking()),
        (10 * MINUTE + 8_000, says("cdn_here", "medium", "Fastly")),
        (41 * MINUTE, says("recovering", "medium", "Fastly")),
        (42 * MINUTE, says("passed", "high", "Fastly")),
    ]
}

#[test]
fn a_tab_that_is_right_has_no_fault_found() {
    let score = check(&right());
    assert_eq!((score.wrong, score.confidently_wrong, score.false_wide, score.early_calls), (0, 0, 0, 0));
    assert_eq!(score.failed, Some(10 * MINUTE + 2_000));
    assert_eq!(score.right, Some(10 * MINUTE + 8_000));
    assert_eq!(score.recovery, Some(120));
    assert_eq!(score.minutes.first().map(|minute| minute.mark), Some(Mark::Silent));
    assert!(score.minutes[1..30].iter().all(|minute| minute.mark == Mark::Right));
}

#[test]
fn a_planted_wrong_verdict_is_found_with_its_confidence() {
    let mut phases = right();
    phases.insert(2, (20 * MINUTE, says("origin", "high", "Fastly")));
    phases.insert(3, (22 * MINUTE, says("resolver", "low", "Fastly")));
    phases.insert(4, (23 * MINUTE, says("cdn_here", "medium", "Fastly")));
    let score = check(&phases);
    assert_eq!((score.wrong, score.confidently_wrong), (2, 1));
    assert_eq!(score.first_wrong.map(|(at, _)| at), Some(20 * MINUTE));
    assert!(score.minutes.iter().any(|minute| minute.mark == Mark::ConfidentlyWrong));
}

#[test]
fn a_planted_false_alarm_is_found_however_careful() {
    let mut phases = right();
    phases.insert(2, (20 * MINUTE, says("cdn_wide", "low", "Fastly")));
    let score = check(&phases);
    assert_eq!((score.false_wide, score.wrong, score.confidently_wrong), (1, 1, 0));
}

#[test]
fn a_planted_early_recovery_call_is_found() {
    let mut phases = right();
    phases.insert(2, (20 * MINUTE, says("passed", "high", "Fastly")));
    phases.insert(3, (21 * MINUTE, says("cdn_here", "medium", "Fastly")));
    let score = check(&phases);
    assert_eq!((score.recovery, score.early_calls), (Some(-20 * 60), 1));
    assert!(!score.is_stuck);
    assert!(check(&right()[..2]).is_stuck, "a tab that never calls it over");
    assert_eq!(score.confidently_wrong, 1);
}

#[test]
fn the_wrong_cdn_is_wrong_and_cant_tell_is_neither() {
    let mut phases = right();
    phases.insert(2, (20 * MINUTE, says("cdn_here", "high", "Akamai")));
    phases.insert(3, (21 * MINUTE, says("cant_tell", "low", "")));
    phases.insert(4, (22 * MINUTE, says("comes_and_goes", "high", "")));
    let score = check(&phases);
    assert_eq!((score.wrong, score.confidently_wrong), (1, 1));
    assert_eq!(score.minutes[11].mark, Mark::Undecided);
    assert_eq!(score.minutes[12].mark, Mark::Undecided);
}

#[test]
fn grace_is_one_interval_and_only_backwards() {
    let stale = |after: u64| {
        let mut phases = right();
        phases.insert(2, (40 * MINUTE + after, says("cdn_here", "high", "Fastly")));
        check(&phases).wrong
    };
    assert_eq!(stale(GRACE - 1_000), 0);
    assert_eq!(stale(GRACE + 1_000), 1);
    let early = [(9 * MINUTE, looking()), (9 * MINUTE + 5_000, says("cdn_here", "high", "Fastly"))];
    assert_eq!(check(&early).wrong, 1, "an outage that has not begun");
    let first = [(10 * MINUTE, looking()), (10 * MINUTE + 30_000, says("passed", "high", ""))];
    assert_eq!(check(&first).wrong, 1, "a first verdict rests on nothing older");
}

#[test]
fn silence_is_right_only_where_nothing_should_be_said() {
    let mut truths = truths();
    truths.spans[1].right = vec!["quiet".to_owned()];
    let phases = [(10 * MINUTE + 2_000, looking()), (10 * MINUTE + 3_000, Value::Null)];
    let quiet = score("wiki.example.org", 10 * MINUTE, &phases, &truths);
    assert_eq!(quiet.right, Some(10 * MINUTE + 3_000));
    assert_eq!(check(&phases).right, None);
    let loud = [(10 * MINUTE + 2_000, looking()), (10 * MINUTE + 3_000, says("origin", "high", ""))];
    assert_eq!(score("wiki.example.org", 10 * MINUTE, &loud, &truths).confidently_wrong, 1);
}

#[test]
fn an_early_call_that_could_not_be_known_is_not_wrong_once_and_never_when_it_is_sure() {
    let mut truths = truths();
    truths.spans[1].early = vec!["passed".to_owned()];
    let score = |phases: &[(u64, Value)]| score("www.example.org", 10 * MINUTE + 1_000, phases, &truths);
    let passed = |at, confidence| (at * MINUTE, says("passed", confidence, "Fastly"));
    let fails = |at| (at * MINUTE, says("cdn_here", "medium", "Fastly"));
    let told = |phases: &[(u64, Value)]| {
        let score = score(phases);
        (score.wrong, score.confidently_wrong, score.early_calls)
    };
    assert_eq!(told(&[fails(11), passed(15, "medium")]), (0, 0, 1));
    assert_eq!(told(&[fails(11), passed(15, "high")]), (1, 1, 1));
    assert_eq!(told(&[fails(11), passed(15, "medium"), fails(20), passed(25, "medium")]), (1, 0, 2));
    let gone = (22 * MINUTE, Value::Null);
    assert_eq!(told(&[fails(11), passed(15, "medium"), fails(20), gone, fails(23), passed(25, "medium")]), (0, 0, 2));
}
