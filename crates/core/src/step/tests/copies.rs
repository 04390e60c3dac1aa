//! Copies of a failing page: this computer's own at once, others' after a click.

use super::*;
use crate::copies::Source;
use crate::keep::{Kept, Known};
use crate::view::{CopiesView, tab_view};

/// The requests that are out, with their addresses.
fn asked(story: &Story) -> Vec<(LookUpId, String)> {
    let look_up = |effect: &Effect| {
        if let Effect::LookUpCopies { id, request, .. } = effect { Some((*id, request.url.clone())) } else { None }
    };
    story.effects.iter().filter_map(look_up).collect()
}

/// The number of the request whose address holds these words.
fn id_of(story: &Story, words: &str) -> LookUpId {
    asked(story)
        .into_iter()
        .find(|(_, url)| url.contains(words))
        .unwrap_or_else(|| panic!("{words}: {:?}", asked(story)))
        .0
}

fn reply(url: &str, body: &str) -> ArchiveReply {
    let headers = BTreeMap::from([("content-type".to_owned(), "text/html".to_owned())]);
    ArchiveReply::Answered { status: 200, url: url.into(), headers, body: body.into() }
}

fn kept(id: &str, url: &str, at: u64) -> Kept {
    let title = format!("The title of {id}");
    Kept {
        id: id.into(),
        url: url.into(),
        title,
        at: Millis(at),
        parts: 12,
        lost: 0,
        imported: false,
        known: Known::default(),
    }
}

#[test]
fn what_a_file_says_comes_last_and_proves_nothing() {
    let mut story = Story::default();
    story.status(503, false, "");
    let known = Known { canonical: Some("https://www.theguardian.com/evil".into()), ..Known::default() };
    let imported = Kept { imported: true, known, ..kept("file", URL, 99) };
    story.on(Event::ShelfReplied { tab: TAB, url: URL.into(), kept: vec![imported.clone()] });
    assert_ne!(story.icon(), Some(Icon::Copy), "no copy of one's own");
    let copies = &story.state.tabs[&TAB].copies;
    assert_eq!((&copies.known, copies.title.as_str()), (&Known::default(), ""));
    let own = kept("own", URL, 1);
    story.on(Event::ShelfReplied { tab: TAB, url: URL.into(), kept: vec![imported, own] });
    assert_eq!(story.icon(), Some(Icon::Copy));
    let copies = &story.state.tabs[&TAB].copies;
    assert_eq!(copies.title, "The title of own");
    let sources: Vec<&Source> = copies.offers(None).into_iter().map(|offer| &offer.source).collect();
    assert_eq!(sources, [&Source::Kept("own".into()), &Source::Kept("file".into())]);
    let CopiesView::NotAsked { offers, .. } = view(&story) else { panic!("{:?}", view(&story)) };
    let said: Vec<&str> = offers.iter().map(|offer| offer.source.key.as_ref()).collect();
    assert_eq!(said, ["source_kept", "source_imported"]);
}

fn view(story: &Story) -> CopiesView {
    tab_view(&story.state, TAB, Millis(story.now)).copies
}

