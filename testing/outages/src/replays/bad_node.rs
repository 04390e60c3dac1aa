//! One bad cache node of six: all that it answers is an error, the others are well.

use super::parts::{Kind, Page, clock, down, phase, place, replay, site, with_controls};
use crate::{Cdn, Fate, Moment, Of, Outage, Phase, SeenFrom, Truth};

const BEGINS: Moment = clock(8, 0, 0);
const ENDS: Moment = clock(8, 40, 0);

pub(super) fn outage() -> Outage {
    Outage {
        facts: "pypi/support#11925: 19 hours of 502 for all of one node's share, the POP's other five well, the status \
                page green. Guessed: that it was the same for every site on that node.",
        cut: Some("19 hours of the same; forty minutes are played"),
        midnight: 1_786_233_600,
        hosts: with_controls(vec![
            site("files.python-like.org", Cdn::Fastly),
            site("www.theguardian.com", Cdn::Fastly),
            site("www.gov.uk", Cdn::Fastly),
            site("www.discord-like.com", Cdn::Cloudflare),
        ]),
        places: vec![place::FRANKFURT],
        phases: vec![
            phase(BEGINS, ENDS, Of::Names(&["api.globalping.io"]), Fate::Well),
            Phase {
                node: Some(4),
                seen_from: SeenFrom::Pops(&["FRA"]),
                ..phase(BEGINS, ENDS, Of::On(Cdn::Fastly), Fate::Answers(Page::FastlyGuru(502, "Bad Gateway"), 30))
            },
        ],
        truths: vec![Truth {
            // That the edge made it for this site is true and too little. "Passed" is not true, for it stays so for
            // hours; but two in five times all five samples miss the bad node, and who met it once and never in the
            // looks after that cannot know better. Who is sure, or met it again after having said so, can.
            vague: &["edge", "recovering"],
            early: &["passed"],
            ..down(BEGINS, ENDS, Of::On(Cdn::Fastly), &["comes_and_goes"], &["comes_and_goes", "regional"])
        }],
        ..replay("bad-node", "One bad cache node", Kind::Regional, BEGINS, ENDS)
    }
}
