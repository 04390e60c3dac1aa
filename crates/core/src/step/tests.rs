//! Stories replayed through `step`, and what must hold after every event of any list of events.
//!
//! Long because it is a list of stories told with one harness.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::event::{ArchiveReply, FailedPart, Found, LookUpId, Shown};
use crate::failure::Failure;
use crate::keep::ReadyPage;
use crate::observation::{Answer, Observation, Outcome, Step, Subject, Vantage};
use crate::outage::{Check, Outage, Phase};
use crate::port::{CheckId, PROTOCOL, Reply, Request};
use crate::settings::Keeping;
use crate::state::Surface;
use crate::tab::TabId;
use crate::target::Target;
use crate::verdict::Fault;
use crate::view::Icon;

#[path = "tests/copies.rs"]
mod copies;
#[path = "tests/any.rs"]
mod any_course;
#[path = "tests/fleet.rs"]
mod fleet;
#[path = "tests/incidents.rs"]
mod incidents;
mod lasting;
#[path = "tests/outages.rs"]
mod outages;
#[path = "tests/refusals.rs"]
mod refusals;
#[path = "tests/shown.rs"]
mod shown;
#[path = "tests/watch.rs"]
mod watch;
#[path = "tests/world.rs"]
mod world;

/// A page of the public web.
fn at(url: impl AsRef<str>) -> Target {
    Target::parse(url.as_ref()).unwrap()
}

const TAB: TabId = TabId(7);
const URL: &str = "https://www.theguardian.com/uk";

/// A state, a clock, and every effect since the last look.
#[derive(Default)]
struct Story {
    state: State,
    now: u64,
    effects: Vec<Effect>,
    badges: BTreeMap<TabId, Option<crate::view::Badge>>,
}

impl Story {
    fn on(&mut self, event: Event) -> &mut Self {
        self.now += 10;
        // The browser takes a badge off by itself when its tab closes or shows another document.
        if let Event::TabClosed { tab } | Event::NavigationCommitted { tab, .. } = &event {
            self.badges.remove(tab);
        }
        let (state, effects) = step(std::mem::take(&mut self.state), event, Millis(self.now));
        for effect in &effects {
            if let Effect::SetBadge { tab, badge } = effect {
                self.badges.insert(*tab, badge.clone());
            }
        }
        self.state = state;
        self.effects = effects;
        holds(self);
        self
    }

    fn refused(&mut self) -> &mut Self {
        self.fails("net::ERR_CONNECTION_REFUSED").on(Event::PageRead { tab: TAB, found: Found::Unreadable })
    }

    fn fails(&mut self, error: &str) -> &mut Self {
        self.on(Event::NavigationFailed { tab: TAB, page: at(URL), failure: Failure::from_engine(error), online: true })
    }

    fn status(&mut self, status: u16, by_service_worker: bool, title: &str) -> &mut Self {
        let (title, html) = (title.into(), String::new());
        self.on(Event::StatusSeen { tab: TAB, page: at(URL), status, by_service_worker, title, html })
    }

    fn asked_again(&mut self, outcome: Outcome) -> &mut Self {
        self.on(Event::AskedAgain { page: at(URL), observation: seen(Vantage::Browser, outcome) })
    }

    fn host(&mut self, reply: Reply) -> &mut Self {
        self.on(Event::HostReplied { reply })
    }

    fn check_id(&self) -> CheckId {
        let Phase::Checking(Check { id, .. }) = self.outage(TAB).phase else { panic!("not checking") };
        id
    }

    fn ordered(&self, is_wanted: impl Fn(&Effect) -> bool) -> bool {
        self.effects.iter().any(is_wanted)
    }

    /// Lets the time come that the last order of a timer named.
    fn timer(&mut self) -> &mut Self {
        let at = self.effects.iter().find_map(|effect| {
            let Effect::ArmTimer { at } = effect else { return None };
            Some(at.0)
        });
        self.now = self.now.max(at.expect("a timer was ordered"));
        self.on(Event::TimerFired)
    }

    fn icon(&self) -> Option<Icon> {
        self.badges.get(&TAB).cloned().flatten().map(|badge| badge.icon)
    }

