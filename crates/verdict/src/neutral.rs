//! The neutral places: whether this computer's network works at all, layer by layer, in both families, and whether its
//! clock is right.
//!
//! Each vouches for what it went through and no more: a named place that showed its certificate for everything, a literal
//! address for connections and TLS, the portal probe for names, connections and plain http.

use std::net::IpAddr;

use super::family::Family;
use super::limits::{CONTROL_PAIR, DEAD_NAMES, LONG_BEFORE};
use super::line::{Line, is_silence};
use super::marks::{is_good_control, is_literal, is_neutral, is_portal_page};
use super::names::Names;
use super::others::Neighbour;
use detour_model::failure::{Failure, Phase};
use detour_model::observation::{Certificate, Observation, Outcome, Step, Subject, Vantage};

/// How the neutral places fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Neutral {
    /// None was looked at that could vouch.
    Unseen,
    /// At least one answers, and vouches for all that the target needs.
    Fine,
    /// None answers.
    Down,
    /// None answers, and on this line none need have answered yet.
    Slow,
    /// They answered, and then no more.
    Lost,
    /// None can be found by name. `sure`: by their addresses and by other resolvers they can.
    NoNames {
        /// Reached by address, and found by other resolvers.
        sure: bool,
    },
    /// They can be reached in part only: by address or over plain http, and not by name and TLS.
    Partly,
    /// Somebody else answers in their place. `sure`: none can be reached past him.
    Portal {
        /// Nothing neutral was reached.
        sure: bool,
    },
    /// Somebody shows certificates of his own in their names.
    Intercepted,
}

/// How the neutral places fared, for a target of this scheme.
pub(super) fn neutral(seen: &[&Observation], line: &Line, is_https: bool) -> Neutral {
    let neutral = || seen.iter().copied().filter(|seen| is_neutral(seen));
    let places = Places::of(seen);
    // What was seen of a portal outranks addresses that it lets through; not a name that showed its own certificate.
    if neutral().any(is_portal_page) && !(places.is_proven && is_https) {
        // A portal would not let through both addresses and other resolvers; where even a made-up name is found, the own
        // resolver leads all names to whoever wrote that page.
        if places.is_reached && places.is_found_elsewhere && places.is_nowhere_found {
            return Neutral::NoNames { sure: false };
        }
        return Neutral::Portal { sure: !places.is_proven && !places.is_reached };
    }
    let last_good = neutral().filter(|seen| is_good_control(seen) || is_proven(seen)).map(|seen| seen.at).max();
    if let Some(last) = last_good {
        let began = |seen: &Observation| seen.at.0.saturating_sub(seen.duration_ms);
        // Whoever was silent while others answered was so before the last answer: packets are lost, and the line is there.
        let is_losing = line.loses_syns()
            || neutral().any(|seen| is_silence(seen) && began(seen).saturating_add(LONG_BEFORE) < last.0);
        let is_explained = |seen: &Observation| line.explains(seen) || (is_losing && is_silence(seen));
        let mut failing = neutral().filter(|seen| seen.failure().is_some() && !is_explained(seen));
        if failing.any(|seen| began(seen) > last.plus(CONTROL_PAIR).0) {
            return Neutral::Lost;
        }
    }
    if places.is_proven || (!is_https && places.is_probe_good) {
        return Neutral::Fine;
    }
    if places.is_refused_by_certificate() {
        return places.behind_certificates();
    }
    let mut routes = seen.iter().filter(|seen| seen.subject == Subject::Route).peekable();
    let has_no_route = routes.peek().is_some() && routes.all(|route| route.failure().is_some());
    // Without a way out no name can be looked up either: that is no resolver's fault.
    if has_no_route && !places.is_reached && !places.is_probe_good {
        return Neutral::Down;
    }
    let all_failing = match places.without_names() {
        Some(found) => found,
        None if places.failing.is_empty() => places.by_address(neutral().any(|seen| seen.failure().is_some())),
        None => places.names_fail(neutral().any(is_literal)),
    };
    let is_explained = neutral().filter(|seen| seen.failure().is_some()).all(|seen| line.explains(seen));
    if matches!(all_failing, Neutral::Down | Neutral::Partly) && is_explained { Neutral::Slow } else { all_failing }
}

