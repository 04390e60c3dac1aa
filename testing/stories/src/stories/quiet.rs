//! What is no outage: no sign, nothing remembered, nothing sent to anyone. Each with a warm and with a cold worker.
//!
//! The last story is the counter-check: the same eyes see a page that does fail.

mod arrival;
mod own_network;

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use detour_core::tab::TabId;
use detour_lab::Behaviour;
use serde_json::json;

use self::arrival::{ARRIVAL, PAGES, page};
use super::stage::{Stage, Story, Worker, story};
use crate::engine::Engine;
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    let table: [fn() -> Story; 27] = [
        || story!("A 503 and then a reload that works leaves no sign", reload_that_works),
        || story!("A load that is stopped and then made again is no outage", stopped_then_loaded),
        || story!("A double click on a link is no outage", double_click),
        || story!("A 404 is no outage", not_found),
        || story!("A 404 without a body is no outage", not_found_empty),
        || story!("A 401 is no outage", unauthorized),
        || story!("A 403 is no outage", forbidden),
        || story!("A 429 is no outage", too_many),
        || story!("A 204 is no outage", no_content),
        || story!("A download is no outage", download),
        || story!("A load that is stopped is no outage", stopped),
        || story!("A load that is left for another is no outage", left),
        || story!("A challenge page is no outage", challenge),
        || story!("A prefetch that is answered 503 is no outage", prefetch),
        || story!("A failed https upgrade that falls back to http is no outage", upgrade_that_falls_back),
        || story!("A 503 made by the page's own service worker is no outage", own_worker),
        || story!("A site's own offline copy is no outage", own_offline_copy),
        || story!("A 503 in a frame or a part of the page is no outage of the page", broken_parts),
        || story!("Being offline is no outage", own_network::offline),
        || story!("A 503 from an intranet name is nobody's business", own_network::intranet_status),
        || story!("A refused loopback connection is nobody's business, in every spelling", own_network::loopback),
        || {
            story!(
                "A private address that fails is nobody's business, in every spelling",
                own_network::private_addresses
            )
        },
        || story!("A healthy page is no outage", healthy),
        || story!("A reload of a healthy page is no outage", healthy_reload),
        || story!("Going back to a healthy page is no outage", going_back),
        || story!("An unknown scheme is no outage", unknown_scheme),
        || story!("The counter-check: a page that does fail is seen by the same eyes", counter_check),
    ];
    let mut all: Vec<Story> = Vec::new();
    for story in table {
        all.extend([Worker::Warm, Worker::Cold].map(|worker| story().with_worker(worker)));
    }
    all.push(story!("A healthy page leaves the worker asleep", leaves_asleep));
    all
}

async fn reload_that_works(stage: &Stage<'_>) -> Result<()> {
    let path = match stage.worker {
        Worker::Warm => "/status/503/once?key=warm",
        Worker::Cold => "/status/503/once?key=cold",
    };
    stage.set_worker().await?;
    let tab = stage.browser.open(&format!("{PAGES}{path}")).await?;
    stage.badged(tab).await.context("the 503 itself")?;
    stage.browser.reload(tab).await?;
    stage.says(tab, "which today works as it should").await?;
    stage.recovered(tab).await?;
    stage.no_sign_for(Duration::from_millis(1500)).await?;
    stage.nothing_remembered().await?;
    let archive =
        stage.lab.log().into_iter().find(|seen| seen.host.ends_with("archive.org") || seen.host == "arquivo.pt");
    ensure!(archive.is_none(), "an archive was asked: {archive:?}");
    Ok(())
}

async fn stopped_then_loaded(stage: &Stage<'_>) -> Result<()> {
    let tab = start_and_stop(stage).await?;
    stage.browser.go(tab, &format!("{PAGES}/ok")).await?;
    stage.says(tab, "which today works as it should").await?;
    stage.stays_quiet().await
}

async fn stopped(stage: &Stage<'_>) -> Result<()> {
    start_and_stop(stage).await?;
    stage.stays_quiet().await
}

/// A load that hangs, stopped as the stop button does.
async fn start_and_stop(stage: &Stage<'_>) -> Result<TabId> {
    let tab = page(stage, "/links").await?;
    stage.set_worker().await?;
    // Ordered beforehand: a driver lets no script into a page that is being left.
    let start_and_stop = "location.href = '/slow?ms=8000'; setTimeout(() => window.stop(), 800);";
    stage.browser.run(tab, start_and_stop, Vec::new()).await?;
    is_loading(stage, tab).await?;
    wait_until("the load is stopped", Duration::from_secs(5), async || {
        let look = "return (await api.tabs.get(args[0])).status === 'complete'";
        Ok(stage.browser.control(look, json!([tab])).await? == json!(true))
    })
    .await?;
    let at = stage.browser.url(tab).await?;
    ensure!(at == format!("{PAGES}/links"), "the load was not stopped: {at}");
    Ok(tab)
}