    fn fault(&self) -> Option<Fault> {
        self.state.failing(TAB)?.1.verdict().map(|verdict| verdict.fault)
    }

    /// The outage that this tab shows.
    fn outage(&self, tab: TabId) -> &Outage {
        self.state.failing(tab).expect("a failing tab").1
    }
}

/// What must hold after every event.
fn holds(story: &Story) {
    for (tab, badge) in &story.badges {
        assert!(badge.is_none() || story.state.tabs.contains_key(tab), "a badge without a failing tab");
    }
    for (tab, entry) in story.state.tabs.iter() {
        assert!(entry.target.as_str().starts_with("http"), "a tab that is none of our business");
        let outage = story.state.outages.get(&entry.outage).expect("a tab shows an outage");
        if outage.is_doubted() {
            assert!(story.badges.get(tab).is_none_or(Option::is_none), "a badge on a doubt");
        }
    }
    assert_eq!(story.state.listens, !story.state.tabs.is_empty(), "listeners out of line");
    for (key, outage) in story.state.outages.iter() {
        let is_shown = story.state.tabs_of(key).next().is_some();
        assert!(is_shown || leave::is_watched(&story.state, key), "an outage that nobody sees: {key:?}");
        assert!(outage.pages.contains(&outage.page), "a page that is none of the site's");
    }
    let checks = story.state.outages.iter().filter_map(|(key, outage)| Some((outage.check_id()?, key.clone())));
    assert_eq!(story.state.checks, checks.collect(), "the index of checks is out of line");
    let asked = story.effects.iter().any(|effect| matches!(effect, Effect::LookUpCopies { .. }));
    assert!(
        !asked || story.state.settings.automatic_look_up || CLICKED.with(|clicked| clicked.get()),
        "asked without a click"
    );
    let closer = |effect: &Effect| {
        matches!(effect, Effect::AskHost { request: Request::Check { scope: crate::port::Scope::Closer, .. } })
    };
    assert!(
        !story.effects.iter().any(closer) || story.state.settings.look_closer || CLOSER.with(|clicked| clicked.get()),
        "others were asked without a click"
    );
    let json = serde_json::to_string(&story.state).unwrap();
    let mut back: State = serde_json::from_str(&json).unwrap();
    back.settings = story.state.settings.clone();
    back.checks.clone_from(&story.state.checks);
    (back.conditions, back.board) = (story.state.conditions, story.state.board.clone());
    back.shown.clone_from(&story.state.shown);
    let lasting = serde_json::to_string(&story.state.lasting).unwrap();
    back.lasting = serde_json::from_str(&lasting).unwrap();
    back.history = serde_json::from_str(&serde_json::to_string(&story.state.history).unwrap()).unwrap();
    assert_eq!(back, story.state, "state does not survive the worker");
}

