//! Whether a page is public: what everybody gets, not what one person gets who signed in.
//!
//! Two things count as proof. The site's own word: its headers allow caches that many people share to hand the answer
//! out without asking (RFC 9111 sections 3.5 and 5.2.2.9), and the words on screen are those of the answer. Or a request
//! without cookies, which got the same words. `max-age`, `immutable` and `ETag` speak to private caches as well and prove
//! nothing; neither does `public` where a shared cache has to ask the site each time, which may look at cookies then.

use std::collections::{BTreeMap, BTreeSet};

use super::{Anonymous, ReadyPage, Reason};

/// Whether a page that no other rule speaks against is public.
///
/// # Errors
/// [`Reason::OnlyForYou`] where others get something else, [`Reason::Unproven`] where that is not known.
pub(super) fn is_public(page: &ReadyPage) -> Result<(), Reason> {
    let is_said = page.headers.as_ref().is_some_and(is_said_to_be_shared);
    let is_little = page.foreign.saturating_mul(BROUGHT_ONE_IN) <= page.words
        && page.brought_pictures.saturating_mul(BROUGHT_ONE_IN) <= page.pictures;
    let speaks = page.brought_words.iter().any(|word| is_personal(word)) || introduces(&page.brought_beside);
    if is_said && is_little && !speaks {
        return Ok(());
    }
    let Some(anonymous) = &page.anonymous else { return Err(Reason::Unproven) };
    is_same(page.words, page.pictures, anonymous)
}

/// The site's word.
fn is_said_to_be_shared(headers: &BTreeMap<String, String>) -> bool {
    let Some(control) = headers.get("cache-control") else { return false };
    let directives: BTreeMap<String, Option<u64>> = control
        .split(',')
        .map(|directive| {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"').parse().ok())
        })
        .collect();
    if directives.contains_key("no-cache") {
        return false;
    }
    let lasts = |name: &str| directives.get(name).map(|seconds| seconds.unwrap_or(0) > 0);
    // What shared caches go by, in their order; `Expires` is left to a comparison, since nobody here knows the time.
    match (lasts("s-maxage"), directives.contains_key("public"), lasts("max-age")) {
        (Some(lasts), _, _) => lasts,
        (None, true, Some(lasts)) => lasts,
        (None, true, None) => !headers.contains_key("expires"),
        (None, false, _) => false,
    }
}

/// Whether who sends no cookies gets the same words and pictures.
fn is_same(words: u32, pictures: u32, anonymous: &Anonymous) -> Result<(), Reason> {
    match anonymous.status {
        200 => {}
        0 => return Err(Reason::Unproven),
        _ => return Err(Reason::OnlyForYou),
    }
    if words < FEWEST_WORDS {
        return Err(Reason::Unproven);
    }
    let is_little =
        anonymous.extra <= (words / ONE_IN).min(MOST_EXTRA) && anonymous.extra_pictures <= pictures / ONE_IN;
    let speaks = anonymous.only_here.iter().any(|word| is_personal(word)) || introduces(&anonymous.beside);
    if !is_little || speaks || offers_sign_in(&anonymous.only_there) {
        return Err(Reason::OnlyForYou);
    }
    // Where the answer is a frame that scripts fill, most of what is on screen was compared with nothing.
    if anonymous.shared.saturating_mul(SHARED_ONE_IN) < words {
        return Err(Reason::Unproven);
    }
    Ok(())
}

/// A word that speaks to one person or of one, where only that person gets it.
fn is_personal(word: &str) -> bool {
    let word = word.to_lowercase();
    let bare = word.trim_end_matches(['.', '-', '\'', '’', '+']);
    word.contains('@') || PERSONAL.contains(&bare)
}

/// A greeting is everybody's, whether the page's answer or a script's file holds it; the name beside it that neither of
/// them holds is not.
fn introduces(beside: &[String]) -> bool {
    beside.iter().any(|word| is_personal(word) || INTRODUCING.contains(&word.as_str()))
}

/// A stranger is asked to sign in, and whoever looks at the page is not: so somebody has.
fn offers_sign_in(only_there: &[String]) -> bool {
    let there: BTreeSet<&str> = only_there.iter().map(String::as_str).collect();
    SIGN_IN.iter().any(|phrase| phrase.iter().all(|word| there.contains(word)))
}

/// Scripts bring lists of other stories and a clock to most pages. Half of any letter's words are in any other text, so
/// what passes for a tenth may be a fifth.
const BROUGHT_ONE_IN: u32 = 10;
/// A frame that scripts fill has a title and hardly a word more; a manual's short page stands beside a table of contents
/// that a script's file brings, fifty times as long at most.
const SHARED_ONE_IN: u32 = 50;
/// A clock, a counter and another advertisement are that much; a letter, an order or a balance is more of a page of its
/// size.
const ONE_IN: u32 = 50;
/// However long the page.
const MOST_EXTRA: u32 = 20;
/// Pages with fewer words show what they have to say by other means, which are not compared.
const FEWEST_WORDS: u32 = 5;

