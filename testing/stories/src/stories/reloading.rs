//! Where the user chose that failed pages reload themselves: which do so once their site is back, and which never.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use detour_core::outage::Outage;
use detour_core::settings::Settings;
use detour_core::tab::TabId;
use detour_core::verdict::Fault;
use detour_lab::{Behaviour, Switch, switch};
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::stage::{SIGN, Stage, Story, story};
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!(
            "Where it was chosen, a page loads itself again once its site is back, at the place where its reader was",
            again
        )
        .with_movable_clock(),
        story!("A form that failed is not sent a second time when its site is back, whatever was chosen", form)
            .with_movable_clock(),
    ]
}

const SITE: &str = "www.ign.com";
const REFUSED: &str = "flip.detour-lab.net";

async fn again(stage: &Stage<'_>) -> Result<()> {
    choose(stage).await?;
    stage.host(REFUSED, Behaviour::Refused).await?;
    let with_page = stage.browser.open(&format!("https://{REFUSED}/article")).await?;
    stage.outage_page_says(with_page, REFUSED).await?;
    let with_banner = fails(stage, "long.html").await?;
    is_well(stage).await?;
    stage.host(REFUSED, Behaviour::Healthy).await?;
    is_there_again(stage, with_banner).await?;
    is_at_its_place(stage, with_banner).await?;
    stage.recovered(with_banner).await?;
    stage
        .in_time("the page itself in place of the outage page", async || {
            Ok(stage.browser.url(with_page).await? == format!("https://{REFUSED}/article"))
        })
        .await?;
    stage.recovered(with_page).await
}

async fn form(stage: &Stage<'_>) -> Result<()> {
    choose(stage).await?;
    stage.put_page(SITE, "form.html", FORM)?;
    stage.put_page(SITE, "sent.html", "<!doctype html><title>Sent</title><h1>Thank you</h1>")?;
    let sent = stage.browser.open(&format!("https://{SITE}/form.html")).await?;
    stage.says(sent, "Send").await?;
    // Another page of the site, which loads itself again.
    let other = fails(stage, "other.html").await?;
    stage.browser.click(sent, "#send").await?;
    stage.banner_says(sent, "ign.com").await?;
    stage.verdict(sent).await?;
    let at = stage.browser.url(sent).await?;
    ensure!(at == format!("https://{SITE}/sent.html"), "the form led to {at}");
    ensure!(posts(stage) == 1, "the form was sent {} times", posts(stage));
    is_well(stage).await?;
    is_there_again(stage, other).await?;
    stage
        .in_time("the form's page is called back as well", async || {
            let state = stage.browser.state().await?;
            Ok(state.failing(sent).is_none_or(|(_, outage)| is_called_back(outage)))
        })
        .await?;
    let end = Instant::now() + WHILE;
    while Instant::now() < end {
        ensure!(posts(stage) == 1, "the form was sent {} times", posts(stage));
        sleep(LOOK).await;
    }
    let session = stage.browser.in_tab(sent).await?;
    let question = session.client().get_alert_text().await;
    ensure!(question.is_err(), "the browser asks: {question:?}");
    drop(session);
    // Nothing stands in its way.
    stage.browser.go(sent, &format!("https://{SITE}/form.html")).await?;
    stage.says(sent, "Send").await
}

async fn choose(stage: &Stage<'_>) -> Result<()> {
    stage.browser.set_settings(&Settings { reload_when_back: true, ..Settings::default() }).await
}

async fn is_well(stage: &Stage<'_>) -> Result<()> {
    Ok(stage.lab.set(Switch::OriginSays { site: SITE.into(), status: 200, page: switch::OriginPage::Nginx }).await?)
}

/// A long page that fails with the site's own error page, as long, read down to its middle. Each story has one of its
/// own: what the browser has of the last story's may still count as fresh, and is then shown without asking the edge.
async fn fails(stage: &Stage<'_>, name: &str) -> Result<TabId> {
    stage.put_page(SITE, name, &format!("<!doctype html><title>Long</title>{LONG_BODY}"))?;
    // Not the edge's: Gecko knows a place by the page's nodes, and the edge's page has one before its doctype.
    let page = switch::OriginPage::Maintenance;
    stage.lab.set(Switch::OriginSays { site: SITE.into(), status: 503, page }).await?;
    let tab = stage.browser.open(&format!("https://{SITE}/{name}")).await?;
    stage.banner_says(tab, "ign.com").await?;
    stage.verdict(tab).await?;
    let read = "document.body.style.minHeight = '4000px'; scrollTo(0, arguments[0]);
        document.documentElement.dataset.failed = ''; return scrollY";
    let place = stage.browser.run(tab, read, vec![json!(PLACE)]).await?;
    ensure!(place == json!(PLACE), "it was scrolled to {place}");
    Ok(tab)
}

/// Waits until the long page itself is in the tab.
async fn is_there_again(stage: &Stage<'_>, tab: TabId) -> Result<()> {
    stage
        .in_time("the long page itself", async || {
            let look = "return document.title === 'Long' && !('failed' in document.documentElement.dataset)";
            Ok(stage.browser.run(tab, look, Vec::new()).await? == json!(true))
        })
        .await
}

/// Waits until it is at the place where the one before was read.
async fn is_at_its_place(stage: &Stage<'_>, tab: TabId) -> Result<()> {
    let mut place = json!(null);
    let found = wait_until("the place where the one before was read", SIGN, async || {
        place = stage.browser.run(tab, "return scrollY", Vec::new()).await?;
        Ok(place.as_f64().is_some_and(|place| (place - f64::from(PLACE)).abs() <= LINES))
    })
    .await;
    found.with_context(|| format!("it is at {place}, and the one before was at {PLACE}"))
}

fn is_called_back(outage: &Outage) -> bool {
    outage.verdict().is_some_and(|verdict| verdict.fault == Fault::Passed)
}

fn posts(stage: &Stage<'_>) -> usize {
    let is_post = |seen: &detour_lab::Seen| seen.server == "edge" && seen.host == SITE && seen.method == "POST";
    stage.lab.log().iter().filter(|seen| is_post(seen)).count()
}

const FORM: &str = r#"<!doctype html><title>Form</title>
<form method="post" action="/sent.html"><input name="words" value="some"><button id="send">Send</button></form>"#;
const LONG_BODY: &str = r#"<div style="height: 4000px">A long page.</div>"#;
/// How far it was read, in pixels.
const PLACE: u32 = 1500;
/// Chromium finds the text again that was on screen, and the two pages do not have the same.
const LINES: f64 = 60.0;
/// A browser that sends again does so at once.
const WHILE: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(100);
