//! Asking by the worker itself: without cookies, without the cache, a bounded time and a bounded body.

use std::collections::BTreeMap;

use detour_core::copies::ArchiveRequest;
use detour_core::event::ArchiveReply;
use detour_core::failure::Failure;
use detour_core::observation::{Answer, Observation, Outcome, Step, Subject, Vantage};
use detour_core::target::{Target, is_private_address};
use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, ReadableStreamDefaultReader, Response, ResponseType};

use crate::browser::{browser, fetch, object, text_of};
use crate::shell::now;

/// A site that has not answered by then will not count as answering.
const SITE_DEADLINE_MS: u32 = 10_000;

/// Archives are slow, the more so while many ask them; the user sees what has come so far.
const ARCHIVE_DEADLINE_MS: u32 = 15_000;

/// A redirect whose status no script is shown: an unknown status is taken for the first of its class (RFC 9110, 15).
const SOME_REDIRECT: u16 = 300;

/// An error page names its maker at the beginning.
const MOST_BYTES: usize = 64 * 1024;

/// Asks the site once more, and says what came.
pub(crate) async fn site(url: &str) -> Observation {
    let begun = now();
    let outcome = match get(url, None, false, SITE_DEADLINE_MS).await {
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
        reading: None,
        outcome,
    }
}

/// Asks an archive.
pub(crate) async fn archive(request: &ArchiveRequest) -> ArchiveReply {
    match get(&request.url, request.accept_datetime.as_deref(), request.is_mirror(), ARCHIVE_DEADLINE_MS).await {
        Ok(got) if (300..400).contains(&got.status) => ArchiveReply::Redirected,
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

/// `is_named_by_page`: the page chose the name, and it is not the page's own.
async fn get(
    url: &str,
    accept_datetime: Option<&str>,
    is_named_by_page: bool,
    deadline_ms: u32,
) -> Result<Got, JsValue> {
    if leads_to_private(url).await.unwrap_or(is_named_by_page) {
        return Err(JsValue::from_str("the name leads to a private network"));
    }
    let headers = accept_datetime.map(|moment| object(&[("accept-datetime", moment.into())]));
    let init = object(&[
        ("credentials", "omit".into()),
        ("cache", "no-store".into()),
        // A script is not shown where a redirect leads, so nobody could look whether that is the private network.
        ("redirect", "manual".into()),
        ("referrerPolicy", "no-referrer".into()),
        ("headers", headers.into()),
        // Chromium asks nobody then whose address is not public (Local Network Access), and behind a proxy nobody at all. That
        // is a mirror less; of the page itself we could not say any more that it is back.
        ("targetAddressSpace", if is_named_by_page { "public".into() } else { JsValue::UNDEFINED }),
        ("signal", AbortSignal::timeout_with_u32(deadline_ms).into()),
    ]);
    let response: Response = JsFuture::from(fetch(url, &init)?).await?.dyn_into()?;
    if response.type_() == ResponseType::Opaqueredirect {
        // The server answered, and that is all that a script is shown.
        return Ok(Got { status: SOME_REDIRECT, url: url.to_owned(), headers: BTreeMap::new(), body: String::new() });
    }
    Ok(Got {
        status: response.status(),
        url: response.url(),
        headers: headers_of(&response),
        body: beginning_of(&response).await?,
    })
}

/// Whether the browser would connect to the private network: a page's name may lead there the second time that it is looked
/// up. The browser looks anew, since its cache gives what has expired once more and meanwhile learns what the request will
/// use. `None` where it finds nothing, as behind some proxies. Chromium tells nobody, and has [`get`]'s
/// `targetAddressSpace` instead.
pub(crate) async fn leads_to_private(url: &str) -> Option<bool> {
    let Some(dns) = browser().dns() else { return Some(false) };
    let answer = dns.resolve(Target::parse(url).ok()?.host(), &Array::of1(&"bypass_cache".into())).ok()?;
    let record = JsFuture::from(answer).await.ok()?;
    let addresses = Array::from(&Reflect::get(&record, &JsValue::from_str("addresses")).ok()?);
    let texts = addresses.iter().filter_map(|address| address.as_string());
    Some(texts.filter_map(|text| text.parse().ok()).any(is_private_address))
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
