//! Plays stories in one browser: each on a stage where all is well, with evidence kept when one does not hold.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use detour_core::settings::Settings;
use detour_lab::{Lab, Switch};
use tokio::time::{Instant, sleep, timeout};

use super::clock;
use super::contacts::Recorder;
use super::count::{Count, print};
use super::stage::{Clock, Host, Stage, Story};
use super::taken::Taken;
use crate::browser::Browser;
use crate::engine::Engine;
use crate::office::{Does, Kind, Office};
use crate::place;
use crate::surroundings::{BrowserOptions, Extension};
use crate::wait::wait_until;

/// Who plays the stories of a browser that no other of its players has taken.
pub(super) struct Player {
    pub(super) engine: Engine,
    pub(super) is_headless: bool,
    pub(super) taken: Taken,
}

impl Player {
    /// Plays in a lab in this folder, which is gone afterwards; evidence is kept elsewhere.
    pub(super) async fn play(&self, folder: &Path, stories: Vec<Story>) -> Result<ExitCode> {
        let lab = Lab::start(folder).await?;
        let mut recorder = Recorder::new(&lab)?;
        let mut count = Count::default();
        for group @ (host, clock, proxy) in GROUPS {
            let mut own = None;
            for (nth, story) in stories.iter().enumerate() {
                if (story.host, story.clock, story.proxy) != group || !self.taken.take(nth)? {
                    continue;
                }
                let (browser, office) = match own.take() {
                    Some(own) => own,
                    None => {
                        let office = match proxy {
                            Some(kind) => Some(Office::start(&lab, kind).await?),
                            None => None,
                        };
                        (self.browser(&lab, host, clock, proxy).await?, office)
                    }
                };
                let stage = Stage { lab: &lab, browser: &browser, office: office.as_ref(), worker: story.worker };
                count = count.and(tell(&stage, &mut recorder, story).await);
                own = Some((browser, office));
            }
            if let Some((browser, _office)) = own {
                browser.quit().await?;
            }
        }
        lab.stop().await;
        // Servers may still be writing their last lines; what stays behind harms nobody.
        let _ = std::fs::remove_dir_all(folder);
        print(&count.line());
        Ok(if count.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    async fn browser(&self, lab: &Lab, host: Host, clock: Clock, proxy: Option<Kind>) -> Result<Browser> {
        let extension = match clock {
            Clock::Real => Extension::Detour,
            Clock::Movable => clock::extension(self.engine, lab)?,
        };
        let with_host = host == Host::Installed;
        let usual = BrowserOptions::default();
        let options = BrowserOptions { headless: self.is_headless, with_host, extension, proxy, ..usual };
        let browser = Browser::start(self.engine, lab, options).await?;
        settle(&browser).await?;
        Ok(browser)
    }
}

/// Waits until the worker answers at once, three times in a row: a browser that was just started reads, compiles and updates
/// for seconds, in which nothing of a story's first check comes in time. A machine that is never that quick plays as it is.
async fn settle(browser: &Browser) -> Result<()> {
    let end = Instant::now() + SETTLED_BY;
    // What the worker asks the browser at each failure takes longer the first time. Behind a proxy names are the proxy's.
    let first_use = "await api.proxy.settings.get({});
        await api.dns?.resolve('pages.detour-lab.net').catch(() => {});
        await fetch('https://pages.detour-lab.net/', { cache: 'no-store', credentials: 'omit' })";
    browser.control(first_use, serde_json::json!([])).await.context("the browser's first request")?;
    let mut in_a_row = 0;
    while in_a_row < 3 && Instant::now() < end {
        let begun = Instant::now();
        browser.wake_worker().await?;
        in_a_row = if begun.elapsed() < AT_ONCE { in_a_row + 1 } else { 0 };
        sleep(AT_ONCE).await;
    }
    Ok(())
}

const SETTLED_BY: Duration = Duration::from_secs(30);
const AT_ONCE: Duration = Duration::from_millis(400);

/// What a browser is started with; stories that want the same share one.
const GROUPS: [(Host, Clock, Option<Kind>); 5] = [
    (Host::Installed, Clock::Real, None),
    (Host::Installed, Clock::Movable, None),
    (Host::Absent, Clock::Real, None),
    (Host::Installed, Clock::Real, Some(Kind::Http)),
    (Host::Installed, Clock::Real, Some(Kind::Socks)),
];

async fn tell(stage: &Stage<'_>, recorder: &mut Recorder, story: &Story) -> Count {
    let begun = Instant::now();
    let told = match timeout(story.longest, perform(stage, recorder, story)).await {
        Ok(told) => told,
        Err(_) => Err(anyhow::anyhow!("the story took longer than {:?}", story.longest)),
    };
    let engine = stage.browser.engine().name();
    let seconds = begun.elapsed().as_secs_f64();
    match told {
        Ok(()) => {
            print(&format!("  ok    {engine:<8}  {} ({seconds:.1} s)", story.sentence));
            Count { passed: 1, failed: 0 }
        }
        Err(error) => {
            print(&format!("  FAIL  {engine:<8}  {} ({seconds:.1} s)\n{error:?}", story.sentence));
            if let Err(error) = keep_evidence(stage, story).await {
                print(&format!("  and the evidence could not be kept: {error:#}"));
            }
            Count { passed: 0, failed: 1 }
        }
    }
}

async fn perform(stage: &Stage<'_>, recorder: &mut Recorder, story: &Story) -> Result<()> {
    reset(stage).await.context("before the story")?;
    recorder.begin(stage.lab);
    (story.run)(stage).await?;
    recorder.check(stage).await.context("whom Detour spoke to")
}

/// No tab, no memory, no cached page, the usual settings, and all well in the lab. What an earlier story left behind would show here.
async fn reset(stage: &Stage<'_>) -> Result<()> {
    let browser = stage.browser;
    browser.close_all().await?;
    stage.lab.set(Switch::HealAll).await?;
    if let Some(office) = stage.office {
        office.set(Does::Works).await?;
    }
    wait_until("nothing is remembered once every tab is closed", Duration::from_secs(10), async || {
        // What the user asked to be told of outlives its tab; a story that broke off may have left such a wish behind.
        Ok(browser.state().await?.tabs.is_empty())
    })
    .await?;
    forget_other_sites(browser).await?;
    empty_shelf(browser).await?;
    browser.empty_cache().await?;
    let usual = Settings::default();
    browser.set_settings(&usual).await?;
    // Nothing may still be on its way to the worker when a story puts it to rest.
    browser.wake_worker().await?;
    wait_until("no host runs any more", Duration::from_secs(10), async || Ok(crate::host::running()?.is_empty()))
        .await?;
    stage.lab.clear_log();
    Ok(())
}

/// Of sites that failed it is remembered what that says of their CDN, beyond their tabs, and of archives what they had and
/// how they are doing; a new session remembers nothing.
async fn forget_other_sites(browser: &Browser) -> Result<()> {
    let state = browser.state().await?;
    let lasting = "return Object.keys(await api.storage.local.get(null)).filter((key) => /^(lasting|watched|history|incident:.*)$/.test(key)).length";
    let has_past = browser.control(lasting, serde_json::json!([])).await? != serde_json::json!(0);
    if has_past || !state.outages.is_empty() || !state.recent.is_empty() || state.archives != Default::default() {
        browser.kill_worker().await?;
        let forget = "await api.storage.session.clear();
            const all = Object.keys(await api.storage.local.get(null));
            await api.storage.local.remove(all.filter((key) => /^(lasting|watched|history|incident:.*)$/.test(key)))";
        browser.control(forget, serde_json::json!([])).await?;
    }
    Ok(())
}

/// No story finds copies that another one kept.
async fn empty_shelf(browser: &Browser) -> Result<()> {
    let empty = "if (!(await indexedDB.databases()).some(({ name }) => name === 'shelf')) return;
        const settled = (request) => new Promise((done, failed) => {
            request.onsuccess = () => done(request.result);
            request.onerror = () => failed(request.error);
        });
        const shelf = await settled(indexedDB.open('shelf'));
        const stores = [...shelf.objectStoreNames];
        const change = shelf.transaction(stores, 'readwrite');
        await Promise.all(stores.map((name) => settled(change.objectStore(name).clear())));
        shelf.close();";
    browser.control(empty, serde_json::json!([])).await.map(drop)
}

/// What was on screen, what was remembered, and what the lab saw.
async fn keep_evidence(stage: &Stage<'_>, story: &Story) -> Result<()> {
    let plain: String = story
        .sentence
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character } else { '-' })
        .collect();
    let stem = format!("{}-{plain}", stage.browser.engine().name());
    let folder = place::evidence();
    std::fs::create_dir_all(&folder)?;
    let file = |end: &str| -> PathBuf { folder.join(format!("{stem}.{end}")) };
    let state = stage.browser.state().await?;
    for (tab, remembered) in state.tabs.iter() {
        print(&format!(
            "  tab {}: {:?} of {}, {:?}, phase {:?}",
            tab.0,
            remembered.failure,
            remembered.target.as_str(),
            remembered.surface,
            state.outages.get(&remembered.outage).map(|outage| &outage.phase)
        ));
    }
    std::fs::write(file("state.json"), serde_json::to_string_pretty(&state)?)?;
    std::fs::write(file("lab.json"), serde_json::to_string_pretty(&stage.lab.log())?)?;
    print(&format!("  the state, the lab's log and pictures are in {}/{stem}.*", folder.display()));
    for tab in stage.browser.tabs().await? {
        let badge = stage.browser.badge(tab).await?;
        if !stage.browser.knows(tab) {
            print(&format!("  tab {}: sign `{}` ({})", tab.0, badge.text, badge.title));
            continue;
        }
        // Some tabs show what cannot be drawn.
        let url = stage.browser.url(tab).await.unwrap_or_else(|error| format!("({error:#})"));
        print(&format!("  tab {}: {url}, sign `{}` ({})", tab.0, badge.text, badge.title));
        if let Err(error) = stage.browser.screenshot(tab, &file(&format!("tab{}.png", tab.0))).await {
            print(&format!("  tab {}: no picture: {error:#}", tab.0));
        }
    }
    Ok(())
}
