//! The database, as `www/shelf/shelf.js` opens it.

use detour_core::observation::Millis;
use detour_shelf::{
    record::Row,
    store::{Change, Plan},
};
use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};

use crate::failure::Failure;

#[wasm_bindgen(raw_module = "../shelf/shelf.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn commit(changes: Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn index(known: JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn row(id: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn read(store: &str, keys: Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn keys(store: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = nextCapture)]
    async fn next_capture() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn waiting() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn lock() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch, js_name = lookUp)]
    async fn look_up(page: &str, site: &str) -> Result<JsValue, JsValue>;
}

/// Holds the lock for as long as it lives.
pub(crate) struct Lock(Function);

impl Drop for Lock {
    fn drop(&mut self) {
        // Resolving a promise cannot fail.
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}

/// Waits for its turn to change something.
pub(crate) async fn locked() -> Result<Lock, Failure> {
    Ok(Lock(lock().await?.unchecked_into()))
}

/// Notes by name, and rows unless nothing changed.
pub(crate) struct Read {
    pub(crate) notes: Vec<(String, String)>,
    pub(crate) rows: Option<Vec<Row>>,
}

/// Reads the index; only the notes, where the note `changes` is the known one.
pub(crate) async fn read_index(known: Option<&str>) -> Result<Read, Failure> {
    let known = known.map_or(JsValue::UNDEFINED, JsValue::from_str);
    let reply: Array = index(known).await?.unchecked_into();
    let pairs: Array = reply.get(0).unchecked_into();
    let notes = pairs
        .iter()
        .map(|pair| pair.unchecked_into::<Array>())
        .filter_map(|pair| Some((pair.get(0).as_string()?, pair.get(1).as_string()?)))
        .collect();
    let rows = reply.get(1);
    let rows = (!rows.is_undefined()).then(|| rows.unchecked_into::<Array>().iter().map(|row| to_row(&row)).collect());
    Ok(Read { notes, rows })
}

/// One row.
pub(crate) async fn read_row(id: &str) -> Result<Option<Row>, Failure> {
    let found = row(id).await?;
    Ok((!found.is_undefined()).then(|| to_row(&found)))
}

/// Records and checksums under a page's address, and some of its site.
pub(crate) async fn rows_of(page: &str, site: &str) -> Result<Vec<(String, String)>, Failure> {
    let found: Array = look_up(page, site).await?.unchecked_into();
    let pairs = found.iter().map(|pair| pair.unchecked_into::<Array>());
    Ok(pairs.filter_map(|pair| Some((pair.get(0).as_string()?, pair.get(1).as_string()?))).collect())
}

/// What lies under these keys, in their order; what is missing, or no bytes, is `None`.
pub(crate) async fn read_bytes(
    store: &str,
    names: impl IntoIterator<Item = &str>,
) -> Result<Vec<Option<Vec<u8>>>, Failure> {
    let names: Array = names.into_iter().map(JsValue::from_str).collect();
    let found: Array = read(store, names).await?.unchecked_into();
    Ok(found.iter().map(|bytes| bytes.dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec())).collect())
}

/// All keys of a store.
pub(crate) async fn all_keys(store: &str) -> Result<Vec<String>, Failure> {
    let found: Array = keys(store).await?.unchecked_into();
    Ok(found.iter().filter_map(|key| key.as_string()).collect())
}

/// The oldest capture in the inbox, with its key.
pub(crate) async fn oldest_capture() -> Result<Option<(u64, JsValue)>, Failure> {
    let found = next_capture().await?;
    if found.is_undefined() {
        return Ok(None);
    }
    let pair: Array = found.unchecked_into();
    Ok(Some((to_key(pair.get(0).as_f64().unwrap_or_default()), pair.get(1))))
}

/// How many captures wait.
pub(crate) async fn captures() -> Result<u32, Failure> {
    Ok(u32::try_from(to_key(waiting().await?.as_f64().unwrap_or_default())).unwrap_or(u32::MAX))
}

/// Carries out a plan, together with notes; a note without text is taken away.
pub(crate) async fn carry_out(plan: &Plan, notes: &[(&str, Option<String>)]) -> Result<(), Failure> {
    let changes: Array = plan.changes.iter().flat_map(to_js).collect();
    for (name, text) in notes {
        changes.push(&match text {
            Some(text) => order("notes", "put", [text.as_str().into(), (*name).into()]),
            None => order("notes", "delete", [(*name).into()]),
        });
    }
    commit(changes).await?;
    Ok(())
}

/// This moment.
pub(crate) fn now() -> Millis {
    Millis(to_key(js_sys::Date::now()))
}

/// A field of an object that is what it should be, or `undefined`.
pub(crate) fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn to_row(row: &JsValue) -> Row {
    let text = |name: &str| field(row, name).as_string().unwrap_or_default();
    Row {
        id: text("id"),
        page: text("page"),
        site: text("site"),
        at: to_key(field(row, "at").as_f64().unwrap_or_default()),
        record: text("record"),
        sum: text("sum"),
    }
}

/// One change as the orders that carry it out.
fn to_js(change: &Change) -> Vec<JsValue> {
    let bytes = |bytes: &[u8]| JsValue::from(Uint8Array::from(bytes));
    match change {
        Change::PutRecord(record) => {
            let row = record.to_row();
            let object = js_sys::Object::new();
            let fields: [(&str, JsValue); 6] = [
                ("id", row.id.into()),
                ("page", row.page.into()),
                ("site", row.site.into()),
                ("at", from_key(row.at).into()),
                ("record", row.record.into()),
                ("sum", row.sum.into()),
            ];
            for (name, value) in fields {
                // A fresh object takes every field.
                let _ = Reflect::set(&object, &name.into(), &value);
            }
            vec![order("pages", "put", [object.into()])]
        }
        Change::PutText(id, packed) => vec![order("texts", "put", [bytes(packed), id.0.as_str().into()])],
        Change::PutBody(hash, packed) => vec![order("bodies", "put", [bytes(packed), hash.0.as_str().into()])],
        Change::DropRecord(id) => vec![order("pages", "delete", [id.0.as_str().into()])],
        Change::DropText(id) => vec![order("texts", "delete", [id.0.as_str().into()])],
        Change::DropBody(hash) => vec![order("bodies", "delete", [hash.0.as_str().into()])],
        Change::DropCapture(key) => vec![order("inbox", "delete", [from_key(*key).into()])],
        Change::DropAll => {
            ["pages", "texts", "bodies", "inbox"].map(|store| order(store, "clear", [] as [JsValue; 0])).into()
        }
    }
}

fn order<const N: usize>(store: &str, method: &str, arguments: [JsValue; N]) -> JsValue {
    [store.into(), method.into()].into_iter().chain(arguments).collect::<Array>().into()
}

/// JavaScript's numbers are whole and exact up to 2^53: keys of a store and milliseconds stay far below.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and is whole")]
const fn to_key(number: f64) -> u64 {
    number as u64
}

#[expect(clippy::cast_precision_loss, reason = "below 2^53")]
const fn from_key(number: u64) -> f64 {
    number as f64
}
