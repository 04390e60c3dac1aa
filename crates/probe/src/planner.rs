//! What to measure next, from what was seen so far. It decides what to look at, never what it means.
//!
//! Nothing is asked without need: canaries and status pages only where the target fails, other resolvers for an
//! anchor only where the own one is in doubt, and outsiders learn the target's name only on the user's word.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use detour_cdn::{Cdn, identify};
use detour_model::observation::{Observation, Outcome, Step, Subject, Vantage};
use detour_model::port::Scope;
use detour_model::target::{Target, is_private_address, site_of};
use url::Host;

use crate::call::Reach;
use crate::contacts::Contacts;
use crate::controls::Controls;
use crate::doh::Families;
use crate::order::Order;
use crate::plan::Fetch;
use crate::proxy::ProxyServer;
use crate::recorder::{Begun, News};

/// Plans one check.
pub(super) struct Planner {
    contacts: Arc<Contacts>,
    target: Target,
    scope: Scope,
    controls: Controls,
    /// Whether somebody outside may learn the name, besides the scope.
    is_local_name: bool,
    /// The proxy that the target is reached through: no name is looked up here then, and nobody outside is asked of one,
    /// since only the proxy knows whether it means something in this network.
    proxy: Option<Arc<ProxyServer>>,
    /// What the own resolver gave.
    own_addresses: Vec<IpAddr>,
    /// What only other resolvers gave, and was followed.
    other_addresses: Vec<IpAddr>,
    cdn: Option<Cdn>,
    /// Whether the own resolver has had its say on the target's name.
    is_name_settled: bool,
    has_answered: bool,
    is_in_doubt: bool,
    has_asked_around: bool,
    has_asked_outside: bool,
    has_heard_another: bool,
    /// Whether one of the own resolver's addresses has shown the target's certificate.
    is_proven: bool,
    has_asked_for_nowhere: bool,
    has_looked_at_own: bool,
    asked_of_resolvers: BTreeSet<String>,
    /// What the own resolver made of the controls' names: how many it found, and how many it did not, or only at private
    /// addresses.
    found_names: usize,
    lost_names: usize,
    is_nowhere_found: bool,
    is_nowhere_settled: bool,
}

impl Planner {
    pub(super) fn new(contacts: Arc<Contacts>, target: Target, scope: Scope) -> Self {
        Self {
            contacts,
            target,
            scope,
            controls: Controls::default(),
            is_local_name: false,
            proxy: None,
            own_addresses: Vec::new(),
            other_addresses: Vec::new(),
            cdn: None,
            is_name_settled: false,
            has_answered: false,
            is_in_doubt: false,
            has_asked_around: false,
            has_asked_outside: false,
            has_heard_another: false,
            is_proven: false,
            has_asked_for_nowhere: false,
            has_looked_at_own: false,
            asked_of_resolvers: BTreeSet::new(),
            found_names: 0,
            lost_names: 0,
            is_nowhere_found: false,
            is_nowhere_settled: false,
        }
    }

    /// The same for a target behind a proxy.
    pub(super) fn through(self, server: Arc<ProxyServer>) -> Self {
        Self { proxy: Some(server), is_name_settled: true, is_local_name: true, ..self }
    }

    /// What is begun at once.
    pub(super) fn opening(&mut self) -> Vec<Order> {
        let mut orders = opening(&self.target, self.scope, &self.contacts);
        orders.extend(self.proxy.clone().map(Order::LookAtProxy));
        if self.name().is_none() {
            orders.extend(self.ask_outside(Reach::Anywhere));
        }
        orders
    }

