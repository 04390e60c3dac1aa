//! The one file that names the browser's functions: `globalThis.browser`, or `globalThis.chrome`.
//!
//! Both return promises in Manifest V3, so one binding serves both engines. Nobody here waits: a promise
//! is handed out, or watched for its error where nothing depends on it.

use detour_core::tab::TabId;
use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::json;

#[wasm_bindgen]
extern "C" {
    /// The extension interfaces, as far as the worker uses them.
    pub(crate) type Browser;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn action(this: &Browser) -> Action;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn alarms(this: &Browser) -> Alarms;
    /// Firefox alone lets extensions look names up.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn dns(this: &Browser) -> Option<Dns>;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn i18n(this: &Browser) -> I18n;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn notifications(this: &Browser) -> Notifications;
    /// Absent where the permission is not given.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn proxy(this: &Browser) -> Option<Proxy>;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn runtime(this: &Browser) -> Runtime;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn scripting(this: &Browser) -> Scripting;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn storage(this: &Browser) -> Storage;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn tabs(this: &Browser) -> Tabs;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn windows(this: &Browser) -> Windows;

    pub(crate) type Dns;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn resolve(this: &Dns, name: &str, flags: &Array) -> Result<Promise, JsValue>;

    pub(crate) type Proxy;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn settings(this: &Proxy) -> Option<ProxySettings>;

    pub(crate) type ProxySettings;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn get(this: &ProxySettings, details: &JsValue) -> Result<Promise, JsValue>;

    pub(crate) type Notifications;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn create(this: &Notifications, id: &str, options: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn clear(this: &Notifications, id: &str) -> Result<Promise, JsValue>;

    pub(crate) type Windows;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn update(this: &Windows, window: f64, properties: &JsValue) -> Result<Promise, JsValue>;

    pub(crate) type Action;
    #[wasm_bindgen(method, catch, js_name = setBadgeText)]
    pub(crate) fn set_badge_text(this: &Action, details: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = setBadgeBackgroundColor)]
    pub(crate) fn set_badge_background_color(this: &Action, details: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = setBadgeTextColor)]
    pub(crate) fn set_badge_text_color(this: &Action, details: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = setIcon)]
    pub(crate) fn set_icon(this: &Action, details: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = setTitle)]
    pub(crate) fn set_title(this: &Action, details: &JsValue) -> Result<Promise, JsValue>;

    pub(crate) type Alarms;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn create(this: &Alarms, name: &str, when: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn clear(this: &Alarms, name: &str) -> Result<Promise, JsValue>;

    pub(crate) type I18n;
    #[wasm_bindgen(method, js_name = getMessage)]
    pub(crate) fn message(this: &I18n, key: &str, args: &JsValue) -> String;

    pub(crate) type Runtime;
    #[wasm_bindgen(method, catch, js_name = connectNative)]
    pub(crate) fn connect_native(this: &Runtime, host: &str) -> Result<Port, JsValue>;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn id(this: &Runtime) -> String;
    #[wasm_bindgen(method, js_name = getURL)]
    pub(crate) fn url(this: &Runtime, path: &str) -> String;
    #[wasm_bindgen(method, js_name = getManifest)]
    pub(crate) fn manifest(this: &Runtime) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = lastError)]
    pub(crate) fn last_error(this: &Runtime) -> JsValue;

    pub(crate) type Scripting;
    #[wasm_bindgen(method, catch, js_name = executeScript)]
    pub(crate) fn execute_script(this: &Scripting, injection: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = getRegisteredContentScripts)]
    pub(crate) fn registered(this: &Scripting, filter: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = registerContentScripts)]
    pub(crate) fn register(this: &Scripting, scripts: &Array) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = updateContentScripts)]
    pub(crate) fn update(this: &Scripting, scripts: &Array) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = unregisterContentScripts)]
    pub(crate) fn unregister(this: &Scripting, filter: &JsValue) -> Result<Promise, JsValue>;

    pub(crate) type Storage;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn session(this: &Storage) -> Area;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn local(this: &Storage) -> Area;

    pub(crate) type Area;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn get(this: &Area, key: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = get)]
    pub(crate) fn all(this: &Area, keys: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn remove(this: &Area, keys: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn set(this: &Area, items: &JsValue) -> Result<Promise, JsValue>;

    pub(crate) type Tabs;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn create(this: &Tabs, properties: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = get)]
    pub(crate) fn tab(this: &Tabs, tab: f64) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn update(this: &Tabs, tab: f64, properties: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = sendMessage)]
    pub(crate) fn send_message(this: &Tabs, tab: f64, message: &JsValue) -> Result<Promise, JsValue>;

    /// One end of a connection: to one of our pages, or to the native host.
    #[derive(Clone, PartialEq)]
    pub type Port;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn name(this: &Port) -> String;
    /// Firefox tells here why a port broke; Chromium in `runtime.lastError`.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn error(this: &Port) -> JsValue;
    #[wasm_bindgen(method, getter, js_name = onMessage)]
    pub(crate) fn on_message(this: &Port) -> Listeners;
    #[wasm_bindgen(method, getter, js_name = onDisconnect)]
    pub(crate) fn on_disconnect(this: &Port) -> Listeners;
    #[wasm_bindgen(method, catch, js_name = postMessage)]
    pub(crate) fn post_message(this: &Port, message: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn disconnect(this: &Port) -> Result<(), JsValue>;

    pub(crate) type Listeners;
    #[wasm_bindgen(method, js_name = addListener)]
    pub(crate) fn add(this: &Listeners, listener: &JsValue);

    /// `www/worker/take.js`, `www/worker/again.js` and `www/worker/details.js`.
    pub type Shelf;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn take(this: &Shelf, tab: f64, url: &str, meta: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn attended(this: &Shelf, url: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = lookUp)]
    pub(crate) fn look_up(this: &Shelf, page: &str, site: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = loadAgain)]
    pub(crate) fn load_again(this: &Shelf, tab: f64) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = showDetails)]
    pub(crate) fn show_details(this: &Shelf, tab: f64) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = console)]
    pub(crate) fn warn(text: &str);
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    pub(crate) fn log_error(text: &str);
}

