//! What outlives the worker: the state in `storage.session`, for as long as the browser runs, and the
//! settings in `storage.local`, for good.
//!
//! Records are JSON texts with a format's number. One that does not parse (another version wrote it, a disk failed) is replaced
//! by the default, with a word on the console: that costs the work in flight and nothing else.

use std::cell::RefCell;

use detour_core::incident::{Incident, Lasting};
use detour_core::state::{Settings, State};
use js_sys::Reflect;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::browser::{Area, browser, object, run_or_warn, text_of as words_of, warn};
use crate::json;

const STATE: &str = "state";
const SETTINGS: &str = "settings";
const LASTING: &str = "lasting";
const HISTORY: &str = "history";

/// A record under the number of its format, to be raised when old records would be misread.
#[derive(Serialize, Deserialize)]
enum Record<T> {
    #[serde(rename = "1")]
    Current(T),
}

thread_local! {
    static WRITTEN: RefCell<String> = RefCell::default();
}

/// What an earlier worker left, or a fresh start.
pub(crate) async fn load() -> State {
    let storage = browser().storage();
    let mut state: State = read(&storage.session(), STATE).await;
    state.settings = read::<Settings>(&storage.local(), SETTINGS).await;
    state.lasting = read::<Lasting>(&storage.local(), LASTING).await;
    state.history = read::<Vec<Incident>>(&storage.local(), HISTORY).await;
    if state.lasting.seed == 0 {
        state.lasting.seed = drawn();
    }
    WRITTEN.set(text_of(&state));
    state
}

/// A number of this installation's own; it is kept with the first record that has something to say.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 up to 2^32, exclusive")]
fn drawn() -> u32 {
    (js_sys::Math::random() * 4_294_967_296.0) as u32
}

/// Stores what outlives the browser.
pub(crate) fn write_lasting(lasting: &Lasting) {
    write_local("keep what it watches", LASTING, lasting);
}

/// Stores the past incidents.
pub(crate) fn write_history(history: &[Incident]) {
    write_local("keep the past", HISTORY, history);
}

fn write_local<T: Serialize + ?Sized>(what: &'static str, key: &str, record: &T) {
    let text = serde_json::to_string(&Record::Current(record)).unwrap_or_default();
    run_or_warn(what, browser().storage().local().set(&object(&[(key, text.into())])));
}

/// The state as it is stored.
pub(crate) fn text_of(state: &State) -> String {
    serde_json::to_string(&Record::Current(state)).unwrap_or_default()
}

/// Stores the state, unless it is what was stored last. The browser keeps writes in the order of issue.
pub(crate) fn write(text: String) {
    if WRITTEN.with_borrow(|written| *written == text) {
        return;
    }
    run_or_warn("keep its state", browser().storage().session().set(&object(&[(STATE, text.as_str().into())])));
    WRITTEN.set(text);
}

/// Stores the settings.
pub(crate) fn write_settings(settings: &Settings) {
    write_local("keep the settings", SETTINGS, settings);
}

async fn read<T: DeserializeOwned + Default>(area: &Area, key: &str) -> T {
    let found = match area.get(key) {
        Ok(promise) => JsFuture::from(promise).await,
        Err(error) => Err(error),
    };
    let record = match found {
        Ok(items) => Reflect::get(&items, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED),
        Err(error) => {
            warn(&format!("Detour could not read its {key} and starts afresh: {}", words_of(&error)));
            return T::default();
        }
    };
    if record.is_undefined() {
        return T::default();
    }
    let text = record.as_string().unwrap_or_default();
    match json::read(&text) {
        Ok(Record::Current(record)) => record,
        Err(error) => {
            warn(&format!("Detour cannot use its old {key} and starts afresh: {error}"));
            T::default()
        }
    }
}
