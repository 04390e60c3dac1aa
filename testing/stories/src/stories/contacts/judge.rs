//! What happened in a story, and which of it no row of the table allows.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use detour_core::target::{is_private_address, site_of};
use detour_lab::home::Home;
use detour_lab::hosts;
use detour_lab::{Asker, Seen, neighbours};
use url::{Host, Url};

use super::table::{Half, Kind, Table};
use crate::deeds::Deed;
use crate::engine::Engine;
use crate::requests::{By, Request};
use crate::stories::stage::words;

/// All that is known of a story.
pub(super) struct Case {
    engine: Engine,
    ledger: Vec<Seen>,
    requests: Vec<Request>,
    deeds: Vec<(f64, Deed)>,
    /// Hosts that the user's tabs went to.
    visited: BTreeSet<String>,
    /// Hosts that those pages send their visitors on to: the lab's addresses say where.
    sent_to: BTreeSet<String>,
    /// Hosts that pages took parts from.
    parts: BTreeSet<String>,
    /// Addresses that names led to, for whomever.
    led_to: BTreeSet<(String, IpAddr)>,
    /// The proxy that everything goes through, where there is one.
    proxy: Option<IpAddr>,
}

/// One contact of Detour's.
#[derive(Debug)]
struct Contact<'a> {
    at: f64,
    /// Which half asked; both where nobody knows.
    halves: &'static [Half],
    /// Name or address, as it was asked for.
    whom: &'a str,
    how: String,
    /// Which rows would explain it; one that allows it is enough.
    kinds: Vec<Kind>,
}

impl Case {
    pub(super) fn new(engine: Engine, ledger: Vec<Seen>, requests: Vec<Request>, deeds: Vec<(f64, Deed)>) -> Self {
        let led_to = ledger.iter().filter(|seen| seen.server == "dns").flat_map(|seen| {
            let addresses = seen.path.split(' ').filter_map(|address| address.parse().ok());
            addresses.map(|address| (seen.host.clone(), address))
        });
        let led_to = led_to.collect();
        // Parts that the browser was told not to load count as well: a page names them, and they are looked into.
        let named = deeds.iter().filter_map(|(_, deed)| match deed {
            Deed::Put(page) => Some(addresses_in(page).map(|url| host_of(&url)).collect::<Vec<_>>()),
            Deed::Wrote(_) | Deed::Pressed(_) | Deed::Chose(_) => None,
        });
        let parts = named.flatten().collect();
        let (visited, sent_to, proxy) = (BTreeSet::new(), BTreeSet::new(), None);
        let mut case = Self { engine, ledger, requests, deeds, visited, sent_to, parts, led_to, proxy };
        for request in &case.requests {
            let host = host_of(&request.url);
            match &request.by {
                By::Navigation if case.is_users(&host) => {
                    case.visited.insert(host);
                    let sent_to = request.url.query_pairs().filter(|(name, _)| name == "to");
                    case.sent_to.extend(sent_to.filter_map(|(_, to)| Url::parse(&to).ok()).map(|url| host_of(&url)));
                }
                By::Page(origin) if is_site(origin_host(origin)) || case.is_named(origin_host(origin)) => {
                    case.parts.insert(host);
                }
                By::Navigation | By::Page(_) | By::Extension | By::Browser => {}
            }
        }
        case
    }

    /// The same, in a network whose proxy nobody may go around.
    pub(super) fn behind(self, proxy: Option<IpAddr>) -> Self {
        Self { proxy, ..self }
    }

    /// What the table does not allow, each as a sentence.
    pub(super) fn faults(&self, table: &Table) -> Vec<String> {
        let mut faults = self.in_private_networks();
        faults.extend(self.around_the_proxy());
        faults.extend(self.contacts().iter().filter_map(|contact| self.fault(contact, table)));
        // The same name is asked for again and again.
        let mut told = BTreeSet::new();
        faults.retain(|fault| told.insert(fault.split(" (").next().unwrap_or_default().to_owned()));
        faults
    }

