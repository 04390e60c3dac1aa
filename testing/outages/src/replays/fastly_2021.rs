//! Fastly, 8 June 2021: one customer's valid change set off a bug; most of the edge answered 503 at once.

use super::parts::{
    Kind, Page, clock, down, phase, probes_missing, ragged, replay, says, site, with_controls, without_probes,
};
use crate::{Cdn, Fate, Moment, Of, Outage, Phase, Standing, Truth, Users};

const BEGINS: Moment = clock(9, 47, 0);
const FIRST_BACK: Moment = clock(10, 36, 0);
const LAST_BACK: Moment = clock(10, 45, 0);
const MOVED: Moment = clock(10, 18, 0);
/// Beyond what is played.
const FOR_GOOD: Moment = clock(12, 0, 0);
const ENDS: Moment = clock(11, 0, 0);

/// These come back first.
const FIRST: Of = Of::Names(&["www.theguardian.com", "www.gov.uk"]);
/// Its own servers are overrun for a quarter of an hour afterwards.
const OVERRUN: Of = Of::Names(&["www.ign.com"]);
const MOVES: Of = Of::Names(&["www.independent.co.uk"]);

pub(super) fn outage() -> Outage {
    let busy = |reason| Fate::Answers(Page::FastlyGuru(503, reason), 20);
    let edge = |from, until, of, share, reason| Phase { share, ..phase(from, until, of, busy(reason)) };
    let [missing, reachable] = probes_missing(BEGINS, ENDS);
    Outage {
        facts: "Fastly's summary of 8 June and incident page: 09:47 onset, 09:58 status post, 85 % of the network \
                returned errors, 10:36 recovery starts with 95 % normal soon after, 11:00 most services back. \
                Independent left for another CDN at 10:18 (the minute is press reports'). Guessed: the order in which \
                sites came back, 5 % of residue until 11:00, and which origin was overrun.",
        midnight: 1_623_110_400,
        hosts: with_controls(vec![
            site("www.theguardian.com", Cdn::Fastly),
            site("www.gov.uk", Cdn::Fastly),
            site("www.reddit.com", Cdn::Fastly),
            site("www.ign.com", Cdn::Fastly),
            site("www.independent.co.uk", Cdn::Fastly).moving(MOVED, Cdn::Cloudflare),
            site("www.gamespot-like.com", Cdn::Cloudflare),
        ]),
        phases: vec![
            missing,
            reachable,
            edge(BEGINS, FIRST_BACK, FIRST, 0.85, "Service Unavailable"),
            edge(clock(9, 52, 0), clock(10, 10, 0), Of::Names(&["www.reddit.com"]), 0.85, "connection failure"),
            edge(BEGINS, LAST_BACK, LATE, 0.85, "Service Unavailable"),
            edge(BEGINS, MOVED, MOVES, 0.85, "Service Unavailable"),
            Phase { share: 0.4, ..phase(LAST_BACK, ENDS, OVERRUN, Fate::Answers(Page::Overrun, 2_500)) },
            edge(BEGINS, clock(10, 40, 0), CANARIES, 0.85, "Service Unavailable"),
            edge(FIRST_BACK, ENDS, Of::On(Cdn::Fastly), 0.05, "Service Unavailable"),
        ],
        reports: vec![
            says(
                Cdn::Fastly,
                clock(9, 58, 0),
                "major",
                "Investigating: potential impact to performance with our CDN services",
            ),
            says(
                Cdn::Fastly,
                clock(10, 44, 0),
                "minor",
                "Monitoring: the issue has been identified and a fix is being implemented",
            ),
            says(Cdn::Fastly, clock(12, 35, 0), "none", "All Systems Operational"),
        ],
        truths: vec![
            // Once a site is with another CDN it works, and has moved; that it works is right too. Corrected after a first
            // run: it stays with that CDN, so that it has moved does not become false when the outage ends.
            Truth { standing: Standing::Well, ..ragged(MOVED, FOR_GOOD, MOVES, &["moved", "recovering", "passed"]) },
            without_probes(wide(BEGINS, FIRST_BACK, Of::On(Cdn::Fastly))),
            wide(BEGINS, FIRST_BACK, Of::On(Cdn::Fastly)),
            // Corrected after a first run: 95 % of the network was normal by 10:36, so of a site that still failed
            // then it is no longer true alone that its CDN fails for all.
            Truth {
                vague: &["comes_and_goes", "recovering"],
                cdn: "Fastly",
                ..down(
                    FIRST_BACK,
                    LAST_BACK,
                    LATE,
                    &["cdn_wide", "cdn_here", "edge"],
                    &["cdn_wide", "cdn_here", "edge"],
                )
            },
            // Most answers are good, some slow, some 503 from the site's own servers; the CDN's share is 5 %.
            Truth {
                vague: &["comes_and_goes", "origin", "edge"],
                ..ragged(LAST_BACK, ENDS, OVERRUN, &["overloaded", "recovering"])
            },
            // Corrected after a first run: while others still fail, that the CDN fails is true, of this site too little.
            Truth {
                vague: &["comes_and_goes", "edge", "cdn_here", "cdn_wide"],
                ..ragged(FIRST_BACK, LAST_BACK, Of::On(Cdn::Fastly), &["recovering", "passed", "overloaded"])
            },
            // Corrected after a first run: one request in twenty still fails, and the edge made that error.
            Truth {
                vague: &["comes_and_goes", "edge"],
                ..ragged(LAST_BACK, ENDS, Of::On(Cdn::Fastly), &["recovering", "passed", "overloaded"])
            },
        ],
        users: Users { miss_probes: true, ..Users::default() },
        ..replay("fastly-2021", "Fastly, 8 June 2021", Kind::Global, BEGINS, ENDS)
    }
}

const LATE: Of = Of::Names(&["www.reddit.com", "www.ign.com"]);
const CANARIES: Of = Of::Names(&["www.nytimes.com", "pypi.org", "www.shopify-canary.net"]);

fn wide(from: Moment, until: Moment, of: Of) -> Truth {
    Truth {
        // 15 % of the tries get through: saying so is true, and too little.
        vague: &["comes_and_goes", "recovering", "cdn_here"],
        cdn: "Fastly",
        ..down(from, until, of, &["cdn_wide", "cdn_here"], &["cdn_wide"])
    }
}
