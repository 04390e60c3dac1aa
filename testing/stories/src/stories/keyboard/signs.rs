//! How stories of the keyboard see that something has happened.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use detour_core::tab::TabId;
use serde_json::json;

use crate::stories::shelf_pages::steps::downloaded;
use crate::stories::stage::{SIGN, Stage};
use crate::wait::{wait_for, wait_until};

/// Marks the document in a tab: a page that is loaded anew has no mark.
pub(super) async fn mark(stage: &Stage<'_>, tab: TabId) -> Result<()> {
    stage.browser.run(tab, "document.documentElement.dataset.mark = ''", Vec::new()).await.map(drop)
}

pub(super) async fn is_marked(stage: &Stage<'_>, tab: TabId) -> Result<bool> {
    let look = "return document.documentElement?.dataset.mark === ''";
    Ok(stage.browser.run(tab, look, Vec::new()).await? == json!(true))
}

/// Waits until a tab shows this page of the extension.
pub(super) async fn opens(stage: &Stage<'_>, path: &str) -> Result<()> {
    let page = stage.browser.page(path);
    wait_until(&format!("{path} in a tab"), SIGN, async || {
        let look = "return (await api.tabs.query({})).some(({ url }) => url?.startsWith(args[0]))";
        Ok(stage.browser.control(look, json!([page])).await? == json!(true))
    })
    .await
}

/// A file of this name that was not there before the deed.
pub(super) async fn saved_anew(
    stage: &Stage<'_>,
    part: &str,
    end: &str,
    deed: impl AsyncFnOnce() -> Result<()>,
) -> Result<PathBuf> {
    while let Some(file) = downloaded(stage.lab.dir(), part, end) {
        std::fs::remove_file(&file).with_context(|| format!("removing {}", file.display()))?;
    }
    deed().await?;
    wait_for(&format!("a file {part}…{end}"), SIGN, async || Ok(downloaded(stage.lab.dir(), part, end))).await
}
