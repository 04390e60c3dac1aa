//! Whom Detour spoke to in a story, held against the one table of docs/privacy.md.
//!
//! Three witnesses are heard. The lab's ledger has every question, connection and stray packet, and whether it was the native
//! host's. The browser's own books have every request with its initiator, so that what a page or the browser itself asks is not
//! taken for Detour's. The deeds of the story say what its user pressed and chose, and where tabs were led.
//! Each contact must fit a row of the table: who is asked, by which of Detour's two parts, and after which click.

mod judge;
mod table;

use anyhow::{Result, bail};
use detour_lab::Lab;

use super::stage::Stage;
use crate::deeds;
use crate::office::Office;
use crate::place;
use crate::requests::Books;

use judge::Case;
use table::Table;

/// Keeps account from story to story.
pub(super) struct Recorder {
    table: Table,
    books: Books,
    since: f64,
}

impl Recorder {
    pub(super) fn new(lab: &Lab) -> Result<Self> {
        lab.watch(&crate::host::program()?);
        let page = std::fs::read_to_string(place::workspace().join("docs/privacy.md"))?;
        Ok(Self { table: Table::read(&page)?, books: Books::new(&lab.dir().join("logs")), since: 0.0 })
    }

    /// From here on everything counts.
    pub(super) fn begin(&mut self, lab: &Lab) {
        lab.take_ledger();
        deeds::forget();
        self.since = deeds::now();
    }

    /// Errs when anybody was spoken to of whom the table does not tell, or anything in a private network.
    pub(super) async fn check(&mut self, stage: &Stage<'_>) -> Result<()> {
        stage.browser.write_book().await?;
        let requests = self.books.news()?.into_iter().filter(|request| request.at >= self.since).collect();
        let case = Case::new(stage.browser.engine(), stage.lab.take_ledger(), requests, deeds::done());
        let case = case.behind(stage.office.map(Office::address));
        let faults = case.faults(&self.table);
        if let Some(first) = faults.first() {
            let all = faults.iter().take(SHOWN).map(|fault| format!("\n    {fault}")).collect::<String>();
            bail!("{} contacts that docs/privacy.md does not allow, the first: {first}{all}", faults.len());
        }
        Ok(())
    }
}

/// Enough to see what they have in common.
const SHOWN: usize = 12;