    /// What is to be measured because of this.
    pub(super) fn note(&mut self, news: &News) -> Vec<Order> {
        let seen = match news {
            // Whatever it was, nobody else is asked.
            News::Observed(_) if self.scope == Scope::Target => return Vec::new(),
            News::Observed(seen) => seen,
            News::PrivateName => {
                self.is_local_name = true;
                return Vec::new();
            }
        };
        match &seen.subject {
            Subject::Target if seen.vantage == Vantage::Host => self.note_target(seen),
            Subject::Anchor(host) => {
                self.note_name(seen);
                let doubted = self.controls.note_anchor(host, seen);
                let mut orders: Vec<Order> = doubted.iter().filter_map(|host| self.ask_about_anchor(host)).collect();
                orders.extend(self.hear_another(host, seen));
                orders.extend(self.doubt_own_network(seen));
                orders
            }
            Subject::Route => {
                self.controls.note_route(seen);
                Vec::new()
            }
            Subject::Nowhere => {
                self.is_nowhere_found |= matches!(seen.outcome, Outcome::Resolved { .. });
                self.is_nowhere_settled = true;
                Vec::new()
            }
            Subject::Portal => self.doubt_own_network(seen).into_iter().collect(),
            Subject::Target
            | Subject::Proxy(_)
            | Subject::OwnNetwork
            | Subject::Sibling(_)
            | Subject::Visited(_)
            | Subject::Part(_)
            | Subject::StatusPage(_)
            | Subject::RemoteApi(_) => Vec::new(),
        }
    }

    /// The target's name leads to private addresses alone. Is it a name of this network's, or does every name lead there? A
    /// name that does not exist tells, beside the controls' own.
    pub(super) fn note_private(&mut self) -> Option<Order> {
        let is_due = self.scope != Scope::Target
            && !self.contacts.anchors.is_empty()
            && !self.has_asked_for_nowhere
            && self.contacts.ask_made_up_name;
        self.has_asked_for_nowhere |= is_due;
        is_due.then_some(Order::LookUpNowhere)
    }

    /// Whether names lead to no public address here, whoever's they are.
    pub(super) const fn do_names_lead_astray(&self) -> bool {
        self.is_nowhere_found || (self.lost_names > 0 && self.found_names == 0)
    }

    /// Whether it is sure that not all names lead astray, so that a name with private addresses is one of this network's.
    pub(super) const fn is_name_of_home(&self) -> bool {
        let is_settled = !self.has_asked_for_nowhere || self.is_nowhere_settled;
        self.found_names > 0 && !self.is_nowhere_found && is_settled
    }

    fn note_name(&mut self, seen: &Observation) {
        if seen.step == Step::Dns && seen.resolver.is_none() {
            let is_found = matches!(seen.outcome, Outcome::Resolved { .. });
            *(if is_found { &mut self.found_names } else { &mut self.lost_names }) += 1;
        }
    }

    /// [`crate::deadlines::PATIENCE`] is over: a target that has not answered once is looked into as one that failed,
    /// and a resolver that has not as well.
    pub(super) fn lose_patience(&mut self) -> Vec<Order> {
        if self.scope == Scope::Target {
            return Vec::new();
        }
        self.is_in_doubt |= !self.has_answered;
        let is_stuck = self.name().is_some() && !self.is_name_settled;
        let mut orders: Vec<Order> = if is_stuck { self.doubt_resolver().collect() } else { Vec::new() };
        if !self.has_answered {
            orders.extend(self.doubt_address());
        }
        orders.extend(self.ask_around());
        orders
    }

    fn note_target(&mut self, seen: &Observation) -> Vec<Order> {
        self.name_cdn(seen);
        self.has_answered |= seen.answer().is_some();
        let is_of_own = seen.address.is_some_and(|address| self.own_addresses.contains(&address));
        self.is_proven |= is_of_own && matches!(seen.outcome, Outcome::Secured(_));
        let mut orders = match (&seen.outcome, &seen.resolver) {
            (Outcome::Resolved { addresses, .. }, Some(resolver)) if !resolver.checking_disabled => {
                self.follow(addresses)
            }
            (_, Some(_)) => Vec::new(),
            (outcome, None) if seen.step == Step::Dns => self.settle_name(outcome),
            (_, None) => Vec::new(),
        };
        let is_failure = seen.resolver.is_none() && seen.failure().is_some() && !self.controls.explain(seen);
        self.is_in_doubt |= is_failure;
        if is_failure && is_of_own {
            orders.extend(self.doubt_address());
        }
        if is_failure && self.controls.have_grown_old(seen) {
            orders.extend(self.close());
        }
        orders.extend(self.ask_around());
        orders
    }

