//! Every replay, seed and kind of user: played, and scored against what was true.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use detour_outages::{Moment, Outage, Standing, Truth, User};
use serde::Serialize;

use crate::scoring::{self, Span, TabScore, Truths};
use crate::shell::{self, Persona};

/// One replay with one seed for one kind of user.
#[derive(Debug, Serialize)]
pub(crate) struct Run {
    pub(crate) replay: &'static str,
    pub(crate) seed: u64,
    pub(crate) persona: &'static str,
    pub(crate) tabs: Vec<TabScore>,
    /// What the user was told, and when, as a time of day in milliseconds.
    pub(crate) alerts: Vec<(u64, String)>,
    /// What the first verdict of each tab rested on, and its first wrong one; by host and moment.
    #[serde(skip)]
    pub(crate) evidence: BTreeMap<(String, u64), Vec<String>>,
}

/// Plays and scores all of it, on as many threads as there are processors.
pub(crate) fn all(outages: &[Outage], seeds: Range<u64>, keeps_evidence: bool) -> Vec<Run> {
    let jobs: Vec<(&Outage, u64, Persona)> = outages
        .iter()
        .flat_map(|outage| seeds.clone().flat_map(move |seed| Persona::BOTH.map(|persona| (outage, seed, persona))))
        .collect();
    let next = AtomicUsize::new(0);
    let done = Mutex::new(BTreeMap::new());
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let nth = next.fetch_add(1, Ordering::Relaxed);
                    let Some((outage, seed, persona)) = jobs.get(nth) else { break };
                    let run = one(outage, *seed, *persona, keeps_evidence);
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(nth, run);
                }
            });
        }
    });
    done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).into_values().collect()
}

/// Plays and scores one.
pub(crate) fn one(outage: &Outage, seed: u64, persona: Persona, keeps_evidence: bool) -> Run {
    let user = outage.user(seed);
    let mut run = Run {
        replay: outage.id,
        seed,
        persona: persona.name(),
        tabs: Vec::new(),
        alerts: Vec::new(),
        evidence: BTreeMap::new(),
    };
    let played = shell::play(outage, seed, persona, keeps_evidence);
    run.alerts = played.alerts;
    for course in played.tabs {
        let Some(truths) = truths(outage, &user, &course.host, persona) else { continue };
        let score = scoring::score(&course.host, course.opened, &course.phases, &truths);
        for (at, _) in score.first_verdict.iter().chain(&score.first_wrong) {
            let evidence = course.evidence.get(at).cloned().unwrap_or_default();
            run.evidence.insert((course.host.clone(), *at), evidence);
        }
        run.tabs.push(score);
    }
    run
}

/// What is true of a host, second by second, folded into spans.
pub(crate) fn truths(outage: &Outage, user: &User, host: &str, persona: Persona) -> Option<Truths> {
    let host = outage.host(host)?;
    let mut spans: Vec<Span> = Vec::new();
    let mut at = Moment(outage.begins.0.saturating_sub(120_000));
    while at <= outage.ends {
        let span = span(&outage.truth(host, user, at), persona, at.0);
        match spans.last_mut() {
            Some(last) if same(last, &span) => {}
            Some(last) => {
                last.until = at.0;
                spans.push(span);
            }
            None => spans.push(span),
        }
        at = at.plus_seconds(1);
    }
    // What is true at the end stays so.
    let back = outage.back(host, user).map(|back| back.0);
    Some(Truths { begins: outage.begins.0, ends: outage.ends.0, back, spans })
}

fn span(truth: &Truth, persona: Persona, from: u64) -> Span {
    let words = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
    let right = match persona {
        Persona::Alone => truth.alone,
        Persona::Closer => truth.closer,
    };
    Span {
        from,
        until: u64::MAX,
        is_down: truth.standing == Standing::Down,
        right: words(right),
        vague: words(truth.vague),
        early: words(truth.early),
        cdn: truth.cdn.to_owned(),
    }
}

fn same(one: &Span, other: &Span) -> bool {
    (one.is_down, &one.cdn) == (other.is_down, &other.cdn)
        && (&one.right, &one.vague, &one.early) == (&other.right, &other.vague, &other.early)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_give_equal_runs() {
        let outages = detour_outages::all();
        let outage = outages.iter().find(|outage| outage.id == "maintenance").unwrap();
        let json = |run: &Run| serde_json::to_string(run).unwrap();
        assert_eq!(json(&one(outage, 3, Persona::Alone, false)), json(&one(outage, 3, Persona::Alone, true)));
    }

    #[test]
    fn truths_have_no_gap_and_end_well() {
        for outage in detour_outages::all() {
            for (seed, persona) in (0..6).flat_map(|seed| Persona::BOTH.map(|persona| (seed, persona))) {
                let user = outage.user(seed);
                for host in outage.hosts_of(detour_outages::Role::Site) {
                    let truths = truths(&outage, &user, host.name, persona).unwrap();
                    assert!(truths.spans.windows(2).all(|pair| pair[0].until == pair[1].from), "{}", outage.id);
                    assert!(truths.spans.iter().all(|span| !span.right.is_empty()), "{}", outage.id);
                    let last = truths.spans.last().unwrap();
                    assert!(!last.is_down && last.until == u64::MAX, "{} {}", outage.id, host.name);
                }
            }
        }
    }

    #[test]
    fn sites_fail_in_every_replay() {
        for outage in detour_outages::all() {
            let has_failure = (0..4)
                .any(|seed| one(&outage, seed, Persona::Alone, false).tabs.iter().any(|tab| tab.failed.is_some()));
            assert!(has_failure, "{}: nothing ever failed", outage.id);
        }
    }
}
