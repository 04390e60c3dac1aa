//! Other sites on the network, each boiled down to a tally of the tries at it.
//!
//! What the user's other tabs saw is tallied where it lies: with fifty failing tabs a verdict would otherwise begin with a
//! copy of two thousand observations.

use super::family::Family;
use super::limits::CDN_WIDE_WINDOW;
use super::line::{Line, is_silence};
use super::names::Names;
use super::sample::{Health, Sample, health};
use detour_cdn::{self as cdn, Basis, CdnName, places};
use detour_model::observation::{Millis, Observation, Outcome, Subject, Vantage};
use detour_model::target::site_of;

/// Another site that the user opened and that failed there, as its tab knows it.
#[derive(Debug, Clone)]
pub struct Neighbour {
    host: String,
    /// Whether the user named it, and no page can have.
    is_named_by_user: bool,
    all: Tally,
    /// The same without failures that no answer explains.
    answered: Tally,
    /// Address families in which it answered the host.
    families: [bool; 2],
}

impl Neighbour {
    /// From what was seen of it as a target.
    #[must_use]
    pub fn of<'a>(host: &str, seen: impl IntoIterator<Item = &'a Observation>, now: Millis) -> Self {
        let (mut answered, mut failed) = (Tally::default(), Tally::default());
        let [mut v4, mut v6] = [false; 2];
        for seen in seen.into_iter().filter(|seen| now.since(seen.at) <= CDN_WIDE_WINDOW) {
            let tally = if matches!(seen.outcome, Outcome::Failed(_)) { &mut failed } else { &mut answered };
            tally.add(seen);
            if let (Outcome::Answered(_), Some(address)) = (&seen.outcome, seen.address) {
                *(if Family::of(address) == Family::V4 { &mut v4 } else { &mut v6 }) = true;
            }
        }
        let mut all = answered.clone();
        all.merge(&failed);
        Self { host: host.to_owned(), is_named_by_user: false, all, answered, families: [v4, v6] }
    }

    /// The same, of a site that the user named: pages opened in a browser may be anybody's, a list on the command line is not.
    #[must_use]
    pub fn named_by_user(self, is_named_by_user: bool) -> Self {
        Self { is_named_by_user, ..self }
    }

    pub(super) const fn works_in(&self, family: Family) -> bool {
        let [v4, v6] = self.families;
        match family {
            Family::V4 => v4,
            Family::V6 => v6,
        }
    }

    pub(super) const fn has_host(&self) -> bool {
        self.all.has_host
    }

    /// Whether some of its failures are only explained where neutral places were seen.
    pub(super) const fn has_unanswered(&self) -> bool {
        self.all.tried > self.answered.tried
    }
}

/// Which of the neighbours' failures count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counting {
    /// All: there is something neutral to hold them against, or it is only a first guess.
    All,
    /// Those that a server answered with: over TLS, whoever answers is the site's.
    Answered,
    /// None.
    Good,
}

/// The tries at one site.
#[derive(Debug, Clone, Default)]
struct Tally {
    cdn: Option<(CdnName, Basis)>,
    tried: usize,
    bad: usize,
    worst: Option<Health>,
    /// One of the errors of that kind is known to be an outage's.
    is_recognised: bool,
    pops: Names,
    bad_nodes: Names,
    good_nodes: Names,
    has_host: bool,
}

impl Tally {
    fn add(&mut self, seen: &Observation) {
        let reading = cdn::reading_of(seen);
        self.name(reading.cdn);
        self.has_host |= seen.vantage == Vantage::Host;
        let Some(sample) = Sample::of(seen) else { return };
        self.tried += 1;
        let node = sample.node();
        if sample.is_good() {
            if let Some(node) = node {
                self.good_nodes.add_new(&node.name);
            }
            return;
        }
        self.bad += 1;
        self.meet(health(&sample), sample.reading.is_known_outage);
        if let Some(node) = node {
            self.bad_nodes.add_new(&node.name);
            self.pops.add_new(&node.pop);
        }
    }

