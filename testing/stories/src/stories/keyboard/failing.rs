//! A page that fails: the popup, the page in its place, and the banner over what the site sent.

use anyhow::{Context as _, Result, bail};
use detour_core::settings::Keeping;
use detour_core::tab::TabId;
use detour_lab::switch::Remote;
use detour_lab::{Behaviour, Switch, sites};
use fantoccini::key::Key;
use serde_json::json;

use super::hands::{enter, in_front, press, reach, space};
use super::signs::{is_marked, mark, opens};
use crate::stories::shelf_pages::steps::settings;
use crate::stories::stage::{SIGN, Stage, Story, story};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("By keyboard the popup tries a page again", popup_again),
        story!("By keyboard the popup finds a copy and opens it", popup_copy),
        story!("By keyboard the popup looks closer, and what it saw is opened and scrolled", popup_closer),
        story!("By keyboard the popup leads to the copies, the board and the options", popup_links),
        story!("By keyboard the popup keeps a page and opens the copy of it", popup_keeps),
        story!("By keyboard the popup leads from an archive's copy back to the original", popup_original),
        story!("By keyboard the outage page tries again", page_again),
        story!("By keyboard the outage page finds a copy and opens it", page_copy),
        story!("By keyboard the outage page looks closer, and what it saw is opened and scrolled", page_closer),
        story!("By keyboard the outage page leads to where it is turned off", page_off),
        story!("By keyboard the banner is closed, with Escape and with its button", banner_closed),
        story!("By keyboard the banner leads to where a copy is found and opened", banner_copy),
        story!("By keyboard the banner tries again", banner_again),
    ]
}

async fn popup_again(stage: &Stage<'_>) -> Result<()> {
    let tab = fails(stage, FLIP).await?;
    let popup = stage.popup(tab).await?;
    again(stage, tab, popup).await
}

async fn page_again(stage: &Stage<'_>) -> Result<()> {
    let tab = fails(stage, FLIP).await?;
    again(stage, tab, tab).await
}

async fn again(stage: &Stage<'_>, tab: TabId, page: TabId) -> Result<()> {
    stage.host(FLIP_HOST, Behaviour::Healthy).await?;
    enter(stage, page, "Try again").await?;
    wait_until("the page itself in the tab", SIGN, async || Ok(stage.browser.url(tab).await? == FLIP)).await?;
    stage.recovered(tab).await
}

async fn popup_copy(stage: &Stage<'_>) -> Result<()> {
    let tab = fails(stage, REFUSED).await?;
    let popup = stage.popup(tab).await?;
    copy(stage, tab, popup).await
}

async fn page_copy(stage: &Stage<'_>) -> Result<()> {
    let tab = fails(stage, REFUSED).await?;
    copy(stage, tab, tab).await
}

async fn copy(stage: &Stage<'_>, tab: TabId, page: TabId) -> Result<()> {
    enter(stage, page, "Find a copy").await?;
    every_archive_answered(stage, tab).await?;
    enter(stage, page, "Open copy").await?;
    stage.says(tab, "This is the article of refused.detour-lab.net.").await
}

async fn popup_closer(stage: &Stage<'_>) -> Result<()> {
    let tab = fails(stage, REFUSED).await?;
    let popup = stage.popup(tab).await?;
    closer(stage, tab, popup).await
}

async fn page_closer(stage: &Stage<'_>) -> Result<()> {
    let tab = fails(stage, REFUSED).await?;
    closer(stage, tab, tab).await
}

