//! What of an address may be shown to others: nothing that looks like a secret or names a person.
//!
//! Two mistakes are possible. A token that is left in tells a stranger how to act as the user; a word that is taken out
//! makes the copy of another page look like this one. So an address is taken apart by its structure first (`sieve.rs`):
//! names that only ever carry secrets go whatever their value, names that carry content as well (`key`, `code`, `hash`) go
//! only with a value that nobody could read (`forms.rs`), and where something went that may have been content, it is known
//! that it did. What is known of services and of words is data (`lists.rs`).

use url::Url;

use super::Target;
use crate::archives::Registry;

mod forms;
mod lists;
mod sieve;

use sieve::{DEEPEST, Sieve, is_secret_host};

/// Why nothing of an address may be shown to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unshareable {
    /// It is a copy already: archives are not asked about archives.
    #[error("this is an archive's own page")]
    Archive,
    /// All that it says is a token.
    #[error("this address says nothing but a secret, so nobody is asked for it")]
    OnlySecrets,
}

/// An address without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cleaned {
    url: Url,
    /// Whether something may be gone that tells one page from another.
    is_other_page: bool,
    /// Whether what is gone was a secret: what only follows a person's clicks is none.
    has_secret: bool,
}

impl Target {
    /// What an archive may see: token-like parameters and parts of the path removed, people's addresses as well.
    ///
    /// # Errors
    /// [`Unshareable`], when nobody is to be asked for it at all.
    pub fn shareable(&self) -> Result<String, Unshareable> {
        if Registry::built_in_on(self.host()).is_some() {
            return Err(Unshareable::Archive);
        }
        let cleaned = clean(&self.0);
        let was_more = self.0.path().len() > 1;
        if self.has_secret_host() {
            return Err(Unshareable::OnlySecrets);
        }
        if cleaned.url.path() == "/" && cleaned.url.query().is_none() && was_more {
            return Err(Unshareable::OnlySecrets);
        }
        Ok(cleaned.url.into())
    }

    /// Whether what may be shared is still the address of this page, and not of one above it.
    #[must_use]
    pub fn is_whole_when_shared(&self) -> bool {
        !clean(&self.0).is_other_page
    }

    /// What is written down of it for longer than the session: the shareable form, or the site alone where there is none.
    #[must_use]
    pub fn recorded(&self) -> String {
        self.shareable().unwrap_or_else(|_| {
            let mut site = self.0.clone();
            site.set_path("/");
            site.set_query(None);
            site.into()
        })
    }

    /// What is written down of it while the user has it watched: the shareable form where that is still this page, else
    /// the whole address, without which there is nothing to look at.
    #[must_use]
    pub fn watched(&self) -> Self {
        let shared = self.shareable().ok().filter(|_| self.is_whole_when_shared());
        shared.and_then(|shared| Self::parse(&shared).ok()).unwrap_or_else(|| self.clone())
    }

    /// Whether its host's own name is a secret, which no shorter form of the address is without.
    #[must_use]
    pub fn has_secret_host(&self) -> bool {
        is_secret_host(self.host())
    }

    /// Whether there is no secret in the address.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        !clean(&self.0).has_secret && !self.has_secret_host()
    }
}

/// The number of these rules. What was written down by others is brought in line with them; raise it with each change
/// of `lists.rs`, `forms.rs` or `sieve.rs`.
pub const RULES: u32 = 3;

/// Each pass takes at least one piece away; two are enough for all that was met.
const MOST_PASSES: usize = 8;

