//! What is said to core and what core orders: a host without a browser.

use detour_core::effect::Effect;
use detour_core::event::Event;
use detour_core::observation::{Observation, Subject, retry_after};
use detour_core::outage::SiteKey;
use detour_core::port::{PROTOCOL, Reply, Request};
use detour_core::step::step;
use detour_core::verdict;

use super::errand::{Errand, Purpose};
use super::{Lookout, VERSION, tab};
use crate::watch::clock::Clock;
use crate::watch::loads;
use crate::watch::standing::Standing;

impl<C: Clock> Lookout<C> {
    /// A first look: core hears of it where it failed, and gets what was seen in place of a second check.
    pub(super) fn first(&mut self, nth: usize, seen: Vec<Observation>) {
        let failure = verdict::failure_here(&seen);
        let Some(watched) = self.sites.get_mut(nth) else { return };
        if let Some(failure) = failure {
            let event = loads::event(tab(nth), &watched.site.target, &seen, &failure);
            watched.unheard = seen.into();
            self.tell(event);
        } else {
            watched.standing = Standing::Fine;
        }
    }

    /// Gives core what it waits for and was seen.
    pub(super) fn deliver(&mut self) {
        for nth in 0..self.sites.len() {
            // A doubted failure is confirmed by one answer and then asked for again: at most a few turns.
            for _ in 0..MOST_TURNS {
                if !self.deliver_one(nth) {
                    break;
                }
            }
            // Nobody waits for it: core has dropped the site, or learns of it through another page of the same one.
            let is_wanted = self.state.failing(tab(nth)).is_some_and(|(_, outage)| outage.is_doubted());
            if let Some(watched) = self.sites.get_mut(nth)
                && !is_wanted
                && watched.check.is_none()
            {
                watched.unheard.clear();
                watched.is_asked = false;
            }
        }
    }

    /// Whether there was something to give.
    fn deliver_one(&mut self, nth: usize) -> bool {
        let Some(watched) = self.sites.get_mut(nth) else { return false };
        if watched.unheard.is_empty() {
            return false;
        }
        // Where core is in doubt it wants one more try before the check. There is no browser for it: one of the check's
        // own tries stands in, under its own name, and is not told twice.
        if std::mem::take(&mut watched.is_asked) {
            let page = watched.site.target.clone();
            let is_own = |seen: &Observation| seen.subject == Subject::Target && seen.resolver.is_none();
            let bad = watched.unheard.iter().position(|seen| is_own(seen) && verdict::is_bad(seen));
            let place = bad.or_else(|| watched.unheard.iter().position(|seen| is_own(seen) && seen.answer().is_some()));
            if let Some(observation) = place.and_then(|place| watched.unheard.remove(place)) {
                self.tell(Event::AskedAgain { page, observation });
                return true;
            }
        }
        let Some(watched) = self.sites.get_mut(nth) else { return false };
        let Some(id) = watched.check.take() else { return false };
        for observation in std::mem::take(&mut watched.unheard) {
            self.tell(Event::HostReplied { reply: Reply::Observed { id, observation } });
        }
        self.tell(Event::HostReplied { reply: Reply::Finished { id, timed_out: false } });
        true
    }

    /// The one way into core.
    pub(super) fn tell(&mut self, event: Event) {
        let (state, effects) = step(std::mem::take(&mut self.state), event, self.clock.now());
        self.state = state;
        for effect in effects {
            self.carry_out(effect);
        }
        self.hurry();
    }

    /// The user's word on how long to wait at most comes after core's back-off, and not before what the site asks for.
    fn hurry(&mut self) {
        let Some(longest) = self.longest_interval else { return };
        let latest = self.clock.now().plus(longest);
        let keys: Vec<SiteKey> = self.state.outages.keys().cloned().collect();
        for key in keys {
            let Some(outage) = self.state.outages.get_mut(&key) else { continue };
            let asked = retry_after(&outage.seen).unwrap_or_default();
            let due = outage.recovery.due().map(|due| due.min(latest.max(asked)));
            outage.recovery.set_due(due);
        }
    }

    /// Orders that need a network are carried out; those that draw in a browser have nowhere to go.
    fn carry_out(&mut self, effect: Effect) {
        if let Effect::ArmTimer { at } = effect {
            self.timer = Some(at);
        } else if let Effect::AskAgain { page } = effect {
            if let Some(watched) = self.sites.iter_mut().find(|watched| watched.site.target == page) {
                watched.is_asked = true;
            }
        } else if let Effect::AskHost { request } = effect {
            self.ask(request);
        }
    }

    fn ask(&mut self, request: Request) {
        match request {
            Request::Hello { .. } => {
                let reply = Reply::Hello { protocol: PROTOCOL, version: VERSION.to_owned() };
                self.tell(Event::HostReplied { reply });
            }
            Request::Check { id, url, scope, .. } => {
                let place = self.sites.iter().position(|watched| watched.site.target.as_str() == url);
                let Some((nth, watched)) = place.and_then(|nth| Some((nth, self.sites.get_mut(nth)?))) else { return };
                watched.check = Some(id);
                if watched.unheard.is_empty() {
                    self.waiting.push_back(Errand { nth, scope, purpose: Purpose::Core(id) });
                }
            }
            Request::Cancel { id } => {
                self.waiting.retain(|errand| errand.purpose != Purpose::Core(id));
            }
        }
    }
}

/// A doubted failure takes two answers and a check.
const MOST_TURNS: usize = 4;
