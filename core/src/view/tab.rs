//! One tab in words: what happened, who is at fault, how sure, what is missing.

use super::{CopiesView, Mood, OfferView, TabView, Text, age, evidence};
use crate::copies::{Copies, Source};
use crate::event::TabId;
use crate::failure::Failure;
use crate::observation::{Millis, Vantage};
use crate::state::{Host, Phase, State, Tab};
use crate::verdict::{Confidence, Fault, Missing, Verdict};

/// What the pages draw for this tab.
#[must_use]
pub fn tab_view(state: &State, tab: TabId, now: Millis) -> TabView {
    match state.tabs.get(&tab) {
        None => fine(),
        Some(tab) if matches!(tab.phase, Phase::Doubted { .. }) => fine(),
        Some(tab) => failing(state, tab, now),
    }
}

/// How things stand in a failing tab.
#[must_use]
pub fn mood(tab: &Tab) -> Mood {
    match &tab.phase {
        Phase::Doubted { .. } => Mood::Fine,
        Phase::Checking { .. } => Mood::Checking,
        Phase::Concluded { verdict, .. } if verdict.fault == Fault::Passed => Mood::Back,
        Phase::Concluded { .. } => Mood::Failing,
    }
}

fn fine() -> TabView {
    TabView {
        mood: Mood::Fine,
        site: String::new(),
        url: String::new(),
        headline: Text::of("headline_fine"),
        verdict: None,
        certainty: None,
        notes: Vec::new(),
        evidence: Vec::new(),
        copies: CopiesView::NotNeeded,
        can_try_again: false,
    }
}

fn failing(state: &State, tab: &Tab, now: Millis) -> TabView {
    let site = tab.target.site();
    let verdict = if let Phase::Concluded { verdict, .. } = &tab.phase { Some(verdict) } else { None };
    TabView {
        mood: mood(tab),
        site: site.to_owned(),
        url: tab.target.as_str().to_owned(),
        headline: if mood(tab) == Mood::Back {
            Text::with("headline_back", [site])
        } else {
            headline(&tab.failure, site)
        },
        verdict: Some(
            verdict.map_or_else(|| Text::of("verdict_checking"), |verdict| verdict_text(verdict, &tab.failure, site)),
        ),
        certainty: verdict.map(|verdict| certainty(verdict.confidence)),
        notes: notes(&state.host, tab, verdict),
        evidence: evidence::rows(&tab.seen),
        copies: copies(tab, now),
        can_try_again: true,
    }
}

/// What happened, in a sentence.
#[must_use]
pub fn headline(failure: &Failure, site: &str) -> Text {
    if let Some(status) = failure.status() {
        return Text::with("headline_status", [site, &status.to_string()]);
    }
    let key = match failure {
        Failure::HttpError { .. } => "headline_empty_status",
        Failure::TcpRefused => "headline_refused",
        Failure::TcpReset => "headline_reset",
        Failure::TcpClosed | Failure::TcpAborted => "headline_closed",
        Failure::TcpTimedOut | Failure::HttpTimedOut => "headline_timed_out",
        Failure::HttpResponseEmpty => "headline_no_answer",
        Failure::DnsNameNotResolved | Failure::DnsFailed | Failure::DnsUnreachable => "headline_name",
        Failure::TcpAddressUnreachable | Failure::TcpFailed => "headline_unreachable",
        Failure::TlsCertNameInvalid
        | Failure::TlsCertDateInvalid
        | Failure::TlsCertAuthorityInvalid
        | Failure::TlsCertInvalid
        | Failure::TlsCertRevoked => "headline_certificate",
        Failure::TlsVersionOrCipherMismatch
        | Failure::TlsBadClientAuthCert
        | Failure::TlsProtocolError
        | Failure::TlsFailed => "headline_secure",
        Failure::HttpRedirectLoop => "headline_redirect_loop",
        Failure::HttpResponseInvalid
        | Failure::HttpContentLengthMismatch
        | Failure::HttpResponseHeadersInvalid
        | Failure::HttpResponseEncoding
        | Failure::HttpProtocolError
        | Failure::Abandoned
        | Failure::Blocked
        | Failure::Unrecognized(_) => "headline_broken_answer",
        Failure::Offline => return Text::of("headline_offline"),
    };
    Text::with(key, [site])
}

