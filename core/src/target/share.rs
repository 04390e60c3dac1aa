//! What of an address may be shown to others: nothing that looks like a secret or names a person.
//!
//! Two mistakes are possible. A token that is left in tells a stranger how to act as the user; a word that is taken out
//! makes the copy of another page look like this one. So names that only ever carry secrets go whatever their value, names
//! that carry content as well (`key`, `code`, `hash`) go only with a value that nobody could read, and where something
//! went that may have been content, it is known that it did.

use url::Url;

use super::Target;
use crate::copies::Registry;

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
}

impl Target {
    /// What an archive may see: token-like parameters and parts of the path removed, people's addresses as well.
    ///
    /// # Errors
    /// [`Unshareable`], when nobody is to be asked for it at all.
    pub fn shareable(&self) -> Result<String, Unshareable> {
        if Registry::built_in().on_host(self.host()).is_some() {
            return Err(Unshareable::Archive);
        }
        let cleaned = clean(&self.0);
        let was_more = self.0.path().len() > 1;
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

    /// Whether there is no secret in the address.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        clean(&self.0).url == self.0
    }
}

fn clean(url: &Url) -> Cleaned {
    let mut cleaned = Cleaned { url: url.clone(), is_other_page: false };
    let (path, is_cut) = clean_path(url.path());
    if path != url.path() {
        cleaned.url.set_path(&path);
        cleaned.is_other_page = is_cut;
    }
    if is_cut {
        // What was asked of a page is no question to the one above it.
        cleaned.url.set_query(None);
        return cleaned;
    }
    let mut kept: Vec<(String, String)> = Vec::new();
    let mut is_touched = false;
    for (name, value) in url.query_pairs() {
        match parameter(&name, &value) {
            Parameter::Content => kept.push((name.into_owned(), value.into_owned())),
            Parameter::Secret => is_touched = true,
            Parameter::LooksSecret => {
                is_touched = true;
                cleaned.is_other_page = true;
            }
        }
    }
    if kept.is_empty() && url.query().is_some() {
        cleaned.url.set_query(None);
    } else if is_touched {
        // Untouched, it stays as it is down to its spelling.
        cleaned.url.query_pairs_mut().clear().extend_pairs(kept);
    }
    cleaned
}

/// The path up to the first part that looks like a secret, and whether there was one. Session numbers that servers put
/// behind a semicolon go by themselves.
fn clean_path(path: &str) -> (String, bool) {
    let mut kept = String::new();
    let mut before = String::new();
    for segment in path.split('/').skip(1) {
        let said = decoded(segment);
        let (name, session) = said.split_once(';').unwrap_or((&said, ""));
        if is_secret_segment(&before, name) {
            return ([&kept, "/"].concat(), true);
        }
        let is_session = session.split_once('=').is_some_and(|(name, _)| is_secret_name(name));
        let raw = if is_session { segment.split(';').next().unwrap_or_default() } else { segment };
        kept.push('/');
        kept.push_str(raw);
        before = name.to_ascii_lowercase();
    }
    (kept, false)
}

fn is_secret_segment(before: &str, segment: &str) -> bool {
    let asks_secret = SECRET_PATHS.contains(&before);
    let is_commit = COMMIT_PATHS.contains(&before) && segment.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_content = CONTENT_PATHS.contains(&before) && is_uuid(segment);
    has_person(segment)
        || is_jwt(segment)
        || (asks_secret && is_issued(segment))
        || (!is_commit && !is_content && (noise(segment) >= LONGEST_ID || is_uuid(segment)))
}

enum Parameter {
    Content,
    /// It never tells one page from another.
    Secret,
    /// It may.
    LooksSecret,
}

