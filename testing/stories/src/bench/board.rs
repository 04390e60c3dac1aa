//! The board of a user who met 500 sites and had outages all year: how soon it is there, what one change costs, and
//! the memory that it takes.
//!
//! The user is made up by `detour_steps::year`, with core's own bounds; the browser gets what such a user has on the
//! disk, and starts. The board is shown in a frame of one of the extension's own pages: from there it can be watched
//! from its first moment on without being touched, in both browsers alike.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use detour_core::observation::Millis;
use detour_core::state::State;
use detour_core::tab::TabId;
use detour_core::view::{BoardView, board_view};
use detour_lab::Lab;
use detour_steps::year;
use fantoccini::wd::TimeoutConfiguration;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::figures::{quantile, summary};
use crate::browser::Browser;
use crate::engine::{Engine, chromium};
use crate::surroundings::BrowserOptions;

pub(super) mod memory;

pub(super) async fn measure(lab: &Lab, rounds: u32) -> Result<Value> {
    let mut figures = Map::new();
    let past = Past::made()?;
    figures.insert("made".to_owned(), past.told()?);
    for engine in [Engine::Chromium, Engine::Firefox] {
        let options = BrowserOptions { with_host: false, ..BrowserOptions::default() };
        let browser = Browser::start(engine, lab, options).await?;
        let long = Some(Duration::from_secs(120));
        browser.client().update_timeouts(TimeoutConfiguration::new(long, long, None)).await?;
        let figure = in_browser(&browser, &past, rounds).await.with_context(|| format!("in {}", engine.name()))?;
        figures.insert(engine.name().to_owned(), figure);
        browser.quit().await?;
    }
    Ok(Value::Object(figures))
}

/// What the user has on the disk.
struct Past {
    state: State,
    view: BoardView,
    now: Millis,
    lasting: String,
    history: String,
}

impl Past {
    fn made() -> Result<Self> {
        let now = Millis(u64::try_from(std::time::UNIX_EPOCH.elapsed()?.as_millis())?);
        let mut state = year::state(now);
        state.lasting.seed = 2_654_435_761;
        // The format's number: extension/src/store.rs.
        // As an earlier version wrote it, in one record; the worker takes it apart.
        let lasting = json!({ "1": state.lasting }).to_string();
        let history = json!({ "1": state.history }).to_string();
        Ok(Self { view: board_view(&state, now), state, now, lasting, history })
    }

    fn told(&self) -> Result<Value> {
        let mut times = Vec::new();
        for _ in 0..NATIVE {
            let begin = Instant::now();
            let view = board_view(&self.state, self.now);
            times.push(begin.elapsed().as_secs_f64() * 1000.0);
            ensure!(view.groups.len() == self.view.groups.len(), "the same state gives the same view");
        }
        let message = serde_json::to_string(&self.view)?.len();
        let past = serde_json::to_string(&self.view.history)?.len();
        println!(
            "board: {} sites, {} incidents of the past; on the disk {} bytes for what is open, {} for the past; its view is \
             made in {:.1} ms (native) and has {message} bytes of JSON, {past} of these of the past",
            year::SITES,
            self.state.history.len(),
            self.lasting.len(),
            self.history.len(),
            quantile(&times, 0.5),
        );
        Ok(json!({
            "sites": year::SITES,
            "past_incidents": self.state.history.len(),
            "open_incidents": self.state.lasting.incidents.len(),
            "lasting_bytes": self.lasting.len(),
            "history_bytes": self.history.len(),
            "view_bytes": message,
            "view_bytes_of_the_past": past,
            "view_native_ms": summary(&times),
        }))
    }

    /// Every site as people write it, in the order of the board.
    fn names(&self) -> Vec<&str> {
        self.view.groups.iter().flat_map(|group| &group.sites).map(|site| site.site.as_str()).collect()
    }
}

async fn in_browser(browser: &Browser, past: &Past, rounds: u32) -> Result<Value> {
    let mut figures = Map::new();
    // A page of ours in which nothing of ours runs.
    let frame = browser.open_page("manifest.json").await?;
    let empty = memory_of(browser, frame, &[], rounds).await?;

    browser.kill_worker().await?;
    let fill = "await api.storage.local.set({ lasting: args[0], history: args[1] })";
    browser.control(fill, json!([past.lasting, past.history])).await?;
    let (mut cold, mut warm) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        clear(browser, frame).await?;
        browser.kill_worker().await?;
        cold.push(open(browser, frame, &past.names()).await?);
        warm.push(open(browser, frame, &past.names()).await?);
    }
    for (name, opened) in [("worker asleep", &cold), ("worker awake", &warm)] {
        figures.insert(name.to_owned(), told(browser.engine(), name, opened)?);
    }
    let full = memory_of(browser, frame, &past.names(), rounds).await?;
    println!(
        "board, {}: memory of its process {:.1} MB, with an empty board {:.1} MB",
        browser.engine().name(),
        quantile(&full, 0.5),
        quantile(&empty, 0.5),
    );
    figures.insert("memory_mb".to_owned(), json!({ "full": summary(&full), "empty": summary(&empty) }));
    figures.insert("one_site_changes".to_owned(), updates(browser, frame, past, rounds).await?);
    Ok(Value::Object(figures))
}

/// How one opening went, in milliseconds from the board's own navigation.
#[derive(Deserialize)]
struct Opened {
    /// The first words of it are painted.
    paint: Option<f64>,
    first: f64,
    /// `None` where the board never draws the last site: it is out of sight.
    last: Option<f64>,
    /// Sites in the page once it is calm.
    sites: usize,
    elements: u64,
}

