//! What the user asks to be told, and when nothing is said.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use detour_core::settings::{Keeping, Settings};
use detour_core::tab::TabId;
use detour_core::verdict::Fault;
use detour_lab::Switch;
use serde_json::{Value, json};

use super::stage::{SIGN, Stage, Story, story, words};
use crate::engine::Engine;
use crate::wait::wait_until;

pub(super) fn all() -> Vec<Story> {
    vec![
        story!("A page that is watched from the popup is said to be back after its tab was closed", told)
            .with_movable_clock(),
        story!("While paused in the options nothing is said, and once the pause is ended it is", paused)
            .with_movable_clock(),
        story!("Quiet hours and muted sites are set in the options, and what is wrong there is said", chosen),
        story!("The popup says why a page is not kept", not_kept),
    ]
}

const AMAZON: &str = "https://www.amazon.com/";

async fn told(stage: &Stage<'_>) -> Result<()> {
    stage.forget_notices().await?;
    let tab = fails(stage).await?;
    let popup = stage.popup(tab).await?;
    stage.says(popup, &words("watch_help", [])?).await?;
    stage.press(popup, WATCH).await?;
    stage.is_pressed(popup, WATCH).await?;
    stage.says(tab, &words("action_watch", [])?).await?;
    stage.is_pressed(tab, WATCH).await.context("the outage page says the same as the popup")?;
    stage.browser.close(popup).await?;
    stage.browser.close(tab).await?;
    wait_until("the watch goes on without its tab", SIGN, async || {
        let state = stage.browser.state().await?;
        Ok(state.tabs.is_empty() && !state.outages.is_empty())
    })
    .await?;
    stage.lab.set(Switch::edge_heals()).await?;
    let before = stage.notices().await?;
    ensure!(before == 0, "{before} notices while it failed");
    stage.in_time("it is said to be back", async || Ok(stage.notices().await? == 1)).await?;
    let board = stage.browser.open_page("board.html").await?;
    stage.says(board, &words("board_all_back", [])?).await?;
    stage.is_pressed(board, "button[data-what=watch]").await?;
    // It would go on for a while, in case of a relapse.
    stage.press(board, "button[data-what=watch]").await?;
    wait_until("the watch is over", SIGN, async || Ok(stage.browser.state().await?.outages.is_empty())).await
}

async fn paused(stage: &Stage<'_>) -> Result<()> {
    stage.forget_notices().await?;
    let tab = fails(stage).await?;
    let options = stage.browser.open_page("options.html").await?;
    stage.press(options, "#pause_hour").await?;
    stage.settled("a pause", |settings| settings.pause_until.is_some()).await?;
    stage.lab.set(Switch::edge_heals()).await?;
    stage.in_time("it is back", async || Ok(stage.verdict(tab).await?.fault == Fault::Passed)).await?;
    let said = stage.notices().await?;
    ensure!(said == 0, "{said} notices during the pause");
    stage.press(options, "#pause_end").await?;
    stage.settled("no pause", |settings| settings.pause_until.is_none()).await?;
    wait_until("it is said to be back", SIGN, async || Ok(stage.notices().await? == 1)).await
}

async fn chosen(stage: &Stage<'_>) -> Result<()> {
    let options = stage.browser.open_page("options.html").await?;
    stage.press(options, "#quiet_on:not(:disabled)").await?;
    stage.settled("a night", |settings| (settings.quiet_from, settings.quiet_to) == (1320, 420)).await?;
    stage.fill(options, "#quiet_from", "23:30").await?;
    stage.settled("a shorter night", |settings| (settings.quiet_from, settings.quiet_to) == (1410, 420)).await?;
    stage.fill(options, "#quiet_to", "23:30").await?;
    stage.says(options, &words("quiet_wrong", [])?).await?;
    stage.fill(options, "#quiet_to", "06:15").await?;
    stage.settled("an early morning", |settings| (settings.quiet_from, settings.quiet_to) == (1410, 375)).await?;
    stage.press(options, "#quiet_on").await?;
    stage.settled("no quiet hours", |settings| settings.quiet_from == settings.quiet_to).await?;

    stage.fill(options, "#mute_site", "no site").await?;
    stage.press(options, "#mute_add").await?;
    stage.says(options, &words("quiet_mute_wrong", ["no site"])?).await?;
    stage.fill(options, "#mute_site", "https://www.Amazon.com/gp/help").await?;
    stage.press(options, "#mute_add").await?;
    stage.settled("a muted site", |settings| settings.muted == ["amazon.com"]).await?;
    stage.says(options, "amazon.com").await?;
    stage.press(options, "#muted button").await?;
    stage.settled("nothing muted", |settings| settings.muted.is_empty()).await?;
    stage.says(options, &words("quiet_muted_none", [])?).await
}

