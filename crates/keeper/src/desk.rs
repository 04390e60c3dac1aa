//! Takes questions and hands them on.

use detour_core::keep::page_key;
use detour_shelf::record::{Record, site_of};
use js_sys::Function;
use wasm_bindgen::JsValue;

use crate::{
    archive, change, database,
    failure::Failure,
    look,
    protocol::{Ask, Nearest},
    reply::{Progress, to_js},
    search, work,
};

/// Answers a question.
pub(crate) async fn answer(json: &str, blob: JsValue, progress: &Function) -> Result<JsValue, Failure> {
    let ask = serde_json::from_str(json).map_err(|error| Failure::Unreadable(error.to_string()))?;
    match ask {
        Ask::Work {} => to_js(&work::all(&Progress(progress)).await?),
        Ask::List {} => to_js(&look::list().await?),
        Ask::Search { text } => search::search(&text, &Progress(progress)).await,
        Ask::Open { id } => look::open(&id).await,
        Ask::Find { url } => {
            let rows = database::rows_of(&page_key(&url), "").await?;
            let kept = rows.iter().filter_map(|(record, sum)| Record::decode(record, sum).ok()?.kept());
            let kept = kept.filter(|kept| page_key(&kept.url) == page_key(&url));
            let found = kept.min_by_key(|kept| kept.imported);
            to_js(&found.map(|kept| Nearest { id: kept.id, at: kept.at.0, imported: kept.imported }))
        }
        Ask::Pin { id, pinned } => change::pin(id, pinned).await,
        Ask::Delete { ids } => change::delete(ids).await,
        Ask::DeleteSite { site } => change::delete_site(&site_of_words(&site)).await,
        Ask::DeleteAll {} => change::delete_all().await,
        Ask::ExportPage { id, note } => archive::export_page(&id, &note).await,
        Ask::ExportAll {} => archive::export_all(&Progress(progress)).await,
        Ask::ImportWarc { quota, .. } => to_js(&archive::import(blob, quota, &Progress(progress)).await?),
        Ask::SetQuota { bytes } => change::set_quota(bytes).await,
        Ask::Check {} => {
            change::check(&Progress(progress)).await?;
            to_js(&look::list().await?)
        }
    }
}

/// A site may be asked for as a host or as an address.
fn site_of_words(words: &str) -> String {
    if words.contains("://") { site_of(words) } else { words.strip_prefix("www.").unwrap_or(words).to_owned() }
}
