//! A site fails, not a tab: what tabs of one site share.

use super::world::{MINUTE, SECOND, World, fastly};
use super::*;
use crate::outage::SiteKey;

const SITE: &str = "https://www.theguardian.com";

fn down(_: &str, _: u64) -> Outcome {
    fastly(503, "LHR")
}

/// A site that fails for its first ten minutes.
fn ten_minutes(_: &str, at: u64) -> Outcome {
    if at < 10 * MINUTE { fastly(503, "LHR") } else { fastly(200, "LHR") }
}

fn page(nth: i64) -> String {
    format!("{SITE}/{nth}")
}

fn key(url: &str) -> SiteKey {
    SiteKey::of_site(&Target::parse(url).unwrap())
}

#[test]
fn ten_tabs_of_one_site_are_one_check_and_one_verdict() {
    let mut story = Story { now: 1_623_145_620_000, ..Story::default() };
    let mut checks = 0;
    for nth in 0..10 {
        let url = page(nth % 3);
        let (title, html) = (String::new(), String::new());
        story.on(Event::StatusSeen {
            tab: TabId(nth),
            page: at(&url),
            status: 503,
            by_service_worker: false,
            title,
            html,
        });
        checks += story
            .effects
            .iter()
            .filter(|effect| matches!(effect, Effect::AskHost { request: Request::Check { .. } }))
            .count();
        assert!(story.badges[&TabId(nth)].is_some(), "its badge comes in its own turn");
    }
    assert_eq!((checks, story.state.outages.len(), story.state.tabs.len()), (1, 1, 10));
    let id = story.outage(TabId(0)).check_id().unwrap();
    story.host(Reply::Observed { id, observation: seen(Vantage::Host, answered(503)) });
    story.host(Reply::Finished { id, timed_out: false });
    story.on(Event::AskedAgain { page: at(page(0)), observation: seen(Vantage::Browser, answered(503)) });
    let badges: Vec<_> = (0..10).map(|nth| story.badges[&TabId(nth)].clone().map(|badge| badge.icon)).collect();
    assert_eq!(badges, [Some(Icon::Failing); 10]);
}

#[test]
fn each_page_of_a_site_is_asked_for_once_while_it_is_checked() {
    let mut world = World::new(down);
    for nth in 0..6 {
        world.visit(TabId(nth), &page(nth % 2));
    }
    let asked: Vec<&String> = world.asked.iter().map(|(_, url)| url).collect();
    assert_eq!(asked, [&page(0), &page(1)]);
}

#[test]
fn a_verdict_that_explains_a_new_failure_stands_and_one_that_does_not_goes() {
    let mut world = World::new(ten_minutes);
    world.visit(TabId(1), &page(1));
    world.run_until(MINUTE);
    let shown = |world: &World, tab| world.badges.get(&TabId(tab)).map(|badge| badge.icon);
    world.visit(TabId(2), &page(2));
    assert_eq!((shown(&world, 1), shown(&world, 2)), (Some(Icon::Failing), Some(Icon::Failing)));
    // It is looked at again at once, on the second page's behalf as well.
    let before = world.asked.len();
    world.run_until(world.now + SECOND);
    assert_eq!(world.asked.len(), before + 1);
    // The same site without any answer is news.
    let error = "net::ERR_CONNECTION_REFUSED".to_owned();
    world.tell(Event::NavigationFailed {
        tab: TabId(3),
        page: at(page(3)),
        failure: Failure::from_engine(&error),
        online: true,
    });
    assert_eq!((shown(&world, 1), shown(&world, 3)), (Some(Icon::Checking), Some(Icon::Checking)));
    // So is a failure after it was called back.
    world.run_until(20 * MINUTE);
    assert_eq!(shown(&world, 1), Some(Icon::Back));
    world.plan = down;
    world.visit(TabId(2), &page(2));
    assert_eq!(shown(&world, 2), Some(Icon::Checking));
    world.run_until(world.now + 30 * SECOND);
    assert_eq!((shown(&world, 1), shown(&world, 2)), (Some(Icon::Failing), Some(Icon::Failing)));
}