async fn closer(stage: &Stage<'_>, tab: TabId, page: TabId) -> Result<()> {
    stage.lab.set(Switch::Remote { mode: Remote::AllFine }).await?;
    enter(stage, page, "Check from other places").await?;
    wait_until("others were asked", SIGN, async || {
        Ok(stage.lab.log().iter().any(|seen| matches!(seen.server.as_str(), "doh" | "globalping")))
    })
    .await?;
    wait_until("the closer look is over", SIGN, async || {
        let outage = stage.outage(tab).await?;
        Ok(outage.was_closer && outage.recheck().is_none())
    })
    .await?;
    enter(stage, page, "Technical details").await?;
    wait_until("the details are open", SIGN, async || {
        Ok(stage.browser.run(page, "return document.querySelector('details').open", Vec::new()).await? == json!(true))
    })
    .await?;
    // Letters as large as some readers need them: the table is wider than its place then.
    stage.browser.run(page, "document.documentElement.style.fontSize = '60px'", Vec::new()).await?;
    reach(stage, page, "Checks, in order").await?;
    let scrolled =
        async || stage.browser.run(page, "return document.querySelector('.scroll').scrollLeft", Vec::new()).await;
    wait_until("the table is scrolled to the side", SIGN, async || {
        press(stage, page, &[&Key::Right]).await?;
        Ok(scrolled().await?.as_f64().is_some_and(|left| left > 0.0))
    })
    .await
}

async fn popup_links(stage: &Stage<'_>) -> Result<()> {
    let tab = stage.browser.open(&format!("{PAGES}/")).await?;
    let popup = stage.popup(tab).await?;
    enter(stage, popup, "Choose what to save").await?;
    opens(stage, "options.html#keeping").await?;
    enter(stage, popup, "Saved pages").await?;
    opens(stage, "copies.html").await?;
    enter(stage, popup, "Outages").await?;
    opens(stage, "board.html").await?;
    enter(stage, popup, "Options").await?;
    wait_until("the popup is gone, and the options are there", SIGN, async || {
        Ok(!stage.browser.tabs().await?.contains(&popup))
    })
    .await?;
    opens(stage, "options.html").await
}

async fn popup_keeps(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Pinned).await?;
    let url = format!("{PAGES}/by-keyboard");
    let tab = stage.browser.open(&url).await?;
    stage.browser.show(tab).await?;
    let popup = stage.popup(tab).await?;
    space(stage, popup, "Save this page").await?;
    wait_until("the page is pinned", SIGN, async || Ok(settings(stage).await?.pinned == [url.as_str()])).await?;
    press(stage, popup, &[" "]).await?;
    wait_until("the pin is gone", SIGN, async || Ok(settings(stage).await?.pinned.is_empty())).await?;
    press(stage, popup, &[" "]).await?;
    // A page is kept while somebody looks at it.
    stage.browser.run(tab, "return document.title", Vec::new()).await?;
    stage.kept(&url).await?;
    stage.browser.close(popup).await?;
    let popup = stage.popup(tab).await?;
    enter(stage, popup, "Open").await?;
    opens(stage, "copy.html#").await
}

async fn popup_original(stage: &Stage<'_>) -> Result<()> {
    // One that the banner's story does not open: a browser may have a page that was well at hand still.
    let site = site("www.bbc.co.uk")?;
    let page = format!("https://{}{}", site.host, site.article);
    let tab = stage.browser.open(&format!("https://web.archive.org/web/{page}")).await?;
    stage.says(tab, site.story).await?;
    let popup = stage.popup(tab).await?;
    enter(stage, popup, "Open the live page").await?;
    wait_until("the page itself", SIGN, async || Ok(stage.browser.url(tab).await? == page)).await
}

async fn page_off(stage: &Stage<'_>) -> Result<()> {
    let tab = fails(stage, REFUSED).await?;
    enter(stage, tab, "Turn off").await?;
    opens(stage, "options.html").await
}

async fn banner_closed(stage: &Stage<'_>) -> Result<()> {
    for button in [None, Some("Close")] {
        let tab = with_banner(stage).await?;
        match button {
            None => press(stage, tab, &[&Key::Escape]).await?,
            Some(name) => enter_banner(stage, tab, name).await?,
        }
        wait_until(&format!("no banner after {}", button.unwrap_or("Escape")), SIGN, async || {
            let look = "return document.querySelector('detour-banner') === null";
            Ok(stage.browser.run(tab, look, Vec::new()).await? == json!(true))
        })
        .await?;
        stage.browser.close(tab).await?;
    }
    Ok(())
}

