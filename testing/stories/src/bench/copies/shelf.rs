//! A full shelf: how long it takes to open a copy, to search, to list, and to make room.
//!
//! It is asked as Detour's own pages ask it, from one of them, with a keeper that is awake; a page that is opened, such
//! as the viewer, starts a keeper of its own, and that is part of its time.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use super::pages;
use crate::bench::figures::{quantile, summary};
use crate::browser::Browser;
use crate::wait::wait_for;

pub(super) async fn measure(browser: &Browser, kept: usize) -> Result<Value> {
    let engine = browser.engine().name();
    let taking = fill(browser, &pages::many(kept)?).await?;
    println!(
        "shelf, {engine}: {kept} pages kept; one of them read, cleaned, packed and written in {:.0} ms",
        quantile(&taking, 0.5)
    );
    let listed = listed(browser).await?;
    ensure!(listed.usage.pages == kept, "expected {kept} pages on the shelf, found {}", listed.usage.pages);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let each = listed.usage.bytes as f64 / kept as f64;
    println!("shelf, {engine}: {:.1} MB, {:.1} KB for each page", each * kept as f64 / 1e6, each / 1e3);
    let mut figures = serde_json::Map::new();
    figures.insert("pages".to_owned(), json!(kept));
    figures.insert("bytes".to_owned(), json!(listed.usage.bytes));
    figures.insert("work_ms_for_each_page".to_owned(), summary(&taking));

    let ids = spread(&listed.pages, OPENED);
    let opened = times(browser, OPEN, json!([ids.iter().map(|page| &page.id).collect::<Vec<_>>()])).await?;
    told(&mut figures, engine, "open, until the keeper gives it (aim: under 150)", &opened);
    let mut shown = Vec::new();
    for page in &ids {
        shown.push(on_screen(browser, page).await?);
    }
    told(&mut figures, engine, "open, from the viewer's start to text on screen (aim: under 150)", &shown);
    for (name, words) in SEARCHES {
        let found = browser.control(SEARCH, json!([words, ASKED])).await?;
        let found: Found = serde_json::from_value(found)?;
        told(&mut figures, engine, &format!("search for {name}, {} found", found.hits), &found.times);
        told(&mut figures, engine, &format!("search for {name}, a keeper's first"), &found.first);
    }
    told(&mut figures, engine, "list", &times(browser, LIST, json!([ASKED])).await?);
    let tenth = kept / 10;
    let evicted = times(browser, EVICT, json!([tenth, EVICTIONS])).await?;
    told(&mut figures, engine, &format!("make room: {tenth} copies go"), &evicted);
    Ok(Value::Object(figures))
}

/// Visits and keeps pages; how long the keeper took for each, in milliseconds.
async fn fill(browser: &Browser, urls: &[String]) -> Result<Vec<f64>> {
    let mut times = Vec::new();
    for some in urls.chunks(BATCH) {
        let args = json!([{ "urls": some, "quota": u64::from(super::settings::settings().quota_mb) * 1_000_000 }]);
        let filled = browser.control(include_str!("fill.js"), args).await.context("filling the shelf")?;
        let Filled { kept, took } = serde_json::from_value(filled)?;
        times.push(took / kept);
    }
    Ok(times)
}

/// From the start of the viewer's navigation until the copy's words are painted, in the browser's own time.
async fn on_screen(browser: &Browser, page: &Listing) -> Result<f64> {
    let mut address = url::Url::parse(&browser.page("copy.html"))?;
    let fragment = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("id", &page.id)
        .append_pair("url", &page.url)
        .finish();
    address.set_fragment(Some(&fragment));
    let tab = browser.open(address.as_str()).await?;
    let painted = wait_for("the copy is painted", pages::PATIENCE, async || {
        Ok(browser.run(tab, PAINTED, Vec::new()).await?.as_f64())
    })
    .await
    .with_context(|| format!("the copy of {}", page.url))?;
    browser.close(tab).await?;
    Ok(painted)
}

async fn listed(browser: &Browser) -> Result<Listed> {
    let list = "return (await import(api.runtime.getURL('shelf/keeper.js'))).ask('list')";
    Ok(serde_json::from_value(browser.control(list, json!([])).await?)?)
}

async fn times(browser: &Browser, body: &str, args: Value) -> Result<Vec<f64>> {
    Ok(serde_json::from_value(browser.control(body, args).await?)?)
}

