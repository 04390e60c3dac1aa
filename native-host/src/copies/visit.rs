//! One GET on the user's word, redirects followed: what an archive says, or another address of a page.

use std::time::Duration;

use detour_core::archives::Registry;
use detour_core::copies::ArchiveReply;
use detour_core::target::is_same_owner;
use detour_probe::{Caller, Instruments};
use tokio::time::Instant;
use url::Url;

/// Gets an address: the status, the headers and the first 64 KiB of where the redirects end.
///
/// Private addresses are left alone, also behind a redirect, unless the user's config allows them. A redirect that leads
/// elsewhere, out of the archives or out of the page's own site, or from https to http, is the answer.
pub async fn visit(
    instruments: &Instruments,
    archives: &Registry,
    url: Url,
    accept_datetime: Option<String>,
    patience: Duration,
) -> ArchiveReply {
    let limit = Instant::now() + patience;
    let mut url = url;
    for _ in 0..MOST_REDIRECTS {
        // The page itself and the publisher's other addresses are no archives; nor is where an archive may send us.
        let (caller, accept_datetime) = match is_archive(archives, &url) {
            true => (Caller::Detour, accept_datetime.clone()),
            false => (Caller::Anybody, None),
        };
        let got = detour_probe::get(instruments, url.clone(), caller, accept_datetime, limit).await;
        let Some(answer) = got else { return ArchiveReply::Failed };
        let next = matches!(answer.status, 301 | 302 | 303 | 307 | 308)
            .then(|| url.join(answer.header("location")).ok())
            .flatten()
            .filter(|next| !answer.header("location").is_empty() && may_lead(archives, &url, next));
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

/// Whether a redirect stays among those that the user's click was told to ask.
fn may_lead(archives: &Registry, from: &Url, to: &Url) -> bool {
    let is_as_safe = to.scheme() == "https" || (to.scheme() == "http" && from.scheme() == "http");
    let hosts = from.host_str().zip(to.host_str());
    let is_own = || hosts.is_some_and(|(from, to)| is_same_owner(from, to));
    is_as_safe && if is_archive(archives, from) { is_archive(archives, to) } else { is_own() }
}

/// As many as browsers follow.
const MOST_REDIRECTS: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_lead_from_archives_to_archives_and_within_a_site() {
        let leads =
            |from: &str, to: &str| may_lead(Registry::built_in(), &Url::parse(from).unwrap(), &Url::parse(to).unwrap());
        assert!(leads(
            "https://web.archive.org/web/2/https://a.com/",
            "https://web.archive.org/web/2021/https://a.com/"
        ));
        assert!(leads("https://m.site.com/x", "https://www.site.com/x"));
        assert!(leads("http://m.site.com/x", "https://m.site.com/x"));
        for (from, to) in [
            ("https://web.archive.org/web/2/https://a.com/", "https://a.com/"),
            ("https://web.archive.org/web/2/https://a.com/", "http://web.archive.org/web/2021/https://a.com/"),
            ("https://m.site.com/x", "https://tracker.evil.net/?u=x"),
            ("https://m.site.com/x", "http://m.site.com/x"),
            ("https://m.site.com/x", "https://web.archive.org/save/https://m.site.com/x"),
            ("https://m.site.com/x", "ftp://m.site.com/x"),
        ] {
            assert!(!leads(from, to), "{from} {to}");
        }
    }
}
