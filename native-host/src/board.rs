//! `detour board`: looks at many sites side by side and shows them as a whole, once or for as long as somebody reads.
//!
//! What a look means is core's, through the same look-out as `detour watch`.

mod document;
mod draw;
mod line;
mod timeline;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use detour_probe::Instruments;

use crate::watch::lookout::{Change, Lookout, News};
use crate::watch::standing::Standing;
use crate::watch::{Clock, Screen, Site, Words};

pub use line::{HELP, Line};
pub use timeline::HistoryError;

pub(crate) use document::Document;
use draw::Form;
use timeline::{Mark, Timelines};

/// What the user wants.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// A document in place of a picture.
    pub json: bool,
    /// Go on until interrupted.
    pub watch: bool,
    /// Where to keep how each site stood.
    pub history: Option<PathBuf>,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All sites answer.
    Well,
    /// A site does not answer as it should.
    Failing,
    /// A site could not be looked at.
    NotCarriedOut,
    /// The user has stopped it before every site was seen.
    Interrupted,
}

impl End {
    /// The program's exit code.
    #[must_use]
    pub fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Well => 0,
            Self::Failing => 1,
            Self::NotCarriedOut => 2,
            Self::Interrupted => 130,
        })
    }
}

/// Why a board cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum BoardError {
    /// The history file.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The output cannot be written.
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
}

/// Looks at the sites and shows them, once or until `interrupted` comes.
///
/// # Errors
/// [`BoardError`], when the history or the output cannot be used.
pub async fn run<W: Write>(
    instruments: Arc<Instruments>,
    sites: Vec<Site>,
    options: &Options,
    clock: impl Clock,
    interrupted: impl Future<Output = ()>,
    words: &Words,
    screen: &mut Screen<W>,
) -> Result<End, BoardError> {
    let timelines = match &options.history {
        Some(path) => Timelines::kept_in(path)?,
        None => Timelines::default(),
    };
    let lookout = Lookout::new(instruments, sites, clock, options.watch.then_some(ROUND), None);
    let mut board = Board { lookout, timelines, options, words, screen };
    let mut interrupted = std::pin::pin!(interrupted);
    loop {
        let news = tokio::select! {
            biased;
            () = &mut interrupted => break,
            news = board.lookout.next(None) => news,
        };
        let is_idle = news == News::Idle;
        if let News::Looked(changes) = news {
            board.note(&changes)?;
        }
        if is_idle || (!options.watch && board.lookout.has_seen_all()) {
            break;
        }
    }
    board.close()
}

/// One run.
struct Board<'a, C, W> {
    lookout: Lookout<C>,
    timelines: Timelines,
    options: &'a Options,
    words: &'a Words,
    screen: &'a mut Screen<W>,
}

impl<C: Clock, W: Write> Board<'_, C, W> {
    fn note(&mut self, changes: &[Change]) -> Result<(), BoardError> {
        for change in changes {
            let Some(watched) = self.lookout.sites().get(change.nth) else { continue };
            let mark = Mark::of(&watched.standing);
            let url = watched.site.target.as_str();
            self.timelines.note(url, change.at, mark).map_err(|source| self.lost_history(source))?;
        }
        let has_begun = self.lookout.has_seen_all();
        let is_live = self.screen.terminal().is_some() && !self.options.json;
        if is_live && self.options.watch {
            // Also where nothing has changed: the time goes on.
            self.draw()?;
        } else if is_live && !has_begun {
            self.screen.status(&draw::headline(&self.lookout))?;
        } else if self.options.watch && has_begun && !changes.is_empty() {
            self.tell(changes)?;
        }
        Ok(())
    }

    /// The whole board when every site was seen for the first time, and then what changes.
    fn tell(&mut self, changes: &[Change]) -> Result<(), BoardError> {
        let is_first = changes.iter().any(|change| change.before == Standing::Unseen);
        if self.options.json {
            return Ok(self.screen.say_json(&Document::of(&self.lookout, self.words))?);
        }
        if is_first {
            return self.draw();
        }
        for change in changes {
            let Some(watched) = self.lookout.sites().get(change.nth) else { continue };
            let sentence = self.words.change(watched, self.lookout.entry(change.nth), &change.before);
            self.screen.say(&format!("{}  {sentence}", self.words.clock(change.at)))?;
        }
        Ok(())
    }

    fn draw(&mut self) -> Result<(), BoardError> {
        let terminal = self.screen.terminal();
        let form = Form {
            width: terminal.map(|terminal| terminal.width),
            is_colored: terminal.is_some_and(|terminal| terminal.is_colored),
            has_bands: self.options.watch || self.options.history.is_some(),
        };
        let lines = draw::lines(&self.lookout, &self.timelines, self.words, form);
        Ok(self.screen.picture(&lines)?)
    }

    /// What is left to be shown, and how it ended.
    fn close(mut self) -> Result<End, BoardError> {
        let has_seen_all = self.lookout.has_seen_all();
        if !self.options.watch {
            self.screen.say_nothing()?;
            if self.options.json {
                self.screen.say_document(&Document::of(&self.lookout, self.words))?;
            } else {
                self.draw()?;
            }
        }
        let sites = self.lookout.sites();
        Ok(if !has_seen_all {
            End::Interrupted
        } else if sites.iter().any(|watched| matches!(watched.standing, Standing::NotLookedAt(_))) {
            End::NotCarriedOut
        } else if sites.iter().all(|watched| watched.standing.is_well()) {
            End::Well
        } else {
            End::Failing
        })
    }

    fn lost_history(&self, source: io::Error) -> BoardError {
        let path = self.options.history.clone().unwrap_or_default();
        BoardError::History(HistoryError::Unusable { path, source })
    }
}

/// The longest time between two looks at a site that is well; the shortest is half of it.
const ROUND: Duration = Duration::from_secs(120);
