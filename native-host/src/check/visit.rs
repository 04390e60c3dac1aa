//! One GET on the user's word, redirects followed: what an archive says, or another address of a page.

use std::time::Duration;

use detour_core::copies::Registry;
use detour_core::event::ArchiveReply;
use tokio::time::Instant;
use url::Url;

use super::Instruments;
use super::call::{self, Reach};
use super::dns::Resolver;
use super::http::{Caller, Question};
use super::plan::BodyWanted;

/// Gets an address: the status, the headers and the first 64 KiB of where the redirects end.
///
/// Private addresses are left alone, also behind a redirect, unless the user's config allows them.
pub async fn visit(
    instruments: &Instruments,
    url: Url,
    accept_datetime: Option<String>,
    patience: Duration,
) -> ArchiveReply {
    let limit = Instant::now() + patience;
    let resolver = Resolver::new(instruments.config().resolvers.system);
    let archives = instruments.config().archives.registry();
    let mut url = url;
    for _ in 0..MOST_REDIRECTS {
        let mut question = Question::get(url.clone(), BodyWanted::Beginning, limit);
        // The page itself and the publisher's other addresses are no archives; nor is where an archive may send us.
        if is_archive(&archives, &url) {
            question.caller = Caller::Detour;
            question.accept_datetime.clone_from(&accept_datetime);
        }
        let Ok(heard) = call::call(question, Reach::Anywhere, instruments, &resolver).await else {
            return ArchiveReply::Failed;
        };
        let answer = heard.answer;
        let next = matches!(answer.status, 301 | 302 | 303 | 307 | 308)
            .then(|| url.join(answer.header("location")).ok())
            .flatten()
            .filter(|next| matches!(next.scheme(), "http" | "https") && !answer.header("location").is_empty());
        match next {
            Some(next) => url = next,
            None => {
                return ArchiveReply::Answered {
                    status: answer.status,
                    url: url.into(),
                    headers: answer.headers,
                    body: answer.body,
                };
            }
        }
    }
    ArchiveReply::Failed
}

/// Whether an archive is asked there, or keeps its copies there; the user's config may have named another place.
fn is_archive(archives: &Registry, url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let is_there = |place: &String| Url::parse(place).is_ok_and(|place| place.host_str() == Some(host));
    archives.on_host(host).is_some()
        || archives.archives.iter().any(|archive| {
            let ways = archive.ways.iter().map(|way| &way.url);
            ways.chain([&archive.memento, &archive.raw]).any(is_there)
        })
}

/// As many as browsers follow.
const MOST_REDIRECTS: usize = 20;
