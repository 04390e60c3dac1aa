//! The neutral places: whether this computer's network works at all, by name and by address, in both families, and
//! whether its clock is right.

use std::net::IpAddr;

use super::limits::{CONTROL_PAIR, DEAD_NAMES};
use super::marks::{is_good_control, is_literal, is_neutral, is_portal_page};
use super::names::Names;
use super::others::Neighbour;
use detour_model::failure::{Failure, Phase};
use detour_model::observation::{Observation, Outcome, Step, Subject, Vantage};

/// How the neutral places fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Neutral {
    /// None was looked at.
    Unseen,
    /// At least one answers.
    Fine,
    /// None answers.
    Down,
    /// They answered, and then no more.
    Lost,
    /// None can be found by name. `sure`: by their addresses and by other resolvers they can.
    NoNames {
        /// Reached by address, and found by other resolvers.
        sure: bool,
    },
    /// Somebody else answers in their place.
    Portal,
}

/// An address family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Family {
    V4,
    V6,
}

impl Family {
    pub(super) const fn of(address: IpAddr) -> Self {
        if address.is_ipv4() { Self::V4 } else { Self::V6 }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        }
    }
}

/// How the neutral places fared.
pub(super) fn neutral(seen: &[&Observation]) -> Neutral {
    let neutral = || seen.iter().copied().filter(|seen| is_neutral(seen));
    let good = || neutral().filter(|seen| is_good_control(seen));
    let named = || neutral().filter(|seen| !is_literal(seen));
    let named_good = named().any(is_good_control);
    let literal_good = good().any(is_literal);
    // Nothing gets past a captive portal with a valid certificate.
    let has_secured = neutral().any(|seen| matches!(seen.outcome, Outcome::Secured(_)));
    if neutral().any(is_portal_page) && !has_secured {
        return Neutral::Portal;
    }
    let mut routes = seen.iter().filter(|seen| seen.subject == Subject::Route).peekable();
    let has_no_route = routes.peek().is_some() && routes.all(|route| route.failure().is_some());
    let last_good = good().map(|seen| seen.at).max();
    if let Some(last) = last_good {
        let began_after = |seen: &&Observation| seen.at.0.saturating_sub(seen.duration_ms) > last.plus(CONTROL_PAIR).0;
        if neutral().filter(|seen| seen.failure().is_some()).any(|seen| began_after(&seen)) {
            return Neutral::Lost;
        }
    }
    if named_good {
        return Neutral::Fine;
    }
    // Somebody answers, with a certificate that is not the neutral places' own: one and the same for all names.
    let failures = named().filter_map(Observation::failure);
    let mut failures = failures.filter(|failure| *failure != Failure::TcpAddressUnreachable).peekable(); // no IPv6 here
    if failures.peek().is_some() && failures.all(|failure| failure.is_of_certificate()) && !literal_good {
        return Neutral::Portal;
    }
    // Without a way out no name can be looked up either: that is no resolver's fault.
    if has_no_route && !literal_good {
        return Neutral::Down;
    }
    let failing_names = Names::of(
        named().filter(|seen| seen.failure().is_some()).map(|seen| seen.subject.host().unwrap_or_default().to_owned()),
    );
    let found_elsewhere =
        named().any(|seen| seen.resolver.is_some() && matches!(seen.outcome, Outcome::Resolved { .. }));
    let in_dns = named()
        .filter(|seen| seen.resolver.is_none())
        .filter_map(Observation::failure)
        .all(|failure| failure.phase() == Phase::Dns);
    if failing_names.is_empty() {
        return if literal_good { Neutral::Fine } else { all_down(neutral().any(|seen| seen.failure().is_some())) };
    }
    if literal_good || (found_elsewhere && in_dns) {
        return Neutral::NoNames { sure: literal_good && found_elsewhere && failing_names.len() >= DEAD_NAMES };
    }
    let literal_looked_at = neutral().any(is_literal);
    if in_dns && !literal_looked_at { Neutral::NoNames { sure: false } } else { Neutral::Down }
}

pub(super) fn failing_places(seen: &[&Observation]) -> usize {
    let failing = || seen.iter().filter(|seen| seen.failure().is_some());
    let has_no_way_out = failing().any(|seen| {
        let is_word_of_the_system =
            seen.subject == Subject::Route || seen.failure() == Some(Failure::TcpAddressUnreachable);
        is_word_of_the_system && seen.address.is_none_or(|address| address.is_ipv4())
    });
    if has_no_way_out {
        return usize::MAX;
    }
    let name = |seen: &&&Observation| seen.subject.host().unwrap_or("the portal probe").to_owned();
    Names::of(failing().filter(|seen| is_neutral(seen)).map(|seen| name(&seen))).len()
}

const fn all_down(has_failed: bool) -> Neutral {
    if has_failed { Neutral::Down } else { Neutral::Unseen }
}

/// The family that fails for every neutral place while the other works for one.
pub(super) fn broken_family(seen: &[&Observation], neighbours: &[Neighbour]) -> Option<Family> {
    let works = |family| {
        let works_for_others = neighbours.iter().any(|neighbour| neighbour.works_in(family));
        works_for_others
            || seen.iter().any(|seen| {
                let is_up = matches!(seen.outcome, Outcome::Connected | Outcome::Secured(_) | Outcome::Answered(_));
                let is_here = !matches!(seen.vantage, Vantage::Remote(_)) && seen.subject != Subject::Route;
                is_up && is_here && seen.address.is_some_and(|address| Family::of(address) == family)
            })
    };
    let fails = |family| {
        seen.iter().any(|seen| {
            let is_ours = seen.subject == Subject::Target;
            let is_telling =
                is_neutral(seen) || (is_ours && seen.outcome == Outcome::Failed(Failure::TcpAddressUnreachable));
            is_telling && seen.failure().is_some() && seen.address.is_some_and(|address| Family::of(address) == family)
        })
    };
    [(Family::V6, Family::V4), (Family::V4, Family::V6)]
        .into_iter()
        .find(|(broken, other)| fails(*broken) && !works(*broken) && works(*other))
        .map(|(broken, _)| broken)
}

/// How far the clocks of neutral places are ahead of ours, in milliseconds; of several, the one that agrees best with
/// ours, should one be wrong itself.
pub(super) fn clock_skew(seen: &[&Observation]) -> Option<i64> {
    seen.iter()
        .filter(|seen| is_neutral(seen) && seen.step == Step::Http)
        .filter_map(|seen| {
            let theirs = detour_model::time::parse_http_date(seen.answer()?.header("date"))?;
            i64::try_from(theirs.0).ok()?.checked_sub(i64::try_from(seen.at.0).ok()?)
        })
        .min_by_key(|skew| skew.unsigned_abs())
}
