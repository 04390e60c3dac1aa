//! The board: the outage as a whole, each site that the user met, and the past.
//!
//! `www/pages/board.html` draws it, `detour board --json` prints it. Times are milliseconds since the Unix epoch.

use std::cmp::Ordering;

use super::{Mood, Text, mood, name, sentence};
use crate::cdn::{Basis, Cdn};
use crate::failure::Failure;
use crate::incident::{Incident, Kind, MOST_WATCHED, Progress, Site};
use crate::observation::Millis;
use crate::outage::{Outage, SiteKey, progress};
use crate::state::{State, Tab};
use crate::tab::TabId;
use crate::target::Target;
use crate::verdict::{Confidence, Fault, Verdict};

mod views;
mod words;

use views::PastSite;
pub use views::{Band, BandKind, BoardView, CheckingView, GroupView, PastView, SiteView, Window};
use words::{group_sentence, whole};

/// The board shows at least this much of the past, in milliseconds.
const LEAST_WINDOW: u64 = 60 * 60 * 1000;

/// What was before the first failure is shown for this long, in milliseconds, so that a beginning looks like one.
const LEAD: u64 = 5 * 60 * 1000;

/// What the board draws.
#[must_use]
pub fn board_view(state: &State, now: Millis) -> BoardView {
    let incidents = &state.lasting.incidents;
    let began = incidents
        .iter()
        .map(|incident| incident.began.0)
        .chain(state.outages.values().map(|outage| outage.since.0))
        .min();
    let from = began.unwrap_or(now.0).saturating_sub(LEAD).min(now.0.saturating_sub(LEAST_WINDOW));
    let window = Window { from_ms: from, to_ms: now.0 };
    let index = Index::of(state);
    let mut groups: Vec<GroupView> = Vec::new();
    for kind in [Kind::Cdn, Kind::Site, Kind::Network] {
        for incident in incidents.iter().filter(|incident| incident.kind == kind) {
            let sites = incident.sites.iter().map(|site| site_view(&index, site, window));
            add(&mut groups, incident, sites.collect());
        }
        if kind == Kind::Site {
            let sites = loose(&index, window);
            if !sites.is_empty() {
                group(&mut groups, kind, None).sites.extend(sites);
            }
        }
    }
    for group in &mut groups {
        group.sentence = group_sentence(group);
    }
    let moods = || groups.iter().flat_map(|group| &group.sites).map(|site| site.mood);
    BoardView {
        sentence: whole(&groups),
        mood: WORST.into_iter().find(|mood| moods().any(|met| met == *mood)).unwrap_or(Mood::Fine),
        checking: (!state.board.awaited.is_empty()).then(|| checking(state)),
        watches_full: state.lasting.watched.len() >= MOST_WATCHED,
        paused_until_ms: state.settings.pause_until.filter(|until| *until > now).map(|until| until.0),
        now_ms: now.0,
        window,
        history: state.history.iter().rev().map(past).collect(),
        groups,
    }
}

/// Worst first.
const WORST: [Mood; 4] = [Mood::Failing, Mood::Flickering, Mood::Checking, Mood::Back];

fn checking(state: &State) -> CheckingView {
    let open = u32::try_from(state.board.awaited.len()).unwrap_or(u32::MAX);
    CheckingView { done: state.board.total.saturating_sub(open), total: state.board.total }
}

/// Incidents of single sites share a group.
fn add(groups: &mut Vec<GroupView>, incident: &Incident, sites: Vec<SiteView>) {
    group(groups, incident.kind, incident.cdn.as_deref()).sites.extend(sites);
}

fn group<'a>(groups: &'a mut Vec<GroupView>, kind: Kind, cdn: Option<&str>) -> &'a mut GroupView {
    let place = groups.iter().position(|group| group.kind == kind && group.cdn.as_deref() == cdn);
    let place = place.unwrap_or_else(|| {
        let sentence = Text::of("board_fine");
        groups.push(GroupView { kind, cdn: cdn.map(str::to_owned), sentence, sites: Vec::new() });
        groups.len() - 1
    });
    #[expect(clippy::indexing_slicing, reason = "found, or pushed just now")]
    &mut groups[place]
}

/// Sites that fail and are part of no incident yet: they are being checked, or nothing more is known of them.
fn loose(index: &Index<'_>, window: Window) -> Vec<SiteView> {
    let mut sites: Vec<SiteView> = Vec::new();
    // What is back and left alone again is no news any more.
    let is_left = |outage: &Outage| outage.recovery.is_called_back() && outage.is_left_alone();
    let outages = index.outages.iter().filter(|(_, _, outage)| !outage.is_doubted() && !is_left(outage));
    for (host, _, outage) in outages {
        // Those of one host stand together.
        if index.is_placed(host) || sites.last().is_some_and(|site| site.host == *host) {
            continue;
        }
        let verdict = outage.verdict().map(|verdict| (verdict.fault, verdict.confidence));
        let (fault, confidence) = verdict.unwrap_or((Fault::CantTell, Confidence::Low));
        let site = Site {
            host: (*host).to_owned(),
            url: outage.page.as_str().to_owned(),
            cdn: None,
            fault,
            confidence,
            looked: None,
            spells: vec![(outage.since, progress(fault, &outage.recovery))],
        };
        sites.push(site_view(index, &site, window));
    }
    sites
}

