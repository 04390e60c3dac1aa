//! What a story is played on, and what it may expect there.

use std::pin::Pin;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use detour_core::outage::Outage;
use detour_core::settings::{Keeping, Settings};
use detour_core::state::Tab;
use detour_core::tab::TabId;
use detour_core::verdict::{Fault, Verdict};
use detour_core::view::Text;
use detour_lab::replay::Replay;
use detour_lab::{Behaviour, Lab, Seen, Switch};
use tokio::time::{Instant, sleep};

use crate::browser::Browser;
use crate::deeds::{self, Deed};
use crate::office::{Kind, Office};
use crate::place;
use crate::requests::Books;
use crate::wait::{wait_for, wait_until};

/// A sentence, and how to see whether it holds.
pub(super) struct Story {
    pub(super) sentence: String,
    pub(super) host: Host,
    pub(super) clock: Clock,
    /// The proxy that the browser goes through, if any.
    pub(super) proxy: Option<Kind>,
    pub(super) worker: Worker,
    /// After this it has failed.
    pub(super) longest: Duration,
    pub(super) run: Run,
}

pub(super) type Run = Box<dyn for<'a> Fn(&'a Stage<'a>) -> Playing<'a>>;
pub(super) type Playing<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// Whether the native host is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    Installed,
    Absent,
}

/// Whether the worker's clock can be put forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// It is the computer's.
    Real,
    /// [`Stage::in_time`] puts it forward.
    Movable,
}

/// The worker's state when the decisive thing happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Worker {
    /// It runs, with its wasm loaded.
    Warm,
    /// It was put to rest.
    Cold,
}

impl Story {
    pub(super) fn new(sentence: &str, run: impl for<'a> Fn(&'a Stage<'a>) -> Playing<'a> + 'static) -> Self {
        let sentence = sentence.to_owned();
        Self {
            sentence,
            host: Host::Installed,
            clock: Clock::Real,
            proxy: None,
            worker: Worker::Warm,
            longest: LONGEST,
            run: Box::new(run),
        }
    }

    pub(super) fn without_host(self) -> Self {
        Self { host: Host::Absent, ..self }
    }

    pub(super) fn with_movable_clock(self) -> Self {
        Self { clock: Clock::Movable, ..self }
    }

    pub(super) fn behind(self, proxy: Kind) -> Self {
        Self { proxy: Some(proxy), ..self }
    }

    pub(super) fn within(self, longest: Duration) -> Self {
        Self { longest, ..self }
    }

    pub(super) fn with_worker(self, worker: Worker) -> Self {
        let kind = if worker == Worker::Warm { "warm" } else { "cold" };
        Self { sentence: format!("{} ({kind} worker)", self.sentence), worker, ..self }
    }
}

/// A table row: the sentence, and the async function that plays it.
macro_rules! story {
    ($sentence:literal, $play:path) => {
        $crate::stories::stage::Story::new($sentence, |stage| Box::pin($play(stage)))
    };
}
pub(super) use story;

/// A browser in a lab where all is well.
pub(super) struct Stage<'w> {
    pub(super) lab: &'w Lab,
    pub(super) browser: &'w Browser,
    /// The proxy between, if any.
    pub(super) office: Option<&'w Office>,
    pub(super) worker: Worker,
}

