//! Taking a copy: how long the page's own thread is blocked, how long all of it takes, and how large the result is.
//!
//! Compared are Detour, from the moment the page has told of itself until its copy is on the shelf, cleaned, packed
//! and indexed; Chromium's bare `saveAsMHTML`, until its file is read; and SingleFile's `getPageData` in the page,
//! until it has its text. The last two keep nothing.
//!
//! A block is a time in which the page's thread did not answer; those of more than 5 ms add up to the sum. Detour's
//! are counted from the order on, so that what the page is asked before its copy is taken counts as well.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use detour_core::keep::page_key;
use serde::Deserialize;
use serde_json::{Value, json};

use super::pages::{PAGES, Page, single_file};
use super::settings::settings;
use crate::bench::figures::{quantile, summary};
use crate::browser::Browser;
use crate::engine::Engine;

/// A way of taking a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// Another page was kept a moment ago.
    Detour,
    /// Its worker and its keeper sleep, as they do most of the time.
    DetourAsleep,
    Mhtml,
    /// With the options that its extension comes with, but that it does not wait for images that were never shown
    /// (it scrolls and waits for them 1.5 s) and leaves hidden elements in, as the others do.
    SingleFile,
    /// The same without looking for styles and fonts that are not used, its costliest part.
    SingleFilePlain,
}

impl Way {
    fn all(engine: Engine) -> &'static [Self] {
        match engine {
            Engine::Chromium => {
                &[Self::Detour, Self::Mhtml, Self::SingleFilePlain, Self::SingleFile, Self::DetourAsleep]
            }
            Engine::Firefox => &[Self::Detour, Self::SingleFilePlain, Self::SingleFile, Self::DetourAsleep],
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Detour => "detour",
            Self::DetourAsleep => "detour, asleep",
            Self::Mhtml => "saveAsMHTML",
            Self::SingleFile => "SingleFile",
            Self::SingleFilePlain => "SingleFile, plain",
        }
    }

    const fn script(self) -> &'static str {
        match self {
            Self::Detour | Self::DetourAsleep => "detour",
            Self::Mhtml => "mhtml",
            Self::SingleFile | Self::SingleFilePlain => "singlefile",
        }
    }

    fn options(self, url: &str) -> Value {
        match self {
            Self::Detour | Self::DetourAsleep => json!({ "key": page_key(url) }),
            Self::Mhtml => json!({}),
            Self::SingleFile | Self::SingleFilePlain => {
                let thorough = self == Self::SingleFile;
                json!({
                    "removeHiddenElements": false,
                    "removeUnusedStyles": thorough,
                    "removeUnusedFonts": thorough,
                    "removeAlternativeFonts": thorough,
                    "removeAlternativeMedias": thorough,
                    "removeAlternativeImages": thorough,
                    "groupDuplicateImages": true,
                    "removeFrames": false,
                    "compressHTML": true,
                    "compressCSS": false,
                    "blockScripts": true,
                    "blockVideos": true,
                    "blockAudios": true,
                    "loadDeferredImages": false,
                    "networkTimeout": 0,
                    "maxResourceSizeEnabled": false,
                    "filenameTemplate": "{page-title}",
                })
            }
        }
    }
}

/// One copy. Times in milliseconds, sizes in bytes.
#[derive(Debug, Deserialize)]
struct Sample {
    transferred: f64,
    total: f64,
    bytes: f64,
    /// Parts of the page that are not in the copy.
    #[serde(default)]
    lost: u32,
    longest: f64,
    blocked: f64,
    quiet: Quiet,
}

/// The second before, in which nothing happened.
#[derive(Debug, Deserialize)]
struct Quiet {
    longest: f64,
    blocked: f64,
}

type Samples = BTreeMap<(usize, Way), Vec<Sample>>;

pub(super) async fn measure(browser: &Browser, rounds: u32) -> Result<Value> {
    let ways = Way::all(browser.engine());
    let mut samples = Samples::new();
    for round in 0..rounds {
        let mut turns = ways.to_vec();
        // The order turns, so that nobody is always first.
        turns.rotate_left(usize::try_from(round)? % ways.len());
        for way in turns {
            if way == Way::Detour {
                // Whoever keeps a page has often kept another one just before.
                let [lightest, ..] = &PAGES;
                sample(browser, lightest, way).await?;
            }
            for (nth, page) in PAGES.iter().enumerate() {
                let taken = sample(browser, page, way).await;
                let taken = taken.with_context(|| format!("{} of {}", way.name(), page.path))?;
                samples.entry((nth, way)).or_default().push(taken);
            }
        }
    }
    Ok(report(browser.engine(), &samples))
}

