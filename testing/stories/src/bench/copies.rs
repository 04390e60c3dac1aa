//! Copies: what taking one costs the page and in all, what it takes in room, and how quick a full shelf is.
//!
//! The pages are Rust's manuals, which nobody here wrote, as the lab's edge serves them. Whoever is compared takes its
//! copy of the same pages in the same browser, in turns; every copy is the first one of its page and its site.

use anyhow::Result;
use detour_lab::Lab;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::engine::{Engine, firefox};
use crate::surroundings::BrowserOptions;

mod capture;
mod pages;
mod settings;
mod shelf;

use settings::settings;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount {
    /// Copies of each page, for each way of taking one.
    pub(super) rounds: u32,
    /// Copies on the full shelf.
    pub(super) kept: usize,
}

pub(super) async fn measure(lab: &Lab, amount: Amount) -> Result<Value> {
    pages::lend(lab)?;
    let mut figures = serde_json::Map::new();
    for engine in [Engine::Chromium, Engine::Firefox] {
        let browser = start(engine, lab).await?;
        let taking = capture::measure(&browser, amount.rounds).await?;
        browser.quit().await?;
        let browser = start(engine, lab).await?;
        let full = shelf::measure(&browser, amount.kept).await?;
        browser.quit().await?;
        figures.insert(engine.name().to_owned(), json!({ "taking": taking, "full_shelf": full }));
    }
    Ok(Value::Object(figures))
}

async fn start(engine: Engine, lab: &Lab) -> Result<Browser> {
    let browser = Browser::start(engine, lab, BrowserOptions::default()).await?;
    pages::be_patient(&browser).await?;
    if engine == Engine::Firefox {
        // The manuals' pages for printing ask to be printed as soon as they are there, and Firefox would run no script in
        // them until somebody has answered its dialog.
        let quiet = "Services.prefs.setBoolPref('print.enabled', false);";
        firefox::chrome(browser.client(), quiet, json!(null)).await?;
    }
    browser.set_settings(&settings()).await?;
    Ok(browser)
}