fn clean(url: &Url) -> Cleaned {
    let host = url.host_str().unwrap_or_default();
    let mut cleaned = Cleaned { url: url.clone(), is_other_page: false, has_secret: false };
    // What stands alone is read otherwise than beside what has gone, so it is sifted until nothing goes any more.
    for _ in 0..MOST_PASSES {
        let url = &mut cleaned.url;
        let sifted = Sieve::new().sift(host, url.path(), url.query(), DEEPEST);
        cleaned.is_other_page |= sifted.is_other_page;
        cleaned.has_secret |= sifted.has_secret;
        let is_same = sifted.path == url.path() && sifted.query.as_deref() == url.query();
        if is_same {
            break;
        }
        url.set_path(&sifted.path);
        url.set_query(sifted.query.as_deref());
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(text: &str) -> String {
        match Target::parse(text).unwrap().shareable() {
            Ok(shared) => shared,
            Err(why) => why.to_string(),
        }
    }

    #[test]
    fn secrets_are_gone_before_anything_is_shared() {
        for (private, public) in [
            ("https://user:pass@example.org/a#frag", "https://example.org/a"),
            ("https://example.org/a?token=x&page=2", "https://example.org/a?page=2"),
            ("https://example.org/a?access_token=x", "https://example.org/a"),
            ("https://example.org/a?accessToken=x&sessionId=1", "https://example.org/a"),
            ("https://example.org/a?X-Amz-Signature=0f&b=1", "https://example.org/a?b=1"),
            ("https://example.org/a?id=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "https://example.org/a"),
            ("https://example.org/a?eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "https://example.org/a"),
            ("https://example.org/a?to=me@example.org", "https://example.org/a"),
            ("https://example.org/a?to=me%2540example.org", "https://example.org/a"),
            ("https://example.org/a?PHPSESSIONID=1", "https://example.org/a"),
            ("https://example.org/a;jsessionid=0AF3?b=1", "https://example.org/a?b=1"),
            ("https://example.org/a?api_key=short&b=1", "https://example.org/a?b=1"),
            ("https://example.org/a?code=123456", "https://example.org/a"),
            ("https://example.org/a?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj", "https://example.org/a"),
            ("https://example.org/a?hash=d41d8cd98f00b204e9800998ecf8427e", "https://example.org/a"),
            ("https://example.org/a?x=550e8400-e29b-41d4-a716-446655440000", "https://example.org/a"),
            ("https://example.org/a?next=https%3A%2F%2Fu%3Ap%40example.org%2F", "https://example.org/a"),
            ("https://example.org/a?next=https%3A%2F%2Fexample.org%2F%3Ftoken%3Dx", "https://example.org/a"),
            ("https://example.org/a?next=http%3A%2F%2F10.0.0.1%2F", "https://example.org/a"),
            ("https://example.org/user/reset/aB3dE9xY", "https://example.org/user/reset/"),
            ("https://example.org/user/reset/7f3a9c", "https://example.org/user/reset/"),
            ("https://example.org/docs/eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9/x", "https://example.org/docs/"),
            ("https://example.org/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit", "https://example.org/d/"),
            ("https://example.org/f/550e8400-e29b-41d4-a716-446655440000?b=1", "https://example.org/f/"),
            ("https://example.org/list/me@example.org/off", "https://example.org/list/"),
            ("https://example.org/list/me%40example.org/off", "https://example.org/list/"),
            // Alone it is a secret, and beside what goes it was none.
            ("https://example.org/https:?aaA0aAAaaaa0aAAA?&.", "https://example.org/https:"),
        ] {
            assert_eq!(shared(private), public, "{private}");
        }
    }

    #[test]
    fn words_numbers_dates_and_public_ids_stay() {
        for text in [
            "https://example.org/search?q=monkey+keyboard&v=dQw4w9WgXcQ",
            "https://example.org/scales?key=C%23-minor",
            "https://example.org/a?code=404&source=rss&hash=top",
            "https://example.org/a?code=ABC-12&feature=share",
            "https://example.org/a?author=ann&secretary=bob&design=x",
            "https://example.org/?story=2021-06-08-the-day-the-pages-stopped-at-1145-sharp",
            "https://www.theguardian.com/technology/2021/jun/08/the-day-the-pages-stopped",
            "https://www.independent.co.uk/tech/edge-outage-explained-b1861600.html",
            "https://www.bbc.co.uk/news/technology-57399628",
            "https://open.spotify.com/album/6labLABlab6labLABlab6x",
            "https://www.amazon.com/dp/B00LABKETTLE",
            "https://twitter.com/lab/status/1402218492123456789",
            "https://www.gamespot.com/articles/seven-short-games/1100-64922/",
            "https://www.reddit.com/r/outages/comments/nv4xyz/is_it_down/",
            "https://github.com/a/b/commit/d41d8cd98f00b204e9800998ecf8427ed41d8cd9",
            "https://www.ft.com/content/550e8400-e29b-41d4-a716-446655440000",
            "https://mastodon.social/@ann@example.social/1",
            "https://www.npmjs.com/package/left-pad@1.3.0",
            "https://discord.com/invite/python",
            "https://example.org/share/2021-annual-report",
            "https://de.wikipedia.org/wiki/Donaudampfschifffahrtsgesellschaft",
            "https://en.wikipedia.org/wiki/TheLongAndWindingRoadToNowhereInParticular",
            "https://example.org/releases/v1.84.0-x86_64-unknown-linux-gnu",
            "https://example.org/%E6%97%A5%E6%9C%AC%E8%AA%9E/%E8%A8%98%E4%BA%8B",
            "https://example.org/a?b&c=",
        ] {
            assert_eq!(shared(text), text);
        }
    }

    #[test]
    fn where_nothing_readable_is_left_nobody_is_asked() {
        for text in [
            "https://example.org/eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
            "https://example.org/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms",
            "https://example.org/me@example.org",
        ] {
            assert_eq!(Target::parse(text).unwrap().shareable(), Err(Unshareable::OnlySecrets), "{text}");
        }
        for text in ["https://web.archive.org/web/2021/https://example.org/", "https://archive.ph/AbC12"] {
            assert_eq!(Target::parse(text).unwrap().shareable(), Err(Unshareable::Archive), "{text}");
        }
        assert_eq!(shared("https://example.org/?token=x"), "https://example.org/");
    }

    #[test]
    fn it_is_known_when_what_is_shared_is_another_page() {
        for (text, is_whole) in [
            ("https://example.org/a?token=x", true),
            ("https://example.org/a?to=me@example.org", true),
            ("https://example.org/reset/aB3dE9xY", false),
            ("https://example.org/playlist?list=PL1a2b3c4d5e6f7g8h9i0j1k2l3m4n5", false),
        ] {
            assert_eq!(Target::parse(text).unwrap().is_whole_when_shared(), is_whole, "{text}");
        }
    }
}
