//! Copies and mirrors that somebody else made: whoever is on the way writes what comes over plain http, whoever has another port
//! of a machine writes what comes from there, and any page names any address as its own.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::copies::{Search, Source};
use detour_core::settings::Keeping;
use detour_core::tab::TabId;
use detour_lab::Behaviour;
use serde_json::json;
use url::Url;

use super::keep::visit;
use super::pressed::put_on_shelf;
use super::shelf_pages::steps::copy_says;
use super::stage::{OPEN, SIGN, Stage, Story, story, words};
use crate::requests::By;
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("A page that came over plain http is no copy of the page that its site has over https", plain),
        story!("What came over plain http or from another port stands for no other page", doors).within(LONG),
        story!(
            "An address on a foreign domain, or through a less safe door, is no mirror, whatever both pages say",
            foreign
        )
        .within(LONG),
        story!("What a page over plain http says of its other addresses is not believed", hints).within(LONG),
        story!("The bar above a copy shows scheme, host and port of its page", bar),
    ]
}

/// Somebody on the way keeps https from coming through, and writes the page; later the site itself fails.
async fn plain(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    stage.host(FLIP, Behaviour::Plainhttp).await?;
    let url = format!("http://{FLIP}/here");
    let tab = visit(stage, &url).await?;
    stage.kept(&url).await?;
    stage.browser.close(tab).await?;
    stage.host(FLIP, Behaviour::Status(503)).await?;
    let page = format!("https://{FLIP}/here");
    let tab = stage.browser.open(&page).await?;
    stage.banner_says(tab, FLIP).await?;
    offers(stage, tab, &[]).await?;
    // The user's own copy of the same page is found where it lies.
    let shelf = stage.browser.open_page("copies.html").await?;
    let own = put(stage, shelf, &page).await?;
    let tab = stage.browser.open(&page).await?;
    stage.banner_says(tab, FLIP).await?;
    offers(stage, tab, &[&own]).await
}

/// Each page gets what came through its own door, and nothing else, while the shelf has all of them. A plain page would also get
/// what came over https; where https is there, browsers go there, so that no plain page of it fails.
async fn doors(stage: &Stage<'_>) -> Result<()> {
    stage.host(FLIP, Behaviour::Status(503)).await?;
    let shelf = stage.browser.open_page("copies.html").await?;
    let page = |door: &str| format!("{door}/here");
    let mut ids = Vec::new();
    for door in DOORS {
        ids.push((door, put(stage, shelf, &page(door)).await?));
    }
    let of = |door: &str| ids.iter().find(|(known, _)| *known == door).map(|(_, id)| id.as_str());
    for door in ["https://flip.detour-lab.net", "https://flip.detour-lab.net:8443", "https://flip.detour-lab.net:8444"]
    {
        let tab = stage.browser.open(&page(door)).await?;
        stage.badged(tab).await?;
        let own: Vec<&str> = of(door).into_iter().collect();
        ensure!(own.is_empty() == door.ends_with(":8444"), "a copy too many or too few was put there: {own:?}");
        offers(stage, tab, &own).await.with_context(|| page(door))?;
        // A link in a copy leads to the copy of exactly that page.
        let look =
            "const { ask } = await import('/shelf/keeper.js'); return (await ask('find', { url: args[0] }))?.id ?? '';";
        let found = stage.browser.run_async(shelf, look, vec![page(door).into()]).await?;
        ensure!(found == json!(own.first().copied().unwrap_or_default()), "{door}: a link leads to {found}");
        stage.browser.close(tab).await?;
    }
    Ok(())
}

