//! The board: the outage as a whole, and the past.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Result, ensure};
use detour_core::incident::{Incident, Kind, Progress, Said, Site};
use detour_core::observation::Millis;
use detour_core::tab::TabId;
use detour_core::verdict::{Confidence, Fault};
use detour_lab::Switch;
use serde_json::{Value, json};

use super::stage::{SIGN, Stage, Story, story, words};
use crate::place;
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("The board shows a failing CDN's sites together, and mutes one", whole),
        story!("The board's table holds the same spells as its pictures", table),
        story!("The board says how far it is while it looks at every site", checking),
        story!("The board deletes one past outage at once, and all of them only when asked twice", past),
    ]
}

async fn whole(stage: &Stage<'_>) -> Result<()> {
    let board = with_three(stage).await?;
    // A picture for people: target/pictures.
    let file = format!("target/pictures/{}-board.png", stage.browser.engine().name());
    stage.browser.screenshot(board, &place::workspace().join(file)).await?;
    let mute = "button[data-what=mute]";
    stage.press(board, mute).await?;
    until(stage, board, "the site is muted", "document.querySelector('button[data-what=mute]').ariaPressed === 'true'")
        .await?;
    until(stage, board, "the focus is where it was", "document.activeElement.dataset.what === 'mute'").await?;
    // Only what was asked for is left.
    let filter = "const field = document.getElementById('filter'); field.value = 'bbc';
        field.dispatchEvent(new Event('input'));";
    stage.browser.run(board, filter, Vec::new()).await?;
    until(stage, board, "one site is left by the filter", "document.querySelectorAll('.standing').length === 1")
        .await?;
    stage.says(board, &words("board_shown", ["1", "3", "0", "0"])?).await
}

async fn table(stage: &Stage<'_>) -> Result<()> {
    let board = with_three(stage).await?;
    stage.press(board, "#table summary").await?;
    until(stage, board, "the table has rows", "document.querySelectorAll('#table tbody tr').length > 0").await?;
    let read = "const site = (article) => article.querySelector('h3 span').textContent;
        const pictures = [...document.querySelectorAll('.standing')].flatMap((article) =>
            [...article.querySelectorAll('.bands i')].map((band) => `${site(article)}: ${band.title}`));
        const rows = [...document.querySelectorAll('#table tbody tr')].map((row) => {
            const [site, state, from, until] = [...row.cells].map((cell) => cell.textContent);
            return `${site}: ${state}, ${from} to ${until}`;
        });
        return { pictures, rows };";
    let read = stage.browser.run(board, read, Vec::new()).await?;
    let [pictures, rows] = ["pictures", "rows"].map(|name| read.get(name).and_then(Value::as_array));
    ensure!(pictures == rows, "the table is not what the pictures show: {read:#}");
    let count = rows.map(Vec::len).unwrap_or_default();
    ensure!(count >= 6, "three sites were fine and failed, and {count} spells are told: {read:#}");
    Ok(())
}

async fn checking(stage: &Stage<'_>) -> Result<()> {
    let tab = stage.browser.open("https://pages.detour-lab.net/slow?ms=2500&status=503").await?;
    stage.verdict(tab).await?;
    let board = stage.browser.open_page("board.html").await?;
    stage.says(board, "pages.detour-lab.net").await?;
    stage.press(board, "#check[aria-disabled=false]").await?;
    let progress = "document.querySelector('#checking:not([hidden]) progress')?.max === 1";
    until(stage, board, "it says how far it is", progress).await?;
    stage.says(board, &words("board_checking", ["0", "1"])?).await?;
    until(stage, board, "it is done", "document.querySelector('#checking').hidden").await
}

async fn past(stage: &Stage<'_>) -> Result<()> {
    // A real one is over for good after a quarter of an hour; the worker reads what an earlier one left.
    let today = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let yesterday = Millis(u64::try_from(today)? - 24 * 60 * 60_000);
    let outages: Vec<Incident> = (1..=3).map(|nth| outage(nth, yesterday.plus(nth * 60 * 60_000))).collect();
    let history = json!({ "1": outages }).to_string();
    stage.browser.kill_worker().await?;
    stage.browser.control("await api.storage.local.set({ history: args[0] })", json!([history])).await?;
    let board = stage.browser.open_page("board.html").await?;
    stage.says(board, "site-2.example.org").await?;
    stage.press(board, "#history li:first-child button").await?;
    until(stage, board, "one is gone", "document.querySelectorAll('#history > li').length === 2").await?;
    stage.press(board, "#forget").await?;
    stage.says(board, &words("board_forget_all_title", ["2"])?).await?;
    stage.press(board, "dialog button[value=no]").await?;
    until(stage, board, "the question is gone", "document.querySelector('dialog') === null").await?;
    ensure!(is_so(stage, board, "document.querySelectorAll('#history > li').length === 2").await?, "No means no");
    stage.press(board, "#forget").await?;
    stage.press(board, "dialog button[value=yes]").await?;
    stage.says(board, &words("board_past_none", [])?).await
}

/// The board, while three sites of one CDN fail.
async fn with_three(stage: &Stage<'_>) -> Result<TabId> {
    stage.lab.set(Switch::edge_fails()).await?;
    for url in ["https://www.theguardian.com/?board", "https://www.bbc.co.uk/?board", "https://www.gov.uk/?board"] {
        let tab = stage.browser.open(url).await?;
        stage.verdict(tab).await?;
    }
    let board = stage.browser.open_page("board.html").await?;
    for words in ["Fastly", "theguardian.com", "bbc.co.uk", "gov.uk"] {
        stage.says(board, words).await?;
    }
    Ok(board)
}

/// An outage of one site.
fn outage(id: u64, began: Millis) -> Incident {
    let host = format!("site-{id}.example.org");
    let ended = began.plus(49 * 60_000);
    Incident {
        id,
        kind: Kind::Site,
        cdn: None,
        began,
        ended: Some(ended),
        sites: vec![Site {
            url: format!("https://{host}/"),
            host,
            cdn: None,
            fault: Fault::Server,
            confidence: Confidence::High,
            looked: None,
            spells: vec![(began, Progress::Failing), (ended, Progress::Back)],
        }],
        verdicts: vec![(began, Fault::Server)],
        said: Said::default(),
    }
}

async fn is_so(stage: &Stage<'_>, page: TabId, claim: &str) -> Result<bool> {
    Ok(stage.browser.run(page, &format!("return {claim}"), Vec::new()).await? == json!(true))
}

async fn until(stage: &Stage<'_>, page: TabId, what: &str, claim: &str) -> Result<()> {
    wait_until(what, SIGN, async || is_so(stage, page, claim).await).await
}
