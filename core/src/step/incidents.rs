//! Which failures belong together, how each site fares, and when it is over.
//!
//! Nothing here is told of a change: after every event the incidents are brought in line with what is known of the
//! pages ([`follow`]), so that a worker that died in between loses nothing.

use super::watch::AFTERCARE;
use super::{Turn, alerts, watch};
use crate::cdn::places::is_well_known;
use crate::effect::Effect;
use crate::incident::{
    Incident, Kind, Lasting, MOST_OPEN, MOST_SITES, Said, Site, Standing, history_csv, history_json, recorded,
    remember, shorten_addresses,
};
use crate::observation::Millis;
use crate::state::{Phase, State, Tab};
use crate::target::site_of;
use crate::verdict::{Confidence, Fact, Fault, Verdict};

/// An incident of which nobody sees a site any more is closed after this long; until then its tabs may come back, as
/// they do when the browser starts again.
const UNWATCHED: u64 = 30 * 60 * 1000;

/// Looks that are further apart than this say nothing of the time between: the computer slept, or the browser was
/// closed. Above the longest interval that a watch has.
const UNSEEN: u64 = 90 * 60 * 1000;

/// When a site was last looked at is written down this often, so that not each look is.
const LOOKED_EVERY: u64 = 5 * 60 * 1000;

/// Alerts that waited for longer than this, through quiet hours or a pause, are no news.
pub(super) const HELD_MOST: u64 = 12 * 60 * 60 * 1000;

/// What is known of one host, from all its pages.
#[derive(Debug)]
struct Met {
    host: String,
    url: String,
    cdn: Option<String>,
    fault: Fault,
    /// Whether that is its CDN's for more than this site.
    is_cdn_wide: bool,
    confidence: Confidence,
    standing: Standing,
    since: Millis,
    looked: Option<Millis>,
}

/// Brings the incidents in line with what is known of the pages.
pub(super) fn follow(state: &mut State, turn: &mut Turn) {
    if state.tabs.is_empty() && state.lasting.incidents.is_empty() {
        return;
    }
    let (all, checking) = met(state);
    let lasting = &mut state.lasting;
    for met in &all {
        turn.is_lasting_touched |= place(lasting, met, turn.now);
    }
    turn.is_lasting_touched |= join(lasting);
    for incident in &mut lasting.incidents {
        for site in &mut incident.sites {
            let is_seen = checking.contains(&site.host) || all.iter().any(|met| met.host == site.host);
            if !is_seen && !site.standing().is_good() {
                let unseen = site.looked.filter(|looked| turn.now.since(*looked) >= UNSEEN).unwrap_or(turn.now);
                turn.is_lasting_touched |= site.fares(Standing::Unknown, unseen);
            }
        }
        turn.is_lasting_touched |= settle(incident, turn.now);
    }
    alerts::speak(state, turn);
    close(state, turn);
}

/// What is known of each host, and which are being checked for the first time or anew.
fn met(state: &State) -> (Vec<Met>, Vec<String>) {
    let mut all: Vec<Met> = Vec::new();
    let mut checking = Vec::new();
    for tab in state.tabs.values() {
        let host = watched_host(tab);
        let met = match &tab.phase {
            Phase::Checking { .. } => {
                checking.push(host.to_owned());
                continue;
            }
            Phase::Doubted { .. } => continue,
            Phase::Concluded { verdict, .. } => {
                let fault = tab.watch.before.as_ref().map_or(verdict.fault, |before| before.fault);
                Met {
                    host: host.to_owned(),
                    url: tab.target.as_str().to_owned(),
                    cdn: watch::cdn_of(tab).map(str::to_owned),
                    fault,
                    is_cdn_wide: is_cdn_wide(fault, verdict, host),
                    confidence: verdict.confidence,
                    standing: standing(tab, verdict.fault),
                    since: tab.since,
                    looked: tab.seen.iter().map(|seen| seen.at).max(),
                }
            }
        };
        match all.iter_mut().find(|known| known.host == met.host) {
            Some(known) if (known.standing, known.since) <= (met.standing, met.since) => {}
            Some(known) => *known = met,
            None => all.push(met),
        }
    }
    (all, checking)
}

/// The host that the page's failure is about.
pub(crate) fn watched_host(tab: &Tab) -> &str {
    super::check::subject_of(tab).host()
}

