//! Every [`Effect`], carried out. No effect waits for another; what comes of one comes back as an event.

use detour_core::copies::ArchiveRequest;
use detour_core::effect::Effect;
use detour_core::event::{Event, LookUpId, TabId};
use detour_core::view::{Badge, Icon, Text};
use js_sys::{Array, encode_uri_component};
use serde_json::{Map, Value, json};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::browser::{browser, number, run, to_js};
use crate::shell::{happened, listen_for_commits};
use crate::{fetch, host, page, store, timers, views};

/// Carries out one order.
pub(crate) fn execute(effect: Effect) {
    match effect {
        Effect::SetBadge { tab, badge } => match badge {
            Some(badge) => draw_badge(tab, &badge),
            None => clear_badge(tab),
        },
        Effect::AskHost { request } => host::ask(&request),
        Effect::ReleaseHost => host::release(),
        Effect::AskAgain { tab, url } => ask_again(tab, url),
        Effect::ReadPage { tab } => read_page(tab),
        Effect::ShowOutagePage { tab, url } => {
            let page = browser().runtime().url("outage.html");
            navigate(tab, &format!("{page}#tab={}&url={}", tab.0, String::from(encode_uri_component(&url))));
        }
        Effect::ShowBanner { tab } => {
            // At once: a document that broke off may stay "loading" for good.
            let injection = json!({ "target": { "tabId": tab }, "files": ["banner.js"], "injectImmediately": true });
            run(browser().scripting().execute_script(&to_js(&injection)));
        }
        Effect::HideBanner { tab } => {
            run(browser().tabs().send_message(number(tab), &to_js(&json!({ "hide_banner": true }))));
        }
        Effect::Navigate { tab, url } => navigate(tab, &url),
        Effect::Reload { tab } => run(browser().tabs().reload(number(tab))),
        Effect::LookUpCopies { tab, id, request } => look_up(tab, id, request),
        Effect::ArmTimer { at } => timers::arm(at),
        Effect::ListenForCommits { on } => listen_for_commits(on),
        Effect::ShowView { tab, view } => views::show(tab, &view),
        Effect::SaveSettings { settings } => {
            store::write_settings(&settings);
            views::show_settings(&settings);
        }
    }
}

fn draw_badge(tab: TabId, badge: &Badge) {
    let action = browser().action();
    run(action.set_badge_text(&to_js(&json!({ "tabId": tab, "text": badge.text }))));
    run(action.set_badge_background_color(&to_js(&json!({ "tabId": tab, "color": badge.color }))));
    run(action.set_badge_text_color(&to_js(&json!({ "tabId": tab, "color": "#ffffff" }))));
    run(action.set_icon(&to_js(&json!({ "tabId": tab, "path": paths(badge.icon) }))));
    run(action.set_title(&to_js(&json!({ "tabId": tab, "title": words(&badge.title) }))));
}

fn clear_badge(tab: TabId) {
    let action = browser().action();
    run(action.set_badge_text(&to_js(&json!({ "tabId": tab, "text": "" }))));
    run(action.set_icon(&to_js(&json!({ "tabId": tab, "path": paths(Icon::Idle) }))));
    run(action.set_title(&to_js(&json!({ "tabId": tab, "title": words(&Text::of("extension_name")) }))));
}

/// The files that `cargo xtask icons` draws: one for each density of a toolbar.
fn paths(icon: Icon) -> Value {
    let name = json!(icon);
    let name = name.as_str().unwrap_or_default();
    [16, 32]
        .into_iter()
        .map(|size| (size.to_string(), json!(format!("icons/{name}-{size}.png"))))
        .collect::<Map<_, _>>()
        .into()
}

/// A message of `_locales`, in the user's language.
fn words(text: &Text) -> String {
    let args: Array = text.args.iter().map(|arg| JsValue::from_str(arg)).collect();
    browser().i18n().message(&text.key, &args)
}

fn navigate(tab: TabId, url: &str) {
    run(browser().tabs().update(number(tab), &to_js(&json!({ "url": url }))));
}

fn ask_again(tab: TabId, url: String) {
    spawn_local(async move {
        let observation = fetch::site(&url).await;
        happened(Event::AskedAgain { tab, url, observation });
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
