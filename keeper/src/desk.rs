//! Takes questions and hands them on; remembers the index between two of them.

use std::{cell::RefCell, rc::Rc};

use detour_core::keep::page_key;
use detour_shelf::{
    quota::DEFAULT_QUOTA,
    record::{Record, site_of},
    store::{Index, Plan},
};
use js_sys::{Function, JSON, Reflect};
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::{
    archive, change, database,
    failure::Failure,
    look,
    protocol::{Ask, Found},
    search, work,
};

/// Answers a question.
pub(crate) async fn answer(json: &str, blob: JsValue, progress: &Function) -> Result<JsValue, Failure> {
    let ask = serde_json::from_str(json).map_err(|error| Failure::Unreadable(error.to_string()))?;
    match ask {
        Ask::Work {} => to_js(&work::all(&Progress(progress)).await?),
        Ask::List {} => to_js(&look::list().await?),
        Ask::Search { text } => search::search(&text, &Progress(progress)).await,
        Ask::Open { id } => look::open(&id).await,
        Ask::Find { url } => {
            let rows = database::rows_of(&page_key(&url), "").await?;
            let kept = rows.iter().filter_map(|(record, sum)| Record::decode(record, sum).ok()?.kept());
            let kept = kept.filter(|kept| page_key(&kept.url) == page_key(&url));
            let found = kept.min_by_key(|kept| kept.imported);
            to_js(&found.map(|kept| Found { id: kept.id, imported: kept.imported, place: None, excerpt: None }))
        }
        Ask::Pin { id, pinned } => change::pin(id, pinned).await,
        Ask::Delete { ids } => change::delete(ids).await,
        Ask::DeleteSite { site } => change::delete_site(&site_of_words(&site)).await,
        Ask::DeleteAll {} => change::delete_all().await,
        Ask::ExportPage { id, note } => archive::export_page(&id, &note).await,
        Ask::ExportAll {} => archive::export_all(&Progress(progress)).await,
        Ask::ImportWarc { quota, .. } => to_js(&archive::import(blob, quota, &Progress(progress)).await?),
        Ask::SetQuota { bytes } => change::set_quota(bytes).await,
        Ask::Check {} => {
            change::check(&Progress(progress)).await?;
            to_js(&look::list().await?)
        }
    }
}

/// How far it is.
pub(crate) struct Progress<'a>(&'a Function);

impl Progress<'_> {
    pub(crate) fn tell(&self, done: usize, total: usize) {
        #[expect(clippy::cast_precision_loss, reason = "counts of pages")]
        let (done, total) = (done as f64, total as f64);
        // It only posts a message.
        let _ = self.0.call2(&JsValue::UNDEFINED, &done.into(), &total.into());
    }
}

/// What is known without opening a copy.
#[derive(Clone)]
pub(crate) struct Shelf {
    pub(crate) index: Rc<Index>,
    pub(crate) notes: Notes,
}

/// The small things that are remembered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes {
    /// Counts changes: as long as it stays the same, the index does.
    changes: u64,
    /// How much room copies may take.
    pub(crate) quota: Option<u64>,
    /// The browser refused more room, and nothing was kept since.
    pub(crate) disk_full: bool,
    /// The capture that was last begun, and how often.
    pub(crate) begun: Option<(u64, u32)>,
}

impl Notes {
    pub(crate) fn quota(&self) -> u64 {
        self.quota.unwrap_or(DEFAULT_QUOTA)
    }

    fn read(told: &[(String, String)]) -> Self {
        let note = |name: &str| told.iter().find(|(told, _)| told == name).map(|(_, text)| text.as_str());
        let begun = note("begun").and_then(|text| text.split_once(' '));
        Self {
            changes: note("changes").and_then(|text| text.parse().ok()).unwrap_or_default(),
            quota: note("quota").and_then(|text| text.parse().ok()),
            disk_full: note("disk_full").is_some(),
            begun: begun.and_then(|(key, times)| Some((key.parse().ok()?, times.parse().ok()?))),
        }
    }
}

impl Shelf {
    /// What there is now. Whoever means to change something holds the lock first.
    pub(crate) async fn read() -> Result<Self, Failure> {
        let known = REMEMBERED.with_borrow(Clone::clone);
        let changes = known.as_ref().map(|shelf| shelf.notes.changes.to_string());
        let read = database::read_index(changes.as_deref()).await?;
        let notes = Notes::read(&read.notes);
        let index = match (known, read.rows) {
            (Some(known), None) => known.index,
            (_, rows) => Rc::new(Index::read(rows.unwrap_or_default())),
        };
        let shelf = Self { index, notes };
        REMEMBERED.set(Some(shelf.clone()));
        Ok(shelf)
    }

    /// Carries out a plan together with notes. After a failure nothing has changed.
    pub(crate) async fn carry_out(&mut self, plan: &Plan, notes: &[(&str, Option<String>)]) -> Result<(), Failure> {
        let changes = self.notes.changes + 1;
        let mut notes = notes.to_vec();
        notes.push(("changes", Some(changes.to_string())));
        // Two holders of the index would mean a copy of it.
        REMEMBERED.set(None);
        database::carry_out(plan, &notes).await?;
        self.notes.changes = changes;
        Rc::make_mut(&mut self.index).apply(plan);
        REMEMBERED.set(Some(self.clone()));
        Ok(())
    }
}

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

/// A site may be asked for as a host or as an address.
fn site_of_words(words: &str) -> String {
    if words.contains("://") { site_of(words) } else { words.strip_prefix("www.").unwrap_or(words).to_owned() }
}

thread_local! {
    static REMEMBERED: RefCell<Option<Shelf>> = const { RefCell::new(None) };
}
