//! The turn of the crank: event → step → effects.

use std::cell::RefCell;

use detour_core::effect::Effect;
use detour_core::event::Event;
use detour_core::step::step;
use js_sys::Function;

use crate::browser::{Port, Shelf, browser, log_error, version, warn};
use crate::clock::now;
use crate::events::{happened, taken_by};
use crate::memory::{keep_tools, listen_for_commits, with_state};
use crate::speaker::Own;
use crate::{effects, inbound, memory, store, views};

thread_local! {
    static OWN: RefCell<Own> = RefCell::default();
}

pub(crate) async fn start(listen: Function, shelf: Shelf) {
    std::panic::set_hook(Box::new(|panic| log_error(&format!("Detour has a bug: {panic}"))));
    keep_tools(listen, shelf);
    taken_by(turn);
    OWN.set(Own { id: browser().runtime().id(), base: browser().runtime().url("") });
    memory::set_state(store::load().await);
    happened(Event::Started { version: version() });
    // The listeners stood in the first turn, whatever the state said.
    listen_for_commits(with_state(|state| state.listens));
}

pub(crate) fn deliver(json: &str) {
    match OWN.with_borrow(|own| inbound::event(json, own)) {
        Ok(Some(event)) => happened(event),
        Ok(None) => {}
        Err(unusable) => warn(&format!("Detour ignored {unusable}")),
    }
}

pub(crate) fn connected(port: Port, sender: &str) {
    match OWN.with_borrow(|own| inbound::wanted(&port.name(), sender, own)) {
        Ok((wanted, speaker)) => views::connected(port, wanted, &speaker).into_iter().for_each(happened),
        Err(unusable) => warn(&format!("Detour ignored {unusable}")),
    }
}

/// Takes one event through the step and carries out what follows.
fn turn(event: Event) {
    let is_evidence = event.is_evidence();
    let (state, orders) = step(memory::take_state(), event, now());
    let may_wait = is_evidence && orders.iter().all(Effect::only_draws);
    memory::set_state(state);
    // Effects first: the sign on the tab waits for nothing. The write is issued in this turn as well.
    for order in orders {
        effects::execute(order);
    }
    if may_wait {
        store::write_soon();
    } else {
        memory::change_state(store::write);
    }
}
