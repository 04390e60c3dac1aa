//! The index, remembered between two questions, and the notes beside it.

use std::{cell::RefCell, rc::Rc};

use detour_shelf::{
    quota::DEFAULT_QUOTA,
    store::{Index, Plan},
};

use crate::{database, failure::Failure};

/// What is known without opening a copy.
#[derive(Clone)]
pub(crate) struct Shelf {
    pub(crate) index: Rc<Index>,
    pub(crate) notes: Notes,
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

thread_local! {
    static REMEMBERED: RefCell<Option<Shelf>> = const { RefCell::new(None) };
}
