//! Who is at fault: the browser's evidence joined with the host's, first matching row wins.
//!
//! The host shares the user's network, so its failure alone never proves "down for everyone". "Can't tell"
//! is a verdict. Nothing here reads a clock; the evidence carries its own times.

mod case;
mod verdict;
mod judge;

mod marks;
mod sample;
mod family;
mod line;
mod others;
mod neutral;
mod tries;
mod facts;
mod rows;
mod missing;
mod segment;

mod limits;
mod names;

pub use case::{Before, Case};
pub use detour_model::confidence::Confidence;
pub use judge::{are_tries_good, failure_here, has_left, is_bad, is_let_in, judge, judge_among};
pub use limits::{GOOD_SAMPLES, GOOD_SAMPLES_APART};
pub use marks::{Controls, Mark};
pub use others::Neighbour;
pub use verdict::{Because, Fact, Fault, Missing, Segment, Verdict};

#[cfg(test)]
mod tests;
