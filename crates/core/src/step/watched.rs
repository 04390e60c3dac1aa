//! Pages that the user asked to be told of: they outlive their tab, the worker and the browser.

use super::turn::Turn;
use super::{host, leave, open};
use crate::incident::{Incident, Kind, MOST_WATCHED, Progress, Site, is_watch_of};
use crate::observation::Millis;
use crate::outage::{Outage, Phase, SiteKey};
use crate::recovery::{AFTERCARE, Recovery};
use crate::state::State;
use crate::target::Target;
use crate::verdict::{Confidence, Fault, Verdict};

/// A site that has failed for longer than this when the browser is opened again is not looked at before its page is.
const REVIVED_MOST: u64 = 12 * 60 * 60 * 1000;

/// How long a site is looked at that nobody watches, after the browser was opened again: its tab may not come back.
const REVIVED_FOR: u64 = 60 * 60 * 1000;

/// After the browser's start, looks that waited are spread over this time.
const START_SPREAD: u64 = 20_000;

/// The user wants to be told when a page is back, or not any more.
pub(super) fn clicked(state: &mut State, turn: &mut Turn, page: Target, on: bool) {
    turn.is_board_touched = true;
    turn.touch_page(state, &page);
    if !on {
        return no_more(state, turn, &page);
    }
    if state.lasting.is_watched(&page) || state.lasting.watched.len() >= MOST_WATCHED {
        return;
    }
    state.lasting.watched.push(page.watched());
    turn.is_lasting_touched = true;
    open::open_unseen(state, turn, page);
}

fn no_more(state: &mut State, turn: &mut Turn, page: &Target) {
    let before = state.lasting.watched.len();
    state.lasting.watched.retain(|watched| !is_watch_of(watched, page));
    turn.is_lasting_touched |= state.lasting.watched.len() != before;
    let key = SiteKey::of_site(page);
    let is_shown = state.tabs_of(&key).next().is_some();
    if is_shown || leave::is_watched(state, &key) {
        leave::drop_unseen(state, turn, &key);
    } else {
        leave::drop_outage(state, turn, &key);
    }
}

/// The worker is up. What it knew may be gone, with the browser's session or between two writes; what the user watches
/// is looked at again.
pub(super) fn restore(state: &mut State, now: Millis) {
    if !std::mem::replace(&mut state.has_begun, true) {
        revive(state, now);
    }
    for page in state.lasting.watched.clone() {
        let key = SiteKey::of_site(&page);
        if let Some(outage) = state.outages.get_mut(&key) {
            if !outage.pages.iter().any(|known| is_watch_of(&page, known)) {
                outage.add_page(&page);
            }
            continue;
        }
        let of_host = |site: &&Site| site.host == page.host();
        let sites = || state.lasting.incidents.iter().flat_map(|incident| &incident.sites);
        let outage = match sites().find(of_host) {
            Some(site) => Outage { until: None, ..revived(site, page, now) },
            None => unjudged(page, now),
        };
        rest(state, key, outage, now);
    }
}

/// What was to go on for a while after the browser's start has had its time.
pub(super) fn expire(state: &mut State, turn: &mut Turn) {
    let is_past = |outage: &Outage| outage.until.is_some_and(|until| until <= turn.now);
    for key in state.outages_where(is_past) {
        leave::drop_outage(state, turn, &key);
    }
    host::release_idle(state, turn);
}

/// The browser was closed in the middle of an outage: its sites are looked at for a while, whether their tabs come back
/// or not. A tab that does joins its site's outage.
fn revive(state: &mut State, now: Millis) {
    let is_of_site = |incident: &&Incident| incident.kind != Kind::Network;
    let sites: Vec<Site> = state.lasting.incidents.iter().filter(is_of_site).flat_map(|it| it.sites.clone()).collect();
    for site in sites {
        let lasts = match site.progress() {
            Progress::Unknown => continue,
            Progress::Moved | Progress::Back => AFTERCARE,
            Progress::Failing | Progress::Flickering | Progress::Recovering => REVIVED_MOST,
        };
        let Ok(target) = Target::parse(&site.url) else { continue };
        let is_watched = state.lasting.watched.iter().any(|page| page.host() == target.host());
        if !is_watched && !state.settings.is_muted(&site.host) && now.since(site.since()) < lasts {
            rest(state, SiteKey::of_site(&target), revived(&site, target, now), now);
        }
    }
}

/// What an incident's account says of a site.
fn revived(site: &Site, page: Target, now: Millis) -> Outage {
    let later = site.spells.iter().skip(1);
    let relapses =
        site.spells.iter().zip(later).filter(|((_, one), (_, next))| one.is_good() && next.is_down()).count();
    let relapses = u8::try_from(relapses).unwrap_or(u8::MAX);
    let called_back = site.progress().is_good().then(|| site.since());
    let since = site.spells.first().map_or(site.since(), |(at, _)| *at);
    let phase = Phase::Concluded { verdict: bare(site.last_fault()), at: site.since() };
    Outage {
        recovery: Recovery::revived(site.fault, site.cdn.clone(), relapses, called_back),
        until: Some(now.plus(REVIVED_FOR)),
        ..Outage::new(page, None, since, phase)
    }
}

/// A page that is known by its address only.
fn unjudged(page: Target, now: Millis) -> Outage {
    Outage::new(page, None, now, Phase::Concluded { verdict: bare(Fault::CantTell), at: now })
}

const fn bare(fault: Fault) -> Verdict {
    Verdict { fault, confidence: Confidence::Low, segment: None, cdn: None, because: Vec::new(), missing: Vec::new() }
}

/// An outage that goes on after a start: not all of them at once.
fn rest(state: &mut State, key: SiteKey, mut outage: Outage, now: Millis) {
    let soon = now.plus(outage.recovery.spread(state.pace(&outage)) % START_SPREAD);
    outage.recovery.set_due(Some(soon));
    state.put_outage(key, outage);
}