#[test]
fn an_outage_lasts_as_long_as_a_tab_shows_it_or_a_page_of_it_is_watched() {
    let mut world = World::new(down);
    for nth in 1..=3 {
        world.visit(TabId(nth), &page(nth));
    }
    world.run_until(MINUTE);
    let pages = |world: &World| -> Vec<String> {
        let outage = world.state.outages.get(&key(SITE));
        outage.map(|outage| outage.pages.iter().map(|page| page.as_str().to_owned()).collect()).unwrap_or_default()
    };
    world.tell(Event::WatchClicked { page: at(page(2)), on: true });
    world.tell(Event::TabClosed { tab: TabId(1) });
    assert_eq!(pages(&world), [page(2), page(3)], "nobody has the first page open");
    world.tell(Event::TabClosed { tab: TabId(2) });
    world.tell(Event::TabClosed { tab: TabId(3) });
    assert_eq!(pages(&world), [page(2)]);
    world.tell(Event::WatchClicked { page: at(page(2)), on: false });
    assert!(world.state.outages.is_empty() && world.state.checks.is_empty());
}

#[test]
fn a_doubted_page_says_nothing_of_its_site_and_joins_it_when_it_fails_for_sure() {
    let mut story = Story { now: 1_623_145_620_000, ..Story::default() };
    story.on(Event::HostLost { error: "not found".into() });
    story.status(503, false, "").asked_again(answered(503));
    let verdict = story.outage(TAB).verdict().cloned();
    let other = TabId(8);
    let empty = |story: &mut Story| {
        let error = "net::ERR_HTTP_RESPONSE_CODE_FAILURE".to_owned();
        story.on(Event::NavigationFailed {
            tab: other,
            page: at(page(8)),
            failure: Failure::from_engine(&error),
            online: true,
        });
    };
    let again = |status| Event::AskedAgain { page: at(page(8)), observation: seen(Vantage::Browser, answered(status)) };
    empty(&mut story);
    assert!(story.outage(other).is_doubted() && !story.badges.contains_key(&other));
    story.on(again(404));
    assert_eq!((story.state.outages.len(), story.outage(TAB).verdict().cloned()), (1, verdict), "a missing page");
    empty(&mut story);
    story.on(again(503));
    assert_eq!((story.state.outages.len(), story.state.tabs[&other].outage == key(SITE)), (1, true));
}

#[test]
fn where_the_browser_cannot_ask_a_doubted_page_the_host_decides() {
    let in_vain = || Event::AskedInVain { page: at(URL) };
    for (outcomes, is_outage) in [
        (vec![Outcome::Failed(Failure::TcpRefused)], true),
        (vec![answered(503)], true),
        (vec![Outcome::Failed(Failure::TcpRefused), answered(200)], false),
        (vec![], false),
    ] {
        let mut story = Story::default();
        story.fails("net::ERR_HTTP_RESPONSE_CODE_FAILURE").on(in_vain());
        let Phase::Doubted { check: Some(id), .. } = story.outage(TAB).phase else { panic!("the host was not asked") };
        for outcome in &outcomes {
            story.host(Reply::Observed { id, observation: seen(Vantage::Host, outcome.clone()) });
            assert_eq!(story.icon(), None, "said before all was known");
        }
        story.host(Reply::Finished { id, timed_out: false });
        assert_eq!(story.icon().is_some(), is_outage, "{outcomes:?}");
        assert_eq!(story.state.outages.is_empty(), !is_outage, "{outcomes:?}");
    }
    let mut alone = Story::default();
    alone.on(Event::HostLost { error: "not found".into() });
    alone.fails("net::ERR_HTTP_RESPONSE_CODE_FAILURE").on(in_vain());
    assert!(alone.state.outages.is_empty(), "nobody can tell, so nothing is said");
}

#[test]
fn a_request_that_the_browser_may_have_refused_itself_says_nothing_of_the_site() {
    let mut story = Story::default();
    story.on(Event::HostLost { error: "not found".into() });
    story.status(503, false, "").on(Event::AskedInVain { page: at(URL) });
    assert_eq!(story.fault(), Some(Fault::Server), "the page's own answer stands");
    assert!(story.outage(TAB).seen.is_empty(), "{:?}", story.outage(TAB).seen);
    let mut back = Story { now: 1_623_145_620_000, ..Story::default() };
    back.on(Event::HostLost { error: "not found".into() });
    back.status(503, false, "").asked_again(answered(503));
    for _ in 0..3 {
        back.timer().on(Event::AskedInVain { page: at(URL) });
        assert!(back.outage(TAB).recheck().is_none(), "the look has ended");
        assert_eq!((back.fault(), back.icon()), (Some(Fault::Server), Some(Icon::Failing)));
    }
}

