//! What the replays are put together from.

use crate::{Cdn, Fate, Grain, Moment, Of, Outage, Phase, SeenFrom, Standing, Truth, Users, Who};

pub(super) use crate::sight::{AtResolver, NameFate};
pub(super) use crate::world::{site, with_controls};
pub(super) use crate::{Family, Kind, Page, StatusReport, clock, place};

/// A phase that hits every connection from everywhere; `..phase(…)` narrows it.
pub(super) const fn phase(from: Moment, until: Moment, of: Of, fate: Fate) -> Phase {
    Phase {
        from,
        until,
        of,
        seen_from: SeenFrom::Everywhere,
        family: None,
        node: None,
        share: 1.0,
        grain: Grain::Sample,
        fate,
    }
}

/// A truth for everybody while the hosts are down; `..down(…)` narrows it.
pub(super) const fn down(
    from: Moment,
    until: Moment,
    of: Of,
    alone: &'static [&'static str],
    closer: &'static [&'static str],
) -> Truth {
    Truth {
        from,
        until,
        of,
        who: Who::Anybody,
        standing: Standing::Down,
        alone,
        closer,
        vague: &[],
        early: &[],
        cdn: "",
    }
}

/// A truth for everybody once the hosts are back, but for a few requests.
pub(super) const fn ragged(from: Moment, until: Moment, of: Of, right: &'static [&'static str]) -> Truth {
    Truth { standing: Standing::Ragged, ..down(from, until, of, right, right) }
}

/// The service that runs remote probes stands behind Fastly as well: when Fastly fails, half of the users cannot
/// reach it. That it is exactly half, and throughout, is made up.
pub(super) const fn probes_missing(from: Moment, until: Moment) -> [Phase; 2] {
    let of = Of::Names(&["api.globalping.io"]);
    let missing = Phase {
        seen_from: SeenFrom::WithoutProbes,
        ..phase(from, until, of, Fate::Answers(Page::FastlyGuru(503, "Service Unavailable"), 20))
    };
    [missing, phase(from, until, of, Fate::Well)]
}

/// A truth for those who ask more closely and get no answer: what is right alone.
pub(super) const fn without_probes(truth: Truth) -> Truth {
    Truth { who: Who::WithoutProbes, closer: truth.alone, ..truth }
}

/// What a CDN says of itself from here on.
pub(super) const fn says(cdn: Cdn, from: Moment, indicator: &'static str, description: &'static str) -> StatusReport {
    StatusReport { cdn, from, indicator, description }
}

/// A replay without phases yet, with users anywhere; `..replay(…)` adds to it.
pub(super) fn replay(id: &'static str, title: &'static str, kind: Kind, begins: Moment, ends: Moment) -> Outage {
    Outage {
        id,
        title,
        kind,
        facts: "",
        cut: None,
        midnight: 0,
        begins,
        ends,
        hosts: Vec::new(),
        places: place::ANYWHERE.to_vec(),
        phases: Vec::new(),
        reports: Vec::new(),
        truths: Vec::new(),
        users: Users::default(),
    }
}
