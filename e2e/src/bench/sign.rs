//! From the main document's response, or its failure, to a sign on the tab that lasts; and to the verdict.
//!
//! Measured inside the browser by a page of the extension's own origin, with the browser's own time stamps: Navigation
//! Timing's `responseEnd` where there is a document, `webNavigation.onErrorOccurred` where there is none. "Lasts"
//! means that it is still there 1.5 s later.

use anyhow::Result;
use detour_core::state::Settings;
use detour_lab::{Behaviour, Lab, Switch};
use serde::Deserialize;
use serde_json::{Value, json};

use super::figures::{quantile, summary};
use crate::browser::{Browser, BrowserOptions, Extension};
use crate::engine::Engine;
use crate::place;

/// A kind of failure.
struct Kind {
    name: &'static str,
    url: &'static str,
}

const KINDS: [Kind; 4] = [
    Kind { name: "503 with a body", url: "https://pages.detour-lab.net/status/503" },
    Kind { name: "503 without a body", url: "https://pages.detour-lab.net/status/503/empty" },
    Kind { name: "refused", url: "https://refused.detour-lab.net/" },
    Kind { name: "503, slow image, archives stalled", url: "https://pages.detour-lab.net/slow-image" },
];

pub(super) async fn measure(lab: &Lab, rounds: u32) -> Result<Value> {
    let editions =
        [("detour", Extension::Detour), ("detour by webRequest", Extension::Folder(place::built("bench-webrequest")?))];
    let mut figures = serde_json::Map::new();
    for archive in ["archive.org", "web.archive.org", "arquivo.pt"] {
        lab.set(Switch::host(archive, Behaviour::Stall)).await?;
    }
    for (edition, extension) in editions {
        let options = BrowserOptions { extension, ..BrowserOptions::default() };
        let browser = Browser::start(Engine::Chromium, lab, options).await?;
        // Archives are asked at once, and do not answer: the sign must not wait for them.
        browser.set_settings(&Settings { automatic_look_up: true, ..Settings::default() }).await?;
        // The other way differs only in how a page's status is learnt.
        let kinds = if edition == "detour" { KINDS.as_slice() } else { KINDS.get(..2).unwrap_or_default() };
        for kind in kinds {
            for is_cold in [false, true] {
                let worker = if is_cold { "cold" } else { "warm" };
                let mut samples = Vec::new();
                for _ in 0..rounds {
                    if is_cold {
                        browser.kill_worker().await?;
                    } else {
                        browser.wake_worker().await?;
                    }
                    samples.push(sample(&browser, kind.url).await?);
                }
                let times: Vec<f64> = samples.iter().filter_map(|sample| sample.sign).collect();
                let kept = samples.iter().filter(|sample| sample.is_kept).count();
                println!(
                    "sign, {edition}, {}, {worker}: median {:.0} ms, worst {:.0} ms, kept {kept} of {rounds}",
                    kind.name,
                    quantile(&times, 0.5),
                    quantile(&times, 1.0),
                );
                let figure = json!({ "sign_ms": summary(&times), "kept": kept, "of": rounds });
                figures.insert(format!("{edition}, {}, {worker}", kind.name), figure);
            }
        }
        if edition == "detour" {
            figures.insert("verdict".to_owned(), verdicts(lab, &browser, rounds).await?);
        }
        browser.quit().await?;
    }
    lab.set(Switch::HealAll).await?;
    Ok(Value::Object(figures))
}

/// From failure to the verdict on a page of ours, where the slowest probe answers in one second.
async fn verdicts(lab: &Lab, browser: &Browser, rounds: u32) -> Result<Value> {
    lab.set(Switch::host("anchor-one.detour-lab.net", Behaviour::Delayed(1000))).await?;
    let mut times = Vec::new();
    for _ in 0..rounds {
        browser.wake_worker().await?;
        let took = browser.control(VERDICT, json!([KINDS.first().map(|kind| kind.url)])).await?;
        times.extend(took.as_f64());
    }
    println!(
        "verdict, slowest probe 1 s: median {:.0} ms, worst {:.0} ms",
        quantile(&times, 0.5),
        quantile(&times, 1.0)
    );
    Ok(summary(&times))
}

#[derive(Deserialize)]
struct Sample {
    /// Milliseconds from response or failure to the sign; none came within 5 s.
    sign: Option<f64>,
    is_kept: bool,
}

async fn sample(browser: &Browser, url: &str) -> Result<Sample> {
    Ok(serde_json::from_value(browser.control(SIGN, json!([url])).await?)?)
}

/// Waiting by promises, not by timers: those of a tab in the background are slowed down.
const SIGN: &str = "
    const now = () => performance.timeOrigin + performance.now();
    const failures = new Map();
    const failed = ({ tabId, frameId, timeStamp }) => frameId === 0 && !failures.has(tabId) && failures.set(tabId, timeStamp);
    api.webNavigation.onErrorOccurred.addListener(failed);
    const { id } = await api.tabs.create({ url: 'about:blank', active: false });
    await api.tabs.update(id, { url: args[0] });
    const end = now() + 5000;
    let signed = null;
    while (signed === null && now() < end) {
        if (await api.action.getBadgeText({ tabId: id })) signed = now();
    }
    await new Promise((done) => setTimeout(done, 1500));
    const is_kept = (await api.action.getBadgeText({ tabId: id })) !== '';
    api.webNavigation.onErrorOccurred.removeListener(failed);
    let began = failures.get(id) ?? null;
    if (began === null) {
        const look = () => performance.timeOrigin + performance.getEntriesByType('navigation')[0].responseEnd;
        began = (await api.scripting.executeScript({ target: { tabId: id }, func: look }))[0].result;
    }
    await api.tabs.remove(id);
    return { sign: signed === null ? null : signed - began, is_kept };";

const VERDICT: &str = "
    const now = () => performance.timeOrigin + performance.now();
    const { id } = await api.tabs.create({ url: 'about:blank', active: false });
    const port = api.runtime.connect({ name: `view:${id}` });
    const shown = new Promise((done) => port.onMessage.addListener(({ view }) => view?.certainty && done(now())));
    await api.tabs.update(id, { url: args[0] });
    const at = await Promise.race([shown, new Promise((done) => setTimeout(() => done(null), 9000))]);
    const look = () => performance.timeOrigin + performance.getEntriesByType('navigation')[0].responseEnd;
    const began = (await api.scripting.executeScript({ target: { tabId: id }, func: look }))[0].result;
    port.disconnect();
    await api.tabs.remove(id);
    return at === null ? null : at - began;";
