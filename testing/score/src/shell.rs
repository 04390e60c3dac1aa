//! A browser, a native host and a user on a simulated clock, around the real [`detour_core::step`].
//!
//! Not simulated: the worker going to sleep, service workers, prerendering, a host that is not installed.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use detour_core::effect::Effect;
use detour_core::event::{ArchiveReply, Event, Shown};
use detour_core::outage::Phase;
use detour_core::port::{CheckId, PROTOCOL, Refusal, Reply, Request};
use detour_core::settings::Settings;
use detour_core::state::State;
use detour_core::step::step;
use detour_core::tab::TabId;
use detour_core::target::Target;
use detour_outages::{Chance, Host, Outage, words};
use serde_json::Value;

use crate::network::Network;

mod browser;
mod evidence;
mod host;
mod pages;
mod visits;

use browser::Load;
use host::CheckEnd;

/// Whether the user asks others, who then learn the site's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Persona {
    /// No.
    Alone,
    /// Yes, always.
    Closer,
}

impl Persona {
    pub(crate) const BOTH: [Self; 2] = [Self::Alone, Self::Closer];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Alone => "alone",
            Self::Closer => "closer",
        }
    }
}

/// What became of one tab.
#[derive(Debug, Clone)]
pub(crate) struct TabCourse {
    /// The host of its site.
    pub(crate) host: String,
    /// When it was first opened, as a time of day in milliseconds.
    pub(crate) opened: u64,
    /// Its entry's phase as JSON, at each moment at which it changed; null where there is no entry.
    pub(crate) phases: Vec<(u64, Value)>,
    /// What the verdicts rested on, where that was asked for; by the moment.
    pub(crate) evidence: BTreeMap<u64, Vec<String>>,
}

/// What became of one replay.
#[derive(Debug)]
pub(crate) struct Played {
    pub(crate) tabs: Vec<TabCourse>,
    /// What the user was told, by the notification's key, and when.
    pub(crate) alerts: Vec<(u64, String)>,
}

/// How long it goes on after the outage: the last re-check but one, and three good samples.
const TAIL: u64 = 10 * 60 * 1000;

/// Something that will happen.
#[derive(Debug)]
enum Coming {
    Event(Box<Event>),
    FromHost(CheckId, Box<Reply>),
    Visit(TabId),
    Loaded(TabId, Box<Load>),
    Timer(u64),
}

/// What a tab shows.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    Nothing,
    Document { status: u16 },
    ErrorPage,
    OwnPage,
}

struct Shell<'a> {
    network: Network<'a>,
    now: u64,
    queue: BinaryHeap<Reverse<(u64, u64)>>,
    coming: BTreeMap<u64, Coming>,
    count: u64,
    serial: u64,
    state: State,
    timer: Option<u64>,
    has_port: bool,
    cancelled: BTreeSet<CheckId>,
    tabs: BTreeMap<TabId, BrowserTab<'a>>,
    is_gecko: bool,
    keeps_evidence: bool,
    alerts: Vec<(u64, String)>,
}

struct BrowserTab<'a> {
    host: &'a Host,
    page: Target,
    content: Content,
    loading: u64,
    last_phase: Option<Phase>,
    course: TabCourse,
}

#[expect(clippy::expect_used, reason = "the outages' hosts are public names")]
fn page_of(host: &Host) -> Target {
    Target::parse(&format!("https://{}/", host.name)).expect("a host's front page")
}