/// How a page fares by its last verdict and its last tries.
pub(crate) fn standing(tab: &Tab, fault: Fault) -> Standing {
    let is_well = tab.watch.well_since.is_some();
    let is_mixed = watch::flickers(tab) && tab.watch.tries & 0b11 != 0b11;
    if matches!(fault, Fault::Passed) {
        Standing::Back
    } else if matches!(fault, Fault::Moved) && is_well {
        Standing::Moved
    } else if is_own(fault) {
        Standing::Unknown
    } else if matches!(fault, Fault::ComesAndGoes) || is_mixed {
        Standing::Flickering
    } else if matches!(fault, Fault::Recovering | Fault::Moved) {
        Standing::Recovering
    } else {
        Standing::Failing
    }
}

/// Whether it is the user's own computer or network.
pub(crate) const fn is_own(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::You
            | Fault::Portal
            | Fault::Resolver
            | Fault::NameFiltered
            | Fault::Clock
            | Fault::Intercepted
            | Fault::AddressFamily
    )
}

/// Whether a site's failure may be that of the CDN it is on.
const fn may_be_of_cdn(fault: Fault) -> bool {
    fault.is_of_cdn()
        || matches!(
            fault,
            Fault::Server
                | Fault::ComesAndGoes
                | Fault::Overloaded
                | Fault::BrokenParts
                | Fault::Unreachable
                | Fault::FromHere
                | Fault::Unconfirmed
                | Fault::CantTell
        )
}

/// Whether a site's failure is its CDN's for more than this site. A server can answer each region differently by itself:
/// that it fails in this one says something of its CDN only where other sites do as well, or where its owner is known.
fn is_cdn_wide(fault: Fault, verdict: &Verdict, host: &str) -> bool {
    let do_others = || verdict.because.iter().any(|because| because.fact == Fact::SiblingsFail);
    fault.is_cdn_wide() && (fault != Fault::Regional || do_others() || is_well_known(host))
}

/// The CDN, where it is at fault for more than this site.
fn failing_cdn(met: &Met) -> Option<&str> {
    met.cdn.as_deref().filter(|_| met.is_cdn_wide)
}

/// Puts what is known of a host where it belongs; whether anything changed.
fn place(lasting: &mut Lasting, met: &Met, now: Millis) -> bool {
    let mut place = lasting.incidents.iter().position(|incident| incident.site(&met.host).is_some());
    let is_own = is_own(met.fault);
    if let Some(at) = place
        && !is_own
        && met.standing.is_down()
        && lasting.incidents.get(at).is_some_and(|incident| incident.kind == Kind::Network)
    {
        // It was taken for the network's trouble, and is not.
        if let Some(incident) = lasting.incidents.get_mut(at) {
            incident.sites.retain(|site| site.host != met.host);
        }
        lasting.incidents.retain(|incident| !incident.sites.is_empty());
        place = None;
    }
    if let Some(incident) = place.and_then(|at| lasting.incidents.get_mut(at)) {
        return update(incident, met, now);
    }
    if !met.standing.is_down() && !is_own {
        return false;
    }
    let home = lasting.incidents.iter_mut().find(|incident| belongs(incident, met, is_own));
    match home {
        Some(incident) if incident.sites.len() >= MOST_SITES => return false,
        Some(incident) => incident.sites.push(site(met)),
        None => {
            let cdn = failing_cdn(met).filter(|_| !is_own).map(str::to_owned);
            let kind = match &cdn {
                _ if is_own => Kind::Network,
                Some(_) => Kind::Cdn,
                None => Kind::Site,
            };
            let (id, began) = (lasting.next_id, met.since);
            lasting.next_id += 1;
            let (sites, verdicts) = (vec![site(met)], vec![(began, met.fault)]);
            lasting.incidents.push(Incident {
                id,
                kind,
                cdn,
                began,
                ended: None,
                sites,
                verdicts,
                said: Said::default(),
            });
        }
    }
    true
}

fn belongs(incident: &Incident, met: &Met, is_own: bool) -> bool {
    match incident.kind {
        Kind::Network => is_own,
        Kind::Cdn => !is_own && may_be_of_cdn(met.fault) && incident.cdn.is_some() && incident.cdn == met.cdn,
        Kind::Site => !is_own && incident.sites.iter().any(|site| site_of(&site.host) == site_of(&met.host)),
    }
}

