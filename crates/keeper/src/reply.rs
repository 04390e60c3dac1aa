//! What the keeper says: answers, and how far it is.

use js_sys::{Function, JSON, Reflect};
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::failure::Failure;

/// An answer, by way of JSON.
pub(crate) fn to_js(answer: &impl Serialize) -> Result<JsValue, Failure> {
    let json = serde_json::to_string(answer).map_err(|error| Failure::Browser(error.to_string()))?;
    Ok(JSON::parse(&json)?)
}

/// An answer with long texts, which go beside the JSON.
pub(crate) fn with_texts<const N: usize>(
    answer: &impl Serialize,
    texts: [(&str, &str); N],
) -> Result<JsValue, Failure> {
    let object = to_js(answer)?;
    for (name, text) in texts {
        Reflect::set(&object, &name.into(), &text.into())?;
    }
    Ok(object)
}

/// How far it is.
pub(crate) struct Progress<'a>(pub(crate) &'a Function);

impl Progress<'_> {
    pub(crate) fn tell(&self, done: usize, total: usize) {
        #[expect(clippy::cast_precision_loss, reason = "counts of pages")]
        let (done, total) = (done as f64, total as f64);
        // It only posts a message.
        let _ = self.0.call2(&JsValue::UNDEFINED, &done.into(), &total.into());
    }
}
