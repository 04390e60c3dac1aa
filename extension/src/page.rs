//! Looking into a tab: which document it holds, and with which status.

use detour_core::event::{self, Event};
use detour_core::tab::TabId;
use detour_core::target::Target;
use js_sys::{Array, Promise, Reflect};
use serde::Deserialize;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::browser::{browser, from_js, injection, number};
use crate::clock::after;

/// What `www/content/read.js` finds.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Found {
    url: String,
    status: u16,
}

/// What the tab holds, or that it is gone.
pub(crate) async fn read(tab: TabId) -> Event {
    let found = match document(tab).await {
        Some(Found { url, status }) => event::Found::Document { page: Target::parse(&url).ok(), status },
        None => match address(tab).await {
            Err(_) => return Event::TabClosed { tab },
            // A web address without a document to look into: the browser's error page stands there.
            Ok(Some(_)) => event::Found::Unreadable,
            // A page of the browser itself, whose address is not told to extensions.
            Ok(None) => event::Found::Document { page: None, status: 0 },
        },
    };
    Event::PageRead { tab, found }
}

/// Both engines refuse on their own pages, each in its own words.
async fn document(tab: TabId) -> Option<Found> {
    let look = browser().scripting().execute_script(&injection(tab, "content/read.js")).ok()?;
    let found = JsFuture::from(Promise::race(&Array::of2(&look, &after(LONGEST_LOOK_MS)))).await;
    let results: Array = found.ok()?.dyn_into().ok()?;
    let result = Reflect::get(&results.get(0), &JsValue::from_str("result")).ok()?;
    from_js(&result).ok()
}

/// A document that broke off before its first element is a blank page that never answers; any other does within a blink.
const LONGEST_LOOK_MS: u32 = 1_000;

async fn address(tab: TabId) -> Result<Option<String>, JsValue> {
    let found = settled(browser().tabs().tab(number(tab))).await?;
    Ok(Reflect::get(&found, &JsValue::from_str("url"))?.as_string())
}

async fn settled(call: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(call?).await
}
