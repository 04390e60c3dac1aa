//! From the main document's response, or its failure, to a badge that lasts, beside the least that an extension could do
//! ([`super::floor`]); and to the verdict.
//!
//! Measured inside the browser by a page of the extension's own origin, with the browser's own time stamps: Navigation
//! Timing's `responseEnd` where there is a document, `webNavigation.onErrorOccurred` where there is none. "Lasts"
//! means that it is still there 1.5 s later.

use anyhow::Result;
use detour_core::settings::Settings;
use detour_lab::{Behaviour, Lab, Switch};
use serde::Deserialize;
use serde_json::{Value, json};

use super::figures::{quantile, summary};
use super::floor::Floor;
use crate::browser::Browser;
use crate::engine::Engine;
use crate::place;
use crate::surroundings::{BrowserOptions, Extension};

/// A kind of failure.
struct Kind {
    name: &'static str,
    url: &'static str,
    /// The least that can be done about it.
    floor: Floor,
}

const KINDS: [Kind; 4] = [
    Kind { name: "503 with a body", url: "https://pages.detour-lab.net/status/503", floor: Floor::Content },
    Kind { name: "503 without a body", url: "https://pages.detour-lab.net/status/503/empty", floor: Floor::Listener },
    Kind { name: "refused", url: "https://refused.detour-lab.net/", floor: Floor::Listener },
    Kind {
        name: "503, slow image, archives stalled",
        url: "https://pages.detour-lab.net/slow-image",
        floor: Floor::Content,
    },
];

/// One of those that are compared, in a browser of its own.
struct Edition {
    name: &'static str,
    browser: Browser,
}

pub(super) async fn measure(lab: &Lab, rounds: u32) -> Result<Value> {
    let mut figures = serde_json::Map::new();
    for archive in ["archive.org", "web.archive.org", "arquivo.pt"] {
        lab.set(Switch::host(archive, Behaviour::Stall)).await?;
    }
    let detour = Edition::start(lab, "Detour", Extension::Detour).await?;
    // Archives are asked at once, and do not answer: the badge must not wait for them.
    detour.browser.set_settings(&Settings { automatic_look_up: true, ..Settings::default() }).await?;
    // This one differs only in how a page's status is learnt.
    let by_request = Extension::Folder(place::built("bench-webrequest")?);
    let by_request = Edition::start(lab, "Detour by webRequest", by_request).await?;
    let by_content = Extension::Folder(Floor::Content.assemble(lab.dir())?);
    let by_content = Edition::start(lab, "floor", by_content).await?;
    let by_listener = Extension::Folder(Floor::Listener.assemble(lab.dir())?);
    let by_listener = Edition::start(lab, "floor", by_listener).await?;
    for (nth, kind) in KINDS.iter().enumerate() {
        let floor = if kind.floor == Floor::Content { &by_content } else { &by_listener };
        let other_way = (nth < 2).then_some(&by_request);
        for is_cold in [false, true] {
            let editions: Vec<&Edition> = [Some(floor), Some(&detour), other_way].into_iter().flatten().collect();
            compare(&mut figures, kind, is_cold, &editions, rounds).await?;
        }
    }
    figures.insert("verdict".to_owned(), verdicts(lab, &detour.browser, rounds).await?);
    for edition in [detour, by_request, by_content, by_listener] {
        edition.browser.quit().await?;
    }
    lab.set(Switch::HealAll).await?;
    Ok(Value::Object(figures))
}

/// Lets them meet the same failure in turns, so that a busy moment of the machine meets all; the first is the floor.
async fn compare(
    figures: &mut serde_json::Map<String, Value>,
    kind: &Kind,
    is_cold: bool,
    editions: &[&Edition],
    rounds: u32,
) -> Result<()> {
    let worker = if is_cold { "cold" } else { "warm" };
    let mut samples: Vec<Vec<Sample>> = editions.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for (edition, samples) in editions.iter().zip(&mut samples) {
            if is_cold {
                edition.browser.kill_worker().await?;
            } else {
                edition.browser.wake_worker().await?;
            }
            samples.push(sample(&edition.browser, kind.url).await?);
        }
    }
    let mut floor = f64::NAN;
    for (edition, samples) in editions.iter().zip(&samples) {
        let times: Vec<f64> = samples.iter().filter_map(|sample| sample.sign).collect();
        let kept = samples.iter().filter(|sample| sample.is_kept).count();
        let median = quantile(&times, 0.5);
        if floor.is_nan() {
            floor = median;
        }
        println!(
            "badge, {}, {worker}, {}: median {median:.0} ms, worst {:.0} ms, kept {kept} of {rounds}, {:.2} of the floor",
            kind.name,
            edition.name,
            quantile(&times, 1.0),
            median / floor,
        );
        let figure = json!({ "badge_ms": summary(&times), "kept": kept, "of": rounds, "of_the_floor": median / floor });
        figures.insert(format!("{}, {worker}, {}", kind.name, edition.name), figure);
    }
    Ok(())
}

impl Edition {
    async fn start(lab: &Lab, name: &'static str, extension: Extension) -> Result<Self> {
        let options = BrowserOptions { extension, ..BrowserOptions::default() };
        Ok(Self { name, browser: Browser::start(Engine::Chromium, lab, options).await? })
    }
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