async fn banner_copy(stage: &Stage<'_>) -> Result<()> {
    let site = site("www.theguardian.com")?;
    stage.lab.set(Switch::edge_fails_for(site.host, true)).await?;
    let tab = stage.browser.open(&format!("https://{}{}", site.host, site.article)).await?;
    stage.banner_says(tab, "theguardian.com").await?;
    stage.verdict(tab).await?;
    enter_banner(stage, tab, "Details and copies").await?;
    let details = stage.beside(tab).await?;
    enter(stage, details, "Find a copy").await?;
    every_archive_answered(stage, tab).await?;
    enter(stage, details, "Open copy").await?;
    stage.says(tab, site.story).await
}

async fn banner_again(stage: &Stage<'_>) -> Result<()> {
    let tab = with_banner(stage).await?;
    mark(stage, tab).await?;
    enter_banner(stage, tab, "Try again").await?;
    wait_until("another document in place of the marked one", SIGN, async || Ok(!is_marked(stage, tab).await?)).await?;
    stage.banner_says(tab, "pages.detour-lab.net").await
}

/// Goes on with Tab until the focus is on what has this name in the banner, which must be seen to have it, and presses Enter.
async fn enter_banner(stage: &Stage<'_>, tab: TabId, name: &str) -> Result<()> {
    // Gecko brings the control tab to the front for each look from outside, and a page behind marks nothing: so the look
    // waits in the page until it has the keys again, and what it saw is fetched afterwards.
    let wait = "globalThis.detourSeen = null;
        const end = Date.now() + 3000;
        const timer = setInterval(() => {
            if (!document.hasFocus() && Date.now() < end) return;
            clearInterval(timer);
            const at = root?.activeElement;
            globalThis.detourSeen = [at && (at.ariaLabel || at.textContent), Boolean(at) && getComputedStyle(at).outlineStyle !== 'none'];
        }, 20);
        return true;";
    let mut met = Vec::new();
    while met.len() < MOST_STOPS {
        press(stage, tab, &[&Key::Tab]).await?;
        stage.browser.in_banner(tab, wait, json!(null)).await?;
        in_front(stage, tab).await?;
        tokio::time::sleep(MOMENT).await;
        let mut stop = json!(null);
        wait_until("what has the focus in the banner", SIGN, async || {
            stop = stage.browser.in_banner(tab, "return globalThis.detourSeen", json!(null)).await?;
            Ok(!stop.is_null())
        })
        .await?;
        if stop == json!([name, true]) {
            return press(stage, tab, &[&Key::Enter]).await;
        }
        met.push(stop);
    }
    bail!("Tab does not lead to `{name}` in the banner, with a mark around it, but to {met:?}")
}

/// A page under the banner, with a verdict.
async fn with_banner(stage: &Stage<'_>) -> Result<TabId> {
    let tab = stage.browser.open(&format!("{PAGES}/status/503")).await?;
    stage.banner_says(tab, "pages.detour-lab.net").await?;
    stage.verdict(tab).await?;
    Ok(tab)
}

/// A page that cannot be reached, with the outage page in its place.
pub(super) async fn fails(stage: &Stage<'_>, url: &str) -> Result<TabId> {
    stage.host(FLIP_HOST, Behaviour::Refused).await?;
    let tab = stage.browser.open(url).await?;
    stage.verdict(tab).await?;
    stage.outage_page_says(tab, "detour-lab.net").await?;
    Ok(tab)
}

/// A better offer may take the best one's place until then.
async fn every_archive_answered(stage: &Stage<'_>, tab: TabId) -> Result<()> {
    wait_until("every archive has answered", SIGN, async || {
        Ok(stage.remembered(tab).await?.copies.search.is_some_and(|search| search.is_over()))
    })
    .await
}

fn site(host: &str) -> Result<&'static sites::Site> {
    sites::all().iter().find(|site| site.host == host).with_context(|| format!("the lab's {host}"))
}

/// More than a page of the lab's and its banner have.
const MOST_STOPS: usize = 40;
/// More than a page in front needs to have the keys.
const MOMENT: std::time::Duration = std::time::Duration::from_millis(150);
const PAGES: &str = "https://pages.detour-lab.net";
const FLIP_HOST: &str = "flip.detour-lab.net";
const FLIP: &str = "https://flip.detour-lab.net/article";
pub(super) const REFUSED: &str = "https://refused.detour-lab.net/article";