fn told(figures: &mut serde_json::Map<String, Value>, engine: &str, what: &str, times: &[f64]) {
    println!(
        "shelf, {engine}, {what}: median {:.0} ms [{:.0}–{:.0}], worst {:.0}",
        quantile(times, 0.5),
        quantile(times, 0.25),
        quantile(times, 0.75),
        quantile(times, 1.0)
    );
    figures.insert(what.to_owned(), summary(times));
}

fn spread(pages: &[Listing], count: usize) -> Vec<&Listing> {
    (0..count).filter_map(|nth| pages.get(nth * pages.len() / count)).collect()
}

#[derive(Deserialize)]
struct Filled {
    kept: f64,
    took: f64,
}

#[derive(Deserialize)]
struct Listed {
    pages: Vec<Listing>,
    usage: Usage,
}

#[derive(Deserialize)]
struct Listing {
    id: String,
    url: String,
}

#[derive(Deserialize)]
struct Usage {
    bytes: u64,
    pages: usize,
}

#[derive(Deserialize)]
struct Found {
    hits: usize,
    /// Of a keeper that just started.
    first: Vec<f64>,
    times: Vec<f64>,
}

/// Pages whose captures wait at once.
const BATCH: usize = 25;
/// Copies that are opened.
const OPENED: usize = 30;
/// Times that each question is asked.
const ASKED: u32 = 15;
/// Times that the limit is lowered.
const EVICTIONS: u32 = 3;

const SEARCHES: [(&str, &str); 3] =
    [("a rare word", "turbofish"), ("a common word", "the"), ("a word that is nowhere", "quetzalcoatlus")];

const OPEN: &str = "
    const { ask } = await import(api.runtime.getURL('shelf/keeper.js'));
    const times = [];
    for (const id of args[0]) {
        const begun = performance.now();
        const { html } = await ask('open', { id });
        times.push(performance.now() - begun);
        if (html.length < 1000) throw new Error('a copy without a document');
    }
    return times;";

/// Null until the copy is painted; its frame has clocks of its own.
const PAINTED: &str = "
    const inside = document.querySelector('iframe')?.contentWindow;
    if (inside?.document.readyState !== 'complete' || !inside.document.body?.innerText) return null;
    const paint = inside.performance.getEntriesByName('first-contentful-paint')[0];
    return paint ? inside.performance.timeOrigin + paint.startTime - performance.timeOrigin : null;";

const SEARCH: &str = "
    const [text, times] = args;
    const begun = { first: [], times: [] };
    let hits;
    for (const [kind, count] of [['first', 3], ['times', times]]) {
        for (let nth = 0; nth < count; nth += 1) {
            const query = kind === 'first' ? `?fresh=${Math.random()}` : '';
            const { ask } = await import(api.runtime.getURL(`shelf/keeper.js${query}`));
            const start = performance.now();
            const reply = await ask('search', { text });
            begun[kind].push(performance.now() - start);
            hits = reply.hits.length;
        }
    }
    return { hits, ...begun };";

const LIST: &str = "
    const { ask } = await import(api.runtime.getURL('shelf/keeper.js'));
    const times = [];
    for (let nth = 0; nth < args[0]; nth += 1) {
        const begun = performance.now();
        await ask('list');
        times.push(performance.now() - begun);
    }
    return times;";

/// Lowers the limit to what is left when the least useful ones are gone: what others name as well stays.
const EVICT: &str = "
    const { ask } = await import(api.runtime.getURL('shelf/keeper.js'));
    const { index } = await import(api.runtime.getURL('shelf/shelf.js'));
    const times = [];
    for (let nth = 0; nth < args[1]; nth += 1) {
        const [, rows] = await index();
        const records = rows.map(({ record }) => JSON.parse(record).record);
        records.sort((one, other) => (one.opened_at ?? 0) - (other.opened_at ?? 0) || one.at - other.at);
        const named = new Map();
        const all = ({ html, bodies }) => [html, ...bodies];
        for (const { hash } of records.flatMap(all)) named.set(hash, (named.get(hash) ?? 0) + 1);
        let free = 0;
        for (const record of records.slice(0, args[0])) {
            free += record.text.bytes;
            for (const { hash, bytes } of all(record)) {
                named.set(hash, named.get(hash) - 1);
                if (named.get(hash) === 0) free += bytes;
            }
        }
        const { usage } = await ask('list');
        const begun = performance.now();
        await ask('set_quota', { bytes: usage.bytes - free });
        times.push(performance.now() - begun);
        const { usage: after } = await ask('list');
        const gone = usage.pages - after.pages;
        if (gone !== args[0]) throw new Error(`${gone} copies went`);
    }
    return times;";