/// The state by what the board looks for in it: with hundreds of sites, each is found without a look at all others.
struct Index<'a> {
    state: &'a State,
    /// By host.
    outages: Vec<(&'a str, &'a SiteKey, &'a Outage)>,
    /// By outage.
    tabs: Vec<(&'a SiteKey, TabId, &'a Tab)>,
    /// Hosts that are in an incident, sorted.
    placed: Vec<&'a str>,
    /// Pages that the user asked to be told of, by host.
    watched: Vec<(&'a str, &'a Target)>,
}

impl<'a> Index<'a> {
    fn of(state: &'a State) -> Self {
        let mut outages: Vec<_> = state.outages.iter().map(|(key, outage)| (outage.host(), key, outage)).collect();
        outages.sort_by_key(|(host, _, _)| *host);
        let mut tabs: Vec<_> = state.tabs.iter().map(|(id, tab)| (&tab.outage, *id, tab)).collect();
        tabs.sort_by_key(|(key, _, _)| *key);
        let sites = state.lasting.incidents.iter().flat_map(|incident| &incident.sites);
        let mut placed: Vec<&str> = sites.map(|site| site.host.as_str()).collect();
        placed.sort_unstable();
        let mut watched: Vec<_> = state.lasting.watched.iter().map(|page| (page.host(), page)).collect();
        watched.sort_by_key(|(host, _)| *host);
        Self { state, outages, tabs, placed, watched }
    }

    fn outages_of(&self, host: &str) -> &[(&'a str, &'a SiteKey, &'a Outage)] {
        equal(&self.outages, |(other, _, _)| (*other).cmp(host))
    }

    fn tabs_of(&self, key: &SiteKey) -> &[(&'a SiteKey, TabId, &'a Tab)] {
        equal(&self.tabs, |(other, _, _)| (*other).cmp(key))
    }

    fn watched_on(&self, host: &str) -> Option<&'a Target> {
        equal(&self.watched, |(other, _)| (*other).cmp(host)).first().map(|(_, page)| *page)
    }

    fn is_placed(&self, host: &str) -> bool {
        self.placed.binary_search(&host).is_ok()
    }
}

/// What is equal in a sorted list.
fn equal<T>(sorted: &[T], order: impl Fn(&T) -> Ordering) -> &[T] {
    let from = sorted.partition_point(|item| order(item) == Ordering::Less);
    let rest = sorted.get(from..).unwrap_or_default();
    rest.get(..rest.partition_point(|item| order(item) == Ordering::Equal)).unwrap_or_default()
}

fn site_view(index: &Index<'_>, site: &Site, window: Window) -> SiteView {
    let state = index.state;
    let outages = || index.outages_of(&site.host).iter().map(|(_, key, outage)| (*key, *outage));
    let shown = outages().max_by_key(|(_, outage)| outage.seen.len());
    let is_checking = outages().any(|(_, outage)| !outage.is_doubted() && outage.verdict().is_none());
    let tabs = || outages().flat_map(|(key, _)| index.tabs_of(key)).map(|(_, id, tab)| (*id, *tab));
    let name = name(&site.host);
    // It need not be the page that failed first.
    let watched = index.watched_on(&site.host);
    let page = tabs().map(|(_, tab)| &tab.target).next().or(shown.map(|(_, outage)| &outage.page));
    let cdn = shown.and_then(|(_, outage)| outage.cdn());
    let copies = tabs().map(|(_, tab)| tab.copies.offers(cdn).len()).max().unwrap_or_default();
    let (verdict, certainty) = match shown.map(|(_, outage)| (outage.verdict(), outage)) {
        Some((Some(verdict), outage)) => {
            let unseen = Failure::HttpError { status: None };
            let failure = outage.failure.as_ref().unwrap_or(&unseen);
            (sentence::verdict_text(verdict, failure, name), Some(sentence::certainty(verdict.confidence)))
        }
        Some((None, _)) => (Text::of("verdict_checking"), None),
        None => (
            verdict_of(site.last_fault(), site.confidence, site.cdn.as_deref(), name),
            Some(sentence::certainty(site.confidence)),
        ),
    };
    let outage = shown.map(|(_, outage)| outage);
    SiteView {
        site: name.to_owned(),
        host: site.host.clone(),
        // What is written down of a page may be less than its address.
        url: watched.or(page).map_or_else(|| site.url.clone(), |page| page.as_str().to_owned()),
        mood: if is_checking { Mood::Checking } else { mood_of(site.progress(), outage) },
        state: if is_checking { Text::of("site_checking") } else { state_text(site.progress(), outage) },
        since_ms: site.since().0,
        last_check_ms: outage.and_then(Outage::looked).map(|at| at.0),
        verdict,
        certainty,
        copies: match copies {
            0 => None,
            1 => Some(Text::of("site_copy")),
            many => Some(Text::with("site_copies", [&many.to_string()])),
        },
        watched: watched.is_some(),
        muted: state.settings.is_muted(&site.host),
        tabs: tabs().map(|(id, _)| id).collect(),
        bands: bands(site, window),
    }
}

