//! A small internet on a simulated clock: sites that fail and recover by a plan, tabs that show them, and the worker,
//! which can be killed after any event.

use std::collections::{BTreeMap, VecDeque};

use super::*;
use crate::incident::{Incident, Lasting, MOST_ALERTS, MOST_OVERS};
use crate::settings::Settings;
use crate::stored::{Changes, Reader, Stored, lasting_of, state_of};
use crate::view::{Badge, Text};

/// Noon of 8 June 2021, UTC.
pub(super) const NOON: u64 = 1_623_153_600_000;

pub(super) const SECOND: u64 = 1_000;
pub(super) const MINUTE: u64 = 60 * SECOND;

/// What a site answers at a moment, in milliseconds since the beginning.
pub(super) type Plan = fn(host: &str, at: u64) -> Outcome;

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) at: u64,
    pub(super) id: u64,
    pub(super) title: Text,
    pub(super) body: Text,
}

pub(super) struct World {
    pub(super) state: State,
    pub(super) now: u64,
    pub(super) plan: Plan,
    pub(super) badges: BTreeMap<TabId, Badge>,
    pub(super) said: Vec<Notice>,
    pub(super) on_screen: BTreeMap<u64, String>,
    pub(super) asked: Vec<(u64, String)>,
    pub(super) orders: Vec<Effect>,
    pub(super) events: usize,
    /// After which event the worker is killed.
    pub(super) killed_after: Option<usize>,
    conditions: crate::state::Conditions,
    timer: Option<u64>,
    coming: VecDeque<(u64, Target)>,
    /// What is written for the session, after each event.
    session: Area,
    /// What lies on the disk: written when it was ordered, and only then.
    disk: Area,
    /// The state of it that was written last.
    written: Lasting,
    history: Vec<Incident>,
    stored: Stored,
}

/// A browser's storage.
#[derive(Default)]
struct Area(BTreeMap<String, String>);

impl Area {
    fn take(&mut self, changes: Changes) {
        self.0.extend(changes.put);
        changes.removed.iter().for_each(|key| _ = self.0.remove(key));
    }

    fn items(&self) -> Vec<(String, String)> {
        self.0.iter().map(|(key, text)| (key.clone(), text.clone())).collect()
    }
}

struct Json;

impl Reader for Json {
    fn read<T: serde::de::DeserializeOwned>(&self, text: &str) -> Result<T, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }
}

impl World {
    pub(super) fn new(plan: Plan) -> Self {
        let mut world = Self {
            state: State::default(),
            now: 0,
            plan,
            badges: BTreeMap::new(),
            said: Vec::new(),
            on_screen: BTreeMap::new(),
            asked: Vec::new(),
            orders: Vec::new(),
            events: 0,
            killed_after: None,
            conditions: crate::state::Conditions::default(),
            timer: None,
            coming: VecDeque::new(),
            session: Area::default(),
            disk: Area::default(),
            written: Lasting::default(),
            history: Vec::new(),
            stored: Stored::default(),
        };
        world.tell(Event::Started { version: "1".into() });
        world.tell(Event::HostLost { error: "not found".into() });
        world
    }

    pub(super) fn with(plan: Plan, settings: Settings) -> Self {
        let mut world = Self::new(plan);
        world.tell(Event::SettingsChanged { settings });
        world
    }

    pub(super) fn clock(&self) -> Millis {
        Millis(NOON + self.now)
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.turn(event);
        self.events += 1;
        if self.killed_after == Some(self.events) {
            self.kill_worker();
        }
    }

