//! The extension's shell: raw browser events in, orders of [`detour_core`] out.
//!
//! `www/background.js` listens, because listeners must stand in the worker's first turn; everything else
//! is here. Nothing in this crate has an opinion about outages: it parses, stores and executes.
//! In reading order:

mod browser;
mod effects;
mod fetch;
mod host;
pub mod inbound;
mod json;
mod keep;
mod notices;
mod page;
mod shell;
pub mod speaker;
mod store;
mod timers;
mod views;

use js_sys::Function;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::browser::{Port, Shelf};

/// Takes up what an earlier worker left: loads state and settings, then says [`detour_core::event::Event::Started`].
///
/// `listen(on)` turns the listeners on and off that only matter while a tab fails; `shelf` takes copies of pages and
/// looks for them (`www/take.js`).
#[wasm_bindgen]
pub async fn start(listen: Function, shelf: Shelf) {
    shell::start(listen, shelf).await;
}

/// Takes one raw browser event, as JSON ([`inbound`] has the shapes); its effects are on their way when
/// this returns. What does not parse is reported on the console and otherwise ignored.
#[wasm_bindgen]
pub fn deliver(json: &str) {
    shell::deliver(json);
}

/// Takes a port of `runtime.onConnect`, which is the one thing that JSON cannot carry; `sender` is what the browser says
/// of its other end, as JSON and as in a message.
#[wasm_bindgen]
pub fn connected(port: Port, sender: &str) {
    shell::connected(port, sender);
}
