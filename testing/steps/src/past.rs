//! What led up to a case: pages fail and are checked, as a browser and a host would tell it.

use detour_core::event::Event;
use detour_core::observation::Millis;
use detour_core::outage::{Check, Outage, Phase, SiteKey};
use detour_core::port::{CheckId, PROTOCOL, Reply};
use detour_core::state::{State, Tab};
use detour_core::step::step;
use detour_core::tab::TabId;
use detour_core::target::Target;

use crate::evidence::{self, SITES};

/// What has happened so far.
#[derive(Debug)]
pub(crate) struct Past {
    pub(crate) state: State,
    pub(crate) now: Millis,
}

impl Default for Past {
    fn default() -> Self {
        // 8 June 2021, 09:47 UTC.
        Self { state: State::default(), now: Millis(1_623_145_620_000) }
    }
}

impl Past {
    /// So many pages of one CDN are failing and watched, on the user's word; now the first one's next look is due.
    ///
    /// Only the first one's past is lived through: the others' is a copy of it.
    pub(crate) fn watched(pages: usize, now: Millis) -> Self {
        let mut past = Self { now: Millis(now.0.saturating_sub(LEAD)), ..Self::default() };
        let end = past.all_but_the_end(0);
        past.live(vec![end]);
        let Some((first, outage)) = past.state.failing(tab(0)) else { return past };
        let (first, outage) = (first.clone(), outage.clone());
        let key = first.outage.clone();
        for nth in 1..pages {
            let page = evidence::page(&format!("www.site-{nth}.com"));
            let key = SiteKey::of_site(&page);
            let copy = Outage { page: page.clone(), pages: vec![page.clone()], ..outage.clone() };
            past.state.outages.insert(key.clone(), copy);
            past.state.tabs.insert(tab(nth), Tab { target: page, outage: key, ..first.clone() });
        }
        let pages: Vec<Target> = past.state.tabs.values().map(|tab| tab.target.clone()).collect();
        past.live(pages.into_iter().map(|page| Event::WatchClicked { page, on: true }).collect());
        let others: Vec<SiteKey> = past.state.outages.keys().filter(|other| **other != key).cloned().collect();
        for (nth, key) in (0..).zip([key].into_iter().chain(others)) {
            if let Some(outage) = past.state.outages.get_mut(&key) {
                outage.recovery.set_due(Some(now.plus(nth * 2_000)));
            }
        }
        // Everything falls into line with that.
        past.live(vec![Event::TabClosed { tab: TabId(i64::MAX) }]);
        past.now = now;
        past
    }

    /// What the browser and the host say of the first page's look, which is under way.
    pub(crate) fn look(&self) -> Vec<Event> {
        let recheck = self.state.failing(tab(0)).and_then(|(_, outage)| outage.recheck());
        let Some(recheck) = recheck else { return Vec::new() };
        let page = evidence::page(SITES[0]);
        let again = Event::AskedAgain { page, observation: evidence::by_browser(self.now) };
        let mut told = told(recheck.id, evidence::of_look(0, self.now));
        told.insert(1, again);
        told
    }

    pub(crate) fn live(&mut self, events: Vec<Event>) {
        for event in events {
            self.now = self.now.plus(10);
            self.state = step(std::mem::take(&mut self.state), event, self.now).0;
        }
    }

    pub(crate) fn failure(&self, site: usize) -> Event {
        let host = SITES.get(site).copied().unwrap_or_default();
        Event::StatusSeen {
            tab: tab(site),
            page: evidence::page(host),
            status: 503,
            by_service_worker: false,
            title: "503 Backend fetch failed".into(),
            html: evidence::ERROR_PAGE.into(),
        }
    }

    /// The page of this site fails, and so does the worker's own request.
    pub(crate) fn fail(&mut self, site: usize) {
        let host = SITES.get(site).copied().unwrap_or_default();
        let observation = evidence::by_browser(self.now);
        let again = Event::AskedAgain { page: evidence::page(host), observation };
        self.live(vec![self.failure(site), again]);
    }

    /// What the host says of a check that is under way: the greeting, some hundred observations, the end.
    pub(crate) fn check(&self, tab: TabId) -> Vec<Event> {
        let phase = self.state.failing(tab).map(|(_, outage)| &outage.phase);
        let Some(Phase::Checking(Check { id, .. })) = phase else {
            return Vec::new();
        };
        let site = usize::try_from(tab.0).unwrap_or_default();
        told(*id, evidence::of_check(site, self.now))
    }

    /// A site fails and is checked; the event that ends the check is still to come.
    pub(crate) fn all_but_the_end(&mut self, site: usize) -> Event {
        self.fail(site);
        let mut check = self.check(tab(site));
        let end = check.pop();
        self.live(check);
        end.unwrap_or(Event::TimerFired)
    }

    /// Nine tabs fail, one after the other.
    pub(crate) fn nine(&mut self) {
        for site in 0..9 {
            let end = self.all_but_the_end(site);
            self.live(vec![end]);
        }
    }
}

/// The greeting, these observations, the end.
fn told(id: CheckId, seen: Vec<detour_core::observation::Observation>) -> Vec<Event> {
    let greeting = Reply::Hello { protocol: PROTOCOL, version: "0.1.0".into() };
    let replies = seen.into_iter().map(|observation| Reply::Observed { id, observation });
    let end = Reply::Finished { id, timed_out: false };
    [greeting].into_iter().chain(replies).chain([end]).map(|reply| Event::HostReplied { reply }).collect()
}

fn tab(site: usize) -> TabId {
    TabId(i64::try_from(site).unwrap_or_default())
}

/// From the first failure to the look that is measured: what is known of a CDN is fresh for five minutes.
const LEAD: u64 = 60_000;
