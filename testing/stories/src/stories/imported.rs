//! Copies that came from a file: whoever wrote the file says of what they are, and when from. They stand last, are called
//! what they are wherever they are named, and take no place of a copy that this computer took.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::copies::{Offer, Source, Standing};
use detour_core::settings::Keeping;
use detour_core::tab::TabId;
use detour_lab::Behaviour;
use serde_json::{Value, json};

use super::forged::searches;
use super::keep::visit;
use super::shelf_pages::steps::{copy_says, give_file, type_into};
use super::stage::{OPEN, SIGN, Stage, Story, story, words};
use crate::wait::{wait_for, wait_until};

pub(super) fn all() -> Vec<Story> {
    vec![
        story!(
            "An imported copy of the page that fails is the last resort, and is said to be from a file",
            last_resort
        ),
        story!("A file's copy, however new it says to be, takes no place of the user's own", newer),
        story!("The user's own copy takes the place of a file's, however new that says to be", older),
        story!(
            "A file speaks for the address that it names alone: not for https by http, nor for another port or site",
            doors
        ),
        story!("An imported copy's address shows nobody's name before its host", userinfo),
        story!("What a search finds in the user's own copies stands before what it finds in a file's", found),
    ]
}

async fn last_resort(stage: &Stage<'_>) -> Result<()> {
    let page = format!("https://{REFUSED}/article");
    import(stage, &[(&page, TODAY)], "1 page imported.").await?;
    let tab = stage.browser.open(&page).await?;
    stage.outage_page_says(tab, REFUSED).await?;
    // There is nothing else yet.
    main_offer_says(stage, tab, &words("source_imported", [])?, &words("source_kept", [])?).await?;
    let search = searches(stage, tab).await?;
    let archives = search.offers.iter().filter(|offer| matches!(offer.source, Source::Archive(_))).count();
    ensure!(archives > 0, "no archive had the page: {search:?}");
    // What others have, and has been looked into, comes first, though it is older and farther away.
    let look = "const [main, more] = ['.copies > button.main:has(b)', '.copies .offers > li'];
        return [...document.querySelectorAll(main), ...document.querySelectorAll(more)].map((one) => one.innerText)";
    let (name, mut shown) = (words("source_imported", [])?, Value::Null);
    let found = wait_until("the file's copy comes last", SIGN, async || {
        shown = stage.browser.run(tab, look, Vec::new()).await?;
        let texts: Vec<&str> = shown.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let is_imported = |text: &&str| text.contains(&name);
        Ok(texts.len() > archives && texts.iter().position(is_imported) == Some(texts.len() - 1))
    });
    found.await.with_context(|| format!("the offers: {shown}"))?;
    let local = stage.remembered(tab).await?.copies.local;
    let copy = viewed(stage, local.first().context("the file's copy")?).await?;
    says_imported(stage, copy).await
}

async fn newer(stage: &Stage<'_>) -> Result<()> {
    let page = format!("https://{FLIP}/article");
    keeps(stage, &page).await?;
    for date in [TODAY, TOMORROW, "2020-01-01T00:00:00Z"] {
        import(stage, &[(&page, date)], "0 pages imported. 1 page couldn’t be imported.")
            .await
            .with_context(|| date)?;
    }
    is_own(stage, &page).await
}

async fn older(stage: &Stage<'_>) -> Result<()> {
    let page = format!("https://{FLIP}/article");
    import(stage, &[(&page, TOMORROW)], "1 page imported.").await?;
    // On a page that is well, the popup says so too.
    stage.host(FLIP, Behaviour::Healthy).await?;
    let tab = stage.browser.open(&page).await?;
    stage.says(tab, FLIP).await?;
    stage.popup_says(tab, &[&words("popup_has_imported", [])?]).await?;
    stage.browser.close(tab).await?;
    stage.choose(Keeping::Visited).await?;
    let tab = visit(stage, &page).await?;
    // It tells of itself while it is in front.
    tokio::time::sleep(TELLING).await;
    wait_until("the user's own copy is there", SIGN, async || is_taken(stage, &page).await).await?;
    stage.browser.close(tab).await?;
    is_own(stage, &page).await
}

