//! A provider's resolver answers with an advertiser's address where there is no such name.

use super::parts::{AtResolver, Kind, NameFate, clock, down, phase, replay, site, with_controls};
use crate::{Cdn, Fate, Grain, Moment, Of, Outage, Phase, Role, SeenFrom, Truth};

const BEGINS: Moment = clock(15, 0, 0);
const ENDS: Moment = clock(15, 15, 0);

const MISTYPED: Of = Of::Names(&["www.wikipeedia-typo.com", "www.guardain-typo.net"]);

const ADVERTISER: Fate = Fate::Name(AtResolver::System, NameFate::Elsewhere([198, 105, 254, 11]));

pub(super) fn outage() -> Outage {
    let here = |fate| Phase { seen_from: SeenFrom::User, ..phase(BEGINS, ENDS, MISTYPED, fate) };
    Outage {
        facts: "A made-up evening: two mistyped names that nobody owns; the provider's resolver leads them to an \
                advertiser, whose server refuses port 443 in half of the seeds and has a wrong certificate in the rest.",
        midnight: 1_773_100_800,
        hosts: with_controls(vec![
            site("www.wikipeedia-typo.com", Cdn::Own),
            site("www.guardain-typo.net", Cdn::Own),
            site("www.theguardian.com", Cdn::Fastly),
        ]),
        phases: vec![
            Phase { of: Of::Role(Role::Nowhere), ..here(ADVERTISER) },
            here(ADVERTISER),
            phase(BEGINS, ENDS, MISTYPED, Fate::Name(AtResolver::Any, NameFate::NoSuchName)),
            Phase { grain: Grain::Seed, share: 0.5, ..here(Fate::Refused) },
            here(Fate::WrongName("search.advertiser.net")),
        ],
        truths: vec![Truth {
            // That it is reached from nowhere is true and too little.
            vague: &["from_here", "unreachable"],
            ..down(BEGINS, ENDS, MISTYPED, &["name_gone", "name_filtered"], &["name_gone", "name_filtered"])
        }],
        ..replay("rewriting-resolver", "A resolver that rewrites NXDOMAIN", Kind::Negative, BEGINS, ENDS)
    }
}
