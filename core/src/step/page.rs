//! What happens in a tab: it fails, shows something, is left or closed.

use super::{CHECK_DEADLINE, DOUBT_DEADLINE, Turn, check, incidents, siblings, watch};
use crate::cdn;
use crate::copies::Copies;
use crate::effect::Effect;
use crate::event::{Page, TabId};
use crate::failure::Failure;
use crate::observation::{Answer, Millis, Observation};
use crate::state::{Awaits, Phase, State, Surface, Tab, Watch};
use crate::target::Target;
use crate::view::{Mood, sign};

/// What a load says of itself.
pub(super) struct Load {
    pub(super) frame: i64,
    pub(super) url: String,
    pub(super) lifecycle: Option<String>,
    pub(super) online: bool,
}

/// What a page says of itself.
pub(super) struct Seen {
    pub(super) status: u16,
    pub(super) by_service_worker: bool,
    pub(super) title: String,
    pub(super) html: String,
}

/// A load failed: the beginning of an outage, or nothing.
pub(super) fn failed(state: &mut State, turn: &mut Turn, tab: TabId, load: Load, error: &str) {
    // Frames are broken parts, not the page; a prerendered page is nobody's page yet.
    if load.frame != 0 || load.lifecycle.as_deref().is_some_and(|lifecycle| lifecycle != "active") {
        return;
    }
    let failure = Failure::from_engine(error);
    if !failure.may_be_outage() {
        return;
    }
    // Gecko's error for a name that cannot be looked up without a network is the one for a name that is gone.
    if !load.online && !matches!(failure, Failure::HttpError { .. }) {
        return;
    }
    let Ok(target) = Target::parse(&load.url) else { return };
    // The engine's own retries, and a copy of an event, fail like the first time: that is no news.
    if let Some(known) = state.tabs.get(&tab)
        && known.target == target
        && known.failure == failure
        && known.surface == Surface::BrowserErrorPage
        && matches!(known.phase, Phase::Checking { .. })
    {
        return;
    }
    if failure == (Failure::HttpError { status: None }) {
        // Chromium says this of an empty 404 and of an empty 503 alike.
        doubt(state, turn, tab, target, failure, Surface::Unknown);
        return;
    }
    open(state, turn, tab, target, failure);
    turn.order(Effect::ReadPage { tab });
}

/// A committed page told its status.
pub(super) fn status_seen(state: &mut State, turn: &mut Turn, tab: TabId, url: &str, seen: &Seen) {
    let Ok(target) = Target::parse(url) else { return };
    let Some(failure) = Failure::from_status(seen.status) else { return soft(state, turn, tab, target, seen) };
    if cdn::is_challenge(&seen.title, &seen.html, None) {
        forget(state, turn, tab);
        return;
    }
    let is_told = |known: &Tab| {
        known.target == target
            && known.failure == failure
            && matches!(known.surface, Surface::Banner | Surface::Document)
    };
    if state.tabs.get(&tab).is_some_and(is_told) {
        return; // the same document, telling again once it was parsed
    }
    if seen.by_service_worker {
        doubt(state, turn, tab, target, failure, Surface::Document);
        return;
    }
    open(state, turn, tab, target, failure);
    show_banner(state, turn, tab);
}

/// A page says "fine" and reads like an error page: nothing is shown unless the site says the same when asked again.
fn soft(state: &mut State, turn: &mut Turn, tab: TabId, target: Target, seen: &Seen) {
    let body = format!("<title>{}</title>{}", seen.title, seen.html);
    let answer = Answer { status: seen.status, body, ..Answer::default() };
    let is_known = state.tabs.get(&tab).is_some_and(|known| known.target == target && is_soft(&known.failure));
    if (200..300).contains(&seen.status) && cdn::classify::is_error_page(&answer) && !is_known {
        let failure = Failure::HttpError { status: Some(seen.status) };
        doubt(state, turn, tab, target, failure, Surface::Document);
    }
}

fn is_soft(failure: &Failure) -> bool {
    failure.status().is_some_and(|status| status < 300)
}

/// Begins the check of a failing tab: the sign first, everything else after it.
fn open(state: &mut State, turn: &mut Turn, tab: TabId, target: Target, failure: Failure) {
    // Another page came without a word: the one before is left.
    if state.tabs.get(&tab).is_some_and(|known| known.target != target) {
        left(state, turn, tab);
    }
    check::cancel(state, turn, tab);
    let url = target.as_str().to_owned();
    let phase = check::begin(state, turn.now);
    let watch = watch::take_over(state, turn, &target);
    let entry = Tab { watch, ..entry(target, failure, turn.now, Surface::Unknown, phase) };
    turn.order(Effect::SetBadge { tab, badge: sign(&entry) });
    let request = check::request(&entry, state.settings.look_closer);
    state.tabs.insert(tab, entry);
    if let Some(request) = request.filter(|_| super::may_ask(&state.host)) {
        check::ask_host(state, turn, request);
    }
    turn.order(Effect::AskAgain { tab, url });
    super::copies::begin(state, turn, tab);
    turn.touch(tab);
}