#[test]
fn a_doubted_page_that_fails_for_sure_has_its_copies_looked_for() {
    let mut story = Story::default();
    story.fails("net::ERR_HTTP_RESPONSE_CODE_FAILURE").asked_again(answered(503));
    assert!(story.ordered(|effect| matches!(effect, Effect::LookOnShelf { .. })), "{:?}", story.effects);
}

#[test]
fn a_watch_ends_with_its_outage_also_under_an_open_tab_and_can_be_asked_for_again() {
    let mut world = World::new(ten_minutes);
    world.visit(TabId(1), &page(1));
    world.tell(Event::WatchClicked { page: at(page(1)), on: true });
    world.run_until(60 * MINUTE);
    assert!(world.state.lasting.watched.is_empty() && world.state.outages.len() == 1, "its tab is still open");
    world.tell(Event::WatchClicked { page: at(page(1)), on: true });
    assert!(world.state.outages[&key(SITE)].recovery.due().is_some(), "a watch is looked at");
    world.tell(Event::TabClosed { tab: TabId(1) });
    world.run_until(120 * MINUTE);
    assert!(world.state.outages.is_empty() && world.state.lasting.watched.is_empty());
    assert_eq!(world.titles(), ["notice_back"], "once");
}

#[test]
fn all_watched_pages_of_a_site_outlive_the_browser_and_none_that_is_not() {
    let mut world = World::new(down);
    for nth in 1..=3 {
        world.visit(TabId(nth), &page(nth));
    }
    world.run_until(MINUTE);
    for nth in 1..=2 {
        world.tell(Event::WatchClicked { page: at(page(nth)), on: true });
        world.tell(Event::TabClosed { tab: TabId(nth) });
    }
    let pages = |world: &World| -> Vec<String> {
        world.state.outages[&key(SITE)].pages.iter().map(|page| page.as_str().to_owned()).collect()
    };
    world.restart_browser();
    assert_eq!(pages(&world), [page(1), page(2)]);
    world.visit(TabId(9), &page(3));
    world.tell(Event::WatchClicked { page: at(page(2)), on: false });
    assert_eq!(pages(&world), [page(1), page(3)], "what nobody watches or shows is asked for no more");
    // A page of before the restart is asked for no longer than its hour, whatever else of the site fails.
    let mut world = World::new(down);
    world.visit(TabId(1), &page(1));
    world.run_until(MINUTE);
    world.restart_browser();
    world.visit(TabId(2), &page(2));
    assert_eq!(pages(&world), [page(2)]);
}

#[test]
fn one_pages_good_answer_does_not_call_another_page_well() {
    let mut story = Story { now: 1_623_145_620_000, ..Story::default() };
    story.on(Event::HostLost { error: "not found".into() });
    for nth in 1..=2 {
        let (title, html) = (String::new(), String::new());
        story.on(Event::StatusSeen {
            tab: TabId(nth),
            page: at(page(nth)),
            status: 503,
            by_service_worker: false,
            title,
            html,
        });
    }
    let now = Millis(story.now);
    let says = |nth, status| Event::AskedAgain {
        page: at(page(nth)),
        observation: Observation { at: now, ..seen(Vantage::Browser, answered(status)) },
    };
    story.on(says(2, 200));
    assert!(story.outage(TabId(1)).verdict().is_none(), "the first page is the one that is asked for");
    story.on(says(1, 503));
    assert!(story.outage(TabId(1)).verdict().is_some_and(|verdict| verdict.fault != Fault::Passed));
}

#[test]
fn a_page_that_fails_and_one_whose_parts_fail_are_two_things() {
    let mut story = Story::default();
    story.on(Event::HostLost { error: "not found".into() });
    story.on(Event::PartsFailed {
        tab: TAB,
        page: at(URL),
        parts: vec![part("https://static.example.net/a.css", 503)],
    });
    assert_eq!(story.fault(), Some(Fault::BrokenParts));
    let (other, url, error) = (TabId(8), URL.to_owned(), "net::ERR_HTTP_RESPONSE_CODE_FAILURE".to_owned());
    story.on(Event::NavigationFailed {
        tab: other,
        page: at(&url),
        failure: Failure::from_engine(&error),
        online: true,
    });
    story.asked_again(answered(503));
    assert!(story.badges[&other].is_some() && story.fault() == Some(Fault::BrokenParts));
}