fn site(met: &Met) -> Site {
    Site {
        host: met.host.clone(),
        url: recorded(&met.url),
        cdn: met.cdn.clone(),
        fault: met.fault,
        confidence: met.confidence,
        looked: met.looked,
        // The network's own trouble is no doubt about the network.
        spells: vec![(met.since, if met.standing == Standing::Unknown { Standing::Failing } else { met.standing })],
    }
}

/// What is new of a site within its incident.
fn update(incident: &mut Incident, met: &Met, now: Millis) -> bool {
    let is_network = incident.kind == Kind::Network;
    let cdn = failing_cdn(met).map(str::to_owned);
    let mut is_news = incident.kind == Kind::Site && cdn.is_some();
    if is_news {
        incident.kind = Kind::Cdn;
        incident.cdn = cdn;
    }
    let Some(site) = incident.sites.iter_mut().find(|site| site.host == met.host) else { return is_news };
    if met.fault.is_cause() && (is_network || !is_own(met.fault)) && site.fault != met.fault {
        site.fault = met.fault;
        is_news = true;
    }
    if met.standing.is_down() && site.confidence != met.confidence {
        site.confidence = met.confidence;
        is_news = true;
    }
    if site.cdn.is_none() && met.cdn.is_some() {
        site.cdn.clone_from(&met.cdn);
        is_news = true;
    }
    if let Some(looked) = met.looked
        && site.looked.is_none_or(|before| looked.since(before) >= LOOKED_EVERY)
    {
        let before = site.looked.replace(looked);
        if let Some(before) = before.filter(|before| looked.since(*before) >= UNSEEN && site.standing().is_down()) {
            site.fares(Standing::Unknown, before);
        }
        is_news = true;
    }
    // A worker that died between its two writes has a successor that knows less of the page than stands here.
    if met.looked.is_some_and(|looked| looked < site.since()) && site.standing() != Standing::Unknown {
        return is_news;
    }
    let is_doubt = is_network && met.standing == Standing::Unknown;
    let standing = if is_doubt { Standing::Failing } else { met.standing };
    site.fares(standing, now) || is_news
}

/// What began as sites' own incidents is part of their CDN's, once that is at fault.
fn join(lasting: &mut Lasting) -> bool {
    let cdns: Vec<(u64, String)> = lasting
        .incidents
        .iter()
        .filter(|incident| incident.kind == Kind::Cdn)
        .filter_map(|incident| Some((incident.id, incident.cdn.clone()?)))
        .collect();
    let mut has_joined = false;
    for (id, cdn) in cdns {
        let is_part = |incident: &Incident| {
            let is_on_it = |site: &Site| site.cdn.as_ref() == Some(&cdn) && may_be_of_cdn(site.fault);
            incident.id != id
                && match incident.kind {
                    Kind::Cdn => incident.cdn.as_ref() == Some(&cdn) && incident.id > id,
                    Kind::Site => incident.ended.is_none() && incident.sites.iter().all(is_on_it),
                    Kind::Network => false,
                }
        };
        let (parts, rest): (Vec<Incident>, Vec<Incident>) =
            std::mem::take(&mut lasting.incidents).into_iter().partition(is_part);
        lasting.incidents = rest;
        has_joined |= !parts.is_empty();
        let Some(whole) = lasting.incidents.iter_mut().find(|incident| incident.id == id) else { continue };
        for part in parts {
            whole.began = whole.began.min(part.began);
            whole.said.over = whole.said.over.max(part.said.over);
            whole.said.moved |= part.said.moved;
            whole.sites.extend(part.sites);
        }
        whole.sites.truncate(MOST_SITES);
    }
    has_joined
}

/// The incident's verdict and end, from its sites.
fn settle(incident: &mut Incident, now: Millis) -> bool {
    let down = || incident.sites.iter().filter(|site| site.standing().is_down());
    let of_cdn = down().map(|site| site.fault).filter(|fault| fault.is_cdn_wide()).min();
    let fault = match incident.kind {
        Kind::Cdn => of_cdn,
        Kind::Site | Kind::Network => down().map(|site| site.fault).min(),
    };
    let ended = incident.is_well().then(|| {
        let good = incident.sites.iter().filter(|site| site.standing().is_good());
        good.map(Site::since).max().unwrap_or(now)
    });
    let is_news = fault.is_some_and(|fault| incident.concluded(fault, now)) || incident.ended != ended;
    incident.ended = ended;
    is_news
}

