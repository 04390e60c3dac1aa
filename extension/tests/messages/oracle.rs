//! What no message may do, whoever sends it: judged by the browser's words about the sender alone, and by code that the gate
//! does not share. Used by the test beside it and by the fuzzer.

use std::collections::BTreeSet;

use detour_core::effect::Effect;
use detour_core::event::Event;
use detour_core::observation::Millis;
use detour_core::port::Request;
use detour_core::settings::{Keeping, Settings};
use detour_core::state::State;
use detour_core::step::step;
use detour_core::tab::TabId;
use detour_core::target::is_same_owner;
use detour_extension::inbound;
use detour_extension::speaker::Own;
use serde_json::{Value, json};
use url::Url;

/// A worker that hears messages.
pub(crate) struct World {
    pub(crate) state: State,
    now: Millis,
    own: Own,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// It was refused.
    Refused,
    /// It was heard, and changed nothing that is remembered.
    Heard,
    /// It was heard, and something is remembered.
    Remembered,
}

impl Default for World {
    fn default() -> Self {
        // All that a page may set off is on; nothing that asks others without a click.
        let settings =
            Settings { keep: Keeping::Visited, look_closer: false, automatic_look_up: false, ..Settings::default() };
        let state = State { settings, ..State::default() };
        let own = Own { id: "abc".to_owned(), base: "chrome-extension://abc/".to_owned() };
        Self { state, now: Millis(1_700_000_000_000), own }
    }
}

impl World {
    /// Hears one message, `{"message": …, "sender": …}`, and a little later looks at the clock.
    pub(crate) fn hears(&mut self, text: &str) -> Came {
        let raw = ["{\"runtime.onMessage\":", text, "}"].concat();
        let Ok(Some(event)) = inbound::event(&raw, &self.own) else { return Came::Refused };
        // Text that closes the braces may be any other event of the browser's; those are not a page's to make.
        let Some(sender) =
            serde_json::from_str::<Value>(text).ok().and_then(|mut told| Some(told.get_mut("sender")?.take()))
        else {
            return Came::Refused;
        };
        let speaker = Speaker::of(&sender, &self.own);
        let before = origins(&self.state);
        let settings = self.state.settings.clone();
        let effects = self.step(event.clone());
        let after = origins(&self.state);
        match &speaker {
            Speaker::Nobody => panic!("heard of nobody: {event:?} of {sender}"),
            Speaker::Ours => {}
            Speaker::Page { tab, origin } => {
                for new in after.difference(&before) {
                    // Where copies are looked for without being asked, other doors of the same owner are tried.
                    let is_door = settings.automatic_look_up && is_same_owner(host_of(new), host_of(origin));
                    assert!(is_door || new == origin, "{event:?} of {sender} is remembered of {new}");
                }
                assert_eq!(self.state.settings, settings, "{event:?} of {sender} changed the settings");
                // What a site shows in one tab concerns its other tabs.
                let tabs = self
                    .state
                    .tabs
                    .iter()
                    .filter(|(_, entry)| entry.target.url().origin().ascii_serialization() == *origin);
                let own: Vec<TabId> = tabs.map(|(id, _)| *id).chain([*tab]).collect();
                let may = May { own: &own, its: origin, parts: parts_of(&event), chosen: &settings };
                effects.iter().for_each(|effect| may.order(effect));
            }
        }
        let is_remembered = after != before;
        self.now = self.now.plus(4_000);
        self.step(Event::TimerFired);
        assert!(origins(&self.state).is_subset(&after), "time alone brought a new origin");
        if is_remembered { Came::Remembered } else { Came::Heard }
    }

    fn step(&mut self, event: Event) -> Vec<Effect> {
        let (state, effects) = step(std::mem::take(&mut self.state), event, self.now);
        self.state = state;
        effects
    }
}

/// Who a message is of, by the browser's words.
#[derive(Debug)]
enum Speaker {
    Ours,
    Page { tab: TabId, origin: String },
    Nobody,
}

