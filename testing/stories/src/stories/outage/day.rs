//! A day of the lab's, lived through in a browser whose worker has a clock that can be put forward.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::incident::Incident;
use detour_core::observation::Millis;
use detour_core::state::State;
use detour_core::tab::TabId;
use detour_lab::Lab;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::browser::Browser;
use crate::engine::Engine;
use crate::place;
use crate::stories::clock::{self, is_at_rest, real_now};
use crate::surroundings::BrowserOptions;
use crate::wait::{wait_for, wait_until};

/// What was said to the user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Notice {
    pub(super) at: u64,
    /// Which one it was of those that one worker said.
    nth: u32,
    pub(super) title: String,
    pub(super) message: String,
}

/// What is done to Detour while it lives through the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    Undisturbed,
    /// Whenever looks begin, the worker is killed in the middle of them, or at every third time the host is, under a worker
    /// that lives on; and once they are done and nothing is under way any more, the worker is killed again.
    Disturbed,
}

/// What was killed, and when.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(super) struct Kills {
    /// Workers with looks under way, which their successors had to begin anew.
    pub(super) looking: u32,
    /// Workers that had done all there was to do.
    pub(super) resting: u32,
    /// Hosts at work, under a worker that lived on.
    pub(super) hosts: u32,
}

/// A browser, and what time it is for Detour.
pub(super) struct Day<'l> {
    pub(super) browser: Browser,
    pub(super) treatment: Treatment,
    lab: &'l Lab,
    options: BrowserOptions,
    /// When the day began, by the worker's clock.
    began: u64,
    /// How far the worker's clock is ahead, in milliseconds.
    ahead: u64,
    /// How often looks were disturbed.
    rounds: u32,
    /// Whether some were since a resting worker was killed.
    has_looked: bool,
    pub(super) kills: Kills,
}

impl<'l> Day<'l> {
    pub(super) async fn begin(engine: Engine, lab: &'l Lab, treatment: Treatment, dark: bool) -> Result<Self> {
        let extension = clock::extension(engine, lab)?;
        let options = BrowserOptions { extension, dark, size: (1100, 1400), ..BrowserOptions::default() };
        let browser = Browser::start(engine, lab, options.clone()).await?;
        Ok(Self {
            browser,
            treatment,
            lab,
            options,
            began: real_now(),
            ahead: 0,
            rounds: 0,
            has_looked: false,
            kills: Kills::default(),
        })
    }

    /// The time by the worker's clock, in seconds since the day began.
    pub(super) fn seconds(&self) -> f64 {
        self.seconds_at(Millis(real_now() + self.ahead))
    }

    /// What a moment of Detour's is in seconds since the day began.
    pub(super) fn seconds_at(&self, at: Millis) -> f64 {
        Duration::from_millis(at.0.saturating_sub(self.began)).as_secs_f64()
    }

    /// Lets Detour live up to this second of the day, from one thing that it waits for to the next.
    pub(super) async fn until(&mut self, second: f64) -> Result<()> {
        let end = self.began + u64::try_from(Duration::from_secs_f64(second).as_millis())?;
        loop {
            let state = self.settled().await?;
            if std::mem::take(&mut self.has_looked) {
                self.kill_resting_worker().await?;
            }
            let now = real_now() + self.ahead;
            if now >= end {
                return Ok(());
            }
            let due = state.outages.values().filter_map(|outage| outage.recovery.due()).map(|due| due.0).min();
            // Words are held back, and incidents closed, at moments that only the worker knows: it is asked every half minute.
            let next = due.map_or(u64::MAX, |due| due + LATENESS).min(now + HALF_A_MINUTE).min(end);
            // Never by nothing: the change is what wakes the worker.
            self.put_forward(next.saturating_sub(now).max(1)).await?;
            if self.treatment == Treatment::Disturbed && due.is_some_and(|due| due <= next) {
                self.disturb_looks().await?;
            }
        }
    }

    async fn put_forward(&mut self, by: u64) -> Result<()> {
        self.ahead += by;
        clock::set_ahead(&self.browser, self.ahead).await
    }

    async fn kill_resting_worker(&mut self) -> Result<()> {
        // It answers after it has heard what time it is, and has said what there was to say.
        self.browser.wake_worker().await?;
        self.browser.kill_worker().await?;
        self.kills.resting += 1;
        Ok(())
    }

    async fn disturb_looks(&mut self) -> Result<()> {
        self.rounds += 1;
        self.has_looked = true;
        if self.rounds.is_multiple_of(3) {
            return self.kill_host().await;
        }
        wait_until("looks have begun", SETTLED, async || {
            let state = self.browser.state().await?;
            Ok(is_looking(&state) || self.is_at_rest(&state))
        })
        .await?;
        self.browser.kill_worker().await?;
        self.kills.looking += u32::from(is_looking(&self.browser.state().await?));
        // The next one takes up what this one had begun.
        self.put_forward(1).await
    }

    /// Kills the host as a crash would, while it works for these looks; they may be over before it is seen.
    async fn kill_host(&mut self) -> Result<()> {
        let killed = wait_for("the host runs, or the looks are over", SETTLED, async || {
            let killed = crate::host::kill()?;
            Ok((killed > 0 || self.is_at_rest(&self.browser.state().await?)).then_some(killed))
        });
        self.kills.hosts += u32::try_from(killed.await?)?;
        Ok(())
    }