/// Waits until this computer's own copies are known, and errs where they are not these, by their ids.
async fn offers(stage: &Stage<'_>, tab: TabId, ids: &[&str]) -> Result<()> {
    stage.verdict(tab).await?;
    let wanted: BTreeSet<String> = ids.iter().map(|id| format!("kept:{id}")).collect();
    let mut found = BTreeSet::new();
    // The shelf was asked when the page failed, before the verdict.
    let known = wait_until("the copies", SIGN, async || {
        found = stage.remembered(tab).await?.copies.local.into_iter().map(|offer| offer.url).collect();
        Ok(found == wanted)
    });
    known.await.with_context(|| format!("expected {wanted:?}, found {found:?}"))?;
    let popup = stage.popup(tab).await?;
    stage.says(popup, FLIP).await?;
    tokio::time::sleep(WHILE).await;
    let found = stage.remembered(tab).await?.copies.local.into_iter().map(|offer| offer.url).collect::<BTreeSet<_>>();
    ensure!(found == wanted, "later there are others: {found:?}");
    let look = "return document.querySelector(arguments[0])?.innerText ?? '';";
    let button = stage.browser.run(popup, look, vec![OPEN.into()]).await?;
    let has_button = button.as_str().is_some_and(|text| text.contains(&words("source_kept", []).unwrap_or_default()));
    ensure!(has_button != ids.is_empty(), "the popup offers {button}");
    stage.browser.close(popup).await
}

/// The foreign pages look like the page itself, by the title that is remembered, as a real mirror does.
async fn foreign(stage: &Stage<'_>) -> Result<()> {
    let (own, own_feed) = (format!("https://{PAGES}/saying"), format!("https://{PAGES}/feed"));
    let mut books = stage.books().await?;
    for site in ["www.gamespot.com", "www.theverge.com"] {
        stage.put_page(site, "forged.html", "<!doctype html><title>Saying</title><p>This is that page, we say.</p>")?;
    }
    for canonical in [own.as_str(), FOREIGN[0], FOREIGN[3]] {
        let others: String =
            FOREIGN.iter().map(|url| format!("<link rel=alternate media=screen href={url}>")).collect();
        let feeds =
            [FEED, own_feed.as_str()].map(|url| format!("<link rel=alternate type=application/rss+xml href={url}>"));
        let head = format!("<link rel=canonical href={canonical}>{others}{}", feeds.concat());
        let page: String = Url::parse_with_params(&format!("https://{FLIP}/saying"), [("body", &head)])?.into();
        stage.host(FLIP, Behaviour::Healthy).await?;
        stage.choose(Keeping::Visited).await?;
        let tab = visit(stage, &page).await?;
        stage.kept(&page).await?;
        stage.host(FLIP, Behaviour::Status(503)).await?;
        stage.browser.reload(tab).await?;
        let search = searches(stage, tab).await?;
        let mirrors = mirrors(&search);
        let wanted: Vec<&str> = if canonical == own { vec![&own] } else { Vec::new() };
        ensure!(mirrors == wanted, "{page}: expected {wanted:?}, found {mirrors:?}");
        stage.browser.write_book().await?;
        let by_us = books.news()?.into_iter().filter(|request| request.by == By::Extension);
        let asked: Vec<String> = by_us.map(|request| request.url.into()).collect();
        ensure!(asked.contains(&own_feed), "the page's words were not heard at all: {asked:?}");
        let is_foreign = |url: &&String| FOREIGN.contains(&url.as_str()) || *url == FEED;
        let found = asked.iter().find(is_foreign);
        ensure!(found.is_none(), "{page}: somebody foreign was asked: {found:?}");
        stage.browser.close_all().await?;
    }
    Ok(())
}

/// The same words over https are believed, so they would have been heard.
async fn hints(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    let body = format!(
        "<link rel=canonical href=https://{PAGES}/hinted-one><link rel=amphtml href=https://{PAGES}/hinted-two>
        <link rel=alternate type=application/rss+xml href=https://{PAGES}/hinted-feed>
        <meta http-equiv=onion-location content=http://hinted.onion/>"
    );
    for scheme in ["http", "https"] {
        let is_safe = scheme == "https";
        stage.host(FLIP, if is_safe { Behaviour::Healthy } else { Behaviour::Plainhttp }).await?;
        let url: String = Url::parse_with_params(&format!("{scheme}://{FLIP}/saying"), [("body", &body)])?.into();
        let tab = visit(stage, &url).await?;
        stage.kept(&url).await?;
        stage.host(FLIP, Behaviour::Status(503)).await?;
        // As the user wrote it: some browsers go over https where that answers, so that it is the other page that fails.
        stage.browser.go(tab, &url).await?;
        stage.lab.clear_log();
        let search = searches(stage, tab).await?;
        let is_onion = search.offers.iter().any(|offer| matches!(offer.source, Source::Onion(_)));
        ensure!(is_onion == is_safe, "{scheme}: the onion service is offered or not: {:?}", search.offers);
        for path in ["/hinted-one", "/hinted-two", "/hinted-feed"] {
            let asked = stage.requests(path);
            ensure!((asked > 0) == is_safe, "{scheme}: {path} was asked for {asked} times");
        }
        stage.browser.close_all().await?;
    }
    Ok(())
}

