//! What the lab does to each site of a replay, and when: known without looking at Detour.

use detour_lab::Switch;
use detour_lab::replay::{Happening, Timed};

/// How a site really is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    /// It answers every request.
    Well,
    /// It answers most requests.
    Mostly,
    /// It answers few requests, or none.
    Failing,
}

/// A site's health, from which second of the replay on.
pub(super) fn of(host: &str, timed: &[Timed]) -> Vec<(f64, Health)> {
    let mut truth: Vec<(f64, Health)> = vec![(0.0, Health::Well)];
    let mut has_moved = false;
    for (at, happening) in timed {
        let Happening::Switched(switch) = happening else { continue };
        let is_meant = |hosts: &[String]| hosts.is_empty() || hosts.iter().any(|named| named == host);
        let health = if let Switch::EdgeFails { hosts, share, .. } = switch
            && is_meant(hosts)
            && !has_moved
        {
            if *share < 0.5 { Health::Mostly } else { Health::Failing }
        } else if let Switch::EdgeHeals { hosts } = switch
            && is_meant(hosts)
        {
            Health::Well
        } else if let Switch::Move { name, .. } = switch
            && name == host
        {
            has_moved = true;
            Health::Well
        } else if matches!(switch, Switch::HealAll) {
            has_moved = false;
            Health::Well
        } else {
            continue;
        };
        if truth.last().is_none_or(|(_, last)| *last != health) {
            truth.push((*at, health));
        }
    }
    truth
}

/// How a site was at a moment.
pub(super) fn at(truth: &[(f64, Health)], second: f64) -> Health {
    truth.iter().rev().find(|(from, _)| *from <= second).map_or(Health::Well, |(_, health)| *health)
}

/// Since when it has been well for good.
pub(super) fn recovery(truth: &[(f64, Health)]) -> f64 {
    truth.last().map_or(0.0, |(at, _)| *at)
}

#[cfg(test)]
mod tests {
    use detour_lab::replay::Replay;

    use super::*;

    #[test]
    fn the_bbc_is_well_since_it_moved_and_ign_only_at_the_end() {
        let timed = Replay::of_2021_06_08().unwrap().timed(8).unwrap();
        let bbc = of("www.bbc.co.uk", &timed);
        assert_eq!(bbc, [(0.0, Health::Well), (120.0, Health::Failing), (1500.0, Health::Well)]);
        assert!((recovery(&bbc) - 1500.0).abs() < f64::EPSILON);
        let ign = of("www.ign.com", &timed);
        assert_eq!(
            (at(&ign, 3590.0), at(&ign, 3610.0), at(&ign, 4500.0)),
            (Health::Failing, Health::Mostly, Health::Well)
        );
        let twitch = of("www.twitch.tv", &timed);
        assert!(twitch.len() > 6, "{twitch:?}");
    }
}
