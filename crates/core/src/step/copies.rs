//! Copies of a failing page: this computer's own at once, others' on a click, or at once where the user chose so.

use std::cmp::Reverse;

use super::surface;
use super::turn::Turn;
use crate::copies::{
    Age, Checked, Context, LookUp, Offer, Place, Query, Registry, Scope, Search, Source, Standing, failing_cdn, insert,
    is_same_page, may_serve,
};
use crate::effect::Effect;
use crate::event::{ArchiveReply, LookUpId};
use crate::keep::Kept;
use crate::observation::Millis;
use crate::outage::Outage;
use crate::state::{State, Tab};
use crate::tab::TabId;

/// A page failed: nobody learns of it when this computer looks at what it has.
pub(super) fn begin(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get(&tab) else { return };
    turn.order(Effect::LookOnShelf { tab, url: entry.target.as_str().to_owned() });
    if state.settings.automatic_look_up {
        look_up(state, turn, tab);
    }
}

/// Asks others, once; again only where that came to nothing.
pub(super) fn look_up(state: &mut State, turn: &mut Turn, tab: TabId) {
    let Some(entry) = state.tabs.get(&tab) else { return };
    let is_fruitless = |search: &Search| search.is_over() && search.offers.is_empty();
    if entry.copies.search.as_ref().is_some_and(|search| !is_fruitless(search)) {
        return;
    }
    // Where nothing may be shared nobody is asked, and the view says why.
    searching(state, turn, tab, |_, wanted, means| Search::begin(wanted, means).ok());
}

/// An archive or a mirror answered.
pub(super) fn replied(state: &mut State, turn: &mut Turn, tab: TabId, id: LookUpId, reply: &ArchiveReply) {
    searching(state, turn, tab, |search, wanted, means| {
        let mut search = search?;
        let out = search.replied(id, reply, wanted, means);
        Some((search, out))
    });
    surface::draw_badge(state, turn, tab);
}

/// What this computer has of the page.
pub(super) fn on_shelf(state: &mut State, turn: &mut Turn, tab: TabId, url: &str, kept: &[Kept]) {
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    if entry.target.as_str() != url {
        return; // about a page that was here before
    }
    let mut local = Vec::new();
    let mut newest: Option<&Kept> = None;
    for kept in kept {
        // What came over plain http, or from another port, may be anybody's.
        if !may_serve(&kept.url, url) {
            continue;
        }
        let is_page = is_same_page(&kept.url, url);
        if is_page && !kept.imported && newest.is_none_or(|known| known.at < kept.at) {
            newest = Some(kept);
        }
        let scope = if is_page { Scope::SamePage } else { Scope::SameSite };
        insert(&mut local, offer_of(kept, scope));
        let others = local.iter().filter(|offer| offer.scope == Scope::SameSite).count();
        if others > MOST_OTHERS
            && let Some(last) = local.iter().rposition(|offer| offer.scope == Scope::SameSite)
        {
            local.remove(last);
        }
    }
    entry.copies.local = local;
    let is_news = newest.is_some_and(|kept| kept.known != entry.copies.known);
    if let Some(kept) = newest {
        entry.copies.known = kept.known.clone();
        entry.copies.title.clone_from(&kept.title);
    }
    surface::draw_badge(state, turn, tab);
    turn.touch(tab);
    if is_news {
        searching(state, turn, tab, |search, wanted, means| {
            let mut search = search?;
            let out = search.learned(wanted, means);
            Some((search, out))
        });
    }
}

/// Time passed: who has not answered is silent, and who was to be asked later is asked.
pub(super) fn deadlines(state: &mut State, turn: &mut Turn) {
    let now = turn.now;
    let is_due = |entry: &Tab| deadline(entry).is_some_and(|at| at <= now);
    let due: Vec<TabId> = state.tabs.iter().filter(|(_, entry)| is_due(entry)).map(|(tab, _)| *tab).collect();
    for tab in due {
        searching(state, turn, tab, |search, wanted, means| {
            let mut search = search?;
            let out = search.passed(wanted, means);
            Some((search, out))
        });
    }
}

/// The worker died while others were asked: they are asked again, but for those whose answer is remembered.
pub(super) fn resume(state: &mut State, turn: &mut Turn, tab: TabId) {
    if state.failing(tab).is_none_or(|(_, outage)| outage.is_doubted()) {
        return;
    }
    let Some(entry) = state.tabs.get_mut(&tab) else { return };
    let was_asking = entry.copies.is_asking();
    if entry.copies.local.is_empty() {
        turn.order(Effect::LookOnShelf { tab, url: entry.target.as_str().to_owned() });
    }
    if was_asking {
        entry.copies.search = None;
        look_up(state, turn, tab);
    }
}

/// The user opens a copy: only one that was offered.
pub(super) fn open(state: &mut State, turn: &mut Turn, tab: TabId, url: &str) {
    let Some((entry, outage)) = state.failing(tab) else { return };
    let cdn = cdn_of(outage);
    let Some(offer) = entry.copies.offers(cdn.as_deref()).into_iter().find(|offer| offer.url == url) else { return };
    match &offer.source {
        Source::Kept(id) => turn.order(Effect::ShowKept { tab, id: id.clone() }),
        Source::Mirror { .. } | Source::Archive(_) => turn.order(Effect::Navigate { tab, url: url.to_owned() }),
        Source::Onion(_) => {} // this browser cannot
    }
}

/// When a search is next due.
pub(super) fn deadline(tab: &Tab) -> Option<Millis> {
    tab.copies.search.as_ref().and_then(Search::next_moment)
}

/// Works on a tab's search, with all that it works with, and sends what it wants sent.
fn searching(
    state: &mut State,
    turn: &mut Turn,
    tab: TabId,
    work: impl FnOnce(Option<Search>, Query<'_>, &mut Context<'_>) -> Option<(Search, Vec<LookUp>)>,
) {
    let cdn = state.failing(tab).and_then(|(_, outage)| cdn_of(outage));
    let State { tabs, archives, next_id, .. } = state;
    let Some(entry) = tabs.get_mut(&tab) else { return };
    let wanted = Query {
        target: &entry.target,
        known: &entry.copies.known,
        title: &entry.copies.title,
        failing_cdn: cdn.as_deref(),
    };
    let mut means = Context { registry: Registry::built_in(), health: archives, next_id, now: turn.now };
    let Some((search, out)) = work(entry.copies.search.take(), wanted, &mut means) else { return };
    entry.copies.search = Some(search);
    for LookUp { id, request } in out {
        turn.order(Effect::LookUpCopies { tab, id, request });
    }
    turn.touch(tab);
}

/// The CDN that fails a tab's page.
fn cdn_of(outage: &Outage) -> Option<String> {
    failing_cdn(outage.verdict(), &outage.seen)
}

fn offer_of(kept: &Kept, scope: Scope) -> Offer {
    let title = if scope == Scope::SameSite { kept.title.clone() } else { String::new() };
    let (standing, checked) = match kept.imported {
        true => (Standing::Imported, Checked::Unverified),
        false => (Standing::Fetched, Checked::Verified),
    };
    Offer {
        standing,
        scope,
        place: Place::Local,
        checked,
        age: Age::Taken(Reverse(kept.at)),
        lost: kept.lost,
        parts: kept.parts,
        source: Source::Kept(kept.id.clone()),
        url: ["kept:", &kept.id].concat(),
        title,
    }
}

/// Other pages of the site are a help to look around, not a list of the shelf.
const MOST_OTHERS: usize = 2;
