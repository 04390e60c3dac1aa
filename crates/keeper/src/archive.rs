//! Copies to a file and from one.

use detour_core::keep::{Keep, Known};
use detour_shelf::{
    clean::clean,
    export::single_file,
    record::Record,
    store::Old,
    warc::{
        gather::Gather,
        survey::{Extract, Found, Place, Skipped, Survey},
        write,
    },
};
use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};

use crate::{
    database,
    failure::Failure,
    look,
    protocol::{Refused, Taken, Worked},
    reply::{Progress, with_texts},
    shelf::Shelf,
    work,
};

#[wasm_bindgen]
extern "C" {
    /// A file, or what is to become one.
    type Blob;
    #[wasm_bindgen(constructor)]
    fn new(parts: Array) -> Blob;
    #[wasm_bindgen(method, getter)]
    fn size(this: &Blob) -> f64;
    #[wasm_bindgen(method)]
    fn slice(this: &Blob, from: f64, to: f64) -> Blob;
}

/// A copy as one HTML file.
pub(crate) async fn export_page(id: &str, note: &str) -> Result<JsValue, Failure> {
    let whole = look::read(id).await?;
    let record = whole.record.clone();
    let html = single_file(&whole.composed(), note, &record.url);
    with_texts(&serde_json::json!({ "name": file_name(&record) }), [("html", &html)])
}

/// All copies as one WARC file. Each becomes a piece of the browser's, so that no two are in memory together. A copy
/// that cannot be shown is left out: it stays on the shelf, where it is told of.
pub(crate) async fn export_all(progress: &Progress<'_>) -> Result<JsValue, Failure> {
    let Shelf { index, .. } = Shelf::read().await?;
    let records: Vec<&Record> = index.records().collect();
    let pieces = Array::of1(&piece(&write::info(database::now())));
    for (done, record) in records.iter().enumerate() {
        progress.tell(done, records.len());
        match look::read(&record.id.0).await {
            Ok(whole) => {
                let composed = whole.composed();
                pieces.push(&piece(&write::page(record, &composed.html)));
            }
            Err(Failure::Damaged(_) | Failure::Gone) => {}
            Err(failure) => return Err(failure),
        }
    }
    let answer = js_sys::Object::new();
    Reflect::set(&answer, &"blob".into(), &Blob::new(pieces))?;
    Ok(answer.into())
}

/// Copies from a WARC file; what is on the shelf stays as it is.
pub(crate) async fn import(blob: JsValue, quota: u64, progress: &Progress<'_>) -> Result<Worked, Failure> {
    if Reflect::get(&blob, &"slice".into()).ok().is_none_or(|slice| !slice.is_instance_of::<Function>()) {
        return Err(Failure::Unreadable("there is no file".to_owned()));
    }
    let blob: Blob = blob.unchecked_into();
    let found = survey(&blob, progress).await?;
    let mut worked = Worked::default();
    worked.refused.extend(found.skipped.iter().map(refused));
    for (done, (at, place)) in found.pages.values().enumerate() {
        progress.tell(done, found.pages.len());
        let mut gather = match Gather::new(&extract(&blob, place).await?) {
            Ok(gather) => gather,
            Err(why) => {
                worked.refused.push(refused(&Skipped { url: String::new(), why }));
                continue;
            }
        };
        while let Some(place) = gather.next(&found) {
            gather.take(&extract(&blob, &place).await?);
        }
        let capture = gather.into_capture();
        let url = capture.url.clone();
        let keep = Keep {
            url: url.clone(),
            title: String::new(),
            // No copy is of tomorrow, whatever a file says.
            at: if at.0 == 0 { database::now() } else { (*at).min(database::now()) },
            pinned: false,
            attended: false,
            imported: true,
            quota,
            known: Known::default(),
        };
        let page = clean(capture);
        let _lock = database::locked().await?;
        let mut shelf = Shelf::read().await?;
        match work::put(&mut shelf, &keep, &page, None, Old::Stays).await {
            Ok(id) => worked.kept.push(Taken { id: id.0, url }),
            Err(failure @ Failure::Browser(_)) => return Err(failure),
            Err(failure) => worked.refused.push(Refused { url, kind: failure.kind(), why: failure.to_string() }),
        }
    }
    Ok(worked)
}

async fn survey(blob: &Blob, progress: &Progress<'_>) -> Result<Found, Failure> {
    let (mut survey, size) = (Survey::default(), to_bytes(blob.size()));
    while survey.taken() < size {
        let from = survey.taken();
        survey.push(&read(blob, from, from.saturating_add(AT_ONCE)).await?.to_vec());
        if survey.taken() == from {
            break; // the file became shorter
        }
        progress.tell(kilobytes(survey.taken()), kilobytes(size));
    }
    Ok(survey.end())
}

async fn extract(blob: &Blob, place: &Place) -> Result<Vec<u8>, Failure> {
    let (mut extract, size, mut from) = (Extract::new(place), to_bytes(blob.size()), place.start);
    // A packed record may take less; where records are packed by themselves, not more.
    let step = if place.is_packed { place.length.min(AT_ONCE) } else { place.length }.max(LEAST);
    while from < size {
        let to = from.saturating_add(step);
        if extract.push(&read(blob, from, to).await?.to_vec()) {
            break;
        }
        from = to;
    }
    Ok(extract.into_bytes())
}

async fn read(blob: &Blob, from: u64, to: u64) -> Result<Uint8Array, Failure> {
    work::read_blob(&blob.slice(from_bytes(from), from_bytes(to))).await
}

fn piece(bytes: &[u8]) -> JsValue {
    Blob::new(Array::of1(&Uint8Array::from(bytes))).into()
}

fn refused(skipped: &Skipped) -> Refused {
    Refused { url: skipped.url.clone(), kind: "unreadable", why: skipped.why.to_string() }
}

/// `example.org – The title.html`, of what any file system takes.
fn file_name(record: &Record) -> String {
    let title: String = record
        .title
        .chars()
        .map(|c| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { ' ' } else { c })
        .take(MAX_TITLE)
        .collect();
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let site = record.site.replace(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-', "_");
    let name = [site.as_str(), title.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    // A leading dot would hide the file, a final one is lost on some systems.
    format!("{}.html", name.join(" – ").trim_matches(['.', ' ']))
}

fn kilobytes(bytes: u64) -> usize {
    usize::try_from(bytes / 1024).unwrap_or(usize::MAX)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a file's size: whole, below 2^53")]
const fn to_bytes(size: f64) -> u64 {
    size as u64
}

#[expect(clippy::cast_precision_loss, reason = "below 2^53")]
const fn from_bytes(size: u64) -> f64 {
    size as f64
}

/// So much of a file is read at once.
const AT_ONCE: u64 = 1024 * 1024;
/// Reading less than this takes as long.
const LEAST: u64 = 16 * 1024;
/// Names of files end at 255 bytes.
const MAX_TITLE: usize = 60;