/// Greetings, and what belongs to an account, in the languages that the sign-out rule knows (`www/content/keep.js`).
const PERSONAL: [&str; 58] = [
    "account",
    "accounts",
    "balance",
    "bonjour",
    "bienvenue",
    "bienvenido",
    "bienvenida",
    "benvenuto",
    "benvenuta",
    "cuenta",
    "compte",
    "conta",
    "ciao",
    "dashboard",
    "guthaben",
    "hallo",
    "hello",
    "hej",
    "hey",
    "hi",
    "hola",
    "inbox",
    "invoice",
    "invoices",
    "konto",
    "kontostand",
    "logout",
    "log-out",
    "membership",
    "messages",
    "mitteilungen",
    "nachrichten",
    "notifications",
    "olá",
    "order",
    "orders",
    "postfach",
    "posteingang",
    "profil",
    "profile",
    "salut",
    "saldo",
    "settings",
    "signout",
    "sign-out",
    "solde",
    "subscription",
    "unread",
    "username",
    "welcome",
    "willkommen",
    "witaj",
    "you",
    "your",
    "привет",
    "аккаунт",
    "профиль",
    "账户",
];

/// What stands before a name or behind it, and elsewhere says nothing of anybody.
const INTRODUCING: [&str; 26] = [
    "signed",
    "logged",
    "angemeldet",
    "eingeloggt",
    "connecté",
    "connectée",
    "conectado",
    "conectada",
    "ingelogd",
    "zalogowany",
    "dear",
    "liebe",
    "lieber",
    "cher",
    "chère",
    "estimado",
    "estimada",
    "gentile",
    "drogi",
    "droga",
    "bonsoir",
    "greetings",
    "mrs",
    "herr",
    "frau",
    "madame",
];

/// What a stranger is asked, word by word.
const SIGN_IN: [&[&str]; 16] = [
    &["sign", "in"],
    &["log", "in"],
    &["login"],
    &["log-in"],
    &["sign-in"],
    &["signin"],
    &["anmelden"],
    &["einloggen"],
    &["connexion"],
    &["connecter"],
    &["iniciar"],
    &["entrar"],
    &["accedi"],
    &["inloggen"],
    &["zaloguj"],
    &["войти"],
];

#[cfg(test)]
mod tests {
    use super::*;

    fn said(control: &str) -> bool {
        is_said_to_be_shared(&BTreeMap::from([("cache-control".to_owned(), control.to_owned())]))
    }

    #[test]
    fn headers_say_public_where_shared_caches_need_not_ask() {
        for control in [
            "public",
            "public, max-age=60",
            "Public,Max-Age=60, immutable",
            "s-maxage=1",
            "max-age=0, s-maxage=\"600\"",
        ] {
            assert!(said(control), "{control}");
        }
        for control in [
            "",
            "max-age=600",
            "max-age=31536000, immutable",
            "must-revalidate",
            "no-cache",
            "public, no-cache",
            "public, max-age=0",
            "public, max-age=x",
            "public, s-maxage=0, max-age=60",
            "s-maxage",
            "s-maxage=-1",
            "x-public",
            "stale-while-revalidate=60",
        ] {
            assert!(!said(control), "{control}");
        }
        let expires = [("cache-control", "public"), ("expires", "0")].map(|(name, value)| (name.into(), value.into()));
        assert!(!is_said_to_be_shared(&BTreeMap::from(expires)));
        assert!(!is_said_to_be_shared(&BTreeMap::from([("expires".to_owned(), "x".to_owned())])));
    }

    #[test]
    fn what_scripts_brought_is_not_what_the_headers_speak_of() {
        let headers = BTreeMap::from([("cache-control".to_owned(), "public, max-age=60".to_owned())]);
        let with = |foreign| ReadyPage { headers: Some(headers.clone()), words: 100, foreign, ..ReadyPage::default() };
        assert_eq!(is_public(&with(10)), Ok(()));
        assert_eq!(is_public(&with(11)), Err(Reason::Unproven));
        let brought_words = vec!["hello".to_owned(), "ann".to_owned()];
        assert_eq!(is_public(&ReadyPage { brought_words, ..with(2) }), Err(Reason::Unproven));
    }

    #[test]
    fn a_frame_that_scripts_fill_is_compared_with_nothing() {
        let with = |shared| {
            let anonymous = Some(Anonymous { status: 200, shared, ..Anonymous::default() });
            is_public(&ReadyPage { words: 400, anonymous, ..ReadyPage::default() })
        };
        assert_eq!(with(7), Err(Reason::Unproven));
        assert_eq!(with(8), Ok(()));
    }

