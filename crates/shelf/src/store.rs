//! What changes on the shelf, as plans: values that are carried out in one transaction, or not at all.
//!
//! Whoever is killed between two plans has lost nothing, and in the middle of one it never happened. Records name
//! bodies; a body stays for as long as a record names it.

use std::collections::{BTreeMap, BTreeSet};

use detour_core::{
    keep::{Keep, page_key},
    observation::Millis,
};

use crate::{
    body,
    page::{Hash, Page},
    quota::{self, Balance, Count, NoRoom},
    record::{Damage, Id, Record, Row, Stored, site_of},
};

/// Everything that is known without opening a copy.
#[derive(Debug, Clone, Default)]
pub struct Index {
    records: BTreeMap<Id, Record>,
    damaged: Vec<DamagedRow>,
    count: Count,
}

/// An entry that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedRow {
    /// The name under which it lies.
    pub id: Id,
    /// The page's address, as far as it is known.
    pub page: String,
    /// What is wrong with it.
    pub damage: Damage,
}

/// Changes that belong together.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// In any order: none touches what another one does.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Debug, PartialEq, Eq)]
pub enum Change {
    /// Writes a record.
    PutRecord(Box<Record>),
    /// Writes the words of a page, packed.
    PutText(Id, Vec<u8>),
    /// Writes a body, packed.
    PutBody(Hash, Vec<u8>),
    /// Takes an entry away, readable or not.
    DropRecord(Id),
    /// Takes the words of a page away.
    DropText(Id),
    /// Takes a body away.
    DropBody(Hash),
    /// Takes a capture out of the inbox, by the key under which the browser put it there.
    DropCapture(u64),
    /// Takes away everything that is kept or waits to be.
    DropAll,
}

/// Why a capture did not become a copy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no room for it.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// A copy that is as new, or newer, is here.
    #[error("there is a newer copy of this page already")]
    HereAlready,
}

/// Whether a copy of the same page makes place for a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Old {
    /// It does, and what the user did with it (pinned, opened) passes on.
    Replace,
    /// It stays, and nothing that is on the shelf goes to make room.
    Stays,
}

impl Index {
    /// Reads all rows; those that cannot be read are told apart.
    #[must_use]
    pub fn read(rows: impl IntoIterator<Item = Row>) -> Self {
        let mut index = Self::default();
        for row in rows {
            match Record::from_row(&row) {
                Ok(record) => index.insert(record),
                Err(damage) => index.damaged.push(DamagedRow { id: Id(row.id), page: row.page, damage }),
            }
        }
        index
    }

    /// Carries out what a plan does to records, after it was carried out in the database.
    pub fn apply(&mut self, plan: &Plan) {
        for change in &plan.changes {
            match change {
                Change::PutRecord(record) => self.insert(Record::clone(record)),
                Change::DropRecord(id) => self.remove(id),
                Change::DropAll => *self = Self::default(),
                Change::PutText(..)
                | Change::PutBody(..)
                | Change::DropText(_)
                | Change::DropBody(_)
                | Change::DropCapture(_) => {}
            }
        }
    }

    /// All copies, by name.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    /// One copy.
    #[must_use]
    pub fn record(&self, id: &Id) -> Option<&Record> {
        self.records.get(id)
    }

    /// The copy of a page.
    #[must_use]
    pub fn find(&self, url: &str) -> Option<&Record> {
        let key = page_key(url);
        let same = self.records.values().filter(|record| page_key(&record.url) == key);
        same.min_by_key(|record| (record.imported, std::cmp::Reverse(record.at)))
    }

    /// Entries that cannot be read.
    #[must_use]
    pub fn damaged(&self) -> &[DamagedRow] {
        &self.damaged
    }

    /// What all copies take, in bytes.
    #[must_use]
    pub const fn used(&self) -> u64 {
        self.count.used()
    }

