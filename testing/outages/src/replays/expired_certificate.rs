//! One expired certificate while a CDN really fails: the neighbour's outage does not explain it.

use super::parts::{Kind, Page, clock, down, phase, probes_missing, replay, says, site, with_controls, without_probes};
use crate::{Cdn, Fate, Moment, Of, Outage, Phase, Truth, Users};

const BEGINS: Moment = clock(9, 47, 0);
const ENDS: Moment = clock(10, 20, 0);

/// One on the failing CDN, one on nobody's.
const EXPIRED: Of = Of::Names(&["www.forgetful-museum.org", "www.forgetful-club.net"]);

pub(super) fn outage() -> Outage {
    let [missing, reachable] = probes_missing(BEGINS, ENDS);
    let wide = Truth {
        vague: &["comes_and_goes", "recovering", "cdn_here"],
        cdn: "Fastly",
        ..down(BEGINS, ENDS, Of::On(Cdn::Fastly), &["cdn_wide", "cdn_here"], &["cdn_wide"])
    };
    Outage {
        facts: "A made-up day: the errors of 8 June 2021, and two sites whose certificates ran out two days before.",
        midnight: 1_623_110_400,
        hosts: with_controls(vec![
            site("www.forgetful-museum.org", Cdn::Fastly),
            site("www.forgetful-club.net", Cdn::Own),
            site("www.theguardian.com", Cdn::Fastly),
            site("www.reddit.com", Cdn::Fastly),
        ]),
        phases: vec![
            missing,
            reachable,
            phase(BEGINS, ENDS, EXPIRED, Fate::Expired(2)),
            Phase {
                share: 0.85,
                ..phase(
                    BEGINS,
                    ENDS,
                    Of::On(Cdn::Fastly),
                    Fate::Answers(Page::FastlyGuru(503, "Service Unavailable"), 20),
                )
            },
        ],
        reports: vec![
            says(
                Cdn::Fastly,
                clock(9, 58, 0),
                "major",
                "Investigating: potential impact to performance with our CDN services",
            ),
            says(Cdn::Fastly, clock(10, 30, 0), "none", "All Systems Operational"),
        ],
        truths: vec![
            down(BEGINS, ENDS, EXPIRED, &["certificate"], &["certificate"]),
            without_probes(wide.clone()),
            wide,
        ],
        users: Users { miss_probes: true, ..Users::default() },
        ..replay("expired-certificate", "An expired certificate during an outage", Kind::Global, BEGINS, ENDS)
    }
}
