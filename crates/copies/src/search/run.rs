//! One source that is being asked: where it is in its questions, and what it sends next.

use serde::{Deserialize, Serialize};

use super::query::{Context, Query, Why};
use crate::archive::{self, ArchiveRequest, Candidate, MIRROR};
use crate::asked::{ArchiveReply, LookUpId};
use crate::health::retry_after;
use detour_model::archives::Archive;
use detour_model::time::Millis;

/// One source that is being asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Run {
    /// The request that is out, or waits.
    pub(super) id: LookUpId,
    /// The archive's id; empty for mirrors.
    pub(super) archive: String,
    /// What is asked.
    pub(super) asks: Asks,
    /// When it may be sent; `None` once it was.
    pub(super) waits_until: Option<Millis>,
    /// Captures to look into, newest first.
    pub(super) candidates: Vec<Candidate>,
    /// Times of captures that were looked into.
    pub(super) tried: Vec<String>,
}

/// What a request asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Asks {
    /// The archive's way of this number.
    Way(usize),
    /// Common Crawl's index at this address; the number of the way.
    Index(usize, String),
    /// What this capture shows; the number of the way that told of it.
    Replay(usize, Candidate),
    /// Whether this address shows the page.
    Mirror(String),
    /// Whether this address is a feed.
    Feed(String),
}

/// Whether an archive asks for patience; it gets what it asks for.
pub(super) fn wait_asked(archive: &Archive, run: &Run, reply: &ArchiveReply, context: &mut Context<'_>) -> Option<Why> {
    let ArchiveReply::Answered { status, headers, .. } = reply else { return None };
    let is_capture = matches!(run.asks, Asks::Replay(..)) && headers.contains_key("memento-datetime");
    let retry_after = retry_after(headers);
    if is_capture || !(*status == 429 || (*status == 503 && retry_after.is_some())) {
        return None;
    }
    Some(Why::Resting(context.health.limited(&archive.id, retry_after, context.now)))
}

/// A run's request as it is sent.
pub(super) fn request(run: &Run, query: Query<'_>, context: &Context<'_>) -> Option<ArchiveRequest> {
    let plain = |url: String| ArchiveRequest { archive: run.archive.clone(), url, accept_datetime: None };
    let archive = context.registry.archive(&run.archive);
    match &run.asks {
        Asks::Mirror(url) | Asks::Feed(url) => {
            Some(ArchiveRequest { archive: MIRROR.to_owned(), ..plain(url.clone()) })
        }
        Asks::Index(_, url) => Some(plain(url.clone())),
        Asks::Way(nth) => {
            let way = archive?.ways.get(*nth)?;
            let shared = query.target.shareable().ok()?;
            Some(archive::question(archive?, way, &shared, context.now))
        }
        Asks::Replay(_, candidate) => Some(plain(candidate.look_at(archive?)?)),
    }
}
