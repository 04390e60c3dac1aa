//! The inbox: captures become copies, one after the other, each in one transaction.

use detour_core::keep::{Keep, page_key};
use detour_shelf::{
    capture::{Capture, Part},
    clean::clean,
    mhtml,
    page::Page,
    record::Id,
    store::{Old, Plan},
};
use js_sys::{Array, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::{
    database::{self, field},
    failure::Failure,
    protocol::{Refused, Taken, Worked},
    reply::Progress,
    shelf::Shelf,
};

/// Everything in the inbox.
pub(crate) async fn all(progress: &Progress<'_>) -> Result<Worked, Failure> {
    let mut worked = Worked::default();
    loop {
        let done = worked.kept.len() + worked.refused.len();
        // The lock is let go between two captures, so that somebody who deletes or pins gets a turn.
        let _lock = database::locked().await?;
        let Some((key, capture)) = database::oldest_capture().await? else { break };
        let waiting = database::captures().await?;
        let mut shelf = Shelf::read().await?;
        let was_full = shelf.notes.disk_full;
        if let Some(url) = field(&capture, "attended").as_string() {
            let plan = shelf.index.attended(&url).and_capture(key);
            shelf.carry_out(&plan, &[]).await?;
            continue;
        }
        let keep = read_keep(&capture);
        let url = keep.as_ref().map(|keep| keep.url.clone()).unwrap_or_default();
        let outcome = match keep {
            Ok(keep) => one(&mut shelf, key, &capture, &keep).await,
            Err(failure) => Err(failure),
        };
        match outcome {
            Ok(id) => worked.kept.push(Taken { id: id.0, url }),
            // The browser fails, not the capture: it stays for another time.
            Err(failure @ Failure::Browser(_)) => return Err(failure),
            Err(failure) => {
                let is_full = matches!(failure, Failure::DiskFull);
                worked.disk_full |= is_full && !was_full;
                give_up(&mut shelf, key, is_full).await?;
                worked.refused.push(Refused { url, kind: failure.kind(), why: failure.to_string() });
            }
        }
        progress.tell(done + 1, done + usize::try_from(waiting).unwrap_or_default());
    }
    Ok(worked)
}

/// One capture becomes a copy, or says why not.
async fn one(shelf: &mut Shelf, key: u64, capture: &JsValue, keep: &Keep) -> Result<Id, Failure> {
    begin(shelf, key).await?;
    let page = clean(read_capture(capture, keep).await?);
    put(shelf, keep, &page, Some(key), Old::Replace).await
}

/// Puts a page onto the shelf. When the browser refuses the room, copies go and it is tried once more.
pub(crate) async fn put(
    shelf: &mut Shelf,
    keep: &Keep,
    page: &Page,
    capture: Option<u64>,
    old: Old,
) -> Result<Id, Failure> {
    let (id, weight) = match try_put(shelf, keep, page, capture, old).await {
        Ok((id, Ok(()))) => return Ok(id),
        Ok((id, Err(weight))) => (id, weight),
        Err(failure) => return Err(failure),
    };
    if old == Old::Stays {
        return Err(Failure::DiskFull);
    }
    let most = shelf.index.used().saturating_sub(weight.saturating_mul(ROOM_TO_BREATHE));
    let shrink = shelf.index.shrink(most);
    shelf.carry_out(&shrink, &[]).await?;
    // Planned anew: what went may be what the first plan relied on.
    match try_put(shelf, keep, page, capture, old).await? {
        (_, Ok(())) => Ok(id),
        (_, Err(_)) => Err(Failure::DiskFull),
    }
}

/// Puts a page onto the shelf; the inner error is what it would have added, in bytes, where the browser refused that.
async fn try_put(
    shelf: &mut Shelf,
    keep: &Keep,
    page: &Page,
    capture: Option<u64>,
    old: Old,
) -> Result<(Id, Result<(), u64>), Failure> {
    let (id, mut plan) = shelf.index.keep(keep, page, old)?;
    if let Some(key) = capture {
        plan = plan.and_capture(key);
    }
    let notes = [("quota", Some(keep.quota.to_string())), ("disk_full", None), ("begun", None)];
    match shelf.carry_out(&plan, &notes).await {
        Ok(()) => Ok((id, Ok(()))),
        Err(Failure::DiskFull) => Ok((id, Err(plan.weight()))),
        Err(failure) => Err(failure),
    }
}

/// A capture that the keeper died of would be taken up for ever: it is counted before it is touched.
async fn begin(shelf: &Shelf, key: u64) -> Result<(), Failure> {
    let times = shelf.notes.begun.filter(|(begun, _)| *begun == key).map_or(0, |(_, times)| times);
    if times >= TRIES {
        return Err(Failure::Unreadable("the keeper broke off each time it tried to read this page".to_owned()));
    }
    let note = ("begun", Some(format!("{key} {}", times + 1)));
    match database::carry_out(&Plan::default(), &[note]).await {
        // What cannot be counted is tried all the same.
        Ok(()) | Err(Failure::DiskFull) => Ok(()),
        Err(failure) => Err(failure),
    }
}

async fn give_up(shelf: &mut Shelf, key: u64, is_full: bool) -> Result<(), Failure> {
    let plan = Plan::default().and_capture(key);
    if !is_full {
        return shelf.carry_out(&plan, &[("begun", None)]).await;
    }
    match shelf.carry_out(&plan, &[("begun", None), ("disk_full", Some("true".to_owned()))]).await {
        // Not even a note fits: the capture goes, so that there is room for it next time.
        Err(Failure::DiskFull) => shelf.carry_out(&plan, &[]).await,
        done => done,
    }
}

fn read_keep(capture: &JsValue) -> Result<Keep, Failure> {
    let meta = field(capture, "meta").as_string().unwrap_or_default();
    serde_json::from_str(&meta).map_err(|error| Failure::Unreadable(error.to_string()))
}

async fn read_capture(capture: &JsValue, keep: &Keep) -> Result<Capture, Failure> {
    let mhtml = field(capture, "mhtml");
    if !mhtml.is_undefined() {
        let bytes = read_blob(&mhtml).await?.to_vec();
        let capture = mhtml::read(&bytes).map_err(|broken| Failure::Unreadable(broken.to_string()))?;
        // The tab may have gone on to another page while it was read: that one was not meant.
        if !capture.url.is_empty() && page_key(&capture.url) != page_key(&keep.url) {
            return Err(Failure::Unreadable("the tab went on to another page".to_owned()));
        }
        return Ok(capture);
    }
    let html = field(capture, "html").as_string();
    let html = html.ok_or_else(|| Failure::Unreadable("the capture has no document".to_owned()))?;
    let mut parts = Vec::new();
    if let Ok(list) = field(capture, "parts").dyn_into::<Array>() {
        for part in list.iter() {
            let text = |name: &str| field(&part, name).as_string().unwrap_or_default();
            let (media_type, charset) = media_type(&text("type"));
            let bytes = read_blob(&field(&part, "blob")).await?.to_vec();
            parts.push(Part { url: text("url"), media_type, charset, bytes, ..Part::default() });
        }
    }
    Ok(Capture { url: keep.url.clone(), html, parts })
}

/// Reads a file or a part of one.
pub(crate) async fn read_blob(blob: &JsValue) -> Result<Uint8Array, Failure> {
    let read = Reflect::get(blob, &"arrayBuffer".into())?;
    let read: &js_sys::Function =
        read.dyn_ref().ok_or_else(|| Failure::Unreadable("the capture is no file".to_owned()))?;
    let promise: Promise = read.call0(blob)?.unchecked_into();
    // A file whose content the browser lost throws; that is the capture's end, not the browser's.
    let buffer =
        JsFuture::from(promise).await.map_err(|thrown| Failure::Unreadable(Failure::from(thrown).to_string()))?;
    Ok(Uint8Array::new(&buffer))
}

/// `Text/CSS; charset="UTF-8"` → `text/css`, `utf-8`.
fn media_type(value: &str) -> (String, Option<String>) {
    let mut fields = value.split(';').map(|field| field.trim().to_ascii_lowercase());
    let media_type = fields.next().unwrap_or_default();
    let charset = fields.find_map(|field| Some(field.strip_prefix("charset=")?.trim_matches('"').to_owned()));
    (media_type, charset)
}

/// A capture is read so often before it is given up: the first time may have been the computer's fault.
const TRIES: u32 = 2;

/// When the browser refuses room for a page, room for so many goes: asking again at each page would cost the same
/// copies in the end, and a failed try each.
const ROOM_TO_BREATHE: u64 = 4;
