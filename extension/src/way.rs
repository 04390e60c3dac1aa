//! Which way the worker's own requests go: straight to the site, or through a proxy.
//!
//! It decides who looks up a site's name, and so whether anybody here can hold a request back from an address of the
//! private network. The browser's settings say it, but for those that leave it to the operating system: there the host,
//! which reads the system's settings, tells by what it measures.

use std::cell::Cell;

use detour_core::observation::{Observation, Subject, Vantage};
use detour_core::proxy::ProxyMode;
use wasm_bindgen_futures::JsFuture;

use crate::clock::after;
use crate::proxy;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The browser looks names up itself.
    Direct,
    /// A proxy looks them up.
    Proxied,
    /// Only the operating system's settings say.
    Unsaid,
}

thread_local! {
    static HOST: Cell<Word> = const { Cell::new(Word::NotAsked) };
}

/// The host's word.
#[derive(Debug, Clone, Copy)]
enum Word {
    NotAsked,
    Awaited,
    Told(Way),
}

/// As far as the browser says.
pub(crate) async fn by_browser() -> Way {
    match proxy::mode().await {
        ProxyMode::Direct => Way::Direct,
        ProxyMode::Fixed | ProxyMode::Script => Way::Proxied,
        ProxyMode::System | ProxyMode::Unknown => Way::Unsaid,
    }
}

/// As the host tells, which it does with the first that it measures; [`Way::Unsaid`] where there is none, or it is late.
pub(crate) async fn by_host() -> Way {
    for _ in 0..LONGEST_WAIT_MS / LOOK_MS {
        match HOST.get() {
            Word::Told(way) => return way,
            Word::NotAsked => break,
            Word::Awaited => _ = JsFuture::from(after(LOOK_MS)).await,
        }
    }
    Way::Unsaid
}

/// What the host measured shows which way it goes: it looks into the routing table only where no proxy stands between
/// (`crates/probe/src/check.rs`).
pub(crate) fn note(observation: &Observation) {
    match (&observation.vantage, &observation.subject) {
        (Vantage::Host, Subject::Route) => HOST.set(Word::Told(Way::Direct)),
        (Vantage::Host, Subject::Proxy(_)) => HOST.set(Word::Told(Way::Proxied)),
        _ => {}
    }
}

/// The host is asked, and will tell.
pub(crate) fn expect() {
    if matches!(HOST.get(), Word::NotAsked) {
        HOST.set(Word::Awaited);
    }
}

/// The host has gone; the next one may find other settings.
pub(crate) fn forget() {
    HOST.set(Word::NotAsked);
}

/// A host starts and looks around in much less, also on a busy machine.
const LONGEST_WAIT_MS: u32 = 1_500;
const LOOK_MS: u32 = 50;
