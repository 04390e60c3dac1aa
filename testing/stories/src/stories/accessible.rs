//! Every page of ours under axe-core's rules, in both themes.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::tab::TabId;
use serde_json::{Value, json};

use super::stage::{SIGN, Stage, Story, story, words};
use crate::browser::Browser;
use crate::place;
use crate::surroundings::BrowserOptions;
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("No page breaks a rule of accessibility in the light theme", light).within(LONG),
        story!("No page breaks a rule of accessibility in the dark theme", dark).within(LONG),
    ]
}

async fn light(stage: &Stage<'_>) -> Result<()> {
    every_page(stage).await
}

async fn dark(stage: &Stage<'_>) -> Result<()> {
    let options = BrowserOptions { dark: true, ..BrowserOptions::default() };
    let browser = Browser::start(stage.browser.engine(), stage.lab, options).await?;
    let checked =
        every_page(&Stage { browser: &browser, lab: stage.lab, office: stage.office, worker: stage.worker }).await;
    browser.quit().await?;
    checked
}

async fn every_page(stage: &Stage<'_>) -> Result<()> {
    let axe = place::workspace().join("target/tools/npm/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&axe).with_context(|| format!("reading {}", axe.display()))?;
    let healthy = stage.browser.open("https://pages.detour-lab.net/").await?;
    let popup = stage.popup(healthy).await?;
    passes(stage, popup, &axe, "document").await.context("the popup of a healthy page")?;
    stage.browser.close(popup).await?;
    for page in PAGES {
        let tab = stage.browser.open_page(page).await?;
        passes(stage, tab, &axe, "document").await.with_context(|| page.to_owned())?;
        stage.browser.close(tab).await?;
    }
    past(stage, &axe).await?;
    let failing = stage.browser.open("https://refused.detour-lab.net/article").await?;
    stage.outage_page_says(failing, "refused.detour-lab.net").await?;
    stage.verdict(failing).await?;
    let popup = stage.popup(failing).await?;
    stage.details(popup).await?;
    passes(stage, popup, &axe, "document").await.context("the popup of a failing page, its details open")?;
    stage.details(failing).await?;
    passes(stage, failing, &axe, "document").await.context("the outage page, its details open")?;
    stage.browser.close(popup).await?;
    let board = stage.browser.open_page("board.html").await?;
    stage.says(board, "refused.detour-lab.net").await?;
    stage.press(board, "#table summary").await?;
    passes(stage, board, &axe, "document").await.context("the board while a site fails, its table open")?;
    stage.browser.close(board).await?;
    let with_banner = stage.browser.open("https://pages.detour-lab.net/status/503").await?;
    stage.banner_says(with_banner, "pages.detour-lab.net").await?;
    tokio::time::sleep(SETTLED).await;
    // To axe the root is open; to the page, which is in another world, it stays closed.
    let body = format!(
        "Object.defineProperty(root.host, 'shadowRoot', {{ value: root }}); {axe}; return {};",
        run("root.host")
    );
    judged(&stage.browser.in_banner(with_banner, &body, Value::Null).await?).context("the banner")
}

/// The board with past outages, all that can be opened on it open, and the question before all of them are deleted.
async fn past(stage: &Stage<'_>, axe: &str) -> Result<()> {
    let outages: Vec<&[&str]> =
        std::iter::repeat_n(["shop.example"].as_slice(), MORE_THAN_SHOWN).chain([NEWS]).collect();
    stage.remember(&outages).await?;
    let board = stage.browser.open_page("board.html").await?;
    // One after the other: each moves what is below it.
    for (button, part) in PARTS_OF_PAST {
        stage.press(board, button).await?;
        wait_until(&format!("{part} after {button}"), SIGN, async || {
            let look = "return document.querySelector(arguments[0])?.checkVisibility() === true";
            Ok(stage.browser.run(board, look, vec![part.into()]).await? == json!(true))
        })
        .await?;
    }
    passes(stage, board, axe, "document").await.context("the board with past outages and a pause, all of it open")?;
    stage.press(board, "#forget").await?;
    stage.says(board, &words("board_forget_all_title", [&outages.len().to_string()])?).await?;
    passes(stage, board, axe, "document").await.context("the question before all past outages are deleted")?;
    stage.press(board, "dialog button[value=no]").await?;
    stage.press(board, "#resume").await?;
    stage.browser.close(board).await
}

/// Waits for the page's words, and asks axe.
async fn passes(stage: &Stage<'_>, tab: TabId, axe: &str, root: &str) -> Result<()> {
    // What takes no clicks yet is hidden from those who listen, and what fades in is judged once it is there.
    wait_until("the page takes clicks", SIGN, async || {
        let look = "return document.querySelector('main[inert]') === null";
        Ok(stage.browser.run(tab, look, Vec::new()).await? == json!(true))
    })
    .await?;
    tokio::time::sleep(SETTLED).await;
    let body = format!(
        "const done = arguments[0];
        {axe};
        {}.then(done);",
        run(root)
    );
    let session = stage.browser.in_tab(tab).await?;
    judged(&session.client().execute_async(&body, Vec::new()).await?)
}

/// A promise of what axe finds.
fn run(root: &str) -> String {
    format!(
        "axe.run({root}, {{ resultTypes: ['violations'] }}).then(({{ violations, passes }}) => ({{
            passed: passes.length,
            broken: violations.map(({{ id, help, nodes }}) => `${{id}} (${{help}}): ` + nodes.map(({{ html }}) => html).join(' ')),
        }}), (error) => ({{ passed: 0, broken: [String(error)] }}))"
    )
}

fn judged(found: &Value) -> Result<()> {
    let broken = found.get("broken").and_then(Value::as_array).cloned().unwrap_or_default();
    ensure!(broken.is_empty(), "{broken:#?}");
    let passed = found.get("passed").and_then(Value::as_u64).unwrap_or_default();
    ensure!(passed > 5, "axe looked at next to nothing: {found}");
    Ok(())
}

const PAGES: [&str; 6] = ["board.html", "outage.html", "options.html", "welcome.html", "copies.html", "copy.html"];
/// What is pressed, and what is on the page then.
const PARTS_OF_PAST: [(&str, &str); 3] = [
    ("#day", "#resume"),
    ("#totals summary", "#totals[open] tbody td"),
    ("#history > li:first-child summary", "#history details[open] tbody td"),
];
/// More sites than are shown of a past outage at first.
const NEWS: &[&str] = &["one.example", "two.example", "three.example", "four.example", "five.example"];
/// More outages than the board shows at first.
const MORE_THAN_SHOWN: usize = 21;
const SETTLED: Duration = Duration::from_millis(1000);
const LONG: Duration = Duration::from_secs(180);
