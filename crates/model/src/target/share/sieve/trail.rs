//! The path so far.

use super::limits::FOLLOWING;
use super::phrases::is_one_time_phrase;
use crate::target::share::lists::{self, has};

/// The path so far.
#[derive(Debug, Default)]
pub(super) struct Trail {
    /// Segments as they were meant, in small letters.
    pub(super) before: Vec<String>,
    /// Up to where the path says what is done once, and how many segments on that still holds.
    pub(super) one_time: Option<(usize, u8)>,
    /// For how many segments a secret may follow.
    pub(super) may_follow: u8,
    /// Whether verbs are what this is about.
    pub(super) is_reading: bool,
    /// How many of a year, a month and a day it holds, as publishers' paths do.
    pub(super) dated: u8,
    /// How much of it stands in no order: what is short for itself may be long in sum.
    pub(super) noise: usize,
}

impl Trail {
    /// A segment that stays.
    pub(super) fn pass(&mut self, said: String, at: usize, is_of_people: bool) {
        let stem = said.split('.').next().unwrap_or_default();
        let is_verb = is_one_time_phrase(stem);
        let is_demoted = self.is_reading || (is_of_people && !self.before.is_empty());
        self.one_time = match self.one_time {
            _ if is_verb && !is_demoted => Some((at, FOLLOWING)),
            Some((at, left)) => Some((at, left.saturating_sub(1))),
            None => None,
        };
        // `public-calendars`: what it is stands last.
        let thing = stem.rsplit(['-', '_']).next().unwrap_or_default();
        self.may_follow = if (is_verb && !is_of_people) || has(lists::MAYBE, thing) {
            FOLLOWING
        } else {
            self.may_follow.saturating_sub(1)
        };
        self.is_reading |= has(lists::READING, stem);
        let number: u32 = said.parse().unwrap_or_default();
        let is_year = said.len() == 4 && (1900..2100).contains(&number);
        if is_year || (self.dated > 0 && said.len() <= 2 && (1..=31).contains(&number)) {
            self.dated += 1;
        }
        self.before.push(said);
    }
}
