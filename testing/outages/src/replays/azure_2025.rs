//! Azure Front Door, 29 October 2025: a configuration broke nodes around the world; silence and error pages.

use super::parts::{Kind, Page, clock, down, phase, replay, says, site, with_controls};
use crate::{Cdn, Fate, Moment, Of, Outage, Phase, Truth};

const BEGINS: Moment = clock(15, 45, 0);
const ENDS: Moment = clock(16, 30, 0);

pub(super) fn outage() -> Outage {
    let edge = |share, fate| Phase { share, ..phase(BEGINS, ENDS, Of::On(Cdn::FrontDoor), fate) };
    Outage {
        facts: "Microsoft's post-incident review and Azure/static-web-apps#1700: global, for hours, time-outs and \
                Front Door's own 5xx page. Guessed: a fifth silent, two thirds error pages, the rest well.",
        cut: Some("it lasted for hours; forty-five minutes are played"),
        midnight: 1_761_696_000,
        hosts: with_controls(vec![
            site("www.alaskaair-like.com", Cdn::FrontDoor),
            site("www.costco-like.com", Cdn::FrontDoor),
            site("www.vodafone-like.net", Cdn::FrontDoor),
            site("www.xbox-like.org", Cdn::FrontDoor),
            site("www.bbc-like.co.uk", Cdn::Fastly),
        ]),
        phases: vec![
            edge(0.2, Fate::Silent),
            edge(0.5, Fate::Answers(Page::FrontDoor(503), 300)),
            edge(0.6, Fate::Answers(Page::FrontDoor(504), 900)),
        ],
        reports: vec![
            says(Cdn::FrontDoor, clock(16, 7, 0), "critical", "Azure Front Door connectivity issues"),
            says(Cdn::FrontDoor, clock(17, 0, 0), "none", "All Systems Operational"),
        ],
        truths: vec![Truth {
            vague: &["comes_and_goes", "recovering", "cdn_here", "edge_unreachable"],
            cdn: "Azure Front Door",
            ..down(BEGINS, ENDS, Of::On(Cdn::FrontDoor), &["cdn_wide", "cdn_here", "edge_unreachable"], &["cdn_wide"])
        }],
        ..replay("azure-2025", "Azure Front Door, 29 October 2025", Kind::Global, BEGINS, ENDS)
    }
}
