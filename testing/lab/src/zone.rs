//! The lab's DNS zone as data: who is where, who has moved, and which names fail how, for whom.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::home::{Home, LAB_DOMAIN};
use crate::hosts::{self, ASTRAY, Cdn, Host, MOVED, SECOND_SUFFIX, second_alias};
use crate::private::PRIVATE;

/// How a question is treated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DnsMode {
    /// From the zone.
    #[default]
    Answer,
    /// As if the name did not exist.
    Nxdomain,
    /// "I cannot find out."
    Servfail,
    /// No reply at all.
    Silent,
    /// Wrongly signed: SERVFAIL for those who want signatures checked, an answer for those who set the CD bit.
    Bogus,
    /// At the system's resolver alone: as if the name did not exist.
    Filtered,
    /// At the system's resolver alone: the address of somebody else, [`crate::hosts::STRANGER`].
    Poisoned,
    /// At the system's resolver alone, and for no name of its own: names that do not exist lead to the stranger.
    RewriteNxdomain,
    /// The address of a machine on the user's private network, [`crate::private::PRIVATE`].
    Private,
    /// The name's own address together with the private one.
    AlsoPrivate,
    /// By an alias: a name of the attacker's, and behind it the private address.
    PrivateAlias,
    /// The name's own address the first time that it is looked up, from then on the private one.
    Rebinding,
}

/// One link of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Link {
    Alias { from: String, to: String },
    Address { name: String, address: IpAddr },
}

/// What a name has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    Found(Vec<Link>),
    /// With the links that led to the name that does not exist.
    NoSuchName(Vec<Link>),
    Failed,
    Silence,
}

/// What somebody wants to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    /// Lower case, without the final dot.
    pub(crate) name: &'a str,
    pub(crate) kind: Kind,
    /// The CD bit: signatures need not be checked.
    pub(crate) is_unchecked: bool,
    pub(crate) asked: Asked,
}

/// The record type that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    V4,
    V6,
    Alias,
    Other,
}

/// Who was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The resolver of the user's network, which may be broken or lie.
    System,
    /// Any other one; it shows the zone as it is.
    Other,
}

/// The zone with its switches.
#[derive(Clone, Debug)]
pub(crate) struct Zone {
    hosts: BTreeMap<String, Host>,
    moved: BTreeSet<String>,
    with_ipv6: BTreeSet<String>,
    modes: BTreeMap<String, DnsMode>,
    suffixes: BTreeMap<String, DnsMode>,
    system: DnsMode,
    /// Names under [`DnsMode::Rebinding`] that were looked up already; a copy of the zone shares it.
    asked: Arc<Mutex<BTreeSet<String>>>,
}

impl Zone {
    pub(crate) fn new() -> Self {
        let hosts = hosts::all().into_iter().map(|host| (host.name.clone(), host)).collect();
        let failing = [
            ("nx", DnsMode::Nxdomain),
            ("servfail", DnsMode::Servfail),
            ("silent", DnsMode::Silent),
            ("bogus", DnsMode::Bogus),
        ];
        let modes = failing.map(|(label, mode)| (format!("{label}.{}", LAB_DOMAIN), mode));
        Self {
            hosts,
            moved: BTreeSet::new(),
            with_ipv6: BTreeSet::new(),
            modes: modes.into(),
            suffixes: BTreeMap::new(),
            system: DnsMode::Answer,
            asked: Arc::default(),
        }
    }

