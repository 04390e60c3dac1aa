//! Many users at once: their looks at one site must not become its next outage.

use super::world::{MINUTE, SECOND, World, fastly};
use super::*;

const USERS: u32 = 1_000;
const URL: &str = "https://www.theguardian.com/uk";
const RECOVERS: u64 = 40 * MINUTE;

fn recovering(_: &str, at: u64) -> Outcome {
    fastly(if at < RECOVERS { 503 } else { 200 }, "LHR")
}

fn asking_back(_: &str, _: u64) -> Outcome {
    let headers = [("retry-after".to_owned(), "1800".to_owned())].into();
    Outcome::Answered(Answer { status: 503, headers, body: String::new() })
}

/// Requests of all users, by the second, who all met the failure within the same 30 seconds.
fn requests(plan: world::Plan, until: u64) -> Vec<u64> {
    let mut all = Vec::new();
    for user in 0..USERS {
        let mut world = World::new(plan);
        world.state.lasting.seed = 1 + user.wrapping_mul(2_654_435_761);
        world.now = u64::from(user) * 30;
        // Written as the shell does it, with the first record.
        world.tell(Event::WatchClicked { page: at(URL), on: true });
        world.run_until(until);
        all.extend(world.asked.iter().map(|(at, _)| *at));
    }
    all
}

/// The busiest ten seconds of a span against its mean, both per second.
fn peak_and_mean(all: &[u64], from: u64, until: u64) -> (f64, f64) {
    let within: Vec<u64> = all.iter().copied().filter(|at| (from..until).contains(at)).collect();
    let mut slots = vec![0_u32; usize::try_from((until - from) / (10 * SECOND)).unwrap()];
    for at in &within {
        slots[usize::try_from((at - from) / (10 * SECOND)).unwrap()] += 1;
    }
    let seconds = (until - from) as f64 / 1000.0;
    (f64::from(*slots.iter().max().unwrap()) / 10.0, within.len() as f64 / seconds)
}

#[test]
fn a_thousand_users_looks_stay_spread_before_and_after_the_recovery() {
    let all = requests(recovering, RECOVERS + 10 * MINUTE);
    // The first rounds follow the moment of the failure, which all users share. After the recovery there are more, for the
    // good looks, and then fewer.
    let spans = [
        (10 * MINUTE, 15 * MINUTE),
        (15 * MINUTE, RECOVERS),
        (RECOVERS, RECOVERS + 3 * MINUTE),
        (RECOVERS + 3 * MINUTE, RECOVERS + 10 * MINUTE),
    ];
    for (from, until) in spans {
        let (peak, mean) = peak_and_mean(&all, from, until);
        assert!(peak <= 2.0 * mean, "{peak} a second against {mean} on average, {from}..{until}");
    }
}

#[test]
fn a_site_that_asks_to_be_left_alone_is_and_not_asked_by_all_at_once_afterwards() {
    let all = requests(asking_back, 45 * MINUTE);
    let early = all.iter().filter(|at| (MINUTE..30 * MINUTE).contains(at)).count();
    assert_eq!(early, 0, "Retry-After is obeyed");
    let (peak, mean) = peak_and_mean(&all, 30 * MINUTE, 36 * MINUTE);
    assert!(mean > 1.0 && peak <= 2.0 * mean, "{peak} a second against {mean} on average");
}
