//! The user's clock is a day behind: certificates issued since yesterday are not valid yet, all others are.

use super::parts::{Kind, clock, down, replay, site, with_controls};
use crate::{Cdn, Moment, Of, Outage, Users};

const BEGINS: Moment = clock(11, 0, 0);
const ENDS: Moment = clock(11, 20, 0);

/// Their certificates were issued this morning and last night.
const FRESH: Of = Of::Names(&["www.renewed-today.org", "www.renewed-club.net"]);

pub(super) fn outage() -> Outage {
    Outage {
        facts: "A made-up morning: somebody set the date wrong by one day, the time by up to a minute. The clock is put \
                right at the end.",
        midnight: 1_773_100_800,
        hosts: with_controls(vec![
            site("www.renewed-today.org", Cdn::Cloudflare).certified(0),
            site("www.renewed-club.net", Cdn::Own).certified(3),
            site("www.theguardian.com", Cdn::Fastly),
            site("www.discord-like.com", Cdn::Cloudflare),
        ]),
        truths: vec![down(BEGINS, ENDS, FRESH, &["clock"], &["clock"])],
        users: Users { clock_off: -24 * 60 * 60, ..Users::default() },
        ..replay("clock-off", "A clock that is a day off", Kind::Negative, BEGINS, ENDS)
    }
}
