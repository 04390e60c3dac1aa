//! How many stories held, and how that is told.

/// How many stories held.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    pub(super) passed: u32,
    pub(super) failed: u32,
}

impl Count {
    pub(super) const MARK: &str = "count:";

    pub(super) const fn and(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }

    /// A line for the process that started this one.
    pub(super) fn line(self) -> String {
        format!("{}{}:{}", Self::MARK, self.passed, self.failed)
    }

    pub(super) fn read(line: &str) -> Option<Self> {
        let (passed, failed) = line.strip_prefix(Self::MARK)?.split_once(':')?;
        Some(Self { passed: passed.parse().ok()?, failed: failed.parse().ok()? })
    }
}

#[expect(clippy::print_stdout, reason = "a program for people: its output is what they read")]
pub(super) fn print(line: &str) {
    println!("{line}");
}
