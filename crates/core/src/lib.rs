//! Every decision Detour makes, and nothing else.
//!
//! No I/O, no clock, no randomness: time and ids come in, effects go out as values. The same crate runs
//! inside the extension (wasm32), the native host and the command line, so all three say the same.
//! In reading order:

pub use detour_cdn as cdn;
pub use detour_copies as copies;
pub use detour_model::{
    archives, confidence, failure, observation, own_network, port, proxy, reading, tab, target, time,
};
pub use detour_verdict as verdict;

pub mod globalping;
pub mod settings;
pub mod keep;
pub mod incident;
pub mod recovery;
pub mod outage;
pub mod tracked;
pub mod state;
pub mod view;
pub mod event;
pub mod effect;
pub mod step;
pub mod stored;
