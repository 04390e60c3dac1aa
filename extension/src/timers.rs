//! One timer: `setTimeout` while the worker lives, and an alarm behind it for when it was put to rest.

use std::cell::{Cell, RefCell};

use detour_core::event::Event;
use detour_core::observation::Millis;
use gloo_timers::callback::Timeout;

use crate::browser::{browser, object, run};
use crate::clock::now;
use crate::events::happened;

/// The alarm's name.
const NAME: &str = "timer";

/// The shortest alarm that browsers grant (Chromium since 120); an earlier one is put off to this and warns.
const SHORTEST_ALARM: u64 = 30_000;

/// The longest `setTimeout`: its delay is a signed 32-bit number, and one above fires at once.
const LONGEST_TIMEOUT: u32 = 2_147_483_647;

thread_local! {
    static TIMEOUT: RefCell<Option<Timeout>> = const { RefCell::new(None) };
    static ARMED: Cell<Option<Millis>> = const { Cell::new(None) };
}

/// Arms the timer; an earlier one is replaced.
pub(crate) fn arm(at: Millis) {
    if ARMED.replace(Some(at)) == Some(at) {
        return;
    }
    let delay = at.since(now());
    let milliseconds = u32::try_from(delay).unwrap_or(LONGEST_TIMEOUT).min(LONGEST_TIMEOUT);
    // The one that was armed before is cancelled when it is dropped.
    TIMEOUT.set(Some(Timeout::new(milliseconds, fired)));
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