    /// Takes in a page: its record, words and those of its bodies that are not here yet; takes out the old copy of
    /// the same page, and what has to go to make room.
    ///
    /// # Errors
    /// [`Refusal`], when it cannot be taken in; then nothing changes.
    pub fn keep(&self, keep: &Keep, page: &Page, old: Old) -> Result<(Id, Plan), Refusal> {
        let key = page_key(&keep.url);
        let same: Vec<&Record> = self.records.values().filter(|record| page_key(&record.url) == key).collect();
        // A file says what it likes, also when it was: it stands in nobody's way.
        let is_newer = |record: &&Record| record.at > keep.at && !record.spoilt.document && !record.imported;
        if same.iter().any(is_newer) || (old == Old::Stays && !same.is_empty()) {
            return Err(Refusal::HereAlready);
        }
        let (record, mut changes) = self.write(keep, page, &same);
        let replaced: Vec<Id> = same.iter().map(|record| record.id.clone()).collect();
        let mut balance = Balance::new(&self.count);
        balance.add(&record);
        same.iter().for_each(|record| balance.take(record));
        let gone = quota::make_room(&self.records, &mut balance, &record, &replaced, keep.quota)?;
        if old == Old::Stays && !gone.is_empty() {
            return Err(NoRoom::Full.into());
        }
        changes.extend(balance.free().iter().map(|hash| Change::DropBody(Hash::clone(hash))));
        changes.extend(drop_records(replaced.iter().chain(&gone).filter(|id| **id != record.id)));
        // An entry that cannot be read and lies under this page's address is what this copy replaces.
        let unreadable = self.damaged.iter().filter(|row| row.page == key && row.damage != Damage::Newer);
        changes.extend(drop_records(unreadable.map(|row| &row.id).filter(|id| **id != record.id)));
        let id = record.id.clone();
        changes.push(Change::PutRecord(Box::new(record)));
        Ok((id, Plan { changes }))
    }

    /// Takes copies away, readable or not.
    #[must_use]
    pub fn delete(&self, ids: &[Id]) -> Plan {
        let ids: BTreeSet<&Id> = ids.iter().collect();
        let mut balance = Balance::new(&self.count);
        ids.iter().filter_map(|id| self.records.get(id)).for_each(|record| balance.take(record));
        let free = balance.free().iter().map(|hash| Change::DropBody(Hash::clone(hash)));
        Plan { changes: free.chain(drop_records(ids.into_iter())).collect() }
    }

    /// Takes all copies of a site away.
    #[must_use]
    pub fn delete_site(&self, site: &str) -> Plan {
        let ids: Vec<Id> =
            self.records.values().filter(|record| record.site == site).map(|record| record.id.clone()).collect();
        self.delete(&ids)
    }

    /// Pins a copy, or unpins it.
    #[must_use]
    pub fn pin(&self, id: &Id, pinned: bool) -> Plan {
        self.rewrite(id, |record| record.pinned = pinned)
    }

    /// Notes that a copy was opened.
    #[must_use]
    pub fn touched(&self, id: &Id, at: Millis) -> Plan {
        self.rewrite(id, |record| record.opened_at = record.opened_at.max(Some(at)))
    }

    /// Notes that a hand touched a page of which there is a copy.
    #[must_use]
    pub fn attended(&self, url: &str) -> Plan {
        let own = self.find(url).filter(|record| !record.imported);
        own.map_or_else(Plan::default, |record| self.rewrite(&record.id, |record| record.attended = true))
    }

    /// Comes down to so many bytes; pinned copies stay.
    #[must_use]
    pub fn shrink(&self, most: u64) -> Plan {
        let mut balance = Balance::new(&self.count);
        let gone = quota::shrink(&self.records, &mut balance, most);
        let free = balance.free().iter().map(|hash| Change::DropBody(Hash::clone(hash)));
        Plan { changes: free.chain(drop_records(gone.iter())).collect() }
    }

    /// Takes away bodies and words that no record names, given the names of all that are there. Does nothing while
    /// there are records of a later version: what they name is not known.
    #[must_use]
    pub fn sweep(&self, bodies: impl IntoIterator<Item = Hash>, texts: impl IntoIterator<Item = Id>) -> Plan {
        if self.damaged.iter().any(|row| row.damage == Damage::Newer) {
            return Plan::default();
        }
        let bodies = bodies.into_iter().filter(|hash| !self.count.has(hash)).map(Change::DropBody);
        let texts = texts.into_iter().filter(|id| !self.records.contains_key(id)).map(Change::DropText);
        Plan { changes: bodies.chain(texts).collect() }
    }

    /// Bodies that are named, with their media types: what a check has to read.
    #[must_use]
    pub fn named(&self) -> BTreeMap<&Hash, &str> {
        let all = self.records.values().flat_map(Record::everything);
        all.map(|stored| (&stored.hash, stored.media_type.as_str())).collect()
    }

