//! Pages that are well: which are asked whether they are worth keeping, taking a copy, and finding one again.
//!
//! `www/worker/take.js` carries captures from the browser to the shelf; none passes through here.

use std::cell::{Cell, RefCell};

use detour_core::event::Event;
use detour_core::keep::{Keep, Kept, page_key};
use detour_core::tab::TabId;
use detour_core::target::Target;
use js_sys::Array;
use serde::Deserialize;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::browser::{browser, injection, number, object, run, text_of, warn};
use crate::events::happened;
use crate::fetch::leads_to_private;
use crate::json;
use crate::memory::with_shelf;
use crate::way::{self, Way};

/// The registered script's name.
const SCRIPT: &str = "keep";

/// As many copies as anybody reads through; the shelf gives the page's own first.
const MANY: usize = 24;

thread_local! {
    static WANTED: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
    static IS_OFFERING: Cell<bool> = const { Cell::new(false) };
}

/// Has `keep.js` run on the pages of these match patterns, from now on and in later sessions.
///
/// One registration at a time: two that overlap would each find none and both make one, which fails.
pub(crate) fn offer(matches: Vec<String>) {
    WANTED.set(Some(matches));
    if IS_OFFERING.replace(true) {
        return;
    }
    spawn_local(async {
        while let Some(matches) = WANTED.take() {
            if let Err(error) = register(&matches).await {
                warn(&format!("Detour could not change which pages it keeps: {}", text_of(&error)));
            }
        }
        IS_OFFERING.set(false);
    });
}

async fn register(matches: &[String]) -> Result<(), JsValue> {
    let scripting = browser().scripting();
    let patterns: Array = matches.iter().map(|pattern| JsValue::from_str(pattern)).collect();
    let ours = object(&[("ids", Array::of1(&SCRIPT.into()).into())]);
    let script = object(&[
        ("id", SCRIPT.into()),
        ("js", Array::of1(&"content/keep.js".into()).into()),
        ("matches", patterns.into()),
        ("runAt", "document_idle".into()),
        ("persistAcrossSessions", true.into()),
    ]);
    let found = JsFuture::from(scripting.registered(&ours)?).await?;
    let is_there = found.dyn_ref::<Array>().is_some_and(|found| found.length() > 0);
    let change = match (is_there, matches.is_empty()) {
        (false, true) => return Ok(()),
        (true, true) => scripting.unregister(&ours)?,
        (true, false) => scripting.update(&Array::of1(&script))?,
        (false, false) => scripting.register(&Array::of1(&script))?,
    };
    JsFuture::from(change).await.map(drop)
}

/// Has the page in a tab tell of itself.
pub(crate) fn ask(tab: TabId) {
    run(browser().scripting().execute_script(&injection(tab, "content/keep.js")));
}

/// Has the page in a tab, which told of itself, ask its site what others get; not where its name leads into the private
/// network, or nowhere that the browser knows of while no proxy is said to know better.
pub(crate) fn compare(tab: TabId, url: String) {
    spawn_local(async move {
        if may_be_public(&url, &[Way::Proxied]).await {
            run(browser().scripting().execute_script(&injection(tab, "content/compare.js")));
        }
    });
}

/// Whether an address leads to the public web. Where its name is not found, a proxy may know it: so it is where the way is one
/// of these.
async fn may_be_public(url: &str, unknown: &[Way]) -> bool {
    match leads_to_private(url).await {
        Some(is_private) => !is_private,
        None => unknown.contains(&way::by_browser().await),
    }
}

/// Tells the keeper that a hand touched a page whose copy was taken.
pub(crate) fn note_attended(url: &str) {
    if let Some(Ok(noting)) = with_shelf(|shelf| shelf.attended(url)) {
        spawn_local(async move {
            if let Err(error) = JsFuture::from(noting).await {
                warn(&format!("Detour could not note that a page was looked at: {}", text_of(&error)));
            }
        });
    }
}

/// Takes a copy, unless the tab shows something else by now, or a page of the private network under a public name.
pub(crate) fn take(tab: TabId, keep: Keep) {
    spawn_local(async move {
        if !may_be_public(&keep.url, &[Way::Proxied, Way::Unsaid]).await {
            return;
        }
        let meta = serde_json::to_string(&keep).unwrap_or_default();
        let taking = with_shelf(|shelf| shelf.take(number(tab), &keep.url, &meta));
        let taken = match taking {
            Some(Ok(promise)) => JsFuture::from(promise).await,
            Some(Err(error)) => Err(error),
            None => return,
        };
        if let Err(error) = taken {
            warn(&format!("Detour could not keep a page: {}", text_of(&error)));
        }
    });
}

/// Looks for copies, and tells what there is, also when that is nothing.
pub(crate) fn look(tab: TabId, url: String) {
    spawn_local(async move {
        let kept = match found(&url).await {
            Ok(kept) => kept,
            Err(error) => {
                warn(&format!("Detour could not look for copies on this computer: {}", text_of(&error)));
                Vec::new()
            }
        };
        happened(Event::ShelfReplied { tab, url, kept });
    });
}

async fn found(url: &str) -> Result<Vec<Kept>, JsValue> {
    let site = Target::parse(url).map(|target| target.site().to_owned()).unwrap_or_default();
    let page = page_key(url);
    let Some(looking) = with_shelf(|shelf| shelf.look_up(&page, &site)) else { return Ok(Vec::new()) };
    let rows: Array = JsFuture::from(looking?).await?.dyn_into()?;
    let pairs = rows.iter().filter_map(|row| {
        let row: Array = row.dyn_into().ok()?;
        row.get(0).as_string().zip(row.get(1).as_string())
    });
    let mut kept: Vec<Kept> = pairs.filter_map(|(record, sum)| read(&record, &sum)).collect();
    // What came from files must not crowd out what was seen.
    kept.sort_by_key(|kept| kept.imported);
    kept.truncate(MANY);
    Ok(kept)
}

/// The record as the shelf wrote it, without what only the keeper needs. One that is damaged is not offered; the
/// keeper tells of it.
fn read(record: &str, sum: &str) -> Option<Kept> {
    if blake3::hash(record.as_bytes()).to_hex().as_str() != sum {
        return None;
    }
    let OnDisk { format, record } = json::read::<OnDisk>(record).ok()?;
    if format != FORMAT || record.spoilt.document {
        return None;
    }
    let Noted { id, url, title, at, parts, lost, imported, known, .. } = record;
    Some(Kept { id, url, title, at, parts, lost, imported, known })
}

#[derive(Deserialize)]
struct OnDisk {
    format: u32,
    record: Noted,
}

#[derive(Deserialize)]
struct Noted {
    id: String,
    url: String,
    title: String,
    at: detour_core::observation::Millis,
    parts: u32,
    lost: u32,
    #[serde(default)]
    imported: bool,
    known: detour_core::keep::Known,
    #[serde(default)]
    spoilt: Spoilt,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Spoilt {
    document: bool,
}

/// Of the shelf's records.
const FORMAT: u32 = 1;
