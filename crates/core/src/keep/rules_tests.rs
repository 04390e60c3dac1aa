//! The rules, as data.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::keep::Anonymous;

const URL: &str = "https://news.example.com/story";

fn visited() -> Settings {
    Settings { keep: Keeping::Visited, ..Settings::default() }
}

/// An ordinary page of a news site.
fn page() -> ReadyPage {
    ReadyPage {
        url: URL.into(),
        title: "A story".into(),
        status: 200,
        media_type: "text/html".into(),
        headers: Some(headers(&[("cache-control", "max-age=60, public"), ("vary", "Accept-Encoding, User-Agent")])),
        ..ReadyPage::default()
    }
}

fn headers(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

#[test]
fn ordinary_pages_are_kept_when_the_user_chose_so() {
    assert_eq!(may_keep(&page(), &visited()), Ok(()));
    for ordinary in [
        &[] as &[(&str, &str)],
        &[("cache-control", "no-cache")],
        &[("cache-control", "max-age=0, must-revalidate")],
        &[("vary", "accept-encoding")],
        &[("x-robots-tag", "noarchive")],
        &[("pragma", "no-cache"), ("expires", "0")],
    ] {
        let page = ReadyPage { headers: Some(headers(ordinary)), ..page() };
        assert_eq!(may_keep(&page, &visited()), Err(Reason::Unproven), "{ordinary:?}");
        let anonymous = |status| Some(Anonymous { status, shared: 99, ..Anonymous::default() });
        let page = ReadyPage { words: 99, anonymous: anonymous(200), ..page };
        assert_eq!(may_keep(&page, &visited()), Ok(()), "{ordinary:?}");
        let page = ReadyPage { anonymous: anonymous(302), ..page };
        assert_eq!(may_keep(&page, &visited()), Err(Reason::OnlyForYou), "{ordinary:?}");
    }
}

#[test]
fn a_pin_is_no_proof_that_a_page_is_public() {
    let settings = Settings { keep: Keeping::Pinned, pinned: vec![URL.into()], ..Settings::default() };
    let page = ReadyPage { headers: Some(headers(&[("cache-control", "no-cache")])), ..page() };
    assert_eq!(may_keep(&page, &settings), Err(Reason::Unproven));
}

#[test]
fn which_pages_are_kept_is_the_users_choice() {
    let kept = |keep, pinned: &[&str]| {
        let pinned = pinned.iter().map(|page| (*page).into()).collect();
        may_keep(&page(), &Settings { keep, pinned, ..Settings::default() })
    };
    assert_eq!(kept(Keeping::Unasked, &[URL]), Err(Reason::NotChosen));
    assert_eq!(kept(Keeping::Off, &[URL]), Err(Reason::NotChosen));
    assert_eq!(kept(Keeping::Pinned, &[]), Err(Reason::NotPinned));
    assert_eq!(kept(Keeping::Pinned, &["https://news.example.com"]), Err(Reason::NotPinned));
    assert_eq!(kept(Keeping::Pinned, &[URL]), Ok(()));
    assert_eq!(kept(Keeping::Visited, &[]), Ok(()));
}

#[test]
fn addresses_that_are_nobodys_business_are_not_kept() {
    let settings =
        Settings { keep_never: vec!["https://Bank.example.org/".into(), "*.clinic.net".into()], ..visited() };
    for (url, expected) in [
        (URL, Ok(())),
        ("https://news.example.com/story#comments", Ok(())),
        ("https://news.example.com/?page=2", Ok(())),
        ("https://fd.io/", Ok(())),
        ("https://archive.org/about", Ok(())),
        ("https://mybank.example.org.evil.com/", Ok(())),
        ("https://notbank.example.org.uk/", Ok(())),
        ("chrome://settings/", Err(Reason::NotWeb)),
        ("about:blank", Err(Reason::NotWeb)),
        ("file:///home/me/diary.html", Err(Reason::NotWeb)),
        ("", Err(Reason::NotWeb)),
        ("http://intranet/", Err(Reason::PrivateNetwork)),
        ("http://192.168.1.1/", Err(Reason::PrivateNetwork)),
        ("http://[::1]:8080/", Err(Reason::PrivateNetwork)),
        ("http://abcdef.onion/", Err(Reason::NotWeb)),
        ("https://me:pw@news.example.com/", Err(Reason::SignedIn)),
        ("https://me@news.example.com/", Err(Reason::SignedIn)),
        ("https://web.archive.org/web/2024/https://example.com/", Err(Reason::Archive)),
        ("https://www.webarchive.org.uk/x", Err(Reason::Archive)),
        ("https://archive.ph/abcde", Err(Reason::Archive)),
        ("https://bank.example.org/", Err(Reason::Excluded)),
        ("https://www.BANK.example.org./offers", Err(Reason::Excluded)),
        ("https://clinic.net/", Err(Reason::Excluded)),
        ("https://a.b.clinic.net/", Err(Reason::Excluded)),
        ("https://news.example.com/?token=abc", Err(Reason::Secret)),
        ("https://news.example.com/?mail=me@example.com", Err(Reason::Secret)),
    ] {
        assert_eq!(may_keep_url(url, &settings), expected, "{url}");
        assert_eq!(may_keep(&ReadyPage { url: url.into(), ..page() }, &settings), expected, "{url}");
    }
    let long = format!("https://news.example.com/{}", "a/".repeat(MAX_URL));
    assert_eq!(may_keep_url(&long, &settings), Err(Reason::Secret));
}

#[test]
fn a_pin_obeys_every_rule_but_the_choice() {
    let url = "https://me:pw@news.example.com/";
    let settings = Settings { keep: Keeping::Pinned, pinned: vec![page_key(url)], ..Settings::default() };
    assert_eq!(may_keep(&ReadyPage { url: url.into(), ..page() }, &settings), Err(Reason::SignedIn));
    let settings = Settings { keep: Keeping::Pinned, pinned: vec![URL.into()], ..Settings::default() };
    assert_eq!(may_keep(&ReadyPage { has_password: true, ..page() }, &settings), Err(Reason::Password));
    assert_eq!(may_keep_url(URL, &Settings::default()), Ok(()), "an address is judged before anything was chosen");
}

#[test]
fn pages_that_may_be_somebodys_own_are_not_kept() {
    let with = |change: fn(&mut ReadyPage)| {
        let mut page = page();
        change(&mut page);
        may_keep(&page, &visited())
    };
    assert_eq!(with(|page| page.has_password = true), Err(Reason::Password));
    assert_eq!(with(|page| page.has_sign_out = true), Err(Reason::SignOut));
    assert_eq!(with(|page| page.from_form = true), Err(Reason::Form));
    assert_eq!(with(|page| page.headers = None), Err(Reason::NoStore));
    assert_eq!(with(|page| page.status = 404), Err(Reason::NotFine));
    assert_eq!(with(|page| page.status = 0), Err(Reason::NotFine));
    assert_eq!(with(|page| page.media_type = "application/pdf".into()), Err(Reason::NotHtml));
    for (name, value, reason) in [
        ("cache-control", "no-store", Reason::NoStore),
        ("cache-control", "max-age=0,No-Store , must-revalidate", Reason::NoStore),
        ("cache-control", "private, max-age=60", Reason::Private),
        ("cache-control", "public, PRIVATE=\"set-cookie\"", Reason::Private),
        ("vary", "Accept-Encoding, Cookie", Reason::Personal),
        ("vary", "authorization", Reason::Personal),
        ("vary", "*", Reason::Personal),
        ("www-authenticate", "Basic realm=\"x\"", Reason::SignedIn),
        ("authentication-info", "nextnonce=\"x\"", Reason::SignedIn),
    ] {
        let page = ReadyPage { headers: Some(headers(&[(name, value)])), ..page() };
        assert_eq!(may_keep(&page, &visited()), Err(reason), "{name}: {value}");
    }
}

#[test]
fn what_is_kept_beside_the_page_is_public_and_bounded() {
    let page = ReadyPage {
        url: format!("{URL}#part"),
        title: "x".repeat(1_000),
        canonical: Some("https://news.example.com/story?session=1".into()),
        alternates: vec!["http://10.0.0.1/".into(), "https://m.news.example.com/story".into(), "nonsense".into()],
        feeds: (0..100).map(|nth| format!("https://news.example.com/feed/{nth}")).collect(),
        onion: Some("https://example.com/".into()),
        headers: Some(headers(&[("onion-location", "http://news.onion/story"), ("cache-control", "public")])),
        ..page()
    };
    let settings = Settings { quota_mb: 7, ..visited() };
    let kept = keep_of(&page, &settings, Millis(5)).unwrap();
    assert_eq!((kept.url.as_str(), kept.at, kept.quota, kept.pinned), (URL, Millis(5), 7_000_000, false));
    assert_eq!(kept.title.len(), MAX_TITLE);
    assert_eq!(kept.known.canonical, None);
    assert_eq!(kept.known.alternates, ["https://m.news.example.com/story"]);
    assert_eq!(kept.known.feeds.len(), MAX_OTHERS);
    assert_eq!(kept.known.onion.as_deref(), Some("http://news.onion/story"));
}

fn hosts() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,8}(\\.[a-z]{1,8}){0,3}", "[0-9]{1,3}(\\.[0-9]{1,3}){3}", "\\[[0-9a-f:]{2,20}\\]"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever comes: what is kept is a public address without userinfo, fragment and secrets, below no excluded host.
    #[test]
    fn nothing_private_is_ever_kept(
        scheme in "https?|ftp|file|about", user in "([a-z]{1,4}(:[a-z]{1,4})?@)?", host in hosts(),
        path in "(/[ -~]{0,12})?", never in "[a-z.*:/]{0,12}", status in prop_oneof![Just(200u16), any::<u16>()],
        has_password: bool, has_sign_out: bool, from_form: bool,
        said in proptest::option::of(proptest::collection::btree_map("vary|cache-control|pragma", "private|no-store|cookie|max-age=1|[ -~]{0,9}", 0..3)),
    ) {
        let url = format!("{scheme}://{user}{host}{path}");
        let settings = Settings { keep_never: vec![never.clone()], ..visited() };
        let page = ReadyPage { url: url.clone(), status, has_password, has_sign_out, from_form, headers: said.clone(), ..page() };
        let Ok(kept) = keep_of(&page, &settings, Millis(1)) else { return Ok(()) };
        prop_assert!(!has_password && !has_sign_out && !from_form && status == 200 && user.is_empty());
        prop_assert!(said.is_some_and(|said| said.get("cache-control").is_none_or(|value| value != "private" && value != "no-store")));
        let target = Target::parse(&kept.url).unwrap();
        prop_assert!(target.is_clean() && target.as_str() == kept.url);
        prop_assert!(!kept.url.contains('#') && !kept.url.contains('@') || kept.url.split('?').next().unwrap_or_default().contains('@'));
        prop_assert!(never.is_empty() || target.host() != never);
        prop_assert_eq!(may_keep_url(&url, &settings), Ok(()));
    }
}
