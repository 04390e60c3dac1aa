//! What a healthy page with sixty parts costs: in a browser without any extension (twice, for the noise), with
//! Detour, and with Detour's other way of detecting, a webRequest listener. In turns, so that all meet the same
//! machine.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result};
use detour_lab::Lab;
use fantoccini::wd::WindowHandle;
use serde_json::{Value, json};

use super::figures::{quantile, summary};
use crate::browser::Browser;
use crate::engine::Engine;
use crate::place;
use crate::surroundings::{BrowserOptions, Extension};
use crate::wait::{wait_for, wait_until};

const PAGE: &str = "https://pages.detour-lab.net/healthy60";

pub(super) async fn measure(lab: &Lab, rounds: u32) -> Result<Value> {
    let editions = [
        ("none", Extension::None),
        ("none again", Extension::None),
        ("detour", Extension::Detour),
        ("detour by webRequest", Extension::Folder(place::built("bench-webrequest")?)),
    ];
    let mut browsers = Vec::new();
    for (name, extension) in editions {
        let before = browsers_running()?;
        let options = BrowserOptions { extension, ..BrowserOptions::default() };
        let browser = Browser::start(Engine::Chromium, lab, options).await?;
        let process =
            browsers_running()?.into_iter().find(|id| !before.contains(id)).context("the browser's process")?;
        // The first loads fill caches and start processes.
        // A tab of its own: the first one may be the control tab.
        let window = browser.client().new_window(true).await?.handle;
        let mut measured = Measured { name, browser, window, process, loads: Vec::new(), cpu: Vec::new() };
        for _ in 0..3 {
            measured.load(0).await?;
        }
        measured.loads.clear();
        measured.cpu.clear();
        browsers.push(measured);
    }
    for round in 0..rounds {
        // The order turns, so that nobody is always first.
        let first = usize::try_from(round)? % browsers.len();
        browsers.rotate_left(first);
        for measured in &mut browsers {
            measured.load(round + 1).await?;
        }
        browsers.rotate_right(first);
    }
    let mut figures = serde_json::Map::new();
    let (base_loads, base_cpu) =
        browsers.first().map(|base| (base.loads.clone(), base.cpu.clone())).unwrap_or_default();
    for measured in &browsers {
        let (load, cpu) = (ratios(&measured.loads, &base_loads), ratios(&measured.cpu, &base_cpu));
        println!(
            "healthy page, {:<22} {:>6.1} ms, load ratio {:.2} [{:.2}–{:.2}], CPU ratio {:.2} [{:.2}–{:.2}]",
            measured.name,
            quantile(&measured.loads, 0.5),
            quantile(&load, 0.5),
            quantile(&load, 0.25),
            quantile(&load, 0.75),
            quantile(&cpu, 0.5),
            quantile(&cpu, 0.25),
            quantile(&cpu, 0.75),
        );
        figures.insert(
            measured.name.to_owned(),
            json!({ "load_ms": summary(&measured.loads), "load_ratio": summary(&load), "cpu_ms": summary(&measured.cpu), "cpu_ratio": summary(&cpu) }),
        );
    }
    let is_woken = match browsers.iter_mut().find(|measured| measured.name == "detour") {
        Some(detour) => detour.wakes_worker().await?,
        None => anyhow::bail!("Detour itself was not measured"),
    };
    println!("healthy page, worker woken: {}", if is_woken { "yes" } else { "no" });
    figures.insert("worker_woken".to_owned(), json!(is_woken));
    for measured in browsers {
        measured.browser.quit().await?;
    }
    Ok(Value::Object(figures))
}

/// Pair by pair, since the machine's speed drifts.
fn ratios(values: &[f64], base: &[f64]) -> Vec<f64> {
    values.iter().zip(base).map(|(value, base)| value / base).collect()
}

struct Measured {
    name: &'static str,
    browser: Browser,
    window: WindowHandle,
    process: u32,
    loads: Vec<f64>,
    cpu: Vec<f64>,
}

impl Measured {
    /// One load, and the CPU time of all the browser's processes until half a second after it.
    async fn load(&mut self, nth: u32) -> Result<()> {
        let client = self.browser.client().clone();
        client.switch_to_window(self.window.clone()).await?;
        let before = cpu_ms(self.process)?;
        client.goto(&format!("{PAGE}?n={nth}")).await?;
        let look = "const entry = performance.getEntriesByType('navigation')[0];
            return location.search === arguments[0] && entry?.loadEventEnd > 0 ? entry.loadEventEnd : null;";
        let took = wait_for("the page is loaded", Duration::from_secs(20), async || {
            Ok(client.execute(look, vec![json!(format!("?n={nth}"))]).await?.as_f64())
        })
        .await?;
        tokio::time::sleep(Duration::from_millis(300)).await;
        self.loads.push(took);
        self.cpu.push(cpu_ms(self.process)? - before);
        Ok(())
    }

    /// Puts the worker to rest, loads healthy pages, and sees whether it was woken.
    async fn wakes_worker(&mut self) -> Result<bool> {
        self.browser.kill_worker().await?;
        for _ in 0..3 {
            let tab = self.browser.open(PAGE).await?;
            let is_loaded = "return document.readyState === 'complete';";
            wait_until("the page is loaded", Duration::from_secs(20), async || {
                Ok(self.browser.run(tab, is_loaded, Vec::new()).await? == json!(true))
            })
            .await?;
            self.browser.close(tab).await?;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        self.browser.is_worker_awake().await
    }
}

/// Main processes of Chromium: those with a profile that are no child of another.
fn browsers_running() -> Result<Vec<u32>> {
    Ok(processes()?
        .into_iter()
        .filter(|(id, _)| {
            let words = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            let words = String::from_utf8_lossy(&words);
            words.contains("--user-data-dir=")
                && words.contains("--load-extension=") | words.contains("--remote-debugging")
                && !words.contains("--type=")
        })
        .map(|(id, _)| id)
        .collect())
}

/// CPU time so far of a process and all below it, in milliseconds.
fn cpu_ms(root: u32) -> Result<f64> {
    let parents = processes()?;
    let belongs = |mut id: u32| {
        loop {
            if id == root {
                return true;
            }
            match parents.get(&id) {
                Some(parent) if *parent != 0 => id = *parent,
                Some(_) | None => return false,
            }
        }
    };
    let ticks: f64 = parents.keys().filter(|id| belongs(**id)).filter_map(|id| ticks(*id)).sum();
    Ok(ticks * MS_PER_TICK)
}

/// User and system time in clock ticks, those of ended children included.
fn ticks(id: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields = stat.rsplit_once(')')?.1;
    fields.split_whitespace().skip(11).take(4).map(|field| field.parse::<f64>().ok()).sum()
}

/// Every process and its parent.
fn processes() -> Result<BTreeMap<u32, u32>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir("/proc")? {
        let Some(id) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{id}/stat")) else { continue };
        let parent = stat.rsplit_once(')').and_then(|(_, fields)| fields.split_whitespace().nth(1)?.parse().ok());
        all.insert(id, parent.unwrap_or(0));
    }
    Ok(all)
}

/// Linux reports in hundredths of a second, whatever the kernel's own clock (`getconf CLK_TCK`).
const MS_PER_TICK: f64 = 10.0;