/// Plays one replay with one seed for one kind of user.
pub(crate) fn play(outage: &Outage, seed: u64, persona: Persona, keeps_evidence: bool) -> Played {
    let network = Network::new(outage, seed);
    let is_gecko = Chance::of(seed, &[words(outage.id), words("engine")]).share(1) < 0.4;
    let mut shell = Shell {
        network,
        now: outage.begins.0.saturating_sub(60_000),
        queue: BinaryHeap::new(),
        coming: BTreeMap::new(),
        count: 0,
        serial: 0,
        state: State::default(),
        timer: None,
        has_port: false,
        cancelled: BTreeSet::new(),
        tabs: BTreeMap::new(),
        is_gecko,
        keeps_evidence,
        alerts: Vec::new(),
    };
    shell.tell(Event::Started { version: "0.1.0".to_owned() });
    let settings = Settings { look_closer: persona == Persona::Closer, ..Settings::default() };
    shell.tell(Event::SettingsChanged { settings });
    for (nth, visit) in (1..).zip(visits::plan(outage, seed)) {
        let tab = TabId(nth);
        let course = TabCourse {
            host: visit.host.name.to_owned(),
            opened: visit.opens.first().copied().unwrap_or(outage.begins.0),
            phases: Vec::new(),
            evidence: BTreeMap::new(),
        };
        let page = page_of(visit.host);
        let tab_of =
            BrowserTab { host: visit.host, page, content: Content::Nothing, loading: 0, last_phase: None, course };
        shell.tabs.insert(tab, tab_of);
        for at in visit.opens {
            shell.plan(at, Coming::Visit(tab));
        }
    }
    shell.run(outage.ends.0 + TAIL);
    Played { tabs: shell.tabs.into_values().map(|tab| tab.course).collect(), alerts: shell.alerts }
}

/// A phase as the user is told of it: the verdict stands while the site is looked at again.
fn told(phase: &Phase) -> Phase {
    match phase {
        Phase::Rechecking { verdict, at, .. } => Phase::Concluded { verdict: verdict.clone(), at: *at },
        Phase::Doubted { .. } | Phase::Checking(_) | Phase::Concluded { .. } => phase.clone(),
    }
}

impl<'a> Shell<'a> {
    fn plan(&mut self, at: u64, coming: Coming) {
        self.count += 1;
        self.queue.push(Reverse((at.max(self.now), self.count)));
        self.coming.insert(self.count, coming);
    }

    fn soon(&mut self, after: u64, event: Event) {
        self.plan(self.now + after, Coming::Event(Box::new(event)));
    }

    fn run(&mut self, until: u64) {
        while let Some(Reverse((at, nth))) = self.queue.pop() {
            if at > until {
                break;
            }
            let Some(coming) = self.coming.remove(&nth) else { continue };
            self.now = at;
            match coming {
                Coming::Event(event) => self.tell(*event),
                Coming::FromHost(check, reply) => {
                    if self.has_port && !self.cancelled.contains(&check) {
                        self.tell(Event::HostReplied { reply: *reply });
                    }
                }
                Coming::Visit(tab) => self.visit(tab),
                Coming::Loaded(tab, load) => self.loaded(tab, &load),
                Coming::Timer(armed) => {
                    if self.timer == Some(armed) {
                        self.timer = None;
                        self.tell(Event::TimerFired);
                    }
                }
            }
        }
    }

    /// The one way into the code that is scored.
    fn tell(&mut self, event: Event) {
        let now = self.network.shown(self.now);
        let (state, effects) = step(std::mem::take(&mut self.state), event, now);
        self.state = state;
        self.note();
        for effect in effects {
            self.carry_out(effect);
        }
    }

