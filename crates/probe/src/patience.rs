//! Slow is not down: of several samples that meet silence one is waited for longer, at every step, and speaks for the
//! others.

use std::time::Duration;

use detour_model::observation::Step;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::deadlines;

/// What a sample does where nothing comes.
#[derive(Debug)]
pub(super) enum Role {
    /// It ends as it ends.
    Alone,
    /// It waits for long, and tells the others whether the site is slow.
    Waits(watch::Sender<Option<bool>>),
    /// It holds its tongue until that one has ended.
    Holds(watch::Receiver<Option<bool>>),
}

/// The roles of so many samples; `longest` is the one that waits.
pub(super) fn roles(count: usize, longest: Option<usize>) -> Vec<Role> {
    let Some(longest) = longest else { return (0..count).map(|_| Role::Alone).collect() };
    let (tell, told) = watch::channel(None);
    let mut tell = Some(tell);
    (0..count)
        .map(|nth| match tell.take_if(|_| nth == longest) {
            Some(tell) => Role::Waits(tell),
            None => Role::Holds(told.clone()),
        })
        .collect()
}

impl Role {
    /// How long this sample waits at a step.
    pub(super) const fn limit(&self, step: Step) -> Duration {
        match (self, step) {
            (Self::Waits(_), Step::Http) => deadlines::HTTP_PATIENT,
            (Self::Waits(_), Step::Dns | Step::Tcp | Step::Tls) => deadlines::CONNECTION_PATIENT,
            (Self::Alone | Self::Holds(_), step) => usual(step),
        }
    }

    /// Something came of a step that was begun at `began`: the site was heard of.
    pub(super) fn note(&self, step: Step, began: Instant, is_end: bool) {
        let Self::Waits(tell) = self else { return };
        let is_late = began.elapsed() > usual(step);
        // Once it was slow it is slow, whatever its later steps take.
        tell.send_if_modified(|told| {
            let has_news = is_late || (is_end && told.is_none());
            if has_news {
                *told = Some(is_late || *told == Some(true));
            }
            has_news
        });
    }

    /// Whether the silence that this sample met was only slowness. A sample that ends without an answer says no.
    pub(super) async fn was_only_slow(&mut self) -> bool {
        let Self::Holds(told) = self else { return false };
        told.wait_for(Option::is_some).await.is_ok_and(|told| *told == Some(true))
    }
}

/// How long a step is waited for where others wait as well.
const fn usual(step: Step) -> Duration {
    match step {
        Step::Dns => deadlines::DNS,
        Step::Tcp => deadlines::TCP,
        Step::Tls => deadlines::TLS,
        Step::Http => deadlines::HTTP,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_waits_and_the_others_go_by_its_word() {
        for (is_slow, is_answered) in [(true, true), (false, true), (false, false)] {
            let mut roles = roles(3, Some(1));
            let began = if is_slow { Instant::now().checked_sub(deadlines::HTTP * 2).unwrap() } else { Instant::now() };
            let waits = roles.remove(1);
            assert_eq!(waits.limit(Step::Http), deadlines::HTTP_PATIENT);
            assert_eq!(waits.limit(Step::Tls), deadlines::CONNECTION_PATIENT);
            if is_answered {
                waits.note(Step::Http, began, true);
            }
            drop(waits);
            for mut held in roles {
                assert_eq!(held.limit(Step::Http), deadlines::HTTP);
                assert_eq!(held.was_only_slow().await, is_slow);
            }
        }
        assert!(!Role::Alone.was_only_slow().await);
    }
}
