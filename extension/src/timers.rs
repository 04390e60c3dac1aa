//! One timer: `setTimeout` while the worker lives, and an alarm behind it for when it was put to rest.

use std::cell::{Cell, RefCell};

use detour_core::event::Event;
use detour_core::observation::Millis;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;

use crate::browser::{browser, clear_timeout, object, run, set_timeout};
use crate::shell::{happened, now};

/// The alarm's name.
const NAME: &str = "timer";

/// The shortest alarm that browsers grant (Chromium since 120); an earlier one is put off to this and warns.
const SHORTEST_ALARM: u64 = 30_000;

/// The longest `setTimeout`: its delay is a signed 32-bit number, and one above fires at once.
const LONGEST_TIMEOUT: u64 = 2_147_483_647;

thread_local! {
    static TIMEOUT: RefCell<JsValue> = const { RefCell::new(JsValue::UNDEFINED) };
    static ARMED: Cell<Option<Millis>> = const { Cell::new(None) };
    static ON_TIMEOUT: Closure<dyn Fn()> = Closure::new(fired);
}

/// Arms the timer; an earlier one is replaced.
pub(crate) fn arm(at: Millis) {
    match ARMED.replace(Some(at)) {
        Some(armed) if armed == at => return,
        Some(_) => TIMEOUT.with_borrow(clear_timeout),
        None => {}
    }
    let delay = at.since(now());
    #[expect(clippy::cast_precision_loss, reason = "bounded by LONGEST_TIMEOUT")]
    let milliseconds = delay.min(LONGEST_TIMEOUT) as f64;
    TIMEOUT.set(ON_TIMEOUT.with(|callback| set_timeout(callback.as_ref(), milliseconds)));
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
    let when = now().plus(delay.max(SHORTEST_ALARM)).0 as f64;
    // Chromium answers with a promise, Firefox with nothing; neither fails for a reason of ours.
    let _ = browser().alarms().create(NAME, &object(&[("when", when.into())]));
}

fn fired() {
    ARMED.set(None);
    run(browser().alarms().clear(NAME));
    happened(Event::TimerFired);
}