/// Each page gets what a file says of itself, or of its site's other pages, and never by a less safe door.
async fn doors(stage: &Stage<'_>) -> Result<()> {
    let named = [
        format!("http://{FLIP}/here"),
        format!("https://{FLIP}:8443/here"),
        format!("https://{FLIP}.evil-lab.net/here"),
        format!("https://evil-{FLIP}/here"),
        format!("https://evil-lab.net/https://{FLIP}/here"),
    ];
    let records: Vec<(&str, &str)> = named.iter().map(|url| (url.as_str(), TODAY)).collect();
    import(stage, &records, "5 pages imported.").await?;
    let page = format!("https://{FLIP}/here");
    let offers = local(stage, &page).await?;
    ensure!(offers.is_empty(), "{page} is offered {offers:?}");
    // A link in a copy leads to the copy of exactly that page.
    let shelf = stage.browser.open_page("copies.html").await?;
    let look =
        "const { ask } = await import('/shelf/keeper.js'); return (await ask('find', { url: args[0] }))?.id ?? '';";
    let found = stage.browser.run_async(shelf, look, vec![page.as_str().into()]).await?;
    ensure!(found == json!(""), "a link to {page} leads to {found}");
    // The test's own way finds what is there.
    import(stage, &[(&page, TODAY)], "1 page imported.").await?;
    let offers = local(stage, &page).await?;
    ensure!(matches!(offers.as_slice(), [one] if one.standing == Standing::Imported), "offered: {offers:?}");
    Ok(())
}

async fn userinfo(stage: &Stage<'_>) -> Result<()> {
    let long = "and-so-on-".repeat(9);
    let named = [
        "https://www.theguardian.com@evil-lab.net/one".to_owned(),
        "https://www.theguardian.com:443@evil-lab.net/two".to_owned(),
        format!("https://www.theguardian.com%2Fuk%2F{long}@evil-lab.net/three"),
        format!("https://user:www.theguardian.com%2F{long}@evil-lab.net/four"),
    ];
    let records: Vec<(&str, &str)> = named.iter().map(|url| (url.as_str(), TODAY)).collect();
    let list = import(stage, &records, "4 pages imported.").await?;
    let text = stage.browser.text(list).await?;
    ensure!(text.contains("evil-lab.net") && !text.contains("theguardian"), "the list says {text}");
    let ids = "const { ask } = await import('/shelf/keeper.js'); return (await ask('list')).pages.map(({ id }) => id)";
    let ids: Vec<String> = serde_json::from_value(stage.browser.run_async(list, ids, Vec::new()).await?)?;
    ensure!(ids.len() == named.len(), "the shelf has {ids:?}");
    for id in ids {
        let copy = stage.browser.open(&stage.browser.page(&format!("copy.html#id={id}"))).await?;
        copy_says(stage, copy, FORGED).await?;
        let text = stage.details(copy).await?;
        let bar = stage.browser.run(copy, "return document.getElementById('short').innerText", Vec::new()).await?;
        let is_named = bar.as_str().is_some_and(|bar| bar.starts_with("https://evil-lab.net/"));
        ensure!(is_named && !text.contains("theguardian"), "the bar shows {bar}, the page says {text}");
        says_imported(stage, copy).await?;
    }
    Ok(())
}

async fn found(stage: &Stage<'_>) -> Result<()> {
    let own = format!("https://{FLIP}/article");
    keeps(stage, &own).await?;
    // Of other sites, newer, and with the words in their titles.
    let list = import(
        stage,
        &[("https://www.theguardian.com/a", TOMORROW), ("https://a-lab.net/", TODAY)],
        "2 pages imported.",
    )
    .await?;
    type_into(stage, list, "#search", "flip").await?;
    let look = "return [...document.querySelectorAll('#found .address, .kept .address, .address')]
        .filter((one) => one.checkVisibility()).map((one) => one.textContent)";
    let mut shown = Value::Null;
    let order = wait_until("all three are found, the user's own first", SIGN, async || {
        shown = stage.browser.run(list, look, Vec::new()).await?;
        let found = shown.as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(found.len() == 3 && found.first() == Some(&json!(own)))
    });
    order.await.with_context(|| format!("found: {shown}"))?;
    let text = stage.browser.text(list).await?;
    let said = text.matches(&words("shelf_imported", [])?).count();
    ensure!(said == 2, "{said} of the copies are said to be from a file: {text}");
    Ok(())
}

/// Gives a file with these records (address, date) to the page of copies, which says what came of it.
async fn import(stage: &Stage<'_>, records: &[(&str, &str)], outcome: &str) -> Result<TabId> {
    let list = stage.browser.open_page("copies.html").await?;
    give_file(stage, list, &file(stage, records)?).await?;
    stage.says(list, outcome).await?;
    Ok(list)
}