    fn fault(&self, contact: &Contact<'_>, table: &Table) -> Option<String> {
        let said = format!("{:?}: {}", contact.halves, contact.whom);
        // What has a stand-in in the lab is known by that; the rest by the names that the table itself has.
        let kinds: BTreeSet<Kind> = contact.kinds.iter().copied().chain(table.naming(contact.whom)).collect();
        if kinds.is_empty() {
            return Some(format!("{said} is no contact of any row ({})", contact.how));
        }
        let mut reasons = Vec::new();
        for kind in &kinds {
            match table.row(*kind) {
                None => reasons.push(format!("{kind:?} has no row")),
                Some(row) if !contact.halves.iter().any(|half| row.asked_by.contains(half)) => {
                    reasons.push(format!("{kind:?} is not asked by it"))
                }
                Some(row) if !row.after.is_empty() && !self.has_agreed(&row.after, contact.at) => {
                    reasons.push(format!("{kind:?} waits for {:?}", row.after));
                }
                Some(_) => return None,
            }
        }
        Some(format!("{said}: {} ({})", reasons.join(", "), contact.how))
    }

    fn contacts(&self) -> Vec<Contact<'_>> {
        let mut contacts = Vec::new();
        for seen in &self.ledger {
            let how = || format!("{} {} {} {}", seen.server, seen.method, seen.host, seen.path);
            let contact = |halves, kinds| Contact { at: seen.t, halves, whom: &seen.host, how: how(), kinds };
            match (seen.server.as_str(), seen.by) {
                ("wire", Asker::Watched) if self.is_proxy(&seen.host) => {}
                ("dns" | "wire", Asker::Watched) => contacts.push(contact(PROGRAM, self.kinds(&seen.host))),
                // Nobody but Detour knows these names, and no request explains the question: the socket of a program that has
                // gone, or has given up, can no longer be told.
                ("dns", Asker::Others) if !fixed(&seen.host).is_empty() && !self.is_asked_for(&seen.host) => {
                    contacts.push(contact(EITHER, self.kinds(&seen.host)));
                }
                ("doh", Asker::Watched) => contacts.push(contact(PROGRAM, self.asked_of_name_servers(&seen.host))),
                ("connection", Asker::Watched) => contacts.push(contact(PROGRAM, self.at_door(&seen.host))),
                _ => {}
            }
        }
        for request in &self.requests {
            let host = host_of(&request.url);
            let is_detours = match &request.by {
                By::Extension => true,
                // A tab that the user did not lead there, and a page that asks whom no page knows.
                By::Navigation => !self.is_users(&host),
                By::Page(origin) => {
                    !fixed(&host).is_empty() && fixed(origin_host(origin)).is_empty() && !self.is_named(&host)
                }
                By::Browser => false,
            };
            if is_detours {
                let mut kinds = self.kinds(&host);
                // The program alone follows redirects.
                if self.sent_to.contains(&host) && !self.is_visited(&host) {
                    kinds.retain(|kind| *kind != Kind::Site);
                }
                let how = format!("{:?} {}", request.by, request.url);
                let whom = request.url.host_str().unwrap_or_default();
                contacts.push(Contact { at: request.at, halves: BROWSER, whom, how, kinds });
            }
        }
        contacts
    }

    /// Which rows may speak of this name or address.
    fn kinds(&self, host: &str) -> Vec<Kind> {
        let host = host.trim_end_matches('.');
        let mut kinds = fixed(host);
        if self.is_visited(host) || self.sent_to.contains(host) {
            kinds.push(Kind::Site);
        } else if self.visited.iter().any(|visited| site_of(visited) == site_of(host)) || host.ends_with(".onion") {
            kinds.push(Kind::Mirror);
        }
        let is_part = |part: &String| part == host || aliases(part).iter().any(|alias| alias == host);
        if self.parts.iter().any(is_part) {
            kinds.push(Kind::Part);
        }
        if is_made_up(host) {
            kinds.push(Kind::MadeUp);
        }
        kinds
    }

    /// A question to a public name server: what it is about decides.
    fn asked_of_name_servers(&self, name: &str) -> Vec<Kind> {
        let kinds = self.kinds(name);
        let about = |kind| if kind == Kind::Neutral { Kind::NeutralNames } else { Kind::SiteNames };
        kinds.into_iter().filter(|kind| [Kind::Neutral, Kind::Site].contains(kind)).map(about).collect()
    }

    /// A connection; hosts share doors, and names lead to doors of other hosts.
    fn at_door(&self, door: &str) -> Vec<Kind> {
        let mut kinds = self.kinds(door);
        let address = hosts::all().into_iter().find(|host| host.name == door).map(|host| host.address);
        for (name, led_to) in &self.led_to {
            if Some(*led_to) == address {
                kinds.extend(self.kinds(name));
            }
        }
        if hosts::DOH.contains(&door) {
            kinds.extend([Kind::NeutralNames, Kind::SiteNames]);
        }
        // Where sites are that have moved, or that have an address of the other family, by whichever resolver's word.
        if [hosts::SECOND_EDGE_DOOR, hosts::IPV6_DOOR].contains(&door) && !self.visited.is_empty() {
            kinds.push(Kind::Site);
        }
        kinds
    }

    fn is_proxy(&self, host: &str) -> bool {
        self.proxy.is_some_and(|proxy| host.parse() == Ok(proxy))
    }

    /// Whom the program asked by itself where a proxy stands between: nobody, whatever the table allows.
    fn around_the_proxy(&self) -> Vec<String> {
        if self.proxy.is_none() {
            return Vec::new();
        }
        let by_itself = self.ledger.iter().filter(|seen| seen.by == Asker::Watched && !self.is_proxy(&seen.host));
        by_itself.map(|seen| format!("the program went around the proxy: {} {}", seen.server, seen.host)).collect()
    }

    /// Packets and requests to private networks, other than those of pages and of the user's own tabs.
    fn in_private_networks(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let by_extension = |request: &&Request| request.by == By::Extension && !self.is_refused_by_browser(request);
        for request in self.requests.iter().filter(by_extension) {
            let host = host_of(&request.url);
            if let Some(address) = self.addresses(&host).into_iter().find(|address| is_private(*address)) {
                faults.push(format!("the extension asked a private network: {} ({address})", request.url));
            }
        }
        let own: BTreeSet<IpAddr> = self
            .requests
            .iter()
            .filter(|request| matches!(request.by, By::Page(_) | By::Navigation) || self.is_refused_by_browser(request))
            .flat_map(|request| self.addresses(&host_of(&request.url)))
            .collect();
        for stray in self.ledger.iter().filter(|seen| seen.server == "wire") {
            let Ok(address) = stray.host.parse() else { continue };
            let is_explained = stray.by == Asker::Others && own.contains(&address);
            if is_private(address) && !is_explained {
                let who = if stray.by == Asker::Watched { "the program" } else { "nobody’s page" };
                faults.push(format!(
                    "{who} knocked in a private network: {address}, {} port {}",
                    stray.method, stray.path
                ));
            }
        }
        faults
    }

    /// Chromium is told to ask no private address for a page or its other addresses, and refuses once it is connected: nothing
    /// but a greeting is said there, which `private_network.rs` holds it to.
    fn is_refused_by_browser(&self, request: &Request) -> bool {
        let kinds = self.kinds(&host_of(&request.url));
        self.engine == Engine::Chromium
            && request.by == By::Extension
            && (kinds.contains(&Kind::Mirror) || kinds.contains(&Kind::Site))
    }

    fn addresses(&self, host: &str) -> BTreeSet<IpAddr> {
        if let Ok(address) = host.parse() {
            return BTreeSet::from([address]);
        }
        if host == "localhost" || host.ends_with(".localhost") {
            return BTreeSet::from([Ipv4Addr::LOCALHOST.into()]);
        }
        self.led_to.iter().filter(|(name, _)| name == host).map(|(_, address)| *address).collect()
    }

    /// Whether the user led tabs there: the story wrote the address, or it is a site to which a link may lead.
    fn is_users(&self, host: &str) -> bool {
        is_site(host) || self.is_named(host) || host == START_PAGE
    }

    fn is_visited(&self, host: &str) -> bool {
        let is_it = |visited: &String| visited == host || aliases(visited).iter().any(|alias| alias == host);
        self.visited.iter().any(is_it)
    }

    fn is_named(&self, host: &str) -> bool {
        self.deeds.iter().any(|(_, deed)| match deed {
            Deed::Wrote(text) | Deed::Put(text) => addresses_in(text).any(|url| host_of(&url) == host),
            Deed::Pressed(_) | Deed::Chose(_) => false,
        })
    }

    fn is_asked_for(&self, host: &str) -> bool {
        self.requests.iter().any(|request| host_of(&request.url) == host)
    }

    /// Whether one of these buttons was pressed, or one of these options chosen, before this moment.
    fn has_agreed(&self, to: &[String], at: f64) -> bool {
        self.deeds.iter().filter(|(when, _)| *when <= at).any(|(_, deed)| match deed {
            Deed::Pressed(name) => to.iter().any(|label| name.lines().any(|line| line.trim() == label)),
            Deed::Chose(settings) => {
                let options = [
                    ("options_automatic_look_up", settings.automatic_look_up),
                    ("options_look_closer", settings.look_closer),
                ];
                options.iter().any(|(key, is_on)| *is_on && words(key, []).is_ok_and(|label| to.contains(&label)))
            }
            Deed::Wrote(_) | Deed::Put(_) => false,
        })
    }
}

