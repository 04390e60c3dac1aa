//! Pages that are well: when they are taken, when not, and what a pin does.

use crate::effect::Effect;
use crate::event::{Event, Found};
use crate::failure::Failure;
use crate::keep::{Anonymous, ReadyPage, Reason};
use crate::observation::{Answer, Millis, Observation, Outcome, Step, Subject, Vantage};
use crate::settings::{Keeping, Settings};
use crate::state::State;
use crate::step::step;
use crate::tab::TabId;
use crate::target::Target;

fn at(url: &str) -> Target {
    Target::parse(url).unwrap()
}

const TAB: TabId = TabId(1);
const OTHER: TabId = TabId(2);
const URL: &str = "https://news.example.com/story";

#[derive(Default)]
struct Told {
    state: State,
    now: u64,
    effects: Vec<Effect>,
}

impl Told {
    fn keeping(keep: Keeping) -> Self {
        let mut told = Self::default();
        told.on(Event::SettingsChanged { settings: Settings { keep, ..Settings::default() } });
        told
    }

    fn on(&mut self, event: Event) -> &mut Self {
        self.now += 10;
        let (state, effects) = step(std::mem::take(&mut self.state), event, Millis(self.now));
        (self.state, self.effects) = (state, effects);
        self
    }

    fn ready(&mut self, tab: TabId, url: &str) -> &mut Self {
        self.tells(tab, ReadyPage { url: url.into(), ..page() })
    }

    fn tells(&mut self, tab: TabId, page: ReadyPage) -> &mut Self {
        self.on(Event::PageReady { tab, page })
    }

    fn clicks(&mut self, url: &str, kept: bool) -> &mut Self {
        self.on(Event::KeepClicked { tab: TAB, url: url.into(), kept })
    }

    fn fails(&mut self, tab: TabId) -> &mut Self {
        self.on(Event::NavigationFailed {
            tab,
            page: at("https://down.example.com/"),
            failure: Failure::TcpRefused,
            online: true,
        })
    }

    fn compares(&self) -> bool {
        self.effects.iter().any(|effect| matches!(effect, Effect::ComparePage { tab: TAB, .. }))
    }

    fn notes(&self) -> bool {
        self.effects.contains(&Effect::NoteAttended { url: URL.into() })
    }

    /// What is ordered to be taken: tab and address.
    fn taken(&self) -> Vec<(TabId, String, bool)> {
        let taken = |effect: &Effect| {
            let Effect::KeepPage { tab, keep } = effect else { return None };
            Some((*tab, keep.url.clone(), keep.pinned))
        };
        self.effects.iter().filter_map(taken).collect()
    }

    fn asks_page(&self) -> bool {
        self.effects.contains(&Effect::AskPage { tab: TAB })
    }

    fn offered(&self) -> Option<Vec<String>> {
        let offered = |effect: &Effect| {
            let Effect::OfferToKeep { matches } = effect else { return None };
            Some(matches.clone())
        };
        self.effects.iter().find_map(offered)
    }
}

fn page() -> ReadyPage {
    ReadyPage {
        url: URL.into(),
        status: 200,
        media_type: "text/html".into(),
        headers: headers("public, max-age=60"),
        ..ReadyPage::default()
    }
}

fn headers(control: &str) -> Option<std::collections::BTreeMap<String, String>> {
    Some(std::iter::once(("cache-control".to_owned(), control.to_owned())).collect())
}

fn one(pinned: bool) -> Vec<(TabId, String, bool)> {
    vec![(TAB, URL.into(), pinned)]
}

#[test]
fn a_visited_page_is_taken_at_once_and_not_again_for_ten_minutes() {
    let mut told = Told::keeping(Keeping::Visited);
    assert_eq!(told.ready(TAB, URL).taken(), one(false));
    assert_eq!(told.ready(TAB, &format!("{URL}#part")).taken(), []);
    assert_eq!(told.ready(OTHER, URL).taken(), []);
    told.now += super::RETAKE_AFTER;
    assert_eq!(told.ready(TAB, URL).taken(), one(false));
}