fn file(stage: &Stage<'_>, records: &[(&str, &str)]) -> Result<PathBuf> {
    let html = format!("<!doctype html><title>flip forged</title><p>{FORGED}</p>");
    let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{html}", html.len());
    let record = |(url, date): &(&str, &str)| {
        format!(
            "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: {date}\r\n\
             Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{http}\r\n\r\n",
            http.len()
        )
    };
    let name = format!("forged-{}.warc", NTH.fetch_add(1, Ordering::Relaxed));
    let path = stage.lab.dir().join(name);
    std::fs::write(&path, records.iter().map(record).collect::<String>()).context("writing a WARC file")?;
    Ok(path)
}

/// The user visits a page, of which a copy is taken.
async fn keeps(stage: &Stage<'_>, page: &str) -> Result<()> {
    stage.host(FLIP, Behaviour::Healthy).await?;
    stage.choose(Keeping::Visited).await?;
    let tab = visit(stage, page).await?;
    stage.kept(page).await?;
    stage.browser.close(tab).await
}

/// Whether the copy of a page is one that this computer took; what is not true is not written.
async fn is_taken(stage: &Stage<'_>, url: &str) -> Result<bool> {
    let look =
        "const settled = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
        const shelf = await settled(indexedDB.open('shelf'));
        const row = await settled(shelf.transaction('pages').objectStore('pages').index('page').get(args[0]));
        shelf.close();
        return !JSON.parse(row.record).record.imported;";
    Ok(stage.browser.control(look, json!([url])).await? == json!(true))
}

/// The page fails, and what is offered is the user's own copy, with its own words.
async fn is_own(stage: &Stage<'_>, page: &str) -> Result<()> {
    let offers = local(stage, page).await?;
    ensure!(matches!(offers.as_slice(), [one] if one.standing == Standing::Fetched), "offered: {offers:?}");
    let tab = *stage.browser.tabs().await?.last().context("the failing tab")?;
    main_offer_says(stage, tab, &words("source_kept", [])?, &words("source_imported", [])?).await?;
    let copy = viewed(stage, offers.first().context("the copy")?).await?;
    copy_says(stage, copy, "which today works as it should").await?;
    let text = stage.details(copy).await?;
    ensure!(text.contains(&own()?), "the viewer says {text}");
    ensure!(!text.contains(&words("copy_whose_imported", [])?), "the viewer says {text}");
    Ok(())
}

/// Has a page's site fail, and gives what this computer offers for it.
async fn local(stage: &Stage<'_>, page: &str) -> Result<Vec<Offer>> {
    stage.host(FLIP, Behaviour::Refused).await?;
    let tab = stage.browser.open(page).await?;
    stage.outage_page_says(tab, FLIP).await?;
    // The shelf was asked when the page failed, before the verdict.
    Ok(stage.remembered(tab).await?.copies.local)
}

async fn main_offer_says(stage: &Stage<'_>, tab: TabId, says: &str, says_not: &str) -> Result<()> {
    let look = "return document.querySelector(arguments[0])?.innerText ?? ''";
    let said = wait_for("an offer", SIGN, async || {
        let said = stage.browser.run(tab, look, vec![OPEN.into()]).await?;
        Ok(said.as_str().filter(|said| !said.is_empty()).map(str::to_owned))
    })
    .await?;
    ensure!(said.contains(says) && !said.contains(says_not), "the first offer is `{said}`");
    Ok(())
}

/// Opens what is offered from this computer in the viewer.
async fn viewed(stage: &Stage<'_>, offer: &Offer) -> Result<TabId> {
    let id = offer.url.strip_prefix("kept:").context("a copy of this computer's")?;
    stage.browser.open(&stage.browser.page(&format!("copy.html#id={id}"))).await
}

/// What the viewer says of a copy that this computer took.
fn own() -> Result<String> {
    Ok(format!("{}{}", words("copy_whose", [])?, words("copy_where", [])?))
}

async fn says_imported(stage: &Stage<'_>, copy: TabId) -> Result<()> {
    copy_says(stage, copy, FORGED).await?;
    let text = stage.details(copy).await?;
    for words in [words("copy_whose_imported", [])?, words("copy_where_imported", [])?] {
        ensure!(text.contains(words.trim_start_matches([',', ' '])), "the viewer does not say `{words}`: {text}");
    }
    ensure!(!text.contains(&own()?), "the viewer says {text}");
    Ok(())
}

const FLIP: &str = "flip.detour-lab.net";
const REFUSED: &str = "refused.detour-lab.net";
const FORGED: &str = "Somebody else wrote this into a file.";
const TODAY: &str = "2026-11-01T00:00:00Z";
/// No copy is of then, whatever the file says.
const TOMORROW: &str = "2099-01-01T00:00:00Z";
/// The calm that a page waits for, and the time that a busy machine adds.
const TELLING: Duration = Duration::from_secs(2);
static NTH: AtomicU32 = AtomicU32::new(0);
