//! Which failures belong together, how each site fares, and when it is over.
//!
//! Nothing here is told of a change: after every event the incidents are brought in line with what is known of the
//! pages ([`reconcile`]), so that a worker that died in between loses nothing.

use super::alerts::{self, HELD_MOST};
use super::site_status::{SiteStatus, Statuses};
use super::turn::Turn;
use crate::effect::Effect;
use crate::incident::{
    Incident, Kind, Lasting, MOST_OPEN, MOST_SITES, Progress, Said, Site, history_csv, history_json, recorded,
    remember, shorten_addresses,
};
use crate::observation::Millis;
use crate::outage::Outage;
use crate::recovery::AFTERCARE;
use crate::state::State;
use crate::target::site_of;
use crate::verdict::Fault;

/// An incident of which nobody sees a site any more is closed after this long; until then its tabs may come back, as
/// they do when the browser starts again.
const UNWATCHED: u64 = 30 * 60 * 1000;

/// Looks that are further apart than this say nothing of the time between: the computer slept, or the browser was
/// closed. Above the longest interval that a watch has.
const UNSEEN: u64 = 90 * 60 * 1000;

/// When a site was last looked at is written down this often, so that not each look is.
const LOOKED_EVERY: u64 = 5 * 60 * 1000;

/// Brings the incidents in line with what is known of the pages.
pub(super) fn reconcile(state: &mut State, turn: &mut Turn) {
    if state.outages.is_empty() && state.lasting.incidents.is_empty() {
        return;
    }
    let statuses = Statuses::of(state);
    let lasting = &mut state.lasting;
    let placed = update_known(lasting, turn, &statuses);
    let new = statuses.known.iter().zip(placed).filter(|(_, is_placed)| !is_placed);
    for (status, _) in new {
        turn.is_lasting_touched |= place(lasting, status);
    }
    turn.is_lasting_touched |= join(lasting);
    for incident in &mut lasting.incidents {
        turn.is_lasting_touched |= settle(incident, turn.now);
    }
    alerts::notify(state, turn);
    close(state, turn);
}

