//! Cloudflare, 18 November 2025: a file that grew too large was made anew every five minutes, good or bad.

use super::parts::{Kind, Page, clock, down, phase, replay, says, site, with_controls};
use crate::{Cdn, Fate, Grain, Moment, Of, Outage, Phase, Truth};

const BEGINS: Moment = clock(11, 20, 0);
const STEADY: Moment = clock(11, 50, 0);
const ENDS: Moment = clock(12, 15, 0);

const FLAP: u64 = 300;

/// Three good samples, each 20 s after the one before, take at least so long; the recovery rule asks for them.
const THREE_SAMPLES: u64 = 40;

pub(super) fn outage() -> Outage {
    let edge = |from, until, grain| Phase {
        grain,
        share: 0.9,
        ..phase(from, until, Of::On(Cdn::Cloudflare), Fate::Answers(Page::CloudflareBranded500, 90))
    };
    let mut truths: Vec<Truth> = (0..6)
        .flat_map(|nth| {
            let (from, until) = (BEGINS.plus_seconds(nth * FLAP), BEGINS.plus_seconds((nth + 1) * FLAP));
            let sampled = from.plus_seconds(THREE_SAMPLES);
            let is_bad = nth % 2 == 0;
            if is_bad { vec![bad(from, until)] } else { vec![between(from, sampled), lasting(sampled, until)] }
        })
        .collect();
    truths.push(bad(STEADY, ENDS));
    Outage {
        facts: "Cloudflare's post-mortem: 11:20 onset, good and bad in turn about every five minutes at first, 11:48 \
                status post, core traffic back by 14:30. Guessed: exactly five minutes, the same everywhere, and 90 % \
                in bad times. Status 500, branded \"Internal server error\". Its resolver answered names.",
        cut: Some("11:50 to 14:30 was the same throughout; twenty-five minutes of it are played"),
        midnight: 1_763_424_000,
        hosts: with_controls(vec![
            site("x-like.com", Cdn::Cloudflare),
            site("chatgpt-like.com", Cdn::Cloudflare),
            site("www.canva-like.org", Cdn::Cloudflare),
            site("www.shop-like.net", Cdn::Cloudflare),
            site("www.bbc-like.co.uk", Cdn::Fastly),
        ]),
        phases: vec![
            phase(BEGINS, ENDS, Of::Names(&["1.1.1.1"]), Fate::Well),
            edge(BEGINS, STEADY, Grain::Alternating(FLAP)),
            edge(STEADY, ENDS, Grain::Sample),
        ],
        reports: vec![
            says(Cdn::Cloudflare, clock(11, 48, 0), "major", "Cloudflare Global Network experiencing issues"),
            says(Cdn::Cloudflare, clock(13, 0, 0), "none", "All Systems Operational"),
        ],
        truths,
        ..replay("cloudflare-2025", "Cloudflare, 18 November 2025", Kind::Global, BEGINS, ENDS)
    }
}

fn bad(from: Moment, until: Moment) -> Truth {
    Truth {
        vague: &["comes_and_goes", "recovering", "cdn_here"],
        cdn: "Cloudflare",
        ..down(from, until, Of::On(Cdn::Cloudflare), &["cdn_wide", "cdn_here"], &["cdn_wide"])
    }
}

/// A good spell in the middle of it: the outage is not over, and what is seen is that it comes and goes.
fn between(from: Moment, until: Moment) -> Truth {
    let right = &["comes_and_goes", "recovering", "cdn_wide", "cdn_here"];
    Truth { cdn: "Cloudflare", ..down(from, until, Of::On(Cdn::Cloudflare), right, right) }
}

/// The same once it has lasted for three samples. Nobody could know on that day that it would come again, every site
/// asked was well, and to wait for more would call every real recovery late: "passed" is early then, not wrong. It is
/// wrong from a tab that was sure, or that had to take it back before: that one has seen that it comes and goes.
fn lasting(from: Moment, until: Moment) -> Truth {
    Truth { early: &["passed"], ..between(from, until) }
}