/// What Debian's Chromium opens by itself in its first window.
const START_PAGE: &str = "start.duckduckgo.com";
const PROGRAM: &[Half] = &[Half::Program];
const BROWSER: &[Half] = &[Half::Browser];
const EITHER: &[Half] = &[Half::Program, Half::Browser];

/// What of the lab stands for the names that the table has, whatever the story.
fn fixed(host: &str) -> Vec<Kind> {
    let behind = neighbours::all().iter().find(|one| aliases(one.host).iter().any(|alias| alias == host));
    let host = behind.map_or(host, |one| one.host);
    let address: Option<IpAddr> = host.parse().ok();
    let is_at = |home: Home| {
        hosts::all().iter().any(|one| one.home == home && (one.name == host || Some(one.address) == address))
    };
    let is_canary = |home: Home| neighbours::behind(home).any(|one| one.host == host);
    let mut kinds = Vec::new();
    let homes = [
        (Home::Anchor, Kind::Neutral),
        (Home::Portal, Kind::Portal),
        (Home::Status, Kind::StatusPage),
        (Home::Globalping, Kind::RemoteProbes),
        (Home::Archive, Kind::Archive),
    ];
    kinds.extend(homes.into_iter().filter(|(home, _)| is_at(*home)).map(|(_, kind)| kind));
    if [Home::Edge, Home::SecondEdge, Home::ThirdEdge].into_iter().any(is_canary) {
        kinds.push(Kind::Canary);
    }
    kinds
}

