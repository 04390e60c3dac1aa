//! Waiting until a request arrives and a page is loaded.

use std::time::Duration;

use anyhow::Result;
use detour_core::tab::TabId;
use serde_json::{Value, json};

use crate::stories::stage::Stage;
use crate::wait::wait_until;

/// Opens a page of the lab and waits until it is there.
pub(super) async fn page(stage: &Stage<'_>, path: &str) -> Result<TabId> {
    let tab = stage.browser.open(&format!("{PAGES}{path}")).await?;
    wait_until("the page is loaded", ARRIVAL, async || {
        let look = "return location.href === arguments[0] && document.readyState === 'complete';";
        Ok(stage.browser.run(tab, look, vec![Value::from(format!("{PAGES}{path}"))]).await? == json!(true))
    })
    .await?;
    Ok(tab)
}

pub(super) const ARRIVAL: Duration = Duration::from_secs(10);

pub(super) const PAGES: &str = "https://pages.detour-lab.net";
