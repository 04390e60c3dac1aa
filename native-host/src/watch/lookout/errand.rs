//! One check of one site: wanted, carried out, and when a site that is well has its next.

use std::sync::Arc;

use detour_core::observation::Observation;
use detour_core::port::{CheckId, Scope};
use detour_core::target::Target;
use detour_probe::Instruments;
use tokio::sync::mpsc;

use crate::check::{self, Ending};

/// A check to be carried out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Errand {
    pub(super) nth: usize,
    pub(super) scope: Scope,
    pub(super) purpose: Purpose,
}

/// Who wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Nobody knows yet whether the site is well.
    First,
    /// Core.
    Core(CheckId),
}

/// A check that was carried out.
pub(super) struct Carried {
    pub(super) errand: Errand,
    pub(super) seen: Vec<Observation>,
    pub(super) ending: Ending,
}

/// One check, with its observations by the clock that came in.
pub(super) async fn measure(
    instruments: Arc<Instruments>,
    target: Target,
    scope: Scope,
    ahead: u64,
) -> (Vec<Observation>, Ending) {
    let (observed, mut observations) = mpsc::channel::<Observation>(AHEAD);
    let mut seen = Vec::new();
    let collecting = async {
        while let Some(mut observation) = observations.recv().await {
            observation.at = observation.at.plus(ahead);
            seen.push(observation);
        }
    };
    let (ending, ()) = tokio::join!(check::run(instruments, target, scope, observed), collecting);
    (seen, ending)
}

/// Between a half and a whole round, so that a long list is not asked in one breath.
pub(super) fn spread(nth: usize, looks: u32, span: u64) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64; // FNV-1a
    for byte in nth.to_le_bytes().into_iter().chain(looks.to_le_bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    span / 2 + (hash >> 16) % (span / 2 + 1)
}

/// Printing is faster than measuring.
const AHEAD: usize = 64;
