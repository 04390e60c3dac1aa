//! Asking by the worker itself: without cookies, without the cache, a bounded time and a bounded body.

use std::collections::BTreeMap;

use detour_core::copies::ArchiveRequest;
use detour_core::event::ArchiveReply;
use detour_core::failure::Failure;
use detour_core::observation::{Answer, Observation, Outcome, Step, Subject, Vantage};
use detour_core::target::{Target, is_private_address};
use gloo_net::http::Response;
use js_sys::{Array, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, ReadableStreamDefaultReader, ResponseType};

use crate::browser::{browser, object, text_of};
use crate::clock::now;
use crate::way::{self, Way};

/// A site that has not answered by then will not count as answering.
const SITE_DEADLINE_MS: u32 = 10_000;

/// Archives are slow, the more so while many ask them; the user sees what has come so far.
const ARCHIVE_DEADLINE_MS: u32 = 15_000;

/// A redirect whose status no script is shown: an unknown status is taken for the first of its class (RFC 9110, 15).
const SOME_REDIRECT: u16 = 300;

/// An error page names its maker at the beginning.
const MOST_BYTES: usize = 64 * 1024;

/// Asks the site once more, and says what came; `None` where it may be the browser that turned the request away.
///
/// A name that led to the site may lead into the private network by now, so only what is public is asked. Behind a proxy that
/// cannot be demanded, since the proxy looks the name up; where nobody says whether there is one, it is demanded, and a
/// failure proves nothing.
pub(crate) async fn site(page: &Target) -> Option<Observation> {
    let begun = now();
    let ask = async |reach| get(page.as_str(), None, reach, SITE_DEADLINE_MS).await;
    let got = match way::by_browser().await {
        Way::Direct => ask(Reach::Public).await,
        Way::Proxied => ask(Reach::AsTheProxyHasIt).await,
        Way::Unsaid => match ask(Reach::Public).await {
            Err(Miss::OfSiteOrBrowser(error)) => match way::by_host().await {
                Way::Direct => Err(Miss::OfSite(error)),
                Way::Proxied => ask(Reach::AsTheProxyHasIt).await,
                Way::Unsaid => return None,
            },
            got => got,
        },
    };
    let outcome = match got {
        Ok(got) => Outcome::Answered(Answer { status: got.status, headers: got.headers, body: got.body }),
        Err(Miss::Private) => return None,
        // fetch tells scripts no more than "Failed to fetch".
        Err(Miss::OfSite(error) | Miss::OfSiteOrBrowser(error)) => {
            Outcome::Failed(Failure::Unrecognized(text_of(&error)))
        }
    };
    let at = now();
    Some(Observation {
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
    })
}

/// Asks an archive.
pub(crate) async fn archive(request: &ArchiveRequest) -> ArchiveReply {
    let reach = if request.is_mirror() { Reach::Public } else { Reach::AsTheProxyHasIt };
    match get(&request.url, request.accept_datetime.as_deref(), reach, ARCHIVE_DEADLINE_MS).await {
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

/// Whom a request may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Public addresses alone. Chromium connects and then asks nobody else (Local Network Access), and behind a proxy nobody
    /// at all; in Firefox the name must be found first.
    Public,
    /// Whatever the proxy makes of the name. In Firefox a name that is found is looked at all the same.
    AsTheProxyHasIt,
}

/// Why nothing came.
enum Miss {
    /// The name leads into the private network, where nobody is asked: no word about the site.
    Private,
    /// What the browser threw at a request that only the site can have failed.
    OfSite(JsValue),
    /// The same, where behind a proxy the browser would have thrown it as well.
    OfSiteOrBrowser(JsValue),
}

async fn get(url: &str, accept_datetime: Option<&str>, reach: Reach, deadline_ms: u32) -> Result<Got, Miss> {
    match leads_to_private(url).await {
        Some(false) => {}
        // No proxy changes that.
        Some(true) => return Err(Miss::Private),
        None if reach == Reach::Public => {
            return Err(Miss::OfSiteOrBrowser(JsValue::from_str("the name is not found")));
        }
        None => {}
    }
    let is_of_site = reach == Reach::AsTheProxyHasIt || browser().dns().is_some();
    let miss = if is_of_site { Miss::OfSite } else { Miss::OfSiteOrBrowser };
    send(url, accept_datetime, reach, deadline_ms).await.map_err(miss)
}

async fn send(url: &str, accept_datetime: Option<&str>, reach: Reach, deadline_ms: u32) -> Result<Got, JsValue> {
    let headers = accept_datetime.map(|moment| object(&[("accept-datetime", moment.into())]));
    let init = object(&[
        ("credentials", "omit".into()),
        ("cache", "no-store".into()),
        // A script is not shown where a redirect leads, so nobody could look whether that is the private network.
        ("redirect", "manual".into()),
        ("referrerPolicy", "no-referrer".into()),
        ("headers", headers.into()),
        // Older Chromium and Firefox have no such word, and pass over it.
        ("targetAddressSpace", if reach == Reach::Public { "public".into() } else { JsValue::UNDEFINED }),
        ("signal", AbortSignal::timeout_with_u32(deadline_ms).into()),
    ]);
    // With these two, and never with a `Request` made of them: Chromium 156 takes the address space from here alone, and
    // forgets the one that a `Request` was made with. Nor by gloo's builder, which writes a page's query anew.
    let response = JsFuture::from(fetch(url, &init)?).await?;
    let response = Response::from(response.dyn_into::<web_sys::Response>()?);
    if response.type_() == ResponseType::Opaqueredirect {
        // The server answered, and that is all that a script is shown.
        return Ok(Got { status: SOME_REDIRECT, url: url.to_owned(), headers: BTreeMap::new(), body: String::new() });
    }
    Ok(Got {
        status: response.status(),
        url: response.url(),
        // With names in lower case and values of one name joined, as the Fetch standard has it.
        headers: response.headers().entries().collect(),
        body: beginning_of(&response).await?,
    })
}

/// Whether the browser would connect to the private network: a page's name may lead there the second time that it is looked
/// up. The browser looks anew, since its cache gives what has expired once more and meanwhile learns what the request will
/// use. `None` where it finds nothing, as behind some proxies. Chromium tells nobody, and has [`send`]'s
/// `targetAddressSpace` instead.
pub(crate) async fn leads_to_private(url: &str) -> Option<bool> {
    let Some(dns) = browser().dns() else { return Some(false) };
    let answer = dns.resolve(Target::parse(url).ok()?.host(), &Array::of1(&"bypass_cache".into())).ok()?;
    let record = JsFuture::from(answer).await.ok()?;
    let addresses = Array::from(&Reflect::get(&record, &JsValue::from_str("addresses")).ok()?);
    let texts = addresses.iter().filter_map(|address| address.as_string());
    Some(texts.filter_map(|text| text.parse().ok()).any(is_private_address))
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &JsValue) -> Result<Promise, JsValue>;
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