/// Brings sites that are in an incident already in line with what is known of them; which statuses were.
fn update_known(lasting: &mut Lasting, turn: &mut Turn, statuses: &Statuses) -> Vec<bool> {
    let mut placed = vec![false; statuses.known.len()];
    for incident in &mut lasting.incidents {
        for at in 0..incident.sites.len() {
            let Some(site) = incident.sites.get_mut(at) else { continue };
            let place = statuses.place_of(&site.host);
            let status = place.and_then(|place| Some((statuses.known.get(place)?, placed.get_mut(place)?)));
            if let Some((status, is_placed)) = status {
                if !*is_placed && !is_mistaken(incident.kind, status) {
                    *is_placed = true;
                    turn.is_lasting_touched |= update(incident, at, status, turn.now);
                }
            } else if !statuses.is_checking(&site.host) && !site.progress().is_good() {
                let unseen = site.looked.filter(|looked| turn.now.since(*looked) >= UNSEEN).unwrap_or(turn.now);
                turn.is_lasting_touched |= site.fares(Progress::Unknown, unseen);
            }
        }
    }
    placed
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

/// The CDN, where it is at fault for more than this site.
fn failing_cdn(status: &SiteStatus) -> Option<&str> {
    status.cdn.as_deref().filter(|_| status.is_cdn_wide)
}

/// Whether what fails by itself was taken for the network's trouble.
const fn is_mistaken(kind: Kind, status: &SiteStatus) -> bool {
    matches!(kind, Kind::Network) && !status.fault.is_own() && status.progress.is_down()
}

/// Puts a host where it belongs that is in no incident, or in that of the network by mistake; whether anything changed.
fn place(lasting: &mut Lasting, status: &SiteStatus) -> bool {
    let is_own = status.fault.is_own();
    for incident in lasting.incidents.iter_mut().filter(|incident| is_mistaken(incident.kind, status)) {
        incident.sites.retain(|site| site.host != status.host);
    }
    lasting.incidents.retain(|incident| !incident.sites.is_empty());
    if !status.progress.is_down() && !is_own {
        return false;
    }
    let home = lasting.incidents.iter_mut().find(|incident| belongs(incident, status, is_own));
    match home {
        Some(incident) if incident.sites.len() >= MOST_SITES => return false,
        Some(incident) => incident.sites.push(site(status)),
        None => {
            let cdn = failing_cdn(status).filter(|_| !is_own).map(str::to_owned);
            let kind = match &cdn {
                _ if is_own => Kind::Network,
                Some(_) => Kind::Cdn,
                None => Kind::Site,
            };
            let (id, began) = (lasting.next_id, status.since);
            lasting.next_id += 1;
            let (sites, verdicts) = (vec![site(status)], vec![(began, status.fault)]);
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

fn belongs(incident: &Incident, status: &SiteStatus, is_own: bool) -> bool {
    match incident.kind {
        Kind::Network => is_own,
        Kind::Cdn => !is_own && may_be_of_cdn(status.fault) && incident.cdn.is_some() && incident.cdn == status.cdn,
        Kind::Site => !is_own && incident.sites.iter().any(|site| site_of(&site.host) == site_of(&status.host)),
    }
}

fn site(status: &SiteStatus) -> Site {
    Site {
        host: status.host.clone(),
        url: recorded(&status.url),
        cdn: status.cdn.clone(),
        fault: status.fault,
        confidence: status.confidence,
        looked: status.looked,
        // The network's own trouble is no doubt about the network.
        spells: vec![(
            status.since,
            if status.progress == Progress::Unknown { Progress::Failing } else { status.progress },
        )],
    }
}

/// What is new of the site at this place of its incident.
fn update(incident: &mut Incident, at: usize, status: &SiteStatus, now: Millis) -> bool {
    let is_network = incident.kind == Kind::Network;
    let cdn = failing_cdn(status).map(str::to_owned);
    let mut is_news = incident.kind == Kind::Site && cdn.is_some();
    if is_news {
        incident.kind = Kind::Cdn;
        incident.cdn = cdn;
    }
    let Some(site) = incident.sites.get_mut(at) else { return is_news };
    if status.fault.is_cause() && (is_network || !status.fault.is_own()) && site.fault != status.fault {
        site.fault = status.fault;
        is_news = true;
    }
    if status.progress.is_down() && site.confidence != status.confidence {
        site.confidence = status.confidence;
        is_news = true;
    }
    if site.cdn.is_none() && status.cdn.is_some() {
        site.cdn.clone_from(&status.cdn);
        is_news = true;
    }
    if let Some(looked) = status.looked
        && site.looked.is_none_or(|before| looked.since(before) >= LOOKED_EVERY)
    {
        let before = site.looked.replace(looked);
        if let Some(before) = before.filter(|before| looked.since(*before) >= UNSEEN && site.progress().is_down()) {
            site.fares(Progress::Unknown, before);
        }
        is_news = true;
    }
    // A worker that died between its two writes has a successor that knows less of the page than stands here.
    if status.looked.is_some_and(|looked| looked < site.since()) && site.progress() != Progress::Unknown {
        return is_news;
    }
    let is_doubt = is_network && status.progress == Progress::Unknown;
    let progress = if is_doubt { Progress::Failing } else { status.progress };
    site.fares(progress, now) || is_news
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
    let down = || incident.sites.iter().filter(|site| site.progress().is_down());
    let of_cdn = down().map(|site| site.fault).filter(|fault| fault.is_cdn_wide()).min();
    let fault = match incident.kind {
        Kind::Cdn => of_cdn,
        Kind::Site | Kind::Network => down().map(|site| site.fault).min(),
    };
    let ended = incident.is_well().then(|| {
        let good = incident.sites.iter().filter(|site| site.progress().is_good());
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
    let has_down = incident.sites.iter().any(|site| site.progress().is_down());
    // Its tab is open, and only the user's own network keeps it from being seen.
    let is_hidden = |outage: &Outage| outage.verdict().is_some_and(|verdict| verdict.fault.is_own());
    let is_open = |outage: &Outage| is_hidden(outage) && incident.site(outage.host()).is_some();
    if has_down || state.outages.values().any(is_open) {
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
        let is_last = incident.sites.iter().filter(|site| site.progress().is_down()).all(|site| site.host == host);
        let Some(site) = incident.sites.iter_mut().find(|site| site.host == host) else { continue };
        if site.fares(Progress::Back, turn.now) {
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
    // The record of the next number may have been lost alone.
    let known = state.lasting.incidents.iter().chain(&state.history).map(|incident| incident.id + 1).max();
    state.lasting.next_id = state.lasting.next_id.max(known.unwrap_or_default());
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
