//! Lines, and below them one line that changes in place. Where nobody reads along, only the lines.

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

use crate::printable::{Lines, printable};

/// Where the words go.
#[derive(Debug)]
pub struct Screen<W> {
    out: W,
    terminal: Option<Terminal>,
    /// How many columns the status line takes up now.
    status: usize,
    /// How many rows the picture takes up now.
    rows: usize,
}

/// A screen that somebody reads along on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// Its columns.
    pub width: usize,
    /// Its rows.
    pub height: usize,
    /// Whether colours are wanted.
    pub is_colored: bool,
}

impl Terminal {
    /// The one that standard output leads to, if it does; without colours where `NO_COLOR` is set (no-color.org).
    #[must_use]
    pub fn here() -> Option<Self> {
        let stdout = io::stdout();
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if !stdout.is_terminal() || is_dumb {
            return None;
        }
        let is_colored = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let (width, height) = terminal_size::terminal_size()
            .map_or(USUAL_SIZE, |(width, height)| (usize::from(width.0), usize::from(height.0)));
        Some(Self { width, height, is_colored })
    }
}

impl<W: Write> Screen<W> {
    /// Writes to `out`; `terminal` where somebody reads along.
    pub const fn new(out: W, terminal: Option<Terminal>) -> Self {
        Self { out, terminal, status: 0, rows: 0 }
    }

    /// The terminal, if it is one.
    pub(crate) const fn terminal(&self) -> Option<Terminal> {
        self.terminal
    }

    /// Writes a line that stays.
    pub(crate) fn say(&mut self, line: &str) -> io::Result<()> {
        self.wipe()?;
        self.out.line(line)?;
        self.out.flush()
    }

    /// Writes a document on a line of its own.
    pub(crate) fn say_json(&mut self, document: &impl Serialize) -> io::Result<()> {
        self.wipe()?;
        self.out.json_line(document)?;
        self.out.flush()
    }

    /// Writes a document over several lines.
    pub(crate) fn say_document(&mut self, document: &impl Serialize) -> io::Result<()> {
        self.wipe()?;
        self.out.json_document(document)?;
        self.out.flush()
    }

    /// Shows a line that the next one takes the place of; nowhere but on a terminal.
    pub(crate) fn status(&mut self, line: &str) -> io::Result<()> {
        let Some(terminal) = self.terminal else { return Ok(()) };
        // A line as wide as the terminal would wrap on some.
        let line = cut(&printable(line), terminal.width.saturating_sub(1));
        let rest = self.status.saturating_sub(line.chars().count());
        write!(self.out, "\r{line}{}", " ".repeat(rest))?;
        self.status = line.chars().count() + rest;
        self.out.flush()
    }

    /// Takes the status line away.
    pub(crate) fn say_nothing(&mut self) -> io::Result<()> {
        self.wipe()?;
        self.out.flush()
    }

    /// Takes the status line away, with nothing but blanks: every terminal knows those.
    fn wipe(&mut self) -> io::Result<()> {
        if self.status > 0 {
            write!(self.out, "\r{}\r", " ".repeat(self.status))?;
            self.status = 0;
        }
        Ok(())
    }

    /// Shows a picture in the place of the one before. Rows that the terminal has no room for are left out.
    pub(crate) fn picture(&mut self, lines: &[Drawn]) -> io::Result<()> {
        let Some(terminal) = self.terminal else {
            return lines.iter().try_for_each(|line| writeln!(self.out, "{}", line.shown()));
        };
        if self.rows > 0 {
            write!(self.out, "\x1b[{}A", self.rows)?;
        }
        let room = terminal.height.saturating_sub(1);
        for line in lines.iter().take(room) {
            writeln!(self.out, "{}\x1b[K", line.shown())?;
        }
        write!(self.out, "\x1b[J")?;
        self.rows = lines.len().min(room);
        self.out.flush()
    }

    /// Rings the terminal's bell.
    pub(crate) fn ring(&mut self) -> io::Result<()> {
        if self.terminal.is_some() {
            write!(self.out, "\x07")?;
            return self.out.flush();
        }
        // The lines go to a file or a program; the person may still hear it.
        let mut stderr = io::stderr();
        if stderr.is_terminal() { write!(stderr, "\x07") } else { Ok(()) }
    }
}