/// The browser's interfaces. Outside an extension every call on them fails, and is reported as that.
pub(crate) fn browser() -> Browser {
    let global = js_sys::global();
    ["browser", "chrome"]
        .into_iter()
        .filter_map(|name| Reflect::get(&global, &JsValue::from_str(name)).ok())
        .find(JsValue::is_object)
        .unwrap_or_else(|| Object::new().into())
        .unchecked_into()
}

/// A value of ours as the browser's functions take it.
pub(crate) fn to_js(value: &impl Serialize) -> JsValue {
    serde_json::to_string(value).ok().and_then(|json| JSON::parse(&json).ok()).unwrap_or(JsValue::UNDEFINED)
}

/// A plain object, as the browser's functions take it. Not by way of `serde_json::Value`: writing one brings in the
/// printing of numbers with fractions, whose tables alone are 10 KB.
pub(crate) fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // Fails for frozen objects and the like.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

/// One of our scripts for a tab. At once: in Chromium a document that broke off while it loaded stays "loading" for
/// good.
pub(crate) fn injection(tab: TabId, file: &str) -> JsValue {
    object(&[
        ("target", object(&[("tabId", number(tab).into())])),
        ("files", Array::of1(&file.into()).into()),
        ("injectImmediately", true.into()),
    ])
}

/// A browser's value as one of ours.
///
/// # Errors
/// In words for the console, when it has another shape.
pub(crate) fn from_js<T: DeserializeOwned>(value: &JsValue) -> Result<T, String> {
    let text = JSON::stringify(value).map_err(|error| text_of(&error))?;
    json::read(&String::from(text)).map_err(|error| error.to_string())
}

/// Lets a call run whose failure is of no interest: the tab may have gone meanwhile.
pub(crate) fn run(call: Result<Promise, JsValue>) {
    if let Ok(promise) = call {
        spawn_local(async move {
            // Awaited, because a rejection that nobody looks at fills the console.
            let _ = JsFuture::from(promise).await;
        });
    }
}

/// Lets a call run and reports its failure, with what was tried.
pub(crate) fn run_or_warn(what: &'static str, call: Result<Promise, JsValue>) {
    spawn_local(async move {
        let result = match call {
            Ok(promise) => JsFuture::from(promise).await,
            Err(error) => Err(error),
        };
        if let Err(error) = result {
            warn(&format!("Detour could not {what}: {}", text_of(&error)));
        }
    });
}

/// What an error says of itself; empty where there is none.
pub(crate) fn text_of(error: &JsValue) -> String {
    if error.is_undefined() || error.is_null() {
        return String::new();
    }
    if let Some(error) = error.dyn_ref::<js_sys::Error>() {
        return format!("{}: {}", String::from(error.name()), String::from(error.message()));
    }
    // `runtime.lastError` is a plain object in Chromium.
    Reflect::get(error, &JsValue::from_str("message"))
        .ok()
        .and_then(|message| message.as_string())
        .or_else(|| error.as_string())
        .unwrap_or_else(|| String::from("unknown error"))
}

/// Browsers number tabs with small whole numbers, as JavaScript's numbers hold them.
#[expect(clippy::cast_precision_loss, reason = "tab numbers come from JavaScript in the first place")]
pub(crate) fn number(tab: TabId) -> f64 {
    tab.0 as f64
}

/// Calls a function of background.js, which is ours and does not throw.
pub(crate) fn call(function: &Function, argument: bool) {
    if let Err(error) = function.call1(&JsValue::UNDEFINED, &JsValue::from_bool(argument)) {
        warn(&text_of(&error));
    }
}

/// The extension's version, from its manifest.
pub(crate) fn version() -> String {
    let manifest = browser().runtime().manifest();
    Reflect::get(&manifest, &JsValue::from_str("version"))
        .ok()
        .and_then(|version| version.as_string())
        .unwrap_or_default()
}