/// What is over for good goes into the history.
fn close(state: &mut State, turn: &mut Turn) {
    let too_many = state.lasting.incidents.len().saturating_sub(MOST_OPEN);
    let mut at = 0;
    while let Some(incident) = state.lasting.incidents.get(at) {
        if at >= too_many && closes(state, incident, turn.now).is_none_or(|closes| closes > turn.now) {
            at += 1;
            continue;
        }
        let incident = state.lasting.incidents.remove(at);
        turn.is_lasting_touched = true;
        // A network that hiccuped is no outage to remember for months.
        if incident.kind != Kind::Network {
            remember(&mut state.history, incident, turn.now);
            turn.is_history_touched = true;
        }
    }
}

/// When an incident is over for good, if nothing more happens.
fn closes(state: &State, incident: &Incident, now: Millis) -> Option<Millis> {
    let has_down = incident.sites.iter().any(|site| site.standing().is_down());
    // Its tab is open, and only the user's own network keeps it from being seen.
    let is_hidden = |tab: &Tab| matches!(&tab.phase, Phase::Concluded { verdict, .. } if is_own(verdict.fault));
    let is_open = |tab: &Tab| is_hidden(tab) && incident.site(watched_host(tab)).is_some();
    if has_down || state.tabs.values().any(is_open) {
        return None;
    }
    let after = if incident.is_well() { AFTERCARE } else { UNWATCHED };
    let due = incident.changed().plus(after);
    // A word that is held back keeps it open, but not for ever.
    let waits = alerts::is_held(state, incident, now);
    Some(if waits { incident.changed().plus(HELD_MOST) } else { due })
}

/// When an incident next needs a look: to be closed, or to be spoken of.
pub(super) fn deadline(state: &State, now: Millis) -> Option<Millis> {
    let closes = state.lasting.incidents.iter().filter_map(|incident| closes(state, incident, now));
    closes.chain(alerts::deadline(state, now)).min()
}

/// The user has seen the site well: a look of a person's counts as what it is.
pub(super) fn seen_well(lasting: &mut Lasting, turn: &mut Turn, host: &str) {
    for incident in &mut lasting.incidents {
        let is_last = incident.sites.iter().filter(|site| site.standing().is_down()).all(|site| site.host == host);
        let Some(site) = incident.sites.iter_mut().find(|site| site.host == host) else { continue };
        if site.fares(Standing::Back, turn.now) {
            turn.is_lasting_touched = true;
            if is_last && incident.kind == Kind::Site {
                // No need to tell who has just seen it.
                incident.said.over = incident.said.over.max(1);
                incident.said.is_over = true;
            }
        }
    }
}

/// The worker is up.
pub(super) fn started(state: &mut State, turn: &mut Turn) {
    // The pages that showed it connect anew.
    state.board = crate::state::Board::default();
    if shorten_addresses(&mut state.lasting, &mut state.history) {
        turn.is_lasting_touched = true;
        turn.is_history_touched = true;
    }
    forget_old(state, turn);
}

/// What is older than is kept goes.
pub(super) fn forget_old(state: &mut State, turn: &mut Turn) {
    turn.is_history_touched |= crate::incident::forget_old(&mut state.history, turn.now);
}

/// The board was opened, or the last one closed.
pub(super) fn board(state: &mut State, turn: &mut Turn, is_open: bool) {
    state.board.is_open = is_open;
    turn.is_board_touched = is_open;
}

/// The user has the past forgotten.
pub(super) fn delete(state: &mut State, turn: &mut Turn, id: Option<u64>) {
    state.history.retain(|past| id.is_some_and(|id| past.id != id));
    turn.is_history_touched = true;
    turn.is_board_touched = true;
}

/// The user wants the past as a file.
pub(super) fn export(state: &State, turn: &mut Turn, as_csv: bool) {
    let text = if as_csv { history_csv(&state.history) } else { history_json(&state.history) };
    turn.order(Effect::ShowHistory { as_csv, text });
}