/// A tab that failed just now, of which nothing is known yet.
pub(super) fn entry(target: Target, failure: Failure, since: Millis, surface: Surface, phase: Phase) -> Tab {
    Tab {
        target,
        failure,
        since,
        surface,
        phase,
        seen: Vec::new(),
        copies: Copies::default(),
        watch: Watch::default(),
        parts: Vec::new(),
    }
}

/// Parts of a page fail for sure: the sign, and the rest of the host's check of the first of them.
pub(super) fn open_parts(state: &mut State, turn: &mut Turn, tab: TabId) {
    let check = check::new_id(state);
    let phase = Phase::Checking { check, awaits: Awaits::Host, deadline: turn.now.plus(CHECK_DEADLINE) };
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    entry.failure = entry.seen.iter().find_map(Observation::failure).unwrap_or_else(|| entry.failure.clone());
    entry.phase = phase;
    turn.order(Effect::SetBadge { tab, badge: sign(entry) });
    turn.touch(tab);
}

/// It is not sure that the site failed: ask the site itself before saying anything.
fn doubt(state: &mut State, turn: &mut Turn, tab: TabId, target: Target, failure: Failure, surface: Surface) {
    forget(state, turn, tab);
    let url = target.as_str().to_owned();
    let phase = Phase::Doubted { deadline: turn.now.plus(DOUBT_DEADLINE), check: None };
    state.tabs.insert(tab, entry(target, failure, turn.now, surface, phase));
    turn.order(Effect::AskAgain { tab, url });
}

/// The doubt was justified: the site itself fails.
pub(super) fn confirm(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get(&tab) else { return };
    let (target, surface, seen) = (entry.target.clone(), entry.surface, entry.seen.clone());
    let failure = seen.iter().find_map(Observation::failure).filter(|seen| seen.status().is_some());
    let failure = failure.filter(|_| !is_soft(&entry.failure)).unwrap_or_else(|| entry.failure.clone());
    open(state, turn, tab, target, failure);
    if let Some(entry) = state.tabs.get_mut(&tab) {
        entry.seen = seen;
    }
    if surface == Surface::Document {
        show_banner(state, turn, tab);
    } else {
        turn.order(Effect::ReadPage { tab });
    }
}

/// What the tab holds is known: the banner goes over a document, the outage page over an error page.
pub(super) fn read(state: &mut State, turn: &mut Turn, tab: TabId, page: &Page) {
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    if entry.surface == Surface::OutagePage || matches!(entry.phase, Phase::Doubted { .. }) {
        return;
    }
    let (url, status) = match page {
        Page::Unreadable => {
            entry.surface = Surface::BrowserErrorPage;
            turn.order(Effect::SetBadge { tab, badge: sign(entry) });
            offer_outage_page(state, turn, tab);
            return;
        }
        Page::Document { url, status } => (url, *status),
    };
    if !Target::parse(url).is_ok_and(|shown| shown == entry.target) {
        // Gecko tells of the failure before its error page comes: for a moment the old page is still there.
        let is_blank = Target::parse(url).is_err();
        let settle = if is_blank { SETTLE_BLANK } else { SETTLE };
        if entry.surface != Surface::Unknown || turn.now.since(entry.since) > settle {
            forget(state, turn, tab);
        }
    } else if Failure::from_status(status).is_some() {
        if entry.surface == Surface::Replaced {
            let (target, failure) = (entry.target.clone(), Failure::HttpError { status: Some(status) });
            open(state, turn, tab, target, failure);
        }
        if state.tabs.get(&tab).is_some_and(|entry| entry.surface != Surface::Document) {
            show_banner(state, turn, tab);
        }
    } else if !entry.parts.is_empty() || (is_soft(&entry.failure) && entry.surface != Surface::Replaced) {
        // The page itself is as fine as it ever was.
    } else if entry.surface == Surface::Replaced || entry.failure.status().is_some() {
        recovered(state, turn, tab);
        forget(state, turn, tab); // a healthy page
    } else if entry.surface == Surface::Unknown {
        show_banner(state, turn, tab); // broken off in the middle: what came of it is on screen
    }
}

/// Whether it is worth looking again at what the tab holds, because the last look may have come too early.
pub(super) fn is_unsettled(entry: &Tab) -> bool {
    let is_document = matches!(entry.surface, Surface::Unknown | Surface::Banner);
    is_document && entry.failure.status().is_none() && !matches!(entry.phase, Phase::Doubted { .. })
}

