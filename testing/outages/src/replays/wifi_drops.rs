//! The user's Wi-Fi drops in the middle of a check: some connections break, then nothing works, then all is well.

use super::parts::{Kind, clock, down, phase, replay, site, with_controls};
use crate::{Cdn, Fate, Moment, Of, Outage, Phase, SeenFrom, Truth, Users};

const BEGINS: Moment = clock(12, 0, 0);
const DROPS: Moment = clock(12, 0, 14);
const ENDS: Moment = clock(12, 2, 0);

pub(super) fn outage() -> Outage {
    let here =
        |from, until, share, fate| Phase { seen_from: SeenFrom::User, share, ..phase(from, until, Of::All, fate) };
    let right = &["you", "passed", "recovering"];
    Outage {
        facts: "A made-up minute: for fourteen seconds half of all connections are reset, then the computer has no \
                route, then all is well.",
        midnight: 1_773_100_800,
        hosts: with_controls(vec![
            site("www.theguardian.com", Cdn::Fastly),
            site("www.discord-like.com", Cdn::Cloudflare),
            site("www.airbnb-like.com", Cdn::Akamai),
            site("www.small-club.net", Cdn::Own),
        ]),
        phases: vec![here(BEGINS, DROPS, 0.5, Fate::Reset), here(DROPS, ENDS, 1.0, Fate::NoWay)],
        truths: vec![
            // In the first seconds some tries get through, on which a verdict may rest for an interval.
            Truth { vague: &["comes_and_goes"], ..down(BEGINS, ENDS, Of::All, right, right) },
        ],
        users: Users { no_route: Some((DROPS, ENDS)), ..Users::default() },
        ..replay("wifi-drops", "Wi-Fi drops in the middle of a check", Kind::Negative, BEGINS, ENDS)
    }
}
