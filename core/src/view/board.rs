//! The board: the outage as a whole, each site that the user met, and the past.
//!
//! `board.html` draws it, `detour board --json` prints it. Times are milliseconds since the Unix epoch.

use serde::Serialize;

use super::{Mood, Text, mood, sentence};
use crate::cdn::{Basis, Cdn};
use crate::event::TabId;
use crate::failure::Failure;
use crate::incident::{Incident, Kind, MOST_WATCHES, Site, Standing};
use crate::observation::{Millis, Observation};
use crate::state::{Phase, State, Tab};
use crate::step::{cdn_of as watch_cdn, is_muted, standing, watched_host};
use crate::verdict::{Confidence, Fault, Verdict};

/// The board shows at least this much of the past, in milliseconds.
const LEAST_WINDOW: u64 = 60 * 60 * 1000;

/// What was before the first failure is shown for this long, in milliseconds, so that a beginning looks like one.
const LEAD: u64 = 5 * 60 * 1000;

/// The whole board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoardView {
    /// The outage in one sentence.
    pub sentence: Text,
    /// How things stand as a whole.
    pub mood: Mood,
    /// The sites by what holds them together: CDNs that fail first, then single sites, then the user's own network.
    pub groups: Vec<GroupView>,
    /// How far "check all now" is; `None` while nobody asked.
    pub checking: Option<CheckingView>,
    /// Whether so many pages are watched that one has to end before another is taken on.
    pub watches_full: bool,
    /// Until when nothing is said; `None` where there is no pause.
    pub paused_until_ms: Option<u64>,
    /// When this was true.
    pub now_ms: u64,
    /// The time that the bands cover.
    pub window: Window,
    /// Incidents that are over, newest first.
    pub history: Vec<PastView>,
}

/// Sites that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupView {
    /// What holds them together: `cdn`, `site` (nothing), `network`.
    pub kind: Kind,
    /// The CDN's name, for those of a CDN.
    pub cdn: Option<String>,
    /// How they fare, in a sentence.
    pub sentence: Text,
    /// The sites, in the order in which they failed.
    pub sites: Vec<SiteView>,
}

/// One site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SiteView {
    /// The site for people, `theguardian.com`; what `MuteClicked` names.
    pub site: String,
    /// Its host.
    pub host: String,
    /// The page that is watched, or else the one that failed; what `WatchClicked` names.
    pub url: String,
    /// How it stands, for colour and shape.
    pub mood: Mood,
    /// How it stands, in words.
    pub state: Text,
    /// Since when.
    pub since_ms: u64,
    /// When it was last looked at; `None` where nobody looks.
    pub last_check_ms: Option<u64>,
    /// Who is at fault.
    pub verdict: Text,
    /// How sure; `None` while it is not known.
    pub certainty: Option<Text>,
    /// Copies that can be read; `None` where none is known.
    pub copies: Option<Text>,
    /// Whether the user asked for it to be watched, whatever becomes of its tab.
    pub watched: bool,
    /// Whether the user wants to hear nothing of it.
    pub muted: bool,
    /// The tabs that show it.
    pub tabs: Vec<TabId>,
    /// How it fared, without gaps over the whole window.
    pub bands: Vec<Band>,
}

/// A piece of a site's timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Band {
    /// From when.
    pub from_ms: u64,
    /// Until when; later than `from_ms`.
    pub to_ms: u64,
    /// How it fared.
    pub kind: BandKind,
}

/// How a site fared for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BandKind {
    /// It answered, or nobody had seen it fail.
    Fine,
    /// It failed.
    Failing,
    /// It answered some of the time.
    Flickering,
    /// It answered from elsewhere than the CDN that failed.
    Moved,
    /// It answered again, not yet often enough.
    Recovering,
    /// Nobody looked.
    Unknown,
}

/// How far "check all now" is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CheckingView {
    /// Sites that have been looked at.
    pub done: u32,
    /// Sites altogether.
    pub total: u32,
}

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Window {
    /// Its beginning.
    pub from_ms: u64,
    /// Its end.
    pub to_ms: u64,
}

