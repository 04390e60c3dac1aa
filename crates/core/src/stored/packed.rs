//! Observations as they are stored: what several have in common once. A check of one site sees the same of each address.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::cdn::Reading;
use crate::observation::{Millis, Observation, Outcome, Resolver, SoFar, Step, Subject, Vantage};

/// Observations, with what several have in common once.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Packed {
    subjects: Vec<(Vantage, Subject)>,
    outcomes: Vec<Came>,
    seen: Vec<Seen>,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Came {
    outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reading: Option<Box<Reading>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    so_far: Option<Box<SoFar>>,
}

/// The places of subject and outcome in their lists, and what each observation has of its own.
type Seen = (usize, usize, Step, Millis, u64, Option<IpAddr>, Option<Resolver>);

impl Packed {
    pub(super) fn of(seen: &[Observation]) -> Self {
        let mut packed = Self::default();
        for seen in seen {
            let Observation { vantage, subject, step, at, duration_ms, address, resolver, so_far, outcome, reading } =
                seen;
            let is_its = |(one, other): &(Vantage, Subject)| one == vantage && other == subject;
            let of = packed.subjects.iter().position(is_its).unwrap_or_else(|| {
                packed.subjects.push((vantage.clone(), subject.clone()));
                packed.subjects.len() - 1
            });
            let is_same = |came: &Came| came.outcome == *outcome && came.reading == *reading && came.so_far == *so_far;
            let came = packed.outcomes.iter().position(is_same).unwrap_or_else(|| {
                let (outcome, reading, so_far) = (outcome.clone(), reading.clone(), so_far.clone());
                packed.outcomes.push(Came { outcome, reading, so_far });
                packed.outcomes.len() - 1
            });
            packed.seen.push((of, came, *step, *at, *duration_ms, *address, resolver.clone()));
        }
        packed
    }

    pub(super) fn into_seen(self) -> Vec<Observation> {
        let Self { subjects, outcomes, seen } = self;
        let whole = |(of, came, step, at, duration_ms, address, resolver): Seen| {
            let (vantage, subject) = subjects.get(of)?.clone();
            let Came { outcome, reading, so_far } = outcomes.get(came)?.clone();
            Some(Observation { vantage, subject, step, at, duration_ms, address, resolver, so_far, outcome, reading })
        };
        seen.into_iter().filter_map(whole).collect()
    }
}
