//! The queue of what has happened. Every part of the shell reports here; the shell takes one event after the other.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use detour_core::event::Event;
use detour_core::state::Conditions;
use js_sys::{Date, Reflect};
use wasm_bindgen::JsValue;

use crate::memory;

/// Carries out what follows from one event.
pub(crate) type Turn = fn(Event);

thread_local! {
    static WAITING: RefCell<VecDeque<Event>> = RefCell::default();
    static IS_TURNING: Cell<bool> = const { Cell::new(false) };
    static TURN: Cell<Turn> = const { Cell::new(drop) };
}

/// Says who takes events from now on.
pub(crate) fn taken_by(turn: Turn) {
    TURN.set(turn);
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
        TURN.get()(event);
    }
    IS_TURNING.set(false);
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
    memory::state_is(|state| state.conditions != conditions).then_some(conditions)
}