async fn open(browser: &Browser, frame: TabId, names: &[&str]) -> Result<Opened> {
    let args = vec![json!(browser.page("board.html")), json!(names)];
    let opened = browser.run_async(frame, include_str!("board/open.js"), args).await.context("opening the board")?;
    Ok(serde_json::from_value(opened)?)
}

/// Takes the board away, so that nothing holds the worker.
async fn clear(browser: &Browser, frame: TabId) -> Result<()> {
    browser.run(frame, "document.querySelector('iframe')?.remove()", Vec::new()).await.map(drop)
}

fn told(engine: Engine, name: &str, opened: &[Opened]) -> Result<Value> {
    let paint: Vec<f64> = opened.iter().filter_map(|opened| opened.paint).collect();
    let first: Vec<f64> = opened.iter().map(|opened| opened.first).collect();
    let last: Vec<f64> = opened.iter().filter_map(|opened| opened.last).collect();
    let some = opened.last().context("the board was not opened")?;
    println!(
        "board, {}, {name}: first paint {:.0} ms (worst {:.0}), first site {:.0} ms ({:.0}), last site {:.0} ms ({:.0}, \
         drawn in {} of {}); {} of {} sites in the page, {} elements",
        engine.name(),
        quantile(&paint, 0.5),
        quantile(&paint, 1.0),
        quantile(&first, 0.5),
        quantile(&first, 1.0),
        quantile(&last, 0.5),
        quantile(&last, 1.0),
        last.len(),
        opened.len(),
        some.sites,
        year::SITES,
        some.elements,
    );
    Ok(json!({
        "first_paint_ms": summary(&paint),
        "first_site_ms": summary(&first),
        "last_site_ms": summary(&last),
        "sites_in_page": some.sites,
        "elements": some.elements,
    }))
}

/// Opens it and weighs the extension's process, in megabytes, a few times.
async fn memory_of(browser: &Browser, frame: TabId, names: &[&str], rounds: u32) -> Result<Vec<f64>> {
    let mut all = Vec::new();
    for _ in 0..rounds {
        open(browser, frame, names).await?;
        if browser.engine() == Engine::Chromium {
            let session = browser.in_tab(frame).await?;
            chromium::devtools(session.client(), "HeapProfiler.collectGarbage", json!({})).await?;
        }
        all.push(memory::of_extension(browser.engine())?);
    }
    Ok(all)
}

/// One site is muted, and heard again: the least that can change on the board.
async fn updates(browser: &Browser, frame: TabId, past: &Past, rounds: u32) -> Result<Value> {
    let names = past.names();
    open(browser, frame, &names).await?;
    let (mut seen, mut busy, mut split) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..rounds * 4 {
        // One in the middle: neither in sight at first nor the last to be drawn.
        let site = names.get(names.len() / 2);
        // A beating heart is work itself: it rests while work is counted.
        let (is_muted, beats) = (round % 2 == 0, round % 4 < 2);
        let before = work_so_far(browser, frame).await?;
        let args = vec![json!(site), json!(is_muted), json!(beats)];
        let updated = browser.run_async(frame, include_str!("board/update.js"), args).await?;
        let Updated { after, blocked } = serde_json::from_value(updated)?;
        seen.push(after);
        if beats {
            busy.push(blocked);
        } else if let (Some(before), Some(now)) = (before, work_so_far(browser, frame).await?) {
            split.push([now[0] - before[0], now[1] - before[1]]);
        }
    }
    println!(
        "board, {}, one site changes: {:.0} ms until it is painted (worst {:.0}), its thread is busy for {:.0} ms of them",
        browser.engine().name(),
        quantile(&seen, 0.5),
        quantile(&seen, 1.0),
        quantile(&busy, 0.5),
    );
    let mut figure = json!({ "painted_after_ms": summary(&seen), "thread_busy_ms": summary(&busy) });
    if browser.engine() == Engine::Chromium {
        let (script, layout): (Vec<f64>, Vec<f64>) = split.iter().map(|[script, layout]| (*script, *layout)).unzip();
        println!(
            "board, chromium, one site changes: script {:.1} ms, style and layout {:.1} ms",
            quantile(&script, 0.5),
            quantile(&layout, 0.5)
        );
        if let Some(figure) = figure.as_object_mut() {
            figure.insert("script_ms".to_owned(), summary(&script));
            figure.insert("layout_ms".to_owned(), summary(&layout));
        }
    }
    Ok(figure)
}

#[derive(Deserialize)]
struct Updated {
    /// From the click to its paint.
    after: f64,
    /// How long the page's thread did not answer meanwhile. In Firefox the worker runs on the same one.
    blocked: f64,
}

/// Script, and style with layout, that the page's thread has done so far, in milliseconds; only Chromium tells.
async fn work_so_far(browser: &Browser, frame: TabId) -> Result<Option<[f64; 2]>> {
    if browser.engine() == Engine::Firefox {
        return Ok(None);
    }
    let session = browser.in_tab(frame).await?;
    chromium::devtools(session.client(), "Performance.enable", json!({})).await?;
    let told = chromium::devtools(session.client(), "Performance.getMetrics", json!({})).await?;
    let all = told.get("metrics").and_then(Value::as_array).context("no metrics")?;
    let value = |name: &str| {
        let metric = all.iter().find(|metric| metric.get("name").and_then(Value::as_str) == Some(name));
        metric.and_then(|metric| metric.get("value")).and_then(Value::as_f64).unwrap_or_default() * 1000.0
    };
    Ok(Some([value("ScriptDuration"), value("LayoutDuration") + value("RecalcStyleDuration")]))
}

/// Times that the view is made natively.
const NATIVE: usize = 30;