#[test]
fn nothing_is_taken_unless_the_user_chose() {
    for keep in [Keeping::Unasked, Keeping::Off, Keeping::Pinned] {
        let mut told = Told::keeping(keep);
        assert_eq!(told.offered(), Some(Vec::new()), "{keep:?}");
        assert_eq!(told.ready(TAB, URL).taken(), [], "{keep:?}");
        assert!(told.state.told.refusal(TAB, URL).is_some(), "{keep:?}");
        told.on(Event::Started { version: "1".into() });
        assert_eq!(told.offered(), Some(Vec::new()), "{keep:?}");
    }
}

#[test]
fn why_a_page_is_not_kept_is_remembered_until_the_tab_shows_another() {
    let mut told = Told::keeping(Keeping::Visited);
    told.tells(TAB, ReadyPage { has_password: true, ..page() });
    assert_eq!(told.taken(), []);
    assert_eq!(told.state.told.refusal(TAB, URL), Some(Reason::Password));
    assert_eq!(told.state.told.refusal(OTHER, URL), None);
    assert_eq!(told.state.told.refusal(TAB, "https://news.example.com/"), None);
    told.ready(TAB, "https://news.example.com/");
    assert_eq!(told.state.told.refusal(TAB, URL), None);
}

#[test]
fn what_others_get_is_asked_once_and_only_where_nothing_else_decides() {
    let undecided = || ReadyPage { headers: headers("no-cache"), words: 99, ..page() };
    let mut told = Told::keeping(Keeping::Visited);
    assert!(!told.tells(TAB, ReadyPage { has_password: true, ..undecided() }).compares());
    assert!(!told.tells(TAB, ReadyPage { headers: headers("private"), ..undecided() }).compares());
    assert!(!told.ready(OTHER, "https://news.example.com/public").compares());
    told.tells(TAB, undecided());
    assert!(told.compares() && told.taken().is_empty() && told.state.told.refused.is_empty());
    assert!(!told.tells(TAB, undecided()).compares(), "its site was asked just now");
    let answered =
        |status| ReadyPage { anonymous: Some(Anonymous { status, shared: 99, ..Anonymous::default() }), ..undecided() };
    for (status, reason) in [(302, Reason::OnlyForYou), (403, Reason::OnlyForYou), (0, Reason::Unproven)] {
        told.tells(TAB, answered(status));
        assert_eq!((told.taken(), told.state.told.refusal(TAB, URL)), (Vec::new(), Some(reason)), "{status}");
        assert!(!told.compares());
    }
    assert_eq!(told.tells(TAB, answered(200)).taken(), one(false));
    assert!(!told.tells(TAB, undecided()).compares(), "it was taken just now");
    let mut told = Told::keeping(Keeping::Off);
    assert!(!told.tells(TAB, undecided()).compares());
}

#[test]
fn a_page_that_a_hand_touches_after_it_was_taken_is_noted_once() {
    let attended = || ReadyPage { attended: true, ..page() };
    let mut told = Told::keeping(Keeping::Visited);
    assert_eq!(told.ready(TAB, URL).taken(), one(false));
    assert!(!told.ready(TAB, URL).notes());
    assert!(told.tells(TAB, attended()).notes() && told.taken().is_empty());
    assert!(!told.tells(TAB, attended()).notes());
    let mut told = Told::keeping(Keeping::Visited);
    assert_eq!(told.tells(TAB, attended()).taken(), one(false));
    assert!(!told.tells(TAB, attended()).notes());
}

#[test]
fn a_pinned_page_is_taken_at_every_visit() {
    let mut told = Told::keeping(Keeping::Unasked);
    told.clicks(URL, true);
    assert!(told.asks_page(), "{:?}", told.effects);
    assert_eq!(told.state.settings.keep, Keeping::Pinned);
    assert_eq!(told.offered(), Some(vec![URL.into(), format!("{URL}/")]));
    assert!(told.effects.contains(&Effect::SaveSettings { settings: told.state.settings.clone() }));
    for _ in 0..3 {
        assert_eq!(told.ready(TAB, URL).taken(), one(true));
    }
    assert_eq!(told.ready(TAB, "https://news.example.com/other").taken(), []);
    told.clicks(URL, true);
    assert!(told.asks_page() && told.offered().is_none(), "a second pin takes the page again, and saves nothing");
    told.clicks(URL, false);
    assert_eq!(told.offered(), Some(Vec::new()));
    assert_eq!(told.ready(TAB, URL).taken(), []);
}