    /// Takes note that bodies and words are not what was kept, or gone: they are named no more, and taken away, so
    /// that the next page that has them brings them anew.
    #[must_use]
    pub fn spoilt(&self, bodies: &BTreeSet<Hash>, texts: &BTreeSet<Id>) -> Plan {
        let mut changes: Vec<Change> = bodies.iter().cloned().map(Change::DropBody).collect();
        changes.extend(texts.iter().cloned().map(Change::DropText));
        for record in self.records.values() {
            let mut marked = record.clone();
            marked.bodies.retain(|stored| !bodies.contains(&stored.hash));
            let parts = u32::try_from(record.bodies.len() - marked.bodies.len()).unwrap_or(u32::MAX);
            marked.lost = marked.lost.saturating_add(parts).min(marked.parts);
            marked.spoilt.parts = marked.spoilt.parts.saturating_add(parts);
            if bodies.contains(&marked.html.hash) {
                marked.spoilt.document = true;
                marked.html = Stored::default();
            }
            if texts.contains(&marked.id) {
                marked.spoilt.text = true;
                marked.text = Stored::default();
            }
            if marked != *record {
                changes.push(Change::PutRecord(Box::new(marked)));
            }
        }
        Plan { changes }
    }

    fn write(&self, keep: &Keep, page: &Page, same: &[&Record]) -> (Record, Vec<Change>) {
        let id = Id::of(&keep.url, keep.at);
        let mut changes = Vec::with_capacity(page.bodies.len() + 3);
        let mut store = |media_type: &str, hash: Hash, content: &[u8]| {
            if let Some(bytes) = self.count.bytes_of(&hash) {
                return Stored { hash, media_type: media_type.to_owned(), bytes };
            }
            let packed = body::pack(media_type, content);
            let bytes = packed.len() as u64;
            changes.push(Change::PutBody(hash.clone(), packed));
            Stored { hash, media_type: media_type.to_owned(), bytes }
        };
        let html = store(DOCUMENT, Hash::of(DOCUMENT, page.html.as_bytes()), page.html.as_bytes());
        let mut seen = BTreeSet::new();
        let bodies = page
            .bodies
            .iter()
            .filter(|body| seen.insert(&body.hash))
            .map(|body| store(&body.media_type, body.hash.clone(), &body.bytes))
            .collect();
        let words = body::pack(WORDS, page.text.as_bytes());
        let text = Stored {
            hash: Hash::of(WORDS, page.text.as_bytes()),
            media_type: WORDS.to_owned(),
            bytes: words.len() as u64,
        };
        changes.push(Change::PutText(id.clone(), words));
        let record = Record {
            id,
            url: keep.url.clone(),
            title: if keep.title.is_empty() { page.title.clone() } else { keep.title.clone() },
            site: site_of(&keep.url),
            at: keep.at,
            opened_at: same.iter().filter_map(|record| record.opened_at).max(),
            pinned: keep.pinned || same.iter().any(|record| record.pinned),
            attended: keep.attended || same.iter().any(|record| record.attended && !record.imported),
            imported: keep.imported,
            parts: page.parts,
            lost: page.lost,
            html,
            bodies,
            text,
            known: keep.known.clone(),
            spoilt: crate::record::Spoilt::default(),
        };
        (record, changes)
    }

    fn rewrite(&self, id: &Id, change: impl FnOnce(&mut Record)) -> Plan {
        let Some(record) = self.records.get(id) else { return Plan::default() };
        let mut changed = record.clone();
        change(&mut changed);
        if changed == *record {
            return Plan::default();
        }
        Plan { changes: vec![Change::PutRecord(Box::new(changed))] }
    }

    fn insert(&mut self, record: Record) {
        self.remove(&record.id);
        self.count.add(&record);
        self.records.insert(record.id.clone(), record);
    }

    fn remove(&mut self, id: &Id) {
        self.damaged.retain(|row| row.id != *id);
        if let Some(record) = self.records.remove(id) {
            self.count.take(&record);
        }
    }
}

impl Plan {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Together with the capture that it was made from.
    #[must_use]
    pub fn and_capture(mut self, key: u64) -> Self {
        self.changes.push(Change::DropCapture(key));
        self
    }

    /// What it adds, in bytes.
    #[must_use]
    pub fn weight(&self) -> u64 {
        let weight = |change: &Change| match change {
            Change::PutText(_, packed) | Change::PutBody(_, packed) => packed.len() as u64,
            Change::PutRecord(_)
            | Change::DropRecord(_)
            | Change::DropText(_)
            | Change::DropBody(_)
            | Change::DropCapture(_)
            | Change::DropAll => 0,
        };
        self.changes.iter().map(weight).sum()
    }
}

fn drop_records<'a>(ids: impl Iterator<Item = &'a Id>) -> impl Iterator<Item = Change> {
    ids.flat_map(|id| [Change::DropRecord(id.clone()), Change::DropText(id.clone())])
}

/// The media type of documents on the shelf.
pub const DOCUMENT: &str = "text/html";
/// The media type of a page's words.
pub const WORDS: &str = "text/plain";

#[cfg(test)]
mod tests;