/// One line of a picture: words, some of them in a colour. What the words hold is shown; the codes are ours alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Drawn(Vec<(String, &'static str)>);

impl Drawn {
    /// Words in no colour.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self::colored(text, "")
    }

    /// Words in a colour, an escape code of ECMA-48; empty for none.
    pub(crate) fn colored(text: impl Into<String>, color: &'static str) -> Self {
        Self(vec![(text.into(), color)])
    }

    /// With these after it.
    pub(crate) fn and(mut self, more: impl IntoIterator<Item = Self>) -> Self {
        self.0.extend(more.into_iter().flat_map(|line| line.0));
        self
    }

    fn shown(&self) -> String {
        let part = |(text, color): &(String, &str)| match *color {
            "" => printable(text).into_owned(),
            color => format!("{color}{}\x1b[0m", printable(text)),
        };
        self.0.iter().map(part).collect()
    }
}

/// As much of a line as fits into this many columns; what is left out is marked.
pub(crate) fn cut(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    line.chars().take(width.saturating_sub(1)).chain((width > 0).then_some('…')).collect()
}

/// Of a terminal that does not tell.
const USUAL_SIZE: (usize, usize) = (80, 24);

#[cfg(test)]
mod tests {
    use super::*;

    const NARROW: Terminal = Terminal { width: 12, height: 4, is_colored: false };

    fn written(terminal: Option<Terminal>, draw: impl FnOnce(&mut Screen<&mut Vec<u8>>)) -> String {
        let mut out = Vec::new();
        draw(&mut Screen::new(&mut out, terminal));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_that_stay_take_the_place_of_the_status() {
        let text = written(Some(NARROW), |screen| {
            screen.status("looking").unwrap();
            screen.status("now").unwrap();
            screen.say("a.com fails").unwrap();
        });
        assert_eq!(text, "\rlooking\rnow    \r       \ra.com fails\n");
    }

    #[test]
    fn a_status_never_wraps() {
        let text = written(Some(NARROW), |screen| screen.status("a sentence that is too long").unwrap());
        assert_eq!(text, "\ra sentence…");
    }

    #[test]
    fn where_nobody_reads_along_there_are_lines_and_no_codes() {
        let text = written(None, |screen| {
            screen.status("looking").unwrap();
            screen.say("a.com fails").unwrap();
            screen.picture(&[Drawn::plain("one")]).unwrap();
            screen.picture(&[Drawn::plain("two")]).unwrap();
        });
        assert_eq!(text, "a.com fails\none\ntwo\n");
    }

    #[test]
    fn a_picture_takes_the_place_of_the_one_before_and_no_more_room_than_there_is() {
        let rows = |count: usize| (0..count).map(|row| Drawn::plain(row.to_string())).collect::<Vec<_>>();
        let text = written(Some(NARROW), |screen| {
            screen.picture(&rows(5)).unwrap();
            screen.picture(&rows(1)).unwrap();
            screen.picture(&rows(1)).unwrap();
        });
        assert_eq!(text, "0\x1b[K\n1\x1b[K\n2\x1b[K\n\x1b[J\x1b[3A0\x1b[K\n\x1b[J\x1b[1A0\x1b[K\n\x1b[J");
    }

    #[test]
    fn codes_in_somebody_elses_words_are_shown_and_ours_are_carried_out() {
        let text = written(Some(Terminal { width: 80, ..NARROW }), |screen| {
            screen.status("\x1b[2J\u{202e}x").unwrap();
            screen.say("a\x07\nb").unwrap();
            let row = Drawn::plain("\u{9b}2J ").and([Drawn::colored("\x1b[31m!", "\x1b[32m")]);
            screen.picture(&[row]).unwrap();
        });
        let shown = r"\u{1b}[2J\u{202e}x";
        let blank = " ".repeat(shown.len());
        let row = "\\u{9b}2J \x1b[32m\\u{1b}[31m!\x1b[0m\x1b[K";
        assert_eq!(text, format!("\r{shown}\r{blank}\ra\\u{{7}}\\u{{a}}b\n{row}\n\x1b[J"));
    }

    #[test]
    fn the_bell_rings_on_a_terminal_and_leaves_files_alone() {
        assert_eq!(written(Some(NARROW), |screen| screen.ring().unwrap()), "\x07");
        assert_eq!(written(None, |screen| screen.ring().unwrap()), "");
    }
}
