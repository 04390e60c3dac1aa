//! Any course of things: users who open, close, mute and pause, networks that come and go, workers that die. The
//! invariants are in [`World::holds`] and below.

use super::world::{MINUTE, SECOND, World, cloudflare, fastly};
use super::*;
use crate::incident::MOST_SPELLS;
use crate::settings::Settings;
use crate::state::Conditions;

const PAGES: [&str; 6] = [
    "https://www.theguardian.com/uk",
    "https://www.theguardian.com/us",
    "https://www.bbc.co.uk/",
    "https://www.gov.uk/",
    "https://www.nytimes.com/",
    "https://www.twitch.tv/",
];

/// Sites that fail in turns of 5 to 10 minutes; one leaves its CDN in its good times.
fn plan(host: &str, at: u64) -> Outcome {
    let turn = (host.len() as u64 % 6 + 5) * MINUTE;
    match (host, (at / turn).is_multiple_of(2)) {
        (_, true) => fastly(503, if host.len().is_multiple_of(2) { "LHR" } else { "AMS" }),
        ("www.twitch.tv", false) => cloudflare(),
        (_, false) => fastly(200, "LHR"),
    }
}

#[derive(Debug, Clone)]
enum Act {
    Visit(i64, usize),
    Close(i64),
    Watch(usize, bool),
    Mute(usize, bool),
    Pause(u64),
    Quiet(u32, u32),
    Reload(bool),
    Online(bool),
    CheckAll,
    Board(bool),
    Click(u64),
    Delete(Option<u64>),
    KillWorker,
    RestartBrowser,
    Wait(u64),
}

fn any_act() -> impl Strategy<Value = Act> {
    let tab = || 0_i64..4;
    let page = || 0..PAGES.len();
    prop_oneof![
        6 => (tab(), page()).prop_map(|(tab, page)| Act::Visit(tab, page)),
        2 => tab().prop_map(Act::Close),
        3 => (page(), any::<bool>()).prop_map(|(page, on)| Act::Watch(page, on)),
        1 => (page(), any::<bool>()).prop_map(|(page, on)| Act::Mute(page, on)),
        1 => prop::sample::select(vec![0, 10 * MINUTE, 60 * MINUTE]).prop_map(Act::Pause),
        1 => (0_u32..1440, 0_u32..1440).prop_map(|(from, to)| Act::Quiet(from, to)),
        1 => any::<bool>().prop_map(Act::Reload),
        1 => any::<bool>().prop_map(Act::Online),
        1 => Just(Act::CheckAll),
        1 => any::<bool>().prop_map(Act::Board),
        1 => (0_u64..4).prop_map(Act::Click),
        1 => prop::option::of(0_u64..4).prop_map(Act::Delete),
        1 => Just(Act::KillWorker),
        1 => Just(Act::RestartBrowser),
        8 => prop::sample::select(vec![SECOND, 20 * SECOND, MINUTE, 5 * MINUTE, 20 * MINUTE]).prop_map(Act::Wait),
    ]
}

fn act(world: &mut World, act: &Act) {
    let settings = world.state.settings.clone();
    match *act {
        Act::Visit(tab, page) => world.visit(TabId(tab), PAGES[page]),
        Act::Close(tab) => world.tell(Event::TabClosed { tab: TabId(tab) }),
        Act::Watch(page, on) => world.tell(Event::WatchClicked { page: at(PAGES[page]), on }),
        Act::Mute(page, on) => world.tell(Event::MuteClicked { site: world::host_of(PAGES[page]), on }),
        Act::Pause(for_ms) => world.tell(Event::PauseClicked { for_ms }),
        Act::Quiet(quiet_from, quiet_to) => {
            world.tell(Event::SettingsChanged { settings: Settings { quiet_from, quiet_to, ..settings } });
        }
        Act::Reload(reload_when_back) => {
            world.tell(Event::SettingsChanged { settings: Settings { reload_when_back, ..settings } });
        }
        Act::Online(is_online) => {
            world.tell(Event::ConditionsChanged { conditions: Conditions { is_online, ..Conditions::default() } });
        }
        Act::CheckAll => world.tell(Event::CheckAllClicked),
        Act::Board(true) => world.tell(Event::BoardWanted),
        Act::Board(false) => world.tell(Event::BoardClosed),
        Act::Click(id) => world.tell(Event::NoticeClicked { id }),
        Act::Delete(id) => world.tell(Event::HistoryDeleted { id }),
        Act::KillWorker => world.kill_worker(),
        Act::RestartBrowser => world.restart_browser(),
        Act::Wait(for_ms) => world.run_until(world.now + for_ms),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_course_of_things_keeps_every_promise(acts in prop::collection::vec(any_act(), 1..50)) {
        let mut world = World::new(plan);
        for one in &acts {
            act(&mut world, one);
            for incident in world.state.lasting.incidents.iter().chain(&world.state.history) {
                let is_bounded = incident.sites.iter().all(|site| site.spells.len() <= MOST_SPELLS);
                prop_assert!(is_bounded && !incident.sites.is_empty());
                prop_assert!(incident.sites.iter().all(|site| site.spells.is_sorted_by_key(|(from, _)| *from)));
            }
            // A host is part of one open incident.
            let hosts: Vec<&String> =
                world.state.lasting.incidents.iter().flat_map(|open| &open.sites).map(|site| &site.host).collect();
            let unique: std::collections::BTreeSet<_> = hosts.iter().collect();
            prop_assert_eq!(unique.len(), hosts.len());
        }
        // However it went: with every tab closed and no watch asked for, nothing goes on for ever.
        for tab in 0..4 {
            act(&mut world, &Act::Close(tab));
        }
        for page in 0..PAGES.len() {
            act(&mut world, &Act::Watch(page, false));
        }
        prop_assert!(world.state.outages.is_empty() && world.badges.is_empty());
        let asked = world.asked.len();
        world.run_until(world.now + 24 * 60 * MINUTE);
        prop_assert_eq!(world.asked.len(), asked);
        prop_assert!(world.state.lasting.incidents.is_empty(), "{:?}", world.state.lasting.incidents);
    }
}
