//! Cloudflare, 2 July 2019: a firewall rule took every processor; slow answers, then 502 everywhere.

use super::parts::{Kind, Page, clock, down, phase, replay, says, site, with_controls};
use crate::{Cdn, Fate, Moment, Of, Outage, Phase, Truth};

const BEGINS: Moment = clock(13, 42, 0);
const ENDS: Moment = clock(14, 9, 0);

pub(super) fn outage() -> Outage {
    let edge = |from, until, share, after| Phase {
        share,
        ..phase(from, until, Of::On(Cdn::Cloudflare), Fate::Answers(Page::CloudflareBare(502), after))
    };
    Outage {
        facts: "Cloudflare's post-mortem: 13:42 to 14:09, global, traffic down by 82 %, bare 502 pages by the edge. \
                Guessed: how slow they were. 1.1.1.1 kept answering names.",
        midnight: 1_562_025_600,
        hosts: with_controls(vec![
            site("www.medium-like.com", Cdn::Cloudflare),
            site("www.discord-like.com", Cdn::Cloudflare),
            site("www.shop-like.net", Cdn::Cloudflare),
            site("www.feedly-like.org", Cdn::Cloudflare),
            site("www.bbc-like.co.uk", Cdn::Fastly),
        ]),
        phases: vec![
            // Its resolver's connections are another service.
            phase(BEGINS, ENDS, Of::Names(&["1.1.1.1"]), Fate::Well),
            edge(BEGINS, clock(13, 45, 0), 0.82, 1_800),
            edge(clock(13, 45, 0), ENDS, 0.82, 350),
        ],
        reports: vec![
            says(Cdn::Cloudflare, clock(13, 52, 0), "critical", "Network Performance Issues"),
            says(Cdn::Cloudflare, clock(14, 15, 0), "none", "All Systems Operational"),
        ],
        truths: vec![Truth {
            vague: &["comes_and_goes", "recovering", "cdn_here"],
            cdn: "Cloudflare",
            ..down(BEGINS, ENDS, Of::On(Cdn::Cloudflare), &["cdn_wide", "cdn_here"], &["cdn_wide"])
        }],
        ..replay("cloudflare-2019", "Cloudflare, 2 July 2019", Kind::Global, BEGINS, ENDS)
    }
}