    /// Waits until nothing is under way any more and nothing that was due has been left.
    pub(super) async fn settled(&self) -> Result<State> {
        let mut last = State::default();
        let settled = wait_for("nothing is under way", SETTLED, async || {
            last = self.browser.state().await?;
            Ok(self.is_at_rest(&last).then(|| last.clone()))
        })
        .await;
        settled.with_context(|| {
            let now = Millis(real_now() + self.ahead);
            let busy = last.outages.values().filter(|outage| !is_at_rest(outage, now));
            let busy: Vec<_> = busy.map(|outage| (outage.page.host(), &outage.phase, &outage.recovery)).collect();
            format!("at {:.0} s of the day, {}: {busy:?}", self.seconds(), now.0)
        })
    }

    /// Whether nothing is under way and nothing is due.
    fn is_at_rest(&self, state: &State) -> bool {
        let now = Millis(real_now() + self.ahead);
        state.outages.values().all(|outage| is_at_rest(outage, now))
    }

    /// Opens a page as often as it takes to meet its failure.
    pub(super) async fn fails(&self, url: &str) -> Result<TabId> {
        let tab = self.browser.open(url).await?;
        for _ in 0..MANY {
            let failed = wait_until("the page fails or is there", LOADED, async || {
                Ok(self.browser.state().await?.tabs.contains_key(&tab) || self.is_there(tab).await?)
            });
            failed.await?;
            if self.browser.state().await?.tabs.contains_key(&tab) {
                return Ok(tab);
            }
            self.browser.reload(tab).await?;
        }
        anyhow::bail!("{url} does not fail")
    }

    /// Whether the page itself is in the tab. It is not asked by the driver: the page may go away over it, and Gecko has
    /// strange errors for that.
    async fn is_there(&self, tab: TabId) -> Result<bool> {
        let look = "const func = () => document.readyState === 'complete'
                && performance.getEntriesByType('navigation')[0]?.responseStatus === 200;
            const read = api.scripting.executeScript({ target: { tabId: args[0] }, func });
            return read.then(([{ result }]) => result === true, () => false)";
        Ok(self.browser.control(look, json!([tab])).await? == json!(true))
    }

    /// The browser is closed and opened again, in the same profile.
    pub(super) async fn reopen(&mut self) -> Result<()> {
        let profile = self.browser.profile().to_path_buf();
        let options = BrowserOptions { profile: Some(profile), ..self.options.clone() };
        let engine = self.browser.engine();
        // Windows may not be locked by one that is going.
        self.browser.end().await?;
        self.browser = Browser::start(engine, self.lab, options).await?;
        self.browser.close_all().await
    }

    /// A picture of the board, for people: in target/pictures.
    pub(super) async fn picture(&self, name: &str) -> Result<()> {
        let board = self.browser.open_page("board.html").await?;
        wait_until("the board is drawn", LOADED, async || {
            let look = "return document.getElementById('history').childElementCount + document.getElementById('groups').childElementCount > 0";
            Ok(self.browser.run(board, look, Vec::new()).await? == json!(true))
        })
        .await?;
        let theme = if self.options.dark { "dark" } else { "light" };
        let file = format!("target/pictures/{}-2021-06-08-{name}-{theme}.png", self.browser.engine().name());
        self.browser.screenshot(board, &place::workspace().join(file)).await?;
        self.browser.close(board).await
    }

    /// Incidents that are not over.
    pub(super) async fn open_incidents(&self) -> Result<Vec<Incident>> {
        Ok(self.browser.lasting().await?.incidents)
    }

    /// Incidents that are over.
    pub(super) async fn history(&self) -> Result<Vec<Incident>> {
        self.stored("history").await
    }

    /// What was said to the user, in order.
    pub(super) async fn notices(&self) -> Result<Vec<Notice>> {
        let look = "const all = Object.entries(await api.storage.local.get(null));
            return all.filter(([name]) => name.startsWith('lab_said ')).map(([, said]) => said);";
        let mut said: Vec<Notice> = serde_json::from_value(self.browser.control(look, json!([])).await?)?;
        said.sort_by_key(|notice| (notice.at, notice.nth));
        Ok(said)
    }

    async fn stored<T: DeserializeOwned + Default>(&self, key: &str) -> Result<T> {
        let look = "return (await api.storage.local.get(args[0]))[args[0]] ?? null";
        let stored = self.browser.control(look, json!([key])).await?;
        let Some(text) = stored.as_str() else { return Ok(T::default()) };
        let mut forms: std::collections::BTreeMap<u32, T> = serde_json::from_str(text)?;
        ensure!(forms.len() == 1, "`{key}` is stored in {} forms", forms.len());
        Ok(forms.pop_first().map(|(_, form)| form).unwrap_or_default())
    }
}

fn is_looking(state: &State) -> bool {
    state.outages.values().any(|outage| outage.recheck().is_some())
}

const HALF_A_MINUTE: u64 = 30_000;
/// A worker at rest is woken by an alarm, which comes at most every half minute: looks begin late, and some together.
pub(super) const LATENESS: u64 = 15_000;
/// The check's own deadline is 7 s, and a worker that was killed may be woken only by an alarm, after 30 s.
const SETTLED: Duration = Duration::from_secs(60);
const LOADED: Duration = Duration::from_secs(15);
/// At 85 of 100 requests that fail, so many good ones in a row do not happen.
const MANY: u32 = 12;