fn mood_of(progress: Progress, outage: Option<&Outage>) -> Mood {
    match progress {
        Progress::Failing => outage.map_or(Mood::Failing, mood),
        Progress::Flickering | Progress::Recovering => Mood::Flickering,
        Progress::Unknown => Mood::Fine,
        Progress::Moved | Progress::Back => Mood::Back,
    }
}

fn state_text(progress: Progress, outage: Option<&Outage>) -> Text {
    let share = outage.map(|outage| outage.recovery.share()).filter(|(_, tried)| *tried > 0);
    match (progress, share) {
        (Progress::Failing, _) => Text::of("site_failing"),
        (Progress::Flickering, Some((good, tried))) => {
            Text::with("site_flickering_share", [&good.to_string(), &tried.to_string()])
        }
        (Progress::Flickering, None) => Text::of("site_flickering"),
        (Progress::Recovering, _) => Text::of("site_recovering"),
        (Progress::Unknown, _) => Text::of("site_unknown"),
        (Progress::Moved, _) => Text::of("site_moved"),
        (Progress::Back, _) => Text::of("site_back"),
    }
}

/// A verdict of which only the gist was kept.
fn verdict_of(fault: Fault, confidence: Confidence, cdn: Option<&str>, site: &str) -> Text {
    let cdn = cdn.map(|name| Cdn { name: name.to_owned(), basis: Basis::Header, node: None });
    let verdict = Verdict { fault, confidence, segment: None, cdn, because: Vec::new(), missing: Vec::new() };
    sentence::verdict_text(&verdict, &Failure::HttpError { status: None }, site)
}

/// The site's timeline, without gaps over the window.
fn bands(site: &Site, window: Window) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::new();
    let first = site.spells.first().map_or(window.to_ms, |(from, _)| from.0);
    let starts = [(window.from_ms, BandKind::Fine)].into_iter();
    let starts = starts.chain(site.spells.iter().map(|(from, progress)| (from.0, band_kind(*progress))));
    let ends = [first].into_iter().chain(site.spells.iter().skip(1).map(|(from, _)| from.0)).chain([window.to_ms]);
    for ((from, kind), to) in starts.zip(ends) {
        let (from_ms, to_ms) = (from.max(window.from_ms), to.min(window.to_ms));
        match bands.last_mut() {
            _ if from_ms >= to_ms => {}
            Some(last) if last.kind == kind => last.to_ms = to_ms,
            Some(_) | None => bands.push(Band { from_ms, to_ms, kind }),
        }
    }
    bands
}

const fn band_kind(progress: Progress) -> BandKind {
    match progress {
        Progress::Failing => BandKind::Failing,
        Progress::Flickering => BandKind::Flickering,
        Progress::Recovering => BandKind::Recovering,
        Progress::Unknown => BandKind::Unknown,
        Progress::Moved => BandKind::Moved,
        Progress::Back => BandKind::Fine,
    }
}

fn past(incident: &Incident) -> PastView {
    let ended = incident.ended.unwrap_or_else(|| incident.changed());
    let window = Window { from_ms: incident.began.0, to_ms: ended.0.max(incident.began.0 + 1) };
    let site = |site: &Site| PastSite {
        site: name(&site.host).to_owned(),
        down_ms: site.down_ms(ended),
        bands: bands(site, window),
    };
    let first = incident.sites.first();
    let host = first.map_or("", |site| name(&site.host));
    let count = incident.sites.len().to_string();
    // The worst that was concluded is what it was.
    let fault = incident.verdicts.iter().map(|(_, fault)| *fault).filter(|fault| fault.is_cause()).min();
    let fault = fault.or(incident.fault()).unwrap_or(Fault::CantTell);
    PastView {
        id: incident.id,
        began_ms: incident.began.0,
        ended_ms: incident.ended.map(|ended| ended.0),
        title: match &incident.cdn {
            Some(cdn) if incident.sites.len() > 1 => Text::with("past_cdn", [cdn, &count]),
            _ if incident.sites.len() > 1 => Text::with("past_sites", [host, &count]),
            _ => Text::with("past_site", [host]),
        },
        cdn: incident.cdn.clone(),
        sites: incident.sites.iter().map(site).collect(),
        verdict: verdict_of(
            fault,
            Confidence::High,
            incident.cdn.as_deref().or(first.and_then(|site| site.cdn.as_deref())),
            host,
        ),
    }
}

/// How long it was down, in words: one number and one unit, rounded down.
#[must_use]
pub fn down_for(ms: u64) -> Text {
    let minutes = ms / 60_000;
    let (key, count) = match minutes {
        0 => return Text::of("down_seconds"),
        1 => return Text::of("down_minute"),
        2..120 => ("down_minutes", minutes),
        120..2880 => ("down_hours", minutes / 60),
        _ => ("down_days", minutes / 1440),
    };
    Text::with(key, [&count.to_string()])
}

#[cfg(test)]
#[path = "board/tests.rs"]
mod tests;
