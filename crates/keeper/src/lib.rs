//! The keeper: [`detour_shelf`] inside a worker of the browser.
//!
//! `www/shelf/keeper-worker.js` hands questions in, `www/shelf/shelf.js` reads and writes the database; what to write is decided
//! in [`detour_shelf::store`]. Several keepers may run at once, one for each page of the extension that asks: whoever
//! changes something holds the lock, and what one of them remembers is used only while nothing was changed since.
//! In reading order:

mod database;
mod failure;
mod protocol;
mod reply;
mod shelf;
mod desk;
mod look;
mod search;
mod change;
mod work;
mod archive;

use js_sys::Function;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// Answers one question ([`protocol::Ask`], as JSON); `blob` is the file that comes with it, and `progress(done,
/// total)` is called meanwhile.
///
/// # Errors
/// `{ kind, detail }`, as [`failure::Failure`] says.
#[wasm_bindgen]
pub async fn ask(json: String, blob: JsValue, progress: Function) -> Result<JsValue, JsValue> {
    desk::answer(&json, blob, &progress).await.map_err(|failure| failure.to_js())
}