impl Stage<'_> {
    pub(super) async fn host(&self, name: &str, behaviour: Behaviour) -> Result<()> {
        Ok(self.lab.set(Switch::host(name, behaviour)).await?)
    }

    /// Throws what a replay of the lab throws up to this time of its day, all at once.
    pub(super) async fn replay(&self, name: &str, until: &str) -> Result<()> {
        let replay = Replay::named(name)?;
        // Times of one day, all written `09:47:00`.
        for step in replay.steps.into_iter().filter(|step| step.at.as_str() <= until) {
            for switch in step.switches {
                self.lab.set(switch).await?;
            }
        }
        Ok(())
    }

    /// Gives a site of the lab one more page, under a name that it has no page of yet.
    pub(super) fn put_page(&self, site: &str, name: &str, html: &str) -> Result<()> {
        deeds::did(Deed::Put(html.to_owned()));
        let file = self.lab.dir().join("nginx/sites").join(site).join(name);
        std::fs::write(&file, html).with_context(|| format!("writing {}", file.display()))
    }

    /// Gives a site of the lab a folder of this machine's, to be served under this name.
    pub(super) fn lend(&self, site: &str, name: &str, folder: &std::path::Path) -> Result<()> {
        let link = self.lab.dir().join("nginx/sites").join(site).join(name);
        if link.symlink_metadata().is_ok() {
            return Ok(());
        }
        std::os::unix::fs::symlink(folder, &link).with_context(|| format!("linking {}", link.display()))
    }

    /// Chooses which pages are kept, and waits until that is in force.
    pub(super) async fn choose(&self, keep: Keeping) -> Result<()> {
        self.browser.set_settings(&Settings { keep, ..Settings::default() }).await?;
        let count = if keep == Keeping::Visited { 1 } else { 0 };
        wait_until("the choice is in force", SIGN, async || {
            let look = "return (await api.scripting.getRegisteredContentScripts()).length";
            Ok(self.browser.control(look, serde_json::json!([])).await? == serde_json::json!(count))
        })
        .await
    }

    /// Waits until a page is on the shelf.
    pub(super) async fn kept(&self, url: &str) -> Result<()> {
        wait_until(&format!("{url} is on the shelf"), SIGN, async || self.is_kept(url).await).await
    }

    /// Whether a page is on the shelf; looking makes no shelf.
    pub(super) async fn is_kept(&self, url: &str) -> Result<bool> {
        let look = "if (!(await indexedDB.databases()).some(({ name }) => name === 'shelf')) return false;
            const settled = (request) => new Promise((done, failed) => {
                request.onsuccess = () => done(request.result);
                request.onerror = () => failed(request.error);
            });
            const shelf = await settled(indexedDB.open('shelf'));
            const pages = shelf.transaction('pages').objectStore('pages').index('page');
            const key = await settled(pages.getKey(args[0]));
            shelf.close();
            return key !== undefined;";
        let key = detour_core::keep::page_key(url);
        Ok(self.browser.control(look, serde_json::json!([key])).await? == serde_json::json!(true))
    }

    /// Brings the worker into the state that the story asks for; call it directly before the decisive thing.
    pub(super) async fn set_worker(&self) -> Result<()> {
        match self.worker {
            Worker::Warm => self.browser.wake_worker().await,
            Worker::Cold => self.browser.kill_worker().await,
        }
    }

    /// Waits for the sign on a tab.
    pub(super) async fn badged(&self, tab: TabId) -> Result<()> {
        wait_until("a sign on the tab", SIGN, async || Ok(self.browser.badge(tab).await?.is_on())).await
    }

    /// Waits until a tab has no sign and nothing is remembered of it.
    pub(super) async fn recovered(&self, tab: TabId) -> Result<()> {
        wait_until("no sign on the tab, and nothing remembered of it", SIGN, async || {
            let state = self.browser.state().await?;
            Ok(!self.browser.badge(tab).await?.is_on() && !state.tabs.contains_key(&tab))
        })
        .await
    }

    /// What the worker remembers of a tab that fails.
    pub(super) async fn remembered(&self, tab: TabId) -> Result<Tab> {
        let mut state = self.browser.state().await?;
        state.tabs.remove(&tab).with_context(|| format!("nothing is remembered of tab {}", tab.0))
    }

    /// What the worker knows of the outage that a tab shows.
    pub(super) async fn outage(&self, tab: TabId) -> Result<Outage> {
        let state = self.browser.state().await?;
        let outage = state.failing(tab).map(|(_, outage)| outage.clone());
        outage.with_context(|| format!("tab {} shows no outage", tab.0))
    }

    /// Waits for the verdict on a tab.
    pub(super) async fn verdict(&self, tab: TabId) -> Result<Verdict> {
        wait_for("a verdict", VERDICT, async || {
            let state = self.browser.state().await?;
            Ok(state.failing(tab).and_then(|(_, outage)| outage.verdict().cloned()))
        })
        .await
    }

    /// Waits for the verdict on a tab, which is to be this one at once.
    pub(super) async fn blamed(&self, tab: TabId, fault: Fault) -> Result<Verdict> {
        let verdict = self.verdict(tab).await?;
        ensure!(verdict.fault == fault, "expected {fault:?}: {verdict:?}");
        Ok(verdict)
    }

    /// Waits until the verdict on a tab is this one; an earlier one may stand until then.
    pub(super) async fn blamed_in_the_end(&self, tab: TabId, fault: Fault, within: Duration) -> Result<Verdict> {
        let mut last = None;
        let found = wait_for(&format!("the verdict {fault:?}"), within, async || {
            last = Some(self.verdict(tab).await?);
            Ok(last.clone().filter(|verdict| verdict.fault == fault))
        })
        .await;
        found.with_context(|| format!("the last verdict: {last:?}"))
    }

    /// Waits until the outage page stands in the tab and says this.
    pub(super) async fn outage_page_says(&self, tab: TabId, words: &str) -> Result<()> {
        let page = self.browser.page("outage.html");
        wait_until("the outage page in the tab", VERDICT, async || Ok(self.browser.url(tab).await?.starts_with(&page)))
            .await?;
        self.says(tab, words).await
    }

    /// Waits until the banner on the page says this.
    pub(super) async fn banner_says(&self, tab: TabId, words: &str) -> Result<()> {
        let mut last = String::new();
        let found = wait_until(&format!("the banner says `{words}`"), SIGN, async || {
            last = self.banner(tab).await?;
            Ok(last.contains(words))
        })
        .await;
        found.with_context(|| format!("the banner says `{last}`"))
    }

    /// The banner's words; empty when there is none.
    pub(super) async fn banner(&self, tab: TabId) -> Result<String> {
        // A banner draws once its tab is in front, and Gecko brings the control tab there for each look from outside.
        self.browser.run(tab, "return document.visibilityState", Vec::new()).await?;
        // What changes is drawn by its style sheet, so that no page can search it.
        let look = "const said = [...(root?.querySelectorAll('p') ?? [])].map((one) => one.dataset.says ?? '');
            return [...said, root?.querySelector('.box').innerText ?? ''].join(' ').trim();";
        let text = self.browser.in_banner(tab, look, serde_json::Value::Null).await;
        // The browser's own error page is nothing to look into.
        Ok(text.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default())
    }

    /// Waits until the page in a tab says this.
    pub(super) async fn says(&self, tab: TabId, words: &str) -> Result<()> {
        let mut last = String::new();
        let found = wait_until(&format!("the page says `{words}`"), SIGN, async || {
            last = self.browser.text(tab).await?;
            Ok(last.contains(words))
        })
        .await;
        found.with_context(|| format!("the page says `{last}`"))
    }

    /// Watches for a while, and errs when any tab gets a sign, anything is remembered, or anybody but the sites was spoken to.
    pub(super) async fn stays_quiet(&self) -> Result<()> {
        self.no_sign_for(QUIET).await?;
        self.nothing_remembered().await?;
        self.nobody_was_told()
    }

    /// Watches every tab for its sign.
    pub(super) async fn no_sign_for(&self, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        while Instant::now() < end {
            for tab in self.browser.tabs().await? {
                // A tab may close itself, as one does that was opened for a download.
                let Ok(badge) = self.browser.badge(tab).await else { continue };
                ensure!(!badge.is_on(), "a false alarm: tab {} has the sign `{}` ({})", tab.0, badge.text, badge.title);
            }
            sleep(LOOK).await;
        }
        Ok(())
    }

    pub(super) async fn nothing_remembered(&self) -> Result<()> {
        let state = self.browser.state().await?;
        let outages: Vec<_> = state.outages.values().map(|outage| (outage.page.as_str(), &outage.failure)).collect();
        ensure!(outages.is_empty() && state.tabs.is_empty(), "expected nothing to be remembered, found {outages:?}");
        Ok(())
    }

    /// Errs when an archive, an anchor or the portal probe was asked for, even in DNS.
    pub(super) fn nobody_was_told(&self) -> Result<()> {
        let told: Vec<Seen> = self.lab.log().into_iter().filter(is_somebody_else).collect();
        if let Some(first) = told.first() {
            bail!("expected nobody to be told; {} entries in the lab's log, the first: {first:?}", told.len());
        }
        Ok(())
    }

    /// The browsers' books, read up to now.
    pub(super) async fn books(&self) -> Result<Books> {
        self.browser.write_book().await?;
        let mut books = Books::new(&self.lab.dir().join("logs"));
        books.news()?;
        Ok(books)
    }

    /// Requests for this path that reached a server of the lab's own pages.
    pub(super) fn requests(&self, path: &str) -> usize {
        let is_meant = |seen: &Seen| seen.server == "pages" && seen.path == path;
        self.lab.log().iter().filter(|seen| is_meant(seen)).count()
    }
}