/// A host of the lab to which people go.
fn is_site(host: &str) -> bool {
    let is_visitable = |home| {
        matches!(
            home,
            Home::Edge | Home::SecondEdge | Home::ThirdEdge | Home::Bare | Home::Pages | Home::SignIn | Home::Stranger
        )
    };
    hosts::all().iter().any(|one| one.name == host && is_visitable(one.home))
}

/// Names that a site's name may lead to: the CDN's, now and once it has moved, and the one before the private network.
fn aliases(host: &str) -> Vec<String> {
    let alias = hosts::all().into_iter().find(|one| one.name == host).and_then(|one| one.alias);
    alias.into_iter().chain([hosts::alias_once_moved(host), hosts::PRIVATE_ALIAS.to_owned()]).collect()
}

/// As the table writes it: twelve letters under com.
fn is_made_up(host: &str) -> bool {
    let label = host.strip_suffix(".com").unwrap_or_default();
    label.len() == 12 && label.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn is_private(address: IpAddr) -> bool {
    is_private_address(address) && !address.is_multicast()
}

fn host_of(url: &Url) -> String {
    match url.host() {
        Some(Host::Domain(name)) => name.trim_end_matches('.').to_owned(),
        Some(Host::Ipv4(address)) => address.to_string(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).to_canonical().to_string(),
        None => String::new(),
    }
}

fn origin_host(origin: &str) -> &str {
    let host = origin.split("://").nth(1).unwrap_or_default();
    let of_port = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    of_port.map_or(host, |(host, _)| host)
}

/// Every address that stands in a text.
fn addresses_in(text: &str) -> impl Iterator<Item = Url> {
    text.match_indices("://").filter_map(|(at, _)| {
        let before = text.get(..at)?;
        let scheme = ["https", "http"].into_iter().find(|scheme| before.ends_with(scheme))?;
        let rest = text.get(at..)?;
        let end = rest.find(|character: char| " \"'`<>\\)\n".contains(character)).unwrap_or(rest.len());
        Url::parse(&format!("{scheme}{}", rest.get(..end)?)).ok()
    })
}