async fn is_loading(stage: &Stage<'_>, tab: TabId) -> Result<()> {
    let look = "return (await api.tabs.get(args[0])).status === 'loading'";
    wait_until("the slow page is being loaded", Duration::from_secs(5), async || {
        Ok(stage.browser.control(look, json!([tab])).await? == json!(true))
    })
    .await
}

async fn double_click(stage: &Stage<'_>) -> Result<()> {
    let tab = page(stage, "/links").await?;
    stage.set_worker().await?;
    let click = "const link = document.querySelector('#slow'); link.click(); setTimeout(() => link.click(), 120);";
    stage.browser.run(tab, click, Vec::new()).await?;
    stage.says(tab, "This page took its time.").await?;
    stage.stays_quiet().await
}

async fn not_found(stage: &Stage<'_>) -> Result<()> {
    answered(stage, "/status/404").await
}

async fn not_found_empty(stage: &Stage<'_>) -> Result<()> {
    stage.set_worker().await?;
    stage.browser.open(&format!("{PAGES}/status/404/empty")).await?;
    wait_until("the request arrives", ARRIVAL, async || Ok(stage.requests("/status/404/empty") > 0)).await?;
    stage.stays_quiet().await
}

async fn unauthorized(stage: &Stage<'_>) -> Result<()> {
    answered(stage, "/status/401").await
}

async fn forbidden(stage: &Stage<'_>) -> Result<()> {
    answered(stage, "/status/403").await
}

async fn too_many(stage: &Stage<'_>) -> Result<()> {
    answered(stage, "/status/429").await
}

/// The page is shown, asked for once, and that is all.
async fn answered(stage: &Stage<'_>, path: &str) -> Result<()> {
    stage.set_worker().await?;
    let tab = stage.browser.open(&format!("{PAGES}{path}")).await?;
    stage.says(tab, "This server says what its address asks it to say.").await?;
    stage.stays_quiet().await?;
    let requests = stage.requests(path);
    ensure!(requests == 1, "expected one request for {path}, found {requests}");
    Ok(())
}

async fn no_content(stage: &Stage<'_>) -> Result<()> {
    stays_after(stage, "/links", "document.querySelector('#nothing').click();", "/status/204").await
}

async fn download(stage: &Stage<'_>) -> Result<()> {
    stays_after(stage, "/links", "document.querySelector('#download').click();", "/download").await
}

/// A click that is answered but leads nowhere.
async fn stays_after(stage: &Stage<'_>, from: &str, click: &str, path: &str) -> Result<()> {
    let tab = page(stage, from).await?;
    stage.set_worker().await?;
    stage.browser.run(tab, click, Vec::new()).await?;
    wait_until("the request arrives", ARRIVAL, async || Ok(stage.requests(path) > 0)).await?;
    stage.stays_quiet().await?;
    let at = stage.browser.url(tab).await?;
    ensure!(at == format!("{PAGES}{from}"), "the tab went to {at}");
    Ok(())
}

async fn left(stage: &Stage<'_>) -> Result<()> {
    let tab = page(stage, "/links").await?;
    stage.set_worker().await?;
    stage.browser.go(tab, &format!("{PAGES}/slow?ms=5000")).await?;
    is_loading(stage, tab).await?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    stage.browser.go(tab, &format!("{PAGES}/ok")).await?;
    stage.says(tab, "which today works as it should").await?;
    stage.stays_quiet().await
}

async fn challenge(stage: &Stage<'_>) -> Result<()> {
    stage.set_worker().await?;
    let tab = stage.browser.open(&format!("{PAGES}/challenge")).await?;
    stage.says(tab, "Checking your browser").await?;
    stage.stays_quiet().await
}

/// By speculation rules where the engine has them, and by a link for both.
async fn prefetch(stage: &Stage<'_>) -> Result<()> {
    stage.set_worker().await?;
    let tab = stage.browser.open(&format!("{PAGES}/prefetch")).await?;
    stage.says(tab, "This page has its browser fetch another one ahead").await?;
    let ahead = "const link = document.createElement('link');
        link.rel = 'prefetch'; link.href = '/status/503?by=link'; document.head.append(link);";
    stage.browser.run(tab, ahead, Vec::new()).await?;
    wait_until("the prefetch by link arrives", ARRIVAL, async || Ok(stage.requests("/status/503?by=link") > 0)).await?;
    if stage.browser.engine() == Engine::Chromium {
        wait_until("the prefetch by rules arrives", ARRIVAL, async || Ok(stage.requests("/status/503") > 0)).await?;
    }
    stage.stays_quiet().await
}

