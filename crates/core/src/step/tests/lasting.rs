//! What goes on when the browser was closed, when nobody looks, and for whom who asked to be told.

use super::incidents::{GUARDIAN, SITES, board, june, live_june, open_all};
use super::world::{MINUTE, World, fastly};
use super::*;
use crate::incident::Progress;
use crate::state::Conditions;

#[test]
fn a_browser_that_is_closed_in_the_middle_watches_on_without_its_tabs() {
    let undisturbed = live_june(None);
    let mut world = World::new(june);
    open_all(&mut world);
    world.run_until(30 * MINUTE);
    world.restart_browser();
    world.run_until(120 * MINUTE);
    let ended = |world: &World| {
        let sites = world.state.history[0].sites.iter();
        sites.map(|site| (site.host.clone(), site.progress())).collect::<Vec<_>>()
    };
    assert_eq!(ended(&world), ended(&undisturbed));
    assert!(world.state.outages.is_empty() && world.state.lasting.watched.is_empty(), "no watch outlives the outage");
    assert_eq!((world.state.history.len(), world.badges.len()), (1, 0));
}

#[test]
fn nothing_on_disk_or_in_an_export_holds_a_secret_of_an_address() {
    let url = "https://www.theguardian.com/reset/aB3dE9xY?token=geheim";
    let mut world = World::new(|_, at| if at < 20 * MINUTE { fastly(503, "LHR") } else { fastly(200, "LHR") });
    let on_disk = |world: &World| serde_json::to_string(&(&world.state.lasting, &world.state.history)).unwrap();
    world.visit(TAB, url);
    world.run_until(5 * MINUTE);
    assert!(!world.state.lasting.incidents.is_empty());
    assert!(!on_disk(&world).contains("aB3dE9xY") && !on_disk(&world).contains("geheim"));
    let page = &board(&world).groups[0].sites[0].url;
    assert_eq!(page, url, "what is asked for on the board is the page itself");
    world.tell(Event::TabClosed { tab: TAB });
    world.run_until(120 * MINUTE);
    assert_eq!(world.state.history.len(), 1);
    let exports =
        [crate::incident::history_csv(&world.state.history), crate::incident::history_json(&world.state.history)];
    for text in exports.iter().chain([&on_disk(&world)]) {
        assert!(!text.contains("aB3dE9xY") && !text.contains("geheim"), "{text}");
    }
}

#[test]
fn a_host_whose_name_is_a_secret_is_on_no_disk_unless_the_user_has_it_watched() {
    let secret = "6f8d3d3c-0de7-4e0a-9c6e-d57042e2e001";
    let url = format!("https://{secret}.tunnel.example.org/");
    let on_disk = |world: &World| serde_json::to_string(&(&world.state.lasting, &world.state.history)).unwrap();
    for is_watched in [false, true] {
        let mut world = World::new(|_, at| if at < 20 * MINUTE { fastly(503, "LHR") } else { fastly(200, "LHR") });
        world.visit(TAB, &url);
        world.run_until(MINUTE);
        assert!(world.badges.contains_key(&TAB), "the tab has its sign");
        if is_watched {
            world.tell(Event::WatchClicked { page: at(&url), on: true });
        }
        world.run_until(5 * MINUTE);
        assert_eq!(on_disk(&world).contains(secret), is_watched);
        if !is_watched {
            world.tell(Event::TabClosed { tab: TAB });
            world.run_until(120 * MINUTE);
            assert!(!on_disk(&world).contains(secret));
        }
    }
}

#[test]
fn a_watch_keeps_no_more_of_an_address_than_it_needs_and_only_while_it_lasts() {
    let needed = "https://www.theguardian.com/reset/aB3dE9xY";
    for (url, on_disk) in
        [("https://www.theguardian.com/uk?token=geheim", "https://www.theguardian.com/uk"), (needed, needed)]
    {
        let mut world = World::new(|_, at| if at < 20 * MINUTE { fastly(503, "LHR") } else { fastly(200, "LHR") });
        world.visit(TAB, url);
        world.run_until(MINUTE);
        world.tell(Event::WatchClicked { page: at(url), on: true });
        assert_eq!(world.state.lasting.watched[0].as_str(), on_disk);
        world.tell(Event::WatchClicked { page: at(on_disk), on: false });
        assert!(world.state.lasting.watched.is_empty(), "the form on disk names it as well");
        world.tell(Event::WatchClicked { page: at(url), on: true });
        world.tell(Event::TabClosed { tab: TAB });
        world.run_until(5 * MINUTE);
        world.restart_browser();
        world.run_until(90 * MINUTE);
        assert_eq!(world.titles(), ["notice_back"]);
        let left = serde_json::to_string(&(&world.state.lasting, &world.state.history)).unwrap();
        assert!(!left.contains("aB3dE9xY") && !left.contains("geheim"), "{left}");
    }
}

#[test]
fn a_site_that_was_given_up_or_muted_is_not_watched_when_the_browser_is_opened_again() {
    let mut world = World::new(june);
    open_all(&mut world);
    world.run_until(10 * MINUTE);
    world.state.settings.muted = vec!["theguardian.com".into()];
    world.tell(Event::TabClosed { tab: TabId(2) });
    let given_up = crate::target::Target::parse(SITES[1]).unwrap();
    world.restart_browser();
    world.run_until(12 * MINUTE);
    let watched: Vec<&str> = world.state.outages.values().map(|outage| outage.page.host()).collect();
    assert!(!watched.contains(&given_up.host()) && !watched.contains(&"www.theguardian.com"), "{watched:?}");
    assert_eq!(watched.len(), SITES.len() - 2, "{watched:?}");
    let is_pressed = board(&world).groups.iter().flat_map(|group| &group.sites).any(|site| site.watched);
    assert!(!is_pressed && world.state.lasting.watched.is_empty(), "nobody asked for it");
}

