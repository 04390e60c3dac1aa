//! Questions that change nothing, apart from what they find spoilt.

use std::collections::{BTreeMap, BTreeSet};

use detour_shelf::{
    body,
    compose::{Composed, compose},
    links,
    page::{Body, Hash},
    record::{Damage, Record},
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::{
    change, database,
    failure::Failure,
    protocol::{Damaged, Listed, Listing, Opened, Usage},
    reply::with_texts,
    shelf::Shelf,
};

/// Everything that is there.
pub(crate) async fn list() -> Result<Listed, Failure> {
    let Shelf { index, notes } = Shelf::read().await?;
    let pages: Vec<Listing> = index.records().filter(|record| !record.spoilt.document).map(listing).collect();
    let unreadable = index.damaged().iter().map(|row| Damaged {
        id: row.id.0.clone(),
        url: row.page.clone(),
        kind: if row.damage == Damage::Newer { "newer" } else { "entry" },
        what: row.damage.to_string(),
    });
    Ok(Listed {
        usage: Usage { bytes: index.used(), pages: pages.len(), quota: notes.quota() },
        damaged: unreadable.chain(index.records().filter_map(damaged)).collect(),
        disk_full: notes.disk_full,
        pages,
    })
}

/// A copy, whole as far as it is there; what is not what was kept is left out and noted.
pub(crate) async fn open(id: &str) -> Result<JsValue, Failure> {
    let mut whole = read(id).await?;
    let record = whole.record.clone();
    let spoilt = std::mem::take(&mut whole.spoilt);
    let lost = u32::try_from(spoilt.len()).unwrap_or(u32::MAX);
    let composed = whole.composed();
    let answer = Opened {
        url: &record.url,
        title: &record.title,
        at: record.at.0,
        parts: record.parts,
        lost: record.lost.saturating_add(lost).min(record.parts),
        missing: lost.saturating_add(record.spoilt.parts),
        pinned: record.pinned,
        imported: record.imported,
    };
    let answer = with_texts(&answer, [("html", &links::turned(&composed.html))])?;
    let now = database::now();
    // The reader does not wait for this.
    spawn_local(async move {
        let _ = change::opened(record, now).await;
        let _ = change::spoilt(spoilt, BTreeSet::new()).await;
    });
    Ok(answer)
}

/// A copy that was read and checked.
pub(crate) struct Whole {
    pub(crate) record: Record,
    pub(crate) html: String,
    /// Its parts.
    pub(crate) bodies: BTreeMap<Hash, Body>,
    /// Parts that are not what was kept.
    pub(crate) spoilt: BTreeSet<Hash>,
}

impl Whole {
    /// The copy in one piece.
    pub(crate) fn composed(self) -> Composed {
        let Self { html, bodies, .. } = self;
        compose(&html, |hash| bodies.get(hash).cloned())
    }
}

/// Reads a copy and checks each of its bodies.
pub(crate) async fn read(id: &str) -> Result<Whole, Failure> {
    let row = database::read_row(id).await?.ok_or(Failure::Gone)?;
    let record = Record::from_row(&row).map_err(|damage| Failure::Damaged(damage.to_string()))?;
    if record.spoilt.document {
        return Err(Failure::Damaged(DOCUMENT_SPOILT.to_owned()));
    }
    let names = record.everything().map(|stored| stored.hash.0.as_str());
    let packed = database::read_bytes("bodies", names).await?;
    let (mut document, mut bodies, mut spoilt) = (None, BTreeMap::new(), BTreeSet::new());
    for (stored, packed) in record.everything().zip(packed) {
        let content =
            packed.ok_or(body::Broken::Gone).and_then(|packed| body::unpack(&stored.hash, &stored.media_type, &packed));
        match content {
            Ok(content) if stored.hash == record.html.hash => document = String::from_utf8(content).ok(),
            Ok(content) => {
                let (hash, media_type) = (stored.hash.clone(), stored.media_type.clone());
                bodies.insert(stored.hash.clone(), Body { hash, media_type, bytes: content });
            }
            Err(_) => {
                spoilt.insert(stored.hash.clone());
            }
        }
    }
    let Some(html) = document else {
        // It may have been replaced or deleted while it was read: then there is nothing wrong.
        let same = database::read_row(id).await?.is_some_and(|now| now == row);
        if !same {
            return Err(Failure::Gone);
        }
        change::spoilt(spoilt, BTreeSet::new()).await?;
        return Err(Failure::Damaged(DOCUMENT_SPOILT.to_owned()));
    };
    Ok(Whole { record, html, bodies, spoilt })
}

fn listing(record: &Record) -> Listing {
    Listing {
        id: record.id.0.clone(),
        url: record.url.clone(),
        site: record.site.clone(),
        title: record.title.clone(),
        at: record.at.0,
        opened_at: record.opened_at.map(|at| at.0),
        bytes: record.bytes(),
        parts: record.parts,
        lost: record.lost,
        pinned: record.pinned,
        imported: record.imported,
    }
}

fn damaged(record: &Record) -> Option<Damaged> {
    let (kind, what) = match &record.spoilt {
        spoilt if spoilt.document => ("document", DOCUMENT_SPOILT.to_owned()),
        spoilt if spoilt.parts > 0 => ("parts", format!("{} of its parts are not what was kept", spoilt.parts)),
        spoilt if spoilt.text => ("text", "it is found by its title and address only".to_owned()),
        _ => return None,
    };
    Some(Damaged { id: record.id.0.clone(), url: record.url.clone(), kind, what })
}

const DOCUMENT_SPOILT: &str = "the page's document is not what was kept";
