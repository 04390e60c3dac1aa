//! A company's name that means something inside its VPN only: a private address here, nothing out there.

use super::parts::{AtResolver, Kind, NameFate, clock, down, phase, replay, site, with_controls};
use crate::{Cdn, Fate, Moment, Of, Outage, Phase, SeenFrom};

const BEGINS: Moment = clock(10, 0, 0);
const ENDS: Moment = clock(10, 15, 0);

const INSIDE: Of = Of::Names(&["wiki.bigcorp-like.com", "git.bigcorp-like.com"]);

pub(super) fn outage() -> Outage {
    let here = |fate| Phase { seen_from: SeenFrom::User, ..phase(BEGINS, ENDS, INSIDE, fate) };
    Outage {
        facts: "A made-up office: the VPN's resolver gives 10.20.0.5, the server there is silent; public resolvers \
                know no such name. It is nobody's business but the company's: the right verdict is none.",
        midnight: 1_773_100_800,
        hosts: with_controls(vec![
            site("wiki.bigcorp-like.com", Cdn::Own),
            site("git.bigcorp-like.com", Cdn::Own),
            site("www.theguardian.com", Cdn::Fastly),
        ]),
        phases: vec![
            here(Fate::Name(AtResolver::System, NameFate::Elsewhere([10, 20, 0, 5]))),
            phase(BEGINS, ENDS, INSIDE, Fate::Name(AtResolver::Any, NameFate::NoSuchName)),
            here(Fate::Silent),
        ],
        truths: vec![down(BEGINS, ENDS, INSIDE, &["quiet"], &["quiet"])],
        ..replay("split-horizon", "A name of a VPN's own", Kind::Negative, BEGINS, ENDS)
    }
}
