//! Questions that change the shelf: each takes the lock, plans from what there is then, and carries it out at once.

use std::collections::BTreeSet;

use detour_core::observation::Millis;
use detour_shelf::{
    body,
    page::Hash,
    record::{Id, Record},
    store::{Change, Plan},
};
use wasm_bindgen::JsValue;

use crate::{database, failure::Failure, reply::Progress, shelf::Shelf};

type Done = Result<JsValue, Failure>;

pub(crate) async fn pin(id: String, pinned: bool) -> Done {
    let id = Id(id);
    let _lock = database::locked().await?;
    let mut shelf = Shelf::read().await?;
    if shelf.index.record(&id).is_none() {
        return Err(Failure::Gone);
    }
    let plan = shelf.index.pin(&id, pinned);
    settle(&mut shelf, &plan).await
}

pub(crate) async fn delete(ids: Vec<String>) -> Done {
    let ids: Vec<Id> = ids.into_iter().map(Id).collect();
    let _lock = database::locked().await?;
    let mut shelf = Shelf::read().await?;
    let is_unreadable = shelf.index.damaged().iter().any(|row| ids.contains(&row.id));
    let plan = shelf.index.delete(&ids);
    settle(&mut shelf, &plan).await?;
    if is_unreadable {
        sweep(&mut shelf).await?;
    }
    Ok(JsValue::NULL)
}

pub(crate) async fn delete_site(site: &str) -> Done {
    let _lock = database::locked().await?;
    let mut shelf = Shelf::read().await?;
    let plan = shelf.index.delete_site(site);
    settle(&mut shelf, &plan).await
}

pub(crate) async fn delete_all() -> Done {
    let _lock = database::locked().await?;
    let mut shelf = Shelf::read().await?;
    shelf.carry_out(&Plan { changes: vec![Change::DropAll] }, &[("disk_full", None)]).await?;
    Ok(JsValue::NULL)
}

pub(crate) async fn set_quota(bytes: u64) -> Done {
    let _lock = database::locked().await?;
    let mut shelf = Shelf::read().await?;
    let plan = shelf.index.shrink(bytes);
    shelf.carry_out(&plan, &[("quota", Some(bytes.to_string()))]).await?;
    Ok(JsValue::NULL)
}

/// Notes that a copy was opened.
pub(crate) async fn opened(record: Record, at: Millis) -> Done {
    let _lock = database::locked().await?;
    let mut shelf = Shelf::read().await?;
    let plan = shelf.index.touched(&record.id, at);
    settle(&mut shelf, &plan).await
}

/// Notes what is not what was kept.
pub(crate) async fn spoilt(bodies: BTreeSet<Hash>, texts: BTreeSet<Id>) -> Done {
    if bodies.is_empty() && texts.is_empty() {
        return Ok(JsValue::NULL);
    }
    let _lock = database::locked().await?;
    let mut shelf = Shelf::read().await?;
    let (bodies, texts) = still_spoilt(&shelf, bodies, texts).await?;
    let plan = shelf.index.spoilt(&bodies, &texts);
    settle(&mut shelf, &plan).await
}

/// Reads everything that is named, notes what is not what was kept, and takes away what nobody names.
pub(crate) async fn check(progress: &Progress<'_>) -> Result<(), Failure> {
    let shelf = Shelf::read().await?;
    let named = shelf.index.named();
    let texts: Vec<Id> = shelf.index.records().filter(|record| !record.spoilt.text).map(|r| r.id.clone()).collect();
    let total = named.len() + texts.len();
    let (mut bad_bodies, mut bad_texts, mut done) = (BTreeSet::new(), BTreeSet::new(), 0);
    let hashes: Vec<Hash> = named.keys().copied().cloned().collect();
    for hashes in hashes.chunks(AT_ONCE) {
        bad_bodies.extend(bad_among(&shelf, hashes.iter().cloned()).await?);
        done += hashes.len();
        progress.tell(done, total);
    }
    for ids in texts.chunks(AT_ONCE) {
        bad_texts.extend(bad_texts_among(&shelf, ids.iter().cloned()).await?);
        done += ids.len();
        progress.tell(done, total);
    }
    drop(named);
    drop(shelf);
    spoilt(bad_bodies, bad_texts).await?;
    let _lock = database::locked().await?;
    let mut shelf = Shelf::read().await?;
    sweep(&mut shelf).await
}

/// Carries out a plan, unless there is nothing to do.
async fn settle(shelf: &mut Shelf, plan: &Plan) -> Done {
    if !plan.is_empty() {
        shelf.carry_out(plan, &[]).await?;
    }
    Ok(JsValue::NULL)
}

async fn sweep(shelf: &mut Shelf) -> Result<(), Failure> {
    let bodies = database::all_keys("bodies").await?.into_iter().map(Hash);
    let texts = database::all_keys("texts").await?.into_iter().map(Id);
    let plan = shelf.index.sweep(bodies, texts);
    settle(shelf, &plan).await.map(|_| ())
}

/// Between reading and noting, another keeper may have deleted or renewed them: looked at again, with the lock held.
async fn still_spoilt(
    shelf: &Shelf,
    bodies: BTreeSet<Hash>,
    texts: BTreeSet<Id>,
) -> Result<(BTreeSet<Hash>, BTreeSet<Id>), Failure> {
    Ok((bad_among(shelf, bodies.into_iter()).await?, bad_texts_among(shelf, texts.into_iter()).await?))
}

async fn bad_among(shelf: &Shelf, hashes: impl Iterator<Item = Hash>) -> Result<BTreeSet<Hash>, Failure> {
    let named = shelf.index.named();
    let hashes: Vec<Hash> = hashes.filter(|hash| named.contains_key(hash)).collect();
    let read = database::read_bytes("bodies", hashes.iter().map(|hash| hash.0.as_str())).await?;
    let is_bad = |hash: &Hash, packed: Option<Vec<u8>>| {
        let media_type = named.get(hash).copied().unwrap_or_default();
        packed.is_none_or(|packed| body::unpack(hash, media_type, &packed).is_err())
    };
    Ok(hashes.into_iter().zip(read).filter_map(|(hash, packed)| is_bad(&hash, packed).then_some(hash)).collect())
}

async fn bad_texts_among(shelf: &Shelf, ids: impl Iterator<Item = Id>) -> Result<BTreeSet<Id>, Failure> {
    let ids: Vec<Id> = ids.filter(|id| shelf.index.record(id).is_some_and(|record| !record.spoilt.text)).collect();
    let read = database::read_bytes("texts", ids.iter().map(|id| id.0.as_str())).await?;
    let is_bad = |id: &Id, packed: Option<Vec<u8>>| {
        let Some(record) = shelf.index.record(id) else { return false };
        packed.is_none_or(|packed| body::unpack(&record.text.hash, &record.text.media_type, &packed).is_err())
    };
    Ok(ids.into_iter().zip(read).filter_map(|(id, packed)| is_bad(&id, packed).then_some(id)).collect())
}

/// So many bodies are in memory together while everything is checked: a page's worth.
const AT_ONCE: usize = 50;
