//! Cloudflare, 21 June 2022: nineteen data centres took themselves off the network.

use super::parts::{Kind, Page, clock, down, phase, place, replay, says, site, with_controls};
use crate::{Cdn, Fate, Moment, Of, Outage, Phase, SeenFrom, Truth};

const BEGINS: Moment = clock(6, 27, 0);
const ENDS: Moment = clock(7, 42, 0);

/// Those of the nineteen that replays have places in.
const DATA_CENTRES: &[&str] = &[
    "AMS", "ATL", "ORD", "FRA", "LHR", "LAX", "MAD", "MIA", "EWR", "SJC", "GRU", "SYD", "IAD", "NRT", "KIX", "SIN",
    "BOM",
];

pub(super) fn outage() -> Outage {
    let through = |share, fate| Phase {
        seen_from: SeenFrom::Pops(DATA_CENTRES),
        share,
        ..phase(BEGINS, ENDS, Of::On(Cdn::Cloudflare), fate)
    };
    Outage {
        facts: "Cloudflare's post-mortem: 06:27 onset, 06:58 the first data centre back, 07:42 all; 19 data centres, \
                half of its requests. Connections failed, some were answered 500 by a server cut off from the rest. \
                Guessed: one in five such answers. Unlike 2020, its resolver answered from elsewhere.",
        midnight: 1_655_769_600,
        hosts: with_controls(vec![
            site("www.discord-like.com", Cdn::Cloudflare),
            site("www.canva-like.org", Cdn::Cloudflare),
            site("www.shop-like.net", Cdn::Cloudflare),
            site("www.bbc-like.co.uk", Cdn::Fastly),
        ]),
        places: vec![place::FRANKFURT, place::LONDON, place::AMSTERDAM, place::ASHBURN, place::TOKYO, place::OSAKA],
        phases: vec![
            phase(BEGINS, ENDS, Of::Names(&["1.1.1.1"]), Fate::Well),
            through(0.2, Fate::Answers(Page::CloudflareBare(500), 40)),
            through(0.5, Fate::Reset),
            through(1.0, Fate::Silent),
        ],
        reports: vec![
            says(Cdn::Cloudflare, clock(6, 43, 0), "critical", "Cloudflare service issues"),
            says(Cdn::Cloudflare, clock(8, 0, 0), "none", "All Systems Operational"),
        ],
        truths: vec![Truth {
            vague: &["from_here", "edge_unreachable", "cdn_here"],
            cdn: "Cloudflare",
            ..down(BEGINS, ENDS, Of::On(Cdn::Cloudflare), &["edge_unreachable", "cdn_here", "regional"], &["regional"])
        }],
        ..replay("cloudflare-2022", "Cloudflare, 21 June 2022", Kind::Regional, BEGINS, ENDS)
    }
}