async fn not_kept(stage: &Stage<'_>) -> Result<()> {
    stage.choose(Keeping::Visited).await?;
    stage.put_page("www.lab-forum.org", "sign-in.html", SIGN_IN)?;
    let url = "https://www.lab-forum.org/sign-in.html";
    let tab = stage.browser.open(url).await?;
    // It tells of itself while it is looked at; asking the control tab puts that one in front.
    wait_until("the page is looked at", SIGN, async || {
        let look = "return document.readyState === 'complete' && document.visibilityState === 'visible'
            && location.href === arguments[0]";
        Ok(stage.browser.run(tab, look, vec![json!(url)]).await? == json!(true))
    })
    .await?;
    wait_until("the page told of itself", SIGN, async || {
        Ok(stage.browser.state().await?.told.refusal(tab, url).is_some())
    })
    .await?;
    let why = words("not_kept_password", [])?;
    stage.popup_says(tab, &[&words("popup_not_kept", [&why])?]).await.map(drop)
}

/// A site that fails at its CDN, under the outage page.
async fn fails(stage: &Stage<'_>) -> Result<TabId> {
    stage.lab.set(Switch::edge_fails_for("www.amazon.com", false)).await?;
    let tab = stage.browser.open(AMAZON).await?;
    stage.outage_page_says(tab, &words("verdict_server_cdn", ["amazon.com", "Fastly"])?).await?;
    Ok(tab)
}

impl Stage<'_> {
    /// How often the user was told that something is over. Without a desktop Firefox drops a notification as soon as it
    /// is shown, so there it is the worker's own account of what it said.
    async fn notices(&self) -> Result<usize> {
        if self.browser.engine() == Engine::Firefox {
            let lasting = self.browser.lasting().await?;
            return Ok(lasting.incidents.iter().map(|incident| usize::from(incident.said.over)).sum());
        }
        let shown = self.browser.control("return Object.keys(await api.notifications.getAll())", json!([])).await?;
        let names: Vec<String> = serde_json::from_value(shown)?;
        Ok(names.iter().filter(|name| name.starts_with("incident-")).count())
    }

    /// What an earlier story left on screen.
    async fn forget_notices(&self) -> Result<()> {
        let clear = "const names = Object.keys(await api.notifications.getAll());
            for (const name of names) await api.notifications.clear(name);";
        self.browser.control(clear, json!([])).await.map(drop)
    }

    /// Waits until a button is pressed that stays so.
    async fn is_pressed(&self, page: TabId, button: &str) -> Result<()> {
        wait_until(&format!("{button} is pressed"), SIGN, async || {
            let look = "return document.querySelector(arguments[0])?.ariaPressed === 'true'";
            Ok(self.browser.run(page, look, vec![button.into()]).await? == json!(true))
        })
        .await
    }

    /// Fills a field, as typing and leaving it does.
    async fn fill(&self, page: TabId, field: &str, text: &str) -> Result<()> {
        let fill = "const field = document.querySelector(arguments[0]);
            field.value = arguments[1];
            for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));";
        self.browser.run(page, fill, vec![field.into(), text.into()]).await.map(drop)
    }

    /// Waits until the settings that are kept for good are as they should be.
    async fn settled(&self, what: &str, is_so: impl Fn(&Settings) -> bool) -> Result<()> {
        wait_until(&format!("the settings hold {what}"), SIGN, async || {
            let look = "return (await api.storage.local.get('settings')).settings ?? null";
            let Value::String(text) = self.browser.control(look, json!([])).await? else { return Ok(false) };
            let forms: BTreeMap<u32, Settings> = serde_json::from_str(&text)?;
            Ok(forms.values().any(&is_so))
        })
        .await
    }
}

const WATCH: &str = ".watch button.toggle";
const SIGN_IN: &str = "<!doctype html><title>Sign in</title><h1>Sign in</h1><form><input type=password></form>";