fn parameter(name: &str, value: &str) -> Parameter {
    if is_secret_name(name) || has_person(value) {
        return Parameter::Secret;
    }
    let names_either = words(name).any(|word| EITHER.contains(&word));
    let looks_secret = is_jwt(value)
        || is_jwt(name)
        || noise(value) >= LONGEST_VALUE
        || noise(name) >= LONGEST_VALUE
        || is_uuid(value)
        || is_unclean_address(value)
        || (names_either && is_issued(value));
    match (looks_secret, names_either) {
        (false, _) => Parameter::Content,
        (true, true) => Parameter::Secret,
        (true, false) => Parameter::LooksSecret,
    }
}

/// Whether a parameter of this name carries a secret whatever it says.
fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_key = words(&name).any(|word| word == "key") && words(&name).any(|word| KEYS_OF.contains(&word));
    let is_secret = |word: &str| {
        SECRETS.iter().any(|secret| {
            word == *secret
                || (secret.len() > 4 && word.ends_with(secret))
                || (["token", "session", "passw"].iter().any(|start| word.starts_with(start)))
        })
    };
    is_key || words(&name).any(is_secret)
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// A JSON Web Token begins with the base64 of `{"`.
fn is_jwt(text: &str) -> bool {
    text.len() >= 16 && text.starts_with("eyJ")
}

fn is_uuid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let mut parts = text.trim_start_matches('{').trim_end_matches('}').split('-');
    let is_part = |length: &usize| {
        parts.next().is_some_and(|part| part.len() == *length && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    lengths.iter().all(is_part) && parts.next().is_none()
}

/// An e-mail address somewhere in it; `@name` and `package@1.2.3` are none.
fn has_person(text: &str) -> bool {
    let text = decoded(text);
    text.match_indices('@').any(|(at, _)| {
        let local = text.get(..at).and_then(|before| before.chars().next_back());
        let domain: &str = text.get(at + 1..).unwrap_or_default();
        let end = domain.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.' && letter != '-');
        let domain = domain.get(..end.unwrap_or(domain.len())).unwrap_or_default().trim_end_matches('.');
        let top = domain.rsplit('.').next().unwrap_or_default();
        let is_domain = domain.contains('.') && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
        // A handle of another server (`/@ann@example.social`) is a public name.
        let is_handle = text.get(..at).is_some_and(|before| before.starts_with('@'));
        is_domain && !is_handle && local.is_some_and(|letter| letter.is_alphanumeric() || "._%+-".contains(letter))
    })
}

/// An address as a value: with secrets of its own, or of this network.
fn is_unclean_address(value: &str) -> bool {
    let lower = value.get(..8).unwrap_or(value).to_ascii_lowercase();
    if !lower.starts_with("http:") && !lower.starts_with("https:") {
        return false;
    }
    let Ok(url) = Url::parse(value) else { return true };
    let has_user = !url.username().is_empty() || url.password().is_some();
    // One level: what such an address holds as a parameter is cleaned by the same rules.
    has_user || Target::parse(value).is_ok_and(|target| !target.is_clean()) || Target::parse(value).is_err()
}

/// Whether a machine made this for one person: digits among letters, long numbers, letters in no order.
fn is_issued(text: &str) -> bool {
    pieces(text).any(|piece| {
        let digits = piece.bytes().filter(u8::is_ascii_digit).count();
        let is_number = digits == piece.len();
        (is_number && digits >= 5)
            || (!is_number && digits > 0 && piece.len() >= 6)
            || noise(piece) >= 8
            || piece.len() > 20
    })
}

/// How many letters and digits of a text stand in no order that words or numbers have.
fn noise(text: &str) -> usize {
    pieces(text).filter(|piece| is_noise(piece)).map(str::len).sum()
}

fn is_noise(piece: &str) -> bool {
    let bytes = piece.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    let turns =
        |kind: fn(&u8) -> bool| bytes.windows(2).filter(|pair| pair.iter().filter(|b| kind(b)).count() == 1).count();
    if digits == bytes.len() {
        return false; // a number, a date, a snowflake: public things are numbered so
    }
    if digits == 0 {
        // Names in one word (`TheDayThePagesStopped`) have runs of small letters; base64 has not.
        let capitals = bytes.iter().filter(|byte| byte.is_ascii_uppercase()).count();
        return bytes.len() >= 16
            && capitals >= 4
            && turns(u8::is_ascii_uppercase) * 5 > bytes.len() * 2
            && capitals * 3 > bytes.len();
    }
    let is_hex = bytes.iter().all(u8::is_ascii_hexdigit);
    (bytes.len() >= 8 && turns(u8::is_ascii_digit) >= 3) || (is_hex && bytes.len() >= 20)
}

/// What separators leave of a text.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|piece| !piece.is_empty())
}

