//! What lies on this computer's own network, or is the network itself: nobody's business.

use std::time::Duration;

use anyhow::Result;
use detour_lab::Switch;
use serde_json::json;

use super::arrival::{ARRIVAL, page};
use crate::stories::stage::Stage;
use crate::wait::wait_until;

pub(super) async fn offline(stage: &Stage<'_>) -> Result<()> {
    let tab = page(stage, "/ok").await?;
    stage.set_worker().await?;
    stage.lab.set(Switch::Offline { offline: true }).await?;
    // The browser hears of it from the kernel, a moment later.
    tokio::time::sleep(Duration::from_millis(500)).await;
    stage.browser.go(tab, "https://www.theguardian.com/").await?;
    stage.no_sign_for(Duration::from_secs(3)).await?;
    stage.nobody_was_told()?;
    stage.browser.close(tab).await?;
    stage.lab.set(Switch::Offline { offline: false }).await?;
    // Browsers drop what they are loading when the network changes: let that pass before the next story.
    tokio::time::sleep(Duration::from_secs(2)).await;
    Ok(())
}

pub(super) async fn intranet_status(stage: &Stage<'_>) -> Result<()> {
    let urls = [
        "http://intranet/",
        "http://printer.home.arpa/",
        "http://wiki.corp.internal/",
        "http://10.77.0.1/",
        "http://10.77.1/",
    ];
    stage.set_worker().await?;
    open_all(stage, &urls).await?;
    wait_until("each is answered", ARRIVAL, async || {
        Ok(stage.lab.log().iter().filter(|seen| seen.server == "pages" && seen.path == "/").count() >= urls.len())
    })
    .await?;
    stage.stays_quiet().await
}

pub(super) async fn loopback(stage: &Stage<'_>) -> Result<()> {
    let urls = [
        "http://localhost/",
        "http://localhost./",
        "http://LOCALHOST:8123/",
        "http://deep.down.localhost/",
        "http://127.0.0.1/",
        "https://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://0.0.0.0:8123/",
        "http://[::1]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://user:secret@localhost:8123/",
    ];
    stage.set_worker().await?;
    open_all(stage, &urls).await?;
    stage.stays_quiet().await
}

pub(super) async fn private_addresses(stage: &Stage<'_>) -> Result<()> {
    // The intranet's host answers 503 on port 80 and refuses on others; the rest is unreachable.
    let urls = [
        "http://10.77.0.1:8123/",
        "http://0xa.77.0.1:8123/",
        "http://172.1048577:8123/",
        "http://192.168.77.2:8123/",
        "http://169.254.1.1/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://nowhere.local/",
        "http://nowhere.internal/",
        "http://nowhere/",
    ];
    stage.set_worker().await?;
    open_all(stage, &urls).await?;
    stage.no_sign_for(Duration::from_secs(3)).await?;
    stage.nothing_remembered().await?;
    stage.nobody_was_told()
}

async fn open_all(stage: &Stage<'_>, urls: &[&str]) -> Result<()> {
    let open = "await Promise.all(args.map((url) => api.tabs.create({ url, active: false })))";
    stage.browser.control(open, json!(urls)).await.map(drop)
}
