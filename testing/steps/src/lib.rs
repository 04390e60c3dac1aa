//! Fixed cases of the decision code, compiled as the extension is, for the benchmark to count their instructions.
//!
//! A *case* is prepared first and then run: only the run is counted. What the cases see is made up here and always
//! the same, so that two builds can be compared to the instruction. In reading order:

mod evidence;
mod past;
pub mod year;
mod look;
mod case;

use std::cell::RefCell;

pub use case::{Case, Prepared, WATCHED};
pub use look::Part;

thread_local! {
    static PREPARED: RefCell<Option<Prepared>> = const { RefCell::new(None) };
}

/// Makes a case ready, by its place in [`Case::ALL`].
#[expect(unsafe_code, reason = "the name is how the benchmark finds it; nobody else links this crate")]
#[unsafe(no_mangle)]
pub extern "C" fn prepare(case: u32) {
    let case = usize::try_from(case).ok().and_then(|place| Case::ALL.get(place));
    PREPARED.set(case.map(|case| case.prepare()));
}

/// Runs what was prepared; how many effects came of it.
#[expect(unsafe_code, reason = "the name is how the benchmark finds it; nobody else links this crate")]
#[unsafe(no_mangle)]
pub extern "C" fn run() -> u32 {
    PREPARED.with_borrow_mut(|prepared| prepared.as_mut().map_or(0, Prepared::run))
}