#[test]
fn a_page_that_may_not_be_kept_cannot_be_pinned_and_the_reason_is_there() {
    for (url, reason) in [
        ("http://192.168.1.1/", Reason::PrivateNetwork),
        ("https://example.com/?token=abcdef", Reason::Secret),
        ("https://web.archive.org/web/1/https://example.com/", Reason::Archive),
    ] {
        let mut told = Told::keeping(Keeping::Unasked);
        told.clicks(url, true);
        assert_eq!(told.state.settings, Settings::default(), "{url}");
        assert!(!told.asks_page(), "{url}");
        assert_eq!(told.state.told.refusal(TAB, url), Some(reason));
    }
    let mut told = Told::keeping(Keeping::Unasked);
    told.clicks(URL, true).tells(TAB, ReadyPage { has_sign_out: true, ..page() });
    assert_eq!((told.taken(), told.state.told.refusal(TAB, URL)), (Vec::new(), Some(Reason::SignOut)));
}

#[test]
fn a_copy_waits_until_every_failure_has_its_answer() {
    let mut told = Told::keeping(Keeping::Visited);
    told.fails(OTHER);
    assert_eq!(told.ready(TAB, URL).taken(), []);
    assert_eq!(told.on(Event::PageRead { tab: OTHER, found: Found::Unreadable }).taken(), []);
    told.now += super::super::CHECK_DEADLINE;
    told.on(Event::TimerFired);
    assert_eq!(told.taken(), one(false), "{:?}", told.state.tabs);
}

#[test]
fn a_copy_that_waited_for_too_long_is_given_up() {
    let mut told = Told::keeping(Keeping::Visited);
    told.fails(OTHER).ready(TAB, URL);
    told.now += super::WAIT;
    assert_eq!(told.on(Event::TimerFired).taken(), []);
    assert!(told.state.told.waiting.is_empty());
}

#[test]
fn a_page_that_says_fine_and_is_an_error_page_takes_no_copys_place() {
    let mut told = Told::keeping(Keeping::Visited);
    told.on(Event::StatusSeen {
        tab: TAB,
        page: at(URL),
        status: 200,
        by_service_worker: false,
        title: "503 Service Temporarily Unavailable".into(),
        html: "<center><h1>503 Service Temporarily Unavailable</h1></center><hr><center>nginx</center>".into(),
    });
    assert!(told.state.tabs.contains_key(&TAB), "the page is in doubt");
    assert_eq!(told.ready(TAB, URL).taken(), []);
    told.on(Event::AskedAgain { page: at(URL), observation: answered(503) });
    told.now += super::super::CHECK_DEADLINE;
    assert_eq!(told.on(Event::TimerFired).taken(), []);
    assert!(told.state.told.waiting.is_empty(), "{:?}", told.state.tabs);
}

#[test]
fn who_turns_it_off_is_forgotten_at_once() {
    let mut told = Told::keeping(Keeping::Visited);
    told.fails(OTHER).ready(TAB, URL);
    told.on(Event::SettingsChanged { settings: Settings { keep: Keeping::Off, ..Settings::default() } });
    assert_eq!(told.state.told, crate::keep::Told::default());
    told.now += super::super::CHECK_DEADLINE;
    assert_eq!(told.on(Event::TimerFired).taken(), []);
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut told = Told::keeping(Keeping::Visited);
    for nth in 0..200 {
        told.ready(TabId(nth), &format!("{URL}/{nth}"));
        told.tells(TabId(1_000 + nth), ReadyPage { status: 404, ..page() });
    }
    assert_eq!((told.state.told.taken.len(), told.state.told.refused.len()), (super::MANY, super::MANY));
    assert_eq!(told.state.told.taken.last().map(|(page, _)| page.as_str()), Some(&*format!("{URL}/199")));
}

fn answered(status: u16) -> Observation {
    Observation {
        vantage: Vantage::Browser,
        subject: Subject::Target,
        step: Step::Http,
        at: Millis(0),
        duration_ms: 1,
        address: None,
        resolver: None,
        so_far: None,
        reading: None,
        outcome: Outcome::Answered(Answer { status, ..Answer::default() }),
    }
}
