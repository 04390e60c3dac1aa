//! The rules: which pages may be kept on this computer.
//!
//! Strict where a page may be somebody's own, because a copy outlives the session that showed it. What the browser
//! hands to nobody cannot be judged: `Set-Cookie` is hidden from every script, and a page that was asked for with an
//! `Authorization` header looks like any other unless the site says `private`, `no-store` or `Vary: Authorization`, as
//! RFC 9111 section 3.5 has shared caches assume. Most pages of news sites and shops set cookies on everybody; `Vary:
//! Cookie` is the site's own word that the page depends on them. Where it says neither that nor that the page is public,
//! a request without cookies decides (`public.rs`).
//!
//! `noarchive` (robots meta, `X-Robots-Tag`) speaks to public archives and search engines. A copy that nobody but its
//! reader sees is no more than the browser's own cache or "save page", so it is no rule here.

use url::Url;

use super::public::is_public;
use super::{Keep, Known, MAX_OTHERS, MAX_URL, ReadyPage, Reason, page_key};
use crate::copies::may_serve;
use crate::observation::Millis;
use crate::settings::{Keeping, Settings};
use crate::target::{Ineligible, Target};

/// Whether a page of this address may be kept, whoever chooses it: what a pin has to obey as well.
///
/// # Errors
/// The first rule that speaks against it.
pub fn may_keep_url(url: &str, settings: &Settings) -> Result<(), Reason> {
    target_of(url, settings).map(drop)
}

/// Whether this page may be kept: the user chose pages like it, and neither its address nor what it says of itself
/// speaks against it.
///
/// # Errors
/// The first rule that speaks against it.
pub fn may_keep(page: &ReadyPage, settings: &Settings) -> Result<(), Reason> {
    keep_of(page, settings, Millis(0)).map(drop)
}

/// What is kept of a page that may be kept.
///
/// # Errors
/// As [`may_keep`].
pub fn keep_of(page: &ReadyPage, settings: &Settings, at: Millis) -> Result<Keep, Reason> {
    let target = target_of(&page.url, settings)?;
    let pinned = settings.pinned.contains(&page_key(target.as_str()));
    match settings.keep {
        Keeping::Unasked | Keeping::Off => return Err(Reason::NotChosen),
        Keeping::Pinned if !pinned => return Err(Reason::NotPinned),
        Keeping::Pinned | Keeping::Visited => {}
    }
    allows(page)?;
    Ok(Keep {
        url: target.as_str().to_owned(),
        title: page.title.chars().take(MAX_TITLE).collect(),
        at,
        pinned,
        attended: page.attended || pinned,
        imported: false,
        quota: u64::from(settings.quota_mb) * 1_000_000,
        known: known(page),
    })
}

/// What the address says.
fn target_of(text: &str, settings: &Settings) -> Result<Target, Reason> {
    let target = Target::parse(text).map_err(|why| match why {
        Ineligible::Malformed | Ineligible::NotHttp | Ineligible::NotPublic => Reason::NotWeb,
        Ineligible::Private => Reason::PrivateNetwork,
    })?;
    // A target has forgotten them.
    if Url::parse(text.trim()).is_ok_and(|url| !url.username().is_empty() || url.password().is_some()) {
        return Err(Reason::SignedIn);
    }
    if ARCHIVES.iter().any(|archive| is_below(target.host(), archive)) {
        return Err(Reason::Archive);
    }
    if settings.keep_never.iter().any(|entry| is_below(target.host(), host_of(entry))) {
        return Err(Reason::Excluded);
    }
    if target.as_str().len() > MAX_URL || !target.is_clean() {
        return Err(Reason::Secret);
    }
    Ok(target)
}