/// An incident that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PastView {
    /// What `HistoryDeleted` names.
    pub id: u64,
    /// When its first site failed.
    pub began_ms: u64,
    /// When its last site was back; `None` where nobody looked until then.
    pub ended_ms: Option<u64>,
    /// What it was.
    pub title: Text,
    /// The CDN, for an incident of one.
    pub cdn: Option<String>,
    /// The sites that it met.
    pub sites: Vec<PastSite>,
    /// Who was at fault.
    pub verdict: Text,
}

/// A site of an incident that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PastSite {
    /// The site for people.
    pub site: String,
    /// How long it was down, in milliseconds; time in which nobody looked does not count.
    pub down_ms: u64,
    /// How it fared from the incident's beginning to its end.
    pub bands: Vec<Band>,
}

/// What the board draws.
#[must_use]
pub fn board_view(state: &State, now: Millis) -> BoardView {
    let incidents = &state.lasting.incidents;
    let began =
        incidents.iter().map(|incident| incident.began.0).chain(state.tabs.values().map(|tab| tab.since.0)).min();
    let from = began.unwrap_or(now.0).saturating_sub(LEAD).min(now.0.saturating_sub(LEAST_WINDOW));
    let window = Window { from_ms: from, to_ms: now.0 };
    let mut groups: Vec<GroupView> = Vec::new();
    for kind in [Kind::Cdn, Kind::Site, Kind::Network] {
        for incident in incidents.iter().filter(|incident| incident.kind == kind) {
            let sites = incident.sites.iter().map(|site| site_view(state, site, window));
            add(&mut groups, incident, sites.collect());
        }
        if kind == Kind::Site {
            let sites = loose(state, window);
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
        watches_full: state.lasting.watches.len() >= MOST_WATCHES,
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

/// Pages that fail and are part of no incident yet: they are being checked, or nothing more is known of them.
fn loose(state: &State, window: Window) -> Vec<SiteView> {
    let is_placed = |host: &str| state.lasting.incidents.iter().any(|incident| incident.site(host).is_some());
    let mut sites: Vec<SiteView> = Vec::new();
    // What is back and left alone again is no news any more.
    let is_left = |tab: &Tab| tab.watch.well_since.is_some() && tab.watch.due.is_none() && tab.watch.look.is_none();
    let is_met = |tab: &&Tab| !matches!(tab.phase, Phase::Doubted { .. }) && !is_left(tab);
    for tab in state.tabs.values().filter(is_met) {
        let host = watched_host(tab);
        if is_placed(host) || sites.iter().any(|site| site.host == host) {
            continue;
        }
        let (fault, confidence) = match &tab.phase {
            Phase::Concluded { verdict, .. } => (verdict.fault, verdict.confidence),
            Phase::Checking { .. } | Phase::Doubted { .. } => (Fault::CantTell, Confidence::Low),
        };
        let site = Site {
            host: host.to_owned(),
            url: tab.target.as_str().to_owned(),
            cdn: None,
            fault,
            confidence,
            looked: None,
            spells: vec![(tab.since, standing(tab, fault))],
        };
        sites.push(site_view(state, &site, window));
    }
    sites
}

fn site_view(state: &State, site: &Site, window: Window) -> SiteView {
    let pages = || state.tabs.iter().filter(|(_, tab)| watched_host(tab) == site.host);
    let shown = pages().map(|(_, tab)| tab).max_by_key(|tab| tab.seen.len());
    let is_checking = pages().any(|(_, tab)| matches!(tab.phase, Phase::Checking { .. }));
    let name = name(&site.host);
    // It need not be the page that failed first.
    let watch = state.lasting.watches.iter().find(|watch| watch.target.host() == site.host);
    let copies = shown.map_or(0, |tab| tab.copies.offers(watch_cdn(tab)).len());
    let (verdict, certainty) = match shown.map(|tab| (&tab.phase, tab)) {
        Some((Phase::Concluded { verdict, .. }, tab)) => {
            (sentence::verdict_text(verdict, &tab.failure, name), Some(sentence::certainty(verdict.confidence)))
        }
        Some((Phase::Checking { .. } | Phase::Doubted { .. }, _)) => (Text::of("verdict_checking"), None),
        None => (
            verdict_of(site.last_fault(), site.confidence, site.cdn.as_deref(), name),
            Some(sentence::certainty(site.confidence)),
        ),
    };
    SiteView {
        site: name.to_owned(),
        host: site.host.clone(),
        // What is written down of a page may be less than its address.
        url: watch.or(shown).map_or_else(|| site.url.clone(), |page| page.target.as_str().to_owned()),
        mood: if is_checking { Mood::Checking } else { mood_of(site.standing(), shown) },
        state: if is_checking { Text::of("site_checking") } else { state_text(site.standing(), shown) },
        since_ms: site.since().0,
        last_check_ms: shown.and_then(|tab| tab.seen.iter().map(|seen: &Observation| seen.at.0).max()),
        verdict,
        certainty,
        copies: match copies {
            0 => None,
            1 => Some(Text::of("site_copy")),
            many => Some(Text::with("site_copies", [&many.to_string()])),
        },
        watched: watch.is_some(),
        muted: is_muted(&state.settings, &site.host),
        tabs: pages().map(|(id, _)| *id).filter(|id| id.is_real()).collect(),
        bands: bands(site, window),
    }
}

fn mood_of(standing: Standing, tab: Option<&Tab>) -> Mood {
    match standing {
        Standing::Failing => tab.map_or(Mood::Failing, mood),
        Standing::Flickering | Standing::Recovering => Mood::Flickering,
        Standing::Unknown => Mood::Fine,
        Standing::Moved | Standing::Back => Mood::Back,
    }
}

fn state_text(standing: Standing, tab: Option<&Tab>) -> Text {
    let share = tab.filter(|tab| tab.watch.tried > 0).map(|tab| {
        let tried = tab.watch.tried;
        let tries = if tried < u32::BITS { tab.watch.tries & ((1 << tried) - 1) } else { tab.watch.tries };
        (tries.count_ones(), tried)
    });
    match (standing, share) {
        (Standing::Failing, _) => Text::of("site_failing"),
        (Standing::Flickering, Some((good, tried))) => {
            Text::with("site_flickering_share", [&good.to_string(), &tried.to_string()])
        }
        (Standing::Flickering, None) => Text::of("site_flickering"),
        (Standing::Recovering, _) => Text::of("site_recovering"),
        (Standing::Unknown, _) => Text::of("site_unknown"),
        (Standing::Moved, _) => Text::of("site_moved"),
        (Standing::Back, _) => Text::of("site_back"),
    }
}

/// A verdict of which only the gist was kept.
fn verdict_of(fault: Fault, confidence: Confidence, cdn: Option<&str>, site: &str) -> Text {
    let cdn = cdn.map(|name| Cdn { name: name.to_owned(), basis: Basis::Header, node: None });
    let verdict = Verdict { fault, confidence, cdn, because: Vec::new(), missing: Vec::new() };
    sentence::verdict_text(&verdict, &Failure::HttpError { status: None }, site)
}

/// The site's timeline, without gaps over the window.
fn bands(site: &Site, window: Window) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::new();
    let first = site.spells.first().map_or(window.to_ms, |(from, _)| from.0);
    let starts = [(window.from_ms, BandKind::Fine)].into_iter();
    let starts = starts.chain(site.spells.iter().map(|(from, standing)| (from.0, band_kind(*standing))));
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

const fn band_kind(standing: Standing) -> BandKind {
    match standing {
        Standing::Failing => BandKind::Failing,
        Standing::Flickering => BandKind::Flickering,
        Standing::Recovering => BandKind::Recovering,
        Standing::Unknown => BandKind::Unknown,
        Standing::Moved => BandKind::Moved,
        Standing::Back => BandKind::Fine,
    }
}

/// How many of the sites fail, how many answer, and how many there are.
fn counts<'a>(sites: impl Iterator<Item = &'a SiteView>) -> (usize, usize, usize) {
    let (mut down, mut answering, mut all) = (0, 0, 0);
    for site in sites {
        all += 1;
        let is_recovering = site.bands.last().is_some_and(|band| band.kind == BandKind::Recovering);
        match site.mood {
            Mood::Failing | Mood::Flickering | Mood::Checking => down += 1,
            Mood::Back | Mood::Fine => {}
        }
        answering += usize::from(is_recovering || site.mood == Mood::Back);
    }
    (down, answering, all)
}

fn group_sentence(group: &GroupView) -> Text {
    let (down, answering, all) = counts(group.sites.iter());
    let (down, all) = (down.to_string(), all.to_string());
    match (group.kind, &group.cdn) {
        (_, _) if down == "0" && answering < group.sites.len() => unwatched(answering, group.sites.len()),
        (Kind::Network, _) if down == "0" => Text::of("board_sites_back"),
        (Kind::Network, _) => Text::of("board_network"),
        (Kind::Cdn, Some(cdn)) if down == "0" => Text::with("board_cdn_over", [cdn]),
        (Kind::Cdn, Some(cdn)) if all == "1" => {
            Text::with("board_cdn_failing_one", [cdn, group.sites.first().map_or("", |site| &site.site)])
        }
        // As it is said in the notification: one of twelve that answers may be one that comes and goes.
        (Kind::Cdn, Some(cdn)) if answering * 2 >= group.sites.len() => {
            Text::with("board_cdn_recovering", [cdn, &answering.to_string(), &all])
        }
        (Kind::Cdn, Some(cdn)) => Text::with("board_cdn_failing", [cdn, &down, &all]),
        (Kind::Cdn | Kind::Site, _) if down == "0" => Text::of("board_sites_back"),
        (Kind::Cdn | Kind::Site, _) if all == "1" => {
            Text::with("board_site_failing", [group.sites.first().map_or("", |site| &site.site)])
        }
        (Kind::Cdn | Kind::Site, _) => Text::with("board_sites_failing", [&down, &all]),
    }
}

/// Nothing fails that is looked at; of what is not, nobody knows.
fn unwatched(answering: usize, all: usize) -> Text {
    match answering {
        0 => Text::of("board_unwatched"),
        _ => Text::with("board_unwatched_some", [&answering.to_string(), &all.to_string()]),
    }
}

/// The whole in one sentence: that of the only group, or of what is worst.
fn whole(groups: &[GroupView]) -> Text {
    let of_kind = |kind: Kind| groups.iter().filter(move |group| group.kind == kind);
    let has_trouble = |group: &&GroupView| counts(group.sites.iter()).0 > 0;
    let troubled: Vec<&GroupView> = of_kind(Kind::Cdn).chain(of_kind(Kind::Site)).filter(has_trouble).collect();
    match (troubled.as_slice(), of_kind(Kind::Network).find(has_trouble)) {
        (_, Some(network)) => network.sentence.clone(),
        ([], None) if groups.is_empty() => Text::of("board_fine"),
        ([], None) => match counts(groups.iter().flat_map(|group| &group.sites)) {
            (_, answering, all) if answering < all => unwatched(answering, all),
            _ => Text::of("board_all_back"),
        },
        ([only], None) => only.sentence.clone(),
        ([first, ..], None) => {
            let (down, _, all) = counts(groups.iter().flat_map(|group| &group.sites));
            let (down, all) = (down.to_string(), all.to_string());
            match &first.cdn {
                Some(cdn) => Text::with("board_cdn_and_more", [cdn, &down, &all]),
                None => Text::with("board_sites_failing", [&down, &all]),
            }
        }
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

/// A host as people write it.
fn name(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
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
