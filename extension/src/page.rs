//! Looking into a tab: which document it holds, and with which status.

use detour_core::event::{Page, TabId};
use js_sys::{Array, Reflect};
use serde::Deserialize;
use serde_json::json;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::browser::{browser, from_js, to_js};

/// What `www/read.js` finds.
#[derive(Deserialize)]
struct Found {
    url: String,
    status: u16,
}

/// What the tab holds. Both engines refuse on their own error pages, each in its own words.
pub(crate) async fn read(tab: TabId) -> Page {
    let injection = to_js(&json!({ "target": { "tabId": tab }, "files": ["read.js"] }));
    let Ok(promise) = browser().scripting().execute_script(&injection) else { return Page::Unreadable };
    let Ok(results) = JsFuture::from(promise).await else { return Page::Unreadable };
    let result = results
        .dyn_into::<Array>()
        .ok()
        .and_then(|results| Reflect::get(&results.get(0), &JsValue::from_str("result")).ok())
        .unwrap_or(JsValue::UNDEFINED);
    match from_js::<Found>(&result) {
        Ok(found) => Page::Document { url: found.url, status: found.status },
        Err(_) => Page::Unreadable,
    }
}
