//! IPv6 alone is broken on the user's network: there is a route, and nothing answers.

use super::parts::{Family, Kind, clock, down, phase, replay, site, with_controls};
use crate::{Cdn, Fate, Moment, Of, Outage, Phase, SeenFrom, Users};

const BEGINS: Moment = clock(20, 0, 0);
const ENDS: Moment = clock(20, 25, 0);

const ONLY_V6: Of = Of::Names(&["www.six-only.org", "ipv6.small-club.net"]);

pub(super) fn outage() -> Outage {
    Outage {
        facts: "A made-up evening: the provider's IPv6 is silent. Browsers fall back to IPv4 within a third of a \
                second, so only sites without IPv4 fail.",
        midnight: 1_773_100_800,
        hosts: with_controls(vec![
            site("www.six-only.org", Cdn::Own).only_v6(),
            site("ipv6.small-club.net", Cdn::Cloudflare).only_v6(),
            site("www.theguardian.com", Cdn::Fastly),
            site("www.discord-like.com", Cdn::Cloudflare),
        ]),
        phases: vec![Phase {
            family: Some(Family::V6),
            seen_from: SeenFrom::User,
            ..phase(BEGINS, ENDS, Of::All, Fate::Silent)
        }],
        truths: vec![down(BEGINS, ENDS, ONLY_V6, &["address_family"], &["address_family"])],
        users: Users { all_have_v6: true, ..Users::default() },
        ..replay("ipv6-broken", "IPv6 broken alone", Kind::Negative, BEGINS, ENDS)
    }
}
