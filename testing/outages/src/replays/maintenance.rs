//! A site's own 503 for maintenance, behind a CDN that is well.

use super::parts::{Kind, Page, clock, down, phase, replay, site, with_controls};
use crate::{Cdn, Fate, Moment, Of, Outage};

const BEGINS: Moment = clock(22, 0, 0);
const ENDS: Moment = clock(22, 30, 0);

const CLOSED: Of = Of::Names(&["www.library-like.org", "www.bank-like.net"]);

pub(super) fn outage() -> Outage {
    Outage {
        facts: "A made-up night: two sites' own nginx answers 503 with a page about maintenance, one through Fastly, \
                one through Cloudflare.",
        midnight: 1_773_100_800,
        hosts: with_controls(vec![
            site("www.library-like.org", Cdn::Fastly),
            site("www.bank-like.net", Cdn::Cloudflare),
            site("www.theguardian.com", Cdn::Fastly),
            site("www.discord-like.com", Cdn::Cloudflare),
        ]),
        phases: vec![phase(BEGINS, ENDS, CLOSED, Fate::Answers(Page::Maintenance, 60))],
        truths: vec![down(BEGINS, ENDS, CLOSED, &["origin"], &["origin"])],
        ..replay("maintenance", "A site's own maintenance behind a healthy CDN", Kind::Negative, BEGINS, ENDS)
    }
}
