//! Secrets in addresses, held against four lists of addresses with labels: `addresses.json`, which the rules were written
//! with; `addresses_held_out.json`, by another hand `addresses_attacker.json`, and `addresses_products.json` with addresses
//! as products make them, which were written before their results were seen. Of the third one's 72 secrets 15 passed then,
//! and 1 of its 121 ordinary addresses was altered; of the last one's 62 secrets 3 passed, and 3 of its 171 ordinary addresses
//! were altered.
#![allow(clippy::unwrap_used, reason = "a list that cannot be read ends the test")]

use detour_model::target::Target;
use proptest::prelude::*;
use serde::Deserialize;

/// Addresses with labels.
#[derive(Debug, Deserialize)]
struct Corpus {
    /// An address, and what of it nobody may see.
    secret: Vec<(String, String)>,
    /// The same, where the rules are known to leave it in.
    #[serde(default)]
    missed: Vec<(String, String)>,
    /// Addresses that anybody may see as they are.
    ordinary: Vec<String>,
    /// Addresses that are ordinary but for what follows clicks: what is shared of them.
    dropped: Vec<(String, String)>,
    /// Ordinary addresses that the rules are known to get wrong.
    exceptions: Vec<String>,
}

fn corpora() -> [(&'static str, Corpus); 4] {
    let read = |text| serde_json::from_str(text).unwrap();
    [
        ("addresses.json", read(include_str!("addresses.json"))),
        ("addresses_held_out.json", read(include_str!("addresses_held_out.json"))),
        ("addresses_attacker.json", read(include_str!("addresses_attacker.json"))),
        ("addresses_products.json", read(include_str!("addresses_products.json"))),
    ]
}

#[test]
fn no_secret_is_shared_or_kept() {
    let mut wrong = Vec::new();
    for (name, corpus) in corpora() {
        assert!(corpus.secret.len() >= 60, "{name}");
        for (url, secret) in &corpus.secret {
            let target = Target::parse(url).unwrap();
            // What stands behind the # was never part of a target.
            let is_gone_already = !target.as_str().contains(secret.as_str());
            assert!(is_gone_already || url.contains(secret.as_str()), "{url} does not hold {secret}");
            if target.shareable().is_ok_and(|shared| shared.contains(secret.as_str())) {
                wrong.push(format!("shared: {url}"));
            }
            if target.is_clean() && !is_gone_already {
                wrong.push(format!("kept: {url}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} mistakes:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_is_missed_is_missed_still() {
    for (name, corpus) in corpora() {
        for (url, secret) in &corpus.missed {
            let target = Target::parse(url).unwrap();
            assert!(target.shareable().is_ok_and(|shared| shared.contains(secret.as_str())), "a secret by now: {url}");
        }
        assert!(corpus.missed.len() * 5 < corpus.secret.len(), "fewer than 1 in 6: {name}");
    }
}

#[test]
fn ordinary_addresses_are_shared_as_they_are_and_may_be_kept() {
    let mut wrong = Vec::new();
    for (name, corpus) in corpora() {
        assert!(corpus.ordinary.len() >= 60, "{name}");
        for url in &corpus.ordinary {
            let target = Target::parse(url).unwrap();
            let shared = target.shareable().unwrap_or_else(|why| why.to_string());
            let is_right = shared == target.as_str() && target.is_clean() && target.is_whole_when_shared();
            if is_right == corpus.exceptions.contains(url) {
                wrong.push(format!("{url} -> {shared}, kept: {}", target.is_clean()));
            }
        }
        assert!(corpus.exceptions.iter().all(|url| corpus.ordinary.contains(url)), "{name}");
        assert!(corpus.exceptions.len() * 50 < corpus.ordinary.len(), "fewer than 2 in 100: {name}");
    }
    assert!(wrong.is_empty(), "{} mistakes:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_follows_clicks_is_dropped_and_the_page_is_still_the_page() {
    for (_, corpus) in corpora() {
        for (url, expected) in &corpus.dropped {
            let target = Target::parse(url).unwrap();
            assert_eq!(target.shareable().as_deref(), Ok(expected.as_str()), "{url}");
            assert!(target.is_clean() && target.is_whole_when_shared(), "{url}");
        }
    }
}

#[test]
fn addresses_of_any_length_are_judged_at_once() {
    let began = std::time::Instant::now();
    for piece in [
        "a",
        "a=1&",
        "a=1;",
        "/a",
        "%25",
        "{",
        "[",
        "eyJ",
        "?a=",
        "https://",
        "a@b.",
        "12-",
        "=",
        "%7B%22a%22%3A",
        "a,b|",
    ] {
        for start in ["", "?", "?x=", ";x="] {
            let url = ["https://example.org/", start, &piece.repeat(2_000_000 / piece.len())].concat();
            let Ok(target) = Target::parse(&url) else { continue };
            let shared = target.shareable();
            assert!(shared.is_err() || shared.is_ok_and(|shared| shared.len() < 20_000), "{piece}");
            let short = ["https://example.org/", start, &piece.repeat(2_000 / piece.len())].concat();
            let _ = Target::parse(&short).unwrap().is_clean();
        }
    }
    // Squares of such lengths would take hours; the rest is for slow machines.
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}

/// Pieces that addresses with secrets are made of.
fn piece() -> impl Strategy<Value = String> {
    let (mut urls, mut words) = (Vec::new(), Vec::new());
    for (_, corpus) in corpora() {
        urls.extend(corpus.ordinary);
        urls.extend(corpus.secret.into_iter().map(|(url, _)| url));
    }
    for url in urls {
        words.extend(url.split(['/', '?', '&', '=', ';']).map(str::to_owned));
    }
    prop_oneof![
        4 => prop::sample::select(words),
        2 => "[/?&=;,.:@#%+~|-]",
        1 => "%[0-9A-Fa-f]{2}",
        1 => "\\PC{0,6}",
        1 => "[A-Za-z0-9_-]{0,40}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Whatever is shared is clean, and sharing it again changes nothing.
    #[test]
    fn what_is_shared_has_no_more_secrets(pieces in prop::collection::vec(piece(), 0..14), glue in "[/?&=;]") {
        let url = format!("https://www.example.org/{}", pieces.join(&glue));
        let Ok(target) = Target::parse(&url) else { return Ok(()) };
        let Ok(shared) = target.shareable() else { return Ok(()) };
        let again = Target::parse(&shared).unwrap();
        prop_assert!(again.is_clean(), "{} -> {}", target.as_str(), shared);
        prop_assert_eq!(again.shareable(), Ok(shared.clone()));
        prop_assert_eq!(again.as_str(), shared.as_str());
        if target.is_clean() {
            prop_assert!(target.is_whole_when_shared());
        }
    }
}