    /// Whether the zone has this name, as a host or as a CDN's name for one.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.hosts.contains_key(name) || self.behind_alias(name).is_some()
    }

    /// Whether a host or a CDN's name for one ends so.
    pub(crate) fn has_suffix(&self, suffix: &str) -> bool {
        let names = self.hosts.values().flat_map(|host| std::iter::once(&host.name).chain(&host.alias));
        names.into_iter().any(|name| ends_with(name, suffix)) || ends_with(SECOND_SUFFIX, suffix)
    }

    /// How the system's resolver treats every name.
    pub(crate) fn set_system(&mut self, mode: DnsMode) {
        self.system = mode;
    }

    pub(crate) fn set_mode(&mut self, name: &str, mode: DnsMode) {
        self.modes.insert(name.to_owned(), mode);
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    pub(crate) fn set_suffix(&mut self, suffix: &str, mode: DnsMode) {
        self.suffixes.insert(suffix.to_owned(), mode);
    }

    pub(crate) fn move_to(&mut self, name: &str, cdn: Cdn) {
        match cdn {
            Cdn::Fastly => self.moved.remove(name),
            Cdn::Cloudflare => self.moved.insert(name.to_owned()),
        };
    }

    pub(crate) fn set_ipv6(&mut self, name: &str, on: bool) {
        if on {
            self.with_ipv6.insert(name.to_owned());
        } else {
            self.with_ipv6.remove(name);
        }
    }

    /// Looks up a name; one that has nothing of the kind gives `Found` with what leads there.
    pub(crate) fn look_up(&self, question: Question<'_>) -> Lookup {
        let mode = if question.asked == Asked::System { self.system } else { DnsMode::Answer };
        if let Some(lookup) = treat(mode, question) {
            return lookup;
        }
        match self.follow(question) {
            Lookup::NoSuchName(_) if mode == DnsMode::RewriteNxdomain => astray(question),
            found @ (Lookup::Found(_) | Lookup::NoSuchName(_) | Lookup::Failed | Lookup::Silence) => found,
        }
    }

    /// As a resolver does it: the name, its alias, the alias's address. What fails on the way fails the whole,
    /// but the alias itself can still be asked for.
    fn follow(&self, question: Question<'_>) -> Lookup {
        let mode = self.mode_of(question.name);
        let is_again = mode == DnsMode::Rebinding && self.was_asked(question);
        if let Some(lookup) = treat(if is_again { DnsMode::Private } else { mode }, question) {
            return lookup;
        }
        let Some(host) = self.hosts.get(question.name) else {
            let addresses = self.behind_alias(question.name).map(|address| of_family(address, question));
            return addresses.map_or(Lookup::NoSuchName(Vec::new()), Lookup::Found);
        };
        let mut links = Vec::new();
        let mut end = host.name.clone();
        if let Some(alias) = self.alias(host) {
            links.push(Link::Alias { from: end, to: alias.clone() });
            end = alias;
            if question.kind == Kind::Alias {
                return Lookup::Found(links);
            }
            let question = Question { name: &end, ..question };
            match treat(self.mode_of(&end), question) {
                None => {}
                Some(Lookup::NoSuchName(_)) => return Lookup::NoSuchName(links),
                Some(Lookup::Found(more)) => {
                    links.extend(more);
                    return Lookup::Found(links);
                }
                Some(lookup @ (Lookup::Failed | Lookup::Silence)) => return lookup,
            }
        }
        let address = match question.kind {
            Kind::V4 if self.moved.contains(&host.name) => Some(IpAddr::V4(MOVED)),
            Kind::V4 => Some(host.address).filter(IpAddr::is_ipv4),
            Kind::V6 if host.address.is_ipv6() => Some(host.address),
            Kind::V6 if self.with_ipv6.contains(&host.name) => Some(IpAddr::V6(hosts::IPV6)),
            Kind::V6 | Kind::Alias | Kind::Other => None,
        };
        links.extend(address.map(|address| Link::Address { name: end.clone(), address }));
        if mode == DnsMode::AlsoPrivate {
            links.extend(of_family(IpAddr::V4(PRIVATE), Question { name: &end, ..question }));
        }
        Lookup::Found(links)
    }

    /// Whether this name's address was asked for before; from now on it was.
    fn was_asked(&self, question: Question<'_>) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        question.kind == Kind::V4 && !asked.insert(question.name.to_owned())
    }

    /// The name's own mode, or that of the longest suffix that it has.
    fn mode_of(&self, name: &str) -> DnsMode {
        let of_suffix = || {
            let fitting = self.suffixes.iter().filter(|(suffix, _)| ends_with(name, suffix));
            fitting.max_by_key(|(suffix, _)| suffix.len()).map(|(_, mode)| *mode)
        };
        self.modes.get(name).copied().or_else(of_suffix).unwrap_or_default()
    }

    /// The CDN's own names resolve too.
    fn behind_alias(&self, name: &str) -> Option<IpAddr> {
        self.hosts.values().find_map(|host| match &host.alias {
            Some(alias) if alias == name => Some(host.address),
            Some(_) if host.home == Home::Edge && second_alias(&host.name) == name => Some(IpAddr::V4(MOVED)),
            Some(_) | None => None,
        })
    }

    fn alias(&self, host: &Host) -> Option<String> {
        let alias = host.alias.clone()?;
        Some(if self.moved.contains(&host.name) { second_alias(&host.name) } else { alias })
    }
}

/// What a mode makes of a question; `None` when it leaves it alone.
fn treat(mode: DnsMode, question: Question<'_>) -> Option<Lookup> {
    let at_system = question.asked == Asked::System;
    match mode {
        DnsMode::Nxdomain => Some(Lookup::NoSuchName(Vec::new())),
        DnsMode::Servfail => Some(Lookup::Failed),
        DnsMode::Silent => Some(Lookup::Silence),
        DnsMode::Bogus => (!question.is_unchecked).then_some(Lookup::Failed),
        DnsMode::Filtered => at_system.then(|| Lookup::NoSuchName(Vec::new())),
        DnsMode::Poisoned => at_system.then(|| astray(question)),
        DnsMode::Private => Some(Lookup::Found(of_family(IpAddr::V4(PRIVATE), question))),
        DnsMode::PrivateAlias => Some(Lookup::Found(by_alias(question))),
        DnsMode::Answer | DnsMode::RewriteNxdomain | DnsMode::AlsoPrivate | DnsMode::Rebinding => None,
    }
}

/// To the stranger, who has no IPv6.
fn astray(question: Question<'_>) -> Lookup {
    Lookup::Found(of_family(IpAddr::V4(ASTRAY), question))
}

/// A name that nobody would take for a private one, and the private address behind it.
fn by_alias(question: Question<'_>) -> Vec<Link> {
    let (from, to) = (question.name.to_owned(), hosts::PRIVATE_ALIAS.to_owned());
    let mut links = vec![Link::Alias { from, to: to.clone() }];
    links.extend(of_family(IpAddr::V4(PRIVATE), Question { name: &to, ..question }));
    links
}

fn of_family(address: IpAddr, question: Question<'_>) -> Vec<Link> {
    let fits = match question.kind {
        Kind::V4 => address.is_ipv4(),
        Kind::V6 => address.is_ipv6(),
        Kind::Alias | Kind::Other => false,
    };
    if fits { vec![Link::Address { name: question.name.to_owned(), address }] } else { Vec::new() }
}

fn ends_with(name: &str, suffix: &str) -> bool {
    name.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests;