    fn compared(words: u32, only_here: &[&str], only_there: &[&str]) -> Result<(), Reason> {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let extra = u32::try_from(only_here.len()).unwrap();
        let anonymous = Anonymous {
            status: 200,
            shared: words,
            extra,
            only_here: list(only_here),
            only_there: list(only_there),
            ..Anonymous::default()
        };
        let headers = Some(BTreeMap::from([("cache-control".to_owned(), "no-cache".to_owned())]));
        is_public(&ReadyPage { headers, words, anonymous: Some(anonymous), ..ReadyPage::default() })
    }

    #[test]
    fn the_same_words_without_cookies_are_public() {
        assert_eq!(compared(400, &[], &[]), Ok(()));
        assert_eq!(compared(400, &["12:04", "storm"], &["12:03", "rain"]), Ok(()));
        assert_eq!(compared(400, &[], &["cookies", "accept", "all", "in"]), Ok(()), "a banner for strangers");
    }

    #[test]
    fn other_words_are_one_persons() {
        for (words, only_here, only_there) in [
            (400, &["ann@example.org"] as &[&str], &[] as &[&str]),
            (400, &["hello", "ann"], &[]),
            (400, &["Welcome."], &[]),
            (400, &["ann"], &["sign", "in"]),
            (400, &[], &["login"]),
            (40, &["ann"], &[]),
            (400, &["a", "b", "c", "d", "e", "f", "g", "h", "i"], &[]),
            (1_000_000, &["x"; 21], &[]),
        ] {
            assert_eq!(compared(words, only_here, only_there), Err(Reason::OnlyForYou), "{only_here:?} {only_there:?}");
        }
    }

    #[test]
    fn a_name_beside_a_greeting_is_one_persons_whoever_wrote_the_greeting() {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let with = |beside: &[&str]| {
            let only_here = list(&["alice"]);
            let anonymous = Anonymous {
                status: 200,
                shared: 400,
                extra: 1,
                only_here,
                beside: list(beside),
                ..Anonymous::default()
            };
            is_public(&ReadyPage { words: 400, anonymous: Some(anonymous), ..ReadyPage::default() })
        };
        for beside in [&["hello"] as &[&str], &["news", "welcome", "back"], &["signed", "in", "as"], &["dear"]] {
            assert_eq!(with(beside), Err(Reason::OnlyForYou), "{beside:?}");
        }
        assert_eq!(with(&["storm", "over", "bonn"]), Ok(()));
        // The same for what the site's headers speak of.
        let headers = Some(BTreeMap::from([("cache-control".to_owned(), "public, max-age=60".to_owned())]));
        let said = |beside: &[&str]| ReadyPage {
            headers: headers.clone(),
            words: 400,
            foreign: 1,
            brought_words: list(&["alice"]),
            brought_beside: list(beside),
            ..ReadyPage::default()
        };
        assert_eq!(is_public(&said(&["hello"])), Err(Reason::Unproven));
        assert_eq!(is_public(&said(&["storm"])), Ok(()));
    }

    #[test]
    fn pictures_that_nobody_elses_answer_names_are_one_persons() {
        let with = |pictures, extra_pictures| {
            let anonymous = Anonymous { status: 200, shared: 400, extra_pictures, ..Anonymous::default() };
            is_public(&ReadyPage { words: 400, pictures, anonymous: Some(anonymous), ..ReadyPage::default() })
        };
        assert_eq!(with(9, 0), Ok(()));
        assert_eq!(with(9, 1), Err(Reason::OnlyForYou));
        assert_eq!(with(100, 2), Ok(()), "an advertisement among many");
        let headers = Some(BTreeMap::from([("cache-control".to_owned(), "public, max-age=60".to_owned())]));
        let said = |brought_pictures| ReadyPage {
            headers: headers.clone(),
            words: 400,
            pictures: 10,
            brought_pictures,
            ..ReadyPage::default()
        };
        assert_eq!(is_public(&said(1)), Ok(()));
        assert_eq!(is_public(&said(2)), Err(Reason::Unproven));
    }

    #[test]
    fn another_answer_is_one_persons_and_no_answer_proves_nothing() {
        let answered = |status| {
            let anonymous = Some(Anonymous { status, shared: 400, ..Anonymous::default() });
            is_public(&ReadyPage { words: 400, anonymous, ..ReadyPage::default() })
        };
        assert_eq!(answered(200), Ok(()));
        assert_eq!(answered(0), Err(Reason::Unproven));
        for status in [302, 401, 403, 404, 503] {
            assert_eq!(answered(status), Err(Reason::OnlyForYou), "{status}");
        }
        assert_eq!(compared(4, &[], &[]), Err(Reason::Unproven), "there is nothing to compare");
        assert_eq!(is_public(&ReadyPage { words: 400, ..ReadyPage::default() }), Err(Reason::Unproven));
    }
}
