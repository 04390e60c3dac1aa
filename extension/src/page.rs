//! Looking into a tab: which document it holds, and with which status.

use detour_core::event::{Event, Page, TabId};
use js_sys::{Array, Promise, Reflect};
use serde::Deserialize;
use serde_json::json;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::browser::{browser, from_js, number, to_js};

/// What `www/read.js` finds.
#[derive(Deserialize)]
struct Found {
    url: String,
    status: u16,
}

/// What the tab holds, or that it is gone.
pub(crate) async fn read(tab: TabId) -> Event {
    let page = match document(tab).await {
        Some(Found { url, status }) => Page::Document { url, status },
        None => match address(tab).await {
            Err(_) => return Event::TabClosed { tab },
            // A web address without a document to look into: the browser's error page stands there.
            Ok(Some(_)) => Page::Unreadable,
            // A page of the browser itself, whose address is not told to extensions.
            Ok(None) => Page::Document { url: String::new(), status: 0 },
        },
    };
    Event::PageRead { tab, page }
}

/// Both engines refuse on their own pages, each in its own words.
async fn document(tab: TabId) -> Option<Found> {
    let injection = to_js(&json!({ "target": { "tabId": tab }, "files": ["read.js"] }));
    let results: Array = settled(browser().scripting().execute_script(&injection)).await.ok()?.dyn_into().ok()?;
    let result = Reflect::get(&results.get(0), &JsValue::from_str("result")).ok()?;
    from_js(&result).ok()
}

async fn address(tab: TabId) -> Result<Option<String>, JsValue> {
    let found = settled(browser().tabs().tab(number(tab))).await?;
    Ok(Reflect::get(&found, &JsValue::from_str("url"))?.as_string())
}

async fn settled(call: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(call?).await
}
