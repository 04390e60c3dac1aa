//! A scene as data: somebody's network, a page, and what may be said of it.

use std::collections::BTreeSet;

use crate::sites::Canaries;

/// One of the twelve kinds of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// 1: the host's inability or refusal overrules the browser.
    HostRefused,
    /// 2: siblings that cannot be reached are added to an edge's error.
    SilentSiblings,
    /// 3: canaries that turn robots away.
    RobotCanaries,
    /// 4: proxies.
    Proxies,
    /// 5: one good control vouches for every layer.
    Layers,
    /// 6: plain http has no controls; 511.
    PlainHttp,
    /// 7: a private answer ends the check.
    PrivateAnswers,
    /// 8: "passed" by somebody else's addresses.
    OthersAddresses,
    /// 9: redirects.
    Redirects,
    /// 10: NAT64 and names.
    Names,
    /// 11: slow is not down.
    Slow,
    /// 12: the user's own side, in parts.
    OwnSide,
    /// None of them: real servers with real error pages, in a network without trouble.
    Servers,
}

impl Kind {
    pub(crate) const ALL: [Self; 13] = [
        Self::HostRefused,
        Self::SilentSiblings,
        Self::RobotCanaries,
        Self::Proxies,
        Self::Layers,
        Self::PlainHttp,
        Self::PrivateAnswers,
        Self::OthersAddresses,
        Self::Redirects,
        Self::Names,
        Self::Slow,
        Self::OwnSide,
        Self::Servers,
    ];

    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::HostRefused => "1 host refused",
            Self::SilentSiblings => "2 silent siblings",
            Self::RobotCanaries => "3 robot canaries",
            Self::Proxies => "4 proxies",
            Self::Layers => "5 layers",
            Self::PlainHttp => "6 plain http",
            Self::PrivateAnswers => "7 private answers",
            Self::OthersAddresses => "8 others' addresses",
            Self::Redirects => "9 redirects",
            Self::Names => "10 names",
            Self::Slow => "11 slow",
            Self::OwnSide => "12 own side",
            Self::Servers => "servers",
        }
    }
}

/// What may be said, by the names of faults as documents write them. `quiet` is that nothing is said: the page is
/// not marked, or its mark is taken off.
#[derive(Debug, Clone, Default)]
pub(crate) struct Allowed {
    pub(crate) right: BTreeSet<&'static str>,
    /// Wrong however unsure: what the issue names as the worst.
    pub(crate) forbidden: BTreeSet<&'static str>,
}

impl Allowed {
    /// These are right; whatever else is said is wrong, but for "can't tell".
    pub(crate) fn right(faults: &[&'static str]) -> Self {
        Self { right: faults.iter().copied().collect(), forbidden: BTreeSet::new() }
    }

    /// These are counted as confidently wrong also where they are only fairly sure.
    pub(crate) fn never(mut self, faults: &[&'static str]) -> Self {
        self.forbidden.extend(faults);
        self
    }
}

/// One scene.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The network's name, in the table of networks.
    pub(crate) network: &'static str,
    /// The page.
    pub(crate) url: String,
    /// The same as people type it on the command line, where that is another form.
    pub(crate) typed: Option<&'static str>,
    pub(crate) canaries: Canaries,
    pub(crate) allowed: Allowed,
    /// Whether other resolvers are asked for the name, as after a click on "look closer".
    pub(crate) is_closer: bool,
    /// The segment of the user's own network that fails, as documents write it; `None` where nobody need name one.
    pub(crate) segment: Option<&'static str>,
    /// Whether `--fast` plays it.
    pub(crate) is_telling: bool,
}

impl Scene {
    pub(crate) fn new(kind: Kind, network: &'static str, url: &str, allowed: Allowed) -> Self {
        let short = url.trim_start_matches("https://").trim_end_matches('/');
        Self {
            name: format!("{network}: {short}"),
            kind,
            network,
            url: url.to_owned(),
            typed: None,
            canaries: Canaries::Fine,
            allowed,
            is_closer: false,
            segment: None,
            is_telling: false,
        }
    }

    pub(crate) fn typed(mut self, typed: &'static str) -> Self {
        self.typed = Some(typed);
        self
    }

    pub(crate) fn closer(mut self) -> Self {
        self.is_closer = true;
        self
    }

    pub(crate) fn with(mut self, canaries: Canaries) -> Self {
        self.canaries = canaries;
        if canaries != Canaries::Fine {
            self.name = format!("{}, canaries {}", self.name, canaries.label());
        }
        self
    }

    pub(crate) fn segment(mut self, segment: &'static str) -> Self {
        self.segment = Some(segment);
        self
    }

    pub(crate) fn telling(mut self) -> Self {
        self.is_telling = true;
        self
    }
}
