//! One bad POP: Mumbai's Fastly answers errors, the rest of the world is well.

use super::parts::{
    Kind, Page, clock, down, phase, place, probes_missing, replay, site, with_controls, without_probes,
};
use crate::{Cdn, Fate, Moment, Of, Outage, Phase, SeenFrom, Truth, Users};

const BEGINS: Moment = clock(6, 10, 0);
const ENDS: Moment = clock(6, 50, 0);

pub(super) fn outage() -> Outage {
    let [missing, reachable] = probes_missing(BEGINS, ENDS);
    let here = Truth {
        vague: &["comes_and_goes", "recovering", "cdn_here"],
        cdn: "Fastly",
        ..down(BEGINS, ENDS, Of::On(Cdn::Fastly), &["cdn_here", "regional"], &["regional"])
    };
    Outage {
        facts: "rust-lang/crates.io#13810: 503 with Error 54113 through BOM, nothing elsewhere. Guessed: the times, \
                and that every site through that POP had it.",
        midnight: 1_778_198_400,
        hosts: with_controls(vec![
            site("static.crates-like.io", Cdn::Fastly),
            site("www.theguardian.com", Cdn::Fastly),
            site("www.gov.uk", Cdn::Fastly),
            site("www.discord-like.com", Cdn::Cloudflare),
        ]),
        places: vec![place::MUMBAI],
        phases: vec![
            missing,
            reachable,
            Phase {
                seen_from: SeenFrom::Pops(&["BOM"]),
                share: 0.97,
                ..phase(BEGINS, ENDS, Of::On(Cdn::Fastly), Fate::Answers(Page::Fastly54113, 40))
            },
        ],
        truths: vec![without_probes(here.clone()), here],
        users: Users { miss_probes: true, ..Users::default() },
        ..replay("bad-pop", "One bad POP", Kind::Regional, BEGINS, ENDS)
    }
}