/// What the neutral places went through.
struct Places<'a> {
    /// A named one showed its own certificate.
    is_proven: bool,
    /// A literal address did.
    is_reached: bool,
    /// The portal probe was answered as it should be.
    is_probe_good: bool,
    /// What became of the named ones that failed, by the system's own resolver.
    failing: Vec<&'a Observation>,
    /// Another resolver found one.
    is_found_elsewhere: bool,
    /// A name that nobody has registered was found.
    is_nowhere_found: bool,
}

impl<'a> Places<'a> {
    fn of(seen: &[&'a Observation]) -> Self {
        let named = || seen.iter().copied().filter(|seen| is_named(seen));
        let is_found = |seen: &Observation| matches!(seen.outcome, Outcome::Resolved { .. });
        Self {
            is_proven: named().any(is_proven),
            is_reached: seen.iter().any(|seen| is_literal(seen) && is_good_control(seen)),
            is_probe_good: seen.iter().any(|seen| seen.subject == Subject::Portal && is_good_control(seen)),
            failing: named().filter(|seen| seen.resolver.is_none() && seen.failure().is_some()).collect(),
            is_found_elsewhere: named().any(|seen| seen.resolver.is_some() && is_found(seen)),
            is_nowhere_found: seen.iter().any(|seen| seen.subject == Subject::Nowhere && is_found(seen)),
        }
    }

    fn hosts(&self) -> usize {
        Names::of(self.failing.iter().map(|seen| seen.subject.host().unwrap_or_default().to_owned())).len()
    }

    /// Whether somebody answers for every named place, with certificates that are not theirs.
    fn is_refused_by_certificate(&self) -> bool {
        let failures = self.failing.iter().filter_map(|seen| seen.failure());
        let mut failures = failures.filter(|failure| *failure != Failure::TcpAddressUnreachable).peekable(); // no IPv6
        failures.peek().is_some() && failures.all(|failure| failure.is_of_certificate())
    }

    fn behind_certificates(&self) -> Neutral {
        match (self.is_reached, self.is_probe_good) {
            (true, _) if self.is_astray() => self.lost_names(),
            // Who signs for every name looks into connections; a portal has one certificate for all.
            _ if self.is_signed_here() => Neutral::Intercepted,
            (true, _) => Neutral::Partly,
            (false, is_probe_good) => Neutral::Portal { sure: !is_probe_good },
        }
    }

    /// Whether nobody trusted signs, and it is no portal's one certificate: addresses or plain http get through, or each
    /// name has a certificate of its own by the same issuer.
    fn is_signed_here(&self) -> bool {
        let is_unknown = |seen: &&&Observation| seen.failure() == Some(Failure::TlsCertAuthorityInvalid);
        if self.failing.iter().filter(is_unknown).count() < self.failing.len() {
            return false;
        }
        let shown = || self.failing.iter().filter_map(|seen| refused(seen));
        let issuers = Names::of(shown().map(|certificate| certificate.issuer.clone()));
        let certificates = Names::of(shown().map(|certificate| certificate.sha256.clone()));
        // One certificate for several names is a portal's own.
        if certificates.len() == 1 && certificates.first() != Some("") && shown().count() > 1 {
            return false;
        }
        let is_one_issuer = issuers.len() == 1 && issuers.first() != Some("");
        self.is_probe_good || self.is_reached || (is_one_issuer && certificates.len() > 1)
    }

    /// Whether names lead elsewhere than to their places: several to one address, or one that does not exist to any.
    fn is_astray(&self) -> bool {
        let at = |seen: &Observation| Some((seen.address?, seen.subject.host()?.to_owned()));
        let reached: Vec<(IpAddr, String)> = self.failing.iter().filter_map(|seen| at(seen)).collect();
        let is_shared =
            |(address, host): &(IpAddr, String)| reached.iter().any(|(other, name)| other == address && name != host);
        self.is_nowhere_found || (self.is_found_elsewhere && reached.iter().any(is_shared))
    }

    fn lost_names(&self) -> Neutral {
        Neutral::NoNames { sure: self.is_reached && self.is_found_elsewhere && self.hosts() >= DEAD_NAMES }
    }

    /// What the named places' failures say where they are the resolver's: it must be names that fail, or lead astray.
    fn without_names(&self) -> Option<Neutral> {
        let is_of_name = |seen: &&Observation| seen.failure().is_some_and(|failure| failure.phase() == Phase::Dns);
        let is_in_dns = !self.failing.is_empty() && self.failing.iter().all(is_of_name);
        // The probe is asked by name as well, of the same resolver.
        if is_in_dns && self.is_probe_good {
            return Some(Neutral::Partly);
        }
        let is_resolvers =
            (is_in_dns && (self.is_reached || self.is_found_elsewhere)) || (self.is_reached && self.is_astray());
        is_resolvers.then(|| self.lost_names())
    }

    /// No named place failed.
    const fn by_address(&self, has_failed: bool) -> Neutral {
        match (self.is_reached, has_failed) {
            (true, _) => Neutral::Fine,
            (false, true) if self.is_probe_good => Neutral::Partly,
            (false, true) => Neutral::Down,
            (false, false) => Neutral::Unseen,
        }
    }

    /// Named places failed, and not by the resolver's fault alone.
    fn names_fail(&self, is_address_looked_at: bool) -> Neutral {
        let is_of_name = |seen: &&Observation| seen.failure().is_some_and(|failure| failure.phase() == Phase::Dns);
        if self.is_reached || self.is_probe_good {
            Neutral::Partly
        } else if self.failing.iter().all(is_of_name) && !is_address_looked_at {
            Neutral::NoNames { sure: false }
        } else {
            Neutral::Down
        }
    }
}

/// An anchor that is asked by its name, and that no proxy stood before.
fn is_named(seen: &Observation) -> bool {
    matches!(seen.subject, Subject::Anchor(_)) && is_neutral(seen) && !is_literal(seen)
}

/// A named place that was reached past everybody in between.
fn is_proven(seen: &Observation) -> bool {
    is_named(seen) && (matches!(seen.outcome, Outcome::Secured(_)) || is_good_control(seen))
}

/// The certificate that was refused.
pub(super) fn refused(seen: &Observation) -> Option<&Certificate> {
    seen.so_far.as_ref()?.certificate.as_ref()
}

/// Where a failure came, and whether anybody said so. Only what is alike can have one cause: a refusal is an answer, and the
/// silence of others does not explain it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Manner {
    pub(super) step: Step,
    is_silence: bool,
}