thread_local! {
    static CLICKED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    static CLOSER: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

fn seen(vantage: Vantage, outcome: Outcome) -> Observation {
    Observation { at: Millis(1), duration_ms: 1, ..Observation::new(vantage, Subject::Target, Step::Http, outcome) }
}

fn answered(status: u16) -> Outcome {
    Outcome::Answered(Answer { status, ..Answer::default() })
}

fn type_error() -> Outcome {
    Outcome::Failed(Failure::Unrecognized("TypeError: Failed to fetch".into()))
}

#[test]
fn a_host_that_greets_when_nobody_needs_it_any_more_is_released() {
    let mut story = Story::default();
    story.refused().on(Event::TabClosed { tab: TAB });
    story.host(Reply::Hello { protocol: PROTOCOL, version: "0.1.0".into() });
    assert!(story.ordered(|effect| *effect == Effect::ReleaseHost));
}

#[test]
fn the_empty_page_that_a_new_tab_began_with_takes_no_badge_away() {
    let shows = |shown: Shown| Event::NavigationCommitted { tab: TAB, shown };
    let read = |found: Found| Event::PageRead { tab: TAB, found };
    // Told before its error page was read, and after it.
    for is_read in [false, true] {
        let mut story = Story::default();
        story.fails("NS_ERROR_CONNECTION_REFUSED");
        if is_read {
            story.on(read(Found::Unreadable));
        }
        story.on(shows(Shown::Blank));
        assert!(
            story.state.tabs.contains_key(&TAB) && story.ordered(|effect| *effect == Effect::ReadPage { tab: TAB })
        );
        story.on(read(Found::Unreadable));
        assert_eq!((story.icon().is_some(), story.state.tabs[&TAB].surface), (true, Surface::BrowserErrorPage));
        if is_read {
            story.on(shows(Shown::Blank)).on(read(Found::Document { page: None, status: 0 }));
            assert!(story.state.tabs.is_empty(), "an empty page that the user asked for");
        } else {
            story.on(shows(Shown::Page(at("https://example.org/"))));
            assert!(story.state.tabs.is_empty(), "another page is another page");
        }
    }
}

#[test]
fn a_refused_page_gets_its_sign_in_the_first_turn_and_a_verdict_from_both_vantages() {
    let mut story = Story::default();
    story.fails("net::ERR_CONNECTION_REFUSED");
    assert!(matches!(story.effects.first(), Some(Effect::SetBadge { badge: Some(_), .. })), "the badge comes first");
    assert!(story.ordered(|effect| matches!(effect, Effect::AskHost { request: Request::Check { .. } })));
    assert!(story.ordered(|effect| *effect == Effect::ListenForCommits { on: true }));
    story.on(Event::PageRead { tab: TAB, found: Found::Unreadable });
    assert!(!story.ordered(|effect| matches!(effect, Effect::ShowOutagePage { .. })), "not before a second look");
    story.asked_again(type_error());
    assert!(
        story.ordered(|effect| matches!(effect, Effect::ShowOutagePage { .. })) || story.outage(TAB).seen.len() == 1
    );
    let id = story.check_id();
    story.host(Reply::Hello { protocol: PROTOCOL, version: "0.1.0".into() });
    let refused = seen(Vantage::Host, Outcome::Failed(Failure::TcpRefused));
    let anchor = Observation { subject: Subject::Anchor("a.org".into()), ..seen(Vantage::Host, answered(204)) };
    story.host(Reply::Observed { id, observation: anchor });
    story.host(Reply::Observed { id, observation: refused }).host(Reply::Finished { id, timed_out: false });
    assert_eq!(story.fault(), Some(Fault::FromHere));
    assert_eq!(story.state.tabs[&TAB].surface, Surface::OutagePage);
    assert!(story.ordered(|effect| *effect == Effect::ReleaseHost));
}

#[test]
fn nothing_replaces_a_certificate_warning() {
    let errors = ["net::ERR_CERT_DATE_INVALID", "net::ERR_CERT_AUTHORITY_INVALID", "net::ERR_CERT_COMMON_NAME_INVALID"];
    for error in errors {
        let mut story = Story::default();
        story.fails(error).on(Event::PageRead { tab: TAB, found: Found::Unreadable }).asked_again(type_error());
        let id = story.check_id();
        story.host(Reply::Hello { protocol: PROTOCOL, version: "0.1.0".into() });
        let refused = seen(Vantage::Host, Outcome::Failed(Failure::from_engine(error)));
        story.host(Reply::Observed { id, observation: refused }).host(Reply::Finished { id, timed_out: false });
        assert!(story.outage(TAB).verdict().is_some() && story.icon().is_some(), "{error}");
        assert_eq!(story.state.tabs[&TAB].surface, Surface::BrowserErrorPage, "{error}");
    }
}

#[test]
fn try_again_from_the_outage_page_leads_back_and_a_healthy_page_clears_everything() {
    let mut story = Story::default();
    story.refused().asked_again(type_error()).on(Event::TryAgainClicked { tab: TAB });
    assert!(story.ordered(|effect| *effect == Effect::Navigate { tab: TAB, url: URL.into() }));
    story.on(Event::NavigationCommitted { tab: TAB, shown: Shown::Page(at(URL)) });
    assert!(story.ordered(|effect| *effect == Effect::ReadPage { tab: TAB }));
    story.on(Event::PageRead { tab: TAB, found: Found::Document { page: Some(at(URL)), status: 200 } });
    assert!(story.state.tabs.is_empty());
    assert_eq!(story.icon(), None);
    assert!(story.ordered(|effect| *effect == Effect::ListenForCommits { on: false }));
}

#[test]
fn details_open_from_a_banner_and_from_nothing_else() {
    let mut story = Story::default();
    let is_shown = |effect: &Effect| *effect == Effect::ShowDetails { tab: TAB };
    assert!(!story.on(Event::DetailsWanted { tab: TAB }).ordered(is_shown), "nothing fails");
    story.status(503, false, "Error 503");
    assert!(story.on(Event::DetailsWanted { tab: TAB }).ordered(is_shown));
    story.on(Event::BannerClosed { tab: TAB });
    assert!(!story.on(Event::DetailsWanted { tab: TAB }).ordered(is_shown), "the banner was closed");
}

#[test]
fn geckos_error_page_is_no_recovery() {
    let mut story = Story::default();
    story.fails("Error code 2152398861").on(Event::PageRead {
        tab: TAB,
        found: Found::Document { page: Some(at("https://www.example.org/before")), status: 200 },
    });
    assert!(story.icon().is_some(), "the page before is still there for a moment");
    story.on(Event::NavigationCommitted { tab: TAB, shown: Shown::Page(at(URL)) });
    story.on(Event::PageRead { tab: TAB, found: Found::Unreadable });
    assert!(story.icon().is_some());
    assert_eq!(story.state.tabs[&TAB].surface, Surface::BrowserErrorPage);
}

#[test]
fn a_503_with_a_body_gets_a_banner_and_the_reload_that_works_clears_it() {
    let mut story = Story::default();
    story.status(503, false, "Error 503");
    assert!(matches!(story.effects.first(), Some(Effect::SetBadge { badge: Some(_), .. })));
    assert!(story.ordered(|effect| *effect == Effect::ShowBanner { tab: TAB }));
    story.status(503, false, "Error 503 Service Unavailable");
    assert!(
        !story.ordered(|effect| matches!(effect, Effect::AskHost { .. })),
        "the same page again is no second check"
    );
    story.on(Event::NavigationCommitted { tab: TAB, shown: Shown::Page(at(URL)) });
    story.on(Event::PageRead { tab: TAB, found: Found::Document { page: Some(at(URL)), status: 200 } });
    assert_eq!((story.icon(), story.state.tabs.len()), (None, 0));
}

#[test]
fn what_is_no_outage_leaves_no_trace() {
    for error in [
        "net::ERR_ABORTED",
        "Error code 2152398850",
        "net::ERR_BLOCKED_BY_CLIENT",
        "net::ERR_INTERNET_DISCONNECTED",
        "net::ERR_NEW",
    ] {
        let mut story = Story::default();
        story.fails(error);
        assert!(story.effects.is_empty(), "{error}: {:?}", story.effects);
    }
    for (status, title) in [(404, ""), (401, ""), (403, ""), (429, ""), (200, ""), (503, "Just a moment...")] {
        let mut story = Story::default();
        story.status(status, false, title);
        assert!(story.effects.is_empty(), "{status} {title}");
    }
}

#[test]
fn an_empty_error_is_doubted_until_its_status_is_known() {
    let mut story = Story::default();
    story.fails("net::ERR_HTTP_RESPONSE_CODE_FAILURE");
    assert_eq!(story.icon(), None);
    story.asked_again(answered(404));
    assert!(story.state.tabs.is_empty());
    story.fails("net::ERR_HTTP_RESPONSE_CODE_FAILURE").asked_again(answered(503));
    assert_eq!(story.icon(), Some(Icon::Checking));
    assert_eq!(story.state.tabs[&TAB].failure, Failure::HttpError { status: Some(503) });
    story.on(Event::PageRead { tab: TAB, found: Found::Unreadable });
    assert!(story.ordered(|effect| matches!(effect, Effect::ShowOutagePage { .. })));
}

#[test]
fn nothing_fails_while_the_browser_knows_it_is_offline() {
    let mut story = Story::default();
    let failure = Failure::from_engine("Error code 2152398878");
    story.on(Event::NavigationFailed { tab: TAB, page: at(URL), failure, online: false });
    assert!(story.effects.is_empty());
}

#[test]
fn a_service_workers_503_is_doubted_until_the_site_itself_fails() {
    let mut story = Story::default();
    story.status(503, true, "");
    assert_eq!(story.icon(), None);
    story.asked_again(answered(200));
    assert!(story.state.tabs.is_empty());
    story.status(503, true, "").asked_again(answered(503));
    assert_eq!(story.icon(), Some(Icon::Checking));
}

#[test]
fn a_challenge_that_only_its_headers_give_away_loses_its_badge() {
    let mut story = Story::default();
    story.status(503, false, "");
    story.on(Event::HostLost { error: "Specified native messaging host not found.".into() });
    let headers = [("cf-mitigated".to_owned(), "challenge".to_owned())].into();
    story.asked_again(Outcome::Answered(Answer { status: 503, headers, body: String::new() }));
    assert_eq!((story.icon(), story.state.tabs.len()), (None, 0));
}

#[test]
fn the_tooltip_does_not_say_that_the_site_fails_where_the_proxy_refuses_it() {
    let mut story = Story::default();
    story.fails("NS_ERROR_PROXY_FORBIDDEN").asked_again(type_error());
    let id = story.check_id();
    let refused = Outcome::Failed(Failure::ProxyRefused);
    let observation = Observation::new(Vantage::Host, Subject::Target, Step::Tcp, refused);
    story.host(Reply::Observed { id, observation }).host(Reply::Finished { id, timed_out: false });
    assert_eq!(story.fault(), Some(Fault::ProxyRefuses));
    let title = story.badges[&TAB].as_ref().map(|badge| badge.title.clone());
    assert_eq!(title, Some(view::Text::with("verdict_proxy_refuses", ["theguardian.com"])));
}

#[test]
fn without_a_host_the_verdict_says_unconfirmed_and_the_next_failure_does_not_wait_for_one() {
    let mut story = Story::default();
    story
        .refused()
        .on(Event::HostLost { error: "Specified native messaging host not found.".into() })
        .asked_again(type_error());
    assert_eq!(story.fault(), Some(Fault::Unconfirmed));
    let view = view::tab_view(&story.state, TAB, Millis(0));
    assert!(view.notes.iter().any(|note| note.key == "note_no_host"));
    story.fails("net::ERR_CONNECTION_RESET");
    assert!(!story.ordered(|effect| matches!(effect, Effect::AskHost { .. })));
}

#[test]
fn a_host_killed_during_a_check_leaves_a_verdict_and_may_be_started_again() {
    let mut story = Story::default();
    story.refused().host(Reply::Hello { protocol: PROTOCOL, version: "0.1.0".into() });
    story.on(Event::HostLost { error: "Native host has exited.".into() }).asked_again(type_error());
    assert_eq!(story.fault(), Some(Fault::Unconfirmed));
    story.fails("net::ERR_CONNECTION_RESET");
    assert!(story.ordered(|effect| matches!(effect, Effect::AskHost { .. })));
}

#[test]
fn a_host_killed_before_it_greeted_may_be_started_again_as_well() {
    for error in ["Native host has exited.", ""] {
        let mut story = Story::default();
        story.refused().on(Event::HostLost { error: error.into() }).asked_again(type_error());
        story.fails("net::ERR_CONNECTION_RESET");
        assert!(story.ordered(|effect| matches!(effect, Effect::AskHost { .. })), "{error:?}");
    }
}

#[test]
fn a_worker_killed_between_event_and_verdict_takes_the_check_up_again() {
    let mut story = Story::default();
    story.refused().on(Event::Started { version: "0.1.0".into() });
    assert!(story.ordered(|effect| matches!(effect, Effect::AskHost { request: Request::Hello { .. } })));
    assert!(story.ordered(|effect| matches!(effect, Effect::AskHost { request: Request::Check { .. } })));
    story.now += CHECK_DEADLINE;
    story.on(Event::TimerFired);
    assert!(story.fault().is_some(), "the deadline concludes what nobody answered");
}

#[test]
fn a_tab_closed_during_a_check_is_forgotten_and_its_check_cancelled() {
    let mut story = Story::default();
    story.refused();
    let id = story.check_id();
    story.on(Event::TabClosed { tab: TAB });
    assert!(story.ordered(|effect| *effect == Effect::AskHost { request: Request::Cancel { id } }));
    story.host(Reply::Finished { id, timed_out: false }).asked_again(answered(503));
    assert!(story.state.tabs.is_empty());
}

#[test]
fn a_name_that_leads_to_a_private_address_is_dropped_in_silence() {
    let mut story = Story::default();
    story.refused();
    let id = Some(story.check_id());
    story.host(Reply::Refused { id, reason: crate::port::Refusal::PrivateAddress, message: String::new() });
    assert_eq!((story.icon(), story.state.tabs.len()), (None, 0));
}

#[test]
fn one_private_answer_of_a_name_server_ends_neither_an_outage_nor_a_watch() {
    let mut story = Story::default();
    story.refused().asked_again(type_error());
    story.on(Event::WatchClicked { page: at(URL), on: true });
    let private = |story: &mut Story| {
        let id = story.outage(TAB).check_id();
        story.host(Reply::Refused { id, reason: crate::port::Refusal::PrivateAddress, message: String::new() });
    };
    private(&mut story);
    assert_eq!((story.icon().is_some(), story.state.lasting.watched.len()), (true, 1), "watched while it is checked");
    story.on(Event::WatchClicked { page: at(URL), on: false });
    story.now += 60_000;
    story.timer();
    assert!(story.outage(TAB).recheck().is_some());
    private(&mut story);
    story.asked_again(type_error());
    assert!(story.icon().is_some() && story.outage(TAB).recovery.due().is_some(), "it is looked at again");
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        prop::sample::select(vec![200_u16, 204, 302, 404, 500, 503, 522]).prop_map(answered),
        Just(type_error()),
        Just(Outcome::Failed(Failure::TcpRefused)),
        Just(Outcome::Failed(Failure::DnsNameNotResolved)),
        Just(Outcome::Connected),
    ]
}