    fn turn(&mut self, event: Event) {
        if let Event::TabClosed { tab } | Event::NavigationCommitted { tab, .. } = &event {
            self.badges.remove(tab);
        }
        let now = self.clock();
        let (state, effects) = step(std::mem::take(&mut self.state), event, now);
        self.state = state;
        for effect in effects {
            self.carry_out(&effect);
            self.orders.push(effect);
        }
        self.session.take(self.stored.changes(&mut self.state));
        self.holds();
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "most orders change nothing in this small world")]
    fn carry_out(&mut self, effect: &Effect) {
        match effect {
            Effect::SetBadge { tab, badge: Some(badge) } => {
                self.badges.insert(*tab, badge.clone());
            }
            Effect::SetBadge { tab, badge: None } => {
                self.badges.remove(tab);
            }
            Effect::AskAgain { page } => {
                self.asked.push((self.now, page.as_str().to_owned()));
                self.coming.push_back((self.now + 300, page.clone()));
            }
            Effect::ArmTimer { at } => self.timer = Some(at.0 - NOON),
            Effect::Notify { id, title, body } => {
                self.may_speak(*id, title);
                self.on_screen.insert(*id, title.key.clone());
                self.said.push(Notice { at: self.now, id: *id, title: title.clone(), body: body.clone() });
            }
            Effect::ClearNotice { id } => {
                self.on_screen.remove(id);
            }
            Effect::SaveLasting => {
                self.disk.take(self.stored.lasting_changes(&self.state.lasting));
                self.written.clone_from(&self.state.lasting);
            }
            Effect::SaveHistory => self.history.clone_from(&self.state.history),
            _ => {}
        }
    }

    /// No word to a user who is offline, or wants none now or of this site.
    fn may_speak(&self, id: u64, title: &Text) {
        let settings = &self.state.settings;
        assert!(self.state.conditions.is_online, "said while offline: {title:?}");
        assert!(settings.pause_until.is_none_or(|until| until <= self.clock()), "said while paused: {title:?}");
        let minute = (self.clock().0 / MINUTE + 1440).saturating_add_signed(self.state.conditions.utc_offset.into());
        let (minute, from, to) = (minute % 1440, settings.quiet_from.into(), settings.quiet_to.into());
        let is_quiet = if from <= to { from <= minute && minute < to } else { minute >= from || minute < to };
        assert!(!is_quiet, "said in quiet hours: {title:?}");
        let all = self.state.lasting.incidents.iter().chain(&self.state.history);
        let incident = all.into_iter().find(|incident| incident.id == id).expect("said of an incident");
        let is_muted = |host: &str| settings.muted.iter().any(|muted| host.ends_with(muted.as_str()));
        assert!(incident.sites.iter().any(|site| !is_muted(&site.host)), "said of a muted site: {title:?}");
        assert!(!title.args.iter().any(|arg| settings.muted.contains(arg)), "a muted site is named: {title:?}");
    }

    /// Invariants, by their names.
    fn holds(&self) {
        for (tab, badge) in &self.badges {
            let shown = self.state.failing(*tab);
            assert!(shown.is_some(), "stale badge {badge:?} on {tab:?}");
            let now = shown.and_then(|(entry, outage)| crate::view::badge(entry, outage));
            assert_eq!(now.as_ref(), Some(badge), "a badge that is true no more");
        }
        for (key, outage) in self.state.outages.iter() {
            let is_shown = self.state.tabs_of(key).next().is_some();
            let is_for_now = outage.until.is_some_and(|until| until > self.clock());
            assert!(is_shown || leave::is_watched(&self.state, key) || is_for_now, "orphaned outage {key:?}");
        }
        for page in &self.state.lasting.watched {
            let key = crate::outage::SiteKey::of_site(page);
            assert!(self.state.outages.contains_key(&key), "a watch that nobody sees to: {}", page.as_str());
        }
        for incident in &self.state.lasting.incidents {
            let alerts = self.said.iter().filter(|notice| notice.id == incident.id).count();
            let asked_for = incident.said.asked.len();
            assert!(alerts <= MOST_ALERTS + asked_for, "{alerts} alerts of one incident, {asked_for} asked for");
            assert!(asked_for <= incident.sites.len() * usize::from(MOST_OVERS), "{:?}", incident.said);
        }
        let looks = self.state.outages.values().filter(|outage| outage.recheck().is_some()).count();
        assert!(looks <= MOST_RECHECKS, "{looks} looks at once");
        let lasting = &self.state.lasting;
        let is_written = self.written.watched == lasting.watched && self.written.incidents == lasting.incidents;
        assert!(is_written, "what outlives the browser was not kept");
        assert!(self.history == self.state.history, "the past was not kept");
    }

    /// A tab loads a page, and finds what the plan says.
    pub(super) fn visit(&mut self, tab: TabId, url: &str) {
        let host = host_of(url);
        let status = if let Outcome::Answered(answer) = (self.plan)(&host, self.now) { answer.status } else { 0 };
        let url = url.to_owned();
        if self.state.listens {
            self.tell(Event::NavigationCommitted { tab, shown: Shown::Page(at(&url)) });
        }
        if status >= 500 {
            let (title, html) = (String::new(), String::new());
            self.tell(Event::StatusSeen { tab, page: at(&url), status, by_service_worker: false, title, html });
        } else if self.state.tabs.contains_key(&tab) {
            self.tell(Event::PageRead { tab, found: Found::Document { page: Some(at(&url)), status } });
        }
    }

    /// Lets time pass: timers fire, sites answer.
    pub(super) fn run_until(&mut self, until: u64) {
        let mut turns = 0;
        loop {
            turns += 1;
            assert!(turns < 2_000_000, "time stands still at {}", self.now);
            let answer = self.coming.iter().map(|(at, ..)| *at).min();
            let Some(next) = answer.into_iter().chain(self.timer).min().filter(|next| *next <= until) else { break };
            if answer == Some(next) {
                let place = self.coming.iter().position(|(at, ..)| *at == next).unwrap();
                let (at, page) = self.coming.remove(place).unwrap();
                self.now = self.now.max(at);
                let outcome = (self.plan)(page.host(), self.now);
                let mut observation = seen(Vantage::Browser, outcome);
                observation.at = self.clock();
                self.tell(Event::AskedAgain { page, observation });
            } else {
                assert!(self.timer.is_some_and(|at| at + 60 * SECOND > self.now), "a timer in the past");
                self.now = self.now.max(next);
                self.timer = None;
                self.tell(Event::TimerFired);
            }
        }
        self.now = until;
    }

    /// The worker dies, and what was under way with it; the session's storage and the disk stay.
    pub(super) fn kill_worker(&mut self) {
        let before = self.state.clone();
        self.session.take(self.stored.changes(&mut self.state));
        self.wake();
        // What the worker found is what it left, but for what it takes up again.
        let keys = |state: &State| {
            (state.outages.keys().cloned().collect::<Vec<_>>(), state.tabs.keys().copied().collect::<Vec<_>>())
        };
        assert_eq!(keys(&self.state), keys(&before), "the session's storage forgot something");
    }

    /// The browser is closed and opened again: only the disk stays, and no tab has its old number.
    pub(super) fn restart_browser(&mut self) {
        self.badges.clear();
        self.session = Area::default();
        self.wake();
    }

    fn wake(&mut self) {
        let (mut state, mut stored, problems) = state_of(&self.session.items(), &Json);
        assert!(problems.is_empty(), "{problems:?}");
        state.settings = self.state.settings.clone();
        state.lasting = lasting_of(&self.disk.items(), &mut stored, &Json).0;
        assert_eq!(state.lasting.incidents, self.written.incidents, "the disk holds what was written");
        assert_eq!(state.lasting.watched, self.written.watched, "the disk holds what was written");
        state.lasting.seed = self.state.lasting.seed;
        state.history = self.history.clone();
        self.stored = stored;
        self.conditions = self.state.conditions;
        self.state = state;
        self.coming.clear();
        self.timer = None;
        let conditions = self.conditions;
        self.turn(Event::ConditionsChanged { conditions });
        self.turn(Event::Started { version: "1".into() });
        self.turn(Event::HostLost { error: "not found".into() });
        // What the worker asks of tabs, the browser answers.
        let tabs: Vec<(TabId, String)> =
            self.state.tabs.iter().map(|(id, tab)| (*id, tab.target.as_str().to_owned())).collect();
        for (tab, url) in tabs {
            self.turn(Event::PageRead { tab, found: Found::Document { page: Some(at(&url)), status: 503 } });
        }
    }

    pub(super) fn titles(&self) -> Vec<&str> {
        self.said.iter().map(|notice| notice.title.key.as_str()).collect()
    }

    pub(super) fn ordered(&self, is_wanted: impl Fn(&Effect) -> bool) -> usize {
        self.orders.iter().filter(|effect| is_wanted(effect)).count()
    }
}

pub(super) fn host_of(url: &str) -> String {
    crate::target::Target::parse(url).unwrap().host().to_owned()
}

/// An answer of Fastly's.
pub(super) fn fastly(status: u16, pop: &str) -> Outcome {
    let node = format!("cache-{}1-{pop}", pop.to_lowercase());
    let headers = [("server", "Varnish"), ("x-served-by", &*node), ("retry-after", "0")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let body = if status < 500 { "" } else { "<h1>Error 503 Service Unavailable</h1><h3>Guru Mediation:</h3>" };
    Outcome::Answered(Answer { status, headers, body: body.into() })
}

/// A good answer of another CDN's.
pub(super) fn cloudflare() -> Outcome {
    let headers = [("server", "cloudflare"), ("cf-ray", "53e82c077a54769a-ARN")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    Outcome::Answered(Answer { status: 200, headers, body: String::new() })
}
