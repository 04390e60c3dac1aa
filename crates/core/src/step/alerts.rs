//! What the user is told of an incident, and when not.
//!
//! A site's own beginning is never an alert: it was the user's load that failed, and its tab wears the badge, looked at
//! or not. That a whole CDN fails is more than a tab can show; it is said once it is fairly sure and has lasted, since
//! a false alarm is worse than a late one. Each thing is said once per incident; what is true no more is taken back.
//! Private windows cannot appear in here: Detour is not in them.

use super::turn::Turn;
use crate::effect::Effect;
use crate::incident::{Incident, Kind, MOST_OVERS, Progress, Site};
use crate::observation::Millis;
use crate::settings::Settings;
use crate::state::State;
use crate::target::{Target, site_of};
use crate::verdict::Confidence;
use crate::view::{Text, down_for, name};

/// A CDN must have failed for this long: what passes within it needs no alert.
const BEGIN_AFTER: u64 = 30 * 1000;

/// Half of the sites must have been back for this long: the rest may follow at once, and then it is over.
const RECOVERING_AFTER: u64 = 60 * 1000;

/// All sites of a CDN must have been back for this long: one of many is the likelier to fail once more, and in June 2021
/// a few requests still failed a quarter of an hour after most sites were back. That they come back was said before; the
/// tabs' badges and the board say of each at once.
const CDN_OVER_AFTER: u64 = 10 * 60 * 1000;

/// Sites that leave a CDN within this time of the first are said in one.
const MOVED_AFTER: u64 = 3 * 60 * 1000;

/// Sites of a CDN that must fail before it is said: one may be alone with it.
const LEAST_BEGIN: usize = 2;

/// Sites that make "of your sites" worth saying.
const LEAST_RECOVERING: usize = 3;

/// Names in one sentence; more is a list that nobody reads on a notification.
const MOST_NAMES: usize = 3;

/// Sites that can be muted; above it nobody keeps track.
const MOST_MUTED: usize = 200;

/// Alerts that waited for longer than this, through quiet hours or a pause, are no news.
pub(super) const HELD_MOST: u64 = 12 * 60 * 60 * 1000;

/// What can be said of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alert {
    Begin,
    Recovering,
    Moved,
    Over,
    /// A site of a CDN is back, of which the user asked to be told.
    Asked,
}

/// Who is told: what is muted or turned off, and which pages the user asked to be told of.
#[derive(Clone, Copy)]
struct Listener<'a> {
    settings: &'a Settings,
    watched: &'a [Target],
}

impl Listener<'_> {
    fn has_asked(self, host: &str) -> bool {
        self.watched.iter().any(|page| page.host() == host)
    }
}

/// What has to be said is said, unless this is no time for it.
pub(super) fn notify(state: &mut State, turn: &mut Turn) {
    let silence = silence(state, turn.now);
    let mut incidents = std::mem::take(&mut state.lasting.incidents);
    let listener = listener(state);
    for incident in &mut incidents {
        if incident.said.is_over && incident.sites.iter().any(|site| site.progress().is_down()) {
            incident.said.is_over = false;
            turn.is_lasting_touched = true;
            turn.order(Effect::ClearNotice { id: incident.id });
        }
        // Twice at most: what is over has nothing to add, and each kind is said once.
        while let Some((alert, due)) = next(incident, listener, turn.now)
            && due <= turn.now
            && silence == Silence::None
        {
            let (title, body) = words(alert, incident, listener, turn.now);
            turn.order(Effect::Notify { id: incident.id, title, body });
            note(incident, alert, listener);
            turn.is_lasting_touched = true;
        }
    }
    state.lasting.incidents = incidents;
}

/// Whether anything would be said now, if it were no time for silence.
pub(super) fn is_held(state: &State, incident: &Incident, now: Millis) -> bool {
    silence(state, now) != Silence::None && next(incident, listener(state), now).is_some_and(|(_, due)| due <= now)
}

fn listener(state: &State) -> Listener<'_> {
    Listener { settings: &state.settings, watched: &state.lasting.watched }
}

/// When something is to be said next.
pub(super) fn deadline(state: &State, now: Millis) -> Option<Millis> {
    let due = |incident: &Incident| Some(next(incident, listener(state), now)?.1);
    let due = state.lasting.incidents.iter().filter_map(due).min()?;
    match silence(state, now) {
        Silence::None => Some(due),
        Silence::Until(until) => Some(due.max(until)),
        // The event that ends it will come by itself.
        Silence::Open => Some(due).filter(|due| *due > now),
    }
}

/// Whether this is no time to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Silence {
    None,
    Until(Millis),
    /// While the user has no network, or one that wants a sign-in first.
    Open,
}

fn silence(state: &State, now: Millis) -> Silence {
    let is_own = |incident: &Incident| {
        incident.kind == Kind::Network && incident.sites.iter().any(|site| site.progress().is_down())
    };
    if !state.conditions.is_online || state.lasting.incidents.iter().any(is_own) {
        return Silence::Open;
    }
    let pause = state.settings.pause_until.filter(|until| *until > now);
    let quiet = quiet_until(&state.settings, state.conditions.utc_offset, now);
    pause.max(quiet).map_or(Silence::None, Silence::Until)
}

