//! The browser's proxy, read anew for each check and never kept: people change networks.

use detour_core::proxy::{BrowserProxy, EngineSetting, ProxyMode};
use js_sys::{Array, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::browser::{browser, from_js, object};
use crate::clock::after;

/// What the browser says of its proxy, with what core suspects; `None` where the browser does not say and nothing is
/// suspected. Without the permission, or where reading is refused, the host looks for itself.
pub(crate) async fn read(suspected: Option<BrowserProxy>) -> Option<BrowserProxy> {
    let is_suspected = suspected.as_ref().is_some_and(|proxy| proxy.is_suspected);
    match settings().await {
        Some(setting) => Some(BrowserProxy { is_suspected, ..setting.into() }),
        None => suspected,
    }
}

/// Where the browser has its proxy from.
pub(crate) async fn mode() -> ProxyMode {
    settings().await.map_or(ProxyMode::Unknown, |setting| BrowserProxy::from(setting).mode)
}

async fn settings() -> Option<EngineSetting> {
    let reading = browser().proxy()?.settings()?.get(&object(&[])).ok()?;
    let setting: JsValue = JsFuture::from(Promise::race(&Array::of2(&reading, &after(LONGEST_READ_MS)))).await.ok()?;
    from_js(&setting).ok()
}

/// The browser has it in memory; a check does not wait for one that hangs.
const LONGEST_READ_MS: u32 = 300;