async fn upgrade_that_falls_back(stage: &Stage<'_>) -> Result<()> {
    let site = "spare-two.detour-lab.net";
    stage.host(site, Behaviour::Plainhttp).await?;
    stage.set_worker().await?;
    let tab = stage.browser.open(&format!("http://{site}/")).await?;
    stage.says(tab, "which today works as it should").await?;
    ensure!(stage.browser.url(tab).await? == format!("http://{site}/"), "it did not fall back");
    stage.stays_quiet().await
}

async fn own_worker(stage: &Stage<'_>) -> Result<()> {
    let tab = with_service_worker(stage).await?;
    stage.set_worker().await?;
    stage.browser.go(tab, &format!("{PAGES}/sw/page")).await?;
    stage.says(tab, "The worker says 503").await?;
    stage.stays_quiet().await
}

async fn own_offline_copy(stage: &Stage<'_>) -> Result<()> {
    let tab = with_service_worker(stage).await?;
    stage.host("pages.detour-lab.net", Behaviour::Refused).await?;
    stage.set_worker().await?;
    stage.browser.go(tab, &format!("{PAGES}/sw/offline")).await?;
    stage.says(tab, "The site's own offline copy").await?;
    stage.stays_quiet().await
}

async fn with_service_worker(stage: &Stage<'_>) -> Result<TabId> {
    let tab = page(stage, "/sw/").await?;
    wait_until("the site's service worker is ready", ARRIVAL, async || {
        let look = "return document.documentElement.dataset.worker === 'ready';";
        Ok(stage.browser.run(tab, look, Vec::new()).await? == json!(true))
    })
    .await?;
    Ok(tab)
}

async fn broken_parts(stage: &Stage<'_>) -> Result<()> {
    let tab = page(stage, "/ok").await?;
    stage.set_worker().await?;
    let add = "for (const src of ['/status/503', 'https://refused.detour-lab.net/']) {
            const frame = document.createElement('iframe'); frame.src = src; document.body.append(frame);
        }
        const image = new Image(); image.src = '/status/503?image'; document.body.append(image);";
    stage.browser.run(tab, add, Vec::new()).await?;
    wait_until("the frame's request arrives", ARRIVAL, async || Ok(stage.requests("/status/503") > 0)).await?;
    stage.stays_quiet().await
}

async fn healthy(stage: &Stage<'_>) -> Result<()> {
    stage.set_worker().await?;
    let tab = stage.browser.open(&format!("{PAGES}/healthy60")).await?;
    stage.says(tab, "A healthy page with sixty parts.").await?;
    stage.stays_quiet().await
}

async fn healthy_reload(stage: &Stage<'_>) -> Result<()> {
    let tab = page(stage, "/ok").await?;
    stage.set_worker().await?;
    stage.browser.reload(tab).await?;
    stage.stays_quiet().await
}

async fn going_back(stage: &Stage<'_>) -> Result<()> {
    let tab = page(stage, "/links").await?;
    stage.browser.run(tab, "document.querySelector('#ok').click();", Vec::new()).await?;
    stage.says(tab, "which today works as it should").await?;
    stage.set_worker().await?;
    stage.browser.run(tab, "history.back();", Vec::new()).await?;
    stage.says(tab, "Two kinds of links.").await?;
    stage.stays_quiet().await
}

async fn unknown_scheme(stage: &Stage<'_>) -> Result<()> {
    let tab = page(stage, "/ok").await?;
    stage.set_worker().await?;
    stage.browser.run(tab, "location.href = 'detour-nothing:here';", Vec::new()).await?;
    stage.stays_quiet().await
}

async fn counter_check(stage: &Stage<'_>) -> Result<()> {
    stage.set_worker().await?;
    let tab = stage.browser.open(&format!("{PAGES}/status/503")).await?;
    stage.says(tab, "This server says what its address asks it to say.").await?;
    if stage.no_sign_for(Duration::from_millis(1500)).await.is_ok() {
        bail!("the eyes are blind: a page that fails passed for quiet");
    }
    ensure!(stage.nothing_remembered().await.is_err(), "nothing is remembered of a page that fails");
    stage.verdict(tab).await?;
    ensure!(stage.nobody_was_told().is_err(), "the anchors were asked, yet the lab's log does not show it");
    Ok(())
}

async fn leaves_asleep(stage: &Stage<'_>) -> Result<()> {
    stage.browser.kill_worker().await?;
    let tab = page(stage, "/healthy60").await?;
    stage.browser.reload(tab).await?;
    stage.no_sign_for(Duration::from_secs(1)).await?;
    ensure!(!stage.browser.is_worker_awake().await?, "a healthy page woke the worker");
    Ok(())
}
