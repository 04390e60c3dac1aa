use std::collections::BTreeMap;

use super::*;
use crate::event::Event;
use crate::observation::Answer;
use crate::step::step;

struct Json;

impl Reader for Json {
    fn read<T: DeserializeOwned>(&self, text: &str) -> Result<T, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }
}

/// A browser's storage.
#[derive(Default)]
struct Area(BTreeMap<String, String>);

impl Area {
    fn take(&mut self, changes: &Changes) {
        self.0.extend(changes.put.iter().cloned());
        changes.removed.iter().for_each(|key| _ = self.0.remove(key));
    }

    fn items(&self) -> Vec<(String, String)> {
        self.0.iter().map(|(key, text)| (key.clone(), text.clone())).collect()
    }
}

fn failing(tabs: i64) -> State {
    let mut state = State::default();
    for nth in 0..tabs {
        let url = format!("https://www.site-{nth}.com/");
        let answer = Answer { status: 503, body: "<h1>503</h1>".into(), ..Answer::default() };
        let observation = Observation::new(Vantage::Browser, Subject::Target, Step::Http, Outcome::Answered(answer));
        let events = [
            Event::StatusSeen {
                tab: TabId(nth),
                url: url.clone(),
                status: 503,
                by_service_worker: false,
                title: String::new(),
                html: String::new(),
            },
            Event::AskedAgain { tab: TabId(nth), url: url.clone(), observation },
            Event::HostLost { error: "not found".into() },
            Event::WatchClicked { url, on: true },
        ];
        for event in events {
            state = step(state, event, Millis(1_000)).0;
        }
    }
    state
}

/// As the session's storage gives it back.
fn session(state: &State) -> State {
    let State { tabs, version, host, next_id, has_begun, listens, recent, archives, told, .. } = state.clone();
    State { tabs, version, host, next_id, has_begun, listens, recent, archives, told, ..State::default() }
}

#[test]
fn what_is_stored_is_read_and_nothing_is_written_twice() {
    let mut state = failing(3);
    let (mut area, mut stored) = (Area::default(), Stored::default());
    area.take(&stored.changes(&state));
    assert!(stored.changes(&state).is_empty());
    state = step(state, Event::TabClosed { tab: TabId(1) }, Millis(2_000)).0;
    area.take(&stored.changes(&state));
    let (back, mut known, problems) = state_of(&area.items(), &Json);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(back, session(&state));
    assert!(known.changes(&back).is_empty(), "what was read counts as written");
    assert!(!area.0.contains_key("tab:1") && area.0.contains_key("tab:0"));
}

#[test]
fn one_tabs_change_writes_that_tab_alone() {
    let mut state = failing(20);
    let mut stored = Stored::default();
    let _ = stored.changes(&state);
    let _ = stored.lasting_changes(&state.lasting);
    state.tabs.get_mut(&TabId(7)).unwrap().watch.looks += 1;
    state.lasting.watches[3].watch.looks += 1;
    let changes = stored.changes(&state);
    assert_eq!(changes.keys(), ["tab:7"]);
    let lasting = stored.lasting_changes(&state.lasting);
    assert_eq!(lasting.keys(), [watch_key(&state.lasting.watches[3])]);
}

#[test]
fn a_write_that_failed_is_made_again() {
    let state = failing(2);
    let mut stored = Stored::default();
    let first = stored.changes(&state);
    let lasting = stored.lasting_changes(&state.lasting);
    assert!(stored.changes(&state).is_empty());
    stored.failed(&first.keys());
    stored.failed(&lasting.keys());
    assert_eq!(stored.changes(&state), first);
    assert_eq!(stored.lasting_changes(&state.lasting), lasting);
    // Nor is a removal forgotten.
    let (state, _) = step(state, Event::TabClosed { tab: TabId(0) }, Millis(2_000));
    let removal = stored.changes(&state);
    assert!(removal.removed.contains(&"tab:0".to_owned()), "{removal:?}");
    stored.failed(&removal.keys());
    assert!(stored.changes(&state).removed.contains(&"tab:0".to_owned()));
}

#[test]
fn a_state_of_the_older_format_is_read_and_goes() {
    let state = failing(3);
    let old = |key: &str, text: String| vec![(key.to_owned(), text)];
    let (back, mut stored, problems) = state_of(&old("state", text(&session(&state))), &Json);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(back, session(&state));
    let changes = stored.changes(&back);
    assert_eq!(changes.removed, ["state"]);
    let mut area = Area::default();
    area.take(&changes);
    assert_eq!(state_of(&area.items(), &Json).0, back);

    let (lasting, _) = lasting_of(&old("lasting", text(&state.lasting)), &mut stored, &Json);
    assert_eq!(lasting, state.lasting);
    let mut area = Area::default();
    area.take(&stored.lasting_changes(&lasting));
    assert_eq!(area.0.len(), 4, "{:?}", area.0.keys());
    let mut stored = Stored::default();
    assert_eq!(lasting_of(&area.items(), &mut stored, &Json).0.watches.len(), 3);
    assert!(stored.lasting_changes(&lasting).is_empty());
}

#[test]
fn a_spoilt_record_costs_itself_and_is_said() {
    let state = failing(3);
    let (mut area, mut stored) = (Area::default(), Stored::default());
    area.take(&stored.changes(&state));
    area.0.insert("tab:1".into(), "{".into());
    area.0.insert("archives".into(), "{\"2\":{}}".into());
    let (back, mut stored, problems) = state_of(&area.items(), &Json);
    assert_eq!((back.tabs.len(), problems.len()), (2, 2), "{problems:?}");
    area.take(&stored.changes(&back));
    let (again, _, problems) = state_of(&area.items(), &Json);
    assert_eq!((again, problems), (back, Vec::new()), "and not the next time");
    // Without the numbers that were given out all is of no use.
    area.0.insert("rest".into(), String::new());
    let (fresh, mut stored, problems) = state_of(&area.items(), &Json);
    assert_eq!((fresh == State::default(), problems.len()), (true, 1));
    area.take(&stored.changes(&fresh));
    assert_eq!(area.0.keys().collect::<Vec<_>>(), ["archives", "recent", "rest", "told"]);
}