/// Who is at fault, in a sentence.
#[must_use]
pub fn verdict_text(verdict: &Verdict, failure: &Failure, site: &str) -> Text {
    let with_cdn = |plain: &str, named: &str| match &verdict.cdn {
        Some(cdn) => Text::with(named, [site, &cdn.name]),
        None => Text::with(plain, [site]),
    };
    match verdict.fault {
        Fault::Passed => Text::with("verdict_back", [site]),
        Fault::Challenge => Text::with("verdict_challenge", [site]),
        Fault::You => Text::of("verdict_you"),
        Fault::Portal => Text::of("verdict_portal"),
        Fault::Resolver => Text::of("verdict_resolver"),
        Fault::NameGone => Text::with("verdict_name_gone", [site]),
        Fault::NameFailing => Text::with("verdict_name_failing", [site]),
        Fault::Certificate => Text::with("verdict_certificate", [site]),
        Fault::Clock => Text::of("verdict_certificate_clock"),
        Fault::Edge => with_cdn("verdict_server", "verdict_server_cdn"),
        Fault::Origin => with_cdn("verdict_server", "verdict_server_origin"),
        Fault::Server => Text::with("verdict_server", [site]),
        Fault::ComesAndGoes => Text::with("verdict_comes_and_goes", [site]),
        Fault::FromHere => with_cdn("verdict_from_here", "verdict_from_here_cdn"),
        Fault::ThisBrowser => Text::with("verdict_this_browser", [site]),
        Fault::Unconfirmed if matches!(failure, Failure::HttpError { .. }) => {
            Text::with("verdict_unconfirmed_server", [site])
        }
        Fault::Unconfirmed => Text::with("verdict_unconfirmed", [site]),
        Fault::CantTell => Text::with("verdict_cant_tell", [site]),
        Fault::Recovering
        | Fault::Moved
        | Fault::AddressFamily
        | Fault::NameFiltered
        | Fault::CdnNames
        | Fault::Intercepted
        | Fault::CdnWide
        | Fault::CdnHere
        | Fault::EdgeUnreachable
        | Fault::Regional
        | Fault::CloudRegion
        | Fault::Overloaded
        | Fault::SoftOutage
        | Fault::BrokenParts
        | Fault::Unreachable => Text::with("verdict_cant_tell", [site]),
    }
}

/// How sure, in words.
#[must_use]
pub fn certainty(confidence: Confidence) -> Text {
    Text::of(match confidence {
        Confidence::High => "certainty_high",
        Confidence::Medium => "certainty_medium",
        Confidence::Low => "certainty_low",
    })
}

fn notes(host: &Host, tab: &Tab, verdict: Option<&Verdict>) -> Vec<Text> {
    let mut notes = Vec::new();
    let has_host = tab.seen.iter().any(|seen| seen.vantage == Vantage::Host);
    match host {
        Host::Absent { .. } => notes.push(Text::of("note_no_host")),
        Host::Incompatible { message } => notes.push(Text::with("note_host_incompatible", [message])),
        Host::Unknown | Host::Present { .. } if verdict.is_some() && !has_host => {
            notes.push(Text::of("note_host_stopped"))
        }
        Host::Unknown | Host::Present { .. } => {}
    }
    if verdict.is_some_and(|verdict| verdict.missing.contains(&Missing::OtherNetwork)) {
        notes.push(Text::of("note_not_everyone"));
    }
    notes
}

fn copies(tab: &Tab, now: Millis) -> CopiesView {
    let offers = || tab.copies.offers().iter().map(|offer| offer_view(offer, now)).collect::<Vec<_>>();
    match &tab.copies {
        Copies::NotAsked => CopiesView::NotAsked { shares: tab.target.shareable() },
        Copies::Asking { .. } => CopiesView::Asking { offers: offers() },
        Copies::Asked { offers: found, silent } if found.is_empty() => CopiesView::None { silent: silent.clone() },
        Copies::Asked { .. } => CopiesView::Found { offers: offers() },
    }
}

fn offer_view(offer: &crate::copies::Offer, now: Millis) -> OfferView {
    let Source::Archive(source) = &offer.source;
    OfferView {
        url: offer.url.clone(),
        source: source.clone(),
        age: age::age(offer.age, now),
        reveals: Text::with("reveals_archive", [source]),
    }
}