/// Percent signs read, twice at most: trackers encode what they carry again.
fn decoded(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..2 {
        if !text.contains('%') {
            break;
        }
        // A plus is a plus in a path, so that it may not be read as in a form.
        let form = ["x=", &text.replace('+', "%2B").replace('&', "%26")].concat();
        text =
            url::form_urlencoded::parse(form.as_bytes()).next().map_or(String::new(), |(_, value)| value.into_owned());
    }
    text
}

/// Ids of public things are shorter: Spotify's have 22 letters, YouTube's 11.
const LONGEST_ID: usize = 24;

/// Parameters' values are less often the page's own name.
const LONGEST_VALUE: usize = 20;

/// Words of names that carry secrets only.
const SECRETS: [&str; 32] = [
    "token",
    "auth",
    "oauth",
    "session",
    "sessionid",
    "sessid",
    "sid",
    "phpsessid",
    "jsessionid",
    "apikey",
    "accesskey",
    "secret",
    "password",
    "passwd",
    "passcode",
    "passphrase",
    "pwd",
    "signature",
    "sig",
    "otp",
    "jwt",
    "nonce",
    "email",
    "credential",
    "credentials",
    "csrf",
    "xsrf",
    "csrfmiddlewaretoken",
    "sso",
    "saml",
    "samlresponse",
    "authorization",
];

/// Words of names that carry secrets or content.
const EITHER: [&str; 14] = [
    "key",
    "code",
    "hash",
    "ticket",
    "pass",
    "pin",
    "invite",
    "invitation",
    "state",
    "verify",
    "confirm",
    "reset",
    "access",
    "share",
];

/// Beside one of these a key is never one of music.
const KEYS_OF: [&str; 7] = ["api", "access", "secret", "private", "auth", "share", "user"];

/// What comes after one of these in a path may be a secret, also a short one.
const SECRET_PATHS: [&str; 34] = [
    "reset",
    "password",
    "password-reset",
    "password_reset",
    "reset-password",
    "reset_password",
    "resetpassword",
    "forgot",
    "verify",
    "verify-email",
    "verification",
    "confirm",
    "confirmation",
    "activate",
    "activation",
    "invite",
    "invites",
    "invitation",
    "invitations",
    "unsubscribe",
    "optout",
    "magic",
    "magic-link",
    "magiclink",
    "token",
    "tokens",
    "otp",
    "sso",
    "recover",
    "recovery",
    "callback",
    "share",
    "shared",
    "session",
];

/// After one of these, hexadecimal digits name a revision that everybody may see.
const COMMIT_PATHS: [&str; 10] =
    ["commit", "commits", "tree", "blob", "raw", "rev", "revision", "blame", "changeset", "compare"];

/// After one of these, publishers name what they publish by a UUID.
const CONTENT_PATHS: [&str; 20] = [
    "content", "contents", "article", "articles", "story", "stories", "news", "post", "posts", "item", "items",
    "video", "videos", "episode", "recipe", "recipes", "product", "products", "dataset", "datasets",
];

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
            ("https://www.youtube.com/playlist?list=PL1a2b3c4d5e6f7g8h9i0j1k2l3m4n5", false),
        ] {
            assert_eq!(Target::parse(text).unwrap().is_whole_when_shared(), is_whole, "{text}");
        }
    }
}
