//! A captive portal that answers 200 to everything, with a certificate of its own where one is wanted.

use super::parts::{Family, Kind, Page, clock, down, phase, replay, site, with_controls};
use crate::{Cdn, Fate, Moment, Of, Outage, Phase, Role, SeenFrom, Users};

const BEGINS: Moment = clock(19, 0, 0);
const ENDS: Moment = clock(19, 12, 0);

pub(super) fn outage() -> Outage {
    let here = |of, fate| Phase { seen_from: SeenFrom::User, ..phase(BEGINS, ENDS, of, fate) };
    Outage {
        facts: "A made-up hotel: names resolve, port 80 answers a sign-in page with 200, port 443 answers with the \
                portal's own certificate; IPv6 leads nowhere.",
        midnight: 1_773_100_800,
        hosts: with_controls(vec![
            site("www.theguardian.com", Cdn::Fastly),
            site("www.reddit.com", Cdn::Fastly),
            site("www.discord-like.com", Cdn::Cloudflare),
            site("www.small-club.net", Cdn::Own),
        ]),
        phases: vec![
            Phase { family: Some(Family::V6), ..here(Of::All, Fate::NoWay) },
            here(Of::Role(Role::Portal), Fate::Answers(Page::SignIn, 60)),
            here(Of::All, Fate::WrongName("login.hotel-wifi.net")),
        ],
        truths: vec![down(BEGINS, ENDS, Of::All, &["portal"], &["portal"])],
        users: Users::default(),
        ..replay("captive-portal", "A captive portal that answers 200 to everything", Kind::Negative, BEGINS, ENDS)
    }
}
