//! Looking into a tab: which document it holds, and with which status.

use detour_core::event::{Event, Page, TabId};
use js_sys::{Array, Promise, Reflect};
use serde::Deserialize;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::browser::{browser, from_js, injection, number, set_timeout};

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
    let look = browser().scripting().execute_script(&injection(tab, "read.js")).ok()?;
    let found = JsFuture::from(Promise::race(&Array::of2(&look, &after(LONGEST_LOOK_MS)))).await;
    let results: Array = found.ok()?.dyn_into().ok()?;
    let result = Reflect::get(&results.get(0), &JsValue::from_str("result")).ok()?;
    from_js(&result).ok()
}

/// A document that broke off before its first element is a blank page that never answers; any other does within a blink.
const LONGEST_LOOK_MS: f64 = 1_000.0;

fn after(milliseconds: f64) -> Promise {
    Promise::new(&mut |resolve, _| drop(set_timeout(&resolve, milliseconds)))
}

async fn address(tab: TabId) -> Result<Option<String>, JsValue> {
    let found = settled(browser().tabs().tab(number(tab))).await?;
    Ok(Reflect::get(&found, &JsValue::from_str("url"))?.as_string())
}

async fn settled(call: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(call?).await
}
