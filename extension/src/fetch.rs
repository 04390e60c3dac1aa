//! Asking by the worker itself: without cookies, without the cache, a bounded time and a bounded body.

use std::collections::BTreeMap;

use detour_core::copies::ArchiveRequest;
use detour_core::event::ArchiveReply;
use detour_core::failure::Failure;
use detour_core::observation::{Answer, Observation, Outcome, Step, Subject, Vantage};
use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, ReadableStreamDefaultReader, Response};

use crate::browser::{fetch, object, text_of};
use crate::shell::now;

/// A site that has not answered by then will not count as answering.
const SITE_DEADLINE_MS: u32 = 10_000;

/// Archives are slow, the more so while many ask them; the user sees what has come so far.
const ARCHIVE_DEADLINE_MS: u32 = 15_000;

/// An error page names its maker at the beginning.
const MOST_BYTES: usize = 64 * 1024;

/// Asks the site once more, and says what came.
pub(crate) async fn site(url: &str) -> Observation {
    let begun = now();
    let outcome = match get(url, None, SITE_DEADLINE_MS).await {
        Ok(got) => Outcome::Answered(Answer { status: got.status, headers: got.headers, body: got.body }),
        // fetch tells scripts no more than "Failed to fetch".
        Err(error) => Outcome::Failed(Failure::Unrecognized(text_of(&error))),
    };
    let at = now();
    Observation {
        vantage: Vantage::Browser,
        subject: Subject::Target,
        step: Step::Http,
        at,
        duration_ms: at.since(begun),
        address: None,
        resolver: None,
        so_far: None,
        outcome,
    }
}

/// Asks an archive.
pub(crate) async fn archive(request: &ArchiveRequest) -> ArchiveReply {
    match get(&request.url, request.accept_datetime.as_deref(), ARCHIVE_DEADLINE_MS).await {
        Ok(got) => ArchiveReply::Answered { status: got.status, url: got.url, headers: got.headers, body: got.body },
        Err(_) => ArchiveReply::Failed,
    }
}

struct Got {
    status: u16,
    url: String,
    headers: BTreeMap<String, String>,
    body: String,
}

async fn get(url: &str, accept_datetime: Option<&str>, deadline_ms: u32) -> Result<Got, JsValue> {
    let headers = accept_datetime.map(|moment| object(&[("accept-datetime", moment.into())]));
    let init = object(&[
        ("credentials", "omit".into()),
        ("cache", "no-store".into()),
        ("redirect", "follow".into()),
        ("referrerPolicy", "no-referrer".into()),
        ("headers", headers.into()),
        ("signal", AbortSignal::timeout_with_u32(deadline_ms).into()),
    ]);
    let response: Response = JsFuture::from(fetch(url, &init)?).await?.dyn_into()?;
    Ok(Got {
        status: response.status(),
        url: response.url(),
        headers: headers_of(&response),
        body: beginning_of(&response).await?,
    })
}

/// Headers come with names in lower case and values of one name joined, as the Fetch standard has it.
fn headers_of(response: &Response) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::new();
    for pair in Array::from(&response.headers()).iter() {
        let pair: Array = pair.unchecked_into();
        // One by one: `collect` would bring a sort of its own.
        headers.extend(pair.get(0).as_string().zip(pair.get(1).as_string()));
    }
    headers
}

/// The first [`MOST_BYTES`] of the body. One that breaks off before is a failed answer, as it is to a reader.
async fn beginning_of(response: &Response) -> Result<String, JsValue> {
    let mut bytes = Vec::new();
    if let Some(Ok(reader)) = response.body().map(|body| body.get_reader().dyn_into::<ReadableStreamDefaultReader>()) {
        while bytes.len() < MOST_BYTES {
            let piece = JsFuture::from(reader.read()).await?;
            let value = Reflect::get(&piece, &JsValue::from_str("value")).unwrap_or(JsValue::UNDEFINED);
            let Ok(value) = value.dyn_into::<Uint8Array>() else { break };
            bytes.extend(value.to_vec());
        }
        // Ends the transfer. Its own end may have come first.
        let _ = JsFuture::from(reader.cancel()).await;
    }
    bytes.truncate(MOST_BYTES);
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
