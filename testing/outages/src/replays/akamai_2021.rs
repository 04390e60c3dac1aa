//! Akamai, 22 July 2021: its DNS failed; names under its suffixes were SERVFAIL at every resolver.

use super::parts::{AtResolver, Kind, NameFate, clock, down, phase, replay, says, site, with_controls};
use crate::{Cdn, Fate, Moment, Of, Outage, Truth};

const BEGINS: Moment = clock(15, 46, 0);
const ENDS: Moment = clock(16, 45, 0);

pub(super) fn outage() -> Outage {
    Outage {
        facts: "Akamai's statement and NANOG of 24 July: 15:46 to about 16:45, SERVFAIL under akamaiedge.net at every \
                resolver, no connection is even tried. Guessed: that no name escaped by a resolver's cache.",
        midnight: 1_626_912_000,
        hosts: with_controls(vec![
            site("www.airbnb-like.com", Cdn::Akamai),
            site("www.ups-like.com", Cdn::Akamai),
            site("www.fidelity-like.org", Cdn::Akamai),
            site("www.steam-like.net", Cdn::Akamai),
            site("www.bbc-like.co.uk", Cdn::Fastly),
        ]),
        phases: vec![phase(BEGINS, ENDS, Of::On(Cdn::Akamai), Fate::Name(AtResolver::Any, NameFate::ServFail))],
        reports: vec![
            says(Cdn::Akamai, clock(16, 9, 0), "major", "Emerging issue with the Edge DNS service"),
            says(Cdn::Akamai, clock(17, 0, 0), "none", "All Systems Operational"),
        ],
        truths: vec![Truth {
            // That nobody resolves this one name is true and too little.
            vague: &["name_failing"],
            cdn: "Akamai",
            ..down(BEGINS, ENDS, Of::On(Cdn::Akamai), &["cdn_names"], &["cdn_names"])
        }],
        ..replay("akamai-2021", "Akamai, 22 July 2021", Kind::Global, BEGINS, ENDS)
    }
}
