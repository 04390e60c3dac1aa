//! The best of all the marks that one observation bears.

use std::net::IpAddr;

use detour_model::observation::{Answer, Observation, Outcome};
use detour_model::reading::Basis;

use crate::classify;
use crate::named::{by_certificate, by_cname};
use crate::table::Row;

/// What one observation says, by the best that it has.
pub(super) fn basis(
    by_address: impl Fn(IpAddr) -> Option<&'static Row>,
    observation: &Observation,
    by_headers: Option<&'static Row>,
) -> Option<(&'static Row, Basis)> {
    let so_far = observation.so_far.as_deref();
    let (addresses, cnames) = match &observation.outcome {
        Outcome::Resolved { addresses, cnames } => (addresses.as_slice(), cnames.as_slice()),
        Outcome::Connected
        | Outcome::Secured(_)
        | Outcome::Answered(_)
        | Outcome::Failed(_)
        | Outcome::Reported(_)
        | Outcome::Noticed(_) => (&[][..], so_far.map_or(&[][..], |so_far| so_far.cnames.as_slice())),
    };
    let certificate = match &observation.outcome {
        Outcome::Secured(certificate) => Some(certificate),
        Outcome::Resolved { .. }
        | Outcome::Connected
        | Outcome::Answered(_)
        | Outcome::Failed(_)
        | Outcome::Reported(_)
        | Outcome::Noticed(_) => so_far.and_then(|so_far| so_far.certificate.as_ref()),
    };
    let answer = answer_in(observation);
    let address = || addresses.iter().chain(&observation.address).find_map(|address| by_address(*address));
    let cname = || cnames.iter().find_map(|name| by_cname(name));
    // Anybody can copy a page; a server that signs as something else has.
    let is_unsigned = |answer: &&Answer| answer.header("server").is_empty();
    let body = || answer.filter(is_unsigned).and_then(|answer| classify::by_body(&answer.body));
    let with = |basis| move |row| (row, basis);
    address()
        .map(with(Basis::Address))
        .or_else(|| cname().map(with(Basis::Cname)))
        .or_else(|| certificate.and_then(by_certificate).map(with(Basis::Certificate)))
        .or_else(|| by_headers.map(with(Basis::Header)))
        .or_else(|| body().map(with(Basis::Body)))
}

/// The answer, or as much of one as had come.
fn answer_in(observation: &Observation) -> Option<&Answer> {
    let begun = observation.so_far.as_deref().and_then(|so_far| so_far.answer.as_ref());
    observation.answer().or(begun)
}