#[test]
fn a_site_that_nobody_asked_for_is_not_looked_at_for_ever_after_the_browser_was_closed() {
    let mut world = World::new(|_, _| fastly(503, "LHR"));
    world.visit(TabId(1), GUARDIAN);
    world.run_until(10 * MINUTE);
    world.restart_browser();
    world.run_until(60 * MINUTE);
    assert_eq!(world.state.outages.len(), 1, "its tab may still come back");
    world.run_until(80 * MINUTE);
    assert!(world.state.outages.is_empty(), "{:?}", world.state.outages);
    assert_eq!(board(&world).sentence.key, "board_unwatched", "and nobody says that it is back");
    world.run_until(120 * MINUTE);
    let [past] = world.state.history.as_slice() else { panic!("{:?}", world.state.history) };
    assert_eq!((past.ended, past.sites[0].progress()), (None, Progress::Unknown));
}

#[test]
fn who_asked_for_one_site_of_a_cdn_is_told_when_that_one_is_back() {
    let mut world = World::new(june);
    open_all(&mut world);
    world.tell(Event::WatchClicked { page: at(SITES[6]), on: true });
    world.run_until(30 * MINUTE);
    let told: Vec<_> =
        world.said.iter().map(|notice| (notice.title.key.as_str(), notice.title.args.join(""))).collect();
    assert_eq!(told[1], ("notice_back", "paypal.com".to_owned()), "{told:?}");
    world.run_until(120 * MINUTE);
    let count = world.titles().iter().filter(|title| **title == "notice_back").count();
    assert_eq!(count, 1, "once: {:?}", world.said);
}

#[test]
fn the_only_site_of_a_cdn_is_said_to_be_back_at_once() {
    let mut world = World::new(|_, at| fastly(if at < 10 * MINUTE { 503 } else { 200 }, "LHR"));
    world.visit(TabId(1), GUARDIAN);
    world.run_until(16 * MINUTE);
    assert_eq!(world.titles(), ["notice_back"]);
}

#[test]
fn a_worker_that_died_between_two_writes_does_not_take_back_what_was_known() {
    let mut world = World::new(|_, at| fastly(if at < 10 * MINUTE { 503 } else { 200 }, "LHR"));
    world.visit(TabId(1), GUARDIAN);
    let standing = |world: &World| world.state.lasting.incidents.first().map(|incident| incident.sites[0].progress());
    let mut older = (world.state.outages.clone(), world.state.checks.clone());
    while standing(&world) != Some(Progress::Back) {
        older = (world.state.outages.clone(), world.state.checks.clone());
        world.run_until(world.now + 1_000);
    }
    let known = world.state.lasting.incidents[0].sites[0].spells.clone();
    (world.state.outages, world.state.checks) = older;
    world.state.outages.touch_all();
    world.badges.clear();
    world.kill_worker();
    assert_eq!(world.state.lasting.incidents[0].sites[0].spells, known);
    world.run_until(40 * MINUTE);
    let ended: Vec<_> = world.state.history[0].sites[0].spells.iter().map(|(_, standing)| *standing).collect();
    assert_eq!(ended.last(), Some(&Progress::Back), "and looks on: {ended:?}");
}

#[test]
fn the_time_in_which_the_computer_slept_is_not_called_an_outage() {
    const HOUR: u64 = 60 * MINUTE;
    let mut world = World::new(|_, at| fastly(if at < 9 * HOUR { 503 } else { 200 }, "LHR"));
    world.visit(TabId(1), GUARDIAN);
    world.run_until(30 * MINUTE);
    // Nothing happens for ten hours; then all that was due comes at once.
    world.now = 10 * HOUR;
    world.tell(Event::TimerFired);
    world.run_until(11 * HOUR);
    let [past] = world.state.history.as_slice() else { panic!("{:?}", world.state.history) };
    let standings: Vec<Progress> = past.sites[0].spells.iter().map(|(_, standing)| *standing).collect();
    assert_eq!(standings[..2], [Progress::Failing, Progress::Unknown], "{:?}", past.sites[0]);
    let down = past.sites[0].down_ms(world.clock());
    assert!((20 * MINUTE..40 * MINUTE).contains(&down), "down for {} minutes", down / MINUTE);
}

#[test]
fn check_all_now_does_not_wait_for_a_tab_that_was_closed_meanwhile() {
    let mut world = World::new(june);
    open_all(&mut world);
    world.run_until(10 * MINUTE);
    world.tell(Event::BoardWanted);
    world.tell(Event::CheckAllClicked);
    let checking = board(&world).checking.expect("under way");
    assert_eq!(checking.total as usize, SITES.len());
    for nth in (1..).take(SITES.len() - 1) {
        world.tell(Event::TabClosed { tab: TabId(nth) });
    }
    world.run_until(11 * MINUTE);
    assert!(board(&world).checking.is_none(), "{:?}", board(&world).checking);
}

#[test]
fn a_network_that_comes_back_does_not_shorten_what_a_site_asked_for() {
    fn asks(_: &str, _: u64) -> Outcome {
        let headers = [("retry-after".to_owned(), "1800".to_owned())].into();
        Outcome::Answered(Answer { status: 503, headers, body: String::new() })
    }
    let mut world = World::new(asks);
    world.visit(TabId(1), GUARDIAN);
    world.run_until(3 * MINUTE);
    let asked = world.asked.len();
    for is_online in [false, true] {
        world.tell(Event::ConditionsChanged { conditions: Conditions { is_online, ..Conditions::default() } });
    }
    world.run_until(25 * MINUTE);
    assert_eq!(world.asked.len(), asked, "it asked to be left alone for half an hour");
}
