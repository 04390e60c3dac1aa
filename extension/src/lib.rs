//! The extension's shell: raw browser events in, orders of [`detour_core`] out.
//!
//! `www/worker/background.js` listens, because listeners must stand in the worker's first turn; everything else
//! is here. Nothing in this crate has an opinion about outages: it parses, stores and executes.
//! In reading order:

mod browser;
mod clock;
mod memory;
mod events;
mod effects;
mod fetch;
mod host;
pub mod inbound;
mod json;
mod keep;
mod notices;
mod page;
mod proxy;
mod shell;
pub mod speaker;
mod store;
mod timers;
mod views;
mod way;

use js_sys::Function;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::browser::{Port, Shelf};

/// Takes up what an earlier worker left: loads state and settings, then says [`detour_core::event::Event::Started`].
///
/// `listen(on)` turns the listeners on and off that only matter while a tab fails; `shelf` takes copies of pages and
/// looks for them (`www/worker/take.js`).
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

#[cfg(test)]
mod tests {
    use detour_typescript::Declarations;

    use crate::{inbound::Raw, page::Found, views::Told};

    #[test]
    fn the_scripts_are_held_against_what_is_read_and_written_here() {
        Declarations::of("Detour")
            .read::<Raw>()
            .read::<Found>()
            .written::<Told<'_>>()
            .stand_in("www/types/detour.d.ts");
    }
}