    fn name(&mut self, cdn: Option<(CdnName, Basis)>) {
        if let Some((_, basis)) = cdn
            && self.cdn.is_none_or(|(_, known)| basis < known)
        {
            self.cdn = cdn;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.name(other.cdn);
        self.tried += other.tried;
        self.bad += other.bad;
        self.meet(other.worst, other.is_recognised);
        self.pops.add_all(&other.pops);
        self.bad_nodes.add_all(&other.bad_nodes);
        self.good_nodes.add_all(&other.good_nodes);
        self.has_host |= other.has_host;
    }

    /// Takes a failure in: the one that says most counts.
    fn meet(&mut self, health: Option<Health>, is_recognised: bool) {
        let worst = self.worst.into_iter().chain(health).min();
        let had_known = self.is_recognised && self.worst == worst;
        self.is_recognised = had_known || (is_recognised && health == worst);
        self.worst = worst;
    }

    fn into_sibling(self, site: &str, is_independent: bool) -> Option<Sibling> {
        let health = match self.tried {
            0 => return None,
            tried if self.bad * 2 < tried => Health::Fine,
            _ => self.worst?,
        };
        Some(Sibling {
            site: site.to_owned(),
            is_independent,
            cdn: self.cdn.map(|(CdnName(name), _)| name),
            health,
            is_recognised: self.is_recognised,
            pops: self.pops,
            bad_nodes: self.bad_nodes,
            good_nodes: self.good_nodes,
        })
    }
}

/// Another site.
#[derive(Debug)]
pub(super) struct Sibling {
    pub(super) site: String,
    /// Whether no page can have chosen it; see [`is_independent`].
    pub(super) is_independent: bool,
    pub(super) cdn: Option<&'static str>,
    pub(super) health: Health,
    /// Its errors are known to be an outage's: a page for robots cannot be taken for them.
    pub(super) is_recognised: bool,
    pub(super) pops: Names,
    /// The nodes that failed, and those that did not.
    pub(super) bad_nodes: Names,
    pub(super) good_nodes: Names,
}

/// Whether no page can have chosen this other site: the host picked it, or everybody knows whose it is.
fn is_independent(seen: &Observation, host: &str) -> bool {
    let is_canary = matches!(seen.subject, Subject::Sibling(_)) && seen.vantage != Vantage::Browser;
    is_canary || places::is_well_known(host)
}

/// The other sites, by registrable name.
///
/// Two names may share a domain and no owner, as on github.io: what no page can have chosen has the word.
pub(super) fn siblings(
    seen: &[&Observation],
    neighbours: &[Neighbour],
    counting: Counting,
    line: &Line,
    target: &str,
    now: Millis,
) -> Vec<Sibling> {
    let own = site_of(target);
    let mut grouped = Grouped { own, sites: Vec::new() };
    for seen in seen.iter().filter(|seen| now.since(seen.at) <= CDN_WIDE_WINDOW) {
        if let Subject::Sibling(host) | Subject::Visited(host) = &seen.subject
            && !line.explains(seen)
            && !(line.is_lossy && is_silence(seen))
            && let Some(tally) = grouped.of(host, is_independent(seen, host))
        {
            tally.add(seen);
        }
    }
    for neighbour in neighbours {
        let counted = match counting {
            Counting::All if !line.is_slow() && !line.is_lossy => &neighbour.all,
            Counting::Good if neighbour.all.bad > 0 => continue,
            Counting::All | Counting::Answered | Counting::Good => &neighbour.answered,
        };
        if let Some(tally) =
            grouped.of(&neighbour.host, neighbour.is_named_by_user || places::is_well_known(&neighbour.host))
        {
            tally.merge(counted);
        }
    }
    let sites = grouped.sites.into_iter();
    sites
        .filter_map(|(site, [independent, other])| match (independent, other) {
            (Some(tally), _) => tally.into_sibling(site, true),
            (None, Some(tally)) => tally.into_sibling(site, false),
            (None, None) => None,
        })
        .collect()
}

/// Tallies by registrable name, in its order: of what no page can have chosen, and of the rest.
struct Grouped<'a> {
    own: &'a str,
    sites: Vec<(&'a str, [Option<Tally>; 2])>,
}

impl<'a> Grouped<'a> {
    /// The tally that a host's tries belong to; none for the target's own site.
    fn of(&mut self, host: &'a str, is_independent: bool) -> Option<&mut Tally> {
        let site = site_of(host);
        if site == self.own {
            return None;
        }
        let at = match self.sites.binary_search_by(|(known, _)| (*known).cmp(site)) {
            Ok(at) => at,
            Err(at) => {
                self.sites.insert(at, (site, [None, None]));
                at
            }
        };
        let (_, [independent, other]) = self.sites.get_mut(at)?;
        Some(if is_independent { independent } else { other }.get_or_insert_default())
    }
}
