//! What the pages show of watches, and of pages that are not kept.

use super::world::{MINUTE, SECOND, World, fastly};
use super::*;
use crate::incident::MOST_WATCHED;
use crate::keep::Reason;
use crate::settings::{Keeping, Settings};
use crate::view::{Text, WatchView, board_view, tab_view};

const PAGE: &str = "https://www.theguardian.com/uk";

/// A site that fails for its first 20 minutes.
fn one(_: &str, at: u64) -> Outcome {
    if at < 20 * MINUTE { fastly(503, "LHR") } else { fastly(200, "LHR") }
}

fn shown(world: &World) -> WatchView {
    tab_view(&world.state, TAB, world.clock()).watch
}

fn click(world: &mut World, on: bool) {
    world.tell(Event::WatchClicked { page: at(PAGE), on });
}

#[test]
fn telling_when_it_is_back_is_offered_while_it_fails_and_can_be_taken_back() {
    let mut world = World::new(one);
    assert_eq!(shown(&world), WatchView::NotNeeded, "it is fine");
    world.visit(TAB, PAGE);
    world.run_until(MINUTE);
    assert_eq!(shown(&world), WatchView::Offered);
    click(&mut world, true);
    assert_eq!(shown(&world), WatchView::Asked);
    click(&mut world, false);
    assert_eq!(shown(&world), WatchView::Offered);
    world.run_until(25 * MINUTE);
    assert_eq!(shown(&world), WatchView::NotNeeded, "it is back");
}

#[test]
fn the_headline_says_what_is_so_now() {
    let mut world = World::new(one);
    let headline = |world: &World| tab_view(&world.state, TAB, world.clock()).headline;
    let site = ["theguardian.com"];
    world.visit(TAB, PAGE);
    world.run_until(MINUTE);
    assert_eq!(headline(&world), Text::with("headline_status", ["theguardian.com", "503"]));
    let mut said = Vec::new();
    for minute in 20..40 {
        world.run_until(minute * MINUTE);
        said.push(headline(&world));
    }
    said.dedup();
    let keys = ["headline_status", "headline_recovering", "headline_back"];
    let expected = keys.map(|key| match key {
        "headline_status" => Text::with(key, ["theguardian.com", "503"]),
        _ => Text::with(key, site),
    });
    assert_eq!(said, expected);
}

#[test]
fn a_watch_that_cannot_be_taken_on_is_not_offered() {
    let mut world = World::new(one);
    for nth in 0..MOST_WATCHED {
        assert!(!board_view(&world.state, world.clock()).watches_full);
        world.tell(Event::WatchClicked { page: at(format!("https://site-{nth}.example.org/")), on: true });
    }
    world.visit(TAB, PAGE);
    world.run_until(2 * MINUTE);
    assert_eq!(shown(&world), WatchView::Full);
    assert!(board_view(&world.state, world.clock()).watches_full);
    world.tell(Event::WatchClicked { page: at("https://site-7.example.org/"), on: false });
    assert_eq!(shown(&world), WatchView::Offered);
}

#[test]
fn who_wants_to_hear_nothing_learns_that_a_watch_will_be_silent() {
    let muted = Settings { muted: vec!["theguardian.com".into()], ..Settings::default() };
    let off = Settings { notify_back: false, ..Settings::default() };
    for (settings, is_silent) in [(muted, true), (off, true), (Settings::default(), false)] {
        let mut world = World::with(one, settings);
        let is_noted = |world: &World| {
            let view = tab_view(&world.state, TAB, world.clock());
            view.notes.contains(&Text::of("note_watch_silent"))
        };
        world.visit(TAB, PAGE);
        world.run_until(MINUTE);
        assert!(!is_noted(&world), "nobody asked yet");
        click(&mut world, true);
        assert_eq!(is_noted(&world), is_silent);
    }
}

#[test]
fn the_board_ends_a_watch_of_another_page_than_the_one_that_failed_first() {
    let mut world = World::new(one);
    world.visit(TAB, "https://www.theguardian.com/sport");
    world.run_until(MINUTE);
    click(&mut world, true);
    world.run_until(2 * MINUTE);
    let board = board_view(&world.state, world.clock());
    let site = &board.groups[0].sites[0];
    assert!(site.watched);
    world.tell(Event::WatchClicked { page: at(&site.url), on: false });
    assert!(!board_view(&world.state, world.clock()).groups[0].sites[0].watched);
}

#[test]
fn each_state_has_a_badge_and_a_shape_of_its_own() {
    let mut world = World::new(one);
    let mut signs = Vec::new();
    let mut note = |world: &World| {
        let sign = world.badges.get(&TAB).map(|badge| (badge.text.clone(), badge.icon));
        if sign.is_some() && signs.last() != sign.as_ref() {
            signs.extend(sign);
        }
    };
    world.tell(Event::StatusSeen {
        tab: TAB,
        page: at(PAGE),
        status: 503,
        by_service_worker: false,
        title: String::new(),
        html: String::new(),
    });
    note(&world);
    for second in 1..30 * 60 {
        world.run_until(second * SECOND);
        note(&world);
    }
    let expected = [("…", Icon::Checking), ("!", Icon::Failing), ("~", Icon::Flickering), ("✓", Icon::Back)];
    assert_eq!(signs, expected.map(|(text, icon)| (text.to_owned(), icon)));
}

#[test]
fn why_a_page_is_not_kept_is_shown_where_the_user_chose_that_pages_are() {
    let url = "https://news.example.com/story";
    let page = ReadyPage {
        url: url.into(),
        status: 200,
        media_type: "text/html".into(),
        has_password: true,
        headers: Some(BTreeMap::new()),
        ..ReadyPage::default()
    };
    for (keep, why) in [
        (Keeping::Visited, Some(Reason::Password.key())),
        (Keeping::Pinned, None), // it is none of those, which says it all
        (Keeping::Off, None),
        (Keeping::Unasked, None),
    ] {
        let mut world = World::with(one, Settings { keep, ..Settings::default() });
        world.tell(Event::PageReady { tab: TAB, page: page.clone() });
        let view = |tab| tab_view(&world.state, tab, world.clock()).not_kept;
        assert_eq!(view(TAB).map(|refused| refused.why.key), why.map(str::to_owned), "{keep:?}");
        assert_eq!(view(TAB).map(|refused| refused.page), why.map(|_| url.to_owned()));
        assert_eq!(view(TabId(99)), None);
    }
}

#[test]
fn a_tab_is_drawn_only_while_a_page_shows_it() {
    let mut story = Story::default();
    let drawn = |story: &Story| story.ordered(|effect| matches!(effect, Effect::ShowView { tab: TAB, .. }));
    story.status(503, false, "");
    assert!(!drawn(&story), "nobody looks");
    story.on(Event::ViewWanted { tab: TAB });
    assert!(drawn(&story));
    story.asked_again(Outcome::Failed(Failure::TcpRefused));
    assert!(drawn(&story), "it changed");
    story.on(Event::ViewClosed { tab: TAB }).on(Event::LookCloserClicked { tab: TAB });
    story.host(Reply::Hello { protocol: PROTOCOL, version: "1".into() }).on(Event::TabClosed { tab: TAB });
    assert!(!drawn(&story));
    let copy = serde_json::to_string(&story.state).unwrap();
    assert!(!copy.contains("shown"), "pages connect anew to a worker that starts");
}
