//! What the user does: opens sites in the first half minute, comes back to those that work, and tries some of the
//! others again.

use detour_outages::{Chance, Host, Outage, Role, words};

/// One tab's plan.
#[derive(Debug)]
pub(super) struct Visits<'a> {
    pub(super) host: &'a Host,
    /// When it is opened or reloaded, as times of day in milliseconds.
    pub(super) opens: Vec<u64>,
}

/// First visits fall into this time after the outage's beginning.
pub(super) const FIRST_VISITS: u64 = 30_000;

/// The most tabs.
const MOST_TABS: u64 = 5;

/// Every tab's plan, with one tab that comes only in the middle of the outage.
pub(super) fn plan(outage: &Outage, seed: u64) -> Vec<Visits<'_>> {
    let mut sites: Vec<&Host> = outage.hosts_of(Role::Site).collect();
    let chance = |host: &Host| Chance::of(seed, &[words(outage.id), words("visits"), words(host.name)]);
    sites.sort_by_key(|host| chance(host).below(1, u64::MAX));
    let least = 3.min(sites.len());
    let spread = Chance::of(seed, &[words(outage.id)]).below(9, MOST_TABS - 2);
    let count = (least + usize::try_from(spread).unwrap_or(0)).min(sites.len());
    let lasts = outage.ends.0.saturating_sub(outage.begins.0);
    (0..)
        .zip(sites.into_iter().take(count))
        .map(|(nth, host)| {
            let chance = chance(host);
            let is_latecomer = nth >= 3 && chance.share(2) < 0.4;
            let first = if is_latecomer {
                outage.begins.0 + chance.between(3, lasts / 4, lasts / 2)
            } else {
                outage.begins.0 + chance.between(3, 500, FIRST_VISITS)
            };
            let mut opens = vec![first];
            // The user comes back now and then; some tabs are left alone, so that nothing but the watch tells.
            if chance.share(4) < 0.5 {
                let mut at = first + chance.between(5, 90_000, 420_000);
                let mut question = 6;
                while at < outage.ends.0 {
                    opens.push(at);
                    at += chance.between(question, 180_000, 720_000);
                    question += 1;
                }
            }
            Visits { host, opens }
        })
        .collect()
}