async fn bar(stage: &Stage<'_>) -> Result<()> {
    let shelf = stage.browser.open_page("copies.html").await?;
    for door in DOORS {
        let url = format!("{door}/here");
        let id = put(stage, shelf, &url).await?;
        let tab = stage.browser.open(&stage.browser.page(&format!("copy.html#id={id}"))).await?;
        copy_says(stage, tab, WORDS).await?;
        // What is cut off on screen begins behind the port.
        let look = "const shown = document.getElementById('short');
            const range = document.createRange();
            range.setStart(shown.firstChild, 0);
            range.setEnd(shown.firstChild, arguments[0].length);
            const [text, bar] = [range, shown].map((one) => one.getBoundingClientRect());
            const isInside = text.width > 0 && text.left >= bar.left && text.right <= bar.right && text.bottom <= bar.bottom + 1;
            return [shown.innerText, isInside, shown.checkVisibility()]";
        let found = stage.browser.run(tab, look, vec![door.into()]).await?;
        ensure!(found == json!([url, true, true]), "the bar shows {found} for {url}");
        stage.browser.close(tab).await?;
    }
    Ok(())
}

/// Puts a page onto the shelf as the browser captures it, and gives the copy's id.
async fn put(stage: &Stage<'_>, shelf: TabId, url: &str) -> Result<String> {
    let html = format!("<!doctype html><title>Forged</title><p>{WORDS}</p>");
    put_on_shelf(stage, shelf, url, &html).await
}

/// The user looks for copies of the page that fails in a tab.
pub(super) async fn searches(stage: &Stage<'_>, tab: TabId) -> Result<Search> {
    stage.badged(tab).await?;
    stage.verdict(tab).await?;
    let popup = stage.popup(tab).await?;
    stage.press(popup, FIND).await?;
    wait_until("everybody has answered", SEARCH, async || {
        Ok(stage.remembered(tab).await?.copies.search.is_some_and(|search| search.is_over()))
    })
    .await?;
    stage.remembered(tab).await?.copies.search.context("a search")
}

fn mirrors(search: &Search) -> Vec<&str> {
    let is_mirror = |source: &Source| matches!(source, Source::Mirror { .. });
    search.offers.iter().filter(|offer| is_mirror(&offer.source)).map(|offer| offer.url.as_str()).collect()
}

const FLIP: &str = "flip.detour-lab.net";
const PAGES: &str = "pages.detour-lab.net";
/// What a page names as its own: other people's, and its owner's through less safe doors.
const FOREIGN: [&str; 6] = [
    "https://www.gamespot.com/forged.html",
    "https://www.theverge.com/forged.html",
    "https://pages.detour-lab.net.evil-lab.net/saying",
    "http://pages.detour-lab.net/saying",
    "https://pages.detour-lab.net:8443/saying",
    "https://evil-detour-lab.net/saying",
];
const FEED: &str = "https://www.theverge.com/feed";
/// One page through several doors, each of which somebody else may have.
const DOORS: [&str; 5] = [
    "http://flip.detour-lab.net",
    "https://flip.detour-lab.net",
    "https://flip.detour-lab.net:8443",
    "http://flip.detour-lab.net:8080",
    "http://flip.detour-lab.net:443",
];
const WORDS: &str = "Somebody wrote this.";
/// Where there is a copy of the user's own, it is not the main one.
const FIND: &str = ".copies > button:not(:has(b))";
/// Long enough for a copy that comes late.
const WHILE: Duration = Duration::from_secs(1);
/// A search's own deadline is 20 s.
const SEARCH: Duration = Duration::from_secs(25);
/// Three pages are kept, fail and are looked for.
const LONG: Duration = Duration::from_secs(240);
