//! A name that nobody has registered: what the system's resolver makes of it.
//!
//! One that finds such a name makes answers up, and may have made up the target's as well. Chromium finds that out
//! in the same way. The name is asked exactly as the target's was, by the same resolver and no other; it says nothing
//! of the page, and what it leads to is never connected to.

use std::sync::Arc;

use detour_model::observation::{Outcome, Step};
use ring::rand::{self, SystemRandom};
use tokio::time::Instant;

use crate::deadlines;
use crate::dns::{Found, Resolver};
use crate::fetch::Findings;
use crate::recorder::Recorder;

/// Looks one such name up.
pub(super) async fn look_up(resolver: Arc<Resolver>, recorder: Recorder, until: Instant) -> Findings {
    let Some(name) = made_up() else {
        tracing::warn!("no random letters for a made-up name");
        return Findings::Measured;
    };
    let began = Instant::now();
    match resolver.resolve(&name, until.min(began + deadlines::DNS)).await {
        Ok(Found { addresses, cnames }) => {
            recorder.record(Step::Dns, None, began, Outcome::Resolved { addresses, cnames }).await;
        }
        Err(broken) => recorder.fail(Step::Dns, None, began, broken).await,
    }
    Findings::Measured
}

fn made_up() -> Option<String> {
    let bytes: [u8; LETTERS] = rand::generate(&SystemRandom::new()).ok()?.expose();
    let mut name: String = bytes.iter().map(|byte| char::from(b'a' + byte % 26)).collect();
    name.push_str(".com");
    Some(name)
}

/// One in 26^12 such names: with 160 million registered, one in half a billion is taken.
const LETTERS: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_names_are_alike_and_each_is_letters_under_com() {
        let (one, other) = (made_up().unwrap(), made_up().unwrap());
        assert_ne!(one, other);
        let letters = one.strip_suffix(".com").unwrap();
        assert!(letters.len() == LETTERS && letters.bytes().all(|byte| byte.is_ascii_lowercase()), "{one}");
    }
}
