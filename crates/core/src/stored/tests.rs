use std::collections::BTreeMap;

use super::*;
use crate::event::Event;
use crate::observation::{Answer, Millis, Outcome, Step, Subject, Vantage};
use crate::step::step;

fn at(url: &str) -> Target {
    Target::parse(url).unwrap()
}

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
                page: at(&url),
                status: 503,
                by_service_worker: false,
                title: String::new(),
                html: String::new(),
            },
            Event::AskedAgain { page: at(&url), observation },
            Event::HostLost { error: "not found".into() },
            Event::WatchClicked { page: at(&url), on: true },
        ];
        for event in events {
            state = step(state, event, Millis(1_000)).0;
        }
    }
    state
}

/// As the session's storage gives it back.
fn session(state: &State) -> State {
    let State { outages, tabs, checks, version, host, next_id, has_begun, listens, recent, archives, told, .. } =
        state.clone();
    State {
        outages,
        tabs,
        checks,
        version,
        host,
        next_id,
        has_begun,
        listens,
        recent,
        archives,
        told,
        ..State::default()
    }
}

#[test]
fn what_is_stored_is_read_and_nothing_is_written_twice() {
    let mut state = failing(3);
    let (mut area, mut stored) = (Area::default(), Stored::default());
    area.take(&stored.changes(&mut state));
    assert!(stored.changes(&mut state).is_empty());
    state = step(state, Event::TabClosed { tab: TabId(1) }, Millis(2_000)).0;
    area.take(&stored.changes(&mut state));
    let (mut back, mut known, problems) = state_of(&area.items(), &Json);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(back, session(&state));
    assert!(known.changes(&mut back).is_empty(), "what was read counts as written");
    assert!(!area.0.contains_key("tab:1") && area.0.contains_key("tab:0"));
}

#[test]
fn one_sites_change_writes_that_site_alone() {
    let mut state = failing(20);
    let mut stored = Stored::default();
    let _ = stored.changes(&mut state);
    let _ = stored.lasting_changes(&state.lasting);
    let key = state.tabs[&TabId(7)].outage.clone();
    state.outages.get_mut(&key).unwrap().recovery.rechecked();
    let changes = stored.changes(&mut state);
    assert_eq!(changes.keys(), [format!("outage:{}", key.as_str())]);
    state.lasting.incidents[3].began = Millis(0);
    let lasting = stored.lasting_changes(&state.lasting);
    assert_eq!(lasting.keys(), [incident_key(state.lasting.incidents[3].id)]);
}

#[test]
fn a_write_that_failed_is_made_again() {
    let mut state = failing(2);
    let mut stored = Stored::default();
    let first = stored.changes(&mut state);
    let lasting = stored.lasting_changes(&state.lasting);
    assert!(stored.changes(&mut state).is_empty());
    stored.failed(&first.keys());
    stored.failed(&lasting.keys());
    assert_eq!(stored.changes(&mut state), first);
    assert_eq!(stored.lasting_changes(&state.lasting), lasting);
    // Nor is a removal forgotten.
    let (mut state, _) = step(state, Event::TabClosed { tab: TabId(0) }, Millis(2_000));
    let removal = stored.changes(&mut state);
    assert!(removal.removed.contains(&"tab:0".to_owned()), "{removal:?}");
    stored.failed(&removal.keys());
    assert!(stored.changes(&mut state).removed.contains(&"tab:0".to_owned()));
}

#[test]
fn a_session_of_an_older_format_is_dropped_with_a_word_and_what_was_for_good_is_kept() {
    let state = failing(3);
    for key in ["state", "seen:7"] {
        let (mut back, mut stored, problems) = state_of(&[(key.to_owned(), "{}".to_owned())], &Json);
        assert_eq!((back == State::default(), problems.len()), (true, 1), "{problems:?}");
        assert_eq!(stored.changes(&mut back).removed, [key]);
    }
    let Lasting { seed, next_id, rules, watched, incidents } = &state.lasting;
    let numbers = format!(r#""seed":{seed},"next_id":{next_id},"rules":{rules},"incidents":"#);
    let incidents = numbers + &serde_json::to_string(incidents).unwrap();
    let all_known = |page: &Target| format!(r#"{{"target":"{}","since":1000,"phase":"gone"}}"#, page.as_str());
    // All in one, as at first; and each watched page under its own key, as later.
    let watches: Vec<String> = watched.iter().map(all_known).collect();
    let one = format!(r#"{{"1":{{{incidents},"watches":[{}]}}}}"#, watches.join(","));
    let in_one = vec![("lasting".to_owned(), one)];
    let mut by_key = vec![("lasting".to_owned(), format!(r#"{{"1":{{{incidents}}}}}"#))];
    by_key.extend((0..).zip(&watches).map(|(nth, watch)| (format!("watch:{nth}"), format!(r#"{{"1":{watch}}}"#))));
    for old in [in_one, by_key] {
        let mut stored = Stored::default();
        let (lasting, problems) = lasting_of(&old, &mut stored, &Json);
        assert_eq!((lasting, problems), (state.lasting.clone(), Vec::new()));
        let mut area = Area(old.into_iter().collect());
        area.take(&stored.lasting_changes(&state.lasting));
        let keys: Vec<&str> = area.0.keys().map(String::as_str).collect();
        assert_eq!(keys, ["incident:0", "incident:1", "incident:2", "lasting", "watched"]);
        let mut stored = Stored::default();
        assert_eq!(lasting_of(&area.items(), &mut stored, &Json).0, state.lasting);
        assert!(stored.lasting_changes(&state.lasting).is_empty(), "and the next time it is as it was written");
    }
}

#[test]
fn a_spoilt_record_costs_itself_and_is_said() {
    let mut state = failing(3);
    let (mut area, mut stored) = (Area::default(), Stored::default());
    area.take(&stored.changes(&mut state));
    let spoilt = format!("outage:{}", state.tabs[&TabId(1)].outage.as_str());
    area.0.insert(spoilt, "{".into());
    area.0.insert("archives".into(), r#"{"2":{}}"#.into());
    let (mut back, mut stored, problems) = state_of(&area.items(), &Json);
    assert_eq!((back.outages.len(), back.tabs.len(), problems.len()), (2, 2, 2), "{problems:?}");
    area.take(&stored.changes(&mut back));
    let (again, _, problems) = state_of(&area.items(), &Json);
    assert_eq!((again, problems), (back, Vec::new()), "and not the next time");
    // Without the numbers that were given out all is of no use.
    area.0.insert("rest".into(), String::new());
    let (mut fresh, mut stored, problems) = state_of(&area.items(), &Json);
    assert_eq!((fresh == State::default(), problems.len()), (true, 1));
    area.take(&stored.changes(&mut fresh));
    assert_eq!(area.0.keys().collect::<Vec<_>>(), ["archives", "recent", "rest", "told"]);
}