    /// The own resolver has had its say.
    fn settle_name(&mut self, outcome: &Outcome) -> Vec<Order> {
        self.is_name_settled = true;
        let mut orders = Vec::new();
        let mut reach = Reach::Anywhere;
        if let Outcome::Resolved { addresses, .. } = outcome {
            self.own_addresses.clone_from(addresses);
            if addresses.iter().any(|address| is_private_address(*address)) {
                reach = Reach::PrivateOnly;
            }
        } else {
            orders.extend(self.doubt_resolver());
        }
        orders.extend(self.ask_outside(reach));
        orders
    }

    /// Whose fault is it, the name's or the resolver's? An anchor's name tells, and gives nothing away.
    fn doubt_resolver(&mut self) -> impl Iterator<Item = Order> + use<> {
        let anchor = self.contacts.anchors.first().map(|anchor| anchor.host().to_owned());
        anchor.and_then(|host| self.ask_about_anchor(&host)).into_iter()
    }

    /// Has the resolver made the target's address up? A certificate proves that it has not; else a name that does not
    /// exist tells.
    fn doubt_address(&mut self) -> Option<Order> {
        let is_in_question = !self.own_addresses.is_empty() && !self.is_proven;
        let is_due = is_in_question && !self.has_asked_for_nowhere && self.contacts.ask_made_up_name;
        self.has_asked_for_nowhere |= is_due;
        is_due.then_some(Order::LookUpNowhere)
    }

    /// Other resolvers and remote probes, who learn the target's name.
    fn ask_outside(&mut self, reach: Reach) -> Vec<Order> {
        if self.scope != Scope::Closer || self.is_local_name || self.has_asked_outside {
            return Vec::new();
        }
        self.has_asked_outside = true;
        let resolvers = self.name().map(|name| Order::AskResolvers {
            subject: Subject::Target,
            name,
            families: Families::Both,
            reach,
        });
        resolvers.into_iter().chain([Order::AskRemote(self.target.clone(), reach)]).collect()
    }

    /// Addresses that only another resolver gave: whether the site is behind them shows in the handshake.
    fn follow(&mut self, addresses: &[IpAddr]) -> Vec<Order> {
        let mut fresh = Vec::new();
        for address in addresses {
            let of_family = self.other_addresses.iter().filter(|other| other.is_ipv4() == address.is_ipv4()).count();
            let is_known = self.own_addresses.contains(address) || self.other_addresses.contains(address);
            if !is_known && of_family < OTHER_ADDRESSES {
                self.other_addresses.push(*address);
                fresh.push(*address);
            }
        }
        if fresh.is_empty() {
            return Vec::new();
        }
        vec![Order::FetchFrom(Fetch::target_elsewhere(self.target.clone()), fresh)]
    }

    /// Other sites on the target's CDN, and what the CDN says of itself; once.
    fn ask_around(&mut self) -> Vec<Order> {
        let Some(cdn) =
            self.cdn.as_ref().filter(|_| self.is_in_doubt && !self.has_asked_around && self.scope != Scope::Alone)
        else {
            return Vec::new();
        };
        self.has_asked_around = true;
        let own_site = site_of(self.target.host());
        let canaries = self.contacts.canaries.get(&cdn.name).into_iter().flatten();
        let canaries = canaries.filter(|canary| site_of(canary.host()) != own_site);
        let page = self.contacts.status_pages.get(&cdn.name).filter(|_| !self.scope.is_again());
        let page = page.map(|page| Order::ReadStatusPage { cdn: cdn.name.clone(), page: page.clone() });
        canaries.take(CANARIES).map(|canary| Order::Fetch(Fetch::canary(canary.clone()))).chain(page).collect()
    }

    /// A control fails: does this computer know why? That one family is missing says why by itself; that both are says nothing
    /// of where. Behind a proxy its own network is the proxy's affair.
    fn doubt_own_network(&mut self, seen: &Observation) -> Option<Order> {
        let is_explained = self.controls.explain(seen) && !self.controls.are_all_cut_off();
        let is_due = seen.failure().is_some() && !is_explained && seen.resolver.is_none();
        let is_first = is_due && self.proxy.is_none() && !self.has_looked_at_own;
        self.has_looked_at_own |= is_first;
        is_first.then_some(Order::LookAtOwnNetwork)
    }

