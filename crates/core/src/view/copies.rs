//! Copies in words: whose, how old, what they lack, and what opening one tells to whom.

use super::{CopiesView, OfferView, Text, age};
use crate::copies::{Checked, Offer, Said, Scope, Source, Standing, Why, failing_cdn};
use crate::observation::Millis;
use crate::outage::Outage;
use crate::state::Tab;
use crate::target::Unshareable;

/// The copies of a failing tab's page.
pub(super) fn copies(tab: &Tab, outage: &Outage, now: Millis) -> CopiesView {
    if !outage.parts.is_empty() {
        return CopiesView::NotNeeded; // the page itself is fine
    }
    let cdn = failing_cdn(outage.verdict(), &outage.seen);
    let found = tab.copies.offers(cdn.as_deref());
    let offers: Vec<OfferView> = found.into_iter().map(|offer| offer_view(offer, now)).collect();
    let Some(search) = &tab.copies.search else {
        return match tab.target.shareable() {
            Ok(shares) => CopiesView::NotAsked { shares, offers },
            Err(why) => CopiesView::NotAskable { why: unshareable(why), offers },
        };
    };
    let said = search.said.iter().map(|said| said_view(said, now)).collect();
    match (search.is_over(), offers.is_empty()) {
        (false, _) => CopiesView::Asking { offers, said },
        (true, false) => CopiesView::Found { offers, said },
        (true, true) => CopiesView::None { said },
    }
}

/// One offer in words.
#[must_use]
pub fn offer_view(offer: &Offer, now: Millis) -> OfferView {
    let (source, reveals) = match &offer.source {
        Source::Kept(_) if offer.standing == Standing::Imported => {
            (Text::of("source_imported"), Text::of("reveals_nobody"))
        }
        Source::Kept(_) => (Text::of("source_kept"), Text::of("reveals_nobody")),
        Source::Mirror { host, .. } => (Text::with("source_mirror", [host]), Text::of("reveals_mirror")),
        Source::Archive(name) => (Text::with("source_archive", [name]), Text::with("reveals_archive", [name])),
        Source::Onion(_) => (Text::of("source_onion"), Text::of("reveals_onion")),
    };
    let is_onion = matches!(offer.source, Source::Onion(_));
    let mut lacks = Vec::new();
    match (offer.scope, offer.title.as_str()) {
        (Scope::SamePage, _) => {}
        (Scope::SameSite, "") => lacks.push(Text::of("lacks_page")),
        (Scope::SameSite, title) => lacks.push(Text::with("lacks_page_titled", [title])),
    }
    if offer.lost > 0 {
        lacks.push(Text::with("lacks_parts", [&offer.lost.to_string(), &offer.parts.to_string()]));
    }
    if offer.checked == Checked::Unverified && !is_onion {
        lacks.push(Text::of("lacks_check"));
    }
    OfferView { url: offer.url.clone(), source, age: age::age(offer.age, now), reveals, lacks, opens: !is_onion }
}

/// Why an archive gave no offer, in words.
#[must_use]
pub fn said_view(said: &Said, now: Millis) -> Text {
    let source = said.source.as_str();
    let minutes = |until: Millis| (until.since(now).div_ceil(60_000)).max(1).to_string();
    match said.why {
        Why::NoCopy => Text::with("said_no_copy", [source]),
        Why::OnlyErrors => Text::with("said_only_errors", [source]),
        Why::Silent => Text::with("said_silent", [source]),
        Why::Resting(until) => Text::with("said_resting", [source, &minutes(until)]),
        Why::Busy(until) => Text::with("said_busy", [source, &minutes(until)]),
    }
}

/// Why nobody is asked, in words.
#[must_use]
pub fn unshareable(why: Unshareable) -> Text {
    Text::of(match why {
        Unshareable::Archive => "unshareable_archive",
        Unshareable::OnlySecrets => "unshareable_secrets",
    })
}
