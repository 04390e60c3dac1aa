//! The worker's memory while it lives, and the turn of the crank: event → step → effects.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use detour_core::effect::Effect;
use detour_core::event::Event;
use detour_core::observation::Millis;
use detour_core::state::{Conditions, State};
use detour_core::step::step;
use js_sys::{Date, Function, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;

use crate::browser::{Port, Shelf, browser, call, log_error, set_timeout, warn};
use crate::speaker::Own;
use crate::{effects, inbound, store, views};

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
    static WAITING: RefCell<VecDeque<Event>> = RefCell::default();
    static IS_TURNING: Cell<bool> = const { Cell::new(false) };
    static IS_TO_BE_WRITTEN: Cell<bool> = const { Cell::new(false) };
    static IS_LASTING_UNWRITTEN: Cell<bool> = const { Cell::new(false) };
    static LISTEN: RefCell<Option<Function>> = const { RefCell::new(None) };
    static SHELF: RefCell<Option<Shelf>> = const { RefCell::new(None) };
    static OWN: RefCell<Own> = RefCell::default();
}

pub(crate) async fn start(listen: Function, shelf: Shelf) {
    std::panic::set_hook(Box::new(|panic| log_error(&format!("Detour has a bug: {panic}"))));
    LISTEN.set(Some(listen));
    SHELF.set(Some(shelf));
    OWN.set(Own { id: browser().runtime().id(), base: browser().runtime().url("") });
    STATE.set(store::load().await);
    happened(Event::Started { version: version() });
    // The listeners stood in the first turn, whatever the state said.
    listen_for_commits(STATE.with_borrow(|state| state.listens));
}

pub(crate) fn deliver(json: &str) {
    match OWN.with_borrow(|own| inbound::event(json, own)) {
        Ok(event) => happened(event),
        Err(unusable) => warn(&format!("Detour ignored {unusable}")),
    }
}

pub(crate) fn connected(port: Port, sender: &str) {
    match OWN.with_borrow(|own| views::connected(port, sender, own)) {
        Ok(Some(event)) => happened(event),
        Ok(None) => {}
        Err(unusable) => warn(&format!("Detour ignored {unusable}")),
    }
}

/// Takes one event through the step and carries out what follows, before it returns.
///
/// An effect that fails at once reports that as an event too; it waits here for its turn.
pub(crate) fn happened(event: Event) {
    if matches!(event, Event::Started { .. } | Event::TimerFired)
        && let Some(conditions) = changed_conditions()
    {
        WAITING.with_borrow_mut(|waiting| waiting.push_back(Event::ConditionsChanged { conditions }));
    }
    WAITING.with_borrow_mut(|waiting| waiting.push_back(event));
    if IS_TURNING.replace(true) {
        return;
    }
    while let Some(event) = WAITING.with_borrow_mut(VecDeque::pop_front) {
        let is_evidence = event.is_evidence();
        let (state, orders) = step(STATE.take(), event, now());
        let may_wait = is_evidence && orders.iter().all(Effect::only_draws);
        STATE.set(state);
        // Effects first: the sign on the tab waits for nothing. The write is issued in this turn as well.
        for order in orders {
            effects::execute(order);
        }
        if may_wait {
            write_after(SOON);
        } else {
            with_state(store::write);
        }
    }
    IS_TURNING.set(false);
}

/// A check brings some fifty observations within a second: they are written together. A worker that dies before has lost
/// evidence of a check that its successor begins anew in any case.
fn write_after(delay: f64) {
    thread_local! {
        static ON_TIME: Closure<dyn Fn()> = Closure::new(|| {
            IS_TO_BE_WRITTEN.set(false);
            with_state(|state| {
                store::write(state);
                if IS_LASTING_UNWRITTEN.replace(false) {
                    store::write_lasting(&state.lasting);
                }
            });
        });
    }
    if !IS_TO_BE_WRITTEN.replace(true) {
        ON_TIME.with(|callback| set_timeout(callback.as_ref(), delay));
    }
}

/// A write failed: it is tried again, with all that has changed until then.
pub(crate) fn write_later() {
    IS_LASTING_UNWRITTEN.set(true);
    write_after(LATER);
}

pub(crate) fn listen_for_commits(on: bool) {
    LISTEN.with_borrow(|listen| listen.iter().for_each(|listen| call(listen, on)));
}

/// Calls the shelf; `None` before the start.
pub(crate) fn with_shelf<T>(call: impl FnOnce(&Shelf) -> T) -> Option<T> {
    SHELF.with_borrow(|shelf| shelf.as_ref().map(call))
}

/// What the state holds, for the parts that only read.
pub(crate) fn with_state<T>(read: impl FnOnce(&State) -> T) -> T {
    STATE.with_borrow(read)
}

/// What the browser says of its network and its clock, where that is news.
fn changed_conditions() -> Option<Conditions> {
    let field = |object: &JsValue, name: &str| Reflect::get(object, &JsValue::from_str(name)).ok();
    let navigator = field(&js_sys::global(), "navigator")?;
    // Chromium only.
    let saves = field(&navigator, "connection").and_then(|connection| field(&connection, "saveData"));
    #[expect(clippy::cast_possible_truncation, reason = "whole minutes, at most a day")]
    let ahead = -Date::new_0().get_timezone_offset() as i32;
    let conditions = Conditions {
        is_online: field(&navigator, "onLine").is_none_or(|online| !online.is_falsy() || online.is_undefined()),
        is_saving: saves.is_some_and(|saves| saves.is_truthy()),
        utc_offset: ahead,
        has_browser: true,
    };
    // A turn that is under way holds the state; its own end will come round to this.
    STATE.with(|state| state.try_borrow().is_ok_and(|state| state.conditions != conditions)).then_some(conditions)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the clock gives whole milliseconds since 1970, far below 2^53"
)]
pub(crate) fn now() -> Millis {
    Millis(Date::now() as u64)
}

/// The extension's version, from its manifest.
pub(crate) fn version() -> String {
    let manifest = browser().runtime().manifest();
    Reflect::get(&manifest, &JsValue::from_str("version"))
        .ok()
        .and_then(|version| version.as_string())
        .unwrap_or_default()
}

/// Milliseconds that evidence waits to be written.
const SOON: f64 = 250.0;

/// Milliseconds until a write that failed is tried again.
const LATER: f64 = 5_000.0;
