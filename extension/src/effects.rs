//! Every [`Effect`], carried out. No effect waits for another; what comes of one comes back as an event.

use detour_core::copies::ArchiveRequest;
use detour_core::effect::Effect;
use detour_core::event::{Event, LookUpId};
use detour_core::tab::TabId;
use detour_core::target::Target;
use detour_core::view::{Badge, Icon, Text};
use js_sys::{Array, encode_uri_component};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::browser::{browser, injection, number, object, run};
use crate::events::happened;
use crate::memory::{listen_for_commits, with_shelf, with_state};
use crate::{fetch, host, keep, notices, page, store, timers, views};

/// Carries out one order.
pub(crate) fn execute(effect: Effect) {
    match effect {
        Effect::SetBadge { tab, badge } => match badge {
            Some(badge) => draw_badge(tab, &badge),
            None => clear_badge(tab),
        },
        Effect::AskHost { request } => host::ask(&request),
        Effect::ReleaseHost => host::release(),
        Effect::AskAgain { page } => ask_again(page),
        Effect::ReadPage { tab } => read_page(tab),
        Effect::ShowOutagePage { tab, url } => {
            let page = browser().runtime().url("pages/outage.html");
            navigate(tab, &format!("{page}#tab={}&url={}", tab.0, String::from(encode_uri_component(&url))));
        }
        Effect::ShowBanner { tab } => {
            run(browser().scripting().execute_script(&injection(tab, "content/banner.js")));
        }
        Effect::HideBanner { tab } => {
            run(browser().tabs().send_message(number(tab), &object(&[("hide_banner", true.into())])));
        }
        Effect::ShowDetails { tab } => {
            with_shelf(|shelf| run(shelf.show_details(number(tab))));
        }
        Effect::Navigate { tab, url } => navigate(tab, &url),
        Effect::Reload { tab } => {
            with_shelf(|shelf| run(shelf.load_again(number(tab))));
        }
        Effect::LookUpCopies { tab, id, request } => look_up(tab, id, request),
        Effect::ArmTimer { at } => timers::arm(at),
        Effect::ListenForCommits { on } => listen_for_commits(on),
        Effect::ShowView { tab, view } => views::show(tab, &view),
        Effect::LookOnShelf { tab, url } => keep::look(tab, url),
        Effect::AskPage { tab } => keep::ask(tab),
        Effect::ComparePage { tab, url } => keep::compare(tab, url),
        Effect::NoteAttended { url } => keep::note_attended(&url),
        Effect::KeepPage { tab, keep } => keep::take(tab, *keep),
        Effect::ShowKept { tab, id } => {
            navigate(tab, &[&browser().runtime().url("pages/copy.html"), "#id=", &id].concat())
        }
        Effect::OfferToKeep { matches } => keep::offer(matches),
        Effect::Notify { id, title, body } => notices::show(id, &words(&title), &words(&body)),
        Effect::ClearNotice { id } => notices::clear(id),
        Effect::ShowTab { tab } => notices::show_tab(tab),
        Effect::OpenBoard => notices::open_board(),
        Effect::ShowBoard { board } => views::show_board(&board),
        Effect::ShowHistory { as_csv, text } => views::show_history(as_csv, &text),
        Effect::SaveLasting => with_state(|state| store::write_lasting(&state.lasting)),
        Effect::SaveHistory => with_state(|state| store::write_history(&state.history)),
        Effect::SaveSettings { settings } => {
            store::write_settings(&settings);
            views::show_settings(&settings);
        }
    }
}

fn draw_badge(tab: TabId, badge: &Badge) {
    let action = browser().action();
    run(action.set_badge_text(&of_tab(tab, "text", badge.text.as_str().into())));
    run(action.set_badge_background_color(&of_tab(tab, "color", badge.color.as_str().into())));
    run(action.set_badge_text_color(&of_tab(tab, "color", "#ffffff".into())));
    run(action.set_icon(&of_tab(tab, "path", paths(badge.icon))));
    run(action.set_title(&of_tab(tab, "title", words(&badge.title).into())));
}

fn clear_badge(tab: TabId) {
    let action = browser().action();
    run(action.set_badge_text(&of_tab(tab, "text", "".into())));
    run(action.set_icon(&of_tab(tab, "path", paths(Icon::Idle))));
    run(action.set_title(&of_tab(tab, "title", words(&Text::of("extension_name")).into())));
}

/// One property of a tab's sign.
fn of_tab(tab: TabId, name: &str, value: JsValue) -> JsValue {
    object(&[("tabId", number(tab).into()), (name, value)])
}

/// The files that `cargo xtask icons` draws: one for each density of a toolbar.
fn paths(icon: Icon) -> JsValue {
    let name = serde_json::to_string(&icon).unwrap_or_default();
    let path = |size: &str| ["icons/", name.trim_matches('"'), "-", size, ".png"].concat().into();
    object(&[("16", path("16")), ("32", path("32"))])
}

/// A message of `_locales`, in the user's language.
fn words(text: &Text) -> String {
    let args: Array = text.args.iter().map(|arg| JsValue::from_str(arg)).collect();
    browser().i18n().message(&text.key, &args)
}

fn navigate(tab: TabId, url: &str) {
    run(browser().tabs().update(number(tab), &object(&[("url", url.into())])));
}

fn ask_again(page: Target) {
    spawn_local(async move {
        match fetch::site(&page).await {
            Some(observation) => happened(Event::AskedAgain { page, observation }),
            None => happened(Event::AskedInVain { page }),
        }
    });
}

fn read_page(tab: TabId) {
    spawn_local(async move {
        happened(page::read(tab).await);
    });
}

fn look_up(tab: TabId, id: LookUpId, request: ArchiveRequest) {
    spawn_local(async move {
        let reply = fetch::archive(&request).await;
        happened(Event::ArchiveReplied { tab, id, reply });
    });
}
