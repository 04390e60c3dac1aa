//! What is found, as an offer.

use super::query::Query;
use crate::archive::Candidate;
use crate::offer::{Age, Checked, Offer, Place, Scope, Source, Standing};
use detour_model::archives::Archive;

pub(super) fn archived(archive: &Archive, candidate: &Candidate, checked: Checked, query: Query<'_>) -> Option<Offer> {
    let mut offer =
        remote(checked, candidate.age(), Source::Archive(archive.name.clone()), candidate.open_at(archive)?);
    // Where a part of the path was held back, what was found is another page.
    if !query.target.is_whole_when_shared() {
        offer.scope = Scope::SameSite;
    }
    Some(offer)
}

pub(super) fn remote(checked: Checked, age: Age, source: Source, url: String) -> Offer {
    let (scope, place) = (Scope::SamePage, Place::Remote);
    let standing = Standing::Fetched;
    Offer { standing, scope, place, checked, age, lost: 0, parts: 0, source, url, title: String::new() }
}