/// When the quiet hours end, if these are some.
fn quiet_until(settings: &Settings, utc_offset: i32, now: Millis) -> Option<Millis> {
    const DAY: u64 = 24 * 60;
    const MINUTE: u64 = 60_000;
    let (from, to) = (u64::from(settings.quiet_from) % DAY, u64::from(settings.quiet_to) % DAY);
    let minutes = now.0 / MINUTE;
    // A day more, so that zones behind UTC do not go below zero.
    let minute = (minutes + DAY).saturating_add_signed(i64::from(utc_offset)) % DAY;
    let is_quiet = if from <= to { (from..to).contains(&minute) } else { minute >= from || minute < to };
    is_quiet.then(|| Millis((minutes + (to + DAY - minute) % DAY) * MINUTE))
}

/// The next thing to say, and from when on.
fn next(incident: &Incident, listener: Listener<'_>, now: Millis) -> Option<(Alert, Millis)> {
    let settings = listener.settings;
    if incident.kind == Kind::Network || now.since(incident.changed()) >= HELD_MOST {
        return None;
    }
    let sites = || audible(incident, settings);
    let good = sites().filter(|site| site.progress().is_good());
    let (known, good_count) = (sites().count(), good.clone().count());
    let said = &incident.said;
    if let Some(ended) = incident.ended {
        let is_news = known > 0 && good_count == known && !said.is_over && said.over < MOST_OVERS;
        let wait = if incident.kind == Kind::Cdn && known > 1 { CDN_OVER_AFTER } else { 0 };
        let over = (is_news && settings.notify_back).then_some((Alert::Over, ended.plus(wait)));
        return asked(incident, listener).filter(|_| known > 1 || over.is_none()).or(over);
    }
    let moved = sites().filter(|site| site.progress() == Progress::Moved).map(Site::since).min();
    let moved = moved.filter(|_| settings.notify_recovery && !said.moved && said.over == 0);
    let mut all = vec![moved.map(|since| (Alert::Moved, since.plus(MOVED_AFTER))), asked(incident, listener)];
    if incident.kind == Kind::Cdn && said.over == 0 {
        // No site of a CDN is called back before nearly all are, so those that answer count here as well.
        let answering = sites().filter(|site| answers(site.progress()));
        let half = known.div_ceil(2);
        let is_recovering = known >= LEAST_RECOVERING && answering.clone().count() >= half;
        if is_recovering && settings.notify_recovery && !said.recovering {
            let with_half = |since: &Millis| answering.clone().filter(|site| site.since() <= *since).count() >= half;
            let since = answering.clone().map(Site::since).filter(with_half).min();
            all.push(since.map(|since| (Alert::Recovering, since.plus(RECOVERING_AFTER))));
        }
        let down = || sites().filter(|site| site.progress().is_down());
        let is_sure = down().any(|site| site.fault.is_cdn_wide() && site.confidence != Confidence::Low);
        let is_new = !said.begin && !said.recovering && answering.count() < half;
        if settings.notify_begin && is_new && is_sure && down().count() >= LEAST_BEGIN {
            let since = incident.verdicts.iter().find(|(_, fault)| fault.is_cdn_wide()).map(|(since, _)| *since);
            all.push(since.map(|since| (Alert::Begin, since.plus(BEGIN_AFTER))));
        }
    }
    all.into_iter().flatten().min_by_key(|(_, due)| *due)
}

/// The user asked to be told of a page, and its site is back while its CDN's others are not, or not for long.
fn asked(incident: &Incident, listener: Listener<'_>) -> Option<(Alert, Millis)> {
    let since = pending(incident, listener).map(Site::since).min()?;
    (incident.kind == Kind::Cdn && listener.settings.notify_back).then_some((Alert::Asked, since))
}

/// Sites of which the user asked to be told, that are back and were not told of since.
fn pending<'a>(incident: &'a Incident, listener: Listener<'a>) -> impl Iterator<Item = &'a Site> + Clone {
    let is_told = |site: &Site| {
        let told = incident.said.asked.iter().filter(|(host, _)| *host == site.host);
        incident.said.is_over || told.clone().any(|(_, at)| *at == site.since()) || told.count() >= MOST_OVERS.into()
    };
    let is_wanted = move |site: &&Site| site.progress().is_good() && listener.has_asked(&site.host) && !is_told(site);
    audible(incident, listener.settings).filter(is_wanted)
}

/// Whether it answers, for sure or for now.
const fn answers(progress: Progress) -> bool {
    progress.is_good() || matches!(progress, Progress::Recovering)
}

/// The sites that the user wants to hear of, and of which anything is known.
fn audible<'a>(incident: &'a Incident, settings: &'a Settings) -> impl Iterator<Item = &'a Site> + Clone {
    incident.sites.iter().filter(|site| site.progress() != Progress::Unknown && !settings.is_muted(&site.host))
}

