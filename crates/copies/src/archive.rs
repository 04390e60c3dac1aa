//! What is sent to an archive, and what its answers mean.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::cdx::{Capture, captures};
use super::links::links;
use super::offer::Age;
use super::original::memento;
use super::page::{look, told};
use super::same::is_same_page;
use crate::asked::ArchiveReply;
use detour_model::archives::{Archive, Kind, Way};
use detour_model::observation::Millis;
use detour_model::target::Target;
use detour_model::time;

/// A GET for the shell to send: without cookies, the body's first 64 KiB kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveRequest {
    /// The archive's id; `mirror` where the publisher itself is asked, at another address.
    pub archive: String,
    /// The whole URL to get.
    pub url: String,
    /// Value of the `Accept-Datetime` header, where one is to be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept_datetime: Option<String>,
}

impl ArchiveRequest {
    /// Whether the publisher itself is asked: under a name that the page chose, wherever that leads.
    #[must_use]
    pub fn is_mirror(&self) -> bool {
        self.archive == MIRROR
    }
}

/// A capture that may be a copy of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// `YYYYMMDDhhmmss`, UTC; shorter ones mean the beginning of their span.
    pub time: String,
    /// The page's address as the archive has it.
    pub original: String,
    /// Where it is, as the archive said; empty where it did not.
    pub url: String,
}

/// What an answer to a question means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// It is no answer to the question: says nothing about copies.
    Nonsense,
    /// It leads elsewhere, where it cannot be seen whether that is the archive: ask in another way.
    Elsewhere,
    /// There is no copy.
    Nothing,
    /// These are to be looked into, newest first; none of them may be of the page.
    Captures(Vec<Candidate>),
    /// The answer was a copy itself.
    Shown(Candidate, Judged),
    /// This address is to be asked.
    Index(String),
}

/// What a copy shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judged {
    /// The page, as it was then.
    Shows(Age),
    /// An error, a gate, another page, or nothing.
    Other,
    /// It could not be looked into.
    Silent,
}

impl Candidate {
    /// When it was taken.
    #[must_use]
    pub fn age(&self) -> Age {
        time::parse_timestamp(&self.time).map_or(Age::Unknown, |at| Age::Taken(Reverse(at)))
    }

    /// Where to look into it.
    #[must_use]
    pub fn look_at(&self, archive: &Archive) -> Option<String> {
        archive.raw(&self.time, &self.original).or_else(|| self.open_at(archive))
    }

    /// Where people open it: on the archive's own host, never as a reply spells it where that can be helped.
    #[must_use]
    pub fn open_at(&self, archive: &Archive) -> Option<String> {
        archive.memento(&self.time, &self.original).or_else(|| trusted(archive, &self.url).map(String::from))
    }
}

/// What to send to learn whether an archive has the page; `shared` is [`Target::shareable`].
#[must_use]
pub(super) fn question(archive: &Archive, way: &Way, shared: &str, now: Millis) -> ArchiveRequest {
    let accept_datetime = (way.kind == Kind::TimeGate).then(|| time::format_http_date(now));
    ArchiveRequest { archive: archive.id.clone(), url: way.address(shared), accept_datetime }
}

/// What an answer to a question means; `is_index` where it came from the address of a [`Heard::Index`].
#[must_use]
pub(super) fn parse_reply(
    archive: &Archive,
    kind: Kind,
    is_index: bool,
    target: &Target,
    reply: &ArchiveReply,
) -> Heard {
    let (status, url, body) = match reply {
        ArchiveReply::Answered { status, url, body, .. } => (status, url, body),
        ArchiveReply::Redirected => return Heard::Elsewhere,
        ArchiveReply::Failed => return Heard::Nonsense,
    };
    let found = match kind {
        Kind::TimeGate => return gate(archive, target, reply),
        // pywb and Common Crawl say so of a page that they do not have; Wayback of one that it may not show.
        Kind::Cdx | Kind::TimeMap | Kind::CommonCrawl if *status == 404 => return Heard::Nothing,
        Kind::Cdx if *status == 403 && body.contains("AccessControlException") => return Heard::Nothing,
        Kind::Availability | Kind::Cdx | Kind::TimeMap | Kind::CommonCrawl if *status != 200 => {
            return Heard::Nonsense;
        }
        Kind::Availability => availability(archive, body),
        Kind::Cdx => captures(body).map(|captures| from_captures(&captures, "")),
        Kind::CommonCrawl if is_index => captures(body).map(|captures| from_captures(&captures, url)),
        Kind::CommonCrawl => return newest_index(archive, target, body).map_or(Heard::Nonsense, Heard::Index),
        Kind::TimeMap => time_map(archive, body),
    };
    let Some(mut found) = found else { return Heard::Nonsense };
    found.retain(|candidate| is_of(target, &candidate.original));
    // Short timestamps mean the beginning of their span.
    found.sort_by_key(|candidate| Reverse(format!("{:0<14}", candidate.time)));
    found.dedup_by(|one, other| one.time == other.time);
    found.truncate(MOST_CANDIDATES);
    if found.is_empty() { Heard::Nothing } else { Heard::Captures(found) }
}