impl Manner {
    pub(super) fn of(seen: &Observation) -> Option<Self> {
        seen.failure().map(|_| Self { step: seen.step, is_silence: is_silence(seen) })
    }

    /// What a browser's own word may mean: it does not tell a handshake that stalls from a connection that does not come about.
    pub(super) fn by_browser(failure: &Failure) -> Vec<Self> {
        let is_silence = matches!(failure, Failure::TcpTimedOut | Failure::HttpTimedOut | Failure::DnsUnreachable);
        let steps: &[Step] = match failure.phase() {
            Phase::Dns => &[Step::Dns],
            Phase::Tcp => &[Step::Tcp, Step::Tls],
            Phase::Tls => &[Step::Tls],
            Phase::Http => &[Step::Http],
            Phase::None => &[],
        };
        steps.iter().map(|step| Self { step: *step, is_silence }).collect()
    }
}

/// How many named places failed in this manner.
pub(super) fn fails_like(seen: &[&Observation], manner: Manner) -> usize {
    let failing = seen.iter().filter(|seen| is_named(seen) && seen.resolver.is_none());
    let alike = failing.filter(|seen| Manner::of(seen) == Some(manner));
    Names::of(alike.map(|seen| seen.subject.host().unwrap_or_default().to_owned())).len()
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
