//! The time, as something that comes in: the schedule is core's, and its tests do not wait for it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use detour_core::observation::Millis;

/// A clock that can be waited for.
pub trait Clock {
    /// How far it is ahead of this computer's own, in milliseconds.
    fn ahead(&self) -> u64;

    /// Waits for this long by this clock. While something is being measured, time passes as it does for sockets.
    fn wait(&self, span: Duration, is_measuring: bool) -> impl Future<Output = ()> + Send;

    /// What it shows.
    fn now(&self) -> Millis {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX)).plus(self.ahead())
    }
}

/// This computer's own.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn ahead(&self) -> u64 {
        0
    }

    async fn wait(&self, span: Duration, _is_measuring: bool) {
        tokio::time::sleep(span).await;
    }
}

pub(super) fn whole_millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