#[test]
fn a_tab_that_is_still_empty_seconds_after_its_load_failed_keeps_its_badge() {
    let blank = || Event::PageRead { tab: TAB, found: Found::Document { page: None, status: 0 } };
    let mut story = Story::default();
    story.fails("NS_ERROR_NET_RESET").on(blank());
    story.now += 4_000;
    story.on(blank());
    assert_eq!(story.icon(), Some(Icon::Checking));
    // Another page is another matter: it is what the user reads.
    story.on(Event::PageRead {
        tab: TAB,
        found: Found::Document { page: Some(at("https://www.bbc.co.uk/")), status: 200 },
    });
    assert_eq!(story.icon(), None);
}

/// A part that a page tells of.
fn part(url: &str, status: u16) -> FailedPart {
    FailedPart { target: at(url), status }
}

fn any_event() -> impl Strategy<Value = Event> {
    let tab = || (0_i64..3).prop_map(TabId);
    let url = || {
        prop::sample::select(vec![URL, "https://www.bbc.co.uk/", "http://intranet/", "about:blank", ""])
            .prop_map(str::to_owned)
    };
    let page = || prop::sample::select(vec![URL, "https://www.bbc.co.uk/", "http://example.org:8080/"]).prop_map(at);
    let failure = prop::sample::select(vec![
        "net::ERR_CONNECTION_REFUSED",
        "net::ERR_ABORTED",
        "net::ERR_NAME_NOT_RESOLVED",
        "Error code 2152398850",
        "Error code 2152398883",
        "Error code x",
        "",
        "net::ERR_CERT_DATE_INVALID",
    ])
    .prop_map(Failure::from_engine);
    let id = || (0_u64..6).prop_map(CheckId);
    let found = prop_oneof![
        Just(Found::Unreadable),
        (prop::option::of(page()), prop::sample::select(vec![0_u16, 200, 503]))
            .prop_map(|(page, status)| Found::Document { page, status })
    ];
    let shown = prop_oneof![Just(Shown::OwnPage), Just(Shown::Blank), Just(Shown::Other), page().prop_map(Shown::Page)];
    let observation = || any_outcome().prop_map(|outcome| seen(Vantage::Host, outcome));
    prop_oneof![
        Just(Event::Started { version: "0.1.0".into() }),
        (tab(), page(), failure).prop_map(|(tab, page, failure)| Event::NavigationFailed {
            tab,
            page,
            failure,
            online: true
        }),
        (tab(), shown).prop_map(|(tab, shown)| Event::NavigationCommitted { tab, shown }),
        (tab(), page(), prop::sample::select(vec![200_u16, 404, 500, 503]), any::<bool>()).prop_map(
            |(tab, page, status, by_service_worker)| {
                Event::StatusSeen { tab, page, status, by_service_worker, title: String::new(), html: String::new() }
            }
        ),
        (tab(), found).prop_map(|(tab, found)| Event::PageRead { tab, found }),
        tab().prop_map(|tab| Event::TabClosed { tab }),
        (page(), any_outcome())
            .prop_map(|(page, outcome)| Event::AskedAgain { page, observation: seen(Vantage::Browser, outcome) }),
        (0_u32..3).prop_map(|protocol| Event::HostReplied { reply: Reply::Hello { protocol, version: String::new() } }),
        (id(), observation())
            .prop_map(|(id, observation)| Event::HostReplied { reply: Reply::Observed { id, observation } }),
        id().prop_map(|id| Event::HostReplied { reply: Reply::Finished { id, timed_out: false } }),
        Just(Event::HostLost { error: "gone".into() }),
        Just(Event::TimerFired),
        (tab(), (0_u64..9).prop_map(LookUpId)).prop_map(|(tab, id)| Event::ArchiveReplied {
            tab,
            id,
            reply: ArchiveReply::Failed
        }),
        tab().prop_map(|tab| Event::TryAgainClicked { tab }),
        tab().prop_map(|tab| Event::PartsFailed {
            tab,
            page: at("https://fine.example.com/"),
            parts: vec![part(URL, 0), part("https://b.org/x.css", 503)],
        }),
        tab().prop_map(|tab| Event::BannerClosed { tab }),
        tab().prop_map(|tab| Event::DetailsWanted { tab }),
        tab().prop_map(|tab| Event::ViewWanted { tab }),
        tab().prop_map(|tab| Event::ViewClosed { tab }),
        (page(), any::<bool>()).prop_map(|(page, on)| Event::WatchClicked { page, on }),
        any::<bool>().prop_map(|is_online| Event::ConditionsChanged {
            conditions: crate::state::Conditions { is_online, ..crate::state::Conditions::default() }
        }),
        prop::sample::select(vec![Event::CheckAllClicked, Event::BoardWanted, Event::BoardClosed]),
        prop::option::of(0_u64..3).prop_map(|id| Event::HistoryDeleted { id }),
        (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(outage_page, banner, visited)| {
            let keep = if visited { Keeping::Visited } else { Keeping::Off };
            let settings =
                crate::settings::Settings { outage_page, banner, keep, ..crate::settings::Settings::default() };
            Event::SettingsChanged { settings }
        }),
        (tab(), url(), any::<bool>()).prop_map(|(tab, url, kept)| Event::KeepClicked { tab, url, kept }),
        (tab(), url(), any::<bool>()).prop_map(|(tab, url, has_password)| {
            let headers = Some(BTreeMap::new());
            let page = ReadyPage {
                url,
                status: 200,
                media_type: "text/html".into(),
                has_password,
                headers,
                ..ReadyPage::default()
            };
            Event::PageReady { tab, page }
        }),
    ]
}

proptest! {
    #[test]
    fn any_list_of_events_keeps_every_promise(events in prop::collection::vec((any_event(), 0_u64..9_000), 0..60)) {
        let mut story = Story::default();
        for (event, pause) in events {
            story.now += pause;
            story.on(event);
        }
        // However it went: once the deadlines are over, nothing is left waiting.
        story.now += CHECK_DEADLINE + COPIES_DEADLINE;
        story.on(Event::TimerFired);
        for outage in story.state.outages.values() {
            prop_assert!(outage.verdict().is_some());
        }
    }
}
