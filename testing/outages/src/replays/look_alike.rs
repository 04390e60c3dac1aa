//! A page that looks like Cloudflare's, from a bare nginx that has nothing to do with it.

use super::parts::{Kind, Page, clock, down, phase, replay, site, with_controls};
use crate::{Cdn, Fate, Moment, Of, Outage};

const BEGINS: Moment = clock(18, 0, 0);
const ENDS: Moment = clock(18, 25, 0);

const FAKES: Of = Of::Names(&["www.prankster.org", "www.copycat.net"]);

pub(super) fn outage() -> Outage {
    Outage {
        facts: "donlon/cloudflare-error-page draws the same page for anybody. Made up: two sites on servers of their \
                own that use it for their own errors.",
        midnight: 1_773_100_800,
        hosts: with_controls(vec![
            site("www.prankster.org", Cdn::Own),
            site("www.copycat.net", Cdn::Own),
            site("www.discord-like.com", Cdn::Cloudflare),
            site("www.theguardian.com", Cdn::Fastly),
        ]),
        phases: vec![phase(BEGINS, ENDS, FAKES, Fate::Answers(Page::LookAlike, 40))],
        truths: vec![down(BEGINS, ENDS, FAKES, &["origin"], &["origin"])],
        ..replay("look-alike", "A page that looks like Cloudflare's", Kind::Negative, BEGINS, ENDS)
    }
}