/// What a copy shows that was asked for.
#[must_use]
pub(super) fn judge_replay(archive: &Archive, candidate: &Candidate, target: &Target, reply: &ArchiveReply) -> Judged {
    let (status, url, headers, body) = match reply {
        ArchiveReply::Answered { status, url, headers, body } => (status, url, headers, body),
        ArchiveReply::Redirected => return Judged::Other, // the capture of a redirect, or a way out of the archive
        ArchiveReply::Failed => return Judged::Silent,
    };
    let dated = headers.get("memento-datetime").and_then(|text| time::parse_http_date(text));
    if *status != 200 {
        // With its date it is the site's own error, without one the archive's.
        return if *status >= 500 && dated.is_none() { Judged::Silent } else { Judged::Other };
    }
    // What lies elsewhere is nobody's archive, whatever its address looks like.
    let Some(landed) = trusted(archive, url).and_then(|url| memento(archive, &url)) else { return Judged::Other };
    if !is_of(target, &landed.original) {
        return Judged::Other; // the capture of a redirect, to the front page or to somebody else
    }
    let at = dated.or_else(|| time::parse_timestamp(&landed.time));
    let Some(at) = at.or_else(|| time::parse_timestamp(&candidate.time)) else { return Judged::Other };
    let media_type = headers.get("x-archive-orig-content-type").or_else(|| headers.get("content-type"));
    match look(media_type.map_or("", String::as_str), body, &told(body)) {
        Ok(()) => Judged::Shows(Age::Taken(Reverse(at))),
        Err(_) => Judged::Other,
    }
}

/// A TimeGate leads to the memento itself (RFC 7089, section 4.1).
fn gate(archive: &Archive, target: &Target, reply: &ArchiveReply) -> Heard {
    let ArchiveReply::Answered { status, url, headers, .. } = reply else { return Heard::Nonsense };
    let dated = headers.get("memento-datetime").and_then(|text| time::parse_http_date(text));
    // Without Memento-Datetime it is some page, but no memento (RFC 7089, section 2.1.1).
    let Some(_) = dated else { return if *status == 404 { Heard::Nothing } else { Heard::Nonsense } };
    let landed = trusted(archive, url).and_then(|url| Some((memento(archive, &url)?, url)));
    let Some((landed, url)) = landed else { return Heard::Nonsense };
    let candidate = Candidate { time: landed.time, original: landed.original, url: url.into() };
    if archive.raw.is_empty() || *status != 200 || !is_of(target, &candidate.original) {
        let judged = judge_replay(archive, &candidate, target, reply);
        return Heard::Shown(candidate, judged);
    }
    Heard::Captures(vec![candidate])
}

/// Reads `{"archived_snapshots":{"closest":{"available":true,"url":…,"timestamp":…,"status":"200"}}}`.
fn availability(archive: &Archive, body: &str) -> Option<Vec<Candidate>> {
    let reply: Value = serde_json::from_str(body).ok()?;
    let snapshots = reply.get("archived_snapshots")?.as_object()?;
    let Some(closest) = snapshots.get("closest").filter(|closest| !closest.is_null()) else { return Some(Vec::new()) };
    let text = |name| closest.get(name).and_then(Value::as_str);
    // A capture of the site's own error page is no copy of the page.
    if !closest.get("available")?.as_bool()? || text("status")? != "200" {
        return Some(Vec::new());
    }
    let url = trusted(archive, text("url")?)?;
    let original = memento(archive, &url)?.original;
    Some(vec![Candidate { time: text("timestamp")?.to_owned(), original, url: url.into() }])
}

