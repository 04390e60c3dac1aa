//! Cloudflare, 17 July 2020: the backbone sent half the traffic into Atlanta; some twenty cities went silent.

use super::parts::{Kind, clock, down, phase, place, replay, says, site, with_controls};
use crate::{Cdn, Fate, Moment, Of, Outage, Phase, SeenFrom, Truth, Users, Who};

const BEGINS: Moment = clock(21, 12, 0);
const ENDS: Moment = clock(21, 39, 0);

/// The cities of the post-mortem, by their POPs.
pub(super) const CITIES: &[&str] = &[
    "SJC", "DFW", "SEA", "LAX", "ORD", "IAD", "RIC", "EWR", "ATL", "LHR", "AMS", "FRA", "CDG", "ARN", "DME", "LED",
    "GRU", "CWB", "POA",
];

pub(super) fn outage() -> Outage {
    let here = &["edge_unreachable", "cdn_here", "regional"];
    Outage {
        facts: "Cloudflare's post-mortem: 21:12 to 21:39, about half of its traffic, in nineteen cities; 1.1.1.1 went \
                silent with it. Guessed: that all connections through those cities were silent.",
        midnight: 1_594_944_000,
        hosts: with_controls(vec![
            site("www.discord-like.com", Cdn::Cloudflare),
            site("www.feedly-like.org", Cdn::Cloudflare),
            site("www.shop-like.net", Cdn::Cloudflare),
            site("www.bbc-like.co.uk", Cdn::Fastly),
        ]),
        places: vec![
            place::FRANKFURT,
            place::LONDON,
            place::AMSTERDAM,
            place::SEATTLE,
            place::ASHBURN,
            place::DALLAS,
            place::SAO_PAULO,
        ],
        phases: vec![Phase {
            seen_from: SeenFrom::Pops(CITIES),
            ..phase(BEGINS, ENDS, Of::On(Cdn::Cloudflare), Fate::Silent)
        }],
        reports: vec![
            says(Cdn::Cloudflare, clock(21, 37, 0), "major", "Cloudflare network and resolver issues"),
            says(Cdn::Cloudflare, clock(22, 30, 0), "none", "All Systems Operational"),
        ],
        truths: vec![
            // Whose system asks 1.1.1.1 cannot resolve anything: that their resolver is dead is true as well, and
            // is what they can do something about.
            Truth {
                who: Who::Resolving("1.1.1.1"),
                vague: &["from_here"],
                cdn: "Cloudflare",
                ..down(
                    BEGINS,
                    ENDS,
                    Of::On(Cdn::Cloudflare),
                    &["resolver", "edge_unreachable", "cdn_here", "regional"],
                    &["resolver", "edge_unreachable", "regional"],
                )
            },
            Truth { who: Who::Resolving("1.1.1.1"), ..down(BEGINS, ENDS, Of::All, &["resolver"], &["resolver"]) },
            // "Nothing here reaches it, the rest of the network works" is true and too little.
            Truth {
                vague: &["from_here", "edge_unreachable", "cdn_here"],
                cdn: "Cloudflare",
                ..down(BEGINS, ENDS, Of::On(Cdn::Cloudflare), here, &["regional"])
            },
        ],
        users: Users { resolver: Some("1.1.1.1"), ..Users::default() },
        ..replay("cloudflare-2020", "Cloudflare, 17 July 2020", Kind::Regional, BEGINS, ENDS)
    }
}
