//! What is said by way of the operating system, and what a click on it leads to.
//!
//! An incident has one notification: what is said of it later takes the place of what was said before.

use detour_core::tab::TabId;
use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::browser::{browser, number, object, run, run_or_warn};
use crate::views;

/// What all our notifications' names begin with; the incident's number follows.
const NAME: &str = "incident-";

/// Says something of an incident.
pub(crate) fn show(id: u64, title: &str, body: &str) {
    let icon = browser().runtime().url("icons/idle-128.png");
    let options = object(&[
        ("type", "basic".into()),
        ("iconUrl", icon.into()),
        ("title", title.into()),
        ("message", body.into()),
    ]);
    run_or_warn("show a notification", browser().notifications().create(&name(id), &options));
}

/// Takes back what was said of it.
pub(crate) fn clear(id: u64) {
    run(browser().notifications().clear(&name(id)));
}

/// Which incident a notification is of.
pub(crate) fn incident(name: &str) -> Option<u64> {
    name.strip_prefix(NAME)?.parse().ok()
}

/// Brings a tab to the front, and its window.
pub(crate) fn show_tab(tab: TabId) {
    let shown = browser().tabs().update(number(tab), &object(&[("active", true.into())]));
    let Ok(shown) = shown else { return };
    spawn_local(async move {
        let Ok(tab) = JsFuture::from(shown).await else { return };
        let window = Reflect::get(&tab, &JsValue::from_str("windowId")).ok().and_then(|window| window.as_f64());
        if let Some(window) = window {
            run(browser().windows().update(window, &object(&[("focused", true.into())])));
        }
    });
}

/// Brings the board to the front, or opens one.
pub(crate) fn open_board() {
    match views::board_tab() {
        Some(tab) => show_tab(tab),
        None => run(browser().tabs().create(&object(&[("url", browser().runtime().url("pages/board.html").into())]))),
    }
}

fn name(id: u64) -> String {
    [NAME, &id.to_string()].concat()
}
