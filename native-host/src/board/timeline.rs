//! How each site stood over time, and the band that shows it: a character for each slice of time.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use detour_core::observation::Millis;
use detour_core::target::Target;
use serde::{Deserialize, Serialize};

use crate::place;
use crate::watch::standing::Standing;

/// How a site stood for a while; the worst last, since that is what a slice of time is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mark {
    /// Nobody looked.
    Unknown,
    /// It answered.
    Fine,
    /// It answered again, not yet for sure.
    Recovering,
    /// It answered from another CDN.
    Moved,
    /// Some tries got through.
    ComesAndGoes,
    /// It failed.
    Failing,
}

impl Mark {
    pub(crate) const fn of(standing: &Standing) -> Self {
        match standing {
            Standing::Unseen | Standing::NotLookedAt(_) => Self::Unknown,
            Standing::Fine | Standing::Back { has_moved: false } => Self::Fine,
            Standing::Moved | Standing::Back { has_moved: true } => Self::Moved,
            Standing::Recovering => Self::Recovering,
            Standing::ComesAndGoes => Self::ComesAndGoes,
            Standing::Failing(..) => Self::Failing,
        }
    }

    /// Its shape.
    pub(crate) const fn shape(self) -> char {
        match self {
            Self::Unknown => ' ',
            Self::Fine => '·',
            Self::Recovering => '▞',
            Self::Moved => '▲',
            Self::ComesAndGoes => '▒',
            Self::Failing => '█',
        }
    }

    /// Its colour, as an escape code of ECMA-48.
    pub(crate) const fn color(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::Fine => "\x1b[32m",
            Self::Recovering | Self::ComesAndGoes => "\x1b[33m",
            Self::Moved => "\x1b[36m",
            Self::Failing => "\x1b[31m",
        }
    }
}

/// What of an address stands in a history: nothing that others may not see.
fn recorded(url: &str) -> String {
    Target::parse(url).map_or_else(|_| url.to_owned(), |target| target.recorded())
}

/// The shapes and what they mean.
pub(crate) const LEGEND: [(Mark, &str); 5] = [
    (Mark::Fine, "answers"),
    (Mark::Failing, "fails"),
    (Mark::ComesAndGoes, "comes and goes"),
    (Mark::Moved, "moved"),
    (Mark::Recovering, "recovering"),
];

/// The marks of each site, by its address as it may be written down, from the moment on at which they began.
#[derive(Debug, Default)]
pub(crate) struct Timelines {
    marks: BTreeMap<String, Vec<(Millis, Mark)>>,
    file: Option<File>,
}

/// One line of a history file.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    at: Millis,
    url: String,
    state: Mark,
}

/// Why a history file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// It cannot be read or written.
    #[error("cannot use {path}: {source}; check the path after --history")]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is something else.
    #[error(
        "{path}, line {line}: this is no history of `detour board`: {problem}; name another file, or remove the line"
    )]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Counts from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
}

impl Timelines {
    /// With what the file holds, to which what comes is added.
    pub(crate) fn kept_in(path: &Path) -> Result<Self, HistoryError> {
        let unusable = |source| HistoryError::Unusable { path: path.to_owned(), source };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(unusable(error)),
        };
        let mut timelines = Self::default();
        let mut shortened = String::new();
        let mut is_whole = false;
        for (line, content) in (1..).zip(text.lines()).filter(|(_, content)| !content.trim().is_empty()) {
            let Line { at, url, state } = serde_json::from_str(content).map_err(|error| HistoryError::Malformed {
                path: path.to_owned(),
                line,
                problem: error.to_string(),
            })?;
            let line = Line { at, url: recorded(&url), state };
            is_whole |= line.url != url;
            shortened.push_str(&serde_json::to_string(&line).map_err(|error| unusable(error.into()))?);
            shortened.push('\n');
            timelines.add(&line.url, at, state);
        }
        // An earlier version wrote down what nobody may find there. In one step, so that no moment has half a history.
        if is_whole {
            let beside = path.with_extension("new");
            std::fs::write(&beside, &shortened).and_then(|()| std::fs::rename(&beside, path)).map_err(unusable)?;
        }
        let mut file = place::append(path).map_err(unusable)?;
        // The end of a run that was cut off in the middle of a line.
        if !is_whole && !text.is_empty() && !text.ends_with('\n') {
            writeln!(file).map_err(unusable)?;
        }
        timelines.file = Some(file);
        Ok(timelines)
    }

    /// From now on the site stands so.
    pub(crate) fn note(&mut self, url: &str, at: Millis, mark: Mark) -> io::Result<()> {
        let url = recorded(url);
        if self.add(&url, at, mark)
            && let Some(file) = &mut self.file
        {
            let line = Line { at, url, state: mark };
            // In one write, so that two runs that share a file do not mix their lines.
            file.write_all(format!("{}\n", serde_json::to_string(&line)?).as_bytes())?;
        }
        Ok(())
    }

    /// Whether it stood otherwise before.
    fn add(&mut self, url: &str, at: Millis, mark: Mark) -> bool {
        let marks = self.marks.entry(url.to_owned()).or_default();
        let is_news = marks.last().is_none_or(|(_, last)| *last != mark);
        if is_news {
            marks.push((at, mark));
        }
        is_news
    }

    /// Since when anything is known, as far as it is shown.
    pub(crate) fn begin(&self, now: Millis) -> Millis {
        let begins = self.marks.values().filter_map(|marks| marks.first()).map(|(at, _)| *at);
        let ago = |span: u64| Millis(now.0.saturating_sub(span));
        begins.min().unwrap_or(now).clamp(ago(SHOWN), ago(LEAST_SHOWN))
    }

    /// The marks of a site from `begin` until `now`, in `width` slices; each slice shows the worst of it.
    pub(crate) fn band(&self, url: &str, begin: Millis, now: Millis, width: usize) -> Vec<Mark> {
        let marks = self.marks.get(&recorded(url)).map_or(&[][..], Vec::as_slice);
        let slices = u64::try_from(width).unwrap_or(u64::MAX);
        let span = now.since(begin).max(1);
        let edge = |slice: u64| {
            begin.plus(u64::try_from(u128::from(span) * u128::from(slice) / u128::from(slices.max(1))).unwrap_or(span))
        };
        (0..slices)
            .map(|slice| {
                let (from, until) = (edge(slice), edge(slice + 1));
                let before = marks.iter().rev().find(|(at, _)| *at <= from).map(|(_, mark)| *mark);
                let within =
                    marks.iter().filter(|(at, _)| *at > from && (*at < until || (slice + 1 == slices && *at <= now)));
                before.into_iter().chain(within.map(|(_, mark)| *mark)).max().unwrap_or(Mark::Unknown)
            })
            .collect()
    }
}

