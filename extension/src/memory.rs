//! The worker's memory while it lives: the state, the shelf, and what turns listeners on and off.

use std::cell::RefCell;

use detour_core::state::State;
use js_sys::Function;

use crate::browser::{Shelf, call};

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
    static LISTEN: RefCell<Option<Function>> = const { RefCell::new(None) };
    static SHELF: RefCell<Option<Shelf>> = const { RefCell::new(None) };
}

/// Takes what the worker was started with.
pub(crate) fn keep_tools(listen: Function, shelf: Shelf) {
    LISTEN.set(Some(listen));
    SHELF.set(Some(shelf));
}

/// The state, to be put back by [`set_state`].
pub(crate) fn take_state() -> State {
    STATE.take()
}

pub(crate) fn set_state(state: State) {
    STATE.set(state);
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

/// The same, for the part that notes what it has written down.
pub(crate) fn change_state(change: impl FnOnce(&mut State)) {
    STATE.with_borrow_mut(change);
}

/// Whether something holds of the state; not while a turn has taken it.
pub(crate) fn state_is(holds: impl FnOnce(&State) -> bool) -> bool {
    STATE.with(|state| state.try_borrow().is_ok_and(|state| holds(&state)))
}
