//! A session of a hundred tabs, restored while their CDN fails: how long the worker is deaf, when every tab has its badge,
//! what is stored, and what it costs.

use std::time::Duration;

use anyhow::{Result, ensure};
use detour_lab::home::Home;
use detour_lab::{Lab, Switch, neighbours, sites};
use fantoccini::wd::TimeoutConfiguration;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::board::memory;
use crate::browser::Browser;
use crate::engine::Engine;
use crate::surroundings::BrowserOptions;

pub(super) async fn measure(lab: &Lab) -> Result<Value> {
    let mut figures = Map::new();
    lab.set(Switch::edge_fails()).await?;
    for with_host in [false, true] {
        for tabs in TABS {
            let options = BrowserOptions { with_host, ..BrowserOptions::default() };
            let browser = Browser::start(Engine::Chromium, lab, options).await?;
            let long = Some(Duration::from_secs(300));
            browser.client().update_timeouts(TimeoutConfiguration::new(long, long, None)).await?;
            let before = memory::seconds_of_extension(Engine::Chromium)?;
            let went: Went = serde_json::from_value(browser.control(RESTORE, json!([urls(tabs)])).await?)?;
            let spent = memory::seconds_of_extension(Engine::Chromium)? - before;
            browser.quit().await?;
            ensure!(went.badges == tabs, "{} of {tabs} tabs have a badge", went.badges);
            let host = if with_host { "with host" } else { "without host" };
            println!(
                "{tabs} failing tabs at once, {host}: slowest answer {:.0} ms (of {}), all badges after {:.0} ms, {:.1} KB \
                 in the session's storage, {spent:.1} s of CPU in the extension's process",
                went.slowest,
                went.answers,
                went.all_badges,
                went.stored / 1e3,
            );
            figures.insert(
                format!("{tabs} tabs, {host}"),
                json!({
                    "slowest_answer_ms": went.slowest,
                    "answers": went.answers,
                    "all_badges_ms": went.all_badges,
                    "stored_bytes": went.stored,
                    "cpu_s": spent,
                }),
            );
        }
    }
    lab.set(Switch::edge_heals()).await?;
    Ok(Value::Object(figures))
}

/// Pages of all sites behind the edge that fails, in turns.
fn urls(count: usize) -> Vec<String> {
    let twelve = sites::all().iter().map(|site| site.host);
    let hosts: Vec<&str> = twelve.chain(neighbours::behind(Home::Edge).map(|site| site.host)).collect();
    hosts.iter().cycle().enumerate().take(count).map(|(nth, host)| format!("https://{host}/page/{nth}")).collect()
}

/// How it went, in milliseconds and bytes.
#[derive(Deserialize)]
struct Went {
    /// The slowest answer of the worker to a page of ours that is opened meanwhile.
    slowest: f64,
    /// How often it was asked.
    answers: u32,
    /// From the first tab on.
    all_badges: f64,
    badges: usize,
    stored: f64,
}

const TABS: [usize; 2] = [100, 300];

/// Asks the worker all the time until everything is calm: each badge is there and stands for five seconds.
const RESTORE: &str = "
    const now = () => performance.now();
    const answer = () => new Promise((done) => {
        const port = api.runtime.connect({ name: 'view:999999999' });
        port.onMessage.addListener(() => { port.disconnect(); done(); });
    });
    await answer();
    let is_over = false, slowest = 0, answers = 0;
    const asking = (async () => {
        while (!is_over) {
            const began = now();
            await answer();
            slowest = Math.max(slowest, now() - began);
            answers += 1;
            await new Promise((done) => setTimeout(done, 20));
        }
    })();
    const began = now();
    const tabs = await Promise.all(args[0].map((url) => api.tabs.create({ url, active: false })));
    let all_badges = 0, waiting = new Set(tabs.map(({ id }) => id));
    const end = began + 240_000;
    while (waiting.size > 0 && now() < end) {
        for (const tabId of waiting) if (await api.action.getBadgeText({ tabId })) waiting.delete(tabId);
        all_badges = now() - began;
        await new Promise((done) => setTimeout(done, 50));
    }
    await new Promise((done) => setTimeout(done, 5000));
    let badges = 0;
    for (const { id: tabId } of tabs) if (await api.action.getBadgeText({ tabId })) badges += 1;
    is_over = true;
    await asking;
    const stored = await api.storage.session.getBytesInUse(null);
    return { slowest, answers, all_badges, badges, stored };";