/// A day is as much as a line of characters can tell apart by quarters of an hour.
const SHOWN: u64 = 24 * 60 * 60 * 1000;

/// Less would make a band out of one look.
const LEAST_SHOWN: u64 = 10 * 60 * 1000;

#[cfg(test)]
mod tests {
    use super::*;

    fn band(marks: &[(u64, Mark)], now: u64, width: usize) -> String {
        let mut timelines = Timelines::default();
        for (at, mark) in marks {
            timelines.note("a", Millis(*at), *mark).unwrap();
        }
        timelines.band("a", Millis(0), Millis(now), width).into_iter().map(Mark::shape).collect()
    }

    #[test]
    fn a_band_has_a_shape_for_each_state() {
        let marks = [
            (10, Mark::Fine),
            (20, Mark::Failing),
            (40, Mark::ComesAndGoes),
            (50, Mark::Recovering),
            (60, Mark::Moved),
            (80, Mark::Fine),
        ];
        assert_eq!(band(&marks, 100, 10), " ·██▒▞▲▲··");
    }

    #[test]
    fn a_slice_shows_the_worst_of_its_time_however_short() {
        let marks = [(0, Mark::Fine), (51, Mark::Failing), (52, Mark::Fine)];
        assert_eq!(band(&marks, 100, 10), "·····█····");
        assert_eq!(band(&marks, 100, 1), "█");
        assert_eq!(band(&marks, 100, 0), "");
    }

    #[test]
    fn what_is_shown_begins_with_what_is_known_within_a_day_and_not_within_ten_minutes() {
        let begin = |at: u64, now: u64| {
            let mut timelines = Timelines::default();
            timelines.note("a", Millis(at), Mark::Fine).unwrap();
            timelines.begin(Millis(now))
        };
        assert_eq!(begin(SHOWN, SHOWN + 1000), Millis(SHOWN + 1000 - LEAST_SHOWN));
        assert_eq!(begin(SHOWN, SHOWN + 2 * LEAST_SHOWN), Millis(SHOWN));
        assert_eq!(begin(5, SHOWN + 50), Millis(50));
    }

    #[test]
    fn what_has_just_happened_is_shown() {
        assert_eq!(band(&[(0, Mark::Fine), (100, Mark::Failing)], 100, 4), "···█");
        assert_eq!(band(&[(0, Mark::Failing)], 0, 2), "██");
    }

    #[test]
    fn a_history_holds_no_secrets_and_one_that_did_is_rewritten_when_it_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("history");
        let secret = "https://example.org/reset/aB3dE9xY?token=x";
        let old = Line { at: Millis(1), url: secret.into(), state: Mark::Fine };
        // The end of a run that was cut off.
        std::fs::write(&path, serde_json::to_string(&old).unwrap()).unwrap();
        let mut timelines = Timelines::kept_in(&path).unwrap();
        timelines.note(secret, Millis(2), Mark::Failing).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("aB3dE9xY") && !text.contains("token"), "{text}");
        assert_eq!(text.lines().count(), 2);
        assert_eq!(timelines.band(secret, Millis(1), Millis(3), 2), [Mark::Fine, Mark::Failing]);
        assert_eq!(Timelines::kept_in(&path).unwrap().marks.len(), 1);
    }

    #[test]
    fn a_history_is_read_again_and_a_line_that_was_cut_off_spoils_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("history");
        let mut first = Timelines::kept_in(&path).unwrap();
        first.note("a", Millis(1), Mark::Fine).unwrap();
        first.note("a", Millis(2), Mark::Fine).unwrap();
        first.note("a", Millis(3), Mark::Failing).unwrap();
        drop(first);
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2, "only changes are kept");
        let again = Timelines::kept_in(&path).unwrap();
        assert_eq!(again.marks.get("a").unwrap(), &[(Millis(1), Mark::Fine), (Millis(3), Mark::Failing)]);

        std::fs::write(&path, "{\"at\":1,\"url\":\"a\",\"state\":\"fine\"}\nnonsense\n").unwrap();
        let error = Timelines::kept_in(&path).unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("--history") | error.contains("another file"), "{error}");
        assert!(Timelines::kept_in(dir.path()).unwrap_err().to_string().contains("--history"));
    }
}