fn from_captures(captures: &[Capture], url: &str) -> Vec<Candidate> {
    let is_page = |capture: &&Capture| {
        capture.status.is_none_or(|status| status == 200)
            && (capture.media_type.is_empty() || capture.media_type.contains("html"))
    };
    let mut found: Vec<&Capture> = captures.iter().filter(is_page).collect();
    found.sort_by(|one, other| other.timestamp.cmp(&one.timestamp));
    let mut digests: Vec<&str> = Vec::new();
    // The same content is the same page again; the newest of it is as good as the others.
    found.retain(|capture| {
        let is_new = capture.digest.is_empty() || !digests.contains(&capture.digest.as_str());
        digests.push(&capture.digest);
        is_new
    });
    let candidate = |capture: &Capture| Candidate {
        time: capture.timestamp.clone(),
        original: capture.original.clone(),
        url: url.to_owned(),
    };
    found.into_iter().map(candidate).collect()
}

fn time_map(archive: &Archive, body: &str) -> Option<Vec<Candidate>> {
    let links = links(body);
    if !links.iter().any(|link| ["memento", "original", "timegate", "self"].iter().any(|rel| link.is(rel))) {
        return None; // some page of HTML
    }
    let candidate = |link: &super::links::Link| {
        let url = trusted(archive, &link.url)?;
        let found = memento(archive, &url)?;
        let time = link.datetime.map_or(found.time, time::format_timestamp);
        Some(Candidate { time, original: found.original, url: url.into() })
    };
    Some(links.iter().filter(|link| link.is("memento")).filter_map(candidate).collect())
}

/// Where Common Crawl's newest index is asked, from the list of its indexes.
fn newest_index(archive: &Archive, target: &Target, body: &str) -> Option<String> {
    let list: Value = serde_json::from_str(body).ok()?;
    let api = list.as_array()?.first()?.get("cdx-api")?.as_str()?;
    let mut url = trusted(archive, api)?;
    url.query_pairs_mut()
        .append_pair("url", &target.shareable().ok()?)
        .append_pair("output", "json")
        .append_pair("filter", "=status:200")
        .append_pair("limit", "5");
    Some(url.into())
}

fn is_of(target: &Target, original: &str) -> bool {
    is_same_page(original, target.as_str()) || target.shareable().is_ok_and(|shared| is_same_page(original, &shared))
}

/// An address on the archive's own hosts, over https where the archive has it: a reply must not lead anywhere else, be it
/// to another port of its machine. Nobody has a name and a password there; what stands in their place is there to be misread.
fn trusted(archive: &Archive, url: &str) -> Option<Url> {
    let mut url = Url::parse(url).ok()?;
    let has_userinfo = !url.username().is_empty() || url.password().is_some();
    if !archive.owns(&url) || has_userinfo || !is_at_its_port(archive, &url) {
        return None;
    }
    let is_secure = archive.ways.iter().any(|way| way.url.starts_with("https:"));
    if is_secure && url.scheme() == "http" && url.port().is_none() {
        url.set_scheme("https").ok()?;
    }
    Some(url)
}

/// The usual port, or one at which the user's config has the archive.
fn is_at_its_port(archive: &Archive, url: &Url) -> bool {
    let places = archive.ways.iter().map(|way| &way.url).chain([&archive.memento, &archive.raw]);
    let is_here = |place: Url| place.host_str() == url.host_str() && place.port() == url.port();
    url.port().is_none() || places.filter_map(|place| Url::parse(place).ok()).any(is_here)
}

/// Each is one request more; what lies so far back is as old as what comes from elsewhere.
const MOST_CANDIDATES: usize = 6;

/// What the shell is told in place of an archive's id.
pub(super) const MIRROR: &str = "mirror";

#[cfg(test)]
#[path = "archive/tests.rs"]
mod tests;