fn note(incident: &mut Incident, alert: Alert, listener: Listener<'_>) {
    let said = &mut incident.said;
    match alert {
        Alert::Begin => said.begin = true,
        Alert::Recovering => said.recovering = true,
        Alert::Moved => said.moved = true,
        Alert::Over => {
            said.over += 1;
            said.is_over = true;
        }
        Alert::Asked => {
            let told: Vec<_> = pending(incident, listener).map(|site| (site.host.clone(), site.since())).collect();
            incident.said.asked.extend(told);
        }
    }
}

fn words(alert: Alert, incident: &Incident, listener: Listener<'_>, now: Millis) -> (Text, Text) {
    let settings = listener.settings;
    let cdn = incident.cdn.clone().unwrap_or_default();
    let with = |is_wanted: fn(Progress) -> bool| -> Vec<&str> {
        audible(incident, settings).filter(|site| is_wanted(site.progress())).map(|site| name(&site.host)).collect()
    };
    let known = audible(incident, settings).count().to_string();
    match alert {
        Alert::Begin => {
            let down = with(Progress::is_down);
            let body = Text::with("notice_begin_sites", [&down.len().to_string(), &listed(&down)]);
            (Text::with("notice_begin", [&cdn]), body)
        }
        Alert::Recovering => {
            let good = with(answers).len().to_string();
            (Text::with("notice_recovering", [&cdn]), Text::with("notice_recovering_sites", [&good, &known]))
        }
        Alert::Moved => {
            let moved = with(|progress| progress == Progress::Moved);
            let title = if moved.len() == 1 { "notice_moved" } else { "notice_moved_many" };
            (Text::with(title, [&listed(&moved)]), Text::of("notice_moved_help"))
        }
        Alert::Asked => {
            let sites: Vec<&Site> = pending(incident, listener).collect();
            let names: Vec<&str> = sites.iter().map(|site| name(&site.host)).collect();
            let down = sites.iter().map(|site| site.down_ms(now)).max().unwrap_or_default();
            let title = if names.len() == 1 { "notice_back" } else { "notice_back_many" };
            (Text::with(title, [&listed(&names)]), down_for(down))
        }
        Alert::Over => {
            let good = with(Progress::is_good);
            let down = audible(incident, settings).map(|site| site.down_ms(now)).max().unwrap_or_default();
            let has_moved = with(|progress| progress == Progress::Moved).len() == good.len();
            let title = match (incident.kind, has_moved) {
                (Kind::Cdn, _) if good.len() > 1 => Text::with("notice_cdn_over", [&cdn, &known]),
                (Kind::Cdn | Kind::Site | Kind::Network, true) if good.len() == 1 => {
                    Text::with("notice_moved", [&listed(&good)])
                }
                _ if good.len() == 1 => Text::with("notice_back", [&listed(&good)]),
                _ => Text::with("notice_back_many", [&listed(&good)]),
            };
            (title, down_for(down))
        }
    }
}

/// A few names.
fn listed(names: &[&str]) -> String {
    let mut list = names.iter().take(MOST_NAMES).copied().collect::<Vec<_>>().join(", ");
    if names.len() > MOST_NAMES {
        list.push_str(", …");
    }
    list
}

/// The user wants to hear nothing of a site, or again.
pub(super) fn mute(state: &mut State, turn: &mut Turn, site: &str, on: bool) {
    let site = name(site.trim()).to_ascii_lowercase();
    if site.is_empty() {
        return;
    }
    state.settings.muted.retain(|muted| *muted != site);
    if on && state.settings.muted.len() < MOST_MUTED {
        state.settings.muted.push(site);
        let all_muted = |incident: &&Incident| incident.sites.iter().all(|met| state.settings.is_muted(&met.host));
        for incident in state.lasting.incidents.iter().filter(all_muted) {
            turn.order(Effect::ClearNotice { id: incident.id });
        }
    }
    turn.is_board_touched = true;
    turn.order(Effect::SaveSettings { settings: state.settings.clone() });
}

/// The user wants to hear nothing for a while.
pub(super) fn pause(state: &mut State, turn: &mut Turn, for_ms: u64) {
    state.settings.pause_until = (for_ms > 0).then(|| turn.now.plus(for_ms));
    turn.is_board_touched = true;
    turn.order(Effect::SaveSettings { settings: state.settings.clone() });
}

/// The user clicked on what was said: the one tab that it is about, or the board.
pub(super) fn clicked(state: &State, turn: &mut Turn, id: u64) {
    let all = state.lasting.incidents.iter().chain(&state.history);
    let only = all.filter(|incident| incident.id == id).find_map(|incident| match incident.sites.as_slice() {
        [site] => Some(site.host.as_str()),
        _ => None,
    });
    let is_its = |host: &str| site_of(host) == only.map_or("", site_of);
    let tab = state.tabs.iter().find(|(_, tab)| is_its(tab.target.host()));
    match tab {
        Some((tab, _)) => turn.order(Effect::ShowTab { tab: *tab }),
        None => turn.order(Effect::OpenBoard),
    }
}