    /// The controls once more: what they said was true before the target failed.
    fn close(&mut self) -> Vec<Order> {
        let Contacts { anchors, literals, .. } = &*self.contacts;
        let was_good = |anchor: &&Target| self.controls.was_good(anchor.host());
        let by_name = anchors.iter().find(was_good).or(anchors.first());
        let by_name = by_name.map(|anchor| Order::Fetch(Fetch::anchor(anchor, Begun::Late)));
        let was_good = |address: &&SocketAddr| self.controls.was_good(&address.ip().to_string());
        let by_address = literals.iter().find(was_good).or(literals.first());
        let by_address = by_address.map(|address| Order::Touch(*address, Begun::Late));
        by_name.into_iter().chain(by_address).collect()
    }

    /// Another literal address in the place of a second look's only one, should that fail: it may stand on what is down
    /// itself, as 1.1.1.1 did in July 2020.
    fn hear_another(&mut self, host: &str, seen: &Observation) -> Option<Order> {
        let failed: IpAddr = host.parse().ok()?;
        let is_only_one = self.scope.is_again() && !self.has_heard_another;
        if !is_only_one || seen.failure().is_none() {
            return None;
        }
        self.has_heard_another = true;
        let mut others = self.contacts.literals.iter().map(|address| (address.ip(), *address));
        let (_, other) = others.find(|(address, _)| *address != failed && !self.controls.are_cut_off_from(*address))?;
        Some(Order::Touch(other, Begun::Late))
    }

    fn ask_about_anchor(&mut self, host: &str) -> Option<Order> {
        let is_name = matches!(Host::parse(host), Ok(Host::Domain(_)));
        if !is_name || self.asked_of_resolvers.len() >= DOUBTED_ANCHORS {
            return None;
        }
        self.asked_of_resolvers.insert(host.to_owned()).then(|| Order::AskResolvers {
            subject: Subject::Anchor(host.to_owned()),
            name: host.to_owned(),
            families: Families::V4,
            reach: Reach::Anywhere,
        })
    }

    /// The most trusted basis wins, as in [`identify`].
    fn name_cdn(&mut self, seen: &Observation) {
        let named = identify([seen]);
        self.cdn = self.cdn.take().into_iter().chain(named).min_by_key(|cdn| cdn.basis);
    }

    fn name(&self) -> Option<String> {
        match self.target.url().host() {
            Some(Host::Domain(name)) => Some(name.to_owned()),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) | None => None,
        }
    }
}

/// What is begun at once; the target first, so that its observations come first.
fn opening(target: &Target, scope: Scope, contacts: &Contacts) -> Vec<Order> {
    let own = Order::Fetch(Fetch::target(target.clone(), scope));
    // A recheck needs one witness by name and one by address that the network still works, and the portal's word:
    // behind a captive portal it would otherwise see nothing but certificate errors.
    let most = match scope {
        Scope::Usual | Scope::Closer => usize::MAX,
        Scope::Again | Scope::Alone => 1,
        Scope::Target => return vec![own],
    };
    let by_name = contacts.anchors.iter().take(most).map(|anchor| Fetch::anchor(anchor, Begun::AtOnce));
    let by_address = contacts.literals.iter().take(most).map(|address| Order::Touch(*address, Begun::AtOnce));
    let portal = contacts.portal.iter().map(Fetch::portal);
    let mut orders = vec![own];
    orders.extend(by_name.map(Order::Fetch).chain(by_address).chain(portal.map(Order::Fetch)));
    orders
}

/// Two names that the own resolver loses and others find are the resolver's fault; a third adds load, no evidence.
const DOUBTED_ANCHORS: usize = 2;

/// Canaries asked: three sites that fail together are no accident.
const CANARIES: usize = 3;

/// Addresses of one family that are looked at though the own resolver does not know them. CDNs give every resolver
/// others; all of them would be many.
const OTHER_ADDRESSES: usize = 2;

#[cfg(test)]
mod tests;