impl Speaker {
    fn of(sender: &Value, own: &Own) -> Self {
        if sender["id"] != json!(own.id) {
            return Self::Nobody;
        }
        let url = sender["url"].as_str().unwrap_or_default();
        let is_page_itself = matches!(sender["frameId"].as_i64(), Some(0));
        if url.starts_with(&own.base) {
            let is_so = sender["origin"].is_null() || sender["origin"] == json!(own.base.trim_end_matches('/'));
            return if is_so && (is_page_itself || sender["frameId"].is_null()) { Self::Ours } else { Self::Nobody };
        }
        let is_shown = sender["documentLifecycle"].is_null() || sender["documentLifecycle"] == json!("active");
        let tab = sender["tab"]["id"].as_i64().filter(|tab| *tab >= 0);
        match (tab, origin(url)) {
            (Some(tab), Some(origin)) if is_page_itself && is_shown => Self::Page { tab: TabId(tab), origin },
            _ => Self::Nobody,
        }
    }
}

/// What a page may have the worker do: draw, ask this very site, and look at what is here. All of it for its site's tabs.
struct May<'a> {
    own: &'a [TabId],
    its: &'a str,
    /// The parts of it that it says failed: the program alone looks at those.
    parts: Vec<String>,
    chosen: &'a Settings,
}

fn parts_of(event: &Event) -> Vec<String> {
    let Event::PartsFailed { parts, .. } = event else { return Vec::new() };
    parts.iter().map(|part| part.target.as_str().to_owned()).collect()
}

impl May<'_> {
    fn order(&self, effect: &Effect) {
        let Self { own, its, parts, chosen } = self;
        let is_its = |url: &str| origin(url).as_deref() == Some(*its);
        let is_fine = match effect {
            Effect::AskAgain { page } => is_its(page.as_str()),
            Effect::AskHost { request: Request::Check { url, .. } } => is_its(url) || parts.contains(url),
            Effect::ComparePage { tab, url } => own.contains(tab) && is_its(url),
            Effect::LookOnShelf { tab, url } => own.contains(tab) && is_its(url),
            Effect::NoteAttended { url } => is_its(url),
            Effect::KeepPage { tab, keep } => own.contains(tab) && is_its(&keep.url),
            Effect::ReadPage { tab }
            | Effect::ShowBanner { tab }
            | Effect::HideBanner { tab }
            | Effect::ShowDetails { tab }
            | Effect::Reload { tab } => own.contains(tab),
            Effect::LookUpCopies { tab, .. } => own.contains(tab) && chosen.automatic_look_up,
            // What one site shows may change the verdict on others.
            Effect::SetBadge { .. }
            | Effect::AskHost { .. }
            | Effect::ReleaseHost
            | Effect::ArmTimer { .. }
            | Effect::ListenForCommits { .. }
            | Effect::ShowView { .. }
            | Effect::ShowBoard { .. }
            | Effect::SaveLasting
            | Effect::SaveHistory
            | Effect::Notify { .. }
            | Effect::ClearNotice { .. } => true,
            Effect::Navigate { .. }
            | Effect::ShowOutagePage { .. }
            | Effect::AskPage { .. }
            | Effect::ShowKept { .. }
            | Effect::OfferToKeep { .. }
            | Effect::ShowTab { .. }
            | Effect::OpenBoard
            | Effect::ShowHistory { .. }
            | Effect::SaveSettings { .. } => false,
        };
        assert!(is_fine, "a page of {its} in one of {own:?} has this done: {effect:?}");
    }
}

/// The origins of all addresses anywhere in the state. Parts are other sites' by their nature, and belong to a page.
fn origins(state: &State) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let parts = [json!(state), json!(state.lasting), json!(state.history)];
    parts.iter().for_each(|part| collect(part, &mut found));
    found
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => found.extend(origin(text)),
        Value::Array(list) => list.iter().for_each(|one| collect(one, found)),
        Value::Object(fields) => {
            for (name, value) in fields {
                found.extend(origin(name));
                // What the publisher says of its page's other addresses is judged where it is used, and a title is words.
                if !["parts", "known", "title", "headers"].contains(&name.as_str()) {
                    collect(value, found);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn host_of(origin: &str) -> &str {
    origin.split("://").nth(1).and_then(|rest| rest.split(':').next()).unwrap_or_default()
}

fn origin(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    ["http", "https"].contains(&url.scheme()).then(|| url.origin().ascii_serialization())
}