async fn sample(browser: &Browser, page: &Page, way: Way) -> Result<Sample> {
    if way == Way::DetourAsleep {
        put_to_rest(browser).await?;
    }
    let url = page.url();
    let args = json!([{ "url": url, "way": way.script(), "modules": single_file(), "options": way.options(&url) }]);
    let taken = serde_json::from_value(browser.control(include_str!("sample.js"), args).await?)?;
    if matches!(way, Way::Detour | Way::DetourAsleep) {
        // Otherwise the page would be kept again at every visit, and most of it would be on the shelf already.
        browser.set_settings(&settings()).await?;
        let clear = "await (await import(api.runtime.getURL('shelf/keeper.js'))).ask('delete_all')";
        browser.control(clear, json!([])).await?;
    }
    Ok(taken)
}

async fn put_to_rest(browser: &Browser) -> Result<()> {
    let close = "if (!api.offscreen) return;
        const open = await api.runtime.getContexts({ contextTypes: ['OFFSCREEN_DOCUMENT'] });
        if (open.length > 0) await api.offscreen.closeDocument();";
    browser.control(close, json!([])).await?;
    browser.kill_worker().await
}

fn report(engine: Engine, samples: &Samples) -> Value {
    let mut figures = serde_json::Map::new();
    for (nth, page) in PAGES.iter().enumerate() {
        let of_page = |way: &Way| samples.get(&(nth, *way)).map(Vec::as_slice).unwrap_or_default();
        let transferred: Vec<f64> =
            Way::all(engine).iter().flat_map(of_page).map(|sample| sample.transferred).collect();
        println!(
            "copies, {}, {} ({}, {:.0} KB transferred):",
            engine.name(),
            page.weight,
            page.path,
            quantile(&transferred, 0.5) / 1000.0
        );
        let mut ways = serde_json::Map::new();
        for way in Way::all(engine) {
            let taken = of_page(way);
            let all = |figure: fn(&Sample) -> f64| taken.iter().map(figure).collect::<Vec<f64>>();
            let (longest, blocked) = (all(|sample| sample.longest), all(|sample| sample.blocked));
            let (total, bytes) = (all(|sample| sample.total), all(|sample| sample.bytes));
            let quiet = all(|sample| sample.quiet.longest);
            println!(
                "  {:<18} page blocked {:>6.1} ms at most, {:>6.1} in sum [{:.1}–{:.1}] (quiet: {:.1}); \
                 in all {:>6.0} ms [{:.0}–{:.0}]; {:>5.0} KB{}",
                way.name(),
                quantile(&longest, 0.5),
                quantile(&blocked, 0.5),
                quantile(&blocked, 0.25),
                quantile(&blocked, 0.75),
                quantile(&quiet, 0.5),
                quantile(&total, 0.5),
                quantile(&total, 0.25),
                quantile(&total, 0.75),
                quantile(&bytes, 0.5) / 1000.0,
                aim(page, *way),
            );
            let figure = json!({
                "longest_block_ms": summary(&longest),
                "blocked_ms": summary(&blocked),
                "in_all_ms": summary(&total),
                "bytes": quantile(&bytes, 0.5),
                "lost": taken.iter().map(|sample| sample.lost).max(),
                "quiet_longest_block_ms": summary(&quiet),
                "quiet_blocked_ms_in_a_second": summary(&all(|sample| sample.quiet.blocked)),
            });
            ways.insert(way.name().to_owned(), figure);
        }
        let figure = json!({ "page": page.path, "transferred_bytes": quantile(&transferred, 0.5), "ways": ways });
        figures.insert(page.weight.to_owned(), figure);
    }
    Value::Object(figures)
}

/// What is aimed at.
fn aim(page: &Page, way: Way) -> &'static str {
    match (page.weight, way) {
        ("1 MB", Way::Detour) => " (aim: blocked under 10, in all under 40)",
        ("5 MB", Way::Detour) => " (aim: in all under 300)",
        _ => "",
    }
}
