//! How long Globalping wants to be left alone.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use detour_core::globalping;
use detour_model::observation::Answer;
use tokio::time::Instant;

/// Until when the service wants to be left alone. It outlives a check: the limit is one of the hour.
#[derive(Debug, Default)]
pub(super) struct Rest(Mutex<Option<Instant>>);

impl Rest {
    pub(super) fn is_on(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| Instant::now() < until)
    }

    pub(super) fn note(&self, answer: &Answer) {
        let Some(seconds) = globalping::rest(answer) else { return };
        let until = Instant::now().checked_add(Duration::from_secs(seconds.min(AN_HOUR)));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }
}

/// The service counts by the hour.
const AN_HOUR: u64 = 3600;