/// How long a tab may still show the page before the failed one. Gecko brings its error page within 300 ms.
const SETTLE: u64 = 1_500;

/// The same for a tab that was empty before. Ten such tabs that fail at once on a busy machine take Gecko seconds, and
/// nobody reads an empty page: a sign that stays too long there misleads no one.
const SETTLE_BLANK: u64 = CHECK_DEADLINE;

/// Another document came into the tab.
pub(super) fn committed(state: &mut State, turn: &mut Turn, tab: TabId, frame: i64, url: &str, own_page: bool) {
    if frame != 0 {
        return;
    }
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    if own_page {
        // The browser takes a tab's sign off at every commit, also at that of our own page.
        let badge = sign(entry);
        turn.order(Effect::SetBadge { tab, badge });
        turn.touch(tab);
        return;
    }
    if Target::parse(url).is_ok_and(|shown| shown == entry.target) {
        // The page again, or (Gecko) its error page under the page's address: look before judging.
        entry.surface = Surface::Replaced;
        turn.order(Effect::ReadPage { tab });
    } else if entry.surface == Surface::Unknown
        && Target::parse(url).is_err()
        && turn.now.since(entry.since) <= SETTLE_BLANK
    {
        // Gecko may tell only now of the empty page that a new tab began with.
        turn.order(Effect::ReadPage { tab });
    } else {
        forget(state, turn, tab);
    }
}

/// The site is well: what was remembered of its failure says nothing any more.
fn recovered(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    entry.seen.clear();
    siblings::clear(&mut state.recent, &entry.target);
    incidents::seen_well(&mut state.lasting, turn, entry.target.host());
}

/// The tab is gone.
pub(super) fn left(state: &mut State, turn: &mut Turn, tab: TabId) {
    check::cancel(state, turn, tab);
    if let Some(entry) = state.tabs.remove(&tab) {
        siblings::remember(state, &entry, turn.now);
        if tab.is_real() {
            watch::goes_on(state, &entry, turn.now);
        }
    }
    check::release_idle_host(state, turn);
}

/// The page is well, or another one: no sign may stay.
pub(super) fn forget(state: &mut State, turn: &mut Turn, tab: TabId) {
    if state.tabs.contains_key(&tab) {
        left(state, turn, tab);
        turn.order(Effect::SetBadge { tab, badge: None });
        turn.order(Effect::HideBanner { tab });
        turn.touch(tab);
    }
}

/// The user wants the page again.
pub(super) fn try_again(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    let effect = match entry.surface {
        Surface::OutagePage => Effect::Navigate { tab, url: entry.target.as_str().to_owned() },
        Surface::Unknown
        | Surface::Replaced
        | Surface::BrowserErrorPage
        | Surface::Banner
        | Surface::Document
        | Surface::Nowhere => Effect::Reload { tab },
    };
    turn.order(effect);
}

/// The user has read the banner.
pub(super) fn banner_closed(state: &mut State, turn: &mut Turn, tab: TabId) {
    if let Some(entry) = state.tabs.get_mut(&tab).filter(|entry| entry.surface == Surface::Banner) {
        entry.surface = Surface::Document;
        turn.order(Effect::HideBanner { tab });
    }
}

/// The user wants more than a banner in somebody's page may say. Without a banner there is no such button.
pub(super) fn details_wanted(state: &State, turn: &mut Turn, tab: TabId) {
    if state.tabs.get(&tab).is_some_and(|entry| entry.surface == Surface::Banner) {
        turn.order(Effect::ShowDetails { tab });
    }
}

fn show_banner(state: &mut State, turn: &mut Turn, tab: TabId) {
    let is_wanted = state.settings.banner;
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    turn.order(Effect::SetBadge { tab, badge: sign(entry) });
    entry.surface = if is_wanted { Surface::Banner } else { Surface::Document };
    if is_wanted {
        turn.order(Effect::ShowBanner { tab });
    }
    turn.touch(tab);
}

/// Puts the outage page up once a second look has failed as well: what passes in a moment needs none.
pub(super) fn offer_outage_page(state: &mut State, turn: &mut Turn, tab: TabId) {
    let is_wanted = state.settings.outage_page;
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    let has_failed_again = entry.seen.iter().any(|seen| seen.failure().is_some());
    let is_over = matches!(entry.phase, Phase::Concluded { .. });
    let may_pass = !is_over && crate::view::may_be_offline(entry);
    let is_back = crate::view::mood(entry) == Mood::Back;
    if is_wanted && entry.surface == Surface::BrowserErrorPage && (has_failed_again || is_over) && !may_pass && !is_back
    {
        entry.surface = Surface::OutagePage;
        turn.order(Effect::ShowOutagePage { tab, url: entry.target.recorded() });
    }
}
