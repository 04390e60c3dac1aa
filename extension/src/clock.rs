//! The browser's clock.

use detour_core::time::Millis;
use gloo_timers::callback::Timeout;
use js_sys::{Date, Promise};
use wasm_bindgen::JsValue;

/// A promise that is kept after so many milliseconds.
pub(crate) fn after(milliseconds: u32) -> Promise {
    Promise::new(&mut |resolve, _| {
        Timeout::new(milliseconds, move || _ = resolve.call0(&JsValue::UNDEFINED)).forget();
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the clock gives whole milliseconds since 1970, far below 2^53"
)]
pub(crate) fn now() -> Millis {
    Millis(Date::now() as u64)
}
