//! Counting what a suite reports on its standard output.

use std::{fmt, ops::AddAssign};

/// How many tests ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u32,
    pub(super) failed: u32,
    pub(super) skipped: u32,
}

impl Tally {
    /// A suite that could not even run: one failure, so that it shows.
    pub(super) const fn broken() -> Self {
        Self { passed: 0, failed: 1, skipped: 0 }
    }

    /// Reads a line of the suite's output; only totals count: cargo's `test result: ok. 3 passed;
    /// 0 failed; 1 ignored; …` for each of its programs, and `3 passed, 0 failed, 1 skipped`.
    pub(super) fn read(&mut self, line: &str) {
        let (Some(passed), Some(failed)) = (count(line, "passed"), count(line, "failed")) else {
            return;
        };
        self.passed += passed;
        self.failed += failed;
        self.skipped += count(line, "ignored").or_else(|| count(line, "skipped")).unwrap_or(0);
    }

    /// The counts, made consistent with how the suite ended: a suite that broke off (a compile
    /// error, a panic) without counting a failure has failed, and so has one that ran nothing.
    pub(super) const fn believing(mut self, has_succeeded: bool) -> Self {
        if !has_succeeded && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(formatter, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

/// What failed, where a line says so: `---- module::test stdout ----` of cargo's, `FAIL  chromium  A story (3.0 s)` of
/// the stories, `FAILED a case` of the boundary's, `not held: …` of the score.
pub(super) fn failure(line: &str) -> Option<String> {
    let line = line.trim();
    let of_cargo = || line.strip_prefix("---- ")?.strip_suffix(" stdout ----");
    let of_ours = || ["FAIL ", "FAILED ", "not held: "].into_iter().find_map(|word| line.strip_prefix(word));
    of_cargo().or_else(of_ours).map(|what| what.trim().to_owned())
}

/// The number that stands directly before a word.
fn count(line: &str, word: &str) -> Option<u32> {
    let words: Vec<&str> = line.split([' ', ';', ',']).filter(|word| !word.is_empty()).collect();
    let position = words.iter().position(|candidate| *candidate == word)?;
    words.get(position.checked_sub(1)?)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[&str], passed: u32, failed: u32, skipped: u32) {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read(line));
        let expected = Tally { passed, failed, skipped };
        assert_eq!(tally, expected);
    }

    #[test]
    fn cargo_reports_once_for_each_program() {
        check(
            &[
                "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out",
                "running 2 tests",
                "test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured",
            ],
            4,
            1,
            1,
        );
    }

    #[test]
    fn our_own_suites_report_one_line() {
        check(&["ok 503 with a body", "12 passed, 2 failed, 3 skipped"], 12, 2, 3);
        check(&["7 passed, 0 failed"], 7, 0, 0);
    }

    #[test]
    fn sentences_are_not_totals() {
        check(&["the check passed, nothing failed", "passed failed"], 0, 0, 0);
    }

    #[test]
    fn every_suite_names_what_failed() {
        let named = |line| failure(line).unwrap_or_default();
        assert_eq!(named("---- setup::tests::it_finds stdout ----"), "setup::tests::it_finds");
        assert_eq!(named("  FAIL  firefox   A page is shown (3.0 s)"), "firefox   A page is shown (3.0 s)");
        assert_eq!(named("not held: 1 confidently wrong verdicts"), "1 confidently wrong verdicts");
        assert_eq!(named("FAILED a message that is cut"), "a message that is cut");
        assert_eq!(failure("  ok    firefox   It says FAIL no more (3.0 s)"), None);
    }

    #[test]
    fn a_suite_that_broke_off_has_failed() {
        assert_eq!(Tally::default().believing(false), Tally::broken());
    }
}
