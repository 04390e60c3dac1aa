//! Chance that does not depend on order: a number for each question, from the seed and the question's own words.

/// Answers questions by number, always alike.
#[derive(Debug, Clone, Copy)]
pub struct Chance(u64);

impl Chance {
    /// Chance for one seed in one matter.
    #[must_use]
    pub fn of(seed: u64, matter: &[u64]) -> Self {
        Self(matter.iter().fold(mixed(seed), |so_far, part| mixed(so_far ^ mixed(*part))))
    }

    /// From 0 to below 1.
    #[must_use]
    pub fn share(self, question: u64) -> f64 {
        let top = u32::try_from(mixed(self.0 ^ mixed(question)) >> 32).unwrap_or(0);
        f64::from(top) / (f64::from(u32::MAX) + 1.0)
    }

    /// From 0 to below `end`; 0 where `end` is 0.
    #[must_use]
    pub fn below(self, question: u64, end: u64) -> u64 {
        mixed(self.0 ^ mixed(question)).checked_rem(end).unwrap_or(0)
    }

    /// From `least` to below `most`.
    #[must_use]
    pub fn between(self, question: u64, least: u64, most: u64) -> u64 {
        least + self.below(question, most.saturating_sub(least))
    }

    /// One of a list.
    #[must_use]
    pub fn pick<T>(self, question: u64, list: &[T]) -> Option<&T> {
        let count = u64::try_from(list.len()).unwrap_or(0);
        list.get(usize::try_from(self.below(question, count)).unwrap_or(0))
    }
}

/// Words as a number (FNV-1a).
#[must_use]
pub fn words(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// SplitMix64's step: the smallest one whose results do not depend on anybody's version.
const fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