/// What the page says of itself, and the site of the page.
fn allows(page: &ReadyPage) -> Result<(), Reason> {
    if page.status != 200 {
        return Err(Reason::NotFine);
    }
    if !matches!(page.media_type.as_str(), "text/html" | "application/xhtml+xml") {
        return Err(Reason::NotHtml);
    }
    let signs = [(page.from_form, Reason::Form), (page.has_password, Reason::Password)];
    let signs = signs.into_iter().chain([(page.has_sign_out, Reason::SignOut)]);
    if let Some((_, reason)) = signs.into_iter().find(|(is_so, _)| *is_so) {
        return Err(reason);
    }
    let headers = page.headers.as_ref().ok_or(Reason::NoStore)?;
    let words = |name: &str| -> Vec<String> {
        let value = headers.get(name).map(String::as_str).unwrap_or_default();
        // `private="x-field"` limits one field only; it is taken for the whole, on the careful side.
        let word = |part: &str| part.split('=').next().unwrap_or_default().trim().to_ascii_lowercase();
        value.split(',').map(word).collect()
    };
    for (name, word, reason) in FORBIDDING {
        if words(name).iter().any(|said| said == word) {
            return Err(reason);
        }
    }
    if ["www-authenticate", "authentication-info"].iter().any(|name| headers.contains_key(*name)) {
        return Err(Reason::SignedIn);
    }
    // The last rule: what it cannot know is worth a request only where nothing else speaks against the page.
    is_public(page)
}

/// The page's other addresses, as far as they are public ones; the onion service is public by its nature.
///
/// Only a page over https is believed, and only of its own owner's addresses: whoever is on the way writes the others.
fn known(page: &ReadyPage) -> Known {
    if !page.url.trim().starts_with("https://") {
        return Known::default();
    }
    let public = |urls: &[String]| -> Vec<String> {
        let parsed = urls.iter().filter(|url| url.len() <= MAX_URL).filter_map(|url| Target::parse(url).ok());
        parsed
            .filter(Target::is_clean)
            .filter(|other| may_serve(other.as_str(), &page.url))
            .map(String::from)
            .take(MAX_OTHERS)
            .collect()
    };
    let from_header = page.headers.as_ref().and_then(|headers| headers.get("onion-location"));
    let is_onion = |url: &&String| {
        let parsed = Url::parse(url).ok();
        let host = parsed.as_ref().filter(|url| matches!(url.scheme(), "http" | "https")).and_then(Url::host_str);
        url.len() <= MAX_URL && host.is_some_and(|host| host.ends_with(".onion"))
    };
    Known {
        canonical: public(page.canonical.as_slice()).pop(),
        alternates: public(&page.alternates),
        feeds: public(&page.feeds),
        onion: from_header.into_iter().chain(&page.onion).find(is_onion).cloned(),
    }
}

/// Whether a host is this one, or below it.
fn is_below(host: &str, top: &str) -> bool {
    let host = host.trim_end_matches('.');
    let rest = host.len().checked_sub(top.len()).and_then(|at| host.split_at_checked(at));
    !top.is_empty()
        && rest.is_some_and(|(rest, end)| end.eq_ignore_ascii_case(top) && (rest.is_empty() || rest.ends_with('.')))
}

/// The host in what somebody wrote for one: `https://Example.org/news`, `*.example.org`, `example.org:8080`.
fn host_of(entry: &str) -> &str {
    let entry = entry.trim();
    let entry = entry.split_once("://").map_or(entry, |(_, rest)| rest);
    let entry = entry.split(['/', ':', '?', '#']).next().unwrap_or_default();
    entry.strip_prefix("*.").unwrap_or(entry).trim_matches('.')
}

const FORBIDDING: [(&str, &str, Reason); 5] = [
    ("cache-control", "no-store", Reason::NoStore),
    ("cache-control", "private", Reason::Private),
    ("vary", "cookie", Reason::Personal),
    ("vary", "authorization", Reason::Personal),
    ("vary", "*", Reason::Personal),
];

/// Whose pages are copies already. `archive.org` itself is a library with pages of its own.
const ARCHIVES: [&str; 15] = [
    "web.archive.org",
    "wayback.archive-it.org",
    "arquivo.pt",
    "webarchive.org.uk",
    "webarchive.nationalarchives.gov.uk",
    "vefsafn.is",
    "perma.cc",
    "timetravel.mementoweb.org",
    "archive.today",
    "archive.ph",
    "archive.is",
    "archive.li",
    "archive.vn",
    "archive.fo",
    "archive.md",
];

/// Enough for any headline.
const MAX_TITLE: usize = 300;

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