#[test]
fn copies_are_asked_for_after_a_click_and_only_offered_ones_open() {
    CLICKED.with(|clicked| clicked.set(true));
    let mut story = Story::default();
    story.status(503, false, "");
    assert!(asked(&story).is_empty());
    story.on(Event::FindCopiesClicked { tab: TAB });
    let archives = asked(&story).iter().filter(|(_, url)| !url.contains("theguardian.com/")).count();
    assert_eq!(archives, 1, "one archive is asked first: {:?}", asked(&story));
    let rows = format!(r#"[["timestamp","original"],["20210608094700","{URL}"]]"#);
    let id = id_of(&story, "/cdx/");
    story.on(Event::ArchiveReplied { tab: TAB, id, reply: reply("https://web.archive.org/cdx", &rows) });
    assert_ne!(story.icon(), Some(Icon::Copy), "not before it was looked into");
    let id = id_of(&story, "id_/");
    let at = format!("https://web.archive.org/web/20210608094700id_/{URL}");
    story.on(Event::ArchiveReplied { tab: TAB, id, reply: reply(&at, "<title>News</title>") });
    assert_eq!(story.icon(), Some(Icon::Copy));
    story.on(Event::CopyClicked { tab: TAB, url: "https://evil.example.net/".into() });
    assert!(!story.ordered(|effect| matches!(effect, Effect::Navigate { .. })));
    let copy = format!("https://web.archive.org/web/20210608094700/{URL}");
    story.on(Event::CopyClicked { tab: TAB, url: copy.clone() });
    assert!(story.ordered(|effect| *effect == Effect::Navigate { tab: TAB, url: copy.clone() }));
    CLICKED.with(|clicked| clicked.set(false));
}

#[test]
fn this_computers_copies_are_offered_at_once_and_nobody_is_asked() {
    let mut story = Story::default();
    story.status(503, false, "");
    assert!(story.ordered(|effect| *effect == Effect::LookOnShelf { tab: TAB, url: URL.into() }));
    let shelf = [
        kept("old", "https://www.theguardian.com/uk/", 5),
        kept("new", URL, 9),
        kept("front", "https://www.theguardian.com/", 99),
        kept("stranger", "https://www.bbc.co.uk/uk", 99),
    ];
    story.on(Event::ShelfReplied { tab: TAB, url: URL.into(), kept: shelf.to_vec() });
    let CopiesView::NotAsked { offers, .. } = view(&story) else { panic!("{:?}", view(&story)) };
    let urls: Vec<&str> = offers.iter().map(|offer| offer.url.as_str()).collect();
    assert_eq!(urls, ["kept:new", "kept:old", "kept:front"]);
    assert_eq!(offers[2].lacks[0].args, ["The title of front"]);
    assert_eq!(story.icon(), Some(Icon::Copy));
    assert!(asked(&story).is_empty());
    story.on(Event::CopyClicked { tab: TAB, url: "kept:new".into() });
    assert!(story.ordered(|effect| *effect == Effect::ShowKept { tab: TAB, id: "new".into() }));
}

#[test]
fn another_page_of_the_site_is_no_copy_of_this_one_for_the_badge() {
    let mut story = Story::default();
    story.status(503, false, "");
    let front = kept("front", "https://www.theguardian.com/", 99);
    story.on(Event::ShelfReplied { tab: TAB, url: URL.into(), kept: vec![front] });
    assert_ne!(story.icon(), Some(Icon::Copy));
    // What the shelf has of a page that was here before is nothing to this one.
    story.on(Event::ShelfReplied { tab: TAB, url: "https://www.bbc.co.uk/".into(), kept: Vec::new() });
    assert_eq!(story.state.tabs[&TAB].copies.local.len(), 1);
}

#[test]
fn a_mirror_on_the_cdn_that_turns_out_to_fail_is_taken_back() {
    CLICKED.with(|clicked| clicked.set(true));
    let mut story = Story::default();
    story.refused();
    let known = Known { canonical: Some("https://amp.theguardian.com/uk".into()), ..Known::default() };
    let page = Kept { known, ..kept("new", URL, 9) };
    story.on(Event::ShelfReplied { tab: TAB, url: URL.into(), kept: vec![page] });
    story.on(Event::FindCopiesClicked { tab: TAB });
    let id = id_of(&story, "amp.theguardian.com");
    let headers = BTreeMap::from([("x-served-by".to_owned(), "cache-lhr7321-LHR".to_owned())]);
    let body = "<title>The title of new</title>".to_owned();
    let url = "https://amp.theguardian.com/uk".to_owned();
    let mirror = ArchiveReply::Answered { status: 200, url, headers: headers.clone(), body };
    story.on(Event::ArchiveReplied { tab: TAB, id, reply: mirror });
    let has_mirror = |story: &Story| {
        let (tab, outage) = story.state.failing(TAB).unwrap();
        let cdn = crate::copies::failing_cdn(None, &outage.seen);
        let found = tab.copies.offers(cdn.as_deref());
        found.iter().any(|offer| matches!(offer.source, Source::Mirror { .. }))
    };
    assert!(has_mirror(&story));
    story.asked_again(Outcome::Answered(Answer { status: 503, headers, body: String::new() }));
    assert!(!has_mirror(&story));
    CLICKED.with(|clicked| clicked.set(false));
}

#[test]
fn a_worker_that_died_while_archives_were_asked_asks_them_again() {
    CLICKED.with(|clicked| clicked.set(true));
    let mut story = Story::default();
    story.status(503, false, "");
    story.on(Event::FindCopiesClicked { tab: TAB });
    let before = asked(&story).len();
    story.on(Event::Started { version: "0.1.0".into() });
    assert!(before > 0 && asked(&story).len() == before, "{:?}", asked(&story));
    assert!(story.ordered(|effect| *effect == Effect::LookOnShelf { tab: TAB, url: URL.into() }));
    CLICKED.with(|clicked| clicked.set(false));
}

#[test]
fn a_page_of_an_archive_and_a_secret_are_looked_up_nowhere() {
    for (url, key) in [
        ("https://web.archive.org/web/2021/https://www.theguardian.com/uk", "unshareable_archive"),
        ("https://example-site.com/eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "unshareable_secrets"),
    ] {
        let mut story = Story::default();
        story.on(Event::StatusSeen {
            tab: TAB,
            page: at(url),
            status: 503,
            by_service_worker: false,
            title: String::new(),
            html: String::new(),
        });
        story.on(Event::FindCopiesClicked { tab: TAB });
        assert!(asked(&story).is_empty(), "{url}");
        let CopiesView::NotAskable { why, .. } = view(&story) else { panic!("{:?}", view(&story)) };
        assert_eq!(why.key, key);
    }
}