fn is_somebody_else(seen: &Seen) -> bool {
    let host = seen.host.trim_end_matches('.');
    ["archive.org", "web.archive.org", "arquivo.pt", detour_lab::hosts::PORTAL_PROBE].contains(&host)
        || detour_lab::hosts::ANCHORS.contains(&host)
        || ["archive", "availability", "anchor", "portal"].contains(&seen.server.as_str())
}

/// The words that people see for a message, from the extension's own `_locales`.
pub(super) fn words<const N: usize>(key: &str, args: [&str; N]) -> Result<String> {
    let file = place::workspace().join("www/_locales/en/messages.json");
    let text = std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let messages: serde_json::Value = serde_json::from_str(&text)?;
    let words = Text::with(key, args).render(&messages);
    ensure!(words != key, "there is no message `{key}`");
    Ok(words)
}

/// A name server that says nothing keeps Chromium busy for 6 s before the page fails at all.
pub(super) const SIGN: Duration = Duration::from_secs(15);
/// The check's own deadline is 7 s, and a worker that was killed is woken by an alarm after 30 s.
const VERDICT: Duration = Duration::from_secs(45);
/// Long enough for whatever a page sets off.
const QUIET: Duration = Duration::from_millis(1500);
const LOOK: Duration = Duration::from_millis(100);

/// The longest story waits for an alarm after 30 s and for two verdicts.
const LONGEST: Duration = Duration::from_secs(100);
/// The best copy's button, in the popup and on the outage page.
pub(super) const OPEN: &str = ".copies > button.main:has(b)";
