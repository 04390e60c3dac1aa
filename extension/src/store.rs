//! What outlives the worker: the state in `storage.session`, for as long as the browser runs, and the settings, what is
//! watched and the past in `storage.local`, for good.
//!
//! What is written is for [`detour_core::stored`] to say: only what changed. Records are JSON texts with a format's number.
//! One that does not parse (another version wrote it, a disk failed) is replaced by the default, with a word on the
//! console: that costs the work in flight and nothing else.

use std::cell::{Cell, RefCell};

use detour_core::incident::{Incident, Lasting};
use detour_core::settings::Settings;
use detour_core::state::State;
use detour_core::stored::{Changes, Reader, Record, Stored, lasting_of, state_of};
use gloo_timers::callback::Timeout;
use js_sys::{Array, Object, Reflect};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::browser::{Area, browser, object, run_or_warn, text_of as words_of, warn};
use crate::json;
use crate::memory::change_state;

const SETTINGS: &str = "settings";
const HISTORY: &str = "history";

thread_local! {
    static STORED: RefCell<Stored> = RefCell::default();
    static IS_TO_BE_WRITTEN: Cell<bool> = const { Cell::new(false) };
    static IS_LASTING_UNWRITTEN: Cell<bool> = const { Cell::new(false) };
}

/// The reader of this wasm.
struct Json;

impl Reader for Json {
    fn read<T: DeserializeOwned>(&self, text: &str) -> Result<T, String> {
        json::read(text).map_err(|error| error.to_string())
    }
}

/// What an earlier worker left, or a fresh start.
pub(crate) async fn load() -> State {
    let storage = browser().storage();
    let (mut state, mut stored, mut problems) = state_of(&items(&storage.session()).await, &Json);
    let local = items(&storage.local()).await;
    let (lasting, more) = lasting_of(&local, &mut stored, &Json);
    problems.extend(more);
    state.lasting = lasting;
    state.settings = one::<Settings>(&local, SETTINGS, &mut problems);
    state.history = one::<Vec<Incident>>(&local, HISTORY, &mut problems);
    for problem in problems {
        warn(&format!("Detour cannot use what it stored, and does without: {problem}"));
    }
    if state.lasting.seed == 0 {
        state.lasting.seed = drawn();
    }
    STORED.set(stored);
    state
}

/// A number of this installation's own; it is kept with the first record that has something to say.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 up to 2^32, exclusive")]
fn drawn() -> u32 {
    (js_sys::Math::random() * 4_294_967_296.0) as u32
}

/// Stores what outlives the browser, as far as it changed.
pub(crate) fn write_lasting(lasting: &Lasting) {
    let changes = STORED.with_borrow_mut(|stored| stored.lasting_changes(lasting));
    carry_out("keep what it watches", browser().storage().local(), changes);
}

/// Stores the past incidents.
pub(crate) fn write_history(history: &[Incident]) {
    write_local("keep the past", HISTORY, history);
}

fn write_local<T: Serialize + ?Sized>(what: &'static str, key: &str, record: &T) {
    let text = serde_json::to_string(&Record::Current(record)).unwrap_or_default();
    run_or_warn(what, browser().storage().local().set(&object(&[(key, text.into())])));
}

/// Stores the state, as far as it changed. The browser keeps writes in the order of issue.
pub(crate) fn write(state: &mut State) {
    let changes = STORED.with_borrow_mut(|stored| stored.changes(state));
    carry_out("keep its state", browser().storage().session(), changes);
}

/// A check brings some fifty observations within a second: they are written together. A worker that dies before has lost
/// evidence of a check that its successor begins anew in any case.
pub(crate) fn write_soon() {
    write_after(SOON);
}

fn write_after(delay: u32) {
    if IS_TO_BE_WRITTEN.replace(true) {
        return;
    }
    let write_all = || {
        IS_TO_BE_WRITTEN.set(false);
        change_state(|state| {
            write(state);
            if IS_LASTING_UNWRITTEN.replace(false) {
                write_lasting(&state.lasting);
            }
        });
    };
    Timeout::new(delay, write_all).forget();
}

/// A write failed: it is tried again, with all that has changed until then.
fn write_later() {
    IS_LASTING_UNWRITTEN.set(true);
    write_after(LATER);
}

fn carry_out(what: &'static str, area: Area, changes: Changes) {
    if changes.is_empty() {
        return;
    }
    let puts: Vec<(&str, JsValue)> =
        changes.put.iter().map(|(key, text)| (key.as_str(), text.as_str().into())).collect();
    let removed: Array = changes.removed.iter().map(|key| JsValue::from_str(key)).collect();
    // Both are issued in this turn.
    let put = (!puts.is_empty()).then(|| area.set(&object(&puts)));
    let removal = (removed.length() > 0).then(|| area.remove(&removed));
    let keys = changes.keys();
    spawn_local(async move {
        let mut failed = None;
        for call in [put, removal].into_iter().flatten() {
            let ended = match call {
                Ok(promise) => JsFuture::from(promise).await,
                Err(error) => Err(error),
            };
            failed = ended.err().or(failed);
        }
        if let Some(error) = failed {
            warn(&format!("Detour could not {what} and tries again: {}", words_of(&error)));
            STORED.with_borrow_mut(|stored| stored.failed(&keys));
            write_later();
        }
    });
}

/// Stores the settings.
pub(crate) fn write_settings(settings: &Settings) {
    write_local("keep the settings", SETTINGS, settings);
}

/// All texts that an area holds.
async fn items(area: &Area) -> Vec<(String, String)> {
    let found = match area.all(&JsValue::NULL) {
        Ok(promise) => JsFuture::from(promise).await,
        Err(error) => Err(error),
    };
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            warn(&format!("Detour could not read what it stored and starts afresh: {}", words_of(&error)));
            return Vec::new();
        }
    };
    let entry = |key: JsValue| Some((key.as_string()?, Reflect::get(&found, &key).ok()?.as_string()?));
    Object::keys(found.unchecked_ref::<Object>()).iter().filter_map(entry).collect()
}

fn one<T: DeserializeOwned + Default>(items: &[(String, String)], key: &str, problems: &mut Vec<String>) -> T {
    let Some((_, text)) = items.iter().find(|(name, _)| name == key) else { return T::default() };
    match Json.read(text) {
        Ok(Record::Current(record)) => record,
        Err(error) => {
            problems.push(format!("{key}: {error}"));
            T::default()
        }
    }
}

/// Milliseconds that evidence waits to be written.
const SOON: u32 = 250;

/// Milliseconds until a write that failed is tried again.
const LATER: u32 = 5_000;