    /// Writes down what became of each tab.
    fn note(&mut self) {
        for (id, tab) in &mut self.tabs {
            let shown = self.state.failing(*id);
            let phase = shown.map(|(_, outage)| told(&outage.phase));
            if tab.last_phase == phase {
                continue;
            }
            let json = phase.as_ref().and_then(|phase| serde_json::to_value(phase).ok()).unwrap_or(Value::Null);
            tab.last_phase = phase;
            tab.course.phases.push((self.now, json));
            if let Some((entry, outage)) = shown.filter(|_| self.keeps_evidence) {
                tab.course.evidence.insert(self.now, evidence::of(entry, outage, &self.state));
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::AskHost { request } => self.ask_host(request),
            Effect::ReleaseHost => self.has_port = false,
            Effect::AskAgain { page } => self.ask_again(page),
            Effect::ReadPage { tab } => {
                let found = self.found_in(tab);
                self.soon(6, Event::PageRead { tab, found });
            }
            Effect::ShowOutagePage { tab, .. } => {
                if let Some(shown) = self.tabs.get_mut(&tab) {
                    shown.content = Content::OwnPage;
                    self.soon(30, Event::NavigationCommitted { tab, shown: Shown::OwnPage });
                }
            }
            Effect::Navigate { tab, .. } => self.load(tab),
            Effect::Reload { tab } => {
                if self.tabs.get(&tab).is_some_and(|tab| tab.content != Content::OwnPage) {
                    self.load(tab);
                }
            }
            Effect::LookUpCopies { tab, id, .. } => {
                self.soon(900, Event::ArchiveReplied { tab, id, reply: ArchiveReply::Failed });
            }
            Effect::ArmTimer { at } => {
                let now = self.network.shown(self.now);
                let fires = self.now + at.since(now);
                self.count += 1;
                let armed = self.count;
                self.timer = Some(armed);
                self.plan(fires, Coming::Timer(armed));
            }
            Effect::Notify { title, .. } => self.alerts.push((self.now, title.key)),
            Effect::SetBadge { .. }
            | Effect::ShowBanner { .. }
            | Effect::HideBanner { .. }
            | Effect::ListenForCommits { .. }
            | Effect::ShowView { .. }
            | Effect::LookOnShelf { .. }
            | Effect::KeepPage { .. }
            | Effect::ShowKept { .. }
            | Effect::OfferToKeep { .. }
            | Effect::AskPage { .. }
            | Effect::ComparePage { .. }
            | Effect::NoteAttended { .. }
            | Effect::ClearNotice { .. }
            | Effect::ShowTab { .. }
            | Effect::ShowDetails { .. }
            | Effect::OpenBoard
            | Effect::ShowBoard { .. }
            | Effect::ShowHistory { .. }
            | Effect::SaveLasting
            | Effect::SaveHistory
            | Effect::SaveSettings { .. } => {}
        }
    }

    fn ask_again(&mut self, page: Target) {
        let Some(host) = self.network.outage.host(page.host()) else { return };
        self.serial += 1;
        let (ended, observation) = browser::ask_again(&self.network, host, self.now, self.serial);
        self.plan(ended, Coming::Event(Box::new(Event::AskedAgain { page, observation })));
    }

    /// Whose page a URL is.
    fn host_of(&self, url: &str) -> Option<&'a Host> {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
        self.network.outage.host(rest.split('/').next()?)
    }

    fn ask_host(&mut self, request: Request) {
        let startup = if self.has_port { 1 } else { 40 };
        self.has_port = true;
        match request {
            Request::Hello { .. } => {
                let reply = Reply::Hello { protocol: PROTOCOL, version: "0.1.0".to_owned() };
                self.soon(startup, Event::HostReplied { reply });
            }
            Request::Check { id, url, scope, .. } => {
                let Some(host) = self.host_of(&url) else { return };
                let at = self.now + startup;
                let check = host::check(&self.network, host, scope, at, &mut self.serial);
                for (at, observation) in check.observed {
                    self.plan(at, Coming::FromHost(id, Box::new(Reply::Observed { id, observation })));
                }
                let end = match check.end {
                    CheckEnd::Finished { timed_out } => Reply::Finished { id, timed_out },
                    CheckEnd::PrivateAddress => Reply::Refused {
                        id: Some(id),
                        reason: Refusal::PrivateAddress,
                        message: "this name leads to an address on your own network".to_owned(),
                    },
                };
                self.plan(check.ended, Coming::FromHost(id, Box::new(end)));
            }
            Request::Cancel { id } => {
                self.cancelled.insert(id);
                let reply = Reply::Refused {
                    id: Some(id),
                    reason: Refusal::Cancelled,
                    message: "the check was cancelled".to_owned(),
                };
                self.soon(2, Event::HostReplied { reply });
            }
        }
    }
}
