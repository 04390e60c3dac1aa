//! An hour in which sites fail, with a browser and a host that answer at once.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use detour_core::effect::Effect;
use detour_core::event::{ArchiveReply, Event, Found};
use detour_core::observation::{Answer, Millis, Observation, Outcome, Step, Subject, Vantage};
use detour_core::port::{CheckId, PROTOCOL, Reply, Request, Scope};
use detour_core::state::State;
use detour_core::step::step;
use detour_core::tab::TabId;
use detour_core::target::Target;

use super::kinds::{Answers, Kind};

/// What was ordered in it.
pub(super) struct Hour {
    /// Hosts that the browser asked, each as often as it did.
    pub(super) asked: Vec<String>,
    /// Checks by the native host.
    pub(super) checks: Vec<(String, Scope)>,
    /// Requests to archives.
    pub(super) archives: usize,
    /// What was concluded of the sites in the end.
    pub(super) faults: Vec<String>,
}

impl Hour {
    /// Has the sites fail one after the other, and an hour pass.
    pub(super) fn lived(kind: &Kind) -> Result<Self> {
        let hour = Self { asked: Vec::new(), checks: Vec::new(), archives: 0, faults: Vec::new() };
        let mut world =
            World { kind, hour, state: State::default(), now: 0, timer: None, coming: BTreeMap::new(), count: 0 };
        // A seed that some installation could have drawn.
        world.state.lasting.seed = 2_654_435_761;
        world.tell(Event::Started { version: "0.1.0".into() })?;
        world.tell(Event::SettingsChanged { settings: (kind.settings)() })?;
        for (nth, (host, _)) in (0..).zip(kind.sites) {
            let failure = Event::StatusSeen {
                tab: TabId(i64::try_from(nth)?),
                page: Target::parse(&format!("https://{host}/"))?,
                status: 503,
                by_service_worker: false,
                title: String::new(),
                html: PAGE.into(),
            };
            world.plan(nth * 3_000, failure);
        }
        world.run()?;
        let phases = world.state.outages.values().map(|outage| outage.verdict());
        world.hour.faults = phases
            .map(|verdict| verdict.map_or_else(|| "under way".to_owned(), |verdict| format!("{:?}", verdict.fault)))
            .collect();
        Ok(world.hour)
    }
}

struct World<'a> {
    kind: &'a Kind,
    hour: Hour,
    state: State,
    now: u64,
    timer: Option<u64>,
    /// By moment, and in the order in which it was planned.
    coming: BTreeMap<(u64, u64), Event>,
    count: u64,
}

impl World<'_> {
    fn run(&mut self) -> Result<()> {
        loop {
            let next = self.coming.keys().next().copied();
            let is_timer = self.timer.is_some_and(|timer| next.is_none_or(|(at, _)| timer < at));
            let at = if is_timer { self.timer } else { next.map(|(at, _)| at) };
            let Some(at) = at.filter(|at| *at <= AN_HOUR) else { return Ok(()) };
            self.now = self.now.max(at);
            if is_timer {
                self.timer = None;
                self.tell(Event::TimerFired)?;
            } else if let Some((_, event)) = self.coming.pop_first() {
                self.tell(event)?;
            }
        }
    }

    fn plan(&mut self, after: u64, event: Event) {
        self.count += 1;
        self.coming.insert((self.now + after, self.count), event);
    }

    fn clock(&self) -> Millis {
        Millis(BEGIN + self.now)
    }

    fn tell(&mut self, event: Event) -> Result<()> {
        let (state, effects) = step(std::mem::take(&mut self.state), event, self.clock());
        self.state = state;
        effects.into_iter().try_for_each(|effect| self.carry_out(effect))
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "what is only drawn or written asks nobody anything")]
    fn carry_out(&mut self, effect: Effect) -> Result<()> {
        match effect {
            Effect::AskAgain { page } => {
                let host = page.host().to_owned();
                let mut observation =
                    Observation::new(Vantage::Browser, Subject::Target, Step::Http, self.answer(&host)?);
                observation.at = self.clock().plus(LOOK);
                self.hour.asked.push(host);
                self.plan(LOOK, Event::AskedAgain { page, observation });
            }
            Effect::AskHost { request } if self.kind.has_host => self.ask_host(request)?,
            Effect::AskHost { .. } => self.plan(0, Event::HostLost { error: "not found".into() }),
            Effect::LookUpCopies { tab, id, .. } => {
                self.hour.archives += 1;
                self.plan(LOOK, Event::ArchiveReplied { tab, id, reply: ArchiveReply::Failed });
            }
            Effect::ReadPage { tab } => {
                let page = self.state.tabs.get(&tab).map(|tab| tab.target.clone());
                self.plan(1, Event::PageRead { tab, found: Found::Document { page, status: 503 } });
            }
            Effect::ArmTimer { at } => self.timer = Some(at.0.saturating_sub(BEGIN)),
            _ => {}
        }
        Ok(())
    }

    fn ask_host(&mut self, request: Request) -> Result<()> {
        match request {
            Request::Hello { .. } => {
                let reply = Reply::Hello { protocol: PROTOCOL, version: "0.1.0".into() };
                self.plan(1, Event::HostReplied { reply });
            }
            Request::Check { id, url, scope, .. } => {
                let host = host_of(&url)?;
                for observation in self.seen(&host)? {
                    self.observed(id, observation);
                }
                if scope != Scope::Alone {
                    self.observed(id, self.canary(&host)?);
                }
                self.hour.checks.push((host, scope));
                self.plan(LOOK, Event::HostReplied { reply: Reply::Finished { id, timed_out: false } });
            }
            Request::Cancel { .. } => {}
        }
        Ok(())
    }

    /// Of all that a check sees, what tells the site's trouble from the user's own.
    fn seen(&self, host: &str) -> Result<[Observation; 3]> {
        let seen = |subject, step, outcome| Observation::new(Vantage::Host, subject, step, outcome);
        let well = Answer { status: 204, headers: BTreeMap::new(), body: String::new() };
        Ok([
            seen(Subject::Route, Step::Tcp, Outcome::Connected),
            seen(Subject::Anchor("anchor.example.org".into()), Step::Http, Outcome::Answered(well)),
            seen(Subject::Target, Step::Http, self.answer(host)?),
        ])
    }

    /// Another site on its CDN, which fails like it.
    fn canary(&self, host: &str) -> Result<Observation> {
        let subject = Subject::Sibling("canary.example.net".into());
        Ok(Observation::new(Vantage::Host, subject, Step::Http, self.answer(host)?))
    }

    fn observed(&mut self, id: CheckId, mut observation: Observation) {
        observation.at = self.clock().plus(LOOK);
        self.plan(LOOK, Event::HostReplied { reply: Reply::Observed { id, observation } });
    }

    fn answer(&self, host: &str) -> Result<Outcome> {
        let site = self.kind.sites.iter().find(|(known, _)| *known == host);
        let Answers { header, asks_back } = site.with_context(|| format!("{host} is none of the sites"))?.1;
        let headers = [header].into_iter().chain(asks_back.map(|seconds| ("retry-after", seconds)));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(Outcome::Answered(Answer { status: 503, headers, body: PAGE.into() }))
    }
}

fn host_of(url: &str) -> Result<String> {
    Ok(Target::parse(url)?.host().to_owned())
}

/// 8 June 2021, 09:47 UTC.
const BEGIN: u64 = 1_623_145_620_000;
const AN_HOUR: u64 = 60 * 60 * 1000;
/// What an answer takes, in milliseconds.
const LOOK: u64 = 300;
const PAGE: &str = "<title>503</title><h1>503 Service Unavailable</h1>";
