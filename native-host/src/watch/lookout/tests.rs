//! What becomes of sites that cannot be looked at.

use detour_core::target::Target;

use super::*;
use crate::config::Config;
use crate::watch::clock::SystemClock;

fn lookout(rounds: Option<Duration>) -> Lookout<SystemClock> {
    let site = Site { target: Target::parse("https://www.example-site.com/").unwrap(), others: Vec::new() };
    let instruments = Arc::new(Config::default().instruments().unwrap());
    Lookout::new(instruments, vec![site], SystemClock, rounds, None)
}

fn refused(purpose: Purpose) -> Carried {
    let ending = Ending::Refused { reason: Refusal::PrivateAddress, message: "it leads home".into() };
    Carried { errand: Errand { nth: 0, scope: Scope::Again, purpose }, seen: Vec::new(), ending }
}

#[test]
fn a_site_that_fell_silent_into_the_users_own_network_is_looked_at_again() {
    for (rounds, purpose, is_due) in [
        (None, Purpose::First, false),
        (None, Purpose::Core(CheckId(1)), true),
        (Some(Duration::from_secs(60)), Purpose::First, true),
        (Some(Duration::from_secs(60)), Purpose::Core(CheckId(1)), true),
    ] {
        let mut lookout = lookout(rounds);
        let News::Looked(changes) = lookout.ended(Ok(refused(purpose))) else { panic!("nothing was looked at") };
        assert_eq!(changes.len(), 1);
        assert!(matches!(lookout.sites()[0].standing, Standing::NotLookedAt(_)));
        assert_eq!(lookout.due_of(0).is_some(), is_due, "{rounds:?} {purpose:?}");
    }
}
